//! `doctor --selftest`: what file systems can do, found out by trying.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::here::needs_disks;
use crate::support::{Run, TestLibrary, skip};

/// What was found of an ability.
fn found<'r>(report: &'r Value, ability: &str) -> &'r str {
    let items = report["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["fields"]["ability"] == ability);
    item.unwrap_or_else(|| panic!("no {ability}"))["fields"]["found"].as_str().unwrap()
}

fn fit(report: &Value) -> Vec<(String, bool)> {
    let items = report["items"].as_array().unwrap().iter();
    let rows = items.filter(|item| item["kind"] == "fitness");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (text(&row["fields"]["for"]), row["fields"]["fit"] == "yes")).collect()
}

fn selftest(dir: &Path) -> Run {
    let library = TestLibrary::new();
    let words = ["doctor", "--format", "json", "--selftest"].map(Into::into);
    let words: Vec<_> = words.into_iter().chain([dir.as_os_str().to_owned()]).collect();
    let before = fs::read_dir(dir).map(Iterator::count).unwrap_or_default();
    let run = library.run_words(&words, b"");
    assert_eq!(fs::read_dir(dir).map(Iterator::count).unwrap_or_default(), before, "{run}");
    run
}

/// A file system of its own in a file, mounted for as long as the value lives.
pub(crate) struct Mounted {
    folder: tempfile::TempDir,
    device: Option<String>,
}

impl Mounted {
    /// Where it cannot be made or mounted, says why not.
    fn new(make: &[&str], mount: &[&str], megabytes: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        fs::File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        fs::create_dir(folder.path().join("mounted")).unwrap();
        let run = |words: &[&str], more: &[&Path]| {
            let output = Command::new(words[0]).args(&words[1..]).args(more).output();
            let output = output.map_err(|error| format!("{}: {error}", words[0]))?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", words[0])) }
        };
        run(make, &[&image])?;
        run(mount, &[&image, &folder.path().join("mounted")])?;
        Ok(Self { folder, device: None })
    }

    /// The same for what mounts nothing but devices.
    pub(crate) fn of_device(make: &[&str], mount: &str, megabytes: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        fs::File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        fs::create_dir(folder.path().join("mounted")).unwrap();
        let run = |command: &mut Command| {
            let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
            let said = [&output.stdout[..], &output.stderr].concat();
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            if output.status.success() { Ok(said) } else { Err(format!("{command:?}: {said}")) }
        };
        run(Command::new(make[0]).args(&make[1..]).arg(&image))?;
        let device = run(Command::new("losetup").args(["-f", "--show"]).arg(&image))?;
        let mounted = Self { folder, device: Some(device.clone()) };
        run(Command::new(mount).arg(device).arg(mounted.path()))?;
        Ok(mounted)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _gone = Command::new("umount").arg(self.path()).status();
        if let Some(device) = &self.device {
            let _free = Command::new("losetup").arg("-d").arg(device).status();
        }
    }
}

/// What a proper file system of Linux can do.
fn assert_complete(report: &Value) {
    for ability in [
        "rename without replacing",
        "hard links",
        "sync of a folder",
        "private files and folders",
        "file locks",
        "symbolic links",
        "holes in files",
    ] {
        assert_eq!(found(report, ability), "yes", "{ability}");
    }
    assert_eq!(found(report, "letter case of names"), "told apart");
    assert_eq!(found(report, "composed and decomposed names"), "two files");
    assert_eq!(found(report, "longest name"), "255 bytes");
}

#[test]
fn the_checkout_is_on_a_file_system_that_moves_need() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let run = selftest(dir);
    let report = run.json();
    assert_eq!(found(&report, "sync of a folder"), "yes");
    assert_eq!(found(&report, "file locks"), "yes");
    let all_fit = fit(&report).iter().all(|(_, fit)| *fit);
    assert_eq!(run.exit == ExitCode::Success, all_fit, "{run}");
    assert_eq!(fit(&report).len(), 3);
}

#[test]
fn names_that_are_composed_of_other_characters_are_told_as_the_report_says() {
    let library = TestLibrary::scanned(&["caf\u{e9}.png", "cafe\u{301}.png"]);
    let report = library.run("validate --format json");
    assert_eq!(report.stdout.matches("\"SL114\"").count(), 1, "{report}");
}

