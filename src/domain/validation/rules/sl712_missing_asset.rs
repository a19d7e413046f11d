use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL712",
    name: "missing-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped whose files the library does not have",
    why: "Pages would show a gap, or files come from somewhere that nobody watches.",
    fix: "Put the files back and scan again, or leave the asset out.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn files_that_the_last_scan_did_not_see_are_found() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Approved;
                s.files[0].place = crate::domain::asset::Place::Missing;
            },
            &["files are missing from the library"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Approved;
        });
    }
}
