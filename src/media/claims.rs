//! One file's claims, put together from all the places where they stand.
//!
//! XMP comes before IPTC-IIM, and that before EXIF and texts of the container: the order of
//! `docs/embedded-metadata.md`.

use std::io::{Cursor, Read, Seek};

use super::containers::{gif, isobmff, jpeg, png, svg, tiff, webp};
use super::found::{Extent, Found, Keyed, Packet};
use super::packets::{exif, iim, jumbf, text, xmp};
use super::prompts;
use super::source::Source;
use crate::domain::claims::{Claims, Credentials, Defect, Generation, Generator, Texts};

/// The kinds of file that claims are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Container {
    Jpeg,
    Png,
    WebP,
    /// AVIF, HEIF, and JPEG XL in boxes.
    IsoBmff,
    Tiff,
    Gif,
    Svg,
    /// An XMP packet as a file of its own: `photo.jpg.xmp`.
    Sidecar,
    /// A C2PA manifest store as a file of its own: `photo.c2pa`.
    Manifest,
}

impl Container {
    /// Tells the kind by the first bytes; 512 are enough. A picture that is broken behind its magic
    /// bytes is still of its kind.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xd8, 0xff, ..] | [0xff, 1, b'E', b'x', b'i', b'v', b'2', ..] => {
                Some(Self::Jpeg)
            }
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some(Self::IsoBmff),
            [_, _, _, _, b'j', b'u', b'm', b'b', ..] => Some(Self::Manifest),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
                is_picture(brand).then_some(Self::IsoBmff)
            }
            _ => markup(head),
        }
    }
}

/// Brands of still pictures; the same boxes hold films.
fn is_picture(brands: &[u8]) -> bool {
    const PICTURES: [&[u8]; 9] =
        [b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"hevc", b"miaf"];
    brands.chunks_exact(4).take(16).any(|brand| PICTURES.contains(&brand))
}

fn markup(head: &[u8]) -> Option<Container> {
    let text = text::decode_markup(head);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !text.starts_with('<') {
        return None;
    }
    let at = |mark: &str| text.find(mark);
    if text.contains("<!DOCTYPE svg") {
        return Some(Container::Svg);
    }
    let packet = [at("<?xpacket"), at("<x:xmpmeta"), at("adobe:ns:meta/"), at("<rdf:RDF")];
    match (packet.into_iter().flatten().min(), at("<svg").or(at(":svg"))) {
        (Some(packet), Some(svg)) if svg < packet => Some(Container::Svg),
        (Some(_), _) => Some(Container::Sidecar),
        (None, Some(_)) => Some(Container::Svg),
        (None, None) => None,
    }
}

/// Reads what a file says about itself; the file's name plays no part.
///
/// `None` if it is of no kind that claims are read from. Pixels are passed over, and memory, reads
/// and time are bounded whatever the bytes are; what cannot be read on is among the defects.
pub fn read_claims(file: &mut (impl Read + Seek)) -> Option<Claims> {
    let mut source = Source::new(file);
    let length = usize::try_from(source.length().min(512)).unwrap_or(0);
    let head = source.bytes(0, length)?;
    Container::of(&head).map(|container| claims_in(container, &mut source))
}

/// [`read_claims`] of what is known to be of a kind, whatever its first bytes are.
pub fn read_claims_as(container: Container, file: &mut (impl Read + Seek)) -> Claims {
    claims_in(container, &mut Source::new(file))
}

fn claims_in(container: Container, source: &mut Source<'_>) -> Claims {
    let mut whole = None;
    let mut found = match container {
        Container::Jpeg => jpeg::read(source),
        Container::Png => png::read(source),
        Container::WebP => webp::read(source),
        Container::IsoBmff => isobmff::read(source),
        Container::Gif => gif::read(source),
        Container::Svg => svg::read(source),
        Container::Tiff => {
            let (found, fields) = tiff::read(source);
            whole = Some(fields);
            found
        }
        Container::Sidecar => sidecar(source),
        Container::Manifest => {
            let mut found = Found::default();
            found.add_manifest(Extent { at: 0, length: source.length() });
            found
        }
    };
    if source.is_spent() {
        found.defect(0, "the file has more parts than are looked at");
    }
    assemble(source, found, whole)
}

fn sidecar(source: &mut Source<'_>) -> Found {
    let mut found = Found::default();
    let part = Extent { at: 0, length: source.length() };
    let packet = found.read(source, part);
    found.xmp.extend(packet);
    found
}

