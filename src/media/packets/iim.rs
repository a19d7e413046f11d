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
    let mut reading = Reading::default();
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

#[derive(Debug, Default)]
struct Reading {
    fields: Fields,
    released: (Option<String>, Option<String>),
    expires: (Option<String>, Option<String>),
}

impl Reading {
    fn take(&mut self, (record, number): (u8, u8), value: &[u8]) {
        let Some(text) = text::tidy(&text::decode(value)).filter(|_| record == 2) else { return };
        let fields = &mut self.fields;
        match number {
            5 => keep(&mut fields.title, text),
            25 => fields.keywords.push(text),
            30 => keep(&mut self.released.0, text),
            35 => keep(&mut self.released.1, text),
            37 => keep(&mut self.expires.0, text),
            38 => keep(&mut self.expires.1, text),
            80 => fields.creators.push(text),
            110 => keep(&mut fields.credit, text),
            116 => keep(&mut fields.copyright, text),
            120 => keep(&mut fields.caption, text),
            _ => {}
        }
    }

    fn finish(self) -> Fields {
        let Self { fields, released, expires } = self;
        let when =
            |(date, time): (Option<String>, Option<String>)| instant(&date?, time.as_deref());
        Fields { released_on: when(released), expires_on: when(expires), ..fields }
    }
}

/// Of a data set that may stand only once, the first counts.
fn keep(field: &mut Option<String>, text: String) {
    if field.is_none() {
        *field = Some(text);
    }
}

/// `CCYYMMDD` and `HHMMSS±HHMM` in the form of ISO 8601; `None` if the date is none.
fn instant(date: &str, time: Option<&str>) -> Option<String> {
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    // A year of 0000 and the like say that nothing is known.
    let date: String = date.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    if !digits(&date, 8) || date == "00000000" {
        return None;
    }
    let (year, rest) = date.split_at(4);
    let (month, day) = rest.split_at(2);
    let date = format!("{year}-{month}-{day}");
    let time = time.and_then(|time| {
        let time: String = time.chars().filter(|c| *c != ':').collect();
        let (clock, zone) = time.split_at_checked(6).filter(|(clock, _)| digits(clock, 6))?;
        let (hour, rest) = clock.split_at(2);
        let (minute, second) = rest.split_at(2);
        let zone = match zone.split_at_checked(1) {
            Some((sign @ ("+" | "-"), offset)) if digits(offset, 4) => {
                let (hour, minute) = offset.split_at(2);
                format!("{sign}{hour}:{minute}")
            }
            _ => String::new(),
        };
        Some(format!("T{hour}:{minute}:{second}{zone}"))
    });
    Some(date + &time.unwrap_or_default())
}
