//! The real program on real file systems: their power is cut, they are full, they let nothing go.

mod acts;
mod disk;
mod failing;
mod machine;
mod mutants;
mod power;
mod traced;
mod trouble;
mod upgrade;

pub(crate) use disk::has;

use crate::support::here::needs_disks;
use crate::support::{must_run_everything, skip, spread};

/// Whether this is a machine that can mount disks, as those that prove this program are.
fn can_mount() -> bool {
    let programs = ["strace", "mkfs.ext4", "mkfs.xfs", "xfs_io", "chattr"];
    needs_disks("what is tried on real disks")
        && programs.iter().all(|program| has(program) || skip::<()>(program).is_some())
}

/// Whether this is a full run.
fn is_full() -> bool {
    std::env::var_os("PROPTEST_CASES").is_some()
}

/// Every moment in a full run, and else some, which differ from run to run.
fn chosen<T: Clone>(moments: &[T], few: usize) -> Vec<T> {
    if is_full() {
        return moments.to_vec();
    }
    let few = if must_run_everything() { few } else { few.min(2) };
    spread(moments, few).cloned().collect()
}
