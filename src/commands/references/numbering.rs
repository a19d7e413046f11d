//! Files that are numbered: pages of answers, parts of exports.

use std::collections::BTreeMap;

/// Numbers that long are ids or years, not pages.
const MAX_DIGITS: usize = 4;

/// The names of files that are missing between the first and the last of their numbers.
pub(super) fn missing_parts<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut series: BTreeMap<(&str, &str), BTreeMap<u32, &str>> = BTreeMap::new();
    for (before, digits, after) in names.filter_map(split) {
        if let Ok(number) = digits.parse() {
            series.entry((before, after)).or_default().insert(number, digits);
        }
    }
    let first_missing = |((before, after), numbers): ((&str, &str), BTreeMap<u32, &str>)| {
        let (first, digits) = numbers.first_key_value().filter(|(first, _)| **first <= 1)?;
        let last = *numbers.last_key_value()?.0;
        let missing = (*first..last).find(|number| !numbers.contains_key(number))?;
        Some(format!("{before}{missing:0width$}{after}", width = digits.len()))
    };
    series.into_iter().filter_map(first_missing).collect()
}

/// What stands before and after the number at the end of a name, before its extension.
fn split(name: &str) -> Option<(&str, &str, &str)> {
    let (stem, _) = name.rsplit_once('.')?;
    let before = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let (digits, after) = (stem.get(before.len()..)?, name.get(stem.len()..)?);
    (1..=MAX_DIGITS).contains(&digits.len()).then_some((before, digits, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_in_the_numbers_is_a_missing_part() {
        for (names, missing) in [
            (&["posts-1.json", "posts-3.json", "pages-1.json"][..], &["posts-2.json"][..]),
            (&["x.000.xml", "x.002.xml"], &["x.001.xml"]),
            (&["a/posts-1.json", "b/posts-3.json"], &[]),
            (&["x.000.xml", "x.001.xml"], &[]),
            (&["posts-2.json", "posts-1.json"], &[]),
            (&["revisions-of-7388.json", "revisions-of-7390.json"], &[]),
            (&["posts-1.json", "posts-20250301.json"], &[]),
            (&["posts.json", "pages.json"], &[]),
        ] {
            assert_eq!(missing_parts(names.iter().copied()), missing, "{names:?}");
        }
    }
}
