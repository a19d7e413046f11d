//! What the model says of commands that move and delete files.

use shelflife::domain::asset::Place;
use shelflife::domain::lifecycle::{Ended, State};
use shelflife::exit::ExitCode;

use super::world::{Asset, DAY, File, HOUR, Quarantined, World};

/// For how long a restore holds an asset.
const HOLD_HOURS: i64 = 72;
/// After how many days in quarantine files may be deleted.
const AFTER_DAYS: i64 = 7;

impl World {
    pub(super) fn clean(&mut self) -> (String, ExitCode) {
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
    pub(super) fn take_away(&mut self, at: usize) -> bool {
        let (now, beats) = (self.now(), self.beats.len() + 1);
        let asset = &mut self.assets[at];
        if asset.is_held(now) {
            return false;
        }
        let here = || asset.files.iter().filter(|file| file.place == Place::Library);
        if here().count() == 0 {
            return true;
        }
        let as_known = here().all(|file| self.disk.get(&file.path) == Some(&file.content));
        if !as_known {
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

    pub(super) fn restore(&mut self, at: usize, while_paused: bool) -> (String, ExitCode) {
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

    pub(super) fn mark(&mut self) -> (String, ExitCode) {
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

    pub(super) fn purge(&mut self) -> (String, ExitCode) {
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
}

impl Asset {
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
