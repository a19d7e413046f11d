use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL409",
    name: "placement-rejected",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset was rejected for where it is to be used",
    why: "Somebody decided that it is not to be used there, and it may still be right elsewhere. What is approved for several placements must not bring it back to that one.",
    fix: "Drop the placement with `shelflife describe ASSET --remove-placement NAME`, or take the rejection back with `shelflife reconsider ASSET --for-placement NAME --reason TEXT`.",
    source: "product policy",
    needs: &[Known::Description],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let placements = subject.placements();
    let rejected = subject.rejected_for.iter();
    let here = rejected.filter(|rejection| placements.contains(&rejection.placement));
    here.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rejection::{PlacementRejection, RejectionCode};
    use crate::domain::reuse::Answer;
    use crate::domain::validation::sample::{Sample, finds, instant, passes};

    fn reject(sample: &mut Sample, placement: &str) {
        sample.rejected_for.push(PlacementRejection {
            placement: placement.to_owned(),
            code: Some(RejectionCode::WrongPlacement),
            reason: None,
            by: "nina".to_owned(),
            at: instant("2026-05-02"),
        });
    }

    #[test]
    fn a_placement_that_it_was_rejected_for_is_found_and_others_are_not() {
        let found =
            ["rejected for homepage-hero as wrong-placement by nina at 2026-05-02T00:00:00.000Z"];
        finds(&RULE, |s| reject(s, "homepage-hero"), &found);
        passes(&RULE, |s| reject(s, "packaging"));
    }

    #[test]
    fn in_an_export_the_placement_counts_that_it_is_for() {
        let exported_for = |sample: &mut Sample, placement: &str| {
            sample.export_to(placement, Answer::Yes);
            reject(sample, "packaging");
        };
        passes(&RULE, |s| exported_for(s, "blog"));
        passes(&RULE, |s| {
            s.export();
            reject(s, "homepage-hero");
        });
        let found =
            ["rejected for packaging as wrong-placement by nina at 2026-05-02T00:00:00.000Z"];
        finds(&RULE, |s| exported_for(s, "packaging"), &found);
    }
}
