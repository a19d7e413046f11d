//! What keeps a scan from believing in a loss, and how a person says that it is true.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, RootRecord, Traffic};
use crate::commands::Context;
use crate::commands::audit::recognize;
use crate::commands::roots::{Doubt, LOOK, doubt, known_root, open};
use crate::config::{Config, RootConfig};
use crate::domain::actor::Authority;
use crate::domain::cleanup::{is_plausible_loss, is_recognized};
use crate::domain::text::{counted, printable};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files::{self, Root};
use crate::report::Item;

/// Why a root is left as the catalog knows it, and what is to be done about it.
pub(super) struct Unfit {
    why: String,
    next: String,
}

impl From<Doubt> for Unfit {
    fn from(doubt: Doubt) -> Self {
        Self { why: doubt.to_string(), next: doubt.next() }
    }
}

/// A guard held: the root is left alone, and the command ends with its code.
pub(super) fn refuse(ctx: &mut Context<'_>, root: &RootConfig, unfit: &Unfit) {
    let Unfit { why, next } = unfit;
    ctx.report.outcome(ExitCode::Guard);
    let path = printable(root.path.as_os_str().as_encoded_bytes());
    ctx.report.row(
        "root left alone",
        vec![
            ("root", root.name.clone().into()),
            ("path", path.into()),
            ("because", why.as_str().into()),
        ],
    );
    ctx.report.text(format!("Nothing of it was changed; {next}."));
}

/// Opens the root and proves that it is the one the catalog knows; a new one is marked as ours.
pub(super) fn adopt(
    catalog: &mut Catalog,
    (config, configured): (&Config, &RootConfig),
) -> Result<Result<(Root, RootRecord), Unfit>, Error> {
    let uuid = catalog.uuid()?;
    if let Some(record) = record_of(catalog, configured)? {
        return Ok(match known_root((config, configured), &record, &uuid)? {
            Ok(root) => Ok((root, record)),
            Err(doubt) => Err(doubt.into()),
        });
    }
    let Some(root) = open(config, configured)? else {
        return Ok(Err(Doubt::NotThere.into()));
    };
    match root.read_marker()? {
        Some(other) if other != uuid => return Ok(Err(Doubt::Foreign(other).into())),
        Some(_) => {
            if let Some(former) = former_name(catalog, config)? {
                return Ok(Err(renamed(&former)));
            }
        }
        None => root.write_marker(&uuid)?,
    }
    let device = root.device()?;
    let id = catalog.add_root(&configured.name, configured.kind, device)?;
    let (name, kind) = (configured.name.clone(), configured.kind);
    Ok(Ok((root, RootRecord { id, name, kind, device, files: 0, scanned: None })))
}

/// A root of the catalog that is not configured any more.
fn former_name(catalog: &Catalog, config: &Config) -> Result<Option<String>, Error> {
    let is_configured = |name: &String| config.roots.iter().any(|root| root.name == *name);
    let names = catalog.roots()?.into_iter().map(|root| root.name);
    Ok(names.into_iter().find(|name| !is_configured(name)))
}

/// All of its files would be on record twice, and a decision about one would move that of another.
fn renamed(former: &str) -> Unfit {
    let former = printable(former.as_bytes());
    Unfit {
        why: format!(
            "it is marked as part of this catalog, which has no root of this name, and `{former}` is \
             not configured any more"
        ),
        next: format!(
            "if it is that root, call it `{former}` again; if not, remove its `.shelflife-root` and scan"
        ),
    }
}

fn record_of(catalog: &Catalog, configured: &RootConfig) -> Result<Option<RootRecord>, Error> {
    Ok(catalog.roots()?.into_iter().find(|known| known.name == configured.name))
}

/// Tells a root that seems to have lost its files. What cannot be looked at is not lost.
pub(super) fn check_loss(
    catalog: &Catalog,
    root: &Root,
    record: &RootRecord,
) -> Result<Result<(), Unfit>, Error> {
    let Some(scanned) = record.scanned else { return Ok(Ok(())) };
    let count = files::count(root);
    let traffic = catalog.traffic_since(record.id, scanned)?;
    let hidden = catalog.count_at_or_beneath(record.id, &count.hidden)?;
    let expected = record.files.saturating_add(traffic.brought).saturating_sub(traffic.taken);
    let expected = expected.saturating_sub(hidden);
    if is_plausible_loss(expected, count.files) {
        return Ok(Ok(()));
    }
    let next = format!(
        "{LOOK}; if the files are gone, `shelflife scan --accept-missing` notes them as missing"
    );
    Ok(Err(Unfit { why: loss_in_words((count.files, record.files), traffic, hidden), next }))
}

fn loss_in_words((found, before): (u64, u64), traffic: Traffic, hidden: u64) -> String {
    let hidden = match hidden {
        0 => String::new(),
        hidden => format!(", of which {hidden} could not be looked at"),
    };
    let since = if traffic == Traffic::default() {
        String::new()
    } else {
        format!("; since then runs took {} away and brought {} in", traffic.taken, traffic.brought)
    };
    format!("it holds {found} files and held {before} at the last scan{hidden}{since}")
}

/// Takes roots for those that the catalog knows, although they lost their marker or are on another
/// device: a person said so. Tells which are left alone all the same.
pub(super) fn accept<'c>(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (config, wanted): (&Config, &[&'c RootConfig]),
) -> Result<BTreeSet<&'c str>, Error> {
    let mut left_alone = BTreeSet::new();
    for configured in wanted {
        let Some(record) = record_of(catalog, configured)? else { continue };
        let Some(root) = open(config, configured)? else { continue };
        if let Err(unfit) = accept_one(ctx, catalog, (&root, &record))? {
            refuse(ctx, configured, &unfit);
            left_alone.insert(configured.name.as_str());
        }
    }
    Ok(left_alone)
}

fn accept_one(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (root, record): (&Root, &RootRecord),
) -> Result<Result<(), Unfit>, Error> {
    let uuid = catalog.uuid()?;
    let Some(doubt) = doubt(root, record, &uuid)? else { return Ok(Ok(())) };
    let says = match doubt {
        Doubt::NotThere | Doubt::Foreign(_) => return Ok(Err(doubt.into())),
        _ if ctx.actor.authority() == Authority::Automation => {
            let why = format!("{doubt}, and a job cannot say that it is the right one");
            return Ok(Err(Unfit { why, next: doubt.next() }));
        }
        Doubt::OtherDevice => doubt.to_string(),
        Doubt::Unmarked | Doubt::UnmarkedOnOtherDevice => {
            let (known, there) = recognize(ctx, catalog, (record, root))?;
            let files = counted(known, "file");
            let why =
                format!("{doubt}; of the {files} that the catalog knows there it holds {there}");
            if doubt == Doubt::UnmarkedOnOtherDevice || !is_recognized(known, there) {
                return Ok(Err(Unfit { why, next: by_hand(&uuid) }));
            }
            why
        }
    };
    // The log has it before the root is marked.
    catalog.record_accepted_root(record.id, root.device()?, &says)?;
    root.write_marker(&uuid)?;
    let what = format!("root {} is taken for the right one: {says}", record.name);
    ctx.report.say(&Item::Edit { subject: None, what });
    Ok(Ok(()))
}

/// How a root is marked that only a person can recognize.
fn by_hand(catalog: &str) -> String {
    format!(
        "{LOOK}; only if it is, write the file .shelflife-root into it by hand, with the one line \
         {catalog}, and run this again"
    )
}
