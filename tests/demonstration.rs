//! The demo: the README's first command has to work everywhere.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

#[test]
fn the_demo_plays_to_its_end_and_leaves_nothing_behind() {
    let library = TestLibrary::new();
    let run = library.run("demo").expect(ExitCode::Success);
    for said in ["would expire", "quarantined  #3", "restored  #3", "answer: no", "answer: yes"] {
        assert!(run.stdout.contains(said), "`{said}` was not said\n{run}");
    }
    let first = run.stdout.lines().next().unwrap();
    let folder = first.strip_prefix("A small media library in ").unwrap().trim_end_matches(':');
    assert!(!std::path::Path::new(folder).exists(), "{folder}");
}

#[test]
fn a_demo_that_is_kept_can_be_gone_on_with() {
    let library = TestLibrary::new();
    library.run("demo --dir play").expect(ExitCode::Success);
    library.run("demo --dir play").expect(ExitCode::Usage);
    let run =
        library.run("--config play/shelflife.toml list --standing live").expect(ExitCode::Success);
    assert!(run.stdout.contains("tea-garden-at-sunrise.png"), "{run}");
}
