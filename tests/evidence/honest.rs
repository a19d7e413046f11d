//! No honest history looks forged.

use std::collections::BTreeSet;

use shelflife::exit::ExitCode;

use super::cases;
use super::play::played;
use crate::crash::say;

#[test]
fn the_tables_are_what_the_log_leads_to_after_any_commands() {
    let mut kinds = BTreeSet::new();
    let logs = cases(12);
    for seed in 0..logs {
        let library = played(seed, 36);
        library.run("audit checkpoint --new-key key").expect(ExitCode::Success);
        let note = library.run("audit checkpoint --key key").expect(ExitCode::Success);
        library.write("note", note.stdout);
        let run = library.run("audit verify --replay --checkpoint note");
        assert_eq!(run.exit, ExitCode::Success, "seed {seed}\n{run}");
        kinds.extend(library.audit_entries().into_iter().map(|entry| entry.kind));
        let scanned = library.run("scan");
        if scanned.exit == ExitCode::Success {
            let run = library.run("audit verify --replay --disk=full --checkpoint note");
            assert_eq!(run.exit, ExitCode::Success, "seed {seed}\n{run}");
        }
    }
    for kind in [
        "asset.approve",
        "asset.clear",
        "asset.confirm",
        "asset.flag",
        "asset.original",
        "asset.reconsider_placement",
        "asset.reject_placement",
        "asset.release",
        "asset.void",
        "context.change",
        "context.end",
        "file.found",
        "file.missing",
        "license.add",
        "plan.approve",
        "plan.begin",
        "plan.end",
        "plan.save",
        "quarantine.done",
        "restore.done",
    ] {
        assert!(kinds.contains(kind), "{kind} is not in {kinds:?}");
    }
    say(&format!(
        "audit: {logs} honest logs, none called forged, with a checkpoint or by the disk"
    ));
}
