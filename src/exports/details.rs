//! From the serialized metadata of an attachment to its files.

use std::collections::BTreeMap;

use super::item::{MediaDetails, SizeEntry};
use super::php::{self, PhpError, Value};
use super::problem::{Defect, shown};
use crate::domain::path::RelPath;

pub(super) const ATTACHED_FILE: &str = "_wp_attached_file";
pub(super) const ALT: &str = "_wp_attachment_image_alt";
pub(super) const METADATA: &str = "_wp_attachment_metadata";
pub(super) const BACKUP_SIZES: &str = "_wp_attachment_backup_sizes";

/// Reads `_wp_attachment_metadata`. `None` if WordPress stored that there is none.
pub(super) fn read_metadata(
    serialized: &str,
    defects: &mut Vec<Defect>,
) -> Result<Option<MediaDetails>, PhpError> {
    read_list(serialized, |value| MediaDetails {
        file: value.entry("file").and_then(|file| claim_value(METADATA, file, defects)),
        width: value.entry("width").and_then(|width| claim_pixels(width, defects)),
        height: value.entry("height").and_then(|height| claim_pixels(height, defects)),
        filesize: value.entry("filesize").and_then(Value::count),
        original_image: value
            .entry("original_image")
            .and_then(|file| claim_value(METADATA, file, defects)),
        sizes: value
            .entry("sizes")
            .map(|sizes| read_sizes(METADATA, sizes, defects))
            .unwrap_or_default(),
        backup_sizes: Vec::new(),
    })
}

/// Reads `_wp_attachment_backup_sizes`.
pub(super) fn read_backup_sizes(
    serialized: &str,
    defects: &mut Vec<Defect>,
) -> Result<Option<Vec<SizeEntry>>, PhpError> {
    read_list(serialized, |value| read_sizes(BACKUP_SIZES, value, defects))
}

/// Accepts a path that the export claims, or says why not.
pub(super) fn claim(field: &'static str, text: &str) -> Result<RelPath, Defect> {
    if text.contains('\u{fffd}') {
        return Err(Defect::PathNotText { field });
    }
    RelPath::claimed(text).map_err(|why| Defect::Path { field, claimed: shown(text), why })
}

/// A serialized value as it may have been before its way through a file changed line ends and
/// replaced bytes: lengths count bytes.
pub(super) const SPELLINGS: [fn(&str) -> Vec<u8>; 3] =
    [bytes_as_written, bytes_with_unix_lines, bytes_before_replacement];

