//! Any bytes as JSON of a site: what is read does not depend on how the bytes come.
#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use shelflife::exports::Event;
use shelflife::exports::json::JsonReader;

fuzz_target!(|bytes: &[u8]| {
    let read = |capacity| -> Vec<Event> {
        JsonReader::new(BufReader::with_capacity(capacity, bytes)).map(Result::unwrap).collect()
    };
    assert_eq!(read(7), read(1 << 16));
});
