//! The roots of a rebuild: one that another catalog marked is taken over only if a person says that
//! this catalog is lost.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::library::own_files;
use crate::config::{Config, RootConfig};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files::Root;

/// Whose a root is.
enum Mark {
    Ours,
    Nobodys,
    /// Another catalog's, and whether a person says that it is lost.
    Other(String, bool),
}

/// A configured root as it was found.
pub(super) struct Seen<'c> {
    configured: &'c RootConfig,
    root: Root,
    /// Its number, if the catalog knows it.
    number: Option<i64>,
    mark: Mark,
}

/// Opens every configured root and looks whose it is. Changes nothing.
pub(super) fn survey<'c>(
    config: &'c Config,
    catalog: &Catalog,
    lost: &[String],
) -> Result<Vec<Seen<'c>>, Error> {
    let (uuid, known) = (catalog.uuid()?, catalog.roots()?);
    let mut seen = Vec::new();
    for configured in &config.roots {
        let refused = |why: &str| {
            let what = format!("root {} ({})", configured.name, configured.path.display());
            Error::guard(what, why.to_owned(), "look whether the right disk is mounted there")
        };
        let root = match Root::open(&configured.path) {
            Err(error) if error.is_missing() => return Err(refused("it is not there")),
            opened => opened?.leaving_alone(own_files(config)),
        };
        let number = known.iter().find(|root| root.name == configured.name).map(|root| root.id);
        let mark = match root.read_marker()? {
            None if number.is_some() => return Err(refused("its marker .shelflife-root is gone")),
            None => Mark::Nobodys,
            Some(marker) if marker == uuid => Mark::Ours,
            Some(marker) => {
                let lost = lost.contains(&marker);
                Mark::Other(marker, lost)
            }
        };
        seen.push(Seen { configured, root, number, mark });
    }
    Ok(seen)
}

/// The roots by number, and their numbers by name; those that the catalog does not know yet get
/// numbers after all others.
pub(super) fn numbered(seen: Vec<Seen<'_>>) -> (BTreeMap<i64, Root>, BTreeMap<String, i64>) {
    let mut next = seen.iter().filter_map(|root| root.number).max().unwrap_or(0);
    let (mut roots, mut names) = (BTreeMap::new(), BTreeMap::new());
    for Seen { configured, root, number, .. } in seen {
        let number = number.unwrap_or_else(|| {
            next += 1;
            next
        });
        names.insert(configured.name.clone(), number);
        roots.insert(number, root);
    }
    (roots, names)
}

/// Tells of roots that are another catalog's.
pub(super) fn say(ctx: &mut Context<'_>, seen: &[Seen<'_>]) {
    for Seen { configured, mark, .. } in seen {
        let Mark::Other(catalog, lost) = mark else { continue };
        let next = if *lost {
            "it is taken over".to_owned()
        } else {
            ctx.report.outcome(ExitCode::Guard);
            format!("if that catalog is lost, say so with --lost {catalog}")
        };
        let fields = vec![
            ("root", configured.name.as_str().into()),
            ("marked-by", catalog.as_str().into()),
            ("next", next.into()),
        ];
        ctx.report.row("root", fields);
    }
}

/// Refuses roots of catalogs that may be alive.
pub(super) fn refuse_foreign(seen: &[Seen<'_>]) -> Result<(), Error> {
    for Seen { configured, mark, .. } in seen {
        if let Mark::Other(catalog, false) = mark {
            let what = format!("root {} ({})", configured.name, configured.path.display());
            let why = format!("it is marked as part of catalog {catalog}");
            let hint = format!("if that catalog is lost for good, say so with --lost {catalog}");
            return Err(Error::guard(what, why, hint));
        }
    }
    Ok(())
}

/// Makes every root one of this catalog: the log has it before the root is marked.
pub(super) fn take_over(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (seen, reason): (&[Seen<'_>], &str),
) -> Result<(), Error> {
    refuse_foreign(seen)?;
    let uuid = catalog.uuid()?;
    for Seen { configured, root, number, mark } in seen {
        if number.is_none() {
            catalog.add_root(&configured.name, configured.kind, root.device()?)?;
        }
        match mark {
            Mark::Ours => {}
            Mark::Nobodys => root.write_marker(&uuid)?,
            Mark::Other(from, _) => {
                catalog.record_takeover(&configured.name, from, reason)?;
                root.replace_marker(from, &uuid)?;
                ctx.report.figure("taken over", 1);
            }
        }
    }
    Ok(())
}
