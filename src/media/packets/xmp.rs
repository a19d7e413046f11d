//! XMP packets: the properties that claims are made of.

use super::rdf::{self, Item, Value};
use super::text;
use crate::domain::claims::{ANY_LANGUAGE, Licensor, Texts};
use crate::media::found::{Found, Packet};

/// What the packets of one file say, in their own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::media) struct Fields {
    pub alt: Texts,
    pub extended_description: Texts,
    pub title: Texts,
    pub description: Texts,
    pub keywords: Vec<String>,
    pub creators: Vec<String>,
    pub credit: Option<String>,
    pub rights: Texts,
    pub usage_terms: Texts,
    pub web_statement: Option<String>,
    pub licensors: Vec<Licensor>,
    pub source_type: Option<String>,
    pub tool: Option<String>,
    /// Where a C2PA manifest is said to be.
    pub provenance: Option<String>,
    /// The digest of the extended XMP that goes with the packet.
    pub extended: Option<String>,
    pub user_comment: Option<String>,
    /// IPTC 2025.1: what was asked of a generative model, and of which.
    pub ai_prompt: Option<String>,
    pub ai_system: Option<String>,
}

fn is_wanted(space: &str, name: &str) -> bool {
    let names: &[&str] = match space {
        "dc" => &["title", "description", "subject", "creator", "rights"],
        "dcterms" => &["provenance"],
        "exif" => &["UserComment"],
        "Iptc4xmpCore" => &["AltTextAccessibility", "ExtDescrAccessibility"],
        "Iptc4xmpExt" => &["DigitalSourceType", "AIPromptInformation", "AISystemUsed"],
        "photoshop" => &["Credit"],
        "plus" => &["Licensor"],
        "xmp" => &["CreatorTool"],
        "xmpNote" => &["HasExtendedXMP"],
        "xmpRights" => &["UsageTerms", "WebStatement"],
        _ => &[],
    };
    names.contains(&name)
}

impl Fields {
    /// Adds what a packet says. Of what is said twice, the last counts.
    pub(in crate::media) fn add(&mut self, packet: &Packet, found: &mut Found) {
        let markup = text::decode_markup(&packet.bytes);
        let markup = markup.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        let read = rdf::read(markup, is_wanted);
        if let Some(at) = read.broken_at {
            found.defect(packet.at.saturating_add(at), "the XMP is not well-formed");
        }
        for ((_, name), value) in read.values {
            self.take(&name, value);
        }
    }

    fn take(&mut self, name: &str, item: Item) {
        match name {
            "AltTextAccessibility" => keep_texts(&mut self.alt, item),
            "ExtDescrAccessibility" => keep_texts(&mut self.extended_description, item),
            "title" => keep_texts(&mut self.title, item),
            "description" => keep_texts(&mut self.description, item),
            "rights" => keep_texts(&mut self.rights, item),
            "UsageTerms" => keep_texts(&mut self.usage_terms, item),
            "subject" => keep_all(&mut self.keywords, all(item.value)),
            "creator" => keep_all(&mut self.creators, all(item.value)),
            "Credit" => keep(&mut self.credit, item),
            "WebStatement" => keep(&mut self.web_statement, item),
            "Licensor" => keep_all(&mut self.licensors, licensors(item.value)),
            "DigitalSourceType" => keep(&mut self.source_type, item),
            "CreatorTool" => keep(&mut self.tool, item),
            "provenance" => keep(&mut self.provenance, item),
            "HasExtendedXMP" => keep(&mut self.extended, item),
            "UserComment" => keep(&mut self.user_comment, item),
            "AIPromptInformation" => keep(&mut self.ai_prompt, item),
            "AISystemUsed" => keep(&mut self.ai_system, item),
            _ => {}
        }
    }
}

fn keep(field: &mut Option<String>, item: Item) {
    if let Some(text) = all(item.value).into_iter().next() {
        *field = Some(text);
    }
}

fn keep_all<T>(field: &mut Vec<T>, values: Vec<T>) {
    if !values.is_empty() {
        *field = values;
    }
}

/// Of two texts in one language, the last counts, whatever kind of list they stand in.
fn keep_texts(field: &mut Texts, item: Item) {
    let items = match item {
        Item { value: Value::List(items), .. } => items,
        item => vec![item],
    };
    for Item { language, value } in items {
        let language =
            language.map_or_else(|| ANY_LANGUAGE.to_owned(), |tag| tag.replace('_', "-"));
        if let Some(text) = all(value).into_iter().next() {
            field.0.insert(language, text);
        }
    }
}

/// The texts that are not blank.
fn all(value: Value) -> Vec<String> {
    match value {
        Value::Text(text) => text::tidy(&text).into_iter().collect(),
        Value::List(items) => items.into_iter().flat_map(|item| all(item.value)).collect(),
        Value::Fields(_) => Vec::new(),
    }
}

