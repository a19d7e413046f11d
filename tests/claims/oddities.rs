//! What programs write in a way of their own, and what stands in a file twice.

use shelflife::domain::claims::{Claims, Texts};

use super::claims_in;
use crate::support::embedded::{
    app11, avif, exif, gif, gif_xmp, iim, jpeg, manifest, png, png_chunk, resources, superbox, svg,
    tiff, uuid_manifest, xmp,
};

/// What of the claims a case is about.
type Said = fn(&Claims) -> Option<&str>;

fn check(cases: &[(&str, Vec<u8>, Said, Option<&str>)]) {
    for (why, bytes, said, wanted) in cases {
        let (claims, ..) = claims_in(bytes);
        assert_eq!(said(&claims), *wanted, "{why}");
        assert_eq!(claims.defects, [], "{why}");
    }
}

fn title(claims: &Claims) -> Option<&str> {
    claims.title.any()
}

fn description(claims: &Claims) -> Option<&str> {
    claims.description.any()
}

fn copyright(claims: &Claims) -> Option<&str> {
    claims.copyright.any()
}

fn tool(claims: &Claims) -> Option<&str> {
    claims.tool.as_deref()
}

fn generator(claims: &Claims) -> Option<&str> {
    claims.credentials.as_ref()?.generator.as_deref()
}

fn prompt(claims: &Claims) -> Option<&str> {
    claims.generation.as_ref()?.prompt.as_deref()
}

fn rdf(nodes: &str) -> String {
    format!(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
         xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:cc='http://creativecommons.org/ns#'>\
         {nodes}</rdf:RDF>"
    )
}

fn says(properties: &str) -> String {
    rdf(&format!("<rdf:Description rdf:about=''>{properties}</rdf:Description>"))
}

fn with_xmp(packets: &[&str]) -> Vec<u8> {
    let packet = |text: &&str| {
        (0xe1, [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), text.as_bytes()].concat())
    };
    jpeg(&packets.iter().map(packet).collect::<Vec<_>>())
}

fn with_exif(structures: &[Vec<u8>]) -> Vec<u8> {
    let marked = |exif: &Vec<u8>| (0xe1, [b"Exif\0\0".as_slice(), exif].concat());
    jpeg(&structures.iter().map(marked).collect::<Vec<_>>())
}

fn with_iim(sets: &[(u8, &str)]) -> Vec<u8> {
    jpeg(&[(0xed, [b"Photoshop 3.0\0".as_slice(), &resources(&iim(sets))].concat())])
}

fn text_chunk(key: &str, text: &str) -> Vec<u8> {
    png_chunk(b"tEXt", format!("{key}\0{text}").as_bytes())
}

#[test]
fn of_what_stands_twice_the_one_that_exiftool_takes_counts() {
    let twice = tiff(&[(0x010e, b"first"), (0x010e, b"second")], &[]);
    let other = tiff(&[(0x010e, b"third"), (0x0131, b"tea 2")], &[]);
    let two_nodes = rdf("<rdf:Description dc:title='one'/><rdf:Description dc:title='two'/>");
    let packets = [says("<dc:title>one</dc:title>"), says("<dc:title>two</dc:title>")];
    let list =
        says("<dc:rights><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:rights>");
    let software = [text_chunk("Software", "one"), text_chunk("software", "two")];
    check(&[
        ("EXIF tag", with_exif(std::slice::from_ref(&twice)), description, Some("first")),
        ("first EXIF", with_exif(&[twice.clone(), other.clone()]), description, Some("first")),
        ("second EXIF", with_exif(&[twice, other]), tool, Some("tea 2")),
        ("IIM data set", with_iim(&[(5, "one"), (5, "two")]), title, Some("two")),
        ("XMP property", with_xmp(&[&two_nodes]), title, Some("two")),
        ("XMP packet", with_xmp(&packets.each_ref().map(String::as_str)), title, Some("two")),
        ("XMP item without language", with_xmp(&[&list]), copyright, Some("b")),
        ("PNG keyword", png(&software, &[]), tool, Some("two")),
    ]);
}

