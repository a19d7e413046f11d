//! What the demo plays: each command as one could type it, and how it has to end.

use crate::exit::ExitCode;

/// One step of the story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) says: &'static str,
    pub(super) command: &'static str,
    pub(super) expected: ExitCode,
}

/// The story, in order.
pub(super) const STORY: &[Scene] = {
    use ExitCode::{No, Success};
    &[
        scene(
            "Set it up: the served folder, a folder of drafts, the zone of dates.",
            "init --root site/wp-content/uploads --draft-root drafts --catalog state/catalog.db \
             --time-zone Europe/Berlin",
            Success,
        ),
        scene("Learn what the folders hold. Everything is a draft at first.", "scan", Success),
        scene("Four assets; renditions belong to their originals.", "list", Success),
        scene("Nothing is approved without its papers.", "approve 3", No),
        scene(
            "What the pictures depend on: a campaign, the packaging shown, the brand.",
            "context add campaign/winter-tea --ends-on +60d --owner mia --note 'winter campaign'",
            Success,
        ),
        scene("", "context add packaging/tea-tin --owner mia --note 'v3 tin'", Success),
        scene("", "context add brand/house --owner mia --note 'direction 2026'", Success),
        scene("", "context add product/green-tea --owner mia --note 'harvest 2026'", Success),
        scene(
            "That a picture makes no claim is recorded too: what nobody recorded is unknown.",
            "context add claim/none --owner mia --note 'makes no claim'",
            Success,
        ),
        scene(
            "The right to use them, as a record that assets share.",
            "license add studio-2026 --holder 'Oak Studio' --document contract-2026-17.pdf \
             --worldwide --any-placement --ends-on +365d --reviewed-by mia --reviewed-on today",
            Success,
        ),
        scene(
            "Describe the assets.",
            "describe 3 --alt 'Green tea tin on an oak table in morning light' \
             --source-note 'prompt: tea tin, oak table, morning light' \
             --rights-note 'made for us by Oak Studio' --rights-reviewed-by mia --owner mia \
             --placement homepage-hero --campaign winter-tea --context packaging/tea-tin \
             --context brand/house --license studio-2026 --review-on +30d",
            Success,
        ),
        scene(
            "",
            "describe 2 --alt 'Rows of tea plants in a garden at sunrise' \
             --source-note 'prompt: tea garden at sunrise, wide' \
             --rights-note 'made for us by Oak Studio' --rights-reviewed-by mia --owner mia \
             --placement homepage-hero --campaign winter-tea --context product/green-tea \
             --context brand/house --context claim/none --license studio-2026 --review-on +30d",
            Success,
        ),
        scene("A person approves them.", "approve 2 3", Success),
        scene(
            "A variation that nobody wants is rejected.",
            "reject 4 --reason 'off brand: wrong season'",
            Success,
        ),
        scene("What may be used, and why not the others?", "list", Success),
        scene(
            "The packaging changes. Without --apply, only the impact is shown.",
            "context change packaging/tea-tin --note 'v4 tin: new lid'",
            Success,
        ),
        scene("", "context change packaging/tea-tin --note 'v4 tin: new lid' --apply", Success),
        scene("The picture of the old tin is expired at once, no sweep needed.", "why 3", Success),
        scene("A sweep records it. It plans first.", "sweep", Success),
        scene("", "sweep --apply", Success),
        scene("What ended leaves the served folders. This plans too.", "clean", Success),
        scene("", "clean --apply", Success),
        scene(
            "Nothing is lost: a person can bring it back, with all its sizes.",
            "restore 3",
            Success,
        ),
        scene(
            "May the old tin be used again? No, and the answer says why.",
            "reuse check 3 --placement homepage-hero --territory DE",
            No,
        ),
        scene(
            "May the tea garden? Yes.",
            "reuse check 2 --placement homepage-hero --campaign campaign/winter-tea \
             --territory DE",
            Success,
        ),
        scene("Every change is in the audit log, and the log is intact.", "audit verify", Success),
    ]
};

const fn scene(says: &'static str, command: &'static str, expected: ExitCode) -> Scene {
    Scene { says, command, expected }
}
