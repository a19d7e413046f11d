//! `history`: what happened to an asset, in the order in which it did.

use serde_json::Value as Json;

use crate::catalog::AuditEntry;
use crate::domain::time::Zone;
use crate::error::Error;
use crate::report::Value;

use super::Context;
use super::library::find_asset;

/// Tell what happened to an asset: when, by whom, and why
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// The asset: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    asset: String,
}

pub(super) fn run(args: &HistoryArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let zone = ctx.config()?.policy.zone.clone();
    let asset = find_asset(ctx, &catalog, &args.asset)?.asset.id;
    catalog.visit_audit(Some(asset), None, |entry| {
        ctx.stop_if_interrupted()?;
        let fields = fields(&entry, &zone, ctx);
        ctx.report.row("event", fields);
        Ok::<_, Error>(())
    })
}

fn fields(entry: &AuditEntry, zone: &Zone, ctx: &Context<'_>) -> Vec<(&'static str, Value)> {
    let payload = serde_json::from_str(&entry.payload).unwrap_or(Json::Null);
    vec![
        ("at", zone.show(entry.at, ctx.now).into()),
        ("what", under_plan(what(&entry.kind, &payload), &payload).into()),
        ("why", why(&payload).into()),
        ("by", entry.actor.as_str().into()),
        ("seq", i64::try_from(entry.seq).unwrap_or(i64::MAX).into()),
    ]
}

/// The event in words: the action with what it led from and to, or the fields that were edited.
fn what(kind: &str, payload: &Json) -> String {
    let text = |field: &str| payload.get(field).and_then(Json::as_str);
    let action = kind.replace(['.', '_'], " ");
    if let (Some(path), Some(of), Some(state)) =
        (text("path"), payload.get("of").and_then(Json::as_i64), text("state"))
    {
        return format!("{action}: {path}, which is #{of} again: {state}");
    }
    if let (Some(from), Some(to)) = (text("from"), text("to")) {
        return format!("{action}: {from} → {to}");
    }
    if let Some(changes) = payload.get("changes").and_then(Json::as_object) {
        let fields: Vec<_> = changes.keys().map(String::as_str).collect();
        return format!("{action}: {}", fields.join(", "));
    }
    match text("path").or_else(|| text("to")).or_else(|| text("risk")).or_else(|| text("placement"))
    {
        Some(detail) => format!("{action}: {detail}"),
        None => action,
    }
}

/// The event with the saved plan that it is a step of.
fn under_plan(what: String, payload: &Json) -> String {
    match payload.get("plan").and_then(Json::as_i64) {
        Some(plan) => format!("{what} (plan {plan})"),
        None => what,
    }
}

/// The code and the reason that were given, the causes of the verdict that decided, and what a review said.
fn why(payload: &Json) -> Option<String> {
    let text = |field: &str| payload.get(field).and_then(Json::as_str).map(str::to_owned);
    let causes = payload.get("causes").and_then(Json::as_array).map(Vec::as_slice);
    let causes: Vec<_> = causes.unwrap_or_default().iter().filter_map(Json::as_str).collect();
    let causes = (!causes.is_empty()).then(|| causes.join("; "));
    let why: Vec<_> =
        [text("code"), text("reason"), causes, reviewed(payload), chosen_over(payload)]
            .into_iter()
            .flatten()
            .collect();
    (!why.is_empty()).then(|| why.join(": "))
}

/// The variations that were not chosen, where some were not.
fn chosen_over(payload: &Json) -> Option<String> {
    let others = payload.get("not_chosen").and_then(Json::as_array)?;
    let others: Vec<_> = others.iter().map(|other| format!("#{other}")).collect();
    (!others.is_empty()).then(|| format!("chosen over {}", others.join(", ")))
}

/// What a review said, in words.
fn reviewed(payload: &Json) -> Option<String> {
    let replies = payload.get("review").and_then(Json::as_object)?.iter();
    let words = replies.map(|(question, reply)| {
        let text = |field: &str| reply.get(field).and_then(Json::as_str);
        let note = text("note").map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{question} {}{note}", text("answer").unwrap_or_default())
    });
    Some(format!("reviewed, {}", words.collect::<Vec<_>>().join(", ")))
}
