//! Which assets a command is about: named ones, or all that fit.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Dossier, FactsRow, Filter};
use crate::domain::asset::AssetId;
use crate::domain::checkpoint::is_secret_key;
use crate::domain::context::ContextKey;
use crate::domain::lifecycle::{Standing, State, Verdict};
use crate::domain::time::Timestamp;
use crate::domain::validation::{Census, Rule, findings_of, rules};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::dossier::Brief;
use super::library::{Court, find_asset};
use super::list_file::{LONGEST_LIST, read_list};
use super::survey::{Beside, survey};
use super::usage::UsageArgs;
use super::words::condition;

/// Every way to select, by the name of its argument: for what takes no selection.
pub(super) const SELECTING: [&str; 13] = [
    "assets",
    "from",
    "state",
    "standing",
    "under",
    "where_rule",
    "used",
    "unused",
    "unknown",
    "owner",
    "campaign",
    "context",
    "placement",
];

/// Which assets: named ones, or all that fit every condition given.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Selection {
    #[command(flatten)]
    pub(super) named: Named,

    #[command(flatten)]
    pub(super) traits: Traits,

    #[command(flatten)]
    pub(super) relations: Relations,
}

/// Assets that somebody names one by one.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct Named {
    /// Assets: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    assets: Vec<String>,

    /// Assets named in a file, one per line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
}

/// Conditions on what an asset is.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct Traits {
    /// Assets in this state
    #[arg(long, value_name = "STATE", value_parser = state_name)]
    state: Option<String>,

    /// Assets of this standing now (or as of `--as-of`)
    #[arg(long, value_name = "STANDING", value_parser = standing)]
    standing: Option<Standing>,

    /// Assets whose path begins with this, from their root
    #[arg(long, value_name = "PATH")]
    under: Option<String>,

    /// Assets that this rule finds something wrong with, such as SL201
    #[arg(long, value_name = "CODE", value_parser = rule)]
    where_rule: Option<&'static Rule>,

    #[command(flatten)]
    usage: UsageArgs,
}

/// Conditions on what was recorded about an asset. `describe` records the same things under the
/// same names, and does without these.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct Relations {
    /// Assets of this owner
    #[arg(long, value_name = "OWNER", value_parser = condition)]
    owner: Option<String>,

    /// Assets of this campaign
    #[arg(long, value_name = "NAME", conflicts_with = "context", value_parser = condition)]
    campaign: Option<String>,

    /// Assets that depend on this context, such as packaging/tea-tin
    #[arg(long, value_name = "KEY")]
    context: Option<ContextKey>,

    /// Assets meant for this placement
    #[arg(long, value_name = "PLACEMENT", value_parser = condition)]
    placement: Option<String>,
}

/// An asset of the selection with its verdict.
pub(super) struct Selected {
    pub(super) row: FactsRow,
    pub(super) verdict: Verdict,
}

/// What is made of assets, on any core: one for each, in their order.
pub(super) type Judge<'j, T> =
    &'j (dyn Fn(Vec<Dossier>, Vec<Verdict>, Option<&Census>) -> Vec<T> + Sync);

/// What is done with what was made of it, one asset after the other.
pub(super) type Tell<'t, T> = &'t mut dyn FnMut(&mut Context<'_>, T) -> Result<(), Error>;

/// What an empty selection means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// Everything, for commands that only look.
    All,
    /// A mistake, for commands that change.
    Refused,
}

