//! Saved answers of the REST API and lists of WP-CLI, whatever they hold.

use std::io::BufReader;

use serde_json::Value;
use shelflife::exports::json::JsonReader;
use shelflife::exports::{Defect, Event, Place, SizeEntry};

use crate::support::exports::{read, read_file};
use crate::support::shared;

const EDIT: [&str; 2] = ["media-edit-page-1.json", "media-edit-page-2.json"];

#[test]
fn an_answer_for_editing_is_read_as_it_is_stored() {
    let item = read(
        r#"[{"id":7,"date":"2026-01-30T23:30:00","date_gmt":"2026-01-31T04:30:00",
        "guid":{"rendered":"https://shop.example/wp-content/uploads/2026/01/tea.jpg"},
        "slug":"tea","status":"inherit","type":"attachment",
        "title":{"raw":"Tea & \"tin\"","rendered":"Tea &#038; &#8220;tin&#8221;"},
        "meta":[],"alt_text":"A tin","caption":{"raw":"","rendered":"<p></p>"},
        "description":{"raw":"Made <b>here</b>","rendered":"x"},"media_type":"image",
        "mime_type":"image/jpeg","media_details":{"width":1600,"height":"1067",
        "file":"2026/01/tea-scaled.jpg","filesize":77015,"original_image":"tea.jpg","sizes":{
        "medium":{"file":"tea-300x200.jpg","width":300,"height":200,"mime_type":"image/jpeg"},
        "full":{"file":"tea-scaled.jpg","width":1600,"height":1067}}},"post":null,
        "source_url":"https://shop.example/wp-content/uploads/2026/01/tea-scaled.jpg"}]"#,
    )
    .sound_item();
    assert_eq!(item.attachment, Some(7));
    assert_eq!(item.title.as_deref(), Some("Tea & \"tin\""));
    assert_eq!((item.alt.as_deref(), item.caption.as_deref()), (Some("A tin"), Some("")));
    assert_eq!(item.description.as_deref(), Some("Made <b>here</b>"));
    assert_eq!((item.slug.as_deref(), item.status.as_deref()), (Some("tea"), Some("inherit")));
    assert_eq!(item.posted.as_deref(), Some("2026-01-30 23:30:00"));
    assert_eq!(item.posted_utc.as_deref(), Some("2026-01-31 04:30:00"));
    assert_eq!((item.parent, item.mime.as_deref()), (None, Some("image/jpeg")));
    assert_eq!(item.file.as_ref().unwrap().as_bytes(), b"2026/01/tea-scaled.jpg");
    let details = item.details.unwrap();
    assert_eq!((details.width, details.height), (Some(1_600), Some(1_067)));
    assert_eq!(details.filesize, Some(77_015));
    assert_eq!(details.original_image.unwrap().as_bytes(), b"tea.jpg");
    let [SizeEntry { name, file, width, .. }] = details.sizes.as_slice() else { panic!() };
    assert_eq!((name.as_str(), file.as_bytes()), ("medium", b"tea-300x200.jpg".as_slice()));
    assert_eq!(*width, Some(300));
    let place = Place { file: "export".into(), line: 1, entry: Some(1) };
    assert_eq!(item.place, place);
}

#[test]
fn an_answer_for_pages_is_taken_back_as_far_as_it_can_be() {
    let item = read(
        r#"{"id":"7","status":"private","title":{"rendered":"Private: Caf&#233; &#038; tea"},
        "description":{"rendered":"<p class=\"attachment\"><img></p>\n<p>Made</p>\n"},
        "media_details":[],"post":"12","source_url":
        "https://shop.example/wp-content/uploads/sites/3/2026/01/caf%C3%A9.pdf"}"#,
    )
    .sound_item();
    assert_eq!((item.attachment, item.parent), (Some(7), Some(12)));
    assert_eq!(item.title.as_deref(), Some("Café & tea"));
    assert_eq!(item.description.as_deref(), Some("<p>Made</p>\n"));
    assert_eq!((item.details, item.alt), (None, None));
    assert_eq!(item.file.unwrap().to_string(), "2026/01/café.pdf");
}

