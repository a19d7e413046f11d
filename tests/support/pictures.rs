//! Small real pictures with chosen bytes.

/// A gray PNG of this size; another `text` gives other bytes and the same pixels.
pub(crate) fn png((width, height): (u32, u32), text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let latin: String = text.iter().map(|byte| char::from(*byte)).collect();
    encoder.add_text_chunk("Comment".to_owned(), latin.replace('\0', " ")).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![128; (width * height) as usize]).unwrap();
    writer.finish().unwrap();
    bytes
}
