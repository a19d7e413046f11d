//! Facts about contexts: where a campaign leads, what proves a claim, whose terms a provider has.
//!
//! They belong to a revision. Another proof of a claim, or other terms, are a new revision, and what
//! that does to assets is the context's rule.

use std::collections::BTreeMap;
use std::fmt;

use super::context::ContextKind;
use super::text::{is_name, is_unsafe_to_show};

/// The facts of a revision by name. What there can be several of is sorted, without repeats.
pub type ContextFacts = BTreeMap<String, Vec<String>>;

/// The longest fact, in bytes: a prompt template fits.
pub const LONGEST: usize = 16 * 1024;

/// The name under which the proofs of a claim are on record.
pub const EVIDENCE: &str = "evidence";

/// What can be on record about contexts of some kinds.
#[derive(Debug)]
pub struct FactKind {
    pub name: &'static str,
    of: &'static [ContextKind],
    /// Whether there can be several of it at the same time.
    several: bool,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// A name without spaces, as query parameters and lists take it.
    Name,
    /// An absolute address on the web.
    Address,
}

const OFFERS: &[ContextKind] = &[ContextKind::Campaign, ContextKind::Offer];

/// Every fact there can be, by name. The five that begin with `utm` are the parameters that web
/// analytics reads from a link.
pub static FACTS: &[FactKind] = &[
    FactKind { name: "channel", of: OFFERS, several: true, form: Form::Name },
    FactKind { name: EVIDENCE, of: &[ContextKind::Claim], several: true, form: Form::Text },
    FactKind { name: "guideline", of: &[ContextKind::Brand], several: true, form: Form::Text },
    FactKind { name: "landing-page", of: OFFERS, several: true, form: Form::Address },
    FactKind { name: "model", of: &[ContextKind::Template], several: false, form: Form::Text },
    FactKind { name: "page", of: &[ContextKind::Product], several: true, form: Form::Address },
    FactKind { name: "prompt", of: &[ContextKind::Template], several: false, form: Form::Text },
    FactKind { name: "sku", of: PRODUCTS, several: true, form: Form::Name },
    FactKind { name: "terms", of: &[ContextKind::Provider], several: false, form: Form::Address },
    FactKind { name: "utm-campaign", of: OFFERS, several: false, form: Form::Name },
    FactKind { name: "utm-content", of: OFFERS, several: false, form: Form::Name },
    FactKind { name: "utm-medium", of: OFFERS, several: false, form: Form::Name },
    FactKind { name: "utm-source", of: OFFERS, several: false, form: Form::Name },
    FactKind { name: "utm-term", of: OFFERS, several: false, form: Form::Name },
    FactKind { name: "version", of: VERSIONED, several: false, form: Form::Name },
    FactKind { name: "wording", of: &[ContextKind::Claim], several: false, form: Form::Text },
];

const PRODUCTS: &[ContextKind] = &[ContextKind::Product, ContextKind::Packaging];
const VERSIONED: &[ContextKind] =
    &[ContextKind::Packaging, ContextKind::Brand, ContextKind::Template, ContextKind::Provider];

/// A fact as somebody states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    pub name: String,
    pub value: String,
}

/// Why something cannot be on record about a context.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    #[error("`{name}` is not on record about a {kind} ({known})", kind = kind.name(), known = known(*kind))]
    Unknown { kind: ContextKind, name: String },
    #[error("`{name}` is {why}")]
    Form { name: String, why: &'static str },
}

/// What there can be on record about a kind, in words.
fn known(kind: ContextKind) -> String {
    let names: Vec<_> = of_kind(kind).map(|fact| fact.name).collect();
    match names.as_slice() {
        [] => "nothing is".to_owned(),
        names => format!("there can be {}", names.join(", ")),
    }
}

fn of_kind(kind: ContextKind) -> impl Iterator<Item = &'static FactKind> {
    FACTS.iter().filter(move |fact| fact.of.contains(&kind))
}

fn named(kind: ContextKind, name: &str) -> Result<&'static FactKind, FactError> {
    let found = of_kind(kind).find(|fact| fact.name == name);
    found.ok_or_else(|| FactError::Unknown { kind, name: name.to_owned() })
}

impl FactKind {
    fn check(&self, value: &str) -> Result<(), FactError> {
        let visible =
            |form: fn(char) -> bool| value.chars().all(|c| form(c) && !is_unsafe_to_show(c));
        let fits = match self.form {
            Form::Text => value.chars().all(|c| c == '\n' || !is_unsafe_to_show(c)),
            Form::Name => visible(|c| !c.is_whitespace()),
            Form::Address => visible(|c| !c.is_whitespace()) && is_address(value),
        };
        let why = match self.form {
            _ if value.len() > LONGEST => "longer than 16 KiB",
            Form::Text => "text with characters that cannot be shown",
            Form::Name => "a name without spaces, and this has some",
            Form::Address => "an address that begins with https:// or http://",
        };
        let is_good = fits && value.len() <= LONGEST && !value.trim().is_empty();
        let error = || FactError::Form { name: self.name.to_owned(), why };
        if is_good { Ok(()) } else { Err(error()) }
    }
}

