//! Finds attachment numbers in the marks that WordPress leaves in texts.
//!
//! A number counts only in a place whose kind names attachments.

use crate::domain::reference::Means;

/// Words that a number follows at once.
const PREFIXES: [&str; 3] = ["wp-image-", "wp-att-", "attachment_"];
/// How far back a tag may begin, in bytes.
const LONGEST_TAG: usize = 1_024;
/// The longest shortcode, in bytes.
const LONGEST_SHORTCODE: usize = 65_536;

/// Shortcodes that name attachments, each with the attributes that do.
const SHORTCODES: [(&str, &[&str]); 8] = [
    ("gallery", &["ids", "include"]),
    ("playlist", &["ids", "include"]),
    ("vc_single_image", &["image"]),
    ("vc_gallery", &["images"]),
    ("vc_images_carousel", &["images"]),
    ("av_image", &["attachment"]),
    ("av_gallery", &["ids"]),
    ("us_image", &["image"]),
];

/// A number that a mark names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Attachment(i64),
    /// A gallery without numbers shows what was uploaded to this post, or to its own.
    Children(Option<i64>),
}

pub(super) fn find_marks(text: &str, found: &mut dyn FnMut(Mark, Means, &'static str)) {
    for prefix in PREFIXES {
        for (at, _) in text.match_indices(prefix) {
            let after = text.get(at + prefix.len()..).unwrap_or_default();
            if !follows_word(text, at)
                && let Some((number, rest)) = leading_number(after)
                && !rest.starts_with(is_word)
            {
                found(Mark::Attachment(number), Means::Mark, prefix);
            }
        }
    }
    find_named_numbers(text, found);
    find_data_ids(text, found);
    find_shortcodes(text, found);
}

/// `?attachment_id=7`, and `"attachment_id":7` however deep it is quoted.
fn find_named_numbers(text: &str, found: &mut dyn FnMut(Mark, Means, &'static str)) {
    const NAME: &str = "attachment_id";
    let is_quote = |c: char| "\\\"' ".contains(c);
    for (at, _) in text.match_indices(NAME) {
        let after = text.get(at + NAME.len()..).unwrap_or_default().trim_start_matches(is_quote);
        let Some(value) = after.strip_prefix(['=', ':']) else { continue };
        let number = leading_number(value.trim_start_matches(is_quote));
        if let Some((number, _)) = number.filter(|_| !follows_word(text, at)) {
            let before = text.get(..at).unwrap_or_default();
            let is_query = before.ends_with(['?', '&', ';']);
            let means = if is_query { Means::Query } else { Means::Field };
            found(Mark::Attachment(number), means, NAME);
        }
    }
}

/// `data-id` of pictures: galleries write it, and so do others, for their own numbers.
fn find_data_ids(text: &str, found: &mut dyn FnMut(Mark, Means, &'static str)) {
    const NAME: &str = "data-id=";
    for (at, _) in text.match_indices(NAME) {
        let start = text.ceil_char_boundary(at.saturating_sub(LONGEST_TAG));
        let before = text.get(start..at).unwrap_or_default();
        let tag = before.rsplit_once('<').map_or("", |(_, tag)| tag);
        let is_picture = tag.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("img "))
            || tag.starts_with("img\n");
        let value = text.get(at + NAME.len()..).unwrap_or_default();
        let value = value.trim_start_matches(['\\', '"', '\'']);
        if let Some((number, rest)) = leading_number(value).filter(|_| is_picture)
            && !rest.starts_with(is_word)
        {
            found(Mark::Attachment(number), Means::Mark, "data-id");
        }
    }
}

fn find_shortcodes(text: &str, found: &mut dyn FnMut(Mark, Means, &'static str)) {
    for (at, _) in text.match_indices('[') {
        let after = text.get(at + 1..).unwrap_or_default();
        let named = SHORTCODES.iter().find_map(|(name, attributes)| {
            let rest = after.strip_prefix(name)?;
            (!rest.starts_with(is_word)).then_some((*name, *attributes, rest))
        });
        let Some((name, attributes, rest)) = named else { continue };
        let end = rest.find(['[', ']']).filter(|end| *end < LONGEST_SHORTCODE);
        let (inside, rest) = rest.split_at(end.unwrap_or_default());
        let is_escaped = text.get(..at).is_some_and(|before| before.ends_with('['));
        if rest.starts_with(']') && !is_escaped {
            give_shortcode(name, inside, attributes, found);
        }
    }
}

fn give_shortcode(
    name: &'static str,
    inside: &str,
    attributes: &[&str],
    found: &mut dyn FnMut(Mark, Means, &'static str),
) {
    let lists: Vec<_> = attributes.iter().filter_map(|name| attribute(inside, name)).collect();
    for number in lists.iter().flat_map(|list| list.split([',', ' '])) {
        if let Ok(number) = number.trim().parse::<i64>() {
            found(Mark::Attachment(number), Means::Shortcode, name);
        }
    }
    if lists.is_empty() && matches!(name, "gallery" | "playlist") {
        let post = attribute(inside, "id").and_then(|id| id.trim().parse().ok());
        found(Mark::Children(post), Means::Shortcode, name);
    }
}

/// The value of an attribute, however it is quoted.
fn attribute<'a>(inside: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = inside;
    loop {
        let at = rest.find(name)?;
        let is_own = !follows_word(rest, at);
        let after = rest.get(at + name.len()..)?;
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        if let Some(value) = value.filter(|_| is_own) {
            return Some(quoted(value));
        }
        rest = after;
    }
}

fn quoted(value: &str) -> &str {
    let value = value.trim_start_matches('\\');
    for quote in ["\"", "'", "&quot;", "&#34;", "&#8221;", "&#8243;", "”", "″"] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(['"', '\'', '\\', '&', '”', '″']).next().unwrap_or_default();
        }
    }
    value.split_whitespace().next().unwrap_or_default()
}

/// A number of digits at the start, and what follows it.
fn leading_number(text: &str) -> Option<(i64, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let number = text.get(..end)?.parse().ok().filter(|number| *number > 0)?;
    Some((number, text.get(end..)?))
}

fn follows_word(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.ends_with(is_word))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '-' || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<i64> {
        let mut numbers = Vec::new();
        find_marks(text, &mut |mark, _, _| {
            numbers.push(match mark {
                Mark::Attachment(number) => number,
                Mark::Children(parent) => -parent.unwrap_or(1),
            });
        });
        numbers
    }

    #[test]
    fn numbers_count_where_wordpress_names_attachments() {
        for (text, numbers) in [
            ("class=\"size-full wp-image-7301\"", &[7301][..]),
            (r#"class=\"wp-image-7301\""#, &[7301]),
            ("[caption id=\"attachment_7301\" width=\"3\"]", &[7301]),
            ("<a href=\"/?attachment_id=7301\" rel=\"attachment wp-att-7301\">", &[7301, 7301]),
            (r#"{\"attachment_id\":\"7301\"}"#, &[7301]),
            ("<img src=\"x\" data-id=\"7301\">", &[7301]),
            ("[gallery size=\"medium\" ids=\"7301, 7302\"]", &[7301, 7302]),
            ("[gallery include='7301']", &[7301]),
            ("[playlist ids=7301 type=video]", &[7301]),
            (r#"[gallery ids=\"7301\"]"#, &[7301]),
            ("[gallery ids=&#8221;7301&#8221;]", &[7301]),
            ("[vc_single_image image=\"7301\" img_size=\"5\"]", &[7301]),
            ("[gallery]", &[-1]),
            ("[gallery columns=\"4\" id=\"12\"]", &[-12]),
        ] {
            assert_eq!(found(text), numbers, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_attachments() {
        for text in [
            "class=\"my-wp-image-7301\"",
            "wp-image-7301-large",
            "attachment_7301x",
            "<li data-id=\"7301\">",
            "[[gallery ids=\"7301\"]]",
            "[gallery_thing ids=\"7301\"]",
            "[gallery ids=\"7301\"",
            "wp-image-0 wp-image-99999999999999999999",
            "post-7301 page-id-7301 menu-item-7301 wp-image-",
        ] {
            assert_eq!(found(text), [0; 0], "{text}");
        }
    }
}
