//! Under which path an approved draft is published: from a template, in the words that are recorded.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::asset::AssetId;
use super::context::{ContextKey, ContextKind};
use super::path::RelPath;
use super::text::printable;
use super::time::CivilDate;

/// A name longer than this is cut at the end of a word.
const LONGEST_STEM: usize = 80;

/// A text with places that are filled from what is recorded, such as `{campaign}-{title}`.
///
/// Known from [`Template::from_str`]: every `{` begins one of [`Field::names`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

/// What a place is filled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The name that the draft has.
    Name,
    Title,
    Id,
    /// The first placement.
    Placement,
    Year,
    Month,
    /// The contexts of a kind.
    Context(ContextKind),
}

/// What a template is filled from.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    pub asset: AssetId,
    /// The original's.
    pub path: &'a RelPath,
    pub title: Option<&'a str>,
    /// In the order of their names.
    pub placements: &'a [String],
    pub contexts: &'a [ContextKey],
    /// The day of the publication, where the site is.
    pub today: CivilDate,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("`{{{name}}}` is nothing that is known of an asset; there are {}", Field::names().join(", "))]
    UnknownField { name: String },
    #[error("a `{{` without its `}}`")]
    Unclosed,
    #[error("it names no path: {text}")]
    NoPath { text: String },
    #[error("`{character}` is nothing for a name that is served")]
    Character { character: char },
    #[error("it is empty")]
    Empty,
}

/// Why there is no name for an asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    #[error("its name is made of {{{0}}}, and there is none")]
    Missing(Field),
    #[error("its title and its name have no letter and no digit")]
    Empty,
    #[error("`{0}` is named differently than the original, and would lose what connects them")]
    NameOfItsOwn(String),
    #[error("`{0}` is in another folder than the original")]
    Apart(String),
    #[error("`{0}` has a name that is not UTF-8: give it another one first")]
    NotUtf8(String),
    #[error("its new path would not do: {0}")]
    Path(String),
}

impl Field {
    fn all() -> impl Iterator<Item = Self> {
        let own = [Self::Name, Self::Title, Self::Id, Self::Placement, Self::Year, Self::Month];
        own.into_iter().chain(ContextKind::ALL.into_iter().map(Self::Context))
    }

    /// What can stand in braces.
    pub fn names() -> Vec<&'static str> {
        Self::all().map(Self::name).collect()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Title => "title",
            Self::Id => "id",
            Self::Placement => "placement",
            Self::Year => "year",
            Self::Month => "month",
            Self::Context(kind) => kind.name(),
        }
    }

    fn value(self, of: &Described<'_>) -> Option<String> {
        let filled = match self {
            Self::Name => slug(&String::from_utf8_lossy(of.path.stem())),
            Self::Title => slug(of.title?),
            Self::Id => of.asset.0.to_string(),
            Self::Placement => slug(of.placements.first()?),
            Self::Year => of.today.to_string().split('-').next()?.to_owned(),
            Self::Month => of.today.to_string().split('-').nth(1)?.to_owned(),
            Self::Context(kind) => {
                let slugs = of.contexts.iter().filter(|key| key.kind == kind);
                let slugs: Vec<_> = slugs.map(|key| key.slug.as_str()).collect();
                slug(&slugs.join("-"))
            }
        };
        (!filled.is_empty()).then_some(filled)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Letters, digits, `-`, `_`, `.` and `/`, and places in braces.
impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, next) = after.split_once('}').ok_or(TemplateError::Unclosed)?;
            let field = Field::all().find(|field| field.name() == name);
            let unknown = || TemplateError::UnknownField { name: name.to_owned() };
            pieces.extend([Piece::Text(served(before)?), Piece::Field(field.ok_or_else(unknown)?)]);
            rest = next;
        }
        pieces.push(Piece::Text(served(rest)?));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        Ok(Self { pieces })
    }
}

fn served(text: &str) -> Result<String, TemplateError> {
    let fits = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    match text.chars().find(|c| !fits(c)) {
        Some(character) => Err(TemplateError::Character { character }),
        None => Ok(text.to_owned()),
    }
}

