//! `import wxr`: attachment ids, titles, alt texts and lists of files from a WordPress export.
//!
//! The file is read twice, so that memory stays flat: first for what proves which files belong
//! together, then for what the site says about them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::catalog::{Catalog, DescriptionEdit, FolderChange};
use crate::domain::asset::Asset;
use crate::domain::describe::{Description, Edit, Edits, Names, differences, plan_description};
use crate::domain::group::KnownAttachment;
use crate::domain::intake::KnownFile;
use crate::domain::lifecycle::State;
use crate::error::Error;
use crate::exports::{Event, Item as Exported, Problem};
use crate::report::Item;

use super::super::Context;
use super::super::exported::read_exports;
use super::super::library::{Court, Mode};
use super::super::scan;

/// So many attachments or descriptions are written in one transaction.
const BATCH: usize = 500;

/// Read a WordPress export (Tools > Export, or `wp export`)
///
/// Learns which attachment each asset is, which files belong to it, its title and its alt text.
/// What people recorded already stays, unless `--overwrite` is given. An entry that cannot be
/// taken as it stands is reported with its line, and the others are taken.
#[derive(Debug, clap::Args)]
pub(super) struct WxrArgs {
    /// The export
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Locale of the export's alt texts [default: the site's]
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,

    /// Let the export's titles and alt texts replace recorded ones
    #[arg(long)]
    overwrite: bool,

    /// Show what would be learned and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &WxrArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let files = std::slice::from_ref(&args.file);
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        if mode == Mode::Real {
            let folders = learn_files(ctx, catalog, files)?;
            regroup(ctx, catalog, &folders)?;
        }
        let court = Court::load(ctx, catalog)?;
        Describing { args, court: &court, mode, edits: Vec::new() }.run(ctx, catalog, files)
    })
}

