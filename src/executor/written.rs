//! What is done about an open operation while it is paused: the catalog learns the truth, and
//! nothing on disk is touched.

use crate::catalog::Operation;
use crate::domain::recovery::{Aside, Recovery, Sight, Toward, decide_direction};

use super::look::{Seen, look, sightings, store_of};
use super::publish::others_there;
use super::settle::{as_it_is, close, endings};
use super::{Attempt, Settled, Target, moves};

const NOTE: &str = "written down while paused";

/// Writes down where each file is. An operation that needs nothing more on disk is closed; what is
/// left in its store is cleared away by a later recovery. Any other stays open.
pub(super) fn write_down(target: &mut Target<'_>, operation: &Operation) -> Attempt<Settled> {
    let seen = look_while_paused(target, operation)?;
    let store = store_of(target, operation)?;
    moves::sync_all(target, operation, store.as_ref())?;
    let recovery = as_seen(operation, &seen);
    close(target, operation, (&recovery, &seen), NOTE)?;
    let goes_back = recovery.toward == Toward::Library;
    Ok(Settled {
        operation: operation.id.clone(),
        kind: operation.kind,
        asset: operation.asset,
        end: recovery.end,
        files: endings(operation, &recovery),
        notes: if goes_back { others_there(operation, &seen) } else { Vec::new() },
        linked: Vec::new(),
    })
}

/// What [`write_down`] would write. Changes nothing.
pub(super) fn foresee_written(target: &Target<'_>, operation: &Operation) -> Attempt<Recovery> {
    Ok(as_seen(operation, &look_while_paused(target, operation)?))
}

fn look_while_paused(target: &Target<'_>, operation: &Operation) -> Attempt<Vec<Seen>> {
    Ok(look(target, operation)?.into_iter().map(at_its_path).collect())
}

fn as_seen(operation: &Operation, seen: &[Seen]) -> Recovery {
    let toward = decide_direction(operation.kind, &sightings(seen));
    as_it_is(operation, toward, seen, |_| true)
}

/// A source that was set aside counts as being at its path, because a recovery puts it back. Until
/// one does, nothing is there, and the copy in the store is the one that can be found.
fn at_its_path(mut seen: Seen) -> Seen {
    let stored = matches!(seen.sighting.store, Sight::Same | Sight::SameFile);
    if seen.aside == Some(Aside::PutBack) && stored {
        seen.sighting.library = Sight::Nothing;
    }
    seen
}
