use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL517",
    name: "never-usable",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the licenses and contexts leave no day on which the asset may be used",
    why: "Each window is fine by itself, but they do not overlap: one begins only after another has ended.",
    fix: "Unlink what does not belong together, or correct the dates.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let first_end = subject.ends().min_by_key(|end| end.at);
    let last_beginning = subject.beginnings().max_by_key(|beginning| beginning.at);
    let (Some(end), Some(beginning)) = (first_end, last_beginning) else { return Vec::new() };
    let one_record = subject.metadata.dates.expires_at == Some(end.at)
        && subject.metadata.dates.starts_at == Some(beginning.at);
    let message = || format!("{} comes before {} begins", end.whose, beginning.whose);
    (end.at <= beginning.at && !one_record).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{context, date, finds, instant, passes};

    #[test]
    fn windows_that_do_not_overlap_are_found() {
        finds(
            &RULE,
            |s| s.contexts.push(context("season/autumn", "2026-09-01", "2026-11-30")),
            &["its own end comes before season/autumn begins"],
        );
        passes(&RULE, |s| s.contexts.push(context("season/autumn", "2026-08-31", "2026-11-30")));
    }

    #[test]
    fn its_own_dates_alone_are_told_by_another_rule() {
        passes(&RULE, |s| {
            s.metadata.dates.starts_on = Some(date("2026-10-01"));
            s.metadata.dates.starts_at = Some(instant("2026-10-01"));
        });
    }
}
