use crate::domain::validation::filename_defaults::Origin;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL106",
    name: "filename-identifier-only",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file name is a number, a hash or a UUID",
    why: "An identifier made for machines says nothing to people and to search engines.",
    fix: "Name the file by what it shows, such as `tea-tin-with-two-cups.jpg`.",
    source: "product policy",
    needs: &[Known::Name],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let tool = subject.reading.tool(Origin::Identifier);
    tool.map(|tool| format!("the name is only {tool}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("0e3f2d7c-6d8e-4f4e-9d0a-3a55a3f1c0de.png"),
            &["the name is only a UUID"],
        );
        let names = [
            "5d41402abc4b2a76b9719d911017c592-300x200.jpg",
            "20260131_123257.jpg",
            "1746759125951.png",
            "2026-01-31.jpg",
            "1024x768.png",
            "1 (2).jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "1984-first-edition.jpg",
            "7-teas.jpg",
            "24h-of-le-mans.jpg",
            "facade-decade-deadbeef.jpg",
            "365-tage-tee.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
