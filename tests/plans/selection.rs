//! What a saved plan cannot be narrowed by.

use shelflife::exit::ExitCode;

use super::{refused, rejected};

/// A saved plan has a selection of its own: an option taken beside it would only seem to narrow it.
#[test]
fn no_selection_is_taken_beside_a_saved_plan() {
    let library = rejected(1);
    let help = library.run("clean --help").stdout;
    let selection = help.split("Selection:").nth(1).unwrap().split("Global options:").next();
    let options = selection.unwrap().lines().filter_map(|line| line.trim().strip_prefix("--"));
    let options = options.map(|option| option.split(' ').next().unwrap());
    let options: Vec<_> =
        options.filter(|option| !["apply", "save", "plan"].contains(option)).collect();
    assert!(options.len() >= 12, "{options:?}");
    let value = |option: &str| match option {
        "used" | "unused" | "unknown" => "",
        "state" | "standing" => "draft",
        "where-rule" => "SL201",
        "context" => "campaign/spring",
        _ => "x",
    };
    let selections = options.iter().map(|option| format!("--{option} {}", value(option)));
    for selection in selections.chain(["1".to_owned()]) {
        let said =
            refused(&library, &format!("clean --apply --plan 1 {selection}"), ExitCode::Usage);
        assert!(said.contains("cannot be used with"), "{selection}: {said}");
    }
}
