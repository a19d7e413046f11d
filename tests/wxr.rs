//! WordPress exports: what real sites wrote, against what other programs say about them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shelflife::domain::path::RelPath;
use shelflife::exports::{Defect, Item, MediaDetails, Place, Problem, SizeEntry};

use crate::support::shared;
use crate::support::wxr::Export;

fn open(path: &Path) -> Export {
    Export::read(BufReader::new(File::open(path).unwrap()))
}

fn json_file(path: &Path) -> Value {
    serde_json::from_reader(BufReader::new(File::open(path).unwrap())).unwrap()
}

fn corpus(relative: &str) -> Vec<PathBuf> {
    let Some(folder) = shared(relative) else { return Vec::new() };
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no exports in {relative}");
    files
}

fn path_text(path: Option<&RelPath>) -> Value {
    path.map_or(Value::Null, |path| str::from_utf8(path.as_bytes()).unwrap().into())
}

/// A path as the oracle has it, or nothing if it is one that must be refused.
fn acceptable(path: &Value) -> Value {
    match path.as_str() {
        Some(text) if text.starts_with('/') => Value::Null,
        _ => path.clone(),
    }
}

fn size_json(size: &SizeEntry, mime_key: &str) -> Value {
    let mut json = json!({
        "file": path_text(Some(&size.file)),
        "width": size.width,
        "height": size.height,
    });
    if let Some(mime) = &size.mime {
        json[mime_key] = mime.as_str().into();
    }
    if let Some(filesize) = size.filesize {
        json["filesize"] = filesize.into();
    }
    json
}

fn sizes_json(sizes: &[SizeEntry], mime_key: &str) -> Value {
    let entries = sizes.iter().map(|size| (size.name.clone(), size_json(size, mime_key)));
    Value::Object(entries.collect())
}

fn details_json(details: &MediaDetails) -> Value {
    json!({
        "file": path_text(details.file.as_ref()),
        "width": details.width,
        "height": details.height,
        "filesize": details.filesize,
        "sizes": sizes_json(&details.sizes, "mime-type"),
    })
}

/// The oracle's view of the metadata, brought to the same shape.
fn oracle_details(metadata: &Value) -> Value {
    let no_sizes = json!({});
    let sizes = metadata.get("sizes").filter(|sizes| sizes.is_object()).unwrap_or(&no_sizes);
    json!({
        "file": acceptable(&metadata["file"]),
        "width": metadata["width"],
        "height": metadata["height"],
        "filesize": metadata["filesize"],
        "sizes": sizes,
    })
}

fn assert_item_is(item: &Item, oracle: &Value, file: &Path) {
    let id = oracle["post_id"].as_str().unwrap();
    let context = format!("attachment {id} of {}", file.display());
    assert_eq!(item.attachment, id.parse().ok(), "{context}");
    assert_eq!(json!(item.alt), oracle["alt"], "alt text of {context}");
    let texts = [
        ("title", &item.title),
        ("caption", &item.caption),
        ("description", &item.description),
        ("post_name", &item.slug),
        ("status", &item.status),
        ("post_date", &item.posted),
        ("post_date_gmt", &item.posted_utc),
        ("attachment_url", &item.url),
    ];
    for (key, text) in texts {
        let text = text.as_deref().unwrap_or_default();
        assert_eq!(text, oracle[key].as_str().unwrap(), "{key} of {context}");
    }
    let parent = oracle["post_parent"].as_str().unwrap().parse().ok().filter(|id| *id > 0);
    assert_eq!(item.parent, parent, "{context}");
    assert_eq!(
        path_text(item.file.as_ref()),
        acceptable(&oracle["attached_file"]),
        "file of {context}"
    );
    let details = item.details.as_ref().map(details_json);
    assert_eq!(details, oracle.get("metadata").map(oracle_details), "metadata of {context}");
}

