//! What is of no asset: runs, roots, contexts and licenses.
//!
//! None of them is ever removed, so that the first added has the number 1.

use std::collections::BTreeMap;

use rusqlite::named_params;
use serde_json::{Value, json};

use super::super::error::Result;
use super::super::open::Catalog;
use super::rows::{Held, Spot, Told, by_key, compare, compare_all, held, text};
use super::{Visit, payload};
use crate::domain::time::Timestamp;

const ENTRIES: &str = "
    SELECT run_id, kind, payload, actor FROM audit WHERE asset_id IS NULL ORDER BY seq";

/// The columns of a license that an entry names as the table does.
const LICENSE: [&str; 14] = [
    "holder",
    "document",
    "note",
    "zone",
    "starts_on",
    "ends_on",
    "starts_ms",
    "ends_ms",
    "territories",
    "placements",
    "credit",
    "reviewed_by",
    "reviewed_on",
    "version",
];
/// Those that entries name since there are any: one that does not name them excludes nothing.
const EXCLUSIONS: [&str; 2] = ["excluded_territories", "excluded_placements"];
const CONTEXT: [&str; 8] =
    ["title", "owner", "rule", "zone", "starts_on", "ends_on", "starts_ms", "ends_ms"];

/// The records as the entries leave them, each kind by number.
#[derive(Debug, Default)]
pub(super) struct Records {
    roots: BTreeMap<String, Told>,
    contexts: BTreeMap<String, Told>,
    /// By number of the context and of the revision.
    revisions: BTreeMap<String, Told>,
    /// By the same, and by what they say.
    facts: BTreeMap<String, Told>,
    licenses: BTreeMap<String, Told>,
    context_numbers: BTreeMap<String, i64>,
    license_numbers: BTreeMap<String, i64>,
}

/// An entry about no asset.
struct Event<'r> {
    kind: &'r str,
    payload: &'r Value,
    now: Option<i64>,
}

/// Folds the entries about no asset, but those of runs.
pub(super) fn fold(catalog: &Catalog) -> Result<Records> {
    let mut clock = super::Clock::new(catalog)?;
    let mut statement = catalog.conn.prepare(ENTRIES)?;
    let mut rows = statement.query([])?;
    let mut records = Records::default();
    while let Some(row) = rows.next()? {
        let kind = text(row, 1)?;
        if kind.starts_with("run.") {
            continue;
        }
        let now = clock.of_run(text(row, 0)?)?;
        let payload = payload(text(row, 2)?)?;
        records.take(&Event { kind, payload: &payload, now });
    }
    Ok(records)
}

/// A license as an entry leaves it.
fn license(event: &Event<'_>, version: i64) -> Told {
    let perpetual = i64::from(event.field("perpetual") == json!(true));
    let mut license = Told::new();
    for column in LICENSE {
        license.extend(event.told(column).map(|value| (column, value)));
    }
    license.extend(EXCLUSIONS.map(|column| (column, event.field(column))));
    license.extend([
        ("key", event.field("license")),
        ("version", json!(version)),
        ("perpetual", json!(perpetual)),
    ]);
    license
}

impl Records {
    fn take(&mut self, event: &Event<'_>) {
        match event.kind {
            "root.add" => self.add_root(event),
            "root.scan" => self.scan_root(event),
            "root.accept" => self.accept_root(event),
            "context.add" => self.add_context(event),
            "context.change" | "context.end" => self.change_context(event),
            "license.add" => self.add_license(event),
            "license.change" => self.change_license(event),
            _ => {}
        }
    }

    fn add_root(&mut self, event: &Event<'_>) {
        let mut root = Told::from([
            ("name", event.field("root")),
            ("kind", event.field("kind")),
            ("files", json!(0)),
            ("scanned_ms", Value::Null),
        ]);
        root.extend(event.told("device").map(|device| ("device", device)));
        self.roots.insert((self.roots.len() + 1).to_string(), root);
    }

