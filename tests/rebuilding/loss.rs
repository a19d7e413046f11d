//! The catalog is gone, and everything in quarantine comes back.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use shelflife::exit::ExitCode;

use super::{REBUILD, lose, nothing_is_left, rebuild, state, verify};
use crate::crash::say;
use crate::support::TestLibrary;
use crate::support::moving::{Tree, cleaned, tree};
use crate::support::pictures::png;

/// The same each time, and different for each number.
fn dice(number: usize, sides: usize) -> usize {
    let mixed = (number as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from((mixed >> 33) % sides as u64).unwrap()
}

/// The folder of a group: a served one, or one of drafts; some with a name that is not UTF-8.
fn folder(group: usize) -> PathBuf {
    let root = if dice(group, 5) == 0 { "drafts" } else { "uploads" };
    let month: &[u8] = if dice(group, 7) == 0 { b"m\xe4rz" } else { b"03" };
    PathBuf::from(root).join("2026").join(OsStr::from_bytes(month))
}

/// Writes groups of 1 to 12 files, `count` files in all, with modes and times of their own. Gives
/// how many groups.
fn fill(library: &TestLibrary, count: usize) -> usize {
    let (mut files, mut groups) = (0, 0);
    while files < count {
        let size = (1 + dice(groups, 12)).min(count - files);
        let stem: Vec<u8> = match dice(groups, 6) {
            0 => [b"caf\xe9 ".as_slice(), groups.to_string().as_bytes()].concat(),
            1 => format!("line\nbreak-{groups}").into_bytes(),
            _ => format!("tea-{groups}").into_bytes(),
        };
        for member in 0..size {
            let edge = u32::try_from(60 - 4 * member).unwrap();
            let suffix = match member {
                0 => String::new(),
                _ => format!("-{edge}x{edge}"),
            };
            let name = [stem.as_slice(), suffix.as_bytes(), b".png"].concat();
            let path = folder(groups).join(OsStr::from_bytes(&name));
            let said = format!("{groups} {member}");
            let path = library.write(&path, png((edge, edge), said.as_bytes()));
            let mode = [0o644, 0o600, 0o664, 0o640, 0o604][dice(files, 5)];
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let seconds = 1_000_000_000 + dice(files, 700_000_000) as u64;
            let nanos = u32::try_from(dice(files, 1_000_000_000)).unwrap();
            let modified = UNIX_EPOCH + Duration::new(seconds, nanos);
            File::open(&path).unwrap().set_modified(modified).unwrap();
            files += 1;
        }
        groups += 1;
    }
    groups
}

fn both(library: &TestLibrary) -> BTreeMap<&'static str, Tree> {
    ["uploads", "drafts"].map(|root| (root, tree(&library.path(root)))).into()
}

/// A library of so many files, all of them in quarantine; what was there before; how many groups.
fn emptied(count: usize) -> (TestLibrary, BTreeMap<&'static str, Tree>, usize) {
    let library = TestLibrary::new();
    let groups = fill(&library, count);
    let before = both(&library);
    library
        .run("init --root uploads --draft-root drafts --catalog state/catalog.db")
        .expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let caps = "max_items = 100000\nmax_percent = 100\nmax_items_per_day = 100000\n\
                max_percent_per_day = 100\n";
    let config: Vec<_> = config.lines().filter(|line| !line.starts_with("max_")).collect();
    let config = config.join("\n");
    let config = config.replace("second_person_above = 100\n", "second_person_above = 100000\n");
    assert!(config.contains("[clean]\n"), "{config}");
    library.write_config(&config.replace("[clean]\n", &format!("[clean]\n{caps}")));
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    assert!(both(&library).values().all(Tree::is_empty), "all of it is away");
    (library, before, groups)
}

