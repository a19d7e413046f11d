//! What 24 hours allow, and roots that lost their files.

use std::fs;

use shelflife::exit::ExitCode;

use super::{left, refused, rejected, set};

#[test]
fn a_day_allows_so_much_in_all_its_runs() {
    let library = rejected(6);
    set(&library, "max_items_per_day", "4");
    library.run("clean 1 2 --apply").expect(ExitCode::Success);
    library.run("clean 3 --apply").expect(ExitCode::Success);
    let words = "2 assets, and of the 4 that 24 hours allow 1 are left: 3 were moved already";
    for command in ["clean 4 5 --apply", "clean 4 5"] {
        let said = refused(&library, command, ExitCode::Guard);
        assert!(said.contains(words), "{said}");
    }
    library.run("clean 4 5 --save").expect(ExitCode::Success);
    let said = refused(&library, "clean --apply --plan 1", ExitCode::Guard);
    assert!(said.contains(words), "{said}");

    library.run("restore 3").expect(ExitCode::Success);
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    let said = refused(&library, "clean 6 --apply", ExitCode::Guard);
    assert!(said.contains("0 are left: 4 were moved already"), "{said}");
    library.run("clean 1 --apply").expect(ExitCode::Success);
    library.advance_days(1);
    library.run("clean 6 --apply").expect(ExitCode::Success);
    assert_eq!(left(&library), ["tea-3.png"]);
}

#[test]
fn a_day_allows_so_many_bytes() {
    let library = rejected(3);
    let size = |name: &str| fs::metadata(library.path("uploads").join(name)).unwrap().len();
    let bytes = size("tea-1.png") + size("tea-2.png");
    set(&library, "max_bytes_per_day", &bytes.to_string());
    library.run("clean 1 2 --apply").expect(ExitCode::Success);
    let said = refused(&library, "clean 3 --apply", ExitCode::Guard);
    assert!(said.contains("that 24 hours allow 0 are left"), "{said}");
}

#[test]
fn a_root_that_lost_many_of_its_files_is_left_as_it_is() {
    let library = rejected(24);
    for number in 4..=24 {
        fs::remove_file(library.path(format!("uploads/tea-{number}.png"))).unwrap();
    }
    library.run("clean 1 --save").expect(ExitCode::Success);
    for command in ["clean 1 --apply", "clean --apply --plan 1"] {
        let said = refused(&library, command, ExitCode::Guard);
        assert!(said.contains("it holds 3 files, and the catalog knows 24 there"), "{said}");
    }
    fs::write(library.path("uploads/note.txt"), "here").unwrap();
    library.run("clean 1 --apply").expect(ExitCode::Success);
}
