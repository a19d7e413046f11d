//! Changing assets one by one, for commands that are told which.
//!
//! Each asset is decided on its own, and what is decided is recorded in batches. One that is
//! refused, or that somebody else changed meanwhile, never hides the others.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, CatalogError, Decision, DescriptionEdit, FactsRow};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{self, Action, Plan, Request, State, Transition};
use crate::domain::review::Review;
use crate::domain::unchanged::Unchanged;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::{Item, Report, Subject};

use super::Context;
use super::eyes::Eyes;
use super::library::{Court, Mode, subject};
use super::selection::Selection;

/// How many assets one transaction changes.
const BATCH: usize = 100;

/// What is recorded about one asset.
pub(super) trait AssetChange: Sized {
    fn asset(&self) -> AssetId;

    /// Records the changes, and returns those whose asset changed meanwhile.
    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError>
    where
        Self: 'c;

    /// What a report says once it is recorded, or of what would be.
    fn items(&self, subject: &Subject) -> Vec<Item>;
}

/// What came of one asset.
pub(super) enum Decided<C> {
    Change(C),
    /// Nothing is to be recorded, because.
    Nothing(Vec<Item>),
}

impl<C> Decided<C> {
    /// The change, unless what was asked for is not to be recorded.
    pub(super) fn unless_unchanged(
        checked: Result<C, Unchanged>,
        (subject, action): (Subject, &'static str),
    ) -> Self {
        Self::Nothing(vec![match checked {
            Ok(change) => return Self::Change(change),
            Err(Unchanged::Already(because)) => Item::Kept { subject, because },
            Err(Unchanged::Refused(why)) => Item::Refusal { subject, action, why },
        }])
    }
}

/// What assets are decided with.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) court: &'a Court,
}

/// Decides each selected asset and records what was decided.
pub(super) fn decide_each<C: AssetChange>(
    ctx: &mut Context<'_>,
    mode: Mode,
    selection: &Selection,
    decide: impl FnMut(&Context<'_>, Bench<'_>, FactsRow) -> Result<Decided<C>, Error>,
) -> Result<(), Error> {
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        decide_all(ctx, (catalog, &court), (mode, selection), decide)
    })
}

/// [`decide_each`] for a command that looked at the catalog before.
pub(super) fn decide_all<C: AssetChange>(
    ctx: &mut Context<'_>,
    (catalog, court): (&mut Catalog, &Court),
    (mode, selection): (Mode, &Selection),
    decide: impl FnMut(&Context<'_>, Bench<'_>, FactsRow) -> Result<Decided<C>, Error>,
) -> Result<(), Error> {
    let numbers = selection.numbers(ctx, (catalog, court))?;
    decide_these(ctx, (catalog, court), (mode, numbers), decide)
}

/// [`decide_all`] for assets that are selected already.
pub(super) fn decide_these<C: AssetChange>(
    ctx: &mut Context<'_>,
    (catalog, court): (&mut Catalog, &Court),
    (mode, numbers): (Mode, Vec<AssetId>),
    mut decide: impl FnMut(&Context<'_>, Bench<'_>, FactsRow) -> Result<Decided<C>, Error>,
) -> Result<(), Error> {
    let progress = ctx.progress(u64::try_from(numbers.len()).unwrap_or(0), "assets");
    let mut batch = Batch::new(mode);
    for number in numbers {
        ctx.stop_if_interrupted()?;
        let row = facts(catalog, number)?;
        let subject = subject(&row.asset);
        let decided = decide(ctx, Bench { catalog, court }, row)?;
        batch.add(&mut ctx.report, catalog, (subject, decided))?;
        progress.advance(1);
    }
    batch.record(&mut ctx.report, catalog)
}

/// The facts of an asset that was selected.
pub(super) fn facts(catalog: &Catalog, number: AssetId) -> Result<FactsRow, Error> {
    catalog.facts_of(number)?.ok_or_else(|| Error::UnknownAsset(number.to_string()))
}

/// Assets that are decided and not yet recorded, each at most once.
pub(super) struct Batch<C> {
    mode: Mode,
    decided: Vec<(Subject, Decided<C>)>,
}

