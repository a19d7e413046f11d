//! What holds for every folder, however its files are called.

use proptest::prelude::*;
use proptest::sample::select;
use shelflife::domain::asset::AssetId;

use super::*;

/// Names built from few parts, so that they meet.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let stem = select(vec!["x", "y", "x-1", "\u{e9}", "x-scaled", "x-9x9"]);
    let suffix = select(vec![
        "",
        "-9x9",
        "-9x6",
        "-20x20",
        "-scaled",
        "-rotated",
        "-e1746759125951",
        "-e1746759125952",
        "@2x",
        "-9x9@2x",
        "-pdf",
        "-pdf-1",
    ]);
    let extension = select(vec![
        "jpg", "JPG", "png", "webp", "avif", "heic", "pdf", "jpg.webp", "png.avif", "mp4",
    ]);
    let built = (stem, prop::collection::vec(suffix, 0..3), extension).prop_map(
        |(stem, suffixes, extension)| {
            format!("{stem}{}.{extension}", suffixes.concat()).into_bytes()
        },
    );
    prop_oneof![20 => built, 1 => prop::collection::vec(any::<u8>(), 1..8)]
}

fn dimensions() -> impl Strategy<Value = Option<Dimensions>> {
    let sizes = [(9, 9), (9, 6), (6, 9), (18, 18), (20, 20), (60, 40), (40, 60), (0, 0)];
    let known = select(sizes.to_vec()).prop_map(|(width, height)| Dimensions { width, height });
    prop::option::weighted(0.9, known)
}

fn earlier() -> impl Strategy<Value = Option<Membership>> {
    let membership = (1..4_i64, select(Role::ALL.to_vec()), any::<(bool, bool)>()).prop_map(
        |(asset, role, (goes_by, unchanged))| Membership {
            goes_by: goes_by && role == Role::Original,
            unchanged,
            ..membership(AssetId(asset), role)
        },
    );
    prop::option::weighted(0.3, membership)
}

fn folder() -> impl Strategy<Value = Vec<FolderFile>> {
    let rest = (dimensions(), earlier());
    prop::collection::btree_map(name(), rest, 0..14).prop_map(|files| {
        let file = |(name, (dimensions, earlier))| FolderFile {
            name,
            content: Content { media_type: String::new(), dimensions },
            earlier,
        };
        files.into_iter().map(file).collect()
    })
}

/// Attachments that list files of the folder, and some that are not there.
fn known(files: &[FolderFile]) -> impl Strategy<Value = Vec<KnownAttachment>> + use<> {
    let here: Vec<_> = files.iter().map(|file| file.name.clone()).collect();
    let any_name = if here.is_empty() {
        name().boxed()
    } else {
        prop_oneof![9 => select(here), 1 => name()].boxed()
    };
    let some = prop::collection::vec(any_name.clone(), 0..3);
    let attachment = (1..9_i64, any_name.clone(), prop::option::of(any_name), some.clone(), some)
        .prop_map(|(id, main, original_image, sizes, backups)| KnownAttachment {
            id,
            main,
            original_image,
            sizes,
            backups,
        });
    prop::collection::vec(attachment, 0..4)
}

fn case() -> impl Strategy<Value = (Vec<FolderFile>, Vec<KnownAttachment>)> {
    folder().prop_flat_map(|files| (Just(files.clone()), known(&files)))
}

