//! What the program is made to do.

use super::disk::Kind;
use super::machine::{Layout, Machine, Template};
use super::traced::{Cut, Moment};

/// A command at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Clean,
    Restore,
    Purge,
    /// A recovery takes a purge back that has deleted nothing yet.
    TakeBack,
    Publish,
}

impl Act {
    pub(super) const ALL: [Self; 5] =
        [Self::Clean, Self::Restore, Self::Purge, Self::TakeBack, Self::Publish];

    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Clean => &["clean", "--apply"],
            Self::Restore => &["restore", "--state", "quarantined"],
            Self::Purge => &["purge", "--apply", "--yes-delete", "2"],
            Self::TakeBack => &["recover"],
            Self::Publish => &["publish", "--ready"],
        }
    }

    /// The machine as it is before.
    pub(super) fn template(self, kind: Kind, layout: Layout) -> Template {
        match self {
            Self::Clean => Template::new(kind, layout),
            Self::Restore => Template::new(kind, layout).after(|machine| {
                machine.must_run(Self::Clean.words());
            }),
            Self::Purge => Template::new(kind, layout).ripe(),
            Self::TakeBack => {
                let begun = Cut::Before(Moment("unlinkat", 1));
                let purge = |machine: &Machine<'_>| machine.run_until(Self::Purge.words(), &begun);
                let template = Template::new(kind, layout).ripe().after(purge);
                template.under(("SHELFLIFE_PAUSED", "1"))
            }
            Self::Publish => Template::of_drafts(kind, layout),
        }
    }

    /// Where a run of it dies amid an asset, if it can.
    pub(super) fn amid(self) -> Option<Moment> {
        match self {
            Self::Clean | Self::Restore => Some(Moment("renameat2", 2)),
            // Two new folders come first.
            Self::Publish => Some(Moment("renameat2", 4)),
            Self::Purge => Some(Moment("unlinkat", 2)),
            Self::TakeBack => None,
        }
    }
}
