//! Descriptions as a table: dozens of assets at once, in and out of a spreadsheet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};

use crate::catalog::{Catalog, DescriptionEdit};
use crate::domain::context::{ContextKey, ContextKind};
use crate::domain::describe::{Description, Edit, Edits};
use crate::domain::metadata::Locale;
use crate::domain::time::{CivilDate, Zone};
use crate::error::Error;
use crate::exports::table::{Cell, Column, DescriptionRow, read_descriptions, write_descriptions};
use crate::report::Item;

use super::super::Context;
use super::super::decide::{Batch, Bench};
use super::super::library::{Court, Mode, find_asset, subject};
use super::super::selection::{Empty, Selection};
use super::{describe, description};

/// The columns that are written, whatever the assets have.
const WRITTEN: [Column; 18] = [
    Column::Path,
    Column::Title,
    Column::Alt(None),
    Column::Decorative,
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

/// Records what a table says, row by row. A row that cannot be taken is reported with its line, and
/// the others are taken.
pub(super) fn read(ctx: &mut Context<'_>, file: &str, mode: Mode) -> Result<(), Error> {
    let source = open(ctx, file)?;
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let mut batch = Batch::new(mode);
        for row in read_descriptions(source) {
            ctx.stop_if_interrupted()?;
            match row {
                Ok(row) => take(ctx, (catalog, &court), &mut batch, (file, &row))?,
                Err(problem) => {
                    let what = format!("{file}, line {}", problem.line);
                    fail(ctx, what, &problem.what.to_string());
                }
            }
        }
        batch.record(&mut ctx.report, catalog)
    })
}

fn open(ctx: &mut Context<'_>, file: &str) -> Result<Box<dyn Read>, Error> {
    if file == "-" {
        let bytes = ctx.read_input(64 << 20)?;
        return Ok(Box::new(std::io::Cursor::new(bytes)));
    }
    let path = ctx.current_dir.join(file);
    match File::open(&path) {
        Ok(opened) => Ok(Box::new(BufReader::new(opened))),
        Err(source) => Err(Error::Read { path, source }),
    }
}

fn fail(ctx: &mut Context<'_>, what: String, why: &str) {
    ctx.report.say(&Item::Failure { what, why: why.to_owned(), hint: None });
}

