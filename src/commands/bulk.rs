//! Clearing many assets by one command: only those of equal risk.

use crate::catalog::{Catalog, FactsRow};
use crate::domain::asset::AssetId;
use crate::domain::context::Context as Outside;
use crate::domain::license::License;
use crate::domain::lifecycle::{Action, Standing, State};
use crate::domain::risk_set::{Bulk, Member, RiskFacts, RiskProfile, RiskSet, RiskSets, SetId};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::{Item, Value};

use super::Context;
use super::decide::{AssetChange, Bench, Decided, Step, decide_these, facts};
use super::library::{Court, Mode, subject};
use super::selection::Selection;

/// How many sets are told of.
const SETS_SHOWN: usize = 20;

/// Which of several sets of equal risk.
#[derive(Debug, clap::Args)]
pub(super) struct SetArgs {
    /// Only the assets of this set of equal risk, as the command told it when it refused all of them;
    /// refused if the set has changed since
    #[arg(long, value_name = "SET")]
    only_set: Option<SetId>,
}

/// What a command does about one asset.
pub(super) type Decide<'d, C> =
    &'d mut dyn FnMut(&Context<'_>, Bench<'_>, FactsRow) -> Result<Decided<C>, Error>;

/// Decides each selected asset, if those that would be cleared are of equal risk; else none.
pub(super) fn decide_one_set<C: AssetChange>(
    ctx: &mut Context<'_>,
    (mode, step): (Mode, Step<'_>),
    (selection, sets): (&Selection, &SetArgs),
    decide: Decide<'_, C>,
) -> Result<(), Error> {
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let numbers = selection.numbers(ctx, (catalog, &court))?;
        if numbers.len() < 2 && sets.only_set.is_none() {
            return decide_these(ctx, (catalog, &court), (mode, numbers), decide);
        }
        let found = look(ctx, (catalog, &court), &numbers, decide)?;
        let cleared = match found.decide(sets.only_set.as_ref()) {
            Bulk::Cleared(profile, set) => Some((profile, set)),
            Bulk::Nothing => None,
            Bulk::Unknown => return Err(unknown(sets.only_set.as_ref())),
            Bulk::Mixed => {
                tell(ctx, step.action, &found);
                return Ok(());
            }
        };
        let asked = cleared.filter(|_| sets.only_set.is_some()).map(|(_, set)| set);
        decide_these(ctx, (catalog, &court), (mode, numbers), |ctx, bench, row| {
            if asked.is_some_and(|set| !set.has(row.asset.id)) {
                return Ok(Decided::Nothing(vec![left(&row)]));
            }
            let decided = decide(ctx, bench, row.clone())?;
            let profile = cleared.map(|(profile, _)| profile);
            still_of(profile, ctx, (bench, step), (decided, &row))
        })
    })
}

/// An asset that is not of the set that was asked for.
fn left(row: &FactsRow) -> Item {
    let because = "it is not of this set".to_owned();
    Item::Kept { subject: subject(&row.asset), because }
}

/// The sets of those assets that would be cleared.
fn look<C: AssetChange>(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    numbers: &[AssetId],
    decide: Decide<'_, C>,
) -> Result<RiskSets, Error> {
    let bench = Bench { catalog, court };
    let progress = ctx.progress(u64::try_from(numbers.len()).unwrap_or(0), "assets");
    let mut sets = RiskSets::default();
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    for number in numbers {
        ctx.stop_if_interrupted()?;
        let row = facts(catalog, number)?;
        if let Decided::Change(_) = decide(ctx, bench, row.clone())? {
            sets.add(profile(ctx, bench, &row)?, member(ctx, court, &row));
        }
        progress.advance(1);
    }
    Ok(sets)
}

/// What is decided about an asset, if its risk still is what it was when the sets were made.
fn still_of<C>(
    cleared: Option<&RiskProfile>,
    ctx: &Context<'_>,
    (bench, step): (Bench<'_>, Step<'_>),
    (decided, row): (Decided<C>, &FactsRow),
) -> Result<Decided<C>, Error> {
    if matches!(decided, Decided::Nothing(_)) || cleared == Some(&profile(ctx, bench, row)?) {
        return Ok(decided);
    }
    let why = "its risk has changed meanwhile".to_owned();
    Ok(Decided::Nothing(vec![step.refusal(row, why)]))
}

