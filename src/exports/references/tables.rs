//! The tables of WordPress, told by their names and their columns.

use std::collections::{BTreeMap, BTreeSet};

use super::dump::Row;

/// A table by its meaning, whatever its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
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
const COLUMNS: [(Table, &str); 8] = [
    (
        Table::Posts,
        "ID post_author post_date post_date_gmt post_content post_title post_excerpt post_status \
         comment_status ping_status post_password post_name to_ping pinged post_modified \
         post_modified_gmt post_content_filtered post_parent guid menu_order post_type \
         post_mime_type comment_count",
    ),
    (Table::PostMeta, "meta_id post_id meta_key meta_value"),
    (Table::TermMeta, "meta_id term_id meta_key meta_value"),
    (Table::CommentMeta, "meta_id comment_id meta_key meta_value"),
    (Table::UserMeta, "umeta_id user_id meta_key meta_value"),
    (Table::Options, "option_id option_name option_value autoload"),
    (Table::TermTaxonomy, "term_taxonomy_id term_id taxonomy description parent count"),
    (
        Table::Comments,
        "comment_ID comment_post_ID comment_author comment_author_email comment_author_url \
         comment_author_IP comment_date comment_date_gmt comment_content comment_karma \
         comment_approved comment_agent comment_type comment_parent user_id",
    ),
];

/// Columns that only WordPress's own tables have under these names.
const TELLING: [(Table, &[&str]); 10] = [
    (Table::Posts, &["post_content", "post_type"]),
    (Table::PostMeta, &["post_id", "meta_key"]),
    (Table::Terms, &["term_id", "slug"]),
    (Table::TermTaxonomy, &["term_id", "taxonomy"]),
    (Table::TermMeta, &["term_id", "meta_key"]),
    (Table::Comments, &["comment_content"]),
    (Table::CommentMeta, &["comment_id", "meta_key"]),
    (Table::Options, &["option_name", "option_value"]),
    (Table::UserMeta, &["user_id", "meta_key"]),
    (Table::Users, &["user_login"]),
];

/// What every installation has.
const CORE: [Table; 3] = [Table::Options, Table::Posts, Table::PostMeta];

/// So many installations are told apart.
const MAX_PREFIXES: usize = 1_000;

/// The tables of a dump by the prefixes of their names.
#[derive(Debug, Default)]
pub(super) struct Tables {
    by_prefix: BTreeMap<String, BTreeSet<Table>>,
    /// A table of another site of a network.
    other_site: Option<String>,
}

impl Tables {
    /// Takes note of a table and tells what it means. `columns` may be unknown.
    pub(super) fn take(&mut self, name: &str, columns: &[String]) -> Table {
        let (prefix, table) = table_named(name);
        if table == Table::OtherSite {
            self.other_site.get_or_insert_with(|| name.to_owned());
        }
        if matches!(table, Table::OtherSite | Table::Other) {
            return table;
        }
        if !columns.is_empty() && !has_columns(table, columns) {
            return Table::Other;
        }
        let is_room = self.by_prefix.len() < MAX_PREFIXES || self.by_prefix.contains_key(prefix);
        if is_room {
            self.by_prefix.entry(prefix.to_owned()).or_default().insert(table);
        }
        let has_options = |tables: &BTreeSet<Table>| tables.contains(&Table::Options);
        let is_of_another = self.by_prefix.values().any(has_options)
            && !self.by_prefix.get(prefix).is_some_and(has_options);
        // Posts stand behind the options of their installation.
        if is_of_another && CORE.contains(&table) { Table::Other } else { table }
    }