    fn scan_root(&mut self, event: &Event<'_>) {
        let number = event.field("root").to_string();
        let Some(root) = self.roots.get_mut(&number) else { return };
        root.insert("files", event.field("files"));
        set(root, "device", event.told("device"));
        set(root, "scanned_ms", event.now.map(Value::from));
    }

    fn accept_root(&mut self, event: &Event<'_>) {
        let number = event.field("root").to_string();
        let Some(root) = self.roots.get_mut(&number) else { return };
        set(root, "device", event.told("device"));
    }

    fn add_context(&mut self, event: &Event<'_>) {
        let key = event.text("context");
        let (kind, slug) = key.split_once('/').unwrap_or_default();
        let number = i64::try_from(self.contexts.len() + 1).unwrap_or(i64::MAX);
        let mut context =
            Told::from([("kind", json!(kind)), ("slug", json!(slug)), ("version", json!(1))]);
        for column in CONTEXT {
            context.extend(event.told(column).map(|value| (column, value)));
        }
        self.contexts.insert(number.to_string(), context);
        self.context_numbers.insert(key.to_owned(), number);
        self.add_revision(event, (number, 1), event.now);
    }

    fn add_revision(&mut self, event: &Event<'_>, (of, number): (i64, i64), from: Option<i64>) {
        let mut revision = Told::from([("note", event.field("note"))]);
        revision.extend(from.map(|from| ("effective_ms", json!(from))));
        self.revisions.insert(format!("{of} revision {number}"), revision);
        for (name, values) in event.field("facts").as_object().into_iter().flatten() {
            for value in values.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let fact = Told::from([("name", json!(name)), ("value", json!(value))]);
                self.facts.insert(format!("{of} revision {number} {name}={value}"), fact);
            }
        }
    }

    fn change_context(&mut self, event: &Event<'_>) {
        let Some(number) = self.context_numbers.get(event.text("context")).copied() else { return };
        if let Some(revision) = event.field("revision").as_i64() {
            let from = Timestamp::parse(event.text("effective")).ok().map(Timestamp::millis);
            self.add_revision(event, (number, revision), from);
        }
        let Some(context) = self.contexts.get_mut(&number.to_string()) else { return };
        let version = context.get("version").and_then(Value::as_i64).unwrap_or(0);
        context.insert("version", json!(version + 1));
        for column in ["starts_on", "ends_on"] {
            if let Some(after) = event.payload.get(column).and_then(|change| change.get(1)) {
                context.insert(column, after.clone());
            }
        }
        for column in ["starts_ms", "ends_ms"] {
            set(context, column, event.told(column));
        }
    }

    fn add_license(&mut self, event: &Event<'_>) {
        let number = i64::try_from(self.licenses.len() + 1).unwrap_or(i64::MAX);
        self.licenses.insert(number.to_string(), license(event, 1));
        self.license_numbers.insert(event.text("license").to_owned(), number);
    }

    fn change_license(&mut self, event: &Event<'_>) {
        let Some(number) = self.license_numbers.get(event.text("license")) else { return };
        let Some(before) = self.licenses.get_mut(&number.to_string()) else { return };
        let version = before.get("version").and_then(Value::as_i64).unwrap_or(0);
        *before = license(event, version + 1);
    }

    /// The numbers of contexts that an entry names in one text.
    pub(super) fn contexts_named(&self, names: Option<&str>) -> Vec<i64> {
        numbers(&self.context_numbers, names)
    }

    /// The numbers of licenses that an entry names in one text.
    pub(super) fn licenses_named(&self, names: Option<&str>) -> Vec<i64> {
        numbers(&self.license_numbers, names)
    }

    pub(super) fn compare(&self, catalog: &Catalog, visit: &mut Visit<'_>) -> Result<()> {
        for (table, sql, told) in [
            ("root", "SELECT * FROM root WHERE ?1", &self.roots),
            ("context", "SELECT * FROM context WHERE ?1", &self.contexts),
            (
                "context_revision",
                "SELECT context_id || ' revision ' || number AS id, effective_ms, note
                 FROM context_revision WHERE ?1",
                &self.revisions,
            ),
            (
                "context_fact",
                "SELECT context_id || ' revision ' || number || ' ' || name || '=' || value AS id,
                        name, value
                 FROM context_fact WHERE ?1",
                &self.facts,
            ),
            ("license", "SELECT * FROM license WHERE ?1", &self.licenses),
        ] {
            let rows = by_key(held(catalog, sql, &1)?, "id");
            let about = table.split('_').next().unwrap_or(table);
            compare_all(Spot { about, table }, told, &rows, visit);
        }
        compare_runs(catalog, visit)
    }
}

