//! An export element by element, for readers that look at more of it than its attachments.
//!
//! Nothing is concluded from nesting here; what may have been lost to a defect is a gap.

use std::io::BufRead;

use quick_xml::events::Event as Token;
use quick_xml::reader::Reader;

use super::bounded::{Bounded, Note};
use super::syntax::resolve;
use super::{MAX_OPENED, parser};
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
pub(in crate::exports) struct Pieces<R> {
    /// `None` at the end.
    parser: Option<Reader<Bounded<R>>>,
    token: Vec<u8>,
    opened: usize,
}

impl<R: BufRead> Pieces<R> {
    pub(in crate::exports) fn new(source: R) -> Self {
        Self { parser: Some(parser(Bounded::new(source))), token: Vec::new(), opened: 0 }
    }

    /// Gives what the next token holds, with its line. `false` at the end.
    pub(in crate::exports) fn advance(
        &mut self,
        give: &mut dyn FnMut(u64, Piece<'_>),
    ) -> Result<bool, ExportError> {
        let Some(mut parser) = self.parser.take() else { return Ok(false) };
        let line = parser.get_ref().line();
        let mut token = std::mem::take(&mut self.token);
        token.clear();
        let event = parser.read_event_into(&mut token);
        let mut is_over = false;
        for (line, note) in parser.get_mut().take_notes() {
            is_over |= note == Note::DocumentType;
            give(line, Piece::Gap(words(note)));
        }
        let mut starts_anew = false;
        match event {
            Ok(Token::Eof) => is_over = true,
            Ok(token) => self.give(line, &token, give),
            Err(quick_xml::Error::Io(error)) => {
                let source = std::io::Error::new(error.kind(), error.to_string());
                return Err(ExportError::Read { place: Place::line(line), source });
            }
            Err(_) => {
                give(line, Piece::Gap("it is not well-formed"));
                starts_anew = true;
            }
        }
        self.token = token;
        if is_over {
            return Ok(false);
        }
        if starts_anew || self.opened >= MAX_OPENED {
            self.opened = 0;
            parser = self::parser(parser.into_inner());
        }
        self.parser = Some(parser);
        Ok(true)
    }

    fn give(&mut self, line: u64, token: &Token<'_>, give: &mut dyn FnMut(u64, Piece<'_>)) {
        match token {
            Token::Start(tag) => {
                self.opened += 1;
                give(line, Piece::Open(local(tag.name().as_ref())));
            }
            Token::Empty(tag) => {
                let name = tag.name();
                give(line, Piece::Open(local(name.as_ref())));
                give(line, Piece::Close(local(name.as_ref())));
            }
            Token::End(tag) => {
                self.opened = self.opened.saturating_sub(1);
                give(line, Piece::Close(local(tag.name().as_ref())));
            }
            Token::Text(text) => give(line, Piece::Text(text)),
            Token::CData(text) => give(line, Piece::Text(text)),
            Token::GeneralRef(entity) => match resolve(entity) {
                Some(character) => {
                    give(line, Piece::Text(character.encode_utf8(&mut [0; 4])));
                }
                None => give(line, Piece::Text(&format!("&{};", &**entity))),
            },
            Token::Comment(text) => give(line, Piece::Comment(text)),
            Token::Decl(_) | Token::PI(_) | Token::DocType(_) | Token::Eof => {}
        }
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
