//! What a folder in quarantine says of itself once the catalog has no record of it, and what follows
//! from that and from what is on disk.

use std::collections::BTreeSet;

use super::asset::{AssetId, Content, Digest, Role};
use super::lifecycle::{Ended, State};
use super::operation::{FileState, OperationState};
use super::path::RelPath;
use super::recovery::{Sight, Sighting};
use super::time::Timestamp;

/// A greater number of an asset is not believed: those after it would run out.
pub const MOST_NUMBER: i64 = 1_000_000_000;

/// A manifest that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testimony {
    /// The catalog that the operation was announced in.
    pub catalog: String,
    pub operation: String,
    pub opened: Timestamp,
    pub actor: String,
    pub reason: Option<String>,
    pub causes: Vec<String>,
    pub asset: ToldAsset,
    /// By number, from 1.
    pub files: Vec<ToldFile>,
}

/// The asset, as it was when its files were taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldAsset {
    pub number: AssetId,
    pub was: Ended,
    /// The root's name.
    pub root: String,
    pub path: RelPath,
    pub digest: Digest,
    pub content: Content,
    pub attachment: Option<i64>,
    /// Who withdrew it: somebody else has to reconsider that.
    pub withdrawn_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldFile {
    pub stored_name: String,
    /// The root's name.
    pub root: String,
    pub path: RelPath,
    pub role: Role,
    pub digest: Digest,
    pub content: Content,
    pub bytes: u64,
    pub mode: u32,
    pub modified_ns: i64,
}

/// Where the files of an operation are that no record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// All in quarantine.
    Stored,
    /// All at their paths. The folder in quarantine is not needed.
    Library,
    /// Each at one of its two places: a recovery brings them together.
    Between,
    /// The bytes of one are at neither.
    Damaged,
}

/// Decides by what is at both places of each file. `unfinished` tells of files of our own beside a
/// path, which only a recovery may clear away.
pub fn decide_whereabouts(files: &[Sighting], unfinished: bool) -> Whereabouts {
    let stored = |file: &Sighting| file.store.is_same();
    let here = |file: &Sighting| file.library.is_same();
    if files.is_empty() || !files.iter().all(|file| stored(file) || here(file)) {
        Whereabouts::Damaged
    } else if unfinished {
        Whereabouts::Between
    } else if files.iter().all(here) {
        Whereabouts::Library
    } else if files.iter().all(stored) && !files.iter().any(here) {
        Whereabouts::Stored
    } else {
        Whereabouts::Between
    }
}

impl Whereabouts {
    /// How the operation that moved the files ended, as far as it can be told; `None` if the files
    /// are lost.
    pub fn end(self) -> Option<OperationState> {
        match self {
            Self::Stored => Some(OperationState::Done),
            Self::Library => Some(OperationState::Aborted),
            Self::Between => Some(OperationState::Partial),
            Self::Damaged => None,
        }
    }

    /// What became of one file by that operation.
    pub fn file_state(self, seen: Sighting) -> FileState {
        match self {
            Self::Library => FileState::Returned,
            _ if seen.store.is_same() => FileState::Moved,
            _ => FileState::Returned,
        }
    }

    /// The asset's state.
    pub fn state(self, was: Ended) -> State {
        if self == Self::Stored { State::Quarantined(was) } else { was.state() }
    }
}

/// What is at the path of a file in the library, on disk and in the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtPath {
    pub told: Digest,
    pub seen: Sighting,
    /// The file has its place at the path, not in quarantine.
    pub in_library: bool,
    pub row: Option<KnownRow>,
}

/// A file that the catalog has in the library, or misses there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    pub file: i64,
    /// `None` for a file that is ambiguous.
    pub asset: Option<AssetId>,
    pub digest: Digest,
}

/// An asset that has such files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOwner {
    pub asset: AssetId,
    pub state: State,
    /// How many files it has in the library or misses there.
    pub files: usize,
    /// Its files are being moved.
    pub busy: bool,
    /// Nothing refers to it that could not refer to another asset.
    pub bare: bool,
    /// Nobody has decided about it: it is a draft as a scan made it, or content that came back as a
    /// scan recorded that.
    pub undecided: bool,
}

/// Which record the files belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `None` for a new asset.
    pub into: Option<AssetId>,
    /// Drafts that hold nothing but files of this asset.
    pub merged: Vec<AssetId>,
    /// The file's row for each file; `None` for a new one.
    pub rows: Vec<Option<i64>>,
}