fn numbers(known: &BTreeMap<String, i64>, names: Option<&str>) -> Vec<i64> {
    let names = names.into_iter().flat_map(|names| names.split(", "));
    names.filter_map(|name| known.get(name).copied()).collect()
}

impl Event<'_> {
    fn field(&self, name: &str) -> Value {
        self.payload.get(name).cloned().unwrap_or_default()
    }

    fn text(&self, name: &str) -> &str {
        self.payload.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A field that older entries do not have.
    fn told(&self, name: &str) -> Option<Value> {
        self.payload.get(name).cloned()
    }
}

fn set(row: &mut Told, column: &'static str, value: Option<Value>) {
    match value {
        Some(value) => row.insert(column, value),
        None => row.remove(column),
    };
}

/// Runs are compared as their entries come: there are too many to keep.
fn compare_runs(catalog: &Catalog, visit: &mut Visit<'_>) -> Result<()> {
    let mut statement = catalog.conn.prepare(ENTRIES)?;
    let mut rows = statement.query([])?;
    let (mut begun, mut ended) = (0_i64, 0_i64);
    while let Some(row) = rows.next()? {
        let (run, kind) = (text(row, 0)?, text(row, 1)?);
        if !kind.starts_with("run.") {
            continue;
        }
        let payload = payload(text(row, 2)?)?;
        let held = held(catalog, "SELECT * FROM run WHERE id = ?1", &run)?;
        let told = if kind == "run.begin" {
            begun += 1;
            beginning(&payload, text(row, 3)?)
        } else {
            ended += 1;
            end(&payload, held.first())
        };
        let about = format!("run {run}");
        compare(Spot { about: &about, table: "run" }, Some(&told), held.first(), visit);
    }
    compare_count(catalog, ("rows", "SELECT count(*) FROM run WHERE :all", begun), visit)?;
    let ends = "SELECT count(*) FROM run
                WHERE :all AND (finished_ms IS NOT NULL OR exit_code IS NOT NULL)";
    compare_count(catalog, ("finished_ms", ends, ended), visit)
}

fn beginning(payload: &Value, actor: &str) -> Told {
    let now = payload["now"].as_str().and_then(|now| Timestamp::parse(now).ok());
    Told::from([
        ("command", payload["command"].clone()),
        ("actor", json!(actor)),
        ("started_ms", json!(now.map(Timestamp::millis))),
    ])
}

/// A run has one instant: it ends when it began.
fn end(payload: &Value, held: Option<&Held>) -> Told {
    let started = held.and_then(|run| run.get("started_ms")).cloned().unwrap_or_default();
    Told::from([("exit_code", payload["exit"].clone()), ("finished_ms", started)])
}

fn compare_count(
    catalog: &Catalog,
    (column, sql, told): (&str, &'static str, i64),
    visit: &mut Visit<'_>,
) -> Result<()> {
    let all = named_params! { ":all": 1 };
    let counted: i64 = catalog.conn.query_row(sql, all, |row| row.get(0))?;
    if counted != told {
        let spot = Spot { about: "runs", table: "run" };
        visit(spot.differs(column, &told.to_string(), &counted.to_string()));
    }
    Ok(())
}
