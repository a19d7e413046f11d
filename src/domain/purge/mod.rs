//! Deleting for good: when the files of a quarantined asset may be deleted, and what becomes of a
//! deletion that was begun and not closed.
//!
//! Only [`check_purge`] makes a [`PurgeProof`], and nothing is deleted without one. No decision here
//! deletes a file that holds other bytes than the catalogued ones.

mod settling;

use std::fmt;

use super::asset::{AssetId, Digest};
use super::text::counted;
use super::time::Timestamp;

pub use settling::{Leave, Permission, Settling, Whereabouts, decide_purge};

/// A mark counts once it is so many hours old.
pub const MARK_HOURS: i64 = 23;
/// No policy lets files be deleted sooner than after so many days.
pub const LEAST_DAYS: u32 = 7;
/// Of the time between two runs that were recorded one after the other, so much counts as seen.
const GAP_MILLIS: i64 = 36 * HOUR_MILLIS;
const HOUR_MILLIS: i64 = 3_600_000;

/// How long the clock was *seen* to run, in milliseconds, from the first of these instants on: they
/// stand in the order in which they were recorded.
///
/// Each step beyond the latest instant so far counts, and at most 36 hours of it, so that a clock
/// that jumps ages nothing by more than that, and one that goes back and forth by nothing more.
pub fn observed_millis(recorded: impl IntoIterator<Item = Timestamp>) -> i64 {
    let mut recorded = recorded.into_iter();
    let Some(first) = recorded.next() else { return 0 };
    let (mut latest, mut seen) = (first.millis(), 0_i64);
    for at in recorded.map(Timestamp::millis) {
        let beyond = at.saturating_sub(latest).max(0);
        seen = seen.saturating_add(beyond.min(GAP_MILLIS));
        latest = latest.max(at);
    }
    seen
}

/// That an earlier run found the files ripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The audit entry that says so.
    pub entry: u64,
    pub at: Timestamp,
}

/// What is known of the files of an asset in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeFacts {
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    /// The operation that took the files out of the library: the name of their folder.
    pub store: String,
    /// The audit entry that says that they are in quarantine, and since when.
    pub entry: u64,
    pub since: Timestamp,
    /// See [`observed_millis`].
    pub observed_millis: i64,
    /// A mark since then and since the last hold.
    pub mark: Option<Mark>,
    /// The reason of a hold.
    pub held: Option<String>,
    /// An operation of the asset that is not closed.
    pub open: Option<String>,
}

/// What was found of a file in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The catalogued bytes.
    Same,
    /// The catalogued bytes, in a file that has another name too: under that it would stay.
    Shared,
    /// Nothing is there.
    Gone,
    /// Other bytes, or something that is not a regular file.
    Other,
}

impl Stored {
    pub const ALL: [Self; 4] = [Self::Same, Self::Shared, Self::Gone, Self::Other];
}

/// A file in quarantine, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    pub number: u32,
    /// In words, for messages.
    pub path: String,
    /// The catalogued digest.
    pub digest: Digest,
    pub found: Stored,
}

/// Why files are not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unripe {
    TooYoung {
        until: Timestamp,
    },
    /// The clock says that it is time; too little of that was seen to pass.
    Unobserved {
        hours: i64,
        of: i64,
    },
    NotMarked,
    MarkTooYoung {
        until: Timestamp,
    },
    Held {
        reason: String,
    },
    InOperation {
        operation: String,
    },
    /// A file in quarantine is not what was put there.
    Altered {
        path: String,
        found: Stored,
    },
    NoFiles,
}

impl Unripe {
    /// Whether it is damage, and not a matter of time or of somebody's will.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Altered { found: Stored::Gone | Stored::Other, .. } | Self::NoFiles)
    }
}

