//! The table `[publish]`: where approved drafts go, and under which names.

use serde::Deserialize;
use toml::Spanned;

use super::file::Source;
use super::{ConfigError, PublishConfig, RootConfig};
use crate::domain::asset::RootKind;
use crate::domain::publication::{Template, TemplateError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    root: Spanned<String>,
    folder: Spanned<String>,
    name: Spanned<String>,
}

impl Publish {
    pub(super) fn checked(
        &self,
        source: &Source<'_>,
        roots: &[RootConfig],
    ) -> Result<PublishConfig, ConfigError> {
        let name = self.root.get_ref();
        match roots.iter().find(|root| root.name == *name).map(|root| root.kind) {
            Some(RootKind::Production) => {}
            Some(RootKind::Draft) => {
                let message = format!("the root `{name}` is one of drafts, which nobody is served");
                return Err(source.error(self.root.span(), message));
            }
            None => {
                let message = format!("there is no root `{name}`");
                return Err(source.error(self.root.span(), message));
            }
        }
        Ok(PublishConfig {
            root: name.clone(),
            folder: template(source, &self.folder, Template::of_folder)?,
            name: template(source, &self.name, Template::of_name)?,
        })
    }
}

fn template(
    source: &Source<'_>,
    text: &Spanned<String>,
    parse: impl Fn(&str) -> Result<Template, TemplateError>,
) -> Result<Template, ConfigError> {
    parse(text.get_ref()).map_err(|error| source.error(text.span(), error.to_string()))
}
