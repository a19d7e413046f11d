//! Small real pictures with chosen bytes.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A gray PNG of this size; another `text` gives other bytes and the same pixels.
pub(crate) fn png(size: (u32, u32), text: &[u8]) -> Vec<u8> {
    png_of(size, &[], text)
}

/// A PNG whose first pixels are these, and the others gray.
pub(crate) fn png_of((width, height): (u32, u32), pixels: &[u8], text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let latin: String = text.iter().map(|byte| char::from(*byte)).collect();
    encoder.add_text_chunk("Comment".to_owned(), latin.replace('\0', " ")).unwrap();
    let mut writer = encoder.write_header().unwrap();
    let mut image = vec![128; (width * height) as usize];
    image[..pixels.len()].copy_from_slice(pixels);
    writer.write_image_data(&image).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A picture with something to see: disks of many sizes and shades, others for every seed.
pub(crate) fn scene(seed: u32) -> DynamicImage {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut image = RgbImage::from_pixel(240, 160, Rgb([200, 190, 180]));
    for _ in 0..40 {
        let (x, y, radius) = (i64::from(next(240)), i64::from(next(160)), i64::from(4 + next(28)));
        let color = Rgb([0, 1, 2].map(|_| u8::try_from(next(256)).unwrap()));
        for (at_x, at_y, pixel) in image.enumerate_pixels_mut() {
            let (across, down) = (i64::from(at_x) - x, i64::from(at_y) - y);
            if across * across + down * down <= radius * radius {
                *pixel = color;
            }
        }
    }
    image.into()
}

/// The picture without a loss, in one of the formats that have none.
pub(crate) fn lossless(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn jpeg(image: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let rgb = DynamicImage::ImageRgb8(image.to_rgb8());
    rgb.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    bytes
}

/// The picture in a part of its size.
pub(crate) fn shrunk(image: &DynamicImage, percent: u32) -> DynamicImage {
    let side = |length: u32| (length * percent / 100).max(1);
    image.resize_exact(side(image.width()), side(image.height()), FilterType::Triangle)
}
