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
    let Some(item) = subject.exported else { return Vec::new() };
    let Lookup::Found { bytes, .. } = item.lookup else { return Vec::new() };
    let these = item.bytes_in_words();
    match bytes {
        Comparison::Same | Comparison::NotTold => Vec::new(),
        Comparison::Other => {
            vec![format!("its bytes{these} are not those that the catalog has under this name")]
        }
        Comparison::Unrecorded => vec![format!(
            "its name alone says that it belongs to {}: the catalog has no file of these bytes{these}",
            subject.asset.id
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Trait;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn bytes_that_nobody_decided_about_are_found() {
        let found = |bytes| Lookup::Found { by: Trait::Path, bytes };
        finds(
            &RULE,
            |s| s.export().lookup = found(Comparison::Other),
            &["its bytes are not those that the catalog has under this name"],
        );
        let strange =
            "its name alone says that it belongs to #12: the catalog has no file of these bytes";
        finds(&RULE, |s| s.export().lookup = found(Comparison::Unrecorded), &[strange]);
        passes(&RULE, |s| s.export().lookup = found(Comparison::Same));
        passes(&RULE, |s| s.export().lookup = found(Comparison::NotTold));
    }
}
