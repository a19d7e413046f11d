//! Progress bars for work that takes longer than a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Watching;

const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error. It may be advanced by several threads, and is gone when it is dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Whether the bar waits for the first second to pass.
    waiting: AtomicBool,
}

impl Progress {
    pub(super) fn new(length: u64, what: &'static str, watching: Watching) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self { bar, waiting: AtomicBool::new(watching == Watching::Terminal) }
    }

    /// Says that `steps` more are done.
    pub fn advance(&self, steps: u64) {
        self.bar.inc(steps);
        if self.waiting.load(Ordering::Relaxed) && self.bar.elapsed() > PATIENCE {
            self.waiting.store(false, Ordering::Relaxed);
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Says how many steps there are, where that was not known before.
    pub fn lengthen(&self, length: u64) {
        self.bar.set_length(length);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