#[test]
fn metadata_is_found_however_it_is_wrapped() {
    let structure = tiff(&[(0x0131, b"tea 1.0"), (0x8298, b"A. Person \0An editor\0rest")], &[]);
    let marked = [b"Exif\0\0".as_slice(), &structure].concat();
    let says = xmp("tea", "x");
    let mut numbers = iim(&[(5, "Green tea"), (116, "A. Person")]);
    numbers.resize(numbers.len().next_multiple_of(4), 0);
    numbers.chunks_exact_mut(4).for_each(<[u8]>::reverse);
    check(&[
        ("PNG", png(&[png_chunk(b"eXIf", &marked)], &[]), tool, Some("tea 1.0")),
        ("HEIF, bare", avif(&structure, &says, &[]), tool, Some("tea 1.0")),
        ("HEIF, marked", avif(&marked, &says, &[]), tool, Some("tea 1.0")),
        ("HEIF, emptied", avif(b"", &says, &[]), tool, None),
        ("two lines", with_exif(&[structure]), copyright, Some("A. Person\nAn editor")),
        ("swapped", tiff(&[], &[(0x83bb, 4, &numbers)]), title, Some("Green tea")),
        ("GIF", gif(&[gif_xmp(&xmp("grüner Tee", "x"))]), |c| c.alt.any(), Some("grüner Tee")),
    ]);
}

#[test]
fn a_comment_is_read_in_any_encoding_and_container() {
    let parameters = "tea\nSteps: 20, Seed: 7";
    let commented = |bytes: &[u8]| {
        let comment = [b"UNICODE\0".as_slice(), bytes].concat();
        let mut structure = exif("a tin", "");
        // The comment is the last value, and its length stands before its place.
        let end = structure.len() - 8;
        let length = u32::try_from(comment.len()).unwrap().to_le_bytes();
        structure[end - 12..end - 8].copy_from_slice(&length);
        structure.truncate(end);
        structure.extend(comment);
        with_exif(&[structure])
    };
    let units = |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{parameters}").encode_utf16().flat_map(order).collect()
    };
    let mut parts = vec![b'!', 0xfe, u8::try_from(parameters.len()).unwrap()];
    parts.extend(parameters.as_bytes());
    parts.push(0);
    let tea = Some("tea");
    check(&[
        ("big", commented(&units("", u16::to_be_bytes)), prompt, tea),
        ("big, marked", commented(&units("\u{feff}", u16::to_be_bytes)), prompt, tea),
        ("little, marked", commented(&units("\u{feff}", u16::to_le_bytes)), prompt, tea),
        ("UTF-8", commented(parameters.as_bytes()), prompt, tea),
        ("UTF-8, marked", commented(format!("\u{feff}{parameters}").as_bytes()), prompt, tea),
        ("JPEG", jpeg(&[(0xfe, parameters.as_bytes().to_vec())]), prompt, tea),
        ("GIF", gif(&[parts]), prompt, tea),
    ]);
}

#[test]
fn a_broken_character_takes_no_other_with_it() {
    let broken = |text: &str| text.replace("tin", "\u{1}").into_bytes();
    let with_broken = |bytes: Vec<u8>| -> Vec<u8> {
        bytes.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect()
    };
    let packet = with_broken(broken(&says("<dc:title>grüner Tee tin</dc:title>")));
    let chunk = png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), &packet].concat());
    let cut = |sets: &[u8]| {
        let sets = [sets, b"\x1c\x02\x05\0\x03t\xc3\xbc\x1c\x02\x74\0\x02t\xc3"].concat();
        jpeg(&[(0xed, [b"Photoshop 3.0\0".as_slice(), &resources(&sets)].concat())])
    };
    check(&[
        ("XMP", png(&[chunk], &[]), title, Some("grüner Tee \u{fffd}")),
        ("IIM that says UTF-8", cut(b"\x1c\x01\x5a\0\x03\x1b%G"), copyright, Some("t\u{fffd}")),
        ("IIM that does not", cut(b""), copyright, Some("tÃ")),
    ]);
}

