use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};
use unicode_normalization::is_nfc;

pub(super) static RULE: Rule = Rule {
    code: "SL114",
    name: "filename-decomposed",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file name is not in Unicode's composed form (NFC)",
    why: "`é` can be one character or two that look the same. Macs write two, most servers and exports expect one: a link that looks right is not found.",
    fix: "Rename the file in NFC, for example with `convmv -f utf8 -t utf8 --nfc`.",
    source: "Unicode Standard Annex 15",
    needs: &[Known::Name],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Ok(name) = std::str::from_utf8(subject.asset.path.name()) else { return Vec::new() };
    let message = || format!("{} is written with separate accents", quoted(name));
    (!name.is_ascii() && !is_nfc(name)).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes_each};

    #[test]
    fn separate_accents_are_found_and_composed_ones_are_not() {
        finds(
            &RULE,
            |s| s.rename("cafe\u{301}.jpg"),
            &["`cafe\u{301}.jpg` is written with separate accents"],
        );
        passes_each(&RULE, &["caf\u{e9}.jpg", "ガラス.jpg"], Sample::rename);
    }
}
