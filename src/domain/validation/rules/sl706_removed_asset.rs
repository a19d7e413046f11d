use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL706",
    name: "removed-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that was removed from the library",
    why: "Its files were taken out because its use had ended. Somebody brought them back without deciding anew.",
    fix: "Leave it out. If it is needed again, `restore` its files, then have it decided again.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let removed = [Standing::Quarantined, Standing::Purged];
    removed.into_iter().flat_map(|standing| subject.exported_as(standing)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::{Ended, State};
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn neither_quarantine_nor_a_purge_is_forgotten() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Quarantined(Ended::Rejected);
            },
            &["in quarantine after it was rejected"],
        );
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Purged(Ended::Withdrawn);
            },
            &["purged after it was withdrawn"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Rejected;
        });
    }
}
