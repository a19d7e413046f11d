//! Descriptions: what people recorded about an asset, and what it is linked to.

use std::collections::BTreeSet;

use rusqlite::{Row, Transaction, named_params};
use serde_json::{Map, Value, json};

use super::assets::touch;
use super::audit::{About, Log};
use super::cells::{date_at, date_text, instant, millis};
use super::decisions::{Decision, decide, leaving_out};
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::runs::Session;
use super::search::index_words;
use super::spans::Numbered;
use crate::domain::asset::AssetId;
use crate::domain::license::Scope;
use crate::domain::metadata::{AltReview, Metadata};

/// A description as it shall be, with what changes for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptionEdit {
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    pub metadata: Metadata,
    /// Ids of all contexts that the asset is to depend on, ascending.
    pub contexts: Vec<i64>,
    /// Ids of all licenses of the asset, ascending.
    pub licenses: Vec<i64>,
    /// Field, value before, value after; shown to people and kept in the audit log.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// Those of the fields that were taken over from what the asset's file says.
    pub accepted: Vec<String>,
    /// The decision that goes with the edit, on the version that was read: an approval it voids, or
    /// a renewal it serves.
    pub decision: Option<Decision>,
}

const DESCRIPTIONS: &str = "SELECT asset_id, title, source_note, rights_note, rights_reviewed_by,
           rights_reviewed_on, owner, zone, starts_on, expires_on, review_on, no_expiry_reason
    FROM description WHERE asset_id >= :first AND asset_id <= :last ORDER BY asset_id";
const ALT_TEXTS: &str = "SELECT asset_id, locale, text, reviewed_by, reviewed_on FROM alt_text
    WHERE asset_id >= :first AND asset_id <= :last ORDER BY asset_id";
const PLACEMENTS: &str = "SELECT asset_id, placement FROM asset_placement
    WHERE asset_id >= :first AND asset_id <= :last ORDER BY asset_id, placement";

/// An asset's number with what is recorded about it.
struct Described {
    asset: AssetId,
    metadata: Metadata,
}

impl Numbered for Described {
    fn number(&self) -> i64 {
        self.asset.0
    }
}

impl Catalog {
    /// Every placement that an asset is meant for or a license is given for.
    pub fn known_placements(&self) -> Result<BTreeSet<String>> {
        let mut statement =
            self.conn.prepare("SELECT placement FROM asset_placement GROUP BY placement")?;
        let of_assets = statement.query_map([], |row| row.get(0))?;
        let mut known: BTreeSet<String> = of_assets.collect::<std::result::Result<_, _>>()?;
        for license in self.licenses()? {
            if let Scope::Only(placements) = license.placements {
                known.extend(placements);
            }
        }
        Ok(known)
    }

    /// What is recorded about an asset; all unknown if nothing is.
    pub fn metadata_of(&self, asset: AssetId) -> Result<Metadata> {
        let mut described = Described { asset, metadata: Metadata::default() };
        self.add_descriptions(std::slice::from_mut(&mut described), |of| &mut of.metadata)?;
        let dates = &mut described.metadata.dates;
        let mut statement = self.conn.prepare_cached(
            "SELECT starts_ms, expires_ms, review_ms FROM asset WHERE id = :asset",
        )?;
        let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
        if let Some(row) = rows.next()? {
            dates.starts_at = instant(row, "starts_ms")?;
            dates.expires_at = instant(row, "expires_ms")?;
            dates.review_at = instant(row, "review_ms")?;
        }
        Ok(described.metadata)
    }

    /// Gives every item what people recorded about it, but the instants of its dates, which its
    /// facts have. Items ascend by number.
    pub(super) fn add_descriptions<T: Numbered>(
        &self,
        items: &mut [T],
        metadata: impl Fn(&mut T) -> &mut Metadata,
    ) -> Result<()> {
        self.add_rows(DESCRIPTIONS, items, |item, row| describe_by(row, metadata(item)))?;
        self.add_rows(ALT_TEXTS, items, |item, row| {
            let metadata = metadata(item);
            let locale: String = row.get(1)?;
            if let (Some(by), Some(on)) = (row.get(3)?, date_at(row, 4)?) {
                metadata.alt_reviews.insert(locale.clone(), AltReview { by, on });
            }
            metadata.alt.insert(locale, row.get(2)?);
            Ok(())
        })?;
        self.add_rows(PLACEMENTS, items, |item, row| {
            metadata(item).placements.push(row.get(1)?);
            Ok(())
        })
    }

