//! Finds addresses of uploaded files in any text, in every spelling.
//!
//! Nothing is parsed around them: an address is found by the folder that uploads are in, whether it
//! stands in HTML, a style sheet, JSON in a text in JSON, a query, or plain words. Which of the
//! paths is a file is for the catalog to say, by its real list of files.

use unicode_normalization::UnicodeNormalization as _;

use super::escapes::{without_backslashes, without_entities, without_percents};
use super::site::{Base, Site, host_of};
use crate::domain::path::RelPath;

/// How much before and after the folder's name can belong to an address, in bytes.
const REACH_BEFORE: usize = 512;
const REACH_AFTER: usize = 2_048;
/// Escapes within escapes that are followed.
const MAX_LAYERS: usize = 6;
/// How many ends of one address are tried where it is not clear where it ends.
const MAX_ENDS: usize = 64;
/// How many of them are given.
const MAX_PATHS: usize = 8;

const MEDIA: [&str; 24] = [
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "heic", "heif", "tif", "tiff", "bmp",
    "ico", "mp4", "m4v", "mov", "webm", "ogv", "mp3", "m4a", "wav", "ogg", "pdf", "zip",
];

/// Gives every path that an address of the site's uploads may name.
pub(super) fn find_addresses(text: &str, site: &Site, found: &mut dyn FnMut(RelPath)) {
    for base in site.bases() {
        for (at, needle) in text.match_indices(&base.needle) {
            let end = at + needle.len();
            if let Some(b'/' | b'\\' | b'%' | b'&') = text.as_bytes().get(end) {
                let before = cut_before(text.get(..at).unwrap_or_default());
                let after = cut_after(text.get(end..).unwrap_or_default());
                peel(before, after, (site, base), found);
            }
        }
    }
}

/// The last of the bytes before that can be part of the same address, escaped or not.
fn cut_before(text: &str) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(REACH_BEFORE));
    let near = text.get(start..).unwrap_or_default();
    let end = near.bytes().rposition(ends_before).map_or(0, |at| at + 1);
    near.get(end..).unwrap_or_default()
}

fn ends_before(byte: u8) -> bool {
    let is_sign = matches!(
        byte,
        b'"' | b'\''
            | b'`'
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'|'
            | b','
            | b'!'
            | b' '
            | 0x7f
    );
    is_sign || byte < b' '
}

/// The first of the bytes after that can be part of the same address.
fn cut_after(text: &str) -> &str {
    let near = text.get(..text.floor_char_boundary(REACH_AFTER)).unwrap_or_default();
    let is_end = |byte: u8| matches!(byte, b'"' | b'`' | b'<' | b'>' | 0x7f) || byte < b' ';
    let end = near.bytes().position(is_end).unwrap_or(near.len());
    near.get(..end).unwrap_or_default()
}

/// Undoes escapes until the folder is followed by a slash, which shows how deep they are.
fn peel(before: &str, after: &str, (site, base): (&Site, &Base), found: &mut dyn FnMut(RelPath)) {
    let (mut before, mut after) = (before.to_owned(), after.to_owned());
    for _ in 0..MAX_LAYERS {
        let undo: fn(&str) -> String = match after.as_bytes().first() {
            Some(b'/') if is_own(&before, site, base) => return give_paths(&after, found),
            Some(b'\\') => without_backslashes,
            Some(b'&') => without_entities,
            Some(b'%') => |text| String::from_utf8_lossy(&without_percents(text)).into_owned(),
            _ => return,
        };
        cut_before(&undo(&before)).clone_into(&mut before);
        cut_after(&undo(&after)).clone_into(&mut after);
    }
}

/// Whether an address that begins like this leads to the site's uploads.
fn is_own(before: &str, site: &Site, base: &Base) -> bool {
    let before = before.rsplit([';', '=', '&']).next().unwrap_or_default();
    let is_step_up =
        |text: &str| text.split_inclusive('/').all(|step| step == "../" || step == "./");
    if base.folder.is_empty() {
        return before.ends_with("//");
    }
    if base.host.is_none() && !before.is_empty() && is_step_up(before) {
        return true;
    }
    let above = base.above();
    let start = match above {
        "" => before,
        above => match before.strip_suffix('/').and_then(|before| before.strip_suffix(above)) {
            Some(start) => start,
            None => return false,
        },
    };
    if !start.is_empty() && !start.ends_with('/') || start.is_empty() && above.is_empty() {
        return false;
    }
    if !start.contains("//") {
        return base.host.is_none();
    }
    host_behind(start).is_some_and(|host| match &base.host {
        Some(wanted) => *wanted == host,
        None => site.owns(&host),
    })
}

