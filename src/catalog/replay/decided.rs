//! What was decided about an asset beside its state: holds, waivers, risks, and moves of its files.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::error::Result;
use super::super::open::Catalog;
use super::rows::{Spot, Told, by_key, compare_all, held, in_order};
use super::{Entry, Visit};
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::time::Timestamp;

/// Holds, waivers, risks, rejections for one placement and operations as the entries leave them,
/// oldest first.
#[derive(Debug, Default)]
pub(super) struct Decided {
    holds: Vec<Told>,
    /// A restore of an older version placed holds without telling of them.
    holds_are_untold: bool,
    waivers: Vec<Told>,
    risks: Vec<Told>,
    rejections: Vec<Told>,
    operations: BTreeMap<String, Told>,
    /// By operation and number.
    files: BTreeMap<String, BTreeMap<String, Told>>,
}

impl Decided {
    pub(super) fn take(&mut self, entry: &Entry<'_>) {
        match entry.kind {
            "asset.hold" => self.hold(entry, entry.field("reason"), entry.text("until")),
            "asset.release" => {
                end(&mut self.holds, entry, ["released_by", "released_ms"], |_| true);
            }
            "asset.waive" => self.waive(entry),
            "asset.unwaive" => self.revoke(entry),
            "asset.flag" => self.risks.push(raised(entry)),
            "asset.clear" => take_back(
                &mut self.risks,
                entry,
                ("kind", "risk"),
                ["clear_note", "cleared_by", "cleared_ms"],
            ),
            "asset.reject_placement" => self.rejections.push(rejected(entry)),
            "asset.reconsider_placement" => take_back(
                &mut self.rejections,
                entry,
                ("placement", "placement"),
                ["lift_reason", "lifted_by", "lifted_ms"],
            ),
            kind => {
                let Some((what, step)) = kind.split_once('.') else { return };
                if OperationKind::ALL.iter().any(|known| known.name() == what) {
                    self.operate(entry, what, step);
                }
            }
        }
    }

    fn hold(&mut self, entry: &Entry<'_>, reason: Value, until: Option<&str>) {
        let until = until.and_then(|at| Timestamp::parse(at).ok()).map(Timestamp::millis);
        let mut hold = Told::from([
            ("reason", reason),
            ("placed_by", entry.field("by")),
            ("until_ms", json!(until)),
            ("released_by", Value::Null),
            ("released_ms", Value::Null),
        ]);
        hold.extend(entry.now.map(|now| ("placed_ms", json!(now))));
        self.holds.push(hold);
    }

    /// A waiver takes the place of one of the same rule.
    fn waive(&mut self, entry: &Entry<'_>) {
        self.revoke(entry);
        let mut waiver = Told::from([
            ("rule", entry.field("rule")),
            ("reason", entry.field("reason")),
            ("granted_by", entry.field("by")),
            ("until_on", entry.field("until")),
            ("revoked_by", Value::Null),
            ("revoked_ms", Value::Null),
        ]);
        waiver.extend(entry.payload.get("until_ms").map(|at| ("until_ms", at.clone())));
        waiver.extend(entry.now.map(|now| ("granted_ms", json!(now))));
        self.waivers.push(waiver);
    }

    fn revoke(&mut self, entry: &Entry<'_>) {
        let rule = entry.field("rule");
        let same = |waiver: &Told| waiver.get("rule") == Some(&rule);
        end(&mut self.waivers, entry, ["revoked_by", "revoked_ms"], same);
    }

    fn operate(&mut self, entry: &Entry<'_>, kind: &str, step: &str) {
        let Some(id) = &entry.operation else { return };
        if step == OperationState::Intent.name() {
            let mut operation = Told::from([
                ("kind", json!(kind)),
                ("asset_id", json!(entry.asset)),
                ("run_id", json!(entry.run)),
                ("closed_ms", Value::Null),
                ("plan_id", entry.field("plan")),
            ]);
            let opened = entry.payload.get("opened_ms").cloned().or(entry.now.map(Value::from));
            operation.extend(opened.map(|opened| ("opened_ms", opened)));
            operation.extend(entry.payload.get("store").map(|store| ("store", store.clone())));
            operation.insert("to_root_id", entry.field("to_root"));
            operation.insert("to_folder", entry.field("to_folder"));
            self.operations.insert(id.clone(), operation);
            self.files.insert(id.clone(), intended(entry));
        }
        let Some(operation) = self.operations.get_mut(id) else { return };
        operation.insert("state", json!(step));
        if step == OperationState::Intent.name() {
            return;
        }
        match entry.now {
            Some(now) => operation.insert("closed_ms", json!(now)),
            None => operation.remove("closed_ms"),
        };
        let files = self.files.entry(id.clone()).or_default();
        for end in entry.payload.get("files").and_then(Value::as_array).into_iter().flatten() {
            if let Some(file) = files.get_mut(&end[0].to_string()) {
                file.insert("state", end[1].clone());
            }
        }
        self.hold_after(entry, kind, step);
    }

    /// A finished restore may hold the asset for a while.
    fn hold_after(&mut self, entry: &Entry<'_>, kind: &str, step: &str) {
        let restored = (kind, step) == (OperationKind::Restore.name(), OperationState::Done.name());
        match entry.payload.get("hold") {
            Some(Value::Array(hold)) => {
                let until = hold.get(1).and_then(Value::as_str);
                self.hold(entry, hold.first().cloned().unwrap_or_default(), until);
            }
            Some(_) => {}
            None => self.holds_are_untold |= restored,
        }
    }

