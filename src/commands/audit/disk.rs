//! `audit verify --disk`: whether the files are where the catalog says.

use crate::catalog::{Catalog, Operation, PlacedFile, RootRecord, StoreUse, StoredFile};
use crate::domain::asset::{AssetId, Digest, Place};
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::text::{counted, printable, with_causes};
use crate::error::{Error, file_hint};
use crate::executor::{StoreFaults, faults_of_store};
use crate::exit::ExitCode;
use crate::files::{FileError, FileKind, Folder, Quarantine, Root, hash_file};
use crate::report::Item;

use super::super::Context;
use super::super::roots::open;

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::commands) enum Depth {
    /// Each is there and has its size.
    Size,
    /// Each has its bytes, which are read.
    Full,
}

/// Something that is not where the catalog says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) struct Difference {
    pub(in crate::commands) side: Side,
    pub(in crate::commands) asset: Option<AssetId>,
    /// Beneath its root or the quarantine, printable.
    pub(in crate::commands) file: String,
    pub(in crate::commands) says: String,
}

/// Where something is not as the catalog says, and how bad that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Side {
    /// What a scan would record.
    Library,
    /// Damage: nobody but shelflife has anything to do there.
    Quarantine,
    /// A folder in quarantine that no operation made.
    Orphan,
    /// Something in the folder of an operation that is none of its files.
    Stranger,
}

impl Side {
    pub(in crate::commands) fn exit_code(self) -> ExitCode {
        match self {
            Self::Library | Self::Orphan | Self::Stranger => ExitCode::No,
            Self::Quarantine => ExitCode::Integrity,
        }
    }
}

/// Takes each difference as it is found.
pub(in crate::commands) type Tell<'t> = &'t mut dyn FnMut(&mut Context<'_>, Difference);

pub(super) fn run(ctx: &mut Context<'_>, catalog: &Catalog, depth: Depth) -> Result<(), Error> {
    let (seen, stored) = visit_differences(ctx, catalog, depth, &mut say)?;
    let (seen, stored) = (counted(seen, "file"), counted(stored, "file"));
    ctx.report.text(format!("Looked at {seen} of the library and {stored} in quarantine."));
    Ok(())
}

/// Looks where every file is, and gives what is not as the catalog says. Tells how many files of the
/// library and in quarantine were looked at; a root that is not the one that was scanned is left
/// out and told.
pub(in crate::commands) fn visit_differences(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    depth: Depth,
    tell: Tell<'_>,
) -> Result<(u64, u64), Error> {
    let mut seen = 0;
    for record in catalog.roots()? {
        match open_root(ctx, catalog, &record)? {
            Ok(root) => {
                seen += look_at_root(ctx, catalog, (&record, &root), (depth, &mut *tell))?;
            }
            Err(why) => {
                ctx.report.outcome(ExitCode::Guard);
                let fields = vec![("root", record.name.into()), ("because", why.into())];
                ctx.report.row("left out", fields);
            }
        }
    }
    Ok((seen, look_at_quarantine(ctx, catalog, depth, tell)?))
}

/// A root as its scan left it, or why it is not the one that was scanned.
pub(in crate::commands) fn open_root(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    record: &RootRecord,
) -> Result<Result<Root, &'static str>, Error> {
    let config = ctx.config()?;
    let Some(configured) = config.roots.iter().find(|root| root.name == record.name) else {
        return Ok(Err("it is not configured"));
    };
    let Some(root) = open(&config, configured)? else { return Ok(Err("it is not there")) };
    let ours = root.read_marker()? == Some(catalog.uuid()?);
    Ok(if ours { Ok(root) } else { Err("it has not this catalog's marker") })
}

