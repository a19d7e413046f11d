//! How the colors of a PNG are to be read, as far as it matters to what is seen.

use std::io::{BufRead, Seek};

use png::{Decoder, Info, Limits, ScaledFloat, SourceChromaticities};

/// What is read of a PNG before its pixels, at most.
const HEADER: usize = 64 * 1024 * 1024;
/// The gamma of sRGB as PNG writes it.
const GAMMA: u32 = 45_455;
/// White, red, green and blue of sRGB as PNG writes them.
const CHROMATICITIES: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];

/// The color profile; the gamma and the chromaticities where there is none and they are not those
/// of sRGB; nothing for sRGB, which is what a PNG without any of it is read as.
///
/// `None` if it cannot be read, or is for screens of high dynamic range.
pub(super) fn of_png(source: &mut (impl BufRead + Seek)) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new_with_limits(source, Limits { bytes: HEADER });
    decoder.set_ignore_text_chunk(true);
    let reader = decoder.read_info().ok()?;
    let info = reader.info();
    if is_of_high_range(info) {
        return None;
    }
    if let Some(profile) = &info.icc_profile {
        return Some(profile.to_vec());
    }
    let odd = info.srgb.is_none() && !is_usual(info);
    Some(if odd { measures(info) } else { Vec::new() })
}

fn is_of_high_range(info: &Info<'_>) -> bool {
    info.coding_independent_code_points.is_some()
        || info.mastering_display_color_volume.is_some()
        || info.content_light_level.is_some()
}

fn is_usual(info: &Info<'_>) -> bool {
    info.gama_chunk.is_none_or(|gamma| gamma.into_scaled() == GAMMA)
        && info.chrm_chunk.is_none_or(|colors| numbers(&colors) == CHROMATICITIES)
}

fn measures(info: &Info<'_>) -> Vec<u8> {
    let gamma = info.gama_chunk.map_or(GAMMA, ScaledFloat::into_scaled);
    let colors = info.chrm_chunk.map_or(CHROMATICITIES, |colors| numbers(&colors));
    let all = std::iter::once(gamma).chain(colors).flat_map(u32::to_be_bytes);
    b"gamma and chromaticities".iter().copied().chain(all).collect()
}

fn numbers(colors: &SourceChromaticities) -> [u32; 8] {
    let SourceChromaticities { white: w, red: r, green: g, blue: b } = *colors;
    [w.0, w.1, r.0, r.1, g.0, g.1, b.0, b.1].map(ScaledFloat::into_scaled)
}
