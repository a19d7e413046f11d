//! Cuts an export into texts and markup that the parser can take whole and small.
//!
//! What it passes on, the parser reads as the same tokens: markup is complete, and a stray `<`
//! that begins none is not passed on.

use memchr::{memchr, memmem};

use super::bounded::Note;
use super::syntax::{count_lines, is_name_start};
use crate::exports::MAX_TEXT;

/// The longest tag or processing instruction that is passed on.
const MAX_TAG: usize = 1 << 16;
/// The longest comment; what is not closed by then is taken for a stray `<!--`.
const MAX_COMMENT: usize = MAX_TEXT;

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";
const COMMENT: &str = "<!--";
const COMMENT_END: &str = "-->";
const DOCTYPE: &str = "<!DOCTYPE";

/// What has to be remembered from one call to the next.
#[derive(Debug, Default)]
pub(super) struct Lexer {
    /// The rest of a text that was cut.
    dropping: Option<Dropping>,
    /// Bytes that are done with.
    position: u64,
    cdata_end: EndMark,
    comment_end: EndMark,
}

/// Where an end mark is known not to be, so that no byte is searched twice for it.
#[derive(Debug, Default)]
struct EndMark {
    /// The position before which none starts, counted from the start of the document.
    none_before: u64,
}

impl EndMark {
    /// Finds the mark at or after `from` in `rest`, which starts at `position`.
    fn find(&mut self, mark: &str, rest: &str, from: usize, position: u64) -> Option<usize> {
        let known = usize::try_from(self.none_before.saturating_sub(position)).unwrap_or(from);
        let start = rest.floor_char_boundary(known.max(from));
        let found = rest.get(start..).and_then(|rest| find(mark, rest)).map(|at| start + at);
        let searched = rest.len().saturating_sub(mark.len() - 1);
        self.none_before = self.none_before.max(position + found.unwrap_or(searched) as u64);
        found
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dropping {
    Text,
    Cdata,
}

/// How far one call came.
#[derive(Debug, Default)]
pub(super) struct Fed {
    /// Bytes of the input that are done with. None are if more input is needed.
    pub(super) used: usize,
    /// Line feeds that were dropped, all of them before the first byte passed on.
    pub(super) dropped_lines: u64,
    /// Why the call ended before its input.
    pub(super) note: Option<Note>,
}

/// What markup begins with a `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    /// So many bytes.
    Whole(usize),
    /// A tag of so many bytes that lacks its end, and the quote that is open in it.
    OpenTag(usize, Option<u8>),
    /// None: so many bytes are not to be passed on.
    Stray(usize),
    /// A CDATA section that is longer than a text may be.
    LongCdata,
    DocumentType,
    /// It takes more input to tell.
    Unknown,
}

impl Lexer {
    /// Passes `input` on up to its end or to the first thing worth a note. `is_last` says that no
    /// more input follows.
    pub(super) fn feed(&mut self, input: &str, is_last: bool, given: &mut String) -> Fed {
        let mut fed = Fed::default();
        while let Some(rest) = input.get(fed.used..).filter(|rest| !rest.is_empty()) {
            let before = fed.used;
            match self.dropping {
                Some(dropping) => self.drop_rest(dropping, rest, is_last, &mut fed),
                None if rest.starts_with('<') => self.feed_markup(rest, is_last, given, &mut fed),
                None => self.feed_text(rest, is_last, given, &mut fed),
            }
            self.position += (fed.used - before) as u64;
            if fed.note.is_some() || fed.used == before {
                break;
            }
        }
        fed
    }

    /// A text is passed on whole: a reference in it may not be parted.
    fn feed_text(&mut self, rest: &str, is_last: bool, given: &mut String, fed: &mut Fed) {
        let end = memchr(b'<', rest.as_bytes());
        if end.is_none() && !is_last && rest.len() <= MAX_TEXT {
            return;
        }
        let text = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let kept = text.floor_char_boundary(MAX_TEXT);
        given.push_str(text.get(..kept).unwrap_or_default());
        fed.used += kept;
        if kept < text.len() {
            self.dropping = Some(Dropping::Text);
            fed.note = Some(Note::Cut);
        }
    }

