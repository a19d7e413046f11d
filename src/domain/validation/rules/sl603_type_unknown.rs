use crate::domain::validation::media_types::is_unknown;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL603",
    name: "type-unknown",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file's content is of no known type",
    why: "The file is damaged, empty or something else than its name says. Browsers and people can do nothing with it.",
    fix: "Export the picture again and replace the file.",
    source: "WordPress behavior: wp_check_filetype_and_ext",
    needs: &[Known::Content],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let unknown = is_unknown(&subject.asset.content.media_type);
    let empty = subject.original().is_some_and(|file| file.bytes == 0);
    let message = match (empty, unknown) {
        (true, _) => "the file is empty",
        (false, true) => "the content is of no known type",
        (false, false) => return Vec::new(),
    };
    vec![message.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn bytes_that_are_nothing_are_found() {
        finds(
            &RULE,
            |s| s.set_media_type("application/octet-stream"),
            &["the content is of no known type"],
        );
        finds(&RULE, |s| s.files[0].bytes = 0, &["the file is empty"]);
        passes(&RULE, |s| s.set_media_type("image/avif"));
    }
}
