use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL301",
    name: "source-note-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody recorded the prompt or the source of the picture",
    why: "Without the prompt or the source nobody can tell later how the picture came to be, whose terms apply to it, or make it again.",
    fix: "Record the prompt and the tool, or where the picture came from, with `describe --source-note`.",
    source: "product policy; IPTC AI Prompt Information and Digital Source Type",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let note = said(subject.metadata.source_note.as_deref());
    let message = match note {
        None => "no source note is recorded".to_owned(),
        Some(note) if is_placeholder(note) => format!("the source note is only {}", quoted(note)),
        Some(_) => return Vec::new(),
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_note_has_to_say_something() {
        finds(&RULE, |s| s.metadata.source_note = None, &["no source note is recorded"]);
        let set = |s: &mut Sample, note: &str| s.metadata.source_note = Some(note.to_owned());
        finds(&RULE, |s| set(s, "TBD"), &["the source note is only `TBD`"]);
        finds_each(&RULE, &["", "  ", "?", "unknown", "xxx"], set);
        passes_each(&RULE, &["tin of tea, soft light", "studio, 2026-05-02", "茶の缶"], set);
    }
}
