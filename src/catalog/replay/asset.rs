//! One asset: its own row, what people recorded about it, and its links.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::audit::TOLD_OF_A_ROW;
use super::super::error::Result;
use super::super::open::Catalog;
use super::decided::Decided;
use super::records::Records;
use super::rows::{Spot, Told, by_key, compare, compare_all, held};
use super::{Entry, Visit};
use crate::domain::describe::ALT_REVIEWED;
use crate::domain::lifecycle::State;
use crate::domain::metadata::AltReview;

/// The columns of a description, with the names that entries use.
const DESCRIBED: [(&str, &str); 11] = [
    ("title", "title"),
    ("source_note", "source_note"),
    ("rights_note", "rights_note"),
    ("rights_reviewed_by", "rights_reviewed_by"),
    ("rights_reviewed_on", "rights_reviewed_on"),
    ("owner", "owner"),
    ("zone", "time_zone"),
    ("starts_on", "starts_on"),
    ("expires_on", "expires_on"),
    ("review_on", "review_on"),
    ("no_expiry_reason", "no_expiry_reason"),
];

/// An asset as its entries leave it.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// `None` before it is added and once it is part of another.
    row: Option<Told>,
    /// What descriptions changed, by the entries' names; `None` before the first.
    fields: Option<BTreeMap<String, Value>>,
    /// The revision of each context that an approval saw.
    pins: BTreeMap<i64, i64>,
    decided: Decided,
    newest_tells_less: bool,
}

impl Folded {
    /// Whether the newest entry is of a version whose entries tell less.
    pub(super) fn tells_less(&self) -> bool {
        self.newest_tells_less
    }

    pub(super) fn take(&mut self, entry: &Entry<'_>, records: &Records) {
        match entry.kind {
            "asset.add" => self.add(entry),
            "asset.original" => self.set_original(entry),
            "asset.merge" => {
                *self = Self::default();
                return;
            }
            "asset.describe" => self.describe(entry, records),
            "publish.done" | "publish.aborted" | "publish.partial" | "publish.lost" => {
                self.follow(entry);
                self.decided.take(entry);
            }
            _ => self.decided.take(entry),
        }
        self.enter_state(entry);
        self.take_row(entry);
    }

    fn add(&mut self, entry: &Entry<'_>) {
        let mut row = Told::from([
            ("state", entry.text("state").map_or(json!("draft"), |state| json!(state))),
            ("was", Value::Null),
            ("root_id", entry.field("root")),
        ]);
        if let Some(now) = entry.now {
            row.extend([("since_ms", json!(now)), ("added_ms", json!(now))]);
        }
        self.row = Some(row);
        self.set_original(entry);
    }

    /// The path that a publication, however it ended, left the asset with.
    fn follow(&mut self, entry: &Entry<'_>) {
        let Some(row) = &mut self.row else { return };
        row.extend([("root_id", entry.field("root")), ("path", entry.field("path"))]);
    }

    fn set_original(&mut self, entry: &Entry<'_>) {
        let Some(row) = &mut self.row else { return };
        row.extend([("path", entry.field("path")), ("sha256", entry.field("sha256"))]);
        for (column, field) in [("media_type", "type"), ("width", "width"), ("height", "height")] {
            match entry.payload.get(field) {
                Some(value) => row.insert(column, value.clone()),
                None => row.remove(column),
            };
        }
    }

    fn describe(&mut self, entry: &Entry<'_>, records: &Records) {
        let fields = self.fields.get_or_insert_default();
        let changes = entry.payload.get("changes").and_then(Value::as_object);
        for (field, change) in changes.into_iter().flatten() {
            match change.get(1) {
                Some(Value::Null) | None => fields.remove(field),
                Some(after) => fields.insert(field.clone(), after.clone()),
            };
        }
        let linked = records.contexts_named(fields.get("contexts").and_then(Value::as_str));
        self.pins.retain(|context, _| linked.contains(context));
    }

    /// The state that a decision or a finished operation leads to.
    fn enter_state(&mut self, entry: &Entry<'_>) {
        let intended = entry.kind.ends_with(".intent");
        let Some(to) = entry.text("to").filter(|_| !intended) else { return };
        let Some(state) = State::ALL.into_iter().find(|state| state.to_string() == to) else {
            return;
        };
        let pins = entry.payload.get("pins").and_then(Value::as_array);
        for pin in pins.into_iter().flatten() {
            if let (Some(context), Some(revision)) = (pin[0].as_i64(), pin[1].as_i64()) {
                self.pins.insert(context, revision);
            }
        }
        let Some(row) = &mut self.row else { return };
        let was = state.was().map(crate::domain::lifecycle::Ended::name);
        row.extend([("state", json!(state.name())), ("was", json!(was))]);
        match entry.now {
            Some(now) => row.insert("since_ms", json!(now)),
            None => row.remove("since_ms"),
        };
    }

