//! The files of an export as they were named on the command line: joins the readers of exports
//! with the walk over folders and with what tells the content of a file.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::domain::text::printable;
use crate::error::Error;
use crate::exports::{self, Event};
use crate::media;

use super::Context;

/// Reads the files one after the other as one export, and hands on what they say as it comes.
pub(super) fn read_exports<'s>(
    ctx: &mut Context<'s>,
    paths: &[PathBuf],
    take: &mut dyn FnMut(&mut Context<'s>, Event) -> Result<(), Error>,
) -> Result<(), Error> {
    for path in paths {
        let name = shown(path);
        let path = ctx.current_dir.join(path);
        let failed = |source| Error::Read { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        for event in exports::open(&name, file, &|bytes| media::sniff(bytes))? {
            ctx.stop_if_interrupted()?;
            take(ctx, event?)?;
        }
    }
    Ok(())
}

/// The path as it was typed, as a message may repeat it.
fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}