fn take(
    ctx: &mut Context<'_>,
    (catalog, court): (&mut Catalog, &Court),
    batch: &mut Batch<DescriptionEdit>,
    (file, row): (&str, &DescriptionRow),
) -> Result<(), Error> {
    let place = |column: Option<&Column>| match column {
        Some(column) => format!("{file}, line {}, column `{column}`", row.line),
        None => format!("{file}, line {}", row.line),
    };
    let found = match find_asset(ctx, catalog, &row.asset) {
        Ok(found) => found,
        Err(error @ (Error::UnknownAsset(_) | Error::AmbiguousAsset { .. })) => {
            fail(ctx, place(None), &error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let bench = Bench { catalog, court };
    let current = description(bench, &found)?;
    let edits = match Reading::new(ctx, court, &current, row)?.edits() {
        Ok(edits) => edits,
        Err((column, why)) => {
            fail(ctx, place(Some(&column)), &why);
            return Ok(());
        }
    };
    let decided = describe(ctx, bench, &found, (&current, &edits))?;
    batch.add(&mut ctx.report, catalog, (subject(&found.asset), decided))
}

/// A column and what is wrong with its cell.
type Wrong = (Column, String);

/// One row beside what is recorded.
struct Reading<'a> {
    court: &'a Court,
    current: &'a Description,
    row: &'a DescriptionRow,
    today: CivilDate,
}

impl<'a> Reading<'a> {
    /// Relative dates count from today in the zone that the asset's dates have now.
    fn new(
        ctx: &Context<'_>,
        court: &'a Court,
        current: &'a Description,
        row: &'a DescriptionRow,
    ) -> Result<Self, Error> {
        let zone = match &current.metadata.dates.zone {
            Some(name) => Zone::named(name)?,
            None => court.zone_among(&current.contexts)?,
        };
        Ok(Self { court, current, row, today: zone.date_at(ctx.now) })
    }

    fn edits(&self) -> Result<Edits, Wrong> {
        let mut edits = Edits {
            title: self.text(&Column::Title),
            alt: self.alt(),
            source_note: self.text(&Column::SourceNote),
            rights_note: self.text(&Column::RightsNote),
            rights_reviewed_by: self.text(&Column::RightsReviewedBy),
            rights_reviewed_on: self.date(Column::RightsReviewedOn)?,
            owner: self.text(&Column::Owner),
            placements: self.list(&Column::Placements),
            contexts: self.contexts()?,
            licenses: self.licenses()?,
            zone: self.zone()?,
            starts_on: self.date(Column::StartsOn)?,
            expires_on: self.date(Column::ExpiresOn)?,
            review_on: self.date(Column::ReviewOn)?,
            no_expiry_reason: self.text(&Column::NoExpiryReason),
        };
        let reviewed = matches!(edits.rights_reviewed_by, Edit::Set(_));
        if reviewed && edits.rights_reviewed_on == Edit::Keep {
            edits.rights_reviewed_on = Edit::Set(self.today);
        }
        match (&edits.expires_on, &edits.no_expiry_reason) {
            (Edit::Set(_), Edit::Keep) => edits.no_expiry_reason = Edit::Clear,
            (Edit::Keep, Edit::Set(_)) => edits.expires_on = Edit::Clear,
            _ => {}
        }
        Ok(edits)
    }

    fn text(&self, column: &Column) -> Edit<String> {
        match self.row.fields.get(column) {
            None => Edit::Keep,
            Some(Cell::Clear) => Edit::Clear,
            Some(Cell::Set(text)) => Edit::Set(text.clone()),
        }
    }

    fn date(&self, column: Column) -> Result<Edit<CivilDate>, Wrong> {
        Ok(match self.row.fields.get(&column) {
            None => Edit::Keep,
            Some(Cell::Clear) => Edit::Clear,
            Some(Cell::Set(text)) => Edit::Set(
                CivilDate::parse(text.trim(), self.today)
                    .map_err(|error| (column, error.to_string()))?,
            ),
        })
    }

    fn zone(&self) -> Result<Edit<String>, Wrong> {
        let edit = self.text(&Column::TimeZone);
        let Edit::Set(name) = &edit else { return Ok(edit) };
        let zone = Zone::named(name.trim());
        let zone = zone.map_err(|error| (Column::TimeZone, error.to_string()))?;
        Ok(Edit::Set(zone.name().to_owned()))
    }

    fn alt(&self) -> BTreeMap<Locale, Edit<String>> {
        let site = &self.court.policy().locale;
        let mut alt = BTreeMap::new();
        if let Some(Cell::Set(said)) = self.row.fields.get(&Column::Decorative)
            && said.trim().eq_ignore_ascii_case("yes")
        {
            alt.insert(site.clone(), Edit::Set(String::new()));
        }
        for (column, cell) in &self.row.fields {
            let Column::Alt(locale) = column else { continue };
            let edit = match cell {
                Cell::Clear => Edit::Clear,
                Cell::Set(text) => Edit::Set(text.clone()),
            };
            alt.insert(locale.as_ref().unwrap_or(site).clone(), edit);
        }
        alt
    }

    /// The values of a list column; `None` where the row leaves it as it is.
    fn list(&self, column: &Column) -> Option<Vec<String>> {
        self.row.fields.get(column).map(|cell| match cell {
            Cell::Clear => Vec::new(),
            Cell::Set(text) => Column::list(text).map(str::to_owned).collect(),
        })
    }

    /// Campaigns and other contexts each replace what is recorded of their own.
    fn contexts(&self) -> Result<Option<Vec<i64>>, Wrong> {
        let (campaigns, others) = (self.list(&Column::Campaign), self.list(&Column::Contexts));
        if campaigns.is_none() && others.is_none() {
            return Ok(None);
        }
        let is_campaign = |id: &&i64| {
            let context = self.court.world.contexts.get(id);
            context.is_some_and(|context| context.key.kind == ContextKind::Campaign)
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
        Ok(Some(links))
    }

    fn context_ids(&self, column: &Column, names: &[String]) -> Result<Vec<i64>, Wrong> {
        let contexts = &self.court.world.contexts;
        let number = |name: &String| {
            let key = match column {
                Column::Campaign if !name.contains('/') => format!("campaign/{name}"),
                _ => name.clone(),
            };
            let key: ContextKey =
                key.parse().map_err(|error| (column.clone(), format!("{error}")))?;
            let known = contexts.values().find(|context| context.key == key);
            let known = known.map(|context| context.id);
            known.ok_or_else(|| (column.clone(), format!("there is no context `{key}`")))
        };
        names.iter().map(number).collect()
    }

    fn licenses(&self) -> Result<Option<Vec<i64>>, Wrong> {
        let Some(keys) = self.list(&Column::Licenses) else { return Ok(None) };
        let licenses = &self.court.world.licenses;
        let number = |key: &String| {
            let known = licenses.values().find(|license| license.key == *key);
            let known = known.map(|license| license.id);
            known.ok_or_else(|| (Column::Licenses, format!("there is no license `{key}`")))
        };
        keys.iter().map(number).collect::<Result<_, _>>().map(Some)
    }
}

/// Writes the selected assets' descriptions as a table that [`read`] takes back.
pub(super) fn write(ctx: &mut Context<'_>, selection: &Selection) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let mut rows = Vec::new();
    selection.visit(ctx, (&catalog, &court), Empty::All, |_, selected| {
        let bench = Bench { catalog: &catalog, court: &court };
        let current = description(bench, &selected.row)?;
        let path = selected.row.asset.path.to_string();
        rows.push(row_of(selected.row.asset.id.to_string(), path, &current, &court));
        Ok(())
    })?;
    let mut columns: std::collections::BTreeSet<_> = WRITTEN.into_iter().collect();
    columns.extend(rows.iter().flat_map(|row: &DescriptionRow| row.fields.keys().cloned()));
    let mut table = Vec::new();
    write_descriptions(&columns, rows, &mut table)
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    ctx.report.document(String::from_utf8_lossy(&table).into_owned());
    Ok(())
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
    for (locale, text) in metadata.alt.iter().filter(|(_, text)| !text.is_empty()) {
        let column = Column::Alt((locale != site).then(|| locale.clone()));
        cells.push((column, Some(text.clone())));
    }
    let cells = cells.into_iter().filter_map(|(column, text)| Some((column, Cell::Set(text?))));
    DescriptionRow { line: 0, asset, fields: cells.collect() }
}
