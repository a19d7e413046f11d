//! JPEG: metadata in application segments before the picture's data.

use std::collections::BTreeMap;

use crate::media::found::{Extent, Found, Packet};
use crate::media::packets::jumbf;
use crate::media::source::Source;

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const EXIF: &[u8] = b"Exif\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
/// What Exiv2 begins files with that hold metadata alone.
const EXIV2: &[u8; 7] = b"\xff\x01Exiv2";
/// The most markers that are looked at, fill bytes included.
const MARKERS: u32 = 262_144;
/// The most extended packets of different digests; one is right.
const EXTENDED: usize = 4;
/// The most bytes that are passed over to find the next marker.
const SKIPPED: u64 = 65_536;
/// How much of the end is looked at to tell a cut picture from one with something behind it.
const TAIL: u64 = 4_096;

pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut reading = Reading::default();
    reading.segments(source);
    reading.join_extended();
    reading.choose_store(source);
    reading.found
}

#[derive(Default)]
struct Reading {
    found: Found,
    /// The parts of JUMBF boxes by box and packet number (ISO 19566-5, D.2).
    parts: BTreeMap<(JumbfBox, u32), Extent>,
    extended: Vec<Extended>,
}

/// What the parts of one box have in common. Some programs give all their boxes one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct JumbfBox {
    instance: u16,
    length: u64,
    /// Bytes of the header that each part repeats.
    header: u64,
}

/// Extended XMP by its digest, its parts by their offset.
struct Extended {
    digest: String,
    at: u64,
    parts: BTreeMap<u32, Vec<u8>>,
}

