use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL509",
    name: "expiry-before-start",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset expires before it may be used",
    why: "There is no day on which it could be used. One of the dates is a slip.",
    fix: "Correct the start or the end.",
    source: "product policy; IPTC-IIM Release Date (2:30) and Expiration Date (2:37)",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let dates = &subject.metadata.dates;
    let (Some(start), Some(end)) = (dates.starts_on, dates.expires_on) else { return Vec::new() };
    let message = || format!("it expires on {end}, before it starts on {start}");
    (end < start).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, date, finds, passes};

    #[test]
    fn one_day_is_enough() {
        let start =
            |day: &'static str| move |s: &mut Sample| s.metadata.dates.starts_on = Some(date(day));
        passes(&RULE, start("2026-08-31"));
        finds(
            &RULE,
            start("2026-09-01"),
            &["it expires on 2026-08-31, before it starts on 2026-09-01"],
        );
    }
}
