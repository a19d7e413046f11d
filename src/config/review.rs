//! The table `[review]`: what an approval asks of people.

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use super::file::Source;
use crate::domain::review::Demand;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewTable {
    questions: Option<Spanned<String>>,
    pub(super) four_eyes: Option<bool>,
}

impl ReviewTable {
    pub(super) fn questions(
        &self,
        source: &Source<'_>,
        usual: Demand,
    ) -> Result<Demand, ConfigError> {
        let Some(word) = &self.questions else { return Ok(usual) };
        let named = Demand::named(word.get_ref());
        named.ok_or_else(|| source.error(word.span(), "write `required` or `optional`"))
    }
}
