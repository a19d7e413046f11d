//! AVIF, HEIF and JPEG XL: metadata in the boxes of ISO base media files (ISO 14496-12).

use std::collections::BTreeMap;

use super::super::found::{Extent, Found, Packet};
use crate::media::packets::jumbf;
use crate::media::source::Source;

const BOXES: u32 = 4_096;
const ITEMS: usize = 4_096;
const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut found = Found::default();
    let all = Extent { at: 0, length: source.length() };
    for child in children(source, all, &mut found) {
        let Part { name, body } = child;
        match &name {
            b"meta" => Items::read(source, body, &mut found).take(source, &mut found),
            b"uuid" => uuid(source, body, &mut found),
            b"Exif" => exif(source, &[body], &mut found),
            b"xml " => {
                let packet = found.read(source, body);
                found.xmp.extend(packet);
            }
            // A box is its own header here: credentials are the box.
            b"jumb" if jumbf::is_store(source, body.at) => {
                found.add_manifest(Extent { at: body.at - 8, length: body.length + 8 });
            }
            _ => {}
        }
    }
    found
}

#[derive(Debug, Clone, Copy)]
struct Part {
    name: [u8; 4],
    body: Extent,
}

/// The boxes directly in `within`.
fn children(source: &mut Source<'_>, within: Extent, found: &mut Found) -> Vec<Part> {
    let end = within.at + within.length;
    let mut at = within.at;
    let mut parts = Vec::new();
    for _ in 0..BOXES {
        if at >= end {
            break;
        }
        let Some((part, next)) = part_at(source, at, end) else {
            found.defect(at, "there is no box where one must be");
            break;
        };
        if next > end {
            let name = part.name.escape_ascii();
            found.defect(at, format!("the file ends within its box {name}"));
            break;
        }
        parts.push(part);
        at = next;
    }
    parts
}

/// The box at `at` and where the next one begins. A length of 0 means the rest, 1 a longer length.
fn part_at(source: &mut Source<'_>, at: u64, end: u64) -> Option<(Part, u64)> {
    let [l1, l2, l3, l4, name @ ..] = source.array::<8>(at).filter(|_| at + 8 <= end)?;
    let (header, length) = match u32::from_be_bytes([l1, l2, l3, l4]) {
        0 => (8, end - at),
        1 => (16, source.u64_be(at + 8)?),
        length => (8, u64::from(length)),
    };
    let next = at.checked_add(length).filter(|_| length >= header)?;
    Some((Part { name, body: Extent { at: at + header, length: length - header } }, next))
}

fn uuid(source: &mut Source<'_>, body: Extent, found: &mut Found) {
    let id = source.array::<16>(body.at);
    let rest = |skip: u64| Extent { at: body.at + skip, length: body.length.saturating_sub(skip) };
    if id == Some(XMP) {
        let packet = found.read(source, rest(16));
        found.xmp.extend(packet);
    } else if id == Some(C2PA) {
        // Version and flags, the purpose with its NUL, the offset of the Merkle boxes. An update
        // stands behind the original that it goes on from.
        let purposes: [&[u8]; 3] = [b"manifest\0", b"original\0", b"update\0"];
        let purpose = source.array::<9>(body.at + 20).unwrap_or_default();
        if let Some(purpose) = purposes.iter().find(|known| purpose.starts_with(known)) {
            found.add_manifest(rest(16 + 4 + purpose.len() as u64 + 8));
        }
    }
}

/// Four bytes say how far it is to the TIFF structure; some programs leave them out. An item without
/// a byte is one whose content was taken away.
fn exif(source: &mut Source<'_>, parts: &[Extent], found: &mut Found) {
    let Some(packet) = joined(source, parts, found).filter(|packet| !packet.bytes.is_empty())
    else {
        return;
    };
    let begins: [&[u8]; 3] = [b"II*\0", b"MM\0*", b"Exif\0\0"];
    let skip = if begins.iter().any(|begin| packet.bytes.starts_with(begin)) {
        0
    } else {
        let skip = packet.bytes.first_chunk().copied().map_or(0, u32::from_be_bytes);
        usize::try_from(skip).unwrap_or(usize::MAX).saturating_add(4)
    };
    match packet.bytes.get(skip..) {
        Some(bytes) => {
            found.exif.push(Packet { at: packet.at + skip as u64, bytes: bytes.to_vec() });
        }
        None => found.defect(packet.at, "the EXIF item is cut off"),
    }
}

fn joined(source: &mut Source<'_>, parts: &[Extent], found: &mut Found) -> Option<Packet> {
    let mut whole = Packet { at: parts.first()?.at, bytes: Vec::new() };
    for part in parts {
        whole.bytes.extend(found.read(source, *part)?.bytes);
    }
    Some(whole)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exif,
    Xmp,
}