fn assert_agrees(export: &Export, oracle: &Value, file: &Path) {
    let expected = oracle["attachments"].as_array().unwrap();
    assert_eq!(export.items.len(), expected.len(), "attachments of {}", file.display());
    for (item, expected) in export.items.iter().zip(expected) {
        assert_item_is(item, expected, file);
    }
    let unreadable = export
        .all_problems()
        .filter(|problem| matches!(problem.what, Defect::NotReadable { .. }))
        .count();
    assert_eq!(json!(unreadable), oracle["metadata_broken"], "{}", file.display());
    let refused = expected
        .iter()
        .flat_map(|attachment| [&attachment["attached_file"], &attachment["metadata"]["file"]])
        .filter(|path| path.is_string() && acceptable(path).is_null())
        .count();
    let paths = export.all_problems().filter(|problem| matches!(problem.what, Defect::Path { .. }));
    assert_eq!(paths.count(), refused, "{}", file.display());
    assert_eq!(export.malformed_lines(), Vec::<u64>::new(), "{}", file.display());
    let site = &export.site;
    assert_eq!(json!(site.wxr_version), oracle["wxr_version"], "{}", file.display());
    assert_eq!(json!(site.base_blog_url), oracle["base_blog_url"], "{}", file.display());
    let generator = site.generator.as_ref().map(|name| name.rsplit("?v=").next().unwrap());
    assert_eq!(json!(generator), oracle["generator"], "{}", file.display());
}

/// The line of `mismatched tag: line 90, column 2`.
fn line_of(parse_error: &Value) -> Option<u64> {
    let (_, after) = parse_error.as_str()?.split_once("line ")?;
    after.split(',').next()?.parse().ok()
}

#[test]
fn every_real_export_gives_the_attachments_that_its_oracle_names() {
    for file in corpus("data/corpus/wxr") {
        let oracle = json_file(&PathBuf::from(format!("{}.attachments.json", file.display())));
        let export = open(&file);
        match line_of(&oracle["parse_error"]) {
            None => assert_agrees(&export, &oracle, &file),
            Some(line) => {
                let text = fs::read_to_string(&file).unwrap();
                let attachments = text.matches("<wp:post_type>attachment</wp:post_type>").count();
                assert_eq!(export.items.len(), attachments, "{}", file.display());
                let first = export.malformed_lines().into_iter().min();
                assert_eq!(first, Some(line), "{}", file.display());
            }
        }
    }
}

/// The attachments as the same site's REST API gave them, by id.
fn rest_attachments() -> BTreeMap<i64, Value> {
    let pages = ["media-edit-page-1.json", "media-edit-page-2.json"];
    let folder = "data/wordpress/rest/wp-6.8.7/clean";
    pages
        .iter()
        .filter_map(|page| shared(&format!("{folder}/{page}")))
        .flat_map(|page| json_file(&page).as_array().unwrap().clone())
        .map(|item| (item["id"].as_i64().unwrap(), item))
        .collect()
}

/// REST gives no `full` size's bytes and adds URLs; the rest must be the same.
fn rest_sizes(details: &Value) -> Value {
    let Some(sizes) = details["sizes"].as_object() else { return json!({}) };
    let without_url = |size: &Value| {
        let mut size = size.clone();
        size.as_object_mut().unwrap().retain(|key, _| key != "source_url");
        size
    };
    let sizes = sizes.iter().filter(|(name, _)| *name != "full");
    Value::Object(sizes.map(|(name, size)| (name.clone(), without_url(size))).collect())
}

fn assert_is_as_in_rest(item: &Item, rest: &Value) {
    let id = item.attachment;
    assert_eq!(item.alt.as_deref().unwrap_or_default(), rest["alt_text"], "alt of {id:?}");
    assert_eq!(item.title.as_deref().unwrap(), rest["title"]["raw"], "title of {id:?}");
    assert_eq!(item.caption.as_deref().unwrap(), rest["caption"]["raw"], "caption of {id:?}");
    assert_eq!(item.description.as_deref().unwrap(), rest["description"]["raw"], "of {id:?}");
    assert_eq!(item.slug.as_deref().unwrap(), rest["slug"], "slug of {id:?}");
    assert_eq!(item.status.as_deref().unwrap(), rest["status"], "status of {id:?}");
    assert_eq!(item.url.as_deref().unwrap(), rest["source_url"], "url of {id:?}");
    assert_eq!(item.posted_utc.as_ref().unwrap().replace(' ', "T"), rest["date_gmt"], "{id:?}");
    assert_eq!(item.posted.as_ref().unwrap().replace(' ', "T"), rest["date"], "{id:?}");
    assert_eq!(json!(item.parent), rest["post"], "parent of {id:?}");
    let Some(details) = &item.details else { return };
    let rest = &rest["media_details"];
    assert_eq!(json!(details.width), rest["width"], "width of {id:?}");
    assert_eq!(json!(details.height), rest["height"], "height of {id:?}");
    assert_eq!(json!(details.filesize), rest["filesize"], "filesize of {id:?}");
    assert_eq!(path_text(details.original_image.as_ref()), rest["original_image"], "{id:?}");
    let sizes: Vec<_> = details.sizes.iter().filter(|size| size.name != "full").cloned().collect();
    assert_eq!(sizes_json(&sizes, "mime_type"), rest_sizes(rest), "sizes of {id:?}");
}

