use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL705",
    name: "withdrawn-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that was withdrawn as unsafe",
    why: "It was taken down in an emergency: a wrong claim, a right that somebody else has, a person who objected. Shipping it again does the harm again.",
    fix: "Leave it out at once, and find out how it came back.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Unsafe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_takedown_is_found() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Withdrawn;
            },
            &["withdrawn as unsafe"],
        );
        passes(&RULE, |s| s.asset.state = State::Withdrawn);
    }
}
