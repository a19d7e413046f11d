use crate::domain::validation::exported::Lookup;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL701",
    name: "unknown-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped that the catalog does not know",
    why: "Nobody decided about it and nobody could: it was never scanned, or comes from elsewhere.",
    fix: "Scan the library and have it decided, or leave it out.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let unknown = subject.exported.is_some_and(|item| item.lookup == Lookup::Unknown);
    let message = "neither its content nor its number nor its name is in the catalog";
    unknown.then(|| message.to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn only_a_catalog_that_was_asked_can_miss_it() {
        finds(
            &RULE,
            |s| s.export().lookup = Lookup::Unknown,
            &["neither its content nor its number nor its name is in the catalog"],
        );
        passes(&RULE, |s| s.export().lookup = Lookup::NotAsked);
        passes(&RULE, |s| s.exported = None);
    }
}
