use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL213",
    name: "alt-text-half-decorative",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the picture is decorative in one language and described in another",
    why: "A picture either says something or decorates. If it says something, people of one language miss it.",
    fix: "Describe it in every language, or declare it decorative in all of them.",
    source: "WCAG 1.1.1: technique H67, failures F38 and F39",
    needs: &[Known::AltText],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let described = subject.alts().next().is_some();
    let empty = subject.metadata.alt.iter().filter(|(_, text)| text.is_empty() && described);
    empty
        .map(|(locale, _)| {
            format!("it is declared decorative for `{locale}` and described elsewhere")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_contradiction_is_found() {
        finds(
            &RULE,
            |s| drop(s.metadata.alt.insert("fr".to_owned(), String::new())),
            &["it is declared decorative for `fr` and described elsewhere"],
        );
    }

    #[test]
    fn a_picture_may_be_decorative_everywhere() {
        passes(&RULE, |s| s.metadata.alt.values_mut().for_each(String::clear));
    }
}
