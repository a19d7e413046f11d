//! Paths that lead out of the library, in everything that can be imported.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Component, Path};
use std::time::{Duration, Instant};

use shelflife::domain::path::{MAX_NAME, MAX_PATH, RelPath};
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::Dice;
use crate::support::moving::tree;
use crate::support::{TestLibrary, cases, wxr};
use crate::wxr_hostile::REFUSED;

/// The attachment of each export whose path is in order.
const GOOD: i64 = 7_000;

/// A place in a kind of export where a path stands.
struct Carrier {
    kind: &'static str,
    name: &'static str,
    /// Whether the path is only that of one more file of `good.png`.
    is_size: bool,
    /// The whole export, of ids and paths.
    export: fn(&[(i64, &str)]) -> String,
}

const CARRIERS: &[Carrier] = &[
    Carrier {
        kind: "wxr",
        name: "_wp_attached_file",
        is_size: false,
        export: |paths| wxr_of(paths, |path| wxr::meta("_wp_attached_file", path)),
    },
    Carrier {
        kind: "wxr",
        name: "a size in _wp_attachment_metadata",
        is_size: true,
        export: |paths| {
            wxr_of(paths, |path| {
                let size = format!(
                    "a:2:{{s:4:\"file\";s:8:\"good.png\";s:5:\"sizes\";a:1:{{s:6:\"medium\";\
                     a:1:{{s:4:\"file\";s:{}:\"{path}\";}}}}}}",
                    path.len()
                );
                wxr::meta("_wp_attached_file", "good.png")
                    + &wxr::meta("_wp_attachment_metadata", &size)
            })
        },
    },
    Carrier {
        kind: "rest",
        name: "media_details.file",
        is_size: false,
        export: |paths| json_of(paths, |path| format!("\"media_details\":{{\"file\":{path}}}")),
    },
    Carrier {
        kind: "rest",
        name: "a size in media_details",
        is_size: true,
        export: |paths| {
            json_of(paths, |path| {
                format!(
                    "\"media_details\":{{\"file\":\"good.png\",\"sizes\":{{\"medium\":{{\
                     \"file\":{path}}}}}}}"
                )
            })
        },
    },
    Carrier {
        kind: "rest",
        name: "source_url",
        is_size: false,
        export: |paths| {
            let urls: Vec<_> = paths.iter().map(|(id, path)| (*id, url(path))).collect();
            let urls: Vec<_> = urls.iter().map(|(id, url)| (*id, url.as_str())).collect();
            json_of(&urls, |url| format!("\"source_url\":{url}"))
        },
    },
    Carrier {
        kind: "rest",
        name: "the guid of a list",
        is_size: false,
        export: |paths| {
            let entry = |(id, path): &(i64, &str)| {
                format!("{{\"ID\":{id},\"post_title\":\"x\",\"guid\":{:?}}}", url(path))
            };
            format!("[{}]", paths.iter().map(entry).collect::<Vec<_>>().join(","))
        },
    },
    Carrier {
        kind: "csv",
        name: "_wp_attached_file",
        is_size: false,
        export: |paths| {
            let mut text = "ID,post_title,_wp_attached_file\n".to_owned();
            for (id, path) in paths {
                writeln!(text, "{id},x,\"{path}\"").unwrap();
            }
            text
        },
    },
];

fn url(path: &str) -> String {
    format!("https://shop.example/wp-content/uploads/{path}")
}

fn wxr_of(paths: &[(i64, &str)], metas: impl Fn(&str) -> String) -> String {
    let item = |(id, path): &(i64, &str)| {
        format!(
            "<item><title>x</title><wp:post_id>{id}</wp:post_id>\
             <wp:post_type>attachment</wp:post_type>{}</item>\n",
            metas(path)
        )
    };
    wxr::export(&paths.iter().map(item).collect::<String>())
}

fn json_of(paths: &[(i64, &str)], field: impl Fn(&str) -> String) -> String {
    let entry = |(id, path): &(i64, &str)| {
        let path = serde_json::to_string(path).unwrap();
        format!("{{\"id\":{id},\"type\":\"attachment\",{}}}", field(&path))
    };
    format!("[{}]", paths.iter().map(entry).collect::<Vec<_>>().join(","))
}

