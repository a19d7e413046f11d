//! Tells what kind of export bytes are, by how they begin.

use super::Defect;

/// A kind of export. The names of files play no part in telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// WordPress eXtended RSS.
    Wxr,
}

/// So much of a file is looked at to tell its kind.
pub(super) const HEAD: usize = 16 << 10;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl ExportKind {
    /// The kind of a file that is given as an export, or why it is none.
    pub fn of(head: &[u8]) -> Result<Self, Defect> {
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(Defect::Encoding("UTF-16".to_owned()));
        }
        let text = head.strip_prefix(UTF8_MARK).unwrap_or(head).trim_ascii_start();
        match text.first() {
            None => Err(Defect::Empty),
            Some(b'<') if is_web_page(text) => Err(Defect::WebPage),
            Some(b'<') => Ok(Self::Wxr),
            Some(_) => Err(Defect::UnknownKind),
        }
    }
}

/// Servers answer with a page where something is wrong, and say that all is well.
fn is_web_page(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    text.starts_with("<!doctype html") || text.contains("<html") || text.contains("<body")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_how_the_bytes_begin() {
        for head in ["<?xml version=\"1.0\"?>", "\u{feff}<rss>", " \r\n<!-- generator -->"] {
            assert_eq!(ExportKind::of(head.as_bytes()), Ok(ExportKind::Wxr), "{head}");
        }
        for page in ["<!DOCTYPE html><title>", "<!-- x --><HTML lang=\"de\">", "<br /><body>"] {
            assert_eq!(ExportKind::of(page.as_bytes()), Err(Defect::WebPage), "{page}");
        }
        assert_eq!(ExportKind::of(b" \n"), Err(Defect::Empty));
        assert_eq!(ExportKind::of(b"\xff\xfe[\0"), Err(Defect::Encoding("UTF-16".to_owned())));
        assert_eq!(ExportKind::of(b"\x89PNG\r\n"), Err(Defect::UnknownKind));
    }
}
