//! The trials, each in files of its own names.

use std::os::fd::OwnedFd;

use rustix::fs::{
    AtFlags, FlockOperation, Mode, OFlags, RenameFlags, ResolveFlags, flock, fstat, fstatfs,
    ftruncate, linkat, mkdirat, openat, openat2, renameat_with, symlinkat,
};
use rustix::io::{Errno, write};

use super::super::private::network_name;
use super::super::{Folder, Result};
use super::{Trial, Use};

/// A file with holes of this size takes almost nothing where holes are kept.
const HOLLOW: u64 = 8 << 20;
/// No file system takes a longer name.
const MOST: usize = 2_048;
/// The names that moves need for a while are no longer.
const NEEDED: usize = 64;
/// What Linux file systems allow.
const USUAL: usize = 255;

const ANY: &[Use] = &[];
const ALL: &[Use] = &Use::ALL;
const NOT_CATALOG: &[Use] = &[Use::Catalog];
const NOT_FILES: &[Use] = &[Use::Root, Use::Quarantine];
const PRIVATE: &[Use] = &[Use::Quarantine, Use::Catalog];

/// Every trial, in the order in which they are told.
pub(super) fn all(folder: &Folder) -> Result<Vec<Trial>> {
    let links = hard_links(folder)?;
    Ok(vec![
        file_system(folder)?,
        rename(folder, links)?,
        link_trial(links),
        folder_sync(folder)?,
        privacy(folder)?,
        beneath(folder)?,
        locks(folder)?,
        case(folder)?,
        normalization(folder)?,
        symbolic_links(folder)?,
        holes(folder)?,
        longest_name(folder)?,
    ])
}

/// Whether the file system knows a thing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    No,
}

impl Known {
    fn of(done: rustix::io::Result<()>) -> rustix::io::Result<Self> {
        match done {
            Ok(()) => Ok(Self::Yes),
            Err(
                Errno::INVAL
                | Errno::NOSYS
                | Errno::OPNOTSUPP
                | Errno::PERM
                | Errno::NOTTY
                | Errno::NOLCK,
            ) => Ok(Self::No),
            Err(errno) => Err(errno),
        }
    }
}

fn make(folder: &Folder, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, Mode::RUSR | Mode::WUSR)
}

fn made(folder: &Folder, name: &str) -> Result<OwnedFd> {
    make(folder, name).map_err(|errno| folder.failed("make file", name.as_bytes(), errno))
}

fn trial(
    ability: &'static str,
    found: impl Into<String>,
    follows: &'static str,
    unfit: &'static [Use],
) -> Trial {
    Trial { ability, found: found.into(), follows, unfit }
}

fn rename(folder: &Folder, links: Known) -> Result<Trial> {
    made(folder, "rename-from")?;
    made(folder, "rename-taken")?;
    let rename =
        |to: &str| renameat_with(folder, "rename-from", folder, to, RenameFlags::NOREPLACE);
    let failed = |errno| folder.failed("rename file", b"rename-from", errno);
    let ability = "rename without replacing";
    let refused = match rename("rename-taken") {
        Err(Errno::EXIST) => Known::Yes,
        other => Known::of(other.and(Err(Errno::INVAL))).map_err(failed)?,
    };
    let known =
        refused == Known::Yes && Known::of(rename("rename-to")).map_err(failed)? == Known::Yes;
    Ok(match (known, links) {
        (true, _) => trial(ability, "yes", "good for all", ANY),
        (false, Known::Yes) => trial(ability, "no", "restore falls back to link and unlink", ANY),
        (false, Known::No) => {
            let follows = "no file can be moved or marked without a risk to replace another";
            trial(ability, "no", follows, NOT_FILES)
        }
    })
}

