use crate::domain::context::ContextKind;
use crate::domain::time::CivilDate;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL314",
    name: "rights-review-outdated",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the rights were reviewed before the terms of the provider changed",
    why: "A review answers for the terms of its day. Since then the provider of the model has changed them.",
    fix: "Read the new terms, and record the review with `describe --rights-reviewed-by NAME --rights-reviewed-on DATE`.",
    source: "product policy; IPTC AI System Version Used",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(reviewed_on) = reviewed_on(subject) else { return Vec::new() };
    let zone = subject.zone();
    let providers = subject.contexts.iter().filter(|c| c.key.kind == ContextKind::Provider);
    let changed = providers.filter_map(|provider| {
        let later = provider.revisions.iter().filter(|revision| {
            let counts = revision.number > 1 && revision.effective_at <= subject.now;
            counts && reviewed_on < zone.date_at(revision.effective_at)
        });
        let newest = later.max_by_key(|revision| revision.effective_at)?;
        let on = zone.date_at(newest.effective_at);
        Some(format!("reviewed on {reviewed_on}, and {} changed on {on}", provider.key))
    });
    changed.collect()
}

/// The asset's own review, else the oldest one of its licenses.
fn reviewed_on(subject: &Subject<'_>) -> Option<CivilDate> {
    let shared = || subject.licenses.iter().filter_map(|license| license.reviewed_on).min();
    subject.metadata.rights_reviewed_on.or_else(shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes, revision, undated};

    /// Reviewed on 2026-05-25, with terms that changed on this day.
    fn changed(sample: &mut Sample, day: &str) {
        let mut provider = undated("provider/firefly");
        provider.revisions.push(revision(2, day, "new terms"));
        sample.contexts.push(provider);
    }

    #[test]
    fn terms_that_changed_after_the_review_are_found() {
        finds(
            &RULE,
            |s| changed(s, "2026-05-26"),
            &["reviewed on 2026-05-25, and provider/firefly changed on 2026-05-26"],
        );
    }

    #[test]
    fn a_review_of_the_license_is_outdated_by_the_same_change() {
        finds(
            &RULE,
            |s| {
                changed(s, "2026-05-26");
                s.metadata.rights_reviewed_on = None;
            },
            &["reviewed on 2026-03-02, and provider/firefly changed on 2026-05-26"],
        );
    }

    #[test]
    fn terms_of_the_day_and_terms_to_come_pass() {
        passes(&RULE, |s| changed(s, "2026-05-25"));
        passes(&RULE, |s| changed(s, "2026-06-02"));
        passes(&RULE, |s| s.contexts.push(undated("provider/firefly")));
        passes(&RULE, |s| {
            changed(s, "2026-05-26");
            s.metadata.rights_reviewed_on = None;
            s.licenses.clear();
        });
    }
}
