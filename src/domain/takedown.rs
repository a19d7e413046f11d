//! Takedowns: what was withdrawn as unsafe, until a person has seen that it is gone.
//!
//! **Invariant:** nothing is called gone that the catalog knows in a served folder, and no
//! confirmation outlives a restore, or another removal: files were there again. A file that comes back
//! by itself is another asset, with a takedown of its own.

use super::text::counted;
use super::time::Timestamp;

/// A withdrawal that counts, and what followed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takedown {
    pub by: String,
    pub at: Timestamp,
    pub reason: String,
    /// How many files of the asset are in served folders, as far as the catalog knows.
    pub served: u64,
    pub confirmed: Option<Confirmation>,
}

/// What a person found out about caches and pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub by: String,
    pub at: Timestamp,
    pub note: String,
}

/// How far a takedown has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files are still in served folders.
    StillServed,
    /// The files are out of the library; caches and pages may still have them.
    Removed,
    /// A person has seen that they are gone from there too.
    Confirmed,
}

/// What the audit log tells about a takedown, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Withdrawn {
        by: String,
        at: Timestamp,
        reason: String,
    },
    Confirmed(Confirmation),
    /// Files came back to the library, or were taken out of it once more.
    Restored,
}

impl Progress {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::StillServed => "still-served",
            Self::Removed => "removed",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Takedown {
    /// The takedown that follows from the marks, if the newest withdrawal is among them.
    pub fn of(marks: impl IntoIterator<Item = Mark>, served: u64) -> Option<Self> {
        let mut takedown: Option<Self> = None;
        for mark in marks {
            match mark {
                Mark::Withdrawn { by, at, reason } => {
                    takedown = Some(Self { by, at, reason, served, confirmed: None });
                }
                Mark::Confirmed(confirmation) => {
                    if let Some(takedown) = &mut takedown {
                        takedown.confirmed = Some(confirmation);
                    }
                }
                Mark::Restored => {
                    if let Some(takedown) = &mut takedown {
                        takedown.confirmed = None;
                    }
                }
            }
        }
        takedown
    }

    pub fn progress(&self) -> Progress {
        match (self.served, &self.confirmed) {
            (0, None) => Progress::Removed,
            (0, Some(_)) => Progress::Confirmed,
            _ => Progress::StillServed,
        }
    }

    /// Why nobody can confirm it now.
    pub fn objection(&self) -> Option<String> {
        match (self.served, &self.confirmed) {
            (0, None) => None,
            (0, Some(Confirmation { by, at, .. })) => {
                Some(format!("{by} has confirmed it at {at}"))
            }
            (files, _) => Some(format!("{} of it are still served", counted(files, "file"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).plus_days(day)
    }

    fn withdrawn(day: i64) -> Mark {
        Mark::Withdrawn { by: "olga".to_owned(), at: at(day), reason: "unsafe".to_owned() }
    }

    fn confirmed(day: i64) -> Mark {
        let note = "purged".to_owned();
        Mark::Confirmed(Confirmation { by: "li".to_owned(), at: at(day), note })
    }

    #[test]
    fn a_confirmation_is_of_the_newest_withdrawal_and_ends_with_a_return() {
        let progress = |marks: &[Mark], served| {
            Takedown::of(marks.to_vec(), served).map(|takedown| takedown.progress())
        };
        for (marks, served, expected) in [
            (vec![], 0, None),
            (vec![confirmed(1)], 0, None),
            (vec![withdrawn(1)], 2, Some(Progress::StillServed)),
            (vec![withdrawn(1)], 0, Some(Progress::Removed)),
            (vec![withdrawn(1), confirmed(2)], 0, Some(Progress::Confirmed)),
            (vec![withdrawn(1), confirmed(2)], 1, Some(Progress::StillServed)),
            (vec![withdrawn(1), confirmed(2), Mark::Restored], 0, Some(Progress::Removed)),
            (vec![withdrawn(1), confirmed(2), withdrawn(3)], 0, Some(Progress::Removed)),
            (vec![withdrawn(1), Mark::Restored, confirmed(3)], 0, Some(Progress::Confirmed)),
        ] {
            assert_eq!(progress(&marks, served), expected, "{marks:?}");
            let takedown = Takedown::of(marks, served);
            let may_be_confirmed = takedown.is_some_and(|takedown| takedown.objection().is_none());
            assert_eq!(may_be_confirmed, expected == Some(Progress::Removed));
        }
    }
}
