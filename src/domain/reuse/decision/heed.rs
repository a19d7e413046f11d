//! What decisions make of the answers that the record gives.

use std::collections::BTreeMap;

use super::super::{
    Answer, Candidate, Grounds, Question, ReuseVerdict, Use, ask, check_reuse, no, yes,
};
use super::{Lapse, ReuseDecision, Ruling, lapses_in_words};
use crate::domain::time::Timestamp;

/// A decision about the kind of use that is asked for, with why it does not count any more.
struct Heard<'d> {
    decision: &'d ReuseDecision,
    lapses: Vec<Lapse>,
}

/// [`check_reuse`] with what people decided about the asset, oldest first.
///
/// To each question the newest decision counts that answers it about this use. Where that one has
/// lapsed, none does: what was decided before it is over too.
pub fn check_decided_reuse(
    candidate: &Candidate<'_>,
    wanted: &Use,
    decisions: &[ReuseDecision],
    now: Timestamp,
) -> ReuseVerdict {
    let recorded = check_reuse(candidate, wanted);
    let about = decisions.iter().rev().filter(|decision| decision.is_about(wanted));
    let heard = |decision| Heard { decision, lapses: decision.lapses(candidate, now) };
    let heard: Vec<_> = about.map(heard).collect();
    let heed = |(question, grounds)| (question, heed_all(grounds, question, wanted, &heard));
    ReuseVerdict::of(recorded.standing, recorded.answers.map(heed))
}

/// The answer to a question with what was decided, newest first.
fn heed_all(grounds: Grounds, question: Question, wanted: &Use, heard: &[Heard<'_>]) -> Grounds {
    let answering = |heard| answering(heard, question);
    let mut about = heard.iter().filter_map(answering);
    let newest = heard.iter().find_map(answering);
    match about.find(|(heard, ruling)| heard.decision.reaches(*ruling, wanted)) {
        Some((heard, ruling)) if heard.lapses.is_empty() => heed(grounds, heard.decision, ruling),
        Some((heard, ruling)) => miss(grounds, heard, ruling),
        None => match newest {
            Some((heard, _)) => tell_apart(grounds, heard),
            None => grounds,
        },
    }
}

fn answering<'h, 'd>(heard: &'h Heard<'d>, question: Question) -> Option<(&'h Heard<'d>, Ruling)> {
    heard.decision.rulings.get(&question).map(|ruling| (heard, *ruling))
}

/// The answer with a decision that counts.
fn heed(grounds: Grounds, decision: &ReuseDecision, ruling: Ruling) -> Grounds {
    match (grounds.answer, ruling) {
        (Answer::No, _) | (Answer::Yes, Ruling::Yes) => grounds,
        (Answer::Ask, Ruling::Yes) => yes(decision.to_string()),
        (Answer::Ask | Answer::Yes, Ruling::No) => no(decision.to_string()),
    }
}

/// The answer without a decision that has lapsed. What somebody refused is asked about again.
fn miss(grounds: Grounds, heard: &Heard<'_>, ruling: Ruling) -> Grounds {
    match (grounds.answer, ruling) {
        (Answer::Yes, Ruling::Yes) => grounds,
        (Answer::Yes, Ruling::No) => ask(lapsed(&grounds, heard)),
        (answer @ (Answer::Ask | Answer::No), _) => {
            Grounds { answer, because: lapsed(&grounds, heard) }
        }
    }
}

fn lapsed(grounds: &Grounds, Heard { decision, lapses }: &Heard<'_>) -> String {
    let ReuseDecision { on, by, .. } = decision;
    let because = &grounds.because;
    format!("{because}; the decision of {on} by {by} lapsed: {}", lapses_in_words(lapses))
}

/// Where a question is open: why a decision about such a use does not answer it.
fn tell_apart(grounds: Grounds, heard: &Heard<'_>) -> Grounds {
    if grounds.answer != Answer::Ask {
        return grounds;
    }
    if !heard.lapses.is_empty() {
        return ask(lapsed(&grounds, heard));
    }
    let ReuseDecision { on, by, scope, .. } = heard.decision;
    let because = &grounds.because;
    let (from, until) = (scope.from, scope.until);
    ask(format!("{because}; the decision of {on} by {by} is about a use from {from} to {until}"))
}

/// What becomes of the answers that a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weighed {
    /// To be recorded, unless an answer is refused.
    pub rulings: BTreeMap<Question, Ruling>,
    /// Questions that are answered like this already, and by what.
    pub known: Vec<(Question, String)>,
    /// Why answers are refused.
    pub refused: Vec<String>,
}

/// Weighs answers about a use against what the record alone says about it, and what it says with
/// the decisions that count.
pub fn weigh_rulings(
    recorded: &ReuseVerdict,
    decided: &ReuseVerdict,
    rulings: &BTreeMap<Question, Ruling>,
) -> Weighed {
    let mut weighed = Weighed::default();
    if recorded.standing.answer == Answer::No {
        weighed.refused.push(recorded.standing.because.clone());
    }
    for ((question, grounds), (_, now)) in recorded.answers.iter().zip(&decided.answers) {
        let Some(ruling) = rulings.get(question) else { continue };
        match (grounds.answer, ruling) {
            (Answer::No, _) => {
                let because = &grounds.because;
                weighed.refused.push(format!("{} is no: {because}", question.name()));
            }
            (Answer::Yes, Ruling::Yes) if now.answer == Answer::Yes => {
                weighed.known.push((*question, grounds.because.clone()));
            }
            (Answer::Yes | Answer::Ask, _) => {
                weighed.rulings.insert(*question, *ruling);
            }
        }
    }
    weighed
}
