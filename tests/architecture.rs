//! Who may use whom, and how big things may be.
//!
//! The checks are textual: they read `src/` as it stands. Each is a function of text, so that a
//! test can show that it finds what it is for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::rust_code::{RustCode, is_word, is_word_start};

/// The folders and files of `src/`, each with those that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("exit", &[]),
    ("clock", &["domain"]),
    ("mutant", &[]),
    ("files", &["domain", "mutant"]),
    ("exports", &["domain"]),
    ("media", &["domain"]),
    ("catalog", &["domain", "mutant"]),
    ("config", &["domain"]),
    ("report", &["domain", "exit"]),
    ("output", &["domain", "exit", "report"]),
    ("error", &["catalog", "config", "domain", "exit", "exports", "files", "media"]),
    ("executor", &["catalog", "domain", "error", "files", "mutant"]),
    (
        "commands",
        &[
            "catalog", "clock", "config", "domain", "error", "executor", "exit", "exports",
            "files", "media", "report",
        ],
    ),
    ("cli", &["clock", "commands", "config", "domain", "error", "exit", "output", "report"]),
    ("lib", &[]),
    ("main", &["cli", "exit"]),
];

/// Words that may stand only in the files named, and why.
const ONLY_IN: &[(&[&str], &[&str], &str)] = &[
    (
        &["SystemTime::now", "Instant::now", "Utc::now", "Local::now", "Zoned::now"],
        &["clock.rs"],
        "time is an argument",
    ),
    (
        &["env::var", "env::var_os", "env::vars", "env::vars_os", "env::args", "env::args_os"],
        &["cli/environment.rs", "mutant.rs"],
        "the environment is read once",
    ),
    (&["env::current_dir", "env::home_dir"], &["cli/environment.rs"], "so are its folders"),
    (
        &[
            "fs::rename",
            "fs::remove_file",
            "fs::remove_dir",
            "fs::write",
            "fs::copy",
            "fs::hard_link",
            "fs::create_dir",
            "fs::create_dir_all",
            "File::create",
            "OpenOptions",
            "fs::set_permissions",
        ],
        &["files/"],
        "files are changed in one place",
    ),
    (&["fs::remove_dir_all"], &[], "nothing removes a tree"),
    (&["canonicalize"], &["config/check.rs", "files/"], "paths are resolved beneath a root"),
    (&["rusqlite"], &["catalog/"], "SQL is the catalog's business"),
    (&["process::exit"], &[], "only `main` ends the process"),
    (&["println!", "print!", "eprintln!", "eprint!"], &[], "only renderers write"),
    (&["HashMap", "HashSet"], &[], "order must be repeatable"),
    (&["unsafe"], &[], "there is no need"),
];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;
const LONGEST_MAIN: usize = 30;

/// A file of `src/`.
struct Source {
    /// Beneath `src/`, with `/`.
    name: String,
    text: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every file of `src/`, those that are nothing but unit tests left out.
fn sources() -> Vec<Source> {
    let mut sources = all_sources();
    sources.retain(|source| !source.name.ends_with("/tests.rs"));
    sources
}

fn all_sources() -> Vec<Source> {
    let root = folder("src");
    let mut files: Vec<_> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Source {
            name: path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(files.len() > 20, "the folder was found");
    files
}

/// Where a file stands in the tree of modules: `domain/lifecycle/state.rs` is
/// `["domain", "lifecycle", "state"]`.
fn module_path(name: &str) -> Vec<&str> {
    let path = name.strip_suffix(".rs").unwrap_or(name);
    path.strip_suffix("/mod").unwrap_or(path).split('/').collect()
}

/// The top modules that the code of one file uses, its own left out.
fn uses(name: &str, plain: &str) -> BTreeSet<String> {
    let path = module_path(name);
    let up = "super::".repeat(path.len());
    let root = if path == ["main"] { "shelflife::" } else { "crate::" };
    let mut used: BTreeSet<_> =
        [root, &up].into_iter().flat_map(|prefix| heads_after(plain, prefix)).collect();
    used.remove(path[0]);
    used
}

/// The first words of the paths that follow `prefix`, groups in braces included.
fn heads_after(plain: &str, prefix: &str) -> Vec<String> {
    let starts = plain
        .match_indices(prefix)
        .filter(|(at, _)| is_word_start(plain, *at) && !plain[..*at].ends_with("::"));
    starts.flat_map(|(at, _)| heads(&plain[at + prefix.len()..])).collect()
}

/// The first word of each path in `a::b`, or in `{a::{b, c}, d}`.
fn heads(text: &str) -> Vec<String> {
    let Some(group) = text.strip_prefix('{') else {
        return vec![text.chars().take_while(|c| is_word(*c)).collect()];
    };
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut fresh = true;
    let mut head = String::new();
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && is_word(c) => {
                head.push(c);
                continue;
            }
            _ => {}
        }
        if !head.is_empty() {
            heads.push(std::mem::take(&mut head));
            fresh = character == ',';
        }
    }
    heads.extend((!head.is_empty()).then_some(head));
    heads
}

