//! A verifier that somebody else could have written gives the same verdicts.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use shelflife::exit::ExitCode;

use super::cases;
use super::forging::Attack;
use super::play::{Dice, copy, library, step};
use crate::crash::say;
use crate::support::{TestLibrary, skip};

/// The verdicts of `tests/oracle/audit_log.py`, a line for each line of `asked`.
fn ask(asked: &str) -> Option<Vec<bool>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/audit_log.py");
    let python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()
        .or_else(|| skip("there is no python3"));
    let mut python = python?;
    python.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    Some(told.lines().map(|line| line == "ok").collect())
}

/// What is put to both verifiers.
#[derive(Default)]
struct Questions {
    asked: String,
    ours: Vec<bool>,
}

impl Questions {
    fn put(&mut self, library: &TestLibrary, catalog: &str, note: Option<&str>, key: Option<&str>) {
        let mut command = format!("--catalog {catalog} audit verify");
        for (flag, value) in [("--checkpoint", note), ("--key", key)] {
            if let Some(value) = value {
                write!(command, " {flag} {value}").unwrap();
            }
        }
        let run = library.run(&command);
        assert!([ExitCode::Success, ExitCode::Integrity].contains(&run.exit), "{run}");
        self.ours.push(run.exit == ExitCode::Success);
        let path = library.path(catalog);
        let note = note.map_or("-".to_owned(), |note| library.path(note).display().to_string());
        writeln!(self.asked, "{}\t{note}\t{}", path.display(), key.unwrap_or("-")).unwrap();
    }
}

#[test]
fn an_independent_verifier_gives_the_same_verdict_on_honest_and_on_forged_logs() {
    let library = library();
    let mut dice = Dice::new(77);
    let mut questions = Questions::default();
    let keys = ["one", "two"].map(|name| {
        let made = library.run(&format!("audit checkpoint --new-key {name}"));
        made.expect(ExitCode::Success).stdout.trim().to_owned()
    });
    let honest = cases(40);
    for round in 0..honest {
        let older = copy(&library, "older.db");
        library.run("hold 2 --reason again").expect(ExitCode::Success);
        let signer = *dice.of(&["", " --key one", " --key two"]);
        let note = library.run(&format!("audit checkpoint{signer}")).expect(ExitCode::Success);
        let size: i64 = note.stdout.lines().nth(1).unwrap().parse().unwrap();
        let note_name = format!("note-{round}");
        library.write(&note_name, &note.stdout);
        step(&library, &mut dice);
        library.run("release 2 --reason again").expect(ExitCode::Success);
        let key = *dice.of(&[None, Some(keys[0].as_str()), Some(keys[1].as_str())]);
        let fits = key.is_none()
            || key
                == keys.iter().map(String::as_str).nth(match signer {
                    " --key one" => 0,
                    " --key two" => 1,
                    _ => 2,
                });
        let (sound, forged) = (format!("sound-{round}.db"), format!("forged-{round}.db"));
        copy(&library, &sound);
        questions.put(&library, &sound, Some(&note_name), key);
        assert_eq!(questions.ours.last(), Some(&fits), "{signer} {key:?}");
        let struck = copy(&library, &forged);
        dice.of(&Attack::ALL).strike(&struck, size, &older, &mut dice);
        let note = *dice.of(&[None, Some(note_name.as_str()), Some(note_name.as_str())]);
        questions.put(&library, &forged, note, note.and(key));
    }
    let Some(theirs) = ask(&questions.asked) else { return };
    assert_eq!(theirs, questions.ours);
    let bad = theirs.iter().filter(|ok| !**ok).count();
    assert!(theirs.len() >= 80 && bad > 20 && bad < theirs.len() - 20, "{bad}");
    let sound = theirs.len() - bad;
    say(&format!(
        "audit: {honest} honest logs and as many that were struck, {sound} of them called sound \
         and {bad} not, by another verifier too"
    ));
}
