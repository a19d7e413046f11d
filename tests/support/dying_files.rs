//! A disk that stops at a chosen change, as if the run had been killed there.

use std::io;
use std::sync::Mutex;

use shelflife::files::Steps;

/// Lets a number of changes happen; then nothing more.
#[derive(Debug)]
pub(crate) struct DyingFiles {
    allowed: usize,
    seen: Mutex<Vec<&'static str>>,
}

impl DyingFiles {
    pub(crate) fn after(allowed: usize) -> Self {
        Self { allowed, seen: Mutex::default() }
    }

    /// One that never dies, to count the changes.
    pub(crate) fn never() -> Self {
        Self::after(usize::MAX)
    }

    /// The changes asked for, the ones that died included.
    pub(crate) fn seen(&self) -> Vec<&'static str> {
        self.seen.lock().unwrap().clone()
    }
}

impl Steps for DyingFiles {
    fn before(&self, what: &'static str) -> io::Result<()> {
        let mut seen = self.seen.lock().unwrap();
        seen.push(what);
        if seen.len() > self.allowed { Err(io::Error::other("killed")) } else { Ok(()) }
    }
}
