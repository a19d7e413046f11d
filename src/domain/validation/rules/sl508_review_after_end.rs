use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL508",
    name: "review-after-end",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the review is to be after the asset has ended",
    why: "A review that comes too late finds nothing to decide: nobody is asked before the end.",
    fix: "Set the review date before the end.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let dates = &subject.metadata.dates;
    let (Some(at), Some(on)) = (dates.review_at, dates.review_on) else { return Vec::new() };
    let first = subject.ends().min_by_key(|end| end.at).filter(|end| end.at <= at);
    let first = first.filter(|end| end.at > subject.now);
    first.map(|end| format!("the review on {on} is after {}", end.whose)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, context, date, finds, instant, passes};

    fn due(sample: &mut Sample, day: &str) {
        sample.metadata.dates.review_on = Some(date(day));
        sample.metadata.dates.review_at = Some(instant(day));
    }

    #[test]
    fn the_first_of_all_ends_counts() {
        passes(&RULE, |s| due(s, "2026-08-31"));
        finds(&RULE, |s| due(s, "2026-09-01"), &["the review on 2026-09-01 is after its own end"]);
        finds(
            &RULE,
            |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-06-30")],
            &["the review on 2026-07-15 is after offer/tea"],
        );
    }

    #[test]
    fn an_end_that_has_come_is_told_by_another_rule() {
        passes(&RULE, |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-05-31")]);
    }
}
