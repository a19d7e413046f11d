//! Distances of look hashes and the truth of pixel hashes on real pictures: `docs/memory.md`.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::LazyLock;

use image::codecs::webp::WebPEncoder;
use image::imageops::overlay;
use image::{DynamicImage, GenericImageView as _, ImageDecoder as _, ImageReader, Rgba, RgbaImage};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use shelflife::domain::asset::{Look, LookHash};
use shelflife::domain::memory::NEAR;
use shelflife::media::{pixels, sniff};
use walkdir::WalkDir;

use crate::crash::say;
use crate::support::pictures::{jpeg, lossless, shrunk};
use crate::support::{cases, shared, skip, spread};

const IMAGES: &str = "data/corpus/images";
/// What is looked at of the corpus where not everything has to run: larger pictures take long.
const FEW: usize = 14;
const FEW_PIXELS: u64 = 500_000;
const PIXELS: u64 = 1_200_000;

/// A way to change a picture, and how many of a hundred have to be recognized.
type Change = (&'static str, fn(&DynamicImage) -> Vec<u8>, usize);

const CHANGES: &[Change] = &[
    ("JPEG of quality 85", |image| jpeg(image, 85), 100),
    ("JPEG of quality 60", |image| jpeg(image, 60), 100),
    ("JPEG of quality 30", |image| jpeg(image, 30), 100),
    ("half the size, JPEG 80", |image| jpeg(&shrunk(image, 50), 80), 100),
    ("a quarter of the size, JPEG 80", |image| jpeg(&shrunk(image, 25), 80), 100),
    ("5 % cropped, JPEG 80", |image| jpeg(&cropped(image, 5), 80), 95),
    ("10 % cropped, JPEG 80", |image| jpeg(&cropped(image, 10), 80), 15),
    ("brighter, JPEG 80", |image| jpeg(&image.brighten(30), 80), 98),
    ("darker, JPEG 80", |image| jpeg(&image.brighten(-30), 80), 98),
    ("more contrast, JPEG 80", |image| jpeg(&image.adjust_contrast(25.0), 80), 98),
    ("other hues, JPEG 80", |image| jpeg(&image.huerotate(30), 80), 95),
    ("gray, JPEG 80", |image| jpeg(&image.grayscale(), 80), 100),
    ("mirrored, JPEG 80", |image| jpeg(&image.fliph(), 80), 0),
];

fn cropped(image: &DynamicImage, percent: u32) -> DynamicImage {
    let (width, height) = image.dimensions();
    let cut = |side: u32| side * percent / 200;
    let (left, top) = (cut(width), cut(height));
    image.crop_imm(left, top, width - 2 * left, height - 2 * top)
}

/// A picture of the corpus with its look.
struct Sample {
    name: String,
    image: DynamicImage,
    look: Look,
}

fn looked_at(bytes: &[u8]) -> Look {
    pixels(&mut Cursor::new(bytes))
}

fn sample(path: &PathBuf) -> Option<Sample> {
    let bytes = fs::read(path).unwrap();
    let size = sniff(&mut Cursor::new(&bytes)).dimensions?;
    let pixels = u64::from(size.width) * u64::from(size.height);
    if pixels > cases(FEW_PIXELS, PIXELS) {
        return None;
    }
    let look = looked_at(&bytes);
    look.pixels?;
    let image = turned(&bytes)?;
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    Some(Sample { name, image: on_white(image), look })
}

/// The picture as viewers show it.
fn turned(bytes: &[u8]) -> Option<DynamicImage> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some(image)
}

/// The picture as a format without opacity has it.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let white = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
    let mut paper = DynamicImage::ImageRgba8(white);
    overlay(&mut paper, &image, 0, 0);
    DynamicImage::ImageRgb8(paper.to_rgb8())
}

static SAMPLES: LazyLock<Option<Vec<Sample>>> = LazyLock::new(samples);

/// The still pictures of the corpus that are decoded, each one once.
fn samples() -> Option<Vec<Sample>> {
    let Some(folder) = shared(IMAGES) else { return skip("no corpus of pictures") };
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let paths: Vec<_> = files.map(walkdir::DirEntry::into_path).filter(|p| p.is_file()).collect();
    let samples: Vec<_> = paths.par_iter().filter_map(sample).collect();
    let mut different: Vec<Sample> = Vec::new();
    for sample in samples {
        if different.iter().all(|known| known.look.pixels != sample.look.pixels) {
            different.push(sample);
        }
    }
    Some(different)
}