/// The host that an address leads to in the end: image proxies of WordPress.com name it in the path.
fn host_behind(address: &str) -> Option<String> {
    let host = host_of(address)?;
    if host
        .strip_prefix('i')
        .is_some_and(|rest| rest.trim_start_matches(char::is_numeric) == ".wp.com")
    {
        let (_, path) = address.split_once("//")?.1.split_once('/')?;
        return host_of(&format!("//{path}"));
    }
    Some(host)
}

/// Gives the paths that may be meant by what follows the folder, `/` first.
fn give_paths(after: &str, found: &mut dyn FnMut(RelPath)) {
    give_ends(after, found);
    if after.contains('&') {
        give_ends(&without_entities(after), found);
    }
    if after.contains("\\u") {
        give_ends(&without_backslashes(after), found);
    }
}

/// Gives the path up to each place where it could end with an extension.
fn give_ends(after: &str, found: &mut dyn FnMut(RelPath)) {
    let address = after.split(['?', '#']).next().unwrap_or_default();
    let address = address.split("://").next().unwrap_or_default().trim_start_matches('/');
    let ends = address.bytes().enumerate().filter(|(_, byte)| may_end(*byte)).map(|(at, _)| at);
    let ends = ends.chain([address.len()]);
    let paths = ends.take(MAX_ENDS).filter_map(|end| Some((end, file_path(address.get(..end)?)?)));
    for (end, path) in paths.take(MAX_PATHS) {
        let is_clear = is_media(&path) && !address.get(end..).is_some_and(may_go_on);
        if let Ok(text) = std::str::from_utf8(&path)
            && !text.is_ascii()
        {
            let forms: [String; 2] = [text.nfc().collect(), text.nfd().collect()];
            for form in forms.iter().filter(|form| *form != text) {
                give(form.clone().into_bytes(), found);
            }
        }
        give(path, found);
        if is_clear {
            break;
        }
    }
}

/// Whether an address may end before the byte, which names of files can hold too.
fn may_end(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\''
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b','
            | b';'
            | b'|'
            | b'&'
            | b'!'
            | b'*'
            | b'\\'
    )
}

/// Whether a name may hold what follows: `tea (1).jpg` is a name, `tea.jpg);` is not.
fn may_go_on(rest: &str) -> bool {
    rest.starts_with([' ', '('])
}

/// Whether the path ends as files do that sites upload most.
fn is_media(path: &[u8]) -> bool {
    let extension = path.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    MEDIA.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(extension))
}

fn give(path: Vec<u8>, found: &mut dyn FnMut(RelPath)) {
    if let Ok(path) = RelPath::new(path) {
        found(path);
    }
}

