//! Content credentials: the C2PA manifest store in JUMBF boxes (ISO 19566-5, C2PA 2.2).
//!
//! Only the newest manifest is looked into, and of it the claim and what says how the picture came
//! to be. Nothing is verified here: that credentials are there says nothing about their truth.

use super::cbor::{self, Value};
use crate::media::found::{Extent, Found};
use crate::media::source::Source;

/// The most boxes that are looked at in one box.
const BOXES: u32 = 1_024;
/// The longest claim or assertion that is read.
const LONGEST: u64 = 256 * 1024;
/// The most digital source types that are kept.
const SOURCE_TYPES: usize = 16;

/// What the newest manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::media) struct Manifest {
    pub generator: Option<String>,
    pub source_types: Vec<String>,
}

/// Whether the superbox whose content begins at `at` is called a C2PA store: the description box
/// comes first, its label after header, type and toggles. The same boxes hold other things too.
pub(in crate::media) fn is_store(source: &mut Source<'_>, at: u64) -> bool {
    source.array(at + 8 + 16 + 1) == Some(*b"c2pa\0")
}

/// Reads the store that lies in `parts` of the file. Its breaks are defects.
pub(in crate::media) fn read(
    source: &mut Source<'_>,
    parts: &[Extent],
    found: &mut Found,
) -> Manifest {
    let at = parts.first().map_or(0, |part| part.at);
    let mut starts = Vec::with_capacity(parts.len());
    let mut length = 0;
    for part in parts {
        starts.push((length, *part));
        length += part.length;
    }
    let mut store = Store { source, parts: starts, length, whole: true };
    let manifest = store.manifest();
    if manifest.is_none() || !store.whole {
        found.defect(at, "the content credentials are cut off or cannot be read");
    }
    manifest.unwrap_or_default()
}

/// The parts as one run of bytes.
struct Store<'s, 'a> {
    source: &'s mut Source<'a>,
    parts: Vec<(u64, Extent)>,
    length: u64,
    whole: bool,
}

struct Part {
    name: [u8; 4],
    body: Extent,
}

/// A superbox: what its description box says, and the boxes after that.
struct Super {
    label: String,
    content: Extent,
}

impl Store<'_, '_> {
    fn bytes(&mut self, at: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut at = at;
        while bytes.len() < length {
            let next = self.parts.partition_point(|(start, _)| *start <= at);
            let (start, part) = *self.parts.get(next.checked_sub(1)?)?;
            let within = at - start;
            let left = usize::try_from(part.length.checked_sub(within)?).ok()?;
            let count = left.min(length - bytes.len());
            if count == 0 {
                return None;
            }
            bytes.extend(self.source.bytes(part.at + within, count)?);
            at += count as u64;
        }
        Some(bytes)
    }

    fn children(&mut self, within: Extent) -> Vec<Part> {
        let end = within.at + within.length;
        let mut at = within.at;
        let mut parts = Vec::new();
        for _ in 0..BOXES {
            if at >= end {
                break;
            }
            let Some((part, next)) = self.part(at, end) else {
                self.whole = false;
                break;
            };
            parts.push(part);
            at = next;
        }
        parts
    }

    fn part(&mut self, at: u64, end: u64) -> Option<(Part, u64)> {
        let header = self.bytes(at, 8)?;
        let (length, name) = (header.first_chunk().copied()?, header.last_chunk().copied()?);
        let (skip, length) = match u32::from_be_bytes(length) {
            0 => (8, end - at),
            1 => {
                let length = self.bytes(at + 8, 8)?;
                (16, u64::from_be_bytes(*length.first_chunk()?))
            }
            length => (8, length.into()),
        };
        let next = at.checked_add(length).filter(|next| length >= skip && *next <= end)?;
        Some((Part { name, body: Extent { at: at + skip, length: length - skip } }, next))
    }

    /// The label stands in the description box after type and toggles.
    fn superbox(&mut self, part: &Part) -> Option<Super> {
        if &part.name != b"jumb" {
            return None;
        }
        let body = part.body;
        let (description, next) = self.part(body.at, body.at + body.length)?;
        if &description.name != b"jumd" {
            return None;
        }
        let length = description.body.length.min(512);
        let bytes = self.bytes(description.body.at, usize::try_from(length).ok()?)?;
        let label = bytes.get(17..)?.split(|byte| *byte == 0).next()?;
        let label = String::from_utf8_lossy(label).into_owned();
        let content = Extent { at: next, length: body.at + body.length - next };
        Some(Super { label, content })
    }

    fn superboxes(&mut self, within: Extent) -> Vec<Super> {
        let parts = self.children(within);
        parts.iter().filter_map(|part| self.superbox(part)).collect()
    }

    /// The newest manifest is the last one in the last store.
    fn manifest(&mut self) -> Option<Manifest> {
        let all = Extent { at: 0, length: self.length };
        let store = self.superboxes(all).into_iter().rfind(|store| store.label == "c2pa")?;
        let newest = self.superboxes(store.content).pop()?;
        let mut manifest = Manifest::default();
        let mut claims = 0_u32;
        for part in self.superboxes(newest.content) {
            if part.label.starts_with("c2pa.claim") {
                claims += 1;
                manifest.generator = self.value(part.content).as_ref().and_then(generator);
            } else if part.label == "c2pa.assertions" {
                self.assertions(part.content, &mut manifest);
            }
        }
        manifest.source_types.sort_unstable();
        manifest.source_types.dedup();
        (claims > 0).then_some(manifest)
    }

    fn assertions(&mut self, within: Extent, manifest: &mut Manifest) {
        for assertion in self.superboxes(within) {
            if !assertion.label.starts_with("c2pa.actions") {
                continue;
            }
            let Some(value) = self.value(assertion.content) else { continue };
            value.visit_texts("digitalSourceType", &mut |found| {
                let found = found.trim();
                if !found.is_empty() && manifest.source_types.len() < SOURCE_TYPES {
                    manifest.source_types.push(found.to_owned());
                }
            });
        }
    }

    /// The CBOR content of a superbox.
    fn value(&mut self, within: Extent) -> Option<Value> {
        let part = self.children(within).into_iter().find(|part| &part.name == b"cbor")?;
        let length = Some(part.body.length).filter(|length| *length <= LONGEST)?;
        let bytes = self.bytes(part.body.at, usize::try_from(length).ok()?)?;
        let value = cbor::decode(&bytes);
        self.whole &= value.is_some();
        value
    }
}

/// The name in `claim_generator_info` (a map since version 2, a list before), else the text of
/// `claim_generator`.
fn generator(claim: &Value) -> Option<String> {
    let named = claim.field("claim_generator_info").and_then(|info| {
        let first = info.items().first().unwrap_or(info);
        first.field("name")?.text().map(str::to_owned)
    });
    named.or_else(|| claim.field("claim_generator")?.text().map(str::to_owned))
}
