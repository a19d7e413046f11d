//! Descriptions in and out of a spreadsheet.

use std::fmt::Write as _;

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["garden.png", "tea.png"]);
    library.add_context("campaign/spring", None);
    library.add_context("brand/house", None);
    library
}

#[test]
fn fifty_assets_are_described_at_once() {
    let paths: Vec<_> = (0..50).map(|number| format!("tea-tin-{number:02}.png")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::scanned(&paths);
    let mut table = "asset,owner,alt,alt:de,expires_on\n".to_owned();
    for path in &paths {
        writeln!(table, "{path},anna,\"A tin, {path}\",Eine Dose,+30d").unwrap();
    }
    library.run_with_input("describe --from-csv -", table.as_bytes()).expect(ExitCode::Success);
    let owned = library.run("list --owner anna --format json").json();
    assert_eq!(owned["items"].as_array().unwrap().len(), 50);
    let one = library.run("show 7 --format json").json();
    assert_eq!(one["items"][0]["fields"]["alt"][1]["text"], "A tin, tea-tin-06.png");
    assert_eq!(one["items"][0]["fields"]["expires_on"], "2026-04-01");
}

#[test]
fn what_is_written_is_read_back_without_a_change() {
    let library = described();
    library
        .run(
            "describe 1 --title '=SUM(A1)' --alt 'Tea \"green\", in rows' --alt de=Tee --owner anna \
             --campaign spring --context brand/house --placement a --placement b \
             --expires-on 2026-06-30 --rights-reviewed-by li",
        )
        .expect(ExitCode::Success);
    let table = library.run("describe --to-csv").expect(ExitCode::Success).stdout;
    assert!(table.contains("\"'=SUM(A1)\""), "a formula must not start a cell\n{table}");
    let run = library.run_with_input("describe --from-csv - --format json", table.as_bytes());
    let report = run.json();
    assert_eq!(report["summary"]["edited"], 0, "{run}");
    assert_eq!(report["summary"]["failed"], 0, "{run}");
}

#[test]
fn a_bad_row_is_told_with_its_line_and_the_others_are_taken() {
    let library = described();
    let table = "asset,owner,expires_on,campaign\n1,anna,someday,\n99,anna,,\n2,anna,,spring\n1,anna,,autumn\n";
    let run = library.run_with_input("describe --from-csv -", table.as_bytes());
    let run = run.expect(ExitCode::Partial);
    for told in ["line 2, column `expires_on`", "line 3", "line 5, column `campaign`"] {
        assert!(run.stdout.contains(told), "{told}\n{run}");
    }
    let owned = library.run("list --owner anna --format json").json();
    assert_eq!(owned["items"].as_array().unwrap().len(), 1);
}

#[test]
fn an_unknown_column_changes_nothing() {
    let library = described();
    let run = library.run_with_input("describe --from-csv -", b"asset,onwer\n1,anna\n");
    let run = run.expect(ExitCode::Partial);
    assert!(run.stdout.contains("line 1") && run.stdout.contains("owner"), "{run}");
}

#[test]
fn a_dash_clears_and_an_empty_cell_leaves() {
    let library = described();
    library.run("describe 1 --owner anna --title Tea --campaign spring").expect(ExitCode::Success);
    library
        .run_with_input("describe --from-csv -", b"asset,owner,title,campaign\n1,-,,-\n")
        .expect(ExitCode::Success);
    let shown = library.run("show 1 --format json").json();
    let fields = &shown["items"][0]["fields"];
    assert!(fields["owner"].is_null());
    assert_eq!(fields["title"], "Tea");
    assert_eq!(fields["contexts"].as_array().unwrap().len(), 0);
}

#[test]
fn an_asset_on_two_lines_is_described_by_the_first() {
    let library = described();
    let run =
        library.run_with_input("describe --from-csv -", b"asset,owner\n1,anna\n1,ben\n2,li\n");
    let run = run.expect(ExitCode::Partial);
    assert!(run.stdout.contains("line 3: #1 is described on line 2 already"), "{run}");
    let owners = ["anna", "li"].map(|owner| library.run(&format!("list --owner {owner}")));
    assert!(owners.iter().all(|listed| listed.stdout.contains("1 row")), "{owners:?}");
}

#[test]
fn decorative_is_yes_no_or_a_mistake() {
    let library = described();
    let decorative = |said: &str| {
        let table = format!("asset,decorative\n1,{said}\n");
        library.run_with_input("describe --from-csv -", table.as_bytes())
    };
    let alt = || library.run("show 1 --format json").json()["items"][0]["fields"]["alt"].clone();
    decorative("Yes").expect(ExitCode::Success);
    assert_eq!(
        alt(),
        serde_json::json!([{ "locale": "en", "text": "", "decorative": true,
        "reviewed": "by nobody" }])
    );
    decorative("no").expect(ExitCode::Success);
    assert_eq!(alt(), serde_json::json!([]));
    let run = decorative("x").expect(ExitCode::Partial);
    assert!(run.stdout.contains("line 2, column `decorative`: write yes or no"), "{run}");
}

#[test]
fn a_text_that_is_changed_in_a_table_was_read_by_nobody_until_another_name_stands_there() {
    let library = TestLibrary::scanned(&["a.png"]);
    let said =
        "describe 1 --alt 'A tin' --alt de=Dose --alt-reviewed-by li --alt-reviewed-by de=mo";
    library.run(said).expect(ExitCode::Success);
    let reviewed = || {
        let fields = library.run("show 1 --format json").json()["items"][0]["fields"].clone();
        let texts = fields["alt"].as_array().unwrap().iter();
        texts.map(|alt| alt["reviewed"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let table = library.run("describe 1 --to-csv").expect(ExitCode::Success).stdout;
    assert!(
        table.starts_with("\"asset\",\"path\",\"title\",\"alt\",\"alt:de\",\"decorative\""),
        "{table}"
    );
    assert!(table.contains("\"alt_reviewed_by\",\"alt_reviewed_by:de\""), "{table}");
    library.advance_days(1);
    library.write("table.csv", table.replace("Dose", "Teedose"));
    library.run("describe --from-csv table.csv").expect(ExitCode::Success);
    assert_eq!(reviewed(), ["by nobody", "by li on 2026-03-02"]);
    library.write("table.csv", "asset,alt_reviewed_by:de,alt_reviewed_by\n1,nina,-\n");
    library.run("describe --from-csv table.csv").expect(ExitCode::Success);
    assert_eq!(reviewed(), ["by nina on 2026-03-03", "by nobody"]);
    library.write("table.csv", "asset,alt_reviewed_by:fr\n1,nina\n");
    let run = library.run("describe --from-csv table.csv").expect(ExitCode::No);
    assert!(run.stdout.contains("there is no alternative text for `fr`"), "{run}");
}

#[test]
fn rows_that_were_sorted_apart_from_their_paths_are_refused() {
    let library = described();
    let table = b"asset,path,owner\n1,picture-2.png,anna\n";
    let run = library.run_with_input("describe --from-csv -", table).expect(ExitCode::Partial);
    assert!(run.stdout.contains("are the rows mixed up?"), "{run}");
}

#[test]
fn a_table_and_a_flag_that_says_a_field_are_not_taken_together() {
    let library = TestLibrary::scanned(&["a.png"]);
    let both = library.run_with_input("describe --from-csv - --owner anna", b"asset,owner\n1,li\n");
    both.expect(ExitCode::Usage);
    library.run("describe --to-csv --owner anna").expect(ExitCode::Usage);
    let shown = library.run("show 1 --format json").json();
    assert_eq!(shown["items"][0]["fields"]["owner"], serde_json::Value::Null);
}

#[test]
fn a_path_that_begins_or_ends_with_a_space_comes_back_as_it_was_written() {
    let library = TestLibrary::scanned(&[" tea.png", "tin/ a.png"]);
    let table = library.run("describe --to-csv").expect(ExitCode::Success).stdout;
    library.write("table.csv", table);
    library.run("describe --from-csv table.csv").expect(ExitCode::Success);
}
