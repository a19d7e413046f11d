use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL115",
    name: "filename-collision",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "another file of the folder has the same name but for case or Unicode form",
    why: "Macs and Windows take both names for one: whoever copies the folder there loses one of the two pictures. In a link nobody sees which of them is meant.",
    fix: "Rename one of the files.",
    source: "Unicode Standard Annex 15; APFS and NTFS compare names without case",
    needs: &[Known::Others],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let others = subject.kin.names.filter(|_| subject.is_in_library());
    others
        .map(|others| format!("{} the same name", others.words_with("has", "have")))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::AssetId;
    use crate::domain::lifecycle::{Ended, State};
    use crate::domain::validation::kin::{Others, Peer};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn shares(sample: &mut Sample, more: u64) {
        sample.kin.names = Some(Others { first: Peer::Asset(AssetId(7)), more });
    }

    #[test]
    fn a_name_that_another_file_has_is_found() {
        finds(&RULE, |s| shares(s, 0), &["#7 has the same name"]);
        finds(&RULE, |s| shares(s, 2), &["#7 and 2 more have the same name"]);
    }

    #[test]
    fn a_name_of_its_own_and_one_outside_the_library_pass() {
        passes(&RULE, |s| s.kin.names = None);
        passes(&RULE, |s| {
            shares(s, 0);
            s.asset.state = State::Quarantined(Ended::Rejected);
        });
    }
}
