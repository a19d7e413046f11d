//! `reuse find`: searches only among what may be used.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::catalog::{Catalog, CatalogError, FactsRow, MatchOrder, MatchedBy};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Standing, Verdict};
use crate::domain::reuse::{Answer, Use, check_decided_reuse};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::library::Court;
use super::super::words::placement;
use super::{LastDay, UseArgs, candidate};

/// Search among the assets that may be used now
///
/// Looks for all the words, or beginnings of words, in names, titles, alternative texts and source
/// notes, in any language; accents don't matter. What has the words as they are comes before what has
/// them as beginnings, and the newest first. What matches and may not be used is only counted, by its
/// standing.
///
/// With a placement, each asset is asked about as `reuse check` does: what is not for that use is
/// only counted too, and what may be used without a question comes before what has to be asked for.
///
/// Where more than 500 match, 500 are looked at, and further until enough may be used; the counts are
/// of these, and what was not looked at is said. `--all` looks at every one, and puts the best match
/// first.
#[derive(Debug, clap::Args)]
pub(super) struct FindArgs {
    /// What to look for
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,

    /// Where it is to be used, such as homepage-hero
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: Option<String>,

    #[command(flatten)]
    wanted: UseArgs,

    #[command(flatten)]
    last: LastDay,

    /// At most so many assets
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: usize,

    /// Look at everything that matches, however much it is
    #[arg(long)]
    all: bool,
}

/// So many matches are judged at least; where more match, until enough may be used. Judging 100,000
/// takes two seconds, and ranking them a fifth of one.
const FEW: usize = 500;

/// What was found, and what of it may not be used, by why.
#[derive(Default)]
struct Matches {
    /// At most as many as are to be listed: what may be used, and what has to be asked for.
    yes: Vec<Usable>,
    ask: Vec<Usable>,
    usable: usize,
    refused: BTreeMap<&'static str, u64>,
    looked_at: usize,
    rest: Option<Rest>,
}

/// What was not looked at, because enough may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// More that matches.
    Matches,
    /// Whatever has the words as beginnings only: to search for that reads all that begins so.
    Beginnings,
}

struct Usable {
    row: FactsRow,
    standing: Standing,
    /// Nothing where no use is in mind.
    answer: Option<Answer>,
}

pub(super) fn run(args: &FindArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = match &args.placement {
        Some(placement) => Some(args.wanted.wanted(ctx, placement, args.last.to.as_deref())?),
        None if args.wanted.is_empty() && args.last.to.is_none() => None,
        None => return Err(Error::usage("say where it is to be used, with --placement")),
    };
    let matches = search(args, ctx, (&catalog, &court), wanted.as_ref())?;
    for found in matches.yes.iter().chain(&matches.ask).take(args.limit) {
        ctx.report.row("asset", fields(&catalog, &court, found)?);
    }
    matches.tell(args.limit, ctx);
    Ok(())
}

/// Looks at what matches: what has the words as they are, then what has them as beginnings, the newest
/// first, until enough of it may be used. With `--all` at everything, the best first.
fn search(
    args: &FindArgs,
    ctx: &Context<'_>,
    bench: (&Catalog, &Court),
    wanted: Option<&Use>,
) -> Result<Matches, Error> {
    let (words, catalog) = (args.words.join(" "), bench.0);
    let mut matches = Matches::default();
    if args.all {
        let best = (MatchedBy::Beginnings, MatchOrder::Best);
        catalog.visit_matches(&words, best, |id| {
            matches.look_at(id, ctx, bench, (wanted, args.limit))?;
            Ok::<_, Error>(ControlFlow::Continue(()))
        })?;
        return Ok(matches);
    }
    let mut seen = BTreeSet::new();
    for by in [MatchedBy::WholeWords, MatchedBy::Beginnings] {
        if matches.are_enough(args.limit) {
            matches.rest.get_or_insert(Rest::Beginnings);
            break;
        }
        catalog.visit_matches(&words, (by, MatchOrder::Newest), |id| {
            if seen.contains(&id) {
                return Ok(ControlFlow::Continue(()));
            }
            if matches.are_enough(args.limit) {
                matches.rest = Some(Rest::Matches);
                return Ok(ControlFlow::Break(()));
            }
            seen.insert(id);
            matches.look_at(id, ctx, bench, (wanted, args.limit))?;
            Ok::<_, Error>(ControlFlow::Continue(()))
        })?;
    }
    Ok(matches)
}

