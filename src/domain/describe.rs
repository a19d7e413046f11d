//! Editing what is recorded about an asset: new values in, the whole description and the
//! differences out.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::{AltReview, Dates, Locale, Metadata};
use super::time::{CivilDate, TimeError, Zone};

/// How the field begins that tells who read the alternative text of a locale.
pub const ALT_REVIEWED: &str = "alt_reviewed:";

/// What becomes of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Edit<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T: Clone> Edit<T> {
    /// The value that `current` becomes.
    pub fn of(&self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value.clone()),
        }
    }
}

/// What becomes of each field; the default leaves all of them as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    pub title: Edit<String>,
    /// By locale; an empty text declares the picture decorative there.
    pub alt: BTreeMap<Locale, Edit<String>>,
    /// By locale, after the texts: a new text has no review but the one that comes with it.
    pub alt_reviews: BTreeMap<Locale, Edit<AltReview>>,
    pub source_note: Edit<String>,
    pub rights_note: Edit<String>,
    pub rights_reviewed_by: Edit<String>,
    pub rights_reviewed_on: Edit<CivilDate>,
    pub owner: Edit<String>,
    /// `None` leaves a list as it is.
    pub placements: Option<Vec<String>>,
    /// Context ids.
    pub contexts: Option<Vec<i64>>,
    /// License ids.
    pub licenses: Option<Vec<i64>>,
    pub zone: Edit<String>,
    pub starts_on: Edit<CivilDate>,
    pub expires_on: Edit<CivilDate>,
    pub review_on: Edit<CivilDate>,
    pub no_expiry_reason: Edit<String>,
}

impl Edits {
    /// Whether the instants of the dates have to be computed again: a date, its zone or a campaign
    /// that brings a zone is new.
    fn touch_dates(&self) -> bool {
        let dates = [&self.starts_on, &self.expires_on, &self.review_on];
        dates.into_iter().any(|edit| *edit != Edit::Keep)
            || self.no_expiry_reason != Edit::Keep
            || self.zone != Edit::Keep
            || self.contexts.is_some()
    }
}

/// What becomes of a list: some values go, some come, or all of them are others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEdit<T> {
    /// What the list is before anything is taken out or put in; as it was if `None`.
    pub replaced: Option<Vec<T>>,
    pub removed: Vec<T>,
    pub added: Vec<T>,
}

impl<T: Clone + PartialEq> ListEdit<T> {
    /// The list that `current` becomes; `None` if nothing is asked.
    pub fn of(&self, current: &[T]) -> Option<Vec<T>> {
        let Self { replaced, removed, added } = self;
        if replaced.is_none() && removed.is_empty() && added.is_empty() {
            return None;
        }
        let kept = replaced.as_deref().unwrap_or(current).iter();
        let kept = kept.filter(|value| !removed.contains(value));
        Some(kept.chain(added).cloned().collect())
    }
}

/// A description with its links.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    pub metadata: Metadata,
    /// Context ids, ascending.
    pub contexts: Vec<i64>,
    /// License ids, ascending.
    pub licenses: Vec<i64>,
}

/// One field that differs, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub weight: Weight,
}

/// Whether a difference touches what an approval vouched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Alt text, rights, placement, contexts, licenses and dates: an approval does not survive it.
    Governed,
    /// Title, owner, source note and who read an alternative text.
    Free,
}

/// Why edits can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescribeError {
    #[error("the end {expires_on} is before the beginning {starts_on}")]
    EndBeforeStart { starts_on: CivilDate, expires_on: CivilDate },
    #[error("an asset without an end needs a review date")]
    NoEndNoReview,
    #[error("an asset can't have an end on {0} and no end at the same time")]
    EndAndNoEnd(CivilDate),
    #[error("there is no alternative text for `{0}` that could be reviewed")]
    NoTextToReview(Locale),
    #[error(transparent)]
    Zone(#[from] TimeError),
}

