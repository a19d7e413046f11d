//! What people read about the rules, made of the rules themselves.

use std::fmt::Write as _;

use super::rules::{self, BLOCKS};
use super::{Gate, Rule};

/// The text of `docs/rules.md`.
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for (digit, about) in BLOCKS {
        if rules::of_block(digit).next().is_none() {
            continue;
        }
        let _infallible = write!(page, "\n## SL{digit}xx {about}\n\n{TABLE_HEAD}");
        rules::of_block(digit).for_each(|rule| page.push_str(&table_row(rule)));
        rules::of_block(digit).for_each(|rule| page.push_str(&section(rule)));
    }
    page
}

const INTRODUCTION: &str = "\
# Rules

Made from the rules themselves; `shelflife rules CODE` says the same of one of them.

A finding of a rule that *gates approval* stops `approve` and `renew` as long as the rule's severity
is error. `shelflife.toml` sets severities (`error`, `warning`, `note` or `off`):

```toml
[rules]
SL102 = \"warning\"
SL311 = \"off\"
```

The table `[placement.NAME.rules]` does the same for assets that are meant for a placement; of
several placements the strictest counts. `shelflife rules waive` accepts what a rule finds about
some assets until a day: the finding is told with who, why and how long, and does not fail a check.

The table `[placement.NAME]` itself says what such assets have to have: SL217 asks for alternative
texts in its `locales`, SL407 for what it lists as `required`. Of several placements each counts.

A rule turned down to a warning, or switched off, does not gate. A rule that does not gate by itself
never does, whatever its severity. Codes are never used again.
";

const TABLE_HEAD: &str = "| code | defect | severity | gates approval |\n|---|---|---|---|\n";

fn table_row(rule: &Rule) -> String {
    let (code, name, severity) = (rule.code, rule.name, rule.severity.name());
    let gates = gates(rule);
    format!("| [{code}](#{anchor}) | {name} | {severity} | {gates} |\n", anchor = anchor(rule))
}

fn gates(rule: &Rule) -> &'static str {
    match rule.gates_approval {
        Gate::Approval => "yes",
        Gate::None => "no",
    }
}

/// The anchor that Markdown renderers give to the heading of [`section`].
fn anchor(rule: &Rule) -> String {
    format!("{}-{}", rule.code.to_lowercase(), rule.name)
}

fn section(rule: &Rule) -> String {
    format!(
        "\n### {code} {name}\n\n{summary}.\n\n- **Why:** {why}\n- **Fix:** {fix}\n- **Source:** {source}.\n- **Told from:** {needs}.\n",
        code = rule.code,
        name = rule.name,
        summary = capitalized(rule.summary),
        why = rule.why,
        fix = rule.fix,
        source = rule.source,
        needs = rule.needs.iter().map(|need| need.words()).collect::<Vec<_>>().join(", "),
    )
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::rules::ALL;

    #[test]
    fn every_rule_has_its_row_and_its_section() {
        let page = page();
        for rule in ALL {
            assert_eq!(page.matches(&table_row(rule)).count(), 1, "{}", rule.code);
            assert_eq!(page.matches(&section(rule)).count(), 1, "{}", rule.code);
        }
    }

    #[test]
    fn a_section_says_everything_about_its_rule() {
        let rule = rules::named("SL401").unwrap();
        let told = "
### SL401 owner-missing

Nobody owns the asset.

- **Why:** Reminders, reviews and questions go to the owner. Without one they go to nobody.
- **Fix:** Name a person with `describe --owner`.
- **Source:** product policy.
- **Told from:** the record in the catalog.
";
        assert_eq!(section(rule), told);
        let row = "| [SL401](#sl401-owner-missing) | owner-missing | error | yes |\n";
        assert_eq!(table_row(rule), row);
    }
}
