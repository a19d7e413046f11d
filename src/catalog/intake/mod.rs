//! Writing what a scan or an import learned.

mod added;
mod approvals;
mod known;

use rusqlite::{OptionalExtension as _, Transaction, named_params};
use serde_json::json;

use super::assets::changed;
use super::audit::{About, Log, meta, set_meta};
use super::error::{CatalogError, Result};
use super::files::{Missing, give_up_path, refresh_missing};
use super::open::Catalog;
use super::originals::set_original;
use super::runs::Session;
use super::{cells, claims};
use crate::domain::asset::AssetId;
use crate::domain::intake::{FileStep, FolderPlan, Home, Voided};

/// A folder's plan, and which folder it is about.
#[derive(Debug, Clone)]
pub struct FolderChange {
    pub root: i64,
    pub folder: Vec<u8>,
    pub plan: FolderPlan,
}

/// What a batch of folder changes came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntakeCounts {
    pub assets_added: u64,
    /// Those of them that nobody had ended before.
    pub drafts_added: u64,
    pub files_written: u64,
    pub merged: u64,
    pub attached: u64,
    /// The approvals that ended.
    pub voided: Vec<Voided>,
}

impl Catalog {
    /// Writes a batch of folder changes with their audit entries: all of them or none.
    pub fn record_intake(&mut self, changes: &[FolderChange]) -> Result<IntakeCounts> {
        self.write(|tx, session, log| {
            let mut writing = Writing::begin(tx, session, log)?;
            for change in changes {
                writing.folder(change)?;
            }
            writing.finish()
        })
    }
}

/// One transaction of an intake.
struct Writing<'a, 's> {
    tx: &'a Transaction<'a>,
    session: &'a Session,
    log: &'a mut Log<'s>,
    next_asset: i64,
    counts: IntakeCounts,
}

impl<'a, 's> Writing<'a, 's> {
    fn begin(tx: &'a Transaction<'a>, session: &'a Session, log: &'a mut Log<'s>) -> Result<Self> {
        let next: String = meta(tx, "next_asset")?;
        let next_asset = next.parse().map_err(|_| CatalogError::damaged("meta.next_asset"))?;
        Ok(Self { tx, session, log, next_asset, counts: IntakeCounts::default() })
    }

    fn finish(self) -> Result<IntakeCounts> {
        set_meta(self.tx, "next_asset", &self.next_asset.to_string())?;
        Ok(self.counts)
    }

    fn folder(&mut self, change: &FolderChange) -> Result<()> {
        let plan = &change.plan;
        for voided in &plan.voided {
            self.void(voided)?;
        }
        for kept in &plan.kept {
            self.keep(kept)?;
        }
        // An original leaves its path, for one that no file has, before another asset may take it.
        for asset in plan.originals.iter().map(|(asset, _)| asset).chain(plan.merged.keys()) {
            let nowhere = format!("/left-{}", asset.0).into_bytes();
            self.tx
                .prepare_cached("UPDATE asset SET path = :nowhere WHERE id = :id")?
                .execute(named_params! { ":nowhere": nowhere, ":id": asset.0 })?;
        }
        let first = self.next_asset;
        for (at, original) in plan.new_assets.iter().enumerate() {
            let returned = plan.returned.get(&at).copied();
            self.add_asset(change, original, returned)?;
        }
        for step in &plan.files {
            self.file(change, first, step)?;
        }
        for (asset, original) in &plan.originals {
            let path = cells::joined(&change.folder, &original.name)?;
            let is = (&path, original.digest, &original.content);
            set_original(self.tx, self.log, *asset, is)?;
        }
        for said in &plan.said {
            if let Home::Asset(asset, _) = resolve(&said.of, first) {
                claims::record(self.tx, change, asset, said)?;
            }
        }
        for (attachment, home) in &plan.attached {
            self.attach(*attachment, &resolve(home, first))?;
        }
        for (asset, home) in &plan.merged {
            self.merge(*asset, &resolve(home, first))?;
        }
        let known = plan.files.iter().filter(|step| step.known.is_some()).map(|step| &step.home);
        for home in known.chain(plan.merged.values()) {
            if let Home::Asset(asset, _) = resolve(home, first) {
                self.refresh(asset)?;
            }
        }
        for asset in &plan.givers {
            self.refresh(*asset)?;
        }
        Ok(())
    }

