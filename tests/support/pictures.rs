//! Small real pictures with chosen bytes.

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
