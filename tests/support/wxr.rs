//! Small exports written by hand, and everything that a reader says about an export.

use std::io::BufRead;

use shelflife::exports::wxr::WxrReader;
use shelflife::exports::{Defect, Event, Item, Malformed, Problem, Site};

/// Everything that a reader said about one file.
pub(crate) struct Export {
    pub(crate) site: Site,
    pub(crate) items: Vec<Item>,
    /// Those of the file, not those of its items.
    pub(crate) problems: Vec<Problem>,
}

impl Export {
    pub(crate) fn read(source: impl BufRead) -> Self {
        let mut sites = Vec::new();
        let mut export = Self { site: Site::default(), items: Vec::new(), problems: Vec::new() };
        for event in WxrReader::new(source) {
            match event.unwrap() {
                Event::Site(site) => sites.push(site),
                Event::Item(item) => export.items.push(*item),
                Event::Problem(problem) => export.problems.push(problem),
            }
        }
        assert_eq!(sites.len(), 1, "the site is described once");
        export.site = sites.remove(0);
        export
    }

    pub(crate) fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        self.items.iter().flat_map(|item| &item.problems).chain(&self.problems)
    }

    /// The lines at which the file is not well-formed.
    pub(crate) fn malformed_lines(&self) -> Vec<u64> {
        let is_malformed = |problem: &&Problem| matches!(problem.what, Defect::NotWellFormed(_));
        self.all_problems().filter(is_malformed).map(|problem| problem.place.line).collect()
    }
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Shop</title>
<wp:wxr_version>1.2</wp:wxr_version>
"#;
const TAIL: &str = "</channel>\n</rss>\n";

pub(crate) fn export(items: &str) -> String {
    format!("{HEAD}{items}{TAIL}")
}

/// An attachment of eleven lines.
pub(crate) fn attachment(id: u32) -> String {
    format!(
        "<item>
<title>Picture {id}</title>
<content:encoded><![CDATA[About {id}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{id}</wp:post_id>
<wp:post_name>picture-{id}</wp:post_name>
<wp:post_type>attachment</wp:post_type>
<wp:attachment_url>https://shop.example/wp-content/uploads/{id}.jpg</wp:attachment_url>
{}{}</item>
",
        meta("_wp_attached_file", &format!("2026/01/{id}.jpg")),
        meta("_wp_attachment_image_alt", &format!("alt {id}")),
    )
}

pub(crate) fn meta(key: &str, value: &str) -> String {
    format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>\n"
    )
}

/// An attachment of which only the metadata matters.
pub(crate) fn with_meta(meta: &str) -> String {
    export(&format!(
        "<item><wp:post_id>1</wp:post_id><wp:post_type>attachment</wp:post_type>{meta}\
         <guid>https://shop.example/wp-content/uploads/1.jpg</guid></item>\n"
    ))
}

/// An export of one attachment with an alternative text for the site's locale.
pub(crate) fn shipped(path: &str) -> String {
    let told = meta("_wp_attached_file", path);
    let alt = meta("_wp_attachment_image_alt", "A green tin of tea on a shelf");
    let post = "<wp:post_id>1</wp:post_id><wp:post_type>attachment</wp:post_type>";
    export(&format!("<item>{post}{told}{alt}</item>\n"))
}

pub(crate) fn read(text: impl AsRef<[u8]>) -> Export {
    Export::read(text.as_ref())
}

pub(crate) fn ids(export: &Export) -> Vec<i64> {
    export.items.iter().map(|item| item.attachment.unwrap()).collect()
}

pub(crate) fn only_item(export: Export) -> Item {
    let [item] = <[Item; 1]>::try_from(export.items).unwrap();
    item
}

pub(crate) fn defects(export: &Export) -> Vec<&Defect> {
    export.all_problems().map(|problem| &problem.what).collect()
}

/// The only thing that is not well-formed, with its line.
#[track_caller]
pub(crate) fn malformed(export: &Export) -> (u64, &Malformed) {
    let found: Vec<_> = export
        .all_problems()
        .filter_map(|problem| match &problem.what {
            Defect::NotWellFormed(why) => Some((problem.place.line, why)),
            _ => None,
        })
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}
