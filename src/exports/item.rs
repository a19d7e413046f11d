//! One attachment or file as an export describes it, whatever the kind of export.

use super::place::Place;
use super::problem::Problem;
use crate::domain::asset::{Content, Digest};
use crate::domain::claims::Claims;
use crate::domain::path::{PathError, RelPath};

/// One attachment of an export, or one file of a folder or an archive.
///
/// `None` says that the export is silent, an empty text that it says "empty". Texts are as stored:
/// HTML entities, tags and surrounding space are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// The id of the attachment in its site.
    pub attachment: Option<i64>,
    pub title: Option<String>,
    pub alt: Option<String>,
    pub caption: Option<String>,
    pub description: Option<String>,
    /// The last part of the permalink, percent-encoded.
    pub slug: Option<String>,
    /// `inherit` for most; `private` and `trash` occur.
    pub status: Option<String>,
    pub url: Option<String>,
    /// The main file, relative to the uploads folder.
    pub file: Option<RelPath>,
    pub mime: Option<String>,
    /// When it was posted, in the site's own time, which the export does not name.
    pub posted: Option<String>,
    /// The same in UTC; `0000-00-00 00:00:00` in an export is `None` here.
    pub posted_utc: Option<String>,
    /// The post it was uploaded to.
    pub parent: Option<i64>,
    pub details: Option<MediaDetails>,
    /// What the bytes are, where the export holds them.
    pub bytes: Option<Bytes>,
    pub place: Place,
    /// What could not be taken as it stands. The rest of the item can be used.
    pub problems: Vec<Problem>,
}

/// What was found in a file that an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// `None` if nobody asked for it.
    pub digest: Option<Digest>,
    pub length: u64,
    pub content: Content,
    /// What it says about itself; `None` if it is of no kind that says anything.
    pub claims: Option<Box<Claims>>,
}

/// The files of an attachment, as `_wp_attachment_metadata` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaDetails {
    /// The main file, relative to the uploads folder.
    pub file: Option<RelPath>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub filesize: Option<u64>,
    /// What was uploaded, beside the main file, if WordPress made the main file from it.
    pub original_image: Option<RelPath>,
    /// The renditions, by name.
    pub sizes: Vec<SizeEntry>,
    /// What an edit in the library left on disk, from `_wp_attachment_backup_sizes`, by name.
    pub backup_sizes: Vec<SizeEntry>,
}

/// One rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeEntry {
    /// Such as `medium` or `full-orig`.
    pub name: String,
    /// Relative to the folder of the main file; see [`Item::beside`].
    pub file: RelPath,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub mime: Option<String>,
    pub filesize: Option<u64>,
}

impl Item {
    /// The main file: what the attachment names, else what its metadata names.
    pub fn main_file(&self) -> Option<&RelPath> {
        self.file.as_ref().or_else(|| self.details.as_ref()?.file.as_ref())
    }

    /// The path beneath the uploads folder that the URL names, which may be where the file was
    /// uploaded to and not what is served by now.
    pub fn uploaded(&self) -> Option<RelPath> {
        super::url::upload_path(self.url.as_deref()?)
    }

    /// Roughly how many bytes of texts it holds.
    pub(super) fn length(&self) -> usize {
        let texts = [&self.title, &self.alt, &self.caption, &self.description, &self.url];
        let sizes = self
            .details
            .iter()
            .flat_map(|details| details.sizes.iter().chain(&details.backup_sizes));
        let sizes = sizes.map(|size| size_of::<SizeEntry>() + size.file.as_bytes().len());
        texts.into_iter().flatten().map(String::len).chain(sizes).sum()
    }

    /// The path beneath the uploads folder of a file that is named relative to the main file's
    /// folder, as renditions are. `None` if the main file is not known.
    pub fn beside(&self, file: &RelPath) -> Option<Result<RelPath, PathError>> {
        let main = self.main_file()?;
        let mut path = main.folder().to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(file.as_bytes());
        Some(RelPath::new(path))
    }
}
