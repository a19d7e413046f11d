//! The tables `[clean]`, `[plans]` and `[purge]`: how much may leave the library, by whose word, and
//! when it may be deleted.

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use super::file::Source;
use crate::domain::cleanup::{HardLinks, UnknownUses};
use crate::domain::policy::Caps;
use crate::domain::purge::LEAST_DAYS;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Clean {
    max_items: Option<u64>,
    max_bytes: Option<u64>,
    max_percent: Option<Spanned<u64>>,
    max_items_per_day: Option<u64>,
    max_bytes_per_day: Option<u64>,
    max_percent_per_day: Option<Spanned<u64>>,
    unknown_uses: Option<Spanned<String>>,
    hard_links: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Plans {
    valid_hours: Option<Spanned<u32>>,
    second_person_above: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Purge {
    after_days: Option<Spanned<u32>>,
}

impl Clean {
    /// How much one run may move.
    pub(super) fn caps(&self, source: &Source<'_>) -> Result<Caps, ConfigError> {
        let usual = Caps::of_a_run();
        Ok(Caps {
            max_items: self.max_items.unwrap_or(usual.max_items),
            max_bytes: self.max_bytes.unwrap_or(usual.max_bytes),
            max_percent: percent(source, self.max_percent.as_ref(), usual.max_percent)?,
        })
    }

    /// How much all runs of 24 hours may move.
    pub(super) fn day_caps(&self, source: &Source<'_>) -> Result<Caps, ConfigError> {
        let usual = Caps::of_a_day();
        Ok(Caps {
            max_items: self.max_items_per_day.unwrap_or(usual.max_items),
            max_bytes: self.max_bytes_per_day.unwrap_or(usual.max_bytes),
            max_percent: percent(source, self.max_percent_per_day.as_ref(), usual.max_percent)?,
        })
    }

    pub(super) fn unknown_uses(
        &self,
        source: &Source<'_>,
        usual: UnknownUses,
    ) -> Result<UnknownUses, ConfigError> {
        let Some(word) = &self.unknown_uses else { return Ok(usual) };
        let named = UnknownUses::ALL.into_iter().find(|stance| stance.name() == word.get_ref());
        let message = "write `block`, `block-on-sites` or `warn`";
        named.ok_or_else(|| source.error(word.span(), message))
    }

    pub(super) fn hard_links(
        &self,
        source: &Source<'_>,
        usual: HardLinks,
    ) -> Result<HardLinks, ConfigError> {
        let Some(word) = &self.hard_links else { return Ok(usual) };
        let named = HardLinks::ALL.into_iter().find(|stance| stance.name() == word.get_ref());
        named.ok_or_else(|| source.error(word.span(), "write `leave` or `move`"))
    }
}

impl Plans {
    /// For how long a saved plan is valid.
    pub(super) fn hours(&self, source: &Source<'_>, usual: u32) -> Result<u32, ConfigError> {
        match &self.valid_hours {
            None => Ok(usual),
            Some(hours) if *hours.get_ref() == 0 => {
                Err(source.error(hours.span(), "no plan would ever be valid"))
            }
            Some(hours) => Ok(*hours.get_ref()),
        }
    }

    pub(super) fn second_person_above(&self, usual: u64) -> u64 {
        self.second_person_above.unwrap_or(usual)
    }
}

impl Purge {
    /// For how many days files are kept in quarantine; `None`: for ever.
    pub(super) fn after_days(&self, source: &Source<'_>) -> Result<Option<u32>, ConfigError> {
        match &self.after_days {
            Some(days) if *days.get_ref() < LEAST_DAYS => {
                let message =
                    format!("files are kept in quarantine for at least {LEAST_DAYS} days");
                Err(source.error(days.span(), message))
            }
            days => Ok(days.as_ref().map(|days| *days.get_ref())),
        }
    }
}

fn percent(
    source: &Source<'_>,
    percent: Option<&Spanned<u64>>,
    usual: u64,
) -> Result<u64, ConfigError> {
    match percent {
        Some(percent) if *percent.get_ref() > 100 => {
            Err(source.error(percent.span(), "a percentage is at most 100"))
        }
        percent => Ok(percent.map_or(usual, |percent| *percent.get_ref())),
    }
}