    /// Records a description with its links, its decision and the audit entries: all or none.
    ///
    /// A decision is taken after the links are written, so its pins reach contexts that the same
    /// edit links.
    pub fn record_description(&mut self, edit: &DescriptionEdit) -> Result<()> {
        self.write(|tx, session, log| describe(tx, session, log, edit))
    }

    /// Records many descriptions in one transaction. One whose asset changed meanwhile is left out
    /// and returned with the reason; the others are recorded.
    pub fn record_descriptions<'e>(
        &mut self,
        edits: impl IntoIterator<Item = &'e DescriptionEdit>,
    ) -> Result<Vec<(AssetId, CatalogError)>> {
        self.write(|tx, session, log| {
            leaving_out(edits.into_iter().map(|edit| (edit.asset, edit)), |edit| {
                describe(tx, session, log, edit)
            })
        })
    }
}

/// Reads a row of [`DESCRIPTIONS`], by position: a listing reads a million of them.
fn describe_by(row: &Row<'_>, metadata: &mut Metadata) -> Result<()> {
    metadata.title = row.get(1)?;
    metadata.source_note = row.get(2)?;
    metadata.rights_note = row.get(3)?;
    metadata.rights_reviewed_by = row.get(4)?;
    metadata.rights_reviewed_on = date_at(row, 5)?;
    metadata.owner = row.get(6)?;
    let dates = &mut metadata.dates;
    dates.zone = row.get(7)?;
    dates.starts_on = date_at(row, 8)?;
    dates.expires_on = date_at(row, 9)?;
    dates.review_on = date_at(row, 10)?;
    dates.no_expiry_reason = row.get(11)?;
    Ok(())
}

pub(super) fn describe(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    edit: &DescriptionEdit,
) -> Result<()> {
    touch(tx, edit.asset, edit.version)?;
    write_description(tx, edit.asset, &edit.metadata)?;
    write_links(tx, edit)?;
    index_words(tx, edit.asset)?;
    if !edit.changes.is_empty() || edit.decision.is_none() {
        let mut payload = json!({ "by": session.actor.name(), "changes": changes(edit) });
        if let (Some(payload), false) = (payload.as_object_mut(), edit.accepted.is_empty()) {
            payload.insert("accepted_claims".to_owned(), json!(edit.accepted));
        }
        log.append(tx, "asset.describe", About::asset(edit.asset), &payload)?;
    }
    let Some(decision) = &edit.decision else { return Ok(()) };
    let version = edit.version + 1;
    decide(tx, session, log, &Decision { version, ..decision.clone() })
}

fn changes(edit: &DescriptionEdit) -> Map<String, Value> {
    let each = edit.changes.iter();
    each.map(|(field, before, after)| (field.clone(), json!([before, after]))).collect()
}

