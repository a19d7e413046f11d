//! What commands say about where assets are used.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use shelflife::domain::reference::{Area, SourceKind};
use shelflife::exit::ExitCode;

use crate::support::{TestLibrary, shared};

/// An export of everything with one attachment on `tea.png`, one post, and a category, as
/// WordPress always has.
fn export(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!-- generator=\"WordPress/6.8\" created=\"2026-03-01 12:00\" -->\n\
         <rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel>\
         <wp:wxr_version>1.2</wp:wxr_version>\n\
         <wp:base_site_url>https://shop.example</wp:base_site_url>\n\
         <wp:category><wp:term_id>1</wp:term_id></wp:category>\n\
         <item><title>Tea</title><wp:post_id>7</wp:post_id>\
         <wp:post_type>attachment</wp:post_type><wp:post_parent>9</wp:post_parent>\
         <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key>\
         <wp:meta_value>tea.png</wp:meta_value></wp:postmeta></item>\n\
         <item><title>About tea</title><wp:post_id>9</wp:post_id>\
         <wp:post_type>post</wp:post_type><wp:status>publish</wp:status>\
         <content:encoded><![CDATA[{content}]]></content:encoded></item>\n</channel></rss>\n"
    )
}

/// Two pictures, the first of which the site knows as attachment 7.
fn library() -> TestLibrary {
    let library = TestLibrary::scanned(&["tea.png", "tea-tin.png"]);
    library.write("export.xml", export("nothing"));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    library
}

fn paths(library: &TestLibrary, selection: &str) -> Vec<String> {
    let report = library.run(&format!("list {selection} --format json")).json();
    let rows = report["items"].as_array().unwrap().iter();
    rows.filter_map(|item| Some(item["fields"]["path"].as_str()?.to_owned())).collect()
}

fn usage(library: &TestLibrary, asset: &str) -> Value {
    let report = library.run(&format!("show {asset} --format json")).json();
    report["items"][0]["fields"]["references"].clone()
}

#[test]
fn without_a_source_nothing_is_known() {
    let library = library();
    assert_eq!(usage(&library, "1")["verdict"], "unknown");
    assert_eq!(paths(&library, "--unknown"), ["tea-tin.png", "tea.png"]);
    assert_eq!(paths(&library, "--used"), [""; 0]);
    assert_eq!(paths(&library, "--unused"), [""; 0]);
}

#[test]
fn a_use_is_told_with_its_place_and_its_source() {
    let library = library();
    library.write("export.xml", export("<img src=\"/wp-content/uploads/tea.png\">"));
    let told = library.run("references read export.xml").expect(ExitCode::Success);
    let line = "read `[library]/export.xml` (wxr, made 21 hours ago): 1 reference\n";
    assert!(told.stdout.contains(line), "{told}");
    let used = usage(&library, "wp:7");
    assert_eq!(used["verdict"], "used");
    let place = &used["places"][0];
    assert_eq!(place["holder"], "post 9");
    assert_eq!(place["title"], "About tea");
    assert_eq!(place["status"], "published");
    assert_eq!(place["means"], "url");
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
    assert_eq!(paths(&library, "--unknown"), ["tea-tin.png"], "its name only begins alike");
}

#[test]
fn galleries_without_numbers_use_what_was_uploaded_to_their_post() {
    let library = library();
    library.write("export.xml", export("[gallery columns=\"2\"]"));
    library.run("references read export.xml").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
}

#[test]
fn reading_a_source_again_replaces_what_it_told() {
    let library = library();
    library.write("export.xml", export("<img class=\"wp-image-7\">"));
    library.run("references read export.xml --as site").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
    library.write("export.xml", export("taken out again"));
    library.run("references read export.xml --as site --dry-run").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"], "a dry run writes nothing");
    library.run("references read export.xml --as site").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), [""; 0]);
    let log = library.run("audit log --format json").json().to_string();
    assert!(log.contains("references.read") && log.contains("in_place_of"), "{log}");
    library.run("audit verify").expect(ExitCode::Success);
}

