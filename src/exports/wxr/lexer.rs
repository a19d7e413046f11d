//! Knows in which kind of XML token a byte stands, as the parser behind it does.

use super::bounded::Note;
use super::syntax::count_lines;
use crate::exports::MAX_TEXT;

/// The longest tag, comment or processing instruction that is passed on.
const MAX_MARKUP: usize = 1 << 16;

/// Where the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    /// After `<`.
    Open,
    /// After `<!`.
    Bang,
    /// In a token that only its end mark ends.
    Within(Enclosed),
    Tag {
        quote: Option<u8>,
    },
    /// In the rest of a tag that was too long; its end was given already.
    RestOfTag,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enclosed {
    Cdata,
    Comment,
    Instruction,
}

impl Enclosed {
    fn end_mark(self) -> &'static [u8] {
        match self {
            Self::Cdata => b"]]>",
            Self::Comment => b"-->",
            Self::Instruction => b"?>",
        }
    }

    /// The shortest token with its marks: the two hyphens of `<!--` do not end a comment.
    fn shortest(self) -> usize {
        if self == Self::Comment { 7 } else { 0 }
    }

    fn limit(self) -> usize {
        if self == Self::Cdata { MAX_TEXT + b"<![CDATA[".len() } else { MAX_MARKUP }
    }
}

/// Follows the tokens of a document and passes them on, shortened where they are too long.
#[derive(Debug, Default)]
pub(super) struct Lexer {
    state: State,
    /// Bytes of the token so far, with those that were dropped.
    length: usize,
    /// The last two bytes of the token.
    last: [u8; 2],
    is_cutting: bool,
}

/// How far one call came.
#[derive(Debug, Default)]
pub(super) struct Fed {
    /// Bytes of the input that are done with.
    pub(super) used: usize,
    /// Line feeds that were dropped, all of them before the first byte passed on.
    pub(super) dropped_lines: u64,
    /// Why the call ended before its input.
    pub(super) note: Option<Note>,
}

impl Lexer {
    /// Passes `input` on up to its end or to the first thing worth a note.
    pub(super) fn feed(&mut self, input: &str, given: &mut Vec<u8>) -> Fed {
        let mut fed = Fed::default();
        while let Some(rest) = input.get(fed.used..).filter(|rest| !rest.is_empty()) {
            let used = match self.state {
                State::Text => self.feed_text(rest, given, &mut fed),
                State::Open => self.feed_open(rest.as_bytes(), given),
                State::Bang => self.feed_bang(rest.as_bytes(), &mut fed),
                State::Within(kind) => self.feed_enclosed(kind, rest, given, &mut fed),
                State::Tag { quote } => self.feed_tag(quote, rest.as_bytes(), given, &mut fed),
                State::RestOfTag => self.feed_rest_of_tag(rest.as_bytes(), &mut fed),
            };
            fed.used += used;
            if fed.note.is_some() {
                break;
            }
        }
        fed
    }

    fn begin(&mut self, state: State) {
        *self = Self { state, ..Self::default() };
    }

    fn feed_text(&mut self, rest: &str, given: &mut Vec<u8>, fed: &mut Fed) -> usize {
        let text = rest.split('<').next().unwrap_or_default();
        if text.len() == rest.len() {
            return self.pass(rest, MAX_TEXT, given, fed);
        }
        let used = self.pass(text, MAX_TEXT, given, fed);
        if fed.note.is_some() {
            return used;
        }
        given.push(b'<');
        self.begin(State::Open);
        used + 1
    }

    fn feed_open(&mut self, rest: &[u8], given: &mut Vec<u8>) -> usize {
        match rest.first() {
            Some(b'!') => {
                given.push(b'!');
                self.state = State::Bang;
                1
            }
            Some(b'?') => {
                given.push(b'?');
                self.state = State::Within(Enclosed::Instruction);
                self.length = 2;
                self.last = *b"<?";
                1
            }
            _ => {
                self.state = State::Tag { quote: None };
                0
            }
        }
    }

    /// Decides without using up the byte, which belongs to the token.
    fn feed_bang(&mut self, rest: &[u8], fed: &mut Fed) -> usize {
        self.length = 2;
        self.state = match rest.first() {
            Some(b'[') => State::Within(Enclosed::Cdata),
            Some(b'-') => State::Within(Enclosed::Comment),
            Some(b'D' | b'd') => {
                fed.note = Some(Note::DocumentType);
                State::Text
            }
            _ => {
                self.length = 0;
                State::Text
            }
        };
        0
    }

