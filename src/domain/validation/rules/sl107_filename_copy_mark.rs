use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL107",
    name: "filename-copy-mark",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file name has a mark of a copy or of a working version",
    why: "`final2`, `copy` and `(1)` mean that another version exists, and that somebody may have approved the wrong one.",
    fix: "Keep the version that is meant, and drop the mark from its name.",
    source: "product policy; names that file managers give to copies",
    needs: &[Known::Name],
    check,
};

/// At the end, apart from the suffixes that WordPress appends.
static MARK: Pattern = Pattern::new(concat!(
    r"(?i)(?:(?P<counter>\([0-9]{1,3}\))",
    r"|(?P<before>[^ _-]*)[ _-]+\(?(?P<copy>copy|kopie|copie|copia|kopia|cópia|副本|のコピー)(?:[ _-]*\(?[0-9]{1,2})?\)?",
    r"|(?:^|[ _-])(?P<version>final[0-9]|final[ _-]?v[0-9]{1,2}|v[0-9]{1,2}[ _-]?final|final[ _-]final|final[ _-]version))",
    r"(?:-scaled|-rotated|-e[0-9]{13}|-[0-9]{1,5}x[0-9]{1,5}|-[0-9]{1,2})*$",
));

/// At the beginning, with the capital of the programs that write it; a slug is in lower case.
static COPY_OF: Pattern = Pattern::new(r"^(?:Copy[ -]of|Kopie[ -]von|Copi[ae] d[ei]|Cópia de)[ -]");

/// Before `copy`, these make it the word for text, or for a copy that is shown.
const KINDS_OF_COPY: [&str; 22] = [
    "ad",
    "beglaubigte",
    "body",
    "carbon",
    "certified",
    "cta",
    "email",
    "hard",
    "headline",
    "hero",
    "landing",
    "mail",
    "marble",
    "notarielle",
    "page",
    "product",
    "roman",
    "sales",
    "section",
    "seo",
    "web",
    "website",
];

fn check(subject: &Subject<'_>) -> Vec<String> {
    let stem = subject.reading.name.stem();
    if !may_be_marked(stem) {
        return Vec::new();
    }
    mark_of(stem)
        .map(|mark| format!("the name ends with {}", quoted(mark)))
        .or_else(|| beginning(stem))
        .into_iter()
        .collect()
}

fn beginning(stem: &str) -> Option<String> {
    let mark = COPY_OF.find(stem)?;
    Some(format!("the name begins with {}", quoted(mark.trim_end_matches([' ', '-']))))
}

/// Without one of these there is no mark: a quick look before the patterns.
const SIGNS: [&str; 4] = ["(", "cop", "final", "kopi"];
/// The same beyond ASCII.
const MORE_SIGNS: [&str; 3] = ["cóp", "副本", "コピー"];

fn may_be_marked(stem: &str) -> bool {
    let lower = stem.to_lowercase();
    let has = |sign: &&str| lower.contains(sign);
    SIGNS.iter().any(has) || (!lower.is_ascii() && MORE_SIGNS.iter().any(has))
}

fn mark_of(stem: &str) -> Option<&str> {
    let found = MARK.captures(stem)?;
    let before = found.name("before").map_or("", |before| before.as_str());
    if KINDS_OF_COPY.contains(&before.to_lowercase().as_str()) {
        return None;
    }
    let mark = ["counter", "copy", "version"].into_iter().find_map(|group| found.name(group));
    mark.map(|mark| mark.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_mark_at_the_end_is_found() {
        finds(&RULE, |s| s.rename("tea-tin-final2.jpg"), &["the name ends with `final2`"]);
        finds(&RULE, |s| s.rename("tea tin (1).jpg"), &["the name ends with `(1)`"]);
        finds(&RULE, |s| s.rename("tea-tin-Kopie-300x200.jpg"), &["the name ends with `Kopie`"]);
        let names = [
            "tea tin copy.jpg",
            "tea tin copy 2.jpg",
            "tea tin - Copy (3).jpg",
            "tea_final_v3.png",
            "tea-v2-final-1.png",
            "tea-final-final.png",
            "tea - Cópia.jpg",
            "茶 - 副本.jpg",
            "teedose (kopie).jpg",
            "Kopie von Teedose.jpg",
            "Copia de Lata de té.png",
        ];
        finds_each(&RULE, &names, Sample::rename);
        finds(&RULE, |s| s.rename("Copy-of-Tea-tin.jpg"), &["the name begins with `Copy-of`"]);
    }

    #[test]
    fn a_counter_of_wordpress_a_final_and_a_kind_of_text_are_none() {
        let names = [
            "tea-tin-1.jpg",
            "world-cup-final-2026.jpg",
            "world-cup-final.jpg",
            "metropolis (1927).jpg",
            "ad-copy.png",
            "landing-page-copy.png",
            "hard-copy.jpg",
            "email-copy.png",
            "tour-de-france-final-edit.jpg",
            "champions-final24.jpg",
            "copy-of-the-mona-lisa.jpg",
            "kopie-der-venus.jpg",
            "copy-shop-front.jpg",
            "photocopy.jpg",
            "finale-in-vienna.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
