use crate::domain::memory::rank;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL610",
    name: "content-returned",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the content is that of an asset whose use was ended",
    why: "What was rejected, withdrawn or expired has come back under another name, or in another format. Somebody decided about this picture, and gave a reason.",
    fix: "Read the decision with `history`, and reject the copy, or take the decision back with `reconsider`.",
    source: "product policy",
    needs: &[Known::Twins, Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let bytes = subject.kin.bytes.ended.map(|ended| ("bytes", ended));
    let pixels = subject.kin.recalled.pixels.map(|ended| ("pixels", ended));
    let ended = bytes.into_iter().chain(pixels).min_by_key(|(_, ended)| rank(*ended));
    ended
        .filter(|_| subject.is_open())
        .map(|(what, (asset, how))| format!("{asset} has the same {what} and is {}", how.name()))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::AssetId;
    use crate::domain::lifecycle::{Ended, State};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn returned(sample: &mut Sample) {
        sample.kin.bytes.ended = Some((AssetId(7), Ended::Rejected));
    }

    #[test]
    fn rejected_bytes_that_come_back_are_found() {
        finds(&RULE, returned, &["#7 has the same bytes and is rejected"]);
    }

    #[test]
    fn the_same_pixels_are_told_where_the_bytes_are_others() {
        let same = |sample: &mut Sample| {
            sample.kin.recalled.pixels = Some((AssetId(8), Ended::Withdrawn));
        };
        finds(&RULE, same, &["#8 has the same pixels and is withdrawn"]);
        let both = |sample: &mut Sample| {
            same(sample);
            returned(sample);
        };
        finds(&RULE, both, &["#8 has the same pixels and is withdrawn"]);
        let alike = |sample: &mut Sample| {
            both(sample);
            sample.kin.recalled.pixels = Some((AssetId(7), Ended::Rejected));
        };
        finds(&RULE, alike, &["#7 has the same bytes and is rejected"]);
    }

    #[test]
    fn an_asset_that_was_ended_itself_and_new_bytes_pass() {
        passes(&RULE, |s| s.kin.bytes.ended = None);
        passes(&RULE, |s| {
            returned(s);
            s.asset.state = State::Rejected;
        });
    }
}
