use crate::domain::lifecycle::Verdict;
use crate::domain::validation::exported::causes;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL708",
    name: "end-within-window",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that will not last as long as it is needed",
    why: "What is shipped today is seen for days. Its use ends before that, and then pages show what may not be shown.",
    fix: "Renew it, ship something that lasts, or plan the day on which it is taken out.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let later = subject.exported.and_then(|item| item.later.as_ref());
    let may_be_used = |verdict: &Verdict| verdict.standing.may_be_used();
    let ends = |later: &&Verdict| may_be_used(subject.verdict) && !may_be_used(later);
    let message = |later: &Verdict| format!("it becomes {}: {}", later.standing, causes(later));
    later.filter(ends).map(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, finds, instant, passes};

    fn until(sample: &mut Sample, state: State, day: &str) {
        sample.asset.state = state;
        sample.metadata.dates.expires_at = Some(instant("2026-06-10"));
        sample.export_until(day);
    }

    #[test]
    fn what_ends_in_the_window_is_found_before_it_ends() {
        finds(
            &RULE,
            |s| until(s, State::Approved, "2026-06-15"),
            &["it becomes expired: its own end passed at 2026-06-10T00:00:00.000Z"],
        );
        passes(&RULE, |s| until(s, State::Approved, "2026-06-09"));
        passes(&RULE, |s| until(s, State::Expired, "2026-06-15"));
    }
}
