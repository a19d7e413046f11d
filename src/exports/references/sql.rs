//! References in dumps of the database: the tables of WordPress by their meaning, others as texts.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use super::dump::{Dump, Entry, Row};
use super::found::{Found, Outbox, post_status};
use super::mention::Mentions;
use super::site::{Site, host_of};
use super::tables::{Table, Tables, usual_columns};
use super::values::scan_field;
use super::wxr::{OWN_FIELDS, scan_text};
use crate::domain::reference::{Area, Holder, Means, Status, Target};
use crate::exports::{ExportError, Place};

/// Reads one dump into the outbox, a row at a time.
#[derive(Debug)]
pub(super) struct SqlReferences<R> {
    dump: Dump<R>,
    walk: Walk,
}

#[derive(Debug, Default)]
struct Walk {
    tables: Tables,
    /// The table of the last row, for the next is most likely of the same.
    last: Option<(Arc<str>, Table)>,
    /// Items of menus of which one field is not known yet: each stands in a row of its own.
    menu_items: BTreeMap<i64, MenuItem>,
    is_complete: bool,
}

#[derive(Debug, Default)]
struct MenuItem {
    object: Option<i64>,
    is_attachment: Option<bool>,
}

/// So many items of menus may wait for their other field.
const MAX_MENU_ITEMS: usize = 10_000;

/// Options that repeat what stands elsewhere, or hold no content.
const PASSING: [&str; 5] =
    ["_transient_", "_site_transient_", "rewrite_rules", "cron", "recently_edited"];

impl<R: BufRead> SqlReferences<R> {
    pub(super) fn new(source: R) -> Self {
        Self { dump: Dump::new(source), walk: Walk::default() }
    }

