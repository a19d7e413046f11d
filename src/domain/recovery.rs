//! What becomes of an operation that was begun and not closed: the decision behind `recover`.
//!
//! Each file is looked at in both of its places. No decision removes the last copy of catalogued
//! bytes, or a file in the library that holds other ones.

use super::operation::{FileState, OperationKind, OperationState};

/// What is at one of the two places of a file: its path in the library, or its name in the store,
/// which is the operation's folder in quarantine, or the folder that a draft is published to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    Nothing,
    /// The catalogued bytes.
    Same,
    /// The catalogued bytes, in the very file that is at the other place too.
    SameFile,
    /// Other bytes, or something that is not a regular file.
    Other,
    /// Nothing but a part that a copy left behind.
    Torn,
}

impl Sight {
    pub const ALL: [Self; 5] = [Self::Nothing, Self::Same, Self::SameFile, Self::Other, Self::Torn];

    /// Whether the catalogued bytes are here.
    pub fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::SameFile)
    }
}

/// A file in both of its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    pub library: Sight,
    pub store: Sight,
}

/// Where all files of an operation are brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    Library,
    Store,
}

/// What is done to one file. Before a copy is removed, the other one is made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Never over anything that is there.
    MoveToLibrary,
    MoveToStore,
    /// The bytes are in the store.
    RemoveFromLibrary,
    /// A part of our own, beside the path.
    RemovePartInLibrary,
    RemovePartInStore,
}

/// How one file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Where it was to be brought.
    Settled,
    /// There, and something else took its path in the library meanwhile, which stays.
    PathTaken,
    /// Its bytes in the library are not the catalogued ones; it had not been moved.
    Drifted,
    /// It cannot be brought there, because something else is in the way. A person has to look.
    Stuck,
    /// The catalogued bytes are in neither place. What is there stays.
    Lost,
}

/// The decision about one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRecovery {
    pub steps: &'static [Step],
    pub ending: Ending,
}

/// The decision about an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub toward: Toward,
    /// In the order of the operation's files.
    pub files: Vec<FileRecovery>,
    /// How the operation is closed once every step is done.
    pub end: OperationState,
}

impl OperationKind {
    /// Where the operation was to bring its files. A purge brings them nowhere, and what becomes of
    /// one is decided in [`super::purge`].
    pub fn forward(self) -> Toward {
        match self {
            Self::Quarantine | Self::Purge | Self::Publish => Toward::Store,
            Self::Restore => Toward::Library,
        }
    }
}

impl Toward {
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Library => Self::Store,
            Self::Store => Self::Library,
        }
    }
}

impl FileRecovery {
    /// What the catalog notes of a file that was `seen` so and ended like this.
    ///
    /// A file that is stuck counts as being in the library as long as it can be found there.
    pub fn file_state(&self, kind: OperationKind, toward: Toward, seen: Sighting) -> FileState {
        let side = match self.ending {
            Ending::Settled | Ending::PathTaken => toward,
            Ending::Stuck if seen.library.is_same() => Toward::Library,
            Ending::Stuck => Toward::Store,
            Ending::Drifted => return FileState::Drifted,
            Ending::Lost => return FileState::Missing,
        };
        if side == kind.forward() { FileState::Moved } else { FileState::Returned }
    }
}

/// What is done with a file of the library that was set aside under a name of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It gets its name back.
    PutBack,
    /// The same bytes are in the store or at the path.
    Remove,
    /// Something else has its name, and it may be the last of its bytes. A person has to look.
    Keep,
}

/// Decides about a file that was set aside, by what is at its path and in the store.
pub fn decide_aside(aside: Sight, at_path: Sight, store: Sight) -> Aside {
    if at_path == Sight::Nothing {
        return Aside::PutBack;
    }
    let elsewhere = at_path.is_same() || store.is_same();
    if aside.is_same() && elsewhere { Aside::Remove } else { Aside::Keep }
}

/// Where to bring the files: forward only if every one of them has arrived already, or if a removal
/// cannot be taken back, because something else has the path of a file by now, and can be finished.
pub fn decide_direction(kind: OperationKind, files: &[Sighting]) -> Toward {
    let forward = kind.forward();
    let arrived = |file: &Sighting| match forward {
        Toward::Library => file.library.is_same(),
        Toward::Store => file.store.is_same(),
    };
    let is_barred = |file: &Sighting| file.library == Sight::Other && file.store.is_same();
    let can_go =
        |file: &Sighting| matches!(toward_store(*file).ending, Ending::Settled | Ending::PathTaken);
    let goes_on = kind == OperationKind::Quarantine && files.iter().any(is_barred);
    let finishes = files.iter().all(arrived) || goes_on && files.iter().all(can_go);
    if !files.is_empty() && finishes { forward } else { forward.other() }
}

