//! Disks that are full or let nothing go.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use super::disk::{Kind, must};
use super::machine::{Layout, Machine, Template};
use super::{can_mount, chosen};
use crate::crash::say;

/// Fills the disk of a folder until so many bytes are free.
fn fill(folder: &Path, free: u64) {
    let mut filler = File::create(folder.join("filler")).unwrap();
    let block = vec![7; 1 << 16];
    while filler.write_all(&block).is_ok() {}
    while filler.write_all(&block[..512]).is_ok() {}
    filler.sync_all().unwrap_or_default();
    let length = filler.metadata().unwrap().len();
    filler.set_len(length.saturating_sub(free)).unwrap();
    filler.sync_all().unwrap();
}

/// A clean while the disk is full, and another once it is not.
fn clean_on_a_full_disk(machine: &Machine<'_>, full: &str, free: u64) -> Option<i32> {
    fill(&machine.path(full), free);
    let code = machine.run(&["clean", "--apply"]).status.code();
    fs::remove_file(machine.path(full).join("filler")).unwrap();
    assert_eq!(machine.promises_broken(), [""; 0], "{free} bytes of {full} were free");
    assert_eq!(machine.violations(), [""; 0], "{free} bytes of {full} were free");
    machine.must_run(&["clean", "--apply"]);
    assert_eq!(machine.violations(), [""; 0], "{free} bytes of {full} were free");
    code
}

#[test]
fn on_a_full_disk_nothing_is_half_done_and_it_goes_on_once_there_is_space() {
    if !can_mount() {
        return;
    }
    let free: Vec<u64> = (0..100).map(|step| step * 2_048).collect();
    let (mut runs, mut stopped) = (0, 0);
    for (layout, full) in [
        (Layout::CatalogApart, "b"),
        (Layout::CatalogApart, "a"),
        (Layout::QuarantineApart, "b"),
        (Layout::Together, "a"),
    ] {
        let template = Template::new(Kind::Ext4, layout);
        for free in chosen(&free, 6) {
            let code = clean_on_a_full_disk(&template.machine(), full, free);
            let told = matches!(code, Some(0 | 3 | 74));
            assert!(told, "{code:?} with {free} bytes of {full} free, {layout:?}");
            runs += 1;
            stopped += usize::from(code != Some(0));
        }
    }
    assert!(stopped > 0, "no disk was ever full");
    say(&format!("full disks: {runs} runs, {stopped} of them stopped by it; nothing lost"));
}

#[test]
fn a_file_that_cannot_be_removed_keeps_its_whole_asset_and_no_other() {
    if !can_mount() {
        return;
    }
    for layout in [Layout::Together, Layout::QuarantineApart] {
        let template = Template::new(Kind::Ext4, layout);
        let machine = template.machine();
        let stuck = machine.path("a/uploads/2026/00/tea-30x20.png");
        must(Command::new("chattr").arg("+i").arg(&stuck));
        let run = machine.run(&["clean", "--apply"]);
        assert_eq!(run.status.code(), Some(3), "{layout:?}: {run:?}");
        let told = String::from_utf8_lossy(&run.stdout);
        assert!(told.contains("hint: it may be immutable: `lsattr -d`"), "{layout:?}: {run:?}");
        assert_eq!(machine.violations(), [""; 0], "{layout:?}");
        assert!(stuck.exists() && !machine.path("a/uploads/2026/01/tea.png").exists());
        must(Command::new("chattr").arg("-i").arg(&stuck));
        machine.must_run(&["clean", "--apply"]);
        assert!(!stuck.exists());
        assert_eq!(machine.violations(), [""; 0], "{layout:?}");
    }
}

#[test]
fn a_quarantine_that_is_seen_beneath_a_root_by_a_mount_moves_nothing() {
    if !can_mount() {
        return;
    }
    let template = Template::new(Kind::Ext4, Layout::Together);
    let machine = template.machine();
    let (shown, quarantine) = (machine.path("a/uploads/shown"), machine.path("a/quarantine"));
    let private = fs::metadata(&quarantine).unwrap().permissions();
    for folder in [&shown, &shown.join("v1")] {
        fs::create_dir(folder).unwrap();
        fs::set_permissions(folder, private.clone()).unwrap();
    }
    for (from, at) in [(&shown, &quarantine), (&quarantine, &shown)] {
        must(Command::new("mount").arg("--bind").args([from, at]));
        let run = machine.run(&["clean", "--apply"]);
        let doctor = machine.run(&["doctor"]);
        must(Command::new("umount").arg(at));
        let told = String::from_utf8_lossy(&doctor.stdout);
        assert!(told.contains("also seen beneath the root"), "{doctor:?}");
        assert_eq!(run.status.code(), Some(5), "{run:?}");
        assert!(String::from_utf8_lossy(&run.stderr).contains("beneath the root"), "{run:?}");
        assert!(machine.path("a/uploads/2026/00/tea.png").exists());
    }
    machine.must_run(&["clean", "--apply"]);
}
