//! WebP: metadata in the chunks of a RIFF file.

use crate::media::found::{Extent, Found};
use crate::media::source::Source;

const CHUNKS: u32 = 65_536;

pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut found = Found::default();
    let Some(size) = source.array(4).map(u32::from_le_bytes).map(u64::from) else {
        found.defect(source.length(), "the WebP ends within its header");
        return found;
    };
    let end = (8 + size).min(source.length());
    if 8 + size > source.length() {
        found.defect(source.length(), format!("the WebP ends before its {} bytes", 8 + size));
    }
    let mut at = 12;
    let mut pictures = 0_u32;
    for _ in 0..CHUNKS {
        if at >= end {
            break;
        }
        let Some(chunk) = source.array::<8>(at).filter(|_| at + 8 <= end) else {
            found.defect(at, "the WebP ends within the header of a chunk");
            break;
        };
        let [n1, n2, n3, n4, length @ ..] = chunk;
        let name = [n1, n2, n3, n4];
        let part = Extent { at: at + 8, length: u32::from_le_bytes(length).into() };
        if part.at + part.length > end {
            let name = name.escape_ascii();
            found.defect(at, format!("the WebP ends within its chunk {name}"));
            break;
        }
        pictures += u32::from(matches!(&name, b"VP8 " | b"VP8L" | b"ANMF"));
        take(source, &mut found, (&name, part));
        at = part.at + part.length + part.length % 2;
    }
    if pictures == 0 {
        found.defect(at, "the WebP holds no picture");
    }
    found
}

fn take(source: &mut Source<'_>, found: &mut Found, (name, part): (&[u8; 4], Extent)) {
    match name {
        b"C2PA" => found.add_manifest(part),
        b"EXIF" => {
            let packet = found.read(source, part);
            found.exif.extend(packet);
        }
        b"XMP " | b"XMP\0" => {
            let packet = found.read(source, part);
            found.xmp.extend(packet);
        }
        _ => {}
    }
}
