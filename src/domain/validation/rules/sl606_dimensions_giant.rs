use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL606",
    name: "dimensions-giant",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the picture is larger than browsers and servers can work with",
    why: "A decoded picture takes four bytes for each pixel: 100 megapixels are 400 MB on every server and phone that opens it. WebP ends at 16383 pixels.",
    fix: "Scale the original down before it is uploaded.",
    source: "WebP container specification; WordPress behavior: big_image_size_threshold",
    needs: &[Known::Content],
    check,
};

const MOST_PIXELS: u64 = 100_000_000;
/// What WebP can hold on a side.
const LONGEST_SIDE: u32 = 16_383;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let giant = subject.asset.content.dimensions.filter(|size| {
        let pixels = u64::from(size.width) * u64::from(size.height);
        pixels > MOST_PIXELS || size.width.max(size.height) > LONGEST_SIDE
    });
    giant.map(|size| format!("the size is {size}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn pixels_and_sides_are_limited() {
        passes(&RULE, |s| s.set_dimensions(Some((10_000, 10_000))));
        passes(&RULE, |s| s.set_dimensions(Some((16_383, 1))));
        finds(&RULE, |s| s.set_dimensions(Some((10_001, 10_000))), &["the size is 10001x10000"]);
        finds(&RULE, |s| s.set_dimensions(Some((16_384, 1))), &["the size is 16384x1"]);
        finds(
            &RULE,
            |s| s.set_dimensions(Some((u32::MAX, u32::MAX))),
            &["the size is 4294967295x4294967295"],
        );
    }
}
