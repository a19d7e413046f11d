//! Contexts and their revisions.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};

use super::audit::About;
use super::cells::{date, date_text, instant, millis, unsigned};
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::spans::Numbered;
use crate::domain::context::{
    Context, ContextChange, ContextKey, ContextKind, ContextRule, Revision,
};
use crate::domain::context_fact::ContextFacts;
use crate::domain::time::Timestamp;
use crate::domain::window::Window;

const REVISIONS: &str = "SELECT context_id, number, effective_ms, note FROM context_revision
    WHERE context_id >= :first AND context_id <= :last ORDER BY context_id, number";

const FACTS: &str = "SELECT context_id, number, name, value FROM context_fact
    WHERE context_id >= :first AND context_id <= :last ORDER BY context_id, number, name, value";

impl Numbered for Context {
    fn number(&self) -> i64 {
        self.id
    }
}

/// A context as it is added, with its first revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContext {
    pub key: ContextKey,
    pub title: Option<String>,
    pub owner: Option<String>,
    pub rule: ContextRule,
    pub zone: Option<String>,
    pub window: Window,
    pub note: String,
    pub facts: ContextFacts,
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
        self.add_revisions(&mut contexts)?;
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
        self.add_revisions(std::slice::from_mut(&mut found))?;
        Ok(Some(found))
    }

    /// Reads the revisions of contexts in ascending order, with their facts.
    fn add_revisions(&self, contexts: &mut [Context]) -> Result<()> {
        self.add_rows(REVISIONS, contexts, |context, row| {
            context.revisions.push(Revision {
                number: row.get(1)?,
                effective_at: Timestamp::from_millis(row.get(2)?),
                note: row.get(3)?,
                facts: ContextFacts::new(),
            });
            Ok(())
        })?;
        self.add_rows(FACTS, contexts, |context, row| {
            let number: i64 = row.get(1)?;
            let revision = context.revisions.iter_mut().find(|revision| revision.number == number);
            let revision =
                revision.ok_or_else(|| CatalogError::damaged("a fact of no revision"))?;
            revision.facts.entry(row.get(2)?).or_default().push(row.get(3)?);
            Ok(())
        })
    }

    /// Adds a context with revision 1, effective at once, and its audit entry.
    pub fn add_context(&mut self, new: &NewContext) -> Result<()> {
        self.write(|tx, session, log| {
            let id = insert_context(tx, new)?;
            let revision = Revision {
                number: 1,
                effective_at: session.now,
                note: new.note.clone(),
                facts: new.facts.clone(),
            };
            insert_revision(tx, id, &revision)?;
            let mut payload = json!({
                "by": session.actor.name(), "context": new.key.to_string(),
                "ends_ms": millis(new.window.ends_at), "ends_on": date_text(new.window.ends_on),
                "note": new.note, "owner": new.owner, "rule": new.rule.name(),
                "starts_ms": millis(new.window.starts_at), "starts_on": date_text(new.window.starts_on), "title": new.title,
                "zone": new.zone,
            });
            extend(&mut payload, told(&new.facts));
            log.append(tx, "context.add", About::default(), &payload)
        })
    }

    /// Records a planned change of a context and its audit entry, both or neither.
    ///
    /// `changed` is the context as the change leaves it. Fails with `RecordChanged` if the context
    /// is not the one that was read any more.
    pub fn change_context(
        &mut self,
        read: &Context,
        changed: &Context,
        change: &ContextChange,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            update_context(tx, read, changed)?;
            let mut payload = json!({
                "by": session.actor.name(), "context": read.key.to_string(),
                "ends_ms": millis(changed.ends_at), "starts_ms": millis(changed.starts_at),
            });
            let (kind, more) = match change {
                ContextChange::Revise { .. } => ("context.change", revise(tx, read.id, changed)?),
                ContextChange::End { note, .. } => ("context.end", json!({ "note": note })),
            };
            extend(&mut payload, more);
            for (field, before, after) in [
                ("starts_on", read.starts_on, changed.starts_on),
                ("ends_on", read.ends_on, changed.ends_on),
            ] {
                if before != after {
                    extend(&mut payload, json!({ field: [date_text(before), date_text(after)] }));
                }
            }
            log.append(tx, kind, About::default(), &payload)
        })
    }

    /// How many assets depend on each context, by context id; none is not in it.
    pub fn count_by_context(&self) -> Result<BTreeMap<i64, u64>> {
        count_links(self, "SELECT context_id, count(*) FROM asset_context GROUP BY context_id")
    }
}

/// The counts of a grouped query with an id and a number per row.
pub(super) fn count_links(catalog: &Catalog, sql: &'static str) -> Result<BTreeMap<i64, u64>> {
    let mut statement = catalog.conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// Writes the newest revision of a context, and gives what an entry tells of it.
fn revise(tx: &Transaction<'_>, context: i64, changed: &Context) -> Result<Value> {
    let newest = changed.revisions.last();
    let newest = newest.ok_or_else(|| CatalogError::damaged("a context without a revision"))?;
    insert_revision(tx, context, newest)?;
    let mut payload = json!({
        "effective": newest.effective_at.to_string(), "note": newest.note,
        "revision": newest.number,
    });
    extend(&mut payload, told(&newest.facts));
    Ok(payload)
}

/// The facts as an entry tells them; nothing if there are none.
fn told(facts: &ContextFacts) -> Value {
    if facts.is_empty() { json!({}) } else { json!({ "facts": facts }) }
}

/// Adds the fields of one JSON object to another.
fn extend(payload: &mut Value, more: Value) {
    if let (Value::Object(payload), Value::Object(more)) = (payload, more) {
        payload.extend(more);
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
                ":starts_on": date_text(new.window.starts_on),
                ":ends_on": date_text(new.window.ends_on),
                ":starts": millis(new.window.starts_at), ":ends": millis(new.window.ends_at),
            },
            |row| row.get(0),
        )
        .optional()?;
    id.ok_or_else(|| CatalogError::Exists { what: "context", key: new.key.to_string() })
}

fn insert_revision(tx: &Transaction<'_>, context: i64, revision: &Revision) -> Result<()> {
    let Revision { number, effective_at, note, facts } = revision;
    tx.execute(
        "INSERT INTO context_revision (context_id, number, effective_ms, note)
         VALUES (:context, :number, :effective, :note)",
        named_params! {
            ":context": context, ":number": number, ":effective": effective_at.millis(),
            ":note": note,
        },
    )?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO context_fact (context_id, number, name, value)
         VALUES (:context, :number, :name, :value)",
    )?;
    for (name, value) in
        facts.iter().flat_map(|(name, values)| values.iter().map(move |v| (name, v)))
    {
        statement.execute(named_params! {
            ":context": context, ":number": number, ":name": name, ":value": value,
        })?;
    }
    Ok(())
}

/// Writes the window and moves the version on, if the context is still the one that was read.
fn update_context(tx: &Transaction<'_>, read: &Context, changed: &Context) -> Result<()> {
    let updated = tx.execute(
        "UPDATE context SET version = version + 1, starts_on = :starts_on, ends_on = :ends_on,
                            starts_ms = :starts, ends_ms = :ends
         WHERE id = :id AND version = :version",
        named_params! {
            ":starts_on": date_text(changed.starts_on), ":ends_on": date_text(changed.ends_on),
            ":starts": millis(changed.starts_at), ":ends": millis(changed.ends_at),
            ":id": read.id, ":version": read.version,
        },
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
