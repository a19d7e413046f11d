//! Any bytes as a picture whose pixels are hashed: it is decoded or it is not, twice the same.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use shelflife::media::{pixels, sniff};

/// Larger pictures are decoded too, and would leave no time for others.
const MOST: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let size = sniff(&mut Cursor::new(bytes)).dimensions;
    if size.is_some_and(|size| u64::from(size.width) * u64::from(size.height) > MOST) {
        return;
    }
    let look = pixels(&mut Cursor::new(bytes));
    assert!(look.pixels.is_some() || look.look_hash.is_none());
    assert_eq!(look, pixels(&mut Cursor::new(bytes)), "the same twice");
});
