//! What an export says about its site before the first item.

use std::sync::Arc;

use super::names::SiteField;

/// What the export says about the whole site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// The name of the file that says it; set where the file is opened by its name.
    pub file: Arc<str>,
    pub base_site_url: Option<String>,
    pub base_blog_url: Option<String>,
    /// Such as `WordPress/6.8.7`, or a URL that ends in `?v=6.8.7`.
    pub generator: Option<String>,
    pub wxr_version: Option<String>,
}

impl Site {
    /// Keeps the first text of a field.
    pub(super) fn set(&mut self, field: SiteField, text: &str) {
        let slot = match field {
            SiteField::BaseSiteUrl => &mut self.base_site_url,
            SiteField::BaseBlogUrl => &mut self.base_blog_url,
            SiteField::WxrVersion => &mut self.wxr_version,
            SiteField::Generator => &mut self.generator,
        };
        slot.get_or_insert_with(|| text.trim().to_owned());
    }

    /// Takes the generator that WordPress names in a comment before the root element.
    pub(super) fn read_comment(&mut self, comment: &str) {
        let generator = comment
            .split_once("generator=\"")
            .and_then(|(_, after)| after.split_once('"'))
            .map(|(generator, _)| generator);
        if let Some(generator) = generator {
            self.set(SiteField::Generator, generator);
        }
    }
}