/// Reads a serialized list and hands it on.
fn read_list<T>(
    serialized: &str,
    take: impl FnOnce(&Value<'_>) -> T,
) -> Result<Option<T>, PhpError> {
    let serialized = serialized.trim();
    if serialized.is_empty() {
        return Ok(None);
    }
    let mut first = None;
    for spelling in SPELLINGS {
        match php::read_nested(&spelling(serialized)) {
            Ok(value) => return take_list(&value, take),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or(PhpError::Malformed))
}

fn bytes_as_written(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn bytes_with_unix_lines(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").into_bytes()
}

fn take_list<T>(
    value: &Value<'_>,
    take: impl FnOnce(&Value<'_>) -> T,
) -> Result<Option<T>, PhpError> {
    match value {
        Value::List(_) => Ok(Some(take(value))),
        nothing if nothing.is_nothing() => Ok(None),
        _ => Err(PhpError::NotAList),
    }
}

/// The bytes with each replacement character as one byte that is no UTF-8, so that lengths fit
/// again and no text that held one is taken for a path.
fn bytes_before_replacement(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for (index, part) in text.split('\u{fffd}').enumerate() {
        if index > 0 {
            bytes.push(0xff);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn read_sizes(field: &'static str, sizes: &Value<'_>, defects: &mut Vec<Defect>) -> Vec<SizeEntry> {
    let mut entries = BTreeMap::new();
    if !matches!(sizes, Value::List(_)) && !sizes.is_nothing() {
        defects.push(Defect::WrongShape { field });
    }
    for (key, value) in sizes.entries() {
        let Some(claimed) = value.entry("file") else {
            defects.push(Defect::WrongShape { field });
            continue;
        };
        let Some(file) = claim_value(field, claimed, defects) else { continue };
        let name = key.name();
        let entry = SizeEntry {
            name: name.clone(),
            file,
            width: value.entry("width").and_then(pixels),
            height: value.entry("height").and_then(pixels),
            mime: value.entry("mime-type").and_then(plain_text),
            filesize: value.entry("filesize").and_then(Value::count),
        };
        entries.insert(name, entry);
    }
    entries.into_values().collect()
}

fn claim_value(
    field: &'static str,
    value: &Value<'_>,
    defects: &mut Vec<Defect>,
) -> Option<RelPath> {
    let claimed = match value.text().map(str::from_utf8) {
        Some(Ok(text)) => claim(field, text),
        Some(Err(_)) => Err(Defect::PathNotText { field }),
        None if value.is_nothing() => return None,
        None => Err(Defect::NotAText { field }),
    };
    claimed.map_err(|defect| defects.push(defect)).ok()
}

/// How wide or high it is. SVG has no pixels, and PHP writes nothing in many ways.
fn claim_pixels(value: &Value<'_>, defects: &mut Vec<Defect>) -> Option<u32> {
    if let Value::Int(number @ ..0) = value {
        let text = number.to_string();
        defects.push(Defect::NotANumber { field: METADATA, text });
    }
    pixels(value)
}

fn pixels(value: &Value<'_>) -> Option<u32> {
    u32::try_from(value.count()?).ok()
}

fn plain_text(value: &Value<'_>) -> Option<String> {
    Some(String::from_utf8_lossy(value.text()?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(serialized: &str) -> (Result<Option<MediaDetails>, PhpError>, Vec<Defect>) {
        let mut defects = Vec::new();
        let details = read_metadata(serialized, &mut defects);
        (details, defects)
    }

    fn sound(serialized: &str) -> MediaDetails {
        let (details, defects) = read(serialized);
        assert_eq!(defects, []);
        details.unwrap().unwrap()
    }

    /// An entry of a list whose key and value are texts.
    fn text(key: &str, value: &str) -> String {
        format!("s:{}:\"{key}\";s:{}:\"{value}\";", key.len(), value.len())
    }

    #[test]
    fn a_picture_has_its_files_and_sizes() {
        let medium = format!("a:3:{{{}s:5:\"width\";i:300;{}}}", text("file", "b-300x200.jpg"), {
            text("mime-type", "image/jpeg")
        });
        let details = sound(&format!(
            "a:6:{{s:5:\"width\";i:2560;s:6:\"height\";s:4:\"1707\";{}{}s:8:\"filesize\";d:77015;\
             s:5:\"sizes\";a:1:{{s:6:\"medium\";{medium}}}}}",
            text("file", "2026/01/b-scaled.jpg"),
            text("original_image", "b.jpg"),
        ));
        assert_eq!((details.width, details.height), (Some(2_560), Some(1_707)));
        assert_eq!(details.filesize, Some(77_015));
        assert_eq!(details.file.unwrap().as_bytes(), b"2026/01/b-scaled.jpg");
        assert_eq!(details.original_image.unwrap().as_bytes(), b"b.jpg");
        let size = &details.sizes[0];
        assert_eq!((size.name.as_str(), size.width, size.height), ("medium", Some(300), None));
        assert_eq!(size.mime.as_deref(), Some("image/jpeg"));
    }

    #[test]
    fn a_file_without_pixels_has_what_there_is() {
        for sizes in ["s:5:\"sizes\";s:0:\"\";", "s:5:\"sizes\";a:0:{}", "s:5:\"sizes\";N;"] {
            let details = sound(&format!("a:2:{{s:8:\"filesize\";i:5;{sizes}}}"));
            assert_eq!(details, MediaDetails { filesize: Some(5), ..MediaDetails::default() });
        }
        assert_eq!(sound("a:0:{}"), MediaDetails::default());
    }

    #[test]
    fn nothing_stored_is_no_metadata_and_no_problem() {
        for nothing in ["", " \n", "s:0:\"\";", "b:0;", "N;"] {
            assert_eq!(read(nothing), (Ok(None), vec![]), "{nothing}");
        }
    }

    #[test]
    fn what_is_no_list_is_not_readable() {
        for other in ["i:5;", "b:1;", "s:5:\"hello\";"] {
            assert_eq!(read(other).0, Err(PhpError::NotAList), "{other}");
        }
        for other in ["{\"width\":5}", "Array", "a:1:{s:4:\"file\";s:9:\"moved.jpg!\";}"] {
            assert_eq!(read(other).0, Err(PhpError::Malformed), "{other}");
        }
    }

    #[test]
    fn metadata_that_was_serialized_twice_is_read_with_space_around_it() {
        let list = format!("a:1:{{{}}}", text("file", "2026/01/łódź.jpg"));
        let twice = format!("\n  s:{}:\"{list}\";\n", list.len());
        assert_eq!(sound(&twice).file.unwrap().as_bytes(), "2026/01/łódź.jpg".as_bytes());
    }

    #[test]
    fn one_refused_size_leaves_the_others() {
        let size = |name: &str, file: &str| {
            format!("s:{}:\"{name}\";a:1:{{{}}}", name.len(), text("file", file))
        };
        let sizes = size("bad", "../x.jpg") + &size("good", "x-1x1.jpg") + "i:0;s:1:\"x\";";
        let (details, defects) = read(&format!("a:1:{{s:5:\"sizes\";a:3:{{{sizes}}}}}"));
        let names: Vec<_> = details.unwrap().unwrap().sizes.into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["good"]);
        assert_eq!(defects.len(), 2, "a path that leads upwards, and an entry that is a text");
    }

    #[test]
    fn a_path_whose_bytes_are_not_text_is_refused() {
        let (details, defects) = read("a:1:{s:4:\"file\";s:5:\"\u{fffd}.jpg\";}");
        assert_eq!(details.unwrap().unwrap().file, None);
        assert_eq!(defects, [Defect::PathNotText { field: METADATA }]);
    }
}
