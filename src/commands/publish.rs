//! `publish`: brings approved assets out of draft roots, and what `approve` does of it.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::config::PublishConfig;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Standing, State};
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::publication::slug;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{
    Ended, Publication, Recovered, Settled, Target, check_publication, publish_asset,
};
use crate::report::{Found, Item, Subject};

use super::Context;
use super::act::{WhilePaused, refuse_while_paused, say_not_done, say_recovered};
use super::clearing::{as_approved, in_the_way};
use super::decide::facts;
use super::foretold::Given;
use super::library::{Court, subject};
use super::naming::{objections_to_name, place, publication};
use super::selection::{SELECTING, Selection};

/// What reports call the step.
const ACTION: &str = "publish";

/// Bring approved assets out of draft roots, to where they are served
///
/// All files of an asset go to the folder, and get the name, that `[publish]` in the configuration is
/// a template of. Only what may be used now is published. Nothing is ever overwritten: if something
/// is in the way of one file, none of the asset's is moved. `approve` does the same with what it
/// approves.
#[derive(Debug, clap::Args)]
pub struct PublishArgs {
    #[command(flatten)]
    selection: Selection,

    /// All that is approved, may be used now and lies in a draft root: for a timer
    #[arg(long, help_heading = "Selection", conflicts_with_all = SELECTING)]
    ready: bool,

    /// The name to publish it under, without extension, instead of the template's
    #[arg(long, value_name = "NAME", value_parser = stem, conflicts_with = "ready")]
    name: Option<String>,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = super::words::said)]
    reason: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// A name that is served as it is written.
fn stem(text: &str) -> Result<String, String> {
    let plain = slug(text);
    if !plain.is_empty() && plain == text {
        return Ok(plain);
    }
    let meant = if plain.is_empty() { String::new() } else { format!(" (`{plain}`?)") };
    Err(format!("not a name in lower-case words between hyphens{meant}"))
}

pub(super) fn run(args: &PublishArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(terms) = &config.publish else {
        let hint = "say where approved drafts go: `root`, `folder` and `name` in [publish]";
        let message = "the configuration has no [publish]".to_owned();
        return Err(Error::Usage { message, hint: Some(hint.to_owned()) });
    };
    if args.dry_run {
        return ctx.foresee(|ctx, target| {
            let chosen = chosen(args, ctx, (target, terms))?;
            foretell(ctx, target, &chosen);
            refuse_while_paused(&target.switch, target.catalog)
        });
    }
    ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        let chosen = chosen(args, ctx, (target, terms))?;
        publish_all(ctx, target, (&chosen, Asked::Publish))
    })
}

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Publish,
    Approve,
    /// What an approval would publish.
    Foretell,
}

/// An asset that is to be published.
struct Choice {
    subject: Subject,
    publication: Publication,
    /// Where its original goes, in words.
    place: String,
}

/// Publishes of these assets what lies in a draft root and may be used, where the configuration says
/// how. What they were approved for is on record whatever becomes of it.
pub(super) fn publish_approved(
    ctx: &mut Context<'_>,
    cleared: &BTreeSet<AssetId>,
) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(terms) = &config.publish else { return Ok(()) };
    let waiting = waiting(ctx, cleared)?;
    if waiting.is_empty() {
        return Ok(());
    }
    ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        let court = Court::load(ctx, target.catalog)?;
        let chosen = named(ctx, (target, &court, terms), (&waiting, None), Asked::Approve)?;
        publish_all(ctx, target, (&chosen, Asked::Approve))
    })
}

/// Tells what [`publish_approved`] would do with these assets if they were approved now.
pub(super) fn foretell_approved(
    ctx: &mut Context<'_>,
    cleared: &BTreeSet<AssetId>,
) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(terms) = &config.publish else { return Ok(()) };
    ctx.foresee(|ctx, target| {
        let court = Court::load(ctx, target.catalog)?;
        let mut drafts = Vec::new();
        for asset in cleared {
            let row = facts(target.catalog, *asset)?;
            drafts.extend(court.draft_roots.contains(&row.asset.root).then_some(*asset));
        }
        if drafts.is_empty() {
            return Ok(());
        }
        let asked = Asked::Foretell;
        let chosen = named(ctx, (target, &court, terms), (&drafts, None), asked)?;
        foretell(ctx, target, &chosen);
        refuse_while_paused(&target.switch, target.catalog)
    })
}

