//! The names that tools give by themselves, and nobody chose.
//!
//! A pattern is matched on the whole stem, whatever was appended to it, in the form the tool wrote
//! and in the form that WordPress's `sanitize_file_name` leaves of it. A tool's name within a name
//! is no match: `chatgpt-pricing-comparison` is a description.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::Subject;
use super::filename::FileName;

/// Where a default name comes from; each origin is a rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// An image generator.
    Generator,
    Camera,
    Screenshot,
    /// A messenger, a browser's download, an editor's unnamed file.
    Passed,
    /// A stock agency.
    Stock,
    /// An identifier made for machines.
    Identifier,
}

/// How much of the stem a pattern speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The whole stem, apart from what is usually appended.
    Whole,
    /// The beginning, so peculiar to the tool that whatever follows does not matter.
    Start,
}

/// A name that a tool gives by itself.
#[derive(Clone, Copy)]
struct DefaultName {
    tool: &'static str,
    origin: Origin,
    extent: Extent,
    /// Without anchors, `UUID` for [`UUID`]. Matched on bytes; the case of ASCII letters counts
    /// only within `(?-i:…)`.
    pattern: &'static str,
    /// What a pattern can't say about the stem.
    confirm: fn(&str) -> bool,
}

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/// Every default name that is known. Not told apart: tools that name a file by its prompt.
#[rustfmt::skip]
const DEFAULT_NAMES: &[DefaultName] = {
    use {Extent::{Start, Whole}, Origin as O};
    &[
        row(O::Generator, "Midjourney", Start, ".+_UUID"),
        row(O::Generator, "DALL·E", Start,
            "DALL(?:·|•|%C2%B7|[. -])?E[ _-]+[0-9]{4}-[0-9]{2}-[0-9]{2}[ _-]+[0-9]{2}[. _-][0-9]{2}[. _-][0-9]"),
        row(O::Generator, "ChatGPT", Start, "ChatGPT[ _-]Image[ _-].*[0-9]{1,2}_[0-9]{2}_[0-9]{2}"),
        confirmed(row(O::Generator, "Gemini", Start, "Gemini_Generated_Image_[a-z0-9]{16}"), repeats_six),
        row(O::Generator, "Google AI Studio", Start,
            "Generated[ _-]Image[ _-][a-z]+[ _-][0-9]{1,2},?[ _-]+[0-9]{4}[ _-]+[0-9]{1,2}[_-][0-9]{2}[ _-]?[AP]M"),
        row(O::Generator, "Google ImageFX", Whole, "image_fx_?"),
        row(O::Generator, "Google ImageFX", Start, "image_fx_?[ _-]*[(0-9]"),
        confirmed(row(O::Generator, "Google Whisk", Start, "(?:.*-)?Whisk_[0-9a-f]{6,}(?:dr)?(?:[^0-9a-z]|$)"), has_digit),
        row(O::Generator, "Adobe Firefly", Start, "Firefly[ _-][0-9]{14}"),
        confirmed(row(O::Generator, "Adobe Firefly", Whole, "(?-i:Firefly)[ _-].+[ _-][0-9]{4,6}"), has_number_but_no_year),
        row(O::Generator, "Leonardo.Ai", Start,
            "(?:Leonardo_Phoenix|Lucid_Origin|Lucid_Realism|Flux_Dev|AlbedoBase_XL|(?-i:Default)|DreamShaper[0-9a-z_]*|(?-i:PhotoReal))_.+_[0-3](?:[^0-9]|$)"),
        row(O::Generator, "Freepik", Start, "freepik__."),
        row(O::Generator, "Ideogram", Whole, "ideogram"),
        row(O::Generator, "Microsoft Copilot", Start, "Copilot_[0-9]{8}_[0-9]{6}"),
        row(O::Generator, "Microsoft Designer", Whole, "Designer"),
        row(O::Generator, "Bing Image Creator", Whole, r"_?(?:(?-i:OIG)[0-9]?|oig[0-9])(?:\.[0-9a-z_.-]+)?"),
        row(O::Generator, "Grok", Start, "grok[-_]image[-_]UUID"),
        row(O::Generator, "Grok", Whole, "grok[-_]image[-_][0-9a-z_]*[0-9][0-9a-z_]*"),
        row(O::Generator, "Jimeng", Start, "(?:cropped-)?jimeng-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{3,4}(?:[^0-9]|$)"),
        row(O::Generator, "Krea", Whole, r"krea-edit(?:\(?[0-9]+\)?)?(?:_[0-9]+)?"),
        row(O::Generator, "Stable Diffusion web UI", Whole, "[0-9]{5}-[0-9]+|grid-[0-9]{4}"),
        row(O::Generator, "Stable Diffusion web UI", Start, "[0-9]{5}-[0-9]{5,}-"),
        row(O::Generator, "SD.Next", Start, "[0-9]{5}-[0-9]{4}-[0-9]{2}-[0-9]{2}-"),
        row(O::Generator, "ComfyUI", Whole, ".*_[0-9]{5}_|ComfyUI_[0-9]{5}"),
        row(O::Generator, "Fooocus", Whole, "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}_[0-9]{4}"),
        row(O::Generator, "NovelAI", Whole, ".* (?-i:s)-[0-9]+|.+-(?-i:s)-[0-9]{7,10}"),

        row(O::Camera, "a camera", Whole,
            "(?:IMG_|IMGP|DSC_?|_DSC|DSCF|DSCN|CIMG|PICT|MGP|_?MG_|P[0-9]{3}|GOPR|DJI_|MVI_|HPIM)[0-9]{4,5}"),
        row(O::Camera, "a drone", Start, "DJI_[0-9]{14}_[0-9]{4}"),
        row(O::Camera, "a phone's camera", Start, "(?:IMG|VID|MVIMG|PANO)_[0-9]{8}_[0-9]{6}"),
        row(O::Camera, "a camera", Start, "DSC_?[0-9]{8}_[0-9]{6}"),
        row(O::Camera, "an iPhone", Whole, "IMG_E[0-9]{4}"),
        row(O::Camera, "a Pixel phone", Start, "PXL_[0-9]{8}_[0-9]{9}"),

        row(O::Screenshot, "a screenshot", Start,
            "Screen[ _-]?shot(?:[ _-]from)?[ _-]+[0-9]{4}-?[0-9]{2}-?[0-9]{2}[ _-]+(?:at[ _-]+)?[0-9]{1,2}[._-]?[0-9]{2}[._-]?[0-9]{2}"),
        row(O::Screenshot, "a screenshot", Whole, "Screen[ _-]?shot(?:[ _-]+[0-9]{4}-?[0-9]{2}-?[0-9]{2})?"),
        row(O::Screenshot, "a screenshot", Start,
            "(?:Bildschirmfoto|Captura[ -]de[ -](?:pantalla|tela)|Capture[ -]d(?:’|')?(?:é|e)cran|Schermata|Schermafbeelding|Zrzut[ -]ekranu|Снимок[ -]экрана|スクリーンショット|截屏|屏幕截图)[ _-]*[0-9]{4}-?[0-9]{2}-?[0-9]{2}"),

        row(O::Passed, "WhatsApp", Start, r"WhatsApp[ _-]Image[ _-][0-9]{4}-[0-9]{2}-[0-9]{2}[ _-]at[ _-][0-9]{1,2}[.-][0-9]{2}[.-][0-9]{2}"),
        row(O::Passed, "WhatsApp", Start, "(?:IMG|VID)-[0-9]{8}-WA[0-9]{4}"),
        row(O::Passed, "Facebook", Start, "FB_IMG_[0-9]+"),
        row(O::Passed, "Facebook", Whole, "received_[0-9]{10,}"),
        row(O::Passed, "Telegram", Start, "photo_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}"),
        row(O::Passed, "Signal", Start, "signal-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}-?[0-9]{2}"),
        row(O::Passed, "a browser or an editor", Whole,
            "(?:unnamed|image|download|untitled|untitled[ _-]design|pasted[ _-]image)(?:[ _-]?[0-9]+)?"),

        row(O::Stock, "Adobe Stock", Start, "AdobeStock_[0-9]+"),
        row(O::Stock, "Shutterstock", Start, "shutterstock_[0-9]+"),
        row(O::Stock, "Getty Images", Start, "gettyimages-[0-9]+"),
        row(O::Stock, "iStock", Start, "iStock[-_][0-9]{6,}"),
        row(O::Stock, "Depositphotos", Start, "Depositphotos_[0-9]{6,}"),
        row(O::Stock, "Pexels", Whole, "pexels-(?:.*-)?[0-9]{5,9}"),
        row(O::Stock, "Unsplash", Whole, "photo-[0-9]{13}-[0-9a-f]{12}|.+-unsplash"),

        row(O::Identifier, "a UUID", Whole, "UUID"),
        confirmed(row(O::Identifier, "a hash", Whole, "[0-9a-f]{16,}"), has_digit),
        row(O::Identifier, "numbers", Whole, r"[0-9][0-9 ._~x@()-]*"),
    ]
};

