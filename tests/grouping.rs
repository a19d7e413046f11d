//! Files find their group: on real uploads, on a made library, and by law.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::process::Command;

use shelflife::domain::asset::{AssetId, Content, Dimensions, Role};
use shelflife::domain::group::{
    FolderFile, Group, Grouping, KnownAttachment, Membership, Proof, plan_groups,
};

use crate::support::{must_run_everything, shared};

/// Each folder's files, by name, with the number of the asset that they truly belong to.
type Truth = BTreeMap<String, BTreeMap<String, i64>>;
/// Each folder's files.
type Library = BTreeMap<String, Vec<FolderFile>>;

fn file(name: &str, bytes: &[u8]) -> FolderFile {
    let dimensions = imagesize::blob_size(bytes).ok().map(|size| Dimensions {
        width: u32::try_from(size.width).unwrap(),
        height: u32::try_from(size.height).unwrap(),
    });
    let content = Content { media_type: String::new(), dimensions };
    FolderFile { name: name.as_bytes().to_vec(), content, earlier: None }
}

/// What a file was at the last scan, and is.
fn membership(asset: AssetId, role: Role) -> Membership {
    Membership { asset, role, goes_by: role == Role::Original, unchanged: true }
}

fn name_of(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The groups as sets of names, the original marked by being the key.
fn names(grouping: &Grouping) -> BTreeMap<String, BTreeSet<String>> {
    let set = |group: &Group| {
        let members = group.members.iter().map(|member| name_of(&member.name));
        (name_of(&group.original), members.collect())
    };
    grouping.groups.iter().map(set).collect()
}

/// The files that are in the wrong group or in none.
fn misplaced(truth: &BTreeMap<String, i64>, grouping: &Grouping) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeMap::new();
    for (original, members) in names(grouping) {
        let asset = truth[&original];
        if let Some(other) = seen.insert(asset, original.clone()) {
            wrong.push(format!("{original} is apart from {other}"));
        }
        let strangers = members.into_iter().filter(|name| truth[name] != asset);
        wrong.extend(strangers.map(|name| format!("{name} is with {original}")));
    }
    let ambiguous = grouping.ambiguous.iter();
    wrong.extend(ambiguous.map(|file| format!("{} is ambiguous", name_of(&file.name))));
    wrong
}

mod cases;
mod laws;

mod wordpress {
    //! The uploads folder that WordPress 6.8.7 wrote, against what its database said about it.

    use super::*;

    const UPLOADS: &str = "data/wordpress/uploads-6.8.7.tar.gz";
    const LIST: &str = "data/wordpress/wxr/wp-6.8.7-uploads.tsv";
    const EXPORT: &str = "data/wordpress/wxr/wp-6.8.7-all.xml";
    const REST: [&str; 2] = [
        "data/wordpress/rest/wp-6.8.7/clean/media-edit-page-1.json",
        "data/wordpress/rest/wp-6.8.7/clean/media-edit-page-2.json",
    ];

