//! The program with a deliberate mistake in the order of its steps, which a power cut has to show.
//!
//! What proves that the test of power cuts can fail: `docs/decisions/0040-mutants.md`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use super::disk::{Kind, must};
use super::machine::{Layout, Template};
use super::traced::{Cut, Moment};
use super::{can_mount, is_full};
use crate::crash::say;
use crate::support::spread;

/// A mistake, and where it shows: elsewhere one disk keeps for the other what it is told to keep.
struct Mistake {
    mutant: &'static str,
    layout: Layout,
    kinds: &'static [Kind],
}

const MISTAKES: [Mistake; 4] = [
    Mistake { mutant: "lazy-catalog", layout: Layout::CatalogApart, kinds: &Kind::ALL },
    Mistake { mutant: "forgets-folders", layout: Layout::CatalogApart, kinds: &Kind::ALL },
    Mistake { mutant: "closes-first", layout: Layout::CatalogApart, kinds: &Kind::ALL },
    // Xfs writes a file's bytes out when it is given its length, and a copy is.
    Mistake {
        mutant: "unsynced-copy",
        layout: Layout::QuarantineApart,
        kinds: &[Kind::Ext4, Kind::Ext4Writeback],
    },
];

const CLEAN: [&str; 2] = ["clean", "--apply"];

/// Builds the program that can make the mistakes, beside the one that is tested.
fn build() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_shelflife")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "--locked", "--quiet", "--example", "mutant", "--features", "mutants"]);
    cargo.arg("--target-dir").arg(folder.parent().unwrap());
    must(&mut cargo);
    folder.join("examples/mutant")
}

fn violations(template: &Template, moment: Moment) -> Vec<String> {
    let machine = template.machine();
    machine.run_until(&CLEAN, &Cut::Before(moment));
    machine.violations()
}

/// At how many moments of how many that were tried the mistake shows. A run that is not full tries
/// some, from the end, until it does.
fn caught(program: &Path, Mistake { mutant, layout, .. }: &Mistake, kind: Kind) -> (usize, usize) {
    let template = Template::new(kind, *layout).traced(program).under(("SHELFLIFE_MUTANT", mutant));
    let moments = template.machine().moments(&CLEAN);
    let stride = if is_full() { 1 } else { 5 };
    let (mut tried, mut caught) = (0, Vec::new());
    for moment in moments.into_iter().rev().step_by(stride) {
        tried += 1;
        caught.extend(Some(moment).filter(|_| !violations(&template, moment).is_empty()));
        if !caught.is_empty() && !is_full() {
            break;
        }
    }
    let place = format!("{mutant} on {kind:?}");
    let first = *caught.first().unwrap_or_else(|| panic!("{place} shows at no moment"));
    let honest = template.traced(program);
    assert_eq!(violations(&honest, first), [""; 0], "{place} at {first:?}, without the mistake");
    (caught.len(), tried)
}

#[test]
fn each_mistake_in_the_order_of_steps_is_brought_to_light_by_a_power_cut() {
    if !can_mount() {
        return;
    }
    let program = &build();
    let run = |mistake: &Mistake| {
        let kinds = spread(mistake.kinds, if is_full() { mistake.kinds.len() } else { 1 });
        let counts = kinds.map(|kind| caught(program, mistake, *kind));
        let (caught, tried) = counts.fold((0, 0), |sum, (a, b)| (sum.0 + a, sum.1 + b));
        format!("{} at {caught} of {tried} moments", mistake.mutant)
    };
    let told: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> =
            MISTAKES.iter().map(|mistake| scope.spawn(move || run(mistake))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    say(&format!("mutants: caught {}", told.join(", ")));
}
