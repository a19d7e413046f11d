//! Where assets are used: references, the sources that told them, and what follows.
//!
//! **Invariant:** "not found" is said only of named sources that together look where WordPress
//! itself puts pictures. One source alone never makes an asset unused.

mod address;
mod area;
mod served;
mod source;
mod verdict;

pub use address::{AddressError, SiteAddress};
pub use area::Area;
pub use served::{in_address, served_under};
pub use source::{Source, SourceKind};
pub use verdict::{Horizon, Uses, Verdict, horizon_of, verdict_of};

use super::path::RelPath;

/// A place in a site that uses something of the library, as a source tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub target: Target,
    pub means: Means,
    /// Where exactly in the holder: the name of a block, the key of a field; may be empty.
    pub detail: String,
    pub holder: Holder,
}

/// What is used, as far as the place itself says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An attachment's number in its site.
    Attachment(i64),
    /// A file beneath the uploads folder, of whatever attachment lists it.
    File(RelPath),
    /// Every attachment that was uploaded to this post.
    ChildrenOf(i64),
}

/// What contains a reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The site's own word: `post`, `page`, `wp_template`, `widget`, `comment`, `option`, `file` …
    pub kind: String,
    /// What identifies it among its kind, such as a post's number; may be empty.
    pub id: String,
    /// A title or an address, for people; may be empty.
    pub label: String,
    /// Where people see it, if that is known and not the label already.
    pub address: Option<String>,
    pub status: Status,
}

/// Whether a text is an address that people can open, and nothing else.
pub fn is_address(text: &str) -> bool {
    text.contains("://") && !text.contains(|each: char| each.is_whitespace() || each.is_control())
}

/// Whether visitors can come across a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Published,
    Scheduled,
    /// Published, for people with a password or a login.
    Private,
    /// Not published: a draft, one that waits for review, an inactive widget.
    Draft,
    Revision,
    Trash,
    Unknown,
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Published,
        Self::Scheduled,
        Self::Private,
        Self::Draft,
        Self::Revision,
        Self::Trash,
        Self::Unknown,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Scheduled => "scheduled",
            Self::Private => "private",
            Self::Draft => "draft",
            Self::Revision => "revision",
            Self::Trash => "trash",
            Self::Unknown => "unknown",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status behind WordPress's own word for a post, a comment or a sidebar.
    pub fn of_wordpress(word: &str) -> Self {
        match word.trim() {
            "publish" | "approved" | "approve" | "1" => Self::Published,
            "future" => Self::Scheduled,
            "private" => Self::Private,
            "draft" | "pending" | "auto-draft" | "hold" | "0" => Self::Draft,
            "trash" | "spam" | "post-trashed" => Self::Trash,
            _ => Self::Unknown,
        }
    }

    /// Whether taking the file away could break something that people see, now or soon.
    pub fn is_in_sight(self) -> bool {
        matches!(self, Self::Published | Self::Scheduled | Self::Private | Self::Unknown)
    }
}

/// How a reference was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// A number in the attributes of a block.
    Block,
    /// `wp-image-N`, `wp-att-N`, `attachment_N`, `data-id`.
    Mark,
    /// `[gallery]`, `[playlist]` and their kin.
    Shortcode,
    FeaturedImage,
    MenuItem,
    /// A number in a field whose name says that it holds attachments.
    Field,
    /// `?attachment_id=N`.
    Query,
    Url,
    /// An address in a style sheet.
    Css,
}

impl Means {
    pub const ALL: [Self; 9] = [
        Self::Block,
        Self::Mark,
        Self::Shortcode,
        Self::FeaturedImage,
        Self::MenuItem,
        Self::Field,
        Self::Query,
        Self::Url,
        Self::Css,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Mark => "class",
            Self::Shortcode => "shortcode",
            Self::FeaturedImage => "featured-image",
            Self::MenuItem => "menu-item",
            Self::Field => "field",
            Self::Query => "query",
            Self::Url => "url",
            Self::Css => "css",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.name() == name)
    }
}
