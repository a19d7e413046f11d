//! Settling a purge that was announced: while it runs, and after a crash.
//!
//! What is done is decided from what is found, and every step is derived from the operation alone,
//! so it may be stopped anywhere and begun again. The folder stays until the purge is closed: that
//! it is where files are deleted, and empty, is what proves that they were.

use crate::catalog::{ClosedOperation, Operation, OperationFile};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::purge::{
    Leave, Permission, ReadFile, Settling, Stored, Whereabouts, check_files, decide_purge,
};
use crate::domain::recovery::Ending;
use crate::files::purging::remove_as_read;
use crate::files::{FileError, FileStat, Folder, hash_file};

use super::look::existing;
use super::settle::transition_of;
use super::{Attempt, Obstacle, Settled, SettledFile, Target};

/// A file in quarantine as it was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    found: Stored,
    /// What was read, if it was a file.
    stat: Option<FileStat>,
}

impl Look {
    pub(super) fn in_words(self, file: &OperationFile) -> ReadFile {
        ReadFile {
            number: file.number,
            path: file.path.to_string(),
            digest: file.digest,
            found: self.found,
        }
    }
}

/// The folder of a purge, and what is in it.
struct Seen {
    place: Whereabouts,
    folder: Option<Folder>,
    looks: Vec<Look>,
}

impl Seen {
    fn found(&self) -> Vec<Stored> {
        self.looks.iter().map(|look| look.found).collect()
    }
}

/// Finishes the purge, takes it back, or leaves it open, as [`decide_purge`] says, and tells what
/// stood in its way. After something `failed` nothing is deleted. `note` is for the audit log.
pub(super) fn settle_purge(
    target: &mut Target<'_>,
    operation: &Operation,
    (failed, note): (Option<Obstacle>, Option<&str>),
) -> Attempt<(Settled, Option<Obstacle>)> {
    let seen = look(target, operation)?;
    // A killed run leaves renames behind that only memory knows of.
    let unsynced = || target.quarantine.sync_purge().err().map(Obstacle::from);
    let failed = failed.or_else(unsynced);
    let has_failed = failed.is_some();
    let denied = match failed {
        None => denied(target, operation)?,
        failed => failed,
    };
    let permission = if denied.is_none() { Permission::Granted } else { Permission::Denied };
    match (decide_purge(seen.place, &seen.found(), permission), denied) {
        (Settling::Delete(_), Some(failed)) if has_failed => Err(failed),
        (Settling::Delete(leave), _) => match delete(target, operation, &seen, &leave) {
            Ok(()) => finish(target, operation, note),
            Err(obstacle) => give_up(target, operation, (obstacle, note)),
        },
        (settling, denied) => {
            let because = denied.or_else(|| altered(operation, &seen));
            settle_as(target, operation, (&settling, &seen), (because, note))
        }
    }
}

/// What [`settle_purge`] would do. Changes nothing.
pub(super) fn foresee_purge(target: &Target<'_>, operation: &Operation) -> Attempt<OperationState> {
    let seen = look(target, operation)?;
    let denied = denied(target, operation)?;
    let permission = if denied.is_none() { Permission::Granted } else { Permission::Denied };
    Ok(end_of(&decide_purge(seen.place, &seen.found(), permission)))
}

fn look(target: &Target<'_>, operation: &Operation) -> Attempt<Seen> {
    let kept = existing(target.quarantine.op_folder(&operation.store))?;
    let purging = existing(target.quarantine.purging_folder(&operation.store))?;
    let (place, folder) = match (kept, purging) {
        (Some(kept), None) => (Whereabouts::Kept, Some(kept)),
        (None, Some(purging)) => (Whereabouts::Purging, Some(purging)),
        (Some(kept), Some(_)) => (Whereabouts::Both, Some(kept)),
        (None, None) => (Whereabouts::Nowhere, None),
    };
    let looks = look_in(folder.as_ref(), operation)?;
    Ok(Seen { place, folder, looks })
}

