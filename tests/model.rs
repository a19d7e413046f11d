//! Random sequences of commands beside a small model that says what each of them has to come to.

mod compare;
mod removal;
mod tally;
mod world;

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::crash::say;
use crate::support::cases;
use tally::Tally;
use world::World;

/// What happens next. The number tells which asset it happens to, among those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Scan,
    Describe(usize),
    Approve(usize),
    DescribeAndApprove(usize),
    Reject(usize),
    Expire(usize),
    Reconsider(usize),
    Withdraw(usize),
    Hold(usize),
    Release(usize),
    Sweep,
    Clean,
    Restore(usize),
    RestoreWhilePaused(usize),
    Pause,
    Resume,
    Recover,
    Mark,
    Purge,
    /// Somebody writes other bytes into a file of it, in the library.
    Modify(usize),
    /// Somebody removes its files from the library.
    Delete(usize),
    /// Somebody puts files where its files were, unless something is there.
    Recreate(usize),
    /// So many days with a scan in each night.
    Nights(u8),
    /// So many days in which nothing runs.
    Idle(u8),
}

/// How often each of them comes, of a hundred times or so.
fn op() -> impl Strategy<Value = Op> {
    let some = 0_usize..8;
    prop_oneof![
        8 => Just(Op::Scan),
        4 => some.clone().prop_map(Op::Describe),
        4 => some.clone().prop_map(Op::Approve),
        8 => some.clone().prop_map(Op::DescribeAndApprove),
        6 => some.clone().prop_map(Op::Reject),
        3 => some.clone().prop_map(Op::Expire),
        3 => some.clone().prop_map(Op::Reconsider),
        3 => some.clone().prop_map(Op::Withdraw),
        2 => some.clone().prop_map(Op::Hold),
        4 => some.clone().prop_map(Op::Release),
        4 => Just(Op::Sweep),
        10 => Just(Op::Clean),
        5 => some.clone().prop_map(Op::Restore),
        1 => some.clone().prop_map(Op::RestoreWhilePaused),
        1 => Just(Op::Pause),
        3 => Just(Op::Resume),
        1 => Just(Op::Recover),
        5 => Just(Op::Mark),
        5 => Just(Op::Purge),
        3 => some.clone().prop_map(Op::Modify),
        2 => some.clone().prop_map(Op::Delete),
        4 => some.prop_map(Op::Recreate),
        10 => (1_u8..4).prop_map(Op::Nights),
        2 => (1_u8..16).prop_map(Op::Idle),
    ]
}

fn play(ops: &[Op]) -> Result<Tally, String> {
    let mut world = World::new();
    for (number, op) in ops.iter().enumerate() {
        world.take(*op).map_err(|wrong| format!("after {number} {op:?}: {wrong}"))?;
    }
    world.end()?;
    Ok(world.tally)
}

/// Plays so many sequences of 50 steps, and tells what they came to. One that fails is made as short
/// as it still fails.
fn play_many(sequences: u32) -> Tally {
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::with_cases(sequences)
    };
    let total = RefCell::new(Tally::default());
    let strategy = proptest::collection::vec(op(), 50);
    let outcome = TestRunner::new(config).run(&strategy, |ops| {
        let tally = play(&ops).map_err(TestCaseError::fail)?;
        total.borrow_mut().add(&tally);
        Ok(())
    });
    outcome.unwrap();
    total.into_inner()
}

#[test]
fn whatever_is_done_in_whatever_order_comes_to_what_a_small_model_says() {
    let sequences = cases(12, 2_000);
    let halves = [(); 2].map(|()| std::thread::spawn(move || play_many(sequences / 2)));
    let mut total = Tally::default();
    for half in halves {
        total.add(&half.join().unwrap());
    }
    say(&format!(
        "model: {sequences} sequences, {} commands ended as it says: {}",
        total.commands(),
        total.in_words()
    ));
    assert!(cases(true, total.is_complete()), "a state was never come to");
}
