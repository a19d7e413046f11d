//! The whole story on the uploads folder and the export of a real WordPress.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shelflife::domain::asset::Digest;
use shelflife::exit::ExitCode;

use crate::support::{TestLibrary, shared};

const EXPORT: &str = "data/wordpress/wxr/wp-6.8.7-all.xml";
const MANIFEST: &str = "data/wordpress/wxr/wp-6.8.7-manifest.json";
const UPLOADS: &str = "data/wordpress/uploads-6.8.7.tar.gz";
const LIST: &str = "data/wordpress/wxr/wp-6.8.7-uploads.tsv";
const REST: [&str; 2] = [
    "data/wordpress/rest/wp-6.8.7/clean/media-edit-page-1.json",
    "data/wordpress/rest/wp-6.8.7/clean/media-edit-page-2.json",
];

/// The real library, scanned and imported; `None` where the data is not at hand.
fn library() -> Option<TestLibrary> {
    library_that_imports(&format!("wxr {}", shared(EXPORT)?.display()))
}

/// The real library, scanned, and told about by an import of another export.
fn library_that_imports(export: &str) -> Option<TestLibrary> {
    let uploads = shared(UPLOADS)?;
    let library = TestLibrary::at("2026-06-01T09:00:00Z");
    let archive = flate2::read::GzDecoder::new(fs::File::open(uploads).unwrap());
    tar::Archive::new(archive).unpack(library.path("site")).unwrap();
    library
        .run("init --root site/uploads --catalog state/catalog.db --time-zone Europe/Berlin")
        .expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run(&format!("import {export}")).expect(ExitCode::Success);
    Some(library)
}

fn items(library: &TestLibrary, command: &str) -> Vec<Value> {
    let report = library.run(&format!("{command} --format json")).json();
    report["items"].as_array().unwrap().iter().map(|item| item["fields"].clone()).collect()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

/// Bytes, mode and time of every file beneath a folder, by relative path.
fn state_of(folder: &Path) -> BTreeMap<String, (String, u32, i64, i64)> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type().is_file() || name.starts_with(".shelflife-") {
            continue;
        }
        let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let metadata = entry.metadata().unwrap();
        let mode = metadata.permissions().mode();
        let digest = Digest(Sha256::digest(fs::read(entry.path()).unwrap()).into()).to_string();
        files.insert(path, (digest, mode, metadata.mtime(), metadata.mtime_nsec()));
    }
    files
}

#[test]
fn every_real_file_is_in_one_asset_and_every_attachment_is_matched() {
    let Some(library) = library() else { return };
    let list = fs::read_to_string(shared(LIST).unwrap()).unwrap();
    let expected: BTreeSet<_> = list.lines().map(|line| line.split('\t').next().unwrap()).collect();
    let shown = items(&library, "show --under 2");
    let mut found = BTreeSet::new();
    for asset in &shown {
        for file in asset["files"].as_array().unwrap() {
            assert!(found.insert(text(file, "path").to_owned()), "{file} is in two assets");
        }
    }
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
    let manifest = fs::read_to_string(shared(MANIFEST).unwrap()).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    for (id, attachment) in manifest["attachments"].as_object().unwrap() {
        let asset = items(&library, &format!("show wp:{id}"));
        assert_eq!(asset.len(), 1, "attachment {id}");
        let files = asset[0]["files"].as_array().unwrap();
        let main = text(attachment, "file");
        assert!(
            files.iter().any(|file| file["path"] == main),
            "{id}: {main} is not among its files"
        );
    }
}

