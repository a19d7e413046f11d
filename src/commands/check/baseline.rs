//! Findings that are accepted until their date: JSON lines, one for each, fit for review.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::text::printable_text;
use crate::domain::time::{CivilDate, Timestamp, Zone};
use crate::error::Error;
use crate::report::{Effect, Found, fingerprint};

use super::super::Context;
use super::super::list_file::read_list;
use super::Accepting;

/// So many entries that fit nothing are told one by one.
const MOST_TOLD: usize = 20;

/// What is done with findings that would fail.
pub(super) enum Baseline {
    None,
    /// Entries by fingerprint.
    Read(BTreeMap<String, Entry>),
    /// Each finding becomes an entry that lasts until this day.
    Written {
        until: CivilDate,
    },
}

/// An accepted finding.
pub(super) struct Entry {
    line: Line,
    /// The first instant at which it is not accepted any more.
    ends_at: Timestamp,
    is_over: bool,
    is_used: bool,
}

/// A line of the file. Unknown fields are an error: a mistyped one would accept too much.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    fingerprint: String,
    code: String,
    item: String,
    message: String,
    until: String,
    /// Why it is accepted, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What becomes of one finding.
pub(super) enum Verdict {
    NotAccepted,
    /// Until when, and why.
    Accepted(String),
    /// The line of a new baseline.
    Written(String),
    /// It would not fail, so a new baseline leaves it out.
    Left,
}

impl Baseline {
    pub(super) fn load(args: &Accepting, ctx: &Context<'_>, zone: &Zone) -> Result<Self, Error> {
        if args.to_baseline {
            let until = args.until.as_deref().unwrap_or_default();
            let until = ctx.day(until, zone)?;
            if zone.cutoff(until) <= ctx.now {
                return Err(Error::usage(format!("{until} is over")));
            }
            return Ok(Self::Written { until });
        }
        match &args.baseline {
            None => Ok(Self::None),
            Some(file) => Ok(Self::Read(read(ctx, file, zone)?)),
        }
    }

    pub(super) fn judge(&mut self, found: &Found) -> Verdict {
        match self {
            Self::None => Verdict::NotAccepted,
            Self::Written { until } if found.effect == Effect::Decides => {
                let line = Line {
                    fingerprint: found.fingerprint(),
                    code: found.finding.code.to_owned(),
                    item: found.about().to_owned(),
                    message: found.finding.message.clone(),
                    until: until.to_string(),
                    reason: None,
                };
                let text = serde_json::to_string(&line).unwrap_or_default();
                Verdict::Written(text + "\n")
            }
            Self::Written { .. } => Verdict::Left,
            Self::Read(entries) => judge(entries, found),
        }
    }

    /// Says which entries fit no finding, so that the file can be kept short.
    pub(super) fn tell_unused(&self, ctx: &mut Context<'_>) {
        let Self::Read(entries) = self else { return };
        let unused = || entries.values().filter(|entry| !entry.is_used);
        let count = unused().count();
        let over = entries.values().filter(|entry| entry.is_used && entry.is_over).count();
        let figure = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        ctx.report.figure("lines of the baseline over", figure(over));
        ctx.report.figure("lines of the baseline unused", figure(count));
        for Entry { line, .. } in unused().take(MOST_TOLD) {
            let text =
                format!("nothing was found for {} {}: {}", line.code, line.item, line.message);
            ctx.report.text(format!("baseline: {}", printable_text(&text)));
        }
    }
}

fn judge(entries: &mut BTreeMap<String, Entry>, found: &Found) -> Verdict {
    if found.effect != Effect::Decides {
        return Verdict::NotAccepted;
    }
    let Some(entry) = entries.get_mut(&found.fingerprint()) else { return Verdict::NotAccepted };
    entry.is_used = true;
    if entry.is_over {
        return Verdict::NotAccepted;
    }
    let why = entry.line.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
    Verdict::Accepted(format!("until {}{why}", entry.line.until))
}

fn read(ctx: &Context<'_>, file: &Path, zone: &Zone) -> Result<BTreeMap<String, Entry>, Error> {
    let bytes = read_list(ctx, file)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::usage(format!("the baseline {} is not UTF-8", file.display())))?;
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let refused = |why: String| {
            Error::usage(format!("line {} of the baseline {}: {why}", at + 1, file.display()))
        };
        let line: Line = serde_json::from_str(line).map_err(|error| refused(error.to_string()))?;
        if line.fingerprint != fingerprint(&line.code, &line.item, &line.message) {
            return Err(refused(
                "its fingerprint is not that of its code, item and message".into(),
            ));
        }
        let until: CivilDate =
            line.until.parse().map_err(|_| refused(format!("`{}` is no date", line.until)))?;
        let ends_at = zone.cutoff(until);
        let entry = Entry { line, ends_at, is_over: ends_at <= ctx.now, is_used: false };
        let known = entries.get(&entry.line.fingerprint);
        if known.is_none_or(|known| known.ends_at < entry.ends_at) {
            entries.insert(entry.line.fingerprint.clone(), entry);
        }
    }
    Ok(entries)
}
