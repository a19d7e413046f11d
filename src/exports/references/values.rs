//! Walks nested values: JSON and PHP's serialization, in each other and in texts.

use serde_json::Value as Json;

use super::broken::looks_like_value;
use super::keys::names_attachment;
use super::mention::Mentions;
use super::site::Site;
use crate::domain::path::RelPath;
use crate::domain::reference::{Means, Target};
use crate::exports::details::SPELLINGS;
use crate::exports::php::{self, Key, Value as Php};

/// Values in texts in values that are followed.
const MAX_NESTING: usize = 8;

/// Adds all that the value of a field mentions: a number by the field's name, JSON and PHP by the
/// names within, everything else as a text.
pub(super) fn scan_field(name: &str, value: &str, site: &Site, mentions: &mut Mentions) {
    let mut walk = Walk { site, means: Means::Field, label: name, numbers_only: false, mentions };
    let mut path = vec![name.to_owned()];
    walk.text(value, &mut path, 0);
}

/// Adds the attachments that numbers in a JSON value name, but nothing of its texts.
pub(super) fn scan_json_numbers(
    value: &Json,
    name: &str,
    site: &Site,
    means: Means,
    mentions: &mut Mentions,
) {
    let mut walk = Walk { site, means, label: name, numbers_only: true, mentions };
    walk.json(value, &mut vec![name.to_owned()], 0);
}

/// Adds all that a JSON value mentions.
pub(super) fn scan_json(name: &str, value: &Json, site: &Site, mentions: &mut Mentions) {
    let mut walk = Walk { site, means: Means::Field, label: name, numbers_only: false, mentions };
    walk.json(value, &mut vec![name.to_owned()], 0);
}

struct Walk<'a, 'm> {
    site: &'a Site,
    means: Means,
    label: &'a str,
    numbers_only: bool,
    mentions: &'m mut Mentions,
}

impl Walk<'_, '_> {
    fn number(&mut self, number: i64, path: &[String]) {
        if names_attachment(path) {
            let detail = match path {
                [_, .., last] if !self.label.ends_with(last) => format!("{}.{last}", self.label),
                _ => self.label.to_owned(),
            };
            self.mentions.add_attachment(number, self.means, &detail);
        }
    }

    fn text(&mut self, text: &str, path: &mut Vec<String>, nesting: usize) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        if trimmed.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b' ') {
            for number in trimmed.split([',', ' ']).filter_map(|part| part.parse().ok()) {
                self.number(number, path);
            }
            return;
        }
        if nesting < MAX_NESTING {
            if trimmed.starts_with(['{', '['])
                && let Ok(value) = serde_json::from_str::<Json>(trimmed)
            {
                return self.json(&value, path, nesting + 1);
            }
            if let Ok(value) = php::read_nested(trimmed.as_bytes()) {
                return self.php(&value, path, nesting + 1);
            }
        }
        if looks_like_value(trimmed) {
            return self.damaged(text, path, nesting);
        }
        if !self.numbers_only {
            self.mentions.scan(text, self.site, Means::Url, self.label);
            if let Some(path) = path_by_month(trimmed) {
                self.mentions.add(Target::File(path), Means::Url, self.label);
            }
        }
    }

    /// What looks like a value: one in another spelling, else a broken one.
    fn damaged(&mut self, text: &str, path: &mut Vec<String>, nesting: usize) {
        for spelling in SPELLINGS.iter().filter(|_| nesting < MAX_NESTING) {
            if let Ok(value) = php::read_nested(&spelling(text.trim())) {
                return self.php(&value, path, nesting + 1);
            }
        }
        self.mentions.scan_broken(text, self.means, self.label);
        if !self.numbers_only {
            self.mentions.scan(text, self.site, Means::Url, self.label);
        }
    }

    fn json(&mut self, value: &Json, path: &mut Vec<String>, nesting: usize) {
        match value {
            Json::Number(number) => {
                if let Some(number) = number.as_i64() {
                    self.number(number, path);
                }
            }
            Json::String(text) => self.text(text, path, nesting),
            Json::Array(values) => {
                for value in values {
                    self.json(value, path, nesting);
                }
            }
            Json::Object(fields) => {
                let file = |name: &str| fields.get(name).and_then(Json::as_str);
                let is_media = is_media_object(file);
                for (name, value) in fields {
                    if is_media && name.eq_ignore_ascii_case("id") {
                        self.media_number(value.as_i64().or_else(|| value.as_str()?.parse().ok()));
                    } else {
                        path.push(name.clone());
                        self.json(value, path, nesting);
                        path.pop();
                    }
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn php(&mut self, value: &Php<'_>, path: &mut Vec<String>, nesting: usize) {
        match value {
            Php::Int(number) => self.number(*number, path),
            Php::Text(bytes) => self.text(&String::from_utf8_lossy(bytes), path, nesting),
            Php::List(entries) => {
                let is_media = is_media_object(|name| match value.entry(name) {
                    Some(Php::Text(text)) => std::str::from_utf8(text).ok(),
                    _ => None,
                });
                for (key, value) in entries {
                    self.php_entry(*key, value, is_media, (path, nesting));
                }
            }
            Php::Null | Php::Bool(_) | Php::Float(_) | Php::Opaque => {}
        }
    }

    fn php_entry(
        &mut self,
        key: Key<'_>,
        value: &Php<'_>,
        is_media: bool,
        (path, nesting): (&mut Vec<String>, usize),
    ) {
        let Key::Text(name) = key else { return self.php(value, path, nesting) };
        let name = String::from_utf8_lossy(name).into_owned();
        match value {
            Php::Int(number) if is_media && name.eq_ignore_ascii_case("id") => {
                self.media_number(Some(*number));
            }
            _ => {
                path.push(name);
                self.php(value, path, nesting);
                path.pop();
            }
        }
    }

    fn media_number(&mut self, number: Option<i64>) {
        if let Some(number) = number {
            let detail = format!("{}.id", self.label);
            self.mentions.add_attachment(number, self.means, &detail);
        }
    }
}

/// A file as WordPress names it in its own fields: `2023/03/tea.jpg`.
fn path_by_month(text: &str) -> Option<RelPath> {
    let (year, rest) = text.split_once('/')?;
    let (month, name) = rest.split_once('/')?;
    let is = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let has_end = name.rsplit_once('.').is_some_and(|(_, end)| (2..=5).contains(&end.len()));
    let is_path = is(year, 4) && is(month, 2) && has_end && !name.contains('/');
    RelPath::new(text).ok().filter(|_| is_path)
}

/// Whether an `id` among these fields is an attachment's: it is one of WordPress's own attachment
/// objects, or stands beside the address of a file.
fn is_media_object<'v>(field: impl Fn(&str) -> Option<&'v str>) -> bool {
    let is_attachment =
        ["type", "post_type", "object"].iter().any(|name| field(name) == Some("attachment"));
    let has_file = ["url", "src", "source_url", "mediaUrl"]
        .iter()
        .filter_map(|name| field(name))
        .any(|address| address.contains("uploads") || has_extension(address));
    is_attachment || has_file
}

/// Whether an address ends like a file, which that of a page does not.
fn has_extension(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let is_page = |end: &str| ["html", "htm", "php", "aspx", "jsp"].contains(&end);
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    !folder.ends_with('/') && end.is_some_and(|end| end.len() <= 5 && !is_page(&end))
}
