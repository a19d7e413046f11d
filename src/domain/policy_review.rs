//! What in a policy never does anything, or contradicts itself; and how two policies differ.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use super::cleanup::UnknownUses;
use super::metadata::{Locale, folded_locale, is_of_locale};
use super::policy::Policy;
use super::requirement::Requirements;
use super::validation::{Severity, rules};

/// Something that a policy says in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The key as it stands in the configuration, with its table.
    pub key: String,
    pub because: String,
}

/// Looks for what never does anything. `placements` are those that any asset or license is meant
/// for; none where there is no catalog to ask.
///
/// In the order of the configuration's tables.
pub fn review_policy(policy: &Policy, placements: &BTreeSet<String>) -> Vec<Objection> {
    let mut found = about_people(policy);
    found.extend(about_limits(policy));
    found.extend(about_severities(policy));
    found.extend(about_placements(policy, placements));
    found
}

fn objection(key: impl Into<String>, because: impl Into<String>) -> Objection {
    Objection { key: key.into(), because: because.into() }
}

fn about_people(policy: &Policy) -> Vec<Objection> {
    let terms = &policy.approval;
    let only = terms.approvers.as_ref().filter(|names| names.len() == 1 && terms.four_eyes);
    let only = only.and_then(|names| names.first());
    let because =
        only.map(|name| format!("with `review.four_eyes` nobody approves what {name} describes"));
    because.map(|because| objection("people.approvers", because)).into_iter().collect()
}

fn about_limits(policy: &Policy) -> Vec<Objection> {
    let Policy { caps: run, day_caps: day, second_person_above: second, .. } = policy;
    let mut found = Vec::new();
    for (key, of_run, of_day) in [
        ("max_items", run.max_items, day.max_items),
        ("max_bytes", run.max_bytes, day.max_bytes),
        ("max_percent", run.max_percent, day.max_percent),
    ] {
        if of_run > of_day {
            let because =
                format!("a run never moves {of_run}: {key}_per_day allows 24 hours {of_day}");
            found.push(objection(format!("clean.{key}"), because));
        }
    }
    let most = run.max_items.min(day.max_items);
    if *second >= most {
        let because = format!("nobody is ever asked: a run moves {most} assets at most");
        found.push(objection("plans.second_person_above", because));
    }
    if policy.reference_days == 0 && policy.unknown_uses == UnknownUses::Block {
        let because = "no source is ever young enough to say that something is not used, and \
                       `clean.unknown_uses = \"block\"` then keeps everything in the library";
        found.push(objection("policy.reference_days", because));
    }
    if policy.snapshot_max_age_days == 0 {
        found.push(objection("policy.snapshot_max_age_days", "every snapshot is refused"));
    }
    found
}

fn about_severities(policy: &Policy) -> Vec<Objection> {
    let own = |code: &str| rules::named(code).map(|rule| rule.severity);
    let idle = policy.severities.iter().filter(|(code, is)| own(code) == Some(**is));
    idle.map(|(code, is)| {
        objection(format!("rules.{code}"), format!("the rule is `{}` by itself", is.name()))
    })
    .collect()
}

fn about_placements(policy: &Policy, placements: &BTreeSet<String>) -> Vec<Objection> {
    let everywhere = |code: &str| {
        let own = || rules::named(code).map(|rule| rule.severity);
        policy.severities.get(code).copied().or_else(own)
    };
    let mut found = Vec::new();
    for (placement, severities) in &policy.placement_severities {
        let table = format!("placement.{placement}");
        if !placements.is_empty() && !placements.contains(placement) {
            let because = "no asset and no license is meant for this placement";
            found.push(objection(table.clone(), because));
        }
        for (code, is) in severities.iter().filter(|(code, is)| everywhere(code) == Some(**is)) {
            let because = format!("the rule is `{}` everywhere", is.name());
            found.push(objection(format!("{table}.rules.{code}"), because));
        }
        found.extend(about_company(policy, (placement, severities), everywhere));
    }
    found
        .extend(policy.placement_requirements.iter().flat_map(|of| about_requirements(policy, of)));
    found
}

