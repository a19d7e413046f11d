//! A file's bytes by offset, with an end to how much is read: whatever a header says, no more than
//! [`BUDGET`] bytes are asked of a file.

use std::fmt;
use std::io::{Read, Seek, SeekFrom};

/// Enough for the structure of files of many gigabytes; pixels are passed over, not read.
pub(super) const BUDGET: u64 = 32 * 1024 * 1024;
/// What is read ahead at first, and at most once reading goes straight on.
const AHEAD: (usize, usize) = (512, 64 * 1024);

/// What bytes come from.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Answers `None` for every byte that is not there, cannot be read, or is beyond the budget.
pub(super) struct Source<'a> {
    inner: &'a mut dyn ReadSeek,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
    ahead: usize,
    budget: u64,
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<'a> Source<'a> {
    pub(super) fn new(inner: &'a mut dyn ReadSeek) -> Self {
        let length = inner.seek(SeekFrom::End(0)).unwrap_or(0);
        let (window, window_at) = (Vec::new(), 0);
        Self { inner, length, window, window_at, ahead: AHEAD.0, budget: BUDGET }
    }

    /// Bytes of the whole file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether so much was read that the rest is not looked at.
    pub(super) fn is_spent(&self) -> bool {
        self.budget == 0
    }

    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        if let Some(bytes) = self.in_window(at, N) {
            return bytes.first_chunk().copied();
        }
        if !self.holds(at, N as u64) {
            return None;
        }
        self.refill(at, N);
        self.in_window(at, N)?.first_chunk().copied()
    }

    pub(super) fn byte(&mut self, at: u64) -> Option<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(super) fn u16_be(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u32_be(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn u64_be(&mut self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// All of `length` bytes from `at` on, or none. The caller bounds `length`.
    pub(super) fn bytes(&mut self, at: u64, length: usize) -> Option<Vec<u8>> {
        if let Some(bytes) = self.in_window(at, length) {
            return Some(bytes.to_vec());
        }
        if !self.holds(at, length as u64) {
            return None;
        }
        let bytes = self.read(at, length);
        (bytes.len() == length).then_some(bytes)
    }

    /// Whether the file has `length` bytes from `at` on.
    pub(super) fn holds(&self, at: u64, length: u64) -> bool {
        at.checked_add(length).is_some_and(|end| end <= self.length)
    }

    fn in_window(&self, at: u64, length: usize) -> Option<&[u8]> {
        let from = usize::try_from(at.checked_sub(self.window_at)?).ok()?;
        self.window.get(from..from.checked_add(length)?)
    }

    /// Reads on from `at`, the farther ahead the straighter the reading goes on.
    fn refill(&mut self, at: u64, least: usize) {
        let end = self.window_at + self.window.len() as u64;
        let straight = !self.window.is_empty() && at >= self.window_at && at <= end;
        self.ahead = if straight { (self.ahead * 2).min(AHEAD.1) } else { AHEAD.0 };
        self.window = self.read(at, self.ahead.max(least));
        self.window_at = at;
    }

    fn read(&mut self, at: u64, length: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let left = self.length.saturating_sub(at).min(length as u64);
        if left > self.budget {
            self.budget = 0;
            return bytes;
        }
        self.budget -= left;
        if self.inner.seek(SeekFrom::Start(at)).is_ok() {
            let _what_was_read_counts = (&mut self.inner).take(left).read_to_end(&mut bytes);
        }
        bytes
    }
}
