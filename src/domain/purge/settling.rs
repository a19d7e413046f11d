//! What becomes of a purge that was announced: the same decision while it runs and after a crash.

use super::Stored;

/// Where the folder with the files of a purge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// Where it was before the purge.
    Kept,
    /// Among those whose files are being deleted.
    Purging,
    /// In both places, which no purge ever does.
    Both,
    Nowhere,
}

impl Whereabouts {
    pub const ALL: [Self; 4] = [Self::Kept, Self::Purging, Self::Both, Self::Nowhere];
}

/// Whether files may be deleted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Granted,
    /// It is paused, the asset is held, or deleting just failed.
    Denied,
}

/// The leave to delete the files of a purge that was announced: only [`decide_purge`] gives it.
#[derive(Debug, PartialEq, Eq)]
pub struct Leave(());

/// What is done with a purge that was announced.
#[derive(Debug, PartialEq, Eq)]
pub enum Settling {
    /// What is left of the files is deleted; the purge is done.
    Delete(Leave),
    /// None was deleted: the folder goes back to where it was.
    TakeBack,
    /// Some are deleted, and the others may not be now: the purge stays open, the files where they
    /// are.
    Wait,
    /// Some are gone, and what is left cannot be deleted. It goes back to where it was.
    Lose,
}

/// Decides about a purge by where its folder and what in it was found.
pub fn decide_purge(place: Whereabouts, files: &[Stored], permission: Permission) -> Settling {
    let any = |found| files.contains(&found);
    let untouched = !any(Stored::Gone);
    match place {
        Whereabouts::Both => Settling::Wait,
        Whereabouts::Kept if untouched => Settling::TakeBack,
        Whereabouts::Kept | Whereabouts::Nowhere => Settling::Lose,
        Whereabouts::Purging if any(Stored::Other) && untouched => Settling::TakeBack,
        Whereabouts::Purging if any(Stored::Other) => Settling::Lose,
        Whereabouts::Purging if any(Stored::Shared) && untouched => Settling::TakeBack,
        Whereabouts::Purging if files.iter().all(|found| *found == Stored::Gone) => {
            Settling::Delete(Leave(()))
        }
        Whereabouts::Purging => match permission {
            Permission::Granted => Settling::Delete(Leave(())),
            Permission::Denied if untouched => Settling::TakeBack,
            Permission::Denied => Settling::Wait,
        },
    }
}

/// For the table of the tests.
#[cfg(test)]
pub(super) fn leave() -> Leave {
    Leave(())
}
