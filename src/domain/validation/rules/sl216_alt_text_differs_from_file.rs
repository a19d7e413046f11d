use crate::domain::claims::ANY_LANGUAGE;
use crate::domain::validation::wording::{folded, quoted, serves};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL216",
    name: "alt-text-differs-from-file",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "the file carries another alternative text than the record",
    why: "Programs that read the text from the file show another one than the site. One of the two is older.",
    fix: "Keep the better text, with `describe --alt` or by writing the record into the file.",
    source: "IPTC Alt Text (Accessibility)",
    needs: &[Known::AltText, Known::Claims],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(claims) = subject.claims else { return Vec::new() };
    let site = subject.policy.locale.as_str();
    let differing = subject.reading.alts.iter().filter_map(|alt| {
        let meant = |tag: &str| {
            let everybody = tag == ANY_LANGUAGE && serves(alt.locale, site);
            everybody || serves(tag, alt.locale)
        };
        let mut claimed = claims.alt.0.iter().filter(|(tag, _)| meant(tag)).peekable();
        let (_, other) = *claimed.peek()?;
        let same = claimed.any(|(_, text)| folded(text) == alt.folded);
        let message = || format!("the file says {} for `{}`", quoted(other), alt.locale);
        (!same).then(message)
    });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Texts};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn says(sample: &mut Sample, texts: &[(&str, &str)]) {
        let texts = texts.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned()));
        sample.claims = Some(Claims { alt: Texts(texts.collect()), ..Claims::default() });
    }

    #[test]
    fn another_text_of_the_same_language_is_found() {
        finds(
            &RULE,
            |s| says(s, &[("x-default", "Teapot"), ("de-AT", "Kanne")]),
            &["the file says `Kanne` for `de`", "the file says `Teapot` for `en`"],
        );
    }

    #[test]
    fn the_same_text_and_other_languages_pass() {
        passes(&RULE, |s| says(s, &[("x-default", "a green tea tin beside two steaming cups.")]));
        passes(&RULE, |s| says(s, &[("fr", "Une théière")]));
        passes(&RULE, |s| s.claims = None);
        passes(&RULE, |s| {
            says(s, &[("en", "Teapot")]);
            s.metadata.alt.remove("en");
        });
    }
}
