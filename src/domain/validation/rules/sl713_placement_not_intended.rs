use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL713",
    name: "placement-not-intended",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped to a placement that it was not approved for",
    why: "An approval is given for places: a picture that fits a newsletter can be wrong in a shop.",
    fix: "Add the placement with `describe --placement`, which asks for another approval, or leave the asset out there.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let wanted = subject.exported.and_then(|item| item.wanted.as_ref());
    let Some(wanted) = wanted.filter(|_| subject.is_found_in_catalog()) else { return Vec::new() };
    let intended = subject.metadata.placements.contains(&wanted.placement);
    let message = || format!("{} is not among its placements", quoted(&wanted.placement));
    (!intended).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reuse::Answer;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn only_placements_that_were_approved_will_do() {
        finds(&RULE, |s| s.export_to("shop", Answer::Yes), &["`shop` is not among its placements"]);
        passes(&RULE, |s| s.export_to("homepage-hero", Answer::Yes));
        passes(&RULE, |s| {
            s.export();
        });
    }
}
