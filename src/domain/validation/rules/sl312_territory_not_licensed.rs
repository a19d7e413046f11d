use std::collections::BTreeSet;

use crate::domain::license::License;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL312",
    name: "territory-not-licensed",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a license does not cover a country that the site is served to",
    why: "A page is read wherever the site is served. A license that lists its territories allows no other, and one that excludes a country does not allow it, whatever else it says.",
    fix: "Get and record the right for the country, or take the picture from what is served there.",
    source: "product policy; PLUS Region Constraints",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let served = &subject.policy.territories;
    subject.licenses.iter().flat_map(|license| refused_by(license, served)).collect()
}

fn refused_by(license: &License, served: &BTreeSet<String>) -> Vec<String> {
    let refused = served.iter().filter(|code| license.covers_territory(code) == Some(false));
    let (excluded, outside): (Vec<_>, Vec<_>) =
        refused.partition(|code| license.excluded.territories.contains(*code));
    let told = [("excludes", excluded), ("does not cover", outside)].into_iter();
    let told = told.filter(|(_, codes)| !codes.is_empty());
    told.map(|(verb, codes)| format!("license {} {verb} {}", license.key, named(&codes))).collect()
}

fn named(codes: &[&String]) -> String {
    let first: Vec<_> = codes.iter().take(MOST_NAMED).map(|code| code.as_str()).collect();
    let rest = codes.len().saturating_sub(MOST_NAMED);
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!("{}{more}", first.join(", "))
}

/// How many countries a message names.
const MOST_NAMED: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::license::Scope;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn served(sample: &mut Sample, codes: &[&str]) {
        sample.policy.territories = codes.iter().copied().map(str::to_owned).collect();
    }

    fn licensed(sample: &mut Sample, codes: &[&str]) {
        let codes = codes.iter().copied().map(str::to_owned).collect();
        sample.licenses[0].territories = Scope::Only(codes);
    }

    #[test]
    fn a_country_outside_the_license_is_found() {
        finds(
            &RULE,
            |s| {
                served(s, &["AT", "CH", "DE"]);
                licensed(s, &["DE"]);
            },
            &["license firefly-terms does not cover AT, CH"],
        );
        finds(
            &RULE,
            |s| {
                served(s, &["AT", "BE", "BG", "CY", "CZ", "DE", "DK"]);
                licensed(s, &[]);
            },
            &["license firefly-terms does not cover AT, BE, BG, CY, CZ and 2 more"],
        );
    }

    #[test]
    fn a_country_that_a_license_excludes_is_found_whatever_else_it_says() {
        for scope in [Scope::Unknown, Scope::Unrestricted] {
            finds(
                &RULE,
                |s| {
                    served(s, &["AT", "DE"]);
                    s.licenses[0].territories = scope;
                    s.licenses[0].excluded.territories.insert("DE".to_owned());
                },
                &["license firefly-terms excludes DE"],
            );
        }
        finds(
            &RULE,
            |s| {
                served(s, &["AT", "CH", "DE"]);
                licensed(s, &["AT", "DE"]);
                s.licenses[0].excluded.territories.insert("DE".to_owned());
            },
            &["license firefly-terms excludes DE", "license firefly-terms does not cover CH"],
        );
    }

    #[test]
    fn a_site_that_names_no_country_is_not_asked() {
        passes(&RULE, |s| licensed(s, &["DE"]));
        passes(&RULE, |s| {
            s.licenses[0].excluded.territories.insert("DE".to_owned());
        });
        passes(&RULE, |s| served(s, &["AT", "DE"]));
        passes(&RULE, |s| {
            served(s, &["DE"]);
            licensed(s, &["AT", "DE"]);
        });
    }
}
