//! What has to be known before a rule can be asked: a rule never says "missing" about what nobody
//! could tell.

/// A part of what there is to know about an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The original's file name.
    Name,
    /// Whether there is an alternative text, and which.
    AltText,
    /// Type and size by the original's bytes.
    Content,
    /// All of its files.
    Files,
    /// What the original says about itself.
    Claims,
    /// What people recorded about it and linked it to.
    Description,
    /// The same, and what they decided.
    Record,
    /// Other assets of the same content.
    Twins,
    /// The names and texts of all other assets.
    Others,
    /// How it stands in an export.
    Export,
}

impl Known {
    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "the file name",
            Self::AltText => "the alternative text",
            Self::Content => "the content of the file",
            Self::Files => "all files of the asset",
            Self::Claims => "what the file says about itself",
            Self::Description => "the description in the catalog",
            Self::Record => "the record in the catalog",
            Self::Twins => "other assets of the same content",
            Self::Others => "the names and texts of all assets",
            Self::Export => "an export",
        }
    }
}

/// What is known, all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Knowledge(u16);

impl Knowledge {
    /// What a catalog knows of an asset.
    pub const BY_CATALOG: Self = Self::of(&[
        Known::Name,
        Known::AltText,
        Known::Content,
        Known::Files,
        Known::Claims,
        Known::Description,
        Known::Record,
        Known::Twins,
    ]);

    /// The same after a census of the whole catalog.
    pub const BY_CENSUS: Self = Self::BY_CATALOG.and(Known::Others);

    /// What a check of an export takes over from the record of an item that the catalog has. What
    /// people decided, its files and who has the same content are not asked there: a rule about an
    /// export that needs those would never say a word.
    pub const TAKEN_FROM_RECORD: Self =
        Self::of(&[Known::Name, Known::AltText, Known::Content, Known::Description]);

    pub const fn of(parts: &[Known]) -> Self {
        match parts {
            [] => Self(0),
            [first, rest @ ..] => Self::of(rest).and(*first),
        }
    }

    /// The same with one more part.
    #[must_use]
    pub const fn and(self, part: Known) -> Self {
        Self(self.0 | 1 << part as u16)
    }

    /// Both taken together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn has_all(self, parts: Self) -> bool {
        self.0 & parts.0 == parts.0
    }
}
