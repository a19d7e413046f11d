use crate::domain::validation::wording::{keeps_place, quoted, say_nothing};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL203",
    name: "alt-text-generic",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the alternative text fits any picture",
    why: "`image` or `photo 2` tells people only what their reader has already said.",
    fix: "Say what the picture shows, or set an empty text if it is decorative.",
    source: "WCAG 1.1.1: failure F30 (text that is no alternative)",
    needs: &[Known::AltText],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let alts = subject.reading.alts.iter();
    let generic = alts.filter(|alt| keeps_place(&alt.folded) || say_nothing(&alt.words));
    generic
        .map(|alt| format!("the text for `{}` is only {}", alt.locale, quoted(alt.text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_text_that_fits_any_picture_is_found() {
        finds(&RULE, |s| s.set_alt("Image"), &["the text for `en` is only `Image`"]);
        let texts = [
            "photo 2",
            "the picture",
            "Logo",
            "spacer",
            "alt text",
            "...",
            "12",
            "TBD",
            "n/a",
            "Bild",
            "eine Abbildung",
            "une image",
            "Sans titre",
            "imagen",
            "una foto",
            "immagine",
            "afbeelding",
            "imagem",
            "zdjęcie",
            "obrazek",
            "画像",
            "图片",
            "фото",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
    }

    #[test]
    fn one_describing_word_is_enough() {
        let texts =
            ["Teapot", "Logo of the Tea House", "Foto: Anna Li", "茶", "Image map of Asia", ""];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