#[test]
fn a_list_of_wp_cli_is_read_with_the_fields_it_has() {
    let item = read(
        r#"[{"ID":7,"post_title":"Tea","post_name":"tea","post_status":"inherit",
        "post_date_gmt":"0000-00-00 00:00:00","post_mime_type":"image\/jpeg","post_parent":"0",
        "post_excerpt":"","post_content":"Made","_wp_attached_file":"2026\/01\/tea.jpg",
        "_wp_attachment_image_alt":"A tin","_wp_attachment_metadata":{"width":640,"sizes":{
        "medium":{"file":"tea-300x200.jpg","mime-type":"image\/jpeg"}}},
        "guid":"http:\/\/shop.example\/wp-content\/uploads\/2026\/01\/tea.jpg"}]"#,
    )
    .sound_item();
    assert_eq!((item.attachment, item.parent), (Some(7), None));
    assert_eq!((item.title.as_deref(), item.alt.as_deref()), (Some("Tea"), Some("A tin")));
    assert_eq!((item.caption.as_deref(), item.posted_utc), (Some(""), None));
    assert_eq!(item.file.unwrap().as_bytes(), b"2026/01/tea.jpg");
    let details = item.details.unwrap();
    assert_eq!((details.width, details.sizes.len()), (Some(640), 1));
    assert_eq!(details.sizes[0].mime.as_deref(), Some("image/jpeg"));
}

#[test]
fn metadata_that_is_still_serialized_is_read_or_refused_with_its_place() {
    let list = |metadata: &str| {
        format!(
            r#"[{{"ID":7,"_wp_attached_file":"a.jpg","_wp_attachment_metadata":"{metadata}"}}]"#
        )
    };
    let item = read(list(r#"a:1:{s:5:\"width\";i:640;}"#)).sound_item();
    assert_eq!(item.details.unwrap().width, Some(640));
    let said = read(list(r#"a:1:{s:5:\"width\";i:64"#));
    assert_eq!(said.items.len(), 1);
    let complaint = &said.complaints()[0];
    assert!(
        complaint.starts_with("export, line 1, entry 1: `_wp_attachment_metadata` is not readable")
    );
}

#[test]
fn posts_are_passed_over_and_what_is_embedded_in_them_is_read() {
    let said = read(
        r#"[{"id":1,"type":"post","guid":{"rendered":"https://shop.example/?p=1"},"_embedded":{
        "wp:featuredmedia":[
          {"id":7,"type":"attachment","alt_text":"A tin","media_details":{"file":"a.jpg"}},
          {"code":"rest_forbidden","message":"no","data":{"status":401}}]}},
        {"id":2,"type":"page"},
        {"ID":3,"post_title":"x","post_status":"publish"},
        {"ID":4,"post_title":"x","post_status":"private","guid":"https://shop.example/?page_id=4"},
        {"ID":5,"post_title":"x","post_mime_type":""},{"ID":6,"post_type":"post"}]"#,
    );
    assert_eq!(said.complaints(), Vec::<String>::new());
    let [item] = said.items.as_slice() else { panic!("{said:?}") };
    assert_eq!((item.attachment, item.place.line), (Some(7), 3));
}

#[test]
fn an_answer_in_an_envelope_is_unwrapped() {
    let envelope = r#"{"body":[{"id":7,"alt_text":""},
        {"id":8,"alt_text":""}],"status":200,"headers":{"Allow":"GET"}}"#;
    let said = read(envelope);
    let found: Vec<_> = said.items.iter().map(|item| (item.attachment, item.place.line)).collect();
    assert_eq!(found, [(Some(7), 1), (Some(8), 2)]);
    let recorded = r#"[{"httpRequest":{"path":"/"},"httpResponse":{"body":{"type":"JSON","json":
        {"code":"rest_post_invalid_id","message":"Invalid post ID.","data":{"status":404}}}}}]"#;
    let said = read(recorded);
    let (code, message) = ("rest_post_invalid_id".to_owned(), "Invalid post ID.".to_owned());
    assert_eq!(said.defects(), [&Defect::SiteRefused { code, message }]);
    let endless = "{\"body\":".repeat(100) + "{\"id\":7,\"alt_text\":\"\"}" + &"}".repeat(100);
    let said = read(endless);
    assert_eq!((said.items.len(), said.problems.len()), (0, 1));
}

