//! The real program on real file systems: their power is cut, they are full, they let nothing go.

mod disk;
mod machine;
mod power;
mod trouble;

use std::path::Path;

use crate::support::{must_run_everything, skip};

/// Whether this is a machine that can mount disks, as those that prove this program are.
fn can_mount() -> bool {
    let is_able = rustix::process::geteuid().is_root() && Path::new("/dev/loop-control").exists();
    let programs = ["strace", "mkfs.ext4", "mkfs.xfs", "xfs_io", "chattr"];
    is_able && programs.iter().all(|program| disk::has(program) || skip::<()>(program).is_some())
}

/// How many of the moments are tried: all of them, or a few that differ from run to run.
fn chosen<T: Clone>(moments: &[T], few: usize) -> Vec<T> {
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return moments.to_vec();
    }
    let few = if must_run_everything() { few } else { 2 };
    let stride = moments.len().div_ceil(few).max(1);
    let random = usize::from(uuid::Uuid::new_v4().as_bytes()[0]);
    moments.iter().skip(random % stride).step_by(stride).cloned().collect()
}
