//! The places of a site that can use a picture, and which kind of source can look into each.

use super::source::SourceKind;

/// A place of a site that can use a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Posts and pages that are published: texts, excerpts, galleries.
    Published,
    /// Drafts, scheduled, private and password-protected posts.
    Unpublished,
    Trash,
    Revisions,
    FeaturedImages,
    PostMeta,
    TermMeta,
    TermDescriptions,
    Comments,
    Widgets,
    /// Site logo and site icon.
    SiteIdentity,
    CustomCss,
    /// Background and header images of a theme.
    ThemeSettings,
    Menus,
    /// Patterns and navigation blocks.
    Patterns,
    /// Templates and global styles of block themes.
    Templates,
    /// Options of plugins.
    Options,
    UserMeta,
    /// What is written into a theme's own files.
    ThemeFiles,
}

impl Area {
    pub const ALL: [Self; 19] = [
        Self::Published,
        Self::Unpublished,
        Self::Trash,
        Self::Revisions,
        Self::FeaturedImages,
        Self::PostMeta,
        Self::TermMeta,
        Self::TermDescriptions,
        Self::Comments,
        Self::Widgets,
        Self::SiteIdentity,
        Self::CustomCss,
        Self::ThemeSettings,
        Self::Menus,
        Self::Patterns,
        Self::Templates,
        Self::Options,
        Self::UserMeta,
        Self::ThemeFiles,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Trash => "trash",
            Self::Revisions => "revisions",
            Self::FeaturedImages => "featured-images",
            Self::PostMeta => "post-meta",
            Self::TermMeta => "term-meta",
            Self::TermDescriptions => "term-descriptions",
            Self::Comments => "comments",
            Self::Widgets => "widgets",
            Self::SiteIdentity => "site-identity",
            Self::CustomCss => "custom-css",
            Self::ThemeSettings => "theme-settings",
            Self::Menus => "menus",
            Self::Patterns => "patterns",
            Self::Templates => "templates",
            Self::Options => "options",
            Self::UserMeta => "user-meta",
            Self::ThemeFiles => "theme-files",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }

    /// For people: what is in it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Published => "published posts and pages",
            Self::Unpublished => "drafts, scheduled and private posts",
            Self::Trash => "posts in the trash",
            Self::Revisions => "revisions",
            Self::FeaturedImages => "featured images",
            Self::PostMeta => "fields of posts",
            Self::TermMeta => "fields of terms",
            Self::TermDescriptions => "descriptions of terms",
            Self::Comments => "comments",
            Self::Widgets => "widgets",
            Self::SiteIdentity => "site logo and icon",
            Self::CustomCss => "custom CSS",
            Self::ThemeSettings => "background and header images",
            Self::Menus => "menus",
            Self::Patterns => "patterns and navigation blocks",
            Self::Templates => "templates and global styles",
            Self::Options => "options of plugins",
            Self::UserMeta => "fields of users",
            Self::ThemeFiles => "files of themes",
        }
    }

    /// Whether it has to be looked into before an asset is said to be found nowhere.
    ///
    /// These are the places that WordPress itself puts pictures into. The others are named as not
    /// looked at.
    pub fn is_required(self) -> bool {
        !matches!(
            self,
            Self::Trash | Self::Revisions | Self::Options | Self::UserMeta | Self::ThemeFiles
        )
    }

    /// The kinds of source that can look into all of it.
    ///
    /// From the behavior of WordPress 6.1 to 7.1. A source covers an area only if it also held
    /// what the area is told by; see [`super::Source::areas`].
    pub fn seen_by(self) -> &'static [SourceKind] {
        use SourceKind::{Pages, Rest, Sql, Theme, Wxr};
        match self {
            Self::Published
            | Self::Unpublished
            | Self::FeaturedImages
            | Self::TermDescriptions
            | Self::Comments
            | Self::Menus
            | Self::Patterns => &[Wxr, Rest, Sql],
            // The API tells templates only of the theme that is active.
            Self::Trash | Self::PostMeta | Self::TermMeta | Self::Templates => &[Wxr, Sql],
            Self::CustomCss => &[Wxr, Sql, Pages],
            Self::Widgets => &[Rest, Sql],
            Self::SiteIdentity => &[Rest, Sql, Pages],
            // A header image that no page which was saved shows is in the database only.
            Self::ThemeSettings | Self::Revisions | Self::Options | Self::UserMeta => &[Sql],
            Self::ThemeFiles => &[Theme],
        }
    }
}
