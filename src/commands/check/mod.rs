//! `check`: whether a media export may ship.
//!
//! Three stand in a row: one reads and looks up, one judges, one tells. What was told is forgotten:
//! an export of any size needs the memory of a small one, and findings stand in its order.

mod baseline;
mod gathering;
mod judge;
mod law;
mod lookup;
mod seen;
mod telling;

use std::path::PathBuf;
use std::thread;

use crate::domain::reuse::Territory;
use crate::domain::territory;
use crate::domain::validation::Severity;
use crate::error::Error;
use crate::media::Trust;

use self::baseline::Baseline;
use self::gathering::Gathering;
use self::judge::Judge;
use self::telling::Telling;
use super::Context;
use super::exported::{Digests, Wanted, read_exports};
use super::words::{hours, placement};

/// Check a media export before it ships
///
/// Each entry is looked up in the catalog by its bytes, its number, its name and the names that
/// left the library. It fails if it is unknown, not approved, rejected, expired, withdrawn, not yet
/// to be used or changed since its approval, or if its name, its alternative text or its content
/// is not in order. Without a catalog only the latter is checked. Nothing is written.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The export; several files are read as one
    #[arg(value_name = "EXPORT", required = true)]
    exports: Vec<PathBuf>,

    /// Locale of the export's alternative texts [default: the site's]
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,

    /// The mildest findings that make the answer no: error, warning or note
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = fail_on)]
    fail_on: Severity,

    /// Let an export without any entry pass
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    use_of_it: UseOfIt,

    #[command(flatten)]
    by: JudgedBy,

    #[command(flatten)]
    accepting: Accepting,
}

/// What the export is for.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Use")]
struct UseOfIt {
    /// Where it is to be used, such as newsletter
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: Option<String>,

    /// Country where it is to be seen, by its ISO 3166-1 code such as DE, or EU for its members; may
    /// be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',', requires = "placement",
          value_parser = territory::codes_of)]
    territory: Vec<&'static [&'static str]>,

    /// It is to be seen everywhere
    #[arg(long, conflicts_with = "territory", requires = "placement")]
    worldwide: bool,

    /// How long it has to last: what ends before that fails too, such as 14d, 2w or a date
    #[arg(long, value_name = "TIME")]
    within: Option<String>,
}

/// What it is judged by.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Judged by")]
struct JudgedBy {
    /// Configuration of which only the policy and the rules are taken
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Oldest snapshot of a catalog that is believed, such as 36h or 7d [default: the policy's]
    #[arg(long, value_name = "AGE", value_parser = hours)]
    max_age: Option<u64>,

    /// Check only what the export itself tells
    #[arg(long, conflicts_with = "max_age")]
    without_catalog: bool,
}

/// What is accepted for a while.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Baseline")]
struct Accepting {
    /// Findings that are accepted until their date, as `--to-baseline` wrote them
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what would fail as a baseline to standard output, and do not fail
    #[arg(long, requires = "until")]
    to_baseline: bool,

    /// Last day on which the findings of the baseline are accepted
    #[arg(long, value_name = "DATE", requires = "to_baseline")]
    until: Option<String>,
}

pub(super) fn run(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let (law, shelf) = law::load(args, ctx)?;
    let baseline = Baseline::load(&args.accepting, ctx, &law.policy.zone)?;
    if shelf.is_none() && !args.accepting.to_baseline {
        ctx.report.text("No catalog was asked: what is approved and what has ended is not known.");
    }
    ctx.report.figure("items checked", 0);
    let mut gathering = Gathering::new(&law, shelf.as_ref());
    let mut telling = Telling { fail_on: args.fail_on, baseline };
    let now = ctx.now;
    let digests = if shelf.is_some() { Digests::Wanted } else { Digests::Unneeded };
    let wanted = Wanted { digests, trust: Trust::new(law.policy.credential_anchors.clone()) };
    let read = thread::scope(|scope| {
        let mut judge = Judge::new(scope, &law, now);
        if shelf.is_none() && !args.by.without_catalog {
            let unasked = gathering::catalog_not_asked(&args.exports);
            judge.hand(unasked, &mut |judged| telling.say(ctx, judged));
        }
        let read = read_exports(ctx, (&args.exports, &wanted), &mut |ctx, event| {
            if let Some(case) = gathering.take(ctx, event)? {
                judge.hand(case, &mut |judged| telling.say(ctx, judged));
            }
            Ok(())
        });
        judge.finish(&mut |judged| telling.say(ctx, judged));
        read
    });
    read?;
    telling.finish(ctx);
    if gathering.items == 0 && !args.allow_empty {
        return Err(Error::Usage {
            message: "the export has no entries".to_owned(),
            hint: Some("look whether it is the right file, or add `--allow-empty`".to_owned()),
        });
    }
    Ok(())
}

impl UseOfIt {
    fn territory(&self) -> Territory {
        let mut codes: Vec<_> = self.territory.iter().copied().flatten().collect();
        codes.sort();
        codes.dedup();
        match (self.worldwide, codes.is_empty()) {
            (true, _) => Territory::Worldwide,
            (false, true) => Territory::Unsaid,
            (false, false) => Territory::In(codes.into_iter().map(ToString::to_string).collect()),
        }
    }
}

fn fail_on(text: &str) -> Result<Severity, String> {
    let known = Severity::named(text).filter(|severity| *severity != Severity::Off);
    known.ok_or_else(|| "not a severity (error, warning or note)".to_owned())
}