impl Template {
    /// A template of a folder, which may be empty.
    pub fn of_folder(text: &str) -> Result<Self, TemplateError> {
        let template: Self = text.parse()?;
        let example: String = template.pieces.iter().map(Piece::example).collect();
        if !example.is_empty() && RelPath::new(example.as_bytes()).is_err() {
            return Err(TemplateError::NoPath { text: text.to_owned() });
        }
        Ok(template)
    }

    /// A template of a name without its extension.
    pub fn of_name(text: &str) -> Result<Self, TemplateError> {
        let template: Self = text.parse()?;
        if template.pieces.is_empty() {
            return Err(TemplateError::Empty);
        }
        if template.pieces.iter().any(|piece| piece.example().contains('/')) {
            return Err(TemplateError::Character { character: '/' });
        }
        Ok(template)
    }

    fn fill(&self, of: &Described<'_>) -> Result<String, Unnamed> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Field(field) => field.value(of).ok_or(Unnamed::Missing(*field)),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The folder beneath the root.
    pub fn folder(&self, of: &Described<'_>) -> Result<Vec<u8>, Unnamed> {
        let folder = self.fill(of)?;
        if folder.is_empty() {
            return Ok(Vec::new());
        }
        let path = RelPath::new(folder).map_err(|error| Unnamed::Path(error.to_string()))?;
        Ok(path.as_bytes().to_vec())
    }

    /// The name without its extension, cut where it would be too long.
    pub fn stem(&self, of: &Described<'_>) -> Result<String, Unnamed> {
        let filled = cut(&self.fill(of)?);
        if filled.chars().any(char::is_alphanumeric) { Ok(filled) } else { Err(Unnamed::Empty) }
    }
}

impl Piece {
    fn example(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Field(_) => "x",
        }
    }
}

/// The new name of a file of an asset whose original is at `original`: what follows the original's
/// stem, such as `-300x200.jpg`, follows the new one.
pub fn renamed(original: &RelPath, file: &RelPath, stem: &str) -> Result<String, Unnamed> {
    let shown = || printable(file.as_bytes());
    if file.folder() != original.folder() {
        return Err(Unnamed::Apart(shown()));
    }
    let rest = file.name().strip_prefix(original.stem());
    let rest = rest.ok_or_else(|| Unnamed::NameOfItsOwn(shown()))?;
    let rest = str::from_utf8(rest).map_err(|_| Unnamed::NotUtf8(shown()))?;
    let name = format!("{stem}{rest}");
    RelPath::new(name.as_bytes()).map_err(|error| Unnamed::Path(error.to_string()))?;
    Ok(name)
}

/// The text in lower case, its words joined by hyphens. Accents of Latin letters go, letters of other
/// scripts stay as they are.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut between = false;
    let mut before = ' ';
    for character in text.nfkd().collect::<String>().to_lowercase().chars() {
        let accent = ('\u{300}'..='\u{36f}').contains(&character) && before.is_ascii_alphabetic();
        let apostrophe = matches!(character, '\'' | '\u{2019}') && before.is_alphanumeric();
        if accent || apostrophe {
            continue;
        }
        before = character;
        if !(character.is_alphanumeric() || is_combining_mark(character)) {
            between = true;
            continue;
        }
        if std::mem::take(&mut between) && !slug.is_empty() {
            slug.push('-');
        }
        match character {
            'ß' => slug.push_str("ss"),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ø' => slug.push('o'),
            'ł' => slug.push('l'),
            other => slug.push(other),
        }
    }
    slug.nfc().collect()
}

