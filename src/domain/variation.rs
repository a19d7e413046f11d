//! Variations: drafts of one picture, of which usually one is chosen.
//!
//! Two assets of a folder are siblings by what their files say (the same prompt, another seed) or by
//! their names (`hero-v1`, `hero-v2`). Both are proposals: nothing is decided by them alone. A size is
//! no variation, and neither are two forms of the same one.

use std::collections::{BTreeMap, BTreeSet};

use super::asset::AssetId;
use super::claims::Generation;
use super::path::stem_and_extension;

/// An asset of a folder, as its original says it.
#[derive(Debug, Clone)]
pub struct Neighbor {
    pub asset: AssetId,
    /// The original's name, without its folder.
    pub name: Vec<u8>,
    pub generation: Option<Generation>,
}

/// Why two assets are taken for variations of one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    Prompt,
    Name,
}

impl Bond {
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Prompt => "same prompt, another seed",
            Self::Name => "same name, another variation",
        }
    }
}

/// What variations have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Prompt(String),
    /// `hero-v1`
    Version(String),
    /// `hero-variation-3`
    Word(String),
    /// `hero_a`
    Letter(String),
    /// `hero (1)`, and `hero` itself
    Copy(String),
}

impl Family {
    /// What all that belong to it have in common.
    fn base(self) -> String {
        match self {
            Self::Prompt(base)
            | Self::Version(base)
            | Self::Word(base)
            | Self::Letter(base)
            | Self::Copy(base) => base,
        }
    }

    fn bond(&self) -> Bond {
        match self {
            Self::Prompt(_) => Bond::Prompt,
            Self::Version(_) | Self::Word(_) | Self::Letter(_) | Self::Copy(_) => Bond::Name,
        }
    }

    /// Letters mean variations only from the first on: `vitamin-c` and `vitamin-d` are two things.
    fn holds<'m>(&self, mut marks: impl Iterator<Item = &'m str>) -> bool {
        match self {
            Self::Letter(_) => marks.next() == Some("a") && marks.next() == Some("b"),
            Self::Prompt(_) | Self::Version(_) | Self::Word(_) | Self::Copy(_) => true,
        }
    }
}

/// The assets of a folder by what they are variations of.
#[derive(Debug, Clone, Default)]
pub struct Variations {
    families: BTreeMap<Family, BTreeMap<String, BTreeSet<AssetId>>>,
    of: BTreeMap<AssetId, Vec<(Family, String)>>,
}

impl Variations {
    pub fn among(neighbors: &[Neighbor]) -> Self {
        let mut found = Self::default();
        for neighbor in neighbors {
            let families = families_of(neighbor);
            for (family, mark) in families.clone() {
                let marks = found.families.entry(family).or_default();
                marks.entry(mark).or_default().insert(neighbor.asset);
            }
            found.of.entry(neighbor.asset).or_default().extend(families);
        }
        found
    }

    /// The other variations of an asset's picture, by number, each with why.
    pub fn siblings_of(&self, asset: AssetId) -> BTreeMap<AssetId, Bond> {
        let mut siblings = BTreeMap::new();
        let mut selves = BTreeSet::from([asset]);
        for (family, mark) in self.of.get(&asset).into_iter().flatten() {
            let Some(marks) = self.families.get(family) else { continue };
            if !family.holds(marks.keys().map(String::as_str)) {
                continue;
            }
            for (other, assets) in marks {
                if other == mark {
                    selves.extend(assets);
                } else {
                    for sibling in assets {
                        siblings.entry(*sibling).or_insert(family.bond());
                    }
                }
            }
        }
        siblings.retain(|sibling, _| !selves.contains(sibling));
        siblings
    }
}

/// Whether its files say enough to know other variations by what theirs say.
pub fn tells_prompt_and_seed(generation: &Generation) -> bool {
    prompted_family(generation).is_some()
}

/// What the names of all variations that are known by their names begin with, in the spellings that
/// are looked for: as the name has it, small, capital, and with a capital at the beginning or at that
/// of each word. Nothing in particular where it is not ASCII.
pub fn beginnings(name: &[u8]) -> BTreeSet<Vec<u8>> {
    let stem = std::str::from_utf8(stem_and_extension(name).0).unwrap_or_default();
    let families = named_families(&stem.to_lowercase()).into_iter();
    let base = families.map(|(family, _)| family.base()).min_by_key(String::len);
    let base = base.filter(|base| base.is_ascii()).unwrap_or_default();
    let own = stem.get(..base.len()).unwrap_or_default().to_owned();
    let first = base.get(..1).unwrap_or_default().to_uppercase();
    let begun = first + base.get(1..).unwrap_or_default();
    let spellings = [own, base.to_uppercase(), begun, in_title_case(&base), base];
    spellings.map(String::into_bytes).into()
}

