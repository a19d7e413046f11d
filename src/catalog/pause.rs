//! The kill switch's flag in the catalog: asked in the transaction that announces an operation, so
//! that the audit log shows none after it.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::{Value, json};

use super::audit::{About, set_meta};
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::pause::{Note, Pause, Paused, Source};

const KEY: &str = "pause";

impl Catalog {
    /// What the flag says, if it is set. One that cannot be read is.
    pub fn pause(&self) -> Option<Note> {
        flag(&self.conn)
    }

    /// Fails if the flag cannot be read, which is damage and nobody's wish.
    pub fn check_pause(&self) -> Result<()> {
        read(&self.conn).map(drop)
    }

    /// Sets the flag to `pause`, and audits who `asked` for it. One that is set stays as it is, but
    /// that it stops as soon as either says. Returns what it says then.
    pub fn record_pause(&mut self, asked: &Pause, pause: &Pause) -> Result<Pause> {
        self.write(|tx, session, log| {
            let first = flag(tx);
            let kept = first.as_ref().and_then(Note::told);
            let holds = kept.map_or_else(|| pause.clone(), |kept| kept.and(pause));
            set_meta(tx, KEY, &holds.text())?;
            let kind = if first.is_none() { "pause.begin" } else { "pause.again" };
            let payload = json!({
                "by": session.actor.name(),
                "first": first.as_ref().map(told),
                "reason": asked.reason,
                "stop": asked.stop.name(),
            });
            log.append(tx, kind, About::default(), &payload)?;
            Ok(holds)
        })
    }

    /// Takes the flag away, and audits who ended what and why. Fails with `RecordChanged` if the flag
    /// says by now what is not among `ended`: nobody looked at that pause.
    pub fn end_pause(&mut self, reason: &str, ended: &[Paused]) -> Result<()> {
        self.write(|tx, session, log| {
            let seen = ended.iter().find(|paused| paused.source == Source::Catalog);
            if flag(tx).as_ref() != seen.map(|paused| &paused.note) {
                return Err(CatalogError::RecordChanged { what: "the flag", key: KEY.to_owned() });
            }
            tx.execute("DELETE FROM meta WHERE key = :key", named_params! { ":key": KEY })?;
            let ended = ended.iter().map(
                |paused| json!({ "note": told(&paused.note), "source": paused.source.name() }),
            );
            let payload = json!({
                "by": session.actor.name(),
                "ended": ended.collect::<Vec<_>>(),
                "reason": reason,
            });
            log.append(tx, "pause.end", About::default(), &payload)
        })
    }
}

/// Fails while the flag is set.
pub(super) fn refuse_paused(tx: &Transaction<'_>) -> Result<()> {
    read(tx)?.map_or(Ok(()), |note| Err(CatalogError::Paused { note }))
}

pub(super) fn flag(conn: &Connection) -> Option<Note> {
    read(conn).unwrap_or_else(|error| Some(Note::Untold(format!("it cannot be read: {error}"))))
}

fn read(conn: &Connection) -> Result<Option<Note>> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = :key")?;
    let read = statement.query_row(named_params! { ":key": KEY }, |row| row.get("value"));
    let text: Option<String> = read.optional()?;
    Ok(text.map(|text| Note::parse(&text)))
}

fn told(note: &Note) -> Value {
    match note {
        Note::Told(pause) => json!({
            "by": pause.by, "reason": pause.reason, "since": pause.since.to_string(),
        }),
        Note::Untold(what) => json!(what),
    }
}