fn is_address(value: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| value.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty() && host.split(['.', ':']).all(is_name))
}

/// The facts after some are taken out and others are stated, or why that cannot be.
///
/// What there can be one of takes the place of what is there; of the others there are more.
pub fn restated(
    kind: ContextKind,
    facts: &ContextFacts,
    (removed, stated): (&[String], &[Stated]),
) -> Result<ContextFacts, FactError> {
    let mut facts = facts.clone();
    for name in removed {
        facts.remove(named(kind, name)?.name);
    }
    let mut told = ContextFacts::new();
    for Stated { name, value } in stated {
        let fact = named(kind, name)?;
        fact.check(value)?;
        let values = told.entry(name.clone()).or_default();
        if !fact.several && !values.is_empty() {
            return Err(FactError::Form {
                name: name.clone(),
                why: "stated twice, and there is one",
            });
        }
        values.push(value.clone());
        if fact.several {
            values.extend(facts.remove(name).unwrap_or_default());
            values.sort();
            values.dedup();
        }
    }
    facts.extend(told);
    Ok(facts)
}

/// Each value with the name that it is under.
pub fn each(facts: &ContextFacts) -> impl Iterator<Item = (&str, &str)> {
    facts
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())))
}

/// The facts in one line: `channel newsletter; channel shop; utm-campaign spring26`.
#[derive(Debug, Clone, Copy)]
pub struct InWords<'f>(pub &'f ContextFacts);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts: Vec<_> = each(self.0).map(|(name, value)| format!("{name} {value}")).collect();
        f.write_str(&facts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(facts: &[(&str, &str)]) -> Vec<Stated> {
        let one = |(name, value): &(&str, &str)| Stated {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        facts.iter().map(one).collect()
    }

    fn campaign(
        before: &ContextFacts,
        removed: &[&str],
        facts: &[(&str, &str)],
    ) -> Result<ContextFacts, FactError> {
        let removed: Vec<_> = removed.iter().map(|name| (*name).to_owned()).collect();
        restated(ContextKind::Campaign, before, (&removed, &stated(facts)))
    }

    #[test]
    fn what_there_is_one_of_is_replaced_and_of_the_others_there_are_more() {
        let facts = [("channel", "shop"), ("utm-source", "mail"), ("channel", "blog")];
        let first = campaign(&ContextFacts::new(), &[], &facts).unwrap();
        assert_eq!(InWords(&first).to_string(), "channel blog; channel shop; utm-source mail");
        let next = [("utm-source", "app"), ("channel", "shop"), ("channel", "app")];
        let second = campaign(&first, &[], &next).unwrap();
        assert_eq!(
            InWords(&second).to_string(),
            "channel app; channel blog; channel shop; utm-source app"
        );
        let third = campaign(&second, &["channel"], &[("channel", "post")]).unwrap();
        assert_eq!(InWords(&third).to_string(), "channel post; utm-source app");
    }

    #[test]
    fn a_fact_has_the_form_of_its_kind_and_is_of_its_kind_of_context() {
        for good in
            ["https://shop.example/a?b=c", "http://b\u{fc}cher.example:8080", "https://a.b#c"]
        {
            assert!(
                campaign(&ContextFacts::new(), &[], &[("landing-page", good)]).is_ok(),
                "{good}"
            );
        }
        for (name, bad) in [
            ("landing-page", "shop.example/spring"),
            ("landing-page", "javascript:alert(1)"),
            ("landing-page", "https://"),
            ("landing-page", "https:///etc"),
            ("landing-page", "https://a.example/ b"),
            ("utm-source", "two words"),
            ("channel", ""),
            ("channel", "a\u{202e}b"),
            ("evidence", "a study"),
            ("utm_source", "mail"),
        ] {
            assert!(campaign(&ContextFacts::new(), &[], &[(name, bad)]).is_err(), "{name} {bad}");
        }
        let twice = campaign(&ContextFacts::new(), &[], &[("utm-term", "a"), ("utm-term", "b")]);
        assert_eq!(twice.unwrap_err().to_string(), "`utm-term` is stated twice, and there is one");
        let season =
            restated(ContextKind::Season, &ContextFacts::new(), (&["sku".to_owned()], &[]));
        assert_eq!(
            season.unwrap_err().to_string(),
            "`sku` is not on record about a season (nothing is)"
        );
    }

    #[test]
    fn the_list_of_facts_is_by_name() {
        assert!(FACTS.is_sorted_by_key(|fact| fact.name));
    }
}