    /// Writes down that an asset's files are all there again, or that some are not any more.
    fn refresh(&mut self, asset: AssetId) -> Result<()> {
        let kind = match refresh_missing(self.tx, asset)? {
            None => return Ok(()),
            Some(Missing::Some) => "file.missing",
            Some(Missing::None) => "file.found",
        };
        self.log.append(self.tx, kind, About::asset(asset), &json!({}))
    }

    fn file(
        &mut self,
        change: &FolderChange,
        first_new: i64,
        FileStep { known, instead_of, found, home }: &FileStep,
    ) -> Result<()> {
        if let Some(left) = instead_of
            && !give_up_path(self.tx, self.log, *left)?
        {
            return Err(changed(self.tx, AssetId(0))?);
        }
        if let Home::Asset(asset, _) = home {
            refuse_closed(self.tx, *asset, *known)?;
        }
        let (asset, role, ambiguity) = match resolve(home, first_new) {
            Home::Asset(asset, role) => (Some(asset.0), Some(role.name()), None),
            Home::Nowhere(why) => (None, None, Some(why)),
            Home::New(..) => return Err(CatalogError::damaged("a new asset without a number")),
        };
        let (stamp, size) = (found.stamp, found.content.dimensions);
        let values = named_params! {
            ":asset": asset, ":root": change.root, ":folder": change.folder, ":name": found.name,
            ":role": role, ":ambiguity": ambiguity, ":sha256": found.digest.0,
            ":bytes": cells::signed(stamp.bytes), ":type": found.content.media_type,
            ":width": size.map(|size| size.width), ":height": size.map(|size| size.height),
            ":modified": stamp.modified_ns, ":changed": stamp.changed_ns,
            ":inode": cells::signed(stamp.inode), ":device": cells::signed(stamp.device),
            ":known": known,
        };
        let sql = if known.is_some() { UPDATE_FILE } else { INSERT_FILE };
        if self.tx.prepare_cached(sql)?.execute(values)? == 0 {
            // An import does not keep others from moving files.
            return Err(changed(self.tx, AssetId(asset.unwrap_or_default()))?);
        }
        self.counts.files_written += 1;
        Ok(())
    }

    fn attach(&mut self, attachment: i64, home: &Home) -> Result<()> {
        let Home::Asset(asset, _) = home else { return Ok(()) };
        self.counts.attached += u64::from(attach(self.tx, self.log, attachment, *asset)?);
        Ok(())
    }

    /// An undecided asset becomes part of another. Its number is not given out again.
    fn merge(&mut self, asset: AssetId, home: &Home) -> Result<()> {
        let Home::Asset(into, _) = home else {
            return Err(CatalogError::damaged("an asset merged into nothing"));
        };
        let is_decided = "SELECT state <> 'draft' OR EXISTS (
              SELECT 1 FROM risk WHERE asset_id = :asset AND cleared_ms IS NULL) OR EXISTS (
              SELECT 1 FROM placement_rejection WHERE asset_id = :asset AND lifted_ms IS NULL) OR EXISTS (
              SELECT 1 FROM hold WHERE asset_id = :asset AND released_ms IS NULL
                AND (until_ms IS NULL OR until_ms > :now))
            FROM asset WHERE id = :asset";
        let asked = named_params! { ":asset": asset.0, ":now": self.session.now.millis() };
        if self.tx.prepare_cached(is_decided)?.query_row(asked, |row| row.get(0))? {
            return Err(changed(self.tx, asset)?);
        }
        refuse_closed(self.tx, *into, None)?;
        // What is gone was never the original of the other.
        self.tx
            .prepare_cached(
                "UPDATE file SET role = 'size' WHERE asset_id = :asset AND role = 'original'",
            )?
            .execute(named_params! { ":asset": asset.0 })?;
        merge_asset(self.tx, asset, *into)?;
        self.counts.merged += 1;
        let payload = json!({ "into": into.0 });
        self.log.append(self.tx, "asset.merge", About::asset(asset), &payload)
    }
}

