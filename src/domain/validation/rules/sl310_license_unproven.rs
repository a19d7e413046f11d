use crate::domain::validation::wording::said;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL310",
    name: "license-unproven",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a license has no document, or names no holder",
    why: "When somebody objects, the document shows that there is a right, and the holder is who can be asked.",
    fix: "Record the holder, and the contract or the address of the terms.",
    source: "product policy; IPTC Licensor and Web Statement of Rights",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let unproven = subject.licenses.iter().filter_map(|license| {
        let holder = said(license.holder.as_deref()).is_some();
        let document = said(license.document.as_deref()).is_some();
        let what = match (holder, document) {
            (true, true) => return None,
            (true, false) => "document",
            (false, true) => "holder",
            (false, false) => "document and no holder",
        };
        Some(format!("license {} has no {what}", license.key))
    });
    unproven.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_license_needs_a_holder_and_a_document() {
        finds(
            &RULE,
            |s| s.licenses[0].document = Some(" ".to_owned()),
            &["license firefly-terms has no document"],
        );
        finds(
            &RULE,
            |s| {
                s.licenses[0].document = None;
                s.licenses[0].holder = None;
            },
            &["license firefly-terms has no document and no holder"],
        );
        passes(&RULE, |s| s.licenses.clear());
    }
}