/// What the risk of clearing an asset hangs on.
fn profile(ctx: &Context<'_>, bench: Bench<'_>, row: &FactsRow) -> Result<RiskProfile, Error> {
    let Bench { catalog, court } = bench;
    let id = row.asset.id;
    let dossier = catalog.dossier_of(row.clone())?;
    let is_excused = court.policy().approve_with_waivers;
    let waived = dossier.waivers.iter().filter(|it| is_excused && it.holds_at(ctx.now));
    let licenses = licenses(row, court);
    let contexts = contexts(row, court);
    Ok(RiskProfile::of(&RiskFacts {
        state: state_by(court.judge(row, ctx).standing, row.asset.state),
        licenses: licenses.map(|license| license.key.as_str()).collect(),
        contexts: contexts.map(|context| &context.key).collect(),
        claims: dossier.claims.as_ref(),
        flagged: catalog.risks_of(id)?.into_iter().map(|flag| flag.raised.risk).collect(),
        waived: waived.map(|waiver| waiver.rule.clone()).collect(),
        endings: catalog.endings_of(id, row.asset.digest)?,
    }))
}

/// The state that a sweep would record: an asset is expired at its instant, swept or not.
fn state_by(standing: Standing, state: State) -> State {
    if standing == Standing::Expired { State::Expired } else { state }
}

fn licenses<'c>(row: &FactsRow, court: &'c Court) -> impl Iterator<Item = &'c License> {
    row.facts.licenses.iter().filter_map(|id| court.world.licenses.get(id))
}

fn contexts<'c>(row: &FactsRow, court: &'c Court) -> impl Iterator<Item = &'c Outside> {
    row.facts.contexts.iter().filter_map(|link| court.world.contexts.get(&link.context))
}

fn member(ctx: &Context<'_>, court: &Court, row: &FactsRow) -> Member {
    let (asset, now) = (&row.asset, ctx.now);
    Member {
        asset: asset.id,
        path: asset.path.to_string(),
        version: asset.version,
        digest: asset.digest,
        licenses: licenses(row, court).map(|license| (license.id, license.version)).collect(),
        contexts: contexts(row, court).map(|it| (it.id, it.revision_at(now))).collect(),
    }
}

/// Tells the sets, and that none was cleared.
fn tell(ctx: &mut Context<'_>, action: Action, found: &RiskSets) {
    let sets = found.in_order();
    for (profile, set) in sets.iter().take(SETS_SHOWN) {
        ctx.report.sheet("risk_set", fields(action, profile, set));
    }
    let more = sets.len().saturating_sub(SETS_SHOWN);
    if more > 0 {
        ctx.report.text(format!("sets not shown: {more}"));
    }
    let assets: u64 = sets.iter().map(|(_, set)| set.count()).sum();
    ctx.report.figure("assets of different risk", assets);
    ctx.report.outcome(ExitCode::No);
    let done = action.participle();
    let why = "their risk is not equal, or they were ended before";
    ctx.report.text(format!("none is {done}: {why}"));
}

fn fields(action: Action, profile: &RiskProfile, set: &RiskSet) -> Vec<(&'static str, Value)> {
    let examples = set.examples.iter().map(|(asset, path)| format!("{asset} {path}"));
    let (id, how) = if profile.is_one_by_one() {
        let first = set.examples.first().map(|(asset, _)| asset.0).unwrap_or_default();
        (Value::Nothing, format!("one by one: `shelflife {} {first}`", action.name()))
    } else {
        let id = set.id().to_string();
        let how = format!("the same command with `--only-set {id}`");
        (id.into(), how)
    };
    vec![
        ("set", id),
        ("assets", number(set.count())),
        ("because", profile.in_words().into()),
        ("examples", examples.collect::<Vec<_>>().into()),
        ("not_shown", number(set.not_shown())),
        ("next", how.into()),
    ]
}

fn number(count: u64) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

/// The set that was asked for is not there as it was told.
fn unknown(asked: Option<&SetId>) -> Error {
    let what = asked.map(ToString::to_string).unwrap_or_default();
    let why = "there is no such set among the selected assets, or it has changed since".to_owned();
    Error::guard(what, why, "run the command without `--only-set` to see the sets as they are")
}
