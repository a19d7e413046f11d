//! Scanning one root: guards first, then folder by folder, then what is missing.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::catalog::{Catalog, FolderChange};
use crate::config::{Config, RootConfig};
use crate::domain::path::RelPath;
use crate::domain::text::{printable, with_causes};
use crate::error::{Error, file_hint};
use crate::files::{self, FileError, FolderListing, OddityKind, Root, WalkOptions};
use crate::media::{self, Trust};
use crate::report::Item;

use super::ScanArgs;
use super::approvals;
use super::found::{LookedInto, Reading, Seen, plan, take};
use super::guards::{adopt, check_loss, refuse};
use super::returned::Memory;
use crate::commands::Context;
use crate::commands::progress::Progress;

/// So many changed files are written in one transaction.
const FILES_PER_WRITE: usize = 5_000;
/// So many bytes of claims weigh as much as a file.
const CLAIMS_PER_FILE: usize = 4 * 1024;
/// So many folders are read ahead of the one being written.
const FOLDERS_AHEAD: usize = 2;

/// Scans a root, and tells how many new drafts there are in it.
pub(super) fn scan(
    args: &ScanArgs,
    ctx: &mut Context<'_>,
    (catalog, config, configured): (&mut Catalog, &Config, &RootConfig),
) -> Result<u64, Error> {
    let (root, record) = match adopt(catalog, (config, configured))? {
        Ok(adopted) => adopted,
        Err(unfit) => {
            refuse(ctx, configured, &unfit);
            return Ok(0);
        }
    };
    if !args.accept_missing
        && let Err(unfit) = check_loss(catalog, &root, &record)?
    {
        refuse(ctx, configured, &unfit);
        return Ok(0);
    }
    let reading = if args.full { Reading::Everything } else { Reading::Changed };
    let newest = catalog.newest_file()?;
    let mut intake = Intake::new(&root, record.id, reading, ctx.progress(record.files, "files"));
    let trust = Trust::new(config.policy.credential_anchors.clone());
    intake.run(ctx, (catalog, &trust))?;
    let (files, hidden, drafts, seen) = (intake.files, intake.hidden, intake.drafts, intake.seen);
    ctx.report.figure("files seen", files);
    if hidden > 0 {
        ctx.report.figure("files not seen", hidden);
    }
    note_missing(ctx, catalog, (record.id, newest), &seen)?;
    // What was not seen is expected at the next scan as well.
    catalog.record_scan(record.id, root.device()?, files.saturating_add(hidden))?;
    Ok(drafts)
}

/// Numbers of files, one bit each: millions of them fit in a few hundred kilobytes.
#[derive(Default)]
struct SeenFiles(Vec<u64>);

impl SeenFiles {
    fn insert(&mut self, file: i64) {
        let (word, bit) = Self::place(file);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }

    fn contains(&self, file: i64) -> bool {
        let (word, bit) = Self::place(file);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    fn place(file: i64) -> (usize, u64) {
        let file = usize::try_from(file).unwrap_or(0);
        (file / 64, 1 << (file % 64))
    }
}

type ReadFiles = Vec<Result<LookedInto, FileError>>;

/// The folders of one root on their way into the catalog.
struct Intake<'r> {
    root: &'r Root,
    id: i64,
    reading: Reading,
    progress: Progress,
    files: u64,
    /// New assets that are recorded as drafts.
    drafts: u64,
    /// Catalogued files that may be there and could not be looked at.
    hidden: u64,
    /// Numbers of catalogued files that are there, or may be.
    seen: SeenFiles,
    changes: Vec<FolderChange>,
    steps: usize,
    memory: Memory,
}

impl<'r> Intake<'r> {
    fn new(root: &'r Root, id: i64, reading: Reading, progress: Progress) -> Self {
        let (seen, changes, memory) = (SeenFiles::default(), Vec::new(), Memory::default());
        let (files, drafts, hidden, steps) = (0, 0, 0, 0);
        Self { root, id, reading, progress, files, drafts, hidden, seen, changes, steps, memory }
    }