/// What the catalog took over: attachments by id, with the path of each of their files.
fn learned(library: &TestLibrary) -> Vec<(i64, Vec<u8>)> {
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let mut statement = catalog
        .prepare(
            "SELECT id, folder, name FROM attachment UNION ALL
             SELECT id, folder, f.name FROM attachment JOIN attachment_file AS f ON f.attachment_id = id",
        )
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let path = if folder.is_empty() { name } else { [&folder[..], b"/", &name].concat() };
        Ok((row.get(0)?, path))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

#[test]
fn no_import_takes_over_a_path_that_leads_out_of_the_library() {
    let mut tried = 0;
    for Carrier { kind, name, is_size, export } in CARRIERS {
        let library = TestLibrary::scanned(&["good.png"]);
        for secret in ["a.jpg", "wp-config.php", "2026/a.jpg", "a/a.jpg", "good.png"] {
            library.write(secret, b"nobody's business");
        }
        let mut paths: Vec<_> = (1..).zip(REFUSED.iter().map(|(path, _)| *path)).collect();
        tried += paths.len();
        paths.insert(paths.len() / 2, (GOOD, "good.png"));
        library.write("export", export(&paths));
        let run = library.run(&format!("import {kind} export"));
        assert!(matches!(run.exit, ExitCode::Success | ExitCode::Partial), "{name}\n{run}");
        let learned = learned(&library);
        let taken: BTreeSet<_> = learned.iter().map(|(_, path)| path.as_slice()).collect();
        assert_eq!(taken, BTreeSet::from([b"good.png".as_slice()]), "{kind}, {name}");
        let ids: BTreeSet<_> = learned.iter().map(|(id, _)| *id).collect();
        assert!(ids.contains(&GOOD) && (*is_size || ids.len() == 1), "{kind}, {name}: {ids:?}");

        library.run("reject --state draft --reason unwanted").expect(ExitCode::Success);
        library.run("clean --apply").expect(ExitCode::Success);
        let left: Vec<_> = tree(&library.path(".")).into_keys().collect();
        let kept = ["2026/a.jpg", "a.jpg", "a/a.jpg", "export", "good.png", "shelflife.toml"];
        for path in kept {
            assert!(left.iter().any(|left| left == Path::new(path)), "{kind}, {name}: {left:?}");
        }
    }
    assert!(tried >= 200);
    say(&format!(
        "traversal: {tried} paths in {} places of exports, 0 accepted outside the library",
        CARRIERS.len()
    ));
}

/// A text that looks like a path and does its best to be a bad one.
fn bad_path(dice: &mut Dice) -> Vec<u8> {
    const PARTS: [&[u8]; 22] = [
        b"..",
        b".",
        b"/",
        b"//",
        b"\\",
        b"a",
        b"uploads",
        b"%2e",
        b"%2F",
        b"%00",
        b"\0",
        b":",
        b"C:",
        b"http://",
        b" ",
        b"\xff",
        b"\xc0\xae",
        "\u{ff0e}".as_bytes(),
        b"~",
        b"\n",
        "\u{202e}".as_bytes(),
        &[b'x'; 256],
    ];
    let mut path = Vec::new();
    for _ in 0..=dice.below(12) {
        match dice.below(4) {
            0 => path.push(u8::try_from(dice.below(256)).unwrap()),
            _ => path.extend(PARTS[usize::try_from(dice.below(22)).unwrap()]),
        }
    }
    path
}

/// Whether the path, joined to a folder, stays beneath it and is spelled in its only way.
fn stays_beneath(bytes: &[u8]) -> bool {
    use std::os::unix::ffi::OsStrExt as _;
    let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
    let named = path.components().all(|part| matches!(part, Component::Normal(_)));
    let spelled = path.components().map(|part| part.as_os_str().as_bytes()).collect::<Vec<_>>();
    let is_short = bytes.len() <= MAX_PATH && spelled.iter().all(|part| part.len() <= MAX_NAME);
    named && is_short && spelled.join(&b'/') == bytes && !bytes.is_empty() && !bytes.contains(&0)
}

#[test]
fn no_text_becomes_a_path_that_does_not_stay_in_its_folder() {
    let lasting = Duration::from_secs(cases(2, 300));
    let seed = uuid::Uuid::new_v4().as_u128();
    let (mut dice, began) = (Dice(u64::try_from(seed & 0xffff_ffff).unwrap() | 1), Instant::now());
    let (mut tried, mut accepted) = (0_u64, 0_u64);
    while began.elapsed() < lasting {
        for _ in 0..1_000 {
            let text = bad_path(&mut dice);
            let path = RelPath::new(text.clone());
            assert_eq!(path.is_ok(), stays_beneath(&text), "{text:?}, seed {seed}");
            let claimed = str::from_utf8(&text).ok().and_then(|text| RelPath::claimed(text).ok());
            if let Some(claimed) = &claimed {
                assert_eq!(path.as_ref(), Ok(claimed), "{text:?}, seed {seed}");
                assert!(!claimed.as_bytes().contains(&b'\\'), "{text:?}, seed {seed}");
            }
            tried += 1;
            accepted += u64::from(path.is_ok());
        }
    }
    assert!(0 < accepted && accepted < tried);
    say(&format!("traversal: {tried} random paths, {accepted} accepted, 0 outside their folder"));
}
