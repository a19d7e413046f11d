//! What the items of one export share with each other.

use std::fmt::Write as _;

use shelflife::exit::ExitCode;

use super::{entry, site, told};
use crate::support::TestLibrary;
use crate::support::scanned::picture;
use crate::support::wxr::export;

fn nowhere() -> TestLibrary {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library
}

#[test]
fn a_text_that_two_pictures_have_is_found_at_the_second() {
    let library = nowhere();
    let entries = [
        (7, "2026/tea-tin-open.png", Some("A tin of green tea on an oak table")),
        (8, "2026/garden-in-spring.png", Some("A garden in spring behind the shop")),
        (9, "2026/tea-tin-shut.png", Some("A tin of green tea on an oak table.")),
        (9, "2026/tea-tin-shut.png", Some("A tin of green tea on an oak table.")),
    ];
    library.write("site.xml", site(&entries));
    let run = library.run("check site.xml --without-catalog").expect(ExitCode::Success);
    let repeated = "attachment 7 has the text for `en`: `A tin of green tea on an oak table.`";
    assert!(run.stdout.contains(repeated), "{run}");
    let (_, found) = told(&library, "check site.xml --without-catalog");
    assert_eq!(found, ["2026/tea-tin-shut.png SL215"; 2]);
}

#[test]
fn names_that_a_mac_takes_for_one_are_found() {
    let library = nowhere();
    let entries = [(7, "2026/Tea-Tin.png", None), (8, "2026/tea-tin.PNG", None)];
    library.write("site.xml", site(&entries));
    let (_, found) = told(&library, "check site.xml --without-catalog");
    assert!(found.contains(&"2026/tea-tin.PNG SL115".to_owned()), "{found:?}");
    for name in ["caf\u{e9}-at-noon.png", "cafe\u{301}-at-noon.png"] {
        library.write(format!("ship/{name}"), picture(1));
    }
    let run = library.run("check ship --without-catalog");
    assert!(run.stdout.contains("an earlier item has the same name"), "{run}");
}

#[test]
fn each_picture_of_an_export_with_its_own_name_and_text_passes() {
    let library = nowhere();
    let mut entries = String::new();
    for id in 1..2_000 {
        let (path, alt) = (format!("tea-tin-no-{id}-open.png"), format!("Tea tin number {id}"));
        write!(entries, "{}", entry(id, &path, Some(&alt))).unwrap();
    }
    library.write("site.xml", export(&entries));
    let all_right = (ExitCode::Success, Vec::new());
    assert_eq!(told(&library, "check site.xml --without-catalog --fail-on note"), all_right);
}
