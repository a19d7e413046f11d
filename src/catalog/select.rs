//! Which assets a listing is about, as far as the catalog can tell without a verdict.

use rusqlite::{Row, Rows, Statement, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::facts::FactsRow;
use super::references::{is_of_another, references_to_asset};
use crate::domain::asset::{Asset, AssetId, Content, Digest, Dimensions};
use crate::domain::lifecycle::{Facts, State};
use crate::domain::time::Timestamp;

/// Every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A state's name, such as `approved`.
    pub state: Option<String>,
    pub owner: Option<String>,
    /// A context's id.
    pub context: Option<i64>,
    pub license: Option<i64>,
    pub placement: Option<String>,
    /// The original's path begins with these bytes.
    pub under: Option<Vec<u8>>,
    pub root: Option<i64>,
    /// Whether some source tells a use of it, or none does.
    pub is_used: Option<bool>,
    /// Only assets after this one: where the page before ended.
    pub after: Option<AssetId>,
    /// No asset after this one.
    pub until: Option<AssetId>,
}

/// The columns of [`facts_row`], in its order.
macro_rules! columns {
    () => {
        "asset.id, state, was, version, root_id, path, sha256, media_type, width, height,
         attachment_id, added_ms, since_ms, files_missing, starts_ms, expires_ms, review_ms"
    };
}

/// A query of facts by ascending number: where numbers come from, and how to call them.
macro_rules! facts_by {
    ($from:literal, $number:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM ",
            $from,
            " AND ",
            $number,
            " > :after AND ",
            $number,
            " <= :until
          AND (:state IS NULL OR state = :state)
          AND (:root IS NULL OR root_id = :root)
          AND (:under IS NULL OR substr(path, 1, length(:under)) = :under)
          AND (:owner IS NULL OR EXISTS (
                SELECT 1 FROM description WHERE asset_id = asset.id AND owner = :owner))
          AND (:context IS NULL OR EXISTS (
                SELECT 1 FROM asset_context
                WHERE asset_id = asset.id AND context_id = :context))
          AND (:license IS NULL OR EXISTS (
                SELECT 1 FROM asset_license
                WHERE asset_id = asset.id AND license_id = :license))
          AND (:placement IS NULL OR EXISTS (
                SELECT 1 FROM asset_placement
                WHERE asset_id = asset.id AND placement = :placement))
          AND (:used IS NULL OR :used = (EXISTS (",
            references_to_asset!("asset.id", "1", ") OR EXISTS ("),
            ")))
        ORDER BY ",
            $number
        )
    };
}

/// The facts of one asset.
pub(super) const ONE: &str = concat!("SELECT ", columns!(), " FROM asset WHERE id = :id");

/// All between two numbers. The others ask eight things about each asset.
const ALL: &str =
    concat!("SELECT ", columns!(), " FROM asset WHERE id > :after AND id <= :until ORDER BY id");
const BY_NUMBER: &str = facts_by!("asset WHERE true", "asset.id");
const BY_CONTEXT: &str = facts_by!(
    "asset_context l CROSS JOIN asset ON asset.id = l.asset_id WHERE l.context_id = :context",
    "l.asset_id"
);

impl Filter {
    /// All assets in one state.
    pub fn in_state(name: &str) -> Self {
        Self { state: Some(name.to_owned()), ..Self::default() }
    }

    /// The query that begins where the fewest assets are.
    pub(super) fn sql(&self) -> &'static str {
        match self.context {
            Some(_) => BY_CONTEXT,
            None if self.lets_all_through() => ALL,
            None => BY_NUMBER,
        }
    }

    /// Whether nothing but the number counts.
    fn lets_all_through(&self) -> bool {
        let Self { after, until, .. } = *self;
        *self == Self { after, until, ..Self::default() }
    }

    pub(super) fn query<'s>(&self, statement: &'s mut Statement<'_>) -> Result<Rows<'s>> {
        let after = self.after.map_or(i64::MIN, |id| id.0);
        let until = self.until.map_or(i64::MAX, |id| id.0);
        if self.lets_all_through() {
            return Ok(statement.query(named_params! { ":after": after, ":until": until })?);
        }
        Ok(statement.query(named_params! {
            ":after": after,
            ":until": until,
            ":state": self.state,
            ":root": self.root,
            ":under": self.under,
            ":owner": self.owner,
            ":context": self.context,
            ":license": self.license,
            ":placement": self.placement,
            ":used": self.is_used,
        })?)
    }
}

/// Reads a row of the queries above, by position: a listing reads a million of them.
pub(super) fn facts_row(row: &Row<'_>) -> Result<FactsRow> {
    let state = row.get_ref(1)?.as_str().unwrap_or_default();
    let was = row.get_ref(2)?.as_str_or_null().unwrap_or_default();
    let (width, height): (Option<u32>, Option<u32>) = (row.get(8)?, row.get(9)?);
    let dimensions = width.zip(height).map(|(width, height)| Dimensions { width, height });
    let instant = |at: Option<i64>| at.map(Timestamp::from_millis);
    let state = State::named(state, was)
        .ok_or_else(|| CatalogError::damaged(format!("state `{state}`")))?;
    let asset = Asset {
        id: AssetId(row.get(0)?),
        state,
        version: row.get(3)?,
        root: row.get(4)?,
        path: cells::path(row.get(5)?)?,
        digest: Digest(row.get(6)?),
        content: Content { media_type: row.get(7)?, dimensions },
        attachment: row.get(10)?,
        added: Timestamp::from_millis(row.get(11)?),
    };
    let facts = Facts {
        state,
        since: Timestamp::from_millis(row.get(12)?),
        files_missing: row.get(13)?,
        starts_at: instant(row.get(14)?),
        expires_at: instant(row.get(15)?),
        review_at: instant(row.get(16)?),
        licenses: Vec::new(),
        contexts: Vec::new(),
        risks: Vec::new(),
        rejected_for: Vec::new(),
    };
    Ok(FactsRow { asset, facts })
}
