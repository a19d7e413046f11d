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
    /// What people recorded and decided.
    Record,
    /// Other assets of the same bytes.
    Twins,
    /// The names and texts of all other assets.
    Others,
    /// How it stands in an export.
    Export,
}

impl Known {
    /// What a catalog knows of an asset.
    pub const BY_CATALOG: &'static [Self] = &[
        Self::Name,
        Self::AltText,
        Self::Content,
        Self::Files,
        Self::Claims,
        Self::Record,
        Self::Twins,
    ];

    /// The same after a census of the whole catalog.
    pub const BY_CENSUS: &'static [Self] = &[
        Self::Name,
        Self::AltText,
        Self::Content,
        Self::Files,
        Self::Claims,
        Self::Record,
        Self::Twins,
        Self::Others,
    ];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "the file name",
            Self::AltText => "the alternative text",
            Self::Content => "the content of the file",
            Self::Files => "all files of the asset",
            Self::Claims => "what the file says about itself",
            Self::Record => "the record in the catalog",
            Self::Twins => "other assets of the same bytes",
            Self::Others => "the names and texts of all assets",
            Self::Export => "an export",
        }
    }
}
