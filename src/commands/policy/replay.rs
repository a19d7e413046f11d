//! `policy replay`: what another policy would make of every asset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::catalog::Dossier;
use crate::config::{self, Config};
use crate::domain::lifecycle::Verdict;
use crate::domain::policy_review::policy_changes;
use crate::domain::validation::{Census, Finding, Severity, findings_of, rules};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::dossier::Brief;
use super::super::library::Court;
use super::super::selection::{Empty, Selection};
use super::super::survey::Beside;

/// Show what another policy would make of assets, and why
///
/// Judges every selected asset under the policy in use and under that of another file, at the same
/// instant: whose standing would be another, and which findings would come, go or weigh otherwise.
/// Changes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct ReplayArgs {
    /// A configuration with the other policy; what it says about folders does not matter
    #[arg(long, value_name = "FILE", required = true)]
    against: PathBuf,

    #[command(flatten)]
    selection: Selection,
}

/// An asset on which two policies differ.
struct Difference {
    id: i64,
    path: String,
    standings: [&'static str; 2],
    because: Vec<String>,
    findings: Vec<String>,
}

/// What a policy makes of an asset.
struct Judgment {
    verdict: Verdict,
    findings: BTreeMap<&'static str, Told>,
}

/// What one rule says.
struct Told {
    severity: Severity,
    messages: BTreeSet<String>,
}

pub(super) fn run(args: &ReplayArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let policy = config::load_policy(&ctx.current_dir.join(&args.against))?;
    let changes = policy_changes(&court.policy().canonical_text(), &policy.canonical_text());
    for change in &changes {
        ctx.report.text(change.clone());
    }
    if changes.is_empty() {
        ctx.report.text("Both policies are the same.");
    }
    let other = Court {
        config: Arc::new(Config { policy, ..Config::clone(&court.config) }),
        world: court.world.clone(),
        draft_roots: court.draft_roots.clone(),
    };
    for figure in ["assets checked", "standings changed", "findings changed"] {
        ctx.report.figure(figure, 0);
    }
    let now = ctx.now;
    let judge = |dossiers: Vec<Dossier>, _: Vec<Verdict>, census: Option<&Census>| {
        let judged = |dossier: &Dossier| {
            let judgments = [&court, &other].map(|court| {
                let verdict = court.judge_at(&dossier.row, now);
                let brief = Brief::new(dossier, &verdict, court).among(census);
                let findings = findings_of(rules::ALL.iter().copied(), &brief.subject(now));
                Judgment { verdict, findings: by_code(findings) }
            });
            difference(dossier, &judgments)
        };
        dossiers.iter().map(judged).collect()
    };
    let mut tell = |ctx: &mut Context<'_>, found: Option<Difference>| {
        ctx.report.figure("assets checked", 1);
        if let Some(found) = found {
            found.tell(ctx);
        }
        Ok(())
    };
    let how = (Empty::All, Beside::wanted_by(rules::ALL.iter().copied()));
    args.selection.visit_judged(ctx, (&catalog, &court), how, (&judge, &mut tell))
}

fn by_code(findings: Vec<Finding>) -> BTreeMap<&'static str, Told> {
    let mut told: BTreeMap<_, Told> = BTreeMap::new();
    for Finding { code, severity, message, .. } in findings {
        let of_rule = || Told { severity, messages: BTreeSet::new() };
        told.entry(code).or_insert_with(of_rule).messages.insert(message);
    }
    told
}

fn difference(dossier: &Dossier, [before, after]: &[Judgment; 2]) -> Option<Difference> {
    let findings: Vec<_> = before
        .findings
        .keys()
        .chain(after.findings.keys().filter(|code| !before.findings.contains_key(*code)))
        .flat_map(|code| differing(code, before.findings.get(code), after.findings.get(code)))
        .collect();
    let standings = [before, after].map(|judged| judged.verdict.standing.name());
    if standings[0] == standings[1] && findings.is_empty() {
        return None;
    }
    let causes = |judged: &Judgment| judged.verdict.deciding().map(ToString::to_string).collect();
    let (was, is): (Vec<String>, Vec<String>) = (causes(before), causes(after));
    let because = if is.is_empty() {
        was.iter().map(|cause| format!("no longer {cause}")).collect()
    } else {
        is
    };
    let (id, path) = (dossier.row.asset.id.0, dossier.row.asset.path.to_string());
    Some(Difference { id, path, standings, because, findings })
}

/// How the findings of a rule differ: `SL201 error, was warning`, or what else it says where they weigh
/// the same.
fn differing(code: &str, before: Option<&Told>, after: Option<&Told>) -> Vec<String> {
    let weights = [before, after].map(|told| told.map_or("not found", |told| told.severity.name()));
    if weights[0] != weights[1] {
        return vec![format!("{code} {}, was {}", weights[1], weights[0])];
    }
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let only = |one: &Told, other: &Told| {
        one.messages.difference(&other.messages).cloned().collect::<Vec<_>>().join("; ")
    };
    [("also", only(after, before)), ("no longer", only(before, after))]
        .into_iter()
        .filter(|(_, messages)| !messages.is_empty())
        .map(|(how, messages)| format!("{code} {how}: {messages}"))
        .collect()
}

impl Difference {
    fn tell(self, ctx: &mut Context<'_>) {
        let [before, after] = self.standings;
        if before != after {
            ctx.report.figure("standings changed", 1);
        }
        if !self.findings.is_empty() {
            ctx.report.figure("findings changed", 1);
        }
        let because = if before == after { Value::Nothing } else { self.because.into() };
        let fields = vec![
            ("id", self.id.into()),
            ("path", self.path.into()),
            ("before", before.into()),
            ("after", after.into()),
            ("because", because),
            ("findings", self.findings.into()),
        ];
        ctx.report.row("difference", fields);
    }
}
