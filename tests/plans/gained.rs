//! Plans of assets that got another file since.

use shelflife::exit::ExitCode;

use crate::support::moving::{ended, tree};
use crate::support::pictures::png;

#[test]
fn a_plan_takes_no_file_that_it_does_not_tell_of() {
    let library = ended();
    library.run("clean --save").expect(ExitCode::Success);
    library.write("uploads/2026/03/tea-tin-12x8.png", png((12, 8), b"made since"));
    library.run("scan").expect(ExitCode::Success);
    let shown = library.run("plan show 1").to_string();
    assert!(shown.contains("it has other files than the plan says: 4 files"), "{shown}");
    let run = library.run("clean --apply --plan 1");
    assert_ne!(run.exit, ExitCode::Success, "{run}");
    assert_eq!(tree(&library.path("uploads")).len(), 5, "{run}");
}
