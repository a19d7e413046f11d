//! Opens what the user names: a file, or a folder with all that belongs to it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::domain::asset::Digest;
use crate::domain::reference::SourceKind;
use crate::domain::text::printable;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::exports::references::{
    HEAD, SourceFile, belongs_to, hosts_in_dump, is_text, kind_of, kind_of_folder, tells_nothing,
};
use crate::exports::{ExportError, Place};

use super::super::progress::Progress;
use super::numbering;

/// What was named, found and looked at from outside.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) kind: SourceKind,
    path: PathBuf,
    /// By name.
    files: Vec<Part>,
    /// What lies among them and may be a part of it that cannot be read.
    strangers: Vec<String>,
}

/// Why a source may not be all that it seems.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) why: String,
    pub(super) hint: Option<String>,
}

#[derive(Debug)]
struct Part {
    path: PathBuf,
    /// How it is called in places: from the folder that was named.
    name: String,
    /// `None` if it tells of none.
    kind: Option<SourceKind>,
    bytes: u64,
    modified: Timestamp,
}

const BUFFER: usize = 1 << 16;

impl Opened {
    /// Finds the files of a source. With `told`, they are of that kind, whatever they look like.
    pub(super) fn find(path: &Path, told: Option<SourceKind>) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.to_owned(), source };
        let is_folder = fs::metadata(path).map_err(failed)?.is_dir();
        let mut files = Vec::new();
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::Read {
                path: error.path().unwrap_or(path).to_owned(),
                source: error.into(),
            })?;
            if entry.file_type().is_file() || !is_folder {
                let base = if is_folder { path } else { path.parent().unwrap_or(path) };
                files.extend(look_at(entry.path(), base, told)?);
            }
        }
        let known = files.iter().filter_map(|file| file.kind);
        let kind = told.or_else(|| kind_of_folder(known.clone()));
        let Some(kind) = kind.filter(|_| known.count() > 0) else {
            return Err(unknown_kind(path, &files));
        };
        let is_part =
            |file: &Part| file.kind.is_some_and(|is| told.is_some() || belongs_to(kind, is));
        let (files, others): (Vec<_>, Vec<_>) = files.into_iter().partition(is_part);
        // Sites and themes hold files of every kind; what is saved by hand is all meant to be read.
        let is_saved = matches!(kind, SourceKind::Wxr | SourceKind::Rest | SourceKind::Sql);
        let strangers = others.into_iter().filter(|_| is_saved).map(|file| file.name).collect();
        Ok(Self { kind, path: path.to_owned(), files, strangers })
    }

    /// What may be missing of the source, or stands in it unread.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let unread = self.strangers.iter().map(|name| Doubt {
            why: format!("{name}: this is no part that can be read"),
            hint: None,
        });
        let beside = has_other_parts(&self.path).then(|| Doubt {
            why: "other parts of this export lie beside it".to_owned(),
            hint: Some("put the parts into a folder and read that".to_owned()),
        });
        let is_numbered = matches!(self.kind, SourceKind::Wxr | SourceKind::Rest);
        let names = self.files.iter().map(|file| file.name.as_str()).filter(|_| is_numbered);
        let missing = numbering::missing_parts(names).into_iter().map(|name| Doubt {
            why: format!("`{name}` is missing among the numbered parts"),
            hint: Some("save what is missing and read the folder again".to_owned()),
        });
        let beside = beside.filter(|_| self.kind == SourceKind::Wxr);
        unread.chain(beside).chain(missing).collect()
    }

    /// The hosts that a dump says are its site's.
    pub(super) fn hosts(&self) -> Result<BTreeSet<String>, Error> {
        let mut hosts = BTreeSet::new();
        for file in self.files.iter().filter(|_| self.kind == SourceKind::Sql) {
            let failed = |source| Error::Read { path: file.path.clone(), source };
            let found = File::open(&file.path).and_then(hosts_in_dump).map_err(failed)?;
            hosts.extend(found);
        }
        Ok(hosts)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// When the site looked like this: a dump or a saved answer is as old as its oldest part,
    /// a folder of pages as its newest, for servers give pages times of their own.
    pub(super) fn made(&self, now: Timestamp) -> Timestamp {
        let times = self.files.iter().map(|file| file.modified);
        let made = match self.kind {
            SourceKind::Theme => None,
            SourceKind::Pages => times.max(),
            SourceKind::Wxr | SourceKind::Rest | SourceKind::Sql => times.min(),
        };
        made.unwrap_or(now).min(now)
    }

    /// The files one after the other; what is read of them goes into `watch`.
    pub(super) fn parts<'a>(
        &'a self,
        watch: &'a Watch<'a>,
    ) -> impl Iterator<Item = Result<SourceFile<'a>, ExportError>> {
        self.files.iter().map(move |file| {
            let failed = |source| ExportError::Read {
                place: Place::file(&file.name.as_str().into()),
                source,
            };
            let opened = File::open(&file.path).map_err(failed)?;
            let watched = Watched { file: opened, watch };
            let bytes = Box::new(BufReader::with_capacity(BUFFER, watched));
            Ok(SourceFile { name: file.name.clone(), bytes })
        })
    }
}