    /// Walks and writes here while another thread reads, a few folders ahead.
    fn run(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, trust): (&mut Catalog, &Trust),
    ) -> Result<(), Error> {
        let root = self.root;
        thread::scope(|scope| {
            let (to_read, paths) = sync_channel::<Vec<RelPath>>(FOLDERS_AHEAD);
            let (done, read) = sync_channel::<ReadFiles>(FOLDERS_AHEAD);
            scope.spawn(move || read_folders((root, trust), &paths, &done));
            self.folders(ctx, catalog, (&to_read, &read))
        })?;
        self.write(ctx, catalog)
    }

    fn folders(
        &mut self,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
        (to_read, read): (&SyncSender<Vec<RelPath>>, &Receiver<ReadFiles>),
    ) -> Result<(), Error> {
        let mut ahead = VecDeque::new();
        let options = WalkOptions { now: ctx.wall_clock, settle_seconds: 0 };
        for listing in files::walk(self.root, options) {
            ctx.stop_if_interrupted()?;
            say_oddities(ctx, &listing);
            self.keep_hidden(catalog, &listing)?;
            self.files += u64::try_from(listing.files.len()).unwrap_or(u64::MAX);
            self.progress.advance(u64::try_from(listing.files.len()).unwrap_or(0));
            let known = catalog.files_in(self.id, &listing.folder, ctx.now)?;
            let seen = Seen::new(listing, known, self.reading);
            self.mark_seen(&seen);
            if seen.is_known() {
                continue;
            }
            if ahead.len() == FOLDERS_AHEAD {
                self.take_first(ctx, catalog, (&mut ahead, read))?;
            }
            if to_read.send(seen.unread.clone()).is_err() {
                break;
            }
            ahead.push_back(seen);
        }
        while !ahead.is_empty() {
            self.take_first(ctx, catalog, (&mut ahead, read))?;
        }
        Ok(())
    }

    /// What could not be looked at stays as the catalog has it, with all that is beneath.
    fn keep_hidden(&mut self, catalog: &Catalog, listing: &FolderListing) -> Result<(), Error> {
        for path in listing.hidden() {
            catalog.visit_at_or_beneath(self.id, path, |file| {
                self.hidden += u64::from(!self.seen.contains(file));
                self.seen.insert(file);
            })?;
        }
        Ok(())
    }

    fn mark_seen(&mut self, seen: &Seen) {
        let mut listed = seen.listing.files.iter().map(|file| file.path.name()).peekable();
        for known in &seen.known {
            while listed.next_if(|name| *name < known.found.name.as_slice()).is_some() {}
            if listed.peek() == Some(&known.found.name.as_slice()) {
                // Seen after all, beneath a folder of which only a part could be listed.
                let counted = u64::from(self.seen.contains(known.file));
                self.hidden = self.hidden.saturating_sub(counted);
                self.seen.insert(known.file);
            }
        }
    }

    fn take_first(
        &mut self,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
        (ahead, read): (&mut VecDeque<Seen>, &Receiver<ReadFiles>),
    ) -> Result<(), Error> {
        let Some(seen) = ahead.pop_front() else { return Ok(()) };
        let Ok(read) = read.recv() else {
            let stopped = anyhow::anyhow!("the reading thread stopped");
            return Err(Error::Internal(stopped));
        };
        ctx.report.figure("files read", u64::try_from(read.len()).unwrap_or(0));
        let taken = take(&seen, read);
        for error in taken.failed {
            say_failure(ctx, &error);
        }
        let (folder, files) = (seen.listing.folder.as_slice(), (&*taken.found, &*seen.known));
        let same = approvals::rewritten(catalog, (self.root, folder), files)?;
        let mut change = plan(catalog, (self.id, folder), files, &same)?;
        say_plan(ctx, &change);
        self.memory.say_returned(ctx, (catalog, self.root), &mut change)?;
        let said: usize = change.plan.said.iter().map(|said| said.claims.size()).sum();
        self.steps += change.plan.files.len() + said / CLAIMS_PER_FILE;
        if !change.plan.is_empty() {
            self.changes.push(change);
        }
        if self.steps >= FILES_PER_WRITE {
            self.write(ctx, catalog)?;
        }
        Ok(())
    }

    fn write(&mut self, ctx: &mut Context<'_>, catalog: &mut Catalog) -> Result<(), Error> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let counts = catalog.record_intake(&self.changes)?;
        self.drafts += counts.drafts_added;
        ctx.report.figure("assets added", counts.assets_added);
        ctx.report.figure("files written", counts.files_written);
        ctx.report.figure("assets merged", counts.merged);
        let kept: Vec<_> = self.changes.drain(..).flat_map(|change| change.plan.kept).collect();
        approvals::say(ctx, catalog, (&kept, &counts.voided))?;
        self.steps = 0;
        Ok(())
    }
}

fn say_oddities(ctx: &mut Context<'_>, listing: &FolderListing) {
    for oddity in &listing.oddities {
        if let OddityKind::Unreadable(error) = &oddity.kind {
            say_failure(ctx, error);
            continue;
        }
        ctx.report.figure("left alone", 1);
        ctx.report.row(
            "left alone",
            vec![
                ("path", printable(&oddity.path).into()),
                ("because", oddity.kind.to_string().into()),
            ],
        );
    }
}

fn say_plan(ctx: &mut Context<'_>, change: &FolderChange) {
    use crate::domain::intake::Home;
    for step in &change.plan.files {
        let Home::Nowhere(why) = &step.home else { continue };
        let path = approvals::joined(&change.folder, &step.found.name);
        ctx.report.figure("ambiguous files", 1);
        let fields = vec![("path", printable(&path).into()), ("because", why.clone().into())];
        ctx.report.row("ambiguous", fields);
    }
    for remark in &change.plan.remarks {
        ctx.report.text(remark.clone());
    }
}

fn read_folders(
    (root, trust): (&Root, &Trust),
    paths: &Receiver<Vec<RelPath>>,
    done: &SyncSender<ReadFiles>,
) {
    while let Ok(paths) = paths.recv() {
        let read = files::read_batch(root, &paths, &|head| {
            let (content, claims) = media::look(head, trust);
            (content, claims.unwrap_or_default())
        });
        if done.send(read).is_err() {
            return;
        }
    }
}

fn say_failure(ctx: &mut Context<'_>, error: &FileError) {
    let what = printable(error.path().as_os_str().as_encoded_bytes());
    ctx.report.say(&Item::Failure { what, why: with_causes(error), hint: file_hint(error) });
}

/// Files that the catalog expects and the walk did not find are missing, never deleted.
fn note_missing(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (root, newest): (i64, i64),
    seen: &SeenFiles,
) -> Result<(), Error> {
    let mut missing = Vec::new();
    catalog.visit_expected_files(root, newest, |file| {
        if !seen.contains(file) {
            missing.push(file);
        }
    })?;
    if missing.is_empty() {
        return Ok(());
    }
    ctx.report.figure("files missing", u64::try_from(missing.len()).unwrap_or(0));
    catalog.record_missing(&missing)?;
    Ok(())
}
