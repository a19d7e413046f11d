//! The questions that contexts answer: product, campaign, brand, claims.

use super::{Candidate, Grounds, Use, ask, no, worst_of, yes};
use crate::domain::context::{Context, ContextKey, ContextKind, ContextRule};
use crate::domain::time::Timestamp;

/// A context of the asset with the revision that its approval saw.
type Linked<'a> = (&'a Context, Option<i64>);

pub(super) fn about_product(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let linked = linked(candidate, &[ContextKind::Product, ContextKind::Packaging]);
    if linked.is_empty() {
        return ask("no product or packaging is recorded, nor that it shows none (product/none)");
    }
    worst_of(judge_all(&linked, wanted))
}

pub(super) fn about_claims(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let linked = linked(candidate, &[ContextKind::Claim, ContextKind::Offer]);
    if linked.is_empty() {
        return ask("no claim or offer is recorded, nor that it makes none (claim/none)");
    }
    worst_of(judge_all(&linked, wanted))
}

/// A prompt template carries the brand's look, so a change of it is a question of the brand.
pub(super) fn about_brand(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let linked = linked(candidate, &[ContextKind::Brand, ContextKind::Template]);
    let mut judged = judge_all(&linked, wanted);
    if linked.iter().all(|(context, _)| context.key.kind != ContextKind::Brand) {
        judged.push(ask("no brand is recorded"));
    }
    worst_of(judged)
}

/// Whether the asset was approved for this occasion: its campaigns and seasons, and its placement.
pub(super) fn about_campaign(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let linked = linked(candidate, &[ContextKind::Campaign, ContextKind::Season]);
    let mut judged = judge_all(&linked, wanted);
    match &wanted.campaign {
        Some(asked) if linked.iter().any(|(context, _)| context.key == *asked) => {}
        Some(asked) => judged.push(judge_other_campaign(candidate, &linked, asked, wanted)),
        None => judged.extend(judge_no_campaign(&linked)),
    }
    let placements = &candidate.metadata.placements;
    if !placements.contains(&wanted.placement) {
        let known =
            if placements.is_empty() { "no placement".to_owned() } else { placements.join(", ") };
        judged.push(ask(format!("it was approved for {known}, not for {}", wanted.placement)));
    }
    worst_of(judged)
}

/// The provider's terms are a part of the rights; without any there is nothing to judge.
pub(super) fn judge_providers(candidate: &Candidate<'_>, wanted: &Use) -> Vec<Grounds> {
    judge_all(&linked(candidate, &[ContextKind::Provider]), wanted)
}

/// A campaign that the asset was not approved for is never more than a question.
fn judge_other_campaign(
    candidate: &Candidate<'_>,
    linked: &[Linked<'_>],
    asked: &ContextKey,
    wanted: &Use,
) -> Grounds {
    let known = candidate.world.contexts.values().find(|context| context.key == *asked);
    let Some(known) = known else { return ask(format!("{asked} is not on record")) };
    if let Some(refused) = judge_window(known, wanted) {
        return refused;
    }
    match campaigns(linked).as_slice() {
        [] => ask(format!("it was approved for no campaign, so not for {asked}")),
        bound => ask(format!("it was approved for {}, not for {asked}", bound.join(", "))),
    }
}

/// What a use without a campaign means for an asset with one, or with nothing on record.
fn judge_no_campaign(linked: &[Linked<'_>]) -> Option<Grounds> {
    if linked.is_empty() {
        let because = "no campaign or season is recorded, nor that it has none (campaign/none)";
        return Some(ask(because));
    }
    let bound = campaigns(linked);
    let because = || {
        let bound = bound.join(", ");
        format!("it was approved for {bound}: say with --campaign which one the use is for")
    };
    (!bound.is_empty()).then(|| ask(because()))
}

/// The campaigns among the contexts, without the one that says there is none.
fn campaigns(linked: &[Linked<'_>]) -> Vec<String> {
    let keys = linked.iter().map(|(context, _)| &context.key);
    let bound = keys.filter(|key| key.kind == ContextKind::Campaign && !key.says_none());
    bound.map(ToString::to_string).collect()
}

fn judge_all(linked: &[Linked<'_>], wanted: &Use) -> Vec<Grounds> {
    linked.iter().map(|(context, pinned)| judge(context, *pinned, wanted)).collect()
}

/// Whether a context still is what the approval saw, for the whole use.
///
/// A new use of what is past its context is refused whatever the context's rule says about the uses
/// that go on; the rule decides what a newer revision means.
fn judge(context: &Context, pinned: Option<i64>, wanted: &Use) -> Grounds {
    if let Some(refused) = judge_window(context, wanted) {
        return refused;
    }
    let key = &context.key;
    let Some(pinned) = pinned else {
        return ask(format!("no approval has seen {key}"));
    };
    let Some(newer) = context.newer_than(pinned, wanted.until) else {
        return yes(format!("{key} is still at revision {pinned}, as approved"));
    };
    let changed = format!("{key} changed since revision {pinned} was approved: {}", newer.note);
    match context.rule {
        ContextRule::Expire => no(changed),
        ContextRule::Review => ask(changed),
        ContextRule::Ignore => yes(format!("{changed} (its rule is to ignore that)")),
    }
}

fn judge_window(context: &Context, wanted: &Use) -> Option<Grounds> {
    let key = &context.key;
    let over = context.ends_at.filter(|at| *at <= wanted.until);
    let ahead = context.starts_at.filter(|at| wanted.from < *at);
    let ends = |at: Timestamp| no(format!("{key} ends at {at}"));
    over.map(ends).or_else(|| ahead.map(|at| no(format!("{key} begins only at {at}"))))
}

fn linked<'a>(candidate: &Candidate<'a>, kinds: &[ContextKind]) -> Vec<Linked<'a>> {
    let links = candidate.facts.contexts.iter();
    let known = links.filter_map(|link| {
        candidate.world.contexts.get(&link.context).map(|context| (context, link.pinned))
    });
    known.filter(|(context, _)| kinds.contains(&context.key.kind)).collect()
}
