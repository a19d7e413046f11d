//! Judges cases beside the reading of more, in their order.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::Scope;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::domain::time::Timestamp;
use crate::domain::validation::Finding;
use crate::report::{Location, Subject};

use super::law::Law;
use super::seen::Seen;

/// Something to judge, and where it stands.
pub(super) struct Case<'g> {
    /// The asset, where the catalog has it.
    pub(super) subject: Option<Subject>,
    pub(super) location: Location,
    pub(super) seen: Seen<'g>,
}

/// What was found in a case.
pub(super) struct Judged {
    pub(super) subject: Option<Subject>,
    pub(super) location: Location,
    pub(super) findings: Vec<Finding>,
}

/// Who takes findings, in the order of the export.
pub(super) type Taker<'t> = &'t mut dyn FnMut(Judged);

/// A thread that judges one batch while the next is gathered.
pub(super) struct Judge<'g> {
    batch: Vec<Case<'g>>,
    /// The length of the texts in the batch, in bytes.
    text: usize,
    waiting: SyncSender<Vec<Case<'g>>>,
    done: Receiver<Vec<Judged>>,
}

/// So many cases, or so many bytes of text, are judged together: enough for all cores, and no more
/// than a small part of the memory.
const MOST_CASES: usize = 512;
const MOST_TEXT: usize = 1 << 20;

impl<'g> Judge<'g> {
    pub(super) fn new<'s>(scope: &'s Scope<'s, '_>, law: &'g Law, now: Timestamp) -> Self
    where
        'g: 's,
    {
        let (waiting, batches) = mpsc::sync_channel::<Vec<Case<'g>>>(1);
        let (told, done) = mpsc::channel();
        scope.spawn(move || {
            for batch in batches {
                let findings: Vec<_> =
                    batch.par_iter().map(|case| case.seen.findings(law, now)).collect();
                let together = batch.into_iter().zip(findings);
                let judged = together.map(|(Case { subject, location, .. }, findings)| Judged {
                    subject,
                    location,
                    findings,
                });
                if told.send(judged.collect()).is_err() {
                    break;
                }
            }
        });
        Self { batch: Vec::new(), text: 0, waiting, done }
    }

    /// Takes a case, and gives to `take` what is judged by now.
    pub(super) fn hand(&mut self, case: Case<'g>, take: Taker<'_>) {
        self.text += case.seen.text();
        self.batch.push(case);
        if self.batch.len() >= MOST_CASES || self.text >= MOST_TEXT {
            self.pass_on();
            self.done.try_iter().flatten().for_each(take);
        }
    }

    /// Gives what is left to `take`.
    pub(super) fn finish(mut self, take: Taker<'_>) {
        self.pass_on();
        let Self { waiting, done, .. } = self;
        drop(waiting);
        done.into_iter().flatten().for_each(take);
    }

    fn pass_on(&mut self) {
        self.text = 0;
        // It fails only if the thread has ended by a panic, which its scope passes on.
        self.waiting.send(std::mem::take(&mut self.batch)).ok();
    }
}
