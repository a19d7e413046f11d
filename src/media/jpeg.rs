//! What stands before the data of a JPEG, however many segments and fill bytes that are.

use std::io::{self, BufRead, Seek, SeekFrom};

/// Height and width as the first frame header says.
///
/// `None` if there is none before the picture's data. Markers may be preceded by any number of
/// fill bytes (ITU T.81, B.1.1.2).
pub(super) fn frame_size(reader: &mut (impl BufRead + Seek)) -> io::Result<Option<(u16, u16)>> {
    reader.seek(SeekFrom::Start(2))?;
    loop {
        let Some(marker) = next_marker(reader)? else { return Ok(None) };
        match marker {
            // Stand-alone markers have no length.
            0x01 | 0xd0..=0xd8 => {}
            0xd9 | 0xda => return Ok(None),
            0xc4 | 0xc8 | 0xcc => skip_segment(reader)?,
            0xc0..=0xcf => return frame_header(reader).map(Some),
            _ => skip_segment(reader)?,
        }
    }
}

/// Whether every viewer reads the colors alike, and shows nothing but this one picture: it is gray
/// or YCbCr, no second one is announced that brighter screens add to it, and it ends where the file
/// does.
pub(super) fn is_plain(reader: &mut (impl BufRead + Seek)) -> io::Result<bool> {
    reader.seek(SeekFrom::End(-2))?;
    if read(reader)? != [0xff, 0xd9] {
        return Ok(false);
    }
    reader.seek(SeekFrom::Start(2))?;
    let mut frames = 0;
    loop {
        match next_marker(reader)? {
            None | Some(0xd9) => return Ok(false),
            Some(0xda) => return Ok(frames == 1),
            Some(0x01 | 0xd0..=0xd8) => {}
            Some(marker) => {
                if !is_plain_segment(marker, &segment(reader)?) {
                    return Ok(false);
                }
                frames += u32::from(is_frame(marker));
            }
        }
    }
}

fn is_plain_segment(marker: u8, segment: &[u8]) -> bool {
    match marker {
        0xe2 => !segment.starts_with(b"MPF\0"),
        0xee => !segment.starts_with(b"Adobe") || segment.get(11) == Some(&1),
        marker if is_frame(marker) => match segment.get(5..) {
            Some([1, ..]) => true,
            Some([3, red, _, _, green, _, _, blue, ..]) => [*red, *green, *blue] != *b"RGB",
            _ => false,
        },
        _ => true,
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

fn segment(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let length = u16::from_be_bytes(read(reader)?);
    let rest = length.checked_sub(2).ok_or(io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; rest.into()];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn next_marker(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    if read::<1>(reader)? != [0xff] {
        return Ok(None);
    }
    loop {
        let [byte] = read(reader)?;
        if byte != 0xff {
            return Ok(Some(byte));
        }
    }
}

fn skip_segment(reader: &mut (impl BufRead + Seek)) -> io::Result<()> {
    let length = u16::from_be_bytes(read(reader)?);
    let rest = length.checked_sub(2).ok_or(io::ErrorKind::InvalidData)?;
    reader.seek_relative(i64::from(rest))
}

fn frame_header(reader: &mut impl BufRead) -> io::Result<(u16, u16)> {
    let [l1, l2, _precision, h1, h2, w1, w2, components] = read(reader)?;
    let length = 8 + 3 * u16::from(components);
    if components == 0 || u16::from_be_bytes([l1, l2]) != length {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok((u16::from_be_bytes([h1, h2]), u16::from_be_bytes([w1, w2])))
}

fn read<const N: usize>(reader: &mut impl BufRead) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}
