use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL302",
    name: "rights-note-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody recorded under which rights the picture may be used",
    why: "A picture without a rights note may not be reused: nobody knows who could object, and on what terms it was made or bought.",
    fix: "Record the terms with `describe --rights-note`, or link a license that has a note.",
    source: "product policy; IPTC Rights Usage Terms",
    needs: &[Known::Record],
    check,
};

/// The asset's own note counts, or the note of every license that it is linked to.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let says = |note: &Option<String>| said(note.as_deref()).is_some_and(|n| !is_placeholder(n));
    let covering = subject.licenses;
    let covered = !covering.is_empty() && covering.iter().all(|license| says(&license.note));
    if covered || says(&subject.metadata.rights_note) {
        return Vec::new();
    }
    let message = match said(subject.metadata.rights_note.as_deref()) {
        None => "no rights note is recorded".to_owned(),
        Some(note) => format!("the rights note is only {}", quoted(note)),
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    fn set(sample: &mut Sample, note: &str) {
        sample.licenses.clear();
        sample.metadata.rights_note = Some(note.to_owned());
    }

    #[test]
    fn a_note_has_to_say_something() {
        finds(
            &RULE,
            |s| {
                s.licenses.clear();
                s.metadata.rights_note = None;
            },
            &["no rights note is recorded"],
        );
        finds(&RULE, |s| set(s, "n/a"), &["the rights note is only `n/a`"]);
        finds_each(&RULE, &["", " ", "todo"], set);
        passes_each(&RULE, &["own work", "Firefly terms of 2026-03"], set);
    }

    #[test]
    fn the_notes_of_the_licenses_count_if_none_is_without() {
        passes(&RULE, |s| s.metadata.rights_note = None);
        finds(
            &RULE,
            |s| {
                s.metadata.rights_note = None;
                s.licenses[0].note = None;
            },
            &["no rights note is recorded"],
        );
    }
}