/// Decides how the operation is settled when its files are brought `toward` one side.
pub fn decide_recovery(kind: OperationKind, toward: Toward, files: &[Sighting]) -> Recovery {
    let files = files.iter().map(|file| decide_file(toward, *file)).collect();
    Recovery::of_files(kind, toward, files)
}

impl Recovery {
    /// The recovery with these decisions, ended by the worst of them.
    pub fn of_files(kind: OperationKind, toward: Toward, files: Vec<FileRecovery>) -> Self {
        let end = end_of(kind, toward, &files);
        Self { toward, files, end }
    }
}

fn end_of(kind: OperationKind, toward: Toward, files: &[FileRecovery]) -> OperationState {
    let any = |ending| files.iter().any(|file| file.ending == ending);
    if any(Ending::Stuck) {
        OperationState::Partial
    } else if any(Ending::Lost) {
        OperationState::Lost
    } else if toward == kind.forward() {
        OperationState::Done
    } else {
        OperationState::Aborted
    }
}

fn decide_file(toward: Toward, file: Sighting) -> FileRecovery {
    match toward {
        Toward::Library => toward_library(file),
        Toward::Store => toward_store(file),
    }
}

/// What the store still holds of a file that is in the library goes with the store's folder, once
/// the operation is closed.
fn toward_library(Sighting { library, store }: Sighting) -> FileRecovery {
    use Ending::{Drifted, Lost, Settled, Stuck};
    use Sight::{Nothing, Other, Same, SameFile, Torn};
    match (library, store) {
        (Same | SameFile, _) => recovery(&[], Settled),
        (Nothing, Same | SameFile) => recovery(&[Step::MoveToLibrary], Settled),
        (Torn, Same | SameFile) => {
            recovery(&[Step::RemovePartInLibrary, Step::MoveToLibrary], Settled)
        }
        (Other, Same | SameFile) => recovery(&[], Stuck),
        (Other, Nothing | Torn) => recovery(&[], Drifted),
        (Nothing | Torn, Nothing | Torn) | (_, Other) => recovery(&[], Lost),
    }
}

fn toward_store(Sighting { library, store }: Sighting) -> FileRecovery {
    use Ending::{Lost, PathTaken, Settled, Stuck};
    use Sight::{Nothing, Other, Same, SameFile, Torn};
    match (library, store) {
        (Nothing, Same | SameFile) => recovery(&[], Settled),
        (Same | SameFile, Same | SameFile) => recovery(&[Step::RemoveFromLibrary], Settled),
        (Torn, Same | SameFile) => recovery(&[Step::RemovePartInLibrary], Settled),
        (Other, Same | SameFile) => recovery(&[], PathTaken),
        (Same | SameFile, Nothing) => recovery(&[Step::MoveToStore], Settled),
        (Same | SameFile, Torn) => recovery(&[Step::RemovePartInStore, Step::MoveToStore], Settled),
        (Same | SameFile, Other) => recovery(&[], Stuck),
        (Nothing | Other | Torn, Nothing | Other | Torn) => recovery(&[], Lost),
    }
}

fn recovery(steps: &'static [Step], ending: Ending) -> FileRecovery {
    FileRecovery { steps, ending }
}

#[cfg(test)]
mod tests {
    use super::Ending::{Drifted, Lost, PathTaken, Settled, Stuck};
    use super::Sight::{Nothing, Other, Same, SameFile, Torn};
    use super::Step::{
        MoveToLibrary, MoveToStore, RemoveFromLibrary, RemovePartInLibrary, RemovePartInStore,
    };
    use super::*;

