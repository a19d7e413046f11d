//! An export element by element, for readers that look at more of it than its attachments.
//!
//! Nothing is concluded from nesting here; what may have been lost to a defect is a gap.

use std::io::BufRead;

use quick_xml::events::Event as Token;

use super::bounded::{Bounded, Note, Part};
use super::syntax::resolve;
use crate::exports::{ExportError, Place};

/// One piece of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exports) enum Piece<'a> {
    /// An element begins; its name is without prefix.
    Open(&'a str),
    /// A part of the text of the element.
    Text(&'a str),
    Close(&'a str),
    Comment(&'a str),
    /// Text may have been lost here: it was too long, or the file is not well-formed.
    Gap(&'static str),
}

/// Reads the pieces of an export, in flat memory.
#[derive(Debug)]
pub(in crate::exports) struct Pieces<R>(Bounded<R>);

impl<R: BufRead> Pieces<R> {
    pub(in crate::exports) fn new(source: R) -> Self {
        Self(Bounded::new(source))
    }

    /// Gives some of what follows, each piece with its line. `false` at the end.
    pub(in crate::exports) fn advance(
        &mut self,
        give: &mut dyn FnMut(u64, Piece<'_>),
    ) -> Result<bool, ExportError> {
        let advanced = self.0.advance(&mut |line, part| match part {
            Part::Token(token) => give_token(line, &token, give),
            Part::Malformed(_) => give(line, Piece::Gap("it is not well-formed")),
            Part::Note(note) => give(line, Piece::Gap(words(note))),
        });
        let place = Place::line(self.0.line());
        advanced.map_err(|source| ExportError::Read { place, source })
    }
}

fn give_token(line: u64, token: &Token<'_>, give: &mut dyn FnMut(u64, Piece<'_>)) {
    match token {
        Token::Start(tag) => give(line, Piece::Open(local(tag.name().as_ref()))),
        Token::Empty(tag) => {
            let name = tag.name();
            give(line, Piece::Open(local(name.as_ref())));
            give(line, Piece::Close(local(name.as_ref())));
        }
        Token::End(tag) => give(line, Piece::Close(local(tag.name().as_ref()))),
        Token::Text(text) => give(line, Piece::Text(text)),
        Token::CData(text) => give(line, Piece::Text(text)),
        Token::GeneralRef(entity) => match resolve(entity) {
            Some(character) => give(line, Piece::Text(character.encode_utf8(&mut [0; 4]))),
            None => give(line, Piece::Text(&format!("&{};", &**entity))),
        },
        Token::Comment(text) => give(line, Piece::Comment(text)),
        Token::Decl(_) | Token::PI(_) | Token::DocType(_) | Token::Eof => {}
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn words(note: Note) -> &'static str {
    match note {
        Note::Cut => "a text is too long and was cut",
        Note::Stray => "it is not well-formed",
        Note::DocumentType => "a document type declaration is refused; nothing after it is read",
    }
}