/// At most [`LONGEST_STEM`] characters, up to the end of a word if there is one.
fn cut(stem: &str) -> String {
    let stem = stem.trim_matches(['-', '_', '.']);
    let Some((end, _)) = stem.char_indices().nth(LONGEST_STEM) else { return stem.to_owned() };
    let head = stem.get(..end).unwrap_or(stem);
    let whole = stem.get(end..).is_some_and(|rest| rest.starts_with('-'));
    let word = head.rfind('-').filter(|at| *at > 0 && !whole);
    word.and_then(|at| head.get(..at)).unwrap_or(head).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described<'a>(path: &'a RelPath, contexts: &'a [ContextKey]) -> Described<'a> {
        Described {
            asset: AssetId(12),
            path,
            title: Some("Crème brûlée: Über-Tisch, 2 Löffel"),
            placements: &[],
            contexts,
            today: "2026-03-02".parse().unwrap(),
        }
    }

    #[test]
    fn a_slug_has_words_in_lower_case_between_hyphens() {
        for (text, slug_of_it) in [
            ("Crème brûlée: Über-Tisch", "creme-brulee-uber-tisch"),
            ("  Nina's tea --- tin!  ", "ninas-tea-tin"),
            ("Straße Øl Łódź", "strasse-ol-lodz"),
            ("緑茶の缶 ガラス", "緑茶の缶-ガラス"),
            ("Чай в саду", "чай-в-саду"),
            ("녹차 깡통", "녹차-깡통"),
            ("चाय का डिब्बा", "चाय-का-डिब्बा"),
            ("../../etc/passwd", "etc-passwd"),
            ("a\u{0}b\u{202e}c", "a-b-c"),
            ("…", ""),
        ] {
            assert_eq!(slug(text), slug_of_it, "{text}");
        }
    }

    #[test]
    fn a_template_is_filled_from_what_is_recorded() {
        let path = RelPath::new("gen/IMG 0042.png").unwrap();
        let contexts: Vec<ContextKey> =
            ["brand/house", "campaign/spring"].map(|key| key.parse().unwrap()).into();
        let of = described(&path, &contexts);
        for (template, stem) in [
            ("{title}", "creme-brulee-uber-tisch-2-loffel"),
            ("{campaign}-{name}", "spring-img-0042"),
            ("tea_{id}", "tea_12"),
            ("{year}{month}.{brand}", "202603.house"),
        ] {
            assert_eq!(Template::of_name(template).unwrap().stem(&of).as_deref(), Ok(stem));
        }
        let missing = Template::of_name("{placement}").unwrap().stem(&of);
        assert_eq!(missing, Err(Unnamed::Missing(Field::Placement)));
        let folder = Template::of_folder("{year}/{month}").unwrap().folder(&of);
        assert_eq!(folder.as_deref(), Ok(b"2026/03".as_slice()));
        assert_eq!(Template::of_folder("").unwrap().folder(&of).as_deref(), Ok(b"".as_slice()));
    }

    #[test]
    fn a_template_that_leads_elsewhere_is_refused() {
        for text in ["{what}", "{title", "a b", "a\u{0}", "<x>", "{title}/x", "a/b", "", "/"] {
            assert!(Template::of_name(text).is_err(), "{text}");
        }
        for text in ["/a", "..", "a/../b", "{year}//x", "{year}/", "a/./b", "{year}:x"] {
            assert!(Template::of_folder(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_name_is_cut_at_the_end_of_a_word() {
        let long = "tea-".repeat(30);
        assert_eq!(cut(&long), "tea-".repeat(20).trim_end_matches('-'));
        assert_eq!(cut(&"x".repeat(100)), "x".repeat(80));
        assert_eq!(cut("-a.b-"), "a.b");
        let exact = format!("{}-more", "x".repeat(80));
        assert_eq!(cut(&exact), "x".repeat(80));
    }

    #[test]
    fn files_keep_what_tells_them_from_the_original() {
        let original = RelPath::new("gen/out.png").unwrap();
        for (file, name) in [
            ("gen/out.png", "tea.png"),
            ("gen/out-300x200.png", "tea-300x200.png"),
            ("gen/out.png.webp", "tea.png.webp"),
            ("gen/out@2x.png", "tea@2x.png"),
        ] {
            let file = RelPath::new(file).unwrap();
            assert_eq!(renamed(&original, &file, "tea").as_deref(), Ok(name));
        }
        let other = RelPath::new("gen/other.png").unwrap();
        let own = Unnamed::NameOfItsOwn("gen/other.png".to_owned());
        assert_eq!(renamed(&original, &other, "tea"), Err(own));
        let apart = RelPath::new("out.png").unwrap();
        let apart_error = Unnamed::Apart("out.png".to_owned());
        assert_eq!(renamed(&original, &apart, "tea"), Err(apart_error));
    }
}
