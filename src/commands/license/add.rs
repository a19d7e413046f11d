//! `license add`: a new record of rights.

use crate::catalog::{CatalogError, NewLicense};
use crate::domain::license::{Exclusions, License, Scope};
use crate::domain::text::is_name;
use crate::domain::time::{CivilDate, Zone};
use crate::domain::window::Window;
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::days::Days;
use super::super::library::Mode;
use super::super::words::said;
use super::scope::{ScopeArgs, refuse_contradiction};

/// Add a license
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Its name, such as stock-4815
    #[arg(value_name = "KEY", value_parser = key)]
    key: String,

    #[command(flatten)]
    terms: Terms,

    /// Time zone of its days, such as Europe/Berlin [default: the site's]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,

    /// Show what would be recorded and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// What a license says.
#[derive(Debug, clap::Args)]
pub(super) struct Terms {
    /// Who grants the right
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub(super) holder: Option<String>,

    /// The document or address that proves it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub(super) document: Option<String>,

    /// What else to know about it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub(super) note: Option<String>,

    #[command(flatten)]
    pub(super) days: Days,

    /// The right has no end by its own terms
    #[arg(long, conflicts_with = "ends_on")]
    pub(super) perpetual: bool,

    #[command(flatten)]
    pub(super) scope: ScopeArgs,

    /// The credit line that must stand beside the picture
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub(super) credit: Option<String>,

    /// Who has reviewed the rights
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub(super) reviewed_by: Option<String>,

    /// The day of the review
    #[arg(long, value_name = "DATE", requires = "reviewed_by")]
    reviewed_on: Option<String>,
}

pub(super) fn run(args: &AddArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let zone = ctx.zone(args.time_zone.as_deref())?;
    let new = license(args, ctx, &zone)?;
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        if catalog.license(&new.key)?.is_some() {
            return Err(CatalogError::Exists { what: "license", key: new.key }.into());
        }
        let unknown = unknown(&new);
        let what = format!("license {}", new.key);
        if mode == Mode::Real {
            catalog.add_license(&NewLicense(new))?;
        }
        ctx.report.say(&Item::Edit { subject: None, what });
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            ctx.report
                .text(format!("not recorded, so that a reuse has to be asked for: {unknown}"));
        }
        Ok(())
    })
}

fn license(args: &AddArgs, ctx: &Context<'_>, zone: &Zone) -> Result<License, Error> {
    let terms = &args.terms;
    let window = terms.days.window(ctx, Window::default(), zone)?;
    let reviewed_on = terms.reviewed_on(ctx, zone)?;
    let mut license = License {
        id: 0,
        key: args.key.clone(),
        version: 1,
        holder: terms.holder.clone(),
        document: terms.document.clone(),
        note: terms.note.clone(),
        zone: args.time_zone.as_ref().map(|_| zone.name().to_owned()),
        starts_on: window.starts_on,
        ends_on: window.ends_on,
        starts_at: window.starts_at,
        ends_at: window.ends_at,
        perpetual: terms.perpetual,
        territories: Scope::Unknown,
        placements: Scope::Unknown,
        excluded: Exclusions::default(),
        credit: terms.credit.clone(),
        reviewed_by: terms.reviewed_by.clone(),
        reviewed_on,
    };
    terms.scope.put_into(&mut license);
    refuse_contradiction(&license, "name it once, as allowed or as excluded")?;
    Ok(license)
}

impl Terms {
    /// The day of the review, which is not yet to come.
    pub(super) fn reviewed_on(
        &self,
        ctx: &Context<'_>,
        zone: &Zone,
    ) -> Result<Option<CivilDate>, Error> {
        let day = self.reviewed_on.as_deref().map(|text| ctx.day(text, zone)).transpose()?;
        match day.filter(|day| zone.date_at(ctx.now) < *day) {
            Some(day) => Err(Error::usage(format!("a review on {day} is yet to come"))),
            None => Ok(day),
        }
    }
}

/// What a reuse would have to ask about, because the record does not say it.
fn unknown(license: &License) -> Vec<&'static str> {
    let endless = license.ends_on.is_none() && !license.perpetual;
    [
        (endless, "its end"),
        (license.territories == Scope::Unknown, "its territories"),
        (license.placements == Scope::Unknown, "its placements"),
        (license.reviewed_by.is_none(), "who reviewed it"),
    ]
    .into_iter()
    .filter_map(|(missing, what)| missing.then_some(what))
    .collect()
}

fn key(text: &str) -> Result<String, String> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    Err("not a license's name (letters and digits of any script, `-`, `_` and `.`)".to_owned())
}
