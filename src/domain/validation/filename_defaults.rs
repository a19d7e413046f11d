//! The names that tools give by themselves, and nobody chose.
//!
//! A pattern is matched on the whole stem, whatever was appended to it, in the form the tool wrote
//! and in the form that WordPress's `sanitize_file_name` leaves of it. A tool's name within a name
//! is no match: `chatgpt-pricing-comparison` is a description.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::Subject;
use super::filename::{FileName, is_separator, without_beginning};

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
    /// Without anchors, `UUID` for [`UUID`] and so on. Matched on bytes; the case of ASCII letters
    /// counts only within `(?-i:…)`.
    pattern: &'static str,
    /// What a pattern can't say about the stem.
    confirm: fn(&str) -> bool,
}

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const DATE: &str = "(?:[0-9]{4}[._-]?[0-9]{2}[._-]?[0-9]{2}|[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4})";
const TIME: &str = "[0-9]{1,2}[ ._-]?[0-9]{2}[ ._-]?[0-9]{2}(?:[^0-9]|$)";
/// What systems call a screenshot, with and without the accents that WordPress removes.
const SHOT: &str = concat!(
    "(?:Screen[ _-]?shot|Bildschirmfoto|Captura[ _-]de[ _-](?:pantalla|tela|ecr(?:ã|a))|Capture[ _-]d(?:’|'|[ _-])?(?:é|e)cran",
    "|Schermata|Schermafbeelding|Schermafdruk|Zrzut[ _-]ekranu|Sk(?:ä|a)rm(?:av)?bild|Sk(?:æ|ae)rmbillede|Skjermbilde",
    "|N(?:ä|a)ytt(?:ö|o)kuva|Sn(?:í|i)m(?:e|ka|ek)[ _-]obrazovky|Ekran[ _-](?:Resmi|g(?:ö|o)r(?:ü|u)nt(?:ü|u)s(?:ü|u))",
    "|K(?:é|e)perny(?:ő|o)fot(?:ó|o)|(?:С|с)нимок[ _-]экрана|(?:З|з)німок[ _-]екрана|Στιγμιότυπο[ _-]οθόνης",
    "|スクリーンショット|截屏|截图|截圖|屏幕截图|屏幕快照|螢幕擷取畫面|螢幕截圖|螢幕快照|스크린샷|화면[ _-]캡처|لقطة[ _-]شاشة|צילום[ _-]מסך)",
);
/// What editors call a file that nobody has named, with and without accents.
const UNTITLED: &str = concat!(
    "(?:untitled(?:[ _-](?:design|project|image|document|artwork|presentation))?|(?:unnamed|neues)[ _-](?:design|projekt)",
    "|unbenannt(?:es[ _-](?:Design|Projekt|Bild|Dokument)|e[ _-](?:Datei|Pr(?:ä|a|ae)sentation))?|ohne[ _-]Titel",
    "|(?:(?:Design|Projet|Projeto|Progetto)[ _-])?(?:sans|senza|sem)[ _-](?:titre|nom|titolo|nome|t(?:í|i)tulo)",
    "|(?:(?:Dise(?:ñ|n)o|Proyecto)[ _-])?sin[ _-](?:t(?:í|i)tulo|nombre)|naamloos(?:[ _-](?:ontwerp|project))?|zonder[ _-]titel",
    "|(?:Projekt[ _-])?bez[ _-](?:nazwy|tytu(?:ł|l)u|n(?:á|a)zvu)|namnl(?:ö|o)s(?:[ _-]design)?|(?:uten|uden)[ _-](?:navn|tittel|titel)",
    "|unavngivet(?:[ _-]design)?|nimet(?:ö|o)n(?:[ _-]suunnittelu)?|ads(?:ı|i)z(?:[ _-]tasar(?:ı|i)m)?",
    "|(?:(?:Д|д)изайн[ _-])?(?:Б|б)ез[ _-](?:имени|названия|назви)|(?:Б|б)езымянный(?:[ _-](?:проект|дизайн))?",
    "|無題(?:のデザイン)?|未命名(?:设计|的设计|設計|的設計)?|未(?:标|標)题|无标题|無標題|제목[ _-](?:없음|없는[ _-]디자인)|이름[ _-]없는[ _-]디자인)",
);

