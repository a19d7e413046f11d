//! The demo's pictures: drawn by arithmetic at any size, so that renditions need no scaling.

use std::path::Path;

use crate::domain::path::stem_and_extension;
use crate::error::Error;
use crate::files;

/// Sizes that WordPress would make of each upload, in pixels.
const RENDITIONS: [(u32, u32); 2] = [(300, 200), (150, 100)];
const UPLOAD: (u32, u32) = (720, 480);

/// Draws an upload and its renditions into `folder`. `hue` tells pictures apart.
pub(super) fn draw(folder: &Path, name: &str, hue: u8) -> Result<(), Error> {
    files::create_private_dir(folder)?;
    let (stem, _) = stem_and_extension(name.as_bytes());
    let stem = String::from_utf8_lossy(stem);
    write(&folder.join(name), UPLOAD, hue)?;
    for (width, height) in RENDITIONS {
        write(&folder.join(format!("{stem}-{width}x{height}.png")), (width, height), hue)?;
    }
    Ok(())
}

fn write(path: &Path, (width, height): (u32, u32), hue: u8) -> Result<(), Error> {
    let mut bytes = Vec::new();
    encode(&mut bytes, (width, height), hue)
        .map_err(|error| Error::Internal(anyhow::Error::new(error).context("drawing a picture")))?;
    files::write_new_private(path, &bytes)?;
    Ok(())
}

fn encode(
    out: &mut Vec<u8>,
    (width, height): (u32, u32),
    hue: u8,
) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let rows = 0..height;
    let pixels: Vec<u8> = rows
        .flat_map(|y| (0..width).map(move |x| (x * 255 / width, y * 255 / height)))
        .flat_map(|(x, y)| color(x, y, hue))
        .collect();
    writer.write_image_data(&pixels)?;
    writer.finish()
}

/// A disc on a slope of light; coordinates run from 0 to 255 whatever the size.
fn color(x: u32, y: u32, hue: u8) -> [u8; 3] {
    let (dx, dy) = (x.abs_diff(128), y.abs_diff(120));
    let disc = dx * dx + dy * dy < 3_600;
    let light = |value: u32| u8::try_from(value.min(255)).unwrap_or(u8::MAX);
    let hue = u32::from(hue);
    if disc {
        [light(255 - hue / 2), light(90 + hue / 3), light(hue)]
    } else {
        [light(hue / 2 + y / 3), light(120 + x / 4), light(255 - hue + y / 5)]
    }
}
