//! The elements of an export that matter here, whatever their prefixes.
//!
//! Exports in the wild bind other prefixes, or none, to the namespaces of WordPress, so names are
//! matched by their local part, and by the prefix only where that decides or contradicts.

use std::collections::BTreeMap;

use quick_xml::escape::unescape;
use quick_xml::events::attributes::Attributes;

use super::syntax::is_name;

/// An element by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Item,
    Postmeta,
    MetaKey,
    MetaValue,
    Site(SiteField),
    Field(Field),
    Other,
}

/// A text about the whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SiteField {
    BaseSiteUrl,
    BaseBlogUrl,
    WxrVersion,
    Generator,
}

/// A text that stands directly in an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Title,
    Guid,
    Content,
    Excerpt,
    PostId,
    PostName,
    PostDate,
    PostDateGmt,
    PostParent,
    PostType,
    Status,
    AttachmentUrl,
}

impl Field {
    /// Whether no element other than an item can mean to hold it.
    pub(super) fn is_only_in_items(self) -> bool {
        !matches!(self, Self::Title | Self::Guid)
    }

    /// The name in an export as WordPress writes it.
    pub(super) fn element(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Guid => "guid",
            Self::Content => "content:encoded",
            Self::Excerpt => "excerpt:encoded",
            Self::PostId => "wp:post_id",
            Self::PostName => "wp:post_name",
            Self::PostDate => "wp:post_date",
            Self::PostDateGmt => "wp:post_date_gmt",
            Self::PostParent => "wp:post_parent",
            Self::PostType => "wp:post_type",
            Self::Status => "wp:status",
            Self::AttachmentUrl => "wp:attachment_url",
        }
    }
}

/// The namespace behind a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    WordPress,
    Excerpt,
    Content,
    Foreign,
}

/// The prefixes that a document has bound so far, without regard to scope.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    bound: BTreeMap<String, Space>,
}

/// Exports bind five to ten.
const MAX_PREFIXES: usize = 64;
/// The longest prefix that is remembered, in bytes.
const MAX_PREFIX: usize = 64;

impl Prefixes {
    /// Takes note of every `xmlns:prefix="namespace"`. `None` at the first attribute that is broken.
    pub(super) fn bind_all(&mut self, attributes: Attributes<'_>) -> Option<()> {
        for attribute in attributes {
            let attribute = attribute.ok().filter(|attribute| is_name(attribute.key.as_ref()))?;
            let value = unescape(&attribute.value).ok()?;
            if let Some(prefix) = attribute.key.as_ref().strip_prefix("xmlns:") {
                self.bind(prefix, &value);
            }
        }
        Some(())
    }

    fn bind(&mut self, prefix: &str, namespace: &str) {
        if self.bound.len() < MAX_PREFIXES && prefix.len() <= MAX_PREFIX {
            self.bound.insert(prefix.to_owned(), space_of(namespace));
        }
    }

    /// What the element is called in a usual export.
    pub(super) fn name(&self, element: &str) -> Name {
        let Some((prefix, local)) = element.split_once(':') else {
            return plain_name(element).or_else(|| wordpress_name(element)).unwrap_or(Name::Other);
        };
        let space = match prefix {
            "wp" => Some(Space::WordPress),
            "excerpt" => Some(Space::Excerpt),
            "content" => Some(Space::Content),
            _ => self.bound.get(prefix).copied(),
        };
        match (space, local) {
            (Some(Space::WordPress) | None, _) => wordpress_name(local).unwrap_or(Name::Other),
            (Some(Space::Excerpt), "encoded") => Name::Field(Field::Excerpt),
            (Some(Space::Content), "encoded") => Name::Field(Field::Content),
            _ => Name::Other,
        }
    }
}

fn space_of(namespace: &str) -> Space {
    let namespace = namespace.trim_end_matches('/');
    if namespace.ends_with("/excerpt") {
        Space::Excerpt
    } else if namespace.ends_with("/content") {
        Space::Content
    } else if namespace.contains("wordpress.org/export/") {
        Space::WordPress
    } else {
        Space::Foreign
    }
}

fn plain_name(local: &str) -> Option<Name> {
    Some(match local {
        "item" => Name::Item,
        "title" => Name::Field(Field::Title),
        "guid" => Name::Field(Field::Guid),
        "generator" => Name::Site(SiteField::Generator),
        _ => return None,
    })
}

fn wordpress_name(local: &str) -> Option<Name> {
    Some(match local {
        "postmeta" => Name::Postmeta,
        "meta_key" => Name::MetaKey,
        "meta_value" => Name::MetaValue,
        "base_site_url" => Name::Site(SiteField::BaseSiteUrl),
        "base_blog_url" => Name::Site(SiteField::BaseBlogUrl),
        "wxr_version" => Name::Site(SiteField::WxrVersion),
        "post_id" => Name::Field(Field::PostId),
        "post_name" => Name::Field(Field::PostName),
        "post_date" => Name::Field(Field::PostDate),
        "post_date_gmt" => Name::Field(Field::PostDateGmt),
        "post_parent" => Name::Field(Field::PostParent),
        "post_type" => Name::Field(Field::PostType),
        "status" => Name::Field(Field::Status),
        "attachment_url" => Name::Field(Field::AttachmentUrl),
        _ => return None,
    })
}
