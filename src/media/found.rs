//! What the readers of containers hand on: the metadata as it lies in the file, unread, with where
//! it was.

use super::packets::text;
use super::source::Source;
use crate::domain::claims::Defect;

/// The longest piece of metadata that is read.
pub(super) const LONGEST: u64 = 4 * 1024 * 1024;
/// The most metadata that is kept of one file.
const ROOM: u64 = 8 * 1024 * 1024;
/// The most defects that are told of one file.
const DEFECTS: usize = 20;
/// The most parts that content credentials may be scattered over.
const EXTENTS: usize = 65_536;

/// Bytes and where they began in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Packet {
    pub at: u64,
    pub bytes: Vec<u8>,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub at: u64,
    pub length: u64,
}

/// A text with the keyword that it stands under, such as PNG's `parameters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keyed {
    pub key: String,
    pub text: String,
}

/// All metadata of one file.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub xmp: Vec<Packet>,
    /// Extended XMP by its digest (XMP specification part 3, 1.1.3.1).
    pub extended_xmp: Vec<(String, Packet)>,
    /// TIFF structures.
    pub exif: Vec<Packet>,
    /// IPTC-IIM data sets.
    pub iim: Vec<Packet>,
    /// Photoshop image resources.
    pub resources: Vec<Packet>,
    pub texts: Vec<Keyed>,
    /// The parts of the file that together are the C2PA manifest store.
    pub manifest: Vec<Extent>,
    /// A manifest store that does not lie in the file as such: SVG has it in base64.
    pub decoded_manifest: Option<Packet>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub defects: Vec<Defect>,
    kept: u64,
}

impl Found {
    pub(super) fn defect(&mut self, at: u64, what: impl Into<String>) {
        if self.defects.len() < DEFECTS {
            self.defects.push(Defect { offset: at, what: what.into() });
        }
    }

    /// Reads a piece of metadata. One that is too long, or not all there, is a defect.
    pub(super) fn read(&mut self, source: &mut Source<'_>, part: Extent) -> Option<Packet> {
        if !source.holds(part.at, part.length) {
            self.defect(part.at, "the file ends within its metadata");
            return None;
        }
        if !self.has_room(part.length) {
            self.defect(part.at, format!("metadata of {} bytes is not read", part.length));
            return None;
        }
        let bytes = source.bytes(part.at, usize::try_from(part.length).ok()?);
        if bytes.is_none() {
            self.defect(part.at, "the file cannot be read on");
        }
        bytes.map(|bytes| Packet { at: part.at, bytes })
    }

    /// Whether so much more may be kept; if so, it counts as kept.
    pub(super) fn has_room(&mut self, bytes: u64) -> bool {
        let fits = bytes <= LONGEST && self.kept + bytes <= ROOM;
        if fits {
            self.kept += bytes;
        }
        fits
    }

    /// Keeps the text of a container that has comments without keywords.
    pub(super) fn comment(&mut self, bytes: &[u8]) {
        self.texts.push(Keyed { key: "Comment".to_owned(), text: text::decode(bytes) });
    }

    pub(super) fn add_manifest(&mut self, part: Extent) {
        if self.manifest.len() < EXTENTS && part.length > 0 {
            self.manifest.push(part);
        }
    }
}
