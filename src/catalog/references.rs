//! References: what uses assets, and the sources that told it.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};
use serde_json::json;

use super::audit::{About, Log};
use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::{AssetId, Digest};
use crate::domain::lifecycle::State;
use crate::domain::reference::{
    Area, Holder, Means, Reference, Source, SourceKind, Status, Target, is_address,
};
use crate::domain::time::Timestamp;

/// Whether `r` is not held by an attachment of the asset itself. A field of a dump is held by a
/// `post` as long as the post was not read.
macro_rules! is_of_another {
    ($asset:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM attachment o WHERE o.asset_id = ",
            $asset,
            " AND r.holder_kind IN ('attachment', 'post') AND r.holder_id = CAST(o.id AS TEXT))"
        )
    };
}
pub(super) use is_of_another;

/// Where the references to `asset.id` come from: by its attachments, by its files, by the files
/// that its attachments list, by galleries of what was uploaded to a post. `$then` is said of `r`.
///
/// What an attachment says of itself uses nothing: its own description, its fields, its page.
macro_rules! references_to_asset {
    ($asset:literal, $then:literal, $between:literal) => {
        concat!(
            "SELECT ", $then, " FROM attachment t JOIN reference r ON r.attachment_id = t.id
             WHERE t.asset_id = ", $asset, " AND ", is_of_another!($asset),
            $between,
            "SELECT ", $then, " FROM file f JOIN reference r ON r.name = f.name AND r.folder = f.folder
             WHERE f.asset_id = ", $asset, " AND f.place <> 'gone'
               AND EXISTS (SELECT 1 FROM root WHERE root.id = f.root_id AND root.kind = 'production')
               AND ", is_of_another!($asset),
            $between,
            "SELECT ", $then, " FROM attachment t JOIN reference r ON r.name = t.name AND r.folder = t.folder
             WHERE t.asset_id = ", $asset, " AND ", is_of_another!($asset),
            $between,
            "SELECT ", $then, " FROM attachment t JOIN attachment_file a ON a.attachment_id = t.id
             JOIN reference r ON r.name = a.name AND r.folder = t.folder
             WHERE t.asset_id = ", $asset, " AND ", is_of_another!($asset),
            $between,
            "SELECT ", $then, " FROM attachment t JOIN reference_child c ON c.attachment_id = t.id
             JOIN reference r ON r.children_of = c.parent_id
             WHERE t.asset_id = ", $asset, " AND ", is_of_another!($asset)
        )
    };
}
pub(super) use references_to_asset;

const OF_ASSET: &str = concat!(
    "SELECT r.id, s.name AS source, r.attachment_id, r.folder, r.name, r.children_of, r.means,
            r.detail, r.holder_kind, r.holder_id, r.holder_label, r.status
     FROM reference r JOIN reference_source s ON s.id = r.source_id
     WHERE r.id IN (",
    references_to_asset!(":asset", "r.id", " UNION "),
    ") ORDER BY CASE r.status WHEN 'published' THEN 0 WHEN 'scheduled' THEN 1 WHEN 'private' THEN 2
                 WHEN 'unknown' THEN 3 WHEN 'draft' THEN 4 WHEN 'revision' THEN 5 ELSE 6 END,
       r.holder_kind, r.holder_id, r.id LIMIT :limit"
);
const STATUSES: &str = concat!(
    "SELECT DISTINCT status FROM reference WHERE id IN (",
    references_to_asset!(":asset", "r.id", " UNION "),
    ")"
);
const SOURCES: &str = "SELECT id, name, kind, sha256, made_ms, read_ms, site, areas, gaps, found
                       FROM reference_source ORDER BY name";

/// A reference with the name of the source that told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReference {
    pub source: String,
    pub reference: Reference,
}

/// Takes what one source tells, inside the transaction that replaces it.
pub struct SourceWriter<'t> {
    tx: &'t Transaction<'t>,
    source: i64,
    found: u64,
}

