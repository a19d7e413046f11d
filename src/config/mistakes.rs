//! Every mistake of a configuration file, not only the first.

use std::path::Path;

use super::{Config, ConfigError, file};

/// More are not looked for: a file with so many is another kind of file.
const MOST: usize = 100;

/// Checks the text of a configuration file, without looking at any disk; in the order in which the
/// mistakes are met.
///
/// What is mistaken is taken out of the text, and the rest is checked again. A text that is no TOML
/// has one mistake: what comes after it means nothing.
pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Vec<ConfigError>> {
    let mut mistakes = Vec::new();
    let mut rest = text.to_owned();
    while mistakes.len() < MOST {
        let error = match file::read(path, &rest) {
            Ok(config) if mistakes.is_empty() => return Ok(config),
            Ok(_) => break,
            Err(error) => error,
        };
        let ConfigError::Invalid { place, .. } = &error else {
            mistakes.push(error);
            break;
        };
        let is_toml = toml::from_str::<toml::Table>(&rest).is_ok();
        if !is_toml && !mistakes.is_empty() {
            break;
        }
        let fewer = without(&rest, place.line);
        let goes_on = is_toml && fewer != rest && !place.is_file;
        mistakes.push(error);
        if !goes_on {
            break;
        }
        rest = fewer;
    }
    Err(mistakes)
}

/// The text with a line emptied, numbered from 1; the header of a table takes its table along.
fn without(text: &str, number: usize) -> String {
    let is_header = |line: &str| line.trim_start().starts_with('[');
    let mut lines: Vec<&str> = text.split('\n').collect();
    let from = number.saturating_sub(1);
    let table = lines.iter().skip(from).take(1).any(|line| is_header(line));
    let of_table = lines.iter().skip(from + 1).take_while(|line| !is_header(line)).count();
    let count = if table { of_table + 1 } else { 1 };
    lines.iter_mut().skip(from).take(count).for_each(|line| *line = "");
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
    fn what_comes_after_a_text_that_is_no_toml_is_not_guessed_at() {
        assert_eq!(mistakes("[policy]\nstale_draft_days = \nunknown = 1\n").len(), 1);
        let missing = parse(Path::new("/srv/shelflife.toml"), "[policy]\nx = 1\n").unwrap_err();
        assert_eq!(missing.len(), 2, "the key, and no catalog: {missing:?}");
    }
}
