use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL111",
    name: "filename-too-long",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file name leaves no room for the suffixes that WordPress appends",
    why: "A name may have 255 bytes. WordPress appends sizes, edit marks and twins to it, and cuts slugs at 200 bytes: what is longer fails in places that nobody tests.",
    fix: "Shorten the name to its describing words.",
    source: "WordPress behavior: post_name and rendition names; POSIX NAME_MAX",
    needs: &[Known::Name],
    check,
};

/// Leaves 55 of 255 bytes, enough for `-e1700000000000-2048x2048.jpeg.webp`.
const LONGEST: usize = 200;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let bytes = subject.asset.path.name().len();
    let message = || format!("the name has {bytes} bytes, more than {LONGEST}");
    (bytes > LONGEST).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    #[test]
    fn the_limit_counts_bytes_and_is_still_allowed() {
        let named = |stem: String| move |s: &mut Sample| s.rename(&format!("{stem}.jpg"));
        passes(&RULE, named("t".repeat(196)));
        finds(&RULE, named("t".repeat(197)), &["the name has 201 bytes, more than 200"]);
        finds(&RULE, named("茶".repeat(66)), &["the name has 202 bytes, more than 200"]);
    }
}
