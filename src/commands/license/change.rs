//! `license change`: other terms, and what they do to the assets that have the license.

use crate::catalog::{Catalog, Filter};
use crate::domain::impact::{Trial, plan_license_change};
use crate::domain::license::{License, LicenseChangeError, Scope};
use crate::domain::time::Zone;
use crate::domain::window::Window;
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::impact::Trying;
use super::super::library::{Court, Mode};
use super::super::words::said;
use super::add::Terms;
use super::find_license;
use super::scope::refuse_contradiction;

/// Show what other terms of a license do to assets, and record them with --apply
///
/// What is not named stays as it is; a list of territories or placements, allowed or excluded, takes
/// the place of the one before. An end that lies ahead can be moved; one that has passed stays,
/// because a later one would make usable again what ended with it: add the new right as a license
/// of its own. --revoked ends the right at once.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// Its name, such as stock-4815
    #[arg(value_name = "KEY")]
    key: String,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,

    #[command(flatten)]
    terms: Terms,

    /// The holder took the right back: yesterday was its last day
    #[arg(long, conflicts_with_all = ["starts_on", "ends_on", "perpetual"])]
    revoked: bool,

    /// Something that is not known after all; may be repeated
    #[arg(long, value_name = "FIELD", value_enum)]
    forget: Vec<Field>,

    /// Record the change
    #[arg(long)]
    apply: bool,
}

/// What of a license can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Field {
    Holder,
    Document,
    Note,
    StartsOn,
    EndsOn,
    Territories,
    Placements,
    ExcludedTerritories,
    ExcludedPlacements,
    Credit,
    Review,
}

/// What to do about a change that contradicts terms which it does not name.
const STAYS: &str =
    "what is not named stays: name the other list anew, or take it back with --forget";

pub(super) fn run(args: &ChangeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::only_with_apply(args.apply);
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let read = find_license(catalog, &args.key)?;
        let zone = ctx.zone(read.zone.as_deref())?;
        let changed = args.changed(ctx, &read, &zone)?;
        if changed == read {
            return Err(Error::usage("nothing of it is to change: name what is"));
        }
        refuse_contradiction(&changed, STAYS)?;
        let trial = plan_license_change(&court.world, &read, &changed, ctx.now)
            .map_err(|error| refused(&error))?;
        let felt = zone.show(trial.felt_at, ctx.now);
        ctx.report.text(format!("standings without and with the change, at {felt}:"));
        show(ctx, (catalog, &court), (&read, &changed), &trial)?;
        if mode == Mode::Real {
            catalog.change_license(&read, &changed, &args.reason)?;
        }
        let what =
            format!("{} of license {}: {}", in_words(&read, &changed), read.key, args.reason);
        ctx.report.say(&Item::Edit { subject: None, what });
        Ok(())
    })
}

/// Shows every asset that has the license, with what it may be used for no more.
fn show(
    ctx: &mut Context<'_>,
    (catalog, court): (&Catalog, &Court),
    (read, changed): (&License, &License),
    trial: &Trial<'_>,
) -> Result<(), Error> {
    let has_scope = read.placements != changed.placements
        || read.territories != changed.territories
        || read.excluded != changed.excluded;
    let trying = Trying {
        depending: Filter { license: Some(read.id), ..Filter::default() },
        trial,
        more: &|row, _| {
            if !has_scope {
                return Ok(None);
            }
            let placements = catalog.dossier_of(row.clone())?.metadata.placements;
            let lost = read.uses_lost(changed, &placements, court.policy().territories.iter());
            Ok((!lost.is_empty()).then(|| format!("not covered any more: {}", lost.join(", "))))
        },
    };
    trying.show(ctx, (catalog, court))
}

