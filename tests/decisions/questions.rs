//! The questions of the table, each to the pure function that decides it.

use std::collections::BTreeSet;
use std::fmt;

use shelflife::domain::actor::Authority;
use shelflife::domain::asset::{
    Asset, AssetId, Content, Digest, Dimensions, KnownFile, Place, Role,
};
use shelflife::domain::cleanup::{CleanStep, Hindrances, plan_clean_of};
use shelflife::domain::context::ContextChange;
use shelflife::domain::expiry::{SweepStep, plan_sweep_of};
use shelflife::domain::gate::gate;
use shelflife::domain::license::License;
use shelflife::domain::lifecycle::{self, Action, Cause, Ended, Plan, Request, State, standing_of};
use shelflife::domain::path::RelPath;
use shelflife::domain::purge::{Mark, PurgeFacts, ReadFile, Stored, check_purge};
use shelflife::domain::reuse::{Answer, Candidate, Territory, Use, check_reuse};
use shelflife::domain::risk_set::{RiskFacts, RiskProfile};
use shelflife::domain::time::Timestamp;
use shelflife::domain::validation::{Kin, Knowledge, Reading, Subject};
use shelflife::domain::variation::{Neighbor, Variations};
use shelflife::domain::window::Window;

use super::facts::{Told, countries, instant, number};

/// What a function decided, and all that it gave as the cause.
pub(super) struct Found {
    pub(super) answer: String,
    causes: Vec<String>,
}

impl Found {
    fn new(answer: impl Into<String>, causes: impl IntoIterator<Item = String>) -> Self {
        Self { answer: answer.into(), causes: causes.into_iter().collect() }
    }

    /// Whether the causes that are expected, parted by `+`, are those that were given, in their
    /// order. No cause is `-`.
    pub(super) fn is_decided_by(&self, expected: &str) -> bool {
        let expected = expected.split('+').map(str::trim).filter(|one| *one != "-");
        let expected: Vec<_> = expected.collect();
        let mut pairs = expected.iter().zip(&self.causes);
        expected.len() == self.causes.len() && pairs.all(|(one, cause)| is_told_in(one, cause))
    }
}

/// Whether the cause says that, after the question where one is named.
fn is_told_in(expected: &str, cause: &str) -> bool {
    let about =
        |(question, said): (&str, &str)| cause.starts_with(question) && cause.contains(said);
    !expected.is_empty()
        && (cause.contains(expected) || expected.split_once(": ").is_some_and(about))
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.answer, self.causes.join(" + "))
    }
}

/// Asks the question, in words, of what is told.
pub(super) fn ask(told: &Told, question: &str) -> Result<Found, String> {
    let words: Vec<_> = question.split_whitespace().collect();
    let at = |text: &str| instant(text, &told.policy.zone);
    match words.as_slice() {
        ["standing", "at", now] => Ok(standing(told, at(now)?)),
        ["sweep", "at", now] => Ok(sweep(told, at(now)?)),
        ["clean", "by", who, "at", now] => Ok(clean(told, authority(who), at(now)?)),
        ["purge", "after", days, "days", "at", now] => Ok(purge(told, number(days)?, at(now)?)),
        ["approval", "at", now] => approval(told, at(now)?),
        ["reuse", placement, rest @ ..] => reuse(told, placement, rest),
        ["revise", key, "from", day, "at", now] => revise(told, key, (at(day)?, None), at(now)?),
        ["revise", key, "from", day, "through", last, "at", now] => {
            let (first, last) = (day.parse().ok(), last.parse().ok());
            let window = Window::new(first, last, &told.policy.zone).map_err(|e| e.to_string());
            match window {
                Ok(window) => revise(told, key, (at(day)?, Some(window)), at(now)?),
                Err(why) => Ok(Found::new("refused", [why])),
            }
        }
        ["end", key, "on", day, "at", now] => end(told, key, day, at(now)?),
        ["extend", "license", key, "to", day, "at", now] => extend(told, key, day, at(now)?),
        ["terms", "of", "license", key] => terms(told, key),
        ["risk"] => Ok(risk(told, &Told::read("")?, None)),
        ["risk", "after", ended] => Ok(risk(told, &Told::read("")?, Ended::named(ended))),
        ["sibling", other] => Ok(sibling(&told.name, other)),
        [action, "by", who, rest @ ..] => step(told, action, who, rest),
        _ => Err("is no question".to_owned()),
    }
}

fn profile(told: &Told, state: State, ended: Option<Ended>) -> RiskProfile {
    RiskProfile::of(&RiskFacts {
        state,
        licenses: told.licenses.iter().map(|license| license.key.as_str()).collect(),
        contexts: told.contexts.iter().map(|(context, _)| &context.key).collect(),
        claims: None,
        flagged: told.risks.iter().map(|open| open.risk).collect(),
        waived: BTreeSet::new(),
        endings: ended.into_iter().collect(),
    })
}

