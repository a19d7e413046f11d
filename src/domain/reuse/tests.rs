//! One asset that may be used again, and everything that speaks against it.

use std::collections::BTreeSet;

use super::*;
use crate::domain::context::{Context, ContextRule, Revision};
use crate::domain::context_fact::ContextFacts;
use crate::domain::license::{Exclusions, License, Scope};
use crate::domain::lifecycle::{ContextLink, Ended, State};
use crate::domain::time::Zone;

/// An approved asset with all that a reuse looks at, and a use that it is right for.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) facts: Facts,
    pub(super) metadata: Metadata,
    pub(super) world: World,
    pub(super) policy: Policy,
    pub(super) digest: Digest,
    pub(super) wanted: Use,
}

pub(super) const CAMPAIGN: i64 = 1;
pub(super) const PACKAGING: i64 = 2;
pub(super) const BRAND: i64 = 3;
pub(super) const CLAIM: i64 = 4;
const LICENSE: i64 = 1;

pub(super) fn day(text: &str) -> Timestamp {
    Zone::utc().start_of(text.parse().unwrap())
}

/// The last instant of a day.
pub(super) fn through(text: &str) -> Timestamp {
    Timestamp::from_millis(Zone::utc().cutoff(text.parse().unwrap()).millis() - 1)
}

pub(super) fn context(id: i64, key: &str) -> Context {
    let added = Revision {
        number: 1,
        effective_at: day("2026-01-01"),
        note: "added".to_owned(),
        facts: ContextFacts::new(),
    };
    Context {
        id,
        key: key.parse().unwrap(),
        version: 1,
        title: None,
        owner: None,
        rule: ContextRule::Expire,
        zone: None,
        starts_on: None,
        ends_on: None,
        starts_at: None,
        ends_at: None,
        revisions: vec![added],
    }
}

fn license(id: i64, key: &str) -> License {
    License {
        id,
        key: key.to_owned(),
        version: 1,
        holder: None,
        document: None,
        note: None,
        zone: None,
        starts_on: None,
        ends_on: None,
        starts_at: None,
        ends_at: Some(day("2027-01-01")),
        perpetual: false,
        territories: Scope::Only(vec!["AT".to_owned(), "DE".to_owned()]),
        placements: Scope::Only(vec!["homepage-hero".to_owned(), "support".to_owned()]),
        excluded: Exclusions::default(),
        credit: None,
        reviewed_by: Some("mia".to_owned()),
        reviewed_on: None,
    }
}

impl Sample {
    pub(super) fn good() -> Self {
        let contexts = [
            context(CAMPAIGN, "campaign/spring"),
            context(PACKAGING, "packaging/tin"),
            context(BRAND, "brand/house"),
            context(CLAIM, "claim/none"),
        ];
        let link = |context: &Context| ContextLink { context: context.id, pinned: Some(1) };
        Self {
            facts: Facts {
                state: State::Approved,
                since: day("2026-02-01"),
                files_missing: false,
                starts_at: None,
                expires_at: Some(day("2026-12-01")),
                review_at: Some(day("2026-11-01")),
                licenses: vec![LICENSE],
                contexts: contexts.iter().map(link).collect(),
                risks: Vec::new(),
                rejected_for: Vec::new(),
            },
            metadata: Metadata {
                placements: vec!["homepage-hero".to_owned()],
                ..Metadata::default()
            },
            world: World {
                licenses: [(LICENSE, license(LICENSE, "studio"))].into(),
                contexts: contexts.into_iter().map(|context| (context.id, context)).collect(),
            },
            policy: Policy::default(),
            digest: Digest([1; 32]),
            wanted: Use {
                placement: "homepage-hero".to_owned(),
                campaign: "campaign/spring".parse().ok(),
                territory: Territory::In(vec!["DE".to_owned()]),
                from: day("2026-06-01"),
                until: through("2026-06-30"),
            },
        }
    }

    pub(super) fn context(&mut self, id: i64) -> &mut Context {
        self.world.contexts.get_mut(&id).unwrap()
    }

    pub(super) fn license(&mut self) -> &mut License {
        self.world.licenses.get_mut(&LICENSE).unwrap()
    }

    /// Links another context, pinned at its first revision.
    pub(super) fn link(&mut self, id: i64, key: &str) {
        self.world.contexts.insert(id, context(id, key));
        self.facts.contexts.push(ContextLink { context: id, pinned: Some(1) });
    }

    pub(super) fn unlink(&mut self, id: i64) {
        self.facts.contexts.retain(|link| link.context != id);
    }

