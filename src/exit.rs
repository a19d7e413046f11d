//! Exit codes: a public interface, the same for every output format.

/// How a command ended. `docs/exit-codes.md` is made from this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    Success,
    /// The answer is no: findings, a refusal, a verdict.
    No,
    Usage,
    /// Some items were done, some failed.
    Partial,
    Paused,
    /// A cap, a stale plan, a root marker or the clock.
    Guard,
    /// Somebody else changed it meanwhile.
    Changed,
    Integrity,
    Defect,
    Io,
    Busy,
    Permission,
    Config,
    /// Stopped between two items by SIGINT.
    Interrupted,
    /// Stopped between two items by SIGTERM.
    Terminated,
}

impl ExitCode {
    /// Every code, ascending by number.
    pub const ALL: [Self; 15] = [
        Self::Success,
        Self::No,
        Self::Usage,
        Self::Partial,
        Self::Paused,
        Self::Guard,
        Self::Changed,
        Self::Integrity,
        Self::Defect,
        Self::Io,
        Self::Busy,
        Self::Permission,
        Self::Config,
        Self::Interrupted,
        Self::Terminated,
    ];

    pub fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Paused => 4,
            Self::Guard => 5,
            Self::Changed => 6,
            Self::Integrity => 65,
            Self::Defect => 70,
            Self::Io => 74,
            Self::Busy => 75,
            Self::Permission => 77,
            Self::Config => 78,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What the code means, for the generated page.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "done, nothing to report",
            Self::No => "the answer is no: findings, a refusal or a verdict",
            Self::Usage => "the command line is wrong",
            Self::Partial => "partial: some items were done, some failed",
            Self::Paused => "paused by the kill switch",
            Self::Guard => "a guard refused: cap, stale plan, root marker or clock",
            Self::Changed => "somebody else changed it meanwhile",
            Self::Integrity => "catalog, audit log or quarantine is damaged",
            Self::Defect => "a defect of shelflife itself",
            Self::Io => "a file or disk could not be read or written",
            Self::Busy => "another run holds the lock; try again",
            Self::Permission => "a permission is missing",
            Self::Config => "configuration or catalog schema is wrong",
            Self::Interrupted => "stopped by SIGINT, after the item in hand",
            Self::Terminated => "stopped by SIGTERM, after the item in hand",
        }
    }

    /// What cron or a CI script should do about it.
    pub fn reaction(self) -> &'static str {
        match self {
            Self::Success => "nothing",
            Self::No => "read the report and decide",
            Self::Usage => "fix the call",
            Self::Partial => "read the report, mend the cause, run again",
            Self::Paused => "nothing, somebody paused it on purpose",
            Self::Guard => "a person decides",
            Self::Changed => "look again and repeat",
            Self::Integrity => "page somebody, change nothing",
            Self::Defect => "report the defect",
            Self::Io => "look at the disk, then run again",
            Self::Busy => "run again later",
            Self::Permission => "fix owner or mode",
            Self::Config => "fix the configuration or use the right version",
            Self::Interrupted | Self::Terminated => "run again to go on",
        }
    }

    /// How strongly the code speaks when several apply: the greatest is told.
    pub fn weight(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::No => 1,
            Self::Paused => 2,
            Self::Guard => 3,
            Self::Partial => 4,
            Self::Interrupted => 5,
            Self::Terminated => 6,
            Self::Changed => 7,
            Self::Busy => 8,
            Self::Permission => 9,
            Self::Config => 10,
            Self::Usage => 11,
            Self::Io => 12,
            Self::Defect => 13,
            Self::Integrity => 14,
        }
    }

    /// The code that counts when both apply.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }
}
