use crate::domain::validation::wording::{is_word_sign, quoted, say_nothing};
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

/// Fewer letters than this describe nothing, but where one sign is a word.
const FEWEST_LETTERS: usize = 3;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let name = &subject.reading.name;
    let words = name.words();
    let letters = || words.iter().flat_map(str::chars).filter(|c| c.is_alphabetic());
    let message = if say_nothing(&words) {
        format!("{} describes nothing", quoted(name.stem()))
    } else if letters().count() < FEWEST_LETTERS && !letters().any(is_word_sign) {
        format!("{} is too short to describe anything", quoted(name.stem()))
    } else {
        return Vec::new();
    };
    if subject.reading.is_default_name() { Vec::new() } else { vec![message] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_name_of_words_that_fit_any_picture_is_found() {
        finds(&RULE, |s| s.rename("new-image-2.jpg"), &["`new-image-2` describes nothing"]);
        finds(&RULE, |s| s.rename("ab.jpg"), &["`ab` is too short to describe anything"]);
        let names = [
            "Bild-neu.jpg",
            "foto3.jpg",
            "logo.png",
            "final-draft-v2.png",
            "imagen-nueva.jpg",
            "图片.png",
            "test.jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_describing_word_is_enough_and_a_default_name_is_told_by_another_rule() {
        let names = [
            "teapot.jpg",
            "茶.jpg",
            "logo-tea-house.png",
            "foto-museum.jpg",
            "image.jpg",
            "4815.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
