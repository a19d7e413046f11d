//! References: where a site uses its attachments, as sources of many kinds tell it.
//!
//! **Invariant:** what could not be looked into is a gap, so that "nothing was found" is never said
//! of a text that nobody read. Memory stays flat: one text is held at a time.

mod addresses;
mod blocks;
mod escapes;
mod found;
mod keys;
mod kind;
mod marks;
mod mention;
mod site;
mod values;
mod wxr;

use std::fmt;
use std::io::BufRead;

use self::found::Outbox;
use self::wxr::WxrReferences;
use super::ExportError;
use crate::domain::reference::SourceKind;

pub use self::found::{Found, Reading};
pub use self::kind::{HEAD, belongs_to, kind_of, kind_of_folder};
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
    out: Outbox,
    is_over: bool,
}

type Bytes<'a> = Box<dyn BufRead + 'a>;

#[derive(Debug)]
enum FileReader<R> {
    Wxr(WxrReferences<R>),
}

impl<'a, I> ReferenceReader<I, Bytes<'a>>
where
    I: Iterator<Item = Result<SourceFile<'a>, ExportError>>,
{
    pub fn new(kind: SourceKind, site: Site, files: I) -> Self {
        Self { files, open: None, site, out: Outbox::new(kind), is_over: false }
    }

    /// What the source turned out to be. Complete once the reader gave everything.
    pub fn into_reading(self) -> Reading {
        self.out.reading
    }

    /// Reads one piece. `false` at the end of the last file.
    fn advance(&mut self) -> Result<bool, ExportError> {
        let more = match &mut self.open {
            None => false,
            Some(FileReader::Wxr(reader)) => reader.advance(&mut self.site, &mut self.out)?,
        };
        if more {
            return Ok(true);
        }
        self.open = None;
        let Some(file) = self.files.next() else { return Ok(false) };
        self.begin(file?);
        Ok(true)
    }

    fn begin(&mut self, file: SourceFile<'a>) {
        self.out.file = file.name;
        self.open = Some(FileReader::Wxr(WxrReferences::new(file.bytes)));
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
