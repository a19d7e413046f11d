//! ZIP archives: files of media, files of exports, or both.
//!
//! Nothing is extracted. The directory at the end of the archive is followed entry by entry, so
//! that memory does not grow with their number, and each member is read once, to limits that hold
//! whatever the archive claims. An archive in an archive is not looked into.

mod directory;
mod member;
mod name;
mod shared;

use std::fmt;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use self::directory::{Directory, Record};
use self::member::Unpacked;
use self::shared::Shared;
use super::kind::HEAD;
use super::url::path_in_uploads;
use super::{Bytes, Defect, Event, Export, ExportError, ExportKind, Item, Look, Place, Problem};
use crate::domain::asset::Digest;
use crate::domain::path::RelPath;
use crate::domain::text::printable;

pub use self::name::is_of_the_system;
pub(super) use self::shared::ReadSeek;

/// The longest member that is read, in bytes, and the longest sum of all.
pub const MAX_MEMBER: u64 = 2 << 30;
pub const MAX_TOTAL: u64 = 16 << 30;
/// How many times its packed length a member may have; XML and JSON come to fifty.
pub const MAX_RATIO: u64 = 250;
/// Below this length no ratio is too high.
const SMALL: u64 = 1 << 20;
/// So much of a file is kept for what tells its content.
const LOOKED_AT: usize = 16 << 20;

/// Why an archive, or a member of it, is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveDefect {
    #[error("the archive is broken or cut off: {0}")]
    Broken(&'static str),
    #[error("the archive is one of several, and the others are needed to read it")]
    Split,
    #[error("the member is encrypted and was left out")]
    Encrypted,
    #[error("the member is a link and was left out")]
    Link,
    #[error("the member is packed by method {0}, which is not supported, and was left out")]
    Method(u16),
    #[error("the member is {length} bytes long, more than {MAX_MEMBER}, and was left out")]
    TooLong { length: u64 },
    #[error("the member would grow from {packed} to {length} bytes and was left out")]
    Bomb { packed: u64, length: u64 },
    #[error("members lie on top of each other; nothing after this one is read")]
    Overlap,
    #[error("the members are longer than {MAX_TOTAL} bytes together; nothing more is read")]
    TotalTooLong,
    #[error("the member cannot be read: {0}")]
    Unreadable(String),
    #[error("an archive in an archive is not looked into")]
    Nested,
}

/// Reads what the members of an archive are or say.
pub(super) struct ZipReader<'a> {
    name: Arc<str>,
    source: Shared<'a>,
    look: Look<'a>,
    directory: Option<Directory<'a>>,
    /// A member that is an export.
    open: Option<Box<Export<'a>>>,
    /// Why there is no directory.
    refused: Option<ArchiveDefect>,
    packed: u64,
    length: u64,
}

