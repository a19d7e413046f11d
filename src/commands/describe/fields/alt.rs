//! What the flags say about alternative texts, by locale.

use std::collections::{BTreeMap, BTreeSet};

use super::Fields;
use crate::commands::describe::values::{Clearing, SomeLocale};
use crate::domain::describe::Edit;
use crate::domain::metadata::{AltReview, Locale};
use crate::domain::time::CivilDate;
use crate::error::Error;

impl Fields {
    /// Refuses two sayings about the alternative text of one locale, or about who read it; `site` is
    /// the site's.
    pub(in crate::commands::describe) fn check_alt(&self, site: &Locale) -> Result<(), Error> {
        let texts = self.alt_edits(site).into_iter().map(|(locale, _)| (locale, "the text in"));
        let readers = self.alt_readers(site).into_iter();
        let readers = readers.map(|(locale, _)| (locale, "who read the text in"));
        let mut said = BTreeSet::new();
        for about in texts.chain(readers) {
            if let Some((locale, what)) = said.replace(about) {
                let message = format!("the flags say more than one thing of {what} `{locale}`");
                return Err(Error::usage(message));
            }
        }
        Ok(())
    }

    pub(super) fn alt_reviews(
        &self,
        site: &Locale,
        on: CivilDate,
    ) -> BTreeMap<Locale, Edit<AltReview>> {
        let review = |by: Option<&String>| match by {
            Some(by) => Edit::Set(AltReview { by: by.clone(), on }),
            None => Edit::Clear,
        };
        let readers = self.alt_readers(site).into_iter();
        readers.map(|(locale, by)| (locale, review(by))).collect()
    }

    /// Who is said to have read the text of a locale; `None` for nobody.
    fn alt_readers(&self, site: &Locale) -> Vec<(Locale, Option<&String>)> {
        let locale = |locale: &Option<Locale>| locale.as_ref().unwrap_or(site).clone();
        let cleared = self.clear.iter().filter_map(|clearing| match clearing {
            Clearing::AltReview(of) => Some((locale(of), None)),
            Clearing::Alt(_) | Clearing::Field(_) => None,
        });
        let readers = self.alt_reviewed_by.iter().map(|by| (locale(&by.locale), Some(&by.text)));
        cleared.chain(readers).collect()
    }

    pub(super) fn alt_edits(&self, site: &Locale) -> Vec<(Locale, Edit<String>)> {
        let locale = |locale: &Option<Locale>| locale.as_ref().unwrap_or(site).clone();
        let cleared = self.clear.iter().filter_map(|clearing| match clearing {
            Clearing::Alt(of) => Some((locale(of), Edit::Clear)),
            Clearing::AltReview(_) | Clearing::Field(_) => None,
        });
        let decorative =
            self.decorative.iter().map(|SomeLocale(of)| (locale(of), Edit::Set(String::new())));
        let texts = self.alt.iter().map(|alt| (locale(&alt.locale), Edit::Set(alt.text.clone())));
        cleared.chain(decorative).chain(texts).collect()
    }
}
