//! Deliberate mistakes in the order of steps, for the test that has to notice them.
//!
//! They are made only by a program that was built with the feature `mutants`, as none is but that
//! test's: see `docs/decisions/0040-mutants.md`.

/// A mistake that only a power cut brings to light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A commit returns before it is durable.
    LazyCatalog,
    /// No folder is made durable.
    ForgetsFolders,
    /// The catalog says that an asset is gone before its files are.
    ClosesFirst,
    /// The source of a copy is removed before the copy is durable.
    UnsyncedCopy,
}

impl Mutant {
    /// Whether this run makes the mistake.
    #[expect(clippy::disallowed_methods, reason = "it is no setting of the program")]
    pub(crate) fn is_at_work(self) -> bool {
        let is_wanted = |wanted| wanted == self.name();
        cfg!(feature = "mutants") && std::env::var_os("SHELFLIFE_MUTANT").is_some_and(is_wanted)
    }

    fn name(self) -> &'static str {
        match self {
            Self::LazyCatalog => "lazy-catalog",
            Self::ForgetsFolders => "forgets-folders",
            Self::ClosesFirst => "closes-first",
            Self::UnsyncedCopy => "unsynced-copy",
        }
    }
}