fn assemble(source: &mut Source<'_>, mut found: Found, whole: Option<exif::Fields>) -> Claims {
    let mut exif = whole.unwrap_or_default();
    for packet in std::mem::take(&mut found.exif) {
        exif.add(exif_packet(&packet, &mut found));
    }
    let iim = iim_fields(&mut found);
    let xmp = xmp_fields(&mut found);
    let credentials = credentials(source, &mut found, xmp.provenance.clone());
    let generation = generation(&found, &exif, &xmp);
    // Of a key that stands twice, the last counts.
    let software = found.texts.iter().rfind(|text| text.key.eq_ignore_ascii_case("Software"));
    let mut defects: Vec<Defect> = found.defects.clone();
    defects.sort_unstable();
    defects.dedup();
    Claims {
        alt: xmp.alt,
        extended_description: xmp.extended_description,
        title: texts(xmp.title, [iim.title, found.title.clone()]),
        description: texts(
            xmp.description,
            [iim.caption, described(exif.description).or(found.description.clone())],
        ),
        keywords: first_full(xmp.keywords, iim.keywords),
        creators: first_full(
            first_full(xmp.creators, iim.creators),
            exif.artist.into_iter().collect(),
        ),
        credit: xmp.credit.or(iim.credit),
        copyright: texts(xmp.rights, [iim.copyright, exif.copyright]),
        usage_terms: xmp.usage_terms,
        rights_url: xmp.web_statement,
        licensors: xmp.licensors,
        source_type: xmp.source_type,
        released_on: iim.released_on,
        expires_on: iim.expires_on,
        tool: xmp.tool.or(exif.software).or_else(|| text::tidy(&software?.text)),
        generation,
        credentials,
        defects,
    }
}

/// Graphs of nodes that savers put there describe no picture.
fn described(text: Option<String>) -> Option<String> {
    text.filter(|text| prompts::generation(&[keyed("ImageDescription", Some(text))]).is_none())
}

fn keyed(key: &str, text: Option<&String>) -> Keyed {
    Keyed { key: key.to_owned(), text: text.cloned().unwrap_or_default() }
}

fn texts(first: Texts, others: [Option<String>; 2]) -> Texts {
    if !first.is_empty() {
        return first;
    }
    others.into_iter().flatten().next().map_or_else(Texts::default, Texts::plain)
}

fn first_full(first: Vec<String>, second: Vec<String>) -> Vec<String> {
    if first.is_empty() { second } else { first }
}

/// Some programs put the mark of a JPEG segment before the TIFF structure, whatever the container.
fn exif_packet(packet: &Packet, found: &mut Found) -> exif::Fields {
    let marked = packet.bytes.strip_prefix(b"Exif\0\0");
    let (at, bytes) = marked.map_or((0, packet.bytes.as_slice()), |bytes| (6, bytes));
    let mut bytes = Cursor::new(bytes);
    exif::read(&mut Source::new(&mut bytes), found, exif::Whole::Packet(packet.at + at))
}

/// The first packet that says anything counts.
fn iim_fields(found: &mut Found) -> iim::Fields {
    let mut packets = std::mem::take(&mut found.iim);
    for resources in std::mem::take(&mut found.resources) {
        packets.extend(iim::in_resources(&resources, found));
    }
    let mut fields = packets.iter().map(|packet| iim::read(packet, found));
    fields.find(|fields| *fields != iim::Fields::default()).unwrap_or_default()
}

/// All packets, then the extended one that the first ones name.
fn xmp_fields(found: &mut Found) -> xmp::Fields {
    let mut fields = xmp::Fields::default();
    for packet in std::mem::take(&mut found.xmp) {
        fields.add(&packet, found);
    }
    let extended = std::mem::take(&mut found.extended_xmp);
    let named = extended.into_iter().find(|(digest, _)| Some(digest) == fields.extended.as_ref());
    if let Some((_, packet)) = named {
        fields.add(&packet, found);
    }
    fields
}

/// `self#jumbf=…` points into the file itself: without a manifest there, it names none.
fn credentials(
    source: &mut Source<'_>,
    found: &mut Found,
    provenance: Option<String>,
) -> Option<Credentials> {
    let remote = provenance.filter(|address| {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        matches!(scheme.as_deref(), Some("http" | "https"))
    });
    let manifest = match found.decoded_manifest.take() {
        Some(packet) => {
            let whole = Extent { at: 0, length: packet.bytes.len() as u64 };
            let mut bytes = Cursor::new(packet.bytes);
            Some(jumbf::read(&mut Source::new(&mut bytes), &[whole], found))
        }
        None if found.manifest.is_empty() => None,
        None => {
            let parts = std::mem::take(&mut found.manifest);
            Some(jumbf::read(source, &parts, found))
        }
    };
    let embedded = manifest.is_some();
    let jumbf::Manifest { generator, source_types } = manifest.unwrap_or_default();
    (embedded || remote.is_some()).then_some(Credentials {
        embedded,
        generator,
        source_types,
        remote,
        validity: None,
    })
}

fn generation(found: &Found, exif: &exif::Fields, xmp: &xmp::Fields) -> Option<Generation> {
    let mut texts = found.texts.clone();
    for (key, text) in [
        ("UserComment", &exif.user_comment),
        ("UserComment", &xmp.user_comment),
        ("ImageDescription", &exif.description),
        ("Make", &exif.make),
        ("Model", &exif.model),
        ("Software", &exif.software),
    ] {
        texts.extend(text.is_some().then(|| keyed(key, text.as_ref())));
    }
    let disclosed = || {
        let (prompt, model) = (xmp.ai_prompt.clone(), xmp.ai_system.clone());
        (prompt.is_some() || model.is_some()).then_some(Generation {
            generator: Generator::Other,
            prompt,
            negative_prompt: None,
            model,
            seed: None,
        })
    };
    prompts::generation(&texts).or_else(disclosed)
}
