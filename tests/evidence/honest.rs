//! No honest history looks forged.

use shelflife::exit::ExitCode;

use super::cases;
use super::play::played;

#[test]
fn the_tables_are_what_the_log_leads_to_after_any_commands() {
    for seed in 0..cases(12) {
        let library = played(seed, 30);
        library.run("audit checkpoint --new-key key").expect(ExitCode::Success);
        let note = library.run("audit checkpoint --key key").expect(ExitCode::Success);
        library.write("note", note.stdout);
        let run = library.run("audit verify --replay --checkpoint note");
        assert_eq!(run.exit, ExitCode::Success, "seed {seed}\n{run}");
        let scanned = library.run("scan");
        if scanned.exit == ExitCode::Success {
            let run = library.run("audit verify --replay --disk=full --checkpoint note");
            assert_eq!(run.exit, ExitCode::Success, "seed {seed}\n{run}");
        }
    }
}