fn hard_links(folder: &Folder) -> Result<Known> {
    made(folder, "link-from")?;
    let linked = linkat(folder, "link-from", folder, "link-to", AtFlags::empty());
    let linked = match linked {
        Err(Errno::MLINK) => Ok(Known::No),
        linked => Known::of(linked),
    };
    linked.map_err(|errno| folder.failed("link file", b"link-from", errno))
}

fn link_trial(links: Known) -> Trial {
    let ability = "hard links";
    match links {
        Known::Yes => trial(ability, "yes", "good for all", ANY),
        Known::No => trial(ability, "no", "good for all where renaming never replaces", ANY),
    }
}

fn folder_sync(folder: &Folder) -> Result<Trial> {
    let ability = "sync of a folder";
    match folder.sync() {
        Ok(()) => Ok(trial(ability, "yes", "good for all", ANY)),
        Err(error) if error.is_disk_wide() => Err(error),
        Err(_) => Ok(trial(ability, "no", "a move could be lost in a power cut", ALL)),
    }
}

fn is_open(mode: u32) -> bool {
    mode & 0o077 != 0
}

fn privacy(folder: &Folder) -> Result<Trial> {
    let failed = |errno| folder.failed("make folder", b"private", errno);
    mkdirat(folder, "private", Mode::RWXU).map_err(failed)?;
    made(folder, "private-file")?;
    let closed = |name: &[u8]| -> Result<bool> {
        Ok(folder.stat(name)?.is_some_and(|stat| !is_open(stat.mode)))
    };
    let kept = closed(b"private")? && closed(b"private-file")?;
    let ability = "private files and folders";
    Ok(if kept {
        trial(ability, "yes", "good for all", ANY)
    } else {
        trial(ability, "no", "not for the catalog, not for the quarantine", PRIVATE)
    })
}

fn beneath(folder: &Folder) -> Result<Trial> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open =
        |path: &str| openat2(folder, path, flags, Mode::empty(), ResolveFlags::BENEATH).map(drop);
    let failed = |errno| folder.failed("open folder", b".", errno);
    let known = Known::of(open(".")).map_err(failed)?;
    let ability = "opening beneath a folder only";
    Ok(match (known, open("..")) {
        (Known::Yes, Err(Errno::XDEV)) => trial(ability, "yes", "good for all", ANY),
        _ => trial(ability, "no", "paths are opened part by part instead", ANY),
    })
}

fn locks(folder: &Folder) -> Result<Trial> {
    let failed = |errno| folder.failed("lock file", b"lock", errno);
    let first = made(folder, "lock")?;
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let second = openat(folder, "lock", flags, Mode::empty()).map_err(failed)?;
    let lock = |file: &OwnedFd| flock(file, FlockOperation::NonBlockingLockExclusive);
    let known = Known::of(lock(&first)).map_err(failed)?;
    let ability = "file locks";
    Ok(match (known, lock(&second)) {
        (Known::Yes, Err(Errno::WOULDBLOCK)) => trial(ability, "yes", "good for all", ANY),
        _ => trial(
            ability,
            "no",
            "not for the catalog: two runs could not see each other",
            NOT_CATALOG,
        ),
    })
}

fn case(folder: &Folder) -> Result<Trial> {
    made(folder, "case-hero.png")?;
    let ability = "letter case of names";
    Ok(if folder.exists(b"CASE-HERO.PNG")? {
        let follows = "names that differ in case alone are one file: rename such files first";
        trial(ability, "ignored", follows, ANY)
    } else {
        trial(ability, "told apart", "good for all", ANY)
    })
}

fn normalization(folder: &Folder) -> Result<Trial> {
    const COMPOSED: &str = "form-\u{e9}.png";
    const DECOMPOSED: &str = "form-e\u{301}.png";
    made(folder, COMPOSED)?;
    let ability = "composed and decomposed names";
    let as_given = folder.names()?.iter().any(|name| name == COMPOSED.as_bytes());
    Ok(if folder.exists(DECOMPOSED.as_bytes())? {
        let follows = "an accent in its two spellings names one file";
        trial(ability, "one file", follows, ANY)
    } else if as_given {
        trial(ability, "two files", "good for all; `validate` tells decomposed names", ANY)
    } else {
        let follows = "names come back in another spelling than they were given";
        trial(ability, "rewritten", follows, &[Use::Root])
    })
}