    fn feed_enclosed(
        &mut self,
        kind: Enclosed,
        rest: &str,
        given: &mut Vec<u8>,
        fed: &mut Fed,
    ) -> usize {
        let mut from = 0;
        while let Some(found) = rest.get(from..).and_then(|tail| tail.find('>')) {
            let end = from + found + 1;
            if self.ends_with(kind, rest.get(..end).unwrap_or_default()) {
                return self.end_enclosed(kind, rest.get(..end).unwrap_or_default(), given, fed);
            }
            from = end;
        }
        self.pass(rest, kind.limit(), given, fed)
    }

    /// Whether the token so far, with `piece` added, ends with its end mark.
    fn ends_with(&self, kind: Enclosed, piece: &str) -> bool {
        let [before, last] = self.last;
        let mark = kind.end_mark();
        self.length + piece.len() >= kind.shortest()
            && match piece.as_bytes() {
                [_] => [before, last, b'>'].ends_with(mark),
                [only, _] => [last, *only, b'>'].ends_with(mark),
                longer => longer.ends_with(mark),
            }
    }

    fn end_enclosed(
        &mut self,
        kind: Enclosed,
        piece: &str,
        given: &mut Vec<u8>,
        fed: &mut Fed,
    ) -> usize {
        if self.is_cutting {
            fed.dropped_lines += count_lines(piece.as_bytes());
            given.extend_from_slice(kind.end_mark());
            self.begin(State::Text);
            return piece.len();
        }
        let used = self.pass(piece, kind.limit() + piece.len(), given, fed);
        self.begin(State::Text);
        used
    }

    fn feed_tag(
        &mut self,
        quote: Option<u8>,
        rest: &[u8],
        given: &mut Vec<u8>,
        fed: &mut Fed,
    ) -> usize {
        let mut quote = quote;
        for (index, byte) in rest.iter().copied().enumerate() {
            self.length += 1;
            if byte == b'<' || (self.length > MAX_MARKUP && begins_a_character(byte)) {
                given.extend_from_slice(rest.get(..index).unwrap_or_default());
                given.extend(quote);
                given.push(b'>');
                fed.note = Some(Note::Stray);
                self.begin(if byte == b'<' { State::Text } else { State::RestOfTag });
                return index;
            }
            match quote {
                None if byte == b'>' => {
                    given.extend_from_slice(rest.get(..=index).unwrap_or_default());
                    self.begin(State::Text);
                    return index + 1;
                }
                None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
                Some(open) if open == byte => quote = None,
                _ => {}
            }
        }
        given.extend_from_slice(rest);
        self.state = State::Tag { quote };
        rest.len()
    }

    fn feed_rest_of_tag(&mut self, rest: &[u8], fed: &mut Fed) -> usize {
        let end = rest.iter().position(|byte| matches!(byte, b'<' | b'>'));
        let used = match end {
            Some(at) if rest.get(at) == Some(&b'>') => at + 1,
            Some(at) => at,
            None => rest.len(),
        };
        fed.dropped_lines += count_lines(rest.get(..used).unwrap_or_default());
        if end.is_some() {
            self.begin(State::Text);
        }
        used
    }

    /// Passes on as much of `piece` as the limit allows; drops the rest of the token after that.
    fn pass(&mut self, piece: &str, limit: usize, given: &mut Vec<u8>, fed: &mut Fed) -> usize {
        if self.is_cutting {
            fed.dropped_lines += count_lines(piece.as_bytes());
            self.remember(piece);
            return piece.len();
        }
        let room = limit.saturating_sub(self.length);
        if piece.len() <= room {
            given.extend_from_slice(piece.as_bytes());
            self.remember(piece);
            return piece.len();
        }
        let kept = piece.get(..piece.floor_char_boundary(room)).unwrap_or_default();
        given.extend_from_slice(kept.as_bytes());
        self.remember(kept);
        self.is_cutting = true;
        fed.note = Some(Note::Cut);
        kept.len()
    }

    fn remember(&mut self, piece: &str) {
        self.length = self.length.saturating_add(piece.len());
        let [_, before] = self.last;
        self.last = match piece.as_bytes() {
            [] => self.last,
            [only] => [before, *only],
            [.., first, second] => [*first, *second],
        };
    }
}

fn begins_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}
