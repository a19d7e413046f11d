//! Files with several names (hard links), which stay in reach under the others.

use std::fs;
use std::process::Command;

use shelflife::exit::ExitCode;

use super::{column, library, state, withdraw};
use crate::disks::has;
use crate::support::moving::{cleaned, ended, tree};
use crate::support::{TestLibrary, skip};

const TIN: &str = "uploads/2026/03/tea-tin.png";

fn link(library: &TestLibrary, name: &str) {
    fs::hard_link(library.path(TIN), library.path(name)).unwrap();
}

fn let_links_move(library: &TestLibrary) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let moved = config.replace("hard_links = \"leave\"", "hard_links = \"move\"");
    assert_ne!(moved, config);
    library.write_config(&moved);
}

#[test]
fn a_link_of_somebody_with_upload_rights_keeps_nothing_public_unsaid() {
    let library = library();
    link(&library, "uploads/2026/03/innocent.png");
    let report = withdraw(&library, "2", ExitCode::Partial);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)", "its own names are gone");
    assert!(!library.path(TIN).exists());
    let public = column(&report, "still public", "url");
    assert_eq!(public.len(), 2, "{public:?}");
    assert!(public.iter().all(|url| url.ends_with("/2026/03/innocent.png")), "{public:?}");
    let because = column(&report, "still public", "because");
    assert_eq!(because[0], "another name (hard link) of `2026/03/tea-tin.png`");
    let refused = library.run("withdraw --confirm 2 --note looked").expect(ExitCode::No);
    assert!(refused.stdout.contains("`2026/03/innocent.png` has the same bytes"), "{refused}");

    library.run("scan").expect(ExitCode::Success);
    withdraw(&library, "2026/03/innocent.png", ExitCode::Success);
    assert!(!library.path("uploads/2026/03/innocent.png").exists());
    library.run("withdraw --confirm 2 --note looked").expect(ExitCode::Success);
}

#[test]
fn a_name_outside_of_the_library_is_told_because_it_may_be_served() {
    let library = library();
    link(&library, "elsewhere.png");
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    let told =
        "failed  2026/03/tea-tin.png: it has 1 other name that no look into the library found";
    assert!(run.stdout.contains(told), "{run}");
    assert!(!run.stdout.contains("STILL PUBLIC"), "{run}");
    assert!(!run.stdout.contains("Run `shelflife scan`"), "a scan would not find it: {run}");
    assert!(!library.path(TIN).exists());
    library.run("withdraw --confirm 2 --note 'it is the backup'").expect(ExitCode::Success);
}

/// The signal comes with the first move, so that the first asset is the only one that is moved.
#[test]
fn other_names_are_looked_for_also_after_a_takedown_that_stopped_early() {
    if !has("strace") {
        return skip("strace is not installed").unwrap_or_default();
    }
    let library = library();
    link(&library, "uploads/2026/03/innocent.png");
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2"]);
    tracer.args(["-e", "inject=renameat2:signal=INT:when=1"]);
    tracer.arg(env!("CARGO_BIN_EXE_shelflife")).args(["withdraw", "2", "1", "--reason", "unsafe"]);
    tracer.env_clear().current_dir(library.path("."));
    tracer.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = tracer.env("SHELFLIFE_CONFIG", library.path("shelflife.toml")).output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    assert_eq!(state(&library, 1), "withdrawn", "it was not begun");
    let said = String::from_utf8(output.stdout).unwrap();
    let (_, public) = said.split_once("STILL PUBLIC under other names:").expect(&said);
    assert!(public.contains("/2026/03/innocent.png"), "{said}");
}

#[test]
fn a_clean_says_beforehand_that_it_leaves_a_file_with_other_names_and_moves_it_if_it_may() {
    let library = ended();
    link(&library, "elsewhere.png");
    let before = tree(&library.path("uploads"));
    for line in ["clean", "clean --save", "clean --apply"] {
        let run = library.run(line).expect(ExitCode::Partial);
        assert!(run.stdout.contains("`2026/03/tea-tin.png` has 2 names"), "{line}: {run}");
        assert!(run.stdout.contains("hard_links"), "{line}: {run}");
    }
    assert_eq!(tree(&library.path("uploads")), before);
    let_links_move(&library);
    let run = library.run("clean --apply").expect(ExitCode::Success);
    let told = "`2026/03/tea-tin.png` was moved, and has 1 other name still";
    assert!(run.stdout.contains(told), "{run}");
    assert!(!library.path(TIN).exists());
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    library.run("restore 2 --reason 'still needed'").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")), before);
}

#[test]
fn the_hold_of_a_restore_stops_no_takedown_and_one_that_a_person_asked_for_does() {
    let library = cleaned();
    library.run("restore 2 --reason 'still needed'").expect(ExitCode::Success);
    library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    library.run("audit verify --replay").expect(ExitCode::Success);

    let library = cleaned();
    library.run("restore 2 --reason 'still needed'").expect(ExitCode::Success);
    library.run("hold 2 --reason 'court order'").expect(ExitCode::Success);
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("court order"), "{run}");
}

#[test]
fn nothing_with_other_names_is_confirmed_to_be_gone_while_a_served_folder_cannot_be_looked_into() {
    if !has("strace") {
        return skip("strace is not installed").unwrap_or_default();
    }
    let library = library();
    link(&library, "elsewhere.png");
    fs::create_dir(library.path("uploads/priv")).unwrap();
    library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(library.path("uploads/priv"));
    tracer.args(["-e", "trace=openat,openat2", "-e", "inject=openat,openat2:error=EACCES"]);
    tracer.arg(env!("CARGO_BIN_EXE_shelflife"));
    tracer.args(["withdraw", "--confirm", "2", "--note", "nowhere"]);
    tracer.env_clear().current_dir(library.path("."));
    tracer.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = tracer.env("SHELFLIFE_CONFIG", library.path("shelflife.toml")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nobody can look into `priv`"), "{said}");
    library.run("withdraw --confirm 2 --note 'it is the backup'").expect(ExitCode::Success);
}
