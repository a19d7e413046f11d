//! What is known about the real site: its attachments with all their files, and what uses them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;

use serde_json::Value;
use shelflife::domain::asset::Content;
use shelflife::domain::path::RelPath;
use shelflife::domain::reference::{Reference, Target};
use shelflife::exports::{Event, Item, open};

use super::Told;
use crate::support::shared;

/// One reference that was put into the site.
struct Put {
    kind: String,
    attachment: i64,
    /// Where each source shows it: by address, by number.
    shown: BTreeMap<String, (bool, bool)>,
}

/// What is not in the texts of posts.
const OUTSIDE: [&str; 6] =
    ["featured", "excerpt", "reusable-block", "comment", "site-logo", "site-icon"];

pub(super) struct Oracle {
    /// The attachments of each file, by its path beneath the uploads folder.
    files: BTreeMap<RelPath, Vec<i64>>,
    attachments: BTreeSet<i64>,
    put: Vec<Put>,
}

impl Oracle {
    /// Only where a test has found the data already.
    pub(super) fn load() -> Self {
        let folder = shared("data/wordpress").unwrap();
        let found = fs::read_to_string(folder.join("refs-found-6.8.7.json")).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        let put: Vec<_> = found.as_array().unwrap().iter().map(put).collect();
        let mut oracle = Self { files: BTreeMap::new(), attachments: BTreeSet::new(), put };
        let export = fs::File::open(folder.join("wxr/wp-6.8.7-attachment.xml")).unwrap();
        for event in open("attachments", export, &|_| (Content::default(), None)).unwrap() {
            if let Event::Item(item) = event.unwrap() {
                oracle.add(&item);
            }
        }
        assert_eq!(oracle.attachments.len(), 118);
        oracle
    }

    fn add(&mut self, item: &Item) {
        let number = item.attachment.unwrap();
        self.attachments.insert(number);
        let details = item.details.clone().unwrap_or_default();
        let sizes = details.sizes.iter().chain(&details.backup_sizes).map(|size| &size.file);
        let beside = sizes.chain(&details.original_image);
        let beside = beside.filter_map(|file| item.beside(file)?.ok());
        for path in beside.chain(item.main_file().cloned()) {
            self.files.entry(path).or_default().push(number);
        }
    }

    pub(super) fn is_attachment(&self, number: i64) -> bool {
        self.attachments.contains(&number)
    }

    pub(super) fn attachments_with(&self, path: &RelPath) -> Vec<i64> {
        self.files.get(path).cloned().unwrap_or_default()
    }

    /// What rendered texts of published posts use.
    pub(super) fn put_in_content(&self) -> impl Iterator<Item = (&str, i64)> {
        let shown = |put: &&Put| {
            let in_page = put.shown.get("front end crawl").is_some_and(|(url, id)| *url || *id);
            let in_api = put.shown.get("REST anonymous").is_some_and(|(url, id)| *url || *id);
            in_page && in_api && !OUTSIDE.contains(&put.kind.as_str())
        };
        self.put.iter().filter(shown).map(|put| (put.kind.as_str(), put.attachment))
    }

    /// Everything that the source is known to show was found in the way that it shows it, but for
    /// some kinds, and no other attachment is called used. Gives how much it shows.
    pub(super) fn check(&self, source: &str, told: &Told, but: &[&str]) -> usize {
        let by_address = |number: i64, reference: &&Reference| match &reference.target {
            Target::File(path) => self.attachments_with(path).contains(&number),
            _ => false,
        };
        let by_number =
            |number: i64, reference: &&Reference| reference.target == Target::Attachment(number);
        let (mut missed, mut shown) = (Vec::new(), 0);
        for put in self.put.iter().filter(|put| !but.contains(&put.kind.as_str())) {
            let (address, number) = put.shown.get(source).copied().unwrap_or_default();
            let of = put.attachment;
            if address && !told.references.iter().any(|found| by_address(of, &found)) {
                missed.push(format!("{} #{of} by its address", put.kind));
            }
            if number && !told.references.iter().any(|found| by_number(of, &found)) {
                missed.push(format!("{} #{of} by its number", put.kind));
            }
            shown += usize::from(address) + usize::from(number);
        }
        let known: BTreeSet<_> = self.put.iter().map(|put| put.attachment).collect();
        let invented: Vec<_> = told.used(self).difference(&known).copied().collect();
        let line = format!("{source}: {shown} shown, {} missed\n", missed.len());
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        assert!(missed.is_empty(), "{source}: {missed:#?}");
        assert!(invented.is_empty(), "{source}: {invented:?}");
        shown
    }
}

fn put(found: &Value) -> Put {
    let shown = found["found"].as_object().unwrap().iter().map(|(source, ways)| {
        let has = |way: &str| !ways[way].as_array().unwrap().is_empty();
        (source.clone(), (has("url"), has("id")))
    });
    Put {
        kind: found["ref"]["kind"].as_str().unwrap().to_owned(),
        attachment: found["ref"]["attachment"].as_i64().unwrap(),
        shown: shown.collect(),
    }
}
