//! The seam that lets a test end a run before any change to the disk.

use std::fmt;
use std::io;

/// Is told of each change before it is made.
pub trait Steps: fmt::Debug + Send + Sync {
    /// Called before the change `what` names. An error is returned by the operation in place of
    /// its own result, and nothing has been changed then.
    fn before(&self, what: &'static str) -> io::Result<()>;
}

/// Lets everything happen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Steps for Unwatched {
    fn before(&self, _what: &'static str) -> io::Result<()> {
        Ok(())
    }
}