#[test]
fn a_source_that_is_forgotten_uses_nothing() {
    let library = library();
    library.write("export.xml", export("<img class=\"wp-image-7\">"));
    library.run("references read export.xml --as site").expect(ExitCode::Success);
    library.run("references forget site").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), [""; 0]);
    library.run("references forget site").expect(ExitCode::Usage);
}

/// Reads a dump and a theme, which see everything between them, of a site that uses the first.
fn read_enough(library: &TestLibrary) {
    let rows = "INSERT INTO `wp_posts` (`ID`,`post_content`,`post_type`,`post_status`) VALUES \
                (9,'<img class=\\\"wp-image-7\\\">','page','draft');\n\
                INSERT INTO `wp_options` VALUES (1,'siteurl','https://shop.example','yes');\n";
    let others = ["postmeta", "termmeta", "term_taxonomy", "comments"];
    let columns = "`post_id` int,\n `term_id` int,\n `meta_key` text,\n `taxonomy` text,\n \
                   `comment_content` text";
    let others = others.map(|table| format!("CREATE TABLE `wp_{table}` (\n {columns}\n);\n"));
    let others = others.concat();
    library.write("dump.sql", format!("-- MySQL dump\n{others}{rows}-- Dump completed\n"));
    library.write("theme/style.css", "/* Theme Name: Shop */ body { background: none }");
    let read = "references read dump.sql theme --made 2026-03-02T08:00:00Z";
    library.run(read).expect(ExitCode::Success);
}

#[test]
fn unused_takes_sources_that_see_enough_and_are_fresh() {
    let library = library();
    read_enough(&library);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
    assert_eq!(paths(&library, "--unused"), ["tea-tin.png"]);
    assert_eq!(paths(&library, "--unknown"), [""; 0]);
    let told = library.run("list --unused");
    assert!(told.stdout.contains("dump.sql (made 60 minutes ago)"), "{told}");
    let unused = usage(&library, "1");
    assert_eq!(unused["verdict"], "not-found");
    assert_eq!(unused["sources"].as_array().unwrap().len(), 2);
    assert_eq!(usage(&library, "wp:7")["places"][0]["status"], "draft");

    library.advance_days(15);
    assert_eq!(usage(&library, "1")["verdict"], "unknown", "the dump is too old by now");
    assert_eq!(paths(&library, "--unused"), [""; 0]);
    assert_eq!(paths(&library, "--used"), ["tea.png"], "an old source still finds");
    library.set_now("2026-03-02T09:00:00Z");
    let theme = library.path("theme").display().to_string();
    library.run(&format!("references forget {theme}")).expect(ExitCode::Success);
    assert_eq!(paths(&library, "--unused"), [""; 0], "one source proves nothing");
}

#[test]
fn a_plan_to_clean_tells_where_an_asset_is_used() {
    let library = library();
    library.run("reject 1 2 --reason 'too dark'").expect(ExitCode::Success);
    let plan = library.run("clean");
    assert!(plan.stdout.contains("kept  #2 tea.png: whether it is used is unknown"), "{plan}");
    let how = "Of 2 assets nobody knows whether anything shows them. Read more of the site";
    assert!(plan.stdout.contains(how), "{plan}");
    read_enough(&library);
    let plan = library.run("clean");
    assert!(plan.stdout.contains("used by page 9 (draft)"), "{plan}");
    assert!(plan.stdout.contains("not found in [library]/dump.sql"), "{plan}");
    let plan = library.run("clean --unused");
    assert!(!plan.stdout.contains("page 9"), "{plan}");
}

