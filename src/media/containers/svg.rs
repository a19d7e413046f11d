//! SVG: metadata as RDF anywhere in the markup, and the title and description of the picture.

use quick_xml::events::Event;
use quick_xml::{NsReader, name::ResolveResult};

use crate::media::found::{Extent, Found, LONGEST, Packet};
use crate::media::packets::text;
use crate::media::source::Source;

const SVG: &str = "http://www.w3.org/2000/svg";
const C2PA: &str = "http://c2pa.org/manifest";
/// Deeper markup is not followed.
const DEPTH: usize = 256;

/// Reads the markup as far as the longest metadata may go.
pub(in crate::media) fn read(source: &mut Source<'_>) -> Found {
    let mut found = Found::default();
    let part = Extent { at: 0, length: source.length().min(LONGEST) };
    let Some(packet) = found.read(source, part) else { return found };
    let markup = text::decode_markup(&packet.bytes);
    let whole = part.length == source.length();
    if let Err(at) = elements(&markup, &mut found)
        && whole
    {
        found.defect(at, "the SVG is not well-formed");
    }
    if markup.contains("http://www.w3.org/1999/02/22-rdf-syntax-ns#") {
        found.xmp.push(Packet { at: 0, bytes: markup.into_bytes() });
    }
    found
}

/// Reads title, description and credentials; fails with where the markup breaks off.
fn elements(markup: &str, found: &mut Found) -> Result<(), u64> {
    let mut reader = NsReader::from_str(markup);
    let mut depth = 0_usize;
    loop {
        let at = reader.buffer_position();
        let (namespace, event) = reader.read_resolved_event().map_err(|_| at)?;
        let is_manifest = match &namespace {
            ResolveResult::Bound(bound) => bound.0 == C2PA,
            ResolveResult::Unknown(prefix) => prefix == "c2pa",
            ResolveResult::Unbound => false,
        };
        // Illustrator names the namespace by an entity; some write none.
        let drawn = match &namespace {
            ResolveResult::Bound(bound) => bound.0 == SVG || bound.0.starts_with('&'),
            ResolveResult::Unbound => true,
            ResolveResult::Unknown(_) => false,
        };
        match event {
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(at),
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Start(start) => {
                let kind = match start.local_name().as_ref() {
                    "title" if depth == 1 && drawn => Kind::Title,
                    "desc" if depth == 1 && drawn => Kind::Description,
                    "manifest" if is_manifest => Kind::Manifest,
                    _ if depth < DEPTH => {
                        depth += 1;
                        continue;
                    }
                    _ => return Err(at),
                };
                let name = start.name().as_ref().to_owned();
                keep(kind, &inner_text(&mut reader, &name).ok_or(at)?, at, found);
            }
            _ => {}
        }
    }
}

/// The elements whose text is kept.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Title,
    Description,
    Manifest,
}

/// Of each kind the first counts.
fn keep(kind: Kind, text: &str, at: u64, found: &mut Found) {
    match kind {
        Kind::Title if found.title.is_none() => found.title = text::tidy(text),
        Kind::Description if found.description.is_none() => found.description = text::tidy(text),
        Kind::Manifest if found.decoded_manifest.is_none() => {
            found.decoded_manifest = Some(Packet { at, bytes: text::unbase64(text) });
        }
        _ => {}
    }
}

/// The text up to the end of the element `name`, markup in it left out.
fn inner_text(reader: &mut NsReader<&[u8]>, name: &str) -> Option<String> {
    let mut inner = String::new();
    let mut depth = 1;
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(start) if start.name().as_ref() == name => depth += 1,
            Event::End(end) if end.name().as_ref() == name => {
                depth -= 1;
                if depth == 0 {
                    return Some(inner.trim().to_owned());
                }
            }
            event => text::push_text(&mut inner, &event),
        }
    }
}
