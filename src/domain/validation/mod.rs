//! Validation: what is wrong with an asset, as findings of rules.
//!
//! A rule is data and one pure function, in a file of its own in `rules/`. To add one, write the
//! file and name it in `rules/mod.rs` (the module and the list); its page, its explanation and
//! its place in every format come from the same data.

mod earlier;
pub mod exported;
mod filename;
mod filename_defaults;
mod kin;
mod known;
mod media_types;
pub mod page;
mod reading;
pub mod rules;
#[cfg(test)]
pub(in crate::domain) mod sample;
mod subject;
mod waiver;
mod wording;
mod words;

use super::lifecycle::State;
use super::policy::Policy;

pub use earlier::{Earlier, Met};
pub use kin::{Census, Kin, Others, Peer, SameBytes, Shared, Tally, Twins};
pub use known::{Knowledge, Known};
pub use media_types::media_type_of_name;
pub use reading::Reading;
pub use subject::Subject;
pub use waiver::Waiver;

/// A text reduced to what makes it the same text: words without case and accents.
pub fn folded_text(text: &str) -> String {
    wording::folded(text)
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rule is switched off.
    Off,
    Note,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Off, Self::Note, Self::Warning, Self::Error];

    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// Whether a finding of a rule stands in the way of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is approved or renewed with it, as long as its severity is error.
    Approval,
    /// Worth telling, at any severity, but no approval waits for it.
    None,
}

impl Gate {
    pub fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::None => "none",
        }
    }
}

/// One defect that can be found, and everything there is to say about it.
#[derive(Debug)]
pub struct Rule {
    /// Such as `SL201`; never used again for another rule.
    pub code: &'static str,
    /// The defect, so that it reads well after "allow": `alt-text-missing`.
    pub name: &'static str,
    /// The severity unless the policy sets another.
    pub severity: Severity,
    pub gates_approval: Gate,
    /// The defect in one sentence fragment.
    pub summary: &'static str,
    pub why: &'static str,
    pub fix: &'static str,
    /// Where the requirement comes from: a WCAG technique, an IPTC property, how WordPress
    /// behaves, or `product policy`.
    pub source: &'static str,
    /// What has to be known before the rule can be asked, all of it.
    pub needs: &'static [Known],
    /// What is wrong with this asset, one fragment per place; nothing if all is well.
    pub check: fn(&Subject<'_>) -> Vec<String>,
}

impl Rule {
    /// The severity under `policy` about an asset meant for these placements: the strictest that
    /// one of them has. Where a placement says nothing, what holds everywhere does.
    pub fn severity_under(&self, policy: &Policy, placements: &[String]) -> Severity {
        let everywhere = policy.severities.get(self.code).copied().unwrap_or(self.severity);
        if policy.placement_severities.is_empty() {
            return everywhere;
        }
        let of_each = placements.iter().map(|placement| {
            let own = policy.placement_severities.get(placement);
            own.and_then(|own| own.get(self.code)).copied().unwrap_or(everywhere)
        });
        of_each.max().unwrap_or(everywhere)
    }

    /// Whether a finding of this rule stops an approval of the asset.
    pub fn stops_approval(&self, subject: &Subject<'_>) -> bool {
        self.gates_approval == Gate::Approval && self.severity_about(subject) == Severity::Error
    }

    fn severity_about(&self, subject: &Subject<'_>) -> Severity {
        self.severity_under(subject.policy, &subject.metadata.placements)
    }

    /// Whether the rule still has something to say about an asset whose bytes are gone.
    fn outlives_purge(&self) -> bool {
        self.needs.contains(&Known::Export)
    }

    fn add_findings(&self, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
        let messages = (self.check)(subject);
        if messages.is_empty() {
            return;
        }
        let severity = self.severity_about(subject);
        if severity == Severity::Off {
            return;
        }
        let finding = |message| Finding {
            code: self.code,
            name: self.name,
            severity,
            message,
            waived: subject.waiver_of(self.code).map(Waiver::words),
        };
        findings.extend(messages.into_iter().map(finding));
    }
}

/// One defect of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code, such as `SL201`.
    pub code: &'static str,
    /// The rule's name, such as `alt-text-missing`.
    pub name: &'static str,
    pub severity: Severity,
    /// What is wrong with this asset.
    pub message: String,
    /// How long it is accepted, by whom and why; `None` where nobody does.
    pub waived: Option<String>,
}

/// Returns every finding about the asset, by code, of the rules that can be asked.
///
/// A purged asset has none but that it is in an export: its record is final and nothing about it
/// can be mended.
pub fn validate(subject: &Subject<'_>) -> Vec<Finding> {
    findings_of(rules::ALL.iter().copied(), subject)
}

/// Returns the findings of those of some rules that can be asked, in the order of the rules, as
/// [`validate`] does.
pub fn findings_of(
    rules: impl Iterator<Item = &'static Rule>,
    subject: &Subject<'_>,
) -> Vec<Finding> {
    findings_of_each(rules, std::slice::from_ref(subject)).pop().unwrap_or_default()
}

