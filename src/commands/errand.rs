//! A command that runs another.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::domain::actor::Actor;
use crate::domain::time::Timestamp;

/// A call of the program that is made from within another.
#[derive(Debug)]
pub struct Errand {
    /// What one would type after the program's name.
    pub words: Vec<String>,
    /// The current folder of the call.
    pub folder: PathBuf,
    pub config: PathBuf,
    pub now: Timestamp,
    pub actor: Actor,
    pub interrupted: Arc<AtomicUsize>,
}
