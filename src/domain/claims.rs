//! What a file says about itself, kept apart from the facts that people reviewed.
//!
//! A claim is what somebody wrote into the bytes, or into the sidecar beside them. It may be out of
//! date, copied from another picture or a lie: it is shown, compared and proposed, and never becomes
//! a fact by itself.

use std::collections::BTreeMap;
use std::fmt;

/// Grows when readers learn to read more, so that files are looked into again.
pub const EDITION: i64 = 1;

/// The language key of a text that is for every reader (XMP `xml:lang="x-default"`), and of texts
/// whose source knows no languages, such as EXIF.
pub const ANY_LANGUAGE: &str = "x-default";

/// One text in several languages, by RFC 3066 tag as written, [`ANY_LANGUAGE`] included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(pub BTreeMap<String, String>);

impl Texts {
    /// A text without a language.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(ANY_LANGUAGE.to_owned(), text.into())]))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text for every reader, else the first by tag.
    pub fn any(&self) -> Option<&str> {
        self.0.get(ANY_LANGUAGE).or_else(|| self.0.values().next()).map(String::as_str)
    }
}

/// Who grants the license (PLUS `Licensor`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Licensor {
    pub name: Option<String>,
    pub url: Option<String>,
}

/// The programs that write down how a picture was generated, by the form that they write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generator {
    /// The parameters text of AUTOMATIC1111's web UI, Forge, SD.Next, Civitai and others.
    A1111,
    ComfyUi,
    Fooocus,
    InvokeAi,
    NovelAi,
    SwarmUi,
    /// A prompt in another form.
    Other,
}

impl Generator {
    pub const ALL: [Self; 7] = [
        Self::A1111,
        Self::ComfyUi,
        Self::Fooocus,
        Self::InvokeAi,
        Self::NovelAi,
        Self::SwarmUi,
        Self::Other,
    ];

    /// The word used in the catalog and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::A1111 => "a1111",
            Self::ComfyUi => "comfyui",
            Self::Fooocus => "fooocus",
            Self::InvokeAi => "invokeai",
            Self::NovelAi => "novelai",
            Self::SwarmUi => "swarmui",
            Self::Other => "other",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|generator| generator.name() == name)
    }
}

/// How the file says that it was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub generator: Generator,
    /// What was asked for. `None` if settings are there and no prompt could be told from them.
    pub prompt: Option<String>,
    pub negative_prompt: Option<String>,
    pub model: Option<String>,
    /// As written: seeds are larger than any number type of JSON.
    pub seed: Option<String>,
}

/// Whether a C2PA manifest holds. Only told by programs built with the feature `c2pa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// Signature and hashes hold, and the signer is on a list of trusted ones.
    Trusted,
    /// Signature and hashes hold; who signed is not known to be trusted.
    Untrusted,
    /// The signature or a hash does not fit: the file was changed, or the manifest forged.
    Invalid,
}

impl Validity {
    pub const ALL: [Self; 3] = [Self::Trusted, Self::Untrusted, Self::Invalid];

    /// The word used in the catalog and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
            Self::Invalid => "invalid",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|validity| validity.name() == name)
    }
}

/// Content credentials (C2PA). That they are there says nothing about whether they are true.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credentials {
    /// Whether a manifest store is in the file; if not, only [`Self::remote`] names one.
    pub embedded: bool,
    /// The program that made the newest claim (`claim_generator_info`, `claim_generator`).
    pub generator: Option<String>,
    /// `digitalSourceType` of the newest claim's actions, as written, sorted.
    pub source_types: Vec<String>,
    /// Where a manifest is said to lie (XMP `dcterms:provenance`). Never fetched.
    pub remote: Option<String>,
    /// `None` if it was not looked into.
    pub validity: Option<Validity>,
}

/// Something in the file that cannot be what its writer meant: it is cut off, contradicts itself,
/// or is larger than what is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect {
    /// Bytes from the start of the file to where it shows.
    pub offset: u64,
    /// Such as `the PNG ends within chunk IDAT`.
    pub what: String,
}

/// Shown as `the PNG ends within chunk IDAT (at byte 812)`.
impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.offset)
    }
}

/// Everything a file says about itself. What is not said is empty.
///
/// The sources of each field, in order of preference, are in `docs/embedded-metadata.md`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `Iptc4xmpCore:AltTextAccessibility`.
    pub alt: Texts,
    /// `Iptc4xmpCore:ExtDescrAccessibility`.
    pub extended_description: Texts,
    /// `dc:title`, IPTC 2:05 (Object Name).
    pub title: Texts,
    /// `dc:description`, IPTC 2:120 (Caption), EXIF `ImageDescription`.
    pub description: Texts,
    /// `dc:subject`, IPTC 2:25, in the order written.
    pub keywords: Vec<String>,
    /// `dc:creator`, IPTC 2:80 (By-line), EXIF `Artist`.
    pub creators: Vec<String>,
    /// `photoshop:Credit`, IPTC 2:110.
    pub credit: Option<String>,
    /// `dc:rights`, IPTC 2:116, EXIF `Copyright`.
    pub copyright: Texts,
    /// `xmpRights:UsageTerms`.
    pub usage_terms: Texts,
    /// `xmpRights:WebStatement`: an address that states the rights. Never fetched.
    pub rights_url: Option<String>,
    /// `plus:Licensor`.
    pub licensors: Vec<Licensor>,
    /// `Iptc4xmpExt:DigitalSourceType`, as written: an address of the IPTC's list.
    pub source_type: Option<String>,
    /// IPTC 2:30 and 2:35 (Release Date and Time) as `YYYY-MM-DD`, with `THH:MM:SS±HH:MM` if there.
    pub released_on: Option<String>,
    /// IPTC 2:37 and 2:38 (Expiration Date and Time) in the same form.
    pub expires_on: Option<String>,
    /// `xmp:CreatorTool`, EXIF `Software`, PNG `Software`.
    pub tool: Option<String>,
    pub generation: Option<Generation>,
    pub credentials: Option<Credentials>,
    /// What is broken, in the order of the file.
    pub defects: Vec<Defect>,
}

