//! Laws: every spelling is found, nothing is found where nothing is, and no bytes stop a reader.

use std::io::{BufReader, Cursor};

use proptest::prelude::*;
use shelflife::domain::path::RelPath;
use shelflife::domain::reference::{SourceKind, Target};
use shelflife::exports::ExportError;
use shelflife::exports::references::{Found, ReferenceReader, Site, SourceFile};

/// What is found in one file of a kind, read in pieces of any size.
fn targets(kind: SourceKind, bytes: &[u8], capacity: usize) -> (Vec<Target>, u64) {
    let bytes = Box::new(BufReader::with_capacity(capacity, Cursor::new(bytes)));
    let file = SourceFile { name: "file".to_owned(), bytes };
    let files = std::iter::once(Ok::<_, ExportError>(file));
    let site = Site::new(&["shop.example".parse().unwrap()]);
    let mut reader = ReferenceReader::new(kind, site, files);
    let found = reader.by_ref().filter_map(|found| match found.unwrap() {
        Found::Reference(reference) => Some(reference.target),
        _ => None,
    });
    let found = found.collect();
    (found, reader.into_reading().gaps)
}

/// Everything that is said of one file, gaps with their lines included.
fn told(kind: SourceKind, bytes: &[u8], capacity: usize) -> Vec<Found> {
    let bytes = Box::new(BufReader::with_capacity(capacity, Cursor::new(bytes)));
    let file = SourceFile { name: "file".to_owned(), bytes };
    let files = std::iter::once(Ok::<_, ExportError>(file));
    ReferenceReader::new(kind, Site::default(), files).map(Result::unwrap).collect()
}

fn in_page(text: &str) -> Vec<Target> {
    targets(SourceKind::Pages, text.as_bytes(), 1_000).0
}

/// How an address may be written.
fn spelled(path: &str, start: usize, wrap: usize) -> String {
    let starts = ["http://shop.example", "https://www.shop.example", "//shop.example", "", "/blog"];
    let start = starts[start % starts.len()];
    let address = format!("{start}/wp-content/uploads/{path}");
    let json = |text: &str| serde_json::to_string(text).unwrap().replace('/', "\\/");
    let percent = |text: &str| {
        let code = |byte: u8| match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(code).collect::<String>()
    };
    match wrap % 10 {
        0 => format!("<img src=\"{address}\" alt=\"\">"),
        1 => format!("<img srcset='{address} 300w, {address}?x=1 600w'>"),
        2 => format!("body {{ background: url({address}) no-repeat }}"),
        3 => format!("style=\"background:url(&#039;{address}&#039;);color:red\""),
        4 => json(&address),
        5 => json(&json(&address)),
        6 => format!("<a href=\"/share?u={}&t=1\">", percent(&address)),
        7 => format!("See {address}."),
        8 => format!("[video mp4=\"{address}\"][/video]"),
        _ => format!("<a href={address}>x</a>"),
    }
}

/// How a number may be written where it is an attachment's.
fn numbered(number: i64, way: usize) -> String {
    match way % 11 {
        0 => format!("<!-- wp:image {{\"id\":{number},\"sizeSlug\":\"large\"}} -->"),
        1 => format!("<!-- wp:media-text {{\"mediaId\":{number}}} /-->"),
        2 => format!("<!-- wp:gallery {{\"ids\":[{number},8]}} -->"),
        3 => format!("<img class=\"alignleft wp-image-{number}\">"),
        4 => format!("[caption id=\"attachment_{number}\" width=\"3\"]"),
        5 => format!("<a rel=\"attachment wp-att-{number}\">"),
        6 => format!("<a href=\"/?attachment_id={number}\">"),
        7 => format!("[gallery columns=\"2\" ids=\"8,{number}\"]"),
        8 => format!("[playlist ids=\"{number}\"]"),
        9 => format!("<img src=\"x\" data-id=\"{number}\">"),
        _ => format!(
            "<!-- wp:group {{\"style\":{{\"background\":{{\"backgroundImage\":{{\"id\":{number}}}}}}}}} -->"
        ),
    }
}

/// Places where the same number is something else.
fn other_number(number: i64, way: usize) -> String {
    match way % 8 {
        0 => format!(
            "<!-- wp:query {{\"queryId\":{number},\"query\":{{\"exclude\":[{number}]}}}} -->"
        ),
        1 => format!("<!-- wp:block {{\"ref\":{number}}} /-->"),
        2 => format!("<article id=\"post-{number}\" class=\"post-{number} page-id-{number}\">"),
        3 => format!("<!-- wp:image {{\"width\":{number}}} -->"),
        4 => format!("<a href=\"/?p={number}\">"),
        5 => format!("<li data-id=\"{number}\">"),
        6 => format!("<!-- wp:avatar {{\"userId\":{number}}} /-->"),
        _ => format!("<!-- wp:latest-posts {{\"categories\":[{{\"id\":{number}}}]}} /-->"),
    }
}

