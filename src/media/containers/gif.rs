//! GIF: metadata in application extensions, between and after the pictures.

use crate::media::found::{Extent, Found, LONGEST, Packet};
use crate::media::source::Source;

/// The most blocks that are looked at, and the most parts of all of them.
const BLOCKS: u32 = 65_536;
const PARTS: u32 = 1_048_576;
/// How the bytes begin that end XMP in a GIF: they lead a reader of parts to the end, wherever it
/// comes in, and no text holds them.
const TRAILER: [u8; 4] = [1, 0xff, 0xfe, 0xfd];

pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut reading = Reading { found: Found::default(), parts: PARTS };
    if let Err(at) = reading.blocks(source)
        && !source.is_spent()
    {
        reading.found.defect(at, "the GIF is cut off or goes on with no block");
    }
    reading.found
}

struct Reading {
    found: Found,
    parts: u32,
}

impl Reading {
    /// Fails with where it cannot go on.
    fn blocks(&mut self, source: &mut Source<'_>) -> Result<(), u64> {
        let packed = source.byte(10).filter(|_| source.holds(0, 13)).ok_or(source.length())?;
        let mut at = 13 + color_table(packed);
        let mut pictures = 0_u32;
        for _ in 0..BLOCKS {
            match source.byte(at).ok_or(at)? {
                0x21 => at = self.extension(source, at)?,
                0x2c => {
                    let packed = source.byte(at + 9).ok_or(at)?;
                    at = self.skip_parts(source, at + 11 + color_table(packed))?;
                    pictures += 1;
                }
                0x3b if pictures > 0 => return Ok(()),
                // Zeros between blocks are passed over by every reader.
                0 => at += 1,
                _ => return Err(at),
            }
        }
        Ok(())
    }

    fn extension(&mut self, source: &mut Source<'_>, at: u64) -> Result<u64, u64> {
        let label = source.byte(at + 1).ok_or(at)?;
        if label == 0xfe {
            return self.comment(source, at + 2);
        }
        let application = source.array::<12>(at + 2).filter(|_| label == 0xff);
        match application.as_ref() {
            Some(b"\x0bXMP DataXMP") => self.xmp(source, at + 14),
            Some([11, b'C', b'2', b'P', b'A', b'_', b'G', b'I', b'F', ..]) => {
                self.manifest(source, at + 14)
            }
            _ => self.skip_parts(source, at + 2),
        }
    }

    /// The XMP stands there as it is: what look like lengths of parts are its characters.
    fn xmp(&mut self, source: &mut Source<'_>, at: u64) -> Result<u64, u64> {
        let end = self.skip_parts(source, at)?;
        let part = Extent { at, length: end - at };
        let Some(Packet { bytes, .. }) = self.found.read(source, part) else { return Ok(end) };
        let bytes = if bytes.first().is_some_and(|first| b"<\xef\xfe\xff\0".contains(first)) {
            without_trailer(bytes)
        } else {
            without_lengths(&bytes)
        };
        self.found.xmp.push(Packet { at, bytes });
        Ok(end)
    }

    fn comment(&mut self, source: &mut Source<'_>, at: u64) -> Result<u64, u64> {
        let end = self.skip_parts(source, at)?;
        if let Some(packet) = self.found.read(source, Extent { at, length: end - at }) {
            self.found.comment(&without_lengths(&packet.bytes));
        }
        Ok(end)
    }

    fn manifest(&mut self, source: &mut Source<'_>, mut at: u64) -> Result<u64, u64> {
        while let Some(length) = source.byte(at).filter(|length| *length > 0) {
            self.part()?;
            self.found.add_manifest(Extent { at: at + 1, length: length.into() });
            at += 1 + u64::from(length);
        }
        source.byte(at).map(|_| at + 1).ok_or(at)
    }

    /// Where the block after the parts beginning at `at` begins.
    fn skip_parts(&mut self, source: &mut Source<'_>, mut at: u64) -> Result<u64, u64> {
        loop {
            self.part()?;
            match source.byte(at).ok_or(at)? {
                0 => return Ok(at + 1),
                length => at += 1 + u64::from(length),
            }
        }
    }

    fn part(&mut self) -> Result<(), u64> {
        self.parts = self.parts.checked_sub(1).ok_or(LONGEST)?;
        Ok(())
    }
}

/// Bytes of the color table that the flags announce.
fn color_table(packed: u8) -> u64 {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

fn without_trailer(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.windows(TRAILER.len()).position(|window| window == TRAILER);
    bytes.truncate(end.unwrap_or(bytes.len()));
    bytes
}

fn without_lengths(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (part, after) = after.split_at(usize::from(*length).min(after.len()));
        joined.extend_from_slice(part);
        rest = after;
    }
    joined
}
