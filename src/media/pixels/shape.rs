//! The look hash of a picture: what survives when it is compressed anew, resized or brightened.
//!
//! The picture is made gray, shrunk to a small square and taken apart into waves; each of the 256
//! coarse ones gives a bit: whether it is stronger than the median of all. Neither its size nor its
//! proportions count, and colors only by how bright they are.

use std::f32::consts::PI;

use image::DynamicImage;

use crate::domain::asset::LookHash;

/// The side of the square that is looked at. A picture with a shorter side is tiny.
const SIDE: usize = 64;
/// So many waves are asked about in each direction.
const WAVES: usize = 16;
/// The median strength of the waves below which a picture is flat: what noise would decide.
const FLAT: f32 = 0.000_1;

type Square = Vec<[f32; SIDE]>;

/// `None` of a picture that is tiny or flat.
pub(super) fn look_hash(image: &DynamicImage) -> Option<LookHash> {
    let waves = waves(&shrunk(image)?);
    (median(waves.iter().map(|wave| wave.abs()))? >= FLAT).then_some(())?;
    let middle = median(waves.iter().copied())?;
    let mut hash = [0; WAVES * WAVES / 8];
    for (byte, waves) in hash.iter_mut().zip(waves.chunks(8)) {
        *byte = waves.iter().fold(0, |bits, wave| bits << 1 | u8::from(*wave > middle));
    }
    Some(LookHash(hash))
}

/// The strength of each wave, from coarse to fine; the waves that go in one direction only, such as
/// those of a gradient behind everything, are left out.
fn waves(square: &Square) -> Vec<f32> {
    let table: Vec<[f32; SIDE]> = (1..=WAVES).map(wave).collect();
    let rows: Vec<Vec<f32>> =
        square.iter().map(|row| table.iter().map(|wave| product(wave, row)).collect()).collect();
    let column = |at: usize| {
        let mut column = [0.0; SIDE];
        for (cell, row) in column.iter_mut().zip(&rows) {
            *cell = row.get(at).copied().unwrap_or_default();
        }
        column
    };
    let columns: Vec<_> = (0..WAVES).map(column).collect();
    let pairs = table.iter().flat_map(|wave| columns.iter().map(|column| product(wave, column)));
    pairs.collect()
}

/// One wave of so many half turns over the side, as a share of its whole strength.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn wave(turns: usize) -> [f32; SIDE] {
    let side = SIDE as f32;
    std::array::from_fn(|at| ((at as f32 + 0.5) * turns as f32 * PI / side).cos() / side)
}

