//! Descriptions out into a table.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::decide::Bench;
use crate::commands::describe::description;
use crate::commands::library::Court;
use crate::commands::selection::{Empty, Selection};
use crate::domain::asset::AssetId;
use crate::domain::context::ContextKind;
use crate::domain::describe::Description;
use crate::domain::metadata::Locale;
use crate::domain::time::CivilDate;
use crate::error::Error;
use crate::exports::table::{Cell, Column, DescriptionRow, write_descriptions};
use crate::report::Report;

/// The columns that are written, whatever the assets have.
const WRITTEN: [Column; 19] = [
    Column::Path,
    Column::Title,
    Column::Alt(None),
    Column::Decorative,
    Column::AltReviewedBy(None),
    Column::SourceNote,
    Column::RightsNote,
    Column::RightsReviewedBy,
    Column::RightsReviewedOn,
    Column::Owner,
    Column::Placements,
    Column::Campaign,
    Column::Contexts,
    Column::Licenses,
    Column::StartsOn,
    Column::ExpiresOn,
    Column::ReviewOn,
    Column::TimeZone,
    Column::NoExpiryReason,
];

/// Writes the selected assets' descriptions as a table that [`super::read`] takes back.
///
/// The assets are looked at twice: which columns there are has to be known before the first row.
pub(in crate::commands::describe) fn write(
    ctx: &mut Context<'_>,
    selection: &Selection,
) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let bench = Bench { catalog: &catalog, court: &court };
    let (mut columns, mut numbers) = (BTreeSet::from(WRITTEN), Vec::new());
    selection.visit(ctx, (&catalog, &court), Empty::All, |_, selected| {
        let metadata = catalog.metadata_of(selected.row.asset.id)?;
        let others = metadata.alt.keys().filter(|locale| **locale != court.policy().locale);
        columns.extend(others.flat_map(|locale| {
            [Column::Alt(Some(locale.clone())), Column::AltReviewedBy(Some(locale.clone()))]
        }));
        numbers.push(selected.row.asset.id);
        Ok(())
    })?;
    let mut failed = None;
    let rows = numbers.iter().map_while(|number| match row(bench, *number) {
        Ok(row) => row,
        Err(error) => {
            failed = Some(error);
            None
        }
    });
    let written = write_descriptions(&columns, rows, Pages::new(&mut ctx.report));
    match failed {
        Some(error) => Err(error),
        None => written.map_err(|error| Error::Internal(anyhow::Error::new(error))),
    }
}

/// Bytes on their way into the report, in pieces that end with a line.
struct Pages<'a, 'r> {
    report: &'a mut Report<'r>,
    rest: Vec<u8>,
}

impl<'a, 'r> Pages<'a, 'r> {
    fn new(report: &'a mut Report<'r>) -> Self {
        Self { report, rest: Vec::new() }
    }
}

impl Write for Pages<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        if let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') {
            let piece: Vec<_> = self.rest.drain(..=end).collect();
            self.report.document(String::from_utf8_lossy(&piece).into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn row(bench: Bench<'_>, number: AssetId) -> Result<Option<DescriptionRow>, Error> {
    let catalog: &Catalog = bench.catalog;
    let Some(found) = catalog.facts_of(number)? else { return Ok(None) };
    let current = description(bench, &found)?;
    let path = found.asset.path.to_string();
    Ok(Some(row_of(number.to_string(), path, &current, bench.court)))
}

fn row_of(asset: String, path: String, current: &Description, court: &Court) -> DescriptionRow {
    let Description { metadata, contexts, licenses } = current;
    let dates = &metadata.dates;
    let day = |day: Option<CivilDate>| day.map(|day| day.to_string());
    let known = contexts.iter().filter_map(|id| court.world.contexts.get(id));
    let (campaigns, others): (Vec<_>, Vec<_>) =
        known.partition(|context| context.key.kind == ContextKind::Campaign);
    let list = |values: Vec<String>| (!values.is_empty()).then(|| values.join(";"));
    let campaigns = campaigns.iter().map(|context| context.key.slug.clone()).collect();
    let others = others.iter().map(|context| context.key.to_string()).collect();
    let licenses = licenses.iter().filter_map(|id| court.world.licenses.get(id));
    let site = &court.policy().locale;
    let decorative = metadata.alt.get(site).is_some_and(String::is_empty);
    let mut cells = vec![
        (Column::Path, Some(path)),
        (Column::Title, metadata.title.clone()),
        (Column::Decorative, decorative.then(|| "yes".to_owned())),
        (Column::SourceNote, metadata.source_note.clone()),
        (Column::RightsNote, metadata.rights_note.clone()),
        (Column::RightsReviewedBy, metadata.rights_reviewed_by.clone()),
        (Column::RightsReviewedOn, day(metadata.rights_reviewed_on)),
        (Column::Owner, metadata.owner.clone()),
        (Column::Placements, list(metadata.placements.clone())),
        (Column::Campaign, list(campaigns)),
        (Column::Contexts, list(others)),
        (Column::Licenses, list(licenses.map(|license| license.key.clone()).collect())),
        (Column::StartsOn, day(dates.starts_on)),
        (Column::ExpiresOn, day(dates.expires_on)),
        (Column::ReviewOn, day(dates.review_on)),
        (Column::TimeZone, dates.zone.clone()),
        (Column::NoExpiryReason, dates.no_expiry_reason.clone()),
    ];
    let other = |locale: &Locale| (locale != site).then(|| locale.clone());
    for (locale, text) in metadata.alt.iter().filter(|(_, text)| !text.is_empty()) {
        cells.push((Column::Alt(other(locale)), Some(text.clone())));
    }
    for (locale, review) in &metadata.alt_reviews {
        cells.push((Column::AltReviewedBy(other(locale)), Some(review.by.clone())));
    }
    let cells = cells.into_iter().filter_map(|(column, text)| Some((column, Cell::Set(text?))));
    DescriptionRow { line: 0, asset, fields: cells.collect() }
}
