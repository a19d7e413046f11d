//! Any bytes as a value in PHP's serialization format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shelflife::exports::php;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = php::read_nested(bytes) {
        assert!(value.count().is_none() || value.entries().is_empty());
    }
});
