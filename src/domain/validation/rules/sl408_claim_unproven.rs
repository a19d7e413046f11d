use crate::domain::context::ContextKind;
use crate::domain::context_fact::EVIDENCE;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL408",
    name: "claim-unproven",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "nothing is on record that proves a claim of the asset",
    why: "Whoever advertises with a fact has to be able to prove it. Who is asked for the proof needs it at once, and has to know what was meant.",
    fix: "Record the study, the test or the document with `context change CLAIM --note TEXT --fact evidence=TEXT --apply`.",
    source: "Directive 2005/29/EC, article 12 (evidence for factual claims)",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let claims = subject
        .contexts
        .iter()
        .filter(|context| context.key.kind == ContextKind::Claim && !context.key.says_none());
    let unproven = claims.filter(|claim| !claim.facts_at(subject.now).contains_key(EVIDENCE));
    unproven.map(|claim| format!("{} has no evidence", claim.key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, instant, passes, revision};

    fn claims(sample: &mut Sample, key: &str) {
        sample.contexts[0].key = key.parse().unwrap();
    }

    fn proven(sample: &mut Sample, since: &str) {
        let mut proven = revision(2, since, "tested");
        proven.facts.insert(EVIDENCE.to_owned(), vec!["report.pdf".to_owned()]);
        sample.contexts[0].revisions.push(proven);
    }

    #[test]
    fn a_claim_needs_its_evidence_in_the_revision_that_counts() {
        finds(&RULE, |s| claims(s, "claim/organic"), &["claim/organic has no evidence"]);
        passes(&RULE, |s| {
            claims(s, "claim/organic");
            proven(s, "2026-05-01");
        });
        let planned = Sample::with(|s| {
            claims(s, "claim/organic");
            proven(s, "2027-05-01");
            s.contexts[0].revisions[0].effective_at = instant("2026-01-01");
        });
        assert_eq!(planned.messages(&RULE), ["claim/organic has no evidence"]);
    }

    #[test]
    fn what_claims_nothing_needs_no_evidence() {
        passes(&RULE, |s| claims(s, "claim/none"));
        passes(&RULE, |s| claims(s, "packaging/tin"));
    }
}
