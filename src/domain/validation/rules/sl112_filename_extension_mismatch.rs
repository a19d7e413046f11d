use crate::domain::validation::media_types::extensions_of;
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL112",
    name: "filename-extension-mismatch",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file name's extension does not fit the content",
    why: "A web server tells browsers the type by the extension. A picture served as another type may not be shown, and a file that lies about its type is a way to smuggle something in.",
    fix: "Rename the file with the extension of its content, or convert the content.",
    source: "WordPress behavior: wp_check_filetype_and_ext",
    needs: &[Known::Name, Known::Content],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let media_type = subject.asset.content.media_type.as_str();
    let Some(fitting) = extensions_of(media_type) else { return Vec::new() };
    let extension = subject.reading.name.extension();
    let fits = |extension: &str| fitting.iter().any(|one| one.eq_ignore_ascii_case(extension));
    // Few extensions are written beyond ASCII.
    if fits(extension) {
        return Vec::new();
    }
    let extension = extension.to_lowercase();
    if fits(&extension) {
        return Vec::new();
    }
    let first = fitting.first().copied().unwrap_or_default();
    let said = if extension.is_empty() {
        "the name has no extension".to_owned()
    } else {
        format!("the name ends with {}", quoted(&format!(".{extension}")))
    };
    vec![format!("{said}, the content is {media_type} (`.{first}`)")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes, passes_each};

    #[test]
    fn the_content_decides() {
        finds(
            &RULE,
            |s| s.rename("tea-tin.png"),
            &["the name ends with `.png`, the content is image/jpeg (`.jpg`)"],
        );
        finds(
            &RULE,
            |s| s.rename("tea-tin"),
            &["the name has no extension, the content is image/jpeg (`.jpg`)"],
        );
    }

    #[test]
    fn every_usual_spelling_fits_and_an_unknown_type_is_told_by_another_rule() {
        passes_each(&RULE, &["tea.jpg", "tea.JPEG", "tea.jfif"], Sample::rename);
        passes(&RULE, |s| {
            s.rename("tea.xyz");
            s.set_media_type("application/octet-stream");
        });
    }
}
