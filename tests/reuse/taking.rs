//! `reuse take`: a copy for one use, and the record of it.

use std::fs;

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::tree;
use crate::support::scanned::usable_garden;

const TAKE: &str = "reuse take garden.png --placement blog --territory DE --until +30d --to out";

/// A garden that is approved with everything on record, and a draft.
fn gardens() -> TestLibrary {
    usable_garden(&["garden.png", "draft.png"])
}

fn taken(library: &TestLibrary) -> Vec<serde_json::Value> {
    let show = library.run("show garden.png --format json").expect(ExitCode::Success).json();
    show["items"][0]["fields"]["taken"].as_array().unwrap().clone()
}

#[test]
fn what_may_be_used_is_copied_and_the_use_is_on_record() {
    let library = gardens();
    let before = tree(&library.path("uploads"));
    library.run(&format!("{TAKE} --dry-run")).expect(ExitCode::Success);
    assert!(taken(&library).is_empty() && tree(&library.path("out")).is_empty());

    library.run(&format!("{TAKE} --reason 'spring post'")).expect(ExitCode::Success);
    let original = fs::read(library.path("uploads/garden.png")).unwrap();
    assert_eq!(fs::read(library.path("out/garden.png")).unwrap(), original);
    assert_eq!(tree(&library.path("out")).len(), 1, "nothing else is left there");
    assert_eq!(tree(&library.path("uploads")), before);
    let taken = taken(&library);
    assert_eq!(taken.len(), 1);
    for (field, value) in
        [("placement", "blog"), ("territory", "DE"), ("reason", "spring post"), ("by", "olga")]
    {
        assert_eq!(taken[0][field], value, "{taken:?}");
    }
    assert!(taken[0]["to"].as_str().unwrap().ends_with("out/garden.png"), "{taken:?}");
    assert!(library.run("history garden.png").stdout.contains("reuse take"));
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn nothing_is_copied_unless_the_answer_is_yes() {
    let library = gardens();
    for line in [
        "reuse take draft.png --placement blog --territory DE --to out",
        "reuse take garden.png --placement homepage --territory DE --to out",
        "reuse take garden.png --placement blog --territory DE --until +2y --to out",
    ] {
        library.run(line).expect(ExitCode::No);
    }
    assert!(tree(&library.path("out")).is_empty());
    assert!(taken(&library).is_empty());
}

#[test]
fn a_copy_replaces_nothing_is_what_was_approved_and_stays_out_of_the_library() {
    let library = gardens();
    library.write("out/garden.png", "mine");
    let run = library.run(TAKE).expect(ExitCode::Usage);
    assert!(run.stderr.contains("is there already"), "{run}");
    assert_eq!(fs::read(library.path("out/garden.png")).unwrap(), b"mine");
    for folder in ["uploads", "uploads/sub", "state/quarantine"] {
        let run = library.run(&TAKE.replace("--to out", &format!("--to {folder}")));
        assert!(run.expect(ExitCode::Usage).stderr.contains("lies beneath"), "{folder}");
    }
    library.run(&TAKE.replace("--to out", "--to nowhere")).expect(ExitCode::Io);
    fs::remove_file(library.path("out/garden.png")).unwrap();

    let path = library.path("uploads/garden.png");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    library.run(TAKE).expect(ExitCode::Integrity);
    assert!(tree(&library.path("out")).is_empty(), "what is not the approved picture is not kept");
    assert!(taken(&library).is_empty());
}
