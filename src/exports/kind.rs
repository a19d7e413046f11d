//! Tells what kind of export bytes are, by how they begin.

use memchr::memmem;

use super::Defect;
use super::preface;
use super::table::attachments as table;

/// A kind of export. The names of files play no part in telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// WordPress eXtended RSS.
    Wxr,
    /// Saved answers of the REST API, or a list of WP-CLI.
    Json,
    /// A table of attachments (CSV).
    Table,
    /// An archive of files that are media or exports.
    Zip,
}

/// So much of a file is looked at to tell its kind.
pub(super) const HEAD: usize = 16 << 10;

/// What only attachments and errors of WordPress have in JSON.
const MARKS: [&str; 5] = [
    "\"media_details\"",
    "\"source_url\"",
    "\"post_mime_type\"",
    "\"_wp_attached_file\"",
    "{\"code\":\"rest_",
];

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl ExportKind {
    /// The kind of a file that is given as an export, or why it is none.
    pub fn of(head: &[u8]) -> Result<Self, Defect> {
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(Defect::Encoding("UTF-16".to_owned()));
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Ok(Self::Zip);
        }
        let text = head.strip_prefix(UTF8_MARK).unwrap_or(head).trim_ascii_start();
        let text = text.get(preface::length_of(text)..).unwrap_or_default();
        let text = text.strip_prefix(UTF8_MARK).unwrap_or(text);
        let has = |mark: &str| memmem::find(text, mark.as_bytes()).is_some();
        match text.first() {
            None => Err(Defect::Empty),
            // Warnings of PHP may stand before both.
            _ if has("<rss") => Ok(Self::Wxr),
            _ if !text.starts_with(b"<") && MARKS.iter().any(|mark| has(mark)) => Ok(Self::Json),
            Some(b'<') if is_web_page(text) => Err(Defect::WebPage),
            Some(b'<') => Ok(Self::Wxr),
            Some(b'[' | b'{') => Ok(Self::Json),
            Some(_) if is_binary(text) => Err(Defect::UnknownKind),
            Some(_) => Ok(Self::Table),
        }
    }

    /// The kind of a file among others, which nobody said is an export: more than its form must
    /// tell that it is one. Archives are never opened in this way.
    pub fn evident(head: &[u8]) -> Option<Self> {
        let kind = Self::of(head).ok()?;
        let has = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
        let has_any = |marks: &[&str]| marks.iter().any(|mark| has(mark));
        let is_evident = match kind {
            Self::Wxr => has("<rss") && has_any(&["wordpress.org/export/", "<wp:"]),
            Self::Json => has_any(&MARKS),
            Self::Table => table::is_evident(head),
            Self::Zip => false,
        };
        is_evident.then_some(kind)
    }

    /// The word that `import` knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wxr => "wxr",
            Self::Json => "rest",
            Self::Table => "csv",
            Self::Zip => "zip",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Wxr => "a WordPress export (WXR)",
            Self::Json => "JSON",
            Self::Table => "a table (CSV)",
            Self::Zip => "an archive (ZIP)",
        }
    }
}

/// Whether the bytes have some that no table has.
fn is_binary(text: &[u8]) -> bool {
    text.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n'))
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
    fn a_file_among_others_is_an_export_only_if_it_says_so() {
        for (head, kind) in [
            ("<?xml version=\"1.0\"?><rss><channel><wp:wxr_version>", Some(ExportKind::Wxr)),
            ("<?xml version=\"1.0\"?><rss><channel><title>News", None),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
            ("[{\"id\":7,\"media_details\":{", Some(ExportKind::Json)),
            ("{\"code\":\"rest_forbidden\",", Some(ExportKind::Json)),
            ("{\"name\":\"theme\"}", None),
            ("ID,post_title\n7,Tea\n", Some(ExportKind::Table)),
            ("\"asset\";\"alt\"\n", Some(ExportKind::Table)),
            ("title,price\nTea,5\n", None),
            ("Take care of this file,\n", None),
            ("GIF89a", None),
            ("PK\x03\x04", None),
            ("", None),
        ] {
            assert_eq!(ExportKind::evident(head.as_bytes()), kind, "{head}");
        }
    }

    #[test]
    fn a_kind_is_told_by_how_the_bytes_begin() {
        for head in ["<?xml version=\"1.0\"?>", "\u{feff}<rss>", " \r\n<!-- generator -->"] {
            assert_eq!(ExportKind::of(head.as_bytes()), Ok(ExportKind::Wxr), "{head}");
        }
        for head in ["[", "\u{feff}{}", "\n [1"] {
            assert_eq!(ExportKind::of(head.as_bytes()), Ok(ExportKind::Json), "{head}");
        }
        for page in ["<!DOCTYPE html><title>", "<!-- x --><HTML lang=\"de\">", "<br /><body>"] {
            assert_eq!(ExportKind::of(page.as_bytes()), Err(Defect::WebPage), "{page}");
        }
        let warned = "PHP Warning: x in y\n";
        let of = |rest: &str| ExportKind::of(format!("{warned}{rest}").as_bytes());
        assert_eq!(of("<?xml version=\"1.0\"?><rss>"), Ok(ExportKind::Wxr));
        assert_eq!(of("[{\"id\":7,\"media_details\":{}}]"), Ok(ExportKind::Json));
        let shown = b"<br />\n<b>Warning</b>:  x in <b>y</b> on line <b>3</b><br />\n[{\"id\":7}]";
        assert_eq!(ExportKind::of(shown), Ok(ExportKind::Json), "a warning is no page");
        let quoting = b"<rss><item><content:encoded><![CDATA[<!DOCTYPE html><html><body>";
        assert_eq!(ExportKind::of(quoting), Ok(ExportKind::Wxr), "a page in a text is no page");
        assert_eq!(ExportKind::of(b"PK\x05\x06\0\0"), Ok(ExportKind::Zip));
        assert_eq!(ExportKind::of(b"ID,post_title\n"), Ok(ExportKind::Table));
        assert_eq!(ExportKind::of(b" \n"), Err(Defect::Empty));
        assert_eq!(ExportKind::of(b"\xff\xfe[\0"), Err(Defect::Encoding("UTF-16".to_owned())));
        assert_eq!(ExportKind::of(b"\x89PNG\r\n\x1a\n"), Err(Defect::UnknownKind));
    }
}