#[test]
fn every_file_in_quarantine_comes_back_after_the_loss_of_the_catalog() {
    let is_full = std::env::var_os("PROPTEST_CASES").is_some();
    let count = if is_full { 2_000 } else { 300 };
    let (library, before, groups) = emptied(count);
    let quarantine = tree(&library.path("state/quarantine"));
    assert_eq!(quarantine.len(), count);
    let lost = lose(&library);

    let plan = library.run(&format!("recover --rebuild --lost {lost}")).expect(ExitCode::Success);
    assert!(plan.stdout.contains("dry run: nothing was changed"), "{plan}");
    assert!(!library.path("state/catalog.db").exists());
    let run = rebuild(&library, &lost).expect(ExitCode::Success);
    assert!(run.stdout.contains(&format!("{count} files")), "{run}");
    assert_eq!(tree(&library.path("state/quarantine")), quarantine, "no file was touched");
    assert!(both(&library).values().all(Tree::is_empty));
    nothing_is_left(&library, &lost);

    library.run("restore --state quarantined").expect(ExitCode::Success);
    let restored = both(&library);
    let (files, of) = (restored.values().map(Tree::len).sum::<usize>(), count);
    let same = before.iter().flat_map(|(root, files)| {
        files.iter().filter(|(path, file)| restored[root].get(*path) == Some(*file))
    });
    assert_eq!((same.count(), files), (of, of), "bytes, modes, times and paths are as they were");
    assert!(tree(&library.path("state/quarantine")).is_empty());
    verify(&library);
    library.run("scan").expect(ExitCode::Success);
    verify(&library);
    say(&format!(
        "rebuild: {files} of {of} files in {groups} groups came back, 2 roots, no catalog"
    ));
}

#[test]
fn numbers_states_and_who_did_what_are_kept() {
    let library = TestLibrary::scanned(&["a/one.png", "b/two.png", "c/three.png"]);
    library.set_actor("li");
    library.run("reject 2 --reason 'off brand'").expect(ExitCode::Success);
    library.run("withdraw 3 --reason 'a wrong claim'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.advance_days(1);
    let lost = lose(&library);
    library.set_actor("anna");
    rebuild(&library, &lost).expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    assert_eq!(state(&library, 3), "quarantined (was withdrawn)");
    let told: Vec<_> =
        library.audit_entries().into_iter().filter(|e| e.kind == "asset.rebuild").collect();
    assert_eq!(told.len(), 2, "one for each asset");
    for entry in &told {
        assert!(entry.actor.starts_with("anna"), "{entry:?}");
        for said in ["the disk broke", "li (olga) at desk", lost.as_str(), "2026-03-02T09:00"] {
            assert!(entry.payload.contains(said), "{said}: {entry:?}");
        }
    }
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(4).path.as_bytes(), b"a/one.png", "no number is given twice");
    nothing_is_left(&library, &lost);

    // Nobody has confirmed yet that what was withdrawn is gone.
    let waiting = library.run("list --unconfirmed").expect(ExitCode::Success);
    assert!(
        waiting.stdout.contains("c/three.png") && waiting.stdout.contains("1 row"),
        "{waiting}"
    );

    // Who withdrew it cannot reconsider it, whatever was lost in between.
    library.run("restore 3").expect(ExitCode::Success);
    let doctor = library.run("doctor").expect(ExitCode::No);
    assert!(doctor.stdout.contains("#3"), "{doctor}");
    library.set_actor("li");
    library.run("reconsider 3 --reason 'it is true'").expect(ExitCode::No);
    library.set_actor("anna");
    library.run("reconsider 3 --reason 'it is true'").expect(ExitCode::Success);
    verify(&library);
}

