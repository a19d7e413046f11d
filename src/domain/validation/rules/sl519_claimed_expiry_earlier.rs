use crate::domain::time::CivilDate;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL519",
    name: "claimed-expiry-earlier",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file says that it expires before the record does",
    why: "The expiration date in the file is that of whoever supplied it. Use after it may be use without a right.",
    fix: "Ask the supplier, and set the end with `describe --expires-on`.",
    source: "IPTC-IIM Expiration Date (2:37)",
    needs: &[Known::Claims, Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let stated = subject.claims.and_then(|claims| claims.expires_on.as_deref());
    let claimed = stated.and_then(|text| text.get(..10)?.parse::<CivilDate>().ok());
    let Some(claimed) = claimed.filter(|_| subject.is_open()) else { return Vec::new() };
    let first_end = subject.ends().min_by_key(|end| end.at);
    let cutoff = subject.zone().cutoff(claimed);
    let message = match first_end {
        Some(end) if end.at <= cutoff => return Vec::new(),
        Some(end) => format!("the file expires on {claimed}, before {}", end.whose),
        None => format!("the file expires on {claimed}, and the record has no end"),
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::Claims;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, finds, passes, passes_each};

    fn expires(sample: &mut Sample, on: &str) {
        let expires_on = Some(on.to_owned());
        sample.claims = Some(Claims { expires_on, ..Claims::default() });
    }

    #[test]
    fn an_earlier_end_in_the_file_is_found() {
        let message = "the file expires on 2026-08-30, before its own end";
        finds(&RULE, |s| expires(s, "2026-08-30"), &[message]);
        finds(&RULE, |s| expires(s, "2026-08-30T12:00:00+00:00"), &[message]);
        finds(
            &RULE,
            |s| {
                expires(s, "2026-08-30");
                s.metadata.dates.expires_at = None;
                s.licenses.clear();
                s.contexts.clear();
            },
            &["the file expires on 2026-08-30, and the record has no end"],
        );
    }

    #[test]
    fn the_same_end_a_later_one_and_no_date_pass() {
        passes_each(&RULE, &["2026-08-31", "2027-01-01", "soon", "", "2026-02-30"], expires);
        passes(&RULE, |s| {
            expires(s, "2026-01-01");
            s.asset.state = State::Expired;
        });
        passes(&RULE, |s| s.claims = None);
    }
}
