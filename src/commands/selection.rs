//! Which assets a command is about: named ones, or all that fit.

use std::io::Read as _;

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::domain::context::ContextKey;
use crate::domain::lifecycle::{Standing, State, Verdict};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::library::{Court, find_asset};

/// The longest list of assets that `--from` reads, in bytes.
const LONGEST_LIST: u64 = 64 << 20;

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct Selection {
    /// Assets: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    assets: Vec<String>,

    /// Assets named in a file, one per line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<String>,

    /// Assets in this state
    #[arg(long, value_name = "STATE", value_parser = state_name)]
    state: Option<String>,

    /// Assets of this standing now (or as of `--as-of`)
    #[arg(long, value_name = "STANDING", value_parser = standing)]
    standing: Option<Standing>,

    /// Assets of this owner
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,

    /// Assets of this campaign
    #[arg(long, value_name = "NAME", conflicts_with = "context")]
    campaign: Option<String>,

    /// Assets that depend on this context, such as packaging/tea-tin
    #[arg(long, value_name = "KEY")]
    context: Option<ContextKey>,

    /// Assets meant for this placement
    #[arg(long, value_name = "PLACEMENT")]
    placement: Option<String>,

    /// Assets whose path begins with this, from their root
    #[arg(long, value_name = "PATH")]
    under: Option<String>,
}

/// An asset of the selection with its verdict.
pub(super) struct Selected {
    pub(super) row: FactsRow,
    pub(super) verdict: Verdict,
}

/// What an empty selection means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// Everything, for commands that only look.
    All,
    /// A mistake, for commands that change.
    Refused,
}

impl Selection {
    /// Gives every selected asset to `each`: named ones in their order, others by number.
    ///
    /// A name that is no asset is reported as a failure, and the others go on.
    pub(super) fn visit(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
        empty: Empty,
        mut each: impl FnMut(&mut Context<'_>, Selected) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let names = self.names(ctx)?;
        if names.is_empty() && self.from.is_none() {
            if empty == Empty::Refused && !self.has_filter() {
                return Err(Error::usage("no asset is selected: name some, or say which fit"));
            }
            let filter = self.filter(catalog)?;
            return catalog.visit_facts(&filter, |row| {
                ctx.stop_if_interrupted()?;
                self.give(ctx, court, row, &mut each)
            });
        }
        let filter = self.filter(catalog)?;
        for name in names {
            ctx.stop_if_interrupted()?;
            match find_asset(ctx, catalog, &name) {
                Ok(row) if catalog.fits(&row, &filter)? => self.give(ctx, court, row, &mut each)?,
                Ok(_) => {}
                Err(error @ (Error::UnknownAsset(_) | Error::AmbiguousAsset { .. })) => {
                    let why = error.to_string();
                    ctx.report.say(&Item::Failure { what: name, why, hint: error.hint() });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// All selected assets at once, for commands whose next step changes the catalog.
    pub(super) fn collect(
        &self,
        ctx: &mut Context<'_>,
        from: (&Catalog, &Court),
    ) -> Result<Vec<Selected>, Error> {
        let mut selected = Vec::new();
        self.visit(ctx, from, Empty::Refused, |_, one| {
            selected.push(one);
            Ok(())
        })?;
        Ok(selected)
    }

    fn give(
        &self,
        ctx: &mut Context<'_>,
        court: &Court,
        row: FactsRow,
        each: &mut impl FnMut(&mut Context<'_>, Selected) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let verdict = court.judge(&row, ctx);
        if self.standing.is_some_and(|wanted| wanted != verdict.standing) {
            return Ok(());
        }
        each(ctx, Selected { row, verdict })
    }

    fn names(&self, ctx: &mut Context<'_>) -> Result<Vec<String>, Error> {
        let mut names = self.assets.clone();
        let Some(file) = &self.from else { return Ok(names) };
        let bytes = if file == "-" { ctx.read_input(LONGEST_LIST)? } else { read_list(ctx, file)? };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("the list `{file}` is not UTF-8")))?;
        let lines = text.lines().map(str::trim);
        names.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        Ok(names)
    }

    fn has_filter(&self) -> bool {
        self.state.is_some()
            || self.standing.is_some()
            || self.owner.is_some()
            || self.campaign.is_some()
            || self.context.is_some()
            || self.placement.is_some()
            || self.under.is_some()
    }

    fn filter(&self, catalog: &Catalog) -> Result<Filter, Error> {
        let campaign = self.campaign.as_ref().map(|name| format!("campaign/{name}").parse());
        let campaign =
            campaign.transpose().map_err(|error: crate::domain::context::ContextKeyError| {
                Error::usage(error.to_string())
            })?;
        let context = match self.context.as_ref().or(campaign.as_ref()) {
            Some(key) => Some(find_context(catalog, key)?.id),
            None => None,
        };
        Ok(Filter {
            state: self.state.clone(),
            owner: self.owner.clone(),
            context,
            placement: self.placement.clone(),
            under: self.under.as_ref().map(|prefix| prefix.clone().into_bytes()),
            ..Filter::default()
        })
    }
}

/// The context with this key; an unknown one is a usage error.
pub(super) fn find_context(
    catalog: &Catalog,
    key: &ContextKey,
) -> Result<crate::domain::context::Context, Error> {
    catalog.context(key)?.ok_or_else(|| Error::Usage {
        message: format!("there is no context `{key}`"),
        hint: Some(
            "see `shelflife context list`, or add it with `shelflife context add`".to_owned(),
        ),
    })
}

fn read_list(ctx: &Context<'_>, file: &str) -> Result<Vec<u8>, Error> {
    let path = ctx.current_dir.join(file);
    let failed = |source| Error::Read { path: path.clone(), source };
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(&path).map_err(failed)?;
    opened.take(LONGEST_LIST).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn state_name(text: &str) -> Result<String, String> {
    let mut names: Vec<_> = State::ALL.iter().map(|state| state.name()).collect();
    names.dedup();
    if names.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(format!("not a state (one of {})", names.join(", ")))
}

fn standing(text: &str) -> Result<Standing, String> {
    Standing::named(text).ok_or_else(|| {
        let names: Vec<_> = Standing::ALL.iter().map(|standing| standing.name()).collect();
        format!("not a standing (one of {})", names.join(", "))
    })
}
