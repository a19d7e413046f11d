//! Tells what kind of source a file is, by how it begins.

use crate::domain::reference::SourceKind;
use crate::exports::preface;

/// So much of a file is looked at.
pub const HEAD: usize = 16 << 10;

/// The kind that the first bytes of a file speak for; `None` if they tell of none, which
/// [`tells_nothing`] may explain. The name decides between texts that look alike, and speaks for
/// those that a server wrote in place of an answer.
pub fn kind_of(name: &str, head: &[u8]) -> Option<SourceKind> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    let text = text.get(preface::length_of(text.as_bytes())..).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let extension = extension(name);
    match extension.as_deref() {
        Some("css" | "scss" | "php" | "js") if !head.contains(&0) => {
            return Some(SourceKind::Theme);
        }
        Some("headers" | "md" | "log") => return None,
        _ => {}
    }
    if is_wxr(text) {
        return Some(SourceKind::Wxr);
    }
    if head.contains(&0) {
        return None;
    }
    let is_json = text.starts_with(['{', '[']) && !text.starts_with("[gallery");
    if is_json || extension.as_deref() == Some("json") {
        return Some(SourceKind::Rest);
    }
    if is_dump(text) || extension.as_deref() == Some("sql") {
        return Some(SourceKind::Sql);
    }
    (is_page(text) || matches!(extension.as_deref(), Some("html" | "htm")))
        .then_some(SourceKind::Pages)
}

fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

fn is_wxr(text: &str) -> bool {
    let has = |part: &str| text.contains(part);
    let is_export = has("<rss") || has("wordpress.org/export") || has("WordPress eXtended RSS");
    text.starts_with('<') && is_export && !beginning(text).contains("<html")
}

fn is_page(text: &str) -> bool {
    let text = beginning(text);
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| text.contains(tag))
}

fn beginning(text: &str) -> String {
    text.get(..text.floor_char_boundary(1_024)).unwrap_or_default().to_ascii_lowercase()
}

fn is_dump(text: &str) -> bool {
    let has = |part: &str| text.contains(part);
    let is_statement = |line: &str| {
        let mut words = line.split_whitespace();
        matches!(
            (words.next(), words.next()),
            (Some("INSERT"), Some("INTO")) | (Some("CREATE"), Some("TABLE"))
        )
    };
    has("-- MySQL dump") || has("-- MariaDB dump") || text.lines().any(is_statement)
}

/// How files begin that refer to nothing, whatever they are called.
const MEDIA: [&[u8]; 20] = [
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\x01\0",
    b"%PDF-",
    b"OggS",
    b"ID3",
    b"\xff\xfb",
    b"\x1a\x45\xdf\xa3",
    b"wOFF",
    b"wOF2",
    b"OTTO",
    b"\0\x01\0\0",
    b"Bud1",
    b"\0\0\0\x01Bud1",
    b"\0\x05\x16\x07",
];

/// Whether a file of no kind is certainly a picture or the like, or a note that someone keeps
/// beside what was saved. An empty file, and one in UTF-16, may be anything.
pub fn tells_nothing(name: &str, head: &[u8]) -> bool {
    let is_media = MEDIA.iter().any(|mark| head.starts_with(mark));
    let is_box = head.get(4..8) == Some(b"ftyp");
    let is_note = matches!(extension(name).as_deref(), Some("headers" | "md" | "log"));
    is_media || is_box || is_note
}

/// Whether the bytes are a text of a kind that is read byte by byte.
pub fn is_text(head: &[u8]) -> bool {
    !head.contains(&0)
}

/// The kind of a folder with files of these kinds. `None` if they do not go together.
pub fn kind_of_folder(kinds: impl IntoIterator<Item = SourceKind>) -> Option<SourceKind> {
    let kinds: std::collections::BTreeSet<_> = kinds.into_iter().collect();
    // Pages come with styles and scripts, a theme with a `theme.json` and its templates.
    let leading = [SourceKind::Sql, SourceKind::Wxr]
        .into_iter()
        .find(|kind| kinds.contains(kind))
        .or_else(|| kinds.contains(&SourceKind::Pages).then_some(SourceKind::Pages))
        .or_else(|| kinds.contains(&SourceKind::Theme).then_some(SourceKind::Theme))
        .or_else(|| kinds.contains(&SourceKind::Rest).then_some(SourceKind::Rest))?;
    let is_alone = kinds.len() == 1;
    match leading {
        SourceKind::Sql | SourceKind::Wxr => is_alone.then_some(leading),
        SourceKind::Pages | SourceKind::Theme | SourceKind::Rest => Some(leading),
    }
}

/// Whether a file of that kind is read as part of a source of this one.
pub fn belongs_to(source: SourceKind, file: SourceKind) -> bool {
    match source {
        SourceKind::Wxr | SourceKind::Rest | SourceKind::Sql => source == file,
        SourceKind::Pages | SourceKind::Theme => file != SourceKind::Sql,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SourceKind::{Pages, Rest, Sql, Theme, Wxr};

    #[test]
    fn a_kind_is_told_by_how_a_file_begins() {
        for (name, head, kind) in [
            ("export.xml", "<?xml version=\"1.0\"?>\n<rss version=\"2.0\">", Some(Wxr)),
            ("posts.json", " [{\"id\":1}]", Some(Rest)),
            ("root.json", "{\"name\":\"x\"}", Some(Rest)),
            ("dump.sql", "-- MariaDB dump 10.19\n", Some(Sql)),
            ("dump", "DROP TABLE x;\nCREATE TABLE `wp_posts` (", Some(Sql)),
            ("index.html", "<!DOCTYPE html>\n<html>", Some(Pages)),
            ("about", "\n<!-- cached --><html lang=\"de\">", Some(Pages)),
            ("style.css", "/* Theme Name: X */", Some(Theme)),
            ("photo.jpg", "\u{1}\0\0", None),
            ("readme.txt", "Hello", None),
            ("posts-2.json", "error code: 520", Some(Rest)),
            ("posts-2.json", "", Some(Rest)),
            ("posts-2.json", "<!DOCTYPE html><html>", Some(Rest)),
            ("posts-2", "<br />\n<b>Warning</b>: x in <b>y</b><br />\n[{\"id\":1}]", Some(Rest)),
            ("posts-2.json", "\u{fffd}[\0{\0", None),
            ("x.001.xml", "PHP Warning:  x\n<?xml version=\"1.0\"?>\n<rss>", Some(Wxr)),
            ("x.001.xml", "<?xml version=\"1.0\"?>\n<rss><title>a\0b", Some(Wxr)),
        ] {
            assert_eq!(kind_of(name, head.as_bytes()), kind, "{name}");
        }
        assert_eq!(kind_of_folder([Wxr, Wxr]), Some(Wxr));
        assert_eq!(kind_of_folder([Wxr, Rest]), None);
        assert_eq!(kind_of_folder([Pages, Theme, Rest]), Some(Pages));
        assert_eq!(kind_of_folder([Theme, Rest]), Some(Theme));
        assert_eq!(kind_of_folder([]), None);
    }
}
