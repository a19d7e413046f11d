use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL516",
    name: "start-before-right",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the asset's own start is earlier than that of its license or context",
    why: "It may be used only from the last of them on, so its own date misleads whoever plans with it.",
    fix: "Set the own start not earlier than the others, or drop it.",
    source: "product policy; IPTC-IIM Release Date (2:30)",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let dates = &subject.metadata.dates;
    let (Some(at), Some(on)) = (dates.starts_at, dates.starts_on) else { return Vec::new() };
    let later = subject.beginnings().filter(|beginning| beginning.at > at);
    later.map(|later| format!("it starts on {on}, before {} begins", later.whose)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, context, date, finds, instant, passes};

    fn start(sample: &mut Sample, day: &str) {
        sample.metadata.dates.starts_on = Some(date(day));
        sample.metadata.dates.starts_at = Some(instant(day));
    }

    #[test]
    fn the_same_first_day_agrees() {
        passes(&RULE, |s| start(s, "2026-05-01"));
        finds(
            &RULE,
            |s| start(s, "2026-04-30"),
            &["it starts on 2026-04-30, before campaign/spring begins"],
        );
        passes(&RULE, |s| s.contexts = vec![context("offer/tea", "2026-05-31", "2026-08-31")]);
    }
}
