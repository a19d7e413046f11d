//! Any bytes as a table of attachments, and of descriptions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shelflife::exports::Event;
use shelflife::exports::table::{AttachmentTable, read_descriptions};

fuzz_target!(|bytes: &[u8]| {
    for event in AttachmentTable::new(bytes) {
        if let Event::Problem(problem) = event.unwrap() {
            assert!(problem.place.line > 0);
        }
    }
    read_descriptions(bytes).for_each(drop);
});
