use std::io::{Cursor, Write as _};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, Frame, ImageEncoder as _, RgbImage, RgbaImage};
use png::{BitDepth, ColorType, Encoder, Filter, Info};

use super::*;

fn hash_of(bytes: &[u8]) -> Option<PixelHash> {
    pixels(&mut Cursor::new(bytes)).pixels
}

/// Asserts that all of them have one hash, and returns it.
fn one_hash<'b>(all: impl IntoIterator<Item = (&'b str, Vec<u8>)>) -> PixelHash {
    let mut all = all.into_iter().map(|(name, bytes)| (name, hash_of(&bytes)));
    let first = all.next().unwrap().1.unwrap();
    for (name, hash) in all {
        assert_eq!(hash, Some(first), "{name}");
    }
    first
}

/// A PNG with this header, its samples and what `more` does to the encoder.
fn png_with(
    info: Info<'_>,
    samples: &[u8],
    more: impl Fn(&mut Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).unwrap();
    more(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    bytes
}

fn info((width, height): (u32, u32), color_type: ColorType, bit_depth: BitDepth) -> Info<'static> {
    let mut info = Info::with_size(width, height);
    (info.color_type, info.bit_depth) = (color_type, bit_depth);
    info
}

fn png_of(image: &RgbImage) -> Vec<u8> {
    png_with(info(image.dimensions(), ColorType::Rgb, BitDepth::Eight), image, |_| {})
}

/// Inserts a chunk behind the header.
fn with_chunk(png: &[u8], kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    [&png[..33], &chunk(kind, data), &png[33..]].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes(), &kind[..], data, &crc.sum().to_be_bytes()].concat()
}

/// The seven passes of Adam7: where each begins and how far it steps.
const PASSES: [(u32, u32, usize, usize); 7] = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
];

fn interlaced(image: &RgbImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for (x, y, across, down) in PASSES {
        for y in (y..height).step_by(down).filter(|_| x < width) {
            packed.write_all(&[0]).unwrap();
            for x in (x..width).step_by(across) {
                packed.write_all(&image.get_pixel(x, y).0).unwrap();
            }
        }
    }
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 1]].concat();
    let chunks = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &packed.finish().unwrap())].concat();
    [b"\x89PNG\r\n\x1a\n", &chunks[..], &chunk(*b"IEND", &[])].concat()
}

fn webp_of(samples: &[u8], (width, height): (u32, u32), color: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes).encode(samples, width, height, color).unwrap();
    bytes
}

/// Colors that differ in every pixel and channel.
fn colorful(width: u32, height: u32) -> RgbImage {
    let shade = |value: u32| u8::try_from(value % 251).unwrap();
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([shade(x * 7 + y * 31), shade(x * 13 + 90), shade(y * 17 + x + 40)])
    })
}

#[test]
fn the_same_pixels_have_one_hash_in_whatever_way_they_are_written_without_loss() {
    let image = colorful(23, 17);
    let rgb = || info((23, 17), ColorType::Rgb, BitDepth::Eight);
    let rgba: Vec<u8> = image.pixels().flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let opaque = info((23, 17), ColorType::Rgba, BitDepth::Eight);
    let text = |encoder: &mut Encoder<'_, &mut Vec<u8>>| {
        encoder.add_text_chunk("Comment".to_owned(), "optimized".to_owned()).unwrap();
    };
    let packed = |level, filter| {
        png_with(rgb(), &image, |encoder| {
            encoder.set_compression(level);
            encoder.set_filter(filter);
        })
    };
    one_hash([
        ("as it is", png_of(&image)),
        ("stored", packed(png::Compression::NoCompression, Filter::NoFilter)),
        ("small", packed(png::Compression::High, Filter::Paeth)),
        ("other filter", packed(png::Compression::Fast, Filter::Up)),
        ("with a text", png_with(rgb(), &image, text)),
        ("interlaced", interlaced(&image)),
        ("with opacity", png_with(opaque, &rgba, |_| {})),
        ("WebP", webp_of(&image, (23, 17), ExtendedColorType::Rgb8)),
        ("WebP with opacity", webp_of(&rgba, (23, 17), ExtendedColorType::Rgba8)),
    ]);
}

#[test]
fn gray_palette_and_color_agree_where_they_show_the_same() {
    let gray = [0, 255, 255, 0, 255, 0, 0, 255];
    let rgb: Vec<u8> = gray.iter().flat_map(|shade| [*shade; 3]).collect();
    let bits = info((8, 1), ColorType::Grayscale, BitDepth::One);
    let mut palette = info((8, 1), ColorType::Indexed, BitDepth::One);
    palette.palette = Some(vec![255, 255, 255, 0, 0, 0].into());
    let mut gif = Vec::new();
    let rgba = rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let frame = Frame::new(RgbaImage::from_raw(8, 1, rgba).unwrap());
    GifEncoder::new(&mut gif).encode_frame(frame).unwrap();
    one_hash([
        ("gray", png_with(info((8, 1), ColorType::Grayscale, BitDepth::Eight), &gray, |_| {})),
        ("one bit", png_with(bits, &[0b0110_1001], |_| {})),
        ("palette", png_with(palette, &[0b1001_0110], |_| {})),
        ("color", png_with(info((8, 1), ColorType::Rgb, BitDepth::Eight), &rgb, |_| {})),
        ("GIF", gif),
    ]);
}