    pub(super) fn compare(
        &self,
        catalog: &Catalog,
        (asset, about): (i64, &str),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        if !self.holds_are_untold {
            let rows = held(catalog, "SELECT * FROM hold WHERE asset_id = ?1 ORDER BY id", &asset)?;
            let told = in_order(self.holds.iter().cloned());
            compare_all(Spot { about, table: "hold" }, &told, &in_order(rows), visit);
        }
        let rows = held(catalog, "SELECT * FROM waiver WHERE asset_id = ?1 ORDER BY id", &asset)?;
        let told = in_order(self.waivers.iter().cloned());
        compare_all(Spot { about, table: "waiver" }, &told, &in_order(rows), visit);
        let rows = held(catalog, "SELECT * FROM risk WHERE asset_id = ?1 ORDER BY id", &asset)?;
        let told = in_order(self.risks.iter().cloned());
        compare_all(Spot { about, table: "risk" }, &told, &in_order(rows), visit);
        let sql = "SELECT * FROM placement_rejection WHERE asset_id = ?1 ORDER BY id";
        let rows = in_order(held(catalog, sql, &asset)?);
        let told = in_order(self.rejections.iter().cloned());
        compare_all(Spot { about, table: "placement_rejection" }, &told, &rows, visit);
        let rows = held(catalog, "SELECT * FROM operation WHERE asset_id = ?1", &asset)?;
        let rows = by_key(rows, "id");
        compare_all(Spot { about, table: "operation" }, &self.operations, &rows, visit);
        for (operation, files) in &self.files {
            let sql = "SELECT * FROM operation_file WHERE operation_id = ?1";
            let rows = by_key(held(catalog, sql, operation)?, "number");
            let about = format!("{about} operation {operation} file");
            compare_all(Spot { about: &about, table: "operation_file" }, files, &rows, visit);
        }
        Ok(())
    }
}

/// A flag as it is raised.
fn raised(entry: &Entry<'_>) -> Told {
    let mut flag = Told::from([
        ("kind", entry.field("risk")),
        ("note", entry.field("reason")),
        ("raised_by", entry.field("by")),
        ("clear_note", Value::Null),
        ("cleared_by", Value::Null),
        ("cleared_ms", Value::Null),
    ]);
    flag.extend(entry.now.map(|now| ("raised_ms", json!(now))));
    flag
}

/// A rejection for one placement as it is given.
fn rejected(entry: &Entry<'_>) -> Told {
    let mut rejection = Told::from([
        ("placement", entry.field("placement")),
        ("code", entry.field("code")),
        ("reason", entry.field("reason")),
        ("rejected_by", entry.field("by")),
        ("lift_reason", Value::Null),
        ("lifted_by", Value::Null),
        ("lifted_ms", Value::Null),
    ]);
    rejection.extend(entry.now.map(|now| ("rejected_ms", json!(now))));
    rejection
}

/// The files of an operation that begins, by number.
fn intended(entry: &Entry<'_>) -> BTreeMap<String, Told> {
    let files = entry.payload.get("files").and_then(Value::as_array);
    let published = entry.payload.get("to_root").is_some();
    let row = |file: &Value| {
        // Earlier versions told the number in the name alone.
        let name = file["name"].as_str().unwrap_or_default();
        let in_name = || name.split('.').next().and_then(|digits| digits.parse::<u64>().ok());
        let number = file["number"].as_u64().or_else(in_name);
        let (folder, name) = file["path"].as_str().map(parted).unwrap_or_default();
        let only_published = |value: Value| if published { value } else { Value::Null };
        let mut told = Told::from([
            ("state", json!("pending")),
            ("from_root_id", only_published(file["root"].clone())),
            ("from_folder", only_published(folder.into())),
            ("from_name", only_published(name.into())),
        ]);
        for (column, field) in [
            ("stored_name", "name"),
            ("sha256", "sha256"),
            ("bytes", "bytes"),
            ("file_id", "file"),
            ("mode", "mode"),
            ("modified_ns", "modified_ns"),
        ] {
            told.extend(file.get(field).map(|value| (column, value.clone())));
        }
        (number.unwrap_or_default().to_string(), told)
    };
    files.into_iter().flatten().map(row).collect()
}

/// A path as its folder and its name.
fn parted(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Closes the open one that has in its column what the entry has in its field.
fn take_back(
    all: &mut [Told],
    entry: &Entry<'_>,
    (column, field): (&str, &str),
    [reason, by, at]: [&'static str; 3],
) {
    let about = entry.field(field);
    let open = all
        .iter_mut()
        .find(|one| one.get(column) == Some(&about) && one.get(by) == Some(&Value::Null));
    let Some(open) = open else { return };
    open.extend([(reason, entry.field("reason")), (by, entry.field("by"))]);
    match entry.now {
        Some(now) => open.insert(at, json!(now)),
        None => open.remove(at),
    };
}

/// Ends those that still count and that `which` names. Where it is not known until when one
/// counted, it is not known either whether it was ended.
fn end(
    all: &mut [Told],
    entry: &Entry<'_>,
    [by, at]: [&'static str; 2],
    which: impl Fn(&Told) -> bool,
) {
    for one in all.iter_mut().filter(|one| which(one)) {
        if one.get(at) != Some(&Value::Null) {
            continue;
        }
        let until = one.get("until_ms").map(Value::as_i64);
        match (until, entry.now) {
            (Some(Some(until)), Some(now)) if until <= now => {}
            (Some(_), Some(now)) => {
                one.extend([(by, entry.field("by")), (at, json!(now))]);
            }
            _ => {
                one.remove(by);
                one.remove(at);
            }
        }
    }
}
