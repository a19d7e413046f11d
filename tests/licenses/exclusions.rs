//! What a license forbids, whatever else it says.

use serde_json::json;
use shelflife::exit::ExitCode;

use super::{assert_is_replayed, licensed};
use crate::support::moving::tree;
use crate::support::scanned::usable_garden;
use crate::support::{Run, TestLibrary};

fn change(library: &TestLibrary, key: &str, terms: &str) -> Run {
    let line = format!("license change {key} {terms} --reason 'the holder wrote' --apply");
    library.run(&line).expect(ExitCode::Success)
}

/// What of a license is shown about exclusions.
fn excluded(library: &TestLibrary, key: &str) -> [serde_json::Value; 2] {
    let show = library.run(&format!("license show {key} --format json"));
    let fields = &show.expect(ExitCode::Success).json()["items"][0]["fields"];
    ["excluded_territories", "excluded_placements"].map(|field| fields[field].clone())
}

#[test]
fn what_a_license_excludes_is_shown_and_listed() {
    let library = TestLibrary::stocked(&[]);
    let add = "license add stock --worldwide --any-placement --exclude-territory li,CH \
               --exclude-territory ch --exclude-placement print --exclude-placement packaging";
    library.run(add).expect(ExitCode::Success);
    library.run("license add plain").expect(ExitCode::Success);
    library.run("license add union --exclude-territory EU").expect(ExitCode::Success);
    let show = library.run("license show stock").expect(ExitCode::Success);
    let says = "territories: worldwide\nplacements: any\nexcluded territories: CH, LI\n\
                excluded placements: packaging, print\n";
    assert!(show.stdout.contains(says), "{show}");
    let list = library.run("license list --format json").expect(ExitCode::Success).json();
    let [plain, stock, union] = [0, 1, 2].map(|at| &list["items"][at]["fields"]);
    assert_eq!(stock["excluded_territories"], json!(["CH", "LI"]));
    assert_eq!(stock["excluded_placements"], json!(["packaging", "print"]));
    assert_eq!(
        (&plain["excluded_territories"], &plain["excluded_placements"]),
        (&json!([]), &json!([]))
    );
    let members = union["excluded_territories"].as_array().unwrap();
    assert!(members.len() == 27 && members.contains(&json!("DE")), "{union}");
}

