//! What one row of a table comes to, beside what is recorded.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::describe::values;
use crate::commands::library::Court;
use crate::commands::words;
use crate::domain::asset::Asset;
use crate::domain::context::{ContextKey, ContextKind};
use crate::domain::describe::{Description, Edit, Edits};
use crate::domain::metadata::{AltReview, Locale};
use crate::domain::time::{CivilDate, Timestamp, Zone};
use crate::exports::table::{Cell, Column, DescriptionRow};

/// Why a row can't be taken, and by which column if it is one alone.
pub(super) struct Wrong {
    pub(super) column: Option<String>,
    pub(super) why: String,
}

impl Wrong {
    pub(super) fn of_row(why: String) -> Self {
        Self { column: None, why }
    }

    fn of(column: &Column, why: impl Into<String>) -> Self {
        Self { column: Some(column.to_string()), why: why.into() }
    }
}

/// A row, the asset that it is about and what is recorded about it.
pub(super) struct Reading<'a> {
    pub(super) court: &'a Court,
    pub(super) asset: &'a Asset,
    pub(super) current: &'a Description,
    pub(super) row: &'a DescriptionRow,
}

impl Reading<'_> {
    /// The edits of the row. Relative dates count from today in the zone that the row leaves the
    /// asset's dates in.
    pub(super) fn edits(&self, now: Timestamp) -> Result<Edits, Wrong> {
        self.check_path()?;
        let mut edits = Edits {
            title: self.text(&Column::Title),
            alt: self.alt()?,
            source_note: self.text(&Column::SourceNote),
            rights_note: self.text(&Column::RightsNote),
            rights_reviewed_by: self.text(&Column::RightsReviewedBy),
            owner: self.text(&Column::Owner),
            placements: self.placements()?,
            contexts: self.contexts()?,
            licenses: self.licenses()?,
            zone: self.zone()?,
            no_expiry_reason: self.text(&Column::NoExpiryReason),
            ..Edits::default()
        };
        self.set_dates(&mut edits, now)?;
        Ok(edits)
    }

    /// A table whose columns were sorted apart names assets beside the paths of others.
    fn check_path(&self) -> Result<(), Wrong> {
        let path = self.asset.path.to_string();
        match self.row.fields.get(&Column::Path) {
            Some(Cell::Set(said)) if said.trim() != path.trim() => {
                let why = format!("{} is at {path}: are the rows mixed up?", self.asset.id);
                Err(Wrong::of(&Column::Path, why))
            }
            _ => Ok(()),
        }
    }

    /// A cell of blanks says nothing, like an empty one.
    fn cell(&self, column: &Column) -> Option<Edit<&str>> {
        match self.row.fields.get(column)? {
            Cell::Clear => Some(Edit::Clear),
            Cell::Set(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Edit::Set),
        }
    }

    fn text(&self, column: &Column) -> Edit<String> {
        match self.cell(column) {
            None | Some(Edit::Keep) => Edit::Keep,
            Some(Edit::Clear) => Edit::Clear,
            Some(Edit::Set(text)) => Edit::Set(text.to_owned()),
        }
    }

    fn set_dates(&self, edits: &mut Edits, now: Timestamp) -> Result<(), Wrong> {
        let today = self.zone_after(edits)?.date_at(now);
        edits.alt_reviews = self.alt_reviews(today)?;
        edits.rights_reviewed_on = self.date(&Column::RightsReviewedOn, today)?;
        edits.starts_on = self.date(&Column::StartsOn, today)?;
        edits.expires_on = self.date(&Column::ExpiresOn, today)?;
        edits.review_on = self.date(&Column::ReviewOn, today)?;
        let recorded = self.current.metadata.rights_reviewed_by.clone();
        let reviewer = edits.rights_reviewed_by.of(recorded.clone());
        if edits.rights_reviewed_on == Edit::Keep && reviewer.is_some() && reviewer != recorded {
            edits.rights_reviewed_on = Edit::Set(today);
        }
        match (&edits.expires_on, &edits.no_expiry_reason) {
            (Edit::Set(_), Edit::Keep) => edits.no_expiry_reason = Edit::Clear,
            (Edit::Keep, Edit::Set(_)) => edits.expires_on = Edit::Clear,
            _ => {}
        }
        Ok(())
    }

    fn zone_after(&self, edits: &Edits) -> Result<Zone, Wrong> {
        let mut metadata = self.current.metadata.clone();
        metadata.dates.zone = edits.zone.of(metadata.dates.zone.take());
        let contexts = edits.contexts.as_ref().unwrap_or(&self.current.contexts);
        self.court
            .zone_of(&metadata, contexts)
            .map_err(|error| Wrong::of(&Column::TimeZone, error.to_string()))
    }

    fn date(&self, column: &Column, today: CivilDate) -> Result<Edit<CivilDate>, Wrong> {
        match self.cell(column) {
            None | Some(Edit::Keep) => Ok(Edit::Keep),
            Some(Edit::Clear) => Ok(Edit::Clear),
            Some(Edit::Set(text)) => {
                let day = CivilDate::parse(text, today);
                day.map(Edit::Set).map_err(|error| Wrong::of(column, error.to_string()))
            }
        }
    }

    fn zone(&self) -> Result<Edit<String>, Wrong> {
        let Edit::Set(name) = self.text(&Column::TimeZone) else {
            return Ok(self.text(&Column::TimeZone));
        };
        values::zone(&name)
            .map(Edit::Set)
            .map_err(|error| Wrong::of(&Column::TimeZone, error.to_string()))
    }

    fn alt(&self) -> Result<BTreeMap<Locale, Edit<String>>, Wrong> {
        let site = &self.court.policy().locale;
        let mut alt = BTreeMap::new();
        for column in self.row.fields.keys() {
            let Column::Alt(locale) = column else { continue };
            let locale = locale.as_ref().unwrap_or(site);
            if alt.insert(locale.clone(), self.text(column)).is_some() {
                return Err(Wrong::of(column, "`alt` is that locale's column already"));
            }
        }
        match self.is_decorative()? {
            Some(true) if matches!(alt.get(site), Some(Edit::Set(_))) => {
                let why = "a picture that only decorates has no alternative text";
                return Err(Wrong::of(&Column::Decorative, why));
            }
            Some(true) => {
                alt.insert(site.clone(), Edit::Set(String::new()));
            }
            Some(false) if self.current.metadata.alt.get(site).is_some_and(String::is_empty) => {
                alt.entry(site.clone()).or_insert(Edit::Clear);
            }
            Some(false) | None => {}
        }
        Ok(alt)
    }

    /// A name that is recorded already says nothing new: whoever changes the text beside it did not
    /// mean that somebody has read the new one.
    fn alt_reviews(&self, on: CivilDate) -> Result<BTreeMap<Locale, Edit<AltReview>>, Wrong> {
        let site = &self.court.policy().locale;
        let mut reviews = BTreeMap::new();
        for column in self.row.fields.keys() {
            let Column::AltReviewedBy(locale) = column else { continue };
            let locale = locale.as_ref().unwrap_or(site);
            let recorded = self.current.metadata.alt_reviews.get(locale);
            let edit = match self.text(column) {
                Edit::Keep => Edit::Keep,
                Edit::Clear => Edit::Clear,
                Edit::Set(by) if recorded.is_some_and(|review| review.by == by) => Edit::Keep,
                Edit::Set(by) => Edit::Set(AltReview { by, on }),
            };
            if reviews.insert(locale.clone(), edit).is_some() {
                let why = "`alt_reviewed_by` is that locale's column already";
                return Err(Wrong::of(column, why));
            }
        }
        Ok(reviews)
    }

    fn is_decorative(&self) -> Result<Option<bool>, Wrong> {
        match self.cell(&Column::Decorative) {
            None | Some(Edit::Keep) => Ok(None),
            Some(Edit::Clear) => Ok(Some(false)),
            Some(Edit::Set(said)) if said.eq_ignore_ascii_case("yes") => Ok(Some(true)),
            Some(Edit::Set(said)) if said.eq_ignore_ascii_case("no") => Ok(Some(false)),
            Some(Edit::Set(_)) => Err(Wrong::of(&Column::Decorative, "write yes or no")),
        }
    }

    /// The values of a list column; `None` where the row leaves it as it is.
    fn list(&self, column: &Column) -> Option<Vec<String>> {
        match self.cell(column)? {
            Edit::Keep => None,
            Edit::Clear => Some(Vec::new()),
            Edit::Set(text) => Some(Column::list(text).map(str::to_owned).collect()),
        }
    }

    fn placements(&self) -> Result<Option<Vec<String>>, Wrong> {
        let Some(placements) = self.list(&Column::Placements) else { return Ok(None) };
        let read = placements.iter().map(|placement| words::placement(placement));
        let read = read.collect::<Result<_, _>>();
        read.map(Some).map_err(|error| Wrong::of(&Column::Placements, error))
    }

    /// Campaigns and other contexts each replace what is recorded of their own.
    fn contexts(&self) -> Result<Option<Vec<i64>>, Wrong> {
        let (campaigns, others) = (self.list(&Column::Campaign), self.list(&Column::Contexts));
        if campaigns.is_none() && others.is_none() {
            return Ok(None);
        }
        let contexts = &self.court.world.contexts;
        let is_campaign = |id: &&i64| {
            contexts.get(id).is_some_and(|context| context.key.kind == ContextKind::Campaign)
        };
        let recorded = self.current.contexts.iter();
        let (own, rest): (Vec<i64>, Vec<i64>) = recorded.partition(is_campaign);
        let mut links = match campaigns {
            None => own,
            Some(names) => self.context_ids(&Column::Campaign, &names)?,
        };
        links.extend(match others {
            None => rest,
            Some(keys) => self.context_ids(&Column::Contexts, &keys)?,
        });
        let links: BTreeSet<_> = links.into_iter().collect();
        Ok(Some(links.into_iter().collect()))
    }

    fn context_ids(&self, column: &Column, names: &[String]) -> Result<Vec<i64>, Wrong> {
        let contexts = &self.court.world.contexts;
        let number = |name: &String| {
            let key: Result<ContextKey, _> = match column {
                Column::Campaign => values::campaign(name),
                _ => name.parse(),
            };
            let key = key.map_err(|error| Wrong::of(column, error.to_string()))?;
            let known = contexts.values().find(|context| context.key == key);
            let unknown = || Wrong::of(column, format!("there is no context `{key}`"));
            known.map(|context| context.id).ok_or_else(unknown)
        };
        names.iter().map(number).collect()
    }

    fn licenses(&self) -> Result<Option<Vec<i64>>, Wrong> {
        let Some(keys) = self.list(&Column::Licenses) else { return Ok(None) };
        let licenses = &self.court.world.licenses;
        let number = |key: &String| {
            let known = licenses.values().find(|license| license.key == *key);
            let unknown = || Wrong::of(&Column::Licenses, format!("there is no license `{key}`"));
            known.map(|license| license.id).ok_or_else(unknown)
        };
        keys.iter().map(number).collect::<Result<_, _>>().map(Some)
    }
}
