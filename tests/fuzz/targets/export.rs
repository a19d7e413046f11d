//! Any bytes as an export of whatever kind they are.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use shelflife::domain::asset::Content;
use shelflife::exports::{self, Event};

fuzz_target!(|bytes: &[u8]| {
    let export =
        exports::open("export", Cursor::new(bytes), &|_| (Content::default(), None)).unwrap();
    for event in export {
        let Event::Item(item) = event.unwrap() else { continue };
        assert!(item.attachment.is_none_or(|id| id > 0));
        assert!(item.problems.len() <= 21);
        item.uploaded();
        for size in item.details.iter().flat_map(|details| &details.sizes) {
            item.beside(&size.file);
        }
    }
    let _ = exports::is_evident(&mut Cursor::new(bytes));
});
