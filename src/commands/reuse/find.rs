//! `reuse find`: searches only among what may be used.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::catalog::{Catalog, CatalogError, FactsRow, Filter};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::Verdict;
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
/// notes, in any language; accents don't matter. The best match comes first. What matches and may
/// not be used is only counted, by its standing.
///
/// With a placement, each asset is asked about as `reuse check` does: what is not for that use is
/// only counted too, and what may be used without a question comes before what has to be asked for.
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
}

/// What matches, by number, and what of it may not be used, by why.
#[derive(Default)]
struct Matches {
    /// Ascending.
    usable: Vec<(AssetId, Answer)>,
    refused: BTreeMap<&'static str, u64>,
}

pub(super) fn run(args: &FindArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = match &args.placement {
        Some(placement) => Some(args.wanted.wanted(ctx, placement, args.last.to.as_deref())?),
        None if args.wanted.is_empty() && args.last.to.is_none() => None,
        None => return Err(Error::usage("say where it is to be used, with --placement")),
    };
    let words = args.words.join(" ");
    let matches = judge_all(ctx, (&catalog, &court), &words, wanted.as_ref())?;
    for id in matches.best(&catalog, &words, args.limit)? {
        let Some(row) = catalog.facts_of(id)? else { continue };
        let answer = wanted.as_ref().and_then(|_| matches.answer(id));
        let fields = fields(&catalog, &court, ctx, (&row, answer))?;
        ctx.report.row("asset", fields);
    }
    matches.tell(args.limit, ctx);
    Ok(())
}

/// Judges everything that matches, in one pass by number and flat memory.
fn judge_all(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    words: &str,
    wanted: Option<&Use>,
) -> Result<Matches, Error> {
    let mut matches = Matches::default();
    catalog.visit_facts(&Filter::with_words(words), |row| {
        ctx.stop_if_interrupted()?;
        let verdict = court.judge(&row, ctx);
        let answer = answer_for(catalog, court, (&row, &verdict), (wanted, ctx.now))?;
        match answer {
            None => *matches.refused.entry(verdict.standing.name()).or_default() += 1,
            Some(Answer::No) => *matches.refused.entry("not for this use").or_default() += 1,
            Some(answer) => matches.usable.push((row.asset.id, answer)),
        }
        Ok::<_, Error>(())
    })?;
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
    fn answer(&self, id: AssetId) -> Option<Answer> {
        let at = self.usable.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.usable.get(at).map(|(_, answer)| *answer)
    }

    /// The best matches, those with a yes before those with a question.
    fn best(&self, catalog: &Catalog, words: &str, limit: usize) -> Result<Vec<AssetId>, Error> {
        let (mut yes, mut ask) = (Vec::new(), Vec::new());
        catalog.visit_matches(words, |id| {
            match self.answer(id) {
                Some(Answer::Yes) if yes.len() < limit => yes.push(id),
                Some(Answer::Ask) if ask.len() < limit => ask.push(id),
                _ => {}
            }
            let enough = yes.len() >= limit || yes.len() + ask.len() >= self.usable.len();
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        yes.extend(ask);
        yes.truncate(limit);
        Ok(yes)
    }

    /// Says what was not listed.
    fn tell(&self, limit: usize, ctx: &mut Context<'_>) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let more = self.usable.len().saturating_sub(limit);
        if more > 0 {
            ctx.report.text(format!("{more} more match and may be used: see them with --limit"));
        }
        ctx.report.figure("usable", count(self.usable.len()));
        for (why, number) in &self.refused {
            ctx.report.figure(why, *number);
        }
        if !self.refused.is_empty() {
            let refused = self.refused.iter().map(|(why, number)| format!("{number} {why}"));
            let refused: Vec<_> = refused.collect();
            ctx.report.text(format!("match but may not be used: {}", refused.join(", ")));
        }
    }
}

fn fields(
    catalog: &Catalog,
    court: &Court,
    ctx: &Context<'_>,
    (row, answer): (&FactsRow, Option<Answer>),
) -> Result<Vec<(&'static str, Value)>, CatalogError> {
    let mut alt = catalog.metadata_of(row.asset.id)?.alt;
    let text = alt.remove(&court.policy().locale).or_else(|| alt.into_values().next());
    Ok(vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("standing", court.judge(row, ctx).standing.name().into()),
        ("answer", answer.map(Answer::name).into()),
        ("alt", text.into()),
    ])
}
