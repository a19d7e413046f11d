//! Where assets are used: every reference of the real site is found in every source that shows it.

mod oracle;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use shelflife::domain::reference::{Area, Reference, SourceKind, Target};
use shelflife::exports::ExportError;
use shelflife::exports::references::{Found, Reading, ReferenceReader, Site, SourceFile};

use crate::support::shared;

use self::oracle::Oracle;

/// Everything that a source says.
struct Told {
    references: Vec<Reference>,
    children: Vec<(i64, i64)>,
    gaps: Vec<String>,
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
    let (mut references, mut children, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    for found in reader.by_ref() {
        match found.unwrap() {
            Found::Reference(reference) => references.push(*reference),
            Found::Child { attachment, parent } => children.push((attachment, parent)),
            Found::Gap(gap) => gaps.push(gap),
            Found::Holder(_) => {}
        }
    }
    Told { references, children, gaps, reading: reader.into_reading() }
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
        assert_eq!(told.references, []);
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