#[test]
fn it_plans_first_wants_a_reason_and_is_refused_while_paused() {
    let library = cleaned();
    let before = tree(&library.path("."));
    let lost = lose(&library);
    let tell = |line: String| {
        let told = library.tell(&line).replace(&lost, "[lost]");
        told.replace(&store_name(&library), "[store]")
    };
    insta::assert_snapshot!(tell(format!("recover --rebuild --lost {lost}")), @"
    exit: 0
    There is no catalog; --apply makes a new one.

    ROOT     MARKED-BY                             NEXT
    uploads  [lost]  it is taken over

    would record  #2 2026/03/tea-tin.png  rejected; 3 files of quarantine [store]: all there
    To make these records, add --apply --reason TEXT.
    1 edited, 1 row, 3 files
    dry run: nothing was changed
    ");
    library.run(&format!("recover --rebuild --apply --lost {lost}")).expect(ExitCode::Usage);
    library.run("recover --apply --reason why").expect(ExitCode::Usage);
    library.write("state/PAUSED", b"");
    rebuild(&library, &lost).expect(ExitCode::Paused);
    fs::remove_file(library.path("state/PAUSED")).unwrap();
    assert!(!library.path("state/catalog.db").exists(), "nothing of it was made");
    insta::assert_snapshot!(tell(format!("{REBUILD} --lost {lost}")), @"
    exit: 0
    A new catalog was made at [library]/state/catalog.db.
    recorded  #2 2026/03/tea-tin.png  rejected; 3 files of quarantine [store]: all there
    Bring files back with `shelflife restore --state quarantined`.
    1 edited, 3 files, 1 taken over
    ");
    assert_eq!(tree(&library.path(".")), before);
    library.run("pause --reason 'let us look'").expect(ExitCode::Success);
    rebuild(&library, &lost).expect(ExitCode::Paused);
}

#[test]
fn a_pause_that_outlives_its_catalog_can_be_ended_and_then_all_is_brought_back() {
    let library = cleaned();
    library.run("pause --reason 'the disk is making noises'").expect(ExitCode::Success);
    let lost = lose(&library);
    rebuild(&library, &lost).expect(ExitCode::Paused);
    let shown = library.run("pause --show").expect(ExitCode::Paused);
    for words in ["the disk is making noises", "There is no catalog at", "shelflife resume"] {
        assert!(shown.stdout.contains(words), "{words}: {shown}");
    }
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("resume --reason 'it is a new disk'").expect(ExitCode::Guard);
    library.remove_variable("SHELFLIFE_JOB");
    let ended = library.run("resume --reason 'it is a new disk'").expect(ExitCode::Success);
    for words in ["resumed by olga (it is a new disk)", "by olga", "No log keeps this"] {
        assert!(ended.stdout.contains(words), "{words}: {ended}");
    }
    library.run("pause --show").expect(ExitCode::Success);
    library.run("resume --reason again").expect(ExitCode::Config);
    rebuild(&library, &lost).expect(ExitCode::Success);
    library.run("restore 2").expect(ExitCode::Success);
    verify(&library);
}

fn store_name(library: &TestLibrary) -> String {
    super::store(library).file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_scan_that_came_first_is_no_obstacle() {
    let library = cleaned();
    let before = tree(&library.path("state/quarantine"));
    let lost = lose(&library);
    fs::remove_file(library.path("shelflife.toml")).unwrap();
    let init = "init --root uploads --catalog state/catalog.db";
    let run = library.run(init).expect(ExitCode::Guard);
    assert!(run.stdout.contains(&format!("--lost {lost}")), "{run}");
    library.run("scan").expect(ExitCode::Guard);
    library.run("doctor").expect(ExitCode::No);
    rebuild(&library, &lost).expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("state/quarantine")), before);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    nothing_is_left(&library, &lost);
    library.run("restore 2").expect(ExitCode::Success);
    verify(&library);
    library.run("leftovers").expect(ExitCode::Success);
}

#[test]
fn a_number_that_is_taken_by_now_is_not_taken_away() {
    let library = cleaned();
    let lost = lose(&library);
    let other = "init --root uploads --catalog state/catalog.db";
    fs::remove_file(library.path("shelflife.toml")).unwrap();
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
    library.run(other).expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(2).path.as_bytes(), b"2026/04/hat.png");
    rebuild(&library, &lost).expect(ExitCode::Success);
    assert_eq!(library.asset(2).path.as_bytes(), b"2026/04/hat.png");
    assert_eq!(library.asset(3).path.as_bytes(), b"2026/03/tea-tin.png");
    nothing_is_left(&library, &lost);
    library.run("restore 3").expect(ExitCode::Success);
    verify(&library);
}

#[test]
fn what_is_at_a_path_by_now_stays_there_and_is_told_when_the_other_is_to_come_back() {
    let library = cleaned();
    let lost = lose(&library);
    let tin = super::store(&library).join("0001.bin");
    library.write("uploads/2026/03/tea-tin.png", fs::read(tin).unwrap());
    let before = tree(&library.path("uploads"));
    rebuild(&library, &lost).expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")), before, "somebody put it there since");
    verify(&library);
    library.run("restore 2").expect(ExitCode::No);
    fs::remove_file(library.path("uploads/2026/03/tea-tin.png")).unwrap();
    library.run("restore 2").expect(ExitCode::Success);
}

#[test]
fn restoring_the_rebuilding_run_is_its_undo_and_its_moves_do_not_count_for_today() {
    let library = cleaned();
    library.advance_days(30);
    let lost = lose(&library);
    rebuild(&library, &lost).expect(ExitCode::Success);
    let run = library.audit_entries().into_iter().find(|e| e.kind == "asset.rebuild").unwrap().run;
    let moved = library.scanned_catalog().moved_in_a_day(library.now()).unwrap();
    assert_eq!(moved.items, 0, "it was moved a month ago");
    library.run(&format!("restore --run {run}")).expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
    verify(&library);
}
