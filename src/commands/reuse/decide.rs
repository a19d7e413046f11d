//! `reuse decide`: what a person answers to the questions that the record leaves open.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::metadata::Metadata;
use crate::domain::reuse::{
    Basis, Candidate, Question, ReuseDecision, Ruling, Use, check_decided_reuse, check_reuse,
    weigh_rulings,
};
use crate::domain::time::{CivilDate, Timestamp};
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::library::{Court, Mode, find_asset, subject};
use super::super::words::{placement, said};
use super::check::tell;
use super::{UseArgs, candidate, territory_in_words};

/// Answer what `reuse check` asks about a use
///
/// Only a person can, and only a question that is not answered no. A yes can be answered no. The
/// answers count for uses at the same placement, in the same territory, for the same campaign and
/// within the same days, until the last day of the decision. They lapse before that when the bytes,
/// the state or the description of the asset, a revision of a context or the terms of a license
/// change. A later answer takes the place of an earlier one.
#[derive(Debug, clap::Args)]
pub(super) struct DecideArgs {
    /// The asset: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    asset: String,

    /// Where it is to be used, such as homepage-hero
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: String,

    #[command(flatten)]
    wanted: UseArgs,

    /// Last day of the use, which still belongs to it [default: the decision's]
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// A question and its answer, such as license=yes or brand-fit=no; may be repeated. Questions are
    /// product-accuracy, campaign-context, brand-fit, license and claims-and-offers
    #[arg(long = "answer", value_name = "QUESTION=yes|no", required = true, value_parser = answer)]
    answers: Vec<(Question, Ruling)>,

    /// What the answers are founded on; every check tells it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    note: String,

    /// Last day of the decision, such as 2026-12-31 or +2w
    #[arg(long, value_name = "DATE", required = true)]
    until: String,

    /// Show what would be decided and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// The days of a decision, in the zone of the asset's dates.
#[derive(Clone, Copy)]
struct Days {
    today: CivilDate,
    last: CivilDate,
    /// First instant after the last day.
    end: Timestamp,
}

pub(super) fn run(args: &DecideArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let rulings = args.rulings()?;
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let row = find_asset(ctx, catalog, &args.asset)?;
        let metadata = catalog.metadata_of(row.asset.id)?;
        let days = args.days(ctx, &court, (&row, &metadata))?;
        if let Some(why) = refusal(ctx, days) {
            refuse(ctx, &row, why);
            return Ok(());
        }
        let scope = args.scope(ctx, days)?;
        let candidate = candidate(&row, &metadata, &court);
        let known = catalog.reuse_decisions_of(row.asset.id)?;
        let decision = ReuseDecision {
            by: ctx.actor.name().to_owned(),
            on: days.today,
            basis: Basis::of(&candidate, &scope),
            scope,
            rulings,
            note: args.note.clone(),
            ends_on: days.last,
            ends_at: days.end,
        };
        match weigh(ctx, (&row, &candidate), &known, decision) {
            Some(decision) => record(ctx, (catalog, mode), (&row, &candidate), (known, decision)),
            None => Ok(()),
        }
    })
}

/// Why nothing can be decided, whatever is answered.
fn refusal(ctx: &Context<'_>, days: Days) -> Option<String> {
    if ctx.actor.authority() == Authority::Automation {
        return Some("only a person may decide about a use".to_owned());
    }
    let over = days.end <= ctx.now;
    over.then(|| format!("a decision until {} would be over already", days.last))
}

fn refuse(ctx: &mut Context<'_>, row: &FactsRow, why: String) {
    ctx.report.say(&Item::Refusal { subject: subject(&row.asset), action: "decide", why });
}

