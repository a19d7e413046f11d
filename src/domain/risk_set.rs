//! Sets of equal risk: what one decision may clear together.
//!
//! Whoever approves many assets at once answers the same questions for all of them. That is only
//! honest where the facts on record that the answers hang on are the same for all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::asset::{AssetId, Digest};
use super::claims::Claims;
use super::context::{ContextKey, ContextKind};
use super::lifecycle::{Ended, State};
use super::risk::Risk;

const DOMAIN: &[u8] = b"shelflife-risk-set-v1\0";

/// How many assets of a set are named.
const EXAMPLES: usize = 3;

/// What is on record about an asset that a person is asked to clear.
#[derive(Debug, Clone)]
pub struct RiskFacts<'a> {
    pub state: State,
    /// Its licenses by key.
    pub licenses: Vec<&'a str>,
    pub contexts: Vec<&'a ContextKey>,
    pub claims: Option<&'a Claims>,
    /// Every risk that was ever flagged, cleared or not.
    pub flagged: BTreeSet<Risk>,
    /// The rules whose findings a waiver lets through.
    pub waived: BTreeSet<String>,
    /// How it, or another asset of its bytes, was ended before.
    pub endings: BTreeSet<Ended>,
}

/// What the risk of clearing an asset hangs on. Assets with the same one are of one set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RiskProfile {
    /// First, so that what is cleared one by one comes last.
    endings: BTreeSet<Ended>,
    flagged: BTreeSet<Risk>,
    waived: BTreeSet<String>,
    state: State,
    licenses: BTreeSet<String>,
    /// What it promises to others, and whose terms it is under: each by its key.
    stated: BTreeSet<ContextKey>,
    subjects: BTreeSet<Subject>,
    is_generated: bool,
}

/// What a picture can be wrong about, of whichever product or brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Product,
    Brand,
}

impl RiskProfile {
    /// What the facts come to. That a renewal is about an expired asset is no return: it is told as
    /// its state.
    pub fn of(facts: &RiskFacts<'_>) -> Self {
        let is_renewal = facts.state != State::Draft;
        let counts = |ended: &&Ended| !(is_renewal && **ended == Ended::Expired);
        let linked = || facts.contexts.iter().copied().filter(|key| !key.says_none());
        Self {
            endings: facts.endings.iter().filter(counts).copied().collect(),
            flagged: facts.flagged.clone(),
            waived: facts.waived.clone(),
            state: facts.state,
            licenses: facts.licenses.iter().map(|key| (*key).to_owned()).collect(),
            stated: linked().filter(|key| is_stated(key.kind)).cloned().collect(),
            subjects: linked().filter_map(|key| subject(key.kind)).collect(),
            is_generated: facts.claims.is_some_and(Claims::shows_generation),
        }
    }

    /// Whether its assets are cleared one by one: they were rejected, expired or withdrawn before.
    pub fn is_one_by_one(&self) -> bool {
        !self.endings.is_empty()
    }

    /// Every fact, in words.
    pub fn in_words(&self) -> Vec<String> {
        let list = |words: Vec<&str>| (!words.is_empty()).then(|| words.join(", "));
        let endings = list(self.endings.iter().map(|ended| ended.name()).collect());
        let flagged = list(self.flagged.iter().map(|risk| risk.name()).collect());
        let waived = list(self.waived.iter().map(String::as_str).collect());
        let licenses = list(self.licenses.iter().map(String::as_str).collect());
        let stated: Vec<_> = self.stated.iter().map(ToString::to_string).collect();
        let stated = list(stated.iter().map(String::as_str).collect());
        let about = |subject, words: &str| self.subjects.contains(&subject).then(|| words.into());
        let words = [
            endings.map(|endings| format!("was {endings} before")),
            flagged.map(|risks| format!("was flagged as {risks}")),
            waived.map(|rules| format!("is accepted in spite of {rules}")),
            (self.state == State::Expired).then(|| "is expired".to_owned()),
            Some(licenses.map_or("has no license on record".to_owned(), |licenses| {
                format!("is licensed by {licenses}")
            })),
            stated.map(|keys| format!("depends on {keys}")),
            about(Subject::Product, "shows a product or its packaging"),
            about(Subject::Brand, "depends on the brand direction"),
            self.is_generated.then(|| "says that a model generated it".to_owned()),
        ];
        words.into_iter().flatten().collect()
    }
}

