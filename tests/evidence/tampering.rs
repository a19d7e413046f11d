//! Every attack shows exactly where the table of `docs/reliability.md` says so.

use shelflife::exit::ExitCode;

use super::cases;
use super::forging::Attack;
use super::play::{Dice, copy, played, step};
use crate::crash::say;

#[test]
fn each_attack_shows_where_the_table_says_and_nowhere_else() {
    let mut trials = 0;
    for seed in 0..cases(3) {
        let (library, mut dice) = (played(seed + 500, 8), Dice::new(seed));
        library.run("audit checkpoint --new-key key").expect(ExitCode::Success);
        let older = copy(&library, "older.db");
        library.run("reject 1 --reason 'one more'");
        library.run("hold 2 --reason 'one more'").expect(ExitCode::Success);
        let note = library.run("audit checkpoint").expect(ExitCode::Success).stdout;
        let size: i64 = note.lines().nth(1).unwrap().parse().unwrap();
        library.write("note", &note);
        for _ in 0..4 {
            step(&library, &mut dice);
        }
        library.run("hold 3 --reason 'after it'").expect(ExitCode::Success);
        for attack in Attack::ALL {
            for _ in 0..3 {
                let struck = copy(&library, "struck.db");
                attack.strike(&struck, size, &older, &mut dice);
                let (alone, with_note) = attack.shows();
                for (command, shows) in
                    [("audit verify", alone), ("audit verify --checkpoint note", with_note)]
                {
                    let run = library.run(&format!("--catalog struck.db {command}"));
                    let expected = if shows { ExitCode::Integrity } else { ExitCode::Success };
                    assert_eq!(run.exit, expected, "{attack:?} of {seed}: {command}\n{run}");
                    trials += 1;
                }
                if attack == Attack::EditTable {
                    let replayed = library.run("--catalog struck.db audit verify --replay");
                    replayed.expect(ExitCode::Integrity);
                }
            }
        }
    }
    assert!(trials >= 180, "{trials}");
    let attacks = Attack::ALL.len();
    say(&format!(
        "audit: {trials} verifications after {attacks} kinds of forgery, each as the table says"
    ));
}
