//! The real program among broken, hostile and strange things: what it must not do there, counted.

mod accounts;
mod bombs;
mod canary;
mod clocks;
mod collisions;
mod cron;
mod damage;
mod injection;
mod networks;
mod partial;
mod permissions;
mod reading;
mod schemas;
mod site;
mod tour;
mod upgrades;

use crate::support::{cases, spread};

/// Some of a list, which differ from run to run; all of it in a full run.
fn some<T>(list: &[T], few: usize) -> impl Iterator<Item = &T> {
    spread(list, cases(few, list.len()))
}
