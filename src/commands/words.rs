//! Reading words of the command line that several commands take.

use crate::domain::metadata::is_placement;

/// A text that says something, without space around it.
pub(super) fn said(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// A condition with something in it, as it was typed: one without would select everything, or
/// nothing.
pub(super) fn condition(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// An age in hours, such as 36h, 7d or 2w.
pub(super) fn hours(text: &str) -> Result<u64, String> {
    let age = || "not an age (such as 36h, 7d or 2w)".to_owned();
    let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(age)?;
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        _ => return Err(age()),
    };
    let count: u64 = count.parse().map_err(|_| age())?;
    count.checked_mul(hours).ok_or_else(age)
}

/// The name of a place where assets are used.
pub(super) fn placement(text: &str) -> Result<String, String> {
    if is_placement(text) {
        return Ok(text.to_owned());
    }
    Err("not a placement (a name without spaces, such as homepage-hero)".to_owned())
}