fn symbolic_links(folder: &Folder) -> Result<Trial> {
    let linked = symlinkat("nowhere", folder, "symbolic");
    let known =
        Known::of(linked).map_err(|errno| folder.failed("make link", b"symbolic", errno))?;
    let found = if known == Known::Yes { "yes" } else { "no" };
    Ok(trial("symbolic links", found, "good for all; none is ever followed", ANY))
}

fn holes(folder: &Folder) -> Result<Trial> {
    let failed = |errno| folder.failed("write", b"hollow", errno);
    let file = made(folder, "hollow")?;
    write(&file, b"head").map_err(failed)?;
    let ability = "holes in files";
    if Known::of(ftruncate(&file, HOLLOW)).map_err(failed)? == Known::No {
        return Ok(trial(ability, "no", "a copy of a file with holes is written out", ANY));
    }
    let stat = fstat(&file).map_err(failed)?;
    let taken = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(512);
    Ok(if taken < HOLLOW / 2 {
        trial(ability, "yes", "good for all", ANY)
    } else {
        trial(ability, "no", "a copy of a file with holes takes its full size", ANY)
    })
}

/// The longest name of `a`s that a file can be made with, by halving.
fn longest_name(folder: &Folder) -> Result<Trial> {
    let (mut fits, mut fails) = (1, MOST);
    while fits + 1 < fails {
        let length = usize::midpoint(fits, fails);
        match make(folder, &"a".repeat(length)) {
            Ok(_) => fits = length,
            Err(Errno::NAMETOOLONG | Errno::INVAL) => fails = length,
            Err(errno) => return Err(folder.failed("make file", b"aaa", errno)),
        }
    }
    let (ability, found) = ("longest name", format!("{fits} bytes"));
    Ok(match fits {
        USUAL.. => trial(ability, found, "good for all", ANY),
        NEEDED.. => trial(ability, found, "long names from elsewhere cannot be restored here", ANY),
        _ => trial(ability, found, "too short for the names that moves need", ALL),
    })
}

fn file_system(folder: &Folder) -> Result<Trial> {
    let found = fstatfs(folder).map_err(|errno| folder.failed("look at", b".", errno))?;
    let ability = "file system";
    if let Some(name) = network_name(found.f_type) {
        let follows = "not for the catalog: locks and syncs cannot be relied on";
        return Ok(trial(ability, name, follows, NOT_CATALOG));
    }
    Ok(match local_name(found.f_type) {
        Some(name @ ("tmpfs" | "ramfs")) => {
            let follows = "not for the catalog, not for the quarantine: gone after a restart";
            trial(ability, name, follows, PRIVATE)
        }
        Some(name) => trial(ability, name, "good for all", ANY),
        None => {
            trial(ability, format!("number {:x}", found.f_type), "local, as far as is known", ANY)
        }
    })
}

/// By the magic numbers of statfs(2).
fn local_name(magic: impl TryInto<i64>) -> Option<&'static str> {
    let magic = magic.try_into().unwrap_or_default() & 0xffff_ffff;
    Some(match magic {
        0xef53 => "ext4",
        0x5846_5342 => "xfs",
        0x9123_683e => "btrfs",
        0x0102_1994 => "tmpfs",
        0x8584_58f6 => "ramfs",
        0x794c_7630 => "overlay",
        0x2fc1_2fc1 => "zfs",
        0xf2f5_2010 => "f2fs",
        0xca45_1a4e => "bcachefs",
        0x2011_bab0 => "exfat",
        0x4d44 => "fat",
        0x7366_746e => "ntfs",
        _ => return None,
    })
}
