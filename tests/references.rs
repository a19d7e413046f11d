//! Where assets are used: every reference of the real site is found in every source that shows it.

mod laws;
mod oracle;
mod torn;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::PathBuf;

use serde_json::Value;
use shelflife::domain::reference::{Area, Holder, Reference, SourceKind, Status, Target};
use shelflife::exports::ExportError;
use shelflife::exports::references::{Found, Reading, ReferenceReader, Site, SourceFile};

use crate::support::shared;

use self::oracle::Oracle;

/// Everything that a source says.
struct Told {
    references: Vec<Reference>,
    children: Vec<(i64, i64)>,
    gaps: Vec<String>,
    holders: Vec<Holder>,
    reading: Reading,
}

fn read(kind: SourceKind, site: Site, paths: &[PathBuf]) -> Told {
    let files = paths.iter().map(|path| {
        let bytes = Box::new(BufReader::new(File::open(path).unwrap()));
        Ok::<_, ExportError>(SourceFile {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            bytes,
        })
    });
    let mut reader = ReferenceReader::new(kind, site, files);
    let (mut references, mut children) = (Vec::new(), Vec::new());
    let (mut gaps, mut holders) = (Vec::new(), Vec::new());
    for found in reader.by_ref() {
        match found.unwrap() {
            Found::Reference(reference) => references.push(*reference),
            Found::Child { attachment, parent } => children.push((attachment, parent)),
            Found::Gap(gap) => gaps.push(gap),
            Found::Holder(holder) => holders.push(holder),
        }
    }
    Told { references, children, gaps, holders, reading: reader.into_reading() }
}

impl Told {
    /// The attachments that are used, by number or by a file of theirs.
    fn used(&self, oracle: &Oracle) -> BTreeSet<i64> {
        let children = |parent: i64| {
            self.children.iter().filter(move |(_, of)| *of == parent).map(|(child, _)| *child)
        };
        let used = self.references.iter().flat_map(|reference| match &reference.target {
            Target::Attachment(number) => vec![*number],
            Target::File(path) => oracle.attachments_with(path),
            Target::ChildrenOf(parent) => children(*parent).collect(),
        });
        used.filter(|number| oracle.is_attachment(*number)).collect()
    }
}

#[test]
fn an_export_of_everything_shows_every_reference_that_it_holds() {
    let Some(folder) = shared("data/wordpress/wxr") else { return };
    let oracle = Oracle::load();
    for name in ["wp-6.8.7-all.xml", "wp-6.8.7-all-with-control-characters.xml"] {
        let told = read(SourceKind::Wxr, Site::default(), &[folder.join(name)]);
        assert_eq!(told.gaps, [""; 0], "{name}");
        assert_eq!(oracle.check("WXR all", &told, &[]), 77, "{name}");
        assert_eq!(told.reading.site.as_deref(), Some("127.0.0.1:8089"));
        assert!(told.reading.made.is_some(), "{name} says when it was made");
        assert!(told.reading.areas.contains(&Area::PostMeta));
        assert!(!told.reading.areas.contains(&Area::Widgets));
    }
}

#[test]
fn the_exporter_of_wp_cli_shows_all_but_the_fields_of_terms() {
    let Some(folder) = shared("data/wordpress/wxr") else { return };
    let path = folder.join("wpcli-2.10.0-wp-6.8.7-all-000.xml");
    let told = read(SourceKind::Wxr, Site::default(), &[path]);
    assert_eq!(Oracle::load().check("WXR all", &told, &["term-meta"]), 76);
    assert!(!told.reading.areas.contains(&Area::TermMeta));
    assert!(told.reading.areas.contains(&Area::TermDescriptions));
}

#[test]
fn an_export_of_attachments_alone_shows_no_use_and_proves_nothing() {
    let Some(folder) = shared("data/wordpress/wxr") else { return };
    let parts: Vec<_> = (0..3)
        .map(|n| folder.join(format!("wpcli-2.10.0-wp-6.8.7-attachment-split-00{n}.xml")))
        .collect();
    for paths in [&[folder.join("wp-6.8.7-attachment.xml")][..], &parts] {
        let told = read(SourceKind::Wxr, Site::default(), paths);
        assert_eq!(Oracle::load().check("WXR attachment", &told, &[]), 0);
        let is_icon = |used: &Reference| used.holder.id == "site_icon";
        assert!(told.references.iter().all(is_icon), "but for the icon that the channel names");
        assert_eq!(told.children.len(), 3, "those that were uploaded to a post");
        assert!(told.reading.areas.is_empty());
    }
}

#[test]
fn an_export_of_posts_alone_finds_and_proves_nothing() {
    let Some(folder) = shared("data/wordpress/wxr") else { return };
    let told = read(SourceKind::Wxr, Site::default(), &[folder.join("wp-6.8.7-post.xml")]);
    assert!(told.used(&Oracle::load()).len() > 35);
    assert!(told.reading.areas.is_empty(), "pages are not in it");
}

