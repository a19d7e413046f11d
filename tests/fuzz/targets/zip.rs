//! Any bytes as an archive: every file has the length that was read, and none leads elsewhere.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use shelflife::domain::asset::Content;
use shelflife::exports::{self, Event};

fuzz_target!(|bytes: &[u8]| {
    // A fuzzer seldom finds the magic bytes and the last record at once.
    let mut archive = bytes.to_vec();
    if let Some(magic) = archive.get_mut(..4) {
        magic.copy_from_slice(b"PK\x03\x04");
    }
    let export =
        exports::open("a.zip", Cursor::new(archive), &|_| (Content::default(), None)).unwrap();
    let mut total = 0;
    for event in export {
        let Event::Item(item) = event.unwrap() else { continue };
        total += item.bytes.map_or(0, |bytes| bytes.length);
    }
    assert!(total <= 1_100 * bytes.len() as u64, "DEFLATE cannot do better");
});
