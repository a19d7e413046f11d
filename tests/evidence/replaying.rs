//! Whoever edits a table without an entry is told of by `--replay`.

use std::collections::BTreeSet;
use std::fs;

use rusqlite::Connection;
use rusqlite::types::Value;
use shelflife::catalog::COMPARED;
use shelflife::exit::ExitCode;

use super::cases;
use super::play::{Dice, copy, open, played};
use crate::crash::say;
use crate::support::TestLibrary;
use crate::support::scanned::{FULL, picture};

/// The columns that are said to be compared, as pairs of table and column.
fn compared(catalog: &Connection) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    for (table, columns) in COMPARED {
        let mut statement = catalog.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
        let all = statement.query_map([table], |row| row.get::<_, String>(0)).unwrap();
        let all: Vec<_> = all.map(Result::unwrap).collect();
        match *columns {
            "every column" => pairs.extend(all.into_iter().map(|column| (*table, column))),
            "every column but id" => {
                let others = all.into_iter().filter(|column| column != "id");
                pairs.extend(others.map(|column| (*table, column)));
            }
            "next_asset pause" => pairs.push((*table, "value".to_owned())),
            named => pairs.extend(named.split(' ').map(|column| (*table, column.to_owned()))),
        }
    }
    pairs
}

/// Gives a random row another value there. Tells whether there was one that could be changed.
fn edit(catalog: &Connection, (table, column): (&str, &str), dice: &mut Dice) -> bool {
    let lax = "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF";
    catalog.execute_batch(lax).unwrap();
    let condition = if table == "meta" { "key = 'next_asset'" } else { "true" };
    let rows: i64 = catalog
        .query_row(&format!("SELECT count(*) FROM {table} WHERE {condition}"), [], |row| row.get(0))
        .unwrap();
    if rows == 0 {
        return false;
    }
    let nth = i64::try_from(dice.below(u64::try_from(rows).unwrap())).unwrap();
    let keys: Vec<String> = catalog
        .prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0")
        .unwrap()
        .query_map([table], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let keys = keys.join(", ");
    let one = format!("FROM {table} WHERE {condition} ORDER BY {keys} LIMIT 1 OFFSET {nth}");
    let select = format!("SELECT {column} {one}");
    let before: Value = catalog.query_row(&select, [], |row| row.get(0)).unwrap();
    let update =
        format!("UPDATE {table} SET {column} = ?1 WHERE ({keys}) IN (SELECT {keys} {one})");
    // A value that another row has where it must be unique changes nothing.
    let set = |value: Value| catalog.execute(&update, [value]).is_ok_and(|rows| rows == 1);
    let after = match (before, column) {
        (Value::Integer(number), _) => {
            return set(Value::Integer(number + 1)) || set(Value::Integer(number + 1_000));
        }
        (Value::Text(text), _) if table == "meta" => Value::Text(format!("{text}7")),
        (Value::Text(text), _) => Value::Text(format!("{text}x")),
        (Value::Blob(mut bytes), _) => {
            // A folder may have no name: the root itself.
            match bytes.first_mut() {
                Some(first) => *first ^= 1,
                None => bytes.push(7),
            }
            Value::Blob(bytes)
        }
        (Value::Null | Value::Real(_), _) => {
            let of_any_kind =
                [Value::Integer(7), Value::Text("x".to_owned()), Value::Blob(vec![7])];
            return of_any_kind.into_iter().any(&set);
        }
    };
    set(after)
}

fn replay(library: &TestLibrary) -> crate::support::Run {
    library.run("--catalog struck.db audit verify --replay")
}

/// Saves and approves a plan of an asset that comes in now, and carries it out.
fn carry_out_a_plan(library: &TestLibrary) {
    library.write("uploads/last.png", picture(251));
    for command in ["scan", "reject last.png --reason 'too late'", "clean last.png --save"] {
        library.run(command).expect(ExitCode::Success);
    }
    let plans = library.run("plan list --format json").json();
    let last = plans["items"].as_array().unwrap().len();
    library.run(&format!("plan approve {last}")).expect(ExitCode::Success);
    library.run(&format!("clean --apply --plan {last}")).expect(ExitCode::Success);
}

/// Brings an asset out of a draft root that is new.
fn publish_a_draft(library: &TestLibrary) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&format!(
        "{config}\n[publish]\nroot = \"uploads\"\nfolder = \"{{year}}\"\nname = \"{{title}}\"\n\n\
         [[root]]\nname = \"drafts\"\npath = \"drafts\"\nkind = \"draft\"\n"
    ));
    library.write("drafts/pot.png", picture(252));
    let days = FULL.replace("2026-06-30", "+60d").replace("2026-06-01", "+50d");
    let describe = format!("describe pot.png {days}");
    for command in ["scan", &describe, "approve pot.png"] {
        library.run(command).expect(ExitCode::Success);
    }
    assert_eq!(library.run("publish --ready").stdout, "nothing to report\n");
}

