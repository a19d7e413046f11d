//! The second reading of an export: titles and alternative texts.

use crate::catalog::{Catalog, DescriptionEdit};
use crate::domain::asset::{Asset, AssetId, RootKind};
use crate::domain::describe::{Description, Edit, Edits, Names, differences, plan_description};
use crate::domain::lifecycle::State;
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::exports::{Event, Item as Exported, Problem, Repeats};
use crate::report::Item;

use super::super::Context;
use super::super::exported::{Wanted, read_exports};
use super::super::library::{Court, Mode};
use super::{BATCH, SourceArgs};

/// Takes titles and alternative texts from the export.
pub(super) fn learn(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (args, court, mode): (&SourceArgs, &Court, Mode),
) -> Result<(), Error> {
    let (edits, repeats, seen) = (Vec::new(), Repeats::default(), false);
    Describing { args, court, mode, edits, repeats, seen }.run(ctx, catalog)
}

struct Describing<'a> {
    args: &'a SourceArgs,
    court: &'a Court,
    mode: Mode,
    edits: Vec<DescriptionEdit>,
    /// Over all files of the export: a later entry takes the place of an earlier one.
    repeats: Repeats,
    /// Whether there is anything in the export, be it a defect.
    seen: bool,
}

impl Describing<'_> {
    fn run(mut self, ctx: &mut Context<'_>, catalog: &mut Catalog) -> Result<(), Error> {
        read_exports(ctx, (&self.args.files, &Wanted::nothing()), &mut |ctx, event| {
            self.seen |= !matches!(event, Event::Site(_));
            match event {
                Event::Site(_) => {}
                Event::Problem(problem) => say_problem(ctx, &problem),
                Event::Item(item) => {
                    ctx.report.figure("attachments read", 1);
                    let repeated = self.repeats.check(&item);
                    let repeated = repeated.filter(|found| !item.problems.contains(found));
                    for problem in item.problems.iter().chain(&repeated) {
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
        self.write(ctx, catalog)?;
        if self.seen { Ok(()) } else { Err(empty_export()) }
    }

    fn describe(
        &mut self,
        ctx: &mut Context<'_>,
        catalog: &Catalog,
        item: &Exported,
    ) -> Result<(), Error> {
        let assets = match (item.attachment, item.main_file()) {
            (Some(attachment), _) => catalog.assets_of_attachment(attachment)?,
            (None, Some(file)) => assets_served_at(catalog, file)?,
            (None, None) => return Ok(()),
        };
        if assets.is_empty() {
            say_unmatched(ctx, item);
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
                accepted: Vec::new(),
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

/// A site without media is rarer than a wrong file.
fn empty_export() -> Error {
    Error::guard(
        "the export".to_owned(),
        "it lists no attachment".to_owned(),
        "look whether it is the right file",
    )
}

/// The assets at a path that the site serves: it knows nothing of other roots.
fn assets_served_at(catalog: &Catalog, path: &RelPath) -> Result<Vec<AssetId>, Error> {
    let mut assets = Vec::new();
    for root in catalog.roots()?.iter().filter(|root| root.kind == RootKind::Production) {
        assets.extend(catalog.assets_at(Some(root.id), path)?);
    }
    Ok(assets)
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

fn say_unmatched(ctx: &mut Context<'_>, item: &Exported) {
    let file = item.main_file().map(ToString::to_string);
    ctx.report.figure("attachments without files", 1);
    ctx.report.row(
        "unmatched",
        vec![
            ("attachment", item.attachment.into()),
            ("place", item.place.to_string().into()),
            ("file", file.into()),
            ("because", "no root of the library holds it".into()),
        ],
    );
}
