//! Texts that WordPress rendered for pages, taken back as far as they can be.

/// What WordPress puts before the title of a private post.
const PRIVATE: &str = "Private: ";
/// How the block begins with which WordPress shows the file in its description.
const ATTACHMENT: &str = "<p class=\"attachment\">";

/// The title behind a rendered one. Quotes that were made curly stay so.
pub(super) fn plain_text(rendered: &str, status: Option<&str>) -> String {
    let title = decoded(rendered);
    match title.strip_prefix(PRIVATE) {
        Some(rest) if status == Some("private") => rest.to_owned(),
        _ => title,
    }
}

/// A description without the file that WordPress shows before it.
pub(super) fn without_attachment(description: String) -> String {
    if !description.starts_with(ATTACHMENT) {
        return description;
    }
    let behind = description.split_once("</p>").map(|(_, rest)| rest.trim_start());
    behind.unwrap_or_default().to_owned()
}

/// The text with its character references resolved; one that is not known stays.
fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let reference =
            after.split_once(';').and_then(|(name, behind)| Some((character(name)?, behind)));
        if let Some((character, behind)) = reference {
            plain.push(character);
            rest = behind;
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain + rest
}

/// The references that WordPress writes: numbers, and the names of what it escapes.
fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => digits.parse().ok()?,
        },
        None => return named(name),
    };
    char::from_u32(number).filter(|character| *character != '\0')
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_once_and_unknown_ones_stay() {
        for (rendered, plain) in [
            ("Harbour &#8220;at dawn&#8221; &#038; <b>x</b>", "Harbour “at dawn” & <b>x</b>"),
            ("&amp;lt; &#x26;&hellip;", "&lt; &…"),
            ("a & b; &nosuch; &#0; &#xD800; &#; &", "a & b; &nosuch; &#0; &#xD800; &#; &"),
        ] {
            assert_eq!(plain_text(rendered, None), plain);
        }
    }

    #[test]
    fn only_a_private_title_loses_its_mark() {
        assert_eq!(plain_text("Private: plans", Some("private")), "plans");
        assert_eq!(plain_text("Private: plans", Some("inherit")), "Private: plans");
    }

    #[test]
    fn the_file_is_taken_out_of_its_description() {
        let description = "<p class=\"attachment\"><a href='x'><img /></a></p>\n<p>Made</p>\n";
        assert_eq!(without_attachment(description.to_owned()), "<p>Made</p>\n");
        assert_eq!(without_attachment("<p class=\"attachment\">".to_owned()), "");
        assert_eq!(without_attachment("Made".to_owned()), "Made");
    }
}