#[test]
fn an_edit_of_any_compared_column_is_told() {
    let (mut trials, mut dice) = (0, Dice::new(3));
    let (mut all, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..cases(3) {
        let library = played(seed + 40, 40);
        // So that every table has rows.
        library.run(&format!("describe 3 {FULL} --context packaging/tin --license stock-1"));
        library.run("withdraw 1 2 4 5 --reason unsafe");
        library.run("hold 3 --reason kept").expect(ExitCode::Success);
        library.run("flag 3 --risk likeness --note seen").expect(ExitCode::Success);
        library.run("flag 3 --risk protected-design").expect(ExitCode::Success);
        library.run("flag 3 --clear likeness --note settled").expect(ExitCode::Success);
        for placement in ["press", "print"] {
            let reject =
                format!("reject 3 --for-placement {placement} --code quality --reason dark");
            library.run(&reject).expect(ExitCode::Success);
        }
        let back = "reconsider 3 --for-placement press --reason lighter";
        library.run(back).expect(ExitCode::Success);
        library.run("describe 3 --alt-reviewed-by li").expect(ExitCode::Success);
        library.run("context add claim/organic --fact evidence=report").expect(ExitCode::Success);
        library.run("rules waive SL401 3 --reason known --until 2027-04-08");
        carry_out_a_plan(&library);
        publish_a_draft(&library);
        let pairs = compared(&open(&copy(&library, "struck.db")));
        for (table, column) in pairs {
            let struck = open(&copy(&library, "struck.db"));
            all.insert(format!("{table}.{column}"));
            if !edit(&struck, (table, &column), &mut dice) {
                continue;
            }
            drop(struck);
            let run = replay(&library);
            assert_eq!(run.exit, ExitCode::Integrity, "{seed}: {table}.{column}\n{run}");
            tried.insert(format!("{table}.{column}"));
            trials += 1;
        }
    }
    assert!(trials > 200, "{trials}");
    let untried: Vec<_> = all.difference(&tried).collect();
    assert_eq!(untried, [""; 0]);
    say(&format!(
        "audit: {trials} edits of all {} columns that are compared, each told by a replay",
        all.len()
    ));
}

#[test]
fn rows_that_were_added_or_removed_are_told() {
    for sql in [
        "DELETE FROM hold WHERE id = (SELECT max(id) FROM hold)",
        "DELETE FROM waiver",
        "DELETE FROM risk",
        "DELETE FROM placement_rejection",
        "INSERT INTO risk (asset_id, kind, raised_by, raised_ms) VALUES (96, 'likeness', 'x', 1)",
        "DELETE FROM description WHERE asset_id = 3",
        "DELETE FROM asset_license WHERE asset_id = 3",
        "DELETE FROM alt_text WHERE asset_id = 3",
        "DELETE FROM asset WHERE id = 2",
        "DELETE FROM run WHERE id = (SELECT max(id) FROM run)",
        "DELETE FROM context WHERE id = 1",
        "INSERT INTO asset_placement VALUES (3, 'shop')",
        "INSERT INTO asset_context (asset_id, context_id) VALUES (1, 1)",
        "INSERT INTO hold (asset_id, reason, placed_by, placed_ms) VALUES (1, 'x', 'x', 1)",
        "INSERT INTO hold (asset_id, reason, placed_by, placed_ms) VALUES (99, 'x', 'x', 1)",
        "INSERT INTO alt_text (asset_id, locale, text) VALUES (98, 'en', 'x')",
        "INSERT INTO run (id, command, actor, started_ms) VALUES ('x', 'x', 'x', 1)",
        "INSERT INTO root (name, kind, device) VALUES ('x', 'draft', 1)",
        "INSERT INTO asset SELECT 97, state, was, since_ms, version, root_id, CAST(path || 'x' AS BLOB), sha256,
             media_type, width, height, attachment_id, added_ms, files_missing, starts_ms,
             expires_ms, review_ms FROM asset WHERE id = 3",
        "INSERT INTO operation_file VALUES ('none', 1, 1, '0001.bin', zeroblob(32), 1, 1, 1,
             'moved', NULL, NULL, NULL)",
    ] {
        let library = super::play::library();
        library.run(&format!("describe 3 {FULL} --license stock-1")).expect(ExitCode::Success);
        library.run("hold 3 --reason kept").expect(ExitCode::Success);
        library.run("flag 3 --risk likeness").expect(ExitCode::Success);
        let reject = "reject 3 --for-placement press --code quality";
        library.run(reject).expect(ExitCode::Success);
        library
            .run("rules waive SL401 3 --reason known --until 2026-04-08")
            .expect(ExitCode::Success);
        let struck = open(&copy(&library, "struck.db"));
        replay(&library).expect(ExitCode::Success);
        assert!(struck.execute(sql, []).unwrap() > 0, "{sql}");
        drop(struck);
        assert_eq!(replay(&library).exit, ExitCode::Integrity, "{sql}");
    }
}

