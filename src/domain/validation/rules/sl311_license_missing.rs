use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL311",
    name: "license-missing",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "the asset is linked to no license",
    why: "A rights note is text: it can't tell by itself when, where and for what the picture may be used.",
    fix: "Record the right once with `license add`, and link it to the assets that it covers.",
    source: "product policy; IPTC Rights Usage Terms",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let missing = subject.licenses.is_empty();
    missing.then(|| "no license is linked".to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_note_is_no_license() {
        finds(&RULE, |s| s.licenses.clear(), &["no license is linked"]);
        passes(&RULE, |s| s.metadata.rights_note = None);
    }
}
