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
    let unknown = subject.exported.filter(|item| item.lookup == Lookup::Unknown);
    let message = "neither its content nor its number nor its name is in the catalog";
    unknown.map(|item| format!("{message}{}", item.bytes_in_words())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::Digest;
    use crate::domain::validation::sample::{Sample, finds, passes};

    #[test]
    fn only_a_catalog_that_was_asked_can_miss_it() {
        finds(
            &RULE,
            |s| s.export().lookup = Lookup::Unknown,
            &["neither its content nor its number nor its name is in the catalog"],
        );
        let bytes = Sample::with(|s| {
            let item = s.export();
            (item.lookup, item.digest) = (Lookup::Unknown, Some(Digest([0xab; 32])));
        });
        let told = bytes.messages(&RULE);
        assert!(told[0].ends_with("is in the catalog (sha256 abababababababab…)"), "{told:?}");
        passes(&RULE, |s| s.export().lookup = Lookup::NotAsked);
        passes(&RULE, |s| s.exported = None);
    }
}