#[test]
fn the_export_and_the_rest_api_of_one_site_say_the_same() {
    let Some(file) = shared("data/wordpress/wxr/wp-6.8.7-attachment.xml") else { return };
    let export = open(&file);
    let rest = rest_attachments();
    assert!(rest.len() > 100, "the REST pages hold {} attachments", rest.len());
    let items: BTreeMap<_, _> =
        export.items.iter().map(|item| (item.attachment.unwrap(), item)).collect();
    for (id, rest) in &rest {
        assert_is_as_in_rest(items[id], rest);
    }
    assert_eq!(export.all_problems().collect::<Vec<_>>(), Vec::<&Problem>::new());
}

/// The file without the instant of its edit, in which two runs of one site differ.
fn without_edit_time(file: &Value) -> String {
    let file = file.as_str().unwrap();
    match file.split_once("-e1795") {
        Some((before, after)) => format!("{before}-e{}", &after["196307884".len()..]),
        None => file.to_owned(),
    }
}

#[test]
fn every_exporter_of_one_site_names_the_files_of_its_manifest() {
    let Some(manifest) = shared("data/wordpress/wxr/wp-6.8.7-manifest.json") else { return };
    let manifest = json_file(&manifest);
    let expected: BTreeMap<_, _> = manifest["attachments"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, attachment)| (id.parse().unwrap(), without_edit_time(&attachment["file"])))
        .collect();
    let exports = [
        &["wp-6.8.7-all.xml"] as &[&str],
        &["wp-6.8.7-attachment.xml"],
        &["wp-6.8.7-attachment-with-shelflife-meta.xml"],
        &["wp-6.8.7-all-with-control-characters.xml"],
        &["wpcli-2.10.0-wp-6.8.7-all-000.xml"],
        &[
            "wpcli-2.10.0-wp-6.8.7-attachment-split-000.xml",
            "wpcli-2.10.0-wp-6.8.7-attachment-split-001.xml",
            "wpcli-2.10.0-wp-6.8.7-attachment-split-002.xml",
        ],
    ];
    for files in exports {
        let mut found = BTreeMap::new();
        for file in files {
            let path = shared(&format!("data/wordpress/wxr/{file}")).unwrap();
            let items = open(&path).items;
            found.extend(items.iter().map(|item| {
                assert_eq!(item.main_file(), item.file.as_ref());
                let file = path_text(item.file.as_ref());
                (item.attachment.unwrap(), without_edit_time(&file))
            }));
        }
        assert_eq!(found, expected, "{files:?}");
    }
}

#[test]
fn what_was_uploaded_is_in_the_folder_or_left_out_for_a_reason() {
    let (Some(file), Some(list)) = (
        shared("data/wordpress/wxr/wp-6.8.7-attachment.xml"),
        shared("data/wordpress/wxr/wp-6.8.7-uploads.tsv"),
    ) else {
        return;
    };
    let list = fs::read_to_string(list).unwrap();
    let on_disk: BTreeMap<&[u8], u64> = list
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(path, size)| (path.as_bytes(), size.parse().unwrap()))
        .collect();
    for item in open(&file).items {
        let details = item.details.clone().unwrap_or_default();
        for size in details.sizes.iter().chain(&details.backup_sizes) {
            let path = item.beside(&size.file).unwrap().unwrap();
            let found = on_disk.get(path.as_bytes());
            assert!(found.is_some(), "{path} of {:?}", item.attachment);
            if let Some(filesize) = size.filesize {
                assert_eq!(found, Some(&filesize), "{path} of {:?}", item.attachment);
            }
        }
    }
}

#[test]
fn control_characters_are_replaced_and_counted_at_their_first_line() {
    let Some(file) = shared("data/wordpress/wxr/wp-6.8.7-all-with-control-characters.xml") else {
        return;
    };
    let bytes = fs::read(&file).unwrap();
    let is_control = |byte: &u8| *byte < 0x20 && !b"\t\n\r".contains(byte);
    let first = bytes.iter().position(is_control).unwrap();
    let line = bytes[..first].split(|byte| *byte == b'\n').count() as u64;
    let count = bytes.iter().filter(|byte| is_control(byte)).count() as u64;
    let export = open(&file);
    let what = Defect::ControlCharacters { count };
    assert_eq!(export.problems, [Problem { place: Place::line(line), subject: None, what }]);
}
