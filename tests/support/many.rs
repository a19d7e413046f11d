//! Libraries with much to move, and the real program at work in them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use shelflife::domain::asset::{AssetId, Place};
use shelflife::exit::ExitCode;

use super::TestLibrary;
use super::moving::{Tree, tree, without_holds};
use super::pictures::png;

/// The files of each asset, by the ends of their names.
pub(crate) const FILES: [(&str, (u32, u32)); 3] =
    [("", (8, 6)), ("-4x3", (4, 3)), ("-2x1", (2, 1))];

/// Rejected assets of three files each, that a clean may take all at once and again after a restore.
pub(crate) fn rejected(assets: i64) -> TestLibrary {
    let library = drafts(assets);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    library
}

/// [`rejected`] before anybody decided.
pub(crate) fn drafts(assets: i64) -> TestLibrary {
    let library = TestLibrary::new();
    for asset in 0..assets {
        for (suffix, size) in FILES {
            let path = format!("uploads/2026/{:02}/tea{asset}{suffix}.png", asset % 12);
            library.write(&path, png(size, path.as_bytes()));
        }
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    without_caps(&library);
    library
}

/// Lets a clean take everything at once, and again what was restored.
pub(crate) fn without_caps(library: &TestLibrary) {
    without_holds(library);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let is_cap = |line: &&str| line.starts_with("max_percent") || line.starts_with("max_items");
    let lines = config.lines().filter(|line| !is_cap(line)).collect::<Vec<_>>().join("\n");
    let caps = "[clean]\nmax_items = 2000\nmax_percent = 100\nmax_percent_per_day = 100";
    let alone = lines.replace("second_person_above = 100", "second_person_above = 2000");
    library.write_config(&alone.replace("[clean]", caps));
}

/// The real program in a library, silent, with nothing of this machine's environment.
pub(crate) fn program(library: &TestLibrary, args: &[&str]) -> Command {
    program_in(&library.path("."), args)
}

/// [`program`] in the library's folder, for threads.
pub(crate) fn program_in(folder: &Path, args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_shelflife"));
    program.env_clear().current_dir(folder);
    program.arg("--config").arg(folder.join("shelflife.toml")).args(args);
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    program
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// What a program used until its end, and how it ended.
#[derive(Debug)]
pub(crate) struct Used {
    /// The most at a time, in KiB.
    pub(crate) memory: u64,
    /// Of processors: what else the machine does meanwhile does not count.
    pub(crate) time: Duration,
    pub(crate) status: ExitStatus,
}

/// Looks at a program until its end. It is killed if it works for longer than `limit`, or waits for
/// as long as no busy machine makes it.
pub(crate) fn watched(mut child: Child, limit: Duration) -> Used {
    let (folder, began) = (format!("/proc/{}", child.id()), Instant::now());
    let read = |name: &str| fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
    let (mut memory, mut time) = (0, Duration::ZERO);
    loop {
        memory = memory.max(peak_in(&read("status")));
        time = time.max(time_in(&read("stat")));
        if let Some(status) = child.try_wait().unwrap() {
            return Used { memory, time, status };
        }
        if time > limit || began.elapsed() > limit * 20 {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The most memory that a process had, as Linux tells it.
fn peak_in(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    kibibytes.map_or(0, |number| number.parse().unwrap())
}

/// The time of all threads, in the hundredths of a second that Linux counts in.
fn time_in(stat: &str) -> Duration {
    let Some((_, fields)) = stat.rsplit_once(") ") else { return Duration::ZERO };
    let ticks = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Every file is where the catalog says, and together with the others of its asset.
#[track_caller]
pub(crate) fn check_whole((library, assets): (&TestLibrary, i64), before: &Tree, place: &str) {
    let uploads = tree(&library.path("uploads"));
    let stored = tree(&library.path("state/quarantine"));
    assert_eq!(uploads.len() + stored.len(), before.len(), "{place}");
    let bytes = |tree: &Tree| tree.values().map(|file| file.0.clone()).collect::<BTreeSet<_>>();
    assert!(&bytes(&uploads) | &bytes(&stored) == bytes(before), "{place}: other bytes");
    let catalog = library.scanned_catalog();
    for asset in (1..=assets).map(AssetId) {
        let away = catalog.asset(asset).unwrap().unwrap().state.was().is_some();
        for (_, file) in catalog.files_of(asset).unwrap() {
            let here = uploads.contains_key(Path::new(OsStr::from_bytes(file.path.as_bytes())));
            assert_eq!(here, file.place == Place::Library, "{place}: {}", file.path);
            assert_eq!(here, !away, "{place}: {asset} is in two places");
        }
    }
}

/// The same numbers every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// A part of a time.
    pub(crate) fn part(&mut self, whole: Duration) -> Duration {
        let micros = u64::try_from(whole.as_micros()).unwrap();
        Duration::from_micros(self.below(micros.max(1)))
    }
}
