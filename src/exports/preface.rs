//! What PHP, WP-CLI and HTTP put before a document: warnings, words, headers.

/// How such lines begin. Anything else before a document is not passed over.
const MARKS: [&str; 17] = [
    "PHP Warning",
    "PHP Notice",
    "PHP Deprecated",
    "PHP Fatal error",
    "PHP Strict Standards",
    "Warning:",
    "Notice:",
    "Deprecated:",
    "Strict Standards:",
    "Fatal error:",
    "<br />",
    "<br>",
    "<b>Warning</b>",
    "<b>Notice</b>",
    "<b>Deprecated</b>",
    "HTTP/",
    "Success:",
];

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// How many bytes stand before a document of JSON or XML, if they begin with a warning or a header
/// and whole lines of such follow; 0 otherwise.
pub(super) fn length_of(text: &[u8]) -> usize {
    let begun = text.trim_ascii_start();
    if !is_mark(begun) {
        return 0;
    }
    let mut at = text.len() - begun.len();
    for line in begun.split_inclusive(|byte| *byte == b'\n') {
        if begins_document(line) {
            return at;
        }
        if is_page(line) {
            return 0;
        }
        at += line.len();
    }
    0
}

/// Whether a line is a warning of PHP or a word of WP-CLI, and no line of a document.
pub(super) fn is_mark(line: &[u8]) -> bool {
    MARKS.iter().any(|mark| line.starts_with(mark.as_bytes()))
}

/// Whether a document begins with the line, which a text in brackets does not do.
fn begins_document(line: &[u8]) -> bool {
    let line = line.strip_prefix(UTF8_MARK).unwrap_or(line).trim_ascii();
    if line.starts_with(b"<?xml") || line.starts_with(b"<rss") {
        return true;
    }
    let Some((b'[' | b'{', rest)) = line.split_first() else { return false };
    matches!(rest.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"' | b']' | b'}'))
}

/// A page may hold lines that look like JSON.
fn is_page(line: &[u8]) -> bool {
    let line = line.trim_ascii_start().to_ascii_lowercase();
    [&b"<!doctype"[..], b"<html", b"<head", b"<body"].iter().any(|tag| line.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_headers_are_told_from_documents() {
        for before in [
            "<br />\n<b>Warning</b>:  x[0] in <b>/a.php</b> on line <b>3</b><br />\n",
            "\nWarning: Undefined offset [0] in {x} on line 3\n",
            "PHP Deprecated:  a\nPHP Warning:  b\n",
            "HTTP/1.1 200 OK\r\nX-WP-Total: 3\r\n\r\n",
        ] {
            for document in ["[{\"id\":7}]", "{\n}", "[]", "<?xml version=\"1.0\"?>\n<rss>"] {
                let text = format!("{before}{document}");
                assert_eq!(length_of(text.as_bytes()), before.len(), "{text}");
            }
        }
        for text in [
            "[{\"id\":7}]",
            "Take care: x\n[{\"id\":7}]",
            "Warning: nothing follows\n",
            "<br />\n<!DOCTYPE html><html>\n{\"a\":1}\n",
            "<rss>\n[{",
            "",
        ] {
            assert_eq!(length_of(text.as_bytes()), 0, "{text}");
        }
    }
}
