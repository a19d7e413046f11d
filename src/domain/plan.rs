//! Saved plans: what a sweep or a clean would do, kept until somebody carries it out.
//!
//! A plan is bound to what it was made of by a digest over all of it. It is carried out under the
//! policy it was made under, before its time is over, and once.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::actor::{Authority, Signer};
use super::asset::{AssetId, Digest};
use super::cleanup::Load;
use super::lifecycle::State;
use super::policy_review::policy_changes;
use super::time::Timestamp;

const DOMAIN: &[u8] = b"shelflife-plan-v1\0";

/// A saved plan's number in the catalog. Never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanId(pub i64);

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The command that a plan is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanKind {
    Sweep,
    Clean,
}

impl PlanKind {
    pub const ALL: [Self; 2] = [Self::Sweep, Self::Clean];

    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::Clean => "clean",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a plan says of one asset, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    pub asset: AssetId,
    /// Printable.
    pub path: String,
    pub version: i64,
    pub what: Planned,
}

/// What is to be done with an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    Take {
        from: State,
        to: State,
        why: Vec<String>,
        load: Load,
    },
    /// Considered and left alone, because.
    Keep(String),
}

impl PlanStep {
    pub fn is_to_be_taken(&self) -> bool {
        matches!(self.what, Planned::Take { .. })
    }

    /// What taking it moves.
    pub fn load(&self) -> Load {
        match self.what {
            Planned::Take { load, .. } => load,
            Planned::Keep(_) => Load::default(),
        }
    }
}

/// A plan as it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHead {
    pub kind: PlanKind,
    /// The command as one could type it.
    pub command: String,
    /// The policy that decided, as its canonical text.
    pub policy: String,
    pub made: Timestamp,
    /// The plan is over at this instant.
    pub until: Timestamp,
}

/// A plan that was saved, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    pub id: PlanId,
    pub head: PlanHead,
    pub digest: Digest,
    pub made_by: Signer,
    pub approved: Option<(Signer, Timestamp)>,
    /// When somebody began to carry it out.
    pub begun: Option<Timestamp>,
    /// When it was gone through to its end: it is not carried out again.
    pub finished: Option<Timestamp>,
    /// How many assets it takes, and how many of them were taken.
    pub takes: u64,
    pub done: u64,
}

/// Where a plan stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanStatus {
    /// It waits for an approval: of a second person, or of one who says that the clock is right.
    Waiting,
    /// It may be carried out.
    Ready,
    /// It was begun and may be gone on with.
    Begun,
    Applied,
    /// Its time is over.
    Over,
    /// It was made under another policy.
    Outdated,
}

impl PlanStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Begun => "begun",
            Self::Applied => "applied",
            Self::Over => "over",
            Self::Outdated => "outdated",
        }
    }
}

/// What a plan is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub now: Timestamp,
    /// The newest instant that the log has seen.
    pub newest: Option<Timestamp>,
    /// The policy as it is now, as its canonical text.
    pub policy: &'a str,
    /// A clean of more assets than this needs a second person.
    pub second_person_above: u64,
}

impl SavedPlan {
    /// Whether carrying it out takes the approval of a second person.
    pub fn needs_approval(&self, second_person_above: u64) -> bool {
        self.head.kind == PlanKind::Clean && self.takes > second_person_above
    }

    /// Whether a person has to say first that the clock is right: it is behind the log, though not
    /// behind the plan, and what is left would be moved by it.
    pub fn waits_for_the_clock(&self, terms: Terms<'_>) -> bool {
        let is_behind = terms.newest.is_some_and(|newest| terms.now.is_behind(newest));
        let moves = self.head.kind == PlanKind::Clean && self.done < self.takes;
        is_behind && !terms.now.is_behind(self.newest()) && moves && self.approved.is_none()
    }

    /// When it was made or begun.
    fn newest(&self) -> Timestamp {
        self.begun.map_or(self.head.made, |begun| begun.max(self.head.made))
    }

