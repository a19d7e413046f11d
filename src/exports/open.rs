//! Opens a file of an export, whatever its kind, and gives what is in it as one stream.

use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::json::JsonReader;
use super::kind::HEAD;
use super::repeats::Repeats;
use super::table::AttachmentTable;
use super::wxr::WxrReader;
use super::zip::{ArchiveDefect, ZipReader};
use super::{Defect, Event, ExportError, ExportKind, Place, Problem, Site};
use crate::domain::asset::Content;
use crate::domain::claims::Claims;

/// Tells what a file that an archive holds is, and what it says about itself; `media::look` in the
/// program.
pub type Look<'a> = &'a (dyn Fn(&mut Cursor<&[u8]>) -> (Content, Option<Box<Claims>>) + Sync);

/// Opens one file of an export. `name` is what places say; it need not be a path.
///
/// Several files that make up one export (the parts of WP-CLI, pages of REST) are opened one after
/// the other. Fails if the beginning cannot be read; what is no export is a problem in the stream.
pub fn open<'a>(
    name: &str,
    source: impl Read + Seek + 'a,
    look: Look<'a>,
) -> Result<Export<'a>, ExportError> {
    Export::begin(name, source, look)
}

/// Whether a file among others, which nobody said is an export, says so itself. A file that cannot
/// be read says nothing.
pub fn is_evident(source: &mut (impl Read + Seek)) -> bool {
    head_of(source).is_ok_and(|head| ExportKind::evident(&head).is_some())
}

/// What one file of an export says.
pub struct Export<'a> {
    name: Arc<str>,
    kind: Option<ExportKind>,
    reader: Reader<'a>,
    repeats: Repeats,
}

type Source<'a> = Box<dyn BufRead + 'a>;

enum Reader<'a> {
    Wxr(Box<WxrReader<Source<'a>>>),
    Json(Box<JsonReader<Source<'a>>>),
    Table(Box<AttachmentTable<Source<'a>>>),
    Zip(Box<ZipReader<'a>>),
    /// `None` once it was given.
    Refused(Option<Problem>),
}

const BUFFER: usize = 1 << 16;

/// The first bytes; the source stands at its beginning again.
fn head_of(source: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.seek(SeekFrom::Start(0))?;
    source.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(head)
}

impl Iterator for Export<'_> {
    type Item = Result<Event, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = match &mut self.reader {
            Reader::Wxr(reader) => reader.next()?,
            Reader::Json(reader) => reader.next()?,
            Reader::Table(reader) => reader.next()?,
            // The places in an archive are named already.
            Reader::Zip(reader) => return reader.next(),
            Reader::Refused(problem) => Ok(Event::Problem(problem.take()?)),
        };
        Some(self.named(event))
    }
}

impl<'a> Export<'a> {
    fn begin(
        name: &str,
        mut source: impl Read + Seek + 'a,
        look: Look<'a>,
    ) -> Result<Self, ExportError> {
        let name: Arc<str> = Arc::from(name);
        let failed = |source| ExportError::Read { place: Place::file(&name), source };
        let head = head_of(&mut source).map_err(failed)?;
        Ok(match ExportKind::of(&head) {
            Ok(ExportKind::Zip) => {
                let reader = ZipReader::open(&name, Box::new(source), look).map_err(failed)?;
                let (reader, kind) = (Reader::Zip(Box::new(reader)), Some(ExportKind::Zip));
                Self { name, kind, reader, repeats: Repeats::default() }
            }
            Ok(kind) => {
                let source = Box::new(BufReader::with_capacity(BUFFER, source));
                Self::of_kind(&name, kind, source)
            }
            Err(what) => Self::refused(name, None, what),
        })
    }

    /// What a file of a known kind says. An archive cannot be read without going back in it.
    pub(super) fn of_kind(name: &Arc<str>, kind: ExportKind, source: Source<'a>) -> Self {
        let name = Arc::clone(name);
        let reader = match kind {
            ExportKind::Wxr => Reader::Wxr(Box::new(WxrReader::new(source))),
            ExportKind::Json => Reader::Json(Box::new(JsonReader::new(source))),
            ExportKind::Table => Reader::Table(Box::new(AttachmentTable::new(source))),
            ExportKind::Zip => {
                return Self::refused(name, Some(kind), Defect::Archive(ArchiveDefect::Nested));
            }
        };
        Self { name, kind: Some(kind), reader, repeats: Repeats::default() }
    }

    fn refused(name: Arc<str>, kind: Option<ExportKind>, what: Defect) -> Self {
        let (place, subject) = (Place::line(1), None);
        let reader = Reader::Refused(Some(Problem { place, subject, what }));
        Self { name, kind, reader, repeats: Repeats::default() }
    }

    /// `None` if it is no export.
    pub fn kind(&self) -> Option<ExportKind> {
        self.kind
    }

    /// The event with the name of the file in its places.
    fn named(&mut self, event: Result<Event, ExportError>) -> Result<Event, ExportError> {
        let name = |place: &mut Place| place.file = Arc::clone(&self.name);
        match event {
            Ok(Event::Item(mut item)) => {
                item.problems.extend(self.repeats.check(&item));
                name(&mut item.place);
                item.problems.iter_mut().for_each(|problem| name(&mut problem.place));
                Ok(Event::Item(item))
            }
            Ok(Event::Problem(mut problem)) => {
                name(&mut problem.place);
                Ok(Event::Problem(problem))
            }
            Ok(Event::Site(site)) => Ok(Event::Site(Site { file: Arc::clone(&self.name), ..site })),
            Err(ExportError::Read { mut place, source }) => {
                name(&mut place);
                Err(ExportError::Read { place, source })
            }
        }
    }
}

impl fmt::Debug for Export<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("name", &self.name).finish_non_exhaustive()
    }
}