    fn uploads() -> Option<Library> {
        let packed = std::fs::File::open(shared(UPLOADS)?).unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed));
        let mut library = Library::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            if entry.header().entry_type().is_file() {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                let (folder, name) =
                    path.strip_prefix("uploads/").unwrap().rsplit_once('/').unwrap();
                library.entry(folder.to_owned()).or_default().push(file(name, &bytes));
            }
        }
        let listed = std::fs::read_to_string(shared(LIST)?).unwrap().lines().count();
        assert_eq!(library.values().map(Vec::len).sum::<usize>(), listed);
        Some(library)
    }

    /// What the export says about each attachment, by folder. Reads only as much of the format as
    /// this one file needs.
    fn exported() -> Option<BTreeMap<String, Vec<KnownAttachment>>> {
        let text = std::fs::read_to_string(shared(EXPORT)?).unwrap();
        let mut known: BTreeMap<String, Vec<KnownAttachment>> = BTreeMap::new();
        for item in text.split("<item>").skip(1) {
            let Some(path) = meta(item, "_wp_attached_file") else { continue };
            let (folder, main) = path.rsplit_once('/').unwrap();
            let details = meta(item, "_wp_attachment_metadata").unwrap_or_default();
            let backups = meta(item, "_wp_attachment_backup_sizes").unwrap_or_default();
            known.entry(folder.to_owned()).or_default().push(KnownAttachment {
                id: between(item, "<wp:post_id>", "</wp:post_id>").unwrap().parse().unwrap(),
                main: main.into(),
                original_image: strings(details, "original_image").pop(),
                // The first `file` is the main one.
                sizes: strings(details, "file").split_off(1.min(strings(details, "file").len())),
                backups: strings(backups, "file"),
            });
        }
        Some(known)
    }

    fn meta<'t>(item: &'t str, key: &str) -> Option<&'t str> {
        let after = item.split_once(&format!("<wp:meta_key><![CDATA[{key}]]>"))?.1;
        between(after, "<![CDATA[", "]]>")
    }

    fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
        Some(text.split_once(start)?.1.split_once(end)?.0)
    }

    /// Every string under `key` in a serialized PHP array.
    fn strings(serialized: &str, key: &str) -> Vec<Vec<u8>> {
        let key = format!("\"{key}\";s:");
        let values = serialized.split(&key).skip(1);
        values.map(|value| between(value, "\"", "\"").unwrap().into()).collect()
    }

    /// The same attachments as the REST interface tells them: without what edits replaced.
    fn rested() -> Option<BTreeMap<String, Vec<KnownAttachment>>> {
        let mut known: BTreeMap<String, Vec<KnownAttachment>> = BTreeMap::new();
        for page in REST {
            let json = std::fs::read(shared(page)?).unwrap();
            let items: serde_json::Value = serde_json::from_slice(&json).unwrap();
            for item in items.as_array().unwrap() {
                let url = item["source_url"].as_str().unwrap();
                let (folder, main) =
                    url.split_once("/uploads/").unwrap().1.rsplit_once('/').unwrap();
                let details = &item["media_details"];
                let sizes = details["sizes"].as_object().into_iter().flatten();
                known.entry(folder.to_owned()).or_default().push(KnownAttachment {
                    id: item["id"].as_i64().unwrap(),
                    main: main.into(),
                    original_image: details["original_image"].as_str().map(Into::into),
                    sizes: sizes.map(|(_, size)| size["file"].as_str().unwrap().into()).collect(),
                    backups: Vec::new(),
                });
            }
        }
        Some(known)
    }

    /// Which attachment each file belongs to.
    fn truth() -> Option<Truth> {
        let mut truth = Truth::new();
        for (folder, attachments) in exported()? {
            let files = truth.entry(folder).or_default();
            for KnownAttachment { id, main, original_image, sizes, backups } in attachments {
                let all = [main].into_iter().chain(original_image).chain(sizes).chain(backups);
                for name in all {
                    let other = files.insert(name_of(&name), id);
                    assert!(other.is_none_or(|other| other == id), "two attachments list a file");
                }
            }
        }
        Some(truth)
    }

    #[test]
    fn real_uploads_are_grouped_by_names_and_pixels_alone() {
        let Some((library, truth)) = uploads().zip(truth()) else { return };
        let mut groups = 0;
        for (folder, files) in &library {
            let grouping = plan_groups(files, &[]);
            assert_eq!(misplaced(&truth[folder], &grouping), Vec::<String>::new(), "{folder}");
            groups += grouping.groups.len();
        }
        assert_eq!(groups, 118);
    }

    #[test]
    fn real_uploads_are_grouped_by_what_either_export_says() {
        let Some((library, truth)) = uploads().zip(truth()) else { return };
        for known in [exported().unwrap(), rested().unwrap()] {
            for (folder, files) in &library {
                let grouping = plan_groups(files, &known[folder]);
                assert_eq!(misplaced(&truth[folder], &grouping), Vec::<String>::new(), "{folder}");
                for group in &grouping.groups {
                    let id = truth[folder][&name_of(&group.original)];
                    assert_eq!(group.attachments, [id], "{}", name_of(&group.original));
                }
            }
        }
    }

    #[test]
    fn the_export_alone_proves_every_member() {
        let Some((library, known)) = uploads().zip(exported()) else { return };
        let groups = library.iter().flat_map(|(folder, files)| {
            let grouping = plan_groups(files, &known[folder]);
            grouping.groups.into_iter().flat_map(|group| group.members)
        });
        let proofs: BTreeSet<Proof> = groups.map(|member| member.proof).collect();
        assert_eq!(proofs, BTreeSet::from([Proof::Attachment]));
    }

    #[test]
    fn roles_and_originals_of_scaled_turned_and_edited_uploads_are_told_apart() {
        let Some((library, known)) = uploads().zip(exported()) else { return };
        let expected = [
            ("2024/12", "big-scaled.jpg", "big.jpg", Role::Scaled),
            ("2024/12", "big-2048x1331.jpg", "big.jpg", Role::Size),
            ("2025/03", "phone-rotated-1-rotated.jpg", "phone-rotated-1.jpg", Role::Rotated),
            ("2025/03", "phone-big-rotated-1-scaled.jpg", "phone-big-rotated-1.jpg", Role::Scaled),
            ("2025/03", "edit-me-e1795196307884.jpg", "edit-me.jpg", Role::Edited),
            ("2025/03", "edit-me-e1795196307884-226x300.jpg", "edit-me.jpg", Role::Size),
        ];
        for (folder, name, original, role) in expected {
            for known in [&[][..], &known[folder]] {
                let grouping = plan_groups(&library[folder], known);
                let group =
                    grouping.groups.iter().find(|group| group.original == original.as_bytes());
                let members = &group.unwrap().members;
                let found = members.iter().find(|member| member.name == name.as_bytes()).unwrap();
                assert_eq!(found.role, role, "{name}");
            }
        }
    }
}

#[test]
fn a_made_library_is_grouped_as_it_was_made() {
    let Some(script) = shared("tools/gen_library.py") else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("python3")
        .arg(script)
        .arg(folder.path())
        .args(["--originals", "300", "--pool", "12", "--seed", "grouping", "--no-exports"])
        .args(["--edited-share", "0.2", "--webp-twins", "0.3", "--years", "2025-2025"])
        .output();
    let ran = made.as_ref().is_ok_and(|made| made.status.success());
    if !ran && !must_run_everything() {
        return;
    }
    assert!(ran, "gen_library.py did not run: {made:?}");
    let lines = std::fs::read_to_string(folder.path().join("truth.jsonl")).unwrap();
    let mut truth = Truth::new();
    let mut library = Library::new();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = line["path"].as_str().unwrap();
        let bytes = std::fs::read(folder.path().join("uploads").join(path)).unwrap();
        let (parent, name) = path.rsplit_once('/').unwrap();
        let asset = line["asset"].as_i64().unwrap();
        truth.entry(parent.to_owned()).or_default().insert(name.to_owned(), asset);
        library.entry(parent.to_owned()).or_default().push(file(name, &bytes));
    }
    assert!(lines.lines().count() > 1_000);
    for (parent, files) in &library {
        let grouping = plan_groups(files, &[]);
        assert_eq!(misplaced(&truth[parent], &grouping), Vec::<String>::new(), "{parent}");
    }
}
