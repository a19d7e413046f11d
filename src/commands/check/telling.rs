//! Says what was found, and what follows from it.

use crate::domain::validation::Severity;
use crate::report::{Effect, Found, Item};

use super::super::Context;
use super::baseline::{Baseline, Verdict};
use super::judge::Judged;

/// What turns findings into an answer.
pub(super) struct Telling {
    /// The mildest severity that makes the answer no.
    pub(super) fail_on: Severity,
    pub(super) baseline: Baseline,
}

impl Telling {
    pub(super) fn say(&mut self, ctx: &mut Context<'_>, judged: Judged) {
        let Judged { subject, location, findings } = judged;
        for finding in findings {
            let effect = match &finding.waived {
                Some(words) => Effect::Accepted(words.clone()),
                None if finding.severity >= self.fail_on => Effect::Decides,
                None => Effect::Told,
            };
            let (subject, location) = (subject.clone(), Some(location.clone()));
            let mut found = Found { subject, location, finding, effect };
            match self.baseline.judge(&found) {
                Verdict::Written(line) => ctx.report.document(line),
                Verdict::Left => {}
                Verdict::Accepted(why) => {
                    found.effect = Effect::Accepted(why);
                    ctx.report.say(&Item::Finding(found));
                }
                Verdict::NotAccepted => ctx.report.say(&Item::Finding(found)),
            }
        }
    }

    /// Says what of the baseline has had no use.
    pub(super) fn finish(&self, ctx: &mut Context<'_>) {
        self.baseline.tell_unused(ctx);
    }
}
