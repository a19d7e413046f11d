//! What this machine lets a test do, and what is not run where it does not.

use std::path::Path;
use std::process::Command;

use crate::crash::say;

/// Whether a test is root here. An ordinary user's is not, and says what is not run.
pub(crate) fn needs_root(what: &str) -> bool {
    rustix::process::geteuid().is_root() || not_run(what, "this is not root")
}

/// Whether a test may mount file systems that lie in files, in the same way.
pub(crate) fn needs_disks(what: &str) -> bool {
    needs_root(what)
        && (Path::new("/dev/loop-control").exists() || not_run(what, "there are no loop devices"))
}

/// Whether a test may mount something for one command alone, in the same way.
pub(crate) fn needs_mounts(what: &str) -> bool {
    let tried = Command::new("unshare").args(["-m", "true"]).output();
    tried.is_ok_and(|output| output.status.success()) || not_run(what, "nothing can be mounted")
}

/// Says what is not run and why; the answer is always no. Where `SHELFLIFE_DISKS=1` says that this
/// is root on a machine with loop devices, that is a failure.
#[track_caller]
pub(crate) fn not_run(what: &str, why: &str) -> bool {
    let all_here = std::env::var_os("SHELFLIFE_DISKS").is_some_and(|value| value == "1");
    assert!(!all_here, "{what} must run here: {why}");
    say(&format!("not run: {what}: {why}"));
    false
}
