//! Taking an asset's files out of the library: all of them or none.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, FileId, OpenOperation, Operation, OperationFile};
use crate::domain::asset::{Asset, AssetFile, AssetId, Place};
use crate::domain::cleanup::HardLinks;
use crate::domain::lifecycle::{Action, State, Transition};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::error::Error;
use crate::files::{FileError, FileStat, Folder, Quarantine, Root, hash_file};
use crate::mutant::Mutant;

use super::links::Linked;
use super::look::existing;
use super::manifest::{self, Account, Source};
use super::moves::{self, Way};
use super::settle::{close_done, take_back};
use super::{Attempt, Ended, Obstacle, Target, load_of};

/// An asset's removal from the library, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// A fresh identifier, unique for ever.
    pub operation: String,
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    pub transition: Transition,
    pub reason: Option<String>,
    pub causes: Vec<String>,
    pub hard_links: HardLinks,
}

/// Moves all files of an asset into quarantine and records its new state.
///
/// Files that are not what the catalog says are never moved, and then none of the asset's is. The
/// success that is returned is durable. Fails where the next asset would fail too.
pub fn quarantine_asset(target: &mut Target<'_>, removal: &Removal) -> Result<Ended, Error> {
    let (operation, sources) = match announce(target, removal) {
        Ok(announced) => announced,
        Err(obstacle) => return obstacle.end(None),
    };
    let close = |target: &mut Target<'_>| close_done(target, &operation, Some(removal.transition));
    let early = Mutant::ClosesFirst.is_at_work().then(|| close(target));
    let linked = match carry_away(target, removal, (&operation, &sources)) {
        Ok(linked) => linked,
        Err(obstacle) => return take_back(target, &operation, obstacle),
    };
    match early.unwrap_or_else(|| close(target)) {
        Ok(()) => Ok(Ended::Done { load: load_of(&operation), linked }),
        Err(obstacle) => obstacle.end(None),
    }
}

/// Checks every file, then opens the operation: from here on the catalog knows what may move.
fn announce(target: &mut Target<'_>, removal: &Removal) -> Attempt<(Operation, Vec<Source>)> {
    target.may_begin()?;
    let sources = check_sources(target, (removal.asset, removal.hard_links))?;
    let operation = Operation {
        id: removal.operation.clone(),
        kind: OperationKind::Quarantine,
        asset: removal.asset,
        state: OperationState::Intent,
        opened_at: target.now,
        store: removal.operation.clone(),
        to: None,
        files: sources.iter().map(|source| source.file.clone()).collect(),
    };
    let open = OpenOperation {
        operation,
        version: removal.version,
        transition: Some(removal.transition),
        reason: removal.reason.clone(),
        causes: removal.causes.clone(),
        heed: target.switch.heed,
    };
    target.announce(&open)?;
    Ok((open.operation, sources))
}

/// Every file of the asset in the library, with the bytes that the catalog says; none has other
/// names, unless these may be left.
pub(super) fn check_sources(
    target: &Target<'_>,
    (asset, hard_links): (AssetId, HardLinks),
) -> Attempt<Vec<Source>> {
    let files = target.catalog.files_of(asset)?;
    let here = files.into_iter().filter(|(_, file)| file.place == Place::Library);
    let sources: Vec<_> = here
        .zip(1..)
        .map(|((id, file), number)| check_source(target, number, (id, file)))
        .collect::<Attempt<_>>()?;
    if sources.is_empty() {
        return Err(Obstacle::NoFiles);
    }
    match sources.iter().find(|source| source.stat.links > 1) {
        Some(source) if hard_links == HardLinks::Leave => Err(Obstacle::SeveralNames {
            path: source.known.path.to_string(),
            links: source.stat.links,
        }),
        _ => Ok(sources),
    }
}

fn check_source(
    target: &Target<'_>,
    number: u32,
    (id, known): (FileId, AssetFile),
) -> Attempt<Source> {
    let (digest, stat) = look_into(&target.roots, &known, hash_file)?;
    if digest != known.digest {
        return Err(Obstacle::Drifted { path: known.path.to_string() });
    }
    let file = OperationFile {
        number,
        file: id,
        root: known.root,
        path: known.path.clone(),
        stored_name: Quarantine::file_name(number),
        digest,
        bytes: stat.stamp.bytes,
        mode: stat.mode,
        modified_ns: stat.stamp.modified_ns,
        state: FileState::Pending,
    };
    Ok(Source { file, known, stat })
}

