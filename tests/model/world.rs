//! A library beside the model of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use shelflife::domain::asset::{AssetId, Place};
use shelflife::domain::lifecycle::{Ended, State};
use shelflife::exit::ExitCode;

use super::Op;
use crate::support::TestLibrary;
use crate::support::pictures::png;

/// Assets at the beginning, each in a folder of its own.
const SLOTS: usize = 3;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// For how long a restore holds an asset.
const HOLD_HOURS: i64 = 72;
/// After how many days in quarantine files may be deleted.
const AFTER_DAYS: i64 = 7;
/// Days until the use of an asset ends that is described now.
const USE_DAYS: i64 = 12;

/// What a picture says: no two are the same.
type Content = u32;

/// A file of an asset, as the catalog has it.
#[derive(Debug, Clone)]
struct File {
    path: String,
    size: (u32, u32),
    content: Content,
    place: Place,
}

#[derive(Debug, Clone)]
struct Quarantined {
    since: i64,
    /// How many runs had begun by then.
    beats: usize,
    mark: Option<i64>,
}

#[derive(Debug, Clone)]
struct Asset {
    state: State,
    files: Vec<File>,
    /// The day on which it was described.
    described: Option<i64>,
    /// When each hold ends, if it does by itself.
    holds: Vec<Option<i64>>,
    away: Option<Quarantined>,
}

/// What sequences came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    exits: BTreeMap<u8, usize>,
    /// How often an asset came from one state into another one, by the new one.
    states: BTreeMap<String, usize>,
}

impl Tally {
    fn ended(&mut self, exit: ExitCode) {
        *self.exits.entry(exit.number()).or_default() += 1;
    }

