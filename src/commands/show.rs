//! `show`: everything that is known about assets.

use crate::catalog::{
    Catalog, Clearance, FactsRow, Hold, Rejection, Replacement, Reviewed, RiskFlag, Take,
};
use crate::domain::asset::AssetFile;
use crate::domain::lifecycle::{Ended, State, Verdict};
use crate::domain::metadata::Metadata;
use crate::domain::proposal::{Proposal, proposals};
use crate::domain::rejection::{PlacementRejection, RejectionCode};
use crate::domain::review::Reply;
use crate::domain::takedown::Confirmation;
use crate::domain::time::{CivilDate, Timestamp, Zone};
use crate::error::Error;
use crate::report::Value;

use super::Context;
use super::claims::claims_field;
use super::library::Court;
use super::looks::looks;
use super::reuse::decided_field;
use super::selection::{Empty, Selected, Selection};
use super::siblings::{Folder, siblings_field};
use super::usage::{horizon, usage_field, usage_of};

/// Show everything that is known about assets
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(args: &ShowArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let mut folder = Folder::default();
    args.selection.visit(ctx, (&catalog, &court), Empty::Refused, |ctx, selected| {
        let mut fields = fields(&selected, (&catalog, &court), ctx)?;
        let siblings = folder.siblings_of(&catalog, &selected.row.asset)?;
        fields.push(("siblings", siblings_field(&siblings)));
        ctx.report.sheet("asset", fields);
        Ok(())
    })
}