impl fmt::Debug for ZipReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipReader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> ZipReader<'a> {
    pub(super) fn open(
        name: &Arc<str>,
        source: Box<dyn ReadSeek + 'a>,
        look: Look<'a>,
    ) -> io::Result<Self> {
        let source = Shared::new(source)?;
        let (directory, refused) = match Directory::find(&source)? {
            Ok(directory) => (Some(directory), None),
            Err(defect) => (None, Some(defect)),
        };
        let name = Arc::clone(name);
        Ok(Self { name, source, look, directory, open: None, refused, packed: 0, length: 0 })
    }

    /// What the next member is. `None` if it is an export, which is open then, and at the end.
    fn next_member(&mut self) -> Option<Event> {
        loop {
            let record = match self.directory.as_mut()?.next_record() {
                Ok(Some(record)) => record,
                Ok(None) => {
                    self.directory = None;
                    return None;
                }
                Err(defect) => {
                    self.directory = None;
                    return Some(Event::about_file(&self.name, Defect::Archive(defect)));
                }
            };
            if record.is_folder() {
                continue;
            }
            let event = self.take(&record);
            if event.is_some() || self.open.is_some() {
                return event;
            }
        }
    }

    /// What a member is. `None` if it is an export, which is open then, or nothing to ship.
    fn take(&mut self, record: &Record) -> Option<Event> {
        let text = name::decoded(record);
        let place: Arc<str> = Arc::from(format!("{}!/{}", self.name, printable(text.as_bytes())));
        let refused = |defect| Some(Event::about_file(&place, defect));
        let path = match super::details::claim("name", &text) {
            Ok(path) => path,
            Err(defect) => return refused(defect),
        };
        if let Err(defect) = self.check(record) {
            return refused(Defect::Archive(defect));
        }
        match self.read(record, &path, &place) {
            Ok(event) => event,
            Err(error) => refused(Defect::Archive(ArchiveDefect::Unreadable(error.to_string()))),
        }
    }

    /// Whether the member may be read, by what the directory says; nothing more is ever read.
    fn check(&mut self, record: &Record) -> Result<(), ArchiveDefect> {
        record.check()?;
        let (packed, length) = (record.packed, record.length);
        if length > MAX_MEMBER {
            return Err(ArchiveDefect::TooLong { length });
        }
        if length > SMALL && length / MAX_RATIO > packed {
            return Err(ArchiveDefect::Bomb { packed, length });
        }
        self.packed = self.packed.saturating_add(packed);
        self.length = self.length.saturating_add(length);
        let defect = if self.packed > self.source.length() {
            ArchiveDefect::Overlap
        } else if self.length > MAX_TOTAL {
            ArchiveDefect::TotalTooLong
        } else {
            return Ok(());
        };
        self.directory = None;
        Err(defect)
    }

    fn read(
        &mut self,
        record: &Record,
        path: &RelPath,
        place: &Arc<str>,
    ) -> io::Result<Option<Event>> {
        let unpacked = || Unpacked::open(&self.source, record);
        let mut head = Vec::new();
        unpacked()?.take(HEAD as u64).read_to_end(&mut head)?;
        if is_of_the_system(&record.name, &head) {
            return Ok(None);
        }
        if let Some(kind) = ExportKind::evident(&head) {
            let source = Box::new(BufReader::with_capacity(1 << 16, unpacked()?));
            self.open = Some(Box::new(Export::of_kind(place, kind, source)));
            return Ok(None);
        }
        let bytes = read_bytes(unpacked()?, self.look)?;
        let place = Place::file(place);
        let mut item = Item { file: Some(path_in_uploads(path)), place, ..Item::default() };
        if bytes.content.media_type == "application/zip" {
            let (place, what) = (item.place.clone(), Defect::Archive(ArchiveDefect::Nested));
            item.problems.push(Problem { place, subject: None, what });
        }
        item.bytes = Some(bytes);
        Ok(Some(Event::Item(Box::new(item))))
    }
}

/// Reads a file once, and tells its digest and its content.
fn read_bytes(mut source: impl Read, look: Look<'_>) -> io::Result<Bytes> {
    let (mut hasher, mut length) = (Sha256::new(), 0);
    let (mut first, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(read);
        length += read.len() as u64;
        let room = LOOKED_AT.saturating_sub(first.len()).min(read.len());
        first.extend_from_slice(read.get(..room).unwrap_or_default());
    }
    let (content, mut claims) = look(&mut Cursor::new(&first));
    if let Some(claims) = claims.as_mut().filter(|_| length > first.len() as u64) {
        // It looks cut off, and changed, only because the rest was not kept.
        claims.defects.clear();
        claims.credentials.iter_mut().for_each(|found| found.validity = None);
    }
    let digest = Some(Digest(hasher.finalize().into()));
    Ok(Bytes { digest, length, content, claims })
}

impl Iterator for ZipReader<'_> {
    type Item = Result<Event, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(defect) = self.refused.take() {
            return Some(Ok(Event::about_file(&self.name, Defect::Archive(defect))));
        }
        loop {
            if let Some(export) = &mut self.open {
                match export.next() {
                    Some(Ok(event)) => return Some(Ok(event)),
                    Some(Err(ExportError::Read { place, source })) => {
                        self.open = None;
                        let what = ArchiveDefect::Unreadable(source.to_string());
                        let what = Defect::Archive(what);
                        return Some(Ok(Event::Problem(Problem { place, subject: None, what })));
                    }
                    None => self.open = None,
                }
            }
            let event = self.next_member();
            if event.is_some() || self.open.is_none() {
                return event.map(Ok);
            }
        }
    }
}