    fn compare(&mut self, before: &[State], assets: &[Asset]) {
        let before = before.iter().copied().map(Some).chain(std::iter::repeat(None));
        for (before, asset) in before.zip(assets).filter(|(was, now)| *was != Some(now.state)) {
            let restored = matches!(before, Some(State::Quarantined(_))) && !asset.is_away();
            let what = if restored { "restored" } else { asset.state.name() };
            *self.states.entry(what.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (code, times) in &other.exits {
            *self.exits.entry(*code).or_default() += times;
        }
        for (state, times) in &other.states {
            *self.states.entry(state.clone()).or_default() += times;
        }
    }

    pub(super) fn commands(&self) -> usize {
        self.exits.values().sum()
    }

    pub(super) fn in_words(&self) -> String {
        let exits = self.exits.iter().map(|(code, times)| format!("{times} with {code}"));
        let states = self.states.iter().map(|(state, times)| format!("{state} {times}"));
        let (exits, states): (Vec<_>, Vec<_>) = (exits.collect(), states.collect());
        format!("{}; {}", exits.join(", "), states.join(", "))
    }

    /// Whether every state was come to, and something was restored.
    pub(super) fn is_complete(&self) -> bool {
        let states = State::ALL.map(State::name);
        states.into_iter().chain(["restored"]).all(|state| self.states.contains_key(state))
    }
}

/// A library, and what the model says of it.
pub(super) struct World {
    library: TestLibrary,
    assets: Vec<Asset>,
    /// What is in the library on disk, by path.
    disk: BTreeMap<String, Content>,
    paused: bool,
    /// When each run began that recorded something.
    beats: Vec<i64>,
    length: u64,
    next_content: Content,
    /// How many commands ended with each code, and how often something came about.
    pub(super) tally: Tally,
}

impl Asset {
    fn is_away(&self) -> bool {
        matches!(self.state, State::Quarantined(_) | State::Purged(_))
    }

    fn is_held(&self, now: i64) -> bool {
        self.holds.iter().any(|until| until.is_none_or(|until| until > now))
    }

    fn misses_files(&self) -> bool {
        self.files.iter().any(|file| file.place == Place::Missing)
    }

    /// What its files in quarantine were, when it has ended.
    fn ended(&self) -> Option<Ended> {
        match self.state {
            State::Rejected => Some(Ended::Rejected),
            State::Expired => Some(Ended::Expired),
            State::Withdrawn => Some(Ended::Withdrawn),
            _ => None,
        }
    }
}

fn picture(size: (u32, u32), content: Content) -> Vec<u8> {
    png(size, &content.to_be_bytes())
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

    fn now(&self) -> i64 {
        self.library.now().millis()
    }

    fn day(&self) -> i64 {
        self.now().div_euclid(DAY)
    }

    fn on_disk(&self, path: &str) -> PathBuf {
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
            Op::Idle(days) => {
                self.library.advance_days(i64::from(days));
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
            Op::Modify(number) => return self.modify(some(number)),
            Op::Delete(number) => return self.delete(some(number)),
            Op::Recreate(number) => return self.recreate(some(number)),
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
        if self.assets[at].is_away() {
            return (line, ExitCode::No);
        }
        self.assets[at].state = State::Withdrawn;
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

    fn clean(&mut self) -> (String, ExitCode) {
        let line = "clean --apply".to_owned();
        if self.paused {
            return (line, ExitCode::Paused);
        }
        let now = self.now();
        let mut exit = ExitCode::Success;
        for at in 0..self.assets.len() {
            let asset = &self.assets[at];
            if asset.ended().is_none() || asset.is_held(now) || asset.misses_files() {
                continue;
            }
            if !self.take_away(at) {
                exit = ExitCode::Partial;
            }
        }
        (line, exit)
    }

    /// Moves the files to quarantine, all or none. Tells whether none of those that are known to be in
    /// the library is left there.
    fn take_away(&mut self, at: usize) -> bool {
        let (now, beats) = (self.now(), self.beats.len() + 1);
        let asset = &mut self.assets[at];
        let here = || asset.files.iter().filter(|file| file.place == Place::Library);
        if here().count() == 0 {
            return true;
        }
        let as_known = here().all(|file| self.disk.get(&file.path) == Some(&file.content));
        if asset.is_held(now) || !as_known {
            return false;
        }
        for file in asset.files.iter_mut().filter(|file| file.place == Place::Library) {
            self.disk.remove(&file.path);
            file.place = Place::Quarantine;
        }
        let ended = asset.ended();
        asset.state = ended.map_or(asset.state, State::Quarantined);
        asset.away = Some(Quarantined { since: now, beats, mark: None });
        true
    }

    fn restore(&mut self, at: usize, while_paused: bool) -> (String, ExitCode) {
        let flag = if while_paused { " --while-paused" } else { "" };
        let line = format!("restore #{}{flag}", at + 1);
        if self.paused && !while_paused {
            return (line, ExitCode::Paused);
        }
        let State::Quarantined(was) = self.assets[at].state else { return (line, ExitCode::No) };
        let stored = |file: &&File| file.place == Place::Quarantine;
        let others = self.assets.iter().enumerate();
        let others = others.filter(|(other, asset)| *other != at && !asset.is_away());
        let others: Vec<_> = others.flat_map(|(_, asset)| &asset.files).collect();
        let is_taken = |file: &File| {
            let by_another = others.iter().any(|other| other.path == file.path);
            by_another || self.disk.contains_key(&file.path)
        };
        if self.assets[at].files.iter().filter(stored).any(is_taken) {
            return (line, ExitCode::No);
        }
        let until = self.now() + HOLD_HOURS * HOUR;
        let asset = &mut self.assets[at];
        for file in asset.files.iter_mut().filter(|file| file.place == Place::Quarantine) {
            self.disk.insert(file.path.clone(), file.content);
            file.place = Place::Library;
        }
        asset.state = match was {
            Ended::Rejected => State::Rejected,
            Ended::Expired => State::Expired,
            Ended::Withdrawn => State::Withdrawn,
        };
        asset.holds.push(Some(until));
        asset.away = None;
        (line, ExitCode::Success)
    }

    fn mark(&mut self) -> (String, ExitCode) {
        let line = "purge --mark".to_owned();
        if self.paused {
            return (line, ExitCode::Paused);
        }
        let (now, beats) = (self.now(), self.beats.clone());
        for asset in &mut self.assets {
            let (held, is_old) = (asset.is_held(now), asset.is_old(now, &beats));
            if let (State::Quarantined(_), Some(away)) = (asset.state, &mut asset.away)
                && is_old
                && !held
            {
                away.mark.get_or_insert(now);
            }
        }
        (line, ExitCode::Success)
    }

    fn purge(&mut self) -> (String, ExitCode) {
        let (now, beats) = (self.now(), self.beats.clone());
        let is_ripe = |asset: &Asset| {
            let marked = asset.away.as_ref().and_then(|away| away.mark);
            matches!(asset.state, State::Quarantined(_))
                && asset.is_old(now, &beats)
                && !asset.is_held(now)
                && marked.is_some_and(|marked| now - marked >= 23 * HOUR)
        };
        let ripe = self.assets.iter().filter(|asset| is_ripe(asset)).count();
        let line = format!("purge --apply --yes-delete {ripe}");
        if self.paused {
            return (line, ExitCode::Paused);
        }
        for asset in self.assets.iter_mut().filter(|asset| is_ripe(asset)) {
            let State::Quarantined(was) = asset.state else { continue };
            asset.state = State::Purged(was);
            for file in asset.files.iter_mut().filter(|file| file.place == Place::Quarantine) {
                file.place = Place::Gone;
            }
        }
        (line, ExitCode::Success)
    }

    fn modify(&mut self, at: usize) -> Result<(), String> {
        let Some(file) = self.assets[at].files.first().cloned() else { return Ok(()) };
        if self.disk.contains_key(&file.path) {
            self.put(&file.path, file.size);
        }
        Ok(())
    }

    fn delete(&mut self, at: usize) -> Result<(), String> {
        for file in self.assets[at].files.clone() {
            if self.disk.remove(&file.path).is_some() {
                fs::remove_file(self.on_disk(&file.path)).unwrap();
            }
        }
        Ok(())
    }

    fn recreate(&mut self, at: usize) -> Result<(), String> {
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
        Ok(())
    }

    /// Compares what the model says with catalog and disk.
    fn compare(&mut self) -> Result<(), String> {
        let catalog = self.library.scanned_catalog();
        let (length, _) = catalog.audit_head().unwrap();
        if length > self.length {
            self.beats.push(self.now());
            self.length = length;
        }
        for (number, asset) in (1..).zip(&self.assets) {
            let id = AssetId(number);
            let found = catalog.asset(id).unwrap().ok_or(format!("there is no {id}"))?;
            if found.state != asset.state {
                return Err(format!("{id} is {}, and should be {}", found.state, asset.state));
            }
            let files = catalog.files_of(id).unwrap();
            for file in &asset.files {
                let path = |known: &str| known == file.path;
                let known = files.iter().find(|(_, known)| path(&known.path.to_string()));
                let place = known.map(|(_, known)| known.place);
                if place != Some(file.place) {
                    return Err(format!("{} of {id} is in {place:?}, not {file:?}", file.path));
                }
            }
            if let State::Quarantined(_) = asset.state {
                self.compare_stored(&catalog, id, asset)?;
            }
        }
        if catalog.asset(AssetId(self.assets.len() as i64 + 1)).unwrap().is_some() {
            return Err("there is an asset too many".to_owned());
        }
        self.compare_disk()
    }

    /// The bytes in quarantine are those that were taken.
    fn compare_stored(
        &self,
        catalog: &shelflife::catalog::Catalog,
        id: AssetId,
        asset: &Asset,
    ) -> Result<(), String> {
        let taken = catalog.quarantine_of(id).unwrap().ok_or(format!("nothing took {id}"))?;
        let store = self.library.path("state/quarantine/v1").join(&taken.store);
        for file in asset.files.iter().filter(|file| file.place == Place::Quarantine) {
            let stored = taken.files.iter().find(|stored| stored.path.to_string() == file.path);
            let stored = stored.ok_or(format!("{} was not taken", file.path))?;
            let bytes = fs::read(store.join(&stored.stored_name)).unwrap_or_default();
            if bytes != picture(file.size, file.content) {
                return Err(format!("{} of {id} has other bytes in quarantine", file.path));
            }
        }
        Ok(())
    }

    fn compare_disk(&self) -> Result<(), String> {
        let uploads = crate::support::moving::tree(&self.library.path("uploads"));
        let found: Vec<_> = uploads.keys().map(|path| path.display().to_string()).collect();
        let expected: Vec<_> = self.disk.keys().cloned().collect();
        if found != expected {
            return Err(format!("the library holds {found:?}, and should hold {expected:?}"));
        }
        for (path, content) in &self.disk {
            let size = if path.ends_with("-4x3.png") { (4, 3) } else { (8, 6) };
            if fs::read(self.on_disk(path)).unwrap() != picture(size, *content) {
                return Err(format!("{path} has other bytes"));
            }
        }
        Ok(())
    }

    /// At the end catalog, log and disk have to agree.
    pub(super) fn end(&mut self) -> Result<(), String> {
        self.take(Op::Scan)?;
        let run = self.library.run("audit verify --replay --disk=full");
        if run.exit == ExitCode::Success { Ok(()) } else { Err(format!("{run}")) }
    }
}

impl Asset {
    fn unmark(&mut self) {
        if let Some(away) = &mut self.away {
            away.mark = None;
        }
    }

    /// Whether its files were in quarantine for long, by the clock and as runs saw it.
    fn is_old(&self, now: i64, beats: &[i64]) -> bool {
        let Some(away) = &self.away else { return false };
        let after = beats.get(away.beats..).unwrap_or_default();
        let (mut seen, mut latest) = (0, away.since);
        for at in after.iter().copied().chain([now]) {
            seen += (at - latest).min(36 * HOUR);
            latest = at;
        }
        now - away.since >= AFTER_DAYS * DAY && seen >= AFTER_DAYS * DAY
    }
}
