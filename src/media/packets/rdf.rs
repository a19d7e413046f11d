//! RDF in XML, as XMP writes it (XMP specification part 1, C.2), into the properties that are wanted.
//!
//! What precedes a break is kept. No entity is ever expanded, whatever a document type declares;
//! depth, texts and numbers are bounded.

use std::collections::BTreeMap;

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::text::{attribute_value, push_text};

/// The deepest value that is read.
const DEPTH: u32 = 24;
/// The most properties and list items that are kept of one packet.
const VALUES: u32 = 20_000;
/// The longest text of one value.
const LONGEST: usize = 1024 * 1024;

const RDF: &str = "rdf";

/// The namespaces that claims come from, with the prefix that this program calls them by.
const SPACES: &[(&str, &str)] = &[
    (RDF, "http://www.w3.org/1999/02/22-rdf-syntax-ns"),
    ("dc", "http://purl.org/dc/elements/1.1"),
    ("dcterms", "http://purl.org/dc/terms"),
    ("exif", "http://ns.adobe.com/exif/1.0"),
    ("Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns"),
    ("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29"),
    ("photoshop", "http://ns.adobe.com/photoshop/1.0"),
    ("plus", "http://ns.useplus.org/ldf/xmp/1.0"),
    ("xmp", "http://ns.adobe.com/xap/1.0"),
    ("xmpNote", "http://ns.adobe.com/xmp/note"),
    ("xmpRights", "http://ns.adobe.com/xap/1.0/rights"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Item>),
    Fields(BTreeMap<String, Value>),
}

/// One of a list, in a language if it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub language: Option<String>,
    pub value: Value,
}

/// A name such as `dc:title`, whatever prefix the packet uses.
pub(super) type Name = (&'static str, String);

/// What was read, and where the text breaks off if it does.
#[derive(Debug, Default)]
pub(super) struct Properties {
    pub values: Vec<(Name, Item)>,
    pub broken_at: Option<u64>,
}

/// Reads the properties that `wanted` wants.
pub(super) fn read(text: &str, wanted: fn(&str, &str) -> bool) -> Properties {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let mut reading = Reading { reader, wanted, values: Vec::new(), left: VALUES };
    let end = reading.document();
    let broken_at = end.is_none().then(|| reading.reader.error_position());
    Properties { values: reading.values, broken_at }
}

struct Reading<'t> {
    reader: NsReader<&'t [u8]>,
    wanted: fn(&str, &str) -> bool,
    values: Vec<(Name, Item)>,
    left: u32,
}

/// The attributes of a property that say something about its value.
#[derive(Default)]
struct Manner {
    language: Option<String>,
    resource: Option<String>,
    is_struct: bool,
    fields: BTreeMap<String, Value>,
}

impl<'t> Reading<'t> {
    /// `None` where the markup breaks off.
    fn document(&mut self) -> Option<()> {
        loop {
            let (name, event) = self.next()?;
            match event {
                Event::Eof => return Some(()),
                Event::Start(_) if is(name.as_ref(), "RDF") => self.nodes()?,
                _ => {}
            }
        }
    }

    /// The next event with the name of an element that begins.
    fn next(&mut self) -> Option<(Option<Name>, Event<'t>)> {
        let (space, event) = self.reader.read_resolved_event().ok()?;
        let space = space_of(&space);
        let name = match &event {
            Event::Start(start) => Some((space, start.local_name().as_ref().to_owned())),
            _ => None,
        };
        Some((name, event))
    }