#[test]
fn one_sample_or_another_shape_is_another_picture() {
    let image = colorful(6, 4);
    let mut others = vec![hash_of(&png_of(&image)).unwrap()];
    for at in 0..image.len() {
        let mut other = image.clone();
        other.as_mut()[at] ^= 1;
        others.push(hash_of(&png_of(&other)).unwrap());
    }
    for shape in [(4, 6), (3, 8), (24, 1)] {
        let rgb = info(shape, ColorType::Rgb, BitDepth::Eight);
        others.push(hash_of(&png_with(rgb, &image, |_| {})).unwrap());
    }
    others.sort_by_key(|hash| hash.0);
    let count = others.len();
    others.dedup();
    assert_eq!(others.len(), count);
}

#[test]
fn the_color_of_what_is_wholly_transparent_does_not_count_and_any_other_does() {
    let rgba = |pixels: [u8; 8]| {
        let rgba = info((2, 1), ColorType::Rgba, BitDepth::Eight);
        png_with(rgba, &pixels, |_| {})
    };
    let clear = one_hash([
        ("black", rgba([9, 8, 7, 255, 0, 0, 0, 0])),
        ("red", rgba([9, 8, 7, 255, 255, 0, 0, 0])),
    ]);
    let nearly = hash_of(&rgba([9, 8, 7, 255, 255, 0, 0, 1])).unwrap();
    let other = hash_of(&rgba([9, 8, 7, 255, 254, 0, 0, 1])).unwrap();
    assert!(clear != nearly && nearly != other);
}

#[test]
fn sixteen_bits_count_to_the_last() {
    let deep = |samples: [u8; 4]| {
        let gray = info((2, 1), ColorType::Grayscale, BitDepth::Sixteen);
        hash_of(&png_with(gray, &samples, |_| {})).unwrap()
    };
    let gray = info((2, 1), ColorType::Grayscale, BitDepth::Eight);
    let shallow = hash_of(&png_with(gray, &[1, 2], |_| {})).unwrap();
    let exact = deep([1, 1, 2, 2]);
    assert_eq!(exact, deep([1, 1, 2, 2]));
    assert!(exact != deep([1, 1, 2, 3]) && exact != shallow);
}

fn jpeg_of(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(image).unwrap();
    bytes
}

/// Inserts a segment behind the first marker.
fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap();
    [&jpeg[..2], &[0xff, marker], &length.to_be_bytes(), data, &jpeg[2..]].concat()
}

/// EXIF that says nothing but how the picture is to be turned.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = [&[1, 0x12, 0, 3, 0, 0, 0, 1, 0][..], &[orientation, 0, 0]].concat();
    [b"MM\0\x2a\0\0\0\x08\0\x01", &entry[..], &[0; 4]].concat()
}

#[test]
fn a_jpeg_is_turned_as_its_exif_asks() {
    let jpeg = jpeg_of(&colorful(19, 11));
    let flat = image::load_from_memory(&jpeg).unwrap();
    for orientation in 1..=8 {
        let turned = [&b"Exif\0\0"[..], &exif(orientation)].concat();
        let turned = hash_of(&with_segment(&jpeg, 0xe1, &turned)).unwrap();
        let mut image = flat.clone();
        image.apply_orientation(Orientation::from_exif(orientation).unwrap());
        assert_eq!(Some(turned), hash_of(&png_of(&image.to_rgb8())), "{orientation}");
        assert_eq!(Some(turned) == hash_of(&jpeg), orientation == 1, "{orientation}");
    }
    assert_eq!(hash_of(&with_segment(&jpeg, 0xfe, b"optimized")), hash_of(&jpeg));
}