#[test]
fn what_a_published_page_shows_is_not_moved_unless_it_is_unsafe() {
    let library = library();
    library.write("used.xml", export("<img class=\"wp-image-7\">"));
    library.run("references read used.xml").expect(ExitCode::Success);
    stance(&library, "warn");
    library.run("reject 1 2 --reason 'too dark'").expect(ExitCode::Success);
    let plan = library.run("clean --apply").expect(ExitCode::Success);
    let why = "used by post 9 (published): take it out there first";
    assert!(plan.stdout.contains(why), "{plan}");
    assert!(library.path("uploads/tea.png").exists(), "{plan}");
    assert!(!library.path("uploads/tea-tin.png").exists(), "nothing shows it\n{plan}");

    library.run("withdraw --leave-files wp:7 --reason 'wrong claim'").expect(ExitCode::Success);
    let plan = library.run("clean --apply").expect(ExitCode::Success);
    assert!(plan.stdout.contains("used by post 9 (published)"), "the plan names the page\n{plan}");
    assert!(!library.path("uploads/tea.png").exists(), "{plan}");
}

/// Says what a clean does where nobody knows.
fn stance(library: &TestLibrary, word: &str) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    assert!(config.contains("unknown_uses = \"block-on-sites\""), "{config}");
    library.write_config(&config.replace("\"block-on-sites\"", &format!("\"{word}\"")));
}

#[test]
fn what_nobody_knows_the_uses_of_stays_once_a_site_is_known() {
    type Case<'a> = (&'a dyn Fn() -> TestLibrary, &'a str, bool);
    let folder = || TestLibrary::scanned(&["tea-tin.png", "tea.png"]);
    let with_pages = || {
        let library = folder();
        let page = "<html><body>/wp-includes/ a page</body></html>";
        library.write("pages/tea.html", page);
        library.run("references read pages").expect(ExitCode::Success);
        library
    };
    let cases: [Case<'_>; 7] = [
        (&folder, "block-on-sites", false),
        (&folder, "block", true),
        (&folder, "warn", false),
        (&library, "block-on-sites", true),
        (&library, "warn", false),
        (&with_pages, "block-on-sites", true),
        (&with_pages, "warn", false),
    ];
    for (made, word, stays) in cases {
        let library = made();
        if word != "block-on-sites" {
            stance(&library, word);
        }
        library.run("reject 1 2 --reason 'too dark'").expect(ExitCode::Success);
        library.run("withdraw 2 --reason 'wrong claim'").expect(ExitCode::Success);
        let plan = library.run("clean --apply").expect(ExitCode::Success);
        let why = "kept  #1 tea-tin.png: whether it is used is unknown";
        assert_eq!(plan.stdout.contains(why), stays, "{word}\n{plan}");
        assert_eq!(library.path("uploads/tea-tin.png").exists(), stays, "{word}\n{plan}");
        assert!(!library.path("uploads/tea.png").exists(), "it is unsafe\n{plan}");
    }
}

#[test]
fn what_was_found_nowhere_is_moved() {
    let library = library();
    library.run("reject 1 2 --reason 'too dark'").expect(ExitCode::Success);
    read_enough(&library);
    library.run("clean --apply").expect(ExitCode::Success);
    assert!(!library.path("uploads/tea-tin.png").exists(), "it was found nowhere");
}

#[test]
fn numbers_of_another_site_are_refused() {
    let library = library();
    let other = export("<img class=\"wp-image-7\">").replace("shop.example", "other.example");
    library.write("export.xml", export("nothing"));
    library.write("other.xml", &other);
    library.run("references read export.xml").expect(ExitCode::Success);
    let refused = library.run("references read other.xml").expect(ExitCode::Usage);
    assert!(refused.stderr.contains("other.example"), "{refused}");
    assert_eq!(paths(&library, "--used"), [""; 0], "nothing of it was recorded");
    let told = "references read other.xml --address other.example";
    library.run(told).expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
}

#[test]
fn a_source_with_gaps_is_partly_done_and_proves_nothing() {
    let library = library();
    library.write("cut.xml", export("text").split_at(700).0);
    library.run("references read cut.xml").expect(ExitCode::Partial);
    let report = library.run("references list --format json").json();
    let source = &report["items"][0]["fields"];
    assert_ne!(source["gaps"], 0);
    assert_eq!(source["sees"], Value::Array(Vec::new()));
}

