//! Any bytes as a path, of a walk and of an export.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use shelflife::domain::path::RelPath;

fuzz_target!(|bytes: &[u8]| {
    let claimed = str::from_utf8(bytes).ok().and_then(|text| RelPath::claimed(text).ok());
    let path = RelPath::new(bytes);
    if let Some(claimed) = &claimed {
        assert_eq!(path.as_ref(), Ok(claimed));
    }
    if path.is_ok() {
        let mut parts = Path::new(OsStr::from_bytes(bytes)).components();
        assert!(parts.all(|part| matches!(part, Component::Normal(_))));
    }
});