#[test]
fn a_color_profile_is_part_of_the_picture_and_what_says_srgb_is_not() {
    let image = colorful(5, 5);
    let png = png_of(&image);
    let gamma = |gamma: u32| with_chunk(&png, *b"gAMA", &gamma.to_be_bytes());
    let srgb = one_hash([
        ("nothing", png.clone()),
        ("sRGB", with_chunk(&png, *b"sRGB", &[0])),
        ("its gamma", gamma(45_455)),
        ("its gamma and sRGB", with_chunk(&gamma(100_000), *b"sRGB", &[0])),
    ]);
    let profile = |profile: &'static [u8]| {
        let mut rgb = info((5, 5), ColorType::Rgb, BitDepth::Eight);
        rgb.icc_profile = Some(profile.into());
        hash_of(&png_with(rgb, &image, |_| {})).unwrap()
    };
    let dark = hash_of(&gamma(100_000)).unwrap();
    let all = [srgb, dark, hash_of(&gamma(100_001)).unwrap(), profile(b"wide"), profile(b"wider")];
    for (at, one) in all.iter().enumerate() {
        assert!(all[..at].iter().all(|other| other != one), "{at}");
    }
    let mut webp = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut webp);
    encoder.set_icc_profile(b"wide".to_vec()).unwrap();
    encoder.write_image(&image, 5, 5, ExtendedColorType::Rgb8).unwrap();
    assert_eq!(hash_of(&webp), Some(profile(b"wide")));
}

fn animated_png() -> Vec<u8> {
    let rgb = info((2, 2), ColorType::Rgb, BitDepth::Eight);
    png_with(rgb, &colorful(2, 2), |encoder| encoder.set_animated(1, 0).unwrap())
}

fn animated_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let frames = [colorful(4, 4), colorful(4, 4)];
    let frames = frames.map(|image| Frame::new(DynamicImage::ImageRgb8(image).to_rgba8()));
    GifEncoder::new(&mut bytes).encode_frames(frames).unwrap();
    bytes
}

/// The header of a WebP that says that it is animated, with what follows in a still one.
fn animated_webp() -> Vec<u8> {
    let still = webp_of(&colorful(4, 4), (4, 4), ExtendedColorType::Rgb8);
    let header =
        [&b"VP8X\x0a\0\0\0\x02\0\0\0\x03\0\0\x03\0\0ANIM\x06\0\0\0\0\0\0\0\0\0"[..]].concat();
    let picture = &still[12..];
    let frame = [&[0; 6][..], &[3, 0, 0, 3, 0, 0, 50, 0, 0, 0], picture].concat();
    let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
    let body = [b"WEBP", &header[..], b"ANMF", &length, &frame].concat();
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    [b"RIFF", &length[..], &body].concat()
}

#[test]
fn what_viewers_may_show_in_several_ways_has_no_hash() {
    let image = colorful(9, 9);
    let (png, jpeg) = (png_of(&image), jpeg_of(&image));
    for (name, bytes) in [
        ("animated PNG", animated_png()),
        ("animated GIF", animated_gif()),
        ("animated WebP", animated_webp()),
        ("turned PNG", with_chunk(&png, *b"eXIf", &exif(6))),
        ("PNG of high range", with_chunk(&png, *b"cICP", &[9, 16, 0, 1])),
        ("JPEG with a second picture", with_segment(&jpeg, 0xe2, b"MPF\0MM\0\x2a")),
        ("JPEG in RGB", with_segment(&jpeg, 0xee, b"Adobe\0\x64\0\0\0\0\0")),
        ("JPEG cut off", jpeg[..jpeg.len() - 2].to_vec()),
        ("JPEG with something behind it", [&jpeg[..], b"\0"].concat()),
        ("PNG cut off", png[..png.len() / 2].to_vec()),
        ("text", b"no picture at all".to_vec()),
        ("nothing", Vec::new()),
    ] {
        assert_eq!(hash_of(&bytes), None, "{name}");
    }
    let upright = with_chunk(&png, *b"eXIf", &exif(1));
    assert_eq!(hash_of(&upright), hash_of(&png));
    let usual = with_segment(&jpeg, 0xee, b"Adobe\0\x64\0\0\0\0\x01");
    assert_eq!(hash_of(&usual), hash_of(&jpeg));
}

#[test]
fn a_picture_beyond_the_limits_is_not_decoded() {
    let header = |width: u32, height: u32| {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
        let chunks =
            [chunk(*b"IHDR", &header), chunk(*b"IDAT", &[]), chunk(*b"IEND", &[])].concat();
        [b"\x89PNG\r\n\x1a\n", &chunks[..]].concat()
    };
    for (width, height) in [(10_001, 10_000), (u32::MAX / 2, u32::MAX / 2), (1, 100_000_001)] {
        assert_eq!(hash_of(&header(width, height)), None);
    }
}

#[test]
fn no_broken_picture_stops_the_program() {
    let image = colorful(16, 16);
    let webp = webp_of(&image, (16, 16), ExtendedColorType::Rgb8);
    for picture in [png_of(&image), jpeg_of(&image), webp, animated_gif(), interlaced(&image)] {
        for at in (0..picture.len()).step_by(7) {
            let mut broken = picture.clone();
            broken[at] ^= 0xff;
            let _any_answer_will_do = (hash_of(&broken), hash_of(&picture[..at]));
        }
    }
}
