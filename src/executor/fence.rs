//! What keeps a run from changing anything on disk once another one began.

use std::io;

use crate::catalog::Turn;
use crate::files::Steps;

/// Asks before every change whose turn it is. Only what is on its way already is still done.
#[derive(Debug)]
pub struct Fence(pub Turn);

impl Steps for Fence {
    fn before(&self, _what: &'static str) -> io::Result<()> {
        self.0.check().map_err(io::Error::other)
    }
}
