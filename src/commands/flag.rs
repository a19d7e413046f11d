//! `flag`: says that there is a risk in assets, or that there is none.

use crate::catalog::{Catalog, CatalogError};
use crate::domain::asset::AssetId;
use crate::domain::risk::{Flagging, Risk, check_flagging};
use crate::error::Error;
use crate::report::{Item, Subject};

use super::Context;
use super::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use super::library::{Mode, subject};
use super::selection::Selection;
use super::words::said;

/// Say that there is a risk in assets, or that there is none
///
/// While a flag is up, the asset is neither approved nor renewed, and an approved one is blocked:
/// reuse and checks of exports say no. Nothing is taken down by it; `withdraw` does that. Clearing
/// a flag is for a person and needs a note.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("asked").args(["risk", "clear"]).required(true))]
pub struct FlagArgs {
    #[command(flatten)]
    selection: Selection,

    /// The risk: third-party-brand, protected-design, likeness, inaccurate-product or
    /// prohibited-motif
    #[arg(long, value_name = "RISK", value_parser = risk)]
    risk: Option<Risk>,

    /// The risk that is none, or none any more
    #[arg(long, value_name = "RISK", value_parser = risk, requires = "note")]
    clear: Option<Risk>,

    /// What is to be seen, or why it is no risk; whoever decides sees it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    note: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// A flag that is to be raised or cleared.
struct Flag {
    asset: AssetId,
    version: i64,
    asked: Flagging,
    risk: Risk,
    note: Option<String>,
}

pub(super) fn run(args: &FlagArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let (asked, risk) = match (args.risk, args.clear) {
        (Some(risk), _) => (Flagging::Raise, risk),
        (None, Some(risk)) => (Flagging::Clear, risk),
        (None, None) => return Err(Error::usage("say which risk, with --risk or --clear")),
    };
    decide_each(ctx, mode, &args.selection, |ctx, _, row| {
        let (asset, open) = (&row.asset, row.facts.risks.as_slice());
        let answer = check_flagging((asked, risk), (asset.state, open), ctx.actor.authority());
        let flag = answer.map(|()| Flag {
            asset: asset.id,
            version: asset.version,
            asked,
            risk,
            note: args.note.clone(),
        });
        Ok(Decided::unless_unchanged(flag, (subject(asset), "flag")))
    })
}

fn risk(text: &str) -> Result<Risk, String> {
    Risk::named(text)
        .ok_or_else(|| format!("not a risk (one of {})", Risk::ALL.map(Risk::name).join(", ")))
}

impl AssetChange for Flag {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |Self { asset, version, asked, risk, note }| {
            let (read, note) = ((*asset, *version), note.as_deref());
            match asked {
                Flagging::Raise => catalog.raise_risk(read, *risk, note),
                Flagging::Clear => catalog.clear_risk(read, *risk, note.unwrap_or_default()),
            }
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let asked = match self.asked {
            Flagging::Raise => "flagged as",
            Flagging::Clear => "cleared of",
        };
        let note = self.note.iter().map(|note| format!(": {note}"));
        let what = format!("{asked} {}{}", self.risk, note.collect::<String>());
        vec![Item::Edit { subject: Some(subject.clone()), what }]
    }
}