fn foretell(ctx: &mut Context<'_>, target: &Target<'_>, chosen: &[Choice]) {
    let mut given = Given::default();
    for choice in chosen {
        let operation = check_publication(target, &choice.publication);
        match operation.and_then(|operation| given.give(target.catalog, operation)) {
            Ok(operation) => {
                let files = u64::try_from(operation.files.len()).unwrap_or(u64::MAX);
                choice.say_published(ctx, files);
            }
            Err(obstacle) => say_not_done(ctx, (&choice.subject, ACTION), &obstacle, None),
        }
    }
}

/// What is half published has files at old and at new names, and a scan would take the new ones for
/// assets that nobody decided on.
pub(super) fn refuse_half_published(
    target: &Target<'_>,
    recovered: &Recovered,
) -> Result<(), Error> {
    let is_open = |settled: &&Settled| settled.end == OperationState::Partial;
    let settled = recovered.settled.iter().filter(is_open).chain(&recovered.waiting);
    let settled = settled.map(|settled| (settled.kind, settled.asset));
    let unsettled = recovered.unsettled.iter().map(|(open, _)| (open.kind, open.asset));
    let mut open = settled.chain(unsettled).filter(|(kind, _)| *kind == OperationKind::Publish);
    let Some((_, asset)) = open.next() else { return Ok(()) };
    let by = target.paused();
    if !by.is_empty() {
        return Err(Error::Paused { by });
    }
    let hint = "mend what is told above, run `shelflife recover`, and scan then";
    Err(Error::guard(format!("asset {asset}"), "it is half published".to_owned(), hint))
}

/// Says, after an approval that ended early, what of it is on record and not published, and how that
/// is done. What cannot be looked up is left to the error that ended it.
pub(super) fn say_waiting(ctx: &mut Context<'_>, cleared: &BTreeSet<AssetId>) {
    let Ok(waiting) = waiting(ctx, cleared) else { return };
    if waiting.is_empty() {
        return;
    }
    let numbers: Vec<_> = waiting.iter().map(|asset| asset.0.to_string()).collect();
    ctx.report.text(format!(
        "what was approved is on record; to publish it: `shelflife publish {}`",
        numbers.join(" ")
    ));
}

/// Which of the assets are approved by what the catalog says and still in a draft root, where the
/// configuration says how they are published.
fn waiting(ctx: &mut Context<'_>, cleared: &BTreeSet<AssetId>) -> Result<Vec<AssetId>, Error> {
    if ctx.config()?.publish.is_none() {
        return Ok(Vec::new());
    }
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let mut waiting = Vec::new();
    for asset in cleared {
        let row = catalog.facts_of(*asset)?;
        waiting.extend(row.filter(|row| waits(row, &court)).map(|row| row.asset.id));
    }
    Ok(waiting)
}

/// Whether the asset is approved and still in a draft root.
fn waits(row: &FactsRow, court: &Court) -> bool {
    row.asset.state == State::Approved && court.draft_roots.contains(&row.asset.root)
}