impl ChangeArgs {
    fn changed(&self, ctx: &Context<'_>, read: &License, zone: &Zone) -> Result<License, Error> {
        let mut changed = read.clone();
        for field in &self.forget {
            field.clear(&mut changed);
        }
        let terms = &self.terms;
        let window = self.window(ctx, &changed, zone)?;
        changed.perpetual =
            !self.revoked && window.ends_on.is_none() && (terms.perpetual || changed.perpetual);
        (changed.starts_on, changed.starts_at) = (window.starts_on, window.starts_at);
        (changed.ends_on, changed.ends_at) = (window.ends_on, window.ends_at);
        for (field, told) in [
            (&mut changed.holder, &terms.holder),
            (&mut changed.document, &terms.document),
            (&mut changed.note, &terms.note),
            (&mut changed.credit, &terms.credit),
            (&mut changed.reviewed_by, &terms.reviewed_by),
        ] {
            if told.is_some() {
                field.clone_from(told);
            }
        }
        if terms.reviewed_by.is_some() {
            changed.reviewed_on = terms.reviewed_on(ctx, zone)?;
        }
        terms.scope.put_into(&mut changed);
        Ok(changed)
    }

    fn window(&self, ctx: &Context<'_>, read: &License, zone: &Zone) -> Result<Window, Error> {
        let before = Window {
            starts_on: read.starts_on,
            ends_on: read.ends_on.filter(|_| !self.terms.perpetual),
            starts_at: read.starts_at,
            ends_at: read.ends_at.filter(|_| !self.terms.perpetual),
        };
        if !self.revoked {
            return self.terms.days.window(ctx, before, zone);
        }
        let yesterday = zone.date_at(ctx.now).day_before();
        let last = read.ends_on.into_iter().chain(yesterday).min();
        let starts_on = read.starts_on.filter(|first| Some(*first) <= last);
        Window::new(starts_on, last, zone).map_err(|error| Error::usage(error.to_string()))
    }
}

impl Field {
    fn clear(self, license: &mut License) {
        match self {
            Self::Holder => license.holder = None,
            Self::Document => license.document = None,
            Self::Note => license.note = None,
            Self::StartsOn => (license.starts_on, license.starts_at) = (None, None),
            Self::EndsOn => {
                (license.ends_on, license.ends_at, license.perpetual) = (None, None, false);
            }
            Self::Territories => license.territories = Scope::Unknown,
            Self::Placements => license.placements = Scope::Unknown,
            Self::ExcludedTerritories => license.excluded.territories.clear(),
            Self::ExcludedPlacements => license.excluded.placements.clear(),
            Self::Credit => license.credit = None,
            Self::Review => (license.reviewed_by, license.reviewed_on) = (None, None),
        }
    }
}

/// Which terms change.
fn in_words(read: &License, changed: &License) -> String {
    let until = |license: &License| match (license.ends_on, license.perpetual) {
        (Some(last), _) => format!("through {last}"),
        (None, true) => "without end".to_owned(),
        (None, false) => "with an end that is unknown".to_owned(),
    };
    let terms = [
        (read.starts_on != changed.starts_on, "the first day".to_owned()),
        (until(read) != until(changed), format!("the end, now {},", until(changed))),
        (read.territories != changed.territories, "the territories".to_owned()),
        (read.placements != changed.placements, "the placements".to_owned()),
        (
            read.excluded.territories != changed.excluded.territories,
            "the excluded territories".to_owned(),
        ),
        (
            read.excluded.placements != changed.excluded.placements,
            "the excluded placements".to_owned(),
        ),
        (read.holder != changed.holder, "the holder".to_owned()),
        (read.document != changed.document, "the document".to_owned()),
        (read.note != changed.note, "the note".to_owned()),
        (read.credit != changed.credit, "the credit line".to_owned()),
        (read.reviewed_by != changed.reviewed_by, "the review".to_owned()),
        (
            read.reviewed_by == changed.reviewed_by && read.reviewed_on != changed.reviewed_on,
            "the day of the review".to_owned(),
        ),
    ];
    let told = terms.into_iter().filter_map(|(is_other, what)| is_other.then_some(what));
    told.collect::<Vec<_>>().join(", ")
}

fn refused(error: &LicenseChangeError) -> Error {
    let hint = "add the new right with `shelflife license add`, describe the assets with it, and renew \
                what still fits";
    Error::Usage { message: error.to_string(), hint: Some(hint.to_owned()) }
}
