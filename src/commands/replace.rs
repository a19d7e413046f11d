//! `replace`: a new picture in the place of an old one.

use crate::catalog::{Catalog, DescriptionEdit, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::describe::{Description, Names};
use crate::domain::lifecycle::State;
use crate::domain::replacement::{Offer, Part, offers, taking};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::decide::{AssetChange as _, Bench};
use super::describe::{description, edit, plan};
use super::library::{Court, Mode, find_asset, subject};
use super::words::said;

/// Record that an asset takes the place of another one, and offer what is recorded there
///
/// Both assets tell of each other from then on. What belongs to the place is offered: title,
/// alternative texts, owner, placements, contexts and days; `--take` records it about the new asset.
/// Never taken over are the source, the rights with their review and licenses, and an approval: they
/// were about the other picture. The old asset stays as it is until somebody ends it.
#[derive(Debug, clap::Args)]
pub struct ReplaceArgs {
    /// The asset whose place is taken: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "OLD")]
    old: String,

    /// The asset that takes it
    #[arg(value_name = "NEW")]
    new: String,

    /// Record this of the old asset about the new one: title, alt, owner, placements, contexts or
    /// dates; may be repeated
    #[arg(long, value_name = "PART", value_parser = part)]
    take: Vec<Part>,

    /// Why
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    /// Show what would be recorded and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// Both assets as they were read, with what is recorded about them.
struct Pair {
    old: (FactsRow, Description),
    new: (FactsRow, Description),
}

pub(super) fn run(args: &ReplaceArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let pair = Pair::load(args, ctx, (catalog, &court))?;
        if let Some((row, why)) = pair.refusal(args, ctx) {
            refuse(ctx, row, why);
            return Ok(());
        }
        let taken = match pair.take(&args.take, &court)? {
            Ok(taken) => taken,
            Err(why) => {
                refuse(ctx, &pair.new.0, why);
                return Ok(());
            }
        };
        let known = pair.is_known(catalog)?;
        if mode == Mode::Real {
            pair.record(catalog, (known, args.reason.as_deref()), taken.as_ref())?;
        }
        pair.tell(ctx, (known, taken.as_ref()), &pair.offers(&args.take, &court));
        Ok(())
    })
}

impl Pair {
    fn load(
        args: &ReplaceArgs,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
    ) -> Result<Self, Error> {
        let bench = Bench { catalog, court };
        let mut read = |text: &str| {
            let row = find_asset(ctx, catalog, text)?;
            let description = description(bench, &row)?;
            Ok::<_, Error>((row, description))
        };
        Ok(Self { old: read(&args.old)?, new: read(&args.new)? })
    }

    /// Why nothing is recorded, and which asset it is about.
    fn refusal(&self, args: &ReplaceArgs, ctx: &Context<'_>) -> Option<(&FactsRow, String)> {
        let (old, new) = (&self.old.0, &self.new.0);
        if ctx.actor.authority() == Authority::Automation {
            return Some((new, "only a person may say what takes a place".to_owned()));
        }
        if old.asset.id == new.asset.id {
            return Some((new, "an asset cannot take its own place".to_owned()));
        }
        if let State::Purged(_) = old.asset.state {
            return Some((old, "it is purged, and its record is final".to_owned()));
        }
        match new.asset.state {
            State::Draft => None,
            State::Approved if args.take.is_empty() => None,
            State::Approved => Some((
                new,
                "it is approved for what is recorded: change that with `describe`".to_owned(),
            )),
            ended => Some((new, format!("it is {ended}: what takes a place must be of use"))),
        }
    }

    /// The edit that takes the parts over, if there is anything to change, or why it is refused.
    fn take(
        &self,
        parts: &[Part],
        court: &Court,
    ) -> Result<Result<Option<DescriptionEdit>, String>, Error> {
        let (row, current) = &self.new;
        let edits = taking(parts, &self.old.1, current);
        Ok(plan(court, current, &edits)?.map(|(planned, changes)| {
            (!changes.is_empty()).then(|| edit(row, planned, changes, None))
        }))
    }

    /// What could be taken over beside that.
    fn offers(&self, taken: &[Part], court: &Court) -> Vec<Offer> {
        let world = &court.world;
        let context =
            |id: i64| world.contexts.get(&id).map_or(id.to_string(), |c| c.key.to_string());
        let names = Names { context: &context, license: &|id| id.to_string() };
        let mut offers = offers(&self.old.1, &self.new.1, &names);
        offers.retain(|offer| !taken.contains(&offer.part));
        offers
    }

    fn is_known(&self, catalog: &Catalog) -> Result<bool, Error> {
        let (old, new) = (self.old.0.asset.id, self.new.0.asset.id);
        let known = catalog.replacements_of(new)?;
        Ok(known.iter().any(|one| (one.old, one.new) == (old, new)))
    }

    fn record(
        &self,
        catalog: &mut Catalog,
        (known, reason): (bool, Option<&str>),
        taken: Option<&DescriptionEdit>,
    ) -> Result<(), Error> {
        let version = |row: &FactsRow| (row.asset.id, row.asset.version);
        let both = (version(&self.old.0), version(&self.new.0));
        match (known, taken) {
            (true, None) => {}
            (true, Some(edit)) => catalog.record_description(edit)?,
            (false, taken) => catalog.record_replacement(both, reason, taken)?,
        }
        Ok(())
    }

    fn tell(
        &self,
        ctx: &mut Context<'_>,
        (known, taken): (bool, Option<&DescriptionEdit>),
        offers: &[Offer],
    ) {
        let (old, new) = (&self.old.0.asset, &self.new.0.asset);
        let what = format!("takes the place of {} {}", old.id, old.path);
        ctx.report.say(&if known {
            Item::Kept { subject: subject(new), because: format!("it {what} already") }
        } else {
            Item::Edit { subject: Some(subject(new)), what }
        });
        for item in taken.iter().flat_map(|edit| edit.items(&subject(new))) {
            ctx.report.say(&item);
        }
        for offer in offers {
            let fields = vec![
                ("field", offer.field.as_str().into()),
                ("recorded", offer.recorded.clone().into()),
                ("offered", offer.offered.as_str().into()),
                ("take", offer.part.name().into()),
            ];
            ctx.report.row("offer", fields);
        }
        if matches!(old.state, State::Draft | State::Approved) {
            ctx.report.text(format!("{} stays in use until somebody ends it.", old.id));
        }
    }
}

fn refuse(ctx: &mut Context<'_>, row: &FactsRow, why: String) {
    ctx.report.say(&Item::Refusal { subject: subject(&row.asset), action: "replace", why });
}

fn part(text: &str) -> Result<Part, String> {
    Part::named(text).ok_or_else(|| {
        let names: Vec<_> = Part::ALL.iter().map(|part| part.name()).collect();
        format!("not a part (one of {})", names.join(", "))
    })
}
