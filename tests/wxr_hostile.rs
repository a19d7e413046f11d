//! Exports that are hostile: too large, too deep, out of their folder, random.

use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use shelflife::domain::path::PathError;
use shelflife::exports::wxr::WxrReader;
use shelflife::exports::{Defect, Event, ExportError, MAX_TEXT};

use crate::support::wxr::{attachment, defects, export, ids, meta, only_item, read, with_meta};

#[test]
fn a_document_type_is_refused_and_nothing_is_expanded_or_opened() {
    let laughs = (1..10)
        .map(|n| {
            [format!("<!ENTITY lol{n} \""), format!("&lol{};", n - 1).repeat(10), "\">\n".into()]
        })
        .map(|parts| parts.concat())
        .collect::<Vec<_>>()
        .concat();
    let bomb = format!("<!DOCTYPE lolz [\n<!ENTITY lol0 \"lol\">\n{laughs}]>\n");
    let file = "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n".to_owned();
    let remote = "<!doctype r PUBLIC \"x\" \"http://127.0.0.1:9/x.dtd\">\n".to_owned();
    for declaration in [bomb, file, remote] {
        let item = attachment(1).replace("Picture 1", "&lol9;&x;");
        let export = read(export(&item).replacen("<rss", &format!("{declaration}<rss"), 1));
        assert_eq!(ids(&export), Vec::<i64>::new());
        assert_eq!(export.problems[0].place.line, 2);
        assert_eq!(export.problems[0].what, Defect::DocumentType);
    }
    let undeclared = read(export(&attachment(1).replace("Picture 1", "&lol9;")));
    assert_eq!(only_item(undeclared).title.as_deref(), Some("&lol9;"));
}

#[test]
fn a_million_unclosed_elements_are_skipped_to_the_next_item() {
    let text = export(&("<a>".repeat(1_000_000) + "\n" + &attachment(1)));
    let export = read(text);
    assert_eq!(ids(&export), [1]);
    assert!(matches!(defects(&export)[0], Defect::TooDeep { limit: 64 }));
    assert!(export.problems.len() < 5, "{:?}", export.problems);
}

#[test]
fn a_million_broken_things_are_few_problems() {
    for broken in ["<", "</b>", "&", "<!", "<a b=\"<", "]]>", "<?", "</a", "<>", "<x y>"] {
        let text = attachment(1).replace("Picture 1", &broken.repeat(200_000));
        let export = read(export(&(text + &attachment(2))));
        let problems = export.all_problems().count();
        assert!((1..6).contains(&problems), "{problems} for {broken}");
        assert!(ids(&export).contains(&2), "{broken}");
    }
}

#[test]
fn a_long_title_is_cut_and_reported() {
    for (open, close) in [("", ""), ("<![CDATA[", "]]>")] {
        let title = format!("{open}{}{close}", "łódź\n".repeat(1_400_000));
        let export = read(export(&(attachment(1).replace("Picture 1", &title) + &attachment(2))));
        assert_eq!(ids(&export), [1, 2]);
        let cut = Defect::TooLong { field: "title", limit: MAX_TEXT };
        assert_eq!(defects(&export), [&cut]);
        assert_eq!(export.items[0].problems[0].place.line, 7);
        assert_eq!(export.items[1].place.line, 6 + 11 + 1_400_000);
        let title = export.items[0].title.as_ref().unwrap();
        assert!((MAX_TEXT - 3..=MAX_TEXT).contains(&title.len()));
        assert!("łódź\n".repeat(1_400_000).starts_with(title.as_str()));
    }
}

#[test]
fn a_long_text_of_another_item_is_nobodys_problem() {
    let post = format!(
        "<item><wp:post_type>post</wp:post_type><content:encoded><![CDATA[{}]]></content:encoded></item>\n",
        "data:image/png;base64,".repeat(500_000)
    );
    let export = read(export(&(post + &attachment(1))));
    assert_eq!(defects(&export), Vec::<&Defect>::new());
    assert_eq!(ids(&export), [1]);
}

#[test]
fn long_metadata_is_not_readable() {
    let long = format!("a:1:{{s:1:\"a\";s:2000000:\"{}\";}}", "x".repeat(2_000_000));
    let item = only_item(read(with_meta(&meta("_wp_attachment_metadata", &long))));
    assert_eq!(item.details, None);
    assert!(matches!(item.problems[0].what, Defect::NotReadable { .. }));
}