/// Returns [`findings_of`] each of several assets, in their order.
///
/// Each rule is asked about all of them before the next one is: what a rule needs stays in the
/// processor's caches meanwhile.
pub fn findings_of_each(
    rules: impl Iterator<Item = &'static Rule>,
    subjects: &[Subject<'_>],
) -> Vec<Vec<Finding>> {
    let mut findings = vec![Vec::new(); subjects.len()];
    for rule in rules {
        let (needs, outlives_purge) = (Knowledge::of(rule.needs), rule.outlives_purge());
        let has_to_say = |subject: &Subject<'_>| {
            subject.known.has_all(needs)
                && (outlives_purge || !matches!(subject.asset.state, State::Purged(_)))
        };
        let all = subjects.iter().zip(&mut findings);
        for (subject, findings) in all.filter(|(subject, _)| has_to_say(subject)) {
            rule.add_findings(subject, findings);
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sample::{Sample, instant, waiver};
    use super::*;
    use crate::domain::license::Scope;
    use crate::domain::lifecycle::Ended;
    use crate::domain::path::RelPath;
    use crate::domain::text::is_unsafe_to_show;

    fn spoiled() -> Sample {
        Sample::with(|sample| {
            sample.metadata.owner = None;
            sample.set_alt("Image of a tin of tea");
            sample.rename("tea-tin-final2.jpg");
        })
    }

    fn codes(sample: &Sample) -> Vec<&'static str> {
        sample.findings().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn findings_come_by_code_with_the_severity_of_their_rule() {
        let findings = spoiled().findings();
        let told: Vec<_> = findings.iter().map(|f| (f.code, f.name, f.severity)).collect();
        assert_eq!(
            told,
            [
                ("SL107", "filename-copy-mark", Severity::Warning),
                ("SL206", "alt-text-image-of", Severity::Warning),
                ("SL401", "owner-missing", Severity::Error),
            ]
        );
    }

    #[test]
    fn of_several_placements_the_strictest_counts() {
        let mut sample = spoiled();
        sample.licenses[0].placements = Scope::Unrestricted;
        let blog = [("SL107".to_owned(), Severity::Off), ("SL206".to_owned(), Severity::Note)];
        sample.policy.placement_severities.insert("blog".to_owned(), blog.into());
        let at = |placements: &[&str], sample: &mut Sample| {
            sample.metadata.placements = placements.iter().copied().map(str::to_owned).collect();
            sample.findings().into_iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>()
        };
        let owner = ("SL401", Severity::Error);
        assert_eq!(at(&["blog"], &mut sample)[..2], [("SL206", Severity::Note), owner]);
        let both = [("SL107", Severity::Warning), ("SL206", Severity::Warning), owner];
        assert_eq!(at(&["blog", "homepage-hero"], &mut sample), both);
        sample.policy.severities.insert("SL107".to_owned(), Severity::Error);
        assert_eq!(at(&["blog"], &mut sample)[..2], [("SL206", Severity::Note), owner]);
        assert_eq!(at(&["newsletter"], &mut sample)[0], ("SL107", Severity::Error));
    }

    #[test]
    fn a_waived_finding_is_told_with_who_accepts_it_through_the_last_day() {
        let mut sample = spoiled();
        sample.waivers = vec![waiver("SL401", "2026-06-01")];
        let waived = |sample: &Sample| -> Vec<_> {
            sample.findings().into_iter().map(|f| (f.code, f.waived)).collect()
        };
        let words = "until 2026-06-01, by li: the new photo comes".to_owned();
        assert_eq!(waived(&sample)[2], ("SL401", Some(words)));
        assert_eq!(waived(&sample)[0], ("SL107", None));
        sample.now = instant("2026-06-02");
        assert_eq!(waived(&sample)[2], ("SL401", None));
        sample.now = instant("2026-05-01");
        let all = waived(&sample);
        assert!(all.contains(&("SL401", None)), "nobody had accepted it then: {all:?}");
    }

    #[test]
    fn the_policy_sets_severities_and_switches_rules_off() {
        let mut sample = spoiled();
        sample.policy.severities.insert("SL107".to_owned(), Severity::Off);
        sample.policy.severities.insert("SL206".to_owned(), Severity::Note);
        assert_eq!(codes(&sample), ["SL206", "SL401"]);
        assert_eq!(sample.findings()[0].severity, Severity::Note);
    }

    proptest! {
        /// Whatever people or other programs wrote, findings are lines that can be shown.
        #[test]
        fn hostile_texts_are_judged_and_quoted_harmlessly(
            text in "\\PC{0,40}|(?s:.{0,300})|[-_ ,.(#&<>0-9a-zé茶]{0,80}",
            name in "[^/\0]{1,60}",
            locale in "[a-zA-Z_-]{0,8}",
        ) {
            let sample = Sample::with(|sample| {
                if let Ok(path) = RelPath::new(name.into_bytes()) {
                    sample.asset.path = path;
                }
                sample.metadata.alt.insert(locale, text.clone());
                sample.metadata.source_note = Some(text.clone());
                sample.metadata.rights_note = Some(text.clone());
                sample.metadata.owner = Some(text.clone());
                sample.metadata.placements = vec![text.clone()];
                sample.metadata.dates.no_expiry_reason = Some(text.clone());
                sample.contexts[0].title = Some(text.clone());
                sample.set_media_type(&text);
            });
            for finding in sample.findings() {
                prop_assert!(!finding.message.is_empty());
                prop_assert!(!finding.message.chars().any(is_unsafe_to_show), "{finding:?}");
            }
        }
    }

    #[test]
    fn a_purged_asset_has_no_findings() {
        let mut sample = spoiled();
        sample.asset.state = State::Purged(Ended::Expired);
        assert_eq!(codes(&sample), [""; 0]);
        sample.asset.state = State::Quarantined(Ended::Expired);
        assert_eq!(codes(&sample), ["SL107", "SL206", "SL401"]);
    }
}