/// The decoded path, if its last part has an extension.
fn file_path(address: &str) -> Option<Vec<u8>> {
    let address = address.trim_end_matches(['.', ':']);
    let path = without_percents(address);
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let dot = name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0)?;
    let extension = name.get(dot + 1..)?;
    let is_extension =
        (1..=5).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric);
    is_extension.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, addresses: &[&str]) -> Vec<String> {
        let addresses: Vec<_> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let mut paths: Vec<String> = Vec::new();
        find_addresses(text, &Site::new(&addresses), &mut |path| {
            if !paths.contains(&path.to_string()) {
                paths.push(path.to_string());
            }
        });
        paths
    }

    #[test]
    fn every_spelling_of_an_address_is_found() {
        for text in [
            "http://shop.example/wp-content/uploads/2025/03/a.jpg",
            "HTTPS://WWW.Shop.Example:443/wp-content/uploads/2025/03/a.jpg?x=1#y",
            "<img src=//shop.example/wp-content/uploads/2025/03/a.jpg>",
            "/wp-content/uploads/2025/03/a.jpg",
            "/blog/wp-content/uploads/2025/03/a.jpg",
            "wp-content/uploads/2025/03/a.jpg",
            "url(../../uploads/2025/03/a.jpg)",
            "background:url('/wp-content/uploads/2025/03/a.jpg') no-repeat",
            "url(&#039;http://shop.example/wp-content/uploads/2025/03/a.jpg&#039;);x:y.css",
            r#"{"u":"http:\/\/shop.example\/wp-content\/uploads\/2025\/03\/a.jpg"}"#,
            r#"{\"u\":\"http:\\\/\\\/shop.example\\\/wp-content\\\/uploads\\\/2025\\\/03\\\/a.jpg\"}"#,
            r"http:\u002f\u002fshop.example\u002fwp-content\u002fuploads\u002f2025\u002f03\u002fa.jpg",
            "/share?u=https%3A%2F%2Fshop.example%2Fwp-content%2Fuploads%2F2025%2F03%2Fa.jpg&t=x",
            "u=https%253A%252F%252Fshop.example%252Fwp-content%252Fuploads%252F2025%252F03%252Fa.jpg",
            "http:&#x2F;&#x2F;shop.example&#x2F;wp-content&#x2F;uploads&#x2F;2025&#x2F;03&#x2F;a.jpg",
            "https://i0.wp.com/shop.example/wp-content/uploads/2025/03/a.jpg?resize=300",
            "See https://shop.example/wp-content/uploads/2025/03/a.jpg.",
            "/wp-content/uploads/2025/03/%61.jpg",
            "https://cdn.example/media/2025/03/a.jpg",
            "https://img.example/2025/03/a.jpg",
        ] {
            let addresses = ["shop.example", "https://cdn.example/media/"];
            let text = text.replace("img.example", "cdn.example/media");
            assert_eq!(found(&text, &addresses), ["2025/03/a.jpg"], "{text}");
        }
    }

    #[test]
    fn what_is_no_upload_of_the_site_is_not_found() {
        for text in [
            "https://other.example/wp-content/uploads/2025/03/a.jpg",
            "https://i0.wp.com/other.example/wp-content/uploads/2025/03/a.jpg",
            "/my-wp-content/uploads/a.jpg",
            "/wp-content/uploadsx/a.jpg",
            "/wp-content/themes/uploads/a.jpg",
            "/wp-content/uploads/2025/03/",
            "/wp-content/uploads/2025/03/readme",
            "uploads/a.jpg",
            "file:///wp-content/uploads/a.jpg",
            "/wp-content/uploads/../../wp-config.php",
            "/wp-content/uploads/%2e%2e/a.jpg",
            "/wp-content/uploads/a%00.jpg",
        ] {
            assert_eq!(found(text, &["shop.example"]), [""; 0], "{text}");
        }
    }

    #[test]
    fn several_addresses_side_by_side_are_all_found() {
        let text = "/wp-content/uploads/a-300x200.jpg 1x, /wp-content/uploads/a.jpg 2x";
        let all = found(text, &[]);
        assert_eq!(all.first().map(String::as_str), Some("a-300x200.jpg"));
        assert!(all.contains(&"a.jpg".to_owned()));
        let text =
            "http://x.example/wp-content/uploads/a.jpg,http://x.example/wp-content/uploads/b.jpg";
        let all = found(text, &[]);
        assert!(all.contains(&"a.jpg".to_owned()) && all.contains(&"b.jpg".to_owned()), "{all:?}");
    }

    #[test]
    fn unusual_names_are_found_whole() {
        for (text, path) in [
            ("/wp-content/uploads/caf%C3%A9.jpg", "café.jpg"),
            (r#""\/wp-content\/uploads\/caf\u00e9-\u65e5.jpg""#, "café-日.jpg"),
            (r#""/wp-content/uploads/caf\u00e9.jpg""#, "café.jpg"),
            ("src=\"/wp-content/uploads/my photo (1).jpg\"", "my photo (1).jpg"),
            ("src=\"/wp-content/uploads/a&amp;b.jpg\"", "a&b.jpg"),
            ("/wp-content/uploads/100%25.jpg", "100%.jpg"),
            ("/wp-content/uploads/cafe\u{301}.jpg", "café.jpg"),
        ] {
            assert!(found(text, &[]).contains(&path.to_owned()), "{text}: {:?}", found(text, &[]));
        }
    }

    #[test]
    fn other_folders_and_hosts_are_found_where_they_are_named() {
        let addresses = ["/files/", "https://cdn.example/"];
        assert_eq!(found("/files/2025/a.jpg", &addresses), ["2025/a.jpg"]);
        assert_eq!(found("files/2025/a.jpg", &addresses), [""; 0]);
        let only_host = ["https://cdn.example/media/", "shop.example"];
        assert_eq!(found("https://shop.example/media/a.jpg", &only_host), [""; 0]);
    }
}
