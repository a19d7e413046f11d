use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL313",
    name: "license-silent",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "a license does not say whether it covers how the asset is used",
    why: "What nobody recorded is unknown, not allowed. Here it is asked for: the asset is meant for a placement, or the site is served to countries.",
    fix: "Look into the license, and record what it says with `license add`.",
    source: "product policy; PLUS Media Summary Code",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let placed = &subject.metadata.placements;
    let served = &subject.policy.territories;
    let silent = subject.licenses.iter().filter_map(|license| {
        let placements = placed.iter().any(|one| license.covers_placement(one).is_none());
        let territories = served.iter().any(|code| license.covers_territory(code).is_none());
        let what = match (placements, territories) {
            (true, true) => "placements and territories",
            (true, false) => "placements",
            (false, true) => "territories",
            (false, false) => return None,
        };
        Some(format!("license {} says nothing about {what}", license.key))
    });
    silent.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::license::Scope;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn silent(sample: &mut Sample) {
        sample.licenses[0].placements = Scope::Unknown;
        sample.licenses[0].territories = Scope::Unknown;
    }

    #[test]
    fn what_is_asked_for_and_not_said_is_found() {
        finds(&RULE, silent, &["license firefly-terms says nothing about placements"]);
        finds(
            &RULE,
            |s| {
                silent(s);
                s.policy.territories.insert("DE".to_owned());
            },
            &["license firefly-terms says nothing about placements and territories"],
        );
    }

    #[test]
    fn what_nobody_asks_for_is_told_by_another_rule() {
        passes(&RULE, |s| {
            silent(s);
            s.metadata.placements.clear();
        });
        passes(&RULE, |s| s.policy.territories = ["DE".to_owned()].into());
        passes(&RULE, |s| {
            silent(s);
            s.licenses[0].excluded.placements.extend(s.metadata.placements.clone());
        });
    }
}
