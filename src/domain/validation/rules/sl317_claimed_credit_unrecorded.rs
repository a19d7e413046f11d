use crate::domain::validation::wording::{folded, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL317",
    name: "claimed-credit-unrecorded",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "the file asks for a credit line that no license records",
    why: "Who supplied the picture may require to be named beside it. What is not on record is not printed.",
    fix: "Record the line with `license add --credit`, or say in the rights note that none is needed.",
    source: "IPTC Credit Line",
    needs: &[Known::Claims, Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let credit = subject.claims.and_then(|claims| said(claims.credit.as_deref()));
    let Some(credit) = credit else { return Vec::new() };
    let wanted = folded(credit);
    let note = subject.metadata.rights_note.as_deref();
    let credits = subject.licenses.iter().map(|license| license.credit.as_deref());
    let recorded = credits.chain([note]).flatten().any(|text| folded(text).contains(&wanted));
    let message = || format!("the file asks for the credit {}", quoted(credit));
    (!recorded && !wanted.is_empty()).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::Claims;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn asks(sample: &mut Sample, credit: &str) {
        let credit = Some(credit.to_owned());
        sample.claims = Some(Claims { credit, ..Claims::default() });
    }

    #[test]
    fn a_credit_that_nobody_recorded_is_found() {
        let message = "the file asks for the credit `Anna Li / Oak Studio`";
        finds(&RULE, |s| asks(s, "Anna Li / Oak Studio"), &[message]);
    }

    #[test]
    fn a_recorded_credit_and_a_file_that_asks_for_none_pass() {
        passes(&RULE, |s| {
            asks(s, "Anna Li / Oak Studio");
            s.licenses[0].credit = Some("Photo: Anna Li, Oak Studio".to_owned());
        });
        passes(&RULE, |s| asks(s, "Adobe Firefly"));
        passes(&RULE, |s| asks(s, " "));
        passes(&RULE, |s| s.claims = None);
    }
}
