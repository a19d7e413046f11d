//! The files of an export as they were named on the command line: joins the readers of exports
//! with the walk over folders and with what tells the content of a file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::path::RelPath;
use crate::domain::text::printable;
use crate::error::Error;
use crate::exports::{self, Bytes, Defect, Event, Export, ExportKind, Item, Place};
use crate::files::{self, FileRead, Folder, Root, WalkOptions};
use crate::media;

use super::Context;

/// Who is handed what an export says, as it comes.
pub(super) type Taker<'t, 's> = &'t mut dyn FnMut(&mut Context<'s>, Event) -> Result<(), Error>;

/// Reads the files one after the other as one export. A folder stands for the files in it: those
/// that are exports are read, and any other is an item by itself.
pub(super) fn read_exports<'s>(
    ctx: &mut Context<'s>,
    paths: &[PathBuf],
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    for path in paths {
        let real = ctx.current_dir.join(path);
        if real.is_dir() {
            read_folder(ctx, (&shown(path), &real), take)?;
        } else {
            hand_on(ctx, open(ctx, path)?, take)?;
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
        let Some(kind) = open(ctx, path)?.kind() else { continue };
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

fn open(ctx: &Context<'_>, path: &Path) -> Result<Export<'static>, Error> {
    let name = shown(path);
    let path = ctx.current_dir.join(path);
    let file = File::open(&path).map_err(|source| Error::Read { path, source })?;
    Ok(exports::open(&name, file, &|bytes| media::look(bytes))?)
}

fn hand_on<'s>(
    ctx: &mut Context<'s>,
    export: Export<'_>,
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    for event in export {
        ctx.stop_if_interrupted()?;
        take(ctx, event?)?;
    }
    Ok(())
}

/// Reads every file beneath a folder. Links and what cannot be read are told and left alone.
fn read_folder<'s>(
    ctx: &mut Context<'s>,
    (name, path): (&str, &Path),
    take: Taker<'_, 's>,
) -> Result<(), Error> {
    let root = Root::open(path)?;
    let options = WalkOptions { now: ctx.now, settle_seconds: 0 };
    let name_of = |path: &[u8]| Arc::from(format!("{name}/{}", printable(path)));
    for listing in files::walk(&root, options) {
        ctx.stop_if_interrupted()?;
        for odd in listing.oddities {
            let why = Defect::LeftAlone(odd.kind.to_string());
            take(ctx, Event::about_file(&name_of(&odd.path), why))?;
        }
        let folder = root.folder(&listing.folder)?;
        for file in listing.files {
            let name = name_of(file.path.as_bytes());
            match read_file(&folder, &file.path, &name) {
                Ok(Found::Export(export)) => hand_on(ctx, export, take)?,
                Ok(Found::Other(item)) => take(ctx, Event::Item(item))?,
                Err(error) => {
                    let why = Defect::LeftAlone(error.to_string());
                    take(ctx, Event::about_file(&name, why))?;
                }
            }
        }
    }
    Ok(())
}

/// What a file of a folder turned out to be.
enum Found {
    Export(Export<'static>),
    Other(Box<Item>),
}

fn read_file(folder: &Folder, path: &RelPath, name: &Arc<str>) -> Result<Found, Error> {
    let (file, _) = folder.open_file(path.name())?;
    if let Some(export) = exports::open_if_evident(name, file, &|bytes| media::look(bytes))? {
        return Ok(Found::Export(export));
    }
    let FileRead { digest, content: (content, claims), stamp, .. } =
        files::read_file(folder, path.name(), &|head| media::look(head))?;
    Ok(Found::Other(Box::new(Item {
        file: Some(exports::path_in_uploads(path)),
        bytes: Some(Bytes { digest, length: stamp.bytes, content, claims }),
        place: Place::file(name),
        ..Item::default()
    })))
}