/// Spellings that must not become a path, with the reason.
pub(crate) const REFUSED: &[(&str, PathError)] = {
    use PathError as E;
    &[
        ("", E::Empty),
        (".", E::Traversal),
        ("..", E::Traversal),
        ("../a.jpg", E::Traversal),
        ("../../wp-config.php", E::Traversal),
        ("2026/../../wp-config.php", E::Traversal),
        ("2026/01/..", E::Traversal),
        ("2026/./a.jpg", E::Traversal),
        ("./a.jpg", E::Traversal),
        ("2026//a.jpg", E::Traversal),
        ("2026/01/", E::Traversal),
        ("2026/01/.", E::Traversal),
        ("a/b/../../../c.jpg", E::Traversal),
        ("/etc/passwd", E::Absolute),
        ("//server/share/a.jpg", E::Absolute),
        ("/var/www/html/wp-content/uploads/2026/01/a.jpg", E::Absolute),
        ("/home/site/public_html/wp-content/uploads/a.jpg", E::Absolute),
        ("C:/xampp/htdocs/uploads/a.jpg", E::Absolute),
        ("c:/a.jpg", E::Absolute),
        ("file:///etc/passwd", E::Absolute),
        ("https://shop.example/wp-content/uploads/a.jpg", E::Absolute),
        ("HTTP://shop.example/a.jpg", E::Absolute),
        ("php://filter/resource=a.jpg", E::Absolute),
        ("phar://a.jpg", E::Absolute),
        ("s3://bucket/a.jpg", E::Absolute),
        ("C:\\xampp\\htdocs\\uploads\\a.jpg", E::Backslash),
        ("..\\..\\wp-config.php", E::Backslash),
        ("2026\\01\\a.jpg", E::Backslash),
        ("\\\\server\\share\\a.jpg", E::Backslash),
        ("2026/01/a\\..\\b.jpg", E::Backslash),
        ("..\\/a.jpg", E::Backslash),
        ("%2e%2e/a.jpg", E::Traversal),
        ("%2E%2E/a.jpg", E::Traversal),
        ("%2e./a.jpg", E::Traversal),
        (".%2e/a.jpg", E::Traversal),
        ("..%2fa.jpg", E::Traversal),
        ("..%2Fa.jpg", E::Traversal),
        ("%2e%2e%2fa.jpg", E::Traversal),
        ("..%5ca.jpg", E::Traversal),
        ("a.jpg%00.png", E::Traversal),
        ("2026/%2e%2e/%2e%2e/a.jpg", E::Traversal),
        ("....//a.jpg", E::Traversal),
        ("..././a.jpg", E::Traversal),
        ("..;/../a.jpg", E::Traversal),
    ]
};

#[test]
fn a_path_out_of_the_uploads_folder_is_refused_in_every_spelling() {
    assert!(REFUSED.len() >= 40);
    for (claimed, why) in REFUSED {
        let size = format!(
            "a:2:{{s:4:\"file\";s:{0}:\"{claimed}\";s:5:\"sizes\";a:1:{{s:6:\"medium\";a:1:{{s:4:\"file\";s:{0}:\"{claimed}\";}}}}}}",
            claimed.len()
        );
        let backup = format!(
            "a:1:{{s:9:\"full-orig\";a:1:{{s:4:\"file\";s:{}:\"{claimed}\";}}}}",
            claimed.len()
        );
        let text = meta("_wp_attached_file", claimed)
            + &meta("_wp_attachment_metadata", &size)
            + &meta("_wp_attachment_backup_sizes", &backup)
            + &meta("_wp_attachment_image_alt", "alt");
        let item = only_item(read(with_meta(&text)));
        assert_eq!(item.file, None, "{claimed}");
        let details = item.details.unwrap();
        assert_eq!((details.file, details.sizes, details.backup_sizes), (None, vec![], vec![]));
        assert_eq!(item.alt.as_deref(), Some("alt"), "the rest is still given");
        let reasons: Vec<_> = item
            .problems
            .iter()
            .map(|problem| match problem.what {
                Defect::Path { why, .. } => (problem.place.line, why),
                ref other => panic!("{other} for {claimed}"),
            })
            .collect();
        assert_eq!(reasons, [(6, *why), (7, *why), (7, *why), (8, *why)], "{claimed}");
    }
}

