//! Which fields hold numbers of attachments, told by the words of their names.
//!
//! Themes and plugins name their fields as they like, so a field counts if its last word names a
//! picture or a file (`hero_image`), or names a number of one (`gallery_ids`, `mediaId`), and
//! nothing in it says that the number is another thing (`image_width`, `show_logo`).

/// Things that are attachments.
const MEDIA: [&str; 40] = [
    "attachment",
    "attachments",
    "audio",
    "avatar",
    "background",
    "backgrounds",
    "banner",
    "banners",
    "bg",
    "carousel",
    "cover",
    "covers",
    "document",
    "featuredimage",
    "file",
    "files",
    "gallery",
    "galleries",
    "icon",
    "icons",
    "illustration",
    "image",
    "images",
    "img",
    "imgs",
    "logo",
    "logos",
    "media",
    "photo",
    "photos",
    "pic",
    "picture",
    "pictures",
    "poster",
    "slider",
    "thumb",
    "thumbnail",
    "thumbnails",
    "video",
    "videos",
];
const NUMBER: [&str; 2] = ["id", "ids"];
/// Words at the start of a field that is a switch, or counts.
const SWITCHES: [&str; 14] = [
    "show", "hide", "has", "is", "use", "enable", "disable", "display", "no", "with", "total",
    "count", "max", "min",
];

/// Whether a number in the last of these nested fields is an attachment's.
pub(super) fn names_attachment(path: &[String]) -> bool {
    let Some((last, outer)) = path.split_last() else { return false };
    let words = words(last);
    let Some((end, before)) = words.split_last() else { return false };
    if words.first().is_some_and(|first| SWITCHES.contains(&first.as_str())) {
        return false;
    }
    if !NUMBER.contains(&end.as_str()) {
        return is_media(end);
    }
    match before.last() {
        Some(thing) => is_media(thing),
        // `id` says nothing itself: the field around it does, such as `image` of `image.id`.
        None => outer.last().is_some_and(|outer| has_media_word(outer)),
    }
}

/// Whether a name says somewhere that it is about pictures or files.
pub(super) fn has_media_word(name: &str) -> bool {
    words(name).iter().any(|word| is_media(word))
}

fn is_media(word: &str) -> bool {
    MEDIA.contains(&word)
}

/// The words of a name, in lower case and without numbers: `_heroImage_2` is `hero`, `image`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for character in name.chars() {
        let starts_word = character.is_uppercase() && before_is_lower;
        before_is_lower = character.is_lowercase();
        if !character.is_alphabetic() || starts_word {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphabetic()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> bool {
        names_attachment(&path.split('.').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn fields_of_attachments_are_told_from_other_numbers() {
        for path in [
            "hero_image",
            "_thumbnail_id",
            "gallery_ids",
            "mediaId",
            "mediaID",
            "image.id",
            "backgroundImage.id",
            "wp:cover.id",
            "wp:gallery.ids",
            "_product_image_gallery",
            "gallery_0_image",
            "site_logo",
            "site_icon",
            "attachment_id",
            "images.id",
            "image_2",
            "avatar_attachment",
            "placeholder_image",
            "wp:media-text.mediaId",
            "widget_media_gallery.ids",
        ] {
            assert!(names(path), "{path}");
        }
        for path in [
            "price",
            "id",
            "query.id",
            "wp:query.queryId",
            "wp:query.exclude",
            "wp:block.ref",
            "image_width",
            "image.width",
            "wp:image.width",
            "wp:media-text.mediaWidth",
            "show_logo",
            "total_videos",
            "max_images",
            "userId",
            "wp:avatar.userId",
            "post_id",
            "image_size",
            "wp:gallery.columns",
            "imageCount",
            "",
            "gallery.columns",
            "_edit_last",
        ] {
            assert!(!names(path), "{path}");
        }
    }
}