    /// Reads on. `false` at the end of the file.
    pub(super) fn advance(
        &mut self,
        site: &mut Site,
        out: &mut Outbox,
    ) -> Result<bool, ExportError> {
        let found = self.dump.find_next();
        let line = self.dump.line();
        let failed = |source| ExportError::Read { place: Place::line(line), source };
        match found.map_err(failed)? {
            Some(Entry::Row(row)) => self.walk.row(&row, site, out),
            Some(Entry::Table { name, columns }) => {
                self.walk.tables.take(&name, &columns);
            }
            Some(Entry::TooLong) => out.gap(line, "a row is too long"),
            Some(Entry::Unclear) => out.gap(line, "a row holds what is no plain value"),
            Some(Entry::End) => self.walk.is_complete = true,
            None => {
                if self.dump.is_inside() {
                    out.gap(line, "the dump is cut off");
                }
                self.walk.finish(out);
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Walk {
    fn row(&mut self, row: &Row, site: &mut Site, out: &mut Outbox) {
        let table = self.table_of(row);
        let named = usual_columns(table, row);
        let row = named.as_ref().unwrap_or(row);
        match table {
            Table::Posts => post(row, site, out),
            Table::PostMeta => self.post_field(row, site, out),
            Table::TermMeta => field(row, ("term", "term_id"), site, out),
            Table::CommentMeta => field(row, ("comment", "comment_id"), site, out),
            Table::UserMeta => field(row, ("user", "user_id"), site, out),
            Table::TermTaxonomy => {
                let holder = holder("term", row.text("term_id"), Status::Published);
                text(&row.text("description"), &holder, site, out);
            }
            Table::Comments => {
                let status = Status::of_wordpress(&row.text("comment_approved"));
                let holder = Holder {
                    label: row.text("comment_author"),
                    ..holder("comment", row.text("comment_ID"), status)
                };
                text(&row.text("comment_content"), &holder, site, out);
            }
            Table::Options => option(row, site, out),
            Table::Terms | Table::Users => {}
            Table::OtherSite | Table::Other => other(row, table, site, out),
        }
    }

    fn post_field(&mut self, row: &Row, site: &Site, out: &mut Outbox) {
        let (key, post) = (row.text("meta_key"), row.number("post_id").unwrap_or_default());
        let mut mentions = Mentions::default();
        match key.as_str() {
            "_menu_item_object_id" | "_menu_item_object" => {
                self.menu_field(post, &key, row, (&mut mentions, out));
            }
            "_thumbnail_id" => {
                let number = row.number("meta_value").unwrap_or_default();
                mentions.add_attachment(number, Means::FeaturedImage, &key);
            }
            own if OWN_FIELDS.contains(&own) => {}
            _ => scan_field(&key, &row.text("meta_value"), site, &mut mentions),
        }
        out.give(&holder("post", post.to_string(), Status::Unknown), mentions);
    }

    /// Takes one of the two fields that together tell what an item of a menu leads to.
    fn menu_field(
        &mut self,
        post: i64,
        key: &str,
        row: &Row,
        (mentions, out): (&mut Mentions, &mut Outbox),
    ) {
        if self.menu_items.len() == MAX_MENU_ITEMS && self.menu_items.pop_first().is_some() {
            out.gap(0, "the fields of menus are too far apart");
        }
        let item = self.menu_items.entry(post).or_default();
        if key == "_menu_item_object" {
            item.is_attachment = Some(row.text("meta_value") == "attachment");
        } else {
            item.object = row.number("meta_value").or(Some(0));
        }
        if let MenuItem { object: Some(object), is_attachment: Some(is_attachment) } = *item {
            self.menu_items.remove(&post);
            let object = if is_attachment { object } else { 0 };
            mentions.add_attachment(object, Means::MenuItem, "");
        }
    }

    fn table_of(&mut self, row: &Row) -> Table {
        if let Some((name, table)) = &self.last
            && Arc::ptr_eq(name, &row.table)
        {
            return *table;
        }
        let table = self.tables.take(&row.table, &row.columns);
        self.last = Some((Arc::clone(&row.table), table));
        table
    }

    fn finish(&mut self, out: &mut Outbox) {
        if !self.is_complete {
            out.gap(0, "the dump does not end with `-- Dump completed`");
        }
        if let Some(why) = self.tables.doubt() {
            out.gap(0, &why);
        }
        let tables = self.tables.of_the_site();
        let shown: [(Table, &[Area]); 7] = [
            (
                Table::Posts,
                &[
                    Area::Published,
                    Area::Unpublished,
                    Area::Trash,
                    Area::Revisions,
                    Area::CustomCss,
                    Area::Patterns,
                    Area::Templates,
                ],
            ),
            (Table::PostMeta, &[Area::FeaturedImages, Area::PostMeta, Area::Menus]),
            (Table::TermMeta, &[Area::TermMeta]),
            (Table::TermTaxonomy, &[Area::TermDescriptions]),
            (Table::Comments, &[Area::Comments]),
            (
                Table::Options,
                &[Area::Widgets, Area::SiteIdentity, Area::ThemeSettings, Area::Options],
            ),
            (Table::UserMeta, &[Area::UserMeta]),
        ];
        let there = shown.iter().filter(|(table, _)| tables.contains(table));
        out.reading.areas.extend(there.flat_map(|(_, areas)| areas.iter().copied()));
    }
}

fn holder(kind: &str, id: String, status: Status) -> Holder {
    Holder { kind: kind.to_owned(), id, label: String::new(), address: None, status }
}

fn text(text: &str, holder: &Holder, site: &Site, out: &mut Outbox) {
    let mut mentions = Mentions::default();
    scan_text(text, site, &mut mentions);
    out.give(holder, mentions);
}

fn field(row: &Row, (kind, id): (&str, &str), site: &Site, out: &mut Outbox) {
    let mut mentions = Mentions::default();
    scan_field(&row.text("meta_key"), &row.text("meta_value"), site, &mut mentions);
    out.give(&holder(kind, row.text(id), Status::Published), mentions);
}

fn post(row: &Row, site: &Site, out: &mut Outbox) {
    let kind = row.text("post_type");
    let id = row.number("ID");
    let mut mentions = Mentions::default();
    for column in ["post_content", "post_excerpt", "post_content_filtered", "post_title"] {
        scan_text(&row.text(column), site, &mut mentions);
    }
    if kind == "attachment" {
        out.child(id, row.number("post_parent"));
        mentions.targets.remove(&Target::Attachment(id.unwrap_or_default()));
    }
    if kind == "custom_css" {
        mentions.targets.values_mut().for_each(|(means, _)| *means = Means::Css);
    }
    let has_password = !row.text("post_password").is_empty();
    let status = post_status(&kind, &row.text("post_status"), has_password);
    let (id, label) = (row.text("ID"), row.text("post_title"));
    let holder = Holder { kind, id, label, address: None, status };
    out.give(&holder, mentions);
    if holder.kind != "revision" {
        out.queue.push_back(Found::Holder(holder));
    }
}

fn option(row: &Row, site: &mut Site, out: &mut Outbox) {
    let (name, value) = (row.text("option_name"), row.text("option_value"));
    if matches!(name.as_str(), "siteurl" | "home")
        && let Some(host) = host_of(&value)
    {
        site.add_host(&host);
        out.reading.site = Some(host);
    }
    if PASSING.iter().any(|passing| name.starts_with(passing)) {
        return;
    }
    let mut mentions = Mentions::default();
    scan_field(&name, &value, site, &mut mentions);
    let kind = if name.starts_with("widget_") { "widget" } else { "option" };
    out.give(&holder(kind, name, Status::Published), mentions);
}

/// A table that only its plugin understands: what it says in addresses counts, and numbers only
/// where their column names attachments.
fn other(row: &Row, table: Table, site: &Site, out: &mut Outbox) {
    let mut mentions = Mentions::default();
    for (at, value) in row.values.iter().enumerate() {
        let column = row.columns.get(at).map_or("", String::as_str);
        scan_field(column, &String::from_utf8_lossy(value), site, &mut mentions);
    }
    if table == Table::OtherSite {
        mentions.targets.retain(|target, _| matches!(target, Target::File(_)));
    }
    mentions.shows_children = false;
    let first = row.values.first().map(|value| String::from_utf8_lossy(value).into_owned());
    let label = first.filter(|first| first.len() <= 32).unwrap_or_default();
    let (kind, id) = match described_attachment(row) {
        Some(number) => ("attachment", number),
        None => ("table", row.table.to_string()),
    };
    out.give(&Holder { label, ..holder(kind, id, Status::Unknown) }, mentions);
}

/// The attachment that a row of a plugin only repeats what is known of: the index of Yoast SEO, and
/// the list of pictures that EWWW made smaller.
fn described_attachment(row: &Row) -> Option<String> {
    let is = |column: &str, value: &str| row.get(column) == Some(value.as_bytes());
    if row.table.ends_with("ewwwio_images") {
        return Some(row.text("attachment_id"));
    }
    let is_indexed = is("object_type", "post") && is("object_sub_type", "attachment");
    is_indexed.then(|| row.text("object_id"))
}