    fn unpin(&mut self, id: i64) {
        let link = self.facts.contexts.iter_mut().find(|link| link.context == id);
        link.unwrap().pinned = None;
    }

    pub(super) fn revise(&mut self, id: i64, rule: ContextRule, from: &str) {
        let context = self.context(id);
        context.rule = rule;
        let (effective_at, note) = (day(from), "new".to_owned());
        context.revisions.push(Revision {
            number: 2,
            effective_at,
            note,
            facts: ContextFacts::new(),
        });
    }

    pub(super) fn end(&mut self, id: i64, last: &str) {
        self.context(id).ends_at = Some(Zone::utc().cutoff(last.parse().unwrap()));
    }

    pub(super) fn candidate(&self) -> Candidate<'_> {
        let Self { facts, metadata, world, policy, digest, .. } = self;
        Candidate { facts, metadata, world, policy, digest: *digest }
    }

    pub(super) fn check(&self) -> ReuseVerdict {
        check_reuse(&self.candidate(), &self.wanted)
    }
}

/// Which part of a verdict a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Standing,
    About(Question),
}

impl ReuseVerdict {
    fn part(&self, part: Part) -> &Grounds {
        match part {
            Part::Standing => &self.standing,
            Part::About(wanted) => {
                &self.answers.iter().find(|(question, _)| *question == wanted).unwrap().1
            }
        }
    }
}

#[test]
fn what_is_right_in_every_way_may_be_used() {
    let verdict = Sample::good().check();
    assert_eq!(verdict.answer, Answer::Yes, "{verdict:#?}");
    let because: Vec<_> = verdict.answers.iter().map(|(_, it)| it.because.as_str()).collect();
    assert_eq!(
        because,
        [
            "packaging/tin is still at revision 1, as approved",
            "campaign/spring is still at revision 1, as approved",
            "brand/house is still at revision 1, as approved",
            "license studio lasts until 2027-01-01T00:00:00.000Z; it covers homepage-hero; it covers DE",
            "claim/none is still at revision 1, as approved",
        ]
    );
}

type Case = (&'static str, fn(&mut Sample), Part, Answer, &'static str);

/// Each case spoils the good sample in one way; the answer is that of the part and of the whole.
#[track_caller]
fn assert_cases(cases: &[Case]) {
    for (name, spoil, part, answer, because) in cases {
        let mut sample = Sample::good();
        spoil(&mut sample);
        let verdict = sample.check();
        let found = verdict.part(*part);
        assert_eq!(found.answer, *answer, "{name}: {verdict:#?}");
        assert!(found.because.contains(because), "{name}: {verdict:#?}");
        let whole = verdict.answers.iter().map(|(_, grounds)| grounds.answer);
        assert_eq!(verdict.answer, whole.fold(verdict.standing.answer, Answer::max), "{name}");
        assert!(verdict.answer >= *answer, "{name}: a part never outranks the whole");
    }
}

#[test]
#[rustfmt::skip]
fn only_what_stands_for_use_from_the_first_to_the_last_instant_may_be_used() {
    use {Answer::{Ask, No, Yes}, Part::Standing};
    assert_cases(&[
        ("draft", |s| s.facts.state = State::Draft, Standing, No, "it is draft"),
        ("rejected", |s| s.facts.state = State::Rejected, Standing, No, "it is rejected"),
        ("expired", |s| s.facts.state = State::Expired, Standing, No, "it is expired: its expiry is on record"),
        ("withdrawn", |s| s.facts.state = State::Withdrawn, Standing, No, "it is unsafe: withdrawn"),
        ("quarantined", |s| s.facts.state = State::Quarantined(Ended::Expired), Standing, No, "it is quarantined"),
        ("purged", |s| s.facts.state = State::Purged(Ended::Rejected), Standing, No, "it is purged"),
        ("files missing", |s| s.facts.files_missing = true, Standing, No, "it is missing"),
        ("over before", |s| s.facts.expires_at = Some(day("2026-06-01")), Standing, No, "it is expired: its own end"),
        ("over on the last day", |s| s.facts.expires_at = Some(day("2026-06-30")), Standing, No, "during the use it becomes expired"),
        ("over right after", |s| s.facts.expires_at = Some(day("2026-07-01")), Standing, Yes, "live all the time"),
        ("not begun", |s| s.facts.starts_at = Some(day("2026-06-02")), Standing, No, "it is scheduled"),
        ("begins with the use", |s| s.facts.starts_at = Some(day("2026-06-01")), Standing, Yes, "live all the time"),
        ("review due", |s| s.facts.review_at = Some(day("2026-05-01")), Standing, Ask, "it is review-due: review due since"),
        ("review falls due", |s| s.facts.review_at = Some(day("2026-06-15")), Standing, Ask, "during the use it becomes review-due"),
        ("review overdue", |s| { s.facts.review_at = Some(day("2026-05-01")); s.policy.review_grace_days = Some(7); }, Standing, No, "it is blocked"),
        ("unrecorded context", |s| { s.world.contexts.remove(&CLAIM); }, Standing, Ask, "not on record"),
        ("unrecorded license", |s| s.facts.licenses.push(9), Standing, Ask, "not on record"),
    ]);
}

