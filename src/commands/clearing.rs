//! What an asset has to pass before it is approved or renewed.

use crate::catalog::Dossier;
use crate::domain::actor::Signer;
use crate::domain::approver::check_approver;
use crate::domain::asset::Look;
use crate::domain::gate::gate;
use crate::domain::lifecycle::{Cause, Facts, Standing, State, Verdict};
use crate::domain::review::{Question, Reply, Review, reply};
use crate::domain::text::counted;
use crate::error::Error;
use crate::report::{Found, Item};

use super::Context;
use super::decide::{Bench, Step};
use super::dossier::Brief;
use super::eyes::Eyes;
use super::library::{Court, subject};
use super::naming::name_as_published;

/// The review that an approval or a renewal answers for.
#[derive(Debug, clap::Args)]
pub(super) struct ReviewArgs {
    /// What the review says to a question (quality, rights, product-accuracy, brand-fit or
    /// placement): pass, fail or uncertain, the last two with why, as in 'rights=uncertain:a face';
    /// may be repeated
    #[arg(long = "review", value_name = "QUESTION=ANSWER[:NOTE]", value_parser = reply)]
    replies: Vec<(Question, Reply)>,
}

impl ReviewArgs {
    pub(super) fn review(&self) -> Result<Review, Error> {
        Review::new(self.replies.iter().cloned()).map_err(|question| {
            Error::usage(format!("the question `{}` is answered twice", question.name()))
        })
    }
}

/// The revision of each linked context that counts now: what an approval sees.
pub(super) fn pins(ctx: &Context<'_>, bench: Bench<'_>, dossier: &Dossier) -> Vec<(i64, i64)> {
    pins_of(ctx, bench.court, &dossier.row.facts)
}

fn pins_of(ctx: &Context<'_>, court: &Court, facts: &Facts) -> Vec<(i64, i64)> {
    let linked = facts.contexts.iter();
    let linked = linked.filter_map(|link| court.world.contexts.get(&link.context));
    linked.map(|context| (context.id, context.revision_at(ctx.now))).collect()
}

/// Makes of facts what they would be the moment after an approval.
pub(super) fn as_approved(ctx: &Context<'_>, court: &Court, facts: &mut Facts) {
    let pins = pins_of(ctx, court, facts);
    clear(facts, &pins);
}

/// Looks at the original of an asset that nothing else stands in the way of: what is seen of it, or
/// what then stands in the way. The dossier learns what of ended content it shows again.
pub(super) fn inspect(
    ctx: &Context<'_>,
    (bench, eyes): (Bench<'_>, &mut Eyes),
    step: Step<'_>,
    review: &Review,
    (dossier, pins): (&mut Dossier, &[(i64, i64)]),
) -> Result<Result<Option<Look>, Vec<Item>>, Error> {
    let before = obstacles(ctx, bench, step, review, (dossier, pins))?;
    if !before.is_empty() {
        return Ok(Err(before));
    }
    let look = eyes.recall(bench, dossier)?;
    let after = obstacles(ctx, bench, step, review, (dossier, pins))?;
    Ok(if after.is_empty() { Ok(look) } else { Err(after) })
}

/// What whoever clears the asset should know.
pub(super) fn notice(dossier: &Dossier) -> Option<String> {
    dossier.recalled.near.map(|near| format!("it looks like {near}"))
}

/// What stands in the way of clearing the asset as the dossier describes it, with these pins: each
/// finding that stops it, and the refusal. Nothing if the asset may be cleared.
///
/// An asset that would be expired at once, or has an open risk, is refused with the causes, whatever
/// the rules say.
fn obstacles(
    ctx: &Context<'_>,
    bench: Bench<'_>,
    step: Step<'_>,
    review: &Review,
    (dossier, pins): (&Dossier, &[(i64, i64)]),
) -> Result<Vec<Item>, Error> {
    let mut cleared = cleared(dossier, pins);
    name_as_published(ctx, bench.court, (&mut cleared, None));
    let verdict = bench.court.judge(&cleared.row, ctx);
    let brief = Brief::new(&cleared, &verdict, bench.court);
    let findings = gate(&brief.subject(ctx.now));
    let terms = &bench.court.policy().approval;
    let mut why: Vec<_> = objection(findings.len(), &verdict).into_iter().collect();
    if bench.catalog.is_overwritten(&dossier.row.asset)? {
        why.push("its original has other bytes by now: `reconsider` it first".to_owned());
    }
    why.extend(review.objections(terms.questions, &whom_to_ask(dossier)));
    let authors =
        if terms.four_eyes { bench.catalog.authors_of(dossier.row.asset.id)? } else { Vec::new() };
    why.extend(check_approver(terms, &Signer::of(&ctx.actor), &authors));
    if why.is_empty() {
        return Ok(Vec::new());
    }
    let about = || Some(subject(&dossier.row.asset));
    let finding = |finding| Item::Finding(Found::new(about(), finding));
    let mut items: Vec<_> = findings.into_iter().map(finding).collect();
    items.push(step.refusal(&dossier.row, why.join("; ")));
    Ok(items)
}

/// Who can say what the reviewer cannot.
fn whom_to_ask(dossier: &Dossier) -> String {
    match &dossier.metadata.owner {
        Some(owner) => format!("its owner, {owner}"),
        None => "whoever is to own it".to_owned(),
    }
}

/// The dossier as it would be the moment after.
fn cleared(dossier: &Dossier, pins: &[(i64, i64)]) -> Dossier {
    let mut cleared = dossier.clone();
    clear(&mut cleared.row.facts, pins);
    cleared
}

fn clear(facts: &mut Facts, pins: &[(i64, i64)]) {
    facts.state = State::Approved;
    for link in &mut facts.contexts {
        let pin = pins.iter().find(|(context, _)| *context == link.context);
        link.pinned = pin.map(|(_, revision)| *revision);
    }
}

fn objection(findings: usize, verdict: &Verdict) -> Option<String> {
    in_the_way(findings).or_else(|| futility(verdict))
}

/// So many findings, as the reason of a refusal; nothing of none.
pub(super) fn in_the_way(findings: usize) -> Option<String> {
    match u64::try_from(findings).unwrap_or(u64::MAX) {
        0 => None,
        1 => Some("1 finding stands in the way".to_owned()),
        count => Some(format!("{} stand in the way", counted(count, "finding"))),
    }
}

/// Why nothing would be won: it could not be used the moment after.
fn futility(verdict: &Verdict) -> Option<String> {
    let is_risk = |cause: &&Cause| matches!(cause, Cause::RiskOpen(_));
    let (standing, causes): (_, Vec<_>) = if verdict.standing == Standing::Expired {
        (Standing::Expired, verdict.deciding().map(ToString::to_string).collect())
    } else {
        let risks = verdict.causes.iter().filter(is_risk);
        (Standing::Blocked, risks.map(ToString::to_string).collect())
    };
    let causes = (!causes.is_empty()).then(|| causes.join("; "))?;
    Some(format!("it would be {standing} at once: {causes}"))
}