/// Whether other parts of an export lie beside this one, as WP-CLI numbers them: `site.000.xml`.
///
/// Each part looks like a whole export.
fn has_other_parts(path: &Path) -> bool {
    let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { return false };
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (name, number) = stem.split_at(stem.len() - digits);
    let Ok(number) = number.parse::<u64>() else { return false };
    let beside = [number.checked_add(1), number.checked_sub(1)].into_iter().flatten();
    digits == 3
        && beside.into_iter().any(|number| {
            let other = path.with_file_name(format!("{name}{number:03}.xml"));
            path.extension().is_some_and(|extension| extension == "xml") && other.exists()
        })
}

/// A file as part of a source; `None` if it certainly tells nothing.
fn look_at(path: &Path, base: &Path, told: Option<SourceKind>) -> Result<Option<Part>, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let stat = file.metadata().map_err(failed)?;
    let relative = path.strip_prefix(base).unwrap_or(path);
    let name = printable(relative.as_os_str().as_encoded_bytes());
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    let kind = kind_of(&name, &head).or(told.filter(|_| is_text(&head)));
    if kind.is_none() && tells_nothing(&name, &head) {
        return Ok(None);
    }
    let modified = Timestamp::from_millis(stat.mtime() * 1_000 + stat.mtime_nsec() / 1_000_000);
    Ok(Some(Part { path: path.to_owned(), name, kind, bytes: stat.len(), modified }))
}

fn unknown_kind(path: &Path, files: &[Part]) -> Error {
    let shown = path.display();
    let message = if files.iter().all(|file| file.kind.is_none()) {
        format!("`{shown}` holds nothing that tells of references")
    } else {
        format!("`{shown}` holds several kinds of sources")
    };
    let kinds: Vec<_> = SourceKind::ALL.iter().map(|kind| kind.name()).collect();
    let hint = format!("name one kind of file, or say what it is with --kind {}", kinds.join("|"));
    Error::Usage { message, hint: Some(hint) }
}

/// Sees all bytes of a source go by.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    hash: Rc<RefCell<Sha256>>,
    progress: &'a Progress,
}

impl<'a> Watch<'a> {
    pub(super) fn new(progress: &'a Progress) -> Self {
        Self { hash: Rc::default(), progress }
    }

    /// Of all bytes that were read, one file after the other.
    pub(super) fn digest(&self) -> Digest {
        Digest(self.hash.borrow().clone().finalize().into())
    }
}

struct Watched<'a> {
    file: File,
    watch: &'a Watch<'a>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.watch.hash.borrow_mut().update(buffer.get(..length).unwrap_or_default());
        self.watch.progress.advance(length as u64);
        Ok(length)
    }
}