#[test]
#[rustfmt::skip]
fn products_brands_and_claims_have_to_be_recorded_and_unchanged() {
    use {Answer::{Ask, No, Yes}, ContextRule::{Expire, Ignore, Review}, Part::About, Question as Q};
    let product = About(Q::ProductAccuracy);
    let (brand, claims) = (About(Q::BrandFit), About(Q::ClaimsAndOffers));
    assert_cases(&[
        ("no product", |s| s.unlink(PACKAGING), product, Ask, "no product or packaging is recorded"),
        ("no product, said so", |s| { s.unlink(PACKAGING); s.link(9, "product/none"); }, product, Yes, "product/none is still"),
        ("new packaging", |s| s.revise(PACKAGING, Expire, "2026-05-01"), product, No, "changed since revision 1 was approved: new"),
        ("new packaging during the use", |s| s.revise(PACKAGING, Expire, "2026-06-30"), product, No, "changed since revision 1"),
        ("new packaging after the use", |s| s.revise(PACKAGING, Expire, "2026-07-01"), product, Yes, "still at revision 1"),
        ("change to review", |s| s.revise(PACKAGING, Review, "2026-05-01"), product, Ask, "changed since revision 1"),
        ("change to ignore", |s| s.revise(PACKAGING, Ignore, "2026-05-01"), product, Yes, "its rule is to ignore that"),
        ("discontinued", |s| s.end(PACKAGING, "2026-06-29"), product, No, "packaging/tin ends at 2026-06-30"),
        ("one of two products changed", |s| { s.link(9, "product/tea"); s.revise(9, Expire, "2026-05-01"); }, product, No, "product/tea changed"),
        ("unpinned", |s| s.unpin(PACKAGING), product, Ask, "no approval has seen packaging/tin"),
        ("no brand", |s| s.unlink(BRAND), brand, Ask, "no brand is recorded"),
        ("new brand direction", |s| s.revise(BRAND, Expire, "2026-05-01"), brand, No, "brand/house changed"),
        ("template only", |s| { s.unlink(BRAND); s.link(9, "template/still-life"); }, brand, Ask, "no brand is recorded"),
        ("new template", |s| { s.link(9, "template/still-life"); s.revise(9, Review, "2026-05-01"); }, brand, Ask, "template/still-life changed"),
        ("no claim", |s| s.unlink(CLAIM), claims, Ask, "no claim or offer is recorded"),
        ("offer over", |s| { s.link(9, "offer/two-for-one"); s.end(9, "2026-06-15"); }, claims, No, "offer/two-for-one ends"),
        ("offer over, ignored by its rule", |s| { s.link(9, "offer/x"); s.end(9, "2026-06-15"); s.context(9).rule = Ignore; }, claims, No, "offer/x ends"),
        ("offer through the last day", |s| { s.link(9, "offer/x"); s.end(9, "2026-06-30"); }, claims, Yes, "offer/x is still"),
        ("offer not begun", |s| { s.link(9, "offer/x"); s.context(9).starts_at = Some(day("2026-06-02")); }, claims, No, "offer/x begins only at"),
        ("claim disproved", |s| { s.link(9, "claim/organic"); s.revise(9, Expire, "2026-03-01"); }, claims, No, "claim/organic changed"),
    ]);
}

