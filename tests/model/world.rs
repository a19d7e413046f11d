//! A library beside the model of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use shelflife::domain::asset::Place;
use shelflife::domain::lifecycle::{Ended, State};
use shelflife::exit::ExitCode;

use super::Op;
use super::tally::Tally;
use crate::support::TestLibrary;
use crate::support::pictures::png_of;

/// Assets at the beginning, each in a folder of its own.
const SLOTS: usize = 3;
pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;
/// Days until the use of an asset ends that is described now.
const USE_DAYS: i64 = 12;

/// What a picture says: no two are the same.
pub(super) type Content = u32;

/// A file of an asset, as the catalog has it.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) size: (u32, u32),
    pub(super) content: Content,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) struct Quarantined {
    pub(super) since: i64,
    /// How many runs had begun by then.
    pub(super) beats: usize,
    pub(super) mark: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Asset {
    pub(super) state: State,
    pub(super) files: Vec<File>,
    /// The day on which it was described.
    described: Option<i64>,
    /// When each hold ends, if it does by itself.
    pub(super) holds: Vec<Option<i64>>,
    pub(super) away: Option<Quarantined>,
}

/// A library, and what the model says of it.
pub(super) struct World {
    pub(super) library: TestLibrary,
    pub(super) assets: Vec<Asset>,
    /// What is in the library on disk, by path.
    pub(super) disk: BTreeMap<String, Content>,
    pub(super) paused: bool,
    /// When each run began that recorded something.
    pub(super) beats: Vec<i64>,
    pub(super) length: u64,
    next_content: Content,
    /// How many commands ended with each code, and how often something came about.
    pub(super) tally: Tally,
}

impl Asset {
    pub(super) fn is_away(&self) -> bool {
        matches!(self.state, State::Quarantined(_) | State::Purged(_))
    }

    pub(super) fn is_held(&self, now: i64) -> bool {
        self.holds.iter().any(|until| until.is_none_or(|until| until > now))
    }

    pub(super) fn misses_files(&self) -> bool {
        self.files.iter().any(|file| file.place == Place::Missing)
    }

    /// What its files in quarantine were, when it has ended.
    pub(super) fn ended(&self) -> Option<Ended> {
        match self.state {
            State::Rejected => Some(Ended::Rejected),
            State::Expired => Some(Ended::Expired),
            State::Withdrawn => Some(Ended::Withdrawn),
            _ => None,
        }
    }
}

pub(super) fn picture(size: (u32, u32), content: Content) -> Vec<u8> {
    png_of(size, &content.to_be_bytes(), b"")
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            library: TestLibrary::in_memory(),
            assets: Vec::new(),
            disk: BTreeMap::new(),
            paused: false,
            beats: Vec::new(),
            length: 0,
            next_content: 0,
            tally: Tally::default(),
        };
        for slot in 0..SLOTS {
            for (suffix, size) in [("", (8, 6)), ("-4x3", (4, 3))] {
                world.put(&format!("{slot}/tea-tin{suffix}.png"), size);
            }
        }
        let library = &world.library;
        library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
        let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
        let config = config.replace("# after_days = 90", "after_days = 7");
        let lines = config.lines().filter(|line| !line.starts_with("max_percent_per_day"));
        let config = lines.collect::<Vec<_>>().join("\n");
        library.write_config(&config.replace("[clean]", "[clean]\nmax_percent_per_day = 100"));
        library.add_context("campaign/spring", None);
        world.take(Op::Scan).unwrap();
        world
    }

    pub(super) fn now(&self) -> i64 {
        self.library.now().millis()
    }

    fn day(&self) -> i64 {
        self.now().div_euclid(DAY)
    }

    pub(super) fn on_disk(&self, path: &str) -> PathBuf {
        self.library.path("uploads").join(path)
    }

    fn put(&mut self, path: &str, size: (u32, u32)) {
        self.next_content += 1;
        let content = self.next_content;
        self.library.write(format!("uploads/{path}"), picture(size, content));
        self.disk.insert(path.to_owned(), content);
    }

    /// Does what happens next in both worlds, and compares them.
    pub(super) fn take(&mut self, op: Op) -> Result<(), String> {
        let some = |number: usize| number % self.assets.len().max(1);
        let before: Vec<_> = self.assets.iter().map(|asset| asset.state).collect();
        let (line, expected) = match op {
            Op::Idle(_) | Op::Modify(_) | Op::Delete(_) | Op::Recreate(_) => {
                self.meddle(op);
                return Ok(());
            }
            Op::Nights(nights) => {
                return (0..nights).try_for_each(|_| {
                    self.library.advance_days(1);
                    self.take(Op::Scan)
                });
            }
            Op::DescribeAndApprove(number) => {
                self.take(Op::Describe(number))?;
                return self.take(Op::Approve(number));
            }
            Op::Scan => ("scan --accept-missing".to_owned(), self.scan()),
            Op::Describe(number) => self.describe(some(number)),
            Op::Approve(number) => self.approve(some(number)),
            Op::Reject(number) => self.decide(some(number), "reject"),
            Op::Expire(number) => self.decide(some(number), "expire"),
            Op::Reconsider(number) => self.decide(some(number), "reconsider"),
            Op::Withdraw(number) => self.withdraw(some(number)),
            Op::Hold(number) => self.hold(some(number)),
            Op::Release(number) => self.release(some(number)),
            Op::Sweep => self.sweep(),
            Op::Clean => self.clean(),
            Op::Restore(number) => self.restore(some(number), false),
            Op::RestoreWhilePaused(number) => self.restore(some(number), true),
            Op::Pause => {
                self.paused = true;
                ("pause --reason 'something is wrong'".to_owned(), ExitCode::Success)
            }
            Op::Resume => {
                self.paused = false;
                ("resume --reason 'it is right'".to_owned(), ExitCode::Success)
            }
            Op::Recover => ("recover".to_owned(), ExitCode::Success),
            Op::Mark => self.mark(),
            Op::Purge => self.purge(),
        };
        let actor = if matches!(op, Op::Reconsider(_)) { "li" } else { "olga" };
        self.library.set_actor(actor);
        let run = self.library.run(&line);
        self.tally.ended(run.exit);
        self.tally.compare(&before, &self.assets);
        if run.exit != expected {
            return Err(format!("`{line}` was to end with {}\n{run}", expected.number()));
        }
        self.compare().map_err(|wrong| format!("{wrong}\n`{line}`\n{run}"))
    }

    /// What the catalog learns from the disk: changes, losses and returns, and pictures that are new.
    fn scan(&mut self) -> ExitCode {
        for asset in self.assets.iter_mut().filter(|asset| !asset.is_away()) {
            let mut changed = false;
            for file in &mut asset.files {
                match self.disk.get(&file.path) {
                    None => file.place = Place::Missing,
                    Some(content) => {
                        changed |= *content != file.content;
                        (file.content, file.place) = (*content, Place::Library);
                    }
                }
            }
            if changed && asset.state == State::Approved {
                asset.state = State::Draft;
            }
        }
        for slot in 0..SLOTS {
            let paths = [("", (8, 6)), ("-4x3", (4, 3))];
            let paths = paths.map(|(end, size)| (format!("{slot}/tea-tin{end}.png"), size));
            let is_known = |path: &String| {
                let here = self.assets.iter().filter(|asset| !asset.is_away());
                here.flat_map(|asset| &asset.files).any(|file| file.path == *path)
            };
            let files: Vec<_> = paths
                .into_iter()
                .filter(|(path, _)| !is_known(path))
                .filter_map(|(path, size)| {
                    let content = *self.disk.get(&path)?;
                    Some(File { path, size, content, place: Place::Library })
                })
                .collect();
            if !files.is_empty() {
                self.assets.push(Asset {
                    state: State::Draft,
                    files,
                    described: None,
                    holds: Vec::new(),
                    away: None,
                });
            }
        }
        ExitCode::Success
    }

    fn describe(&mut self, at: usize) -> (String, ExitCode) {
        let day = self.day();
        let date = |days: i64| {
            let at = self.library.now().plus_days(days).to_string();
            at.split('T').next().unwrap_or_default().to_owned()
        };
        let line = format!(
            "describe #{} --title 'Tin of tea {at}' --alt 'A green tin of tea, seen from side {at}' \
             --source-note 'Photograph by the studio' --rights-note 'Own work of the studio' \
             --rights-reviewed-by li --owner anna --placement homepage --campaign spring \
             --expires-on {} --review-on {}",
            at + 1,
            date(USE_DAYS),
            date(USE_DAYS - 2)
        );
        let asset = &mut self.assets[at];
        if matches!(asset.state, State::Purged(_)) {
            return (line, ExitCode::No);
        }
        if asset.state == State::Approved && asset.described != Some(day) {
            asset.state = State::Draft;
        }
        asset.described = Some(day);
        (line, ExitCode::Success)
    }

    fn approve(&mut self, at: usize) -> (String, ExitCode) {
        let day = self.day();
        let asset = &mut self.assets[at];
        let is_fresh = asset.described.is_some_and(|described| day < described + USE_DAYS - 1);
        let exit = if asset.state == State::Draft && is_fresh && !asset.misses_files() {
            asset.state = State::Approved;
            ExitCode::Success
        } else {
            ExitCode::No
        };
        (format!("approve #{}", at + 1), exit)
    }

    fn decide(&mut self, at: usize, action: &str) -> (String, ExitCode) {
        let asset = &mut self.assets[at];
        let next = match (asset.state, action) {
            (State::Draft | State::Approved, "reject") => Some(State::Rejected),
            (State::Approved, "expire") => Some(State::Expired),
            (State::Rejected | State::Expired | State::Withdrawn, "reconsider") => {
                Some(State::Draft)
            }
            _ => None,
        };
        asset.state = next.unwrap_or(asset.state);
        let exit = if next.is_some() { ExitCode::Success } else { ExitCode::No };
        (format!("{action} #{} --reason 'we said so'", at + 1), exit)
    }

    fn withdraw(&mut self, at: usize) -> (String, ExitCode) {
        let line = format!("withdraw #{} --reason 'it is unsafe'", at + 1);
        if self.assets[at].state == State::Quarantined(Ended::Withdrawn) {
            return (line, ExitCode::Success);
        }
        if self.assets[at].is_away() {
            return (line, ExitCode::No);
        }
        let asset = &mut self.assets[at];
        asset.state = State::Withdrawn;
        // What a restore holds by itself, nobody asked for.
        if asset.holds.iter().all(Option::is_some) {
            asset.holds.clear();
        }
        let is_moved = self.take_away(at);
        let is_back = |file: &File| {
            file.place == Place::Missing && self.disk.get(&file.path) == Some(&file.content)
        };
        let is_gone = is_moved && !self.assets[at].files.iter().any(is_back);
        (line, if is_gone { ExitCode::Success } else { ExitCode::Partial })
    }

    fn hold(&mut self, at: usize) -> (String, ExitCode) {
        let asset = &mut self.assets[at];
        let line = format!("hold #{} --reason 'legal asks'", at + 1);
        if matches!(asset.state, State::Purged(_)) {
            return (line, ExitCode::No);
        }
        asset.holds.push(None);
        asset.unmark();
        (line, ExitCode::Success)
    }

    fn release(&mut self, at: usize) -> (String, ExitCode) {
        let now = self.now();
        let asset = &mut self.assets[at];
        if asset.is_held(now) {
            asset.holds.clear();
            asset.unmark();
        }
        (format!("release #{} --reason 'legal is done'", at + 1), ExitCode::Success)
    }

    fn sweep(&mut self) -> (String, ExitCode) {
        let day = self.day();
        for asset in &mut self.assets {
            let over = asset.described.is_some_and(|described| day > described + USE_DAYS);
            if asset.state == State::Approved && over {
                asset.state = State::Expired;
            }
        }
        ("sweep --apply".to_owned(), ExitCode::Success)
    }

    /// What happens without a command.
    fn meddle(&mut self, op: Op) {
        let some = |number: usize| number % self.assets.len().max(1);
        match op {
            Op::Idle(days) => self.library.advance_days(i64::from(days)),
            Op::Modify(number) => self.modify(some(number)),
            Op::Delete(number) => self.delete(some(number)),
            Op::Recreate(number) => self.recreate(some(number)),
            _ => {}
        }
    }

    fn modify(&mut self, at: usize) {
        let Some(file) = self.assets[at].files.first().cloned() else { return };
        if self.disk.contains_key(&file.path) {
            self.put(&file.path, file.size);
        }
    }

    fn delete(&mut self, at: usize) {
        for file in self.assets[at].files.clone() {
            if self.disk.remove(&file.path).is_some() {
                fs::remove_file(self.on_disk(&file.path)).unwrap();
            }
        }
    }

    fn recreate(&mut self, at: usize) {
        // Where an asset is away, its path is given to something else.
        let same = !self.assets[at].is_away();
        for file in self.assets[at].files.clone() {
            if self.disk.contains_key(&file.path) {
                continue;
            }
            if same {
                self.library.write(self.on_disk(&file.path), picture(file.size, file.content));
                self.disk.insert(file.path.clone(), file.content);
            } else {
                self.put(&file.path, file.size);
            }
        }
    }
}

impl Asset {
    fn unmark(&mut self) {
        if let Some(away) = &mut self.away {
            away.mark = None;
        }
    }
}