impl<C: AssetChange> Batch<C> {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, decided: Vec::new() }
    }

    /// Adds an asset, and records the batch once it is full.
    pub(super) fn add(
        &mut self,
        report: &mut Report<'_>,
        catalog: &mut Catalog,
        decided: (Subject, Decided<C>),
    ) -> Result<(), Error> {
        self.decided.push(decided);
        if self.decided.len() < BATCH { Ok(()) } else { self.record(report, catalog) }
    }

    /// Records what the batch holds, all in one transaction, and reports it in order.
    pub(super) fn record(
        &mut self,
        report: &mut Report<'_>,
        catalog: &mut Catalog,
    ) -> Result<(), Error> {
        let mut left_out = self.write(catalog)?;
        for (subject, decided) in self.decided.drain(..) {
            let items = match decided {
                Decided::Nothing(items) => items,
                Decided::Change(change) => match left_out.remove(&change.asset()) {
                    None => change.items(&subject),
                    Some(error) => vec![left_out_item(report, &subject, error)],
                },
            };
            for item in &items {
                report.say(item);
            }
        }
        Ok(())
    }

    fn write(&self, catalog: &mut Catalog) -> Result<BTreeMap<AssetId, CatalogError>, Error> {
        let changes = self.decided.iter().filter_map(|(_, decided)| match decided {
            Decided::Change(change) => Some(change),
            Decided::Nothing(_) => None,
        });
        let mut changes = changes.peekable();
        if self.mode == Mode::DryRun || changes.peek().is_none() {
            return Ok(BTreeMap::new());
        }
        Ok(C::record(catalog, changes)?.into_iter().collect())
    }
}