#[test]
fn a_path_with_replaced_or_endless_characters_is_refused() {
    let long = "a/".repeat(2_500) + "a.jpg";
    let name = "a".repeat(256);
    let cases = [
        (
            long.as_str(),
            Defect::Path { field: "", claimed: String::new(), why: PathError::TooLong },
        ),
        (&name, Defect::Path { field: "", claimed: String::new(), why: PathError::NameTooLong }),
        ("a\u{0}.jpg", Defect::PathNotText { field: "_wp_attached_file" }),
        ("a\u{fffd}.jpg", Defect::PathNotText { field: "_wp_attached_file" }),
    ];
    for (claimed, expected) in cases {
        let item = only_item(read(with_meta(&meta("_wp_attached_file", claimed))));
        assert_eq!(item.file, None);
        match (&item.problems[0].what, &expected) {
            (Defect::Path { why, .. }, Defect::Path { why: expected, .. }) => {
                assert_eq!(why, expected);
            }
            (found, expected) => assert_eq!(found, expected),
        }
        assert!(item.problems[0].to_string().chars().count() < 250);
    }
}

#[test]
fn a_hostile_item_lists_few_problems_and_counts_the_rest() {
    let size = |n| format!("s:3:\"{n:03}\";a:1:{{s:4:\"file\";s:4:\"../a\";}}");
    let sizes = (0..500).map(size).collect::<Vec<_>>().concat();
    let metadata = format!("a:1:{{s:5:\"sizes\";a:500:{{{sizes}}}}}");
    let item = only_item(read(with_meta(&meta("_wp_attachment_metadata", &metadata))));
    assert_eq!(item.problems.len(), 21);
    assert_eq!(item.problems[20].what, Defect::More { count: 480 });
}

#[test]
fn a_source_that_fails_ends_the_export_with_its_line() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let text = export(&attachment(1));
    let source = text.as_bytes().chain(Failing);
    let results: Vec<_> = WxrReader::new(BufReader::new(source)).collect();
    let (last, before) = results.split_last().unwrap();
    assert!(before.iter().all(Result::is_ok));
    let ExportError::Read { place, source } = last.as_ref().unwrap_err();
    assert!((1..=19).contains(&place.line));
    assert_eq!(source.to_string(), "the disk is gone");
}

#[test]
fn a_url_with_space_around_it_is_told_and_one_that_leads_elsewhere_refused() {
    let of = |url: &str| {
        let url = format!(
            "\n<wp:attachment_url>{url}</wp:attachment_url><guid>https://shop.example/?p=1</guid>"
        );
        let item = only_item(read(with_meta(&url)));
        (item.url.unwrap(), item.problems.into_iter().map(|problem| problem.to_string()).collect())
    };
    let told = |what: &str| vec![format!("line 7: `wp:attachment_url` {what}")];
    let url = "https://shop.example/wp-content/uploads/a.jpg";
    assert_eq!(of(url), (url.to_owned(), vec![]));
    let padded = told("has space around it and was read without");
    assert_eq!(of(&format!("{url}\n  ")), (url.to_owned(), padded));
    let up = "https://shop.example/wp-content/uploads/%2e%2e/wp-config.php";
    let refused =
        told(&format!("is refused: the path has a part that is empty, `.` or `..`: `{up}`"));
    assert_eq!(of(up), ("https://shop.example/?p=1".to_owned(), refused));
}

#[test]
fn claims_that_contradict_each_other_are_told_and_the_first_counts() {
    let url = "<wp:attachment_url>https://shop.example/wp-content/uploads/2026/01/tea.jpg\
               </wp:attachment_url>";
    let file = |name: &str| meta("_wp_attached_file", &format!("2026/01/{name}"));
    let metadata = |value: &str| file("tea.jpg") + &meta("_wp_attachment_metadata", value);
    for (texts, complaint) in [
        (file("tea.jpg") + &file("tin.jpg"), "`_wp_attached_file` is there twice"),
        (url.to_owned() + &file("tin.jpg"), "the file and the URL are different"),
        (metadata("a:1:{s:4:\"file\";i:5;}"), "is not a text"),
        (metadata("a:1:{s:5:\"sizes\";s:1:\"x\";}"), "is neither a list"),
        (metadata("a:1:{s:5:\"sizes\";a:1:{s:1:\"m\";s:5:\"a.jpg\";}}"), "is neither a list"),
        (metadata("a:1:{s:5:\"sizes\";a:1:{s:1:\"m\";a:0:{}}}"), "is neither a list"),
        (metadata("a:1:{s:5:\"width\";i:-9;}"), "is not a number: `-9`"),
    ] {
        let read = read(with_meta(&texts));
        let told: Vec<_> = read.all_problems().map(ToString::to_string).collect();
        assert_eq!(told.len(), 1, "{texts}: {told:?}");
        assert!(told[0].contains(complaint), "{told:?}");
    }
    let nothing = "<item><wp:post_id>1</wp:post_id><wp:post_type>attachment</wp:post_type></item>";
    let told: Vec<_> = read(export(nothing)).all_problems().map(ToString::to_string).collect();
    assert_eq!(told, ["line 6: the attachment names neither a file nor a URL of one"]);
    for texts in [
        url.to_owned(),
        file("tea.jpg") + &file("tea.jpg"),
        url.to_owned() + &file("tea.jpg"),
        metadata("a:2:{s:5:\"sizes\";s:0:\"\";s:4:\"file\";N;}"),
    ] {
        assert_eq!(read(with_meta(&texts)).all_problems().count(), 0, "{texts}");
    }
    let negative = with_meta(&file("tea.jpg")).replace("<wp:post_id>1", "<wp:post_id>-5");
    let read = read(negative);
    assert_eq!(read.items[0].attachment, None);
    assert!(matches!(read.items[0].problems[0].what, Defect::NotANumber { .. }));
}