    /// The columns that every entry tells by now.
    fn take_row(&mut self, entry: &Entry<'_>) {
        let told = entry.payload.get("row");
        self.newest_tells_less = told.is_none();
        let Some(row) = &mut self.row else { return };
        for column in TOLD_OF_A_ROW {
            let usual = || if column == "files_missing" { json!(0) } else { Value::Null };
            match told {
                Some(told) => row.insert(column, told.get(column).cloned().unwrap_or_else(usual)),
                None => row.remove(column),
            };
        }
    }

    pub(super) fn compare(
        &self,
        catalog: &Catalog,
        records: &Records,
        asset: i64,
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let about = format!("asset {asset}");
        let row = held(catalog, "SELECT * FROM asset WHERE id = ?1", &asset)?;
        compare(Spot { about: &about, table: "asset" }, self.row.as_ref(), row.first(), visit);
        self.compare_description(catalog, (asset, &about), visit)?;
        self.compare_links(catalog, records, (asset, &about), visit)?;
        self.decided.compare(catalog, (asset, &about), visit)
    }

    fn compare_description(
        &self,
        catalog: &Catalog,
        (asset, about): (i64, &str),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let told = self.fields.as_ref().map(|fields| {
            let value = |field: &str| fields.get(field).cloned().unwrap_or_default();
            DESCRIBED.iter().map(|(column, field)| (*column, value(field))).collect::<Told>()
        });
        let rows = held(catalog, "SELECT * FROM description WHERE asset_id = ?1", &asset)?;
        compare(Spot { about, table: "description" }, told.as_ref(), rows.first(), visit);
        let texts = self.fields.iter().flatten().filter_map(|(field, text)| {
            let locale = field.strip_prefix("alt:")?;
            let review = self.fields.as_ref()?.get(&format!("{ALT_REVIEWED}{locale}"));
            let review = review.and_then(Value::as_str);
            let review = review.and_then(|text| text.parse::<AltReview>().ok());
            let (by, on) = review.map(|review| (review.by, review.on.to_string())).unzip();
            let columns =
                [("text", text.clone()), ("reviewed_by", json!(by)), ("reviewed_on", json!(on))];
            Some((locale.to_owned(), Told::from(columns)))
        });
        let rows = held(catalog, "SELECT * FROM alt_text WHERE asset_id = ?1", &asset)?;
        let spot = Spot { about, table: "alt_text" };
        compare_all(spot, &texts.collect(), &by_key(rows, "locale"), visit);
        Ok(())
    }

    /// Links are told by names, several in one text.
    fn compare_links(
        &self,
        catalog: &Catalog,
        records: &Records,
        (asset, about): (i64, &str),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let told = |field: &str| {
            let fields = self.fields.as_ref();
            fields.and_then(|fields| fields.get(field)).and_then(Value::as_str)
        };
        let unpinned = |context: i64| {
            let pinned = self.pins.get(&context).copied();
            (context.to_string(), Told::from([("pinned", json!(pinned))]))
        };
        let named = |names: Vec<i64>| {
            names.into_iter().map(|id| (id.to_string(), Told::new())).collect::<BTreeMap<_, _>>()
        };
        let contexts = records.contexts_named(told("contexts")).into_iter().map(unpinned);
        let placements = told("placements").into_iter().flat_map(|names| names.split(", "));
        let placements = placements.map(|name| (name.to_owned(), Told::new())).collect();
        for (table, column, sql, told) in [
            (
                "asset_context",
                "context_id",
                "SELECT context_id, pinned FROM asset_context WHERE asset_id = ?1",
                contexts.collect(),
            ),
            (
                "asset_license",
                "license_id",
                "SELECT license_id FROM asset_license WHERE asset_id = ?1",
                named(records.licenses_named(told("licenses"))),
            ),
            (
                "asset_placement",
                "placement",
                "SELECT placement FROM asset_placement WHERE asset_id = ?1",
                placements,
            ),
        ] {
            let rows = by_key(held(catalog, sql, &asset)?, column);
            compare_all(Spot { about, table }, &told, &rows, visit);
        }
        Ok(())
    }
}
