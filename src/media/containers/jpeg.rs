//! JPEG: metadata in application segments before the picture's data.

use std::collections::BTreeMap;

use crate::media::found::{Extent, Found, Packet};
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
    let mut reading = Reading { found: Found::default(), parts: BTreeMap::new() };
    reading.segments(source);
    reading.finish()
}

struct Reading {
    found: Found,
    /// The parts of JUMBF boxes by box instance and packet number (ISO 19566-5, D.2).
    parts: BTreeMap<(u16, u32), Extent>,
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
        let packets = &mut self.found.extended_xmp;
        if !packets.iter().any(|(known, _)| *known == digest) && packets.len() < EXTENDED {
            packets.push((digest.clone(), Packet { at: packet.at, ..Packet::default() }));
        }
        let known = packets.iter_mut().find(|(known, _)| *known == digest);
        let Some((_, whole)) = known else { return };
        if whole.bytes.len() as u64 == u64::from(offset) {
            whole.bytes.extend_from_slice(part);
        } else {
            self.found.defect(packet.at, "a part of the extended XMP is missing");
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
        let large = source.u32_be(part.at + 8) == Some(1);
        let header = if large { 16 } else { 8 };
        let repeated = if number > 1 { header } else { 0 };
        let at = part.at + 8 + repeated;
        let length = (part.length - 8).saturating_sub(repeated);
        if self.parts.len() < 65_536 {
            self.parts.entry((instance, number)).or_insert(Extent { at, length });
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

    fn finish(mut self) -> Found {
        let Some(((first, _), _)) = self.parts.first_key_value() else { return self.found };
        let first = *first;
        for ((instance, _), part) in self.parts {
            if instance == first {
                self.found.add_manifest(part);
            }
        }
        self.found
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
