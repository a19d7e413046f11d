//! The URL of a file, as far as an export's reader has to understand it.

use std::borrow::Cow;

use super::Defect;
use super::problem::shown;
use crate::domain::path::{PathError, RelPath};

/// The folder that WordPress puts uploads into.
const UPLOADS: &str = "/uploads/";
/// Where the sites of a network have theirs; paths are relative to the folder of the site.
const SITES: &str = "sites/";

/// Accepts the URL that an export claims for a file, without the space around it, or says why not.
/// `None` for an empty one.
pub(super) fn claim_url(
    field: &'static str,
    text: &str,
    defects: &mut Vec<Defect>,
) -> Option<String> {
    let url = text.trim();
    if url.is_empty() {
        return None;
    }
    if url.len() != text.len() {
        defects.push(Defect::Padded { field });
    }
    if let Some(why) = fault_of(url) {
        defects.push(Defect::Path { field, claimed: shown(url), why });
        return None;
    }
    Some(url.to_owned())
}

/// Why no site serves a file at this URL.
fn fault_of(url: &str) -> Option<PathError> {
    let is_drive = url.get(1..3).is_some_and(|rest| matches!(rest, ":/" | ":\\"));
    if is_drive || url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
        return Some(PathError::Absolute);
    }
    let path = decoded(path_of(url));
    if path.contains(&0) {
        return Some(PathError::Nul);
    }
    let is_up = |part: &[u8]| part == b"..";
    path.split(|byte| matches!(byte, b'/' | b'\\')).any(is_up).then_some(PathError::Traversal)
}

/// The path of the file beneath the uploads folder of its site, if the URL is of one there.
pub(super) fn upload_path(url: &str) -> Option<RelPath> {
    beneath_uploads(url, without_site)
}

/// The path of the file beneath the uploads folder that all sites of a network share: the same name
/// on two sites is two files.
pub fn served_path(url: &str) -> Option<RelPath> {
    beneath_uploads(url, |path| path)
}

fn beneath_uploads(url: &str, part: impl Fn(&str) -> &str) -> Option<RelPath> {
    let path = decoded(path_of(url));
    let (_, beneath) = str::from_utf8(&path).ok()?.split_once(UPLOADS)?;
    RelPath::claimed(part(beneath)).ok()
}

fn without_site(path: &str) -> &str {
    let rest = path.strip_prefix(SITES).and_then(|rest| rest.split_once('/'));
    match rest {
        Some((site, rest)) if site.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => path,
    }
}

/// The path of a file that a folder or an archive holds, as the site names it: from its uploads
/// folder on, if it is in one.
pub fn path_in_uploads(path: &RelPath) -> RelPath {
    let text = str::from_utf8(path.as_bytes()).unwrap_or_default();
    let beneath = match text.strip_prefix(UPLOADS.trim_start_matches('/')) {
        Some(beneath) => Some(beneath),
        None => text.split_once(UPLOADS).map(|(_, beneath)| beneath),
    };
    beneath.and_then(|path| RelPath::new(without_site(path)).ok()).unwrap_or_else(|| path.clone())
}

/// What stands between the host and the query.
fn path_of(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let behind_scheme = url.split_once("//").map_or(url, |(_, rest)| rest);
    let has_host = behind_scheme.len() < url.len();
    match behind_scheme.find('/') {
        Some(at) if has_host => behind_scheme.get(at..).unwrap_or_default(),
        None if has_host => "",
        _ => url,
    }
}

/// The bytes that percent signs stand for; one that stands for nothing stays.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| *first == b'%');
        let value = pair
            .and_then(|pair| str::from_utf8(pair).ok())
            .filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_beneath_the_uploads_is_told_from_every_spelling() {
        for (url, path) in [
            ("https://shop.example/wp-content/uploads/2026/01/a.jpg", "2026/01/a.jpg"),
            ("//shop.example/wp-content/uploads/2026/01/a.jpg?w=3#x", "2026/01/a.jpg"),
            ("/wp-content/uploads/2026/01/caf%C3%A9.jpg", "2026/01/café.jpg"),
            ("https://shop.example/wp-content/uploads/sites/12/a%20b.jpg", "a b.jpg"),
            ("https://shop.example/app/uploads/sites/x/a.jpg", "sites/x/a.jpg"),
            ("https://shop.example/wp-content/uploads/100%.jpg", "100%.jpg"),
        ] {
            assert_eq!(upload_path(url).unwrap().as_bytes(), path.as_bytes(), "{url}");
        }
        for url in [
            "https://shop.example/?attachment_id=7",
            "https://uploads.example/uploads",
            "https://shop.example/wp-content/uploads/",
            "https://shop.example/wp-content/uploads/%2e%2e/wp-config.php",
            "https://shop.example/wp-content/uploads/%FF.jpg",
        ] {
            assert_eq!(upload_path(url), None, "{url}");
        }
    }

    #[test]
    fn a_file_is_named_from_its_uploads_folder_on() {
        for (path, named) in [
            ("uploads/2026/01/a.jpg", "2026/01/a.jpg"),
            ("site/wp-content/uploads/sites/3/a.jpg", "a.jpg"),
            ("2026/01/a.jpg", "2026/01/a.jpg"),
            ("my-uploads/a.jpg", "my-uploads/a.jpg"),
            ("wp-content/uploads", "wp-content/uploads"),
        ] {
            let path = RelPath::new(path).unwrap();
            assert_eq!(path_in_uploads(&path).as_bytes(), named.as_bytes());
        }
    }

    #[test]
    fn a_url_that_leads_elsewhere_is_refused_and_space_is_told() {
        let claim = |text: &str| {
            let mut defects = Vec::new();
            (claim_url("guid", text, &mut defects), defects)
        };
        assert_eq!(
            claim("https://a.example/b..jpg"),
            (Some("https://a.example/b..jpg".into()), vec![])
        );
        assert_eq!(
            claim(" https://a.example/b.jpg\n"),
            (Some("https://a.example/b.jpg".into()), vec![Defect::Padded { field: "guid" }])
        );
        assert_eq!(claim(" \n"), (None, vec![]));
        for (url, why) in [
            ("https://a.example/uploads/../wp-config.php", PathError::Traversal),
            ("https://a.example/uploads/%2E%2e/x", PathError::Traversal),
            ("https://a.example/uploads\\..\\x", PathError::Traversal),
            ("file:///etc/passwd", PathError::Absolute),
            ("C:\\inetpub\\x.jpg", PathError::Absolute),
            ("https://a.example/x%00.jpg", PathError::Nul),
        ] {
            let claimed = shown(url);
            assert_eq!(
                claim(url),
                (None, vec![Defect::Path { field: "guid", claimed, why }]),
                "{url}"
            );
        }
    }
}
