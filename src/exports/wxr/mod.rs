//! WordPress eXtended RSS: what Tools > Export, WP-CLI and WordPress.com write.
//!
//! Streams: one token and one item are held at a time. A file that is not well-formed gives every
//! attachment that can be read, before and after each defect, and the defect with its line.

mod bounded;
mod document;
mod draft;
mod gathering;
mod lexer;
mod names;
pub(in crate::exports) mod pieces;
mod scrub;
mod site;
mod stack;
mod syntax;

use std::io::BufRead;

use quick_xml::events::Event as Token;

use self::bounded::{Bounded, Note, Part};
use self::document::Document;
use self::syntax::is_declaration;
use super::{Defect, Event, ExportError, Malformed, Place};

pub use self::site::Site;

/// Reads the attachments of an export.
#[derive(Debug)]
pub struct WxrReader<R> {
    /// `None` at the end.
    source: Option<Bounded<R>>,
    document: Document,
    has_begun: bool,
}

impl<R: BufRead> WxrReader<R> {
    pub fn new(source: R) -> Self {
        Self { source: Some(Bounded::new(source)), document: Document::new(), has_begun: false }
    }

    /// Reads some tokens. Ends the document at the end of its file.
    fn advance(&mut self) -> Result<(), ExportError> {
        let Some(mut source) = self.source.take() else { return Ok(()) };
        match source.advance(&mut |line, part| self.take_part(line, part)) {
            Ok(true) => self.source = Some(source),
            Ok(false) => self.finish(&source),
            Err(error) => {
                let place = Place::line(source.line());
                return Err(ExportError::Read { place, source: error });
            }
        }
        Ok(())
    }

    fn take_part(&mut self, line: u64, part: Part<'_>) {
        match part {
            Part::Token(token) => self.take(line, token),
            Part::Malformed(why) => {
                self.document.defect(line, Malformed::Syntax(why));
                self.document.damage();
            }
            Part::Note(Note::Cut) => self.document.cut(),
            Part::Note(Note::Stray) => {
                self.document.defect(line, Malformed::StrayMarkup);
                self.document.damage();
            }
            Part::Note(Note::DocumentType) => self.document.problem(line, Defect::DocumentType),
        }
    }

    fn take(&mut self, line: u64, token: Token<'_>) {
        match token {
            Token::Start(tag) => {
                self.document.start(line, tag.name().as_ref(), tag.attributes());
            }
            Token::Empty(tag) => {
                let name = tag.name();
                self.document.start(line, name.as_ref(), tag.attributes());
                self.document.end(line, name.as_ref());
            }
            Token::End(tag) => self.document.end(line, tag.name().as_ref()),
            Token::Text(text) => self.document.text(line, &text),
            Token::CData(text) => self.document.cdata(line, &text),
            Token::GeneralRef(entity) => self.document.reference(line, &entity),
            Token::Comment(text) => self.document.comment(line, &text),
            Token::Decl(_) if self.has_begun => {
                self.document.defect(line, Malformed::LateDeclaration);
            }
            Token::Decl(text) if !is_declaration(&text) => {
                self.document.defect(line, Malformed::Declaration);
            }
            Token::DocType(_) => self.document.problem(line, Defect::DocumentType),
            Token::Decl(_) | Token::PI(_) | Token::Eof => {}
        }
        self.has_begun = true;
    }

    fn finish(&mut self, bounded: &Bounded<R>) {
        self.document.finish(bounded.line());
        let source = bounded.source();
        if let Some(name) = source.unsupported_encoding() {
            self.document.problem(1, Defect::Encoding(name.to_owned()));
        }
        let replaced = source.not_text();
        if replaced.count > 0 {
            let count = replaced.count;
            self.document.problem(replaced.first_line, Defect::NotText { count });
        }
        let replaced = source.control_characters();
        if replaced.count > 0 {
            let count = replaced.count;
            self.document.problem(replaced.first_line, Defect::ControlCharacters { count });
        }
    }
}

impl<R: BufRead> Iterator for WxrReader<R> {
    type Item = Result<Event, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.document.next_event() {
                return Some(Ok(event));
            }
            self.source.as_ref()?;
            if let Err(error) = self.advance() {
                return Some(Err(error));
            }
        }
    }
}
