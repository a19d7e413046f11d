//! What keeps a clean from moving too much, or on the wrong disk.

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::behind::behind;
use crate::domain::cleanup::{Load, exceeded_cap, exceeded_cap_of_a_day, is_plausible_loss};
use crate::error::Error;
use crate::executor::Target;
use crate::files;

/// A plan that is larger than the policy allows is not begun.
pub(super) fn refuse_too_much(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    load: Load,
) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(why) = exceeded_cap(load, config.policy.caps, catalog.count_in_library()?) else {
        return Ok(());
    };
    let hint = "select fewer assets, or raise the cap in the [clean] section of the configuration";
    Err(Error::guard("nothing is moved".to_owned(), why, hint))
}

/// Neither is one that is more than 24 hours allow together with what was moved before.
pub(super) fn refuse_too_much_in_a_day(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    load: Load,
) -> Result<(), Error> {
    if load.items == 0 {
        return Ok(());
    }
    let config = ctx.config()?;
    let moved = catalog.moved_in_a_day(ctx.now)?;
    let in_library = catalog.count_in_library()?;
    let caps = config.policy.day_caps;
    let Some(why) = exceeded_cap_of_a_day((load, moved), caps, in_library) else { return Ok(()) };
    let hint = "select fewer assets, wait, or raise the cap of a day in the [clean] section of the \
                configuration";
    Err(Error::guard("nothing is moved".to_owned(), why, hint))
}

/// By a clock that lost time nobody can say what was moved today, nor what has ended. A person who
/// approves the plan says that the clock is right.
pub(super) fn refuse_behind(ctx: &Context<'_>, catalog: &Catalog, load: Load) -> Result<(), Error> {
    match behind(catalog, ctx.now)? {
        Some(why) if load.items > 0 => {
            Err(Error::guard("nothing is moved".to_owned(), why, BEHIND))
        }
        _ => Ok(()),
    }
}

/// Says the same of a plan that is only shown.
pub(super) fn say_behind(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    load: Load,
) -> Result<(), Error> {
    if let Some(why) = behind(catalog, ctx.now)?.filter(|_| load.items > 0) {
        ctx.report.text(format!("Nothing is moved like this: {why}; {BEHIND}."));
    }
    Ok(())
}

const BEHIND: &str = "set the clock right; if it is, and was ahead before: `shelflife clean --save` with \
                      the same selection, then a person runs `shelflife plan approve NUMBER`, then \
                      `shelflife clean --apply --plan NUMBER`";

/// A clean that takes a second person is not carried out without a saved plan.
pub(super) fn refuse_without_approval(ctx: &mut Context<'_>, load: Load) -> Result<(), Error> {
    match second_person(ctx, load)? {
        None => Ok(()),
        Some(why) => Err(Error::guard("nothing is moved".to_owned(), why, HOW)),
    }
}

/// Says the same of a plan that is only shown.
pub(super) fn say_how_to_apply(ctx: &mut Context<'_>, load: Load) -> Result<(), Error> {
    if let Some(why) = second_person(ctx, load)? {
        ctx.report.text(format!("{why}: {HOW}."));
    }
    Ok(())
}

const HOW: &str = "`shelflife clean --save` with the same selection, then somebody else runs \
                   `shelflife plan approve NUMBER`, then `shelflife clean --apply --plan NUMBER`";

fn second_person(ctx: &mut Context<'_>, load: Load) -> Result<Option<String>, Error> {
    let limit = ctx.config()?.policy.second_person_above;
    let why = format!("{} assets, and more than {limit} take a second person", load.items);
    Ok((load.items > limit).then_some(why))
}

/// A root that lost many of the files that the catalog knows there is left as it is: something is
/// wrong with the disk, or with the catalog.
pub(super) fn refuse_emptied_roots(target: &Target<'_>) -> Result<(), Error> {
    for record in target.catalog.roots()? {
        let Some(root) = target.roots.get(&record.id) else { continue };
        let known = target.catalog.files_in_library(record.id)?;
        let count = files::count(root);
        let hidden = target.catalog.count_at_or_beneath(record.id, &count.hidden)?;
        let (found, seen) = (count.files, known.saturating_sub(hidden));
        if !is_plausible_loss(seen, found) {
            let what = format!("root {} ({})", record.name, root.path().display());
            let why = format!("it holds {found} files, and the catalog knows {known} there");
            let hint = "look whether the right disk is mounted there; if it is true, scan first";
            return Err(Error::guard(what, why, hint));
        }
    }
    Ok(())
}
