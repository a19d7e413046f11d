use crate::domain::validation::wording::is_blank;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL202",
    name: "alt-text-blank",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the alternative text consists of spaces or invisible characters",
    why: "A text of spaces is neither a description nor the empty text that declares a picture decorative: readers may announce the file name.",
    fix: "Describe the picture, or set an empty text if it is decorative.",
    source: "WCAG 1.1.1: technique H67 (a decorative picture has a null text)",
    needs: &[Known::AltText],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let blank = subject.metadata.alt.iter().filter(|(_, text)| !text.is_empty() && is_blank(text));
    blank.map(|(locale, _)| format!("the text for `{locale}` is blank")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn nothing_to_see_is_found_in_every_form() {
        finds(&RULE, |s| s.set_alt("  "), &["the text for `en` is blank"]);
        finds_each(&RULE, &["\n", "\u{a0}", "\u{200b}", "\u{3000}\u{feff}"], Sample::set_alt);
    }

    #[test]
    fn an_empty_text_is_a_declaration() {
        passes_each(&RULE, &["", "A tin of tea", "茶"], Sample::set_alt);
    }
}
