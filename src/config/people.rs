//! The table `[people]`: who can own and approve assets, and whose accounts are whose.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use super::file::Source;
use crate::domain::text::is_unsafe_to_show;

type Names = Spanned<Vec<Spanned<String>>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    owners: Option<Names>,
    approvers: Option<Names>,
    #[serde(default)]
    accounts: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl People {
    pub(super) fn owners(
        &self,
        source: &Source<'_>,
    ) -> Result<Option<BTreeSet<String>>, ConfigError> {
        let none = "nobody could own an asset; without the key anybody can";
        self.owners.as_ref().map(|list| names(source, list, none)).transpose()
    }

    pub(super) fn approvers(
        &self,
        source: &Source<'_>,
    ) -> Result<Option<BTreeSet<String>>, ConfigError> {
        let none = "nobody could approve an asset; without the key anybody can";
        self.approvers.as_ref().map(|list| names(source, list, none)).transpose()
    }

    /// The person by account.
    pub(super) fn accounts(
        &self,
        source: &Source<'_>,
    ) -> Result<BTreeMap<String, String>, ConfigError> {
        let pair = |(account, person): (&Spanned<String>, &Spanned<String>)| {
            Ok((name(source, account)?, name(source, person)?))
        };
        self.accounts.iter().map(pair).collect()
    }
}

fn names(source: &Source<'_>, list: &Names, none: &str) -> Result<BTreeSet<String>, ConfigError> {
    if list.get_ref().is_empty() {
        return Err(source.error(list.span(), none));
    }
    let mut names = BTreeSet::new();
    for listed in list.get_ref() {
        let text = name(source, listed)?;
        let twice = format!("`{text}` is listed twice");
        if !names.insert(text) {
            return Err(source.error(listed.span(), twice));
        }
    }
    Ok(names)
}

fn name(source: &Source<'_>, name: &Spanned<String>) -> Result<String, ConfigError> {
    let text = name.get_ref().trim();
    if text.is_empty() || text.chars().any(is_unsafe_to_show) {
        return Err(source.error(name.span(), "this is not a name"));
    }
    Ok(text.to_owned())
}