    pub fn status(&self, terms: Terms<'_>) -> PlanStatus {
        if self.finished.is_some() {
            PlanStatus::Applied
        } else if terms.now >= self.head.until {
            PlanStatus::Over
        } else if terms.policy != self.head.policy {
            PlanStatus::Outdated
        } else if check_approval(self, terms).is_err() || self.waits_for_the_clock(terms) {
            PlanStatus::Waiting
        } else if self.begun.is_some() {
            PlanStatus::Begun
        } else {
            PlanStatus::Ready
        }
    }
}

/// Why a plan can be neither approved nor carried out at all; nothing if it can.
pub fn check_usable(plan: &SavedPlan, terms: Terms<'_>) -> Result<(), String> {
    let (PlanHead { policy, until, .. }, newest) = (&plan.head, plan.newest());
    if let Some(at) = plan.finished {
        return Err(format!("it was carried out at {at}"));
    }
    if terms.now >= *until {
        return Err(format!("it was valid until {until}"));
    }
    // It would be valid for longer.
    if terms.now.is_behind(newest) {
        return Err(format!("it is from {newest}, and the clock says {}", terms.now));
    }
    if terms.policy != policy {
        let changes = policy_changes(policy, terms.policy).join(", ");
        return Err(format!("the policy is another one since it was made: {changes}"));
    }
    Ok(())
}

/// Why the plan may not be carried out yet: it needs a second person and has none.
pub fn check_approval(plan: &SavedPlan, terms: Terms<'_>) -> Result<(), String> {
    if !plan.needs_approval(terms.second_person_above) {
        return Ok(());
    }
    let approver = plan.approved.as_ref().map(|(approver, _)| approver);
    if approver.is_some_and(|approver| approver.is_somebody_else_than(&plan.made_by)) {
        return Ok(());
    }
    let limit = terms.second_person_above;
    Err(format!("{} assets, and more than {limit} take a second person", plan.takes))
}

/// Why `approver` may not approve the plan; nothing if they may.
pub fn check_approver(
    plan: &SavedPlan,
    terms: Terms<'_>,
    (approver, authority): (&Signer, Authority),
) -> Result<(), String> {
    if authority == Authority::Automation {
        return Err("a person approves, not a job".to_owned());
    }
    if let Some((by, at)) = &plan.approved {
        return Err(format!("{} approved it at {at} already", by.name));
    }
    if !plan.needs_approval(terms.second_person_above)
        || approver.is_somebody_else_than(&plan.made_by)
    {
        return Ok(());
    }
    let Signer { name, account } = &plan.made_by;
    let limit = terms.second_person_above;
    Err(format!(
        "{name} made it from the account {account}, and a clean of more than {limit} assets takes \
         somebody else, from another account"
    ))
}

/// The digest of a plan, fed step by step in the order of the assets.
#[derive(Debug)]
pub struct PlanSeal(Sha256);