fn product(one: &[f32; SIDE], other: &[f32; SIDE]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn median(numbers: impl Iterator<Item = f32>) -> Option<f32> {
    let mut numbers: Vec<_> = numbers.collect();
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return None;
    }
    Some(*numbers.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// The picture as a square of mean brightness from 0 to 1; `None` if it is tiny.
fn shrunk(image: &DynamicImage) -> Option<Square> {
    let channels = image.color().channel_count().into();
    let size = (image.width(), image.height());
    if let Some(flat) = image.as_flat_samples_u8() {
        shrink(flat.samples, (channels, size), |sample| f32::from(sample) / f32::from(u8::MAX))
    } else {
        let flat = image.as_flat_samples_u16()?;
        shrink(flat.samples, (channels, size), |sample| f32::from(sample) / f32::from(u16::MAX))
    }
}

fn shrink<T: Copy>(
    samples: &[T],
    (channels, (width, height)): (usize, (u32, u32)),
    light: impl Fn(T) -> f32,
) -> Option<Square> {
    let (columns, lines) = (spread(width)?, spread(height)?);
    let mut square = vec![[0.0; SIDE]; SIDE];
    for (line, share) in samples.chunks(columns.len().checked_mul(channels)?).zip(&lines) {
        let mut row = [0.0; SIDE];
        for (pixel, share) in line.chunks(channels).zip(&columns) {
            share.add(brightness(pixel, &light), |cell, part| {
                *row.get_mut(cell).unwrap_or(&mut 0.0) += part;
            });
        }
        share.add(1.0, |cell, part| {
            let sums = square.get_mut(cell).into_iter().flatten();
            sums.zip(&row).for_each(|(sum, light)| *sum += part * light);
        });
    }
    Some(square)
}

/// How bright a pixel is on white paper.
fn brightness<T: Copy>(pixel: &[T], light: &impl Fn(T) -> f32) -> f32 {
    let luma = |red, green, blue| 0.299 * light(red) + 0.587 * light(green) + 0.114 * light(blue);
    let on_white = |shade: f32, opacity: f32| 1.0 - opacity + shade * opacity;
    match *pixel {
        [gray] => light(gray),
        [gray, opacity] => on_white(light(gray), light(opacity)),
        [red, green, blue] => luma(red, green, blue),
        [red, green, blue, opacity] => on_white(luma(red, green, blue), light(opacity)),
        _ => 0.0,
    }
}

/// How one pixel of a side is shared by the cells of the square: one, or two neighbors.
#[derive(Clone, Copy)]
struct Share {
    cell: usize,
    first: f32,
    second: f32,
}

impl Share {
    fn add(self, light: f32, mut add: impl FnMut(usize, f32)) {
        add(self.cell, light * self.first);
        if self.second > 0.0 {
            add(self.cell + 1, light * self.second);
        }
    }
}

/// The share of each pixel of a side; `None` if there are fewer pixels than cells.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a side has at most a hundred million pixels"
)]
fn spread(pixels: u32) -> Option<Vec<Share>> {
    let pixels = usize::try_from(pixels).ok().filter(|pixels| *pixels >= SIDE)?;
    let width = SIDE as f64 / pixels as f64;
    let share = |at: usize| {
        let cell = at * SIDE / pixels;
        let inside = (((cell + 1) * pixels) as f64 / SIDE as f64 - at as f64).min(1.0);
        let (first, second) = (inside * width, (1.0 - inside) * width);
        Share { cell, first: first as f32, second: second as f32 }
    };
    Some((0..pixels).map(share).collect())
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma, RgbaImage};

    use super::*;

    /// Blots of many shades, in cells of this size.
    fn blots(cell: u32) -> DynamicImage {
        let shade = |x: u32, y: u32| (x * 37 + y * 59 + x * y * 11) % 200;
        let image = GrayImage::from_fn(16 * cell, 16 * cell, |x, y| {
            Luma([u8::try_from(shade(x / cell, y / cell)).unwrap()])
        });
        DynamicImage::ImageLuma8(image)
    }

    fn distance(one: &DynamicImage, other: &DynamicImage) -> u32 {
        look_hash(one).unwrap().distance(&look_hash(other).unwrap())
    }

    #[test]
    fn size_depth_and_number_of_channels_do_not_count() {
        let image = blots(8);
        for other in [
            blots(4),
            blots(13),
            DynamicImage::ImageLuma16(image.to_luma16()),
            DynamicImage::ImageRgb8(image.to_rgb8()),
            DynamicImage::ImageRgba16(image.to_rgba16()),
            image.brighten(20),
        ] {
            assert!(distance(&image, &other) <= 8, "{}", distance(&image, &other));
        }
        assert!(distance(&image, &image.fliph()) > 90);
        assert!(distance(&image, &image.rotate90()) > 90);
    }

    #[test]
    fn what_is_transparent_is_white() {
        let mut image = blots(8).to_rgba8();
        let half = |image: &mut RgbaImage, pixel: [u8; 4]| {
            image.enumerate_pixels_mut().filter(|(x, ..)| *x < 64).for_each(|(.., p)| p.0 = pixel);
        };
        half(&mut image, [9, 9, 9, 0]);
        let transparent = DynamicImage::ImageRgba8(image.clone());
        half(&mut image, [255; 4]);
        assert_eq!(distance(&transparent, &DynamicImage::ImageRgba8(image)), 0);
    }

    #[test]
    fn flat_and_tiny_pictures_have_none() {
        let stripes =
            GrayImage::from_fn(200, 200, |x, _| Luma([if x % 50 < 25 { 255 } else { 0 }]));
        for flat in [
            DynamicImage::new_luma8(200, 200),
            DynamicImage::ImageLuma8(stripes),
            blots(8).crop_imm(0, 0, 128, 63),
            blots(8).crop_imm(0, 0, 63, 128),
        ] {
            assert_eq!(look_hash(&flat), None);
        }
        assert!(look_hash(&blots(8).crop_imm(0, 0, 64, 64)).is_some());
    }

    #[test]
    fn every_pixel_is_shared_out_once() {
        for pixels in [64, 65, 100, 127, 128, 1_000, 4_001] {
            let shares = spread(pixels).unwrap();
            let mut cells = [0.0; SIDE];
            for share in shares {
                share.add(1.0, |cell, part| cells[cell] += part);
            }
            assert!(cells.iter().all(|cell| (cell - 1.0_f32).abs() < 1e-4), "{pixels}: {cells:?}");
        }
        assert!(spread(63).is_none());
    }
}
