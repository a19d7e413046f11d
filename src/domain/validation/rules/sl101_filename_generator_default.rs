use crate::domain::validation::filename_defaults::{Origin, default_name};
use crate::domain::validation::{Gate, Known, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "SL101",
    name: "filename-generator-default",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file has the name that an image generator gave it",
    why: "A generator's name says nothing about the picture: nobody finds it again, and search engines and people who download it see only the tool.",
    fix: "Name the file by what it shows, such as `tea-tin-with-two-cups.jpg`.",
    source: "product policy; default names as the tools write them",
    needs: &[Known::Name],
    check: |subject| default_name(subject, Origin::Generator),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_name_that_a_tool_gave_is_no_description() {
        finds(
            &RULE,
            |sample| sample.rename("ChatGPT Image May 8, 2026, 03_54_11 PM.png"),
            &["the name is the default of ChatGPT"],
        );
        let names = [
            "DALL-E-2024-05-20-22.20.28-a-tin-of-tea.webp",
            "gemini_generated_image_ab12cdab12cdab12-1.png",
            "Leonardo_Phoenix_10_A_tin_of_tea_2.jpg",
            "ComfyUI_00042_.png",
            "ComfyUI_temp_abcde_00001_-300x200.png",
            "00007-2893475523-a tin of tea.png",
            "anna_a_tin_of_tea_--ar_169_0e3f2d7c-6d8e-4f4e-9d0a-3a55a3f1c0de_1.png",
            "Firefly a tin of tea on a table 40055.jpg",
            "freepik__a-tin-of-tea__80078.jpeg",
            "Designer (3).jpeg",
            "OIG2.jpeg",
            "Copilot_20260115_100910.png",
            "grok_image_1777980580135_abcde1.jpg",
            "jimeng-2026-05-19-9443-茶.jpg",
            "Image_fx (4).jpg",
            "Whisk_730685564a8a287af1246ccd07793773dr.png",
            "Generated Image May 28, 2026 - 6_13PM.png",
            "2026-05-01_10-22-33_4815.png",
            "krea-edit(1)_1755989239486.png",
            "a tin of tea s-1234567890.png",
            "ideogram (1).jpeg",
        ];
        finds_each(&RULE, &names, Sample::rename);
    }

    #[test]
    fn a_name_that_speaks_about_the_tool_is_one() {
        let names = [
            "chatgpt-pricing-comparison.png",
            "gemini-vs-copilot.png",
            "midjourney-prompt-guide.jpg",
            "Firefly-festival-2026.jpg",
            "fireflies-at-night-12000.jpg",
            "designer-handbag-red.jpg",
            "tesla-model-s-2026.jpg",
            "grok-image-review.png",
            "image-fx-tutorial.png",
            "egg-whisk_cafe.jpg",
            "default-settings.png",
            "oig-report.png",
        ];
        passes_each(&RULE, &names, Sample::rename);
    }
}
