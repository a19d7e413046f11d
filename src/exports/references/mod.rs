//! References: where a site uses its attachments, as sources of many kinds tell it.
//!
//! **Invariant:** what could not be looked into is a gap, so that "nothing was found" is never said
//! of a text that nobody read. Memory stays flat: one text is held at a time.

mod addresses;
mod blocks;
mod broken;
mod dump;
mod dump_hosts;
mod dump_values;
mod escapes;
mod files;
mod found;
mod keys;
mod kind;
mod marks;
mod mention;
mod rest;
mod site;
mod sql;
mod tables;
mod tokens;
mod values;
mod wxr;

use std::fmt;
use std::io::BufRead;

use self::files::read_file;
use self::found::Outbox;
use self::rest::{RestReferences, Tally};
use self::sql::SqlReferences;
use self::wxr::WxrReferences;
use super::ahead::Ahead;
use super::{ExportError, Place, preface};
use crate::domain::reference::SourceKind;

pub use self::dump_hosts::hosts_in_dump;
pub use self::found::{Found, Reading};
pub use self::kind::{HEAD, belongs_to, is_text, kind_of, kind_of_folder, tells_nothing};
pub use self::site::{Site, host_of, same_host};

/// One file of a source, opened.
pub struct SourceFile<'a> {
    /// What places and holders say.
    pub name: String,
    pub bytes: Box<dyn BufRead + 'a>,
}

impl fmt::Debug for SourceFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Reads the references of one source, file after file.
#[derive(Debug)]
pub struct ReferenceReader<I, R> {
    files: I,
    open: Option<FileReader<R>>,
    site: Site,
    tally: Tally,
    out: Outbox,
    is_over: bool,
}

type Bytes<'a> = Box<dyn BufRead + 'a>;

#[derive(Debug)]
enum FileReader<R> {
    Wxr(Box<WxrReferences<R>>),
    Rest(RestReferences<R>),
    Sql(Box<SqlReferences<R>>),
    Text(R),
}

impl<'a, I> ReferenceReader<I, Bytes<'a>>
where
    I: Iterator<Item = Result<SourceFile<'a>, ExportError>>,
{
    pub fn new(kind: SourceKind, site: Site, files: I) -> Self {
        let tally = Tally::default();
        Self { files, open: None, site, tally, out: Outbox::new(kind), is_over: false }
    }

    /// What the source turned out to be. Complete once the reader gave everything.
    pub fn into_reading(mut self) -> Reading {
        self.out.reading.areas.extend(self.tally.areas());
        self.out.reading
    }

    /// Reads one piece. `false` at the end of the last file.
    fn advance(&mut self) -> Result<bool, ExportError> {
        let Some(open) = self.open.take() else {
            let Some(file) = self.files.next() else {
                self.out.finish();
                return Ok(false);
            };
            self.begin(file?)?;
            return Ok(true);
        };
        self.open = match open {
            FileReader::Wxr(mut reader) => {
                let more = reader.advance(&mut self.site, &mut self.out)?;
                more.then_some(FileReader::Wxr(reader))
            }
            FileReader::Rest(mut reader) => {
                let more = reader.advance((&mut self.site, &mut self.tally), &mut self.out)?;
                more.then_some(FileReader::Rest(reader))
            }
            FileReader::Sql(mut reader) => {
                let more = reader.advance(&mut self.site, &mut self.out)?;
                more.then_some(FileReader::Sql(reader))
            }
            FileReader::Text(bytes) => {
                read_file(bytes, &mut self.site, &mut self.out)?;
                None
            }
        };
        Ok(true)
    }

    fn begin(&mut self, file: SourceFile<'a>) -> Result<(), ExportError> {
        let place = || Place::file(&file.name.as_str().into());
        let mut bytes = Box::new(Ahead::new(file.bytes));
        let start = bytes.look();
        let start = start.map_err(|source| ExportError::Read { place: place(), source })?;
        let is_page = start.trim_ascii_start().starts_with(b"<");
        let preface = preface::length_of(start);
        self.out.file.clone_from(&file.name);
        self.open = Some(match self.out.reading.kind {
            SourceKind::Rest if is_page && preface == 0 => {
                self.out.gap(0, "this is a web page, not an answer of the API");
                return Ok(());
            }
            SourceKind::Wxr if preface > 0 => {
                bytes.consume(preface);
                FileReader::Wxr(Box::new(WxrReferences::new(bytes)))
            }
            SourceKind::Wxr => FileReader::Wxr(Box::new(WxrReferences::new(bytes))),
            SourceKind::Rest => FileReader::Rest(RestReferences::new(&file.name, bytes)),
            SourceKind::Sql => FileReader::Sql(Box::new(SqlReferences::new(bytes))),
            SourceKind::Pages | SourceKind::Theme => FileReader::Text(bytes),
        });
        Ok(())
    }
}

impl<'a, I> Iterator for ReferenceReader<I, Bytes<'a>>
where
    I: Iterator<Item = Result<SourceFile<'a>, ExportError>>,
{
    type Item = Result<Found, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.out.queue.pop_front() {
                return Some(Ok(found));
            }
            if self.is_over {
                return None;
            }
            match self.advance() {
                Ok(more) => self.is_over = !more,
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