#[test]
fn a_contradiction_is_told_with_both_values() {
    let library = super::play::library();
    library.run("reject 2 --reason 'wrong season'").expect(ExitCode::Success);
    let struck = open(&copy(&library, "struck.db"));
    struck.execute("UPDATE asset SET state = 'approved' WHERE id = 2", []).unwrap();
    drop(struck);
    let report = library.run("--catalog struck.db audit verify --replay --format json").json();
    let items = report["items"].as_array().unwrap();
    let told: Vec<_> = items.iter().filter(|item| item["kind"] == "contradiction").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let fields = &told[0]["fields"];
    assert_eq!(
        *fields,
        serde_json::json!({
            "about": "asset 2", "table": "asset", "column": "state", "log": "rejected",
            "catalog": "approved",
        })
    );
    assert!(items.iter().any(|item| item["fields"]["table"] == "operation_file"));
}

#[test]
fn a_pause_that_was_taken_away_made_up_or_softened_without_an_entry_is_told() {
    let pause = "INSERT OR REPLACE INTO meta (key, value) VALUES ('pause', ";
    let told = "'since: 2026-03-02T09:00:00Z\nby: li\nreason: x\n')";
    for (commands, edit, says) in [
        (&["pause --reason x"][..], "DELETE FROM meta WHERE key = 'pause'".to_owned(), "nothing"),
        (&[], format!("{pause}'stop')"), "after the asset in hand"),
        (&["pause --hard --reason x"], format!("{pause}{told}"), "after the asset in hand"),
        (&["pause --reason x", "resume --reason y"], format!("{pause}'stop')"), "nothing"),
    ] {
        let library = TestLibrary::scanned(&["a.png"]);
        for command in commands {
            library.run(command).expect(ExitCode::Success);
        }
        library.run("audit verify --replay").expect(ExitCode::Success);
        let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
        assert_eq!(catalog.execute(&edit, []).unwrap(), 1, "{edit}");
        drop(catalog);
        let run = library.run("audit verify --replay").expect(ExitCode::Integrity);
        assert!(run.stdout.contains("pause") && run.stdout.contains(says), "{run}");
    }
}

/// What the file asks for, no entry tells of.
#[test]
fn a_pause_that_stops_sooner_for_what_its_file_says_is_honest() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.run("pause --hard --reason x").expect(ExitCode::Success);
    let file = fs::read(library.path("state/PAUSED")).unwrap();
    library.run("resume --reason y").expect(ExitCode::Success);
    library.write("state/PAUSED", file);
    library.run("pause --reason z").expect(ExitCode::Success);
    library.run("audit verify --replay").expect(ExitCode::Success);
}
