//! What people decided about uses: kept in the log alone, and read from there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::assets::refuse_change;
use super::audit::About;
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::State;
use crate::domain::reuse::{Basis, Question, ReuseDecision, Ruling, Territory, Use};
use crate::domain::time::Timestamp;

impl Catalog {
    /// Records what the session's person decided. The asset itself does not change by that.
    ///
    /// Fails with `Changed` if it is not the one that was asked about any more, and with
    /// `InOperation` while its files are being moved.
    pub fn record_reuse_decision(
        &mut self,
        asset: AssetId,
        version: i64,
        decision: &ReuseDecision,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_change(tx, asset, version)?;
            let payload = told(session.actor.name(), decision);
            log.append(tx, "reuse.decide", About::asset(asset), &payload)
        })
    }

    /// What was decided about uses of an asset, oldest first.
    pub fn reuse_decisions_of(&self, asset: AssetId) -> Result<Vec<ReuseDecision>> {
        self.told_of((asset, "reuse.decide"), |_, payload| decision(payload))
    }
}

fn told(by: &str, decision: &ReuseDecision) -> Value {
    let ReuseDecision { scope, basis, .. } = decision;
    let answers = decision.rulings.iter();
    let answers: BTreeMap<_, _> = answers.map(|(of, it)| (of.name(), it.name())).collect();
    json!({
        "answers": answers, "by": by, "campaign": scope.campaign.as_ref().map(ToString::to_string),
        "day": decision.on.to_string(), "first": scope.from.to_string(),
        "last": scope.until.to_string(), "placement": scope.placement, "reason": decision.note,
        "relied_on": relied_on(basis), "territory": territory(&scope.territory),
        "until": decision.ends_on.to_string(), "until_ms": decision.ends_at.millis(),
    })
}

fn relied_on(basis: &Basis) -> Value {
    let contexts = basis.contexts.iter().map(|(key, revision)| (key.to_string(), *revision));
    json!({
        "contexts": contexts.collect::<BTreeMap<_, _>>(),
        "description": basis.description.to_string(), "licenses": basis.licenses,
        "sha256": basis.bytes.to_string(), "since_ms": basis.since.millis(),
        "state": basis.state.to_string(),
    })
}

fn territory(territory: &Territory) -> Value {
    match territory {
        Territory::Unsaid => Value::Null,
        Territory::Worldwide => "worldwide".into(),
        Territory::In(codes) => codes.as_slice().into(),
    }
}

fn decision(payload: &Value) -> Option<ReuseDecision> {
    let text = |field: &str| payload.get(field)?.as_str();
    let instant = |field: &str| Timestamp::parse(text(field)?).ok();
    let answers = payload.get("answers")?.as_object()?.iter();
    let rulings = answers.map(|(question, ruling)| {
        Some((Question::named(question)?, Ruling::named(ruling.as_str()?)?))
    });
    let campaign = text("campaign").map(str::parse).transpose().ok()?;
    Some(ReuseDecision {
        by: text("by")?.to_owned(),
        on: text("day")?.parse().ok()?,
        scope: Use {
            placement: text("placement")?.to_owned(),
            campaign,
            territory: read_territory(payload.get("territory")?)?,
            from: instant("first")?,
            until: instant("last")?,
        },
        rulings: rulings.collect::<Option<_>>()?,
        note: text("reason")?.to_owned(),
        ends_on: text("until")?.parse().ok()?,
        ends_at: Timestamp::from_millis(payload.get("until_ms")?.as_i64()?),
        basis: basis(payload.get("relied_on")?)?,
    })
}

fn basis(told: &Value) -> Option<Basis> {
    let text = |field: &str| told.get(field)?.as_str();
    let numbers = |field: &str| told.get(field)?.as_object();
    let state = text("state")?;
    let contexts = numbers("contexts")?.iter();
    let contexts = contexts.map(|(key, number)| Some((key.parse().ok()?, number.as_i64()?)));
    Some(Basis {
        state: State::ALL.into_iter().find(|known| known.to_string() == state)?,
        since: Timestamp::from_millis(told.get("since_ms")?.as_i64()?),
        bytes: text("sha256")?.parse().ok()?,
        description: text("description")?.parse().ok()?,
        contexts: contexts.collect::<Option<_>>()?,
        licenses: versions(numbers("licenses")?)?,
    })
}

fn versions(told: &Map<String, Value>) -> Option<BTreeMap<String, i64>> {
    told.iter().map(|(key, version)| Some((key.clone(), version.as_i64()?))).collect()
}

fn read_territory(told: &Value) -> Option<Territory> {
    match told {
        Value::Null => Some(Territory::Unsaid),
        Value::String(word) => (word == "worldwide").then_some(Territory::Worldwide),
        Value::Array(codes) => {
            let codes = codes.iter().map(|code| code.as_str().map(str::to_owned));
            Some(Territory::In(codes.collect::<Option<_>>()?))
        }
        _ => None,
    }
}
