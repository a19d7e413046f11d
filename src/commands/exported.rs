//! The files of an export as they were named on the command line: joins the readers of exports
//! with the walk over folders and with what tells the content of a file.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::domain::asset::Content;
use crate::domain::claims::Claims;
use crate::domain::path::RelPath;
use crate::domain::text::printable;
use crate::error::Error;
use crate::exports::{
    self, Bytes, Defect, Event, Export, ExportError, ExportKind, Item, Look, Place,
};
use crate::files::{self, FileError, FileRead, Folder, FoundFile, Head, Root, WalkOptions};
use crate::media::{self, Trust};

use super::Context;

/// Who is handed what an export says, as it comes.
pub(super) type Taker<'t, 's> = &'t mut dyn FnMut(&mut Context<'s>, Event) -> Result<(), Error>;

/// What is wanted of files that are items by themselves.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) digests: Digests,
    pub(super) trust: Trust,
}

/// Whether they are read to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digests {
    Wanted,
    /// Only what files say about themselves is read.
    Unneeded,
}

impl Wanted {
    /// Nothing: only what exports say is taken.
    pub(super) fn nothing() -> Self {
        Self { digests: Digests::Unneeded, trust: Trust::default() }
    }
}

/// So many files of a folder are read on all cores before the first of them is handed on.
const READ_TOGETHER: usize = 64;

/// So many events, or so many bytes in them, are handed on together.
const MOST_EVENTS: usize = 256;
const MOST_LENGTH: usize = 1 << 20;

/// Reads the files one after the other as one export. A folder stands for the files in it: those
/// that are exports are read, and any other is an item by itself. So is a picture that is named.
pub(super) fn read_exports<'s>(
    ctx: &mut Context<'s>,
    (paths, wanted): (&[PathBuf], &Wanted),
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    let look = |bytes: &mut Cursor<&[u8]>| media::look(bytes, &wanted.trust);
    for path in paths {
        let real = ctx.current_dir.join(path);
        if real.is_dir() {
            read_folder(ctx, (&shown(path), &real, wanted), take)?;
        } else if let Some(item) = read_picture(path, &real, wanted)? {
            take(ctx, Event::Item(item))?;
        } else {
            hand_on(ctx, (&shown(path), open_file(ctx, path)?, &look), take)?;
        }
    }
    Ok(())
}

/// Makes sure that no file is an export of another kind. What is no export is left to its reader.
pub(super) fn check_kind(
    ctx: &Context<'_>,
    paths: &[PathBuf],
    expected: ExportKind,
) -> Result<(), Error> {
    for path in paths.iter().filter(|path| !ctx.current_dir.join(path).is_dir()) {
        let Some(kind) = open(ctx, path, &|bytes| media::look(bytes, &Trust::default()))?.kind()
        else {
            continue;
        };
        if kind != expected && kind != ExportKind::Zip {
            return Err(Error::Usage {
                message: format!("`{}` is {}, not {}", shown(path), kind.words(), expected.words()),
                hint: Some(format!("read it with `import {}`", kind.name())),
            });
        }
    }
    Ok(())
}

/// The path as it was typed, as a message may repeat it.
fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn open<'l>(ctx: &Context<'_>, path: &Path, look: Look<'l>) -> Result<Export<'l>, Error> {
    Ok(exports::open(&shown(path), open_file(ctx, path)?, look)?)
}

fn open_file(ctx: &Context<'_>, path: &Path) -> Result<File, Error> {
    let path = ctx.current_dir.join(path);
    File::open(&path).map_err(|source| Error::Read { path, source })
}

/// Hands on what one export says. It is read in a thread of its own, a little ahead of what is done
/// with it.
fn hand_on<'s>(
    ctx: &mut Context<'s>,
    (name, file, look): (&str, File, Look<'_>),
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    thread::scope(|scope| {
        let (give, given) = mpsc::sync_channel(1);
        scope.spawn(move || match exports::open(name, file, look) {
            Ok(export) => give_together(export, &give),
            // It fails only if nobody wants more.
            Err(error) => give.send(vec![Err(error)]).unwrap_or_default(),
        });
        for event in given.into_iter().flatten() {
            ctx.stop_if_interrupted()?;
            take(ctx, event?)?;
        }
        Ok(())
    })
}

