use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL609",
    name: "content-duplicated",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "another asset has the same bytes",
    why: "Two records of one picture are decided apart: one is rejected or expires, and the other stays in use.",
    fix: "Keep one of them, and reject the other with `shelflife reject ASSET --code duplicate`: that says nothing against the one that stays.",
    source: "product policy",
    needs: &[Known::Twins],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let twins = subject.kin.bytes.open.filter(|_| subject.is_open());
    twins
        .map(|others| format!("{} the same bytes", others.words_with("has", "have")))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::AssetId;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::kin::{Others, Peer};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn shares(sample: &mut Sample, more: u64) {
        sample.kin.bytes.open = Some(Others { first: Peer::Asset(AssetId(7)), more });
    }

    #[test]
    fn bytes_that_another_asset_has_are_found() {
        finds(&RULE, |s| shares(s, 0), &["#7 has the same bytes"]);
        finds(&RULE, |s| shares(s, 1), &["#7 and 1 more have the same bytes"]);
    }

    #[test]
    fn bytes_of_its_own_and_an_ended_asset_pass() {
        passes(&RULE, |s| s.kin.bytes.open = None);
        passes(&RULE, |s| {
            shares(s, 0);
            s.asset.state = State::Rejected;
        });
    }
}
