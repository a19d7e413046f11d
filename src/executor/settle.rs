//! Settling an operation that was announced: its files are brought to one side, and it is closed.
//!
//! Every step looks before it acts and is derived from the operation alone, so settling may be
//! stopped anywhere and begun again.

use crate::catalog::{ClosedOperation, GRACE, Operation, OperationFile};
use crate::domain::asset::{AssetId, FileStamp};
use crate::domain::lifecycle::Transition;
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::path::RelPath;
use crate::domain::recovery::{
    Aside, Ending, FileRecovery, Recovery, Sight, Step, Toward, decide_recovery,
};
use crate::domain::time::Timestamp;
use crate::files::moves::remove;
use crate::files::{FileKind, Folder};

use super::links::{Linked, linked_in};
use super::look::{Seen, aside_name, existing, look, part_name, sightings, store_of, stored_part};
use super::publish::{self, Settling};
use super::store::empty_store;
use super::{Attempt, Ended, Obstacle, Target, moves};
use crate::error::Error;

/// How an operation that had been begun was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub operation: String,
    pub kind: OperationKind,
    pub asset: AssetId,
    /// `Partial` means that it stays open.
    pub end: OperationState,
    pub files: Vec<SettledFile>,
    /// What could not be done, and what was left behind.
    pub notes: Vec<String>,
    /// Files that are out of the library and have other names.
    pub linked: Vec<Linked>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledFile {
    pub path: RelPath,
    pub ending: Ending,
}

/// What a step on one file met.
pub(super) type Failure = (u32, Obstacle);

/// Brings the files of an operation toward one side and closes it, with a note for the audit log.
///
/// A file that cannot be brought there keeps the operation open. What is left in a store that is
/// not needed any more is removed last.
pub(super) fn settle(
    target: &mut Target<'_>,
    operation: &Operation,
    toward: Toward,
    note: &str,
) -> Attempt<Settled> {
    let seen = look(target, operation)?;
    let store = store_of(target, operation)?;
    let work = Work { target, operation, toward, store: store.as_ref() };
    // A killed run leaves renames behind that only memory knows of.
    moves::sync_all(work.target, operation, work.store)?;
    let failures = work.act(&seen)?;
    if !failures.is_empty() && toward == operation.kind.forward() {
        return settle(target, operation, toward.other(), note);
    }
    moves::sync_all(work.target, operation, work.store)?;
    if toward == Toward::Library {
        moves::sync_above(work.target, operation)?;
    }
    let (seen, recovery) = if failures.is_empty() {
        let recovery = decide_recovery(operation.kind, toward, &sightings(&seen));
        (seen, recovery)
    } else {
        work.look_again(&failures)?
    };
    let mut notes = vec![note.to_owned()];
    notes.extend(failures.iter().map(|(_, obstacle)| obstacle.in_words()));
    notes.extend(in_the_way(operation, (&recovery, &seen)));
    if toward == Toward::Library {
        notes.extend(publish::others_there(operation, &seen));
    }
    let is_out =
        operation.kind == OperationKind::Quarantine && recovery.end == OperationState::Done;
    let linked = if is_out { linked_in(&target.quarantine, operation)? } else { Vec::new() };
    close(target, operation, (&recovery, &seen), &notes.join("; "))?;
    let mut notes = notes.split_off(1);
    if toward == Toward::Library && recovery.end != OperationState::Partial {
        notes.extend(leave_store(target, operation, recovery.end));
    }
    Ok(Settled {
        operation: operation.id.clone(),
        kind: operation.kind,
        asset: operation.asset,
        end: recovery.end,
        files: endings(operation, &recovery),
        notes,
        linked,
    })
}

/// What keeps files from coming back, in words.
fn in_the_way(
    operation: &Operation,
    (recovery, seen): (&Recovery, &[Seen]),
) -> impl Iterator<Item = String> {
    let files = operation.files.iter().zip(&recovery.files).zip(seen);
    let barred = files.filter(|((_, decided), seen)| {
        decided.ending == Ending::Stuck && seen.sighting.library == Sight::Other
    });
    barred.map(|((file, _), _)| format!("something else is at `{}`: move it away first", file.path))
}

pub(super) fn endings(operation: &Operation, recovery: &Recovery) -> Vec<SettledFile> {
    let both = operation.files.iter().zip(&recovery.files);
    both.map(|(file, decided)| SettledFile { path: file.path.clone(), ending: decided.ending })
        .collect()
}