fn clean(names: &[&str]) -> Option<Vec<PathBuf>> {
    let folder = shared("data/wordpress/rest/wp-6.8.7/clean")?;
    Some(names.iter().map(|name| folder.join(format!("{name}.json"))).collect())
}

const EDITORS: [&str; 14] = [
    "posts-edit",
    "pages-edit",
    "blocks-edit",
    "navigation-edit",
    "media-edit-page-1",
    "media-edit-page-2",
    "comments",
    "categories",
    "tags",
    "users",
    "widgets",
    "menu-items",
    "settings",
    "root-auth",
];

#[test]
fn an_editors_answers_show_every_reference_that_they_hold() {
    let Some(mut paths) = clean(&EDITORS) else { return };
    let oracle = Oracle::load();
    let told = read(SourceKind::Rest, Site::default(), &paths);
    assert_eq!(told.gaps, [""; 0]);
    assert_eq!(oracle.check("REST auth edit", &told, &[]), 82);
    assert_eq!(told.reading.site.as_deref(), Some("127.0.0.1:8089"));
    for area in [Area::Published, Area::Unpublished, Area::Widgets, Area::Menus, Area::Comments] {
        assert!(told.reading.areas.contains(&area), "{area:?}");
    }
    assert!(!told.reading.areas.contains(&Area::PostMeta));
    paths.extend(clean(&["revisions-of-7388"]).unwrap());
    let told = read(SourceKind::Rest, Site::default(), &paths);
    oracle.check("REST auth +trash +revisions", &told, &[]);
}

#[test]
fn anonymous_answers_show_every_reference_that_they_hold() {
    let names = [
        "posts-anonymous",
        "pages-anonymous",
        "media-anonymous-page-1",
        "comments",
        "categories",
        "tags",
        "root",
        "blocks-edit",
    ];
    let Some(paths) = clean(&names) else { return };
    let told = read(SourceKind::Rest, Site::default(), &paths);
    Oracle::load().check("REST anonymous", &told, &[]);
    assert!(told.reading.areas.contains(&Area::Published));
    assert!(!told.reading.areas.contains(&Area::Unpublished));
}

#[test]
fn the_templates_of_the_active_theme_are_read_too() {
    let Some(folder) = shared("data/wordpress/rest/wp-6.8.7/traps") else { return };
    let paths = ["global-styles", "template-parts", "templates"]
        .map(|name| folder.join(format!("trap-blocktheme-{name}.json")));
    let told = read(SourceKind::Rest, Site::default(), &paths);
    let used: Vec<_> = told.used(&Oracle::load()).into_iter().collect();
    assert_eq!(used, [7423, 7425, 7429]);
}

/// A value as mysqldump writes it.
fn escaped(text: &str) -> String {
    let mut quoted = String::from("'");
    for character in text.chars() {
        match character {
            '\\' | '\'' | '"' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted + "'"
}

fn insert(dump: &mut String, table: &str, rows: &[Vec<String>]) {
    let rows: Vec<_> = rows.iter().map(|row| format!("({})", row.join(","))).collect();
    let _ = writeln!(dump, "INSERT INTO `wp_{table}` VALUES {};", rows.join(","));
}

/// The options and the posts of the real site, as rows of a dump: fields come before posts.
fn dump() -> Option<String> {
    let folder = shared("data/wordpress")?;
    let json = |path: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(path)).unwrap()).unwrap()
    };
    let mut dump = String::from("-- MariaDB dump 10.19\n");
    let mut options = vec![
        ["1", "'siteurl'", "'http://127.0.0.1:8089'", "'yes'"].map(str::to_owned).to_vec(),
        ["2", "'site_icon'", "'7314'", "'yes'"].map(str::to_owned).to_vec(),
    ];
    for option in json("wpcli/options-widgets.json").as_array().unwrap() {
        let [name, value] =
            ["option_name", "option_value"].map(|key| option[key].as_str().unwrap());
        options.push(vec!["3".to_owned(), escaped(name), escaped(value), "'yes'".to_owned()]);
    }
    insert(&mut dump, "options", &options);
    let fields = [
        ("7348", "_thumbnail_id", "7347"),
        ("7422", "_menu_item_object_id", "7421"),
        ("7422", "_menu_item_object", "attachment"),
        ("7401", "gallery_ids", "a:2:{i:0;s:4:\"7400\";i:1;s:5:\"99999\";}"),
    ];
    let fields: Vec<_> = fields
        .iter()
        .map(|(post, key, value)| {
            vec!["1".into(), (*post).to_owned(), escaped(key), escaped(value)]
        })
        .collect();
    insert(&mut dump, "postmeta", &fields);
    let mut posts = Vec::new();
    for path in ["posts-edit", "pages-edit"] {
        for post in json(&format!("rest/wp-6.8.7/clean/{path}.json")).as_array().unwrap() {
            let text = |field: &str| escaped(post[field]["raw"].as_str().unwrap());
            let mut row = vec!["''".to_owned(); 23];
            for (at, value) in [
                (0, post["id"].to_string()),
                (4, text("content")),
                (5, text("title")),
                (6, text("excerpt")),
                (7, escaped(post["status"].as_str().unwrap())),
                (20, escaped(post["type"].as_str().unwrap())),
            ] {
                row[at] = value;
            }
            posts.push(row);
        }
    }
    insert(&mut dump, "posts", &posts);
    dump.push_str("-- Dump completed on 2026-11-20 22:59:44\n");
    Some(dump)
}

