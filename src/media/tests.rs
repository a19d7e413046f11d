use std::io::Cursor;

use proptest::prelude::*;

use super::sniff;
use crate::domain::asset::Content;

fn of(bytes: &[u8]) -> Content {
    sniff(&mut Cursor::new(bytes))
}

/// `image/png 3x2`, or the type alone when there are no dimensions.
fn shown(bytes: &[u8]) -> String {
    let content = of(bytes);
    content
        .dimensions
        .map_or(content.media_type.clone(), |size| format!("{} {size}", content.media_type))
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    bytes
}

fn jpeg_segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap();
    [&[0xff, marker], &length.to_be_bytes()[..], payload].concat()
}

/// A JPEG of 640x480 with `before` between its start and its frame header.
fn jpeg(before: &[u8]) -> Vec<u8> {
    let frame = jpeg_segment(0xc0, b"\x08\x01\xe0\x02\x80\x03\x01\x11\0\x02\x11\0\x03\x11\0");
    [b"\xff\xd8", before, &frame, b"\xff\xd9"].concat()
}

fn gif(after_header: &[u8]) -> Vec<u8> {
    [b"GIF89a\x20\x00\x10\x00\x00\x00\x00", after_header].concat()
}

fn webp(chunk: &[u8]) -> Vec<u8> {
    let length = u32::try_from(chunk.len() + 4).unwrap();
    [b"RIFF", &length.to_le_bytes()[..], b"WEBP", chunk].concat()
}

fn bitmap(header_bytes: u32, width: i32, height: i32) -> Vec<u8> {
    let mut bytes = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0".to_vec();
    bytes.extend(header_bytes.to_le_bytes());
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.resize(64, 0);
    bytes
}

fn mp4_box(name: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 8).unwrap();
    [&length.to_be_bytes()[..], &name, payload].concat()
}

