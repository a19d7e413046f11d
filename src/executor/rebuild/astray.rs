//! Files that are not in quarantine any more although the catalog says so: it is an older one.

use std::collections::BTreeSet;

use crate::catalog::{BegunPurge, ClosedOperation, OpenOperation, Operation};
use crate::domain::asset::AssetId;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::path::RelPath;
use crate::domain::pause::Heed;
use crate::domain::purge::Stored;
use crate::domain::testimony::{Whereabouts, decide_whereabouts};
use crate::files::Folder;

use super::super::look::{existing, look, sightings};
use super::super::purging::look_in;
use super::super::settle::{arrived, hold_after, transition_of};
use super::super::{Attempt, Obstacle, Target};
use super::{KEEP, Rebuild};

/// An operation of the catalog whose files are not where it left them.
#[derive(Debug)]
pub struct Astray {
    pub taken: Operation,
    pub became: Became,
}

/// What became of files that should be in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// All are back at their paths.
    Restored,
    /// They were, and were taken away again by an operation that the catalog does not know.
    TakenAgain,
    /// Some are back at their paths, the others are not.
    HalfRestored,
    /// None is deleted, but the folder is where files are deleted.
    NearlyPurged,
    Purged,
    /// Some are in neither place.
    Damaged,
}

/// Looks whether the files that an operation took away are in quarantine still; `None` if they are.
/// Reads the bytes only of what is not as it should be. Changes nothing.
pub fn examine_known(
    target: &Target<'_>,
    store: &str,
    told_of: &BTreeSet<(AssetId, RelPath)>,
) -> Attempt<Option<Astray>> {
    let Some(taken) = target.catalog.operation(store)? else { return Ok(None) };
    let kept = existing(target.quarantine.op_folder(store))?;
    if let Some(kept) = &kept
        && is_complete(kept, &taken)?
    {
        return Ok(None);
    }
    let became = match existing(target.quarantine.purging_folder(store))? {
        Some(purging) if kept.is_none() => purged(&purging, &taken)?,
        _ => {
            let seen = sightings(&look(target, &taken)?);
            match decide_whereabouts(&seen, false) {
                Whereabouts::Stored => return Ok(None),
                Whereabouts::Library => Became::Restored,
                Whereabouts::Between => Became::HalfRestored,
                Whereabouts::Damaged if kept.is_none() && is_told_of(target, &taken, told_of)? => {
                    Became::TakenAgain
                }
                Whereabouts::Damaged => Became::Damaged,
            }
        }
    };
    Ok(Some(Astray { taken, became }))
}

/// Whether another folder tells of the asset: it has the number, and the path too.
fn is_told_of(
    target: &Target<'_>,
    taken: &Operation,
    told_of: &BTreeSet<(AssetId, RelPath)>,
) -> Attempt<bool> {
    let asset = target.catalog.asset(taken.asset)?;
    Ok(asset.is_some_and(|asset| told_of.contains(&(asset.id, asset.path))))
}

fn is_complete(kept: &Folder, taken: &Operation) -> Attempt<bool> {
    for file in &taken.files {
        let stat = kept.stat(file.stored_name.as_bytes())?;
        if stat.is_none_or(|stat| stat.stamp.bytes != file.bytes) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn purged(purging: &Folder, taken: &Operation) -> Attempt<Became> {
    let looks = look_in(Some(purging), taken)?;
    let files = taken.files.iter().zip(looks);
    let found: Vec<_> = files.map(|(file, look)| look.in_words(file).found).collect();
    let all = |wanted: &[Stored]| found.iter().all(|found| wanted.contains(found));
    Ok(if all(&[Stored::Gone]) {
        Became::Purged
    } else if all(&[Stored::Same, Stored::Shared]) {
        Became::NearlyPurged
    } else {
        Became::Damaged
    })
}

/// Writes down what became of files that should be in quarantine.
pub fn record_astray(
    target: &mut Target<'_>,
    wanted: &Rebuild<'_>,
    Astray { taken, became }: &Astray,
) -> Attempt<()> {
    let id = (wanted.new_id)();
    match became {
        Became::Restored | Became::TakenAgain => {
            let operation = announce_return(target, wanted, (taken, &id))?;
            close_return(target, &operation, *became)
        }
        Became::HalfRestored => announce_return(target, wanted, (taken, &id)).map(|_| ()),
        Became::NearlyPurged => begin_purge(target, taken, (id, Some(KEEP.to_owned()))),
        Became::Purged => begin_purge(target, taken, (id, None)),
        Became::Damaged => Ok(()),
    }
}

fn announce_return(
    target: &mut Target<'_>,
    wanted: &Rebuild<'_>,
    (taken, id): (&Operation, &str),
) -> Attempt<Operation> {
    let operation = target.operation_on(taken.clone(), (id, OperationKind::Restore));
    let open = OpenOperation {
        version: version_of(target, taken)?,
        transition: transition_of(target, &operation)?,
        reason: Some(wanted.reason.to_owned()),
        causes: Vec::new(),
        heed: Heed::Stop,
        operation,
    };
    target.may_begin()?;
    target.step("open operation")?;
    target.catalog.open_return(&open)?;
    Ok(open.operation)
}

fn close_return(target: &mut Target<'_>, operation: &Operation, became: Became) -> Attempt<()> {
    let hold = hold_after(target, operation.kind, OperationState::Done);
    let closed = ClosedOperation {
        state: OperationState::Done,
        files: arrived(target, operation)?,
        transition: transition_of(target, operation)?,
        hold: hold.filter(|_| became == Became::Restored),
        note: Some("found to be done already".to_owned()),
    };
    target.step("close operation")?;
    Ok(target.catalog.close_operation(operation, &closed)?)
}

fn begin_purge(
    target: &mut Target<'_>,
    taken: &Operation,
    (id, hold): (String, Option<String>),
) -> Attempt<()> {
    let asset = target.catalog.asset(taken.asset)?;
    let was = asset.as_ref().and_then(|asset| asset.state.was());
    let no_step = || Obstacle::NoTransition { operation: taken.id.clone() };
    let was = was.ok_or_else(no_step)?;
    let version = version_of(target, taken)?;
    target.step("open operation")?;
    let purge = BegunPurge { id, hold };
    Ok(target.catalog.record_begun_purge(taken, (version, was), &purge)?)
}

fn version_of(target: &Target<'_>, operation: &Operation) -> Attempt<i64> {
    let asset = target.catalog.asset(operation.asset)?;
    Ok(asset.ok_or(Obstacle::NoFiles)?.version)
}
