//! References in single files of text: rendered pages, style sheets, the files of a theme.

use std::io::{BufRead, Read as _};

use super::found::Outbox;
use super::mention::Mentions;
use super::site::{Site, host_of};
use crate::domain::reference::{Area, Holder, Means, SourceKind, Status, Target};
use crate::exports::{ExportError, Place};

/// The longest file that is looked through, in bytes.
const MAX_FILE: u64 = 8 << 20;

/// Looks through one file.
pub(super) fn read_file(
    source: impl BufRead,
    site: &mut Site,
    out: &mut Outbox,
) -> Result<(), ExportError> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|source| ExportError::Read {
        place: Place::file(&out.file.as_str().into()),
        source,
    })?;
    if bytes.len() as u64 > MAX_FILE {
        out.gap(0, "the file is too long and was cut");
    }
    let text = String::from_utf8_lossy(&bytes);
    let kind = out.reading.kind;
    if kind != SourceKind::Pages || is_page_of_wordpress(&text) {
        let seen = |area: &Area| area.seen_by().contains(&kind);
        out.reading.areas.extend(Area::ALL.into_iter().filter(seen));
    }
    let is_style = out.file.to_ascii_lowercase().ends_with("css");
    let means = if is_style { Means::Css } else { Means::Url };
    if kind == SourceKind::Pages {
        learn_site(&text, site, out);
    }
    let mut mentions = Mentions::default();
    mentions.scan(&text, site, means, "");
    let own = attachment_page(&text);
    if let Some(own) = own {
        mentions.targets.remove(&Target::Attachment(own));
    }
    // A page does not say which post it is, and its own galleries are rendered.
    mentions.shows_children = false;
    let address = canonical(&text).unwrap_or_default().to_owned();
    let (word, id) = match (own, kind) {
        (Some(own), SourceKind::Pages) => ("attachment", own.to_string()),
        (None, SourceKind::Pages) => ("rendered page", out.file.clone()),
        _ => ("theme file", out.file.clone()),
    };
    let (kind, status) = (word.to_owned(), Status::Published);
    let holder = Holder { kind, id, label: address, address: None, status };
    out.give(&holder, mentions);
    Ok(())
}

/// Whether this is a page as WordPress renders them: not a style sheet, nor the error of a server.
fn is_page_of_wordpress(text: &str) -> bool {
    let marks = ["/wp-content/", "/wp-includes/", "https://api.w.org/"];
    text.contains("<body") && marks.iter().any(|mark| text.contains(mark))
}

/// WordPress links every page to the API of its site.
fn learn_site(page: &str, site: &mut Site, out: &mut Outbox) {
    if out.reading.site.is_none()
        && let Some(host) = link(page, "https://api.w.org/").and_then(host_of)
    {
        site.add_host(&host);
        out.reading.site = Some(host);
    }
}

fn canonical(page: &str) -> Option<&str> {
    link(page, "canonical")
}

/// The address of `<link rel="…" href="…">`.
fn link<'p>(page: &'p str, relation: &str) -> Option<&'p str> {
    page.match_indices("<link").find_map(|(at, _)| {
        let tag = page.get(at..)?.split('>').next()?;
        let value = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}="))?;
            let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            rest.get(1..)?.split(quote).next()
        };
        (value("rel")? == relation).then(|| value("href")).flatten()
    })
}

/// The attachment whose own page this is: it shows itself.
fn attachment_page(page: &str) -> Option<i64> {
    let (_, body) = page.split_once("<body")?;
    let (_, rest) = body.split('>').next()?.split_once("attachmentid-")?;
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}
