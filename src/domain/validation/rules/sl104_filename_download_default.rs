use crate::domain::validation::filename_defaults::{Origin, default_name};
use crate::domain::validation::{Gate, Known, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "SL104",
    name: "filename-download-default",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file has the name that a messenger, browser or editor gave it",
    why: "The picture passed through somebody's hands on its way here. The name says nothing about it, and it may have been recompressed.",
    fix: "Get the original from where it was made, and name it by what it shows.",
    source: "product policy; default names as the programs write them",
    needs: &[Known::Name],
    check: |subject| default_name(subject, Origin::Passed),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("unnamed (1).png"),
            &["the name is the default of a browser or an editor"],
        );
        let names = [
            "WhatsApp-Image-2025-02-21-at-11.02.33.jpeg",
            "WhatsApp Image 2025-08-31 at 9.35.49 AM (1).jpeg",
            "IMG-20250131-WA0007.jpg",
            "FB_IMG_1718226965411.jpg",
            "unnamed-1.png",
            "download.jpg",
            "image0.jpeg",
            "Untitled design (3).png",
            "photo_2026-01-31_12-32-57.jpg",
            "signal-2026-01-31-12-32-57-123.jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "image-of-the-year.jpg",
            "download-page-hero.jpg",
            "untitled-by-cindy-sherman.jpg",
            "whatsapp-image-compression.png",
            "signal-2026-keynote.jpg",
            "photo-booth.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
