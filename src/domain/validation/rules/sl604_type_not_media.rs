use crate::domain::validation::media_types::{is_media, is_unknown};
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL604",
    name: "type-not-media",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file is no picture, video, sound or PDF",
    why: "A program, an archive or a web page among the media is served to everybody who asks for it.",
    fix: "Remove the file from the library, and look who put it there.",
    source: "WordPress behavior: get_allowed_mime_types",
    needs: &[Known::Content],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let media_type = subject.asset.content.media_type.as_str();
    let wrong = !is_unknown(media_type) && !is_media(media_type);
    wrong.then(|| format!("the content is {}", quoted(media_type))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn what_is_no_media_is_found() {
        finds(&RULE, |s| s.set_media_type("text/html"), &["the content is `text/html`"]);
        let types = ["application/zip", "application/x-executable", "text/x-shellscript"];
        finds_each(&RULE, &types, Sample::set_media_type);
        let types = [
            "image/svg+xml",
            "video/mp4",
            "audio/mpeg",
            "application/pdf",
            "application/octet-stream",
        ];
        passes_each(&RULE, &types, Sample::set_media_type);
    }
}
