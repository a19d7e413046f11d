use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL309",
    name: "license-end-unknown",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a license does not say when it ends",
    why: "A license that says nothing is not perpetual. Nobody will be reminded before it ends.",
    fix: "Record the end of the license, or that it is perpetual.",
    source: "product policy; PLUS License End Date",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let endless = subject.licenses.iter().filter(|l| l.ends_on.is_none() && !l.perpetual);
    endless.map(|license| format!("license {} has no end recorded", license.key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_license_ends_or_is_perpetual() {
        finds(
            &RULE,
            |s| s.licenses[0].ends_on = None,
            &["license firefly-terms has no end recorded"],
        );
        passes(&RULE, |s| {
            s.licenses[0].ends_on = None;
            s.licenses[0].perpetual = true;
        });
    }
}