/// The decision with what is to be recorded of it, if nothing of it is refused and something is
/// new. What is refused or known already is told.
fn weigh(
    ctx: &mut Context<'_>,
    (row, candidate): (&FactsRow, &Candidate<'_>),
    known: &[ReuseDecision],
    decision: ReuseDecision,
) -> Option<ReuseDecision> {
    let recorded = check_reuse(candidate, &decision.scope);
    let decided = check_decided_reuse(candidate, &decision.scope, known, ctx.now);
    let weighed = weigh_rulings(&recorded, &decided, &decision.rulings);
    if !weighed.refused.is_empty() {
        for why in weighed.refused {
            refuse(ctx, row, why);
        }
        return None;
    }
    for (question, because) in weighed.known {
        let because = format!("{} is yes without a decision: {because}", question.name());
        ctx.report.say(&Item::Kept { subject: subject(&row.asset), because });
    }
    let rulings = weighed.rulings;
    (!rulings.is_empty()).then_some(ReuseDecision { rulings, ..decision })
}

/// Records the decision, and tells what the answer is with it.
fn record(
    ctx: &mut Context<'_>,
    (catalog, mode): (&mut Catalog, Mode),
    (row, candidate): (&FactsRow, &Candidate<'_>),
    (mut known, decision): (Vec<ReuseDecision>, ReuseDecision),
) -> Result<(), Error> {
    if mode == Mode::Real {
        catalog.record_reuse_decision(row.asset.id, row.asset.version, &decision)?;
    }
    let (what, scope) = (in_words(&decision), decision.scope.clone());
    known.push(decision);
    let verdict = check_decided_reuse(candidate, &scope, &known, ctx.now);
    ctx.report.say(&Item::Edit { subject: Some(subject(&row.asset)), what });
    tell(ctx, &row.asset, (&scope, &verdict));
    Ok(())
}

fn in_words(decision: &ReuseDecision) -> String {
    let ReuseDecision { scope, ends_on, note, .. } = decision;
    let campaign = scope.campaign.as_ref().map(ToString::to_string);
    let place = [Some(scope.placement.clone()), campaign, territory_in_words(&scope.territory)];
    let place: Vec<_> = place.into_iter().flatten().collect();
    let answers = decision.rulings.iter();
    let answers =
        answers.map(|(question, ruling)| format!("{} {}", question.name(), ruling.name()));
    let answers: Vec<_> = answers.collect();
    let (place, answers) = (place.join(", "), answers.join(", "));
    format!("decided for {place} until {ends_on}: {answers}: {note}")
}

impl DecideArgs {
    /// The answers, each question once.
    fn rulings(&self) -> Result<BTreeMap<Question, Ruling>, Error> {
        let rulings: BTreeMap<_, _> = self.answers.iter().copied().collect();
        if rulings.len() < self.answers.len() {
            return Err(Error::usage("a question is answered more than once"));
        }
        Ok(rulings)
    }

    fn days(
        &self,
        ctx: &Context<'_>,
        court: &Court,
        (row, metadata): (&FactsRow, &Metadata),
    ) -> Result<Days, Error> {
        let contexts: Vec<_> = row.facts.contexts.iter().map(|link| link.context).collect();
        let zone = court.zone_of(metadata, &contexts)?;
        let last = ctx.day(&self.until, &zone)?;
        Ok(Days { today: zone.date_at(ctx.now), last, end: zone.cutoff(last) })
    }

    /// The use that is decided about: through the last day of the decision, or a shorter one.
    fn scope(&self, ctx: &mut Context<'_>, days: Days) -> Result<Use, Error> {
        let last = days.end.before();
        let mut scope = self.wanted.wanted(ctx, &self.placement, self.to.as_deref())?;
        if self.to.is_none() {
            scope.until = last;
        }
        if scope.until < scope.from || last < scope.until {
            let (from, until) = (scope.from, scope.until.max(scope.from));
            return Err(Error::usage(format!(
                "the use from {from} to {until} outlasts the decision, which ends with {}",
                days.last
            )));
        }
        Ok(scope)
    }
}

/// A question by its name, with blanks or dashes, and its answer.
fn answer(text: &str) -> Result<(Question, Ruling), String> {
    let (name, ruling) = text.split_once('=').ok_or("not an answer (such as license=yes)")?;
    let question = Question::named(&name.replace('-', " ")).ok_or_else(|| {
        let names = Question::ALL.map(|question| question.name().replace(' ', "-"));
        format!("`{name}` is not a question ({})", names.join(", "))
    })?;
    let ruling =
        Ruling::named(ruling).ok_or_else(|| format!("`{ruling}` is neither yes nor no"))?;
    Ok((question, ruling))
}