impl Named {
    /// Whether nobody named any.
    pub(super) fn is_empty(&self) -> bool {
        self.assets.is_empty() && self.from.is_none()
    }
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
        self.traits.usage.say(ctx, (catalog, court))?;
        if self.traits.where_rule.is_some() {
            let keep = |dossiers: Vec<Dossier>, verdicts: Vec<_>, _: Option<&Census>| {
                let kept = dossiers.into_iter().zip(verdicts);
                kept.map(|(dossier, verdict)| Selected { row: dossier.row, verdict }).collect()
            };
            let how = (empty, Beside::Nothing);
            return self.visit_judged(ctx, (catalog, court), how, (&keep, &mut each));
        }
        let Some(names) = self.names(ctx, empty)? else {
            let filter = self.filter((catalog, court), ctx.now)?;
            return catalog.visit_facts(&filter, |row| {
                ctx.stop_if_interrupted()?;
                match self.judge(court, &row, ctx.now) {
                    Some(verdict) => each(ctx, Selected { row, verdict }),
                    None => Ok(()),
                }
            });
        };
        self.visit_named(ctx, (catalog, court), &names, |ctx, row, verdict| {
            each(ctx, Selected { row, verdict })
        })
    }

    /// [`Self::visit`] with everything that rules look at, judged on all cores and told in order.
    pub(super) fn visit_judged<T: Send>(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
        (empty, beside): (Empty, Beside),
        (judge, each): (Judge<'_, T>, Tell<'_, T>),
    ) -> Result<(), Error> {
        let now = ctx.now;
        let beside = match Beside::wanted_by(self.traits.where_rule.into_iter()) {
            Beside::Nothing => beside,
            Beside::Others => Beside::Others,
        };
        let judged = |mut dossiers: Vec<Dossier>, census: Option<&Census>| {
            let mut verdicts = Vec::with_capacity(dossiers.len());
            dossiers.retain(|dossier| {
                let verdict = self.judge(court, &dossier.row, now).filter(|verdict| {
                    self.traits.where_rule.is_none_or(|rule| {
                        let brief = Brief::new(dossier, verdict, court).among(census);
                        !findings_of(std::iter::once(rule), &brief.subject(now)).is_empty()
                    })
                });
                let is_wanted = verdict.is_some();
                verdicts.extend(verdict);
                is_wanted
            });
            judge(dossiers, verdicts, census)
        };
        let Some(names) = self.names(ctx, empty)? else {
            let filter = self.filter((catalog, court), ctx.now)?;
            return survey(ctx, (&court.config.catalog, &filter, beside), judged, each);
        };
        let census = beside.census(&mut ctx.settings.open_readers(&court.config.catalog, 1)?)?;
        self.visit_named(ctx, (catalog, court), &names, |ctx, row, _| {
            let judged = judged(vec![catalog.dossier_of(row)?], census.as_ref());
            judged.into_iter().try_for_each(|judged| each(ctx, judged))
        })
    }

    /// The numbers of all selected assets, each once, for commands whose next step changes the
    /// catalog.
    pub(super) fn numbers(
        &self,
        ctx: &mut Context<'_>,
        from: (&Catalog, &Court),
    ) -> Result<Vec<AssetId>, Error> {
        self.refuse_unset()?;
        let (mut numbers, mut seen) = (Vec::new(), BTreeSet::new());
        self.visit(ctx, from, Empty::Refused, |_, selected| {
            let number = selected.row.asset.id;
            if seen.insert(number) {
                numbers.push(number);
            }
            Ok(())
        })?;
        Ok(numbers)
    }

    /// Refuses a path that is empty, for commands that change something: as of a variable that is not
    /// set, it would let every asset through.
    pub(super) fn refuse_unset(&self) -> Result<(), Error> {
        if self.traits.under.as_deref().is_some_and(|prefix| prefix.trim().is_empty()) {
            return Err(Error::usage("--under is empty: no asset is selected"));
        }
        Ok(())
    }

    /// The same selection with its list read, for a command that selects more than once: standard
    /// input can be read but once.
    pub(super) fn with_list(&self, ctx: &mut Context<'_>) -> Result<Self, Error> {
        if self.named.from.is_none() {
            return Ok(self.clone());
        }
        let assets = self.names(ctx, Empty::Refused)?.unwrap_or_default();
        Ok(Self { named: Named { assets, from: None }, ..self.clone() })
    }

    fn visit_named(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
        names: &[String],
        mut each: impl FnMut(&mut Context<'_>, FactsRow, Verdict) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let filter = self.filter((catalog, court), ctx.now)?;
        for name in names {
            ctx.stop_if_interrupted()?;
            let row = match find_asset(ctx, catalog, name) {
                Ok(row) if catalog.fits(&row, &filter)? => row,
                Ok(_) => continue,
                Err(
                    error @ (Error::UnknownAsset(_)
                    | Error::AmbiguousAsset { .. }
                    | Error::NoAssetName { .. }),
                ) => {
                    let (what, why, hint) = (name.clone(), error.to_string(), error.hint());
                    ctx.report.say(&Item::Failure { what, why, hint });
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(verdict) = self.judge(court, &row, ctx.now) {
                each(ctx, row, verdict)?;
            }
        }
        Ok(())
    }

    /// The verdict, if it is one that was asked for.
    fn judge(&self, court: &Court, row: &FactsRow, now: Timestamp) -> Option<Verdict> {
        let verdict = court.judge_at(row, now);
        self.traits.standing.is_none_or(|wanted| wanted == verdict.standing).then_some(verdict)
    }

    /// The names given, or `None` where conditions alone select.
    fn names(&self, ctx: &mut Context<'_>, empty: Empty) -> Result<Option<Vec<String>>, Error> {
        let mut names = self.named.assets.clone();
        let Some(file) = &self.named.from else {
            if names.is_empty() && empty == Empty::Refused && !self.has_condition() {
                return Err(Error::usage("no asset is selected: name some, or say which fit"));
            }
            return Ok((!names.is_empty()).then_some(names));
        };
        let bytes = if file == "-" { ctx.read_input(LONGEST_LIST)? } else { read_list(ctx, file)? };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("the list `{file}` is not UTF-8")))?;
        if text.lines().any(is_secret_key) {
            return Err(Error::usage(format!("`{file}` holds a secret key, not names of assets")));
        }
        let lines = text.lines().map(str::trim);
        names.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        if names.is_empty() && empty == Empty::Refused {
            return Err(Error::usage(format!("no asset is selected: `{file}` names none")));
        }
        Ok(Some(names))
    }

    fn has_condition(&self) -> bool {
        let Traits { state, standing, under, where_rule, usage } = &self.traits;
        let Relations { owner, campaign, context, placement } = &self.relations;
        state.is_some()
            || standing.is_some()
            || under.is_some()
            || where_rule.is_some()
            || usage.is_given()
            || owner.is_some()
            || campaign.is_some()
            || context.is_some()
            || placement.is_some()
    }

    fn filter(
        &self,
        (catalog, court): (&Catalog, &Court),
        now: Timestamp,
    ) -> Result<Filter, Error> {
        let Relations { owner, campaign, context, placement } = &self.relations;
        let campaign = campaign.as_ref().map(|name| format!("campaign/{name}").parse());
        let campaign =
            campaign.transpose().map_err(|error: crate::domain::context::ContextKeyError| {
                Error::usage(error.to_string())
            })?;
        let context = match context.as_ref().or(campaign.as_ref()) {
            Some(key) => Some(find_context(catalog, key)?.id),
            None => None,
        };
        let filter = Filter {
            state: self.traits.state.clone(),
            owner: owner.clone(),
            context,
            placement: placement.clone(),
            under: self.traits.under.as_ref().map(|prefix| prefix.clone().into_bytes()),
            ..Filter::default()
        };
        self.traits.usage.narrow(filter, (catalog, court), now)
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

pub(super) fn rule(text: &str) -> Result<&'static Rule, String> {
    rules::named(text).ok_or_else(|| {
        let near: Vec<_> = rules::near(text).iter().map(|rule| rule.code).collect();
        let near =
            if near.is_empty() { "see `shelflife rules`".to_owned() } else { near.join(", ") };
        format!("not a rule ({near})")
    })
}