/// The answer for the use, or a yes where none is in mind; `None` if the asset may not be used.
fn answer_for(
    catalog: &Catalog,
    court: &Court,
    (row, verdict): (&FactsRow, &Verdict),
    (wanted, now): (Option<&Use>, Timestamp),
) -> Result<Option<Answer>, CatalogError> {
    if !verdict.standing.may_be_used() {
        return Ok(None);
    }
    let Some(wanted) = wanted else { return Ok(Some(Answer::Yes)) };
    let metadata = catalog.metadata_of(row.asset.id)?;
    let candidate = candidate(row, &metadata, court);
    let decisions = catalog.reuse_decisions_of(row.asset.id)?;
    Ok(Some(check_decided_reuse(&candidate, wanted, &decisions, now).answer))
}

impl Matches {
    /// Whether nothing more is to be looked at.
    fn are_enough(&self, limit: usize) -> bool {
        self.looked_at >= FEW && self.usable >= limit
    }

    /// Judges an asset for the use that is wanted, if one is.
    fn look_at(
        &mut self,
        id: AssetId,
        ctx: &Context<'_>,
        (catalog, court): (&Catalog, &Court),
        (wanted, limit): (Option<&Use>, usize),
    ) -> Result<(), Error> {
        ctx.stop_if_interrupted()?;
        let Some(row) = catalog.facts_of(id)? else { return Ok(()) };
        let verdict = court.judge(&row, ctx);
        let answer = answer_for(catalog, court, (&row, &verdict), (wanted, ctx.now))?;
        self.add(row, verdict.standing, (answer, wanted.is_some()), limit);
        Ok(())
    }

    /// Counts an asset, and keeps it if it is among the first `limit` of its answer.
    fn add(
        &mut self,
        row: FactsRow,
        standing: Standing,
        (answer, asked): (Option<Answer>, bool),
        limit: usize,
    ) {
        self.looked_at += 1;
        let kept = match answer {
            None => return *self.refused.entry(standing.name()).or_default() += 1,
            Some(Answer::No) => {
                return *self.refused.entry("not for this use").or_default() += 1;
            }
            Some(Answer::Yes) => &mut self.yes,
            Some(Answer::Ask) => &mut self.ask,
        };
        self.usable += 1;
        if kept.len() < limit {
            kept.push(Usable { row, standing, answer: answer.filter(|_| asked) });
        }
    }

    /// Says what was not listed, and what was not looked at.
    fn tell(&self, limit: usize, ctx: &mut Context<'_>) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let more = self.usable.saturating_sub(limit);
        if more > 0 {
            ctx.report.text(format!("{more} more match and may be used: see them with --limit"));
        }
        ctx.report.figure("usable", count(self.usable));
        for (why, number) in &self.refused {
            ctx.report.figure(why, *number);
        }
        if !self.refused.is_empty() {
            let refused = self.refused.iter().map(|(why, number)| format!("{number} {why}"));
            let refused: Vec<_> = refused.collect();
            ctx.report.text(format!("match but may not be used: {}", refused.join(", ")));
        }
        let Some(rest) = self.rest else { return };
        ctx.report.figure("looked at", count(self.looked_at));
        let what = match rest {
            Rest::Matches => {
                format!("more than {FEW} match: only {} were looked at, the newest", self.looked_at)
            }
            Rest::Beginnings => {
                format!(
                    "{} have the words as they are: beginnings were not looked at",
                    self.looked_at
                )
            }
        };
        ctx.report.text(format!("{what}; say more words, or look at all with --all"));
    }
}

fn fields(
    catalog: &Catalog,
    court: &Court,
    found: &Usable,
) -> Result<Vec<(&'static str, Value)>, CatalogError> {
    let mut alt = catalog.metadata_of(found.row.asset.id)?.alt;
    let text = alt.remove(&court.policy().locale).or_else(|| alt.into_values().next());
    Ok(vec![
        ("id", found.row.asset.id.0.into()),
        ("path", found.row.asset.path.to_string().into()),
        ("standing", found.standing.name().into()),
        ("answer", found.answer.map(Answer::name).into()),
        ("alt", text.into()),
    ])
}