#[test]
fn the_path_of_an_encoded_url_is_decoded() {
    let url = "https://shop.example/wp-content/uploads/2024/01/caf%C3%A9.jpg";
    let read = read(with_meta(&format!("<wp:attachment_url>{url}</wp:attachment_url>")));
    assert_eq!(read.items[0].uploaded().unwrap().as_bytes(), "2024/01/café.jpg".as_bytes());
}

fn events(bytes: &[u8], capacity: usize) -> Vec<Event> {
    WxrReader::new(BufReader::with_capacity(capacity, bytes)).map(Result::unwrap).collect()
}

#[test]
fn a_byte_order_mark_amid_an_export_is_text_however_the_bytes_come() {
    // The first half kilobyte is always looked at as a whole.
    let marked = attachment(3).replace("Picture 3", "\u{feff}Tea \u{feff}tin");
    let bytes = export(&(attachment(1) + &attachment(2) + &marked));
    for capacity in [1, 2, 7, 64, 1 << 16] {
        let titles: Vec<_> = events(bytes.as_bytes(), capacity)
            .into_iter()
            .filter_map(|event| match event {
                Event::Item(item) => item.title,
                _ => None,
            })
            .collect();
        assert_eq!(titles.last().unwrap(), "\u{feff}Tea \u{feff}tin", "{capacity}");
    }
    let marked_twice = read(format!("\u{feff}\u{feff}{bytes}"));
    assert_eq!(marked_twice.all_problems().count(), 0, "before the beginning there may be several");
}

/// Bytes that a failing test shows as text.
struct Spoiled(Vec<u8>);

impl std::fmt::Debug for Spoiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.escape_ascii().to_string().replace("\\n", "\n"))
    }
}

/// A sound export with pieces that break things at random places.
fn spoiled(most_edits: usize) -> impl Strategy<Value = Spoiled> {
    let pieces: [&[u8]; 25] = [
        b"<",
        b">",
        b"&",
        b"\"",
        b"'",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"<?",
        b"?>",
        b"<!",
        b"<item>",
        b"</item>",
        b"</channel>",
        b"<wp:postmeta>",
        b"&#0;",
        b"&x;",
        b"\xff",
        b"\x00",
        b"\r\n",
        b"<!D",
        b"\xef\xbb",
        b"\xef\xbb\xbf",
        b"</",
    ];
    let piece = prop_oneof![
        4 => (0..pieces.len()).prop_map(move |at| pieces[at].to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..5),
    ];
    let edit = (any::<proptest::sample::Index>(), 0..40_usize, piece);
    proptest::collection::vec(edit, 1..=most_edits).prop_map(|edits| {
        let mut bytes = export(&(attachment(1) + &attachment(2) + &attachment(3))).into_bytes();
        for (place, removed, piece) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        Spoiled(bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let events = events(&bytes, 64);
        prop_assert!(events.len() < 20 + bytes.len());
    }

    #[test]
    fn spoiled_exports_read_alike_in_pieces_of_any_size(Spoiled(bytes) in spoiled(6), capacity in 1..200_usize) {
        let whole = events(&bytes, bytes.len().max(1));
        let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
        for event in &whole {
            if let Event::Problem(problem) = event {
                prop_assert!((1..=lines).contains(&problem.place.line), "{}", problem);
            }
        }
        prop_assert_eq!(events(&bytes, capacity), whole);
    }

    #[test]
    fn one_defect_gives_no_attachment_the_texts_of_another(Spoiled(bytes) in spoiled(1)) {
        for event in events(&bytes, 4_096) {
            let Event::Item(item) = event else { continue };
            let Some(id) = item.attachment else { continue };
            for other in (1..=3).filter(|other| *other != id) {
                let alt = item.alt.as_deref().unwrap_or_default();
                prop_assert!(!alt.contains(&other.to_string()), "{alt} of {id}");
            }
        }
    }
}
