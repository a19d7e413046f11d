use crate::domain::time::CivilDate;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL304",
    name: "rights-review-in-future",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the review of the rights is dated in the future",
    why: "A review that has not happened is none. The date is a slip, or somebody recorded a plan.",
    fix: "Record the day on which the rights were reviewed.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let today = subject.today();
    let ahead = |on: &CivilDate| *on > today;
    let own = subject.metadata.rights_reviewed_on.filter(ahead);
    let own = own.map(|on| format!("the review is dated {on}"));
    let licenses = subject.licenses.iter().filter_map(|license| {
        let on = license.reviewed_on.filter(ahead)?;
        Some(format!("the review of license {} is dated {on}", license.key))
    });
    own.into_iter().chain(licenses).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    #[test]
    fn tomorrow_is_the_future_and_today_is_not() {
        let on = |day: &'static str| {
            move |s: &mut Sample| s.metadata.rights_reviewed_on = Some(date(day))
        };
        passes(&RULE, on("2026-06-01"));
        finds(&RULE, on("2026-06-02"), &["the review is dated 2026-06-02"]);
        finds(
            &RULE,
            |s| s.licenses[0].reviewed_on = Some(date("2027-01-01")),
            &["the review of license firefly-terms is dated 2027-01-01"],
        );
    }

    #[test]
    fn the_day_is_that_of_the_assets_zone() {
        passes(&RULE, |s| {
            s.metadata.dates.zone = Some("Pacific/Kiritimati".to_owned());
            s.now = instant("2026-06-01").plus_hours(12);
            s.metadata.rights_reviewed_on = Some(date("2026-06-02"));
        });
    }
}
