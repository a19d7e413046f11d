//! References in dumps of the database: the tables of WordPress by their meaning, others as texts.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::dump::{Dump, Entry, Row};
use super::found::{Found, Outbox, post_status};
use super::mention::Mentions;
use super::site::{Site, host_of};
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
    tables: BTreeSet<Table>,
    /// The fields of one menu item stand in rows of their own, one after the other.
    menu_item: MenuItem,
    rows: u64,
    is_complete: bool,
}

#[derive(Debug, Default)]
struct MenuItem {
    post: i64,
    object: Option<i64>,
    is_attachment: bool,
}

/// A table by its meaning, whatever its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Posts,
    PostMeta,
    Terms,
    TermTaxonomy,
    TermMeta,
    Comments,
    CommentMeta,
    Options,
    UserMeta,
    Users,
    /// Of another site in the same database: its numbers mean other things.
    OtherSite,
    Other,
}

/// Longer names before those that they end with.
const TABLES: [(&str, Table); 10] = [
    ("term_taxonomy", Table::TermTaxonomy),
    ("commentmeta", Table::CommentMeta),
    ("postmeta", Table::PostMeta),
    ("termmeta", Table::TermMeta),
    ("usermeta", Table::UserMeta),
    ("comments", Table::Comments),
    ("options", Table::Options),
    ("posts", Table::Posts),
    ("terms", Table::Terms),
    ("users", Table::Users),
];

/// Columns as WordPress defines them, for dumps without definitions.
const COLUMNS: [(Table, &str); 6] = [
    (
        Table::Posts,
        "ID post_author post_date post_date_gmt post_content post_title post_excerpt post_status \
         comment_status ping_status post_password post_name to_ping pinged post_modified \
         post_modified_gmt post_content_filtered post_parent guid menu_order post_type \
         post_mime_type comment_count",
    ),
    (Table::PostMeta, "meta_id post_id meta_key meta_value"),
    (Table::TermMeta, "meta_id term_id meta_key meta_value"),
    (Table::Options, "option_id option_name option_value autoload"),
    (Table::TermTaxonomy, "term_taxonomy_id term_id taxonomy description parent count"),
    (
        Table::Comments,
        "comment_ID comment_post_ID comment_author comment_author_email comment_author_url \
         comment_author_IP comment_date comment_date_gmt comment_content comment_karma \
         comment_approved comment_agent comment_type comment_parent user_id",
    ),
];

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
            Some(Entry::Table(name)) => {
                self.walk.tables.insert(table_named(&name));
            }
            Some(Entry::TooLong) => out.gap(line, "a row is too long"),
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

/// `wp_posts` is a table of posts; `wp_2_posts` is one of the second site of a network.
fn table_named(name: &str) -> Table {
    let found = TABLES.iter().find_map(|(end, table)| Some((name.strip_suffix(end)?, *table)));
    let Some((prefix, table)) =
        found.filter(|(prefix, _)| prefix.is_empty() || prefix.ends_with('_'))
    else {
        return Table::Other;
    };
    let number = prefix.trim_end_matches('_').rsplit('_').next().unwrap_or_default();
    let is_of_network = prefix.matches('_').count() > 1
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_of_network { Table::OtherSite } else { table }
}

impl Walk {
    fn row(&mut self, row: &Row, site: &mut Site, out: &mut Outbox) {
        let table = table_named(&row.table);
        self.tables.insert(table);
        self.rows += 1;
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
        if post != self.menu_item.post {
            self.end_menu_item(out);
            self.menu_item.post = post;
        }
        let mut mentions = Mentions::default();
        match key.as_str() {
            "_menu_item_object_id" => self.menu_item.object = row.number("meta_value"),
            "_menu_item_object" => {
                self.menu_item.is_attachment = row.text("meta_value") == "attachment";
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

    fn end_menu_item(&mut self, out: &mut Outbox) {
        let MenuItem { post, object, is_attachment } = std::mem::take(&mut self.menu_item);
        if let Some(object) = object.filter(|_| is_attachment) {
            let mut mentions = Mentions::default();
            mentions.add_attachment(object, Means::MenuItem, "");
            out.give(&holder("post", post.to_string(), Status::Unknown), mentions);
        }
    }

    fn finish(&mut self, out: &mut Outbox) {
        self.end_menu_item(out);
        if !self.is_complete {
            out.gap(0, "the dump does not end with `-- Dump completed`");
        }
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
        let there = shown.iter().filter(|(table, _)| self.tables.contains(table));
        out.reading.areas.extend(there.flat_map(|(_, areas)| areas.iter().copied()));
    }
}

/// The row with the columns that WordPress gives the table, where the dump names none.
fn usual_columns(table: Table, row: &Row) -> Option<Row> {
    let (_, names) = COLUMNS.iter().find(|(known, _)| *known == table)?;
    row.columns.is_empty().then(|| Row {
        columns: names.split_whitespace().map(str::to_owned).collect(),
        ..row.clone()
    })
}

fn holder(kind: &str, id: String, status: Status) -> Holder {
    Holder { kind: kind.to_owned(), id, label: String::new(), status }
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
    for column in ["post_content", "post_excerpt"] {
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
    let holder = Holder { kind, id: row.text("ID"), label: row.text("post_title"), status };
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
    let holder = Holder {
        id: row.table.to_string(),
        label: first.filter(|first| first.len() <= 32).unwrap_or_default(),
        ..holder("table", String::new(), Status::Unknown)
    };
    out.give(&holder, mentions);
}
