//! The gate: what stands in the way of an approval or a renewal.
//!
//! It is not a second set of checks. It asks the rules of `validation/`, so what `validate` calls
//! clean can be approved.

use super::asset::Asset;
use super::lifecycle::State;
use super::validation::{self, Finding, Known, Rule, Subject, rules};

/// Returns the findings that stop an approval of the asset as it is described, by code.
///
/// They come from the rules that gate approval and are errors under the policy. A rule that the
/// policy turns down to a warning or switches off does not gate, and one that does not gate by
/// itself never does, however severe the policy makes it. A waiver is an excuse in a report and
/// opens the gate only where the policy says so: an approval outlives it. The asset is judged as if nobody had
/// decided about it yet: a renewal has to pass what a first approval has.
pub fn gate(subject: &Subject<'_>) -> Vec<Finding> {
    gate_of(subject, |_| true)
}

/// Those findings of [`gate`] that come from rules which look at the name: what was approved under
/// one name may get another when it is published.
pub fn gate_of_name(subject: &Subject<'_>) -> Vec<Finding> {
    gate_of(subject, |rule| rule.needs.contains(&Known::Name))
}

fn gate_of(subject: &Subject<'_>, asked: impl Fn(&Rule) -> bool) -> Vec<Finding> {
    let undecided = Asset { state: State::Draft, ..subject.asset.clone() };
    let subject = Subject { asset: &undecided, ..*subject };
    let asked = rules::ALL.iter().copied().filter(|rule| asked(rule));
    let gating = asked.filter(|rule| rule.stops_approval(&subject));
    let mut findings = validation::findings_of(gating, &subject);
    if subject.policy.approve_with_waivers {
        findings.retain(|finding| finding.waived.is_none());
    }
    for finding in &mut findings {
        finding.waived = None;
    }
    findings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;
    use crate::domain::metadata::Metadata;
    use crate::domain::requirement::{RequiredField, Requirements};
    use crate::domain::validation::Severity;
    use crate::domain::validation::sample::{Sample, instant, waiver};

    fn codes(sample: &Sample) -> Vec<&'static str> {
        sample.gate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn an_asset_without_metadata_is_stopped_by_each_missing_fact() {
        let bare = Sample::with(|sample| {
            sample.rename("IMG_4815.jpg");
            sample.metadata = Metadata::default();
            sample.contexts.clear();
            sample.licenses.clear();
        });
        let required = [
            "SL102", "SL201", "SL301", "SL302", "SL303", "SL401", "SL403", "SL501", "SL502",
            "SL505",
        ];
        assert_eq!(codes(&bare), required);
    }

    #[test]
    fn the_name_is_asked_about_by_itself() {
        let bare = Sample::with(|sample| {
            sample.rename("IMG_4815.jpg");
            sample.metadata = Metadata::default();
        });
        let found: Vec<_> = bare.gate_of_name().into_iter().map(|finding| finding.code).collect();
        assert_eq!(found, ["SL102"]);
        assert_eq!(Sample::good().gate_of_name(), []);
    }

    #[test]
    fn a_described_asset_passes_in_every_state() {
        for state in State::ALL {
            assert_eq!(
                codes(&Sample::with(|sample| sample.asset.state = state)),
                [""; 0],
                "{state}"
            );
        }
    }

    #[test]
    fn a_rule_turned_down_or_off_does_not_gate() {
        for severity in [Severity::Off, Severity::Note, Severity::Warning] {
            let lenient = Sample::with(|sample| {
                sample.metadata.owner = None;
                sample.policy.severities.insert("SL401".to_owned(), severity);
            });
            assert_eq!(codes(&lenient), [""; 0]);
        }
    }

    #[test]
    fn a_waived_finding_gates_unless_the_policy_approves_with_waivers() {
        let mut sample = Sample::with(|sample| {
            sample.metadata.owner = None;
            sample.waivers = vec![waiver("SL401", "2026-06-30")];
        });
        assert_eq!(codes(&sample), ["SL401"]);
        assert_eq!(sample.gate()[0].waived, None);
        sample.policy.approve_with_waivers = true;
        assert_eq!(codes(&sample), [""; 0]);
        sample.now = instant("2026-07-01");
        assert_eq!(codes(&sample), ["SL401"]);
    }

    proptest! {
        /// Requirements add what they miss, and change nothing else.
        #[test]
        fn what_placements_require_only_adds_to_what_every_asset_needs(
            fields in subsequence(RequiredField::ALL.to_vec(), 0..RequiredField::ALL.len()),
            bare in any::<bool>(),
            meant in any::<bool>(),
        ) {
            let mut sample = Sample::good();
            if bare {
                let placements = sample.metadata.placements.clone();
                sample.metadata = Metadata { placements, ..Metadata::default() };
            }
            let without = codes(&sample);
            let required =
                Requirements { locales: ["fr".to_owned()].into(), fields: fields.into_iter().collect() };
            let placement = if meant { "homepage-hero" } else { "newsletter" };
            sample.policy.placement_requirements.insert(placement.to_owned(), required);
            let with = codes(&sample);
            let added = |code: &&str| matches!(*code, "SL217" | "SL407");
            prop_assert_eq!(with.iter().any(added), meant);
            let others: Vec<_> = with.into_iter().filter(|code| !added(code)).collect();
            prop_assert_eq!(others, without);
        }
    }

    #[test]
    fn a_rule_that_does_not_gate_never_does() {
        let strict = Sample::with(|sample| {
            sample.set_alt("Image of a tin of tea");
            sample.policy.severities.insert("SL206".to_owned(), Severity::Error);
        });
        assert_eq!(codes(&strict), [""; 0]);
        assert_eq!(strict.findings()[0].severity, Severity::Error);
    }
}