/// What is to be published, each with where it goes; of the others it is told why not.
fn chosen(
    args: &PublishArgs,
    ctx: &mut Context<'_>,
    (target, terms): (&Target<'_>, &PublishConfig),
) -> Result<Vec<Choice>, Error> {
    let catalog = &*target.catalog;
    let court = Court::load(ctx, catalog)?;
    let numbers = if args.ready {
        let mut ready = Vec::new();
        catalog.visit_facts(&Filter::in_state(State::Approved.name()), |row| {
            let usable = court.judge(&row, ctx).standing.may_be_used();
            ready.extend((usable && waits(&row, &court)).then_some(row.asset.id));
            Ok::<_, Error>(())
        })?;
        ready
    } else {
        args.selection.numbers(ctx, (catalog, &court))?
    };
    if args.name.is_some() && numbers.len() > 1 {
        return Err(Error::usage("--name is for one asset"));
    }
    let name = args.name.as_deref();
    let mut chosen = named(ctx, (target, &court, terms), (&numbers, name), Asked::Publish)?;
    for choice in &mut chosen {
        choice.publication.reason.clone_from(&args.reason);
    }
    Ok(chosen)
}

fn named(
    ctx: &mut Context<'_>,
    (target, court, terms): (&Target<'_>, &Court, &PublishConfig),
    (numbers, name): (&[AssetId], Option<&str>),
    asked: Asked,
) -> Result<Vec<Choice>, Error> {
    let catalog = &*target.catalog;
    let served = catalog.roots()?.into_iter().find(|root| root.name == terms.root);
    let Some(root) = served.map(|root| root.id) else {
        let message = format!("the root `{}` was never scanned", terms.root);
        let hint = Some("run `shelflife scan` first".to_owned());
        return Err(Error::Usage { message, hint });
    };
    let mut chosen = Vec::new();
    for number in numbers {
        let mut row = facts(catalog, *number)?;
        if asked == Asked::Foretell {
            as_approved(ctx, court, &mut row.facts);
        }
        let subject = subject(&row.asset);
        if !court.draft_roots.contains(&row.asset.root) {
            let because = "it is in no draft root".to_owned();
            ctx.report.say(&Item::Kept { subject, because });
        } else if let Some(unusable) = unusable(ctx, court, (&row, asked)) {
            ctx.report.say(&unusable);
        } else {
            match choice(ctx, (catalog, court), (&row, root), (terms, name))? {
                Ok(choice) => chosen.push(choice),
                Err(items) => items.iter().for_each(|item| ctx.report.say(item)),
            }
        }
    }
    Ok(chosen)
}

/// Where an asset goes, or why it has no name that it could be served under.
fn choice(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    (row, root): (&FactsRow, i64),
    (terms, name): (&PublishConfig, Option<&str>),
) -> Result<Result<Choice, Vec<Item>>, Error> {
    let subject = subject(&row.asset);
    let refusal = |why| Item::Refusal { subject: subject.clone(), action: ACTION, why };
    let publication = match publication(ctx, (catalog, court), (row, root), (terms, name))? {
        Ok(publication) => publication,
        Err(unnamed) => return Ok(Err(vec![refusal(unnamed.to_string())])),
    };
    let findings = objections_to_name(ctx, (catalog, court), (row, name))?;
    if let Some(why) = in_the_way(findings.len()) {
        let found = |finding| Item::Finding(Found::new(Some(subject.clone()), finding));
        return Ok(Err(findings.into_iter().map(found).chain([refusal(why)]).collect()));
    }
    let place = place(terms, &publication, row);
    Ok(Ok(Choice { subject, publication, place }))
}

/// Why an asset is not published now, if it may not be used. Of what was approved to be used later
/// that is no refusal.
fn unusable(ctx: &Context<'_>, court: &Court, (row, asked): (&FactsRow, Asked)) -> Option<Item> {
    let verdict = court.judge(row, ctx);
    let (standing, subject) = (verdict.standing, subject(&row.asset));
    if standing.may_be_used() {
        return None;
    }
    if asked != Asked::Publish && standing == Standing::Scheduled {
        let because = format!(
            "it is {standing}, and not published before it may be used: `shelflife publish --ready`"
        );
        return Some(Item::Kept { subject, because });
    }
    let causes: Vec<_> = verdict.deciding().map(ToString::to_string).collect();
    let why = format!("it may not be used: it is {standing} ({})", causes.join("; "));
    Some(Item::Refusal { subject, action: ACTION, why })
}

fn publish_all(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    (chosen, asked): (&[Choice], Asked),
) -> Result<(), Error> {
    let progress = ctx.progress(u64::try_from(chosen.len()).unwrap_or(0), "assets");
    for choice in chosen {
        ctx.stop_if_interrupted()?;
        // A context or a license that ends meanwhile leaves the asset's version as it is.
        let court = Court::load(ctx, target.catalog)?;
        let row = facts(target.catalog, choice.publication.asset)?;
        if let Some(unusable) = unusable(ctx, &court, (&row, asked)) {
            ctx.report.say(&unusable);
            progress.advance(1);
            continue;
        }
        match publish_asset(target, &choice.publication)? {
            Ended::Done { load, .. } => choice.say_published(ctx, load.files),
            Ended::NotDone { because, settled } => {
                say_not_done(ctx, (&choice.subject, ACTION), &because, settled.as_ref());
            }
        }
        progress.advance(1);
    }
    Ok(())
}

impl Choice {
    fn say_published(&self, ctx: &mut Context<'_>, files: u64) {
        ctx.report.figure("files", files);
        let what = format!("published as {} ({})", self.place, counted(files, "file"));
        ctx.report.say(&Item::Edit { subject: Some(self.subject.clone()), what });
    }
}
