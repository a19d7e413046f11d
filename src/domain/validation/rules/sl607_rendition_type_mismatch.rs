use crate::domain::asset::Role;
use crate::domain::validation::media_types::extensions_of;
use crate::domain::validation::wording::quoted_path;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL607",
    name: "rendition-type-mismatch",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "a rendition's extension does not fit its content",
    why: "A web server tells browsers the type by the extension. An optimizer that converted the file in place left the wrong one.",
    fix: "Make the renditions again, for example with `wp media regenerate`.",
    source: "WordPress behavior: wp_check_filetype_and_ext",
    needs: &[Known::Files],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    // Nearly all are of the type of the original.
    let usual = subject.asset.content.media_type.as_str();
    let usually = extensions_of(usual);
    let fitting = |type_| if type_ == usual { usually } else { extensions_of(type_) };
    let renditions = subject.files.iter().filter(|file| file.role != Role::Original);
    let wrong = renditions.filter_map(|file| {
        let media_type = file.media_type.as_str();
        let extension = file.path.extension();
        let fits = |fitting: &&str| extension.eq_ignore_ascii_case(fitting.as_bytes());
        let message = || format!("{} is {media_type}", quoted_path(&file.path));
        (!fitting(media_type)?.iter().any(fits)).then(message)
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_content_of_each_rendition_decides() {
        finds(
            &RULE,
            |s| {
                s.add_rendition("tea-tin-with-two-cups-300x169.jpg");
                s.files[1].media_type = "image/webp".to_owned();
            },
            &["`2026/05/tea-tin-with-two-cups-300x169.jpg` is image/webp"],
        );
        passes(&RULE, |s| s.add_rendition("tea-tin-with-two-cups-300x169.jpg"));
        passes(&RULE, |s| s.files[0].media_type = "image/webp".to_owned());
    }
}