/// The items of a `meta` box that hold metadata, and where they lie.
#[derive(Debug, Default)]
struct Items {
    kinds: BTreeMap<u32, Kind>,
    places: BTreeMap<u32, Vec<Extent>>,
}

impl Items {
    fn read(source: &mut Source<'_>, meta: Extent, found: &mut Found) -> Self {
        let mut items = Self::default();
        let inner = Extent { at: meta.at + 4, length: meta.length.saturating_sub(4) };
        let parts = children(source, inner, found);
        let body = |name: &[u8; 4]| parts.iter().find(|part| part.name == *name).map(|p| p.body);
        if let Some(list) = body(b"iinf") {
            items.list(source, list, found);
        }
        if items.kinds.is_empty() {
            return items;
        }
        if let Some(location) = body(b"iloc")
            && Locations::read(source, location, body(b"idat"), &mut items).is_none()
        {
            found.defect(location.at, "the list of where items lie is cut off");
        }
        items
    }

    /// `infe` boxes of versions 2 and 3: number, protection, type, name, media type.
    fn list(&mut self, source: &mut Source<'_>, list: Extent, found: &mut Found) {
        let header = if source.byte(list.at) == Some(0) { 6 } else { 8 };
        let inner = Extent { at: list.at + header, length: list.length.saturating_sub(header) };
        for Part { body, .. } in children(source, inner, found).into_iter().take(ITEMS) {
            let Some((number, kind)) = item(source, body) else { continue };
            if let Some(kind) = kind {
                self.kinds.insert(number, kind);
            }
        }
    }

    fn take(self, source: &mut Source<'_>, found: &mut Found) {
        for (number, kind) in self.kinds {
            let Some(parts) = self.places.get(&number) else { continue };
            match kind {
                Kind::Exif => exif(source, parts, found),
                Kind::Xmp => {
                    let packet = joined(source, parts, found);
                    found.xmp.extend(packet);
                }
            }
        }
    }
}

fn item(source: &mut Source<'_>, body: Extent) -> Option<(u32, Option<Kind>)> {
    let (number, at) = match source.byte(body.at)? {
        2 => (u32::from(source.u16_be(body.at + 4)?), body.at + 8),
        3 => (source.u32_be(body.at + 4)?, body.at + 10),
        _ => return None,
    };
    let kind = match &source.array::<4>(at)? {
        b"Exif" => Some(Kind::Exif),
        b"mime" => {
            let length = (body.at + body.length).checked_sub(at + 4)?.min(256);
            let names = source.bytes(at + 4, usize::try_from(length).ok()?)?;
            let media_type = names.split(|byte| *byte == 0).nth(1)?;
            (media_type == b"application/rdf+xml").then_some(Kind::Xmp)
        }
        _ => None,
    };
    Some((number, kind))
}

/// The `iloc` box: numbers whose widths it says itself.
struct Locations<'s, 'a> {
    source: &'s mut Source<'a>,
    at: u64,
    end: u64,
}

impl<'s, 'a> Locations<'s, 'a> {
    /// Fills in where the wanted items lie; `None` if the box ends too early.
    fn read(
        source: &'s mut Source<'a>,
        body: Extent,
        idat: Option<Extent>,
        items: &mut Items,
    ) -> Option<()> {
        let mut list = Locations { source, at: body.at, end: body.at + body.length };
        let version = list.number(1)?;
        list.number(3)?;
        let widths = list.number(2)?;
        let nibble = |shift: u32| (widths >> shift) & 15;
        let (offset, length, base) = (nibble(12), nibble(8), nibble(4));
        let index = if version > 0 { nibble(0) } else { 0 };
        let wide = if version < 2 { 2 } else { 4 };
        let count = list.number(wide)?;
        for _ in 0..count.min(ITEMS as u64) {
            let number = u32::try_from(list.number(wide)?).ok()?;
            let method = if version > 0 { list.number(2)? & 15 } else { 0 };
            list.number(2)?;
            let base = list.number(base)?;
            let extents = list.number(2)?;
            let wanted = items.kinds.contains_key(&number);
            for _ in 0..extents {
                list.number(index)?;
                let at = base.checked_add(list.number(offset)?)?;
                let length = list.number(length)?;
                let place = match (method, idat) {
                    (0, _) => Extent { at, length },
                    (1, Some(idat)) => Extent { at: idat.at.checked_add(at)?, length },
                    _ => continue,
                };
                let places = items.places.entry(number).or_default();
                if wanted && places.len() < 64 {
                    places.push(place);
                }
            }
        }
        Some(())
    }

    /// A number of so many bytes, at most 8; none are 0.
    fn number(&mut self, width: u64) -> Option<u64> {
        if width > 8 || self.at + width > self.end {
            return None;
        }
        let mut number = 0;
        for _ in 0..width {
            number = number << 8 | u64::from(self.source.byte(self.at)?);
            self.at += 1;
        }
        Some(number)
    }
}
