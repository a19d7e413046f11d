use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL515",
    name: "expiry-after-other-end",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the asset's own end is later than that of its license or context",
    why: "It ends with the first of them, so its own date misleads whoever reads it.",
    fix: "Set the own end not later than the others, or drop it and let them decide.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let dates = &subject.metadata.dates;
    let (Some(at), Some(on)) = (dates.expires_at, dates.expires_on) else { return Vec::new() };
    let earlier = subject.ends().filter(|end| end.at < at);
    earlier.map(|end| format!("it expires on {on}, after {} has ended", end.whose)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{context, finds, passes};

    #[test]
    fn the_same_last_day_agrees() {
        passes(&RULE, |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-08-31")]);
        finds(
            &RULE,
            |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-08-30")],
            &["it expires on 2026-08-31, after offer/tea has ended"],
        );
    }

    #[test]
    fn a_context_that_ends_nothing_is_no_end() {
        passes(&RULE, |s| {
            s.contexts = vec![context("provider/firefly", "2026-05-01", "2026-08-30")];
        });
    }
}