/// What is lost stays where it is; otherwise the store is not needed any more.
pub(super) fn leave_store(
    target: &Target<'_>,
    operation: &Operation,
    end: OperationState,
) -> Vec<String> {
    if end == OperationState::Lost {
        return Vec::new();
    }
    // The operation is closed: what cannot be removed now is removed by a later recovery.
    empty_store(target, operation).unwrap_or_else(|obstacle| vec![obstacle.in_words()])
}

struct Work<'a, 't> {
    target: &'a Target<'t>,
    operation: &'a Operation,
    toward: Toward,
    store: Option<&'a Folder>,
}

impl Work<'_, '_> {
    /// Does what is decided about each file. A file that cannot be brought on does not stop the
    /// others; what ends the run does.
    fn act(&self, seen: &[Seen]) -> Attempt<Vec<Failure>> {
        let decided = decide_recovery(self.operation.kind, self.toward, &sightings(seen));
        let mut failures = Vec::new();
        let files = self.operation.files.iter().zip(seen).zip(&decided.files);
        for ((file, seen), decided) in files {
            self.target.may_go_on()?;
            match self.act_on(file, *seen, decided) {
                Ok(()) => {}
                Err(obstacle) if obstacle.ends_the_run() => return Err(obstacle),
                Err(obstacle) => failures.push((file.number, obstacle)),
            }
        }
        Ok(failures)
    }

    fn act_on(&self, file: &OperationFile, seen: Seen, decided: &FileRecovery) -> Attempt<()> {
        if let (Some(folder), Some(_)) = (self.store, &self.operation.to) {
            let settling = Settling { folder, file, seen };
            return match self.toward {
                Toward::Library => publish::bring_back(self.target, self.operation, settling),
                Toward::Store => publish::finish(self.target, self.operation, settling),
            };
        }
        let aside = aside_name(self.operation, file);
        match seen.aside {
            None => {}
            Some(Aside::PutBack) => moves::put_back(self.target, self.operation, file)?,
            Some(Aside::Remove) => moves::remove_beside(self.target, file, &aside)?,
            Some(Aside::Keep) => {
                return Err(Obstacle::Taken { path: file.path.to_string() });
            }
        }
        for step in decided.steps {
            self.step(*step, file)?;
        }
        if seen.part_in_library && decided.ending != Ending::Lost {
            moves::remove_beside(self.target, file, &part_name(self.operation, file))?;
        }
        Ok(())
    }

    fn step(&self, step: Step, file: &OperationFile) -> Attempt<()> {
        let Self { target, operation, .. } = self;
        match step {
            Step::MoveToLibrary => moves::move_to_library(target, operation, (self.store()?, file)),
            Step::MoveToStore => {
                moves::move_to_store(target, operation, (self.store()?, file)).map(|_| ())
            }
            Step::RemoveFromLibrary => moves::remove_from_library(target, operation, file),
            Step::RemovePartInLibrary => {
                moves::remove_beside(target, file, &part_name(operation, file))
            }
            Step::RemovePartInStore => {
                Ok(remove(self.store()?.at(stored_part(operation, file).as_bytes()))?)
            }
        }
    }

    fn store(&self) -> Attempt<&Folder> {
        let what = || format!("the folder of operation {} is gone", self.operation.store);
        self.store.ok_or_else(|| Obstacle::Damaged { what: what() })
    }

    /// After a failure the disk is asked once more. What would still have to be done is stuck.
    fn look_again(&self, failures: &[Failure]) -> Attempt<(Vec<Seen>, Recovery)> {
        let seen = look(self.target, self.operation)?;
        let failed = |file: &OperationFile| failures.iter().any(|(n, _)| *n == file.number);
        let recovery = as_it_is(self.operation, self.toward, &seen, failed);
        Ok((seen, recovery))
    }
}

/// The recovery as far as it has come: a file that `stays` with something still to be done is stuck.
pub(super) fn as_it_is(
    operation: &Operation,
    toward: Toward,
    seen: &[Seen],
    stays: impl Fn(&OperationFile) -> bool,
) -> Recovery {
    let decided = decide_recovery(operation.kind, toward, &sightings(seen));
    let files = operation.files.iter().zip(decided.files).zip(seen);
    let files = files.map(|((file, mut decided), seen)| {
        let public = operation.to.is_some() && toward == Toward::Library;
        let undone = !decided.steps.is_empty()
            || seen.aside.is_some()
            || seen.part_in_library
            || seen.hidden_in_store
            || seen.altered
            || (public && !matches!(seen.sighting.store, Sight::Nothing | Sight::Other));
        if stays(file) && undone && decided.ending != Ending::Lost {
            decided.ending = Ending::Stuck;
        }
        decided
    });
    Recovery::of_files(operation.kind, toward, files.collect())
}

