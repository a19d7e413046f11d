//! Small files of every kind that claims are read from, with metadata of our own in them.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// An XMP packet that says this as alternative text and source type.
pub(crate) fn xmp(alt: &str, source_type: &str) -> String {
    format!(
        "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?>\
         <x:xmpmeta xmlns:x='adobe:ns:meta/'>\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <rdf:Description rdf:about='' xmlns:core='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/' \
         xmlns:ext='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' ext:DigitalSourceType='{source_type}'>\
         <core:AltTextAccessibility><rdf:Alt><rdf:li xml:lang='x-default'>{alt}</rdf:li>\
         <rdf:li xml:lang='de'>{alt} (de)</rdf:li></rdf:Alt></core:AltTextAccessibility>\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
}

/// A TIFF structure whose first directory holds these texts, in little endian.
pub(crate) fn tiff(texts: &[(u16, &[u8])], more: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let entries: Vec<(u16, u16, Vec<u8>)> = texts
        .iter()
        .map(|(tag, text)| (*tag, 2, [*text, b"\0"].concat()))
        .chain(more.iter().map(|(tag, kind, value)| (*tag, *kind, value.to_vec())))
        .collect();
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let mut values = Vec::new();
    let first_value = 8 + 2 + entries.len() * 12 + 4;
    bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
    for (tag, kind, value) in entries {
        let width = if kind == 4 { 4 } else { 1 };
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(u32::try_from(value.len() / width).unwrap().to_le_bytes());
        if value.len() <= 4 {
            bytes.extend(value.iter().chain(&[0; 4]).take(4));
        } else {
            bytes.extend(u32::try_from(first_value + values.len()).unwrap().to_le_bytes());
            values.extend(value);
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(values);
    bytes
}

/// EXIF with a description and, in a directory of its own, a comment.
pub(crate) fn exif(description: &str, comment: &str) -> Vec<u8> {
    let mut bytes = tiff(&[(0x010e, description.as_bytes())], &[(0x8769, 4, &[0; 4])]);
    let at = u32::try_from(bytes.len()).unwrap();
    // The second entry's value.
    bytes[8 + 2 + 12 + 8..][..4].copy_from_slice(&at.to_le_bytes());
    let units: Vec<u8> = comment.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let value = [b"UNICODE\0".as_slice(), &units].concat();
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(0x9286_u16.to_le_bytes());
    bytes.extend(7_u16.to_le_bytes());
    bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend((at + 2 + 12 + 4).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(value);
    bytes
}

/// Data sets of IPTC-IIM record 2.
pub(crate) fn iim(sets: &[(u8, &str)]) -> Vec<u8> {
    let one = |(number, text): &(u8, &str)| {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&[0x1c, 2, *number], length.as_slice(), text.as_bytes()].concat()
    };
    sets.iter().flat_map(one).collect()
}

/// Photoshop image resources around data sets.
pub(crate) fn resources(iim: &[u8]) -> Vec<u8> {
    let length = u32::try_from(iim.len()).unwrap().to_be_bytes();
    let padding: &[u8] = if iim.len() % 2 == 1 { b"\0" } else { b"" };
    [b"8BIM\x04\x04\0\0", length.as_slice(), iim, padding].concat()
}

fn jumbf_box(name: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [length.as_slice(), name, body].concat()
}

pub(crate) fn superbox(label: &str, content: &[Vec<u8>]) -> Vec<u8> {
    let description = [&[0; 16], [3].as_slice(), label.as_bytes(), b"\0"].concat();
    jumbf_box(b"jumb", &[jumbf_box(b"jumd", &description), content.concat()].concat())
}

fn cbor_text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[0x78, length], text.as_bytes()].concat()
}

/// A C2PA store of two manifests; the newest names this generator and source type.
pub(crate) fn manifest(generator: &str, source_type: &str) -> Vec<u8> {
    let claim = |generator: &str| {
        let info = [b"\xa1".to_vec(), cbor_text("name"), cbor_text(generator)].concat();
        let claim = [b"\xa1".to_vec(), cbor_text("claim_generator_info"), info].concat();
        superbox("c2pa.claim.v2", &[jumbf_box(b"cbor", &claim)])
    };
    let action =
        [b"\xa1".to_vec(), cbor_text("digitalSourceType"), cbor_text(source_type)].concat();
    let actions = [b"\xa1".to_vec(), cbor_text("actions"), b"\x81".to_vec(), action].concat();
    let assertion = superbox("c2pa.actions.v2", &[jumbf_box(b"cbor", &actions)]);
    let old = superbox("urn:c2pa:old", &[claim("an older program")]);
    let newest =
        superbox("urn:c2pa:newest", &[superbox("c2pa.assertions", &[assertion]), claim(generator)]);
    superbox("c2pa", &[old, newest])
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), body].concat()
}