/// What a rule that is off would ask for, and what is required already by something narrower.
fn about_requirements(
    policy: &Policy,
    (placement, required): (&String, &Requirements),
) -> Vec<Objection> {
    let Requirements { locales, fields } = required;
    let key = |list: &str| format!("placement.{placement}.{list}");
    let is_off = |code: &str| {
        let rule = rules::named(code);
        let severity = rule.map(|rule| rule.severity_under(policy, slice::from_ref(placement)));
        severity == Some(Severity::Off)
    };
    let mut found = Vec::new();
    for (list, code, is_empty) in
        [("locales", "SL217", locales.is_empty()), ("required", "SL407", fields.is_empty())]
    {
        if !is_empty && is_off(code) {
            found.push(objection(key(list), format!("{code}, which asks for it, is `off` there")));
        }
    }
    let locales = locales.iter().filter_map(|locale| Some((locale, narrower(locale, locales)?)));
    found.extend(locales.map(|(locale, narrower)| {
        let because = format!("`{locale}` adds nothing: what serves `{narrower}` serves it");
        objection(key("locales"), because)
    }));
    let fields = fields.iter().filter_map(|field| Some((field, field.narrower()?)));
    let fields = fields.filter(|(_, narrower)| required.fields.contains(narrower));
    found.extend(fields.map(|(field, narrower)| {
        let (field, narrower) = (field.name(), narrower.name());
        let because = format!("`{field}` adds nothing: `{narrower}` is one");
        objection(key("required"), because)
    }));
    found
}

/// A locale of which every text serves this one too.
fn narrower<'l>(locale: &str, among: &'l BTreeSet<Locale>) -> Option<&'l Locale> {
    let range = folded_locale(locale);
    let mut folded = among.iter().map(|other| (other, folded_locale(other)));
    folded.find(|(_, tag)| *tag != range && is_of_locale(tag, &range)).map(|(other, _)| other)
}

/// An asset for two placements is held to the stricter one: a milder severity counts only for assets
/// that are meant for nothing else. Said where the other placement is configured, too.
fn about_company(
    policy: &Policy,
    (placement, severities): (&String, &BTreeMap<String, Severity>),
    everywhere: impl Fn(&str) -> Option<Severity>,
) -> Vec<Objection> {
    let mut found = Vec::new();
    for (code, is) in severities.iter().filter(|(code, is)| everywhere(code) > Some(**is)) {
        let others = policy.placement_severities.iter().filter(|(other, _)| *other != placement);
        let stricter = others.filter(|(_, own)| own.get(code).is_some_and(|own| own > is));
        let names: Vec<_> = stricter.map(|(other, _)| other.as_str()).collect();
        if !names.is_empty() {
            let because = format!(
                "assets that are also meant for {} are held to its severity, not to `{}`",
                names.join(", "),
                is.name()
            );
            found.push(objection(format!("placement.{placement}.rules.{code}"), because));
        }
    }
    found
}

