use crate::domain::validation::reading::AltText;
use crate::domain::validation::wording::{Pattern, folded, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL205",
    name: "alt-text-prompt",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the alternative text is the prompt or the source note",
    why: "A prompt says what was asked for, with words for the machine; the alternative text says what came out and matters here.",
    fix: "Describe the picture as it is, without styles, weights and settings.",
    source: "WCAG 1.1.1: failure F30 (text that is no alternative)",
    needs: &[Known::AltText],
    check,
};

/// Settings that only generators read.
static SETTINGS: Pattern = Pattern::new(concat!(
    r"(?i)--(?:ar|v|niji|stylize|s|chaos|seed|no|style|q|iw|sref|cref)\s+\S",
    r"|<(?:lora|lyco|hypernet):|(?-u:\b)negative prompt:|(?-u:\b)steps: \d+, sampler|(?-u:\b)cfg scale:",
    r"|\([^()]{1,80}:[01]\.\d+\)|(?-u:\b)masterpiece, best quality|(?-u:\b)trending on artstation|^/imagine(?-u:\b)",
    r"|(?-u:\b)(?:4|8|16)k (?:uhd|hdr|resolution)|(?-u:\b)hyper[- ]?realistic, |(?-u:\b)ultra[- ]detailed, ",
));
/// A shorter text may be within a note by chance.
const FEWEST_WORDS: usize = 6;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let note = subject.metadata.source_note.as_deref().map(folded).unwrap_or_default();
    subject.reading.alts.iter().filter_map(|alt| complaint(alt, &note)).collect()
}

fn complaint(alt: &AltText<'_>, note: &str) -> Option<String> {
    let locale = alt.locale;
    if let Some(setting) = SETTINGS.find(alt.text) {
        let setting = quoted(setting.trim());
        return Some(format!("the text for `{locale}` has settings of a generator: {setting}"));
    }
    repeats(&alt.folded, note).then(|| format!("the text for `{locale}` repeats the source note"))
}

fn repeats(text: &str, note: &str) -> bool {
    let long = |text: &str| text.split(' ').count() >= FEWEST_WORDS;
    let within = |outer: &str, inner: &str| long(inner) && outer.contains(inner);
    !text.is_empty() && (text == note || within(note, text) || within(text, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    #[test]
    fn the_note_pasted_whole_or_in_part_is_found() {
        finds(
            &RULE,
            |s| {
                s.metadata.source_note = Some("red teapot".to_owned());
                s.set_alt("Red teapot.");
            },
            &["the text for `en` repeats the source note"],
        );
        finds(
            &RULE,
            |s| s.set_alt("Green tin, two cups, soft morning light"),
            &["the text for `en` repeats the source note"],
        );
    }

    #[test]
    fn settings_of_generators_are_found() {
        finds(
            &RULE,
            |s| s.set_alt("A tin of tea --ar 16:9"),
            &["the text for `en` has settings of a generator: `--ar 1`"],
        );
        let texts = [
            "tin of tea, <lora:tea:0.8>",
            "a (green:1.2) tin of tea",
            "Negative prompt: hands",
            "tin of tea, masterpiece, best quality",
            "/imagine a tin of tea",
            "tea tin, 8k uhd",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
    }

    #[test]
    fn sharing_words_with_the_note_is_no_copy() {
        let texts = [
            "Green tin",
            "A tin -- and two cups",
            "A 4K television (65 inch) at 9:30",
            "A clock at 1:05",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
        passes(&RULE, |s| s.metadata.source_note = None);
    }
}
