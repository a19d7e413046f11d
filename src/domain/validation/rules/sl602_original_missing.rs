use crate::domain::asset::Place;
use crate::domain::text::counted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL602",
    name: "original-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset has no original",
    why: "Renditions are made from the original. Without it nobody can see what was uploaded, check its rights or make new sizes.",
    fix: "Put the original back and scan again.",
    source: "WordPress behavior: original_image beside `-scaled`",
    needs: &[Known::Files],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let there = subject.original().is_some_and(|file| file.place != Place::Gone);
    let message = || match subject.files.len() {
        0 => "it has no files".to_owned(),
        count => format!("none of its {} is the original", counted(count as u64, "file")),
    };
    (!there && subject.is_in_library()).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn renditions_are_no_original() {
        finds(&RULE, |s| s.files.clear(), &["it has no files"]);
        finds(
            &RULE,
            |s| {
                s.add_rendition("tea-tin-with-two-cups-300x169.jpg");
                s.files.remove(0);
            },
            &["none of its 1 file is the original"],
        );
        passes(&RULE, |s| s.add_rendition("tea-tin-with-two-cups-300x169.jpg"));
    }
}