impl Reading {
    fn segments(&mut self, source: &mut Source<'_>) {
        let mut at = if source.array(0) == Some(*EXIV2) { EXIV2.len() as u64 } else { 2 };
        for _ in 0..MARKERS {
            let Some([prefix, marker]) = source.array(at) else {
                return self.found.defect(at, "the JPEG ends before its picture");
            };
            match (prefix, marker) {
                (0xff, 0xff) => at += 1,
                (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
                (0xff, 0xd9) => return self.end_without_picture(source, at),
                (0xff, 0xc0..=0xfe) => {
                    let Some(next) = self.segment(source, at, marker) else { return };
                    if marker == 0xda {
                        return self.check_end(source, next);
                    }
                    at = next;
                }
                _ => {
                    self.found.defect(at, "there is no JPEG marker where one must be");
                    let Some(next) = next_marker(source, at) else { return };
                    at = next;
                }
            }
        }
    }

    fn end_without_picture(&mut self, source: &mut Source<'_>, at: u64) {
        if source.array(0) != Some(*EXIV2) {
            self.found.defect(at, "the JPEG holds no picture");
        }
    }

    /// Where the next segment begins; `None` if this one is broken.
    fn segment(&mut self, source: &mut Source<'_>, at: u64, marker: u8) -> Option<u64> {
        let length = source.u16_be(at + 2).map(u64::from);
        let length = length.filter(|length| *length >= 2 && source.holds(at + 2, *length));
        let Some(length) = length else {
            self.found.defect(at, format!("the JPEG segment {marker:02X} is cut off"));
            return None;
        };
        let part = Extent { at: at + 4, length: length - 2 };
        match marker {
            0xe1 => self.app1(source, part),
            0xeb => self.app11(source, part),
            0xed => self.app13(source, part),
            0xfe => {
                if let Some(packet) = self.found.read(source, part) {
                    self.found.comment(&packet.bytes);
                }
            }
            _ => {}
        }
        Some(at + 2 + length)
    }

    fn app1(&mut self, source: &mut Source<'_>, part: Extent) {
        let Some(packet) = self.found.read(source, part) else { return };
        if let Some(rest) = after(&packet, XMP) {
            self.found.xmp.push(rest);
        } else if let Some(rest) = after(&packet, EXTENDED_XMP) {
            self.extended_xmp(&rest);
        } else if let Some(rest) = after(&packet, EXIF) {
            // A second NUL, or any byte in its place, aligns the TIFF structure.
            self.found.exif.extend(skipping(&rest, 1));
        } else if let Some(rest) = bare_xmp(&packet) {
            self.found.xmp.push(rest);
        }
    }

    /// 32 digits of digest, the length of it all, the offset of this part, the part.
    fn extended_xmp(&mut self, packet: &Packet) {
        let Some((digest, rest)) = packet.bytes.split_at_checked(32) else { return };
        let Some((numbers, part)) = rest.split_at_checked(8) else { return };
        let digest = String::from_utf8_lossy(digest).into_owned();
        let offset = numbers.last_chunk().copied().map_or(0, u32::from_be_bytes);
        let known = &mut self.extended;
        if !known.iter().any(|known| known.digest == digest) && known.len() < EXTENDED {
            let parts = BTreeMap::new();
            known.push(Extended { digest: digest.clone(), at: packet.at, parts });
        }
        if let Some(known) = known.iter_mut().find(|known| known.digest == digest) {
            known.parts.entry(offset).or_insert_with(|| part.to_vec());
        }
    }

    /// The parts may stand in any order.
    fn join_extended(&mut self) {
        for Extended { digest, at, parts } in std::mem::take(&mut self.extended) {
            let mut whole = Packet { at, bytes: Vec::new() };
            for (offset, part) in parts {
                if whole.bytes.len() as u64 == u64::from(offset) {
                    whole.bytes.extend_from_slice(&part);
                } else {
                    self.found.defect(at, "a part of the extended XMP is missing");
                }
            }
            self.found.extended_xmp.push((digest, whole));
        }
    }

    /// `JP`, box instance, packet number, then a box header that is repeated in each part.
    fn app11(&mut self, source: &mut Source<'_>, part: Extent) {
        if part.length < 16 || source.array(part.at) != Some(*b"JP") {
            return;
        }
        let (Some(instance), Some(number)) =
            (source.u16_be(part.at + 2), source.u32_be(part.at + 4))
        else {
            return;
        };
        let (header, length) = match source.u32_be(part.at + 8) {
            Some(1) => (16, source.u64_be(part.at + 16).unwrap_or(0)),
            length => (8, length.unwrap_or(0).into()),
        };
        let of = JumbfBox { instance, length, header };
        if self.parts.len() < 65_536 {
            let part = Extent { at: part.at + 8, length: part.length - 8 };
            self.parts.entry((of, number)).or_insert(part);
        }
    }

    /// Image resources may go on in the next segment.
    fn app13(&mut self, source: &mut Source<'_>, part: Extent) {
        let Some(packet) = self.found.read(source, part) else { return };
        let Some(rest) = after(&packet, PHOTOSHOP) else { return };
        match self.found.resources.first_mut() {
            Some(first) => first.bytes.extend_from_slice(&rest.bytes),
            None => self.found.resources.push(rest),
        }
    }

    /// Tells a picture that is cut off: its data holds `FF` only before a zero or a restart marker
    /// (ITU T.81, B.1.1.5), so that any other pair means that the data came to an end.
    fn check_end(&mut self, source: &mut Source<'_>, data: u64) {
        let length = source.length();
        if length >= data + 2 && source.array(length - 2) == Some([0xff, 0xd9]) {
            return;
        }
        let from = data.max(length.saturating_sub(TAIL));
        let tail = usize::try_from(length - from).ok().and_then(|count| source.bytes(from, count));
        let ended = tail.is_some_and(|tail| {
            tail.windows(2)
                .any(|pair| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7 | 0xff)))
        });
        if !ended {
            self.found.defect(length, "the JPEG ends within its picture");
        }
    }

    /// Of all boxes the first that is called a C2PA store.
    fn choose_store(&mut self, source: &mut Source<'_>) {
        let mut parts = std::mem::take(&mut self.parts).into_iter().peekable();
        while let Some(((of, _), first)) = parts.next() {
            let chosen = jumbf::is_store(source, first.at + of.header);
            if chosen {
                self.found.add_manifest(first);
            }
            while let Some((_, part)) = parts.next_if(|((next, _), _)| *next == of) {
                if chosen {
                    let length = part.length.saturating_sub(of.header);
                    self.found.add_manifest(Extent { at: part.at + of.header, length });
                }
            }
            if chosen {
                return;
            }
        }
    }
}

/// The next pair of bytes after `at` that may be a marker with a length, as readers look for it.
fn next_marker(source: &mut Source<'_>, at: u64) -> Option<u64> {
    let end = at.saturating_add(SKIPPED).min(source.length());
    let mut places = at + 1..end;
    places.find(|at| matches!(source.array(*at), Some([0xff, 0xc0..=0xfe])))
}

fn after(packet: &Packet, prefix: &[u8]) -> Option<Packet> {
    packet.bytes.starts_with(prefix).then(|| skipping(packet, prefix.len())).flatten()
}

fn skipping(packet: &Packet, count: usize) -> Option<Packet> {
    let bytes = packet.bytes.get(count..)?.to_vec();
    Some(Packet { at: packet.at + count as u64, bytes })
}

/// XMP behind another header than the specified one, or behind none.
fn bare_xmp(packet: &Packet) -> Option<Packet> {
    let head = packet.bytes.get(..packet.bytes.len().min(128))?;
    let begins = |mark: &[u8]| head.windows(mark.len()).position(|window| window == mark);
    let at = begins(b"<?xpacket").or_else(|| begins(b"<x:xmpmeta")).or_else(|| begins(b"<rdf:RDF"));
    skipping(packet, at?)
}