/// A JPEG with these application segments before a picture of eight by eight pixels.
pub(crate) fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let before: Vec<u8> =
        segments.iter().flat_map(|(marker, body)| segment(*marker, body)).collect();
    let frame = segment(0xc0, b"\x08\0\x08\0\x08\x01\x01\x11\0");
    let scan = segment(0xda, b"\x01\x01\0\0\x3f\0");
    [b"\xff\xd8", before.as_slice(), &frame, &scan, b"\x12\x34\xff\0\x56\xff\xd9"].concat()
}

/// The APP11 segments that hold a store, cut so that there are more than one.
pub(crate) fn app11(store: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let (header, body) = store.split_at(8);
    let parts = body.chunks(200).zip(1_u32..);
    let one = |(part, number): (&[u8], u32)| {
        (0xeb, [b"JP\0\x01".as_slice(), &number.to_be_bytes(), header, part].concat())
    };
    parts.map(one).collect()
}

pub(crate) fn png_chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [length.as_slice(), name, body, &sum.sum().to_be_bytes()].concat()
}

/// A PNG with these chunks before and after its picture data.
pub(crate) fn png(before: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    let header = png_chunk(b"IHDR", b"\0\0\0\x08\0\0\0\x08\x08\0\0\0\0");
    let data = png_chunk(b"IDAT", &deflated(&[0; 72]));
    let end = png_chunk(b"IEND", b"");
    [b"\x89PNG\r\n\x1a\n", header.as_slice(), &before.concat(), &data, &after.concat(), &end]
        .concat()
}

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn webp(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunk = |(name, body): &(&[u8; 4], Vec<u8>)| {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        let padding: &[u8] = if body.len() % 2 == 1 { b"\0" } else { b"" };
        [name.as_slice(), &length, body, padding].concat()
    };
    let body: Vec<u8> = chunks.iter().flat_map(chunk).collect();
    let length = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", length.as_slice(), b"WEBP", &body].concat()
}

/// A GIF with these extensions, each whole, before its picture.
pub(crate) fn gif(extensions: &[Vec<u8>]) -> Vec<u8> {
    let picture = b",\0\0\0\0\x08\0\x08\0\0\x02\x02\x4c\x01\0;";
    [b"GIF89a\x08\0\x08\0\0\0\0", extensions.concat().as_slice(), picture].concat()
}

/// XMP as GIF has it: as it is, then bytes that lead a reader of parts to the end.
pub(crate) fn gif_xmp(xmp: &str) -> Vec<u8> {
    let trailer: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
    [b"!\xff\x0bXMP DataXMP", xmp.as_bytes(), &trailer].concat()
}

pub(crate) fn gif_manifest(store: &[u8]) -> Vec<u8> {
    let parts =
        store.chunks(255).flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat());
    [b"!\xff\x0bC2PA_GIF\x01\0\0", parts.collect::<Vec<_>>().as_slice(), b"\0"].concat()
}

/// An AVIF whose items are EXIF, with what stands before it, and XMP, and whose boxes are these besides.
pub(crate) fn avif(exif: &[u8], xmp: &str, boxes: &[Vec<u8>]) -> Vec<u8> {
    let item = |number: u16, rest: &[u8]| {
        let body = [b"\x02\0\0\0", number.to_be_bytes().as_slice(), b"\0\0", rest].concat();
        jumbf_box(b"infe", &body)
    };
    let items = [item(1, b"Exif\0"), item(2, b"mime\0application/rdf+xml\0")].concat();
    let list = jumbf_box(b"iinf", &[b"\0\0\0\0\0\x02", items.as_slice()].concat());
    let place = |number: u16, at: usize, length: usize| {
        let number = number.to_be_bytes();
        let at = u32::try_from(at).unwrap().to_be_bytes();
        let length = u32::try_from(length).unwrap().to_be_bytes();
        // Construction method 1: within `idat`.
        [number.as_slice(), b"\0\x01\0\0\0\x01", &at, &length].concat()
    };
    let places = [place(1, 0, exif.len()), place(2, exif.len(), xmp.len())].concat();
    let location = jumbf_box(b"iloc", &[b"\x01\0\0\0\x44\0\0\x02", places.as_slice()].concat());
    let held = jumbf_box(b"idat", &[exif, xmp.as_bytes()].concat());
    let meta = jumbf_box(b"meta", &[b"\0\0\0\0", list.as_slice(), &location, &held].concat());
    let brand = jumbf_box(b"ftyp", b"avif\0\0\0\0avifmif1");
    [brand, meta, boxes.concat(), jumbf_box(b"mdat", b"pixels")].concat()
}

