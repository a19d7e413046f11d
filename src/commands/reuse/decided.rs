//! Decisions about uses as `show` tells them.

use crate::catalog::{Catalog, FactsRow};
use crate::domain::metadata::Metadata;
use crate::domain::reuse::{Lapse, ReuseDecision, lapses_in_words};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::library::Court;
use super::{candidate, territory_in_words};

/// What people decided about uses of an asset, oldest first, and what became of it.
pub(in super::super) fn decided_field(
    row: &FactsRow,
    metadata: &Metadata,
    (catalog, court): (&Catalog, &Court),
    ctx: &Context<'_>,
) -> Result<Value, Error> {
    let candidate = candidate(row, metadata, court);
    let decisions = catalog.reuse_decisions_of(row.asset.id)?;
    let records = decisions.iter().map(|decision| {
        let lapses = decision.lapses(&candidate, ctx.now);
        record(decision, &lapses)
    });
    Ok(Value::List(records.collect()))
}

fn record(decision: &ReuseDecision, lapses: &[Lapse]) -> Value {
    let scope = &decision.scope;
    Value::Record(vec![
        ("on", decision.on.to_string().into()),
        ("by", decision.by.as_str().into()),
        ("placement", scope.placement.as_str().into()),
        ("campaign", scope.campaign.as_ref().map(ToString::to_string).into()),
        ("territory", territory_in_words(&scope.territory).into()),
        ("from", scope.from.to_string().into()),
        ("until", scope.until.to_string().into()),
        ("answers", answers(decision)),
        ("ends_on", decision.ends_on.to_string().into()),
        ("note", decision.note.as_str().into()),
        ("alive", Value::Truth(lapses.is_empty())),
        ("lapsed", (!lapses.is_empty()).then(|| lapses_in_words(lapses)).into()),
    ])
}

/// Each question that was answered.
fn answers(decision: &ReuseDecision) -> Value {
    let answers = decision.rulings.iter();
    Value::Record(answers.map(|(of, ruling)| (of.name(), ruling.name().into())).collect())
}
