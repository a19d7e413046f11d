//! What an import may change, and what it leaves to people.

use shelflife::catalog::{CatalogError, FolderChange, IntakeCounts};
use shelflife::domain::asset::{AssetId, Role};
use shelflife::domain::intake::{FileStep, FolderPlan, Home};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// An export with one attachment on `tea.png`.
fn export(alt: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\n\
         <channel><wp:wxr_version>1.2</wp:wxr_version>\n<item><title>Tea of the site</title>\n\
         <wp:post_id>7</wp:post_id><wp:post_type>attachment</wp:post_type>\n\
         <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key>\
         <wp:meta_value>tea.png</wp:meta_value></wp:postmeta>\n\
         <wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>\
         <wp:meta_value>{alt}</wp:meta_value></wp:postmeta>\n</item></channel></rss>\n"
    )
}

fn fields(library: &TestLibrary) -> serde_json::Value {
    library.run("show wp:7 --format json").json()["items"][0]["fields"].clone()
}

#[test]
fn an_import_fills_in_and_overwrites_only_when_told() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.write("export.xml", export("A tin of tea"));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(fields(&library)["title"], "Tea of the site");
    assert_eq!(fields(&library)["alt"][0]["text"], "A tin of tea");
    library.write("export.xml", export("Another text"));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(fields(&library)["alt"][0]["text"], "A tin of tea");
    library.run("import wxr export.xml --overwrite").expect(ExitCode::Success);
    assert_eq!(fields(&library)["alt"][0]["text"], "Another text");
}

#[test]
fn an_import_never_changes_what_an_approval_vouches_for() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.write("export.xml", export("Another text"));
    let run = library.run("import wxr export.xml --overwrite").expect(ExitCode::Success);
    assert!(run.stdout.contains("Another text"), "the difference is told\n{run}");
    assert_eq!(fields(&library)["standing"], "live");
    assert_eq!(fields(&library)["alt"][0]["text"], "A green tin of tea on a shelf");
}

#[test]
fn an_entry_that_takes_the_place_of_another_one_is_told_whatever_file_it_is_in() {
    let library = TestLibrary::scanned(&["tea.png", "tin.png"]);
    library.write("a.xml", export("A tin of tea"));
    library.write("b.xml", export("A tin").replace("tea.png", "tin.png"));
    let run = library.run("import wxr a.xml b.xml");
    let told = run.stdout.matches("another entry before it has the same id").count();
    assert_eq!(told, 1, "{run}");
    assert!(run.stdout.contains("b.xml"), "{run}");
    let again = library.run("import wxr a.xml a.xml").expect(ExitCode::Success);
    assert!(!again.stdout.contains("another entry"), "{again}");
}

/// What an answer of the REST API says of the attachment of [`export`].
fn answer(alt: &str) -> String {
    format!(
        "[{{\"id\":7,\"type\":\"attachment\",\"title\":{{\"raw\":\"Tea of the site\"}},\
         \"alt_text\":\"{alt}\",\"media_details\":{{\"file\":\"tea.png\",\"sizes\":{{\
         \"medium\":{{\"file\":\"tea-1x1.png\"}}}}}}}}]"
    )
}

#[test]
fn rest_and_csv_teach_what_a_wxr_teaches() {
    let sources = [
        ("wxr", export("A tin of tea")),
        ("rest", answer("A tin of tea")),
        (
            "csv",
            "ID,post_title,_wp_attachment_image_alt,_wp_attached_file\n\
             7,Tea of the site,A tin of tea,tea.png\n"
                .to_owned(),
        ),
    ];
    let learned = sources.map(|(kind, text)| {
        let library = TestLibrary::scanned(&["tea.png"]);
        library.write("export", text);
        library.run(&format!("import {kind} export")).expect(ExitCode::Success);
        fields(&library)
    });
    assert_eq!(learned[0]["title"], "Tea of the site");
    assert_eq!(learned[0], learned[1]);
    assert_eq!(learned[0], learned[2]);
}

#[test]
fn an_export_of_another_kind_is_named_with_the_command_for_it() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.write("export", answer("x"));
    let run = library.run("import wxr export").expect(ExitCode::Usage);
    assert!(run.stderr.contains("`export` is JSON, not a WordPress export (WXR)"), "{run}");
    assert!(run.stderr.contains("import rest"), "{run}");
}