#[test]
fn what_is_no_answer_is_told_plainly() {
    for (text, complaint) in [
        ("", "export, line 1: the file is empty"),
        (
            "<!DOCTYPE html>\n<title>Log in</title>",
            "export, line 1: this is a web page, not an export",
        ),
        (
            r#"{"code":"rest_forbidden_context","message":"Sorry.","data":{"status":401}}"#,
            "export, line 1, entry 1: the site refused: Sorry. (`rest_forbidden_context`)",
        ),
        (
            "[1,\n\"x\",[{}],{\"name\":\"Shop\"}]",
            "export, line 1, entry 1: 4 entries do not say that",
        ),
        ("[{\"id\":7,\n\"alt_text\":\"A ti", "export, line 1, entry 1: the item is cut off"),
        (
            "[{\"id\":7,\"source_url\":\"/a.jpg\"},\n",
            "export, line 2: this is not JSON: the list is not closed",
        ),
        (
            "[{\"id\":7,\n\"alt_text\" \"\"}]",
            "export, line 2, entry 1: this is not JSON: expected `:`",
        ),
        (
            "PHP Notice:  x\n[{\"id\":7,\"source_url\":\"/a.jpg\"}]",
            "export, line 1: this is not JSON",
        ),
        ("[]\n<br />", "export, line 2: this is not JSON: something stands between"),
    ] {
        let complaints = read(text).complaints();
        assert!(complaints[0].starts_with(complaint), "{complaints:?} for {text}");
        assert_eq!(complaints.len(), 1, "{complaints:?}");
    }
    assert_eq!(read("[]").complaints(), Vec::<String>::new());
}

#[test]
fn one_broken_entry_hides_no_other() {
    let said = read(
        "[{\"id\":1,\"alt_text\":\"\"},{\"id\":2,\"alt_text\":\"\\x\"},{\"id\":3,\"alt_text\":\"caf\u{e9}\"},\
         {\"id\":4,\"id\":5,\"alt_text\":\"\"}]",
    );
    let ids: Vec<_> = said.items.iter().map(|item| item.attachment).collect();
    assert_eq!(ids, [Some(1), Some(3)]);
    let entries: Vec<_> = said.problems.iter().map(|problem| problem.place.entry).collect();
    assert_eq!(entries, [Some(2), Some(4)]);
    let said = read(b"[{\"id\":3,\"alt_text\":\"caf\xe9\",\"source_url\":\"/a.jpg\"}]");
    assert_eq!(said.items[0].alt.as_deref(), Some("caf\u{fffd}"));
    assert_eq!(said.defects(), [&Defect::NotText { count: 1 }]);
}

#[test]
fn every_odd_claim_of_an_item_is_told_and_the_rest_is_kept() {
    let said = read(
        r#"[{"id":7,"alt_text":" x ","media_details":{"file":"/var/www/uploads/a.jpg","sizes":{
        "good":{"file":"a-1x1.jpg"},"bad":{"file":"../a.jpg"},"none":{},"odd":7}},
        "source_url":" https://shop.example/wp-content/uploads/a.jpg"},
        {"id":-8,"alt_text":"","media_details":[1],"source_url":"https://shop.example/../x"},
        {"alt_text":["x"],"post":"soon","guid":"file:///etc/passwd"}]"#,
    );
    let [first, second, third] = said.items.as_slice() else { panic!("{said:?}") };
    assert_eq!(first.alt.as_deref(), Some(" x "));
    assert_eq!(first.file.as_ref().unwrap().as_bytes(), b"a.jpg", "the URL names it");
    assert_eq!(first.details.as_ref().unwrap().sizes.len(), 1);
    assert_eq!((second.attachment, second.url.as_ref()), (None, None));
    assert_eq!((third.parent, third.url.as_ref()), (None, None));
    let complaints = said.complaints();
    for expected in [
        "entry 1: `media_details` is refused: the path is absolute: `/var/www/uploads/a.jpg`",
        "entry 1: `media_details` is refused: the path has a part that is empty, `.` or `..`: `../a.jpg`",
        "entry 1: `media_details` is neither a list of names nor nothing",
        "entry 1: `source_url` has space around it",
        "entry 2: `id` is not a number: `-8`",
        "entry 2: `media_details` is neither",
        "entry 2: `source_url` is refused: the path has a part",
        "entry 3: the attachment has no id",
        "entry 3: `alt_text` is not a text",
        "entry 3: `post` is not a number: `soon`",
        "entry 3: `guid` is refused: the path is absolute",
    ] {
        assert!(
            complaints.iter().any(|said| said.contains(expected)),
            "{expected} in {complaints:#?}"
        );
    }
    assert_eq!(complaints.len(), 11, "{complaints:#?}");
}

