use crate::domain::license::License;
use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL303",
    name: "rights-review-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody reviewed the rights, or it is not recorded who and when",
    why: "A note is what somebody wrote; the review is that a person answers for it, on a day, against the terms of that day.",
    fix: "Have somebody check the rights, and record it with `describe --rights-reviewed-by NAME --rights-reviewed-on DATE`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

/// The asset's own review counts, or a review of every license that it is linked to.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let metadata = subject.metadata;
    let licensed = !subject.licenses.is_empty() && subject.licenses.iter().all(|l| is_reviewed(l));
    let by = said(metadata.rights_reviewed_by.as_deref()).filter(|by| !is_placeholder(by));
    let message = match (by, metadata.rights_reviewed_on) {
        (Some(_), Some(_)) => return Vec::new(),
        (Some(by), None) => format!("the review by {} has no date", quoted(by)),
        (None, Some(on)) => format!("nobody is named for the review of {on}"),
        (None, None) if licensed => return Vec::new(),
        (None, None) => "no review of the rights is recorded".to_owned(),
    };
    vec![message]
}

fn is_reviewed(license: &License) -> bool {
    said(license.reviewed_by.as_deref()).is_some() && license.reviewed_on.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn without_review(sample: &mut Sample) {
        sample.metadata.rights_reviewed_by = None;
        sample.metadata.rights_reviewed_on = None;
    }

    #[test]
    fn a_review_needs_a_person_and_a_day() {
        finds(
            &RULE,
            |s| s.metadata.rights_reviewed_by = Some("?".to_owned()),
            &["nobody is named for the review of 2026-05-25"],
        );
        finds(&RULE, |s| s.metadata.rights_reviewed_on = None, &["the review by `li` has no date"]);
    }

    #[test]
    fn the_reviews_of_the_licenses_count_if_none_is_without() {
        passes(&RULE, without_review);
        finds(
            &RULE,
            |s| {
                without_review(s);
                s.licenses[0].reviewed_on = None;
            },
            &["no review of the rights is recorded"],
        );
        finds(
            &RULE,
            |s| {
                without_review(s);
                s.licenses.clear();
            },
            &["no review of the rights is recorded"],
        );
    }
}
