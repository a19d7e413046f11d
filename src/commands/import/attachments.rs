//! The first reading of an export: which files belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::catalog::{Catalog, FolderChange};
use crate::domain::asset::Place;
use crate::domain::group::KnownAttachment;
use crate::domain::intake::KnownFile;
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::exports::{Event, Item as Exported, SizeEntry};

use super::super::Context;
use super::super::exported::{Wanted, read_exports};
use super::super::scan;
use super::BATCH;

/// Learns which files each attachment has, and groups their folders again.
pub(super) fn learn(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    files: &[PathBuf],
) -> Result<(), Error> {
    let folders = learn_files(ctx, catalog, files)?;
    regroup(ctx, catalog, &folders)
}

/// Records which files each attachment has; gives the folders that they are in.
///
/// A list that names no renditions takes nothing away from what is known.
fn learn_files(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    files: &[PathBuf],
) -> Result<BTreeSet<Vec<u8>>, Error> {
    let (mut folders, mut batch) = (BTreeSet::new(), Vec::new());
    read_exports(ctx, (files, &Wanted::nothing()), &mut |_, event| {
        let Event::Item(item) = event else { return Ok(()) };
        let Some((folder, attachment)) = known_attachment(&item) else { return Ok(()) };
        if item.details.is_none() && catalog.knows_attachment(attachment.id)? {
            return Ok(());
        }
        folders.insert(folder.clone());
        batch.push((folder, attachment));
        if batch.len() >= BATCH {
            catalog.record_attachments(&batch)?;
            batch.clear();
        }
        Ok(())
    })?;
    if !batch.is_empty() {
        catalog.record_attachments(&batch)?;
    }
    Ok(folders)
}

/// The attachment's own files beside its main file; others can't be proof of anything.
fn known_attachment(item: &Exported) -> Option<(Vec<u8>, KnownAttachment)> {
    let main = item.main_file().cloned().or_else(|| item.uploaded())?;
    let beside = |file: &RelPath| file.folder().is_empty().then(|| file.name().to_vec());
    let details = item.details.as_ref();
    let names = |sizes: &[SizeEntry]| sizes.iter().filter_map(|size| beside(&size.file)).collect();
    let attachment = KnownAttachment {
        id: item.attachment?,
        main: main.name().to_vec(),
        original_image: details.and_then(|details| beside(details.original_image.as_ref()?)),
        sizes: details.map(|details| names(&details.sizes)).unwrap_or_default(),
        backups: details.map(|details| names(&details.backup_sizes)).unwrap_or_default(),
    };
    Some((main.folder().to_vec(), attachment))
}

/// Groups the files of the folders again, with what is known now. No file is read.
fn regroup(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    folders: &BTreeSet<Vec<u8>>,
) -> Result<(), Error> {
    let mut changes: Vec<FolderChange> = Vec::new();
    for root in catalog.roots()? {
        for folder in folders {
            ctx.stop_if_interrupted()?;
            let known = catalog.files_in(root.id, folder, ctx.now)?;
            // What was left behind is for a scan to look at, which recognizes it.
            let there = |file: &&KnownFile| file.place == Place::Library && !file.is_left_behind();
            let found: Vec<_> = known.iter().filter(there).map(|file| file.found.clone()).collect();
            let change =
                scan::plan(catalog, (root.id, folder), (&found, &known), &BTreeMap::new())?;
            for remark in &change.plan.remarks {
                ctx.report.text(remark.clone());
            }
            if !change.plan.is_empty() {
                changes.push(change);
            }
            if changes.len() >= BATCH {
                write_groups(ctx, catalog, &mut changes)?;
            }
        }
    }
    write_groups(ctx, catalog, &mut changes)
}

fn write_groups(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    changes: &mut Vec<FolderChange>,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let counts = catalog.record_intake(changes)?;
    ctx.report.figure("attachments matched", counts.attached);
    ctx.report.figure("assets merged", counts.merged);
    changes.clear();
    Ok(())
}
