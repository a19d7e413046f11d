//! Any bytes as a source of references of every kind: what is found does not depend on how the
//! bytes come.
#![no_main]

use std::io::{BufReader, Cursor};

use libfuzzer_sys::fuzz_target;
use shelflife::domain::reference::SourceKind;
use shelflife::exports::ExportError;
use shelflife::exports::references::{Found, ReferenceReader, Site, SourceFile};

fn read(kind: SourceKind, bytes: &[u8], capacity: usize) -> (Vec<Found>, u64) {
    let bytes = Box::new(BufReader::with_capacity(capacity, Cursor::new(bytes)));
    let file = SourceFile { name: "file".to_owned(), bytes };
    let files = std::iter::once(Ok::<_, ExportError>(file));
    let mut reader = ReferenceReader::new(kind, Site::default(), files);
    let found: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    let reading = reader.into_reading();
    let gaps = found.iter().filter(|found| matches!(found, Found::Gap(_))).count();
    assert_eq!(reading.gaps, gaps as u64, "every gap is told");
    (found, reading.gaps)
}

fuzz_target!(|bytes: &[u8]| {
    for kind in SourceKind::ALL {
        assert_eq!(read(kind, bytes, 7), read(kind, bytes, 1 << 16), "{kind:?}");
    }
});
