//! `check`: whether a media export may ship.
//!
//! An entry is judged as it comes and then forgotten, so that an export of any size needs the
//! memory of a small one, and findings stand in the order of the export.

mod baseline;
mod ground;
mod lookup;
mod seen;

use std::path::PathBuf;

use crate::domain::reuse::Territory;
use crate::domain::territory;
use crate::domain::validation::{Finding, Severity};
use crate::error::Error;
use crate::exports::{Event, Item as Entry, Place, Problem};
use crate::report::{Effect, Found, Item, Location, Subject};

use self::baseline::{Baseline, Verdict};
use self::ground::Ground;
use self::lookup::Match;
use self::seen::{Said, Seen, flaw};
use super::Context;
use super::exported::read_exports;
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
    let ground = Ground::load(args, ctx)?;
    let baseline = Baseline::load(&args.accepting, ctx, &ground.policy.zone)?;
    ctx.report.figure("items checked", 0);
    let mut check = Check { args, ground, baseline, told: Vec::new(), entries: 0, is_wxr: None };
    check.begin(ctx);
    read_exports(ctx, &args.exports, &mut |ctx, event| check.take(ctx, event))?;
    check.finish(ctx)
}

/// A check under way.
struct Check<'a> {
    args: &'a CheckArgs,
    ground: Ground,
    baseline: Baseline,
    /// One bit for each asset about whose files something was said already.
    told: Vec<u64>,
    entries: u64,
    /// The file being read, if it tells of every entry whether it has an alternative text.
    is_wxr: Option<WholeFile>,
}

/// A file of the export that describes its site, and so all of its entries.
enum WholeFile {
    /// Its name comes with the first entry.
    Unnamed,
    Named(std::sync::Arc<str>),
}

impl Check<'_> {
    fn begin(&self, ctx: &mut Context<'_>) {
        if self.ground.catalog.is_none() && !self.args.accepting.to_baseline {
            ctx.report
                .text("No catalog was asked: what is approved and what has ended is not known.");
        }
    }

    fn take(&mut self, ctx: &mut Context<'_>, event: Event) -> Result<(), Error> {
        match event {
            Event::Site(_) => self.is_wxr = Some(WholeFile::Unnamed),
            Event::Problem(problem) => self.take_problem(ctx, &problem),
            Event::Item(entry) => self.take_entry(ctx, &entry)?,
        }
        Ok(())
    }

    /// Something that is wrong with the export and not with one entry.
    fn take_problem(&mut self, ctx: &mut Context<'_>, problem: &Problem) {
        let about = problem.subject.map(|number| format!("wp:{number}"));
        let seen = Seen::nothing(vec![flaw(problem)]);
        let findings = seen.findings(&self.ground, ctx.now);
        let location = located(ctx, &problem.place, about);
        self.say(ctx, (None, &location), findings);
    }

    fn take_entry(&mut self, ctx: &mut Context<'_>, entry: &Entry) -> Result<(), Error> {
        self.entries += 1;
        ctx.report.figure("items checked", 1);
        let tells_alt = self.tells_alt(entry);
        let found = self.ground.look_up(entry, ctx.now)?;
        if self.is_told(entry, &found) {
            return Ok(());
        }
        let said = Said { entry, path: seen::path(entry), tells_alt };
        let location = located(ctx, &entry.place, called(&said));
        let seen = Seen::new(&self.ground, &said, found, ctx.now);
        let findings = seen.findings(&self.ground, ctx.now);
        let recorded = seen.recorded();
        self.say(ctx, (recorded, &location), findings);
        Ok(())
    }

    /// Whether another file of the same asset came before, about which the same is to be said.
    fn is_told(&mut self, entry: &Entry, found: &Match) -> bool {
        let Match::Found { dossier, .. } = found else { return false };
        if entry.bytes.is_none() {
            return false;
        }
        let first = self.is_told_first(dossier.row.asset.id.0);
        !first && !found.is_worth_telling_again()
    }

    /// Whether the export says of the entry that it has an alternative text, or that it has none.
    fn tells_alt(&mut self, entry: &Entry) -> bool {
        let file = &entry.place.file;
        if matches!(self.is_wxr, Some(WholeFile::Unnamed)) {
            self.is_wxr = Some(WholeFile::Named(std::sync::Arc::clone(file)));
        }
        let whole = matches!(&self.is_wxr, Some(WholeFile::Named(named)) if named == file);
        entry.alt.is_some() || whole
    }

    /// Whether nothing was said yet about the asset of this number.
    fn is_told_first(&mut self, number: i64) -> bool {
        let number = usize::try_from(number).unwrap_or_default();
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.told.len() <= word {
            self.told.resize(word + 1, 0);
        }
        let Some(told) = self.told.get_mut(word) else { return true };
        let first = *told & bit == 0;
        *told |= bit;
        first
    }

    fn say(
        &mut self,
        ctx: &mut Context<'_>,
        (subject, location): (Option<Subject>, &Location),
        findings: Vec<Finding>,
    ) {
        for finding in findings {
            let effect = match &finding.waived {
                Some(words) => Effect::Accepted(words.clone()),
                None if finding.severity >= self.args.fail_on => Effect::Decides,
                None => Effect::Told,
            };
            let location = Some(location.clone());
            let mut found = Found { subject: subject.clone(), location, finding, effect };
            match self.baseline.judge(&found) {
                Verdict::Written(line) => ctx.report.document(line),
                Verdict::Left => {}
                Verdict::Accepted(why) => {
                    found.effect = Effect::Accepted(why);
                    ctx.report.say(&Item::Finding(found));
                }
                Verdict::NotAccepted => ctx.report.say(&Item::Finding(found)),
            }
        }
    }

    fn finish(self, ctx: &mut Context<'_>) -> Result<(), Error> {
        self.baseline.tell_unused(ctx);
        if self.entries == 0 && !self.args.allow_empty {
            return Err(Error::Usage {
                message: "the export has no entries".to_owned(),
                hint: Some("look whether it is the right file, or add `--allow-empty`".to_owned()),
            });
        }
        Ok(())
    }
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

/// What an entry is called: its path, else its number, else its address.
fn called(said: &Said<'_>) -> Option<String> {
    let path = said.path.as_ref().map(ToString::to_string);
    let number = || said.entry.attachment.map(|number| format!("wp:{number}"));
    path.or_else(number).or_else(|| said.entry.url.clone())
}

/// The place as annotations want it: a path from the current folder where it lies beneath it.
fn located(ctx: &Context<'_>, place: &Place, item: Option<String>) -> Location {
    let here = format!("{}/", ctx.current_dir.display());
    let file = place.file.strip_prefix(&here).unwrap_or(&place.file);
    let file = file.strip_prefix("./").unwrap_or(file).to_owned();
    Location { file, line: Some(place.line).filter(|line| *line > 0), item }
}

fn fail_on(text: &str) -> Result<Severity, String> {
    let known = Severity::named(text).filter(|severity| *severity != Severity::Off);
    known.ok_or_else(|| "not a severity (error, warning or note)".to_owned())
}
