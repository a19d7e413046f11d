use crate::domain::asset::Place;
use crate::domain::validation::wording::quoted_path;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL601",
    name: "files-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "files of the asset are not where the last scan saw them",
    why: "Pages that use them show a gap. Nobody can approve or check what is not there.",
    fix: "Put the files back, or scan again if they were moved. If they are gone for good, reject or expire the asset.",
    source: "product policy; WordPress behavior: pages keep linking renditions that are gone",
    needs: &[Known::Files],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let missing = || subject.files.iter().filter(|file| file.place == Place::Missing);
    let Some(first) = missing().next().filter(|_| subject.is_in_library()) else {
        return Vec::new();
    };
    let more = match missing().count() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    vec![format!("{} is missing{more}", quoted_path(&first.path))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::{Ended, State};
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_first_is_named_and_the_others_are_counted() {
        finds(
            &RULE,
            |s| s.files[0].place = Place::Missing,
            &["`2026/05/tea-tin-with-two-cups.jpg` is missing"],
        );
        finds(
            &RULE,
            |s| {
                s.add_rendition("tea-tin-with-two-cups-300x169.jpg");
                s.add_rendition("tea-tin-with-two-cups-150x150.jpg");
                s.files.iter_mut().for_each(|file| file.place = Place::Missing);
            },
            &["`2026/05/tea-tin-with-two-cups.jpg` is missing and 2 more"],
        );
    }

    #[test]
    fn quarantined_files_are_not_expected_in_the_library() {
        passes(&RULE, |s| {
            s.files[0].place = Place::Missing;
            s.asset.state = State::Quarantined(Ended::Expired);
        });
        passes(&RULE, |s| s.files[0].place = Place::Quarantine);
    }
}
