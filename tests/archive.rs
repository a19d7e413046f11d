//! Archives of media and exports, as others pack them and as they try to harm.

use sha2::{Digest as _, Sha256};
use shelflife::domain::asset::{Digest, Dimensions};
use shelflife::exit::ExitCode;
use shelflife::exports::zip::ArchiveDefect;
use shelflife::exports::{Defect, Item};

use crate::support::archives::{Member, archive, overlapping};
use crate::support::exports::{Said, read};
use crate::support::pictures::png;
use crate::support::{TestLibrary, shared, skip, wxr};

fn paths(said: &Said) -> Vec<String> {
    said.items.iter().map(|item| item.file.as_ref().unwrap().to_string()).collect()
}

/// The only defect of an archive.
#[track_caller]
fn defect(bytes: &[u8]) -> ArchiveDefect {
    let said = read(bytes);
    match said.defects().as_slice() {
        [Defect::Archive(defect)] => defect.clone(),
        _ => panic!("{:?}", said.complaints()),
    }
}

#[test]
fn a_file_of_an_archive_is_an_item_with_its_digest_and_content() {
    let picture = png((3, 2), b"");
    for member in
        [Member::stored("2026/01/tea.png", &picture), Member::deflated("2026/01/tea.png", &picture)]
    {
        let item = read(archive(&[member])).sound_item();
        assert_eq!(item.file.as_ref().unwrap().as_bytes(), b"2026/01/tea.png");
        assert_eq!(&*item.place.file, "export!/2026/01/tea.png");
        let bytes = item.bytes.unwrap();
        assert_eq!(bytes.digest, Some(Digest(Sha256::digest(&picture).into())));
        assert_eq!(bytes.length, picture.len() as u64);
        assert_eq!(bytes.content.media_type, "image/png");
        assert!(bytes.claims.is_some(), "what a picture says about itself is read");
        assert_eq!(bytes.content.dimensions, Some(Dimensions { width: 3, height: 2 }));
    }
}

#[test]
fn an_export_in_an_archive_is_read_beside_media_and_named_in_every_place() {
    let export = wxr::export(&wxr::attachment(7));
    let page = "[{\"id\":8,\"alt_text\":\"\",\"media_details\":{\"file\":\"../x\"}}]";
    let said = read(archive(&[
        Member::deflated("export/site.xml", export.as_bytes()),
        Member::stored("export/", b""),
        Member::stored("__MACOSX/._tea.png", b"\0\x05\x16\x07\0\x02"),
        Member::stored("a/.DS_Store", b"\0\0\0\x01Bud1"),
        Member::stored("__MACOSX/tea.png", &png((2, 1), b"")),
        Member::stored("./Thumbs.db", &png((3, 1), b"")),
        Member::stored("tea.png", &png((1, 1), b"")),
        Member::stored("page.json", page.as_bytes()),
        Member::stored("notes.txt", b"Take care"),
    ]));
    let found: Vec<_> =
        said.items.iter().map(|item| (item.attachment, &*item.place.file)).collect();
    assert_eq!(
        found,
        [
            (Some(7), "export!/export/site.xml"),
            (None, "export!/__MACOSX/tea.png"),
            (None, "export!/Thumbs.db"),
            (None, "export!/tea.png"),
            (Some(8), "export!/page.json"),
            (None, "export!/notes.txt"),
        ]
    );
    let complaints = said.complaints();
    assert!(complaints[0].starts_with("export!/page.json, line 1, entry 1: `media_details`"));
    assert_eq!((said.sites.len(), complaints.len()), (1, 1));
    assert_eq!(&*said.sites[0].file, "export!/export/site.xml");
}

#[test]
fn an_export_of_posts_says_nothing_of_the_files_that_come_after_it() {
    let library = TestLibrary::scanned(&["tea.png"]);
    let post = wxr::attachment(7).replace("attachment</wp:post_type>", "post</wp:post_type>");
    library.write("posts.xml", wxr::export(&post));
    library.write("ship/green-tea-in-a-tin.png", png((1, 1), b""));
    let checked = library.run("check --without-catalog posts.xml ship").expect(ExitCode::Success);
    assert!(checked.stdout.contains("1 item checked"), "{checked}");
}

#[test]
fn names_that_lead_elsewhere_are_refused_with_their_place() {
    let names = [
        "../wp-config.php",
        "/etc/passwd",
        "a/../../b.png",
        "a\\b.png",
        "C:/x.png",
        "a/./b.png",
        "a\0.png",
    ];
    let members = names.map(|name| Member::stored(name, b"x"));
    let said = read(archive(&members));
    assert_eq!(said.items, Vec::<Item>::new());
    assert_eq!(said.problems.len(), names.len());
    assert!(
        said.defects().iter().all(|defect| matches!(defect, Defect::Path { field: "name", .. }))
    );
    assert!(said.complaints()[0].starts_with("export!/../wp-config.php: `name` is refused"));
}