/// What the WXR of the same site says, by attachment.
#[test]
fn entries_in_lists_and_numbered_objects_are_all_found() {
    let entry =
        |id: u32| format!("{{\"id\":{id},\"source_url\":\"/wp-content/uploads/{id}.jpg\"}}");
    let (a, b) = (entry(7), entry(8));
    let warning = "<br />\n<b>Warning</b>:  x[0] in <b>/y.php</b> on line <b>3</b><br />\n";
    for (text, warnings) in [
        (format!("[[{a}],[{b}]]"), 0),
        (format!("{{\"0\":{a},\"1\":{b}}}"), 0),
        (format!("[{{\"3\":{a}}},{{\"12\":{b}}}]"), 0),
        (format!("{warning}[{a},{b}]"), 1),
        (format!("HTTP/1.1 200 OK\r\nX-WP-Total: 2\r\n\r\n[{a},{b}]"), 1),
    ] {
        let said = read(&text);
        let ids: Vec<_> = said.items.iter().filter_map(|item| item.attachment).collect();
        assert_eq!(ids, [7, 8], "{text}");
        assert_eq!(said.complaints().len(), warnings, "{:?}", said.complaints());
    }
    let said = read("{\"0\":{\"a\":1},\"x\":{\"id\":7,\"source_url\":\"/a.jpg\"}}");
    assert_eq!((said.items.len(), said.complaints().len()), (0, 1), "names are no numbers");
}

#[test]
fn an_entry_that_names_no_file_or_no_whole_id_is_told() {
    let url = "\"source_url\":\"https://shop.example/wp-content/uploads/tea.jpg\"";
    for (entry, defects) in [
        ("\"id\":7,\"media_type\":\"image\"", &[Defect::FileMissing][..]),
        ("\"id\":7,\"alt_text\":\"\",\"source_url\":false", &[Defect::FileMissing]),
        (&format!("\"id\":7.0,{url}"), &[]),
        (&format!("\"id\":7.5,{url}"), &[Defect::NotAText { field: "id" }, Defect::IdMissing]),
    ] {
        let said = read(format!("[{{{entry}}}]"));
        assert_eq!(said.defects(), defects.iter().collect::<Vec<_>>(), "{entry}");
    }
    let second = url.replace("tea", "tin");
    let said = read(format!("[{{\"id\":7,{url}}},{{\"id\":7,{url}}},{{\"id\":7,{second}}}]"));
    assert_eq!(said.defects(), [&Defect::RepeatedId]);
    assert_eq!(said.items[2].problems.len(), 1, "it is told of the second file");
}

fn of_wxr() -> Option<std::collections::BTreeMap<i64, shelflife::exports::Item>> {
    let said = read_file(&shared("data/wordpress/wxr/wp-6.8.7-all.xml")?);
    Some(said.items.into_iter().map(|item| (item.attachment.unwrap(), item)).collect())
}

/// The item without what only one of the two exports can say: REST cannot tell an alternative
/// text that was never given from an empty one and has no list of what edits left behind; WXR has
/// no media types.
fn comparable(item: &shelflife::exports::Item) -> shelflife::exports::Item {
    let mut item = item.clone();
    (item.place, item.mime) = (Place::default(), None);
    item.alt = item.alt.filter(|alt| !alt.is_empty());
    if let Some(details) = &mut item.details {
        details.backup_sizes.clear();
    }
    item
}

#[test]
fn the_rest_pages_of_a_real_site_say_what_its_wxr_says() {
    let Some(mut wxr) = of_wxr() else { return };
    let mut count = 0;
    for page in EDIT {
        let page = shared("data/wordpress/rest/wp-6.8.7/clean").unwrap().join(page);
        let said = read_file(&page);
        assert_eq!(said.complaints(), Vec::<String>::new());
        for item in said.items {
            let id = item.attachment.unwrap();
            let same = wxr.remove(&id).unwrap();
            assert!(item.mime.is_some() && item.alt.is_some());
            let (found, expected) = (comparable(&item), comparable(&same));
            assert!(found == expected, "\n{found:#?}\n{expected:#?}");
            count += 1;
        }
    }
    assert_eq!(count, 118);
    assert!(wxr.is_empty(), "{:?}", wxr.keys());
}

