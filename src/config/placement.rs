//! The tables `[placement.NAME]`: what else holds for assets that are meant for a placement.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use super::file::{RuleTable, Source, locale, severities};
use crate::domain::metadata::{self, Locale, folded_locale};
use crate::domain::requirement::{RequiredField, Requirements};
use crate::domain::validation::Severity;

pub(super) type Placements = BTreeMap<Spanned<String>, Placement>;

type Names = Spanned<Vec<Spanned<String>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Placement {
    #[serde(default)]
    rules: RuleTable,
    locales: Option<Names>,
    required: Option<Names>,
}

pub(super) fn severities_of_each(
    source: &Source<'_>,
    tables: &Placements,
) -> Result<BTreeMap<String, BTreeMap<String, Severity>>, ConfigError> {
    let of_each = tables.iter().map(|(placement, table)| {
        Ok((name(source, placement)?, severities(source, &table.rules)?))
    });
    of_each.collect()
}

/// Of those that require anything.
pub(super) fn requirements_of_each(
    source: &Source<'_>,
    tables: &Placements,
) -> Result<BTreeMap<String, Requirements>, ConfigError> {
    let mut of_each = BTreeMap::new();
    for (placement, table) in tables {
        let locales = table.locales.as_ref().map(|list| locales(source, list));
        let fields = table.required.as_ref().map(|list| fields(source, list));
        let required = Requirements {
            locales: locales.transpose()?.unwrap_or_default(),
            fields: fields.transpose()?.unwrap_or_default(),
        };
        if required != Requirements::default() {
            of_each.insert(name(source, placement)?, required);
        }
    }
    Ok(of_each)
}

fn name(source: &Source<'_>, placement: &Spanned<String>) -> Result<String, ConfigError> {
    let name = placement.get_ref();
    if metadata::is_placement(name) {
        return Ok(name.clone());
    }
    let message = format!("`{name}` is not a placement (a name without spaces)");
    Err(source.error(placement.span(), message))
}

fn locales(source: &Source<'_>, list: &Names) -> Result<BTreeSet<Locale>, ConfigError> {
    let mut seen = BTreeSet::new();
    let listed = entries(source, list)?.iter().map(|written| {
        let locale = locale(source, written)?;
        once(source, written, seen.insert(folded_locale(&locale)).then_some(locale))
    });
    listed.collect()
}

fn fields(source: &Source<'_>, list: &Names) -> Result<BTreeSet<RequiredField>, ConfigError> {
    let mut seen = BTreeSet::new();
    let listed = entries(source, list)?.iter().map(|written| {
        let field = field(source, written)?;
        once(source, written, seen.insert(field).then_some(field))
    });
    listed.collect()
}

fn field(source: &Source<'_>, written: &Spanned<String>) -> Result<RequiredField, ConfigError> {
    RequiredField::named(written.get_ref()).ok_or_else(|| {
        let names = RequiredField::ALL.map(RequiredField::name).join(", ");
        let message =
            format!("`{}` is not a field that can be required ({names})", written.get_ref());
        source.error(written.span(), message)
    })
}

fn entries<'l>(source: &Source<'_>, list: &'l Names) -> Result<&'l [Spanned<String>], ConfigError> {
    if list.get_ref().is_empty() {
        let message = "nothing would be required; without the key nothing is";
        return Err(source.error(list.span(), message));
    }
    Ok(list.get_ref())
}

/// What was read, if it was not read before.
fn once<T>(
    source: &Source<'_>,
    written: &Spanned<String>,
    read: Option<T>,
) -> Result<T, ConfigError> {
    read.ok_or_else(|| {
        source.error(written.span(), format!("`{}` is listed twice", written.get_ref()))
    })
}
