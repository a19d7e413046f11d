//! The names of members.

use super::directory::Record;

/// The name is UTF-8, says the archive.
const UTF8: u16 = 1 << 11;

/// The characters of 0x80 to 0xff in the code page of the first archives (CP 437).
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The name as text. Most programs write UTF-8, whether they say so or not.
pub(super) fn decoded(record: &Record) -> String {
    match str::from_utf8(&record.name) {
        Ok(name) => name.to_owned(),
        Err(_) if record.flags & UTF8 != 0 => String::from_utf8_lossy(&record.name).into_owned(),
        Err(_) => record.name.iter().map(|byte| character(*byte)).collect(),
    }
}

fn character(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(at) => CP437.chars().nth(usize::from(at)).unwrap_or('\u{fffd}'),
        None => char::from(byte),
    }
}

/// Whether a desktop put the member there for itself: no one means to ship it.
pub(super) fn is_of_the_system(name: &[u8]) -> bool {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.starts_with(b"__MACOSX/") || matches!(last, b".DS_Store" | b"Thumbs.db" | b"desktop.ini")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_utf_8_or_of_the_first_archives() {
        let name = |name: &[u8], flags| {
            decoded(&Record { name: name.to_vec(), flags, ..Record::default() })
        };
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(name("café.png".as_bytes(), 0), "café.png");
        assert_eq!(name(b"caf\x82.png", 0), "café.png");
        assert_eq!(name(b"\x80\xe1\xff", 0), "Çß\u{a0}");
        assert_eq!(name(b"caf\x82.png", UTF8), "caf\u{fffd}.png");
    }
}
