use crate::domain::path::RelPath;
use crate::domain::validation::wording::quoted_path;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL611",
    name: "rendition-missing",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "a file that WordPress lists for the picture is not there",
    why: "Pages offer the listed sizes to browsers: whoever is offered this one sees a gap. A file was deleted, or an upload broke off.",
    fix: "Make the sizes again, for example with `wp media regenerate --only-missing`, then scan and import again.",
    source: "WordPress behavior: sizes in _wp_attachment_metadata",
    needs: &[Known::Files, Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let there = |path: &RelPath| subject.files.iter().any(|file| file.path == *path);
    let missing = || subject.listed.iter().filter(|path| !there(path));
    let Some(first) = missing().next().filter(|_| subject.is_in_library()) else {
        return Vec::new();
    };
    let more = match missing().count() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    vec![format!("WordPress lists {}{more}", quoted_path(first))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::{Ended, State};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn list(sample: &mut Sample, names: &[&str]) {
        let path = |name: &&str| RelPath::new(format!("2026/05/{name}")).unwrap();
        sample.listed = names.iter().map(path).collect();
    }

    #[test]
    fn a_listed_file_that_is_not_there_is_found() {
        let (one, other) = ("tea-tin-with-two-cups-300x169.jpg", "tea-tin-with-two-cups-9x9.jpg");
        finds(
            &RULE,
            |s| list(s, &["tea-tin-with-two-cups.jpg", one]),
            &["WordPress lists `2026/05/tea-tin-with-two-cups-300x169.jpg`"],
        );
        finds(
            &RULE,
            |s| list(s, &[one, other]),
            &["WordPress lists `2026/05/tea-tin-with-two-cups-300x169.jpg` and 1 more"],
        );
    }

    #[test]
    fn files_that_are_there_and_an_asset_outside_the_library_pass() {
        passes(&RULE, |s| list(s, &["tea-tin-with-two-cups.jpg"]));
        passes(&RULE, |s| {
            list(s, &["tea-tin-with-two-cups-300x169.jpg"]);
            s.asset.state = State::Quarantined(Ended::Rejected);
        });
    }
}