/// Whether the words, the price or the terms of this very context are what is vouched for.
fn is_stated(kind: ContextKind) -> bool {
    matches!(kind, ContextKind::Claim | ContextKind::Offer | ContextKind::Provider)
}

fn subject(kind: ContextKind) -> Option<Subject> {
    match kind {
        ContextKind::Product | ContextKind::Packaging => Some(Subject::Product),
        ContextKind::Brand => Some(Subject::Brand),
        // Three are told by their keys; the others say when a use ends, or how a picture was made.
        ContextKind::Claim
        | ContextKind::Offer
        | ContextKind::Provider
        | ContextKind::Campaign
        | ContextKind::Season
        | ContextKind::Template => None,
    }
}

/// A set with these assets as they were read: `s-` and twelve hexadecimal digits.
///
/// One asset more or less, or one that was described anew, makes another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetId(String);

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SetId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("s-").unwrap_or_default();
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 12 && digits.bytes().all(is_digit) {
            return Ok(Self(text.to_owned()));
        }
        Err("not a set (write what the command told, such as s-0123456789ab)".to_owned())
    }
}

/// An asset as it was read, with all that an approval of it would rely on.
#[derive(Debug, Clone)]
pub struct Member {
    pub asset: AssetId,
    /// Printable.
    pub path: String,
    pub version: i64,
    pub digest: Digest,
    /// The number and version of each license, and the number and revision of each context.
    pub licenses: Vec<(i64, i64)>,
    pub contexts: Vec<(i64, i64)>,
}

/// Assets of equal risk.
#[derive(Debug, Clone)]
pub struct RiskSet {
    /// By ascending number.
    members: Vec<AssetId>,
    /// The first few.
    pub examples: Vec<(AssetId, String)>,
    seal: Sha256,
}

impl RiskSet {
    fn new(profile: &RiskProfile) -> Self {
        let mut seal = Sha256::new();
        seal.update(DOMAIN);
        for word in profile.in_words() {
            seal.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
            seal.update(word);
        }
        Self { members: Vec::new(), examples: Vec::new(), seal }
    }

    fn add(&mut self, member: Member) {
        self.members.push(member.asset);
        for number in [member.asset.0, member.version] {
            self.seal.update(number.to_be_bytes());
        }
        self.seal.update(member.digest.0);
        for links in [&member.licenses, &member.contexts] {
            self.seal.update(u64::try_from(links.len()).unwrap_or(u64::MAX).to_be_bytes());
            for (record, revision) in links {
                self.seal.update(record.to_be_bytes());
                self.seal.update(revision.to_be_bytes());
            }
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push((member.asset, member.path));
        }
    }

    pub fn id(&self) -> SetId {
        let seal: [u8; 32] = self.seal.clone().finalize().into();
        let digits: String = Digest(seal).to_string().chars().take(12).collect();
        SetId(format!("s-{digits}"))
    }

    pub fn has(&self, asset: AssetId) -> bool {
        self.members.binary_search(&asset).is_ok()
    }

    pub fn count(&self) -> u64 {
        u64::try_from(self.members.len()).unwrap_or(u64::MAX)
    }

    /// How many are not among the examples.
    pub fn not_shown(&self) -> u64 {
        self.count().saturating_sub(u64::try_from(self.examples.len()).unwrap_or(u64::MAX))
    }
}

/// What may come of clearing several assets at once.
#[derive(Debug, Clone, Copy)]
pub enum Bulk<'s> {
    /// This set and nothing else.
    Cleared(&'s RiskProfile, &'s RiskSet),
    /// No asset could be cleared at all.
    Nothing,
    /// They differ, or were ended before: nothing is cleared.
    Mixed,
    /// There is no such set, or not any more.
    Unknown,
}

/// The assets that could be cleared, by their risk. Assets are added by ascending number.
#[derive(Debug, Clone, Default)]
pub struct RiskSets(BTreeMap<RiskProfile, RiskSet>);

impl RiskSets {
    pub fn add(&mut self, profile: RiskProfile, member: Member) {
        self.0.entry(profile).or_insert_with_key(RiskSet::new).add(member);
    }

