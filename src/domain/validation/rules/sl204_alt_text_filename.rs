use crate::domain::validation::filename::FileName;
use crate::domain::validation::filename_defaults::is_default;
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

static ADDRESS: Pattern = Pattern::new(r"^(?i:(?:https?|ftp|file):/|www\.)\S+$");
/// Extensions of what people name in an alternative text by mistake.
const EXTENSIONS: [&str; 15] = [
    "avif", "bmp", "gif", "heic", "jpeg", "jpg", "mov", "mp4", "pdf", "png", "psd", "svg", "tif",
    "tiff", "webp",
];
/// The longest file name, in bytes.
const LONGEST_NAME: usize = 255;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let own = &subject.reading.name;
    let pasted = subject.alts().filter(|(_, text)| {
        let text = text.trim();
        ADDRESS.is_match(text) || is_file_name(text) || is_stem(text, own)
    });
    pasted.map(|(locale, text)| format!("the text for `{locale}` is {}", quoted(text))).collect()
}

fn is_file_name(text: &str) -> bool {
    let Some((stem, extension)) = text.rsplit_once('.') else { return false };
    let known = EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    known && !stem.is_empty() && text.len() <= LONGEST_NAME && !text.contains('\n')
}

/// Whether a text is the asset's stem, or one that a tool gives. A stem of words and spaces is
/// also how people write, so it has to show that it is none: by `-`, `_` or its tool.
fn is_stem(text: &str, own: &FileName) -> bool {
    let joined = !text.contains(char::is_whitespace) && text.contains(['-', '_']);
    let numbered = text.contains(|c: char| c.is_ascii_digit());
    if !joined && !numbered {
        return false;
    }
    let written = FileName::of_stem(text);
    let is_own = [own.stem(), own.base()].contains(&written.stem());
    match (is_own, joined) {
        (true, true) => true,
        (false, false) => false,
        _ => numbered && is_default(&written),
    }
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
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
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
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
        passes(&RULE, |s| {
            s.rename("tea tin.jpg");
            s.set_alt("Tea tin");
        });
    }
}