#[test]
fn one_part_of_an_export_is_not_taken_for_the_whole() {
    let library = library();
    library.write("parts/site.000.xml", export("nothing"));
    library.write("parts/site.001.xml", export("<img class=\"wp-image-7\">"));
    library.run("references read parts/site.000.xml --as site").expect(ExitCode::Partial);
    let sees = |library: &TestLibrary| {
        let report = library.run("references list --format json").json();
        report["items"][0]["fields"]["sees"].as_array().unwrap().len()
    };
    assert_eq!(sees(&library), 0);
    library.run("references read parts --as site").expect(ExitCode::Success);
    assert!(sees(&library) > 5);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
}

#[test]
fn what_tells_nothing_is_no_source() {
    let library = library();
    library.write("folder/picture.png", [0_u8; 20]);
    library.run("references read folder").expect(ExitCode::Usage);
    library.run("references read absent.xml").expect(ExitCode::Io);
    library.run("references read export.xml --kind nonsense").expect(ExitCode::Usage);
}

#[test]
fn what_lies_unread_among_answers_is_a_gap_and_a_picture_is_none() {
    let library = library();
    let gaps = |library: &TestLibrary| {
        let read = library.run("references read answers --as site");
        let report = library.run("references list --format json").json();
        (read.stdout.clone(), report["items"][0]["fields"]["gaps"].clone())
    };
    library.write("answers/posts-1.json", "[{\"id\":9,\"content\":{\"raw\":\"x\"}}]");
    library.write("answers/screenshot", [&b"\x89PNG\r\n\x1a\n"[..], &[0; 20]].concat());
    library.write("answers/posts-1.headers", "HTTP/1.1 200 OK");
    assert_eq!(gaps(&library).1, 0);
    library.write("answers/posts-2.json", [&b"\xff\xfe"[..], b"[\0{\0}\0]\0"].concat());
    let (told, count) = gaps(&library);
    assert!(told.contains("posts-2.json: this is no part that can be read"), "{told}");
    assert_eq!(count, 1);
    library.write("answers/posts-2.json", "");
    assert_eq!(gaps(&library).1, 1, "an empty file is no empty list");
    library.write("answers/posts-2.json", "[]");
    library.write("answers/posts-4.json", "[]");
    let (told, count) = gaps(&library);
    assert!(told.contains("`posts-3.json` is missing"), "{told}");
    assert_eq!(count, 1);
}

#[test]
fn what_an_attachment_says_of_itself_is_no_use() {
    let library = library();
    let rows = "INSERT INTO `wp_postmeta` VALUES (1,7,'note','/wp-content/uploads/tea.png'),\
                (2,7,'_x_image','7');\nINSERT INTO `wp_posts` (`ID`,`post_content`,`post_type`) \
                VALUES (7,'<img src=\\\"/wp-content/uploads/tea.png\\\">','attachment');\n";
    let dump = |rows: &str| format!("-- MySQL dump\n{rows}-- Dump completed\n");
    library.write("dump.sql", dump(rows));
    let page = "<html><body class=\"attachmentid-7\">/wp-includes/ \
                <img src=\"/wp-content/uploads/tea.png\"></body></html>";
    library.write("pages/tea.html", page);
    for source in ["dump.sql", "pages"] {
        library.run(&format!("references read {source}")).expect(ExitCode::Success);
        assert_eq!(paths(&library, "--used"), [""; 0], "{source}");
    }
    library.write("dump.sql", dump(&rows.replace("(2,7,", "(2,9,")));
    library.run("references read dump.sql").expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"], "another post uses it");
}

