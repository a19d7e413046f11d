use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL605",
    name: "dimensions-unreadable",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the picture's size can't be read",
    why: "The header is damaged or cut off, or the format is one that browsers don't show. WordPress makes no sizes of such a file.",
    fix: "Export the picture again as JPEG, PNG, WebP or AVIF.",
    source: "WordPress behavior: wp_getimagesize",
    needs: &[Known::Content],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let content = &subject.asset.content;
    let measurable =
        content.media_type.starts_with("image/") && content.media_type != "image/svg+xml";
    let message = match content.dimensions {
        None if measurable => "the header names no width and height".to_owned(),
        Some(size) if size.width == 0 || size.height == 0 => format!("the size is {size}"),
        _ => return Vec::new(),
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_picture_has_a_width_and_a_height() {
        finds(&RULE, |s| s.set_dimensions(None), &["the header names no width and height"]);
        finds(&RULE, |s| s.set_dimensions(Some((0, 900))), &["the size is 0x900"]);
        passes(&RULE, |s| s.set_dimensions(Some((1, 1))));
    }

    #[test]
    fn vectors_and_sounds_need_none() {
        for media_type in ["image/svg+xml", "audio/mpeg", "application/pdf"] {
            passes(&RULE, |s| {
                s.set_media_type(media_type);
                s.set_dimensions(None);
            });
        }
    }
}
