//! What became of sequences of commands.

use std::collections::BTreeMap;

use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use super::world::Asset;

/// What sequences came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    exits: BTreeMap<u8, usize>,
    /// How often an asset came from one state into another one, by the new one.
    states: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn ended(&mut self, exit: ExitCode) {
        *self.exits.entry(exit.number()).or_default() += 1;
    }

    pub(super) fn compare(&mut self, before: &[State], assets: &[Asset]) {
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
