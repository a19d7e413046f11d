use crate::domain::asset::{KnownFile, Place, Role};
use crate::domain::validation::wording::quoted_path;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL612",
    name: "rendition-stray",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a size of the picture is there that WordPress does not list",
    why: "A theme that is gone or an edit left it behind. Nothing links to it any more, it takes space, and people still find it by its address.",
    fix: "Delete it with `wp media regenerate --delete-unknown`, then scan again.",
    source: "WordPress behavior: sizes in _wp_attachment_metadata",
    needs: &[Known::Files, Known::Record],
    check,
};

/// Twins in other formats are made by plugins, which list them nowhere.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let listed = |file: &KnownFile| subject.listed.contains(&file.path);
    let sizes = || {
        let there = |file: &&KnownFile| file.role == Role::Size && file.place == Place::Library;
        subject.files.iter().filter(there).filter(|file| !listed(file))
    };
    let Some(first) = sizes().next().filter(|_| !subject.listed.is_empty()) else {
        return Vec::new();
    };
    let more = match sizes().count() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    vec![format!("WordPress does not list {}{more}", quoted_path(&first.path))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    const SIZE: &str = "tea-tin-with-two-cups-300x169.jpg";

    fn import(sample: &mut Sample) {
        sample.listed = vec![sample.asset.path.clone()];
    }

    #[test]
    fn a_size_that_no_import_lists_is_found() {
        finds(
            &RULE,
            |s| {
                import(s);
                s.add_rendition(SIZE);
            },
            &["WordPress does not list `2026/05/tea-tin-with-two-cups-300x169.jpg`"],
        );
    }

    #[test]
    fn nothing_is_said_before_an_import_and_about_listed_sizes_and_twins() {
        passes(&RULE, |s| s.add_rendition(SIZE));
        passes(&RULE, |s| {
            import(s);
            s.add_rendition(SIZE);
            s.listed.push(s.files[1].path.clone());
        });
        passes(&RULE, |s| {
            import(s);
            s.add_rendition("tea-tin-with-two-cups.jpg.webp");
            s.files[1].role = Role::Twin;
        });
    }
}
