//! Disks of the test's own: files that are mounted, and whose power can be cut.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A file system, and how it is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ext4,
    /// Data may reach the disk after what points to it.
    Ext4Writeback,
    Xfs,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Ext4, Self::Ext4Writeback, Self::Xfs];

    fn make(self) -> (&'static [&'static str], u64) {
        match self {
            Self::Ext4 | Self::Ext4Writeback => (&["mkfs.ext4", "-q", "-F", "-b", "4096"], 32),
            Self::Xfs => (&["mkfs.xfs", "-q", "-f"], 320),
        }
    }

    fn options(self) -> &'static str {
        match self {
            Self::Ext4 | Self::Xfs => "defaults",
            Self::Ext4Writeback => "data=writeback",
        }
    }
}

/// A disk in a file.
pub(super) struct Disk {
    kind: Kind,
    pub(super) image: PathBuf,
    /// The loop device that stands for it, whichever copy is in it: a disk keeps its number.
    device: PathBuf,
    /// Where it is mounted.
    pub(super) top: PathBuf,
}

impl Disk {
    /// An empty disk, mounted at `top`.
    pub(super) fn new(kind: Kind, image: PathBuf, top: PathBuf) -> Self {
        let (make, megabytes) = kind.make();
        File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        fs::create_dir_all(&top).unwrap();
        must(Command::new(make[0]).args(&make[1..]).arg(&image));
        let disk = Self { kind, image, device: unused_device(), top };
        disk.mount();
        disk
    }

    /// The same disk as it is now, in another file and not mounted.
    pub(super) fn copy(&self, image: PathBuf) -> Self {
        must(Command::new("cp").arg("--sparse=always").args([&self.image, &image]));
        Self { kind: self.kind, image, device: self.device.clone(), top: self.top.clone() }
    }

    /// Mounts it. What was begun before a power cut is replayed, as after one.
    pub(super) fn mount(&self) {
        soon(Command::new("losetup").args([&self.device, &self.image]));
        let mut mount = Command::new("mount");
        must(mount.args(["-o", self.kind.options()]).args([&self.device, &self.top]));
    }

    pub(super) fn unmount(&self) {
        soon(Command::new("umount").arg(&self.top));
        must(Command::new("losetup").arg("-d").arg(&self.device));
    }

    /// Loses what was not made durable, and everything from now on.
    pub(super) fn cut_power(&self) {
        must(Command::new("xfs_io").args(["-x", "-c", "shutdown"]).arg(&self.top));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let is_mounted = fs::read_to_string("/proc/mounts").unwrap_or_default();
        let top = self.top.to_str().unwrap();
        if is_mounted.lines().any(|line| line.split(' ').nth(1) == Some(top)) {
            let _unmounted = patiently(Command::new("umount").arg(&self.top));
            let _free = Command::new("losetup").arg("-d").arg(&self.device).status();
        }
    }
}

/// A loop device that no other test has: far from those that `mount` takes by itself.
fn unused_device() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let of_process = 1_000 + std::process::id() % 10_000 * 64;
    PathBuf::from(format!("/dev/loop{}", of_process + NEXT.fetch_add(1, Ordering::Relaxed) % 64))
}

/// Runs what has to succeed.
#[track_caller]
pub(super) fn must(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    output
}

/// The same for what may be busy: a child that another test starts has this process's folders and
/// devices open until it becomes another program.
#[track_caller]
fn soon(command: &mut Command) {
    let output = patiently(command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} for 20 seconds: {said}");
}

/// Runs a command until it succeeds, for at most 20 seconds.
fn patiently(command: &mut Command) -> Output {
    let limit = Instant::now() + Duration::from_secs(20);
    loop {
        let output = command.output().unwrap();
        if output.status.success() || Instant::now() > limit {
            return output;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a program is there.
pub(crate) fn has(program: impl AsRef<OsStr>) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let mut folders = std::env::split_paths(&folders).chain(more);
    folders.any(|folder| folder.join(Path::new(program.as_ref())).is_file())
}
