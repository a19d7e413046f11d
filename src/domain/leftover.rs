//! Leftovers: groups that are not whole, and records whose files are not there.

use super::lifecycle::{Ended, State};
use super::text::counted;

/// Where the files of one asset are, as the catalog has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places {
    pub library: u64,
    pub missing: u64,
    pub quarantine: u64,
    /// Whether the original is in the library.
    pub has_original: bool,
}

/// What an asset leaves behind, or lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftover {
    /// Withdrawn as unsafe, and not taken down.
    NotTakenDown { files: u64 },
    /// Some files are in the library and some in quarantine, or on the wrong side of the record.
    Split { library: u64, quarantine: u64 },
    /// Renditions whose original is not there.
    WithoutOriginal { files: u64 },
    /// Some files are not where they were.
    Missing { files: u64 },
    /// No file is there any more.
    WithoutFiles,
    /// Its files should be in quarantine, and none is.
    Lost,
}

impl Leftover {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotTakenDown { .. } => "not-taken-down",
            Self::Split { .. } => "split",
            Self::WithoutOriginal { .. } => "without-original",
            Self::Missing { .. } => "missing",
            Self::WithoutFiles => "without-files",
            Self::Lost => "lost",
        }
    }

    pub fn says(self) -> String {
        match self {
            Self::NotTakenDown { files } => {
                format!("withdrawn, and {} still in the library", counted(files, "file"))
            }
            Self::Split { library, quarantine } => {
                let (library, stored) = (counted(library, "file"), counted(quarantine, "file"));
                format!("{library} in the library, {stored} in quarantine")
            }
            Self::WithoutOriginal { files } => {
                format!("its original is missing, and {} left", counted(files, "rendition"))
            }
            Self::Missing { files } => format!("{} missing", counted(files, "file")),
            Self::WithoutFiles => "none of its files is there".to_owned(),
            Self::Lost => "none of its files is in quarantine".to_owned(),
        }
    }

    /// What a person can do about it.
    pub fn next(self) -> &'static str {
        match self {
            Self::NotTakenDown { .. } => "shelflife withdraw ASSET --reason TEXT",
            Self::Split { .. } => "shelflife recover; if it stays, look at shelflife history ASSET",
            Self::WithoutOriginal { .. } | Self::Missing { .. } => {
                "bring the files back and scan; or shelflife withdraw ASSET --reason TEXT"
            }
            Self::WithoutFiles => {
                "bring the files back and scan; or shelflife reject ASSET --reason TEXT"
            }
            Self::Lost => "bring the bytes back from a backup; see shelflife history ASSET",
        }
    }
}

/// What is wrong with where an asset's files are; the worst, if anything is.
pub fn check_places(state: State, places: Places) -> Option<Leftover> {
    let Places { library, missing, quarantine, has_original } = places;
    let split = Leftover::Split { library, quarantine };
    match state {
        State::Purged(_) if library + quarantine > 0 => Some(split),
        State::Quarantined(_) if library > 0 => Some(split),
        State::Quarantined(_) if quarantine == 0 => Some(Leftover::Lost),
        State::Quarantined(_) | State::Purged(_) => None,
        _ if quarantine > 0 => Some(split),
        State::Withdrawn if library > 0 => Some(Leftover::NotTakenDown { files: library }),
        // Of what has ended nothing more is to be done if somebody took its files away.
        State::Withdrawn | State::Rejected | State::Expired if library == 0 => None,
        _ if library == 0 => Some(Leftover::WithoutFiles),
        _ if !has_original => Some(Leftover::WithoutOriginal { files: library }),
        _ if missing > 0 => Some(Leftover::Missing { files: missing }),
        _ => None,
    }
}

/// Words for a file that looks like a rendition of an asset that left the library.
pub fn rendition_of_ended(was: Ended) -> &'static str {
    match was {
        Ended::Rejected => "named like a rendition of an asset that was rejected and is away",
        Ended::Expired => "named like a rendition of an asset that has expired and is away",
        Ended::Withdrawn => "named like a rendition of an asset that was withdrawn as unsafe",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(library: u64, missing: u64, quarantine: u64, has_original: bool) -> Places {
        Places { library, missing, quarantine, has_original }
    }

    #[test]
    fn a_group_is_whole_on_one_side_or_told() {
        let away = State::Quarantined(Ended::Rejected);
        let gone = State::Purged(Ended::Rejected);
        for (state, places, expected) in [
            (State::Approved, places(3, 0, 0, true), None),
            (State::Draft, places(2, 1, 0, true), Some("missing")),
            (State::Draft, places(2, 1, 0, false), Some("without-original")),
            (State::Draft, places(0, 3, 0, false), Some("without-files")),
            (State::Rejected, places(0, 3, 0, false), None),
            (State::Rejected, places(1, 2, 0, false), Some("without-original")),
            (State::Approved, places(0, 0, 0, false), Some("without-files")),
            (State::Approved, places(2, 0, 1, true), Some("split")),
            (State::Withdrawn, places(3, 0, 0, true), Some("not-taken-down")),
            (State::Withdrawn, places(2, 0, 1, true), Some("split")),
            (State::Withdrawn, places(0, 3, 0, false), None),
            (away, places(0, 0, 3, false), None),
            (away, places(0, 1, 2, false), None),
            (away, places(1, 0, 2, false), Some("split")),
            (away, places(0, 3, 0, false), Some("lost")),
            (gone, places(0, 0, 0, false), None),
            (gone, places(0, 0, 1, false), Some("split")),
            (gone, places(1, 0, 0, true), Some("split")),
        ] {
            let found = check_places(state, places);
            assert_eq!(found.map(Leftover::name), expected, "{state} {places:?}");
        }
    }
}