#[test]
fn files_of_other_hosts_in_comments_of_a_dump_are_not_the_sites() {
    let library = library();
    let comment = "INSERT INTO `wp_comments` (`comment_ID`,`comment_content`) VALUES \
                   (1,'https://HOST/wp-content/uploads/tea.png');\n\
                   INSERT INTO `wp_options` VALUES (1,'siteurl','https://shop.example','yes');\n";
    for (host, used) in [("other.example", &[][..]), ("shop.example", &["tea.png"])] {
        let rows = comment.replace("HOST", host);
        library.write("dump.sql", format!("-- MySQL dump\n{rows}-- Dump completed\n"));
        library.run("references read dump.sql --as site").expect(ExitCode::Success);
        assert_eq!(paths(&library, "--used"), used, "{host}");
        library.run("references forget site").expect(ExitCode::Success);
    }
}

#[test]
fn uploads_at_an_address_that_is_not_looked_for_are_a_gap() {
    let library = library();
    let url = "<wp:attachment_url>https://cdn.example/media/tea.png</wp:attachment_url>";
    let moved = export("<img src=\"https://cdn.example/media/tea.png\">");
    let moved = moved.replace("<wp:post_parent>9", &format!("{url}<wp:post_parent>9"));
    library.write("export.xml", moved);
    let told = library.run("references read export.xml").expect(ExitCode::Partial);
    assert!(told.stdout.contains("https://cdn.example/media/tea.png"), "{told}");
    let named = "references read export.xml --address https://cdn.example/media/";
    library.run(named).expect(ExitCode::Success);
    assert_eq!(paths(&library, "--used"), ["tea.png"]);
}

/// Scans the real uploads and reads the real export and an editor's answers.
#[test]
fn the_real_library_knows_what_is_used() {
    let Some(uploads) = shared("data/wordpress/uploads-6.8.7.tar.gz") else { return };
    let library = TestLibrary::at("2026-11-21T09:00:00Z");
    let archive = flate2::read::GzDecoder::new(fs::File::open(uploads).unwrap());
    tar::Archive::new(archive).unpack(library.path("site")).unwrap();
    library.run("init --root site/uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    let wordpress = shared("data/wordpress").unwrap();
    let export = wordpress.join("wxr/wp-6.8.7-all.xml");
    for command in ["import wxr", "references read"] {
        library.run(&format!("{command} {}", export.display())).expect(ExitCode::Success);
    }
    for entry in fs::read_dir(wordpress.join("rest/wp-6.8.7/clean")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            library.write(format!("rest/{name}"), fs::read(path).unwrap());
        }
    }
    library.run("references read rest").expect(ExitCode::Success);

    let manifest = fs::read_to_string(wordpress.join("wxr/wp-6.8.7-manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    // What neither the export nor the API shows, and a picture that its post does not show.
    let hidden =
        ["user-meta", "background-image", "header-image", "plugin-option", "child-of-draft"];
    let used: BTreeSet<_> = manifest["refs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|used| !hidden.contains(&used["kind"].as_str().unwrap()))
        .map(|used| used["attachment"].as_i64().unwrap())
        .collect();
    let report = library.run("show --used --format json").json();
    let shown = report["items"].as_array().unwrap().iter();
    let found: BTreeSet<_> =
        shown.filter_map(|item| item["fields"]["attachment"].as_i64()).collect();
    assert_eq!(found, used);
    assert_eq!(paths(&library, "--unknown").len(), 118 - used.len());
    assert_eq!(paths(&library, "--unused"), [""; 0], "no source shows backgrounds");
}

#[test]
fn the_page_on_references_tells_what_each_source_sees() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/references.md");
    let page = fs::read_to_string(page).unwrap();
    let yes = |is: bool| if is { "yes" } else { "" };
    for area in Area::ALL {
        let sees = SourceKind::ALL.map(|kind| yes(area.seen_by().contains(&kind)));
        let needed = if area.is_required() { "yes" } else { "no" };
        let row = format!("| {} | {needed} | {} |\n", area.words(), sees.join(" | "));
        assert!(page.contains(&row), "{row}");
    }
}
