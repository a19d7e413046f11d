//! Licenses: the rights records that assets share.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, named_params};
use serde_json::json;

use super::audit::About;
use super::cells::{date, date_text, instant, millis};
use super::contexts::count_links;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::license::{License, Scope};

/// A license as it is added; its id and version are given by the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLicense(pub License);

impl Catalog {
    /// Every license, by id.
    pub fn licenses(&self) -> Result<Vec<License>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, key, version, holder, document, note, zone, starts_on, ends_on, starts_ms,
                    ends_ms, perpetual, territories, placements, credit, reviewed_by, reviewed_on
             FROM license ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut licenses = Vec::new();
        while let Some(row) = rows.next()? {
            licenses.push(license(row)?);
        }
        Ok(licenses)
    }

    /// The license with this key.
    pub fn license(&self, key: &str) -> Result<Option<License>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, key, version, holder, document, note, zone, starts_on, ends_on, starts_ms,
                    ends_ms, perpetual, territories, placements, credit, reviewed_by, reviewed_on
             FROM license WHERE key = :key",
        )?;
        let mut rows = statement.query(named_params! { ":key": key })?;
        rows.next()?.map(license).transpose()
    }

    /// How many assets have each license, by license id; none is not in it.
    pub fn count_by_license(&self) -> Result<BTreeMap<i64, u64>> {
        count_links(self, "SELECT license_id, count(*) FROM asset_license GROUP BY license_id")
    }

    /// Adds a license and its audit entry, both or neither.
    pub fn add_license(&mut self, NewLicense(new): &NewLicense) -> Result<()> {
        self.write(|tx, session, log| {
            let added: Option<i64> = tx
                .query_row(
                    "INSERT INTO license (key, version, holder, document, note, zone, starts_on,
                         ends_on, starts_ms, ends_ms, perpetual, territories, placements, credit,
                         reviewed_by, reviewed_on)
                     VALUES (:key, 1, :holder, :document, :note, :zone, :starts_on, :ends_on,
                         :starts, :ends, :perpetual, :territories, :placements, :credit,
                         :reviewed_by, :reviewed_on)
                     ON CONFLICT (key) DO NOTHING RETURNING id",
                    named_params! {
                        ":key": new.key, ":holder": new.holder, ":document": new.document,
                        ":note": new.note, ":zone": new.zone,
                        ":starts_on": date_text(new.starts_on), ":ends_on": date_text(new.ends_on),
                        ":starts": millis(new.starts_at), ":ends": millis(new.ends_at),
                        ":perpetual": new.perpetual, ":territories": scope_text(&new.territories),
                        ":placements": scope_text(&new.placements), ":credit": new.credit,
                        ":reviewed_by": new.reviewed_by,
                        ":reviewed_on": date_text(new.reviewed_on),
                    },
                    |row| row.get(0),
                )
                .optional()?;
            if added.is_none() {
                return Err(CatalogError::Exists { what: "license", key: new.key.clone() });
            }
            let payload = json!({
                "by": session.actor.name(), "credit": new.credit, "document": new.document,
                "ends_ms": millis(new.ends_at), "ends_on": date_text(new.ends_on),
                "holder": new.holder, "license": new.key,
                "note": new.note, "perpetual": new.perpetual,
                "placements": scope_text(&new.placements), "reviewed_by": new.reviewed_by,
                "reviewed_on": date_text(new.reviewed_on), "starts_ms": millis(new.starts_at),
                "starts_on": date_text(new.starts_on),
                "territories": scope_text(&new.territories), "zone": new.zone,
            });
            log.append(tx, "license.add", About::default(), &payload)
        })
    }
}

fn license(row: &Row<'_>) -> Result<License> {
    Ok(License {
        id: row.get("id")?,
        key: row.get("key")?,
        version: row.get("version")?,
        holder: row.get("holder")?,
        document: row.get("document")?,
        note: row.get("note")?,
        zone: row.get("zone")?,
        starts_on: date(row, "starts_on")?,
        ends_on: date(row, "ends_on")?,
        starts_at: instant(row, "starts_ms")?,
        ends_at: instant(row, "ends_ms")?,
        perpetual: row.get("perpetual")?,
        territories: scope(row.get_ref("territories")?.as_str_or_null().unwrap_or_default()),
        placements: scope(row.get_ref("placements")?.as_str_or_null().unwrap_or_default()),
        credit: row.get("credit")?,
        reviewed_by: row.get("reviewed_by")?,
        reviewed_on: date(row, "reviewed_on")?,
    })
}

fn scope(text: Option<&str>) -> Scope {
    match text {
        None => Scope::Unknown,
        Some("*") => Scope::Unrestricted,
        Some(codes) => Scope::Only(codes.split_whitespace().map(str::to_owned).collect()),
    }
}

fn scope_text(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Unknown => None,
        Scope::Unrestricted => Some("*".to_owned()),
        Scope::Only(codes) => Some(codes.join(" ")),
    }
}