/// What `name` uses and must not.
fn forbidden_uses(name: &str, plain: &str) -> Vec<String> {
    let module = module_path(name)[0];
    let Some((_, allowed)) = MAY_USE.iter().find(|(row, _)| *row == module) else {
        return vec![format!("{name}: `{module}` is not in the table")];
    };
    uses(name, plain)
        .into_iter()
        .filter(|used| !allowed.contains(&used.as_str()))
        .map(|used| format!("{name}: `{module}` may not use `{used}`"))
        .collect()
}

fn misplaced_words(name: &str, plain: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (words, places, why) in ONLY_IN {
        if places.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        let standing = words.iter().filter(|word| {
            plain.match_indices(**word).any(|(at, _)| {
                let after = plain[at + word.len()..].chars().next();
                is_word_start(plain, at) && !after.is_some_and(is_word)
            })
        });
        found.extend(standing.map(|word| format!("{name}: `{word}`: {why}")));
    }
    found
}

/// Literals that begin like a statement of SQL.
fn sql(literals: &[String]) -> Vec<String> {
    const STATEMENTS: [&str; 14] = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "WITH ", "CREATE ", "DROP ",
        "ALTER ", "PRAGMA ", "BEGIN", "COMMIT", "ROLLBACK", "ATTACH ",
    ];
    let is_sql = |line: &str| STATEMENTS.iter().any(|statement| line.trim().starts_with(statement));
    literals.iter().filter(|literal| literal.lines().any(is_sql)).cloned().collect()
}

fn too_big(name: &str, code: &RustCode) -> Vec<String> {
    let limit = if name == "main.rs" { LONGEST_MAIN } else { LONGEST_FILE };
    let lines = code.plain.lines().count();
    let mut found = Vec::new();
    if lines > limit {
        found.push(format!("{name}: {lines} lines, at most {limit}"));
    }
    let long = code.functions().into_iter().filter(|function| function.lines > LONGEST_FUNCTION);
    found.extend(long.map(|f| format!("{name}: `{}` has {} lines", f.name, f.lines)));
    found
}

/// Whether `plain` declares the module `stem`.
fn declares(plain: &str, stem: &str) -> bool {
    plain.lines().any(|line| {
        let line = line.trim_end();
        let declared = line.strip_suffix(';').and_then(|line| line.split_once("mod "));
        declared.is_some_and(|(before, name)| {
            name == stem && (before.is_empty() || before.starts_with("pub"))
        })
    })
}

/// Modules that use each other, directly or not.
fn circles(table: &[(&str, &[&str])]) -> Vec<String> {
    let rows: BTreeMap<_, _> = table.iter().copied().collect();
    let reaches_itself = |start: &str| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = rows[start].to_vec();
        while let Some(module) = next.pop() {
            if seen.insert(module) {
                next.extend(rows.get(module).copied().unwrap_or_default());
            }
        }
        seen.contains(start)
    };
    rows.keys().filter(|row| reaches_itself(row)).map(|row| (*row).to_owned()).collect()
}

#[track_caller]
fn assert_none(found: impl IntoIterator<Item = String>) {
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn modules_use_each_other_in_one_direction() {
    let check = |source: &Source| {
        forbidden_uses(&source.name, &RustCode::outside_tests(&source.text).plain)
    };
    assert_none(sources().iter().flat_map(check));
    assert_none(circles(MAY_USE));
}

#[test]
fn certain_words_stay_in_their_files() {
    let check = |source: &Source| {
        misplaced_words(&source.name, &RustCode::outside_tests(&source.text).plain)
    };
    assert_none(sources().iter().flat_map(check));
}

#[test]
fn sql_stays_in_the_catalog() {
    let outside = sources().into_iter().filter(|source| !source.name.starts_with("catalog/"));
    let check = |source: Source| {
        let found = sql(&RustCode::outside_tests(&source.text).literals);
        found.into_iter().map(move |literal| format!("{}: {literal}", source.name))
    };
    assert_none(outside.flat_map(check));
}

#[test]
fn files_and_functions_stay_small() {
    let check = |source: &Source| too_big(&source.name, &RustCode::outside_tests(&source.text));
    assert_none(sources().iter().flat_map(check));
}

#[test]
fn every_file_is_a_module() {
    let plain: BTreeMap<_, _> = all_sources()
        .into_iter()
        .map(|source| (source.name, RustCode::of(&source.text).plain))
        .collect();
    let mut missing = Vec::new();
    for name in plain.keys().filter(|name| !["lib.rs", "main.rs"].contains(&name.as_str())) {
        let path = module_path(name);
        let (stem, above) = path.split_last().unwrap();
        let parent = if above.is_empty() {
            "lib.rs".to_owned()
        } else {
            format!("{}/mod.rs", above.join("/"))
        };
        if !plain.get(&parent).is_some_and(|code| declares(code, stem)) {
            missing.push(format!("{name}: not declared in {parent}"));
        }
    }
    assert_none(missing);
}

#[test]
fn every_test_file_is_run() {
    let main = fs::read_to_string(folder("tests/main.rs")).unwrap();
    let plain = RustCode::outside_tests(&main).plain;
    let files = fs::read_dir(folder("tests")).unwrap().map(|entry| entry.unwrap().path());
    let stems = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|stem| stem != "main");
    assert_none(stems.filter(|stem| !declares(&plain, stem)));
}

