use crate::domain::validation::media_types::is_extension_of_media;
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL113",
    name: "filename-double-extension",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file name has a second extension inside",
    why: "`poster.jpg.webp` is how plugins name the twin of `poster.jpg`, so such an original is taken for one. Some servers also run `poster.php.jpg` as a program.",
    fix: "Rename the file with one extension.",
    source: "WordPress behavior: sanitize_file_name on names with several extensions",
    needs: &[Known::Name],
    check,
};

/// Extensions that a web server may run or a browser may render, beside those of media.
const ACTIVE: [&str; 7] = ["exe", "htm", "html", "phar", "php", "phtml", "shtml"];

fn check(subject: &Subject<'_>) -> Vec<String> {
    let name = &subject.reading.name;
    let Some((before, inner)) = name.stem().rsplit_once('.') else { return Vec::new() };
    let lower = inner.to_ascii_lowercase();
    let known = ACTIVE.contains(&lower.as_str()) || is_extension_of_media(&lower);
    let message = || format!("the name has {} inside", quoted(&format!(".{inner}")));
    (known && !before.is_empty()).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes_each};

    #[test]
    fn an_extension_inside_is_found() {
        finds(&RULE, |s| s.rename("poster.JPG.jpg"), &["the name has `.JPG` inside"]);
        finds(&RULE, |s| s.rename("poster.php.jpg"), &["the name has `.php` inside"]);
    }

    #[test]
    fn versions_and_domain_names_are_no_extensions() {
        passes_each(
            &RULE,
            &["poster-v1.2.jpg", "node.js.jpg", "tea.example.jpg", "poster.jpg"],
            Sample::rename,
        );
    }
}
