//! Replaying the audit log: what the tables would hold if its entries were all that ever happened.
//!
//! One asset's entries are folded at a time, and what comes out is compared with the asset's rows.
//! A column that no entry tells of is not compared; [`COMPARED`] names those that are. Nor are
//! tables that can be computed again: from others, or, as `look`, from the files.

mod asset;
mod decided;
mod plans;
mod records;
mod rows;
mod strays;

use rusqlite::{CachedStatement, OptionalExtension as _, named_params};
use serde_json::Value;

use self::asset::Folded;
use self::records::Records;
use super::error::{CatalogError, Result};
use super::open::Catalog;

/// The tables that are compared with the log, each with its columns.
///
/// Of an asset whose newest entry was written by an earlier version, the columns of `asset` from
/// `version` on, and of its operations the last four, are not known.
pub const COMPARED: &[(&str, &str)] = &[
    (
        "asset",
        "state was since_ms root_id path sha256 added_ms media_type width height version \
         attachment_id files_missing starts_ms expires_ms review_ms",
    ),
    ("description", "every column"),
    ("alt_text", "every column"),
    ("asset_placement", "every column"),
    ("asset_context", "every column"),
    ("asset_license", "every column"),
    ("hold", "every column but id"),
    ("waiver", "every column but id"),
    ("risk", "every column but id"),
    ("placement_rejection", "every column but id"),
    ("operation", "kind asset_id run_id state opened_ms closed_ms store plan_id"),
    ("operation_file", "every column"),
    ("context", "every column"),
    ("context_revision", "every column"),
    ("context_fact", "every column"),
    ("license", "every column"),
    ("plan", "every column"),
    ("plan_step", "every column"),
    ("root", "every column"),
    ("run", "every column"),
    ("meta", "next_asset pause"),
];

/// A place where the log and the tables do not say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What it is about: `asset 12`, `context packaging/tin`.
    pub about: String,
    pub table: &'static str,
    pub column: String,
    /// What follows from the log.
    pub log: String,
    /// What the table holds.
    pub table_has: String,
}

/// What a replay went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    pub assets: u64,
    /// Assets whose newest entry was written by a version whose entries tell less.
    pub in_part: u64,
}

/// Takes each contradiction as it is found.
type Visit<'v> = dyn FnMut(Contradiction) + 'v;

const ENTRIES_BY_ASSET: &str = "
    SELECT asset_id, run_id, kind, operation_id, payload FROM audit
    WHERE asset_id IS NOT NULL ORDER BY asset_id, seq";

impl Catalog {
    /// Folds the whole log and gives every difference from the tables to `visit`.
    ///
    /// The chain is taken as it is: verify it first, in the same moment.
    pub fn replay(&self, mut visit: impl FnMut(Contradiction)) -> Result<Replayed> {
        let _view = self.view()?;
        let visit: &mut Visit<'_> = &mut visit;
        let records = records::fold(self)?;
        records.compare(self, visit)?;
        let mut replayed = Replayed::default();
        let mut newest = 0;
        self.fold_assets(&records, |asset, folded| {
            newest = asset;
            replayed.assets += 1;
            replayed.in_part += u64::from(folded.tells_less());
            folded.compare(self, &records, asset, visit)
        })?;
        strays::compare(self, newest, visit)?;
        plans::compare(self, visit)?;
        Ok(replayed)
    }

    /// Gives each asset that the log knows with what becomes of it, by number.
    fn fold_assets(
        &self,
        records: &Records,
        mut done: impl FnMut(i64, Folded) -> Result<()>,
    ) -> Result<()> {
        let mut clock = Clock::new(self)?;
        let mut statement = self.conn.prepare(ENTRIES_BY_ASSET)?;
        let mut rows = statement.query([])?;
        let mut open: Option<(i64, Folded)> = None;
        while let Some(row) = rows.next()? {
            let asset: i64 = row.get(0)?;
            if open.as_ref().is_some_and(|(number, _)| *number != asset)
                && let Some((number, folded)) = open.take()
            {
                done(number, folded)?;
            }
            let (_, folded) = open.get_or_insert_with(|| (asset, Folded::default()));
            let run = rows::text(row, 1)?;
            let entry = Entry {
                asset,
                now: clock.of_run(run)?,
                run,
                kind: rows::text(row, 2)?,
                operation: row.get(3)?,
                payload: payload(rows::text(row, 4)?)?,
            };
            folded.take(&entry, records);
        }
        open.map_or(Ok(()), |(number, folded)| done(number, folded))
    }
}

/// An entry about an asset, as it is folded.
struct Entry<'r> {
    asset: i64,
    /// The instant of the run that wrote it; unknown if the run is.
    now: Option<i64>,
    run: &'r str,
    kind: &'r str,
    operation: Option<String>,
    payload: Value,
}

impl Entry<'_> {
    fn field(&self, name: &str) -> Value {
        self.payload.get(name).cloned().unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.payload.get(name).and_then(Value::as_str)
    }
}

fn payload(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| CatalogError::damaged("audit.payload is no JSON"))
}

/// When runs were: an entry's own time never runs backwards, that of its run is the command's.
struct Clock<'c> {
    statement: CachedStatement<'c>,
    run: String,
    now: Option<i64>,
}

impl<'c> Clock<'c> {
    fn new(catalog: &'c Catalog) -> Result<Self> {
        let statement =
            catalog.conn.prepare_cached("SELECT started_ms FROM run WHERE id = :run")?;
        Ok(Self { statement, run: String::new(), now: None })
    }

    fn of_run(&mut self, run: &str) -> Result<Option<i64>> {
        if self.run != run {
            run.clone_into(&mut self.run);
            let found = self.statement.query_row(named_params! { ":run": run }, |row| row.get(0));
            self.now = found.optional()?;
        }
        Ok(self.now)
    }
}
