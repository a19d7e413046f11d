use crate::domain::time::CivilDate;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL520",
    name: "claimed-release-later",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file is not to be published yet by its own release date",
    why: "The release date in the file is an embargo of whoever supplied it. The record lets the picture be used before.",
    fix: "Ask the supplier, and set the first day with `describe --starts-on`.",
    source: "IPTC-IIM Release Date (2:30)",
    needs: &[Known::Claims, Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let stated = subject.claims.and_then(|claims| claims.released_on.as_deref());
    let claimed = stated.and_then(|text| text.get(..10)?.parse::<CivilDate>().ok());
    let Some(claimed) = claimed.filter(|_| subject.is_open()) else { return Vec::new() };
    let begins = subject.zone().start_of(claimed);
    let waits = subject.beginnings().any(|beginning| begins <= beginning.at);
    let message = || format!("the file is to be released on {claimed}");
    (subject.now < begins && !waits).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::Claims;
    use crate::domain::validation::sample::{Sample, finds, instant, passes, passes_each};

    fn released(sample: &mut Sample, on: &str) {
        let released_on = Some(on.to_owned());
        sample.claims = Some(Claims { released_on, ..Claims::default() });
    }

    #[test]
    fn an_embargo_that_the_record_does_not_keep_is_found() {
        finds(&RULE, |s| released(s, "2026-06-02"), &["the file is to be released on 2026-06-02"]);
    }

    #[test]
    fn a_release_that_was_and_a_record_that_waits_pass() {
        passes_each(&RULE, &["2026-06-01", "2019-01-01", "tomorrow", ""], released);
        passes(&RULE, |s| {
            released(s, "2026-07-01");
            s.metadata.dates.starts_at = Some(instant("2026-07-01"));
        });
        passes(&RULE, |s| s.claims = None);
    }
}
