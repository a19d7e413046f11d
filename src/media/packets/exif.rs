//! EXIF: a TIFF structure, as a packet in another file or as a file of its own.
//!
//! Directories are read entry by entry, a bounded number of each, and none twice, so that one that
//! leads back to itself ends.

use crate::media::found::{Extent, Found, Packet};
use crate::media::packets::text::{self, Order};
use crate::media::source::Source;

/// The most entries that a directory may have to be taken for one.
const ENTRIES: u64 = 4_096;
/// The most strips and tiles that are checked against the end of the file.
const STRIPS: u64 = 65_536;

/// The texts of the first directory and of the EXIF directory, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::media) struct Fields {
    pub description: Option<String>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub software: Option<String>,
    pub artist: Option<String>,
    pub copyright: Option<String>,
    pub user_comment: Option<String>,
}

impl Fields {
    /// Adds what another structure says. What an earlier one said stays.
    pub(in crate::media) fn add(&mut self, other: Self) {
        let fields = [
            (&mut self.description, other.description),
            (&mut self.make, other.make),
            (&mut self.model, other.model),
            (&mut self.software, other.software),
            (&mut self.artist, other.artist),
            (&mut self.copyright, other.copyright),
            (&mut self.user_comment, other.user_comment),
        ];
        for (field, text) in fields {
            keep(field, text);
        }
    }
}

/// Of a tag that stands twice, the first counts.
fn keep(field: &mut Option<String>, text: Option<String>) {
    if field.is_none() {
        *field = text;
    }
}

/// What the structure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Whole {
    File,
    /// A packet, and where in the file it begins.
    Packet(u64),
}

/// Reads the texts; XMP, IPTC-IIM and credentials in it go to `found`.
pub(in crate::media) fn read(source: &mut Source<'_>, found: &mut Found, whole: Whole) -> Fields {
    let base = if let Whole::Packet(at) = whole { at } else { 0 };
    let Some((layout, first)) = Layout::of(source) else {
        found.defect(base, "the EXIF is no TIFF structure");
        return Fields::default();
    };
    let mut reading = Reading { source, found, whole, base, layout, fields: Fields::default() };
    let mut exif = None;
    for entry in reading.entries(first, "first") {
        if entry.tag == 0x8769 {
            exif = reading.number(&entry);
        } else {
            reading.take(&entry);
        }
    }
    if let Some(at) = exif.filter(|at| *at != first) {
        for entry in reading.entries(at, "EXIF") {
            reading.take_comment(&entry);
        }
    }
    if whole == Whole::File {
        reading.check_strips(first);
    }
    reading.fields
}

/// Byte order and the width of offsets.
#[derive(Debug, Clone, Copy)]
struct Layout {
    order: Order,
    big: bool,
}

impl Layout {
    /// The layout and where the first directory is.
    fn of(source: &mut Source<'_>) -> Option<(Self, u64)> {
        let order = match &source.array::<2>(0)? {
            b"II" => Order::LittleEndian,
            b"MM" => Order::BigEndian,
            _ => return None,
        };
        let small = Self { order, big: false };
        match small.u16(source, 2)? {
            42 => Some((small, small.u32(source, 4)?.into())),
            43 => {
                let big = Self { order, big: true };
                Some((big, big.offset(source, 8)?))
            }
            _ => None,
        }
    }

    fn u16(self, source: &mut Source<'_>, at: u64) -> Option<u16> {
        let bytes = source.array(at)?;
        Some(match self.order {
            Order::BigEndian => u16::from_be_bytes(bytes),
            Order::LittleEndian => u16::from_le_bytes(bytes),
        })
    }

    fn u32(self, source: &mut Source<'_>, at: u64) -> Option<u32> {
        let bytes = source.array(at)?;
        Some(match self.order {
            Order::BigEndian => u32::from_be_bytes(bytes),
            Order::LittleEndian => u32::from_le_bytes(bytes),
        })
    }

