use crate::domain::validation::exported::{Comparison, Lookup};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL709",
    name: "changed-content",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "a file is shipped with other bytes than the catalog knows",
    why: "An approval vouches for bytes. Whoever can replace a file would otherwise have anything approved.",
    fix: "Scan the library, which takes the approval back, and have the new content decided.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let lookup = subject.exported.map(|item| item.lookup);
    let changed = matches!(lookup, Some(Lookup::Found { bytes: Comparison::Other, .. }));
    let message = "its bytes are not those that the catalog has under this name";
    changed.then(|| message.to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Trait;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn bytes_are_compared_where_there_are_any() {
        let found = |bytes| Lookup::Found { by: Trait::Path, bytes };
        finds(
            &RULE,
            |s| s.export().lookup = found(Comparison::Other),
            &["its bytes are not those that the catalog has under this name"],
        );
        passes(&RULE, |s| s.export().lookup = found(Comparison::Same));
        passes(&RULE, |s| s.export().lookup = found(Comparison::NotTold));
    }
}
