use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL110",
    name: "filename-altered-on-upload",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file name contains characters that WordPress changes on upload",
    why: "WordPress deletes these characters and turns spaces into dashes. The same picture then has two names, and links made by hand break.",
    fix: "Use letters, digits, `-`, `_` and single dots only.",
    source: "WordPress behavior: sanitize_file_name",
    needs: &[Known::Name],
    check,
};

/// What `sanitize_file_name` deletes; it turns every space into a dash.
const DELETED: &str = "?[]=<>:;,'\"&$#*()|~`!{}%+’«»”“\\";

fn check(subject: &Subject<'_>) -> Vec<String> {
    let name = subject.asset.path.name();
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.iter().all(is_usual) {
        return Vec::new();
    }
    let name = String::from_utf8_lossy(name);
    let mut found: Vec<char> = Vec::new();
    let is_altered = |c: &char| c.is_whitespace() || DELETED.contains(*c);
    for character in name.chars().filter(is_altered) {
        if !found.contains(&character) {
            found.push(character);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let shown: Vec<_> = found.into_iter().map(shown).collect();
    vec![format!("the name contains {}", shown.join(", "))]
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        '`' => "a back-tick".to_owned(),
        visible if !visible.is_whitespace() => format!("`{visible}`"),
        other => format!("U+{:04X}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes_each};

    #[test]
    fn each_character_is_named_once() {
        finds(
            &RULE,
            |s| s.rename("tea & tin & cups, 50%.jpg"),
            &["the name contains a space, `&`, `,`, `%`"],
        );
        finds(&RULE, |s| s.rename("tea\u{202f}tin.jpg"), &["the name contains U+202F"]);
    }

    #[test]
    fn what_wordpress_keeps_is_no_finding() {
        passes_each(&RULE, &["tea_tin-v1.2.jpg", "DALL·E.png", "茶.jpg"], Sample::rename);
    }
}