/// Reads every file of the operation in the folder, by number.
pub(super) fn look_in(folder: Option<&Folder>, operation: &Operation) -> Attempt<Vec<Look>> {
    let look = |file| match folder {
        Some(folder) => look_at(folder, file),
        None => Ok(Look { found: Stored::Gone, stat: None }),
    };
    operation.files.iter().map(look).collect()
}

fn look_at(folder: &Folder, file: &OperationFile) -> Attempt<Look> {
    let only = |found| Ok(Look { found, stat: None });
    match hash_file(folder, file.stored_name.as_bytes()) {
        Ok((digest, _)) if digest != file.digest => only(Stored::Other),
        Ok((_, stat)) => {
            let found = if stat.links > 1 { Stored::Shared } else { Stored::Same };
            Ok(Look { found, stat: Some(stat) })
        }
        Err(error) if error.is_missing() => only(Stored::Gone),
        Err(
            FileError::NotRegular { .. }
            | FileError::Own { .. }
            | FileError::ChangedWhileReading { .. },
        ) => only(Stored::Other),
        Err(error) => Err(error.into()),
    }
}

/// Why nothing may be deleted now: it is paused, by whatever and however, or the asset is held.
fn denied(target: &Target<'_>, operation: &Operation) -> Attempt<Option<Obstacle>> {
    if let Some(paused) = paused(target) {
        return Ok(Some(paused));
    }
    let holds = target.catalog.holds_on(operation.asset, target.now)?;
    let held = |hold: crate::catalog::Hold| crate::catalog::CatalogError::Held {
        asset: operation.asset,
        reason: hold.reason,
    };
    Ok(holds.into_iter().next().map(|hold| Obstacle::Catalog(held(hold))))
}

fn paused(target: &Target<'_>) -> Option<Obstacle> {
    let paused = target.paused();
    (!paused.is_empty()).then_some(Obstacle::Paused(paused))
}

fn altered(operation: &Operation, seen: &Seen) -> Option<Obstacle> {
    let files = operation.files.iter().zip(&seen.looks);
    let files: Vec<_> = files.map(|(file, look)| look.in_words(file)).collect();
    let altered = check_files(&files).into_iter().next();
    altered.map(|because| Obstacle::Unripe { because })
}

/// Deletes the files that are left, each only as long as it is the one that was read, and asks before
/// each whether it is paused. Durable on return.
fn delete(target: &Target<'_>, operation: &Operation, seen: &Seen, _leave: &Leave) -> Attempt<()> {
    let Some(folder) = &seen.folder else { return Ok(()) };
    for (file, look) in operation.files.iter().zip(&seen.looks) {
        let Some(read) = &look.stat else { continue };
        if let Some(paused) = paused(target) {
            return Err(paused);
        }
        remove_as_read(folder.at(file.stored_name.as_bytes()), read)?;
    }
    Ok(folder.sync()?)
}

/// Every file is gone, durably.
fn finish(
    target: &mut Target<'_>,
    operation: &Operation,
    note: Option<&str>,
) -> Attempt<(Settled, Option<Obstacle>)> {
    let gone = operation.files.iter().map(|file| (file.number, FileState::Moved));
    close(target, operation, (OperationState::Done, gone.collect()), note.map(str::to_owned))?;
    let mut settled = settled(operation, OperationState::Done, |_| Ending::Settled);
    if paused(target).is_none() {
        // The purge is closed: what cannot be removed now is removed by a later recovery.
        let cleared = clear_purged(target, &operation.store);
        settled.notes = cleared.unwrap_or_else(|obstacle| vec![obstacle.in_words()]);
    }
    Ok((settled, None))
}

/// After a failure the disk is asked once more, and nothing further is deleted. If every file is gone
/// by then and only that is not durable, the purge stays open as it is.
fn give_up(
    target: &mut Target<'_>,
    operation: &Operation,
    (obstacle, note): (Obstacle, Option<&str>),
) -> Attempt<(Settled, Option<Obstacle>)> {
    let seen = look(target, operation)?;
    if let Some(folder) = &seen.folder {
        folder.sync()?;
    }
    match decide_purge(seen.place, &seen.found(), Permission::Denied) {
        Settling::Delete(_) => Err(obstacle),
        settling => settle_as(target, operation, (&settling, &seen), (Some(obstacle), note)),
    }
}

