//! The hash of what a picture shows, whatever bytes it is written in.
//!
//! Two files share it only if nothing about them lets a viewer show them differently. Where that is
//! not certain there is no hash: of animations, of pictures that are turned in a way that viewers
//! do not agree about, of colors that are, and of whatever cannot be decoded within the limits.

mod colors;
mod shape;
#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, Limits};
use sha2::{Digest as _, Sha256};

use super::jpeg;
use crate::domain::asset::{Content, Look, PixelHash};

/// A longer file is not decoded.
const FILE: u64 = 128 * 1024 * 1024;
/// A picture of more pixels is not decoded.
const PIXELS: u64 = 100_000_000;
/// What the pixels of one picture may take: so many of four bytes each.
const MEMORY: u64 = 4 * PIXELS;
/// So many samples are hashed at a time; a multiple of every number of channels.
const SAMPLES: usize = 12 * 1024;

/// What is hashed first: another way of hashing has another tag.
const TAG: &[u8] = b"shelflife pixels 1\0";

/// The hash of the pixels of a JPEG, PNG, WebP or GIF that is one still picture: its size and each
/// pixel as red, green, blue and opacity, turned as its EXIF asks, with the color profile that it
/// is to be read by. The color of what is wholly transparent does not count.
///
/// `None` of everything else. Takes about a gigabyte of memory at most.
pub fn pixels(source: &mut (impl Read + Seek)) -> Look {
    // A decoder that fails on strange bytes is no reason to end a scan.
    let seen = catch_unwind(AssertUnwindSafe(|| decode(source)));
    seen.ok().flatten().unwrap_or_default()
}

/// Whether it is of a kind that [`pixels()`] decodes.
pub fn has_pixels(content: &Content) -> bool {
    let kinds = ["image/jpeg", "image/png", "image/webp", "image/gif"];
    kinds.contains(&content.media_type.as_str())
}

fn decode(source: &mut (impl Read + Seek)) -> Option<Look> {
    if source.seek(SeekFrom::End(0)).ok()? > FILE {
        return None;
    }
    let mut source = BufReader::new(source);
    source.rewind().ok()?;
    match image::guess_format(source.fill_buf().ok()?).ok()? {
        ImageFormat::Jpeg => jpeg_pixels(source),
        ImageFormat::Png => png_pixels(source),
        ImageFormat::WebP => webp_pixels(source),
        ImageFormat::Gif => gif_pixels(source),
        _ => None,
    }
}

fn jpeg_pixels(mut source: impl BufRead + Seek) -> Option<Look> {
    if !jpeg::is_plain(&mut source).ok()? {
        return None;
    }
    source.rewind().ok()?;
    let mut decoder = JpegDecoder::new(source).ok()?;
    let orientation = decoder.orientation().ok()?;
    let profile = decoder.icc_profile().ok()?.unwrap_or_default();
    let mut image = image_of(decoder)?;
    image.apply_orientation(orientation);
    seen(&image, &profile)
}

fn png_pixels(mut source: impl BufRead + Seek) -> Option<Look> {
    let colors = colors::of_png(&mut source)?;
    source.rewind().ok()?;
    let decoder = PngDecoder::with_limits(source, limits()).ok()?;
    if decoder.is_apng().ok()? {
        return None;
    }
    seen(&image_of(unturned(decoder)?)?, &colors)
}

fn webp_pixels(source: impl BufRead + Seek) -> Option<Look> {
    let mut decoder = WebPDecoder::new(source).ok()?;
    if decoder.has_animation() {
        return None;
    }
    let profile = decoder.icc_profile().ok()?.unwrap_or_default();
    seen(&image_of(unturned(decoder)?)?, &profile)
}

fn gif_pixels(source: impl BufRead + Seek) -> Option<Look> {
    let mut frames = within_limits(GifDecoder::new(source).ok()?)?.into_frames();
    let only = frames.next()?.ok()?;
    if frames.next().is_some() {
        return None;
    }
    seen(&DynamicImage::ImageRgba8(only.into_buffer()), &[])
}

/// Of a format whose viewers do not all heed EXIF: only if that asks for nothing.
fn unturned<D: ImageDecoder>(mut decoder: D) -> Option<D> {
    let turned = decoder.orientation().ok()? != Orientation::NoTransforms;
    (!turned).then_some(decoder)
}

fn image_of(decoder: impl ImageDecoder) -> Option<DynamicImage> {
    DynamicImage::from_decoder(within_limits(decoder)?).ok()
}

fn within_limits<D: ImageDecoder>(mut decoder: D) -> Option<D> {
    let (width, height) = decoder.dimensions();
    let few = u64::from(width) * u64::from(height) <= PIXELS;
    if !few || decoder.total_bytes() > MEMORY {
        return None;
    }
    decoder.set_limits(limits()).ok()?;
    Some(decoder)
}

/// A decoder may hold two pictures: one that it reads and one that it makes of it.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(2 * MEMORY);
    limits
}

fn seen(image: &DynamicImage, colors: &[u8]) -> Option<Look> {
    let pixels = Some(hash(image, colors)?);
    Some(Look { pixels, look_hash: shape::look_hash(image) })
}

fn hash(image: &DynamicImage, colors: &[u8]) -> Option<PixelHash> {
    let channels = image.color().channel_count();
    let mut hasher = Sha256::new();
    hasher.update(TAG);
    hasher.update(u64::try_from(colors.len()).ok()?.to_be_bytes());
    hasher.update(colors);
    hasher.update(image.width().to_be_bytes());
    hasher.update(image.height().to_be_bytes());
    if let Some(flat) = image.as_flat_samples_u8() {
        hasher.update([8]);
        feed(&mut hasher, flat.samples, (channels, u8::MAX), |sample| [sample])?;
    } else {
        hasher.update([16]);
        let flat = image.as_flat_samples_u16()?;
        feed(&mut hasher, flat.samples, (channels, u16::MAX), u16::to_be_bytes)?;
    }
    Some(PixelHash(hasher.finalize().into()))
}

fn feed<T: Copy + Default + PartialEq, const BYTES: usize>(
    hasher: &mut Sha256,
    samples: &[T],
    (channels, full): (u8, T),
    bytes: impl Fn(T) -> [u8; BYTES],
) -> Option<()> {
    let mut buffer = Vec::with_capacity(4 * BYTES * SAMPLES);
    for part in samples.chunks(SAMPLES) {
        buffer.clear();
        for pixel in part.chunks(channels.into()) {
            let rgba = rgba(pixel, full)?;
            buffer.extend(rgba.into_iter().flat_map(&bytes));
        }
        hasher.update(&buffer);
    }
    Some(())
}

/// Red, green, blue and opacity; all of them zero where nothing is to be seen.
fn rgba<T: Copy + Default + PartialEq>(pixel: &[T], full: T) -> Option<[T; 4]> {
    let rgba = match *pixel {
        [gray] => [gray, gray, gray, full],
        [gray, opacity] => [gray, gray, gray, opacity],
        [red, green, blue] => [red, green, blue, full],
        [red, green, blue, opacity] => [red, green, blue, opacity],
        _ => return None,
    };
    let [.., opacity] = rgba;
    Some(if opacity == T::default() { [T::default(); 4] } else { rgba })
}
