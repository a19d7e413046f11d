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
        width: value.entry("width").and_then(pixels),
        height: value.entry("height").and_then(pixels),
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

/// Reads a serialized list and hands it on. Lengths count bytes, so this also tries what the way
/// through a file may have changed: line ends, and bytes that were replaced.
fn read_list<T>(
    serialized: &str,
    take: impl FnOnce(&Value<'_>) -> T,
) -> Result<Option<T>, PhpError> {
    let serialized = serialized.trim();
    if serialized.is_empty() {
        return Ok(None);
    }
    let mut first = None;
    for spelling in [bytes_as_written, bytes_with_unix_lines, bytes_before_replacement] {
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
    for (key, value) in sizes.entries() {
        let Some(file) = value.entry("file").and_then(|file| claim_value(field, file, defects))
        else {
            continue;
        };
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
    let claimed = match str::from_utf8(value.text()?) {
        Ok(text) => claim(field, text),
        Err(_) => Err(Defect::PathNotText { field }),
    };
    claimed.map_err(|defect| defects.push(defect)).ok()
}

fn pixels(value: &Value<'_>) -> Option<u32> {
    u32::try_from(value.count()?).ok()
}

fn plain_text(value: &Value<'_>) -> Option<String> {
    Some(String::from_utf8_lossy(value.text()?).into_owned())
}