impl std::fmt::Debug for SourceWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceWriter").field("found", &self.found).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Everything that was read to find references, by name.
    pub fn reference_sources(&self) -> Result<Vec<Source>> {
        let mut statement = self.conn.prepare_cached(SOURCES)?;
        let mut rows = statement.query([])?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next()? {
            sources.push(source(row)?);
        }
        Ok(sources)
    }

    /// What uses an asset, in sight first; at most `limit`.
    pub fn references_to(&self, asset: AssetId, limit: u32) -> Result<Vec<FoundReference>> {
        let mut statement = self.conn.prepare_cached(OF_ASSET)?;
        let mut rows = statement.query(named_params! { ":asset": asset.0, ":limit": limit })?;
        let mut references = Vec::new();
        while let Some(row) = rows.next()? {
            references
                .push(FoundReference { source: row.get("source")?, reference: reference(row)? });
        }
        Ok(references)
    }

    /// The statuses of all that uses an asset, each once: what a verdict is made of.
    pub fn uses_of(&self, asset: AssetId) -> Result<Vec<Status>> {
        uses_of(&self.conn, asset)
    }

    /// Whether published or scheduled content shows an asset and that counts: what was withdrawn as
    /// unsafe goes whatever shows it.
    pub fn stays_in_sight(&self, asset: AssetId) -> Result<bool> {
        let unsafe_one = self.asset(asset)?.is_some_and(|asset| asset.state == State::Withdrawn);
        Ok(!unsafe_one && self.uses_of(asset)?.into_iter().any(Status::is_in_sight))
    }

    /// Replaces all that a source told by what `fill` writes: all of it or nothing.
    ///
    /// `fill` gives what the source turned out to be; its count is the one that was written.
    pub fn replace_source<E: From<CatalogError>>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut SourceWriter<'_>) -> std::result::Result<Source, E>,
    ) -> std::result::Result<Source, E> {
        let mut failed = None;
        let done = self.write(|tx, session, log| {
            let before = forget(tx, name)?;
            let mut writer =
                SourceWriter { tx, source: begin_source(tx, name, session.now)?, found: 0 };
            let filled = fill(&mut writer);
            let (found, id) = (writer.found, writer.source);
            match filled {
                Ok(source) => {
                    let source = Source { name: name.to_owned(), references: found, ..source };
                    end_source(tx, id, &source)?;
                    record(tx, log, &source, before)?;
                    Ok(Some(source))
                }
                Err(error) => {
                    failed = Some(error);
                    // Ends the transaction without a commit; the error itself is kept above.
                    Err(CatalogError::damaged("a source that was not read to its end"))
                }
            }
        });
        match (done, failed) {
            (_, Some(error)) => Err(error),
            (Ok(Some(source)), None) => Ok(source),
            (Ok(None), None) => Err(CatalogError::damaged("a source without an end").into()),
            (Err(error), None) => Err(error.into()),
        }
    }

    /// Forgets a source with all that it told. `false` if there is none of that name.
    pub fn forget_source(&mut self, name: &str) -> Result<bool> {
        self.write(|tx, _, log| {
            let Some(digest) = forget(tx, name)? else { return Ok(false) };
            let payload = json!({ "source": name, "sha256": digest.to_string() });
            log.append(tx, "references.forget", About::default(), &payload)?;
            Ok(true)
        })
    }
}

impl SourceWriter<'_> {
    /// Adds a reference.
    pub fn add(&mut self, reference: &Reference) -> Result<()> {
        let Reference { target, means, detail, holder } = reference;
        let (mut attachment, mut path, mut children) = (None, None, None);
        match target {
            Target::Attachment(number) => attachment = Some(*number),
            Target::File(file) => path = Some((file.folder(), file.name())),
            Target::ChildrenOf(post) => children = Some(*post),
        }
        self.tx
            .prepare_cached(
                "INSERT INTO reference (source_id, attachment_id, folder, name, children_of, means,
                                        detail, holder_kind, holder_id, holder_label, status)
                 VALUES (:source, :attachment, :folder, :name, :children, :means, :detail,
                         :kind, :id, :label, :status)",
            )?
            .execute(named_params! {
                ":source": self.source, ":attachment": attachment,
                ":folder": path.map(|(folder, _)| folder), ":name": path.map(|(_, name)| name),
                ":children": children, ":means": means.name(), ":detail": detail,
                ":kind": holder.kind, ":id": holder.id, ":label": label_cell(holder),
                ":status": holder.status.name(),
            })?;
        self.found += 1;
        Ok(())
    }

    /// Records which post an attachment was uploaded to.
    pub fn add_child(&mut self, attachment: i64, parent: i64) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO reference_child (source_id, attachment_id, parent_id)
                 VALUES (:source, :attachment, :parent) ON CONFLICT DO NOTHING",
            )?
            .execute(named_params! {
                ":source": self.source, ":attachment": attachment, ":parent": parent,
            })?;
        Ok(())
    }

    /// Tells what a post is whose references were added before that was known.
    pub fn settle(&mut self, holder: &Holder) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE reference
                 SET holder_kind = :kind, holder_label = :label, status = :status
                 WHERE source_id = :source AND holder_id = :id AND status = 'unknown'
                   AND holder_kind = 'post'",
            )?
            .execute(named_params! {
                ":source": self.source, ":id": holder.id, ":kind": holder.kind,
                ":label": label_cell(holder), ":status": holder.status.name(),
            })?;
        Ok(())
    }
}

/// [`Catalog::uses_of`] inside a transaction that depends on it.
pub(super) fn uses_of(conn: &Connection, asset: AssetId) -> Result<Vec<Status>> {
    let mut statement = conn.prepare_cached(STATUSES)?;
    let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
    let mut statuses = Vec::new();
    while let Some(row) = rows.next()? {
        statuses.push(status(row)?);
    }
    Ok(statuses)
}

