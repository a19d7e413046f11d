use crate::domain::validation::wording::{Words, is_word_sign, names_a_model, quoted, say_nothing};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL108",
    name: "filename-generic",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file name has no word that describes the picture",
    why: "A name such as `image-2` or `neues-bild` fits any picture: nobody finds it again, and the next one replaces it by accident.",
    fix: "Name the file by what it shows, such as `tea-tin-with-two-cups.jpg`.",
    source: "product policy",
    needs: &[Known::Name],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let name = &subject.reading.name;
    let words = name.words();
    let message = if say_nothing(&words) && !name.readings().any(|r| names_a_model(&Words::of(r))) {
        format!("{} describes nothing", quoted(name.stem()))
    } else if is_too_short(&words) {
        format!("{} is too short to describe anything", quoted(name.stem()))
    } else {
        return Vec::new();
    };
    if subject.reading.is_default_name() { Vec::new() } else { vec![message] }
}

/// Whether there is only a letter, or the same one twice. `uk` and `tv-55` are short names, `m3` is
/// a model, and in some scripts one sign is a word.
fn is_too_short(words: &Words<'_>) -> bool {
    let letters = || words.iter().flat_map(str::chars).filter(|c| c.is_alphabetic());
    if letters().nth(2).is_some() {
        return false;
    }
    let first = letters().next();
    let varied = letters().any(|letter| Some(letter) != first);
    let is_model =
        |word: &str| word.starts_with(char::is_alphabetic) && word.ends_with(char::is_numeric);
    !varied && !words.iter().any(is_model) && !letters().any(is_word_sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_name_of_words_that_fit_any_picture_is_found() {
        finds(&RULE, |s| s.rename("new-image-2.jpg"), &["`new-image-2` describes nothing"]);
        finds(&RULE, |s| s.rename("bb.jpg"), &["`bb` is too short to describe anything"]);
        let names = [
            "Bild-neu.jpg",
            "foto3.jpg",
            "logo.png",
            "final-draft-v2.png",
            "imagen-nueva.jpg",
            "图片.png",
            "test.jpg",
            "a.jpg",
            "x-2.jpg",
            "neues-bild-911.jpg",
            "이미지.png",
            "صورة.jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_describing_word_is_enough_and_a_default_name_is_told_by_another_rule() {
        let names = [
            "teapot.jpg",
            "茶.jpg",
            "logo-tea-house.png",
            "der-neue-911.jpg",
            "la-nuova-500-1.jpg",
            "501-original.jpg",
            "wm-2026.jpg",
            "q4-2026.png",
            "m3.jpg",
            "uk.png",
            "öl.jpg",
            "foto-museum.jpg",
            "image.jpg",
            "4815.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