/// Chooses the record that the files of a testimony belong to. `own` is the asset that the same
/// catalog had moved; `original` the place of the original among the files. An asset that goes on
/// with something else at the original's path is not the one that was moved.
///
/// A person's decision is never undone by a manifest of another catalog: of other assets only drafts
/// are taken that nobody has decided about, and only whole. Fails with the asset that has a file's path and keeps it.
pub fn choose_record(
    files: &[AtPath],
    owners: &[KnownOwner],
    (own, original): (Option<AssetId>, Option<usize>),
) -> Result<Choice, Option<AssetId>> {
    let claimable: Vec<_> = files.iter().map(AtPath::claimable).collect();
    let at_original = original.and_then(|at| files.get(at)?.row.as_ref()?.asset);
    let goes_on = original.and_then(|at| claimable.get(at)).is_some_and(Option::is_none);
    let own = own.filter(|own| !goes_on || at_original != Some(*own));
    let is_row_of = |file: &AtPath, asset| {
        file.row.as_ref().is_some_and(|row| row.asset == Some(asset) && row.digest == file.told)
    };
    let claimed_of = |asset| files.iter().filter(|file| is_row_of(file, asset)).count();
    let takes = |owner: &KnownOwner| {
        let draft = owner.state == State::Draft && owner.undecided;
        let whole_draft = draft && owner.files == claimed_of(owner.asset);
        !owner.busy && (own == Some(owner.asset) || whole_draft)
    };
    let fit: BTreeSet<_> = owners.iter().filter(|o| takes(o)).map(|o| o.asset).collect();
    let into = [own, at_original].into_iter().flatten().find(|asset| fit.contains(asset));
    let into = into.or(fit.first().copied());
    let bare = |asset: &AssetId| owners.iter().any(|o| o.asset == *asset && o.bare);
    let merged = fit.iter().copied().filter(|asset| Some(*asset) != into && bare(asset));
    let merged: Vec<_> = merged.collect();
    let ours = |asset: AssetId| Some(asset) == into || merged.contains(&asset);
    let mut rows = Vec::with_capacity(files.len());
    for (file, claimable) in files.iter().zip(&claimable) {
        let row = claimable.filter(|row| row.asset.is_none_or(ours));
        match &file.row {
            Some(other) if row.is_none() && file.in_library => return Err(other.asset),
            _ => rows.push(row.map(|row| row.file)),
        }
    }
    Ok(Choice { into, merged, rows })
}

/// The drafts, and records of what came back, that are nothing but the files of an asset which is on
/// record as away, as a scan of an older catalog makes of them. `rows` is what the catalog has at
/// their paths, each with the bytes that came back; `None` if any of it is something else.
pub fn choose_stand_ins(
    rows: &[(Digest, KnownRow)],
    owners: &[KnownOwner],
) -> Option<Vec<AssetId>> {
    let of = |asset| rows.iter().filter(|(_, row)| row.asset == Some(asset)).count();
    let stands_in = |owner: &KnownOwner| {
        owner.undecided && owner.bare && !owner.busy && owner.files == of(owner.asset)
    };
    let same = rows.iter().all(|(came_back, row)| row.digest == *came_back);
    (same && owners.iter().all(stands_in)).then(|| owners.iter().map(|o| o.asset).collect())
}

