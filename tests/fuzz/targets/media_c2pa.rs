//! Any bytes as C2PA manifest stores: they are read in few reads, and what comes of them is small.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shelflife::media::Container;

mod media;

fuzz_target!(|bytes: &[u8]| media::read(Container::Manifest, bytes));
