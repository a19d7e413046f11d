//! The names of members.

use super::directory::Record;

/// The name is UTF-8, says the archive.
const UTF8: u16 = 1 << 11;

/// The characters of 0x80 to 0xff in the code page of the first archives (CP 437).
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The name as text. Most programs write UTF-8, whether they say so or not.
pub(super) fn decoded(record: &Record) -> String {
    let name = record.name.strip_prefix(b"./").unwrap_or(&record.name);
    match str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) if record.flags & UTF8 != 0 => String::from_utf8_lossy(name).into_owned(),
        Err(_) => name.iter().map(|byte| character(*byte)).collect(),
    }
}

fn character(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(at) => CP437.chars().nth(usize::from(at)).unwrap_or('\u{fffd}'),
        None => char::from(byte),
    }
}

/// Whether a desktop put the file there for itself, by its name and by how it begins: no one
/// means to ship it. A picture that is called so is none of these.
pub fn is_of_the_system(name: &[u8], head: &[u8]) -> bool {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_named = |name: &[u8]| last.eq_ignore_ascii_case(name);
    let is_store = is_named(b".DS_Store") && head.get(4..8) == Some(b"Bud1");
    let is_fork = name.starts_with(b"__MACOSX/") || last.starts_with(b"._");
    let is_icons = is_named(b"Thumbs.db") && head.starts_with(b"\xd0\xcf\x11\xe0");
    let is_settings = is_named(b"desktop.ini") && is_ini(head);
    head.is_empty() && (is_fork || is_named(b".DS_Store"))
        || is_fork && head.starts_with(b"\x00\x05\x16\x07")
        || is_store
        || is_icons
        || is_settings
}

fn is_ini(head: &[u8]) -> bool {
    let marks = [&b"\xff\xfe"[..], b"\xef\xbb\xbf"];
    let text = marks.iter().find_map(|mark| head.strip_prefix(*mark)).unwrap_or(head);
    text.iter().find(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0)) == Some(&b'[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_desktop_left_is_told_by_its_name_and_its_bytes() {
        for (name, head) in [
            (".DS_Store", &b"\0\0\0\x01Bud1"[..]),
            ("a/.DS_Store", b"\0\0\0\x01Bud1"),
            ("__MACOSX/._a.jpg", b"\0\x05\x16\x07\0\x02"),
            ("a/._b.jpg", b"\0\x05\x16\x07\0\x02"),
            ("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1"),
            ("desktop.ini", b"[.ShellClassInfo]\r\n"),
            ("desktop.ini", b"\xff\xfe\r\0\n\0[\0"),
        ] {
            let (name, picture) = (name.as_bytes(), b"\x89PNG\r\n\x1a\n");
            assert!(is_of_the_system(name, head), "{}", name.escape_ascii());
            assert!(!is_of_the_system(name, picture), "{}", name.escape_ascii());
            assert!(!is_of_the_system(b"a.jpg", head), "{}", name.escape_ascii());
        }
    }

    #[test]
    fn a_name_is_utf_8_or_of_the_first_archives() {
        let name = |name: &[u8], flags| {
            decoded(&Record { name: name.to_vec(), flags, ..Record::default() })
        };
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(name("café.png".as_bytes(), 0), "café.png");
        assert_eq!(name(b"caf\x82.png", 0), "café.png");
        assert_eq!(name(b"./a/caf\x82.png", 0), "a/café.png");
        assert_eq!(name(b"\x80\xe1\xff", 0), "Çß\u{a0}");
        assert_eq!(name(b"caf\x82.png", UTF8), "caf\u{fffd}.png");
    }
}