pub(super) fn write_description(
    tx: &Transaction<'_>,
    asset: AssetId,
    metadata: &Metadata,
) -> Result<()> {
    let dates = &metadata.dates;
    tx.prepare_cached(
        "INSERT INTO description (asset_id, title, source_note, rights_note, rights_reviewed_by,
             rights_reviewed_on, owner, zone, starts_on, expires_on, review_on, no_expiry_reason)
         VALUES (:asset, :title, :source_note, :rights_note, :reviewed_by, :reviewed_on, :owner,
             :zone, :starts_on, :expires_on, :review_on, :no_expiry)
         ON CONFLICT (asset_id) DO UPDATE SET
             title = excluded.title, source_note = excluded.source_note,
             rights_note = excluded.rights_note, rights_reviewed_by = excluded.rights_reviewed_by,
             rights_reviewed_on = excluded.rights_reviewed_on, owner = excluded.owner,
             zone = excluded.zone, starts_on = excluded.starts_on,
             expires_on = excluded.expires_on, review_on = excluded.review_on,
             no_expiry_reason = excluded.no_expiry_reason",
    )?
    .execute(named_params! {
        ":asset": asset.0, ":title": metadata.title, ":source_note": metadata.source_note,
        ":rights_note": metadata.rights_note, ":reviewed_by": metadata.rights_reviewed_by,
        ":reviewed_on": date_text(metadata.rights_reviewed_on), ":owner": metadata.owner,
        ":zone": dates.zone, ":starts_on": date_text(dates.starts_on),
        ":expires_on": date_text(dates.expires_on), ":review_on": date_text(dates.review_on),
        ":no_expiry": dates.no_expiry_reason,
    })?;
    tx.prepare_cached(
        "UPDATE asset SET starts_ms = :starts, expires_ms = :expires, review_ms = :review
         WHERE id = :asset",
    )?
    .execute(named_params! {
        ":starts": millis(dates.starts_at), ":expires": millis(dates.expires_at),
        ":review": millis(dates.review_at), ":asset": asset.0,
    })?;
    let id = named_params! { ":asset": asset.0 };
    tx.prepare_cached("DELETE FROM alt_text WHERE asset_id = :asset")?.execute(id)?;
    for (locale, text) in &metadata.alt {
        let review = metadata.alt_reviews.get(locale);
        tx.prepare_cached(
            "INSERT INTO alt_text (asset_id, locale, text, reviewed_by, reviewed_on)
             VALUES (:asset, :locale, :text, :by, :on)",
        )?
        .execute(named_params! {
            ":asset": asset.0, ":locale": locale, ":text": text,
            ":by": review.map(|review| &review.by),
            ":on": date_text(review.map(|review| review.on)),
        })?;
    }
    tx.prepare_cached("DELETE FROM asset_placement WHERE asset_id = :asset")?.execute(id)?;
    for placement in &metadata.placements {
        tx.prepare_cached(
            "INSERT INTO asset_placement (asset_id, placement) VALUES (:asset, :placement)",
        )?
        .execute(named_params! { ":asset": asset.0, ":placement": placement })?;
    }
    Ok(())
}

/// Makes the links exactly those of the edit; a context that stays keeps its pin.
fn write_links(tx: &Transaction<'_>, edit: &DescriptionEdit) -> Result<()> {
    let asset = edit.asset.0;
    unlink_others(
        tx,
        "SELECT context_id FROM asset_context WHERE asset_id = :asset",
        "DELETE FROM asset_context WHERE asset_id = :asset AND context_id = :other",
        (asset, &edit.contexts),
    )?;
    for context in &edit.contexts {
        tx.prepare_cached(
            "INSERT INTO asset_context (asset_id, context_id) VALUES (:asset, :context)
             ON CONFLICT (asset_id, context_id) DO NOTHING",
        )?
        .execute(named_params! { ":asset": asset, ":context": context })?;
    }
    unlink_others(
        tx,
        "SELECT license_id FROM asset_license WHERE asset_id = :asset",
        "DELETE FROM asset_license WHERE asset_id = :asset AND license_id = :other",
        (asset, &edit.licenses),
    )?;
    for license in &edit.licenses {
        tx.prepare_cached(
            "INSERT INTO asset_license (asset_id, license_id) VALUES (:asset, :license)
             ON CONFLICT (asset_id, license_id) DO NOTHING",
        )?
        .execute(named_params! { ":asset": asset, ":license": license })?;
    }
    Ok(())
}

fn unlink_others(
    tx: &Transaction<'_>,
    select: &'static str,
    delete: &'static str,
    (asset, kept): (i64, &[i64]),
) -> Result<()> {
    let linked: Vec<i64> = tx
        .prepare_cached(select)?
        .query_map(named_params! { ":asset": asset }, |row| row.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    for other in linked.iter().filter(|id| !kept.contains(id)) {
        tx.prepare_cached(delete)?.execute(named_params! { ":asset": asset, ":other": other })?;
    }
    Ok(())
}