    /// The descriptions in `rdf:RDF`. Nodes of a type of their own, such as `cc:Work`, describe
    /// something else than the file in its own words.
    fn nodes(&mut self) -> Option<()> {
        loop {
            let (name, event) = self.next()?;
            match event {
                Event::Start(node) if is(name.as_ref(), "Description") => self.node(&node)?,
                Event::Start(node) => self.skip(&node)?,
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    fn node(&mut self, node: &BytesStart<'t>) -> Option<()> {
        for (name, value) in self.attributes(node) {
            if (self.wanted)(name.0, &name.1) {
                self.keep(name, Item { language: None, value: Value::Text(value) })?;
            }
        }
        loop {
            let (name, event) = self.next()?;
            match event {
                Event::Start(start) => {
                    let name = name.filter(|name| (self.wanted)(name.0, &name.1));
                    match name {
                        Some(name) => {
                            let value = self.value(&start, DEPTH)?;
                            self.keep(name, value)?;
                        }
                        None => self.skip(&start)?,
                    }
                }
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    fn keep(&mut self, name: Name, value: Item) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        self.values.push((name, value));
        Some(())
    }

    fn skip(&mut self, start: &BytesStart<'t>) -> Option<()> {
        self.reader.read_to_end(start.name()).ok().map(|_| ())
    }

    /// The value of a property whose start tag was read, up to its end tag.
    fn value(&mut self, start: &BytesStart<'t>, depth: u32) -> Option<Item> {
        let depth = depth.checked_sub(1)?;
        let Manner { language, resource, is_struct, mut fields } = self.manner(start);
        let mut text = String::new();
        let mut list = None;
        loop {
            let (name, event) = self.next()?;
            match event {
                Event::Start(child) => match name {
                    Some((RDF, name)) if matches!(name.as_str(), "Bag" | "Seq" | "Alt") => {
                        list.get_or_insert_with(Vec::new).extend(self.items(depth)?);
                    }
                    Some((_, name)) if is_struct => {
                        self.left = self.left.checked_sub(1)?;
                        fields.insert(name, self.value(&child, depth)?.value);
                    }
                    _ => self.struct_node(&child, &mut fields, depth)?,
                },
                Event::End(_) => break,
                Event::Eof => return None,
                event if text.len() < LONGEST => push_text(&mut text, &event),
                _ => {}
            }
        }
        let value = match (list, resource) {
            (Some(items), _) => Value::List(items),
            (None, Some(resource)) => Value::Text(resource),
            // A qualified value: what is said about it in other fields is not wanted.
            _ if fields.contains_key("value") => fields.remove("value")?,
            _ if !fields.is_empty() && text.trim().is_empty() => Value::Fields(fields),
            _ => Value::Text(text),
        };
        Some(Item { language, value })
    }

    /// The items of a list whose start tag was read.
    fn items(&mut self, depth: u32) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            match self.next()?.1 {
                Event::Start(item) => {
                    self.left = self.left.checked_sub(1)?;
                    items.push(self.value(&item, depth)?);
                }
                Event::End(_) => return Some(items),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// A description within a property: its attributes and elements are fields.
    fn struct_node(
        &mut self,
        node: &BytesStart<'t>,
        fields: &mut BTreeMap<String, Value>,
        depth: u32,
    ) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let attributes = self.attributes(node);
        fields.extend(attributes.into_iter().map(|(name, value)| (name.1, Value::Text(value))));
        loop {
            let (name, event) = self.next()?;
            match event {
                Event::Start(child) => {
                    self.left = self.left.checked_sub(1)?;
                    let value = self.value(&child, depth)?.value;
                    fields.insert(name?.1, value);
                }
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    fn manner(&self, start: &BytesStart<'t>) -> Manner {
        let mut manner = Manner::default();
        for attribute in start.attributes().flatten() {
            if attribute.key.as_ref() == "xml:lang" {
                manner.language = Some(attribute_value(&attribute.value));
            }
        }
        for ((space, name), value) in self.attributes(start) {
            match (space, name.as_str()) {
                (RDF, "resource") => manner.resource = Some(value),
                (RDF, "parseType") => manner.is_struct = value == "Resource",
                (RDF, other) if other != "value" => {}
                _ => {
                    manner.fields.insert(name, Value::Text(value));
                }
            }
        }
        manner
    }

    /// The attributes but those of XML itself.
    fn attributes(&self, start: &BytesStart<'t>) -> Vec<(Name, String)> {
        let attributes = start.attributes().flatten().filter(|attribute| {
            let name = attribute.key.as_ref();
            !name.starts_with("xmlns") && !name.starts_with("xml:")
        });
        let named = attributes.map(|attribute| {
            let (space, name) = self.reader.resolver().resolve_attribute(attribute.key);
            let name = (space_of(&space), name.as_ref().to_owned());
            (name, attribute_value(&attribute.value))
        });
        named.take(1_024).collect()
    }
}

fn is(name: Option<&Name>, local: &str) -> bool {
    name.is_some_and(|(space, name)| *space == RDF && name == local)
}

/// The prefix that this program uses; `""` for a namespace that nothing is wanted of. A prefix that
/// the packet forgot to declare is taken for what it looks like.
fn space_of(space: &ResolveResult<'_>) -> &'static str {
    let found = match space {
        ResolveResult::Bound(bound) => {
            let uri = bound.0.trim_end_matches(['/', '#']);
            SPACES.iter().find(|(_, known)| *known == uri)
        }
        ResolveResult::Unknown(prefix) => SPACES.iter().find(|(known, _)| known == prefix),
        ResolveResult::Unbound => None,
    };
    found.map_or("", |(prefix, _)| prefix)
}
