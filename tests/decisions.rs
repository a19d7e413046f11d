//! The table of decisions: what the papers ask for, case by case, asked of the pure functions.
//!
//! `fixtures/decisions/` holds the cases as text, so that whoever knows the rules can read and add to
//! them: facts, a question, the answer that is expected, and what decides it.

mod facts;
mod questions;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use facts::Told;

use crate::crash::say;

/// Where the cases are.
const FOLDER: &str = "fixtures/decisions";
/// Fewer would leave sentences of the papers without a case.
const FEWEST: usize = 120;

/// A line of the table.
struct Case {
    /// The file and the line.
    place: String,
    facts: String,
    question: String,
    answer: String,
    cause: String,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let tables = files.iter().filter(|file| file.extension().is_some_and(|end| end == "txt"));
    tables.flat_map(|file| cases_of(file)).collect()
}

fn cases_of(file: &Path) -> Vec<Case> {
    let name = file.file_name().unwrap().to_string_lossy();
    let text = fs::read_to_string(file).unwrap();
    let lines =
        text.lines().zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let case = |(line, number): (&str, u32)| {
        let place = format!("{name}:{number}");
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [facts, question, answer, cause] = <[String; 4]>::try_from(cells)
            .unwrap_or_else(|cells| panic!("{place} has {} cells, not 4", cells.len()));
        Case { place, facts, question, answer, cause }
    };
    lines.map(case).collect()
}

impl Case {
    /// What is wrong with the answer, if anything is.
    fn ask(&self) -> Result<(), String> {
        let told = Told::read(&self.facts).map_err(|why| format!("{}: {why}", self.place))?;
        let found = questions::ask(&told, &self.question)
            .map_err(|why| format!("{}: {why}", self.place))?;
        if found.answer == self.answer && found.is_decided_by(&self.cause) {
            return Ok(());
        }
        let Self { place, facts, question, answer, cause } = self;
        Err(format!("{place}: {facts} | {question}\n  not {answer}, {cause}\n  but {found}"))
    }
}

#[test]
fn every_case_of_the_table_is_decided_as_it_says_and_because_of_what_it_says() {
    let cases = cases();
    let wrong: Vec<_> = cases.iter().filter_map(|case| case.ask().err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let mut questions: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        *questions.entry(case.question.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    say(&format!("decisions: {} cases as written, by question {questions:?}", cases.len()));
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
}

#[test]
fn a_case_with_another_answer_or_another_cause_is_told() {
    let case = |answer: &str, cause: &str| Case {
        place: "here".to_owned(),
        facts: "expires 2026-06-30".to_owned(),
        question: "standing at 2026-07-01".to_owned(),
        answer: answer.to_owned(),
        cause: cause.to_owned(),
    };
    assert_eq!(case("expired", "own-end").ask(), Ok(()));
    for (answer, cause) in [("live", ""), ("expired", "license-ended"), ("expired", "")] {
        assert!(case(answer, cause).ask().is_err(), "{answer} {cause}");
    }
}
