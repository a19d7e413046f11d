use crate::domain::validation::wording::{is_blank, is_placeholder, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL503",
    name: "no-expiry-unexplained",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset is to have no end, and nobody said why",
    why: "Without an end only the reason tells a reviewer later whether it still holds.",
    fix: "Say why with `describe --no-expiry --reason WHY`, or set an end.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let reason = subject.metadata.dates.no_expiry_reason.as_deref();
    reason
        .filter(|reason| is_blank(reason) || is_placeholder(reason))
        .map(|reason| format!("the reason for having no end is {}", quoted(reason)))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    fn set(sample: &mut Sample, reason: &str) {
        sample.metadata.dates.no_expiry_reason = Some(reason.to_owned());
    }

    #[test]
    fn a_reason_has_to_say_something() {
        finds(&RULE, |s| set(s, "tbd"), &["the reason for having no end is `tbd`"]);
        finds_each(&RULE, &["", " ", "?"], set);
        passes_each(&RULE, &["the founder's portrait"], set);
        passes(&RULE, |s| s.metadata.dates.no_expiry_reason = None);
    }
}
