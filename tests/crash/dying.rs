//! Steps that a test counts, and at which it lets a run die or a call fail.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use shelflife::files::Steps;

/// What happens at one of the steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    Nothing,
    /// From this step on nothing happens any more: the process is dead.
    DiesBefore(usize),
    /// This one call fails, the process lives on.
    FailsAt(usize, i32),
}

/// Counts every change of a run.
#[derive(Debug)]
pub(super) struct Counted {
    fate: Fate,
    taken: Mutex<Vec<&'static str>>,
}

impl Counted {
    pub(super) fn with(fate: Fate) -> Arc<Self> {
        Arc::new(Self { fate, taken: Mutex::default() })
    }

    /// The steps that were asked about, by name.
    pub(super) fn taken(&self) -> Vec<&'static str> {
        self.taken.lock().unwrap().clone()
    }
}

/// Lets somebody else do something just before a step, as another process might.
pub(super) struct Meddled {
    at: usize,
    taken: Mutex<usize>,
    deed: Box<dyn Fn() + Send + Sync>,
}

impl Meddled {
    pub(super) fn before(at: usize, deed: impl Fn() + Send + Sync + 'static) -> Arc<dyn Steps> {
        Arc::new(Self { at, taken: Mutex::default(), deed: Box::new(deed) })
    }
}

impl fmt::Debug for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meddled").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Steps for Meddled {
    fn before(&self, _what: &'static str) -> io::Result<()> {
        let mut taken = self.taken.lock().unwrap();
        if *taken == self.at {
            (self.deed)();
        }
        *taken += 1;
        Ok(())
    }
}

impl Steps for Counted {
    fn before(&self, what: &'static str) -> io::Result<()> {
        let mut taken = self.taken.lock().unwrap();
        let number = taken.len();
        taken.push(what);
        match self.fate {
            Fate::DiesBefore(at) if number >= at => Err(io::Error::other("dead")),
            Fate::FailsAt(at, errno) if number == at => Err(io::Error::from_raw_os_error(errno)),
            _ => Ok(()),
        }
    }
}
