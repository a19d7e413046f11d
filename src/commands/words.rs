//! Reading words of the command line that several commands take.

use crate::domain::text::is_unsafe_to_show;

/// A text that says something, without space around it.
pub(super) fn said(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The name of a place where assets are used.
pub(super) fn placement(text: &str) -> Result<String, String> {
    let fits = |c: char| !c.is_whitespace() && c != '*' && !is_unsafe_to_show(c);
    if !text.is_empty() && text.len() <= 200 && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("not a placement (a name without spaces, such as homepage-hero)".to_owned())
}
