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
    match license.placements.covers(placement) {
        Some(true) => yes(format!("it covers {placement}")),
        Some(false) => no(format!("license {key} does not cover {placement}")),
        None => ask(format!("the placements of license {key} are not recorded")),
    }
}

fn judge_territory(license: &License, territory: &Territory) -> Grounds {
    let key = &license.key;
    match (&license.territories, territory) {
        (Scope::Unknown, _) => ask(format!("the territories of license {key} are not recorded")),
        (Scope::Unrestricted, _) => yes("it is worldwide"),
        (Scope::Only(_), Territory::Worldwide) => no(format!("license {key} is not worldwide")),
        (Scope::Only(covered), Territory::In(wanted)) if !wanted.is_empty() => {
            let missing = wanted.iter().filter(|code| !covered.contains(code));
            match missing.cloned().collect::<Vec<_>>().as_slice() {
                [] => yes(format!("it covers {}", wanted.join(", "))),
                missing => no(format!("license {key} does not cover {}", missing.join(", "))),
            }
        }
        (Scope::Only(_), Territory::Unsaid | Territory::In(_)) => {
            ask(format!("license {key} is not worldwide: say where with --territory"))
        }
    }
}