type Fields = Vec<(&'static str, Value)>;

fn fields(
    selected: &Selected,
    (catalog, court): (&Catalog, &Court),
    ctx: &Context<'_>,
) -> Result<Fields, Error> {
    let Selected { row, verdict } = selected;
    let metadata = catalog.metadata_of(row.asset.id)?;
    let mut fields = identity(row, verdict);
    fields.extend(looks(&row.asset, catalog)?);
    fields.extend(description(&metadata));
    let contexts: Vec<_> = row.facts.contexts.iter().map(|link| link.context).collect();
    let zone = court.zone_of(&metadata, &contexts)?;
    fields.extend(dates(&metadata, &zone, ctx));
    fields.extend(links(row, court));
    let holds = catalog.holds_on(row.asset.id, ctx.now)?;
    let holds: Vec<_> = holds.iter().map(|hold| hold_in_words(hold, &zone, ctx)).collect();
    fields.push(("holds", holds.into()));
    fields.push(("review", review(row, catalog)?));
    fields.push(("rejection", rejection(row, catalog)?));
    let rejected_for = row.facts.rejected_for.iter().map(placement_rejection);
    fields.push(("rejected_for", Value::List(rejected_for.collect())));
    let risks = catalog.risks_of(row.asset.id)?;
    fields.push(("risks", Value::List(risks.into_iter().map(risk_record).collect())));
    let horizon = horizon(catalog, court, ctx.now)?;
    fields.push(("references", usage_field(usage_of(catalog, &horizon, row.asset.id)?)));
    fields.push(("takedown", takedown(row, catalog, ctx)?));
    let replacements = catalog.replacements_of(row.asset.id)?;
    fields.push(("replacements", Value::List(replacements.into_iter().map(replacement).collect())));
    let takes = catalog.takes_of(row.asset.id)?;
    fields.push(("taken", Value::List(takes.into_iter().map(take_record).collect())));
    fields.push(("reuse_decisions", decided_field(row, &metadata, (catalog, court), ctx)?));
    let claims = catalog.claims_of(row.asset.id)?;
    fields.push(("claims", claims_field(claims.as_ref())));
    let proposed = claims.map(|claims| proposals(&claims, &metadata, &court.policy().locale));
    let proposed = proposed.into_iter().flatten().map(proposal_record);
    fields.push(("proposals", Value::List(proposed.collect())));
    let files = catalog.files_of(row.asset.id)?;
    fields.push(("files", Value::List(files.iter().map(|(_, file)| file_record(file)).collect())));
    Ok(fields)
}

/// How far the takedown of a withdrawn asset has come.
fn takedown(row: &FactsRow, catalog: &Catalog, ctx: &Context<'_>) -> Result<Value, Error> {
    let Some(takedown) = catalog.takedown_of(&row.asset)? else { return Ok(Value::Nothing) };
    let mut fields = vec![
        ("progress", takedown.progress().name().into()),
        ("since", takedown.at.to_string().into()),
        ("age", takedown.at.relative_to(ctx.now).into()),
        ("by", takedown.by.into()),
    ];
    if let Some(Confirmation { by, at, note }) = takedown.confirmed {
        let confirmed =
            vec![("by", by.into()), ("at", at.to_string().into()), ("note", note.into())];
        fields.push(("confirmed", Value::Record(confirmed)));
    }
    Ok(Value::Record(fields))
}

/// Which asset took the place of which.
fn replacement(of: Replacement) -> Value {
    Value::Record(vec![
        ("old", of.old.to_string().into()),
        ("new", of.new.to_string().into()),
        ("at", of.at.to_string().into()),
        ("by", of.by.into()),
        ("reason", of.reason.into()),
    ])
}

/// A use that the asset was taken for.
fn take_record(take: Take) -> Value {
    Value::Record(vec![
        ("at", take.at.to_string().into()),
        ("by", take.by.into()),
        ("placement", take.placement.into()),
        ("campaign", take.campaign.into()),
        ("territory", take.territory.into()),
        ("from", take.from.to_string().into()),
        ("until", take.until.to_string().into()),
        ("to", take.to.into()),
        ("reason", take.reason.into()),
    ])
}

/// The answers that the approval in force was given with.
fn review(row: &FactsRow, catalog: &Catalog) -> Result<Value, Error> {
    let reviewed = match row.asset.state {
        State::Approved => catalog.review_of(row.asset.id)?,
        _ => None,
    };
    let Some(Reviewed { review, by, at }) = reviewed else { return Ok(Value::List(Vec::new())) };
    let replies = review.replies().map(|(question, Reply { answer, note })| {
        Value::Record(vec![
            ("question", question.name().into()),
            ("answer", answer.name().into()),
            ("note", note.clone().into()),
            ("by", by.as_str().into()),
            ("at", at.to_string().into()),
        ])
    });
    Ok(Value::List(replies.collect()))
}

/// Why an asset is or was rejected before its files were moved.
fn rejection(row: &FactsRow, catalog: &Catalog) -> Result<Value, Error> {
    let state = row.asset.state;
    if state != State::Rejected && state.was() != Some(Ended::Rejected) {
        return Ok(Value::Nothing);
    }
    let Some(Rejection { code, reason, by, at }) = catalog.rejection_of(row.asset.id)? else {
        return Ok(Value::Nothing);
    };
    Ok(Value::Record(vec![
        ("code", code.map(RejectionCode::name).into()),
        ("reason", reason.into()),
        ("by", by.into()),
        ("at", at.to_string().into()),
    ]))
}

/// A rejection for one placement that nobody has taken back.
fn placement_rejection(of: &PlacementRejection) -> Value {
    Value::Record(vec![
        ("placement", of.placement.clone().into()),
        ("code", of.code.map(RejectionCode::name).into()),
        ("reason", of.reason.clone().into()),
        ("by", of.by.clone().into()),
        ("at", of.at.to_string().into()),
    ])
}

/// A flag, with its end once it is cleared.
fn risk_record(flag: RiskFlag) -> Value {
    let RiskFlag { raised, cleared } = flag;
    let mut fields = vec![
        ("risk", raised.risk.name().into()),
        ("by", raised.by.into()),
        ("at", raised.at.to_string().into()),
        ("note", raised.note.into()),
    ];
    if let Some(Clearance { by, at, note }) = cleared {
        let cleared = vec![("by", by.into()), ("at", at.to_string().into()), ("note", note.into())];
        fields.push(("cleared", Value::Record(cleared)));
    }
    Value::Record(fields)
}

fn identity(row: &FactsRow, verdict: &Verdict) -> Fields {
    let causes: Vec<_> = verdict.causes.iter().map(ToString::to_string).collect();
    let asset = &row.asset;
    vec![
        ("id", asset.id.0.into()),
        ("path", asset.path.to_string().into()),
        ("state", asset.state.to_string().into()),
        ("standing", verdict.standing.name().into()),
        ("because", causes.into()),
        ("attachment", asset.attachment.into()),
        ("type", asset.content.media_type.as_str().into()),
        ("pixels", asset.content.dimensions.map(|size| size.to_string()).into()),
        ("sha256", asset.digest.to_string().into()),
        ("added", asset.added.to_string().into()),
    ]
}

fn description(metadata: &Metadata) -> Fields {
    let alt = metadata.alt.iter().map(|(locale, text)| {
        let mut fields = vec![("locale", locale.as_str().into()), ("text", text.as_str().into())];
        if text.is_empty() {
            fields.push(("decorative", Value::Truth(true)));
        }
        let review = metadata.alt_reviews.get(locale);
        fields.push((
            "reviewed",
            review.map_or("by nobody".to_owned(), |by| format!("by {by}")).into(),
        ));
        Value::Record(fields)
    });
    vec![
        ("title", metadata.title.clone().into()),
        ("alt", Value::List(alt.collect())),
        ("source_note", metadata.source_note.clone().into()),
        ("rights_note", metadata.rights_note.clone().into()),
        ("rights_reviewed_by", metadata.rights_reviewed_by.clone().into()),
        ("rights_reviewed_on", metadata.rights_reviewed_on.map(|day| day.to_string()).into()),
        ("owner", metadata.owner.clone().into()),
        ("placements", metadata.placements.clone().into()),
    ]
}

/// The dates with the instants that they mean: local, UTC and how far away.
fn dates(metadata: &Metadata, zone: &Zone, ctx: &Context<'_>) -> Fields {
    let dates = &metadata.dates;
    let shown = |at: Option<Timestamp>| Value::from(at.map(|at| zone.show(at, ctx.now)));
    let day = |day: Option<CivilDate>| Value::from(day.map(|day| day.to_string()));
    vec![
        ("time_zone", dates.zone.clone().into()),
        ("starts_on", day(dates.starts_on)),
        ("starts_at", shown(dates.starts_at)),
        ("expires_on", day(dates.expires_on)),
        ("expires_at", shown(dates.expires_at)),
        ("review_on", day(dates.review_on)),
        ("review_at", shown(dates.review_at)),
        ("no_expiry_reason", dates.no_expiry_reason.clone().into()),
    ]
}

fn hold_in_words(hold: &Hold, zone: &Zone, ctx: &Context<'_>) -> String {
    let until = hold.until.map(|at| format!(", until {}", zone.show(at, ctx.now)));
    format!("{} ({}{})", hold.reason, hold.placed_by, until.unwrap_or_default())
}

fn links(row: &FactsRow, court: &Court) -> Fields {
    let contexts = row.facts.contexts.iter().filter_map(|link| {
        let key = court.world.contexts.get(&link.context)?.key.to_string();
        Some(match link.pinned {
            Some(revision) => format!("{key} (approved at revision {revision})"),
            None => key,
        })
    });
    let licenses = row.facts.licenses.iter().filter_map(|id| court.world.licenses.get(id));
    let licenses = licenses.map(|license| license.key.clone());
    vec![
        ("contexts", contexts.collect::<Vec<_>>().into()),
        ("licenses", licenses.collect::<Vec<_>>().into()),
    ]
}

/// What the file says about a field, beside what is recorded.
fn proposal_record(proposal: Proposal) -> Value {
    Value::Record(vec![
        ("field", proposal.name().into()),
        ("recorded", proposal.recorded.into()),
        ("claimed", proposal.claimed.into()),
    ])
}

fn file_record(file: &AssetFile) -> Value {
    Value::Record(vec![
        ("path", file.path.to_string().into()),
        ("role", file.role.name().into()),
        ("place", file.place.name().into()),
        ("pixels", file.content.dimensions.map(|size| size.to_string()).into()),
        ("bytes", i64::try_from(file.stamp.bytes).unwrap_or(i64::MAX).into()),
    ])
}
