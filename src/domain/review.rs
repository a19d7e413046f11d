//! The review of a picture before it is approved: five questions, answered by a person.

use std::collections::BTreeMap;

/// What is asked of every picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    Quality,
    Rights,
    ProductAccuracy,
    BrandFit,
    Placement,
}

impl Question {
    pub const ALL: [Self; 5] =
        [Self::Quality, Self::Rights, Self::ProductAccuracy, Self::BrandFit, Self::Placement];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Rights => "rights",
            Self::ProductAccuracy => "product-accuracy",
            Self::BrandFit => "brand-fit",
            Self::Placement => "placement",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.name() == name)
    }
}

/// What a person says to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Pass,
    Fail,
    /// Somebody else has to say.
    Uncertain,
}

impl Answer {
    pub const ALL: [Self; 3] = [Self::Pass, Self::Fail, Self::Uncertain];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Uncertain => "uncertain",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }
}

/// Whether an approval needs an answer to each question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demand {
    #[default]
    Optional,
    Required,
}

impl Demand {
    pub const ALL: [Self; 2] = [Self::Optional, Self::Required];

    pub fn name(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|demand| demand.name() == name)
    }
}

/// An answer, and what there is to say to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub answer: Answer,
    /// Never missing where the answer is not a pass.
    pub note: Option<String>,
}

/// Reads what is typed: `rights=pass`, `quality=fail:blurred at the edge`.
pub fn reply(text: &str) -> Result<(Question, Reply), String> {
    let (question, rest) =
        text.split_once('=').ok_or("write QUESTION=ANSWER, as in rights=pass")?;
    let (answer, note) = rest.split_once(':').unwrap_or((rest, ""));
    let question = Question::named(question).ok_or_else(|| {
        format!("not a question (one of {})", names(Question::ALL.map(Question::name)))
    })?;
    let answer = Answer::named(answer).ok_or_else(|| {
        format!("not an answer (one of {})", names(Answer::ALL.map(Answer::name)))
    })?;
    let note = Some(note.trim()).filter(|note| !note.is_empty()).map(str::to_owned);
    if answer != Answer::Pass && note.is_none() {
        let (question, answer) = (question.name(), answer.name());
        return Err(format!("say why, as in {question}={answer}:TEXT"));
    }
    Ok((question, Reply { answer, note }))
}

fn names<const N: usize>(names: [&str; N]) -> String {
    names.join(", ")
}

/// The answers to some of the questions, or to all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review(BTreeMap<Question, Reply>);

impl Review {
    /// Fails with the question that is answered twice.
    pub fn new(replies: impl IntoIterator<Item = (Question, Reply)>) -> Result<Self, Question> {
        let mut review = BTreeMap::new();
        for (question, reply) in replies {
            if review.insert(question, reply).is_some() {
                return Err(question);
            }
        }
        Ok(Self(review))
    }

    /// The answers, in the order of the questions.
    pub fn replies(&self) -> impl Iterator<Item = (Question, &Reply)> {
        self.0.iter().map(|(question, reply)| (*question, reply))
    }

    /// Such as `quality pass, rights pass: own work`; `None` without an answer.
    pub fn in_words(&self) -> Option<String> {
        let words = self.replies().map(|(question, Reply { answer, note })| {
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("{} {}{note}", question.name(), answer.name())
        });
        let words: Vec<_> = words.collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// What stands in the way of an approval. Whoever is uncertain is told `whom` to ask.
    pub fn objections(&self, demand: Demand, whom: &str) -> Vec<String> {
        let answered = self.replies().filter_map(|(question, Reply { answer, note })| {
            let (question, note) = (question.name(), note.as_deref().unwrap_or_default());
            match answer {
                Answer::Pass => None,
                Answer::Fail => Some(format!("{question} fails the review: {note}")),
                Answer::Uncertain => Some(format!("{question} is uncertain: {note}; ask {whom}")),
            }
        });
        answered.chain(self.gap(demand)).collect()
    }

    fn gap(&self, demand: Demand) -> Option<String> {
        let open = Question::ALL.into_iter().filter(|question| !self.0.contains_key(question));
        let open: Vec<_> = open.map(Question::name).collect();
        (demand == Demand::Required && !open.is_empty())
            .then(|| format!("nobody answered {} (with --review QUESTION=ANSWER)", open.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(texts: &[&str]) -> Review {
        Review::new(texts.iter().map(|text| reply(text).unwrap())).unwrap()
    }

    #[test]
    fn a_reply_is_read_as_it_is_typed() {
        let note = |text: &str| Some(text.to_owned());
        let cases = [
            ("rights=pass", (Question::Rights, Answer::Pass, None)),
            ("quality=pass: sharp ", (Question::Quality, Answer::Pass, note("sharp"))),
            (
                "placement=fail:9:16 is cut",
                (Question::Placement, Answer::Fail, note("9:16 is cut")),
            ),
            ("brand-fit=uncertain:new", (Question::BrandFit, Answer::Uncertain, note("new"))),
        ];
        for (text, (question, answer, note)) in cases {
            assert_eq!(reply(text), Ok((question, Reply { answer, note })), "{text}");
        }
        for text in ["rights", "mood=pass", "rights=maybe", "rights=fail", "rights=uncertain: "] {
            assert!(reply(text).is_err(), "{text}");
        }
        let twice = ["rights=pass", "rights=pass"].map(|text| reply(text).unwrap());
        assert_eq!(Review::new(twice), Err(Question::Rights));
    }

    #[test]
    fn only_passes_stand_in_nobodys_way() {
        for demand in Demand::ALL {
            let all = Question::ALL.map(|question| format!("{}=pass", question.name()));
            let all: Vec<_> = all.iter().map(String::as_str).collect();
            assert_eq!(review(&all).objections(demand, "li"), [""; 0]);
            for (at, question) in Question::ALL.into_iter().enumerate() {
                let failing = format!("{}=fail:bad", question.name());
                let mut some = all.clone();
                some[at] = &failing;
                assert_eq!(review(&some).objections(demand, "li").len(), 1);
                some.remove(at);
                let open = usize::from(demand == Demand::Required);
                assert_eq!(review(&some).objections(demand, "li").len(), open);
            }
        }
        let unsure = review(&["rights=uncertain:a face"]);
        let said = ["rights is uncertain: a face; ask li"];
        assert_eq!(unsure.objections(Demand::Optional, "li"), said);
    }
}