    fn feed_markup(&mut self, rest: &str, is_last: bool, given: &mut String, fed: &mut Fed) {
        let (length, note) = match self.markup(rest, is_last) {
            Markup::Unknown => return,
            Markup::Whole(length) => {
                given.push_str(rest.get(..length).unwrap_or_default());
                (length, None)
            }
            Markup::OpenTag(length, quote) => {
                given.push_str(rest.get(..length).unwrap_or_default());
                given.extend(quote.map(char::from));
                given.push('>');
                (length, Some(Note::Stray))
            }
            Markup::LongCdata => {
                let length = rest.floor_char_boundary(CDATA.len() + MAX_TEXT);
                given.push_str(rest.get(..length).unwrap_or_default());
                given.push_str(CDATA_END);
                self.dropping = Some(Dropping::Cdata);
                (length, Some(Note::Cut))
            }
            Markup::Stray(length) => (length, Some(Note::Stray)),
            Markup::DocumentType => (DOCTYPE.len(), Some(Note::DocumentType)),
        };
        fed.used += length;
        fed.note = note;
    }

    /// Drops the rest of a text that was cut. The end of a CDATA section was given already.
    fn drop_rest(&mut self, dropping: Dropping, rest: &str, is_last: bool, fed: &mut Fed) {
        let end = match dropping {
            Dropping::Text => rest.find('<'),
            Dropping::Cdata => rest.find(CDATA_END).map(|at| at + CDATA_END.len()),
        };
        let dropped = match end {
            Some(end) => end,
            None if is_last || dropping == Dropping::Text => rest.len(),
            None => rest.floor_char_boundary(rest.len().saturating_sub(CDATA_END.len() - 1)),
        };
        if end.is_some() {
            self.dropping = None;
        }
        fed.dropped_lines += count_lines(rest.get(..dropped).unwrap_or_default().as_bytes());
        fed.used += dropped;
    }

    /// Tells what begins with the `<` at the start of `rest`.
    fn markup(&mut self, rest: &str, is_last: bool) -> Markup {
        if rest.len() < CDATA.len() && !is_last && !rest.contains('>') {
            return Markup::Unknown;
        }
        if rest.starts_with(CDATA) {
            return self.cdata(rest, is_last);
        }
        if rest.starts_with(COMMENT) {
            return self.comment(rest, is_last);
        }
        if rest.get(..DOCTYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(DOCTYPE)) {
            return Markup::DocumentType;
        }
        match rest.as_bytes().get(1) {
            Some(b'?') => instruction(rest, is_last),
            Some(b'/') => tag(rest, is_last),
            Some(first) if is_name_start(*first) => tag(rest, is_last),
            Some(b'!') => Markup::Stray("<!".len()),
            _ => Markup::Stray("<".len()),
        }
    }

    fn cdata(&mut self, rest: &str, is_last: bool) -> Markup {
        let is_long = |end: usize| end > CDATA.len() + MAX_TEXT;
        match self.cdata_end.find(CDATA_END, rest, CDATA.len(), self.position) {
            Some(at) if is_long(at) => Markup::LongCdata,
            Some(at) => Markup::Whole(at + CDATA_END.len()),
            None if is_long(rest.len()) => Markup::LongCdata,
            None if is_last => Markup::Stray(CDATA.len()),
            None => Markup::Unknown,
        }
    }

    fn comment(&mut self, rest: &str, is_last: bool) -> Markup {
        match self.comment_end.find(COMMENT_END, rest, COMMENT.len(), self.position) {
            Some(at) if at <= MAX_COMMENT => Markup::Whole(at + COMMENT_END.len()),
            None if !is_last && rest.len() <= MAX_COMMENT => Markup::Unknown,
            _ => Markup::Stray(COMMENT.len()),
        }
    }
}

/// As [`str::find`], and faster in long texts.
fn find(mark: &str, text: &str) -> Option<usize> {
    memmem::find(text.as_bytes(), mark.as_bytes())
}

/// Exports hold no processing instruction but the XML declaration, so a `<` shows a stray `<?`.
fn instruction(rest: &str, is_last: bool) -> Markup {
    let next = rest.get(1..).and_then(|rest| rest.find('<')).map(|at| at + 1);
    let within = rest.get(..next.unwrap_or(rest.len())).unwrap_or_default();
    match within.find("?>") {
        Some(at) if at < MAX_TAG => Markup::Whole(at + "?>".len()),
        None if next.is_none() && !is_last && rest.len() <= MAX_TAG => Markup::Unknown,
        _ => Markup::Stray("<?".len()),
    }
}

/// A tag ends at the first `>` outside of quotes. It cannot hold a `<` (XML 1.0, section 3.1).
fn tag(rest: &str, is_last: bool) -> Markup {
    let mut quote = None;
    for (index, byte) in rest.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'<', _) => return Markup::OpenTag(index, quote),
            (b'>', None) => return Markup::Whole(index + 1),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        if index == MAX_TAG {
            return Markup::OpenTag(rest.floor_char_boundary(index), quote);
        }
    }
    if is_last { Markup::Stray(rest.len()) } else { Markup::Unknown }
}