pub(crate) fn uuid_manifest(purpose: &str, store: &[u8]) -> Vec<u8> {
    let id = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let purpose = format!("\0\0\0\0{purpose}\0\0\0\0\0\0\0\0\0");
    let body = [id.as_slice(), purpose.as_bytes(), store].concat();
    jumbf_box(b"uuid", &body)
}

/// An SVG with a title, and with `metadata` as it is.
pub(crate) fn svg(title: &str, metadata: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><title>{title}</title>\
         <metadata>{metadata}</metadata><rect width='8' height='8'/></svg>"
    )
}

/// One file of each kind under a name of its own, each with an alternative text of that name.
pub(crate) fn samples() -> Vec<(&'static str, Vec<u8>)> {
    const GENERATED: &str =
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let says = |name: &str| xmp(name, GENERATED);
    let parameters = "a tin of tea\nNegative prompt: text\nSteps: 20, Seed: 4815, Model: tea-xl";
    let exif = exif("a tin", parameters);
    let item = [b"\0\0\0\0", exif.as_slice()].concat();
    let store = manifest("tea 1.0", GENERATED);
    let iim = iim(&[(5, "Tea"), (25, "tea"), (25, "tin"), (80, "A. Person"), (37, "20270131")]);
    let bare =
        |text: &str| text[text.find("<rdf:RDF").unwrap()..text.find("</x:").unwrap()].to_owned();
    let mut segments = vec![
        (0xe1, [b"Exif\0\0".as_slice(), &exif].concat()),
        (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", says("tea.jpg").as_bytes()].concat()),
        (0xed, [b"Photoshop 3.0\0".as_slice(), &resources(&iim)].concat()),
    ];
    segments.extend(app11(&store));
    let text = |key: &str, text: &str| png_chunk(b"tEXt", format!("{key}\0{text}").as_bytes());
    let international = |key: &[u8], flag: u8, text: &[u8]| {
        png_chunk(b"iTXt", &[key, &[0, flag, 0, 0, 0], text].concat())
    };
    vec![
        ("tea.jpg", jpeg(&segments)),
        (
            "tea.png",
            png(
                &[
                    text("parameters", parameters),
                    png_chunk(b"eXIf", &exif),
                    png_chunk(b"caBX", &store),
                ],
                &[international(b"XML:com.adobe.xmp", 1, &deflated(says("tea.png").as_bytes()))],
            ),
        ),
        (
            "tea.webp",
            webp(&[
                (b"VP8X", vec![0x0c, 0, 0, 0, 7, 0, 0, 7, 0, 0]),
                (b"VP8 ", b"\x30\x01\0\x9d\x01\x2a\x08\0\x08\0".to_vec()),
                (b"EXIF", exif.clone()),
                (b"XMP ", says("tea.webp").into_bytes()),
                (b"C2PA", store.clone()),
            ]),
        ),
        ("tea.avif", avif(&item, &says("tea.avif"), &[uuid_manifest("manifest", &store)])),
        (
            "tea.tif",
            tiff(
                &[(0x010e, b"a tin"), (0x0131, b"tea 1.0")],
                &[(0x02bc, 1, says("tea.tif").as_bytes()), (0x83bb, 7, &iim), (0xcd41, 7, &store)],
            ),
        ),
        ("tea.gif", gif(&[gif_xmp(&says("tea.gif")), gif_manifest(&store)])),
        ("tea.svg", svg("Tea", &bare(&says("tea.svg"))).into_bytes()),
        ("tea.xmp", says("tea.xmp").into_bytes()),
        ("tea.c2pa", store),
    ]
}