/// Closes the operation as it ended. One that stays as it was before is not written again.
pub(super) fn close(
    target: &mut Target<'_>,
    operation: &Operation,
    (recovery, seen): (&Recovery, &[Seen]),
    note: &str,
) -> Attempt<()> {
    let mut files = Vec::with_capacity(operation.files.len());
    for ((file, decided), seen) in operation.files.iter().zip(&recovery.files).zip(seen) {
        let state = decided.file_state(operation.kind, recovery.toward, seen.sighting);
        files.push((file.number, state, stamp(target, operation, (file, state))?));
    }
    let unchanged =
        operation.files.iter().zip(&files).all(|(file, (_, now, _))| file.state == *now);
    if recovery.end == OperationState::Partial && operation.state == recovery.end && unchanged {
        return Ok(());
    }
    let done = recovery.end == OperationState::Done;
    let transition = if done { transition_of(target, operation)? } else { None };
    let closed = ClosedOperation {
        state: recovery.end,
        files,
        transition,
        hold: hold_after(target, operation.kind, recovery.end),
        note: Some(note.to_owned()),
    };
    target.step("close operation")?;
    Ok(target.catalog.close_operation(operation, &closed)?)
}

/// How an asset's operation ends that met something once it was begun: taken back, unless a later
/// recovery, or the run that is at it now, is to settle it.
pub(super) fn take_back(
    target: &mut Target<'_>,
    operation: &Operation,
    obstacle: Obstacle,
) -> Result<Ended, Error> {
    if obstacle.leaves_open() {
        return obstacle.end(None);
    }
    let note = obstacle.in_words();
    let taken_back = settle(target, operation, operation.kind.forward().other(), &note);
    obstacle.end_after(taken_back)
}

/// Closes an operation all of whose files have arrived.
pub(super) fn close_done(
    target: &mut Target<'_>,
    operation: &Operation,
    transition: Option<Transition>,
) -> Attempt<()> {
    let closed = ClosedOperation {
        state: OperationState::Done,
        files: arrived(target, operation)?,
        transition,
        hold: hold_after(target, operation.kind, OperationState::Done),
        note: None,
    };
    target.step("close operation")?;
    Ok(target.catalog.close_operation(operation, &closed)?)
}

/// Every file where the operation was to bring it, with its new stamp.
pub(super) fn arrived(
    target: &Target<'_>,
    operation: &Operation,
) -> Attempt<Vec<(u32, FileState, Option<FileStamp>)>> {
    let moved = |file: &OperationFile| {
        let stamp = stamp(target, operation, (file, FileState::Moved))?;
        Ok((file.number, FileState::Moved, stamp))
    };
    operation.files.iter().map(moved).collect()
}

/// A file that is in the library has a new stamp: moving it changed its inode's time. Nobody wrote it
/// down if by now something else is at the path, which the next scan reads for that.
fn stamp(
    target: &Target<'_>,
    operation: &Operation,
    (file, state): (&OperationFile, FileState),
) -> Attempt<Option<FileStamp>> {
    use OperationKind::{Publish, Quarantine, Restore};
    let (folder, name) = match (operation.kind, state) {
        (Quarantine | Publish, FileState::Returned) | (Restore, FileState::Moved) => {
            (existing(target.root(file.root)?.folder(file.path.folder()))?, file.path.name())
        }
        (Publish, FileState::Moved) => (store_of(target, operation)?, file.stored_name.as_bytes()),
        _ => return Ok(None),
    };
    let Some(folder) = folder else { return Ok(None) };
    let found = folder.stat(name)?.filter(|stat| stat.kind == FileKind::Regular);
    let same =
        |stamp: &FileStamp| stamp.bytes == file.bytes && stamp.modified_ns == file.modified_ns;
    Ok(found.map(|stat| stat.stamp).filter(same))
}

/// The state change that the operation was announced for, from the state that the asset is in.
pub(super) fn transition_of(
    target: &Target<'_>,
    operation: &Operation,
) -> Attempt<Option<Transition>> {
    let Some(action) = operation.kind.action() else { return Ok(None) };
    let asset = target.catalog.asset(operation.asset)?;
    let step = asset.and_then(|asset| Transition::of(asset.state, action));
    Ok(Some(step.ok_or(Obstacle::NoTransition { operation: operation.id.clone() })?))
}

/// The hold that a finished restore places.
pub(super) fn hold_after(
    target: &Target<'_>,
    kind: OperationKind,
    end: OperationState,
) -> Option<(String, Timestamp)> {
    let restored = kind == OperationKind::Restore && end == OperationState::Done;
    let until = target.hold_until().filter(|_| restored)?;
    Some((GRACE.to_owned(), until))
}
