//! Every mistake of a configuration file, not only the first.

use std::path::Path;

use super::{Config, ConfigError, file};
use crate::domain::asset::RootKind;

/// More are not looked for: a file with so many is another kind of file.
const MOST: usize = 100;

/// Checks the text of a configuration file, without looking at any disk; in the order in which the
/// mistakes are met.
///
/// What is mistaken is taken out of the text, and the rest is checked again; that it is missing then is
/// no mistake of its own. A text that is no TOML has one mistake: what comes after it means nothing.
pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Vec<ConfigError>> {
    let (mut mistakes, mut taken) = (Vec::new(), Vec::new());
    let mut rest = text.to_owned();
    while mistakes.len() < MOST {
        let error = match file::read(path, &rest) {
            Ok(config) if mistakes.is_empty() => return Ok(config),
            Ok(_) => break,
            Err(error) => error,
        };
        let ConfigError::Invalid { place, message } = &error else {
            mistakes.push(error);
            break;
        };
        let is_toml = toml::from_str::<toml::Table>(&rest).is_ok();
        if !is_toml && !mistakes.is_empty() {
            break;
        }
        let key = key_in(&rest, place.line);
        let known = key.filter(|_| !message.starts_with("unknown field"));
        let stand_in = known.and_then(|key| stand_in(key, place.line));
        let fewer = without(&rest, place.line, &stand_in.unwrap_or_default());
        let goes_on = is_toml && fewer != rest && !place.is_file;
        let follows = taken.iter().any(|key| *message == format!("missing field `{key}`"));
        taken.extend(key.map(str::to_owned));
        if !follows {
            mistakes.push(error);
        }
        if !goes_on {
            break;
        }
        rest = fewer;
    }
    Err(mistakes)
}

/// The key that a line gives a value, numbered from 1.
fn key_in(text: &str, number: usize) -> Option<&str> {
    let line = text.split('\n').nth(number.saturating_sub(1))?;
    Some(line.split_once('=')?.0.trim())
}

/// What goes for a mistaken value that no root can be without: nothing else follows from it.
fn stand_in(key: &str, line: usize) -> Option<String> {
    match key {
        "kind" => Some(format!("kind = '{}'", RootKind::Production.name())),
        "name" | "path" => Some(format!("{key} = 'line-{line}'")),
        _ => None,
    }
}

/// The text with `instead` in place of a line, numbered from 1; the header of a table takes its table
/// along.
fn without(text: &str, number: usize, instead: &str) -> String {
    let is_header = |line: &str| line.trim_start().starts_with('[');
    let mut lines: Vec<&str> = text.split('\n').collect();
    let from = number.saturating_sub(1);
    let table = lines.iter().skip(from).take(1).any(|line| is_header(line));
    let of_table = lines.iter().skip(from + 1).take_while(|line| !is_header(line)).count();
    let count = if table { of_table + 1 } else { 1 };
    lines.iter_mut().skip(from).take(count).for_each(|line| *line = "");
    if let Some(line) = lines.get_mut(from).filter(|_| !table) {
        *line = instead;
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[catalog]\npath = 'state/catalog.db'\n[quarantine]\npath = 'quarantine'\n\
                        [[root]]\nname = 'uploads'\npath = 'uploads'\nkind = 'production'\n";

    fn mistakes(more: &str) -> Vec<(usize, String)> {
        let text = format!("{GOOD}{more}");
        let found = parse(Path::new("/srv/shelflife.toml"), &text).unwrap_err();
        let told = |error: ConfigError| match error {
            ConfigError::Invalid { place, message } => (place.line - 8, message),
            other => (0, other.to_string()),
        };
        found.into_iter().map(told).collect()
    }

    #[test]
    fn each_mistake_is_told_with_its_own_line() {
        assert!(parse(Path::new("/srv/shelflife.toml"), GOOD).is_ok());
        let found = mistakes(
            "[policy]\nstale_draft_day = 3\nreview_grace_days = 'two'\n[cleen]\nmax_items = 1\n\
             [plans]\nvalid_hours = 0\n[rules]\nSL999 = 'off'\nSL201 = 'loud'\n",
        );
        let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
        let mut sorted = lines.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [2, 3, 4, 7, 9, 10], "{found:?}");
    }

    #[test]
    fn what_was_mistaken_is_not_told_again_as_missing() {
        let root = |name, kind| format!("[[root]]\nname = {name}\npath = 'd'\nkind = {kind}\n");
        let publish = |root| format!("[publish]\nroot = {root}\nfolder = 'f'\nname = '{{no}}'\n");
        let addresses = "[site]\naddresses = ['nowhere at all']\n";
        for (more, expected) in [
            (root("'drafts'", "'drafty'") + addresses, &[4, 6][..]),
            (root("'drafts'", "3") + addresses, &[4, 6]),
            (root("'two words'", "'draft'") + &root("'and two'", "'draft'"), &[2, 6]),
            (publish("'nowhere'") + addresses, &[2, 6]),
            (publish("'uploads'") + addresses, &[4, 6]),
        ] {
            let found = mistakes(&more);
            let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, expected, "{more}{found:?}");
        }
        let text = GOOD.replace("'state/catalog.db'", "'~/c.db'");
        let found = parse(Path::new("/srv/shelflife.toml"), &text).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn what_comes_after_a_text_that_is_no_toml_is_not_guessed_at() {
        assert_eq!(mistakes("[policy]\nstale_draft_days = \nunknown = 1\n").len(), 1);
        let missing = parse(Path::new("/srv/shelflife.toml"), "[policy]\nx = 1\n").unwrap_err();
        assert_eq!(missing.len(), 2, "the key, and no catalog: {missing:?}");
    }
}