/// Whether the asset can be cleared together with the one with which all is well, and what it has
/// that the other has not.
fn risk(told: &Told, plain: &Told, ended: Option<Ended>) -> Found {
    let (profile, plain) = (profile(told, told.state, ended), profile(plain, told.state, None));
    let answer = match (profile == plain, profile.is_one_by_one()) {
        (_, true) => "one by one",
        (true, false) => "equal",
        (false, false) => "another",
    };
    let known = plain.in_words();
    Found::new(answer, profile.in_words().into_iter().filter(|word| !known.contains(word)))
}

fn sibling(name: &str, other: &str) -> Found {
    let neighbor = |(number, name): (i64, &str)| Neighbor {
        asset: AssetId(number),
        name: name.as_bytes().to_vec(),
        generation: None,
    };
    let variations = Variations::among(&[neighbor((1, name)), neighbor((2, other))]);
    match variations.siblings_of(AssetId(1)).get(&AssetId(2)) {
        Some(bond) => Found::new("yes", [bond.in_words().to_owned()]),
        None => Found::new("no", []),
    }
}

fn authority(who: &str) -> Authority {
    if who == "job" { Authority::Automation } else { Authority::Human }
}

fn names<'c>(causes: impl Iterator<Item = &'c Cause>) -> Vec<String> {
    causes.map(|cause| cause.name().to_owned()).collect()
}

fn standing(told: &Told, now: Timestamp) -> Found {
    let verdict = standing_of(&told.facts(), &told.world(), &told.policy, now);
    Found::new(verdict.standing.name(), names(verdict.deciding()))
}

fn sweep(told: &Told, now: Timestamp) -> Found {
    let verdict = standing_of(&told.facts(), &told.world(), &told.policy, now);
    match plan_sweep_of(&told.facts(), &verdict, Authority::Automation) {
        SweepStep::Expire(_) => Found::new("expire", names(verdict.deciding())),
        SweepStep::Leave => Found::new("leave", []),
    }
}

fn clean(told: &Told, authority: Authority, now: Timestamp) -> Found {
    let verdict = standing_of(&told.facts(), &told.world(), &told.policy, now);
    let hindrances = Hindrances {
        held: told.held.as_deref(),
        uses: told.uses.as_ref().map(|uses| (uses, "shown somewhere")),
        unknown_uses: told.policy.unknown_uses,
        site: told.site,
    };
    match plan_clean_of(&told.facts(), &verdict, hindrances, authority) {
        CleanStep::Quarantine(_) => Found::new("quarantine", []),
        CleanStep::Keep(because) => Found::new("keep", [because]),
        CleanStep::Incomplete => Found::new("keep", ["files of it are missing".to_owned()]),
        CleanStep::Pass => Found::new("pass", []),
    }
}

fn purge(told: &Told, after_days: u32, now: Timestamp) -> Found {
    let facts = PurgeFacts {
        asset: AssetId(1),
        version: 1,
        store: "operation".to_owned(),
        entry: 1,
        since: told.since,
        observed_millis: told.seen_hours * 3_600_000,
        mark: told.marked.map(|at| Mark { entry: 2, at }),
        held: told.held.clone(),
        open: None,
    };
    let digest = Digest([0; 32]);
    let file = ReadFile { number: 1, path: told.name.clone(), digest, found: Stored::Same };
    match check_purge(facts, after_days, now, &[file]) {
        Ok(_) => Found::new("delete", []),
        Err(unripe) => Found::new("keep", unripe.iter().map(ToString::to_string)),
    }
}

fn step(told: &Told, action: &str, who: &str, rest: &[&str]) -> Result<Found, String> {
    let request = Request {
        action: Action::named(action).ok_or("no such action")?,
        authority: authority(who),
        plan: if rest.contains(&"plan") { Plan::Approved } else { Plan::None },
        asker: who,
        undone: Some("max"),
        reason: (!rest.contains(&"unexplained")).then_some("we said so"),
    };
    Ok(match lifecycle::next(told.state, &request) {
        Ok(transition) => Found::new(in_words(transition.to), []),
        Err(refusal) => Found::new("refused", [refusal.to_string()]),
    })
}

fn in_words(state: State) -> String {
    match state.was() {
        Some(was) => format!("{} {}", state.name(), was.name()),
        None => state.name().to_owned(),
    }
}

