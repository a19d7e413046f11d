//! What holds of the claims of any file.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use shelflife::media::{Container, read_claims, read_claims_as, sniff};

struct Counting<'a> {
    inner: Cursor<&'a [u8]>,
    bytes: u64,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

pub fn read(container: Container, bytes: &[u8]) {
    let mut file = Counting { inner: Cursor::new(bytes), bytes: 0 };
    let claims = read_claims_as(container, &mut file);
    assert!(claims.defects.len() <= 20);
    assert!(file.bytes <= 64 * bytes.len() as u64 + 65_536, "{} bytes read", file.bytes);
    assert_eq!(claims, read_claims_as(container, &mut Cursor::new(bytes)), "the same twice");
    let _kind = sniff(&mut Cursor::new(bytes));
    let _claims = read_claims(&mut Cursor::new(bytes));
}
