//! PNG: metadata in chunks before and after the picture's data.

use flate2::Crc;

use crate::media::found::{Extent, Found, Keyed, LONGEST, Packet};
use crate::media::packets::text::{self, Inflated};
use crate::media::source::Source;

/// The most chunks that are looked at: 512 MiB of the usual size.
const CHUNKS: u32 = 65_536;
/// Chunks up to this length have their check sum checked.
const CHECKED: u64 = 2_048;

pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut found = Found::default();
    let mut at = 8;
    let mut data = 0_u32;
    for number in 0..CHUNKS {
        let Some(chunk) = Chunk::at(source, at) else {
            found.defect(at, "the PNG ends before its end mark");
            return found;
        };
        if let Some(what) = chunk.defect(source, number) {
            found.defect(at, what);
            return found;
        }
        data += u32::from(&chunk.name == b"IDAT");
        if &chunk.name == b"IEND" {
            if data == 0 {
                found.defect(at, "the PNG holds no picture");
            }
            return found;
        }
        chunk.take(source, &mut found);
        at = chunk.part.at + chunk.part.length + 4;
    }
    found
}

struct Chunk {
    name: [u8; 4],
    part: Extent,
}

impl Chunk {
    fn at(source: &mut Source<'_>, at: u64) -> Option<Self> {
        let [l1, l2, l3, l4, name @ ..] = source.array::<8>(at)?;
        let length = u32::from_be_bytes([l1, l2, l3, l4]).into();
        Some(Self { name, part: Extent { at: at + 8, length } })
    }

    /// Why the chunks cannot be followed any further.
    fn defect(&self, source: &mut Source<'_>, number: u32) -> Option<String> {
        let shown = self.name.escape_ascii();
        if number == 0 && &self.name != b"IHDR" && &self.name != b"CgBI" {
            return Some(format!("the PNG begins with {shown} instead of IHDR"));
        }
        if !self.name.iter().all(u8::is_ascii_alphabetic) || self.part.length > 0x7fff_ffff {
            return Some(format!("there is no PNG chunk where one must be, but {shown}"));
        }
        if !source.holds(self.part.at, self.part.length + 4) {
            return Some(format!("the PNG ends within its chunk {shown}"));
        }
        if &self.name == b"IHDR" && !self.is_header(source) {
            return Some("the PNG's header says what cannot be".to_owned());
        }
        None
    }

    /// Size, depth and color type as PNG 3rd edition, 11.2.1, allows them.
    fn is_header(&self, source: &mut Source<'_>) -> bool {
        let Some([w1, w2, w3, w4, h1, h2, h3, h4, depth, color, compression, filter, interlace]) =
            source.array::<13>(self.part.at).filter(|_| self.part.length == 13)
        else {
            return false;
        };
        let size = |bytes| (1..=0x7fff_ffff).contains(&u32::from_be_bytes(bytes));
        let depths: &[u8] = match color {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            _ => &[],
        };
        let fits = compression == 0 && filter == 0 && interlace < 2;
        size([w1, w2, w3, w4]) && size([h1, h2, h3, h4]) && depths.contains(&depth) && fits
    }