impl fmt::Display for Unripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooYoung { until } => write!(f, "it is kept until {until}"),
            Self::Unobserved { hours, of } => {
                write!(f, "runs have seen {hours} of {} pass", counted(of.unsigned_abs(), "hour"))
            }
            Self::NotMarked => f.write_str("no run has marked it"),
            Self::MarkTooYoung { until } => write!(f, "its mark counts from {until} on"),
            Self::Held { reason } => write!(f, "it is held: {reason}"),
            Self::InOperation { operation } => {
                write!(f, "its files are being moved by operation {operation}")
            }
            Self::Altered { path, found } => match found {
                Stored::Gone => write!(f, "`{path}` is gone from quarantine"),
                Stored::Shared => write!(f, "`{path}` has another name and would stay under it"),
                Stored::Other | Stored::Same => {
                    write!(f, "`{path}` has other bytes in quarantine than the catalog says")
                }
            },
            Self::NoFiles => f.write_str("no operation tells where its files are"),
        }
    }
}

/// That the files of an asset may be deleted, and which: only [`check_purge`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct PurgeProof {
    facts: PurgeFacts,
    mark: Mark,
    after_days: u32,
    /// By number, what each file was read to hold.
    digests: Vec<(u32, Digest)>,
}

impl PurgeProof {
    pub fn facts(&self) -> &PurgeFacts {
        &self.facts
    }

    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    pub fn digests(&self) -> &[(u32, Digest)] {
        &self.digests
    }

    /// Whether it still holds at `now`, for whoever asks again before the first file goes.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        too_young(&self.facts, self.after_days, now).is_none()
            && mark_too_young(&self.mark, now).is_none()
    }
}

/// What keeps the files, as far as it can be told without reading them, the mark last.
pub fn check_ripe(facts: &PurgeFacts, after_days: u32, now: Timestamp) -> Vec<Unripe> {
    let held = facts.held.clone().map(|reason| Unripe::Held { reason });
    let open = facts.open.clone().map(|operation| Unripe::InOperation { operation });
    let marked = match &facts.mark {
        None => Some(Unripe::NotMarked),
        Some(mark) => mark_too_young(mark, now),
    };
    let young = too_young(facts, after_days, now).or_else(|| unobserved(facts, after_days));
    [young, held, open, marked].into_iter().flatten().collect()
}

/// Whether the files may be deleted at `now`, when they were read to be `files`; or why not.
pub fn check_purge(
    facts: PurgeFacts,
    after_days: u32,
    now: Timestamp,
    files: &[ReadFile],
) -> Result<PurgeProof, Vec<Unripe>> {
    let mut unripe = check_ripe(&facts, after_days, now);
    unripe.extend(check_files(files));
    match (&facts.mark, unripe.is_empty()) {
        (Some(mark), true) => {
            let mark = mark.clone();
            let digests = files.iter().map(|file| (file.number, file.digest)).collect();
            Ok(PurgeProof { facts, mark, after_days, digests })
        }
        _ => Err(unripe),
    }
}

/// What is wrong with files that were read.
pub fn check_files(files: &[ReadFile]) -> Vec<Unripe> {
    if files.is_empty() {
        return vec![Unripe::NoFiles];
    }
    let altered = files.iter().filter(|file| file.found != Stored::Same);
    altered.map(|file| Unripe::Altered { path: file.path.clone(), found: file.found }).collect()
}

/// Whether all that is missing is a mark: then a run may set one.
pub fn may_be_marked(unripe: &[Unripe]) -> bool {
    unripe == [Unripe::NotMarked]
}

fn days_of(after_days: u32) -> i64 {
    i64::from(after_days.max(LEAST_DAYS))
}

fn too_young(facts: &PurgeFacts, after_days: u32, now: Timestamp) -> Option<Unripe> {
    let until = facts.since.plus_days(days_of(after_days));
    (now < until).then_some(Unripe::TooYoung { until })
}

fn unobserved(facts: &PurgeFacts, after_days: u32) -> Option<Unripe> {
    let of = days_of(after_days) * 24;
    (facts.observed_millis < of * HOUR_MILLIS)
        .then_some(Unripe::Unobserved { hours: facts.observed_millis / HOUR_MILLIS, of })
}

fn mark_too_young(mark: &Mark, now: Timestamp) -> Option<Unripe> {
    let until = mark.at.plus_hours(MARK_HOURS);
    (now < until).then_some(Unripe::MarkTooYoung { until })
}

#[cfg(test)]
mod tests;
