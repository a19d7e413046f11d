//! One entry of a JSON export: what the REST API and WP-CLI call the fields of an attachment.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::loose::{Forms, Loose, Shape};

/// The fields that are read; others are passed over, for every version and plugin adds some.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry<'a> {
    // Of the REST API.
    pub(super) id: Loose,
    #[serde(rename = "type")]
    pub(super) kind: Loose,
    pub(super) slug: Loose,
    pub(super) status: Loose,
    pub(super) date: Loose,
    pub(super) date_gmt: Loose,
    pub(super) title: Shape<Forms>,
    pub(super) caption: Shape<Forms>,
    pub(super) description: Shape<Forms>,
    pub(super) alt_text: Loose,
    pub(super) media_type: Loose,
    pub(super) mime_type: Loose,
    pub(super) media_details: Shape<Details>,
    pub(super) post: Loose,
    pub(super) source_url: Loose,

    // Of both.
    pub(super) guid: Shape<Forms>,

    // Of `wp post list`.
    #[serde(rename = "ID")]
    pub(super) post_id: Loose,
    pub(super) post_type: Loose,
    pub(super) post_title: Loose,
    pub(super) post_name: Loose,
    pub(super) post_status: Loose,
    pub(super) post_date: Loose,
    pub(super) post_date_gmt: Loose,
    pub(super) post_excerpt: Loose,
    pub(super) post_content: Loose,
    pub(super) post_mime_type: Loose,
    pub(super) post_parent: Loose,
    #[serde(rename = "_wp_attached_file")]
    pub(super) attached_file: Loose,
    #[serde(rename = "_wp_attachment_image_alt")]
    pub(super) image_alt: Loose,
    #[serde(rename = "_wp_attachment_metadata")]
    pub(super) metadata: Shape<Details>,

    // Of an error in place of an answer.
    pub(super) code: Loose,
    pub(super) message: Loose,

    // What other entries may be in.
    #[serde(borrow, rename = "_embedded")]
    pub(super) embedded: Shape<Embedded<'a>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    json: Option<&'a RawValue>,
    #[serde(borrow, rename = "httpResponse")]
    response: Option<&'a RawValue>,
}

/// The lists of `media_details` and of `_wp_attachment_metadata`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    pub(super) file: Loose,
    pub(super) width: Loose,
    pub(super) height: Loose,
    pub(super) filesize: Loose,
    pub(super) original_image: Loose,
    pub(super) sizes: Shape<BTreeMap<String, Shape<Size>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Size {
    pub(super) file: Loose,
    pub(super) width: Loose,
    pub(super) height: Loose,
    pub(super) filesize: Loose,
    pub(super) mime_type: Loose,
    /// The name of it in stored metadata.
    #[serde(rename = "mime-type")]
    pub(super) stored_mime_type: Loose,
}

/// What `_embed` adds to a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Embedded<'a> {
    #[serde(borrow, rename = "wp:featuredmedia")]
    featured: Option<&'a RawValue>,
}

/// What an entry turned out to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    Attachment,
    /// A post of another type, of which nothing is wanted but what is embedded in it.
    OtherPost,
    /// An answer with its circumstances, as `_envelope` and recorders write it.
    Envelope(&'a RawValue),
    /// The site said no.
    Refusal,
    Stranger,
}

impl<'a> Entry<'a> {
    pub(super) fn kind(&self) -> Kind<'a> {
        let is_numbered = !self.id.is_missing() || !self.post_id.is_missing();
        let inner = self.response.or(self.body).or(self.json);
        match inner {
            Some(inner) if !is_numbered => return Kind::Envelope(inner),
            _ => {}
        }
        if !is_numbered && self.code.text().is_some() && self.message.text().is_some() {
            return Kind::Refusal;
        }
        match self.kind.text().or(self.post_type.text()) {
            Some("attachment") => Kind::Attachment,
            Some(_) if is_numbered => Kind::OtherPost,
            _ if self.is_of_rest() => Kind::Attachment,
            _ if !self.post_id.is_missing() => self.kind_by_status(),
            _ => Kind::Stranger,
        }
    }

    /// Whether the entry has a field that only attachments have.
    fn is_of_rest(&self) -> bool {
        let texts = [&self.alt_text, &self.media_type, &self.mime_type, &self.source_url];
        texts.iter().any(|text| !text.is_missing()) || !self.media_details.is_missing()
    }

    /// `wp post list` tells the type only if it is asked to.
    fn kind_by_status(&self) -> Kind<'a> {
        if let Some(mime) = self.post_mime_type.text() {
            return if mime.is_empty() { Kind::OtherPost } else { Kind::Attachment };
        }
        let is_attached = !self.attached_file.is_missing() || !self.metadata.is_missing();
        match self.post_status.text() {
            _ if is_attached => Kind::Attachment,
            Some("publish" | "future" | "draft" | "pending" | "auto-draft") => Kind::OtherPost,
            _ if is_permalink(&self.guid) => Kind::OtherPost,
            _ => Kind::Attachment,
        }
    }

    /// The media that `_embed` added.
    pub(super) fn featured(&self) -> Option<&'a RawValue> {
        match &self.embedded {
            Shape::Object(embedded) => embedded.featured,
            _ => None,
        }
    }
}

/// Whether a guid is the address of a post and not of a file. Attachments of none have
/// `?attachment_id=`.
fn is_permalink(guid: &Shape<Forms>) -> bool {
    let Shape::Text(guid) = guid else { return false };
    ["?p=", "&p=", "?page_id="].iter().any(|part| guid.contains(part))
}