#[test]
fn pages_are_one_export_and_a_folder_of_them_too() {
    let library = TestLibrary::scanned(&["tea.png", "tin.png"]);
    library.write("pages/1.json", answer("A tin of tea"));
    library.write(
        "pages/2.json",
        answer("A tin").replace("\"id\":7", "\"id\":8").replace("tea", "tin"),
    );
    let run = library.run("import rest pages/1.json pages/2.json --dry-run --format json");
    assert_eq!(run.json()["summary"]["figures"]["attachments read"], 2, "{run}");
    library.run("import rest pages").expect(ExitCode::Success);
    assert_eq!(fields(&library)["alt"][0]["text"], "A tin of tea");
    let tin = library.run("show wp:8 --format json").json();
    assert_eq!(tin["items"][0]["fields"]["alt"][0]["text"], "A tin");
}

#[test]
fn a_list_without_files_forgets_none_that_are_known() {
    let library = TestLibrary::scanned(&["tea.png", "tea-1x1.png"]);
    library.write("page.json", answer("A tin of tea"));
    library.run("import rest page.json").expect(ExitCode::Success);
    let files = fields(&library)["files"].clone();
    assert_eq!(files.as_array().unwrap().len(), 2);
    let list = r#"[{"ID":7,"post_title":"Tea","guid":"https://shop.example/uploads/tea.png"}]"#;
    library.write("list.json", list);
    library.run("import rest list.json").expect(ExitCode::Success);
    library.run("scan --full").expect(ExitCode::Success);
    assert_eq!(fields(&library)["files"], files);
}

#[test]
fn rows_without_an_id_are_matched_by_the_path_of_their_file() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.write("table.csv", "path,title,alt\ntea.png,Tea,A tin of tea\nmilk.png,Milk,\n");
    let run = library.run("import csv table.csv").expect(ExitCode::Success);
    assert!(run.stdout.contains("milk.png"), "what is not there is told\n{run}");
    let asset = library.run("show 1 --format json").json();
    assert_eq!(asset["items"][0]["fields"]["title"], "Tea");
}

#[test]
fn an_answer_that_is_an_error_is_a_failure_with_its_place() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.write("page.json", r#"{"code":"rest_forbidden_context","message":"Sorry."}"#);
    let run = library.run("import rest page.json").expect(ExitCode::Partial);
    assert!(run.stdout.contains("page.json, line 1, entry 1"), "{run}");
    assert!(run.stdout.contains("rest_forbidden_context"), "{run}");
}

/// A library whose draft `tea-small.png`, the first, is a size of `tea.png` to the site, which the
/// export in `export.xml` tells.
fn with_a_size_unknown() -> TestLibrary {
    let library = TestLibrary::scanned(&["tea-small.png", "tea.png"]);
    let sizes =
        "a:1:{s:5:\"sizes\";a:1:{s:6:\"medium\";a:1:{s:4:\"file\";s:13:\"tea-small.png\";}}}";
    let meta = format!(
        "<wp:postmeta><wp:meta_key>_wp_attachment_metadata</wp:meta_key>\
         <wp:meta_value>{sizes}</wp:meta_value></wp:postmeta>\n</item>"
    );
    library.write("export.xml", export("A tin of tea").replace("</item>", &meta));
    library
}

#[test]
fn a_draft_that_proves_to_be_a_file_of_another_asset_goes_with_all_that_was_recorded_of_it() {
    let library = with_a_size_unknown();
    library
        .run("rules waive SL401 1 --reason 'li starts in May' --until +2w")
        .expect(ExitCode::Success);
    library.run("hold 1 --reason 'legal asks'").expect(ExitCode::Success);
    library.run("release 1 --reason 'legal is content'").expect(ExitCode::Success);
    library.run("describe 1 --title Tea --owner anna").expect(ExitCode::Success);
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(library.scanned_catalog().asset(AssetId(1)).unwrap(), None);
    assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 2);
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
}