#[test]
#[rustfmt::skip]
fn an_asset_is_used_for_the_occasion_that_it_was_approved_for() {
    use {Answer::{Ask, No, Yes}, Part::About, Question as Q};
    let campaign = About(Q::CampaignContext);
    assert_cases(&[
        ("past its campaign", |s| s.end(CAMPAIGN, "2026-05-31"), campaign, No, "campaign/spring ends at"),
        ("campaign ends during the use", |s| s.end(CAMPAIGN, "2026-06-29"), campaign, No, "campaign/spring ends at"),
        ("campaign through the last day", |s| s.end(CAMPAIGN, "2026-06-30"), campaign, Yes, "campaign/spring is still"),
        ("past, for another campaign", |s| { s.end(CAMPAIGN, "2026-05-31"); s.link(9, "campaign/summer"); ask_for(s, "campaign/summer"); }, campaign, No, "campaign/spring ends at"),
        ("another campaign", |s| { s.world.contexts.insert(9, context(9, "campaign/summer")); ask_for(s, "campaign/summer"); }, campaign, Ask, "approved for campaign/spring, not for campaign/summer"),
        ("another campaign that is over", |s| { s.world.contexts.insert(9, context(9, "campaign/winter")); s.end(9, "2026-02-28"); ask_for(s, "campaign/winter"); }, campaign, No, "campaign/winter ends at"),
        ("another campaign to come", |s| { s.world.contexts.insert(9, context(9, "campaign/x")); s.context(9).starts_at = Some(day("2026-06-15")); ask_for(s, "campaign/x"); }, campaign, No, "campaign/x begins only"),
        ("unknown campaign", |s| ask_for(s, "campaign/autumn"), campaign, Ask, "campaign/autumn is not on record"),
        ("campaign not said", |s| s.wanted.campaign = None, campaign, Ask, "say with --campaign which one"),
        ("no campaign recorded", |s| { s.unlink(CAMPAIGN); s.wanted.campaign = None; }, campaign, Ask, "no campaign or season is recorded"),
        ("no campaign recorded, one asked", |s| s.unlink(CAMPAIGN), campaign, Ask, "approved for no campaign, so not for campaign/spring"),
        ("evergreen", |s| { s.unlink(CAMPAIGN); s.link(9, "campaign/none"); s.wanted.campaign = None; }, campaign, Yes, "campaign/none is still"),
        ("evergreen for a campaign", |s| { s.unlink(CAMPAIGN); s.link(9, "campaign/none"); }, campaign, Ask, "approved for no campaign"),
        ("in season", |s| { s.unlink(CAMPAIGN); s.link(9, "season/summer"); s.wanted.campaign = None; }, campaign, Yes, "season/summer is still"),
        ("out of season", |s| { s.link(9, "season/spring"); s.end(9, "2026-05-31"); }, campaign, No, "season/spring ends at"),
        ("season of another year", |s| { s.link(9, "season/summer"); s.revise(9, ContextRule::Expire, "2026-05-01"); }, campaign, No, "season/summer changed"),
        ("other placement", |s| s.wanted.placement = "support".to_owned(), campaign, Ask, "approved for homepage-hero, not for support"),
        ("no placement recorded", |s| s.metadata.placements.clear(), campaign, Ask, "approved for no placement, not for homepage-hero"),
    ]);
}

