use crate::domain::validation::filename_defaults::{Origin, default_name};
use crate::domain::validation::{Gate, Known, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "SL103",
    name: "filename-screenshot-default",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file has the name that a screenshot tool gave it",
    why: "The name says when the picture was taken and not what it shows.",
    fix: "Name the file by what it shows, such as `checkout-page-with-coupon.png`.",
    source: "product policy; default names as the systems write them",
    needs: &[Known::Name],
    check: |subject| default_name(subject, Origin::Screenshot),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("Screenshot from 2026-01-20 20-28-15.png"),
            &["the name is the default of a screenshot"],
        );
        let names = [
            "Screenshot 2026-06-20 at 10.15.30 AM.png",
            "Screenshot-2026-06-20-at-10.15.30-AM-1.png",
            "Screen Shot 2019-09-21 at 10.15.12 PM.png",
            "Screenshot from 2025-12-04 20-28-15.png",
            "Screenshot_20260120-202815.png",
            "Screenshot 2026-01-20 202815.png",
            "screenshot.png",
            "Screenshot (12).png",
            "Bildschirmfoto 2026-05-01 um 10.15.30.png",
            "Capture d’écran 2026-05-01 à 10.15.30.png",
            "スクリーンショット 2026-05-01 10.15.30.png",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "screenshot-of-the-checkout.png",
            "screenshot-2026-pricing-page.png",
            "dashboard-screenshot-2026-01-20.png",
            "split-screen-shot.jpg",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