#[test]
fn a_dump_shows_the_references_of_its_rows() {
    let Some(text) = dump() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump.sql");
    fs::write(&path, &text).unwrap();
    let told = read(SourceKind::Sql, Site::default(), std::slice::from_ref(&path));
    assert_eq!(told.gaps, [""; 0]);
    let not_in_it = [
        "term-meta",
        "user-meta",
        "term-description",
        "comment",
        "site-logo",
        "customizer-css",
        "background-image",
        "header-image",
        "plugin-option",
        "template",
        "template-part",
        "navigation",
        "global-styles",
        "revision-only",
        "reusable-block",
        "meta-id",
        "meta-url",
        "meta-json",
        "cover-featured",
    ];
    assert_eq!(Oracle::load().check("DB", &told, &not_in_it), 71);
    assert_eq!(told.reading.site.as_deref(), Some("127.0.0.1:8089"));
    let featured = |reference: &&Reference| reference.target == Target::Attachment(7347);
    let featured = told.references.iter().find(featured).unwrap();
    assert_eq!(featured.holder.status, Status::Unknown, "its post comes later");
    let page = told.holders.iter().find(|holder| holder.id == "7348").unwrap();
    assert_eq!((page.kind.as_str(), page.status), ("page", Status::Published));

    fs::write(&path, text.split_at(text.len() / 2).0).unwrap();
    let cut = read(SourceKind::Sql, Site::default(), &[path]);
    assert!(cut.reading.gaps > 0, "a dump that is cut off proves nothing");
}

#[test]
fn rendered_pages_show_the_references_that_they_render() {
    let Some(folder) = shared("data/wordpress/rest/wp-6.8.7/clean") else { return };
    let posts = fs::read_to_string(folder.join("posts-anonymous.json")).unwrap();
    let posts: Value = serde_json::from_str(&posts).unwrap();
    let pages = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for post in posts.as_array().unwrap() {
        let path = pages.path().join(format!("{}.html", post["id"]));
        let (link, body) = (post["link"].as_str().unwrap(), post["content"]["rendered"].as_str());
        let head = format!("<!DOCTYPE html><html><head><link rel=\"canonical\" href=\"{link}\" />");
        let api = "<link rel=\"https://api.w.org/\" href=\"http://127.0.0.1:8089/wp-json/\" />";
        fs::write(&path, format!("{head}{api}</head><body>{}</body></html>", body.unwrap()))
            .unwrap();
        paths.push(path);
    }
    let told = read(SourceKind::Pages, Site::default(), &paths);
    let oracle = Oracle::load();
    let used = told.used(&oracle);
    for (kind, attachment) in oracle.put_in_content() {
        assert!(used.contains(&attachment), "{kind} #{attachment}");
    }
    assert_eq!(told.reading.site.as_deref(), Some("127.0.0.1:8089"));
    assert!(told.references.iter().all(|found| found.holder.label.starts_with("http://")));
    assert!(told.reading.areas.contains(&Area::SiteIdentity));
    assert!(!told.reading.areas.contains(&Area::ThemeSettings), "no page shows all headers");
}

#[test]
fn every_export_of_others_is_read_to_its_end() {
    let Some(folder) = shared("data/corpus/wxr") else { return };
    let mut paths: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    paths.sort();
    assert!(paths.len() > 20);
    let (mut found, mut whole) = (0, 0);
    for path in paths {
        let told = read(SourceKind::Wxr, Site::default(), std::slice::from_ref(&path));
        assert_eq!(told.gaps.len() as u64, told.reading.gaps, "{}", path.display());
        found += told.references.len();
        whole += usize::from(told.reading.gaps == 0);
    }
    assert!(found > 200, "{found} references in all of them");
    assert!(whole > 20, "{whole} without a gap");
}

#[test]
fn a_page_of_an_error_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.html");
    fs::write(&path, "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>").unwrap();
    let told = read(SourceKind::Pages, Site::default(), &[path]);
    assert!(told.reading.areas.is_empty());
}