/// Records each change in a transaction of its own.
pub(super) fn each_on_its_own<'c, C: AssetChange + 'c>(
    changes: impl Iterator<Item = &'c C>,
    mut record: impl FnMut(&C) -> Result<(), CatalogError>,
) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
    let mut left_out = Vec::new();
    for change in changes {
        match record(change) {
            Ok(()) => {}
            Err(error @ (CatalogError::Changed { .. } | CatalogError::InOperation { .. })) => {
                left_out.push((change.asset(), error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(left_out)
}

/// The failure of one asset that somebody else changed between reading and recording.
fn left_out_item(report: &mut Report<'_>, subject: &Subject, error: CatalogError) -> Item {
    let error = Error::from(error);
    report.outcome(ExitCode::Changed);
    let what = format!("{} {}", subject.id, subject.path);
    Item::Failure { what, why: error.to_string(), hint: error.hint() }
}

impl AssetChange for Decision {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        catalog.record_decisions(changes)
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let Transition { from, action, to, .. } = self.transition;
        let code = self.code.map(|code| code.name().to_owned()).into_iter();
        let why = code.chain(self.reason.iter().chain(&self.causes).cloned());
        let why = why.chain(self.review.in_words()).chain(self.notice.clone()).collect();
        vec![Item::Change { subject: subject.clone(), action: action.name(), from, to, why }]
    }
}

impl AssetChange for DescriptionEdit {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        catalog.record_descriptions(changes)
    }

    /// One line per field, then the decision that goes with the edit.
    fn items(&self, subject: &Subject) -> Vec<Item> {
        let shown = |value: &Option<String>| match value.as_deref() {
            None => "nothing".to_owned(),
            Some("") => "(decorative)".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        let edits = self.changes.iter().map(|(field, before, after)| {
            let what = format!("{field}: {} → {}", shown(before), shown(after));
            Item::Edit { subject: Some(subject.clone()), what }
        });
        edits.chain(self.decision.iter().flat_map(|decision| decision.items(subject))).collect()
    }
}

/// A step that is asked for.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) action: Action,
    pub(super) reason: Option<&'a str>,
}

impl Step<'_> {
    /// The transition that the step takes, or its refusal.
    pub(super) fn transition(
        self,
        ctx: &Context<'_>,
        catalog: &Catalog,
        row: &FactsRow,
    ) -> Result<Result<Transition, Item>, Error> {
        let undone = match (self.action, row.asset.state) {
            (Action::Reconsider, State::Withdrawn) => {
                catalog.last_actor_of(row.asset.id, Action::Withdraw)?
            }
            _ => None,
        };
        let request = Request {
            action: self.action,
            authority: ctx.actor.authority(),
            plan: Plan::None,
            asker: ctx.actor.name(),
            undone: undone.as_deref(),
            reason: self.reason,
        };
        let decided = lifecycle::next(row.asset.state, &request);
        Ok(decided.map_err(|refusal| self.refusal(row, refusal.to_string())))
    }

    pub(super) fn refusal(self, row: &FactsRow, why: String) -> Item {
        Item::Refusal { subject: subject(&row.asset), action: self.action.name(), why }
    }

    /// The decision to take `transition`, with the revision of each context that it saw.
    pub(super) fn decision(
        self,
        row: &FactsRow,
        transition: Transition,
        pins: Vec<(i64, i64)>,
    ) -> Decision {
        Decision {
            asset: row.asset.id,
            version: row.asset.version,
            digest: row.asset.digest,
            transition,
            reason: self.reason.map(str::to_owned),
            causes: Vec::new(),
            pins,
            look: None,
            notice: None,
            review: Review::default(),
            code: None,
            settlement: None,
        }
    }
}

/// Arguments of a step that needs nothing but a reason.
#[derive(Debug, clap::Args)]
pub(super) struct StepArgs {
    #[command(flatten)]
    selection: Selection,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", required = true, value_parser = super::words::said)]
    reason: String,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl StepArgs {
    /// What was asked: how, of which assets, and why.
    pub(super) fn parts(&self) -> (Mode, &Selection, &str) {
        (Mode::unless_dry_run(self.dry_run), &self.selection, &self.reason)
    }

    /// Takes the step for each selected asset.
    pub(super) fn take(&self, action: Action, ctx: &mut Context<'_>) -> Result<(), Error> {
        let mode = Mode::unless_dry_run(self.dry_run);
        let step = Step { action, reason: Some(&self.reason) };
        let mut eyes = Eyes::default();
        decide_each(ctx, mode, &self.selection, |ctx, bench, row| {
            Ok(match step.transition(ctx, bench.catalog, &row)? {
                Ok(transition) => {
                    let notice = forgotten(bench.catalog, &row, transition)?;
                    let decision = step.decision(&row, transition, Vec::new());
                    let decision = Decision { notice, ..decision };
                    let library = (bench.catalog, &*bench.court.config);
                    Decided::Change(eyes.remember(library, mode, (&row.asset, decision))?)
                }
                Err(refusal) => Decided::Nothing(vec![refusal]),
            })
        })
    }
}

/// What people should know who take back a decision about other bytes than are there by now.
fn forgotten(
    catalog: &Catalog,
    row: &FactsRow,
    transition: Transition,
) -> Result<Option<String>, CatalogError> {
    let is_about_others =
        transition.action == Action::Reconsider && catalog.is_overwritten(&row.asset)?;
    let what =
        "its original has other bytes by now; those that were ended are not remembered any more";
    Ok(is_about_others.then(|| what.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::catalog::{FolderChange, Genesis, Session};
    use crate::domain::actor::{Actor, Authority};
    use crate::domain::asset::{Content, Digest, FileStamp, RootKind};
    use crate::domain::intake::{FolderPlan, FoundFile};
    use crate::domain::time::Timestamp;
    use crate::report::{ErrorLine, Sink, Summary};

    /// What was said, one line per item.
    #[derive(Default)]
    struct Said(Vec<String>);

    impl Sink for Said {
        fn item(&mut self, item: &Item, _: bool) -> io::Result<()> {
            self.0.push(match item {
                Item::Change { subject, action, .. } => format!("{action} {}", subject.path),
                Item::Failure { what, why, hint } => format!("{what}: {why}; {hint:?}"),
                other => format!("{other:?}"),
            });
            Ok(())
        }

        fn finish(&mut self, _: &Summary, _: Option<&ErrorLine>) -> io::Result<()> {
            Ok(())
        }
    }

    fn actor() -> Actor {
        Actor { os_user: "ada".to_owned(), person: None, job: None, host: "studio".to_owned() }
    }

    fn catalog_of(folder: &tempfile::TempDir, names: &[&str]) -> Catalog {
        let session = Session {
            actor: actor(),
            command: "test".to_owned(),
            now: Timestamp::from_millis(1_700_000_000_000),
            run: "r0".to_owned(),
            policy_hash: String::new(),
            begun: false,
            plan: None,
        };
        let path = folder.path().join("catalog.db");
        let mut catalog = Catalog::create(&path, &Genesis { uuid: [7; 16] }, session).unwrap();
        let root = catalog.add_root("uploads", RootKind::Production, 1).unwrap();
        let original = |name: &&str| FoundFile {
            name: name.as_bytes().to_vec(),
            digest: Digest([1; 32]),
            content: Content::default(),
            stamp: FileStamp { bytes: 1, modified_ns: 0, changed_ns: 0, inode: 1, device: 1 },
            claims: None,
        };
        let new_assets = names.iter().map(original).collect();
        let plan = FolderPlan { new_assets, ..FolderPlan::default() };
        catalog.record_intake(&[FolderChange { root, folder: Vec::new(), plan }]).unwrap();
        catalog
    }

    fn rejection(row: &FactsRow) -> Decision {
        let request = Request {
            action: Action::Reject,
            authority: Authority::Human,
            plan: Plan::None,
            asker: "ada",
            undone: None,
            reason: Some("wrong label"),
        };
        let transition = lifecycle::next(row.asset.state, &request).unwrap();
        let step = Step { action: Action::Reject, reason: Some("wrong label") };
        step.decision(row, transition, Vec::new())
    }

    #[test]
    fn an_asset_that_changed_meanwhile_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalog = catalog_of(&folder, &["a.png", "b.png", "c.png"]);
        let mut said = Said::default();
        let mut report = Report::new(&mut said);
        let mut batch = Batch::new(Mode::Real);
        for number in 1..=3 {
            let row = catalog.facts_of(AssetId(number)).unwrap().unwrap();
            let decided = (subject(&row.asset), Decided::Change(rejection(&row)));
            batch.add(&mut report, &mut catalog, decided).unwrap();
        }
        let second = catalog.facts_of(AssetId(2)).unwrap().unwrap();
        catalog.place_hold(AssetId(2), second.asset.version, "dispute", None).unwrap();
        batch.record(&mut report, &mut catalog).unwrap();
        assert_eq!(report.summary.exit_code(), ExitCode::Changed);
        let states = [1, 2, 3].map(|id| catalog.asset(AssetId(id)).unwrap().unwrap().state);
        assert_eq!(states, [State::Rejected, State::Draft, State::Rejected]);
        assert_eq!(said.0[0], "reject a.png");
        let conflict = "#2 b.png: asset #2 was changed by ada at studio (asset.hold at \
                        2023-11-14T22:13:20.000Z) meanwhile; \
                        Some(\"look at it again and repeat the command\")";
        assert_eq!(said.0[1], conflict);
        assert_eq!(said.0[2], "reject c.png");
    }

    #[test]
    fn decisions_that_belong_together_are_recorded_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalog = catalog_of(&folder, &["a.png", "b.png", "c.png"]);
        let rows = [1, 2, 3].map(|id| catalog.facts_of(AssetId(id)).unwrap().unwrap());
        let decisions = rows.each_ref().map(rejection);
        catalog.place_hold(AssetId(2), rows[1].asset.version, "dispute", None).unwrap();
        let length = catalog.audit_head().unwrap().0;
        let refused = catalog.record_together(&decisions).unwrap_err();
        assert!(matches!(refused, CatalogError::Changed { .. }), "{refused:?}");
        let state = |catalog: &Catalog, id| catalog.asset(AssetId(id)).unwrap().unwrap().state;
        assert_eq!([1, 2, 3].map(|id| state(&catalog, id)), [State::Draft; 3]);
        assert_eq!(catalog.audit_head().unwrap().0, length);
        let again = catalog.facts_of(AssetId(2)).unwrap().unwrap();
        let [first, _, third] = decisions;
        catalog.record_together(&[first, rejection(&again), third]).unwrap();
        assert_eq!([1, 2, 3].map(|id| state(&catalog, id)), [State::Rejected; 3]);
    }
}