    /// Why it cannot be told which tables are the site's, or that none are.
    pub(super) fn doubt(&self) -> Option<String> {
        if self.by_prefix.is_empty() {
            let other = self.other_site.as_ref()?;
            return Some(format!(
                "`{other}` is of one site of a network: its numbers mean other things"
            ));
        }
        let is_whole = |tables: &&BTreeSet<Table>| CORE.iter().all(|core| tables.contains(core));
        let with_core: Vec<_> = self
            .by_prefix
            .iter()
            .filter(|(_, tables)| CORE.iter().any(|core| tables.contains(core)))
            .map(|(prefix, _)| format!("`{prefix}`"))
            .collect();
        let is_one = self.by_prefix.values().filter(is_whole).count() == 1;
        (with_core.len() > 1 && !is_one).then(|| {
            let prefixes = with_core.join(", ");
            format!("it holds tables of several installations ({prefixes}): dump those of one")
        })
    }

    /// The tables of the installation that is there.
    pub(super) fn of_the_site(&self) -> BTreeSet<Table> {
        let core = |tables: &BTreeSet<Table>| CORE.iter().filter(|t| tables.contains(t)).count();
        let tables = self.by_prefix.values().max_by_key(|tables| (core(tables), tables.len()));
        tables.cloned().unwrap_or_default()
    }
}

fn has_columns(table: Table, columns: &[String]) -> bool {
    let has = |name: &&str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    TELLING.iter().any(|(known, names)| *known == table && names.iter().all(has))
}

/// `wp_posts` is a table of posts; `wp_2_posts` is one of the second site of a network.
fn table_named(name: &str) -> (&str, Table) {
    let name = name.rsplit('.').next().unwrap_or(name);
    let found = TABLES.iter().find_map(|(end, table)| Some((name.strip_suffix(end)?, *table)));
    let Some((prefix, table)) =
        found.filter(|(prefix, _)| prefix.is_empty() || prefix.ends_with('_'))
    else {
        return ("", Table::Other);
    };
    let number = prefix.trim_end_matches('_').rsplit('_').next().unwrap_or_default();
    let is_of_network = prefix.matches('_').count() > 1
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    (prefix, if is_of_network { Table::OtherSite } else { table })
}

/// The row with the columns that WordPress gives the table, where the dump names none.
pub(super) fn usual_columns(table: Table, row: &Row) -> Option<Row> {
    let (_, names) = COLUMNS.iter().find(|(known, _)| *known == table)?;
    row.columns.is_empty().then(|| Row {
        columns: names.split_whitespace().map(str::to_owned).collect(),
        ..row.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &str) -> Vec<String> {
        names.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_table_is_wordpresss_own_by_its_name_and_its_columns() {
        for (name, of, table) in [
            ("wp_posts", "ID post_content post_type", Table::Posts),
            ("wp_posts", "", Table::Posts),
            ("blog.wp_posts", "", Table::Posts),
            ("posts", "", Table::Posts),
            ("wp_aioseo_posts", "id post_id title og_image_url", Table::Other),
            ("wp_2_posts", "ID post_content post_type", Table::OtherSite),
            ("wp_postmeta", "meta_id post_id meta_key meta_value", Table::PostMeta),
            ("wpposts", "", Table::Other),
        ] {
            assert_eq!(Tables::default().take(name, &columns(of)), table, "{name} {of}");
        }
    }

    #[test]
    fn tables_of_two_installations_are_told_apart_or_told() {
        let mut tables = Tables::default();
        for name in ["wp_comments", "wp_options", "wp_postmeta", "wp_posts"] {
            assert_ne!(tables.take(name, &[]), Table::Other, "{name}");
        }
        assert_eq!(tables.take("backup_posts", &[]), Table::Other);
        assert_eq!(tables.doubt(), None, "one is whole, the other a copy");
        assert_eq!(tables.of_the_site().len(), 4);
        let mut torn = Tables::default();
        torn.take("wp_options", &[]);
        assert_eq!(torn.take("blog_posts", &[]), Table::Other);
        assert!(torn.doubt().is_some_and(|why| why.contains("`blog_`, `wp_`")));
        let mut network = Tables::default();
        network.take("wp_7_posts", &[]);
        assert!(network.doubt().is_some_and(|why| why.contains("wp_7_posts")));
    }
}
