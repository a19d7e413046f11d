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
use quick_xml::reader::Reader;

use self::bounded::{Bounded, Note};
use self::document::Document;
use self::syntax::is_declaration;
use super::{Defect, Event, ExportError, Malformed, Place};

pub use self::site::Site;

/// Reads the attachments of an export.
#[derive(Debug)]
pub struct WxrReader<R> {
    /// `None` at the end.
    parser: Option<Reader<Bounded<R>>>,
    document: Document,
    token: Vec<u8>,
    /// Elements that the parser holds as open; it does not know what [`Document`] closed.
    opened: usize,
    has_begun: bool,
}

/// Whether there may be more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    More,
    End,
    /// The parser has given up and is to start anew after what it consumed.
    Restart,
}

/// The most open elements that the parser may hold before it starts anew.
const MAX_OPENED: usize = 4 * document::MAX_DEPTH;

impl<R: BufRead> WxrReader<R> {
    pub fn new(source: R) -> Self {
        Self {
            parser: Some(parser(Bounded::new(source))),
            document: Document::new(),
            token: Vec::new(),
            opened: 0,
            has_begun: false,
        }
    }

    /// Reads one token. Ends the document at the end of its file.
    fn advance(&mut self) -> Result<(), ExportError> {
        let Some(mut parser) = self.parser.take() else { return Ok(()) };
        let line = parser.get_ref().line();
        let mut token = std::mem::take(&mut self.token);
        token.clear();
        let event = parser.read_event_into(&mut token);
        let is_stopped = self.take_notes(parser.get_mut().take_notes());
        let step = match event {
            _ if is_stopped => Step::End,
            Ok(event) => self.take(line, event),
            Err(error) => self.fail(line, error)?,
        };
        self.token = token;
        match step {
            Step::More if self.opened < MAX_OPENED => self.parser = Some(parser),
            Step::More | Step::Restart => {
                self.opened = 0;
                self.parser = Some(self::parser(parser.into_inner()));
            }
            Step::End => self.finish(parser.get_ref()),
        }
        Ok(())
    }

    fn take(&mut self, line: u64, token: Token<'_>) -> Step {
        match token {
            Token::Start(tag) => {
                self.opened += 1;
                self.document.start(line, tag.name().as_ref(), tag.attributes());
            }
            Token::Empty(tag) => {
                let name = tag.name();
                self.document.start(line, name.as_ref(), tag.attributes());
                self.document.end(line, name.as_ref());
            }
            Token::End(tag) => {
                self.opened = self.opened.saturating_sub(1);
                self.document.end(line, tag.name().as_ref());
            }
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
            Token::Decl(_) | Token::PI(_) => {}
            Token::DocType(_) => self.document.problem(line, Defect::DocumentType),
            Token::Eof => return Step::End,
        }
        self.has_begun = true;
        Step::More
    }

    fn fail(&mut self, line: u64, error: quick_xml::Error) -> Result<Step, ExportError> {
        match error {
            quick_xml::Error::Io(error) => {
                let source = std::io::Error::new(error.kind(), error.to_string());
                Err(ExportError::Read { place: Place::line(line), source })
            }
            error => {
                self.document.defect(line, Malformed::Syntax(error.to_string()));
                self.document.damage();
                Ok(Step::Restart)
            }
        }
    }

    /// Takes what lies before the token just read. Returns whether nothing more is to be read.
    fn take_notes(&mut self, notes: Vec<(u64, Note)>) -> bool {
        let mut is_stopped = false;
        for (line, note) in notes {
            match note {
                Note::Cut => self.document.cut(),
                Note::Stray => {
                    self.document.defect(line, Malformed::StrayMarkup);
                    self.document.damage();
                }
                Note::DocumentType => {
                    self.document.problem(line, Defect::DocumentType);
                    is_stopped = true;
                }
            }
        }
        is_stopped
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
            self.parser.as_ref()?;
            if let Err(error) = self.advance() {
                return Some(Err(error));
            }
        }
    }
}

/// A parser that leaves the nesting of elements to [`Document`].
fn parser<R: BufRead>(source: Bounded<R>) -> Reader<Bounded<R>> {
    let mut parser = Reader::from_reader(source);
    let config = parser.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    parser
}
