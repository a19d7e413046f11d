use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL702",
    name: "draft-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that nobody has approved",
    why: "Nobody has looked at its rights, its accuracy or its fit. That it lies in a folder which is served says nothing.",
    fix: "Approve it, or leave it out. For a library that is older than its catalog, accept what is listed in a baseline until a date.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn an_undecided_asset_is_found_only_in_an_export() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Draft;
            },
            &["nobody has approved it"],
        );
        passes(&RULE, |s| s.asset.state = State::Draft);
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Approved;
        });
    }
}