/// What a removal would meet, as far as it can be seen without reading: a file is read only if
/// nothing but its time is another. Changes nothing.
pub fn check_removal(
    (catalog, roots): (&Catalog, &BTreeMap<i64, Root>),
    (asset, hard_links): (AssetId, HardLinks),
) -> Result<(), Obstacle> {
    let mut linked = Vec::new();
    let files = catalog.files_of(asset)?;
    let mut here = files.iter().filter(|(_, file)| file.place == Place::Library).peekable();
    if here.peek().is_none() {
        return Err(Obstacle::NoFiles);
    }
    for (_, known) in here {
        let stat = check_unread(roots, known)?;
        linked.extend((stat.links > 1).then_some((known, stat.links)));
    }
    match linked.first() {
        Some((known, links)) if hard_links == HardLinks::Leave => {
            Err(Obstacle::SeveralNames { path: known.path.to_string(), links: *links })
        }
        _ => Ok(()),
    }
}

fn check_unread(roots: &BTreeMap<i64, Root>, known: &AssetFile) -> Attempt<FileStat> {
    let drifted = || Err(Obstacle::Drifted { path: known.path.to_string() });
    let stat = look_into(roots, known, |folder, name| {
        let (_, stat) = folder.open_file(name)?;
        folder.check_writable().map(|()| stat)
    })?;
    if stat.stamp.bytes != known.stamp.bytes {
        return drifted();
    }
    if stat.stamp.modified_ns == known.stamp.modified_ns {
        return Ok(stat);
    }
    match look_into(roots, known, hash_file)? {
        (digest, stat) if digest == known.digest => Ok(stat),
        _ => drifted(),
    }
}

/// What `look` sees of a file of the library, or why it is not the one that the catalog knows.
fn look_into<T>(
    roots: &BTreeMap<i64, Root>,
    known: &AssetFile,
    look: impl FnOnce(&Folder, &[u8]) -> Result<T, FileError>,
) -> Attempt<T> {
    let path = || known.path.to_string();
    let root = roots.get(&known.root).ok_or(Obstacle::UnknownRoot { id: known.root })?;
    let Some(folder) = existing(root.folder(known.path.folder()))? else {
        return Err(Obstacle::Vanished { path: path() });
    };
    match look(&folder, known.path.name()) {
        Err(error) if error.is_missing() => Err(Obstacle::Vanished { path: path() }),
        Err(FileError::ChangedWhileReading { .. }) => Err(Obstacle::Drifted { path: path() }),
        looked => Ok(looked?),
    }
}

/// Moves every file, and makes that durable: the store first, then the folders they were in.
fn carry_away(
    target: &Target<'_>,
    removal: &Removal,
    (operation, sources): (&Operation, &[Source]),
) -> Attempt<Vec<Linked>> {
    let mut linked = Vec::new();
    let store = target.quarantine.create_op_folder(&operation.store)?;
    let bytes = describe(target, removal, (operation, sources))?;
    target.quarantine.write_manifest(&operation.store, &bytes)?;
    for file in &operation.files {
        target.may_go_on()?;
        match moves::move_to_store(target, operation, (&store, file))? {
            Way::Renamed(stat) => linked.extend(Linked::of(file, &stat)),
            Way::Copied => {}
        }
    }
    moves::sync_all(target, operation, Some(&store))?;
    Ok(linked)
}

fn describe(
    target: &Target<'_>,
    removal: &Removal,
    (operation, sources): (&Operation, &[Source]),
) -> Attempt<Vec<u8>> {
    let asset = target.catalog.asset(operation.asset)?;
    let asset: Asset = asset.ok_or(Obstacle::NoFiles)?;
    let withdrawn_by = match asset.state {
        State::Withdrawn => target.catalog.last_actor_of(asset.id, Action::Withdraw)?,
        _ => None,
    };
    let account = Account {
        catalog: target.catalog.uuid()?,
        actor: target.catalog.writer().unwrap_or_default(),
        asset: &asset,
        withdrawn_by,
        roots: &target.catalog.roots()?,
    };
    Ok(manifest::write(operation, removal, &account, sources))
}