fn forget(tx: &Transaction<'_>, name: &str) -> Result<Option<Digest>> {
    let found: Option<(i64, [u8; 32])> = tx
        .prepare_cached("SELECT id, sha256 FROM reference_source WHERE name = :name")?
        .query_row(named_params! { ":name": name }, |row| Ok((row.get("id")?, row.get("sha256")?)))
        .optional()?;
    let Some((id, digest)) = found else { return Ok(None) };
    for sql in [
        "DELETE FROM reference WHERE source_id = :id",
        "DELETE FROM reference_child WHERE source_id = :id",
        "DELETE FROM reference_source WHERE id = :id",
    ] {
        tx.prepare_cached(sql)?.execute(named_params! { ":id": id })?;
    }
    Ok(Some(Digest(digest)))
}

/// The row that references point to while the source is read; nobody else sees it.
fn begin_source(tx: &Transaction<'_>, name: &str, now: Timestamp) -> Result<i64> {
    Ok(tx.query_row(
        "INSERT INTO reference_source (name, kind, sha256, made_ms, read_ms, areas, gaps, found)
         VALUES (:name, 'wxr', zeroblob(32), :now, :now, '', 0, 0) RETURNING id",
        named_params! { ":name": name, ":now": now.millis() },
        |row| row.get("id"),
    )?)
}

fn end_source(tx: &Transaction<'_>, id: i64, source: &Source) -> Result<()> {
    tx.execute(
        "UPDATE reference_source
         SET kind = :kind, sha256 = :sha256, made_ms = :made, read_ms = :read, site = :site,
             areas = :areas, gaps = :gaps, found = :found
         WHERE id = :id",
        named_params! {
            ":id": id, ":kind": source.kind.name(), ":sha256": source.digest.0,
            ":made": source.made.millis(), ":read": source.read.millis(), ":site": source.site,
            ":areas": area_names(source), ":gaps": cells::signed(source.gaps),
            ":found": cells::signed(source.references),
        },
    )?;
    Ok(())
}

fn record(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    source: &Source,
    before: Option<Digest>,
) -> Result<()> {
    let payload = json!({
        "source": source.name,
        "kind": source.kind.name(),
        "sha256": source.digest.to_string(),
        "in_place_of": before.map(|digest| digest.to_string()),
        "made_ms": source.made.millis(),
        "areas": area_names(source),
        "gaps": source.gaps,
        "references": source.references,
    });
    log.append(tx, "references.read", About::default(), &payload)
}

fn area_names(source: &Source) -> String {
    source.areas.iter().map(|area| area.name()).collect::<Vec<_>>().join(" ")
}

fn source(row: &Row<'_>) -> Result<Source> {
    let kind: String = row.get("kind")?;
    let areas: String = row.get("areas")?;
    let unknown = |what: &str| CatalogError::damaged(format!("a reference source's `{what}`"));
    let areas = areas.split_whitespace().map(|name| Area::named(name).ok_or_else(|| unknown(name)));
    Ok(Source {
        name: row.get("name")?,
        kind: SourceKind::named(&kind).ok_or_else(|| unknown(&kind))?,
        digest: Digest(row.get("sha256")?),
        made: Timestamp::from_millis(row.get("made_ms")?),
        read: Timestamp::from_millis(row.get("read_ms")?),
        site: row.get("site")?,
        areas: areas.collect::<Result<_>>()?,
        gaps: cells::unsigned(row.get("gaps")?),
        references: cells::unsigned(row.get("found")?),
    })
}

fn reference(row: &Row<'_>) -> Result<Reference> {
    let means: String = row.get("means")?;
    let (attachment, children): (Option<i64>, Option<i64>) =
        (row.get("attachment_id")?, row.get("children_of")?);
    let target = match (attachment, children) {
        (Some(number), _) => Target::Attachment(number),
        (None, Some(post)) => Target::ChildrenOf(post),
        (None, None) => {
            let (folder, name): (Vec<u8>, Vec<u8>) = (row.get("folder")?, row.get("name")?);
            Target::File(cells::joined(&folder, &name)?)
        }
    };
    let (label, address) = label_and_address(row.get("holder_label")?);
    Ok(Reference {
        target,
        means: Means::named(&means)
            .ok_or_else(|| CatalogError::damaged(format!("means of reference `{means}`")))?,
        detail: row.get("detail")?,
        holder: Holder {
            kind: row.get("holder_kind")?,
            id: row.get("holder_id")?,
            label,
            address,
            status: status(row)?,
        },
    })
}

/// A holder's address stands in a line of its own beneath the label.
fn label_cell(holder: &Holder) -> String {
    match &holder.address {
        Some(address) => format!("{}\n{address}", holder.label),
        None => holder.label.clone(),
    }
}

fn label_and_address(cell: String) -> (String, Option<String>) {
    match cell.rsplit_once('\n') {
        Some((label, last)) if is_address(last) => (label.to_owned(), Some(last.to_owned())),
        _ => (cell, None),
    }
}

fn status(row: &Row<'_>) -> Result<Status> {
    let name: String = row.get("status")?;
    Status::named(&name)
        .ok_or_else(|| CatalogError::damaged(format!("status of reference `{name}`")))
}
