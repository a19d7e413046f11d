//! SIGINT and SIGTERM at random moments of the real program.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Instant;

use rustix::process::Signal;
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::cases;
use crate::support::many::{Dice, check_whole, program, rejected, signal};
use crate::support::moving::tree;

const ASSETS: i64 = 40;

#[test]
fn a_signal_lets_the_asset_in_hand_be_finished_and_none_be_begun() {
    let wanted = cases(20, 500);
    let library = rejected(ASSETS);
    let before = tree(&library.path("uploads"));
    let began = Instant::now();
    assert!(program(&library, &["clean", "--apply"]).status().unwrap().success());
    let whole = began.elapsed();
    let calls: [&[&str]; 2] = [&["restore", "--state", "quarantined"], &["clean", "--apply"]];
    let mut dice = Dice(0x5348_4C46);
    let (mut stopped, mut rounds, mut early) = (0, 0, 0);
    while stopped < wanted {
        let (by, code) = [(Signal::TERM, 143), (Signal::INT, 130)][rounds % 2];
        let mut child = program(&library, calls[rounds / 2 % 2]).spawn().unwrap();
        std::thread::sleep(dice.part(whole));
        signal(&child, by);
        let status = child.wait().unwrap();
        let place = format!("{by:?} in round {rounds}: {status:?}");
        match status.code() {
            Some(0) => {}
            Some(found) => {
                assert_eq!(found, code, "{place}");
                stopped += 1;
            }
            // It had not begun to listen.
            None => {
                assert_eq!(status.signal(), Some(code - 128), "{place}");
                early += 1;
            }
        }
        let open = library.scanned_catalog().open_operations().unwrap().len();
        assert_eq!(open, 0, "{place}: {open} operations are open");
        check_whole((&library, ASSETS), &before, &place);
        rounds += 1;
        assert!(rounds < 10 * wanted, "it is never at work");
    }
    library.run("restore --state quarantined");
    assert!(tree(&library.path("uploads")) == before);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    say(&format!(
        "signals: {rounds} sent, {stopped} runs ended by them and {early} before they began; \
         0 open operations, 0 assets in two places"
    ));
}
