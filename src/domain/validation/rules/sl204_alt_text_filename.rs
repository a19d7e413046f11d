use crate::domain::text::count_bytes;
use crate::domain::validation::filename::FileName;
use crate::domain::validation::filename_defaults::Tools;
use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL204",
    name: "alt-text-filename",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the alternative text is a file name or an address",
    why: "A reader spells `tea-tin-final2.jpg` out, sign by sign, and nobody learns what the picture shows.",
    fix: "Say what the picture shows in words.",
    source: "WCAG 1.1.1: failure F30 (a file name as the alternative)",
    needs: &[Known::Name, Known::AltText],
    check,
};

static ADDRESS: Pattern = Pattern::new(
    r"^(?i:(?:https?|ftp|file|blob):/?|data:image/|www\.|//|[a-z]:\\|/?wp-content/)\S+$",
);
/// Extensions of what people name in an alternative text by mistake.
const EXTENSIONS: [&str; 16] = [
    "avif", "bmp", "gif", "heic", "jfif", "jpeg", "jpg", "mov", "mp4", "pdf", "png", "psd", "svg",
    "tif", "tiff", "webp",
];
/// The longest file name, in bytes.
const LONGEST_NAME: usize = 255;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let own = &subject.reading.name;
    let pasted = subject.alts().filter(|(_, text)| {
        let text = text.trim().trim_matches(['"', '“', '”', '„']);
        is_address(text) || is_file_name(text) || is_stem(text, own)
    });
    pasted.map(|(locale, text)| format!("the text for `{locale}` is {}", quoted(text))).collect()
}

/// A quick look goes before the pattern: in an address there is no space.
fn is_address(text: &str) -> bool {
    !text.contains(char::is_whitespace) && ADDRESS.is_match(text)
}

/// A sentence may end with the name of a file, or with what a file is called by its extension.
fn is_file_name(text: &str) -> bool {
    const MOST_WORDS: usize = 5;
    let Some((stem, extension)) = text.rsplit_once('.') else { return false };
    let known = EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    let one_line = text.len() <= LONGEST_NAME && !text.contains('\n');
    let short = || stem.split_whitespace().count() <= MOST_WORDS;
    let named = || short() || Tools::behind(&FileName::of_stem(stem)).any_program();
    known && one_line && !stem.is_empty() && !stem.ends_with(char::is_whitespace) && named()
}

/// Whether a text is the asset's stem, or one that a tool gives. A stem of words and spaces is
/// also how people write, so it has to show that it is none: by its signs or its tool.
fn is_stem(text: &str, own: &FileName) -> bool {
    /// Fewer digits may count something in a text with spaces.
    const SURE: usize = 6;
    let digits = count_bytes(text.as_bytes(), |byte| byte.is_ascii_digit());
    let spaced = text.contains(char::is_whitespace);
    let joined = !spaced && text.contains(['-', '_']);
    if !spaced && text.matches('_').count() > 1 {
        return true;
    }
    if !joined && digits == 0 {
        return false;
    }
    let written = FileName::of_stem(text);
    let is_own = || [own.stem(), own.base()].contains(&written.stem());
    if joined && is_own() && (digits > 0 || is_slug(text)) {
        return true;
    }
    let tools = || Tools::behind(&written);
    match (joined, spaced) {
        (true, _) => digits > 0 && tools().any(),
        (false, true) => (digits >= SURE || (digits > 0 && is_own())) && tools().any_program(),
        (false, false) => {
            digits > 3 && (tools().any_program() || text.len() >= 16 && tools().any())
        }
    }
}

/// Whether words are joined as nobody writes them: `road-trip`, but not `Coca-Cola` and `t-shirt`.
fn is_slug(text: &str) -> bool {
    const SHORTEST: usize = 4;
    let parts = || text.split(['-', '_']);
    let lower = !text.contains(char::is_uppercase);
    let long = || parts().all(|part| part.chars().count() >= SHORTEST);
    text.contains('_') || parts().count() > 2 || (lower && long())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    #[test]
    fn a_name_or_an_address_is_found() {
        finds(
            &RULE,
            |s| s.set_alt("tea-tin-with-two-cups"),
            &["the text for `en` is `tea-tin-with-two-cups`"],
        );
        let texts = [
            "tea tin.jpg",
            "TEA-TIN-WITH-TWO-CUPS.JPG",
            "IMG_4815",
            "Screenshot_20260120-202815",
            "https://example.org/tea.jpg",
            "www.example.org/tea",
            "DSC_0042",
            "DSC01234",
            "\"tea-tin.jpg\"",
            "tea_tin_two_cups",
            "5d41402abc4b2a76b9719d911017c592",
            "DALL·E 2024-03-05 14.22.31 - A modern kitchen.webp",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
        finds(
            &RULE,
            |s| {
                s.rename("Screenshot-2026-01-20-at-10.15.30.png");
                s.set_alt("Screenshot 2026-01-20 at 10.15.30");
            },
            &["the text for `en` is `Screenshot 2026-01-20 at 10.15.30`"],
        );
        finds(
            &RULE,
            |s| {
                s.rename("WhatsApp Image 2026-02-21 at 11.02.33.jpeg");
                s.set_alt("WhatsApp Image 2026-02-21 at 11.02.33");
            },
            &["the text for `en` is `WhatsApp Image 2026-02-21 at 11.02.33`"],
        );
    }

    #[test]
    fn the_words_of_a_descriptive_name_are_a_description() {
        let texts = [
            "Tea tin with two cups",
            "Teapot",
            "A sign that reads www.example.org",
            "Merry-go-round",
            "Designer",
            "Tea-tin",
            "A silver Mercedes S-500",
            "Icon for a .pdf",
            "How to convert a picture from .heic to .jpg",
            "Slide 3",
            "Hotline 0800 123 456",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
        passes(&RULE, |s| {
            s.rename("tea tin.jpg");
            s.set_alt("Tea tin");
        });
        for compound in ["Coca-Cola", "t-shirt", "Spider-Man", "e-bike"] {
            passes(&RULE, |s| {
                s.rename(&format!("{compound}.jpg"));
                s.set_alt(compound);
            });
        }
    }
}
