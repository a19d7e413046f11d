use crate::domain::lifecycle::State;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL506",
    name: "review-date-past",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the review date has passed before anybody decided",
    why: "An approval now would be due for review at once: the date is left over from somewhere else.",
    fix: "Set a review date in the future with `describe --review-on`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let draft = subject.asset.state == State::Draft;
    let date = subject.metadata.dates.review_on.filter(|on| draft && *on < subject.today());
    date.map(|date| format!("the review was to be on {date}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    fn due(sample: &mut Sample, day: &str) {
        sample.metadata.dates.review_on = Some(date(day));
        sample.metadata.dates.review_at = Some(instant(day));
    }

    #[test]
    fn the_day_itself_is_in_time() {
        passes(&RULE, |s| due(s, "2026-06-01"));
        finds(&RULE, |s| due(s, "2026-05-31"), &["the review was to be on 2026-05-31"]);
    }

    #[test]
    fn an_approved_asset_is_told_by_another_rule_but_its_renewal_is_stopped() {
        let approved = Sample::with(|s| {
            due(s, "2026-05-31");
            s.asset.state = State::Approved;
        });
        assert!(approved.messages(&RULE).is_empty());
        assert_eq!(approved.gate().into_iter().map(|f| f.code).collect::<Vec<_>>(), ["SL506"]);
    }
}
