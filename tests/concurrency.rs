//! Many processes on one catalog: cleaning, deciding, importing and reading at the same time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use shelflife::catalog::AuditEntry;
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::{Dice, drafts, program_in};
use crate::support::moving::tree;
use crate::support::{TestLibrary, cases};

const ASSETS: u64 = 40;
const CLEANERS: u64 = 3;
const DECIDERS: u64 = 2;

/// What the processes said and did.
#[derive(Default)]
struct Met {
    /// By command and exit code.
    ended: BTreeMap<(String, i32), usize>,
    /// What was decided, by its reason, and the kind of its entry.
    decided: BTreeMap<String, &'static str>,
    wrong: Vec<String>,
}

/// A stage that everybody works on until the time is over.
struct Stage<'a> {
    folder: PathBuf,
    until: Instant,
    met: &'a Mutex<Met>,
}

impl Stage<'_> {
    fn is_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// Runs a command, which may end with these codes.
    fn run(&self, args: &[&str], allowed: &[i32]) -> (i32, Output) {
        let mut program = program_in(&self.folder, args);
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = program.output().unwrap();
        let told = [output.stdout.clone(), output.stderr.clone()].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        let code = output.status.code().unwrap_or(-1);
        let mut met = self.met.lock().unwrap();
        *met.ended.entry((args[0].to_owned(), code)).or_default() += 1;
        if !allowed.contains(&code) || told.contains("database is locked") {
            met.wrong.push(format!("{args:?} ended with {code}: {told}"));
        }
        (code, output)
    }

    fn clean(&self) {
        while self.is_on() {
            self.run(&["clean", "--apply"], &[0, 3, 6, 75]);
        }
    }

    /// Decides about one asset after another, and notes what was accepted.
    fn decide(&self, number: u64) {
        let mut dice = Dice(number + 1);
        for turn in 0.. {
            if !self.is_on() {
                return;
            }
            let asset = format!("#{}", dice.below(ASSETS) + 1);
            let reason = format!("decider {number} in turn {turn}");
            let (command, kind) = match dice.below(8) {
                0..3 => ("reject", "asset.reject"),
                3 => ("approve", "asset.approve"),
                4 => ("hold", "asset.hold"),
                5 => ("reconsider", "asset.reconsider"),
                6 => ("release", ""),
                _ => ("restore", "restore.intent"),
            };
            let args = [command, &asset, "--reason", &reason];
            let (code, _) = self.run(&args, &[0, 1, 3, 6, 75]);
            if code == 0 && !kind.is_empty() {
                self.met.lock().unwrap().decided.insert(reason, kind);
            }
        }
    }

    fn import(&self) {
        for turn in 0.. {
            if !self.is_on() {
                return;
            }
            fs::write(self.folder.join("export.xml"), export(turn)).unwrap();
            self.run(&["import", "wxr", "export.xml", "--overwrite"], &[0, 1, 3, 6, 75]);
        }
    }

    fn read(&self) {
        let calls: [&[&str]; 3] = [
            &["list", "--format", "json"],
            &["validate", "--format", "json"],
            &["audit", "verify", "--format", "json"],
        ];
        for call in calls.iter().cycle().take_while(|_| self.is_on()) {
            let (_, output) = self.run(call, &[0, 1]);
            let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
            if let Err(error) = parsed {
                self.met.lock().unwrap().wrong.push(format!("{call:?}: {error}"));
            }
        }
    }
}

/// An export with an attachment for each asset, and other texts every time.
fn export(turn: u64) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" \
        xmlns:wp=\"http://wordpress.org/export/1.2/\">\n<channel>\
        <wp:wxr_version>1.2</wp:wxr_version>\n"
        .to_owned();
    for asset in 0..ASSETS {
        let folder = asset % 12;
        write!(
            text,
            "<item><title>Tea {turn}</title>\n<wp:post_id>{}</wp:post_id>\
             <wp:post_type>attachment</wp:post_type>\n\
             <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key>\
             <wp:meta_value>2026/{folder:02}/tea{asset}.png</wp:meta_value></wp:postmeta>\n\
             <wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>\
             <wp:meta_value>A tin of tea, seen {turn} times</wp:meta_value></wp:postmeta>\n</item>\n",
            asset + 1
        )
        .unwrap();
    }
    text + "</channel></rss>\n"
}