fn in_title_case(text: &str) -> String {
    let mut begins = true;
    let letter = |c: char| {
        let cased = if begins { c.to_ascii_uppercase() } else { c };
        begins = is_separator(c);
        cased
    };
    text.chars().map(letter).collect()
}

fn families_of(neighbor: &Neighbor) -> Vec<(Family, String)> {
    let (stem, _) = stem_and_extension(&neighbor.name);
    let named = std::str::from_utf8(stem).map(str::to_lowercase);
    let mut families: Vec<_> = named.iter().flat_map(|stem| named_families(stem)).collect();
    families.extend(neighbor.generation.as_ref().and_then(prompted_family));
    families
}

/// Two pictures of one prompt are variations if both tell their seeds: without one nobody knows
/// whether they are the same picture.
fn prompted_family(generation: &Generation) -> Option<(Family, String)> {
    let words = |text: &Option<String>| {
        let words: Vec<_> = text.as_deref()?.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    Some((Family::Prompt(words(&generation.prompt)?), words(&generation.seed)?))
}

/// What a name without its extension, in lower case, says that it is a variation of.
fn named_families(stem: &str) -> Vec<(Family, String)> {
    if let Some((base, number)) = copy(stem) {
        return vec![(Family::Copy(base.to_owned()), number.to_owned())];
    }
    let itself = (Family::Copy(stem.to_owned()), String::new());
    [worded(stem), versioned(stem).or_else(|| lettered(stem)), Some(itself)]
        .into_iter()
        .flatten()
        .collect()
}

/// `hero (1)` and `hero(1)`.
fn copy(stem: &str) -> Option<(&str, &str)> {
    let (base, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let base = base.trim_end();
    (!base.is_empty() && is_number(number)).then_some((base, without_zeros(number)))
}

/// `hero-v1`.
fn versioned(stem: &str) -> Option<(Family, String)> {
    let (base, mark) = parted(stem)?;
    let number = mark.strip_prefix('v').filter(|number| is_number(number))?;
    Some((Family::Version(base.to_owned()), without_zeros(number).to_owned()))
}

/// `hero_a`.
fn lettered(stem: &str) -> Option<(Family, String)> {
    let (base, mark) = parted(stem)?;
    is_letter(mark).then(|| (Family::Letter(base.to_owned()), mark.to_owned()))
}

/// `hero-variation-3`, `hero-variant3`, `hero_version_b`.
fn worded(stem: &str) -> Option<(Family, String)> {
    let at = stem.rfind(|c: char| !c.is_ascii_digit()).map(|at| at + 1)?;
    let (before, number) = stem.split_at_checked(at)?;
    let (before, mark) = if number.is_empty() {
        parted(stem).filter(|(_, mark)| is_letter(mark))?
    } else {
        (before, number)
    };
    if !is_letter(mark) && !is_number(mark) {
        return None;
    }
    let (base, word) = parted(before.trim_end_matches(is_separator))?;
    let is_word = matches!(word, "variation" | "variant" | "version" | "var");
    is_word.then(|| (Family::Word(base.to_owned()), without_zeros(mark).to_owned()))
}

/// What stands before and after the last separator, both of which are something.
fn parted(text: &str) -> Option<(&str, &str)> {
    let (base, mark) = text.rsplit_once(is_separator)?;
    let base = base.trim_end_matches(is_separator);
    (!base.is_empty() && !mark.is_empty()).then_some((base, mark))
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | ' ' | '.')
}

fn is_letter(mark: &str) -> bool {
    mark.len() == 1 && mark.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Of at most three digits: longer ones are dates and other numbers.
fn is_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_zeros(number: &str) -> &str {
    let short = number.trim_start_matches('0');
    if short.is_empty() { number } else { short }
}

/// What a decision about a variation has to do with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It was chosen, and these were not.
    Won(Vec<AssetId>),
    /// This one was chosen instead.
    Lost(AssetId),
}

#[cfg(test)]
mod tests {
    use super::super::claims::Generator;
    use super::*;

    fn neighbor(asset: i64, name: &str, told: Option<(&str, Option<&str>)>) -> Neighbor {
        let generation = told.map(|(prompt, seed)| Generation {
            generator: Generator::A1111,
            prompt: Some(prompt.to_owned()),
            negative_prompt: None,
            model: None,
            seed: seed.map(str::to_owned),
        });
        Neighbor { asset: AssetId(asset), name: name.as_bytes().to_vec(), generation }
    }

    /// The siblings of the first, by their places.
    fn siblings(neighbors: &[Neighbor]) -> Vec<i64> {
        let variations = Variations::among(neighbors);
        let found: Vec<_> = variations.siblings_of(AssetId(1)).keys().map(|id| id.0).collect();
        for sibling in &found {
            let back = variations.siblings_of(AssetId(*sibling));
            assert!(back.contains_key(&AssetId(1)), "{neighbors:?}");
        }
        found
    }

    fn named(names: &[&str]) -> Vec<i64> {
        let neighbors: Vec<_> =
            (1..).zip(names).map(|(number, name)| neighbor(number, name, None)).collect();
        let beginnings = beginnings(names.first().unwrap().as_bytes());
        let found = siblings(&neighbors);
        for name in found.iter().map(|id| names[usize::try_from(*id).unwrap() - 1].as_bytes()) {
            assert!(beginnings.iter().any(|begun| name.starts_with(begun)), "{names:?}");
        }
        found
    }

    #[test]
    fn names_tell_variations() {
        for names in [
            ["hero-v1.png", "hero-v2.png"],
            ["hero-v1.png", "Hero_V02.jpg"],
            ["hero_a.png", "hero_b.png"],
            ["hero-variation-3.png", "hero-variation-11.png"],
            ["hero-variant3.png", "hero-variant-4.png"],
            ["hero version a.png", "hero version b.png"],
            ["hero (1).png", "hero (2).png"],
            ["hero.png", "hero (1).png"],
            ["hero(1).png", "hero.png"],
        ] {
            assert_eq!(named(&names), [2], "{names:?}");
        }
    }

    #[test]
    fn sizes_forms_and_other_things_are_no_variations() {
        for names in [
            &["banner-300x250.png", "banner-728x90.png"][..],
            &["hero-v1-300x250.png", "hero-v1-728x90.png"],
            &["hero@2x.png", "hero.png"],
            &["hero-scaled.png", "hero-rotated.png"],
            &["hero-1.png", "hero-2.png"],
            &["hero-v1.png", "hero-v1.webp"],
            &["hero-v1.png", "hero-v01.png"],
            &["hero-v1.png", "other-v2.png"],
            &["hero.png", "hero.webp"],
            &["hero-v2024.png", "hero-v2025.png"],
            &["vitamin-c.png", "vitamin-d.png"],
            &["plan-b.png", "plan-c.png", "plan-d.png"],
            &["hero_a.png", "hero_c.png"],
            &["-v1.png", "-v2.png"],
            &["v1.png", "v2.png"],
            &["(1).png", "(2).png"],
            &["variation-1.png", "variation-2.png"],
            &["hero.png", "hero-v2.png"],
        ] {
            assert_eq!(named(names), [0; 0], "{names:?}");
        }
        let letters = ["hero_b.png", "hero_a.png", "hero_c.png", "hero_a.webp", "hero_b.webp"];
        assert_eq!(named(&letters), [2, 3, 4], "not the same one in another form");
    }

    #[test]
    fn siblings_by_name_begin_alike() {
        let text = |name: &str| {
            let begun = beginnings(name.as_bytes()).into_iter();
            begun.map(|begun| String::from_utf8(begun).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(text("b2-v1.png"), ["B2", "b2"]);
        assert_eq!(text("aB-cd.png"), ["AB-CD", "Ab-Cd", "Ab-cd", "aB-cd", "ab-cd"]);
        assert_eq!(text("\u{c9}t\u{e9}-v1.png"), [""]);
        assert_eq!(text("2026 (1).png"), ["2026"]);
    }

    #[test]
    fn a_prompt_tells_variations_by_their_seeds() {
        let tea =
            |asset, seed| neighbor(asset, &format!("{asset}.png"), Some(("a  tin\nof tea", seed)));
        let first = tea(1, Some("7"));
        for (other, expected) in [
            (neighbor(2, "x.png", Some(("a tin of tea", Some("8")))), vec![2]),
            (tea(2, Some("7")), vec![]),
            (tea(2, None), vec![]),
            (neighbor(2, "x.png", Some(("a cup of tea", Some("8")))), vec![]),
            (neighbor(2, "x.png", None), vec![]),
        ] {
            assert_eq!(siblings(&[first.clone(), other.clone()]), expected, "{other:?}");
        }
        let said = Variations::among(&[first, tea(2, Some("8"))]).siblings_of(AssetId(1));
        assert_eq!(said.get(&AssetId(2)), Some(&Bond::Prompt));
    }

    #[test]
    fn the_same_picture_by_its_seed_is_no_sibling_by_its_name() {
        let told = |seed| Some(("a tin of tea", Some(seed)));
        let neighbors = [
            neighbor(1, "hero-v1.png", told("7")),
            neighbor(2, "hero-v2.png", told("7")),
            neighbor(3, "hero-v3.png", told("8")),
        ];
        assert_eq!(siblings(&neighbors), [3]);
    }
}