    /// 4 bytes, or 8 in Big TIFF.
    fn offset(self, source: &mut Source<'_>, at: u64) -> Option<u64> {
        if !self.big {
            return self.u32(source, at).map(u64::from);
        }
        let bytes = source.array(at)?;
        Some(match self.order {
            Order::BigEndian => u64::from_be_bytes(bytes),
            Order::LittleEndian => u64::from_le_bytes(bytes),
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    value: Extent,
}

/// Bytes of one value of a type (TIFF 6.0, section 2); 0 for an unknown one.
fn width(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 0,
    }
}

struct Reading<'r, 'a> {
    source: &'r mut Source<'a>,
    found: &'r mut Found,
    whole: Whole,
    base: u64,
    layout: Layout,
    fields: Fields,
}

impl Reading<'_, '_> {
    /// The entries of a directory. Those whose value lies where it cannot are defects.
    fn entries(&mut self, at: u64, name: &str) -> Vec<Entry> {
        let Layout { big, .. } = self.layout;
        let (header, size) = if big { (8, 20) } else { (2, 12) };
        let count = if big {
            self.layout.offset(self.source, at)
        } else {
            self.layout.u16(self.source, at).map(u64::from)
        };
        let count = count.filter(|count| (1..=ENTRIES).contains(count));
        let Some(count) = count.filter(|count| self.source.holds(at, header + count * size)) else {
            self.found.defect(self.base + at, format!("the {name} EXIF directory is cut off"));
            return Vec::new();
        };
        let directory = Extent { at, length: header + count * size };
        let mut entries = Vec::new();
        for number in 0..count {
            let at = at + header + number * size;
            match self.entry(at, directory) {
                Some(entry) if entry.kind > 0 => entries.push(entry),
                Some(_unknown) => {}
                None => self.found.defect(
                    self.base + at,
                    format!("entry {number} of the {name} EXIF directory lies where it cannot"),
                ),
            }
        }
        entries
    }

    /// `None` if the value is not there. An entry of a type that nobody knows has the kind 0.
    fn entry(&mut self, at: u64, directory: Extent) -> Option<Entry> {
        let tag = self.layout.u16(self.source, at)?;
        let kind = self.layout.u16(self.source, at + 2)?;
        let count = self.layout.offset(self.source, at + 4)?;
        let inline = if self.layout.big { (at + 12, 8) } else { (at + 8, 4) };
        if width(kind) == 0 {
            return Some(Entry { tag, kind: 0, value: directory });
        }
        let length = count.checked_mul(width(kind))?;
        if length <= inline.1 {
            return Some(Entry { tag, kind, value: Extent { at: inline.0, length } });
        }
        let at = self.layout.offset(self.source, inline.0)?;
        let inside = at < directory.at + directory.length && at + length > directory.at;
        if at < 8 || inside || !self.source.holds(at, length) {
            return None;
        }
        Some(Entry { tag, kind, value: Extent { at, length } })
    }

    fn number(&mut self, entry: &Entry) -> Option<u64> {
        match entry.kind {
            3 => self.layout.u16(self.source, entry.value.at).map(u64::from),
            4 | 13 => self.layout.u32(self.source, entry.value.at).map(u64::from),
            16 | 18 => self.layout.offset(self.source, entry.value.at),
            _ => None,
        }
    }

    fn take(&mut self, entry: &Entry) {
        let text = match entry.tag {
            0x010e | 0x010f | 0x0110 | 0x0131 | 0x013b => self.text(entry),
            0x8298 => self.lines(entry),
            _ => None,
        };
        let fields = &mut self.fields;
        match entry.tag {
            0x010e => keep(&mut fields.description, text),
            0x010f => keep(&mut fields.make, text),
            0x0110 => keep(&mut fields.model, text),
            0x0131 => keep(&mut fields.software, text),
            0x013b => keep(&mut fields.artist, text),
            0x8298 => keep(&mut fields.copyright, text),
            0x02bc => {
                let packet = self.found.read(self.source, entry.value);
                self.found.xmp.extend(packet);
            }
            0x83bb => {
                let packet = self.found.read(self.source, entry.value);
                self.found.iim.extend(packet.map(unswapped));
            }
            0x8649 => {
                let packet = self.found.read(self.source, entry.value);
                self.found.resources.extend(packet);
            }
            0xcd41 if self.whole == Whole::File => self.found.add_manifest(entry.value),
            _ => self.take_comment(entry),
        }
    }

    /// Up to the first NUL.
    fn text(&mut self, entry: &Entry) -> Option<String> {
        let packet = self.found.read(self.source, entry.value)?;
        text::tidy(&text::decode(packet.bytes.split(|byte| *byte == 0).next()?))
    }

    /// A copyright may be the photographer's and the editor's, with a NUL between (EXIF 2.32, 4.6.4).
    /// What stands behind a second NUL is none.
    fn lines(&mut self, entry: &Entry) -> Option<String> {
        let packet = self.found.read(self.source, entry.value)?;
        let text = text::decode(&packet.bytes);
        let lines = text.split('\0').take(2).map(|line| line.trim_end_matches(' '));
        text::tidy(&lines.collect::<Vec<_>>().join("\n"))
    }

    fn take_comment(&mut self, entry: &Entry) {
        if entry.tag != 0x9286 {
            return;
        }
        let Some(packet) = self.found.read(self.source, entry.value) else { return };
        let text = comment(&packet.bytes, self.layout.order);
        keep(&mut self.fields.user_comment, text::tidy(text.trim_start_matches('\u{feff}')));
    }

    /// Picture data beyond the end of the file means that the file was cut off.
    fn check_strips(&mut self, first: u64) {
        let kept = self.found.defects.len();
        let entries = self.entries(first, "first");
        self.found.defects.truncate(kept);
        for (offsets, lengths) in [(0x0111, 0x0117), (0x0144, 0x0145)] {
            let tagged = |tag| entries.iter().find(|entry| entry.tag == tag).copied();
            let (Some(offsets), Some(lengths)) = (tagged(offsets), tagged(lengths)) else {
                continue;
            };
            let count = (offsets.value.length / width(offsets.kind)).min(STRIPS);
            for number in 0..count {
                let value = |reading: &mut Self, entry: Entry| {
                    let width = width(entry.kind);
                    let value = Extent { at: entry.value.at + number * width, length: width };
                    let there = (number + 1) * width <= entry.value.length;
                    there.then(|| reading.number(&Entry { value, ..entry })).flatten()
                };
                let place = value(self, offsets).zip(value(self, lengths));
                if place.is_some_and(|(at, length)| !self.source.holds(at, length)) {
                    return self
                        .found
                        .defect(self.source.length(), "the TIFF ends within its picture");
                }
            }
        }
    }
}

/// IPTC-IIM that was written as numbers of four bytes has them in the wrong order (as many programs
/// do that put it into TIFF).
fn unswapped(mut packet: Packet) -> Packet {
    let is_swapped = |bytes: &[u8]| matches!(bytes, [first, _, _, 0x1c, ..] if *first != 0x1c);
    if is_swapped(&packet.bytes) {
        packet.bytes.chunks_exact_mut(4).for_each(<[u8]>::reverse);
    }
    packet
}

/// Eight bytes tell the encoding (EXIF 2.32, 4.6.5). Programs differ on the byte order of `UNICODE`,
/// so that it is told by a mark or by where the zeros are; some write UTF-8 there, which has none.
/// Texts of no known encoding are taken as they are.
fn comment(bytes: &[u8], order: Order) -> String {
    let Some((code, rest)) = bytes.split_at_checked(8) else { return text::decode(bytes) };
    match code {
        b"UNICODE\0" => {
            bare_utf8(rest).unwrap_or_else(|| text::utf16(rest, order_of(rest).unwrap_or(order)))
        }
        b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" | b"JIS\0\0\0\0\0" => text::decode(rest),
        _ => text::decode(bytes),
    }
}

fn bare_utf8(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().rposition(|byte| *byte != 0)?;
    let text = std::str::from_utf8(bytes.get(..=end)?).ok()?;
    (!text.contains('\0')).then(|| text.to_owned())
}

/// The order of the byte order mark, else that in which more of the units are ASCII.
fn order_of(units: &[u8]) -> Option<Order> {
    match units {
        [0xfe, 0xff, ..] => return Some(Order::BigEndian),
        [0xff, 0xfe, ..] => return Some(Order::LittleEndian),
        _ => {}
    }
    let ascii = |order: fn([u8; 2]) -> u16| {
        let units = units.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied());
        units.filter(|pair| (1..0x80).contains(&order(*pair))).count()
    };
    let (big, little) = (ascii(u16::from_be_bytes), ascii(u16::from_le_bytes));
    match big.cmp(&little) {
        std::cmp::Ordering::Greater => Some(Order::BigEndian),
        std::cmp::Ordering::Less => Some(Order::LittleEndian),
        std::cmp::Ordering::Equal => None,
    }
}
