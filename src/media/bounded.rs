//! A reader that gives up: whatever a header says, only so many reads are made.

use std::io::{self, Read, Seek, SeekFrom};

/// Enough to walk over 256 MiB of JPEG segments of the largest size.
const READS: u32 = 4_096;

/// Fails after [`READS`] reads. The position starts at the beginning of the source.
#[derive(Debug)]
pub(super) struct Bounded<'a, R> {
    source: &'a mut R,
    reads_left: u32,
}

impl<'a, R: Read + Seek> Bounded<'a, R> {
    pub(super) fn new(source: &'a mut R) -> io::Result<Self> {
        source.seek(SeekFrom::Start(0))?;
        Ok(Self { source, reads_left: READS })
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.reads_left.checked_sub(1);
        self.reads_left = left.ok_or_else(|| io::Error::other("the header has no end"))?;
        self.source.read(buffer)
    }
}

impl<R: Seek> Seek for Bounded<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}