/// Notes which asset an attachment of WordPress is, with an entry. Tells whether that is new.
pub(super) fn attach(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    attachment: i64,
    asset: AssetId,
) -> Result<bool> {
    let linked = tx
        .prepare_cached(
            "UPDATE attachment SET asset_id = :asset
             WHERE id = :attachment AND asset_id IS NOT :asset",
        )?
        .execute(named_params! { ":asset": asset.0, ":attachment": attachment })?;
    if linked == 0 {
        return Ok(false);
    }
    tx.prepare_cached(
        "UPDATE asset SET version = version + 1, attachment_id =
           (SELECT min(id) FROM attachment WHERE asset_id = :asset) WHERE id = :asset",
    )?
    .execute(named_params! { ":asset": asset.0 })?;
    log.append(tx, "asset.attach", About::asset(asset), &json!({ "attachment": attachment }))?;
    Ok(true)
}

/// No asset gets a file that is out of the library, or that an operation is about: the file would be
/// served as one of an asset that is called gone. A file that it has in the library stays its own.
fn refuse_closed(tx: &Transaction<'_>, asset: AssetId, known: Option<i64>) -> Result<()> {
    let refused: bool = tx
        .prepare_cached(
            "SELECT (a.was IS NOT NULL OR EXISTS (
                       SELECT 1 FROM operation o
                       WHERE o.asset_id = a.id AND o.state IN ('intent', 'partial')))
                    AND NOT EXISTS (SELECT 1 FROM file f WHERE f.id = :known AND f.asset_id = a.id
                                      AND f.place = 'library')
             FROM asset a WHERE a.id = :asset",
        )?
        .query_row(named_params! { ":asset": asset.0, ":known": known }, |row| row.get(0))
        .optional()?
        .unwrap_or(false);
    if refused { Err(changed(tx, asset)?) } else { Ok(()) }
}

/// Gives the files and attachments of an asset to another one, and takes it off the record.
pub(super) fn merge_asset(tx: &Transaction<'_>, asset: AssetId, into: AssetId) -> Result<()> {
    for sql in [
        "UPDATE file SET asset_id = :into WHERE asset_id = :asset AND :into > 0",
        "UPDATE attachment SET asset_id = :into WHERE asset_id = :asset",
    ] {
        tx.prepare_cached(sql)?.execute(named_params! { ":into": into.0, ":asset": asset.0 })?;
    }
    for sql in [
        "DELETE FROM description WHERE asset_id = :asset",
        "DELETE FROM alt_text WHERE asset_id = :asset",
        "DELETE FROM asset_placement WHERE asset_id = :asset",
        "DELETE FROM asset_context WHERE asset_id = :asset",
        "DELETE FROM asset_license WHERE asset_id = :asset",
        "DELETE FROM hold WHERE asset_id = :asset",
        "DELETE FROM waiver WHERE asset_id = :asset",
        "DELETE FROM risk WHERE asset_id = :asset",
        "DELETE FROM placement_rejection WHERE asset_id = :asset",
        "DELETE FROM file_claims WHERE asset_id = :asset",
        "DELETE FROM asset_words WHERE rowid = :asset",
        "DELETE FROM asset WHERE id = :asset",
    ] {
        tx.prepare_cached(sql)?.execute(named_params! { ":asset": asset.0 })?;
    }
    Ok(())
}

const INSERT_FILE: &str = "
    INSERT INTO file (id, asset_id, root_id, folder, name, role, ambiguity, sha256, bytes,
        media_type, width, height, modified_ns, changed_ns, inode, device, place)
    VALUES (:known, :asset, :root, :folder, :name, :role, :ambiguity, :sha256, :bytes, :type,
        :width, :height, :modified, :changed, :inode, :device, 'library')";
const UPDATE_FILE: &str = "
    UPDATE file SET asset_id = :asset, root_id = :root, folder = :folder, name = :name,
        role = :role, ambiguity = :ambiguity, sha256 = :sha256, bytes = :bytes, media_type = :type,
        width = :width, height = :height, modified_ns = :modified, changed_ns = :changed,
        inode = :inode, device = :device, place = 'library'
    WHERE id = :known AND place IN ('library', 'missing')";

/// A new asset's index becomes its number.
fn resolve(home: &Home, first_new: i64) -> Home {
    match home {
        Home::New(index, role) => {
            let offset = i64::try_from(*index).unwrap_or(i64::MAX);
            Home::Asset(AssetId(first_new.saturating_add(offset)), *role)
        }
        other => other.clone(),
    }
}
