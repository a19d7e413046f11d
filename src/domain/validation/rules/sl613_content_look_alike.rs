use crate::domain::lifecycle::State;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL613",
    name: "content-look-alike",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a draft looks like an asset whose use was ended",
    why: "What was rejected, withdrawn or expired comes back smaller, cropped or compressed anew, and then has other bytes and pixels. Whether it is the same picture only people can tell.",
    fix: "Read the decision with `history`, look at both, and reject the draft if it is the same.",
    source: "product policy",
    needs: &[Known::Twins, Known::Record],
    check,
};

/// Nothing is said of what has the same bytes or pixels: that is more than a likeness.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let is_the_same = subject.kin.bytes.ended.is_some() || subject.kin.recalled.pixels.is_some();
    let is_draft = subject.asset.state == State::Draft;
    let near = subject.kin.recalled.near.filter(|_| is_draft && !is_the_same);
    near.map(|near| format!("it looks like {near}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::AssetId;
    use crate::domain::lifecycle::Ended;
    use crate::domain::memory::Likeness;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn resembles(sample: &mut Sample) {
        let (asset, how) = (AssetId(7), Ended::Rejected);
        sample.kin.recalled.near = Some(Likeness { asset, how, distance: 12, more: 0 });
    }

    #[test]
    fn a_draft_that_looks_like_rejected_content_is_found() {
        finds(&RULE, resembles, &["it looks like #7, which is rejected: 12 of 256 bits differ"]);
    }

    #[test]
    fn a_decided_asset_and_the_very_same_content_pass() {
        for state in [State::Approved, State::Rejected] {
            passes(&RULE, |s| {
                resembles(s);
                s.asset.state = state;
            });
        }
        passes(&RULE, |s| {
            resembles(s);
            s.kin.recalled.pixels = Some((AssetId(8), Ended::Rejected));
        });
        passes(&RULE, |s| {
            resembles(s);
            s.kin.bytes.ended = Some((AssetId(8), Ended::Rejected));
        });
    }
}