/// Every default name that is known. Not told apart: tools that name a file by its prompt.
#[rustfmt::skip]
const DEFAULT_NAMES: &[DefaultName] = {
    use {Extent::{Start, Whole}, Origin as O};
    &[
        row(O::Generator, "Midjourney", Start, ".+_UUID"),
        row(O::Generator, "DALL·E", Start,
            "DALL(?:·|•|Â·|%C2%B7|[._ -])?E[ _-]*[0-9]{4}-[0-9]{2}-[0-9]{2}[ _-]+[0-9]{2}[. _-][0-9]{2}[. _-][0-9]"),
        row(O::Generator, "ChatGPT", Start, "ChatGPT[ _-]Image[ _-].*[0-9]{4}.*[0-9]{1,2}_[0-9]{2}_[0-9]{2}"),
        row(O::Generator, "ChatGPT", Start, "ChatGPT[ _-]Image[ _-].*[0-9][^0-9]{1,10}20[0-9]{2}[^0-9]{1,30}[0-9]{1,2}-[0-9]{2}-[0-9]{2}(?:[^0-9]|$)"),
        row(O::Generator, "ChatGPT", Whole, "ChatGPT[ _-]Image"),
        confirmed(row(O::Generator, "Gemini", Start, "Gemini[ _-]Generated[ _-]Image[ _-][a-z0-9]{16}"), repeats_six),
        row(O::Generator, "Gemini", Whole, "Gemini[ _-]Generated[ _-]Image"),
        row(O::Generator, "Google AI Studio", Start,
            "Generated[ _-]Image[ _-][a-z]+[ _-][0-9]{1,2},?[ _-]+[0-9]{4}[ _-]+[0-9]{1,2}[_-][0-9]{2}[ _-]?[AP]M"),
        row(O::Generator, "Google ImageFX", Whole, "image_fx_?"),
        row(O::Generator, "Google ImageFX", Start, "image_fx_?[ _-]*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}"),
        confirmed(row(O::Generator, "Google Whisk", Start,
            "(?:.*-)?Whisk[_-](?:storyboard)?[0-9a-f]{8,}(?:dr)?(?:[^0-9a-z]|$)"), ends_with_hex),
        row(O::Generator, "Adobe Firefly", Start, "Firefly[ _-][0-9]{14}"),
        confirmed(row(O::Generator, "Adobe Firefly", Whole, "Firefly[ _-].+[ _-][0-9]{4,6}"), is_prompt_and_number),
        row(O::Generator, "Leonardo.Ai", Start, concat!(
            "(?:Leonardo_Phoenix|Leonardo_[a-z]+_XL|Lucid_Origin|Lucid_Realism|Flux_Dev|Flux_Schnell|AlbedoBase_XL|DreamShaper[0-9a-z]*",
            "|Absolute_Reality|3D_Animation_Style|SDXL|RPG_[0-9]+|Nano_Banana|GPT_Image|Gemini_Image)_(?:(?:[^_]+_+){2,}[0-3]|.+_0)(?:[^0-9]|$)")),
        row(O::Generator, "Leonardo.Ai", Start, concat!("(?-i:Default_(?:(?:[^_]+_+){4,}|(?:An?|The)_(?:[^_]+_+){2,}",
            "|[A-Z][a-z]+(?:_+[a-z][^_]*){2,}_+)[0-3]|PhotoReal_(?:[^_]+_+){3,}[0-3]|(?:Default|PhotoReal)_.+_0)(?:[^0-9]|$)")),
        row(O::Generator, "Freepik", Start, "freepik__."),
        row(O::Generator, "Ideogram", Whole, "ideogram"),
        row(O::Generator, "Microsoft Copilot", Start, "Copilot[ _-][0-9]{8}[ _-][0-9]{6}"),
        row(O::Generator, "Microsoft Designer", Whole, "Designer"),
        row(O::Generator, "Bing Image Creator", Whole, r"_?(?:(?-i:OIG)[0-9]?|oig[0-9])(?:\.[0-9a-z_.-]+)?"),
        row(O::Generator, "Grok", Start, "grok[-_](?:image|video)[-_]UUID"),
        row(O::Generator, "Grok", Whole, "grok[-_](?:(?:image|video)[-_])?[0-9]{13}(?:_[0-9a-z]+)?|grok[-_]image"),
        confirmed(row(O::Generator, "Grok", Whole, "grok_image_(?:[0-9a-z]{6}|[0-9a-z]{8})"), ends_with_a_code),
        row(O::Generator, "Jimeng", Start, "jimeng-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{3,6}(?:[^0-9]|$)"),
        row(O::Generator, "Krea", Whole, r"krea-(?:edit|enhance|upscale)(?:\(?[0-9]+\)?)?(?:_[0-9]+)?"),
        row(O::Generator, "Stable Diffusion web UI", Whole, "[0-9]{5}-[0-9]+|(?:xyz_)?grid-0[0-9]{3}(?:-[0-9]+)?"),
        row(O::Generator, "Stable Diffusion web UI", Start, "(?:[0-9]{5}-[0-9]{8,10}|00[0-9]{3}-[0-9]{1,10})-"),
        row(O::Generator, "SD.Next", Start, "00[0-9]{3}-[0-9]{4}-[0-9]{2}-[0-9]{2}-"),
        row(O::Generator, "ComfyUI", Whole, ".*_[0-9]{5}_|ComfyUI[ _-][0-9]{4,5}_?"),
        row(O::Generator, "Fooocus", Whole, "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}_[0-9]{4}"),
        row(O::Generator, "NovelAI", Whole, ".* (?-i:s)-[0-9]{6,}|.+-(?-i:s)-[0-9]{8,10}"),

        row(O::Camera, "a camera", Whole,
            "(?:IMG[ _-]?|IMGP|_?IGP|IMAG|DSC_?|_DSC|DSCF|DSCN|CIMG|PICT|MGP|_?MG_|P[0-9]{3}|GOPR|DJI_|MVI_|MOV_|HPIM|SAM_|DUW|KIF_|DCIM)[0-9]{4,5}"),
        row(O::Camera, "a camera", Whole, "DSC[FN]?[ -](?:[013-9][0-9]|2[1-9])[0-9]{2,3}|G[HPX0-9][0-9]{6}"),
        row(O::Camera, "a camera", Whole,
            "(?-i:P[A-C][0-9]{6}|[LRS][0-9]{7}|_[0-9A-Z]{3}[0-9]{4}|[A-Z][0-9][A-Z][0-9]{4,5}|[0-9][A-Z][0-9]A[0-9]{4})"),
        row(O::Camera, "a drone", Start, "DJI_[0-9]{14}_[0-9]{4}|dji_fly_[0-9]{8}_[0-9]{6}"),
        row(O::Camera, "a phone's camera", Start, "(?:IMG|VID|MVIMG|PANO)_[0-9]{8}_[0-9]{6}|IMG[0-9]{14}|WP_[0-9]{8}_[0-9]{2}_"),
        row(O::Camera, "a camera", Start, "DSC_?[0-9]{8}_[0-9]{6}"),
        row(O::Camera, "an iPhone", Whole, "IMG_E[0-9]{4}|FullSizeRender|fullsizeoutput_[0-9a-f]+|tempImage[0-9a-z]{6}(?:[.]heic)?"),
        row(O::Camera, "a Pixel phone", Start, "PXL_[0-9]{8}_[0-9]{9}"),

        row(O::Screenshot, "a screenshot", Start, "SHOT(?:[ _,-]+(?:from|at|vom|van|du|del?|le|z))?[ _,-]*DATE[^0-9]{0,24}TIME"),
        row(O::Screenshot, "a screenshot", Whole, "SHOT(?:[ _-]*DATE)?"),
        row(O::Screenshot, "a screenshot", Whole, "(?-i:Capture)"),
        row(O::Screenshot, "a screenshot", Start,
            "(?:CleanShot|Monosnap|Snipaste|ksnip|Greenshot|Annotation|Snap|Simulator[ _-]Screen[ _]?shot.*)[ _-]+DATE[^0-9]{1,6}TIME"),
        row(O::Screenshot, "a screenshot", Start, "screencapture-.+-DATE[_-]TIME|SCR-[0-9]{8}-[a-z]{4}"),

        row(O::Passed, "WhatsApp", Start, "(?:[^0-9]{1,30}[ _-])?WhatsApp[^0-9]{0,30}DATE[^0-9]{1,16}TIME"),
        row(O::Passed, "WhatsApp", Start, "(?:IMG|VID)[_-][0-9]{8}[_-]WA[0-9]{4}"),
        row(O::Passed, "WhatsApp", Whole, "(?-i:WhatsApp)[ _-]Image"),
        row(O::Passed, "Facebook", Start, "FB[_-]IMG[_-][0-9]{10,}"),
        row(O::Passed, "Facebook", Whole, "received_[0-9]{10,}"),
        row(O::Passed, "Telegram", Start, "photo_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}"),
        row(O::Passed, "Signal", Start, "signal-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}-?[0-9]{2}"),
        row(O::Passed, "Snapchat", Whole, "Snapchat-[0-9]{6,}"),
        row(O::Passed, "WeChat", Whole, "mmexport[0-9a-f]{13,}|(?:微信图片|微信圖片)_[0-9]{8,}|wx_camera_[0-9]{10,}"),
        row(O::Passed, "QQ", Whole, "QQ(?:图片|截图)[0-9]{14}|微信截图_[0-9]{14}"),
        row(O::Passed, "Telegram", Whole, "photo_[0-9]{15,}_[a-z]|telegram-cloud-photo-size-.*"),
        row(O::Passed, "Messenger", Whole, "messenger_creation_[0-9a-f-]{10,}"),
        row(O::Passed, "Viber", Start, "viber_image_[0-9]{4}-[0-9]{2}-[0-9]{2}_"),
        row(O::Passed, "a phone's editor", Start, "(?:InShot|Picsart|Polish|PhotoGrid|KakaoTalk)_(?:[0-9]{8}_[0-9]{6}|[0-9]{2}-[0-9]{2}-[0-9]{2}_)"),
        row(O::Passed, "YouTube", Whole, "(?:maxres|sd|hq|mq)default"),
        row(O::Passed, "Bing", Whole, "(?-i:OIP)|th"),
        row(O::Passed, "Ezgif", Start, "ezgif[.]com-|ezgif-[0-9]-[0-9a-f]{8,}"),
        row(O::Passed, "a browser or an editor", Whole,
            "(?:unnamed|images?|download|downloadfile|unknown|pasted[ _-]image)(?:[ _-]?[0-9]+)?"),
        row(O::Passed, "a browser or an editor", Whole, "image[ _-]?DATE[T _-]?TIME.*|pasted[ _-]image[ _-][0-9]{14}|clipboard[0-9]+"),
        row(O::Passed, "a browser or an editor", Start, "(?:Photo|Foto)[ _-](?:on[ _-])?[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{2,4}[ _,-]+(?:at[ _-])?[0-9]{1,2}[ ._-][0-9]{2}"),
        row(O::Passed, "an editor", Whole,
            "UNTITLED(?:[ _-]*[(]?[0-9]{2,5}[ _-]*x[ _-]*[0-9]{2,5}(?:[ _-]*(?:px|cm|mm|in))?[)]?)?"),
        row(O::Passed, "an editor", Whole, concat!(
            "(?:Artboard|Zeichenfl(?:ä|a|ae)che|Plan[ _-]de[ _-]travail|Mesa[ _-]de[ _-]trabajo|Tavola[ _-]disegno|Frame|Group",
            "|Rectangle|Ellipse|Vector|Layer|Ebene|Component|Slide|Folie|Diapositiva|Mask[ _-]group)[ _-]?[0-9]+|Mask[ _-]group|(?-i:Vector)")),

        row(O::Stock, "Adobe Stock", Start, "Adobe[ _-]?Stock[ _-][0-9]{6,}"),
        row(O::Stock, "Shutterstock", Start, "shutterstock[ _-][0-9]{6,}"),
        row(O::Stock, "Shutterstock", Whole, "stock-(?:photo|vector|illustration)-.+-[0-9]{7,10}"),
        row(O::Stock, "Getty Images", Start, "gettyimages[ _-][0-9]{6,}"),
        row(O::Stock, "iStock", Start, "iStock(?:photo)?[ _-][0-9]{6,}"),
        row(O::Stock, "Depositphotos", Start, "Depositphotos[ _-][0-9]{6,}"),
        row(O::Stock, "Dreamstime", Start, "dreamstime[_-](?:[a-z]+[_-])?[0-9]{6,}"),
        row(O::Stock, "Fotolia", Start, "Fotolia[ _-][0-9]{6,}"),
        row(O::Stock, "Vecteezy", Start, "vecteezy_.+_[0-9]{6,}"),
        row(O::Stock, "Pixabay", Whole, ".+-[0-9]{7}_(?:640|1280|1920)"),
        row(O::Stock, "Pexels", Whole, "pexels-(?:(?:photo|pixabay)-[0-9]+|(?:.*-)?[0-9]{6,9})"),
        row(O::Stock, "Unsplash", Whole, "(?:premium_)?photo-[0-9]{13}-[0-9a-f]{12}"),
        confirmed(row(O::Stock, "Unsplash", Whole, ".+-[0-9a-z_-]{11}-unsplash|[0-9a-z]+-[0-9]{5,}-unsplash"), ends_with_an_unsplash_id),

        row(O::Identifier, "a UUID", Whole, "(?:_|[{]|(?:img|image|file)[_-])?UUID[}]?"),
        confirmed(row(O::Identifier, "a hash", Whole, "(?:(?:img|image|file)[_-])?[0-9a-f]{16,}"), has_digit),
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
    let Some((_, code)) = lower.split_once("image") else { return false };
    let code = code.trim_start_matches(is_separator);
    code.get(..6).is_some() && code.get(..6) == code.get(6..12)
}

fn has_digit(stem: &str) -> bool {
    stem.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether what stands behind Whisk's name is no word and no short number.
fn ends_with_hex(stem: &str) -> bool {
    const SURE: usize = 10;
    let lower = stem.to_ascii_lowercase();
    let code = lower.rsplit_once("whisk").map_or("", |(_, code)| code);
    let code = code.trim_start_matches(is_separator).trim_start_matches("storyboard");
    let hex = code.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap_or_default();
    has_digit(hex) && (hex.len() >= SURE || hex.contains(|c: char| c.is_ascii_alphabetic()))
}

/// Firefly ends a prompt with a number. `Firefly-festival-2026` ends with a year, and a shorter
/// name may end with a model; in lower case the word may be the insect.
fn is_prompt_and_number(stem: &str) -> bool {
    let mut parts = stem.split(is_separator).filter(|part| !part.is_empty());
    let tool = parts.next().unwrap_or_default();
    let number = parts.next_back().unwrap_or_default();
    let year = ["19", "200", "201", "202", "203"].iter().any(|begin| number.starts_with(begin));
    let prompt: Vec<_> = parts.collect();
    let counts = prompt.iter().any(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let fewest = match (tool, number.len()) {
        ("Firefly", 4) if year || counts => return false,
        ("Firefly", 4) => 3,
        ("Firefly", _) if stem.contains(' ') => 1,
        ("Firefly", _) => 2,
        (_, 4) => return false,
        _ => 4,
    };
    prompt.len() >= fewest
}

/// Whether the last part is no word: it has a digit, or no vowel helps to say it.
fn ends_with_a_code(stem: &str) -> bool {
    let code = stem.rsplit('_').next().unwrap_or_default().as_bytes();
    let vowel = |byte: &u8| b"aeiouyAEIOUY".contains(byte);
    let consonant = |byte: &u8| byte.is_ascii_alphabetic() && !vowel(byte);
    code.iter().any(u8::is_ascii_digit) || code.windows(4).any(|run| run.iter().all(consonant))
}

/// Unsplash's identifiers have eleven signs, older ones are numbers; words have neither a digit
/// nor a capital within.
fn ends_with_an_unsplash_id(stem: &str) -> bool {
    const LENGTH: usize = 11;
    let Some(rest) = stem.len().checked_sub("-unsplash".len()).and_then(|end| stem.get(..end))
    else {
        return false;
    };
    let number = rest.rsplit('-').next().unwrap_or_default();
    let code = rest.len().checked_sub(LENGTH).and_then(|start| rest.get(start..));
    let telling =
        |code: &str| code.bytes().skip(1).any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    (number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit()))
        || code.is_some_and(telling)
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

    /// Whether there is one that stands for a program and not for an identifier.
    pub(super) fn any_program(&self) -> bool {
        self.0.keys().any(|origin| *origin != Origin::Identifier)
    }
}

/// Says which tool of an origin gave the asset its name by itself.
pub(super) fn default_name(subject: &Subject<'_>, origin: Origin) -> Vec<String> {
    let tool = subject.reading.tool(origin);
    tool.map(|tool| format!("the name is the default of {tool}")).into_iter().collect()
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
        let reading = without_beginning(reading);
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
        let parts = [
            ("UUID", UUID),
            ("DATE", DATE),
            ("TIME", TIME),
            ("SHOT", SHOT),
            ("UNTITLED", UNTITLED),
        ];
        let spelled = |pattern: String, (name, part): (&str, &str)| pattern.replace(name, part);
        let pattern = parts.into_iter().fold(self.pattern.to_owned(), spelled);
        match self.extent {
            Extent::Whole => format!("^(?:{pattern})$"),
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