/// An ISO base media file of one item with this size, of the given major brand.
fn heif(brand: [u8; 4], width: u32, height: u32) -> Vec<u8> {
    let extent = [&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat();
    let properties = mp4_box(*b"iprp", &mp4_box(*b"ipco", &mp4_box(*b"ispe", &extent)));
    let meta = mp4_box(*b"meta", &[&[0; 4][..], &properties].concat());
    [mp4_box(*b"ftyp", &[&brand, &[0; 4][..], b"mif1", &brand].concat()), meta].concat()
}

fn tiff(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    for (tag, value) in [(0x100_u16, width), (0x101, height)] {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(b"\x03\0\x01\0\0\0");
        bytes.extend(value.to_le_bytes());
        bytes.extend(b"\0\0");
    }
    bytes.extend(b"\0\0\0\0");
    bytes
}

#[test]
fn each_kind_of_picture_is_told_with_its_size() {
    let vp8x = b"VP8X\x0a\0\0\0\0\0\0\0\x3f\x06\0\xaf\x04\0";
    let cases = [
        (png(3, 2), "image/png 3x2"),
        (jpeg(b""), "image/jpeg 640x480"),
        (gif(b",\0"), "image/gif 32x16"),
        (webp(vp8x), "image/webp 1600x1200"),
        (heif(*b"avif", 1600, 1200), "image/avif 1600x1200"),
        (heif(*b"heic", 400, 300), "image/heif 400x300"),
        (tiff(70, 50), "image/tiff 70x50"),
        (bitmap(40, 8, 4), "image/bmp 8x4"),
        (bitmap(40, 8, -4), "image/bmp 8x4"),
        (bitmap(12, 8 | 4 << 16, 0), "image/bmp 8x4"),
        (
            b"\0\0\x01\0\x01\0\x20\x10\0\0\x01\0\x20\0\0\0\0\0\x16\0\0\0".to_vec(),
            "image/vnd.microsoft.icon 32x16",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(shown(&bytes), expected);
    }
}

#[test]
fn what_is_no_picture_is_told_by_type_alone() {
    let cases: [(&[u8], &str); 8] = [
        (b"<!doctype html><title>404</title>", "text/html"),
        (b"<?xml version=\"1.0\"?><feed/>", "text/xml"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/mp4"),
        (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "application/zip"),
        (b"just text", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(shown(bytes), expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_script_behind_magic_bytes_is_not_a_picture() {
    for magic in [&b"\xff\xd8\xff\xe0"[..], b"\x89PNG", b"GIF89a", b"BM", b"\0\0\x01\0"] {
        let script = [magic, b"<?php system($_GET['c']); ?>"].concat();
        assert_eq!(shown(&script), "application/octet-stream", "{}", magic.escape_ascii());
    }
    assert_eq!(
        shown(b"BMW sells cars, and this is a long text about them."),
        "application/octet-stream"
    );
}

#[test]
fn a_cut_picture_is_not_called_one() {
    let whole = jpeg(&jpeg_segment(0xe1, &[7; 100]));
    assert_eq!(shown(&whole[..60]), "application/octet-stream");
    assert_eq!(shown(&png(3, 2)[..20]), "application/octet-stream");
}

#[test]
fn a_size_of_zero_is_no_size_and_a_huge_one_is_kept() {
    assert_eq!(shown(&png(0, 0)), "image/png");
    assert_eq!(shown(&png(2_147_483_647, 2_147_483_647)), "image/png 2147483647x2147483647");
}

#[test]
fn a_frame_header_far_behind_metadata_is_found() {
    let metadata = jpeg_segment(0xe2, &vec![0; 65_533]).repeat(300);
    assert_eq!(shown(&jpeg(&metadata)), "image/jpeg 640x480");
}

#[test]
fn fill_bytes_before_a_marker_are_passed_over() {
    assert_eq!(shown(&jpeg(b"\xff\xff\xff\xfe\0\x04hi\xff\xff")), "image/jpeg 640x480");
}

#[test]
fn a_header_without_end_is_given_up() {
    let metadata = jpeg_segment(0xe2, b"").repeat(1_000_000);
    assert_eq!(shown(&jpeg(&metadata)), "application/octet-stream");
    assert_eq!(shown(&jpeg(&vec![0xff; 4_000_000])), "application/octet-stream");
}

#[test]
fn a_frame_header_that_does_not_fit_its_components_is_none() {
    let mut bytes = jpeg(b"");
    let components = 11;
    assert_eq!(bytes[components], 3);
    bytes[components] = 4;
    assert_eq!(shown(&bytes), "application/octet-stream");
    let scan_first = jpeg(&jpeg_segment(0xda, b"\x01"));
    assert_eq!(shown(&scan_first), "application/octet-stream");
}

#[test]
fn the_size_of_an_svg_is_its_own_or_its_view_box() {
    let cases = [
        (r#"<svg width="120" height="80px"/>"#, "image/svg+xml 120x80"),
        (
            r#"<?xml version="1.0"?><!-- made by hand --><svg width="1in" height="72pt">"#,
            "image/svg+xml 96x96",
        ),
        (r#"<svg viewBox="0 0 640 480"></svg>"#, "image/svg+xml 640x480"),
        (r#"<svg width="100%" height="100%" viewBox="-5,-5,30.4,20"/>"#, "image/svg+xml 30x20"),
        (r#"<svg width="320" viewBox="0 0 640 480"/>"#, "image/svg+xml 320x240"),
        (
            r#"<s:svg xmlns:s="http://www.w3.org/2000/svg" width="9" height="9"/>"#,
            "image/svg+xml 9x9",
        ),
        ("\u{feff}\n<svg width=\"0.2\" height=\"7\"/>", "image/svg+xml 1x7"),
        ("<svg/>", "image/svg+xml"),
        (r#"<svg width="-1" height="5"/>"#, "image/svg+xml"),
        (r#"<svg width="1e999" height="NaN" viewBox="0 0 inf 1"/>"#, "image/svg+xml"),
        (r#"<svg width="99999999999" height="5"/>"#, "image/svg+xml"),
        (r#"<html><svg width="1" height="1"/></html>"#, "text/html"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn what_a_document_type_declares_plays_no_part() {
    let cases = [
        (r#"<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">"#, "image/svg+xml 5x6"),
        (r#"<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>"#, "image/svg+xml 5x6"),
        (r#"<!DOCTYPE svg [<!ATTLIST svg width CDATA "9">]>"#, "image/svg+xml 5x6"),
        (r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">]>"#, "text/xml"),
        (r#"<!DOCTYPE svg [<!ATTLIST svg width CDATA "9">"#, "application/octet-stream"),
    ];
    for (declaration, expected) in cases {
        let text = format!(r#"{declaration}<svg width="5" height="6"/>"#);
        assert_eq!(shown(text.as_bytes()), expected, "{text}");
    }
}

/// Bytes that begin like some kind of file and go on at random.
fn almost_a_file() -> impl Strategy<Value = Vec<u8>> {
    let starts = vec![
        png(3, 2),
        jpeg(&jpeg_segment(0xe1, &[0; 40])),
        gif(b","),
        webp(b"VP8L\x05\0\0\0\x2f\0\0\0\0"),
        heif(*b"avif", 9, 9),
        heif(*b"heic", 9, 9),
        tiff(3, 3),
        bitmap(40, 3, 3),
        b"\0\0\x01\0\x02\0".to_vec(),
        b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a\0\0\0\x10jxlp".to_vec(),
        b"\xff\x0a".to_vec(),
        b"8BPS\0\x01".to_vec(),
        b"II\x2b\0\x08\0\0\0".to_vec(),
        b"<svg width='".to_vec(),
        b"PK\x03\x04".to_vec(),
        Vec::new(),
    ];
    let change = (any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(starts), prop::collection::vec(change, 0..6), any::<Vec<u8>>()).prop_map(
        |(mut bytes, changes, rest)| {
            bytes.extend(rest);
            for (at, byte) in changes {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_bytes_make_it_panic_or_claim_a_size_of_zero(bytes in almost_a_file()) {
        let content = of(&bytes);
        prop_assert!(content.media_type.contains('/'));
        if let Some(size) = content.dimensions {
            prop_assert!(size.width > 0 && size.height > 0);
            prop_assert!(content.media_type.starts_with("image/"));
        }
    }
}
