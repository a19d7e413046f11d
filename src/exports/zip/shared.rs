//! The bytes of an archive, shared by the directory and the member that is being read.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// What an archive is read from.
pub(in crate::exports) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Bytes that several readers read, each at its own place.
#[derive(Clone)]
pub(super) struct Shared<'a> {
    source: Rc<RefCell<Box<dyn ReadSeek + 'a>>>,
    length: u64,
}

impl fmt::Debug for Shared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<'a> Shared<'a> {
    pub(super) fn new(mut source: Box<dyn ReadSeek + 'a>) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        Ok(Self { source: Rc::new(RefCell::new(source)), length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from `at` on, at most `length` of them.
    pub(super) fn section(&self, at: u64, length: u64) -> Section<'a> {
        Section { shared: self.clone(), at, left: length }
    }
}

/// Some of the bytes.
#[derive(Debug)]
pub(super) struct Section<'a> {
    shared: Shared<'a>,
    at: u64,
    left: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..room).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let mut source = self.shared.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        let read = source.read(buffer)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
