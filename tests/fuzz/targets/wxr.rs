//! Any bytes as WXR: what is read does not depend on how the bytes come.
#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use shelflife::exports::Event;
use shelflife::exports::wxr::WxrReader;

fuzz_target!(|bytes: &[u8]| {
    let read = |capacity| -> Vec<Event> {
        WxrReader::new(BufReader::with_capacity(capacity, bytes)).map(Result::unwrap).collect()
    };
    assert_eq!(read(7), read(1 << 16));
});
