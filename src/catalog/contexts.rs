//! Contexts and their revisions.

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::json;

use super::audit::About;
use super::cells::{date, date_text, instant, millis};
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::context::{Context, ContextKey, ContextKind, ContextRule, Revision};
use crate::domain::time::{CivilDate, Timestamp};

/// A context as it is added, with its first revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContext {
    pub key: ContextKey,
    pub title: Option<String>,
    pub owner: Option<String>,
    pub rule: ContextRule,
    pub zone: Option<String>,
    pub starts_on: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub note: String,
}

/// What happens to a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextChange {
    /// A new revision that counts from the instant on.
    Revise { effective_at: Timestamp, note: String },
    /// The last day is this one; the instant is the first after it.
    End { on: CivilDate, at: Timestamp, note: String },
}

impl Catalog {
    /// Every context with its revisions, by id.
    pub fn contexts(&self) -> Result<Vec<Context>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, slug, version, title, owner, rule, zone, starts_on, ends_on,
                    starts_ms, ends_ms
             FROM context ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut contexts = Vec::new();
        while let Some(row) = rows.next()? {
            contexts.push(context(row)?);
        }
        for context in &mut contexts {
            context.revisions = self.revisions(context.id)?;
        }
        Ok(contexts)
    }

    /// The context with this key.
    pub fn context(&self, key: &ContextKey) -> Result<Option<Context>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, slug, version, title, owner, rule, zone, starts_on, ends_on,
                    starts_ms, ends_ms
             FROM context WHERE kind = :kind AND slug = :slug",
        )?;
        let mut rows =
            statement.query(named_params! { ":kind": key.kind.name(), ":slug": key.slug })?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut found = context(row)?;
        found.revisions = self.revisions(found.id)?;
        Ok(Some(found))
    }

    fn revisions(&self, context: i64) -> Result<Vec<Revision>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT number, effective_ms, note FROM context_revision
             WHERE context_id = :context ORDER BY number",
        )?;
        let rows = statement.query_map(named_params! { ":context": context }, |row| {
            Ok(Revision {
                number: row.get("number")?,
                effective_at: Timestamp::from_millis(row.get("effective_ms")?),
                note: row.get("note")?,
            })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Adds a context with revision 1, effective at once, and its audit entry.
    pub fn add_context(&mut self, new: &NewContext) -> Result<()> {
        self.write(|tx, session, log| {
            let id = insert_context(tx, new)?;
            insert_revision(tx, id, 1, session.now, &new.note)?;
            let payload = json!({
                "by": session.actor.name(), "context": new.key.to_string(),
                "ends_on": date_text(new.ends_on), "note": new.note, "rule": new.rule.name(),
                "starts_on": date_text(new.starts_on),
            });
            log.append(tx, "context.add", About::default(), &payload)
        })
    }

    /// Records a change of a context and its audit entry, both or neither.
    ///
    /// Fails with `RecordChanged` if the context is not the one that was read any more.
    pub fn change_context(&mut self, read: &Context, change: &ContextChange) -> Result<()> {
        self.write(|tx, session, log| {
            touch_context(tx, read)?;
            let (kind, payload) = match change {
                ContextChange::Revise { effective_at, note } => {
                    let number = read.revisions.last().map_or(1, |last| last.number + 1);
                    insert_revision(tx, read.id, number, *effective_at, note)?;
                    let payload = json!({
                        "by": session.actor.name(), "context": read.key.to_string(),
                        "effective": effective_at.to_string(), "note": note, "revision": number,
                    });
                    ("context.change", payload)
                }
                ContextChange::End { on, at, note } => {
                    tx.execute(
                        "UPDATE context SET ends_on = :on, ends_ms = :at WHERE id = :id",
                        named_params! { ":on": on.to_string(), ":at": at.millis(), ":id": read.id },
                    )?;
                    let payload = json!({
                        "before": date_text(read.ends_on), "by": session.actor.name(),
                        "context": read.key.to_string(), "ends_on": on.to_string(), "note": note,
                    });
                    ("context.end", payload)
                }
            };
            log.append(tx, kind, About::default(), &payload)
        })
    }

    /// How many assets depend on each context, by context id.
    pub fn assets_of_context(&self, context: i64) -> Result<Vec<AssetId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT asset_id FROM asset_context WHERE context_id = :context ORDER BY asset_id",
        )?;
        let params = named_params! { ":context": context };
        let ids = statement.query_map(params, |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<std::result::Result<_, _>>()?)
    }
}

fn insert_context(tx: &Transaction<'_>, new: &NewContext) -> Result<i64> {
    let id = tx
        .query_row(
            "INSERT INTO context (kind, slug, version, title, owner, rule, zone, starts_on,
                                  ends_on, starts_ms, ends_ms)
             VALUES (:kind, :slug, 1, :title, :owner, :rule, :zone, :starts_on, :ends_on,
                     :starts, :ends)
             ON CONFLICT (kind, slug) DO NOTHING RETURNING id",
            named_params! {
                ":kind": new.key.kind.name(), ":slug": new.key.slug, ":title": new.title,
                ":owner": new.owner, ":rule": new.rule.name(), ":zone": new.zone,
                ":starts_on": date_text(new.starts_on), ":ends_on": date_text(new.ends_on),
                ":starts": millis(new.starts_at), ":ends": millis(new.ends_at),
            },
            |row| row.get(0),
        )
        .optional()?;
    id.ok_or_else(|| CatalogError::Exists { what: "context", key: new.key.to_string() })
}

fn insert_revision(
    tx: &Transaction<'_>,
    context: i64,
    number: i64,
    effective_at: Timestamp,
    note: &str,
) -> Result<()> {
    tx.execute(
        "INSERT INTO context_revision (context_id, number, effective_ms, note)
         VALUES (:context, :number, :effective, :note)",
        named_params! {
            ":context": context, ":number": number, ":effective": effective_at.millis(),
            ":note": note,
        },
    )?;
    Ok(())
}

fn touch_context(tx: &Transaction<'_>, read: &Context) -> Result<()> {
    let updated = tx.execute(
        "UPDATE context SET version = version + 1 WHERE id = :id AND version = :version",
        named_params! { ":id": read.id, ":version": read.version },
    )?;
    if updated == 1 {
        return Ok(());
    }
    Err(CatalogError::RecordChanged { what: "context", key: read.key.to_string() })
}

fn context(row: &Row<'_>) -> Result<Context> {
    let kind: String = row.get("kind")?;
    let rule: String = row.get("rule")?;
    Ok(Context {
        id: row.get("id")?,
        key: ContextKey {
            kind: ContextKind::named(&kind).ok_or_else(|| CatalogError::damaged("context.kind"))?,
            slug: row.get("slug")?,
        },
        version: row.get("version")?,
        title: row.get("title")?,
        owner: row.get("owner")?,
        rule: ContextRule::named(&rule).ok_or_else(|| CatalogError::damaged("context.rule"))?,
        zone: row.get("zone")?,
        starts_on: date(row, "starts_on")?,
        ends_on: date(row, "ends_on")?,
        starts_at: instant(row, "starts_ms")?,
        ends_at: instant(row, "ends_ms")?,
        revisions: Vec::new(),
    })
}