    /// Decides what is cleared: the set that was asked for, or all if they are one.
    pub fn decide(&self, only: Option<&SetId>) -> Bulk<'_> {
        let mut whole = self.0.iter().filter(|(profile, _)| !profile.is_one_by_one());
        if let Some(only) = only {
            let asked = whole.find(|(_, set)| set.id() == *only);
            return asked.map_or(Bulk::Unknown, |(profile, set)| Bulk::Cleared(profile, set));
        }
        match (self.0.len(), whole.next()) {
            (0, _) => Bulk::Nothing,
            (1, Some((profile, set))) => Bulk::Cleared(profile, set),
            _ => Bulk::Mixed,
        }
    }

    /// Those that can be cleared as a whole first, of these the largest first.
    pub fn in_order(&self) -> Vec<(&RiskProfile, &RiskSet)> {
        let mut sets: Vec<_> = self.0.iter().collect();
        sets.sort_by_key(|(profile, set)| (profile.is_one_by_one(), Reverse(set.count())));
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(contexts: &[ContextKey]) -> RiskFacts<'_> {
        RiskFacts {
            state: State::Draft,
            licenses: vec!["studio"],
            contexts: contexts.iter().collect(),
            claims: None,
            flagged: BTreeSet::new(),
            waived: BTreeSet::new(),
            endings: BTreeSet::new(),
        }
    }

    fn keys(text: &str) -> Vec<ContextKey> {
        text.split_whitespace().map(|key| key.parse().unwrap()).collect()
    }

    fn profile(contexts: &str) -> RiskProfile {
        RiskProfile::of(&facts(&keys(contexts)))
    }

    fn member(number: i64) -> Member {
        Member {
            asset: AssetId(number),
            path: "tea.png".to_owned(),
            version: 1,
            digest: Digest([7; 32]),
            licenses: vec![(1, 1)],
            contexts: vec![(1, 1)],
        }
    }

    fn sets(members: &[(&RiskProfile, i64)]) -> RiskSets {
        let mut sets = RiskSets::default();
        for (profile, number) in members {
            sets.add((*profile).clone(), member(*number));
        }
        sets
    }

    #[test]
    fn claims_and_offers_and_terms_count_one_by_one_and_what_is_shown_by_its_kind() {
        for (one, other, equal) in [
            ("product/tea", "packaging/tin product/coffee", true),
            ("brand/house", "brand/house product/tea", false),
            ("brand/house", "", false),
            ("campaign/spring", "season/winter template/one", true),
            ("claim/organic", "claim/fair", false),
            ("claim/organic", "claim/none", false),
            ("claim/none product/none", "", true),
            ("offer/ten-percent", "", false),
            ("provider/one", "provider/two", false),
        ] {
            assert_eq!(profile(one) == profile(other), equal, "{one} and {other}");
        }
    }

    #[test]
    fn each_other_fact_makes_a_set_of_its_own_and_is_told() {
        let plain = facts(&[]);
        let generated =
            Claims { source_type: Some("trainedAlgorithmicMedia".to_owned()), ..Claims::default() };
        let licenses = vec!["studio", "stock"];
        let cases = [
            (RiskFacts { licenses: Vec::new(), ..plain.clone() }, "has no license on record"),
            (RiskFacts { licenses, ..plain.clone() }, "is licensed by stock, studio"),
            (
                RiskFacts { flagged: [Risk::Likeness].into(), ..plain.clone() },
                "was flagged as likeness",
            ),
            (
                RiskFacts { waived: ["SL201".to_owned()].into(), ..plain.clone() },
                "is accepted in spite of SL201",
            ),
            (
                RiskFacts { claims: Some(&generated), ..plain.clone() },
                "says that a model generated it",
            ),
            (
                RiskFacts { endings: [Ended::Withdrawn].into(), ..plain.clone() },
                "was withdrawn before",
            ),
            (RiskFacts { state: State::Expired, ..plain.clone() }, "is expired"),
        ];
        let profiles: BTreeSet<_> = cases.iter().map(|(facts, _)| RiskProfile::of(facts)).collect();
        assert_eq!(profiles.len(), cases.len());
        for (facts, told) in cases {
            let profile = RiskProfile::of(&facts);
            assert_ne!(profile, RiskProfile::of(&plain), "{told}");
            assert!(profile.in_words().contains(&told.to_owned()), "{:?}", profile.in_words());
        }
    }

    #[test]
    fn what_was_ended_before_is_cleared_one_by_one_and_an_expiry_is_what_a_renewal_is_for() {
        for (state, ended, one_by_one) in [
            (State::Draft, Ended::Rejected, true),
            (State::Draft, Ended::Expired, true),
            (State::Draft, Ended::Withdrawn, true),
            (State::Approved, Ended::Rejected, true),
            (State::Expired, Ended::Withdrawn, true),
            (State::Expired, Ended::Expired, false),
            (State::Approved, Ended::Expired, false),
        ] {
            let facts = RiskFacts { state, endings: [ended].into(), ..facts(&[]) };
            assert_eq!(RiskProfile::of(&facts).is_one_by_one(), one_by_one, "{state} {ended:?}");
        }
    }

    /// The assets that are cleared, of five, or the name of what is decided instead.
    fn cleared(sets: &RiskSets, only: Option<&SetId>) -> Result<Vec<i64>, String> {
        match sets.decide(only) {
            Bulk::Cleared(_, set) => Ok((1..=5).filter(|id| set.has(AssetId(*id))).collect()),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn all_are_cleared_or_the_set_that_was_asked_for_or_nothing() {
        let (plain, claim) = (profile(""), profile("claim/organic"));
        let ended = RiskFacts { endings: [Ended::Rejected].into(), ..facts(&[]) };
        let ended = RiskProfile::of(&ended);
        assert_eq!(cleared(&RiskSets::default(), None), Err("Nothing".to_owned()));
        assert_eq!(cleared(&sets(&[(&plain, 1), (&plain, 2)]), None), Ok(vec![1, 2]));
        let mixed = sets(&[(&plain, 1), (&claim, 2), (&claim, 3), (&ended, 4), (&ended, 5)]);
        assert_eq!(cleared(&mixed, None), Err("Mixed".to_owned()));
        let ids: Vec<_> = mixed.in_order().iter().map(|(_, set)| set.id()).collect();
        assert_eq!(cleared(&mixed, Some(&ids[0])), Ok(vec![2, 3]), "the larger one comes first");
        assert_eq!(cleared(&mixed, Some(&ids[1])), Ok(vec![1]));
        let one_by_one = cleared(&mixed, Some(&ids[2]));
        assert_eq!(one_by_one, Err("Unknown".to_owned()), "these are cleared one by one");
        assert_eq!(cleared(&sets(&[(&ended, 4)]), None), Err("Mixed".to_owned()));
    }

    #[test]
    fn a_set_has_the_same_name_until_anything_about_it_changes() {
        let plain = profile("");
        let id = |profile: &RiskProfile, member: Member| {
            let mut sets = RiskSets::default();
            sets.add(profile.clone(), member);
            sets.in_order()[0].1.id()
        };
        let first = id(&plain, member(1));
        assert_eq!(id(&plain, Member { path: "moved.png".to_owned(), ..member(1) }), first);
        assert_eq!(first.to_string().parse(), Ok(first.clone()));
        let others = [
            id(&profile("claim/organic"), member(1)),
            id(&plain, member(2)),
            id(&plain, Member { version: 2, ..member(1) }),
            id(&plain, Member { digest: Digest([8; 32]), ..member(1) }),
            id(&plain, Member { licenses: vec![(1, 2)], ..member(1) }),
            id(&plain, Member { contexts: vec![(1, 2)], ..member(1) }),
            id(&plain, Member { licenses: vec![], contexts: vec![(1, 1), (1, 1)], ..member(1) }),
            sets(&[(&plain, 1), (&plain, 2)]).in_order()[0].1.id(),
        ];
        let distinct: BTreeSet<_> = others.iter().chain([&first]).collect();
        assert_eq!(distinct.len(), others.len() + 1);
    }

    #[test]
    fn a_few_assets_of_a_set_are_named_and_the_others_counted() {
        let plain = profile("");
        let members: Vec<_> = (1..=40).map(|number| (&plain, number)).collect();
        let sets = sets(&members);
        let (_, set) = sets.in_order()[0];
        assert_eq!((set.count(), set.examples.len(), set.not_shown()), (40, 3, 37));
        for text in ["", "s-", "s-0123456789a", "s-0123456789AB", "0123456789ab", "s-0123456789abc"]
        {
            assert!(text.parse::<SetId>().is_err(), "{text}");
        }
    }
}
