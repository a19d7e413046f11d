//! Reading words of the command line that several commands take.

use crate::domain::metadata::is_placement;

/// A text that says something, without space around it.
pub(super) fn said(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The name of a place where assets are used.
pub(super) fn placement(text: &str) -> Result<String, String> {
    if is_placement(text) {
        return Ok(text.to_owned());
    }
    Err("not a placement (a name without spaces, such as homepage-hero)".to_owned())
}
