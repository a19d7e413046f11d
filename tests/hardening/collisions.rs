//! Names that are one to some eyes and two to others: the wrong file must never move.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::site::{Site, said};
use crate::crash::say;
use crate::selftest::{Mounted, mounted};
use crate::support::cases;
use crate::support::moving::tree;
use crate::support::pictures::png;

/// Two spellings of one name.
fn pair(number: usize) -> [String; 2] {
    match number % 4 {
        0 => [format!("caf\u{e9}-{number}.png"), format!("cafe\u{301}-{number}.png")],
        1 => [format!("Hero-{number}.png"), format!("hero-{number}.png")],
        2 => [format!("stra\u{df}e-{number}.png"), format!("strasse-{number}.png")],
        _ => [
            format!("\u{212b}ngstr\u{f6}m-{number}.png"),
            format!("\u{c5}ngstr\u{f6}m-{number}.png"),
        ],
    }
}

/// The bytes of the files beneath a folder, by name.
fn bytes_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    tree(folder).into_iter().map(|(path, (bytes, ..))| (path, bytes)).collect()
}

#[test]
fn of_two_names_that_look_the_same_the_one_that_ended_is_moved() {
    let site = Site::with(&["init --root uploads --catalog state/catalog.db"]);
    site.lift_caps();
    let count = cases(40, 200);
    for number in 0..count {
        for name in pair(number) {
            site.write(format!("uploads/pairs/{name}"), &png((9, 9), name.as_bytes()));
        }
    }
    assert!(site.run("scan").status.success());
    // Of each pair one is rejected, now the first and now the second.
    let ended = |number: usize| pair(number)[number / 4 % 2].clone();
    let names: Vec<_> = (0..count).map(|number| format!("pairs/{}", ended(number))).collect();
    fs::write(site.path("names"), names.join("\n")).unwrap();
    let rejected = site.run("reject --from names --reason unwanted");
    assert!(rejected.status.success(), "{}", said(&rejected));
    let before = bytes_in(&site.path("uploads/pairs"));
    assert_eq!(before.len(), 2 * count);
    let cleaned = site.run("clean --apply");
    assert!(matches!(cleaned.status.code(), Some(0 | 1 | 3)), "{}", said(&cleaned));
    let after = bytes_in(&site.path("uploads/pairs"));
    let mut moved = 0;
    for number in 0..count {
        let kept = PathBuf::from(&pair(number)[1 - number / 4 % 2]);
        assert_eq!(after.get(&kept), before.get(&kept), "{} was moved", kept.display());
        moved += usize::from(!after.contains_key(Path::new(&ended(number))));
    }
    let restored = site.run("restore --from names");
    assert!(matches!(restored.status.code(), Some(0 | 1 | 3)), "{}", said(&restored));
    assert_eq!(bytes_in(&site.path("uploads/pairs")), before, "{}", said(&restored));
    say(&format!(
        "hardening: {moved} of {count} names with a twin moved and came back, 0 wrong ones"
    ));
    assert_eq!(moved, count);
}

#[test]
fn a_stick_on_which_a_move_could_replace_a_file_is_no_root() {
    let made = || Mounted::of_device(&["mkfs.exfat"], "mount.exfat-fuse", 16);
    let Some(mounted) = mounted("exFAT", made) else { return };
    let site = Site::with(&[]);
    let stick = mounted.path();
    let bytes = png((9, 9), b"hero");
    fs::write(stick.join("Hero.png"), &bytes).unwrap();
    assert_eq!(fs::read(stick.join("hero.PNG")).unwrap(), bytes, "case is ignored there");
    let stick = stick.to_str().unwrap();
    let init = site.run(&format!("init --root {stick} --catalog state/catalog.db"));
    assert_eq!(init.status.code(), Some(74), "{}", said(&init));
    let left: Vec<_> = fs::read_dir(stick).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["Hero.png"]);
    assert!(!site.path("shelflife.toml").exists());
    assert!(!site.path("state").exists(), "so that the next call begins anew");
    let told = said(&init);
    assert!(told.contains("without the risk of replacing another"), "{told}");
    assert!(told.contains("keep it on another one, such as ext4"), "{told}");
    let doctor = said(&site.run(&format!("doctor --selftest {stick}")));
    assert!(doctor.contains("without a risk to replace another"), "{doctor}");
}