fn look_at_root(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (record, root): (&RootRecord, &Root),
    (depth, tell): (Depth, Tell<'_>),
) -> Result<u64, Error> {
    let (mut seen, mut folders) = (0, Folders { root, open: None });
    catalog.visit_placed(record.id, |file| {
        ctx.stop_if_interrupted()?;
        let path = format!("{}/{}", record.name, file.path);
        match library_difference(&mut folders, &file, depth) {
            Ok(found) => {
                seen += 1;
                if let Some(what) = found {
                    tell(ctx, difference(Side::Library, file.asset, &path, what));
                }
            }
            Err(error) => say_unseen(ctx, &path, error)?,
        }
        Ok::<_, Error>(())
    })?;
    Ok(seen)
}

/// Tells what could not be looked at. Fails if the next file could not either.
fn say_unseen(ctx: &mut Context<'_>, path: &str, error: FileError) -> Result<(), Error> {
    if error.is_disk_wide() {
        return Err(error.into());
    }
    let (what, why, hint) = (printable(path.as_bytes()), with_causes(&error), file_hint(&error));
    ctx.report.say(&Item::Failure { what, why, hint });
    Ok(())
}

/// How many files the catalog has in the library of a root, and how many of them are there with their
/// sizes.
pub(in crate::commands) fn recognize(
    ctx: &Context<'_>,
    catalog: &Catalog,
    (record, root): (&RootRecord, &Root),
) -> Result<(u64, u64), Error> {
    let (mut known, mut there, mut folders) = (0, 0, Folders { root, open: None });
    let progress = ctx.progress(record.files, "files");
    catalog.visit_placed(record.id, |file| {
        ctx.stop_if_interrupted()?;
        if file.place == Place::Library {
            known += 1;
            let found = library_difference(&mut folders, &file, Depth::Size);
            there += u64::from(matches!(found, Ok(None)));
        }
        progress.advance(1);
        Ok::<_, Error>(())
    })?;
    Ok((known, there))
}

/// The folder of the file before, which is most often that of the next.
struct Folders<'r> {
    root: &'r Root,
    open: Option<(Vec<u8>, Option<Folder>)>,
}

impl Folders<'_> {
    fn open(&mut self, path: &[u8]) -> Result<Option<&Folder>, FileError> {
        if self.open.as_ref().is_none_or(|(open, _)| open != path) {
            let folder = existing(self.root.folder(path))?;
            self.open = Some((path.to_vec(), folder));
        }
        Ok(self.open.as_ref().and_then(|(_, folder)| folder.as_ref()))
    }
}

fn existing<T>(found: Result<T, FileError>) -> Result<Option<T>, FileError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(FileError::Escape { .. }) => Ok(None),
        Err(error) if error.is_missing() || error.is_no_folder() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a scan would take for news of a file.
fn library_difference(
    folders: &mut Folders<'_>,
    file: &PlacedFile,
    depth: Depth,
) -> Result<Option<String>, FileError> {
    let folder = folders.open(file.path.folder())?;
    let expected = (file.bytes, &file.digest);
    let found = folder.map(|folder| look(folder, file.path.name(), expected, depth));
    let found = found.transpose()?.unwrap_or(Look::Nothing);
    Ok(match (file.place, found) {
        (Place::Missing, Look::Nothing | Look::NoFile(_)) => None,
        (Place::Missing, _) => Some("is there again".to_owned()),
        (_, found) => found.says(),
    })
}

/// What is at a place where a file should be.
enum Look {
    AsExpected,
    Nothing,
    /// A link, a folder, or what else a scan takes for no file.
    NoFile(FileKind),
    Other(String),
}

impl Look {
    fn says(self) -> Option<String> {
        match self {
            Self::AsExpected => None,
            Self::Nothing => Some("is not there".to_owned()),
            Self::NoFile(kind) => Some(format!("is {}", kind.words())),
            Self::Other(what) => Some(what),
        }
    }
}

fn look(
    folder: &Folder,
    name: &[u8],
    (bytes, digest): (u64, &Digest),
    depth: Depth,
) -> Result<Look, FileError> {
    let Some(stat) = folder.stat(name)? else { return Ok(Look::Nothing) };
    if stat.kind != FileKind::Regular {
        return Ok(Look::NoFile(stat.kind));
    }
    if stat.stamp.bytes != bytes {
        let found = counted(stat.stamp.bytes, "byte");
        return Ok(Look::Other(format!("has {found} instead of {bytes}")));
    }
    if depth == Depth::Size {
        return Ok(Look::AsExpected);
    }
    let (found, _) = hash_file(folder, name)?;
    Ok(if found == *digest {
        Look::AsExpected
    } else {
        Look::Other(format!("has other bytes: sha256 {found}"))
    })
}