    fn take(&self, source: &mut Source<'_>, found: &mut Found) {
        let wanted = matches!(&self.name, b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf");
        if !wanted {
            if &self.name == b"caBX" {
                found.add_manifest(self.part);
            }
            return self.check_sum(source, found);
        }
        let Some(packet) = found.read(source, self.part) else { return };
        self.compare_sum(source, &packet.bytes, found);
        match &self.name {
            b"eXIf" => found.exif.push(packet),
            b"tEXt" => plain_text(&packet, found),
            b"zTXt" => compressed_text(&packet, found),
            _ => international_text(&packet, found),
        }
    }

    fn check_sum(&self, source: &mut Source<'_>, found: &mut Found) {
        if self.part.length > CHECKED {
            return;
        }
        let length = usize::try_from(self.part.length).unwrap_or(0);
        if let Some(bytes) = source.bytes(self.part.at, length) {
            self.compare_sum(source, &bytes, found);
        }
    }

    fn compare_sum(&self, source: &mut Source<'_>, bytes: &[u8], found: &mut Found) {
        let mut sum = Crc::new();
        sum.update(&self.name);
        sum.update(bytes);
        if source.u32_be(self.part.at + self.part.length) != Some(sum.sum()) {
            let what = format!("the check sum of the PNG chunk {}", self.name.escape_ascii());
            found.defect(self.part.at - 8, format!("{what} is wrong"));
        }
    }
}

/// What stands before the first NUL, and what after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

fn plain_text(packet: &Packet, found: &mut Found) {
    if let Some((key, value)) = split(&packet.bytes) {
        keep(packet.at, (key, value.to_vec()), found);
    }
}

fn compressed_text(packet: &Packet, found: &mut Found) {
    let Some((key, [0, deflated @ ..])) = split(&packet.bytes) else {
        return found.defect(packet.at, "a compressed text is compressed in an unknown way");
    };
    if let Some(value) = inflated(packet.at, deflated, found) {
        keep(packet.at, (key, value), found);
    }
}

/// Keyword, compression flag and method, language, translated keyword, text in UTF-8.
fn international_text(packet: &Packet, found: &mut Found) {
    let parts = split(&packet.bytes).and_then(|(key, rest)| {
        let (flags, rest) = rest.split_at_checked(2)?;
        let (_language, rest) = split(rest)?;
        let (_translated, value) = split(rest)?;
        Some((key, flags.first().copied()?, value))
    });
    let Some((key, flag, value)) = parts else {
        return found.defect(packet.at, "an international text is cut off");
    };
    let value = if flag == 0 { Some(value.to_vec()) } else { inflated(packet.at, value, found) };
    if let Some(value) = value {
        keep(packet.at, (key, value), found);
    }
}

fn inflated(at: u64, deflated: &[u8], found: &mut Found) -> Option<Vec<u8>> {
    match text::inflate(deflated, LONGEST) {
        Inflated::Whole(bytes) => found.has_room(bytes.len() as u64).then_some(bytes),
        Inflated::TooLong => {
            found.defect(at, "a compressed text is longer than what is read");
            None
        }
        Inflated::Broken => {
            found.defect(at, "a compressed text cannot be unpacked");
            None
        }
    }
}

fn keep(at: u64, (key, value): (&[u8], Vec<u8>), found: &mut Found) {
    let packet = |bytes| Packet { at, bytes };
    if key == b"XML:com.adobe.xmp" {
        return found.xmp.push(packet(value));
    }
    if let Some(name) = key.strip_prefix(b"Raw profile type ") {
        return raw_profile(at, (name, &value), found);
    }
    let (key, text) = (text::decode(key), text::decode(&value));
    found.texts.push(Keyed { key, text });
}

/// What ImageMagick writes: a name, a length, then the bytes in hexadecimal digits.
fn raw_profile(at: u64, (name, value): (&[u8], &[u8]), found: &mut Found) {
    let Some(bytes) = text::unhex_profile(value) else {
        return found.defect(at, "a raw profile is no list of hexadecimal digits");
    };
    let bare = |prefix: &[u8]| bytes.strip_prefix(prefix).map(<[u8]>::to_vec);
    match name {
        b"exif" | b"APP1" => {
            if let Some(xmp) = bare(b"http://ns.adobe.com/xap/1.0/\0") {
                found.xmp.push(Packet { at, bytes: xmp });
            } else {
                found.exif.push(Packet { at, bytes });
            }
        }
        b"xmp" => found.xmp.push(Packet { at, bytes }),
        b"iptc" | b"8bim" if bytes.starts_with(b"8BIM") => {
            found.resources.push(Packet { at, bytes });
        }
        b"iptc" => found.iim.push(Packet { at, bytes }),
        _ => {}
    }
}