/// Gives events, some at a time, until nobody wants more.
fn give_together(export: Export<'_>, give: &SyncSender<Vec<Result<Event, ExportError>>>) {
    let (mut together, mut length) = (Vec::new(), 0);
    for event in export {
        length += event.as_ref().map_or(0, Event::length);
        together.push(event);
        if together.len() == MOST_EVENTS || length >= MOST_LENGTH {
            length = 0;
            if give.send(std::mem::take(&mut together)).is_err() {
                return;
            }
        }
    }
    give.send(together).ok();
}

/// A single file as an item, if it is a picture, a film or a sound.
fn read_picture(path: &Path, real: &Path, wanted: &Wanted) -> Result<Option<Box<Item>>, Error> {
    let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else { return Ok(None) };
    let failed = |source| Error::Read { path: real.to_owned(), source };
    if !real.is_file() || !media::is_media(&mut File::open(real).map_err(failed)?) {
        return Ok(None);
    }
    let name =
        RelPath::new(name.as_encoded_bytes()).map_err(|why| Error::usage(why.to_string()))?;
    let folder = Root::open(parent)?.folder(b"")?;
    match read_file(&folder, (&name, &Arc::from(shown(path))), wanted)? {
        Found::Item(item) => Ok(Some(item)),
        Found::Export | Found::Nothing => Ok(None),
    }
}

/// Reads every file beneath a folder. Links and what cannot be read are told and left alone.
fn read_folder<'s>(
    ctx: &mut Context<'s>,
    (name, path, wanted): (&str, &Path, &Wanted),
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    let root = Root::open(path)?;
    let options = WalkOptions { now: ctx.now, settle_seconds: 0 };
    let name_of = |path: &[u8]| Arc::from(format!("{name}/{}", printable(path)));
    let look = |bytes: &mut Cursor<&[u8]>| media::look(bytes, &wanted.trust);
    for listing in files::walk(&root, options) {
        for odd in listing.oddities {
            let why = Defect::LeftAlone(odd.kind.to_string());
            take(ctx, Event::about_file(&name_of(&odd.path), why))?;
        }
        let folder = root.folder(&listing.folder)?;
        let read = |file: &FoundFile| {
            let name = name_of(file.path.as_bytes());
            (read_file(&folder, (&file.path, &name), wanted), name)
        };
        for together in listing.files.chunks(READ_TOGETHER) {
            ctx.stop_if_interrupted()?;
            let found: Vec<_> = together.par_iter().map(read).collect();
            for (file, (found, name)) in together.iter().zip(found) {
                let opened = match found {
                    Ok(Found::Item(item)) => {
                        take(ctx, Event::Item(item))?;
                        continue;
                    }
                    Ok(Found::Nothing) => continue,
                    Ok(Found::Export) => folder.open_file(file.path.name()),
                    Err(error) => Err(error),
                };
                match opened {
                    Ok((file, _)) => hand_on(ctx, (&name, file, &look), take)?,
                    Err(error) => {
                        let why = Defect::LeftAlone(error.to_string());
                        take(ctx, Event::about_file(&name, why))?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// What a file of a folder turned out to be.
enum Found {
    /// To be read by itself: it may be of any length.
    Export,
    /// A desktop left it there.
    Nothing,
    Item(Box<Item>),
}

/// What the bytes of a file are.
enum Looked {
    Nothing,
    Export,
    File((Content, Option<Box<Claims>>)),
}

fn read_file(
    folder: &Folder,
    (path, name): (&RelPath, &Arc<str>),
    wanted: &Wanted,
) -> Result<Found, FileError> {
    // A picture stays one whatever its texts say.
    let look = |head: &mut Head<'_>| {
        if exports::is_of_the_system(path.as_bytes(), head.first()) {
            Looked::Nothing
        } else if exports::is_evident(head) && !media::is_media(head) {
            Looked::Export
        } else {
            Looked::File(media::look(head, &wanted.trust))
        }
    };
    let (digest, looked, length) = match wanted.digests {
        Digests::Wanted => {
            let FileRead { digest, content, stamp, .. } =
                files::read_file(folder, path.name(), &look)?;
            (Some(digest), content, stamp.bytes)
        }
        Digests::Unneeded => {
            let (content, stat) = files::look_at(folder, path.name(), &look)?;
            (None, content, stat.stamp.bytes)
        }
    };
    let (content, claims) = match looked {
        Looked::Nothing => return Ok(Found::Nothing),
        Looked::Export => return Ok(Found::Export),
        Looked::File(looked) => looked,
    };
    Ok(Found::Item(Box::new(Item {
        file: Some(exports::path_in_uploads(path)),
        bytes: Some(Bytes { digest, length, content, claims }),
        place: Place::file(name),
        ..Item::default()
    })))
}