#[test]
fn a_draft_whose_files_were_in_quarantine_stays_an_asset_of_its_own() {
    let library = with_a_size_unknown();
    library.run("reject 1 --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("restore 1").expect(ExitCode::Success);
    library.run("reconsider 1 --reason 'it was right'").expect(ExitCode::Success);
    for command in ["import wxr export.xml", "scan", "import wxr export.xml"] {
        let run = library.run(command).expect(ExitCode::Success);
        let told = run.stdout.contains("#1 was in quarantine; it stays as it is");
        assert_eq!(told, command.starts_with("import"), "{run}");
        assert_eq!(library.asset(1).state.to_string(), "draft");
        assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 1);
        library.run("audit verify --replay --disk").expect(ExitCode::Success);
    }
}

#[test]
fn a_draft_that_somebody_judged_stays_an_asset_of_its_own_until_that_is_taken_back() {
    for (judge, told, back) in [
        (
            "flag 1 --risk likeness",
            "#1 is flagged as a risk; it stays as it is",
            "flag 1 --clear likeness --note 'nobody there'",
        ),
        (
            "reject 1 --for-placement blog --code quality",
            "#1 is rejected for a placement; it stays as it is",
            "reconsider 1 --for-placement blog --reason 'it is small there'",
        ),
        (
            "hold 1 --reason 'legal asks'",
            "#1 is held; it stays as it is",
            "release 1 --reason 'legal is content'",
        ),
    ] {
        let library = with_a_size_unknown();
        library.run(judge).expect(ExitCode::Success);
        let run = library.run("import wxr export.xml").expect(ExitCode::Success);
        assert!(run.stdout.contains(told), "{run}");
        assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 1);
        library.run(back).expect(ExitCode::Success);
        library.run("import wxr export.xml").expect(ExitCode::Success);
        assert_eq!(library.scanned_catalog().asset(AssetId(1)).unwrap(), None);
        library.run("audit verify --replay --disk").expect(ExitCode::Success);
    }
}

/// Lets an import group the first asset's file with the second asset, as it read the two before
/// somebody else did something.
fn group_late(library: &TestLibrary, meanwhile: &[&str]) -> Result<IntakeCounts, CatalogError> {
    let catalog = library.scanned_catalog();
    let root = catalog.roots().unwrap()[0].id;
    let known = catalog.files_in(root, b"", library.now()).unwrap();
    let small = known.iter().find(|file| file.found.name == b"tea-small.png").unwrap();
    let home = Home::Asset(AssetId(2), Role::Size);
    let step = FileStep {
        known: Some(small.file),
        instead_of: None,
        found: small.found.clone(),
        home: home.clone(),
    };
    let plan = FolderPlan {
        files: vec![step],
        merged: [(AssetId(1), home)].into(),
        ..FolderPlan::default()
    };
    for command in meanwhile {
        library.run(command).expect(ExitCode::Success);
    }
    library.open_to_write().record_intake(&[FolderChange { root, folder: Vec::new(), plan }])
}

#[test]
fn a_draft_is_of_another_asset_once_the_hold_on_it_is_over() {
    let library = with_a_size_unknown();
    library.run("hold 1 --reason 'legal asks' --until +2d").expect(ExitCode::Success);
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert!(library.scanned_catalog().asset(AssetId(1)).unwrap().is_some());
    library.advance_days(3);
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(library.scanned_catalog().asset(AssetId(1)).unwrap(), None);
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
}

#[test]
fn what_somebody_decided_or_moved_while_an_import_looked_at_it_stays_as_it_is() {
    let library = || TestLibrary::scanned(&["tea-small.png", "tea.png"]);
    let undecided = group_late(&library(), &[]).unwrap();
    assert_eq!((undecided.merged, undecided.files_written), (1, 1));
    let reject = "reject 1 --reason 'off brand'";
    let flag = "flag 1 --risk likeness";
    let hold = "hold 1 --reason 'legal asks'";
    for meanwhile in [&[flag][..], &[hold], &[reject], &[reject, "clean --apply"]] {
        let library = library();
        let late = group_late(&library, meanwhile);
        assert!(matches!(late, Err(CatalogError::Changed { .. })), "{meanwhile:?}: {late:?}");
        assert_eq!(library.asset(1).state.was().is_some(), meanwhile.len() == 2);
        library.run("audit verify --replay --disk").expect(ExitCode::Success);
    }
}
