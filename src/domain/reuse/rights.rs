//! The question that licenses answer.

use super::contexts::judge_providers;
use super::{Candidate, Grounds, Territory, Use, ask, no, worst_of, yes};
use crate::domain::license::{License, Scope};
use crate::domain::metadata::Metadata;

/// Every license of the asset must allow the use.
pub(super) fn about_license(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let metadata = candidate.metadata;
    let licenses = candidate.facts.licenses.iter();
    let licenses = licenses.filter_map(|id| candidate.world.licenses.get(id));
    let mut judged: Vec<_> = licenses.map(|license| judge(license, metadata, wanted)).collect();
    if judged.is_empty() {
        judged.push(ask(match &metadata.rights_note {
            Some(note) => format!("there is no license on record, only a note: {note}"),
            None => "no license is recorded".to_owned(),
        }));
    }
    judged.extend(judge_providers(candidate, wanted));
    worst_of(judged)
}

/// Rights that somebody reviewed for the asset count as reviewed for its licenses.
fn judge(license: &License, metadata: &Metadata, wanted: &Use) -> Grounds {
    let key = &license.key;
    let mut judged = vec![judge_days(license, wanted)];
    judged.push(judge_placement(license, &wanted.placement));
    judged.push(judge_territory(license, &wanted.territory));
    if license.reviewed_by.is_none() && metadata.rights_reviewed_by.is_none() {
        judged.push(ask(format!("nobody has reviewed license {key}")));
    }
    worst_of(judged)
}

/// A license whose first day is not recorded counts from when it was recorded.
fn judge_days(license: &License, wanted: &Use) -> Grounds {
    let key = &license.key;
    if let Some(at) = license.ends_at.filter(|at| *at <= wanted.until) {
        return no(format!("license {key} ends at {at}"));
    }
    if let Some(at) = license.starts_at.filter(|at| wanted.from < *at) {
        return no(format!("license {key} begins only at {at}"));
    }
    match (license.ends_at, license.perpetual) {
        (Some(at), _) => yes(format!("license {key} lasts until {at}")),
        (None, true) => yes(format!("license {key} has no end")),
        (None, false) => ask(format!("the end of license {key} is not recorded")),
    }
}

fn judge_placement(license: &License, placement: &str) -> Grounds {
    let key = &license.key;
    if license.excluded.placements.contains(placement) {
        return no(format!("license {key} excludes {placement}"));
    }
    match license.placements.covers(placement) {
        Some(true) => yes(format!("it covers {placement}")),
        Some(false) => no(format!("license {key} does not cover {placement}")),
        None => ask(format!("the placements of license {key} are not recorded")),
    }
}

fn judge_territory(license: &License, territory: &Territory) -> Grounds {
    match territory {
        Territory::In(wanted) if !wanted.is_empty() => judge_countries(license, wanted),
        Territory::Worldwide => judge_worldwide(license),
        Territory::In(_) | Territory::Unsaid => judge_unsaid(license),
    }
}

/// Each country has to be covered. One that is excluded is told as that and nothing else.
fn judge_countries(license: &License, wanted: &[String]) -> Grounds {
    let is_excluded = |code: &&str| license.excluded.territories.contains(*code);
    let (excluded, others): (Vec<_>, Vec<_>) =
        wanted.iter().map(String::as_str).partition(is_excluded);
    let scope = (!others.is_empty()).then(|| judge_scope(license, &others));
    worst_of(refuse_excluded(license, &excluded).into_iter().chain(scope).collect())
}

fn judge_scope(license: &License, wanted: &[&str]) -> Grounds {
    let key = &license.key;
    match &license.territories {
        Scope::Unknown => ask_for_territories(license),
        Scope::Unrestricted if license.excluded.territories.is_empty() => yes("it is worldwide"),
        Scope::Unrestricted => yes(format!("it covers {}", wanted.join(", "))),
        Scope::Only(covered) => {
            let is_missing = |code: &&str| !covered.iter().any(|known| known == code);
            let missing: Vec<_> = wanted.iter().copied().filter(is_missing).collect();
            if missing.is_empty() {
                return yes(format!("it covers {}", wanted.join(", ")));
            }
            no(format!("license {key} does not cover {}", missing.join(", ")))
        }
    }
}

/// Everywhere is also where it is excluded.
fn judge_worldwide(license: &License) -> Grounds {
    let excluded: Vec<_> = license.excluded.territories.iter().map(String::as_str).collect();
    let scope = match license.territories {
        Scope::Unknown => ask_for_territories(license),
        Scope::Unrestricted => yes("it is worldwide"),
        Scope::Only(_) => no(format!("license {} is not worldwide", license.key)),
    };
    worst_of(refuse_excluded(license, &excluded).into_iter().chain([scope]).collect())
}

/// Where nobody said where, only a license that allows it everywhere allows it.
fn judge_unsaid(license: &License) -> Grounds {
    let key = &license.key;
    let excluded = &license.excluded.territories;
    match license.territories {
        Scope::Unknown => ask_for_territories(license),
        Scope::Unrestricted if excluded.is_empty() => yes("it is worldwide"),
        Scope::Unrestricted | Scope::Only(_) => {
            ask(format!("license {key} is not worldwide: say where with --territory"))
        }
    }
}

fn refuse_excluded(license: &License, excluded: &[&str]) -> Option<Grounds> {
    let refused = || no(format!("license {} excludes {}", license.key, excluded.join(", ")));
    (!excluded.is_empty()).then(refused)
}

fn ask_for_territories(license: &License) -> Grounds {
    ask(format!("the territories of license {} are not recorded", license.key))
}
