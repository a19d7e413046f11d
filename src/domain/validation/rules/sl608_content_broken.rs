use crate::domain::text::printable_text;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL608",
    name: "content-broken",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the file is broken or contradicts itself",
    why: "One program shows such a file and another does not, or shows half of it. What is odd about a file is also how something is smuggled past a check.",
    fix: "Export the picture again and replace the file.",
    source: "product policy; the specification of the format",
    needs: &[Known::Claims],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let defects = subject.claims.map(|claims| claims.defects.as_slice()).unwrap_or_default();
    let Some(first) = defects.first() else { return Vec::new() };
    let more = match defects.len() {
        1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    vec![printable_text(&format!("{first}{more}"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Defect};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn broken(sample: &mut Sample, defects: &[(u64, &str)]) {
        let defect =
            |(offset, what): &(u64, &str)| Defect { offset: *offset, what: (*what).to_owned() };
        let defects = defects.iter().map(defect).collect();
        sample.claims = Some(Claims { defects, ..Claims::default() });
    }

    #[test]
    fn the_first_defect_is_named_and_the_others_are_counted() {
        let first = (812, "the PNG ends within chunk IDAT");
        let message = "the PNG ends within chunk IDAT (at byte 812)";
        finds(&RULE, |s| broken(s, &[first]), &[message]);
        finds(
            &RULE,
            |s| broken(s, &[first, (900, "a checksum is wrong")]),
            &[&format!("{message}, and 1 more")],
        );
    }

    #[test]
    fn a_whole_file_and_one_that_nobody_read_pass() {
        passes(&RULE, |s| broken(s, &[]));
        passes(&RULE, |s| s.claims = None);
    }
}