/// Applies the edits and computes the instants of the dates, if an edit touches them.
///
/// Dates are civil days in the asset's own zone, else in `shared_zone`: its campaign's, else the
/// site's.
pub fn plan_description(
    current: &Description,
    edits: &Edits,
    shared_zone: &Zone,
) -> Result<Description, DescribeError> {
    let mut planned = current.clone();
    let metadata = &mut planned.metadata;
    set(&mut metadata.title, &edits.title);
    set(&mut metadata.source_note, &edits.source_note);
    set(&mut metadata.rights_note, &edits.rights_note);
    set(&mut metadata.rights_reviewed_by, &edits.rights_reviewed_by);
    set(&mut metadata.rights_reviewed_on, &edits.rights_reviewed_on);
    set(&mut metadata.owner, &edits.owner);
    plan_alt(metadata, edits)?;
    if let Some(placements) = &edits.placements {
        metadata.placements = sorted(placements);
    }
    if let Some(contexts) = &edits.contexts {
        planned.contexts = sorted(contexts);
    }
    if let Some(licenses) = &edits.licenses {
        planned.licenses = sorted(licenses);
    }
    if edits.touch_dates() {
        metadata.dates = plan_dates(&current.metadata.dates, edits, shared_zone)?;
    }
    Ok(planned)
}

fn plan_alt(metadata: &mut Metadata, edits: &Edits) -> Result<(), DescribeError> {
    for (locale, edit) in &edits.alt {
        let before = metadata.alt.remove(locale);
        let after = edit.of(before.clone());
        if before != after {
            metadata.alt_reviews.remove(locale);
        }
        metadata.alt.extend(after.map(|text| (locale.clone(), text)));
    }
    for (locale, edit) in &edits.alt_reviews {
        let review = edit.of(metadata.alt_reviews.remove(locale));
        if review.is_some() && !metadata.alt.contains_key(locale) {
            return Err(DescribeError::NoTextToReview(locale.clone()));
        }
        metadata.alt_reviews.extend(review.map(|review| (locale.clone(), review)));
    }
    Ok(())
}

fn plan_dates(current: &Dates, edits: &Edits, shared_zone: &Zone) -> Result<Dates, DescribeError> {
    let mut dates = current.clone();
    set(&mut dates.zone, &edits.zone);
    set(&mut dates.starts_on, &edits.starts_on);
    set(&mut dates.expires_on, &edits.expires_on);
    set(&mut dates.review_on, &edits.review_on);
    set(&mut dates.no_expiry_reason, &edits.no_expiry_reason);
    if let (Some(starts_on), Some(expires_on)) = (dates.starts_on, dates.expires_on)
        && expires_on < starts_on
    {
        return Err(DescribeError::EndBeforeStart { starts_on, expires_on });
    }
    if dates.no_expiry_reason.is_some() {
        if let Some(expires_on) = dates.expires_on {
            return Err(DescribeError::EndAndNoEnd(expires_on));
        }
        if dates.review_on.is_none() {
            return Err(DescribeError::NoEndNoReview);
        }
    }
    let own = dates.zone.as_deref().map(Zone::named).transpose()?;
    let zone = own.as_ref().unwrap_or(shared_zone);
    dates.starts_at = dates.starts_on.map(|day| zone.start_of(day));
    dates.expires_at = dates.expires_on.map(|day| zone.cutoff(day));
    dates.review_at = dates.review_on.map(|day| zone.start_of(day));
    Ok(dates)
}

fn set<T: Clone>(field: &mut Option<T>, edit: &Edit<T>) {
    *field = edit.of(field.take());
}

fn sorted<T: Ord + Clone>(values: &[T]) -> Vec<T> {
    values.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Lists what differs, in a fixed order, with ids of contexts and licenses written by `name_of`.
pub fn differences(
    before: &Description,
    after: &Description,
    name_of: &Names<'_>,
) -> Vec<Difference> {
    let told = |of: &Description| {
        let reviews = of.metadata.alt_reviews.iter();
        let reviews =
            reviews.map(|(locale, by)| (format!("{ALT_REVIEWED}{locale}"), by.to_string()));
        reviews.chain(fields(of, name_of)).collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (told(before), told(after));
    let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter(|field| old.get(*field) != new.get(*field));
    changed
        .map(|field| Difference {
            field: field.clone(),
            before: old.get(field).cloned(),
            after: new.get(field).cloned(),
            weight: weight_of(field),
        })
        .collect()
}

/// How links are written for people: by key, not by number.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub context: &'a dyn Fn(i64) -> String,
    pub license: &'a dyn Fn(i64) -> String,
}

impl std::fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}

fn weight_of(field: &str) -> Weight {
    match field {
        "title" | "owner" | "source_note" => Weight::Free,
        review if review.starts_with(ALT_REVIEWED) => Weight::Free,
        _ => Weight::Governed,
    }
}