#[test]
fn memory_is_good_for_a_root_alone() {
    let dir = Path::new("/dev/shm");
    let type_of = Command::new("stat").args(["-f", "-c", "%T"]).arg(dir).output();
    let is_memory = type_of.is_ok_and(|output| output.stdout.starts_with(b"tmpfs"));
    let Some(()) = is_memory.then_some(()).or_else(|| skip("there is no tmpfs")) else { return };
    let dir = tempfile::tempdir_in(dir).unwrap();
    let run = selftest(dir.path());
    let report = run.json();
    assert_complete(&report);
    assert_eq!(found(&report, "file system"), "tmpfs");
    say("selftest: tmpfs told as it is");
    let expected = [("root", true), ("quarantine", false), ("catalog", false)];
    assert_eq!(fit(&report), expected.map(|(part, fit)| (part.to_owned(), fit)));
    run.expect(ExitCode::No);
}

#[test]
fn disks_of_linux_are_good_for_everything() {
    for (name, make, size) in [("ext4", ["mkfs.ext4", "-q"], 16), ("xfs", ["mkfs.xfs", "-q"], 320)]
    {
        let mounted = mounted(name, || Mounted::new(&make, &["mount", "-o", "loop"], size));
        let Some(mounted) = mounted else { continue };
        let run = selftest(&mounted.path()).expect(ExitCode::Success);
        let report = run.json();
        assert_complete(&report);
        assert_eq!(found(&report, "file system"), name);
        say(&format!("selftest: {name} told as it is"));
        assert!(fit(&report).iter().all(|(_, fit)| *fit));
    }
}

#[test]
fn a_stick_keeps_neither_modes_nor_names_apart() {
    let stick = || Mounted::of_device(&["mkfs.exfat"], "mount.exfat-fuse", 16);
    let Some(mounted) = mounted("exFAT", stick) else { return };
    let run = selftest(&mounted.path()).expect(ExitCode::No);
    let report = run.json();
    assert_eq!(found(&report, "letter case of names"), "ignored");
    assert_eq!(found(&report, "rename without replacing"), "no");
    assert_eq!(found(&report, "hard links"), "no");
    assert_eq!(found(&report, "file system"), "FUSE");
    assert!(fit(&report).iter().all(|(_, fit)| !fit), "{run}");
    say("selftest: exFAT told as it is");
}

#[test]
fn layers_over_a_disk_are_good_for_everything() {
    let made = || Mounted::new(&["mkfs.ext4", "-q"], &["mount", "-o", "loop"], 16);
    let Some(disk) = mounted("overlay", made) else { return };
    let part = |name: &str| {
        let path = disk.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let [lower, upper, work, top] = ["lower", "upper", "work", "top"].map(part);
    fs::write(lower.join("tea.png"), b"tea").unwrap();
    let shown = |path: &Path| path.display().to_string();
    let (lower, upper, work) = (shown(&lower), shown(&upper), shown(&work));
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
    let mut mount = Command::new("mount");
    let mounted = mount.args(["-t", "overlay", "none", "-o", &options]).arg(&top).output().unwrap();
    if !mounted.status.success() {
        skip::<()>(&String::from_utf8_lossy(&mounted.stderr));
        return;
    }
    let run = selftest(&top);
    let unmounted = Command::new("umount").arg(&top).status().unwrap();
    let report = run.expect(ExitCode::Success).json();
    assert_complete(&report);
    assert_eq!(found(&report, "file system"), "overlay");
    assert!(unmounted.success() && fit(&report).iter().all(|(_, fit)| *fit));
    say("selftest: overlay told as it is");
}

/// A file system to try something on, where file systems can be mounted: in most containers they
/// cannot.
pub(crate) fn mounted(
    what: &str,
    make: impl FnOnce() -> Result<Mounted, String>,
) -> Option<Mounted> {
    if !needs_disks(&format!("what is tried on {what}")) {
        return None;
    }
    make().map_or_else(|why| skip(&why), Some)
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_that_says_so() {
    let library = TestLibrary::new();
    library.write("file", b"");
    for (dir, exit) in [("none", ExitCode::Io), ("file", ExitCode::Io), ("/proc", ExitCode::Io)] {
        let run = library.run(&format!("doctor --selftest {dir}"));
        assert_eq!(run.exit, exit, "{run}");
        assert!(run.stderr.contains("cannot"), "{run}");
    }
    let run = library.run("doctor --selftest .").stdout;
    assert!(run.contains("good for all"), "{run}");
}
