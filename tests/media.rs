//! Type and size by content, on real and on hostile pictures.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shelflife::domain::asset::Content;
use shelflife::media;

use crate::crash::say;
use crate::support::many::Dice;
use crate::support::{self, cases};

/// The files of a folder, those that describe another left out.
fn files_in(folder: &str) -> Vec<PathBuf> {
    let Some(folder) = support::shared(folder) else { return Vec::new() };
    let mut paths: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_none_or(|extension| extension != "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn sniffed(bytes: &[u8]) -> Content {
    media::sniff(&mut Cursor::new(bytes))
}

/// `image/png 3x2`.
fn shown(content: &Content) -> String {
    let size = content.dimensions.map_or_else(|| "-".to_owned(), |size| size.to_string());
    format!("{} {size}", content.media_type)
}

/// What exiftool said of a picture, in the same form but without the size if it gave none; `None`
/// if the file is no picture.
fn told_by_exiftool(picture: &Path) -> Option<String> {
    let mut report = picture.to_path_buf().into_os_string();
    report.push(".exiftool.json");
    let report: Value = serde_json::from_slice(&fs::read(report).ok()?).unwrap();
    let tag = |name: &str| {
        let groups = ["File", "PNG", "GIF", "RIFF", "SVG", "IFD0"];
        groups.iter().find_map(|group| report[0].get(format!("{group}:{name}")))
    };
    let media_type = match tag("MIMEType")?.as_str()? {
        "image/heic" => "image/heif",
        "image/x-icon" => "image/vnd.microsoft.icon",
        "image/x-exv" => return None,
        other => other.strip_prefix("image/").map(|_| other)?,
    };
    Some(match (tag("ImageWidth"), tag("ImageHeight")) {
        (Some(width), Some(height)) => format!("{media_type} {width}x{height}"),
        _ => media_type.to_owned(),
    })
}

#[test]
fn every_real_picture_is_told_as_exiftool_tells_it() {
    let pictures = files_in("data/corpus/images");
    let (mut compared, mut different) = (0, Vec::new());
    for picture in &pictures {
        let Some(expected) = told_by_exiftool(picture) else { continue };
        compared += 1;
        let found = shown(&media::sniff(&mut File::open(picture).unwrap()));
        if !found.starts_with(&expected) {
            different.push(format!("{}: {found}, not {expected}", picture.display()));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    assert!(pictures.is_empty() || compared > 100, "only {compared} were compared");
}

#[test]
fn a_picture_cut_anywhere_is_told_alike_or_not_at_all() {
    for picture in files_in("data/corpus/images") {
        let bytes = fs::read(&picture).unwrap();
        let whole = sniffed(&bytes);
        let cuts = (0..200).chain((8..24).map(|power| 1 << power)).filter(|cut| *cut < bytes.len());
        for cut in cuts {
            let part = sniffed(&bytes[..cut]);
            if part.dimensions.is_some() {
                assert_eq!(part.media_type, whole.media_type, "{} cut at {cut}", picture.display());
            }
        }
    }
}

/// Headers and what they say of themselves, of files that end anywhere.
#[test]
fn a_file_cut_anywhere_is_read_to_its_end() {
    let mut files = files_in("data/corpus/images");
    files.extend(files_in("data/corpus/robustness"));
    files.retain(|file| file.metadata().unwrap().len() < 4 << 20);
    let (mut dice, mut cuts, mut claims) = (Dice(0x24), 0, 0);
    while cuts < cases(2_000, 20_000) && !files.is_empty() {
        for file in &files {
            let mut bytes = fs::read(file).unwrap();
            // Most of what is read is at the beginning.
            let limit = if cuts % 2 == 0 { 4_096 } else { 4 << 20 };
            let length = dice.below(limit.min(bytes.len() as u64 + 1));
            bytes.truncate(usize::try_from(length).unwrap());
            let sniffed = sniffed(&bytes);
            assert!(sniffed.media_type.contains('/'), "{} cut at {length}", file.display());
            claims += usize::from(media::read_claims(&mut Cursor::new(&bytes)).is_some());
            cuts += 1;
        }
    }
    say(&format!("media: {cuts} files that end anywhere were read, {claims} of them with claims"));
}

#[test]
fn a_broken_file_is_told_without_a_size_of_zero() {
    for file in files_in("data/corpus/robustness") {
        let bytes = fs::read(&file).unwrap();
        for cut in (0..bytes.len()).step_by(bytes.len() / 40 + 1).chain([bytes.len()]) {
            let content = sniffed(&bytes[..cut]);
            let size = content.dimensions.map(|size| (size.width, size.height));
            assert!(
                size.is_none_or(|(width, height)| width > 0 && height > 0),
                "{}",
                file.display()
            );
            assert!(
                size.is_none() || content.media_type.starts_with("image/"),
                "{}",
                file.display()
            );
        }
    }
}