impl PlanSeal {
    /// Begins with what the plan is as a whole, in the catalog with this identity.
    pub fn new(catalog: &str, head: &PlanHead) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        let mut seal = Self(hash);
        for text in [catalog, head.kind.name(), &head.command, &head.policy] {
            seal.text(text);
        }
        seal.0.update(head.made.millis().to_be_bytes());
        seal.0.update(head.until.millis().to_be_bytes());
        seal
    }

    /// Takes up one step, by the text that is kept of it.
    pub fn step(&mut self, asset: AssetId, text: &str) {
        self.0.update(asset.0.to_be_bytes());
        self.text(text);
    }

    pub fn digest(self) -> Digest {
        Digest(self.0.finalize().into())
    }

    fn text(&mut self, text: &str) {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> SavedPlan {
        let made = Timestamp::from_millis(1_700_000_000_000);
        SavedPlan {
            id: PlanId(1),
            head: PlanHead {
                kind: PlanKind::Clean,
                command: "shelflife clean --save".to_owned(),
                policy: "max_items=5\nowner=a\nowner=b\n".to_owned(),
                made,
                until: made.plus_hours(24),
            },
            digest: Digest([0; 32]),
            made_by: signer("Olga", "olga"),
            approved: None,
            begun: None,
            finished: None,
            takes: 11,
            done: 0,
        }
    }

    fn signer(name: &str, account: &str) -> Signer {
        Signer { name: name.to_owned(), account: account.to_owned() }
    }

    fn terms<'a>(plan: &SavedPlan, policy: &'a str) -> Terms<'a> {
        Terms { now: plan.head.made, newest: None, policy, second_person_above: 10 }
    }

    #[test]
    fn a_second_person_has_another_name_and_another_account() {
        let plan = plan();
        let policy = plan.head.policy.clone();
        for (name, account, may) in [
            ("mia", "mia", true),
            ("olga", "mia", false),
            ("mia", "olga", false),
            ("Olga", "olga", false),
        ] {
            let approver = (&signer(name, account), Authority::Human);
            let checked = check_approver(&plan, terms(&plan, &policy), approver);
            assert_eq!(checked.is_ok(), may, "{name} from {account}");
            let mut signed = plan.clone();
            signed.approved = Some((signer(name, account), plan.head.made));
            assert_eq!(check_approval(&signed, terms(&plan, &policy)).is_ok(), may);
        }
        let job = (&signer("mia", "mia"), Authority::Automation);
        assert!(check_approver(&plan, terms(&plan, &policy), job).is_err());
    }

    #[test]
    fn the_creator_approves_what_is_no_larger_than_the_limit_and_every_sweep() {
        let policy = plan().head.policy;
        let small = SavedPlan { takes: 10, ..plan() };
        let mut sweep = plan();
        sweep.head.kind = PlanKind::Sweep;
        for plan in [small, sweep] {
            let creator = (&plan.made_by.clone(), Authority::Human);
            assert_eq!(check_approver(&plan, terms(&plan, &policy), creator), Ok(()));
            assert_eq!(check_approval(&plan, terms(&plan, &policy)), Ok(()));
        }
    }

    #[test]
    fn a_plan_is_over_at_its_instant_and_not_before() {
        let plan = plan();
        let usable =
            |now| check_usable(&plan, Terms { now, ..terms(&plan, &plan.head.policy) }).is_ok();
        assert!(usable(plan.head.until.before()));
        assert!(!usable(plan.head.until));
        assert!(usable(Timestamp::from_millis(plan.head.made.millis() - 5 * 60_000)));
        assert!(!usable(Timestamp::from_millis(plan.head.made.millis() - 5 * 60_000 - 1)));
    }

    #[test]
    fn changes_of_the_policy_are_told_by_key() {
        let now = "max_items=6\nowner=a\nzone=UTC\n";
        let told = policy_changes(&plan().head.policy, now);
        let wanted =
            ["max_items was 5 and is 6", "owner was a b and is a", "zone was none and is UTC"];
        assert_eq!(told, wanted);
    }

    #[test]
    fn every_part_of_a_plan_is_sealed() {
        let seal = |head: &PlanHead, steps: &[(i64, &str)]| {
            let mut seal = PlanSeal::new("c", head);
            for (asset, text) in steps {
                seal.step(AssetId(*asset), text);
            }
            seal.digest()
        };
        let head = plan().head;
        let one = seal(&head, &[(1, "ab"), (2, "c")]);
        for steps in [&[(1, "a"), (2, "bc")][..], &[(1, "ab")], &[(2, "ab"), (1, "c")]] {
            assert_ne!(seal(&head, steps), one, "{steps:?}");
        }
        let later = PlanHead { until: head.until.plus_hours(1), ..head.clone() };
        assert_ne!(seal(&later, &[(1, "ab"), (2, "c")]), one);
    }
}
