//! From an entry to what it says of an attachment.

use super::entry::{Details, Entry, Size};
use super::loose::{Forms, Loose, Shape};
use super::rendered::{plain_text, without_attachment};
use crate::exports::details::{self, ALT, ATTACHED_FILE, METADATA};
use crate::exports::draft::{Claim, Draft};
use crate::exports::{Defect, MediaDetails, Place, SizeEntry};

const MEDIA_DETAILS: &str = "media_details";
/// The main file once more, which REST lists among the sizes.
const FULL: &str = "full";

/// What the entry says, whichever of the two wrote it.
pub(super) fn draft(entry: Entry<'_>, place: Place) -> Draft {
    let is_listed = !entry.post_id.is_missing();
    let mut draft = if is_listed { of_post_list(entry, place) } else { of_rest(entry, place) };
    if draft.id.is_none() {
        draft.defects.push(Defect::IdMissing);
    }
    if !is_listed && !names_file(&draft) {
        draft.defects.push(Defect::FileMissing);
    }
    draft
}

/// Whether something tells the file, if only that it is refused. A list of WP-CLI may be without.
fn names_file(draft: &Draft) -> bool {
    let is_there = |claim: &Claim| claim.as_ref().is_some_and(|(_, text)| !text.trim().is_empty());
    let of_details = draft.details.as_ref().and_then(|details| details.file.as_ref());
    let is_told = !draft.defects.is_empty();
    is_there(&draft.url) || is_there(&draft.guid) || of_details.is_some() || is_told
}

fn of_rest(mut entry: Entry<'_>, place: Place) -> Draft {
    let mut defects = Vec::new();
    let status = entry.status.take_text();
    let title = match entry.title {
        Shape::Object(Forms { mut raw, mut rendered }) => {
            let shown = |text: String| plain_text(&text, status.as_deref());
            raw.take_text().or_else(|| rendered.take_text().map(shown))
        }
        Shape::Text(title) => Some(title),
        _ => None,
    };
    Draft {
        id: claim("id", &mut entry.id, &mut defects),
        parent: claim("post", &mut entry.post, &mut defects),
        file: None,
        url: claim("source_url", &mut entry.source_url, &mut defects),
        guid: stored(entry.guid).map(|guid| ("guid", guid)),
        title: title.map(|title| ("title", title)),
        alt: claim("alt_text", &mut entry.alt_text, &mut defects),
        caption: stored(entry.caption).map(|caption| ("caption", caption)),
        description: stored(entry.description)
            .map(|description| ("description", without_attachment(description))),
        slug: entry.slug.take_text(),
        status,
        mime: entry.mime_type.take_text(),
        posted: entry.date.take_text(),
        posted_utc: entry.date_gmt.take_text(),
        details: read_details(MEDIA_DETAILS, entry.media_details, &mut defects),
        place,
        defects,
    }
}

fn of_post_list(mut entry: Entry<'_>, place: Place) -> Draft {
    let mut defects = Vec::new();
    Draft {
        id: claim("ID", &mut entry.post_id, &mut defects),
        parent: claim("post_parent", &mut entry.post_parent, &mut defects),
        file: claim(ATTACHED_FILE, &mut entry.attached_file, &mut defects),
        url: None,
        guid: stored(entry.guid).map(|guid| ("guid", guid)),
        title: claim("post_title", &mut entry.post_title, &mut defects),
        alt: claim(ALT, &mut entry.image_alt, &mut defects),
        caption: claim("post_excerpt", &mut entry.post_excerpt, &mut defects),
        description: claim("post_content", &mut entry.post_content, &mut defects),
        slug: entry.post_name.take_text(),
        status: entry.post_status.take_text(),
        mime: entry.post_mime_type.take_text(),
        posted: entry.post_date.take_text(),
        posted_utc: entry.post_date_gmt.take_text(),
        details: read_details(METADATA, entry.metadata, &mut defects),
        place,
        defects,
    }
}

