use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL703",
    name: "rejected-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that was rejected",
    why: "Somebody decided that it is not to be used, and it is about to be.",
    fix: "Leave it out, and clean it from the library. If the decision was wrong, `reconsider` and approve it.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Rejected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_decision_against_it_is_found() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Rejected;
            },
            &["rejected"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Draft;
        });
    }
}