#[test]
fn a_forbidden_use_is_found_however_it_is_written() {
    let found = |text: &str| forbidden_uses("report.rs", &RustCode::outside_tests(text).plain);
    let one = ["report.rs: `report` may not use `catalog`"];
    assert_eq!(found("use crate::catalog::Catalog;"), one);
    assert_eq!(found("use crate::{domain::{asset, time}, catalog};"), one);
    assert_eq!(found("use crate::{\n    catalog::{self, Catalog},\n    domain,\n};"), one);
    assert_eq!(found("fn a() -> crate::catalog::Catalog {}"), one);
    assert_eq!(found("use super::catalog;"), one);
    assert_eq!(found("pub(in crate::catalog) fn a() {}"), one);
    assert_eq!(found("use crate::domain; // crate::catalog\n"), [""; 0]);
    assert_eq!(found("#[cfg(test)]\nmod tests { use crate::catalog; }"), [""; 0]);
    assert_eq!(found("use crate::report::Item; use outer::crate_::x;"), [""; 0]);
}

#[test]
fn a_step_up_counts_from_where_the_file_is() {
    let found = |name: &str, text: &str| forbidden_uses(name, text);
    let one = ["domain/lifecycle/state.rs: `domain` may not use `report`"];
    assert_eq!(found("domain/lifecycle/state.rs", "use super::super::super::report;"), one);
    assert_eq!(found("domain/lifecycle/state.rs", "use super::super::report;"), [""; 0]);
    assert_eq!(
        found("domain/mod.rs", "use super::report;"),
        ["domain/mod.rs: `domain` may not use `report`"]
    );
}

#[test]
fn a_module_that_nobody_listed_is_found() {
    let found = forbidden_uses("novel.rs", "");
    assert_eq!(found, ["novel.rs: `novel` is not in the table"]);
    assert!(declares("pub mod a;\nmod b;\npub(crate) mod c;", "c"));
    assert!(!declares("pub mod ab;\n", "b"));
    assert!(!declares("use mod b;\n", "b"));
}

#[test]
fn a_circle_is_found() {
    assert_eq!(
        circles(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]),
        ["a", "b", "c"]
    );
}

#[test]
fn a_misplaced_word_is_found() {
    let found =
        |name: &str, text: &str| misplaced_words(name, &RustCode::outside_tests(text).plain);
    assert_eq!(found("clock.rs", "SystemTime::now()"), [""; 0]);
    assert_eq!(found("cli/mod.rs", "SystemTime::now()").len(), 1);
    assert_eq!(found("media/mod.rs", "std::env::var(name)").len(), 1);
    assert_eq!(found("media/mod.rs", "std::fs::write(path, b)").len(), 1);
    assert_eq!(found("media/mod.rs", "fs::writer(path) // println!\n \"unsafe\""), [""; 0]);
}

#[test]
fn sql_is_found_in_literals() {
    let found = |text: &str| sql(&RustCode::outside_tests(text).literals).len();
    assert_eq!(found("query(\"SELECT id FROM asset\")"), 1);
    assert_eq!(found("query(r#\"\n    UPDATE asset SET\"#)"), 1);
    assert_eq!(found("text(\"Select a root, then BEGIN\") // \"SELECT \""), 0);
}

#[test]
fn what_is_too_big_is_found() {
    let lines = |count: usize| "\n".repeat(count);
    let found = |name: &str, text: String| too_big(name, &RustCode::outside_tests(&text)).len();
    assert_eq!(found("a.rs", lines(400)), 0);
    assert_eq!(found("a.rs", lines(401)), 1);
    assert_eq!(found("main.rs", lines(31)), 1);
    assert_eq!(found("a.rs", format!("fn a() {{{}}}", lines(59))), 0);
    assert_eq!(found("a.rs", format!("fn a() {{{}}}", lines(60))), 1);
    assert_eq!(found("a.rs", format!("#[cfg(test)]\nmod tests {{{}}}", lines(500))), 0);
}