#[test]
fn an_anonymous_answer_differs_only_in_what_it_renders() {
    let Some(folder) = shared("data/wordpress/rest/wp-6.8.7/clean") else { return };
    let of = |pages: [&str; 2]| {
        let items = pages.into_iter().flat_map(|page| read_file(&folder.join(page)).items);
        items.map(|item| (item.attachment, item)).collect::<std::collections::BTreeMap<_, _>>()
    };
    let stored = of(EDIT);
    let shown = of(["media-anonymous-page-1.json", "media-anonymous-page-2.json"]);
    assert_eq!((stored.len(), shown.len()), (118, 117), "a child of a draft is hidden");
    let mut retitled = 0;
    for (id, item) in &shown {
        let same = &stored[id];
        assert_eq!((&item.file, &item.details, &item.alt), (&same.file, &same.details, &same.alt));
        assert_eq!((&item.url, &item.posted_utc), (&same.url, &same.posted_utc));
        retitled += u32::from(item.title != same.title);
    }
    assert_eq!(shown[&Some(7301)].title.as_deref(), Some("Harbour “at dawn” & <b>łódź</b>"));
    assert_eq!(retitled, 1, "quotes were made curly");
}

#[test]
fn the_list_of_wp_cli_says_what_the_wxr_says() {
    let (Some(wxr), Some(list)) = (of_wxr(), shared("data/wordpress/wpcli/attachments.json"))
    else {
        return;
    };
    let said = read_file(&list);
    assert_eq!(said.complaints(), Vec::<String>::new());
    assert_eq!(said.items.len(), wxr.len());
    for item in said.items {
        let same = &wxr[&item.attachment.unwrap()];
        assert_eq!((&item.title, &item.caption), (&same.title, &same.caption));
        assert_eq!((&item.description, &item.slug), (&same.description, &same.slug));
        assert_eq!((&item.status, item.parent), (&same.status, same.parent));
        assert_eq!(item.posted_utc, same.posted_utc);
        assert!(item.mime.is_some() && item.url.is_some());
    }
}

/// Id, alternative text, URL and number of sizes.
type Media = (Option<i64>, Option<String>, Option<String>, usize);

/// What has `media_details` anywhere in a document.
fn media_in(value: &Value, found: &mut Vec<Media>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| media_in(value, found)),
        Value::Object(fields) => {
            if let Some(details) = fields.get("media_details") {
                let text = |name: &str| Some(fields.get(name)?.as_str()?.to_owned());
                let sizes = details["sizes"].as_object();
                let sizes =
                    sizes.map_or(0, |sizes| sizes.keys().filter(|name| *name != "full").count());
                let id = fields.get("id").and_then(Value::as_i64);
                found.push((id, text("alt_text"), text("source_url"), sizes));
            }
            fields.values().for_each(|value| media_in(value, found));
        }
        _ => {}
    }
}

#[test]
fn every_answer_of_others_is_read_like_a_general_reader_of_json_would() {
    let Some(folder) = shared("data/corpus/rest") else { return };
    let (mut files, mut media) = (0, 0);
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut expected = Vec::new();
        media_in(&document, &mut expected);
        let said = read_file(&path);
        let found = said.items.iter().map(|item| {
            let sizes = item.details.as_ref().map_or(0, |details| details.sizes.len());
            (item.attachment, item.alt.clone(), item.url.clone(), sizes)
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found, expected, "{}", path.display());
        let is_error = path.to_string_lossy().contains("failure");
        let refused = |defect: &&Defect| matches!(defect, Defect::SiteRefused { .. });
        assert_eq!(
            said.defects().iter().filter(|defect| refused(defect)).count(),
            usize::from(is_error)
        );
        assert_eq!(said.defects().len(), usize::from(is_error), "{:?}", said.complaints());
        (files, media) = (files + 1, media + found.len());
    }
    assert!(files >= 14 && media >= 25, "{files} files with {media} media");
}

#[test]
fn a_document_behind_warnings_reads_alike_in_pieces_of_any_size() {
    let warning = "<br />\n<b>Warning</b>:  x in <b>/a.php</b> on line <b>3</b><br />\n";
    let entry = "{\"id\":7,\"source_url\":\"https://shop.example/wp-content/uploads/tea.png\"}";
    let text = format!("{}[{entry},{entry}] x", warning.repeat(9));
    let read = |capacity| -> Vec<Event> {
        let source = BufReader::with_capacity(capacity, text.as_bytes());
        JsonReader::new(source).map(Result::unwrap).collect()
    };
    let whole = read(1 << 16);
    assert_eq!(whole.iter().filter(|event| matches!(event, Event::Item(_))).count(), 2);
    for capacity in [1, 7, 64, 1000] {
        assert_eq!(read(capacity), whole, "{capacity}");
    }
}