#[test]
fn an_exclusion_is_a_no_to_every_question_about_a_use() {
    let library = usable_garden(&["garden.png"]);
    let check = |more: &str| library.run(&format!("reuse check garden.png {more}"));
    for more in ["--territory CH", "--territory EU", "--worldwide", ""] {
        check(&format!("--placement blog {more}")).expect(ExitCode::Success);
    }
    change(&library, "own", "--exclude-territory ch,DE --exclude-placement packaging");
    for (more, exit, answer, says) in [
        ("blog --territory AT", ExitCode::Success, "yes", "it covers AT"),
        ("blog --territory CH", ExitCode::No, "no", "license own excludes CH"),
        ("blog --territory EU", ExitCode::No, "no", "license own excludes DE"),
        ("blog --worldwide", ExitCode::No, "no", "license own excludes CH, DE"),
        ("blog", ExitCode::No, "ask", "license own is not worldwide: say where with --territory"),
        ("packaging --territory AT", ExitCode::No, "no", "license own excludes packaging"),
    ] {
        let run = check(&format!("--placement {more}")).expect(exit);
        assert!(run.stdout.contains(&format!("answer: {answer}\n")), "{more}\n{run}");
        assert!(run.stdout.contains(says), "{more}\n{run}");
    }
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn what_is_excluded_is_neither_found_nor_taken_nor_allowed_by_anybody() {
    let library = usable_garden(&["garden.png"]);
    change(&library, "own", "--exclude-territory CH");
    let found = |place: &str| {
        let line = format!("reuse find garden --placement blog --territory {place} --format json");
        library.run(&line).expect(ExitCode::Success).json()["summary"]["figures"].clone()
    };
    assert_eq!(found("AT"), json!({"usable": 1}));
    assert_eq!(found("CH"), json!({"usable": 0, "not for this use": 1}));
    let take = "reuse take garden.png --placement blog --to out --territory";
    let refused = library.run(&format!("{take} AT,CH")).expect(ExitCode::No);
    assert!(refused.stdout.contains("license own excludes CH"), "{refused}");
    assert!(tree(&library.path("out")).is_empty());
    let decide = "reuse decide garden.png --placement blog --territory CH --answer license=yes \
                  --note 'they said yes' --until +30d";
    library.run(decide).expect(ExitCode::No);
    library.run(&format!("{take} AT")).expect(ExitCode::Success);
    assert_eq!(tree(&library.path("out")).len(), 1);
}

#[test]
fn an_exclusion_is_shown_before_it_is_recorded_and_can_be_taken_back() {
    let library = licensed();
    let head = library.catalog().audit_head().unwrap();
    let line = "license change stock --exclude-placement homepage --reason 'the holder wrote'";
    let plan = library.run(line).expect(ExitCode::Success);
    assert!(plan.stdout.contains("hero.jpg: stays draft"), "{plan}");
    assert_eq!(plan.stdout.matches("not covered any more: homepage").count(), 1, "{plan}");
    assert_eq!(library.catalog().audit_head().unwrap(), head, "nothing is recorded");
    assert_eq!(excluded(&library, "stock"), [json!([]), json!([])]);

    let done = change(&library, "stock", "--exclude-placement homepage");
    let says = "the excluded placements of license stock: the holder wrote";
    assert!(done.stdout.contains(says), "{done}");
    assert_eq!(excluded(&library, "stock"), [json!([]), json!(["homepage"])]);
    library.run(line).expect(ExitCode::Usage);
    assert_is_replayed(&library);

    change(&library, "stock", "--exclude-placement print --exclude-territory CH");
    assert_eq!(excluded(&library, "stock"), [json!(["CH"]), json!(["print"])]);
    change(&library, "stock", "--holder Oak-Ltd");
    assert_eq!(excluded(&library, "stock"), [json!(["CH"]), json!(["print"])], "they stay");
    change(&library, "stock", "--forget excluded-territories --forget excluded-placements");
    assert_eq!(excluded(&library, "stock"), [json!([]), json!([])]);
    assert_is_replayed(&library);
}

#[test]
fn an_exclusion_is_a_finding_about_assets_that_are_meant_for_it() {
    let library = licensed();
    library.configure("[site]\nterritories = [\"CH\", \"DE\"]\n");
    let terms = "--exclude-territory EU --exclude-placement homepage";
    let change = change(&library, "stock", terms);
    assert!(change.stdout.contains("not covered any more: homepage, DE"), "{change}");
    let found = library.run("validate hero.jpg --format json").json();
    let messages: Vec<_> = found["items"].as_array().unwrap().iter().collect();
    let told = |code: &str| messages.iter().any(|item| item["code"] == code);
    assert!(told("SL404") && told("SL312"), "{found}");
    let refused = library.run("approve hero.jpg").expect(ExitCode::No);
    let said = format!("{}{}", refused.stdout, refused.stderr);
    for says in ["license stock excludes `homepage`", "license stock excludes DE"] {
        assert!(said.contains(says), "{says}\n{refused}");
    }
}

#[test]
fn what_is_allowed_by_name_and_excluded_is_refused_and_recorded_nowhere() {
    let library = TestLibrary::stocked(&[]);
    let named = "license add named --placement blog --placement shop --territory AT,DE";
    library.run(named).expect(ExitCode::Success);
    let length = library.catalog().audit_head().unwrap();
    let (both, every) = ("by name and excludes the same", "it excludes every country");
    for (line, says) in [
        ("license add x --placement blog --exclude-placement blog", both),
        ("license add x --territory DE --exclude-territory EU", every),
        ("license add x --exclude-territory UK", "the United Kingdom is GB"),
        ("license add x --exclude-placement '*'", "not a placement"),
        ("license change named --exclude-placement shop --reason r --apply", "it allows shop by"),
        ("license change named --exclude-territory EU --reason r --apply", every),
        ("license change named --exclude-territory EU --reason r --apply", "--forget"),
        ("license change x --exclude-placement blog --reason r --apply", "there is no license"),
    ] {
        let run = library.run(line).expect(ExitCode::Usage);
        assert!(run.stderr.contains(says), "{line}\n{run}");
    }
    assert_eq!(library.catalog().audit_head().unwrap(), length);
    for terms in [
        "--exclude-placement shop --any-placement",
        "--exclude-placement shop --placement blog",
        "--exclude-placement shop --forget placements",
        "--exclude-territory DE",
        "--exclude-territory EU --worldwide",
    ] {
        let line = format!("license change named {terms} --reason r");
        library.run(&line).expect(ExitCode::Success);
    }
}
