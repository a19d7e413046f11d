//! Tells what kind of source a file is, by how it begins.

use crate::domain::reference::SourceKind;

/// So much of a file is looked at.
pub const HEAD: usize = 4_096;

/// The kind that the first bytes of a file speak for; `None` for pictures and other files that
/// refer to nothing. The name decides only between texts that look alike.
pub fn kind_of(name: &str, head: &[u8]) -> Option<SourceKind> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start();
    let has = |part: &str| text.contains(part);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("css" | "scss" | "php" | "js") => return Some(SourceKind::Theme),
        Some("headers" | "md" | "log") => return None,
        _ => {}
    }
    let is_wxr = has("<rss") || has("wordpress.org/export") || has("WordPress eXtended RSS");
    let lower = text.get(..text.floor_char_boundary(1_024)).unwrap_or_default();
    let lower = lower.to_ascii_lowercase();
    if text.starts_with('<') && is_wxr && !lower.contains("<html") {
        return Some(SourceKind::Wxr);
    }
    if text.starts_with(['{', '[']) && !text.starts_with("[gallery") {
        return Some(SourceKind::Rest);
    }
    let is_statement = |line: &str| {
        let mut words = line.split_whitespace();
        matches!(
            (words.next(), words.next()),
            (Some("INSERT"), Some("INTO")) | (Some("CREATE"), Some("TABLE"))
        )
    };
    let is_dump = has("-- MySQL dump") || has("-- MariaDB dump") || text.lines().any(is_statement);
    if is_dump || extension.as_deref() == Some("sql") {
        return Some(SourceKind::Sql);
    }
    let is_page = ["<!doctype html", "<html", "<head", "<body"].iter().any(|t| lower.contains(t));
    (is_page || matches!(extension.as_deref(), Some("html" | "htm"))).then_some(SourceKind::Pages)
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