const fn row(
    origin: Origin,
    tool: &'static str,
    extent: Extent,
    pattern: &'static str,
) -> DefaultName {
    DefaultName { tool, origin, extent, pattern, confirm: always }
}

const fn confirmed(name: DefaultName, confirm: fn(&str) -> bool) -> DefaultName {
    DefaultName { confirm, ..name }
}

fn always(_: &str) -> bool {
    true
}

/// Gemini's sixteen characters begin with six, and the same six again.
fn repeats_six(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    let Some((_, code)) = lower.split_once("gemini_generated_image_") else { return false };
    code.get(..6).is_some() && code.get(..6) == code.get(6..12)
}

fn has_digit(stem: &str) -> bool {
    stem.bytes().any(|byte| byte.is_ascii_digit())
}

/// Firefly ends a prompt with a number; `Firefly-festival-2026` ends with a year.
fn has_number_but_no_year(stem: &str) -> bool {
    stem.split([' ', '_', '-']).skip(2).any(|part| {
        let number = (4..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        number && !(part.len() == 4 && (part.starts_with("19") || part.starts_with("20")))
    })
}

/// The tools that give such a name by themselves, by origin.
#[derive(Debug, Clone, Default)]
pub(super) struct Tools(BTreeMap<Origin, &'static str>);

impl Tools {
    pub(super) fn behind(name: &FileName) -> Self {
        static ALL: OnceLock<Vec<Compiled>> = OnceLock::new();
        let mut found: Vec<_> = ALL
            .get_or_init(compile)
            .iter()
            .flat_map(|known| match known.extent {
                Extent::Whole => name.readings().flat_map(|read| known.names(read)).collect(),
                Extent::Start => known.names(name.stem()),
            })
            .collect();
        // Of several that fit, the first in the list is told.
        found.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        Self(found.into_iter().map(|(_, name)| (name.origin, name.tool)).collect())
    }

    pub(super) fn of(&self, origin: Origin) -> Option<&'static str> {
        self.0.get(&origin).copied()
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Says which tool of an origin gave the asset its name by itself.
pub(super) fn default_name(subject: &Subject<'_>, origin: Origin) -> Vec<String> {
    let tool = subject.reading.tool(origin);
    tool.map(|tool| format!("the name is the default of {tool}")).into_iter().collect()
}

/// Whether any tool gives such a name by itself.
pub(super) fn is_default(name: &FileName) -> bool {
    Tools::behind(name).any()
}

/// The patterns of one extent, compiled, with their places in the list.
struct Compiled {
    extent: Extent,
    set: RegexSet,
    names: Vec<(usize, &'static DefaultName)>,
}

impl Compiled {
    /// The default names that a reading of a stem is.
    fn names(&self, reading: &str) -> Vec<(usize, &'static DefaultName)> {
        if !self.set.is_match(reading.as_bytes()) {
            return Vec::new();
        }
        let matches = self.set.matches(reading.as_bytes());
        let names = matches.iter().filter_map(|at| self.names.get(at).copied());
        names.filter(|(_, name)| (name.confirm)(reading)).collect()
    }
}

fn compile() -> Vec<Compiled> {
    let known = [Extent::Whole, Extent::Start].into_iter().filter_map(|extent| {
        let all = DEFAULT_NAMES.iter().enumerate();
        let names: Vec<_> = all.filter(|(_, name)| name.extent == extent).collect();
        let set = set_of(names.iter().map(|(_, name)| *name)).ok()?;
        Some(Compiled { extent, set, names })
    });
    known.collect()
}

fn set_of<'n>(names: impl Iterator<Item = &'n DefaultName>) -> Result<RegexSet, regex::Error> {
    let patterns = names.map(DefaultName::regex);
    RegexSetBuilder::new(patterns).unicode(false).case_insensitive(true).build()
}

impl DefaultName {
    fn regex(&self) -> String {
        let pattern = self.pattern.replace("UUID", UUID);
        match self.extent {
            Extent::Whole => format!("^(?:cropped-)?(?:{pattern})$"),
            Extent::Start => format!("^(?:{pattern})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for name in DEFAULT_NAMES {
            if let Err(error) = set_of(std::iter::once(name)) {
                panic!("{}: {error}", name.tool);
            }
        }
        let compiled: usize = compile().iter().map(|known| known.names.len()).sum();
        assert_eq!(compiled, DEFAULT_NAMES.len());
    }
}