/// The last parts of the digital source types (IPTC `NewsCodes`) that mean a generative model made
/// the picture, or a part of it. `compositeSynthetic` is what the second was called in 2022.
const GENERATED: [&str; 3] =
    ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"];

impl Claims {
    /// Whether nothing is said and nothing is broken.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These claims, with what they leave open filled in from `below`. The defects are those of both.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let texts = |ours: Texts, theirs: Texts| if ours.is_empty() { theirs } else { ours };
        let mut defects = self.defects;
        defects.extend(below.defects);
        Self {
            alt: texts(self.alt, below.alt),
            extended_description: texts(self.extended_description, below.extended_description),
            title: texts(self.title, below.title),
            description: texts(self.description, below.description),
            keywords: first_full(self.keywords, below.keywords),
            creators: first_full(self.creators, below.creators),
            credit: self.credit.or(below.credit),
            copyright: texts(self.copyright, below.copyright),
            usage_terms: texts(self.usage_terms, below.usage_terms),
            rights_url: self.rights_url.or(below.rights_url),
            licensors: first_full(self.licensors, below.licensors),
            source_type: self.source_type.or(below.source_type),
            released_on: self.released_on.or(below.released_on),
            expires_on: self.expires_on.or(below.expires_on),
            tool: self.tool.or(below.tool),
            generation: self.generation.or(below.generation),
            credentials: self.credentials.or(below.credentials),
            defects,
        }
    }

    /// About how many bytes they take in memory.
    pub fn size(&self) -> usize {
        let texts = [
            &self.alt,
            &self.extended_description,
            &self.title,
            &self.description,
            &self.copyright,
            &self.usage_terms,
        ];
        let texts = texts.into_iter().flat_map(|texts| texts.0.values()).map(String::len);
        let lists = self.keywords.iter().chain(&self.creators).map(String::len);
        let generation = self.generation.iter().flat_map(|found| {
            [&found.prompt, &found.negative_prompt].into_iter().flatten().map(String::len)
        });
        1_024 + texts.chain(lists).chain(generation).sum::<usize>()
    }

    /// The digital source types of the metadata and of the content credentials.
    pub fn source_types(&self) -> impl Iterator<Item = &str> {
        let credentials = self.credentials.iter().flat_map(|found| &found.source_types);
        self.source_type.iter().chain(credentials).map(String::as_str)
    }

    /// Whether the file discloses, by a digital source type, that a generative model had a part in
    /// it. A prompt discloses nothing to those who look at the picture.
    pub fn discloses_generation(&self) -> bool {
        self.source_types().any(means_generated)
    }

    /// Whether anything in the file shows that it was generated, disclosed or not.
    pub fn shows_generation(&self) -> bool {
        self.generation.is_some() || self.discloses_generation()
    }
}

fn first_full<T>(first: Vec<T>, second: Vec<T>) -> Vec<T> {
    if first.is_empty() { second } else { first }
}

/// Whether a digital source type, as address or bare code, says that a generative model had a part.
pub fn means_generated(source_type: &str) -> bool {
    let code = source_type.trim().trim_end_matches('/').rsplit(['/', ':', '#']).next();
    code.is_some_and(|code| GENERATED.iter().any(|known| known.eq_ignore_ascii_case(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_type_means_generated_by_its_last_part() {
        for (source_type, generated) in [
            ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", true),
            ("https://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic/", true),
            ("digsrctype:compositeWithTrainedAlgorithmicMedia", true),
            ("trainedalgorithmicmedia", true),
            ("http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia", false),
            ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture", false),
            ("", false),
        ] {
            assert_eq!(means_generated(source_type), generated, "{source_type}");
        }
    }

    #[test]
    fn a_prompt_shows_generation_and_discloses_nothing() {
        let generation = Generation {
            generator: Generator::A1111,
            prompt: Some("a tin of tea".to_owned()),
            negative_prompt: None,
            model: None,
            seed: None,
        };
        let mut claims = Claims { generation: Some(generation), ..Claims::default() };
        assert!(claims.shows_generation() && !claims.discloses_generation());
        let source_types = vec!["trainedAlgorithmicMedia".to_owned()];
        claims.credentials = Some(Credentials { source_types, ..Credentials::default() });
        assert!(claims.discloses_generation());
    }

    #[test]
    fn the_text_for_every_reader_comes_first() {
        let texts = [("de", "Dose"), (ANY_LANGUAGE, "tin")];
        let mut texts = Texts(texts.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into());
        assert_eq!(texts.any(), Some("tin"));
        texts.0.remove(ANY_LANGUAGE);
        assert_eq!(texts.any(), Some("Dose"));
    }
}
