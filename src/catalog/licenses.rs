//! Licenses: the rights records that assets share.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Row, named_params};
use serde_json::json;

use super::audit::About;
use super::cells::{date, date_text, instant, millis};
use super::contexts::count_links;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::license::{Exclusions, License, Scope};

/// A license as it is added; its id and version are given by the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLicense(pub License);

impl Catalog {
    /// Every license, by id.
    pub fn licenses(&self) -> Result<Vec<License>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, key, version, holder, document, note, zone, starts_on, ends_on, starts_ms,
                    ends_ms, perpetual, territories, placements, excluded_territories,
                    excluded_placements, credit, reviewed_by, reviewed_on
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
                    ends_ms, perpetual, territories, placements, excluded_territories,
                    excluded_placements, credit, reviewed_by, reviewed_on
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
                         ends_on, starts_ms, ends_ms, perpetual, territories, placements,
                         excluded_territories, excluded_placements, credit, reviewed_by,
                         reviewed_on)
                     VALUES (:key, 1, :holder, :document, :note, :zone, :starts_on, :ends_on,
                         :starts, :ends, :perpetual, :territories, :placements,
                         :excluded_territories, :excluded_placements, :credit, :reviewed_by,
                         :reviewed_on)
                     ON CONFLICT (key) DO NOTHING RETURNING id",
                    named_params! {
                        ":key": new.key, ":holder": new.holder, ":document": new.document,
                        ":note": new.note, ":zone": new.zone,
                        ":starts_on": date_text(new.starts_on), ":ends_on": date_text(new.ends_on),
                        ":starts": millis(new.starts_at), ":ends": millis(new.ends_at),
                        ":perpetual": new.perpetual, ":territories": scope_text(&new.territories),
                        ":placements": scope_text(&new.placements),
                        ":excluded_territories": codes_text(&new.excluded.territories),
                        ":excluded_placements": codes_text(&new.excluded.placements),
                        ":credit": new.credit, ":reviewed_by": new.reviewed_by,
                        ":reviewed_on": date_text(new.reviewed_on),
                    },
                    |row| row.get(0),
                )
                .optional()?;
            if added.is_none() {
                return Err(CatalogError::Exists { what: "license", key: new.key.clone() });
            }
            let payload = told(session.actor.name(), new);
            log.append(tx, "license.add", About::default(), &payload)
        })
    }

    /// Records other terms of a license and the audit entry, both or neither.
    ///
    /// Fails with `Changed` if the license is not the one that was read any more. Its key stays.
    pub fn change_license(&mut self, read: &License, new: &License, reason: &str) -> Result<()> {
        self.write(|tx, session, log| {
            let updated = tx.execute(
                "UPDATE license SET version = version + 1, holder = :holder, document = :document,
                     note = :note, starts_on = :starts_on, ends_on = :ends_on, starts_ms = :starts,
                     ends_ms = :ends, perpetual = :perpetual, territories = :territories,
                     placements = :placements, excluded_territories = :excluded_territories,
                     excluded_placements = :excluded_placements, credit = :credit,
                     reviewed_by = :reviewed_by, reviewed_on = :reviewed_on
                 WHERE id = :id AND version = :version",
                named_params! {
                    ":id": read.id, ":version": read.version, ":holder": new.holder,
                    ":document": new.document, ":note": new.note,
                    ":starts_on": date_text(new.starts_on), ":ends_on": date_text(new.ends_on),
                    ":starts": millis(new.starts_at), ":ends": millis(new.ends_at),
                    ":perpetual": new.perpetual, ":territories": scope_text(&new.territories),
                    ":placements": scope_text(&new.placements),
                    ":excluded_territories": codes_text(&new.excluded.territories),
                    ":excluded_placements": codes_text(&new.excluded.placements),
                    ":credit": new.credit, ":reviewed_by": new.reviewed_by,
                    ":reviewed_on": date_text(new.reviewed_on),
                },
            )?;
            if updated == 0 {
                let key = read.key.clone();
                return Err(CatalogError::RecordChanged { what: "license", key });
            }
            let mut payload = told(session.actor.name(), new);
            if let Some(fields) = payload.as_object_mut() {
                fields.insert("reason".to_owned(), reason.into());
            }
            log.append(tx, "license.change", About::default(), &payload)
        })
    }
}

/// What an entry keeps of a license: all of it.
fn told(by: &str, license: &License) -> serde_json::Value {
    json!({
        "by": by, "credit": license.credit, "document": license.document,
        "ends_ms": millis(license.ends_at), "ends_on": date_text(license.ends_on),
        "excluded_placements": codes_text(&license.excluded.placements),
        "excluded_territories": codes_text(&license.excluded.territories),
        "holder": license.holder, "license": license.key,
        "note": license.note, "perpetual": license.perpetual,
        "placements": scope_text(&license.placements), "reviewed_by": license.reviewed_by,
        "reviewed_on": date_text(license.reviewed_on), "starts_ms": millis(license.starts_at),
        "starts_on": date_text(license.starts_on),
        "territories": scope_text(&license.territories), "zone": license.zone,
    })
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
        excluded: Exclusions {
            territories: codes(row, "excluded_territories")?,
            placements: codes(row, "excluded_placements")?,
        },
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

/// The codes of a cell; none where it is empty.
fn codes(row: &Row<'_>, column: &str) -> Result<BTreeSet<String>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

fn codes_text(codes: &BTreeSet<String>) -> Option<String> {
    let codes: Vec<_> = codes.iter().map(String::as_str).collect();
    (!codes.is_empty()).then(|| codes.join(" "))
}
