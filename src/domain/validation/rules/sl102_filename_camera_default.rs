use crate::domain::validation::filename_defaults::{Origin, default_name};
use crate::domain::validation::{Gate, Known, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "SL102",
    name: "filename-camera-default",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file has the name that a camera gave it",
    why: "A camera counts its pictures. The number says nothing, and it comes again when the counter starts over.",
    fix: "Name the file by what it shows, such as `tea-tin-with-two-cups.jpg`.",
    source: "product policy; DCF file names and MediaWiki's list of camera prefixes",
    needs: &[Known::Name],
    check: |subject| default_name(subject, Origin::Camera),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("IMG_4815.jpg"),
            &["the name is the default of a camera"],
        );
        let names = [
            "IMG_20250131_123257_DRO.webp",
            "img_4815-300x200.jpg",
            "DSC_0042.jpg",
            "DSCF1234.jpg",
            "P1010023.jpg",
            "_MG_0815.jpg",
            "PXL_20240109_115959709-EDIT.webp",
            "DJI_20250131123257_0001_D.jpg",
            "IMG_E4815.jpg",
            "GOPR0042 (1).jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "img-of-the-year.jpg",
            "dsc-museum-entrance.jpg",
            "p100-carrier.jpg",
            "picture-0042-of-the-tin.jpg",
            "pixel-9-phone.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