fn approval(told: &Told, now: Timestamp) -> Result<Found, String> {
    let path = RelPath::new(format!("2026/01/{}", told.name)).map_err(|e| e.to_string())?;
    let dimensions = Some(Dimensions { width: 1_200, height: 800 });
    let content = Content { media_type: "image/jpeg".to_owned(), dimensions };
    let asset = Asset {
        id: AssetId(1),
        state: told.state,
        version: 1,
        root: 1,
        path: path.clone(),
        digest: Digest([0; 32]),
        content: content.clone(),
        attachment: None,
        added: told.since,
    };
    let place = if told.files_missing { Place::Missing } else { Place::Library };
    let media_type = content.media_type;
    let file = KnownFile { path, role: Role::Original, media_type, bytes: 9_000, place };
    let (facts, world) = (told.facts(), told.world());
    let reading = Reading::of(&asset, &told.metadata);
    let findings = gate(&Subject {
        asset: &asset,
        metadata: &told.metadata,
        files: &[file],
        listed: &[],
        claims: None,
        verdict: &standing_of(&facts, &world, &told.policy, now),
        rejected_for: &facts.rejected_for,
        contexts: &world.contexts.values().collect::<Vec<_>>(),
        licenses: &world.licenses.values().collect::<Vec<_>>(),
        policy: &told.policy,
        reading: &reading,
        kin: &Kin::default(),
        waivers: &[],
        now,
        known: Knowledge::BY_CENSUS,
        exported: None,
    });
    let answer = if findings.is_empty() { "passes" } else { "stopped" };
    Ok(Found::new(answer, findings.iter().map(|finding| finding.name.to_owned())))
}

/// `reuse PLACEMENT [for CAMPAIGN] [in CODES] [from DAY] [through DAY]`
fn reuse(told: &Told, placement: &str, rest: &[&str]) -> Result<Found, String> {
    let zone = &told.policy.zone;
    let mut wanted = Use {
        placement: placement.to_owned(),
        campaign: None,
        territory: Territory::Unsaid,
        from: instant("2026-06-01", zone)?,
        until: zone.cutoff("2026-06-30".parse().map_err(|e| format!("{e}"))?).before(),
    };
    for pair in rest.chunks(2) {
        match pair {
            ["for", key] => wanted.campaign = Some(key.parse().map_err(|e| format!("{e}"))?),
            ["in", "worldwide"] => wanted.territory = Territory::Worldwide,
            ["in", codes] => {
                let codes: Vec<_> = codes.split(',').collect();
                wanted.territory = Territory::In(countries(&codes)?);
            }
            ["from", day] => wanted.from = instant(day, zone)?,
            ["through", day] => {
                wanted.until = zone.cutoff(day.parse().map_err(|e| format!("{e}"))?).before();
            }
            _ => return Err(format!("{pair:?} says nothing about a use")),
        }
    }
    let (facts, world) = (told.facts(), told.world());
    let (metadata, policy) = (&told.metadata, &told.policy);
    let digest = Digest([0; 32]);
    let candidate = Candidate { facts: &facts, metadata, world: &world, policy, digest };
    let verdict = check_reuse(&candidate, &wanted);
    let standing = [("standing", &verdict.standing)];
    let answers = verdict.answers.iter().map(|(question, grounds)| (question.name(), grounds));
    let deciding = standing
        .into_iter()
        .chain(answers)
        .filter(|(_, grounds)| verdict.answer != Answer::Yes && grounds.answer == verdict.answer);
    let causes = deciding.map(|(question, grounds)| format!("{question}: {}", grounds.because));
    Ok(Found::new(verdict.answer.name(), causes))
}

fn changed(
    told: &Told,
    key: &str,
    change: &ContextChange,
    now: Timestamp,
) -> Result<Found, String> {
    let known = told.contexts.iter().find(|(context, _)| context.key.to_string() == key);
    let (context, _) = known.ok_or("no such context")?;
    Ok(match context.changed(change, now) {
        Ok(changed) => Found::new(format!("revision {}", changed.revision_at(now)), []),
        Err(why) => Found::new("refused", [why.to_string()]),
    })
}

fn revise(
    told: &Told,
    key: &str,
    (effective_at, window): (Timestamp, Option<Window>),
    now: Timestamp,
) -> Result<Found, String> {
    let note = "another one".to_owned();
    changed(told, key, &ContextChange::Revise { effective_at, window, note, facts: None }, now)
}

fn end(told: &Told, key: &str, day: &str, now: Timestamp) -> Result<Found, String> {
    let on = day.parse().map_err(|error| format!("{error}"))?;
    let at = told.policy.zone.cutoff(on);
    changed(told, key, &ContextChange::End { on, at, note: "it ends".to_owned() }, now)
}

fn license<'t>(told: &'t Told, key: &str) -> Result<&'t License, String> {
    let license = told.licenses.iter().find(|license| license.key == key);
    license.ok_or_else(|| "no such license".to_owned())
}

fn terms(told: &Told, key: &str) -> Result<Found, String> {
    Ok(match license(told, key)?.refuse_contradiction() {
        Ok(()) => Found::new("accepted", []),
        Err(why) => Found::new("refused", [why.to_string()]),
    })
}

fn extend(told: &Told, key: &str, day: &str, now: Timestamp) -> Result<Found, String> {
    let license = license(told, key)?;
    let mut longer = license.clone();
    longer.ends_at = match day {
        "never" => None,
        day => Some(told.policy.zone.cutoff(day.parse().map_err(|error| format!("{error}"))?)),
    };
    Ok(match license.refuse_revival(&longer, now) {
        Ok(()) => Found::new("extended", []),
        Err(why) => Found::new("refused", [why.to_string()]),
    })
}
