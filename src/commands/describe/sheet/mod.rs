//! Descriptions as a table: dozens of assets at once, in and out of a spreadsheet.

mod row;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};

use self::row::{Reading, Wrong};
use super::{describe, description};
use crate::catalog::{Catalog, DescriptionEdit};
use crate::commands::Context;
use crate::commands::decide::{Batch, Bench};
use crate::commands::library::{Court, Mode, find_asset, subject};
use crate::domain::asset::AssetId;
use crate::error::Error;
use crate::exports::table::{DescriptionRow, read_descriptions};
use crate::report::Item;

pub(super) use self::write::write;

/// The longest table that is read from standard input, in bytes.
const LONGEST_INPUT: u64 = 64 << 20;

/// Records what a table says, row by row. A row that cannot be taken is reported with its line, and
/// the others are taken.
pub(super) fn read(ctx: &mut Context<'_>, file: &str, mode: Mode) -> Result<(), Error> {
    let source = open(ctx, file)?;
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let mut table = Table { file, batch: Batch::new(mode), lines: BTreeMap::new() };
        for row in read_descriptions(source) {
            ctx.stop_if_interrupted()?;
            match row {
                Ok(row) => table.take(ctx, (catalog, &court), &row)?,
                Err(problem) => {
                    let wrong = Wrong { column: problem.column, why: problem.what.to_string() };
                    table.fail(ctx, problem.line, wrong);
                }
            }
        }
        table.batch.record(&mut ctx.report, catalog)
    })
}

fn open(ctx: &mut Context<'_>, file: &str) -> Result<Box<dyn Read>, Error> {
    if file == "-" {
        let bytes = ctx.read_input(LONGEST_INPUT)?;
        return Ok(Box::new(std::io::Cursor::new(bytes)));
    }
    let path = ctx.current_dir.join(file);
    match File::open(&path) {
        Ok(opened) => Ok(Box::new(BufReader::new(opened))),
        Err(source) => Err(Error::Read { path, source }),
    }
}

/// A table that is being read.
struct Table<'f> {
    file: &'f str,
    batch: Batch<DescriptionEdit>,
    /// The line that each asset was described on.
    lines: BTreeMap<AssetId, u64>,
}

impl Table<'_> {
    fn fail(&self, ctx: &mut Context<'_>, line: u64, wrong: Wrong) {
        let column = wrong.column.map_or(String::new(), |name| format!(", column `{name}`"));
        let what = format!("{}, line {line}{column}", self.file);
        ctx.report.say(&Item::Failure { what, why: wrong.why, hint: None });
    }

    fn take(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, court): (&mut Catalog, &Court),
        row: &DescriptionRow,
    ) -> Result<(), Error> {
        let found = match find_asset(ctx, catalog, &row.asset) {
            Ok(found) => found,
            Err(error @ (Error::UnknownAsset(_) | Error::AmbiguousAsset { .. })) => {
                self.fail(ctx, row.line, Wrong::of_row(error.to_string()));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let number = found.asset.id;
        if let Some(before) = self.lines.get(&number) {
            let why = format!("{number} is described on line {before} already");
            self.fail(ctx, row.line, Wrong::of_row(why));
            return Ok(());
        }
        let bench = Bench { catalog, court };
        let current = description(bench, &found)?;
        let reading = Reading { court, asset: &found.asset, current: &current, row };
        let edits = match reading.edits(ctx.now) {
            Ok(edits) => edits,
            Err(wrong) => {
                self.fail(ctx, row.line, wrong);
                return Ok(());
            }
        };
        self.lines.insert(number, row.line);
        let decided = describe(ctx, bench, &found, (&current, &edits))?;
        self.batch.add(&mut ctx.report, catalog, (subject(&found.asset), decided))
    }
}
