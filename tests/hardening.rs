//! The real program among broken, hostile and strange things: what it must not do there, counted.

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
mod upgrades;

/// How many of a sample are tried; all of them in a full run.
fn sample(few: usize, all: usize) -> usize {
    if std::env::var_os("PROPTEST_CASES").is_some() { all } else { few }
}

/// Some of a list, which differ from run to run; all of it in a full run.
fn some<T>(list: &[T], few: usize) -> impl Iterator<Item = &T> {
    let stride = list.len().div_ceil(sample(few, list.len())).max(1);
    let random = usize::from(uuid::Uuid::new_v4().as_bytes()[0]);
    list.iter().skip(random % stride).step_by(stride)
}
