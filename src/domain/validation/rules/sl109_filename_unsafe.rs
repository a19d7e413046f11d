use crate::domain::text::{is_plain, is_unsafe_to_show, printable};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL109",
    name: "filename-unsafe",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file name contains bytes or characters that can't be trusted",
    why: "Control and invisible characters can steer a terminal, reverse the order of a line or make two names look equal; bytes that are not UTF-8 can't be written in a URL or an export.",
    fix: "Rename the file with visible letters, digits, `-` and `.`.",
    source: "Unicode Technical Report 36; RFC 3629",
    needs: &[Known::Name],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let name = subject.asset.path.name();
    if is_plain(name) {
        return Vec::new();
    }
    let message = match std::str::from_utf8(name) {
        Err(_) => format!("`{}` is not UTF-8", printable(name)),
        Ok(text) => match text.chars().find(|c| is_unsafe_to_show(*c)) {
            Some(found) => format!("the name contains U+{:04X}", u32::from(found)),
            None => return Vec::new(),
        },
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::path::RelPath;
    use crate::domain::validation::sample::{Sample, finds, passes_each};

    #[test]
    fn what_hides_steers_or_cannot_be_read_is_found() {
        finds(&RULE, |s| s.rename("tea\u{202e}gpj.png"), &["the name contains U+202E"]);
        finds(&RULE, |s| s.rename("tea\u{1b}[31m.png"), &["the name contains U+001B"]);
        finds(
            &RULE,
            |s| s.asset.path = RelPath::new(b"2026/caf\xe9.png".as_slice()).unwrap(),
            &["`caf\\xe9.png` is not UTF-8"],
        );
    }

    #[test]
    fn letters_of_any_script_are_safe() {
        passes_each(
            &RULE,
            &["grüne-teedose.jpg", "茶とカップ.png", "чай и чашки.jpg", "שתי-כוסות-תה.jpg"],
            Sample::rename,
        );
    }
}
