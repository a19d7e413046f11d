use crate::domain::claims::Validity;
use crate::domain::validation::wording::{quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL320",
    name: "credentials-invalid",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the content credentials of the file do not hold",
    why: "The signature or a hash does not fit: the file was changed after it was signed, or the credentials are forged. Viewers that check them say so to everybody.",
    fix: "Get the file as it was signed, or have it signed again by the program that changed it.",
    source: "C2PA specification, validation",
    needs: &[Known::Claims],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let credentials = subject.claims.and_then(|claims| claims.credentials.as_ref());
    let invalid = credentials.filter(|found| found.validity == Some(Validity::Invalid));
    invalid
        .map(|found| match said(found.generator.as_deref()) {
            Some(by) => format!("the credentials by {} do not hold", quoted(by)),
            None => "the credentials do not hold".to_owned(),
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Credentials};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn judged(sample: &mut Sample, validity: Option<Validity>) {
        let generator = Some("Oak Camera 2".to_owned());
        let credentials = Credentials { generator, validity, ..Credentials::default() };
        sample.claims = Some(Claims { credentials: Some(credentials), ..Claims::default() });
    }

    #[test]
    fn credentials_that_do_not_hold_are_found() {
        let message = "the credentials by `Oak Camera 2` do not hold";
        finds(&RULE, |s| judged(s, Some(Validity::Invalid)), &[message]);
    }

    #[test]
    fn credentials_that_hold_or_that_nobody_checked_pass() {
        passes(&RULE, |s| judged(s, Some(Validity::Trusted)));
        passes(&RULE, |s| judged(s, Some(Validity::Untrusted)));
        passes(&RULE, |s| judged(s, None));
        passes(&RULE, |s| s.claims = Some(Claims::default()));
    }
}