#[test]
fn alternative_texts_and_titles_are_those_that_the_site_itself_tells() {
    let Some(library) = library() else { return };
    let mut compared = 0;
    for page in REST {
        let page = fs::read_to_string(shared(page).unwrap()).unwrap();
        let page: Value = serde_json::from_str(&page).unwrap();
        for attachment in page.as_array().unwrap() {
            let asset = &items(&library, &format!("show wp:{}", attachment["id"]))[0];
            let told = text(attachment, "alt_text");
            let alt = asset["alt"].as_array().unwrap();
            let recorded = alt.first().map_or("", |alt| text(alt, "text"));
            assert_eq!(recorded, told, "attachment {}", attachment["id"]);
            assert_eq!(asset["title"], attachment["title"]["raw"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 118);
}

/// Twenty pictures with renditions are approved for a campaign; the campaign ends; they go, and
/// come back as they were.
#[test]
fn twenty_assets_live_through_a_campaign_and_come_back_unharmed() {
    let Some(library) = library() else { return };
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("\"block-on-sites\"", "\"warn\""));
    let site = library.path("site/uploads");
    let before = state_of(&site);
    let chosen = twenty(&library);
    let ids: Vec<_> = chosen.iter().map(|asset| asset["id"].to_string()).collect();
    let ids = ids.join(" ");
    papers(&library, &ids);
    // One of them says that a model generated it: it is not of equal risk with the others.
    let told = items(&library, &format!("approve {ids}"));
    let sets: Vec<_> = told.iter().filter_map(|item| item["set"].as_str()).collect();
    assert_eq!(sets.len(), 2);
    for set in sets {
        library.run(&format!("approve {ids} --only-set {set}")).expect(ExitCode::Success);
    }
    assert_eq!(items(&library, "list --standing live").len(), 20);

    library.run("context end campaign/summer --note 'sold out' --apply").expect(ExitCode::Success);
    library.advance_days(1);
    assert_eq!(items(&library, "list --standing expired").len(), 20);
    assert_eq!(items(&library, "list --state expired").len(), 0);
    library.run("sweep --apply").expect(ExitCode::Success);
    assert_eq!(items(&library, "list --state expired").len(), 20);
    library.run("clean --apply").expect(ExitCode::Success);

    let gone: BTreeSet<_> = chosen.iter().flat_map(paths).collect();
    let after = state_of(&site);
    let left: BTreeSet<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!(left, gone.iter().collect::<BTreeSet<_>>());
    let stored: BTreeSet<_> =
        state_of(&library.path("state/quarantine")).into_values().map(|file| file.0).collect();
    for path in &gone {
        assert!(stored.contains(&before[path].0), "{path} is not in quarantine");
    }

    library.run(&format!("restore {ids}")).expect(ExitCode::Success);
    assert_eq!(state_of(&site), before);
    assert_eq!(items(&library, "list --standing expired").len(), 20);
    library.run("audit verify").expect(ExitCode::Success);
}

fn papers(library: &TestLibrary, ids: &str) {
    library
        .run("context add campaign/summer --ends-on +60d --note 'summer 2026'")
        .expect(ExitCode::Success);
    library
        .run("license add house --holder Us --worldwide --any-placement --perpetual --reviewed-by mia --reviewed-on today")
        .expect(ExitCode::Success);
    library
        .run(&format!(
            "describe {ids} --source-note 'drawn for the test site' --rights-note 'our own work' \
             --rights-reviewed-by mia --owner mia --placement blog --campaign summer \
             --license house --review-on +30d"
        ))
        .expect(ExitCode::Success);
}

/// Pictures whose names and alt texts are in order, the ones with the most files first.
fn twenty(library: &TestLibrary) -> Vec<Value> {
    let findings = library.run("validate --format json").json();
    let flawed: BTreeSet<_> = findings["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["severity"] == "error")
        .filter(|item| {
            ["SL1", "SL2", "SL6"].iter().any(|block| text(item, "code").starts_with(block))
        })
        .map(|item| item["asset"].as_i64().unwrap_or_else(|| item["id"].as_i64().unwrap()))
        .collect();
    let mut sound = items(library, "show --under 2");
    sound.retain(|asset| !flawed.contains(&asset["id"].as_i64().unwrap()));
    sound.sort_by_key(|asset| std::cmp::Reverse(asset["files"].as_array().unwrap().len()));
    sound.truncate(20);
    assert_eq!(sound.len(), 20, "too few assets are in order");
    sound
}

fn paths(asset: &Value) -> Vec<String> {
    asset["files"].as_array().unwrap().iter().map(|file| text(file, "path").to_owned()).collect()
}

/// What is known of every asset, without what tells when it was learned.
fn known(library: &TestLibrary) -> BTreeMap<String, Value> {
    let assets = items(library, "show --under 2").into_iter();
    assets.map(|asset| (text(&asset, "path").to_owned(), asset)).collect()
}

#[test]
fn the_rest_pages_of_the_site_teach_what_its_wxr_teaches() {
    let Some(wxr) = library() else { return };
    let [first, second] = REST.map(|page| shared(page).unwrap().display().to_string());
    let rest = library_that_imports(&format!("rest {first} {second}")).unwrap();
    let (wxr, rest) = (known(&wxr), known(&rest));
    assert!(wxr.len() > 100);
    let paths = |known: &BTreeMap<String, Value>| known.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&rest), paths(&wxr));
    for (path, asset) in &rest {
        assert_eq!(asset, &wxr[path], "{path}");
    }
}

#[test]
fn the_lists_of_wp_cli_find_the_same_assets_by_the_urls_of_uploads() {
    let Some(wxr) = library() else { return };
    let wxr = known(&wxr);
    for (kind, list) in [("rest", "attachments.json"), ("csv", "attachments.csv")] {
        let list = shared("data/wordpress/wpcli").unwrap().join(list);
        let listed = library_that_imports(&format!("{kind} {}", list.display())).unwrap();
        for (path, asset) in known(&listed) {
            let expected = &wxr[&path];
            assert_eq!(asset["attachment"], expected["attachment"], "{path}");
            assert_eq!(asset["title"], expected["title"], "{path}");
        }
    }
}