fn nearness(one: &LookHash, bytes: &[u8]) -> u32 {
    looked_at(bytes).look_hash.map_or(256, |other| one.distance(&other))
}

/// The rates of one change: how many are near, and the distances at the middle and the ends.
fn rates(samples: &[&Sample], change: fn(&DynamicImage) -> Vec<u8>) -> (usize, usize, [u32; 3]) {
    let sides = |image: &DynamicImage| image.width().min(image.height());
    let asked: Vec<_> = samples.iter().filter_map(|s| Some((s, s.look.look_hash?))).collect();
    let distances: Vec<_> = asked
        .par_iter()
        .filter_map(|(sample, hash)| {
            let changed = change(&sample.image);
            let still = image::load_from_memory(&changed).unwrap();
            (sides(&still) >= 64).then(|| nearness(hash, &changed))
        })
        .collect();
    let mut sorted = distances.clone();
    sorted.sort_unstable();
    let near = sorted.iter().filter(|distance| **distance <= NEAR).count();
    let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    (near, sorted.len(), [at(50), at(95), at(100)])
}

#[test]
fn real_pictures_that_were_changed_are_recognized_as_often_as_documented() {
    let Some(samples) = &*SAMPLES else { return };
    let seen: Vec<_> = samples.iter().filter(|sample| sample.look.look_hash.is_some()).collect();
    say(&format!("looks: {} pictures, {} with a look", samples.len(), seen.len()));
    let samples: Vec<_> = spread(&seen, cases(FEW, seen.len())).copied().collect();
    for (name, change, least) in CHANGES {
        let (near, all, [middle, most, worst]) = rates(&samples, *change);
        say(&format!("looks: | {name} | {near} of {all} | {middle} | {most} | {worst} |"));
        // A few pictures may have one more of those that are not recognized.
        assert!((near + 1) * 100 >= all * least, "{name}: {near} of {all} are recognized");
    }
}

/// Pictures of the corpus that show the same, by parts of their names.
const FAMILIES: &[&[&str]] = &[
    &["empty."],
    &["gimp"],
    &["paris_"],
    &["sunrise"],
    &["Reagan"],
    &["CA.jpg", "CACA", "E-dat-CA", "IMG_0003", "boxhash"],
    &["CAI.jpg", "CI.jpg"],
    &["withIptc"],
];

#[test]
fn different_real_pictures_do_not_look_alike() {
    let Some(samples) = &*SAMPLES else { return };
    let hashes: Vec<_> =
        samples.iter().filter_map(|s| Some((s.name.as_str(), s.look.look_hash?))).collect();
    let mut pairs = Vec::new();
    for (at, (name, hash)) in hashes.iter().enumerate() {
        for (other, another) in &hashes[at + 1..] {
            pairs.push((hash.distance(another), *name, *other));
        }
    }
    let of = |name: &str| {
        FAMILIES.iter().position(|family| family.iter().any(|part| name.contains(part)))
    };
    let related = |one: &str, other: &str| of(one).is_some() && of(one) == of(other);
    pairs.retain(|(_, one, other)| !related(one, other));
    pairs.sort_unstable();
    let near = pairs.iter().filter(|(distance, ..)| *distance <= NEAR).count();
    say(&format!("looks: {near} of {} pairs are near by mistake", pairs.len()));
    for (distance, one, other) in pairs.iter().take(3) {
        say(&format!("looks: {distance} {one} {other}"));
    }
    assert_eq!(near, 0);
}

#[test]
fn real_pictures_keep_their_pixels_in_every_format_without_loss() {
    let Some(samples) = &*SAMPLES else { return };
    let (mut kept, mut all) = (0, 0);
    for sample in spread(samples, cases(FEW, samples.len())) {
        // Deeper ones are reduced: lossless WebP has 8 bits.
        let image = DynamicImage::ImageRgba8(sample.image.to_rgba8());
        let png = lossless(&image, image::ImageFormat::Png);
        let (mut webp, (width, height)) = (Vec::new(), image.dimensions());
        let encoder = WebPEncoder::new_lossless(&mut webp);
        encoder.encode(image.as_bytes(), width, height, image::ExtendedColorType::Rgba8).unwrap();
        all += 1;
        kept += usize::from(looked_at(&png).pixels == looked_at(&webp).pixels);
    }
    say(&format!("looks: {kept} of {all} have the same pixels as PNG and WebP"));
    assert_eq!(kept, all);
}