/// Assets that were ever in two operations at once, or in one that was not closed once.
fn doubles(entries: &[AuditEntry]) -> Vec<String> {
    let mut open = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in entries {
        let (Some(asset), Some(operation)) = (entry.asset, &entry.operation) else { continue };
        if entry.kind.ends_with(".intent") {
            if let Some(other) = open.insert(asset, operation.clone()) {
                wrong.push(format!("{asset} was in {other} when {operation} began"));
            }
        } else if open.remove(&asset).as_ref() != Some(operation) {
            wrong.push(format!("{operation} of {asset} ended, and was not open"));
        }
    }
    wrong.extend(open.into_values().map(|operation| format!("{operation} was never closed")));
    wrong
}

/// What was said to be decided, and is not in the log once.
fn lost(entries: &[AuditEntry], decided: &BTreeMap<String, &'static str>) -> Vec<String> {
    let mut lost = Vec::new();
    for (reason, kind) in decided {
        let quoted = format!("\"{reason}\"");
        let told = |entry: &&AuditEntry| entry.kind == *kind && entry.payload.contains(&quoted);
        let times = entries.iter().filter(told).count();
        if times != 1 {
            lost.push(format!("{kind} of {reason} is in the log {times} times"));
        }
    }
    lost
}

fn library() -> TestLibrary {
    let library = drafts(i64::try_from(ASSETS).unwrap());
    library.add_context("campaign/spring", None);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let lines = config.lines().filter(|line| !line.starts_with("unknown_uses"));
    let config = lines.collect::<Vec<_>>().join("\n");
    // An import makes a site known, and nothing is known of its pages.
    library.write_config(&config.replace("[clean]", "[clean]\nunknown_uses = \"warn\""));
    library.set_severity("off", &["SL215"]);
    let described = "describe --state draft --source-note 'Photograph by the studio' \
        --rights-note 'Own work' --rights-reviewed-by li --owner anna --placement homepage \
        --campaign spring --no-expiry --reason 'it never ends' --review-on 2099-01-01 \
        --alt 'A green tin of tea on a shelf'";
    library.run(described).expect(ExitCode::Success);
    library
}

#[test]
fn processes_that_clean_decide_import_and_read_at_once_lose_nothing_and_double_nothing() {
    let library = library();
    let whole = tree(&library.path("uploads"));
    let met = Mutex::default();
    let lasting = cases(Duration::from_secs(10), Duration::from_mins(5));
    let stage = Stage { folder: library.path("."), until: Instant::now() + lasting, met: &met };
    std::thread::scope(|scope| {
        let stage = &stage;
        for _ in 0..CLEANERS {
            scope.spawn(|| stage.clean());
        }
        for number in 0..DECIDERS {
            scope.spawn(move || stage.decide(number));
        }
        scope.spawn(|| stage.import());
        scope.spawn(|| stage.read());
    });
    let met = met.into_inner().unwrap();
    assert!(met.wrong.is_empty(), "{:#?}", met.wrong);
    let entries = library.audit_entries();
    let (doubles, lost) = (doubles(&entries), lost(&entries, &met.decided));
    assert!(doubles.is_empty(), "{doubles:#?}");
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(library.scanned_catalog().open_operations().unwrap().is_empty());
    let run = library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    let stored = tree(&library.path("state/quarantine"));
    let left = tree(&library.path("uploads"));
    assert_eq!(left.len() + stored.len(), whole.len(), "{run}");
    let intents = entries.iter().filter(|entry| entry.kind.ends_with(".intent")).count();
    let ended: Vec<_> =
        met.ended.iter().map(|((what, code), n)| format!("{what} {code}: {n}")).collect();
    say(&format!(
        "concurrency: {} s, {} decisions and {intents} operations, 0 lost, 0 double ({})",
        lasting.as_secs(),
        met.decided.len(),
        ended.join(", ")
    ));
    assert!(met.decided.len() > 10 && intents > 10, "too little happened");
}