/// Settles a purge of which nothing more is deleted now.
fn settle_as(
    target: &mut Target<'_>,
    operation: &Operation,
    (settling, seen): (&Settling, &Seen),
    (because, note): (Option<Obstacle>, Option<&str>),
) -> Attempt<(Settled, Option<Obstacle>)> {
    let end = end_of(settling);
    if seen.place == Whereabouts::Purging && end != OperationState::Partial {
        target.quarantine.take_back_purge(&operation.store)?;
    }
    let files = operation.files.iter().zip(&seen.looks);
    let files: Vec<_> =
        files.map(|(file, look)| (file.number, state_of(end, seen.place, look.found))).collect();
    let words = because.as_ref().map(Obstacle::in_words);
    let note: Vec<_> = note.map(str::to_owned).into_iter().chain(words.clone()).collect();
    close(target, operation, (end, files), (!note.is_empty()).then(|| note.join("; ")))?;
    let found = |number: usize| seen.looks.get(number).map(|look| look.found);
    let mut settled = settled(operation, end, |number| match (end, found(number)) {
        (_, Some(Stored::Other)) => Ending::Drifted,
        (OperationState::Partial, Some(Stored::Same | Stored::Shared)) => Ending::Stuck,
        (OperationState::Lost, Some(Stored::Gone)) => Ending::Lost,
        _ => Ending::Settled,
    });
    settled.notes.extend(words);
    Ok((settled, because))
}

fn end_of(settling: &Settling) -> OperationState {
    match settling {
        Settling::Delete(_) => OperationState::Done,
        Settling::TakeBack => OperationState::Aborted,
        Settling::Wait => OperationState::Partial,
        Settling::Lose => OperationState::Lost,
    }
}

/// What the catalog notes of a file. What is gone from where files are deleted was deleted; from
/// elsewhere it was lost.
fn state_of(end: OperationState, place: Whereabouts, found: Stored) -> FileState {
    match (found, place) {
        (Stored::Gone, Whereabouts::Purging) => FileState::Moved,
        (Stored::Gone, _) => FileState::Missing,
        (Stored::Other, _) => FileState::Drifted,
        (Stored::Same | Stored::Shared, _) if end == OperationState::Partial => FileState::Pending,
        (Stored::Same | Stored::Shared, _) => FileState::Returned,
    }
}

/// Closes the purge as it ended. One that stays as it was before is not written again.
fn close(
    target: &mut Target<'_>,
    operation: &Operation,
    (end, files): (OperationState, Vec<(u32, FileState)>),
    note: Option<String>,
) -> Attempt<()> {
    let unchanged = operation.files.iter().zip(&files).all(|(file, (_, now))| file.state == *now);
    if end == OperationState::Partial && operation.state == end && unchanged {
        return Ok(());
    }
    let done = end == OperationState::Done;
    let transition = if done { transition_of(target, operation)? } else { None };
    let files = files.into_iter().map(|(number, state)| (number, state, None)).collect();
    let closed = ClosedOperation { state: end, files, transition, hold: None, note };
    target.step("close operation")?;
    Ok(target.catalog.close_operation(operation, &closed)?)
}

fn settled(
    operation: &Operation,
    end: OperationState,
    ending: impl Fn(usize) -> Ending,
) -> Settled {
    let files = operation.files.iter().enumerate();
    let files = files
        .map(|(at, file)| SettledFile { path: file.path.clone(), ending: ending(at) })
        .collect();
    Settled {
        operation: operation.id.clone(),
        kind: OperationKind::Purge,
        asset: operation.asset,
        end,
        files,
        notes: Vec::new(),
        linked: Vec::new(),
    }
}

/// Removes the folder of a purge that is done, and tells what else was in it: that stays.
pub(super) fn clear_purged(target: &Target<'_>, store: &str) -> Attempt<Vec<String>> {
    let left = target.quarantine.remove_purged_folder(store)?;
    Ok(left.iter().map(|name| format!("left in quarantine: {name}")).collect())
}