#[test]
fn what_cannot_be_read_is_told_and_hides_no_other_member() {
    let good = Member::stored("good.png", &png((1, 1), b""));
    let bad = |change: &dyn Fn(&mut Member)| {
        let mut member = Member::deflated("bad.png", &png((1, 1), b""));
        change(&mut member);
        let said = read(archive(&[member, good.clone()]));
        assert_eq!(paths(&said), ["good.png"]);
        let [Defect::Archive(defect)] = said.defects()[..] else {
            panic!("{:?}", said.complaints())
        };
        defect.clone()
    };
    let unreadable = |why: &str| ArchiveDefect::Unreadable(why.to_owned());
    assert_eq!(bad(&|member| member.flags = 1), ArchiveDefect::Encrypted);
    assert_eq!(bad(&|member| member.mode = 0o120_777), ArchiveDefect::Link);
    assert_eq!(bad(&|member| member.method = 93), ArchiveDefect::Method(93));
    assert_eq!(bad(&|member| member.checksum ^= 1), unreadable("its checksum does not fit"));
    assert_eq!(
        bad(&|member| member.length -= 1),
        unreadable("it is longer than the directory says")
    );
    assert_eq!(
        bad(&|member| member.length += 1),
        unreadable("it is shorter than the directory says")
    );
    assert!(matches!(bad(&|member| member.packed[0] = 0xff), ArchiveDefect::Unreadable(_)));
    assert_eq!(
        bad(&|member| member.length = u32::MAX - 1),
        ArchiveDefect::TooLong { length: u64::from(u32::MAX - 1) }
    );
}

#[test]
fn an_archive_in_an_archive_is_an_item_that_is_not_looked_into() {
    let inner = archive(&[Member::stored("tea.png", &png((1, 1), b""))]);
    let said = read(archive(&[Member::stored("inner.zip", &inner)]));
    assert_eq!(paths(&said), ["inner.zip"]);
    assert_eq!(said.defects(), [&Defect::Archive(ArchiveDefect::Nested)]);
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![0; 64 << 20];
    let bomb = Member::deflated("bomb.png", &zeros);
    let (packed, length) = (bomb.packed.len() as u64, u64::from(bomb.length));
    assert_eq!(defect(&archive(&[bomb])), ArchiveDefect::Bomb { packed, length });
    let picture = Member::stored("tea.png", &vec![7; 100_000]);
    let said = read(overlapping(&picture, 1_000));
    assert!((1..=3).contains(&said.items.len()), "{}", said.items.len());
    assert_eq!(said.defects(), [&Defect::Archive(ArchiveDefect::Overlap)]);
}

#[test]
fn a_broken_archive_says_where_it_is_broken() {
    let whole = archive(&[
        Member::stored("a.png", &png((1, 1), b"")),
        Member::stored("b.png", &png((1, 1), b"")),
    ]);
    assert_eq!(read(archive(&[])).complaints(), Vec::<String>::new());
    for end in 4..whole.len() {
        let said = read(&whole[..end]);
        assert_eq!((said.items.len(), said.problems.len()), (0, 1), "cut at {end}");
    }
    let mut split = whole.clone();
    let at = split.len() - 18;
    split[at] = 1;
    assert_eq!(defect(&split), ArchiveDefect::Split);
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        let said = read(&broken);
        assert!(said.items.len() <= 2, "byte {at}");
    }
}

/// Packs the folder by another program, in each of its ways.
const PACK: &str = "
import sys, zipfile
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
folder, target, way = sys.argv[1:]
import os
out = open(target, 'wb')
archive = zipfile.ZipFile(Pipe(out) if way == 'streamed' else out, 'w',
                          zipfile.ZIP_STORED if way == 'stored' else zipfile.ZIP_DEFLATED)
for top, folders, files in os.walk(folder):
    folders.sort()
    for name in sorted(files):
        path = os.path.join(top, name)
        info = zipfile.ZipInfo.from_file(path, os.path.relpath(path, folder))
        info.compress_type = archive.compression
        with open(path, 'rb') as source, archive.open(info, 'w', force_zip64=way == 'zip64') as member:
            member.write(source.read())
if way == 'commented': archive.comment = b'made PK\\x05\\x06 here' * 9
archive.close()
";

#[test]
fn what_another_program_packs_is_found_whole() {
    let Some(uploads) = shared("data/wordpress/uploads-6.8.7.tar.gz") else { return };
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("site");
    let tar = flate2::read::GzDecoder::new(std::fs::File::open(uploads).unwrap());
    tar::Archive::new(tar).unpack(&folder).unwrap();
    let expected: std::collections::BTreeMap<_, _> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder.join("uploads")).unwrap();
            let path = path.to_str().unwrap().to_owned();
            (path, Digest(Sha256::digest(std::fs::read(entry.path()).unwrap()).into()))
        })
        .collect();
    assert!(expected.len() > 250, "{}", expected.len());
    for way in ["stored", "deflated", "streamed", "zip64", "commented"] {
        let target = temporary.path().join("site.zip");
        let mut python = std::process::Command::new("python3");
        python.args(["-c", PACK]).arg(&folder).arg(&target).arg(way);
        if !python.status().is_ok_and(|status| status.success()) {
            return skip("python3 cannot pack").unwrap_or_default();
        }
        let said = crate::support::exports::read_file(&target);
        assert_eq!(said.complaints(), Vec::<String>::new(), "{way}");
        let found: std::collections::BTreeMap<_, _> = said
            .items
            .into_iter()
            .map(|item| (item.file.unwrap().to_string(), item.bytes.unwrap().digest.unwrap()))
            .collect();
        assert!(found == expected, "{way}: {} of {} files", found.len(), expected.len());
    }
}