#[test]
fn drawings_say_what_their_programs_wrote() {
    let illustrator = "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x' [\n\
                       <!ENTITY ns_svg \"http://www.w3.org/2000/svg\">\n]>\
                       <svg xmlns='&ns_svg;' width='8' height='8'><title>Tea &ns_svg; tin</title></svg>";
    let long = illustrator.replace(" [", &format!(" [<!-- {} -->", "x".repeat(600)));
    let work = rdf("<cc:Work rdf:about=''><dc:title>The work</dc:title></cc:Work>");
    let bare = "<svg width='8' height='8'><title>Tea</title></svg>";
    check(&[
        ("Illustrator", illustrator.into(), title, Some("Tea &ns_svg; tin")),
        ("a long type", long.into(), title, Some("Tea &ns_svg; tin")),
        ("Inkscape", svg("Tea", &work).into(), title, Some("Tea")),
        ("no namespace", bare.into(), title, Some("Tea")),
    ]);
}

#[test]
fn a_property_keeps_its_language_and_what_cannot_be_resolved() {
    let of = |properties: &str| -> Texts { claims_in(&with_xmp(&[&says(properties)])).0.title };
    for (properties, language, text) in [
        ("<dc:title xml:lang='de'>Tee</dc:title>", "de", "Tee"),
        (
            "<dc:title><rdf:Alt><rdf:li xml:lang='pt_BR'>Chá</rdf:li></rdf:Alt></dc:title>",
            "pt-BR",
            "Chá",
        ),
        ("<dc:title>Tea&nbsp;&amp; &copy; tin</dc:title>", "x-default", "Tea&nbsp;& &copy; tin"),
    ] {
        let title = of(properties);
        assert_eq!(title.0.get(language).map(String::as_str), Some(text), "{title:?}");
    }
    let attribute = rdf("<rdf:Description dc:title='R&amp;D &nbsp; &#169; A & B'/>");
    check(&[("attribute", with_xmp(&[&attribute]), title, Some("R&D &nbsp; © A & B"))]);
}

#[test]
fn times_of_any_form_are_told_as_they_are_written() {
    for (date, time, wanted) in [
        ("20240102", "101112+0100", "2024-01-02T10:11:12+01:00"),
        ("20240102", "101112Z", "2024-01-02T10:11:12Z"),
        ("20240102", "1011", "2024-01-02T1011"),
        ("20240102", "1011-0530", "2024-01-02T1011-05:30"),
        ("2024:01:02", "10:11:12", "2024-01-02T10:11:12"),
        ("2024/01/02", "", "2024-01-02"),
        ("202401", "", "202401"),
        ("2024", "1", "2024T1"),
    ] {
        let (claims, ..) = claims_in(&with_iim(&[(37, date), (38, time)]));
        assert_eq!(claims.expires_on.as_deref(), Some(wanted), "{date} {time}");
    }
}

#[test]
fn credentials_are_what_is_called_so_wherever_it_stands() {
    let store = manifest("tea 1.0", "x");
    let older = manifest("an older program", "x");
    let other = superbox("other.thing", &[]);
    let boxes = |boxes: &[Vec<u8>]| avif(b"", &xmp("tea", "x"), boxes);
    let mut from_zero = app11(&store);
    for (number, (_, segment)) in (0_u32..).zip(&mut from_zero) {
        segment[4..8].copy_from_slice(&number.to_be_bytes());
    }
    let two = [app11(&other), app11(&store)].concat();
    let both = [uuid_manifest("original", &older), uuid_manifest("update", &store)];
    let tea = Some("tea 1.0");
    check(&[
        ("numbers from zero", jpeg(&from_zero), generator, tea),
        ("two boxes of one instance", jpeg(&two), generator, tea),
        ("original", boxes(&[uuid_manifest("original", &store)]), generator, tea),
        ("original and update", boxes(&both), generator, tea),
    ]);
    for bytes in [jpeg(&app11(&other)), boxes(&[uuid_manifest("merkle", &store)])] {
        assert_eq!(claims_in(&bytes).0.credentials, None);
    }
}