fn licensors(value: Value) -> Vec<Licensor> {
    let values = match value {
        Value::List(items) => items.into_iter().map(|item| item.value).collect(),
        value => vec![value],
    };
    let licensors = values.into_iter().map(|value| {
        let Value::Fields(mut fields) = value else { return Licensor::default() };
        let mut field = |name| fields.remove(name).and_then(|value| all(value).into_iter().next());
        Licensor { name: field("LicensorName"), url: field("LicensorURL") }
    });
    licensors.filter(|licensor| *licensor != Licensor::default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a description with these attributes and this inner markup.
    fn fields(attributes: &str, inner: &str) -> Fields {
        let markup = format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns:a='http://purl.org/dc/elements/1.1/' xmlns:p='http://ns.useplus.org/ldf/xmp/1.0/' \
             xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'>\
             <rdf:RDF><rdf:Description {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>"
        );
        let (mut fields, mut found) = (Fields::default(), Found::default());
        fields.add(&Packet { at: 0, bytes: markup.into_bytes() }, &mut found);
        assert_eq!(found.defects, []);
        fields
    }

    #[test]
    fn a_text_may_stand_in_every_form_that_rdf_allows() {
        let said = "Tea & \u{2014} tin";
        for (attributes, inner) in [
            ("a:title='Tea &amp; &#x2014; tin'", ""),
            ("", "<a:title>Tea &amp; &#x2014; tin</a:title>"),
            ("", "<a:title><![CDATA[Tea & ]]>\u{2014} tin</a:title>"),
            (
                "",
                "<a:title> <rdf:Alt><rdf:li xml:lang='x-default'>Tea &amp; \u{2014} tin</rdf:li></rdf:Alt></a:title>",
            ),
            (
                "",
                "<a:title rdf:parseType='Resource'><rdf:value>Tea &amp; \u{2014} tin</rdf:value><a:note>x</a:note></a:title>",
            ),
            ("", "<a:title rdf:resource='Tea &amp; \u{2014} tin'/>"),
            ("", "<a:title a:note='x'>Tea &amp; \u{2014} tin</a:title>"),
            (
                "xmlns:dc='urn:other'",
                "<a:title>Tea &amp; \u{2014} tin</a:title><dc:title>other</dc:title>",
            ),
        ] {
            assert_eq!(fields(attributes, inner).title.any(), Some(said), "{attributes} {inner}");
        }
    }

    #[test]
    fn languages_and_lists_keep_their_order_and_lose_their_blanks() {
        let found = fields(
            "",
            "<a:rights><rdf:Alt><rdf:li xml:lang='de'>Rechte</rdf:li><rdf:li xml:lang='fr'> </rdf:li>\
             </rdf:Alt></a:rights><a:subject><rdf:Bag><rdf:li>tin</rdf:li><rdf:li/><rdf:li>oak</rdf:li>\
             </rdf:Bag></a:subject>",
        );
        assert_eq!(
            found.rights.0.into_iter().collect::<Vec<_>>(),
            [("de".to_owned(), "Rechte".to_owned())]
        );
        assert_eq!(found.keywords, ["tin", "oak"]);
    }

    #[test]
    fn a_licensor_is_read_in_both_forms_of_a_structure() {
        let named =
            Licensor { name: Some("Ada".to_owned()), url: Some("https://a.example".to_owned()) };
        for inner in [
            "<p:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'><p:LicensorName>Ada</p:LicensorName>\
             <p:LicensorURL>https://a.example</p:LicensorURL></rdf:li></rdf:Seq></p:Licensor>",
            "<p:Licensor><rdf:Seq><rdf:li><rdf:Description p:LicensorName='Ada' \
             p:LicensorURL='https://a.example'/></rdf:li></rdf:Seq></p:Licensor>",
            "<p:Licensor><rdf:Bag><rdf:li p:LicensorName='Ada' p:LicensorURL='https://a.example'/>\
             </rdf:Bag></p:Licensor>",
        ] {
            assert_eq!(fields("", inner).licensors, std::slice::from_ref(&named), "{inner}");
        }
    }

    #[test]
    fn an_undeclared_prefix_means_what_it_looks_like() {
        let found =
            fields("", "<Iptc4xmpExt:DigitalSourceType>digitalArt</Iptc4xmpExt:DigitalSourceType>");
        assert_eq!(found.source_type.as_deref(), Some("digitalArt"));
    }

    #[test]
    fn packets_in_utf_16_and_before_a_break_are_read() {
        let markup = "\u{feff}<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
                      xmlns:a='http://purl.org/dc/elements/1.1/'><a:title>Grün</a:title></rdf:Description>";
        let bytes: Vec<u8> = markup.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let (mut fields, mut found) = (Fields::default(), Found::default());
        fields.add(&Packet { at: 7, bytes }, &mut found);
        assert_eq!(fields.title.any(), Some("Grün"));
        assert_eq!(found.defects.len(), 1);
    }
}