/// Every name of the outcome, as often as it is there.
fn all_names(grouping: &Grouping) -> Vec<Vec<u8>> {
    let groups = grouping
        .groups
        .iter()
        .flat_map(|group| group.members.iter().map(|member| &member.name).chain([&group.original]));
    let ambiguous = grouping.ambiguous.iter().map(|file| &file.name);
    let mut names: Vec<_> = groups.chain(ambiguous).cloned().collect();
    names.sort_unstable();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_file_lands_exactly_once((files, known) in case()) {
        let expected: Vec<_> = files.iter().map(|file| file.name.clone()).collect();
        prop_assert_eq!(all_names(&plan_groups(&files, &known)), expected);
    }

    #[test]
    fn the_order_of_files_and_attachments_does_not_matter(
        ((files, known), seed) in case().prop_flat_map(|case| (Just(case), any::<u64>())),
    ) {
        let mut shuffled = (files.clone(), known.clone());
        let turn = usize::try_from(seed % 13).unwrap();
        shuffled.0.rotate_left(turn % files.len().max(1));
        shuffled.1.rotate_left(turn % known.len().max(1));
        if seed % 2 == 0 {
            shuffled.0.reverse();
            shuffled.1.reverse();
        }
        prop_assert_eq!(plan_groups(&shuffled.0, &shuffled.1), plan_groups(&files, &known));
    }

    #[test]
    fn an_unrelated_file_changes_nothing_else((mut files, known) in case()) {
        let mut before = plan_groups(&files, &known);
        files.push(FolderFile {
            name: b"zebra-crossing.jpg".to_vec(),
            content: Content { media_type: String::new(), dimensions: Some(Dimensions { width: 20, height: 20 }) },
            earlier: Some(membership(AssetId(99), Role::Original)),
        });
        before.groups.push(Group {
            original: b"zebra-crossing.jpg".to_vec(),
            members: Vec::new(),
            attachments: Vec::new(),
            asset: Some(AssetId(99)),
        });
        before.groups.sort_by(|one, other| one.original.cmp(&other.original));
        prop_assert_eq!(plan_groups(&files, &known), before);
    }

    #[test]
    fn no_asset_goes_on_in_two_groups_and_candidates_are_here((files, known) in case()) {
        let grouping = plan_groups(&files, &known);
        let assets: Vec<_> = grouping.groups.iter().filter_map(|group| group.asset).collect();
        let distinct: BTreeSet<_> = assets.iter().collect();
        prop_assert_eq!(distinct.len(), assets.len());
        for file in &grouping.ambiguous {
            prop_assert!(!file.candidates.is_empty());
            for candidate in &file.candidates {
                prop_assert!(files.iter().any(|file| file.name == *candidate));
            }
        }
    }

    #[test]
    fn grouping_again_what_was_grouped_changes_nothing(files in folder()) {
        let fresh: Vec<_> =
            files.into_iter().map(|file| FolderFile { earlier: None, ..file }).collect();
        let first = plan_groups(&fresh, &[]);
        let mut place = BTreeMap::new();
        for (asset, group) in (1..).map(AssetId).zip(&first.groups) {
            place.insert(&group.original, membership(asset, Role::Original));
            let members = group.members.iter();
            place.extend(members.map(|member| (&member.name, membership(asset, member.role))));
        }
        let again: Vec<_> = fresh
            .iter()
            .map(|file| FolderFile { earlier: place.get(&file.name).copied(), ..file.clone() })
            .collect();
        let mut second = plan_groups(&again, &[]);
        for group in &mut second.groups {
            prop_assert!(group.asset.take().is_some());
        }
        prop_assert_eq!(second, first);
    }
}

#[test]
fn a_crowded_folder_of_look_alikes_takes_no_longer_than_a_plain_one() {
    // Work that grows with the square of these numbers would not end while one waits.
    let make = |name: String, side: u32| FolderFile {
        name: name.into_bytes(),
        content: Content {
            media_type: String::new(),
            dimensions: Some(Dimensions { width: side, height: side }),
        },
        earlier: Some(membership(AssetId(7), Role::Size)),
    };
    let crowd = 1..15_000_u32;
    let files: Vec<_> = crowd
        .flat_map(|n| {
            [
                make(format!("x-{n}x{n}.jpg"), n),
                make(format!("y-e{n:013}.jpg"), n),
                make(format!("z-pdf-{n}.jpg"), n),
                make(format!("x-{n}x{n}.jpg.webp"), n),
            ]
        })
        .chain([make("z.pdf".to_owned(), 9), make("x-rotated.jpg".to_owned(), 15_000)])
        .collect();
    let grouping = plan_groups(&files, &[]);
    assert_eq!(all_names(&grouping).len(), files.len());
}
