//! IPTC-IIM: data sets, mostly within Photoshop's image resources (IIM 4.2; Photoshop file formats).

use super::text;
use crate::media::found::{Found, Packet};

/// The resource that holds the data sets.
const IPTC: u16 = 0x0404;
/// The most data sets that are read.
const SETS: u32 = 65_536;

/// The data sets that claims are made of, in the order written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::media) struct Fields {
    pub title: Option<String>,
    pub caption: Option<String>,
    pub keywords: Vec<String>,
    pub creators: Vec<String>,
    pub credit: Option<String>,
    pub copyright: Option<String>,
    /// `YYYY-MM-DD`, with `THH:MM:SS±HH:MM` if there.
    pub released_on: Option<String>,
    pub expires_on: Option<String>,
}

/// Takes the data sets out of image resources.
pub(in crate::media) fn in_resources(packet: &Packet, found: &mut Found) -> Vec<Packet> {
    let mut packets = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = packet.bytes.get(at..).filter(|rest| rest.len() >= 12) {
        let Some((id, body, length)) = resource(rest) else {
            found.defect(packet.at + at as u64, "the Photoshop resources are cut off");
            break;
        };
        if id == IPTC {
            let body = Packet { at: packet.at + at as u64, bytes: body.to_vec() };
            packets.push(body);
        }
        at += length;
    }
    packets
}

/// Type, number, name padded to even length, length, bytes padded to even length.
fn resource(bytes: &[u8]) -> Option<(u16, &[u8], usize)> {
    let known: [&[u8]; 5] = [b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"];
    if !known.contains(&bytes.get(..4)?) {
        return None;
    }
    let id = u16::from_be_bytes(*bytes.get(4..)?.first_chunk()?);
    let name = usize::from(*bytes.get(6)?) + 1;
    let at = 6 + name + name % 2;
    let length = usize::try_from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).ok()?;
    let body = bytes.get(at + 4..)?.get(..length)?;
    Some((id, body, at + 4 + length + length % 2))
}

/// Reads the data sets of one packet.
pub(in crate::media) fn read(packet: &Packet, found: &mut Found) -> Fields {
    let mut reading = Reading::new();
    let mut rest = packet.bytes.as_slice();
    for _ in 0..SETS {
        match rest {
            [0x1c, record, number, after @ ..] => {
                let Some((value, after)) = value(after) else {
                    found.defect(packet.at, "an IPTC data set is cut off");
                    break;
                };
                reading.take((*record, *number), value);
                rest = after;
            }
            _ => break,
        }
    }
    reading.finish()
}

/// A length of two bytes, or how many bytes the length has (IIM 4.2, 1.6.2).
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = u16::from_be_bytes(*length);
    let (length, rest) = match length.checked_sub(0x8000) {
        None => (usize::from(length), rest),
        Some(count) => {
            let (number, rest) = rest.split_at_checked(usize::from(count))?;
            let fold = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add((*byte).into());
            (number.iter().try_fold(0, fold)?, rest)
        }
    };
    rest.split_at_checked(length)
}

/// What 1:90 says of texts in UTF-8 (ISO 2022).
const UTF8: &[u8] = b"\x1b%G";

#[derive(Debug)]
struct Reading {
    decode: fn(&[u8]) -> String,
    fields: Fields,
    released: (Option<String>, Option<String>),
    expires: (Option<String>, Option<String>),
}

impl Reading {
    fn new() -> Self {
        let none = (None, None);
        Self {
            decode: text::decode,
            fields: Fields::default(),
            released: none.clone(),
            expires: none,
        }
    }

    /// Of a data set that may stand only once, the last counts.
    fn take(&mut self, (record, number): (u8, u8), value: &[u8]) {
        if (record, number, value) == (1, 90, UTF8) {
            self.decode = |bytes| String::from_utf8_lossy(bytes).into_owned();
        }
        let Some(text) = text::tidy(&(self.decode)(value)).filter(|_| record == 2) else { return };
        let fields = &mut self.fields;
        match number {
            5 => fields.title = Some(text),
            25 => fields.keywords.push(text),
            30 => self.released.0 = Some(text),
            35 => self.released.1 = Some(text),
            37 => self.expires.0 = Some(text),
            38 => self.expires.1 = Some(text),
            80 => fields.creators.push(text),
            110 => fields.credit = Some(text),
            116 => fields.copyright = Some(text),
            120 => fields.caption = Some(text),
            _ => {}
        }
    }

    fn finish(self) -> Fields {
        let Self { fields, released, expires, .. } = self;
        let when =
            |(date, time): (Option<String>, Option<String>)| Some(instant(&date?, time.as_deref()));
        Fields { released_on: when(released), expires_on: when(expires), ..fields }
    }
}

/// `CCYYMMDD` and `HHMMSS±HHMM` in the form of ISO 8601. What is of another form stays as it is
/// written.
fn instant(date: &str, time: Option<&str>) -> String {
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let date = match parted(&digits, &[4, 2, 2]).as_deref() {
        Some([year, month, day]) => format!("{year}-{month}-{day}"),
        _ => date.replace(':', "-"),
    };
    let time = time.map(|time| format!("T{}", clock(time))).unwrap_or_default();
    date + &time
}

fn clock(time: &str) -> String {
    let at = time.find(['+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(at).unwrap_or((time, ""));
    let zone = match parted(zone, &[3, 2]).as_deref() {
        Some([hour, minute]) => format!("{hour}:{minute}"),
        _ => zone.to_owned(),
    };
    let parts = clock.get(..6).and_then(|digits| parted(digits, &[2, 2, 2]));
    let clock = match (parts.as_deref(), clock.get(6..)) {
        (Some([hour, minute, second]), Some(rest)) => format!("{hour}:{minute}:{second}{rest}"),
        _ => clock.to_owned(),
    };
    clock + &zone
}

/// A number, with its sign if it has one, in parts of these lengths; `None` if it is of another one.
fn parted<'t>(text: &'t str, lengths: &[usize]) -> Option<Vec<&'t str>> {
    let mut rest = text;
    let mut parts = Vec::new();
    if !text.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    for length in lengths {
        let (part, after) = rest.split_at_checked(*length)?;
        parts.push(part);
        rest = after;
    }
    rest.is_empty().then_some(parts)
}