/// The keys that differ between the texts of two policies, with both values, in order.
pub fn policy_changes(before: &str, now: &str) -> Vec<String> {
    let (before, now) = (by_key(before), by_key(now));
    let mut keys: Vec<_> = before.keys().chain(now.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let shown = |values: Option<&Vec<&str>>| values.map_or("none".to_owned(), |v| v.join(" "));
    let differs = |key: &&str| before.get(key) != now.get(key);
    let told = |key: &str| match key {
        "credential_anchor" => key.to_owned(),
        _ => format!("{key} was {} and is {}", shown(before.get(key)), shown(now.get(key))),
    };
    keys.into_iter().filter(differs).map(told).collect()
}

fn by_key(policy: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, value) in policy.lines().filter_map(|line| line.split_once('=')) {
        lines.entry(key).or_default().push(value);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::requirement::RequiredField;

    fn keys(change: impl FnOnce(&mut Policy), placements: &[&str]) -> Vec<String> {
        let mut policy = Policy::default();
        change(&mut policy);
        let placements = placements.iter().map(|name| (*name).to_owned()).collect();
        review_policy(&policy, &placements).into_iter().map(|found| found.key).collect()
    }

    fn set(policy: &mut Policy, placement: &str, severity: Severity) {
        let severities = BTreeMap::from([("SL201".to_owned(), severity)]);
        policy.placement_severities.insert(placement.to_owned(), severities);
    }

    #[test]
    fn the_policy_that_is_there_by_itself_says_nothing_in_vain() {
        assert!(keys(|_| {}, &[]).is_empty());
    }

    #[test]
    fn a_limit_that_is_never_reached_is_told() {
        assert_eq!(keys(|p| p.caps.max_items = 1001, &[]), ["clean.max_items"]);
        assert_eq!(keys(|p| p.caps.max_items = 1000, &[]), [""; 0]);
        assert_eq!(keys(|p| p.caps.max_percent = 21, &[]), ["clean.max_percent"]);
        let alone = |p: &mut Policy| {
            p.approval.approvers = Some(["anna".to_owned()].into());
            p.approval.four_eyes = true;
        };
        assert_eq!(keys(alone, &[]), ["people.approvers"]);
        assert_eq!(keys(|p| p.second_person_above = 500, &[]), ["plans.second_person_above"]);
        assert_eq!(keys(|p| p.second_person_above = 499, &[]), [""; 0]);
        assert_eq!(keys(|p| p.snapshot_max_age_days = 0, &[]), ["policy.snapshot_max_age_days"]);
        let block = |days| {
            move |p: &mut Policy| {
                (p.reference_days, p.unknown_uses) = (days, UnknownUses::Block);
            }
        };
        assert_eq!(keys(block(0), &[]), ["policy.reference_days"]);
        assert_eq!(keys(block(1), &[]), [""; 0]);
    }

    #[test]
    fn a_severity_that_changes_nothing_is_told() {
        let general = |severity| {
            move |p: &mut Policy| p.severities = BTreeMap::from([("SL201".to_owned(), severity)])
        };
        assert_eq!(keys(general(Severity::Error), &[]), ["rules.SL201"]);
        assert_eq!(keys(general(Severity::Note), &[]), [""; 0]);
        let in_blog = ["placement.blog.rules.SL201"];
        assert_eq!(keys(|p| set(p, "blog", Severity::Error), &["blog"]), in_blog);
        assert_eq!(keys(|p| set(p, "blog", Severity::Note), &["blog"]), [""; 0]);
        let both = |p: &mut Policy| {
            set(p, "blog", Severity::Note);
            set(p, "shop", Severity::Warning);
        };
        assert_eq!(keys(both, &["blog", "shop"]), in_blog);
    }

    #[test]
    fn a_requirement_that_adds_nothing_or_is_never_asked_is_told() {
        use RequiredField as F;
        let blog = |locales: &[&str], fields: &[RequiredField]| {
            let locales = locales.iter().map(|locale| (*locale).to_owned()).collect();
            let required = Requirements { locales, fields: fields.iter().copied().collect() };
            move |p: &mut Policy| {
                p.placement_requirements.insert("blog".to_owned(), required);
            }
        };
        let locales = ["placement.blog.locales"];
        let required = ["placement.blog.required"];
        assert_eq!(keys(blog(&["de", "de_AT"], &[]), &[]), locales);
        assert_eq!(keys(blog(&["DE-at", "de_AT-1996"], &[]), &[]), locales);
        assert_eq!(keys(blog(&["de-CH", "de_AT", "den", "en"], &[]), &[]), [""; 0]);
        assert_eq!(keys(blog(&[], &[F::Campaign, F::Context]), &[]), required);
        assert_eq!(keys(blog(&[], &[F::End, F::ExpiresOn]), &[]), required);
        assert_eq!(keys(blog(&[], &[F::Context, F::ExpiresOn]), &[]), [""; 0]);
        let off = |p: &mut Policy| {
            blog(&["de"], &[F::Title])(p);
            p.severities.insert("SL217".to_owned(), Severity::Off);
        };
        assert_eq!(keys(off, &[]), locales);
        let on = |p: &mut Policy| {
            off(p);
            let own = BTreeMap::from([("SL217".to_owned(), Severity::Note)]);
            p.placement_severities.insert("blog".to_owned(), own);
        };
        assert_eq!(keys(on, &[]), [""; 0]);
    }

    #[test]
    fn a_placement_that_nothing_is_meant_for_is_told_if_anything_is_meant_for_any() {
        let blogg = |p: &mut Policy| set(p, "blogg", Severity::Note);
        assert_eq!(keys(blogg, &["blog"]), ["placement.blogg"]);
        assert_eq!(keys(blogg, &[]), [""; 0]);
    }
}
