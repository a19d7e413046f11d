//! What is wrong in an export, and where.

use super::place::Place;
use crate::domain::path::PathError;
use crate::domain::text::printable_text;

/// Something in an export that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Problem {
    pub place: Place,
    /// The id of the item it is about.
    pub subject: Option<i64>,
    pub what: Defect,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    #[error("not well-formed: {0}")]
    NotWellFormed(Malformed),
    #[error("a document type declaration is refused; nothing after it is read")]
    DocumentType,
    #[error("elements are nested more than {limit} deep; skipped to the next item")]
    TooDeep { limit: usize },
    #[error("the item is cut off at the end of the file and is left out")]
    CutOff,
    #[error("`{field}` is longer than {limit} bytes and was cut")]
    TooLong { field: &'static str, limit: usize },
    #[error("{count} bytes are not text in the declared encoding and were replaced by \u{fffd}")]
    NotText { count: u64 },
    #[error("{count} control characters are not allowed in XML and were replaced by \u{fffd}")]
    ControlCharacters { count: u64 },
    #[error("the encoding `{0}` is not supported")]
    Encoding(String),
    #[error("this is not a WordPress export: it has no `<rss>` element")]
    NotAnExport,
    #[error("this is not JSON: {0}")]
    NotJson(String),
    #[error("the entry is longer than {limit} bytes and is left out")]
    EntryTooLong { limit: usize },
    #[error("{count} entries do not say that they are attachments; this is the first")]
    NotAttachments { count: u64 },
    #[error("the site refused: {message} (`{code}`)")]
    SiteRefused { code: String, message: String },
    #[error("left alone: {0}")]
    LeftAlone(String),
    #[error(transparent)]
    Archive(super::zip::ArchiveDefect),
    #[error(transparent)]
    Table(super::table::TableDefect),
    #[error("the file is empty")]
    Empty,
    #[error("this is a web page, not an export; what did the server answer?")]
    WebPage,
    #[error("this is no export that can be read")]
    UnknownKind,
    #[error("the attachment has no id")]
    IdMissing,
    #[error("another entry before it has the same id and another file")]
    RepeatedId,
    #[error("the attachment names neither a file nor a URL of one")]
    FileMissing,
    #[error("`{field}` is there twice with different values; the first counts")]
    GivenTwice { field: &'static str },
    #[error("the file and the URL are different: `{url}`")]
    OtherUrl { url: String },
    #[error("`{field}` is not a number: `{text}`")]
    NotANumber { field: &'static str, text: String },
    #[error("`{field}` is refused: {why}: `{claimed}`")]
    Path { field: &'static str, claimed: String, why: PathError },
    #[error("`{field}` is refused: the path is not valid text")]
    PathNotText { field: &'static str },
    #[error("`{field}` has space around it and was read without")]
    Padded { field: &'static str },
    #[error("`{field}` is not a text")]
    NotAText { field: &'static str },
    #[error("`{field}` is neither a list of names nor nothing")]
    WrongShape { field: &'static str },
    #[error("`{field}` is not readable: {why}")]
    NotReadable { field: &'static str, why: super::php::PhpError },
    #[error("{count} more problems of this item are not listed")]
    More { count: usize },
}

/// Why a document is not well-formed XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("`</{0}>` closes nothing that is open")]
    UnexpectedEnd(String),
    #[error("`<{name}>` of line {opened} is not closed")]
    Unclosed { name: String, opened: u64 },
    #[error("the file ends before `</{0}>`")]
    EndsEarly(String),
    #[error("`<` inside a tag or in place of `&lt;`")]
    StrayMarkup,
    #[error("`{0}` is no name of an element")]
    ElementName(String),
    #[error("the attributes of `<{0}>` are broken")]
    Attributes(String),
    #[error("`&` in place of `&amp;`")]
    BareAmpersand,
    #[error("`&{0};` is not defined")]
    UnknownEntity(String),
    #[error("`]]>` outside of CDATA")]
    CdataEnd,
    #[error("`--` inside a comment")]
    CommentHyphens,
    #[error("the XML declaration is broken")]
    Declaration,
    #[error("the XML declaration is not at the start")]
    LateDeclaration,
    #[error("text outside of the root element")]
    TextOutside,
    #[error("a second root element, `<{0}>`")]
    SecondRoot(String),
    #[error("no element in the file")]
    NoElement,
    #[error("{0}")]
    Syntax(String),
}

/// The most problems that one item lists.
const MAX_PROBLEMS: usize = 20;

/// The defects of one item as its problems; what is too much to list is counted.
pub(super) fn listed(mut found: Vec<(Place, Defect)>, subject: Option<i64>) -> Vec<Problem> {
    let unlisted = found.len().saturating_sub(MAX_PROBLEMS);
    let last = found.last().map(|(place, _)| place.clone()).unwrap_or_default();
    found.truncate(MAX_PROBLEMS);
    if unlisted > 0 {
        found.push((last, Defect::More { count: unlisted }));
    }
    found.into_iter().map(|(place, what)| Problem { place, subject, what }).collect()
}

/// The longest piece of an export that a message repeats, in characters.
const MAX_SHOWN: usize = 80;

/// A piece of an export as a message may repeat it: escaped and short.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => printable_text(text.get(..at).unwrap_or_default()) + "…",
        None => printable_text(text),
    }
}
