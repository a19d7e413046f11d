//! Where assets are used, for the commands that ask: selections, `show`, plans.

use crate::catalog::{Catalog, Filter, FoundReference};
use crate::domain::asset::AssetId;
use crate::domain::reference::{Area, Horizon, Verdict, horizon_of, verdict_of};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::report::Value;

use super::Context;
use super::library::Court;

/// The most places that one asset's sheet lists.
const MAX_SHOWN: u32 = 50;
/// The most holders that a line of a plan names.
const MAX_NAMED: usize = 3;

/// Conditions on where an asset is used, by what `references read` took up.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(multiple = false)]
pub(super) struct UsageArgs {
    /// Assets that are used somewhere
    #[arg(long)]
    used: bool,

    /// Assets that were found nowhere by sources that see enough together
    #[arg(long)]
    unused: bool,

    /// Assets that were found nowhere by sources that don't see enough
    #[arg(long)]
    unknown: bool,
}

impl UsageArgs {
    pub(super) fn is_given(self) -> bool {
        self.used || self.unused || self.unknown
    }

    /// The filter with the condition in it.
    pub(super) fn narrow(
        self,
        filter: Filter,
        (catalog, court): (&Catalog, &Court),
        now: Timestamp,
    ) -> Result<Filter, Error> {
        if !self.is_given() {
            return Ok(filter);
        }
        // What was found nowhere is unused or unknown: all of it alike, for the sources are.
        let horizon = horizon(catalog, court, now)?;
        let is_possible = self.used || self.unused == horizon.is_enough();
        // No asset has a number below 1.
        let until = if is_possible { filter.until } else { Some(AssetId(0)) };
        // Without a source there is nothing to look up for each asset.
        let is_used = (self.used || !horizon.has_no_source()).then_some(self.used);
        Ok(Filter { is_used, until, ..filter })
    }

    /// Says what the answer rests on.
    pub(super) fn say(
        self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
    ) -> Result<(), Error> {
        if !self.unused && !self.unknown {
            return Ok(());
        }
        let horizon = horizon(catalog, court, ctx.now)?;
        let sources = catalog.reference_sources()?;
        let counting = sources.iter().filter(|source| horizon.sources.contains(&source.name));
        let named: Vec<_> = counting
            .map(|source| format!("{} (made {})", source.name, source.made.relative_to(ctx.now)))
            .collect();
        let sources = if named.is_empty() { "nothing".to_owned() } else { named.join(", ") };
        ctx.report.text(format!("looked into: {sources}"));
        for line in limits(&horizon) {
            ctx.report.text(line);
        }
        Ok(())
    }
}

/// How far the sources of the catalog see.
pub(super) fn horizon(catalog: &Catalog, court: &Court, now: Timestamp) -> Result<Horizon, Error> {
    Ok(horizon_of(&catalog.reference_sources()?, now, court.policy().reference_days))
}

/// What an answer cannot rest on, for people.
pub(super) fn limits(horizon: &Horizon) -> Vec<String> {
    let words =
        |areas: &[Area]| areas.iter().map(|area| area.words()).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    if !horizon.missing.is_empty() {
        let missing = words(&horizon.missing);
        lines.push(format!(
            "nothing can be said to be unused before this is looked into: {missing}"
        ));
    } else if !horizon.is_enough() {
        lines.push("nothing can be said to be unused from one source alone".to_owned());
    }
    if horizon.missing.is_empty() && !horizon.not_looked_at.is_empty() {
        lines.push(format!("not looked into: {}", words(&horizon.not_looked_at)));
    }
    lines
}

/// Whether and where an asset is used: the verdict for plans, and the places for people.
pub(super) fn usage_of(
    catalog: &Catalog,
    horizon: &Horizon,
    asset: AssetId,
) -> Result<(Verdict, Vec<FoundReference>), Error> {
    let places = catalog.references_to(asset, MAX_SHOWN)?;
    let statuses = catalog.uses_of(asset)?;
    Ok((verdict_of(statuses, horizon), places))
}

/// Whether an asset is used, and where in one line of a plan; `None` if no source was ever read.
pub(super) fn usage_in_words(
    catalog: &Catalog,
    horizon: &Horizon,
    asset: AssetId,
) -> Result<Option<(Verdict, String)>, Error> {
    if horizon.has_no_source() {
        return Ok(None);
    }
    let (verdict, places) = usage_of(catalog, horizon, asset)?;
    let words = match &verdict {
        Verdict::Used(_) => format!("used by {}", holders(&places)),
        Verdict::NotFound { sources, .. } => format!("not found in {}", sources.join(", ")),
        Verdict::Unknown { .. } => "whether it is used is unknown".to_owned(),
    };
    Ok(Some((verdict, words)))
}

/// The holders of some references, each once, the first of them by name: those that people see
/// before all.
fn holders(places: &[FoundReference]) -> String {
    let mut named: Vec<String> = Vec::new();
    let (seen, others): (Vec<_>, Vec<_>) =
        places.iter().partition(|found| found.reference.holder.status.is_in_sight());
    for FoundReference { reference, .. } in seen.into_iter().chain(others) {
        let holder = &reference.holder;
        let name = format!("{} {} ({})", holder.kind, holder.id, holder.status.name());
        if !named.contains(&name) {
            named.push(name);
        }
    }
    let more = named.len().saturating_sub(MAX_NAMED);
    named.truncate(MAX_NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

/// The field `references` of a sheet.
pub(super) fn usage_field((verdict, places): (Verdict, Vec<FoundReference>)) -> Value {
    let mut fields: Vec<(&'static str, Value)> = vec![("verdict", verdict.name().into())];
    match verdict {
        Verdict::Used(_) => {
            let places: Vec<_> = places.into_iter().map(place).collect();
            fields.push(("places", Value::List(places)));
        }
        Verdict::NotFound { sources, not_looked_at: areas }
        | Verdict::Unknown { sources, missing: areas } => {
            let areas: Vec<_> = areas.iter().map(|area| area.name()).collect();
            fields.push(("sources", sources.into()));
            fields.push(("not_looked_into", areas.into()));
        }
    }
    Value::Record(fields)
}

fn place(found: FoundReference) -> Value {
    let FoundReference { source, reference } = found;
    let holder = reference.holder;
    Value::Record(vec![
        ("holder", format!("{} {}", holder.kind, holder.id).trim().into()),
        ("title", holder.label.into()),
        ("status", holder.status.name().into()),
        ("means", reference.means.name().into()),
        ("detail", reference.detail.into()),
        ("source", source.into()),
    ])
}