#[test]
#[rustfmt::skip]
fn every_license_has_to_allow_the_use_in_words() {
    use {Answer::{Ask, No, Yes}, Part::About, Question as Q};
    let license_ = About(Q::License);
    assert_cases(&[
        ("none", |s| s.facts.licenses.clear(), license_, Ask, "no license is recorded"),
        ("a note only", |s| { s.facts.licenses.clear(); s.metadata.rights_note = Some("ours".to_owned()); }, license_, Ask, "only a note: ours"),
        ("ended", |s| s.license().ends_at = Some(day("2026-06-01")), license_, No, "license studio ends at"),
        ("ends on the last day", |s| s.license().ends_at = Some(through("2026-06-30")), license_, No, "license studio ends at"),
        ("ends right after", |s| s.license().ends_at = Some(day("2026-07-01")), license_, Yes, "lasts until 2026-07-01"),
        ("not begun", |s| s.license().starts_at = Some(day("2026-06-02")), license_, No, "begins only at"),
        ("end unknown", |s| s.license().ends_at = None, license_, Ask, "the end of license studio is not recorded"),
        ("perpetual", |s| { s.license().ends_at = None; s.license().perpetual = true; }, license_, Yes, "has no end"),
        ("territories unknown", |s| s.license().territories = Scope::Unknown, license_, Ask, "the territories of license studio are not recorded"),
        ("territory not covered", |s| s.wanted.territory = wanted_in(&["US"]), license_, No, "does not cover US"),
        ("one territory of two", |s| s.wanted.territory = wanted_in(&["DE", "FR"]), license_, No, "does not cover FR"),
        ("both territories", |s| s.wanted.territory = wanted_in(&["DE", "AT"]), license_, Yes, "it covers DE, AT"),
        ("territory not said", |s| s.wanted.territory = Territory::Unsaid, license_, Ask, "say where with --territory"),
        ("no territory at all", |s| s.wanted.territory = wanted_in(&[]), license_, Ask, "say where with --territory"),
        ("worldwide use", |s| s.wanted.territory = Territory::Worldwide, license_, No, "is not worldwide"),
        ("worldwide license", |s| { s.license().territories = Scope::Unrestricted; s.wanted.territory = Territory::Worldwide; }, license_, Yes, "it is worldwide"),
        ("worldwide license, territory not said", |s| { s.license().territories = Scope::Unrestricted; s.wanted.territory = Territory::Unsaid; }, license_, Yes, "it is worldwide"),
        ("worldwide use, unknown license", |s| { s.license().territories = Scope::Unknown; s.wanted.territory = Territory::Worldwide; }, license_, Ask, "are not recorded"),
        ("placements unknown", |s| s.license().placements = Scope::Unknown, license_, Ask, "the placements of license studio are not recorded"),
        ("placement not covered", |s| s.license().placements = only(&["newsletter"]), license_, No, "does not cover homepage-hero"),
        ("any placement", |s| s.license().placements = Scope::Unrestricted, license_, Yes, "it covers homepage-hero"),
        ("not reviewed", |s| s.license().reviewed_by = None, license_, Ask, "nobody has reviewed license studio"),
        ("reviewed for the asset", |s| { s.license().reviewed_by = None; s.metadata.rights_reviewed_by = Some("mia".to_owned()); }, license_, Yes, "lasts until"),
        ("one of two ended", |s| { let mut other = license(2, "stock"); other.ends_at = Some(day("2026-01-01")); s.world.licenses.insert(2, other); s.facts.licenses.push(2); }, license_, No, "license stock ends"),
        ("a no outranks an ask", |s| { s.license().placements = Scope::Unknown; s.wanted.territory = wanted_in(&["US"]); }, license_, No, "does not cover US"),
        ("provider's terms changed", |s| { s.link(9, "provider/firefly"); s.revise(9, ContextRule::Review, "2026-05-01"); }, license_, Ask, "provider/firefly changed"),
    ]);
}

fn ask_for(s: &mut Sample, key: &str) {
    s.wanted.campaign = key.parse().ok();
}

fn only(codes: &[&str]) -> Scope {
    Scope::Only(codes.iter().map(ToString::to_string).collect())
}

fn wanted_in(codes: &[&str]) -> Territory {
    Territory::In(codes.iter().map(ToString::to_string).collect())
}

/// Every kind of scope and of question about where, and each set of three countries excluded.
#[test]
fn an_exclusion_makes_no_answer_milder_and_forbids_just_what_it_names() {
    let scopes = [Scope::Unknown, Scope::Unrestricted, only(&["DE"]), only(&["AT", "DE"])];
    let wanted = [
        Territory::Unsaid,
        Territory::Worldwide,
        wanted_in(&["DE"]),
        wanted_in(&["AT", "DE"]),
        wanted_in(&["CH"]),
    ];
    for (scope, territory, set) in in_all_ways(&scopes, &wanted) {
        let mut sample = Sample::good();
        sample.license().territories = scope.clone();
        sample.wanted.territory = territory.clone();
        let before = sample.check().answer;
        let bits = ["AT", "CH", "DE"].iter().enumerate().filter(|(bit, _)| (set >> bit) & 1 == 1);
        let excluded: BTreeSet<_> = bits.map(|(_, code)| (*code).to_owned()).collect();
        sample.license().excluded.territories.clone_from(&excluded);
        let after = sample.check().answer;
        let expected = match territory {
            Territory::In(codes) if codes.iter().any(|code| excluded.contains(code)) => Answer::No,
            Territory::Worldwide if !excluded.is_empty() => Answer::No,
            Territory::Unsaid if !excluded.is_empty() => before.max(Answer::Ask),
            Territory::In(_) | Territory::Worldwide | Territory::Unsaid => before,
        };
        assert_eq!(after, expected, "{scope:?} {territory:?} without {excluded:?}");
        assert!(after >= before);
    }
}

/// Each scope with each territory and each set of three.
fn in_all_ways<'a>(
    scopes: &'a [Scope],
    wanted: &'a [Territory],
) -> impl Iterator<Item = (&'a Scope, &'a Territory, u8)> {
    let pairs = scopes.iter().flat_map(move |scope| wanted.iter().map(move |one| (scope, one)));
    pairs.flat_map(|(scope, territory)| (0..8).map(move |set| (scope, territory, set)))
}
