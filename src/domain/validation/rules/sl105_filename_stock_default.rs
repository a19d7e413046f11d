use crate::domain::validation::filename_defaults::{Origin, default_name};
use crate::domain::validation::{Gate, Known, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "SL105",
    name: "filename-stock-default",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file has the name that a stock agency gave it",
    why: "The name is an order number. It also tells everybody that the picture is licensed, while the license may end.",
    fix: "Record the number in the source note, link the license, and name the file by what it shows.",
    source: "product policy; default names as the agencies write them",
    needs: &[Known::Name],
    check: |subject| default_name(subject, Origin::Stock),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("AdobeStock_384368336.jpeg"),
            &["the name is the default of Adobe Stock"],
        );
        let names = [
            "AdobeStock_472713009-1024x768.jpeg",
            "AdobeStock_384368336_Preview.jpeg",
            "shutterstock_1234567.jpg",
            "gettyimages-1234567-612x612.jpg",
            "iStock-123456789.jpg",
            "pexels-anna-4815162.jpg",
            "anna-li-Xy12zAbC3dE-unsplash.jpg",
            "photo-1518791841217-8f162f1e1131.jpg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "stock-shelf-with-tea.jpg",
            "adobe-stock-pricing.png",
            "shutterstock-alternatives.png",
            "pexels-vs-pixabay.png",
            "unsplash-license-explained.png",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
