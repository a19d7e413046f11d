//! The values of the flags, read from what people type.

use crate::commands::words::said;
use crate::domain::context::{ContextKey, ContextKeyError, ContextKind};
use crate::domain::metadata::{self, Locale};
use crate::domain::proposal::Field;
use crate::domain::time::{CivilDate, TimeError, Timestamp, Zone};

/// An alternative text; `None` is the site's locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AltText {
    pub(super) locale: Option<Locale>,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SomeLocale(pub(super) Option<Locale>);

/// A claim of the file to take over; `None` is each about which nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SomeClaim(pub(super) Option<Field>);

/// A field to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Clearing {
    Alt(Option<Locale>),
    AltReview(Option<Locale>),
    Field(&'static str),
}

/// A field that there is for each locale; `None` is the site's.
type OfLocale = fn(Option<Locale>) -> Clearing;

const CLEARABLE: [&str; 14] = [
    "title",
    "source-note",
    "rights-note",
    "rights-reviewed-by",
    "rights-reviewed-on",
    "owner",
    "placement",
    "context",
    "license",
    "time-zone",
    "starts-on",
    "expires-on",
    "review-on",
    "no-expiry",
];

pub(in crate::commands::describe) fn alt_text(text: &str) -> Result<AltText, String> {
    let (locale, text) = match text.split_once('=') {
        Some((before, after)) if metadata::locale(before).is_some() => {
            (metadata::locale(before), after)
        }
        _ => (None, text),
    };
    match said(text) {
        Ok(text) => Ok(AltText { locale, text }),
        Err(_) => Err("it is empty; say --decorative if that is meant".to_owned()),
    }
}

pub(in crate::commands::describe) fn optional_locale(text: &str) -> Result<SomeLocale, String> {
    if text.is_empty() {
        return Ok(SomeLocale(None));
    }
    let locale = metadata::locale(text).ok_or("not a locale (write en, de_DE or pt-BR)")?;
    Ok(SomeLocale(Some(locale)))
}

pub(in crate::commands::describe) fn optional_claim(name: &str) -> Result<SomeClaim, String> {
    if name.is_empty() {
        return Ok(SomeClaim(None));
    }
    let names = || Field::ALL.map(Field::name).join(", ");
    let field = Field::named(name).ok_or_else(|| format!("not a field ({})", names()))?;
    Ok(SomeClaim(Some(field)))
}

/// Checks a date of any form; which day a relative one is depends on the asset.
pub(in crate::commands::describe) fn date(text: &str) -> Result<String, TimeError> {
    let some_day = Zone::utc().date_at(Timestamp::from_millis(0));
    CivilDate::parse(text, some_day).map(|_| text.to_owned())
}

pub(in crate::commands::describe) fn zone(text: &str) -> Result<String, TimeError> {
    Zone::named(text).map(|zone| zone.name().to_owned())
}

pub(in crate::commands::describe) fn campaign(name: &str) -> Result<ContextKey, ContextKeyError> {
    format!("{}/{name}", ContextKind::Campaign.name()).parse()
}

pub(in crate::commands::describe) fn clearing(text: &str) -> Result<Clearing, String> {
    const BY_LOCALE: [(&str, OfLocale); 2] =
        [("alt", Clearing::Alt), ("alt-reviewed-by", Clearing::AltReview)];
    for (name, of) in BY_LOCALE {
        if text == name {
            return Ok(of(None));
        }
        let locale = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
        if let Some(locale) = locale.and_then(metadata::locale) {
            return Ok(of(Some(locale)));
        }
    }
    let known = CLEARABLE.into_iter().find(|field| *field == text);
    known.map(Clearing::Field).ok_or_else(|| {
        format!(
            "not a field (alt, alt:LOCALE, alt-reviewed-by, alt-reviewed-by:LOCALE, {})",
            CLEARABLE.join(", ")
        )
    })
}