fn claim(field: &'static str, value: &mut Loose, defects: &mut Vec<Defect>) -> Claim {
    if matches!(value, Loose::Other | Loose::Fraction(_)) {
        defects.push(Defect::NotAText { field });
    }
    value.take_text().map(|text| (field, text))
}

/// The text as it is stored, else as pages show it.
fn stored(text: Shape<Forms>) -> Option<String> {
    match text {
        Shape::Object(Forms { mut raw, mut rendered }) => {
            raw.take_text().or_else(|| rendered.take_text())
        }
        Shape::Text(text) => Some(text),
        Shape::Nothing => Some(String::new()),
        Shape::Missing | Shape::Other => None,
    }
}

/// Reads stored metadata that was written as JSON.
pub(in crate::exports) fn read_metadata(
    json: &str,
    defects: &mut Vec<Defect>,
) -> Result<Option<MediaDetails>, Defect> {
    let details = serde_json::from_str(json).map_err(|error| super::not_json(&error))?;
    Ok(read_details(METADATA, details, defects))
}

/// Reads the lists of files, as JSON or as the text that PHP stored.
fn read_details(
    field: &'static str,
    details: Shape<Details>,
    defects: &mut Vec<Defect>,
) -> Option<MediaDetails> {
    match details {
        Shape::Missing | Shape::Nothing => None,
        Shape::Object(object) => Some(files_of(field, object, defects)),
        Shape::Text(serialized) => {
            details::read_metadata(&serialized, defects).unwrap_or_else(|why| {
                defects.push(Defect::NotReadable { field, why });
                None
            })
        }
        Shape::Other => {
            defects.push(Defect::WrongShape { field });
            None
        }
    }
}

fn files_of(field: &'static str, object: Details, defects: &mut Vec<Defect>) -> MediaDetails {
    let mut file = |mut name: Loose| claim_file(field, &mut name, defects);
    let (main, original_image) = (file(object.file), file(object.original_image));
    let sizes = match object.sizes {
        Shape::Object(sizes) => sizes,
        Shape::Missing | Shape::Nothing => std::collections::BTreeMap::new(),
        Shape::Text(_) | Shape::Other => {
            defects.push(Defect::WrongShape { field });
            std::collections::BTreeMap::new()
        }
    };
    let is_rendition = |(name, _): &(String, _)| field != MEDIA_DETAILS || name != FULL;
    let sizes = sizes.into_iter().filter(is_rendition);
    MediaDetails {
        file: main,
        width: pixels(&object.width),
        height: pixels(&object.height),
        filesize: count(&object.filesize),
        original_image,
        sizes: sizes.filter_map(|(name, size)| size_of(field, name, size, defects)).collect(),
        backup_sizes: Vec::new(),
    }
}

fn size_of(
    field: &'static str,
    name: String,
    size: Shape<Size>,
    defects: &mut Vec<Defect>,
) -> Option<SizeEntry> {
    let Shape::Object(mut size) = size else {
        defects.push(Defect::WrongShape { field });
        return None;
    };
    let file = claim_file(field, &mut size.file, defects)?;
    let mime = size.mime_type.take_text().or_else(|| size.stored_mime_type.take_text());
    let (width, height) = (pixels(&size.width), pixels(&size.height));
    Some(SizeEntry { name, file, width, height, mime, filesize: count(&size.filesize) })
}

fn claim_file(
    field: &'static str,
    name: &mut Loose,
    defects: &mut Vec<Defect>,
) -> Option<crate::domain::path::RelPath> {
    let name = name.take_text().filter(|name| !name.is_empty())?;
    details::claim(field, &name).map_err(|defect| defects.push(defect)).ok()
}

fn count(value: &Loose) -> Option<u64> {
    match value {
        Loose::Number(number) | Loose::Fraction(number) => u64::try_from(*number).ok(),
        Loose::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn pixels(value: &Loose) -> Option<u32> {
    u32::try_from(count(value)?).ok()
}