    type Row = (Sight, Sight, &'static [Step], Ending);

    /// Library, store, steps, ending: what a quarantine that is taken back comes to, or a restore
    /// that is finished.
    #[rustfmt::skip]
    const TOWARD_LIBRARY: [Row; 25] = [
        (Nothing,  Nothing,  &[],                                   Lost),
        (Nothing,  Same,     &[MoveToLibrary],                      Settled),
        (Nothing,  SameFile, &[MoveToLibrary],                      Settled),
        (Nothing,  Other,    &[],                                   Lost),
        (Nothing,  Torn,     &[],                                   Lost),
        (Same,     Nothing,  &[],                                   Settled),
        (Same,     Same,     &[],                                   Settled),
        (Same,     SameFile, &[],                                   Settled),
        (Same,     Other,    &[],                                   Settled),
        (Same,     Torn,     &[],                                   Settled),
        (SameFile, Nothing,  &[],                                   Settled),
        (SameFile, Same,     &[],                                   Settled),
        (SameFile, SameFile, &[],                                   Settled),
        (SameFile, Other,    &[],                                   Settled),
        (SameFile, Torn,     &[],                                   Settled),
        (Other,    Nothing,  &[],                                   Drifted),
        (Other,    Same,     &[],                                   Stuck),
        (Other,    SameFile, &[],                                   Stuck),
        (Other,    Other,    &[],                                   Lost),
        (Other,    Torn,     &[],                                   Drifted),
        (Torn,     Nothing,  &[],                                   Lost),
        (Torn,     Same,     &[RemovePartInLibrary, MoveToLibrary], Settled),
        (Torn,     SameFile, &[RemovePartInLibrary, MoveToLibrary], Settled),
        (Torn,     Other,    &[],                                   Lost),
        (Torn,     Torn,     &[],                                   Lost),
    ];

    /// The same for a quarantine that is finished, or a restore that is taken back.
    #[rustfmt::skip]
    const TOWARD_STORE: [Row; 25] = [
        (Nothing,  Nothing,  &[],                               Lost),
        (Nothing,  Same,     &[],                               Settled),
        (Nothing,  SameFile, &[],                               Settled),
        (Nothing,  Other,    &[],                               Lost),
        (Nothing,  Torn,     &[],                               Lost),
        (Same,     Nothing,  &[MoveToStore],                    Settled),
        (Same,     Same,     &[RemoveFromLibrary],              Settled),
        (Same,     SameFile, &[RemoveFromLibrary],              Settled),
        (Same,     Other,    &[],                               Stuck),
        (Same,     Torn,     &[RemovePartInStore, MoveToStore], Settled),
        (SameFile, Nothing,  &[MoveToStore],                    Settled),
        (SameFile, Same,     &[RemoveFromLibrary],              Settled),
        (SameFile, SameFile, &[RemoveFromLibrary],              Settled),
        (SameFile, Other,    &[],                               Stuck),
        (SameFile, Torn,     &[RemovePartInStore, MoveToStore], Settled),
        (Other,    Nothing,  &[],                               Lost),
        (Other,    Same,     &[],                               PathTaken),
        (Other,    SameFile, &[],                               PathTaken),
        (Other,    Other,    &[],                               Lost),
        (Other,    Torn,     &[],                               Lost),
        (Torn,     Nothing,  &[],                               Lost),
        (Torn,     Same,     &[RemovePartInLibrary],            Settled),
        (Torn,     SameFile, &[RemovePartInLibrary],            Settled),
        (Torn,     Other,    &[],                               Lost),
        (Torn,     Torn,     &[],                               Lost),
    ];

    fn sightings() -> impl Iterator<Item = Sighting> {
        let pair = |library| Sight::ALL.map(move |store| Sighting { library, store });
        Sight::ALL.into_iter().flat_map(pair)
    }

    #[test]
    fn every_sighting_comes_to_what_the_table_says() {
        for (toward, table) in [(Toward::Library, TOWARD_LIBRARY), (Toward::Store, TOWARD_STORE)] {
            assert_eq!(sightings().count(), table.len());
            for (file, row) in sightings().zip(table) {
                let decided = decide_file(toward, file);
                let found = (file.library, file.store, decided.steps, decided.ending);
                assert_eq!(found, row, "{toward:?}");
            }
        }
    }

    #[test]
    fn an_operation_goes_forward_only_when_all_of_its_files_arrived_or_it_cannot_go_back() {
        for kind in OperationKind::ALL {
            let (forward, back) = (kind.forward(), kind.forward().other());
            assert_eq!(decide_direction(kind, &[]), back, "nothing to finish");
            for a in sightings() {
                for b in sightings() {
                    let arrived = |file: Sighting| match forward {
                        Toward::Library => file.library.is_same(),
                        Toward::Store => file.store.is_same(),
                    };
                    let barred = |file: Sighting| file.library == Other && file.store.is_same();
                    let goes_on = kind == OperationKind::Quarantine
                        && (barred(a) || barred(b))
                        && [a, b].iter().all(|file| file.library.is_same() || file.store.is_same())
                        && ![a, b].iter().any(|file| file.library.is_same() && file.store == Other);
                    let all = arrived(a) && arrived(b);
                    let expected = if all || goes_on { forward } else { back };
                    assert_eq!(decide_direction(kind, &[a, b]), expected, "{kind:?} {a:?} {b:?}");
                }
            }
        }
    }

    /// Does one step to a sighting as the disk would; `None` for a step that would lose something.
    fn after(file: Sighting, step: Step) -> Option<Sighting> {
        let Sighting { library, store } = file;
        let (library, store) = match (step, library, store) {
            (MoveToLibrary, Nothing, kept) if kept.is_same() => (Same, Nothing),
            (MoveToStore, kept, Nothing) if kept.is_same() => (Nothing, Same),
            (RemoveFromLibrary, gone, kept) if gone.is_same() && kept.is_same() => (Nothing, Same),
            (RemovePartInLibrary, Torn, kept) if kept.is_same() => (Nothing, kept),
            (RemovePartInStore, kept, Torn) if kept.is_same() => (kept, Nothing),
            _ => return None,
        };
        Some(Sighting { library, store })
    }

    #[test]
    fn no_step_loses_bytes_and_dying_between_steps_changes_nothing() {
        for toward in [Toward::Library, Toward::Store] {
            for file in sightings() {
                let decided = decide_file(toward, file);
                let mut reached = file;
                for (done, step) in decided.steps.iter().enumerate() {
                    let again = decide_file(toward, reached);
                    assert_eq!(again.steps, &decided.steps[done..], "{toward:?} {file:?}");
                    reached = after(reached, *step).unwrap_or_else(|| panic!("{file:?} {step:?}"));
                }
                let settled = decide_file(toward, reached);
                assert_eq!(settled, recovery(&[], decided.ending), "{toward:?} {file:?}");
                let here = match toward {
                    Toward::Library => reached.library,
                    Toward::Store => reached.store,
                };
                let arrived = matches!(decided.ending, Settled | PathTaken);
                assert_eq!(here.is_same(), arrived, "{toward:?} {file:?}");
                let nowhere = !file.library.is_same() && !file.store.is_same();
                assert_eq!(nowhere, matches!(decided.ending, Lost | Drifted), "{file:?}");
            }
        }
    }

    #[test]
    fn the_worst_ending_of_a_file_decides_how_the_operation_ends() {
        use OperationState::{Aborted, Done, Partial};
        let file = |library, store| Sighting { library, store };
        let end = |kind, files: &[Sighting]| {
            decide_recovery(kind, decide_direction(kind, files), files).end
        };
        let (moved, stayed) = (file(Nothing, Same), file(Same, Nothing));
        for (kind, gone, here) in
            [(OperationKind::Quarantine, moved, stayed), (OperationKind::Restore, stayed, moved)]
        {
            assert_eq!(end(kind, &[gone, gone]), Done);
            assert_eq!(end(kind, &[gone, here]), Aborted);
            assert_eq!(end(kind, &[here]), Aborted);
            assert_eq!(end(kind, &[here, file(Nothing, Other)]), OperationState::Lost);
        }
        let retaken = file(Other, Same);
        assert_eq!(end(OperationKind::Quarantine, &[moved, retaken]), Done);
        assert_eq!(end(OperationKind::Quarantine, &[stayed, retaken]), Done);
        assert_eq!(end(OperationKind::Quarantine, &[file(Other, Nothing), retaken]), Partial);
        assert_eq!(end(OperationKind::Restore, &[moved, retaken]), Aborted);
        let gone = file(Nothing, Nothing);
        assert_eq!(end(OperationKind::Quarantine, &[stayed, retaken, gone]), Partial);
    }

    #[test]
    fn the_catalog_notes_where_the_bytes_are() {
        use FileState::{Missing, Moved, Returned};
        use OperationKind::{Quarantine, Restore};
        for (library, store, toward, of_quarantine, of_restore) in [
            (Nothing, Same, Toward::Store, Moved, Returned),
            (Other, Same, Toward::Store, Moved, Returned),
            (Same, Nothing, Toward::Library, Returned, Moved),
            (Same, Same, Toward::Library, Returned, Moved),
            (Other, Same, Toward::Library, Moved, Returned),
            (Same, Other, Toward::Store, Returned, Moved),
            (Nothing, Nothing, Toward::Store, Missing, Missing),
            (Other, Nothing, Toward::Library, FileState::Drifted, FileState::Drifted),
        ] {
            let seen = Sighting { library, store };
            let decided = decide_file(toward, seen);
            assert_eq!(decided.file_state(Quarantine, toward, seen), of_quarantine, "{seen:?}");
            assert_eq!(decided.file_state(Restore, toward, seen), of_restore, "{seen:?}");
        }
        let stuck_in_both = recovery(&[], Stuck);
        let seen = Sighting { library: Same, store: Same };
        assert_eq!(stuck_in_both.file_state(Quarantine, Toward::Store, seen), Returned);
    }

    #[test]
    fn a_file_set_aside_is_removed_only_if_its_bytes_are_elsewhere() {
        for aside in Sight::ALL {
            for Sighting { library: at_path, store } in sightings() {
                let expected = match (at_path, aside) {
                    (Nothing, _) => Aside::PutBack,
                    (Same | SameFile, Same | SameFile) => Aside::Remove,
                    (_, Same | SameFile) if store.is_same() => Aside::Remove,
                    _ => Aside::Keep,
                };
                assert_eq!(decide_aside(aside, at_path, store), expected);
            }
        }
    }
}