/// Records which files each attachment has; gives the folders that they are in.
fn learn_files(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    files: &[PathBuf],
) -> Result<BTreeSet<Vec<u8>>, Error> {
    let (mut folders, mut batch) = (BTreeSet::new(), Vec::new());
    read_exports(ctx, files, &mut |_, event| {
        let Event::Item(item) = event else { return Ok(()) };
        let Some((folder, attachment)) = known_attachment(&item) else { return Ok(()) };
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
    let main = item.main_file()?;
    let beside = |file: &crate::domain::path::RelPath| {
        file.folder().is_empty().then(|| file.name().to_vec())
    };
    let details = item.details.as_ref();
    let names = |sizes: &[crate::exports::SizeEntry]| {
        sizes.iter().filter_map(|size| beside(&size.file)).collect()
    };
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
            let known = catalog.files_in(root.id, folder)?;
            let there = |file: &&KnownFile| file.place == crate::domain::asset::Place::Library;
            let found: Vec<_> = known.iter().filter(there).map(|file| file.found.clone()).collect();
            let change = scan::plan(catalog, (root.id, folder), &found, &known)?;
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

/// The second reading: titles and alt texts.
struct Describing<'a> {
    args: &'a WxrArgs,
    court: &'a Court,
    mode: Mode,
    edits: Vec<DescriptionEdit>,
}

impl Describing<'_> {
    fn run(
        mut self,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
        files: &[PathBuf],
    ) -> Result<(), Error> {
        read_exports(ctx, files, &mut |ctx, event| {
            match event {
                Event::Site(_) => {}
                Event::Problem(problem) => say_problem(ctx, &problem),
                Event::Item(item) => {
                    ctx.report.figure("attachments read", 1);
                    for problem in &item.problems {
                        say_problem(ctx, problem);
                    }
                    self.describe(ctx, catalog, &item)?;
                }
            }
            if self.edits.len() >= BATCH {
                self.write(ctx, catalog)?;
            }
            Ok(())
        })?;
        self.write(ctx, catalog)
    }

    fn describe(
        &mut self,
        ctx: &mut Context<'_>,
        catalog: &Catalog,
        item: &Exported,
    ) -> Result<(), Error> {
        let Some(attachment) = item.attachment else { return Ok(()) };
        let assets = catalog.assets_of_attachment(attachment)?;
        if assets.is_empty() {
            say_unmatched(ctx, item, attachment);
        }
        for asset in assets {
            let Some(row) = catalog.facts_of(asset)? else { continue };
            let before = Description {
                metadata: catalog.metadata_of(asset)?,
                contexts: row.facts.contexts.iter().map(|link| link.context).collect(),
                licenses: row.facts.licenses.clone(),
            };
            let edits = self.edits_for(ctx, item, &before, &row.asset);
            let zone = self.court.zone_among(&before.contexts)?;
            let after = plan_description(&before, &edits, &zone)
                .map_err(|error| Error::usage(error.to_string()))?;
            let id = |id: i64| id.to_string();
            let changed = differences(&before, &after, &Names { context: &id, license: &id });
            if changed.is_empty() {
                continue;
            }
            ctx.report.figure("descriptions taken", 1);
            self.edits.push(DescriptionEdit {
                asset,
                version: row.asset.version,
                metadata: after.metadata,
                contexts: after.contexts,
                licenses: after.licenses,
                changes: changed.into_iter().map(|d| (d.field, d.before, d.after)).collect(),
                decision: None,
            });
        }
        Ok(())
    }

    /// What the export may set: what nobody recorded yet, or everything with `--overwrite`.
    fn edits_for(
        &self,
        ctx: &mut Context<'_>,
        item: &Exported,
        before: &Description,
        asset: &Asset,
    ) -> Edits {
        let path = &asset.path.to_string();
        let locale = self.args.locale.as_ref().unwrap_or(&self.court.policy().locale);
        let mut edits = Edits::default();
        let title = item.title.as_ref().filter(|title| !title.trim().is_empty());
        if let Some(title) = title
            && self.may_set(ctx, (path, "title"), before.metadata.title.as_ref(), title)
        {
            edits.title = Edit::Set(title.clone());
        }
        let alt = item.alt.as_ref().filter(|alt| !alt.is_empty());
        if let Some(alt) = alt
            && self.may_set_alt(ctx, (asset, path), before.metadata.alt.get(locale), alt)
        {
            edits.alt.insert(locale.clone(), Edit::Set(alt.clone()));
        }
        edits
    }

    /// An approval vouches for the alternative texts, so an import leaves those of an approved
    /// asset alone: a person changes them with `describe`, which voids it.
    fn may_set_alt(
        &self,
        ctx: &mut Context<'_>,
        (asset, path): (&Asset, &str),
        recorded: Option<&String>,
        exported: &str,
    ) -> bool {
        let field = (path, "alt text");
        if asset.state != State::Approved {
            return self.may_set(ctx, field, recorded, exported);
        }
        if recorded.is_none_or(|recorded| recorded != exported) {
            say_difference(ctx, field, recorded, exported);
        }
        false
    }

    fn may_set(
        &self,
        ctx: &mut Context<'_>,
        (path, field): (&str, &str),
        recorded: Option<&String>,
        exported: &str,
    ) -> bool {
        match recorded {
            None => true,
            Some(same) if same == exported => false,
            Some(_) if self.args.overwrite => true,
            Some(_) => {
                say_difference(ctx, (path, field), recorded, exported);
                false
            }
        }
    }

    fn write(&mut self, ctx: &mut Context<'_>, catalog: &mut Catalog) -> Result<(), Error> {
        if self.mode == Mode::Real && !self.edits.is_empty() {
            for (asset, error) in catalog.record_descriptions(&self.edits)? {
                let (what, hint) = (asset.to_string(), Some("import again".to_owned()));
                ctx.report.say(&Item::Failure { what, why: error.to_string(), hint });
            }
        }
        self.edits.clear();
        Ok(())
    }
}

fn say_difference(
    ctx: &mut Context<'_>,
    (path, field): (&str, &str),
    recorded: Option<&String>,
    exported: &str,
) {
    let fields = vec![
        ("path", path.into()),
        ("field", field.into()),
        ("recorded", recorded.cloned().into()),
        ("export", exported.into()),
    ];
    ctx.report.row("differs", fields);
}

fn say_problem(ctx: &mut Context<'_>, problem: &Problem) {
    let (what, why) = (problem.place.to_string(), problem.what.to_string());
    ctx.report.say(&Item::Failure { what, why, hint: None });
}

fn say_unmatched(ctx: &mut Context<'_>, item: &Exported, attachment: i64) {
    let file = item.main_file().map(ToString::to_string);
    ctx.report.figure("attachments without files", 1);
    ctx.report.row(
        "unmatched",
        vec![
            ("attachment", attachment.into()),
            ("line", i64::try_from(item.place.line).unwrap_or(i64::MAX).into()),
            ("file", file.into()),
            ("because", "no root of the library holds it".into()),
        ],
    );
}
