use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL312",
    name: "territory-not-licensed",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a license does not cover a country that the site is served to",
    why: "A page is read wherever the site is served. A license that lists its territories allows no other.",
    fix: "Get and record the right for the country, or take the picture from what is served there.",
    source: "product policy; PLUS Region Constraints",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let served = &subject.policy.territories;
    let refused = subject.licenses.iter().filter_map(|license| {
        let outside = |code: &&String| license.territories.covers(code) == Some(false);
        let codes: Vec<_> = served.iter().filter(outside).map(String::as_str).collect();
        let (first, rest) = (codes.iter().take(MOST_NAMED), codes.len().saturating_sub(MOST_NAMED));
        let named: Vec<_> = first.copied().collect();
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        let message =
            || format!("license {} does not cover {}{more}", license.key, named.join(", "));
        (!codes.is_empty()).then(message)
    });
    refused.collect()
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
    fn a_site_that_names_no_country_is_not_asked() {
        passes(&RULE, |s| licensed(s, &["DE"]));
        passes(&RULE, |s| served(s, &["AT", "DE"]));
        passes(&RULE, |s| {
            served(s, &["DE"]);
            licensed(s, &["AT", "DE"]);
        });
    }
}