/// Whatever is wrong in quarantine is damage: nobody but shelflife has anything to do there.
fn look_at_quarantine(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    depth: Depth,
    tell: Tell<'_>,
) -> Result<u64, Error> {
    let quarantine = Quarantine::open(&ctx.config()?.quarantine)?;
    let (mut told, mut seen) = (0, 0);
    catalog.visit_stored(|file| {
        ctx.stop_if_interrupted()?;
        told += 1;
        let path = format!("quarantine {}/{}", file.store, file.name);
        match quarantine_difference(&quarantine, &file, depth) {
            Ok(found) => {
                seen += 1;
                if let Some(what) = found {
                    tell(ctx, difference(Side::Quarantine, Some(file.asset), &path, what));
                }
            }
            Err(error) => say_unseen(ctx, &path, error)?,
        }
        Ok::<_, Error>(())
    })?;
    let expected = catalog.count_stored()?;
    if expected != told {
        let what = format!("{expected} should be there, operations tell of {told}");
        tell(ctx, difference(Side::Quarantine, None, "quarantine", what));
    }
    for store in quarantine.list_ops()? {
        ctx.stop_if_interrupted()?;
        let path = format!("quarantine {store}");
        match catalog.operation(&store)? {
            Some(made) if made.kind == OperationKind::Quarantine => {
                let in_use = catalog.use_of_store(&store)? == Some(StoreUse::InUse);
                match faults_of_store(&quarantine, &made) {
                    Ok(faults) => say_faults(ctx, (&made, &path, in_use), faults, tell),
                    Err(error) => say_unseen(ctx, &path, error)?,
                }
            }
            _ => {
                let what = "is of no operation that the catalog knows".to_owned();
                tell(ctx, difference(Side::Orphan, None, &path, what));
            }
        }
    }
    look_at_purging(ctx, (catalog, &quarantine), tell)?;
    Ok(seen)
}

/// A manifest matters as long as files are there: it is all that is left if the catalog is lost.
fn say_faults(
    ctx: &mut Context<'_>,
    (made, path, in_use): (&Operation, &str, bool),
    faults: StoreFaults,
    tell: Tell<'_>,
) {
    let told = in_use && made.state == OperationState::Done;
    if let Some(why) = faults.manifest.filter(|_| told) {
        let what = format!("{why}: without the catalog nobody could bring it back");
        tell(ctx, difference(Side::Quarantine, Some(made.asset), path, what));
    }
    for name in faults.strangers {
        let what = match made.state {
            OperationState::Lost => "is what was left when files of it were lost",
            _ => "is none of its files",
        };
        let (path, what) = (format!("{path}/{name}"), what.to_owned());
        tell(ctx, difference(Side::Stranger, Some(made.asset), &path, what));
    }
}

/// Where files are deleted there is nothing but what an open purge is about, or one that is done has
/// left for the next recovery.
fn look_at_purging(
    ctx: &mut Context<'_>,
    (catalog, quarantine): (&Catalog, &Quarantine),
    tell: Tell<'_>,
) -> Result<(), Error> {
    for store in quarantine.list_purging()? {
        let what = match catalog.purge_of_store(&store)? {
            Some(OperationState::Intent | OperationState::Partial | OperationState::Done) => {
                continue;
            }
            Some(_) => "should be back among the other folders",
            None => "is of no purge that the catalog knows",
        };
        let path = format!("quarantine purging/{store}");
        tell(ctx, difference(Side::Orphan, None, &path, what.to_owned()));
    }
    Ok(())
}

fn quarantine_difference(
    quarantine: &Quarantine,
    file: &StoredFile,
    depth: Depth,
) -> Result<Option<String>, FileError> {
    let Some(folder) = existing(quarantine.op_folder(&file.store))? else {
        return Ok(Look::Nothing.says());
    };
    Ok(look(&folder, file.name.as_bytes(), (file.bytes, &file.digest), depth)?.says())
}

fn difference(side: Side, asset: Option<AssetId>, file: &str, says: String) -> Difference {
    Difference { side, asset, file: printable(file.as_bytes()), says }
}

fn say(ctx: &mut Context<'_>, found: Difference) {
    ctx.report.outcome(found.side.exit_code());
    ctx.report.figure("differences on disk", 1);
    let fields = vec![
        ("asset", found.asset.map(|asset| asset.0).into()),
        ("file", found.file.into()),
        ("says", found.says.into()),
    ];
    ctx.report.row("difference", fields);
}