const KINDS: [SourceKind; 5] = SourceKind::ALL;

proptest! {
    #[test]
    fn an_address_is_found_however_it_is_written(
        path in "[0-9]{4}/[0-9]{2}/[a-zé日][a-zé日0-9_-]{0,12}\\.(jpg|png|webp|pdf|mp4)",
        start in 0_usize..5, wrap in 0_usize..10, before in "[a-z .,\n]{0,20}",
    ) {
        let text = format!("{before} {}", spelled(&path, start, wrap));
        let wanted = Target::File(RelPath::new(path.as_bytes()).unwrap());
        prop_assert!(in_page(&text).contains(&wanted), "{text}");
    }

    #[test]
    fn a_number_is_found_where_it_names_an_attachment_only(
        number in 2_i64..9_000_000, way in 0_usize..88, around in "[a-z .\n]{0,20}",
    ) {
        let text = format!("{around} {} {around}", numbered(number, way));
        prop_assert!(in_page(&text).contains(&Target::Attachment(number)), "{text}");
        let text = format!("{around} {} {around}", other_number(number, way));
        prop_assert_eq!(in_page(&text), [], "{}", text);
    }

    #[test]
    fn nothing_is_found_in_a_text_that_holds_nothing(text in "[ -~é日\n]{0,400}") {
        let hints = ["uploads", "wp-", "attachment", "data-id", "[", "<!--"];
        let text = hints.iter().fold(text, |text, hint| text.replace(hint, " "));
        prop_assert_eq!(in_page(&text), []);
    }

    #[test]
    fn uploads_of_other_hosts_are_not_the_sites(
        host in "[a-z]{1,8}\\.(example|test)", name in "[a-z]{1,8}\\.jpg",
    ) {
        prop_assume!(host != "shop.example");
        let text = format!("<img src=\"https://{host}/wp-content/uploads/{name}\">");
        prop_assert_eq!(in_page(&text), []);
    }

    #[test]
    fn no_bytes_stop_a_reader_and_pieces_make_no_difference(
        text in "(<item>|</item>|<wp:post_id>7</wp:post_id>|<content:encoded>|<!\\[CDATA\\[|\\]\\]>|\
                 INSERT INTO `wp_posts` VALUES |\\(1,'|'\\),|\\{\"content\":|\\[\\{|\\}|\"|\\\\|\
                 /wp-content/uploads/a.jpg|wp-image-7|\\[gallery|a:1:\\{i:0;|[ -~]{0,3}|\n){0,30}",
    ) {
        for kind in KINDS {
            let whole = told(kind, text.as_bytes(), 1_000);
            prop_assert_eq!(&told(kind, text.as_bytes(), 3), &whole, "{:?}", kind);
        }
    }

    #[test]
    fn no_bytes_at_all_stop_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for kind in KINDS {
            targets(kind, &bytes, 7);
        }
    }
}

#[test]
fn deep_and_endless_input_ends() {
    let deep = "[".repeat(200_000);
    let serialized = "a:1:{i:0;".repeat(50_000);
    let blocks = "<!-- wp:image {\"id\":".repeat(50_000);
    let escapes = format!("/wp-content/uploads{}", "\\".repeat(200_000));
    let percents = format!("uploads{}", "%25".repeat(100_000));
    let galleries = "[gallery ".repeat(20_000);
    let addresses = "/wp-content/uploads/a.".repeat(5_000);
    for text in [deep, serialized, blocks, escapes, percents, galleries, addresses] {
        for kind in KINDS {
            targets(kind, text.as_bytes(), 4_096);
        }
    }
}

#[test]
fn what_is_too_long_is_a_gap_and_the_rest_is_found() {
    let long = "x".repeat(3 << 20);
    let wxr = format!(
        "<rss><channel><item><encoded><![CDATA[{long}]]></encoded></item><item><encoded>\
         <![CDATA[wp-image-7 ]]></encoded></item></channel></rss>"
    );
    let (found, gaps) = targets(SourceKind::Wxr, wxr.as_bytes(), 4_096);
    assert_eq!(found, [Target::Attachment(7)]);
    assert!(gaps > 0);
    let long = "x".repeat(5 << 20);
    let rest = format!("[{{\"content\":\"{long}\"}},{{\"content\":\"wp-image-7 \"}}]");
    let (found, gaps) = targets(SourceKind::Rest, rest.as_bytes(), 4_096);
    assert_eq!((found, gaps), (vec![Target::Attachment(7)], 1));
    let long = "x".repeat(17 << 20);
    let sql = format!(
        "INSERT INTO wp_comments (comment_content) VALUES ('{long}'),('wp-image-7 ');\n-- Dump completed"
    );
    let (found, gaps) = targets(SourceKind::Sql, sql.as_bytes(), 4_096);
    assert_eq!((found, gaps), (vec![Target::Attachment(7)], 1));
}