/// Every field that has a value, as text, by the name that flags and columns use. Who read the
/// alternative texts is left out: it goes with the text as it is, to no other asset.
pub(super) fn fields(description: &Description, name_of: &Names<'_>) -> BTreeMap<String, String> {
    let Metadata { dates, .. } = &description.metadata;
    let metadata = &description.metadata;
    let day = |date: Option<CivilDate>| date.map(|date| date.to_string());
    let names = |ids: &[i64], name: &dyn Fn(i64) -> String| {
        let names: Vec<_> = ids.iter().map(|id| name(*id)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let placements = metadata.placements.join(", ");
    let mut fields = BTreeMap::new();
    for (field, value) in [
        ("title", metadata.title.clone()),
        ("source_note", metadata.source_note.clone()),
        ("rights_note", metadata.rights_note.clone()),
        ("rights_reviewed_by", metadata.rights_reviewed_by.clone()),
        ("rights_reviewed_on", day(metadata.rights_reviewed_on)),
        ("owner", metadata.owner.clone()),
        ("placements", Some(placements).filter(|text| !text.is_empty())),
        ("contexts", names(&description.contexts, name_of.context)),
        ("licenses", names(&description.licenses, name_of.license)),
        ("time_zone", dates.zone.clone()),
        ("starts_on", day(dates.starts_on)),
        ("expires_on", day(dates.expires_on)),
        ("review_on", day(dates.review_on)),
        ("no_expiry_reason", dates.no_expiry_reason.clone()),
    ] {
        fields.extend(value.map(|value| (field.to_owned(), value)));
    }
    fields
        .extend(metadata.alt.iter().map(|(locale, text)| (format!("alt:{locale}"), text.clone())));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn planned(current: &Description, edits: &Edits) -> Result<Description, DescribeError> {
        plan_description(current, edits, &Zone::named("Europe/Berlin").unwrap())
    }

    fn with_end(on: &str) -> Description {
        let edits = Edits { expires_on: Edit::Set(day(on)), ..Edits::default() };
        planned(&Description::default(), &edits).unwrap()
    }

    fn instant(at: Option<Timestamp>) -> String {
        at.unwrap().to_string()
    }

    #[test]
    fn nothing_given_changes_nothing() {
        let current = with_end("2026-12-31");
        assert_eq!(planned(&current, &Edits::default()), Ok(current));
    }

    #[test]
    fn each_field_is_kept_cleared_or_set() {
        let current = Some(1);
        assert_eq!(Edit::Keep.of(current), current);
        assert_eq!(Edit::Clear.of(current), None);
        assert_eq!(Edit::Set(2).of(None), Some(2));
    }

    #[test]
    fn a_list_is_replaced_first_then_cut_then_extended() {
        let edit = |replaced, removed: &[i64], added: &[i64]| ListEdit {
            replaced,
            removed: removed.to_vec(),
            added: added.to_vec(),
        };
        let current = [1, 2, 3];
        assert_eq!(edit(None, &[], &[]).of(&current), None);
        assert_eq!(edit(None, &[2], &[4]).of(&current), Some(vec![1, 3, 4]));
        assert_eq!(edit(None, &[4], &[4]).of(&current), Some(vec![1, 2, 3, 4]));
        assert_eq!(edit(Some(vec![5, 6]), &[6], &[7]).of(&current), Some(vec![5, 7]));
        assert_eq!(edit(Some(Vec::new()), &[], &[]).of(&current), Some(Vec::new()));
    }

    #[test]
    fn lists_are_sorted_and_without_repeats() {
        let placements = ["shop", "blog", "shop"].map(str::to_owned).to_vec();
        let edits = Edits {
            placements: Some(placements),
            contexts: Some(vec![3, 1, 3]),
            ..Edits::default()
        };
        let planned = planned(&Description::default(), &edits).unwrap();
        assert_eq!(planned.metadata.placements, ["blog", "shop"]);
        assert_eq!(planned.contexts, [1, 3]);
    }

    #[test]
    fn dates_count_in_the_zone_of_the_asset_else_in_the_shared_one() {
        let current = with_end("2026-12-31");
        assert_eq!(instant(current.metadata.dates.expires_at), "2026-12-31T23:00:00.000Z");
        let moved = Edits { zone: Edit::Set("Pacific/Kiritimati".to_owned()), ..Edits::default() };
        let moved = planned(&current, &moved).unwrap();
        assert_eq!(instant(moved.metadata.dates.expires_at), "2026-12-31T10:00:00.000Z");
        let back = planned(&moved, &Edits { zone: Edit::Clear, ..Edits::default() }).unwrap();
        assert_eq!(back, current);
    }

    #[test]
    fn a_review_holds_for_the_text_that_was_read() {
        let review = |by: &str| AltReview { by: by.to_owned(), on: day("2026-03-02") };
        let text = |text: &str| Edits {
            alt: [("en".to_owned(), Edit::Set(text.to_owned()))].into(),
            ..Edits::default()
        };
        let reviewed = |edits: Edits, by: &str| Edits {
            alt_reviews: [("en".to_owned(), Edit::Set(review(by)))].into(),
            ..edits
        };
        let nothing = Description::default();
        let refused = planned(&nothing, &reviewed(Edits::default(), "li"));
        assert_eq!(refused, Err(DescribeError::NoTextToReview("en".to_owned())));
        let tin = planned(&nothing, &reviewed(text("A tin"), "li")).unwrap();
        assert_eq!(tin.metadata.alt_reviews["en"], review("li"));
        assert_eq!(planned(&tin, &text("A tin")).unwrap(), tin, "it is the same text");
        let cup = planned(&tin, &text("A cup")).unwrap();
        assert!(cup.metadata.alt_reviews.is_empty());
        let again = planned(&cup, &reviewed(Edits::default(), "mo")).unwrap();
        assert_eq!(again.metadata.alt_reviews["en"], review("mo"));
        let name = |id: i64| id.to_string();
        let names = Names { context: &name, license: &name };
        let told = differences(&tin, &again, &names);
        let told: Vec<_> = told.iter().map(|d| (d.field.as_str(), d.weight)).collect();
        assert_eq!(told, [("alt:en", Weight::Governed), ("alt_reviewed:en", Weight::Free)]);
    }

    #[test]
    fn who_read_a_text_is_read_as_it_is_written() {
        for by in ["li", "li on call", ""] {
            let review = AltReview { by: by.to_owned(), on: day("2026-03-02") };
            assert_eq!(review.to_string().parse(), Ok(review));
        }
        assert!("li".parse::<AltReview>().is_err());
    }

    #[test]
    fn dates_that_contradict_are_refused() {
        let current = with_end("2026-12-31");
        let late = Edits { starts_on: Edit::Set(day("2027-01-01")), ..Edits::default() };
        let refused = planned(&current, &late).unwrap_err();
        let (starts_on, expires_on) = (day("2027-01-01"), day("2026-12-31"));
        assert_eq!(refused, DescribeError::EndBeforeStart { starts_on, expires_on });
        let same_day = Edits { starts_on: Edit::Set(expires_on), ..Edits::default() };
        assert!(planned(&current, &same_day).is_ok(), "the last day counts");
        let endless =
            Edits { no_expiry_reason: Edit::Set("the logo".to_owned()), ..Edits::default() };
        assert_eq!(
            planned(&current, &endless).unwrap_err(),
            DescribeError::EndAndNoEnd(expires_on)
        );
        assert_eq!(
            planned(&Description::default(), &endless).unwrap_err(),
            DescribeError::NoEndNoReview
        );
    }

    #[test]
    fn what_an_approval_vouches_for_is_told_apart() {
        let before = with_end("2026-12-31");
        let edits = Edits {
            title: Edit::Set("Tin".to_owned()),
            owner: Edit::Set("anna".to_owned()),
            source_note: Edit::Set("studio".to_owned()),
            alt: [("en".to_owned(), Edit::Set(String::new()))].into(),
            licenses: Some(vec![7]),
            expires_on: Edit::Clear,
            ..Edits::default()
        };
        let after = planned(&before, &edits).unwrap();
        let (context, license) = (|id: i64| format!("c{id}"), |id: i64| format!("l{id}"));
        let names = Names { context: &context, license: &license };
        let said = differences(&before, &after, &names).into_iter().map(|d| {
            let value = |value: Option<String>| value.unwrap_or("-".to_owned());
            (d.field, value(d.before), value(d.after), d.weight == Weight::Governed)
        });
        let line = |field: &str, before: &str, after: &str, governed| {
            (field.to_owned(), before.to_owned(), after.to_owned(), governed)
        };
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                line("alt:en", "-", "", true),
                line("expires_on", "2026-12-31", "-", true),
                line("licenses", "-", "l7", true),
                line("owner", "-", "anna", false),
                line("source_note", "-", "studio", false),
                line("title", "-", "Tin", false),
            ]
        );
        assert_eq!(differences(&after, &after, &names), []);
    }
}