impl AtPath {
    /// The row, unless it is about something else that is at the path by now.
    fn claimable(&self) -> Option<&KnownRow> {
        let row = self.row.as_ref()?;
        (row.digest == self.told || self.seen.library != Sight::Other).then_some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(library: Sight, store: Sight) -> Sighting {
        Sighting { library, store }
    }

    #[test]
    fn files_are_together_on_one_side_in_between_or_lost() {
        use Sight::{Nothing, Other, Same, SameFile, Torn};
        use Whereabouts::{Between, Damaged, Library, Stored};
        let away = (Nothing, Same);
        for (files, expected) in [
            (&[away, away][..], Stored),
            (&[away, (Other, Same)], Stored),
            (&[away, (Torn, Same)], Stored),
            (&[(Same, Nothing), (Same, Nothing)], Library),
            (&[(Same, Torn), (Same, Other)], Library),
            (&[(Same, Same), (Same, Same)], Library),
            (&[(SameFile, SameFile)], Library),
            (&[away, (Same, Nothing)], Between),
            (&[away, (Same, Same)], Between),
            (&[away, (Same, Torn)], Between),
            (&[away, (SameFile, SameFile)], Between),
            (&[away, (Nothing, Nothing)], Damaged),
            (&[(Same, Nothing), (Nothing, Torn)], Damaged),
            (&[(Other, Other)], Damaged),
            (&[away, (Other, Nothing)], Damaged),
            (&[], Damaged),
        ] {
            let files: Vec<_> = files.iter().map(|(here, away)| seen(*here, *away)).collect();
            assert_eq!(decide_whereabouts(&files, false), expected, "{files:?}");
            let unfinished = if expected == Damaged { Damaged } else { Between };
            assert_eq!(decide_whereabouts(&files, true), unfinished, "{files:?}");
        }
    }

    const TOLD: Digest = Digest([1; 32]);

    fn at(row: Option<(i64, u8)>, library: Sight, in_library: bool) -> AtPath {
        let row = row.map(|(asset, digest)| KnownRow {
            file: asset * 10,
            asset: (asset > 0).then_some(AssetId(asset)),
            digest: Digest([digest; 32]),
        });
        let store = if in_library { Sight::Nothing } else { Sight::Same };
        AtPath { told: TOLD, seen: seen(library, store), in_library, row }
    }

    fn owner(asset: i64, state: State, files: usize) -> KnownOwner {
        let asset = AssetId(asset);
        let undecided = state == State::Draft;
        KnownOwner { asset, state, files, busy: false, bare: true, undecided }
    }

    /// Into which asset, with which drafts merged, with which rows; or who is in the way.
    type Expected<'a> = Result<(Option<i64>, &'a [i64], &'a [Option<i64>]), Option<i64>>;

    #[track_caller]
    fn check(files: &[AtPath], owners: &[KnownOwner], own: Option<i64>, expected: Expected<'_>) {
        let found = choose_record(files, owners, (own.map(AssetId), Some(0)));
        let expected = match expected {
            Ok((into, merged, rows)) => Ok(Choice {
                into: into.map(AssetId),
                merged: merged.iter().copied().map(AssetId).collect(),
                rows: rows.to_vec(),
            }),
            Err(by) => Err(by.map(AssetId)),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_record_of_the_same_catalog_is_used_whatever_was_decided() {
        use Sight::{Nothing, Other};
        let none: Expected<'_> = Ok((None, &[], &[None]));
        let seven: Expected<'_> = Ok((Some(7), &[], &[Some(70)]));
        let away = |digest| at(Some((7, digest)), Nothing, false);
        check(&[at(None, Nothing, false)], &[], Some(7), none);
        check(&[away(1)], &[owner(7, State::Approved, 3)], Some(7), seven);
        // The record is of older bytes.
        check(&[away(9)], &[owner(7, State::Approved, 1)], Some(7), seven);
        let busy = KnownOwner { busy: true, ..owner(7, State::Draft, 1) };
        check(&[away(1)], &[busy], Some(7), none);
        // It goes on with something else at the original's path.
        let files = [at(Some((7, 9)), Other, false), away(1)];
        check(&files, &[owner(7, State::Draft, 3)], Some(7), Ok((None, &[], &[None, None])));
    }

    #[test]
    fn only_drafts_that_are_nothing_else_stand_in_for_what_came_back() {
        let row = |asset: i64, digest| {
            let at = at(Some((asset, digest)), Sight::Same, true);
            (TOLD, at.row.unwrap())
        };
        let draft = |asset| owner(asset, State::Draft, 1);
        let check = |rows: &[_], owners: &[_], expected: Option<&[i64]>| {
            let found = choose_stand_ins(rows, owners);
            let expected = expected.map(|all| all.iter().copied().map(AssetId).collect::<Vec<_>>());
            assert_eq!(found, expected, "{rows:?} {owners:?}");
        };
        check(&[], &[], Some(&[]));
        check(&[row(7, 1)], &[draft(7)], Some(&[7]));
        check(&[row(7, 1), row(8, 1), row(0, 1)], &[draft(7), draft(8)], Some(&[7, 8]));
        check(&[row(7, 9)], &[draft(7)], None);
        check(&[row(0, 9)], &[], None);
        check(&[row(7, 1)], &[owner(7, State::Draft, 2)], None);
        check(&[row(7, 1)], &[owner(7, State::Approved, 1)], None);
        let reconsidered = KnownOwner { undecided: false, ..draft(7) };
        check(&[row(7, 1)], &[reconsidered], None);
        let came_back = KnownOwner { undecided: true, ..owner(7, State::Rejected, 1) };
        check(&[row(7, 1)], &[came_back], Some(&[7]));
        check(&[row(7, 1)], &[KnownOwner { files: 2, ..came_back }], None);
        check(&[row(7, 1)], &[KnownOwner { bare: false, ..draft(7) }], None);
        check(&[row(7, 1)], &[KnownOwner { busy: true, ..draft(7) }], None);
        check(&[row(7, 1), row(8, 1)], &[draft(7), owner(8, State::Rejected, 1)], None);
    }

    #[test]
    fn of_another_catalog_only_whole_drafts_are_taken() {
        use Sight::{Nothing, Other, Same};
        let none: Expected<'_> = Ok((None, &[], &[None]));
        let away = [at(Some((7, 1)), Nothing, false)];
        let here = |asset| at(Some((asset, 1)), Same, true);
        check(&away, &[owner(7, State::Approved, 1)], None, none);
        check(&[here(7)], &[owner(7, State::Approved, 1)], None, Err(Some(7)));
        let reconsidered = KnownOwner { undecided: false, ..owner(7, State::Draft, 1) };
        check(&away, &[reconsidered], None, none);
        check(&[here(7)], &[reconsidered], None, Err(Some(7)));
        check(&away, &[owner(7, State::Draft, 2)], None, none);
        check(&[at(Some((7, 9)), Other, false)], &[owner(7, State::Draft, 1)], None, none);
        check(&[at(Some((7, 9)), Nothing, false)], &[owner(7, State::Draft, 1)], None, none);
        check(&[at(Some((0, 1)), Same, true)], &[], None, Ok((None, &[], &[Some(0)])));
        // A scan made two drafts of the files that are left.
        let two = [owner(7, State::Draft, 1), owner(8, State::Draft, 1)];
        let both = [here(7), here(8)];
        check(&both, &two, None, Ok((Some(7), &[8], &[Some(70), Some(80)])));
        let described = [owner(7, State::Draft, 1), KnownOwner { bare: false, ..two[1] }];
        check(&both, &described, None, Err(Some(8)));
    }
}
