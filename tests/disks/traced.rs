//! The program under a tracer: every change that it makes, and what it leaves if it dies before one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output};

use super::disk::{Disk, must};
use super::machine::Machine;

/// Just before a call that changes something: its name, and its number among those of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) &'static str, pub(super) usize);

/// When the power goes, and what the disks made of what they were told to keep.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    Before(Moment),
    /// Once the program has ended, on disks that kept nothing but said so.
    WithoutSync,
    /// The same, where only one of the disks lied: `a` is 0.
    WithoutSyncOf(usize),
}

/// Calls that change files, or end the program. One that opens a file changes something if it may
/// make it.
const CHANGES: [&str; 24] = [
    "copy_file_range",
    "exit_group",
    "fallocate",
    "fchmod",
    "fchown",
    "fdatasync",
    "fsync",
    "ftruncate",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "openat",
    "openat2",
    "pwrite64",
    "pwritev",
    "rename",
    "renameat",
    "renameat2",
    "sendfile",
    "unlink",
    "unlinkat",
    "utimensat",
    "write",
];

/// The changes in a trace, in order of time.
fn moments_in(trace: &str) -> Vec<Moment> {
    let mut counts = BTreeMap::<_, usize>::new();
    let mut moments = Vec::new();
    for line in trace.lines() {
        let Some((thread, called)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = called.trim_start().split_once('(') else { continue };
        let Some(call) = CHANGES.into_iter().find(|call| *call == name) else { continue };
        // Each thread has a count of its own, and the first to arrive at a number is stopped.
        let count = counts.entry((thread, call)).or_default();
        *count += 1;
        let moment = Moment(call, *count);
        let only_opens = call.starts_with("open") && !arguments.contains("O_CREAT");
        if !only_opens && !moments.contains(&moment) {
            moments.push(moment);
        }
    }
    moments
}

impl Machine<'_> {
    /// Every change that a command makes, as the moments before it.
    pub(super) fn moments(&self, words: &[&str]) -> Vec<Moment> {
        let log = self.path("trace");
        let mut tracer = self.tracer();
        must(tracer.arg("-o").arg(&log).arg(&self.template.program).args(words));
        moments_in(&fs::read_to_string(log).unwrap())
    }

    /// A command that dies at a moment, and the power with it. It comes back at once.
    #[track_caller]
    pub(super) fn run_until(&self, words: &[&str], cut: &Cut) {
        let output = match *cut {
            Cut::Before(moment) => self.killed(words, moment),
            Cut::WithoutSync => self.traced(words, "inject=fsync,fdatasync:retval=0"),
            Cut::WithoutSyncOf(_) => self.traced(words, "trace=exit_group"),
        };
        self.hear(&output);
        self.disks.iter().for_each(Disk::cut_power);
        self.disks.iter().for_each(Disk::unmount);
        if let Cut::WithoutSyncOf(number) = cut {
            self.template.disks[*number].copy(self.disks[*number].image.clone());
        }
        self.disks.iter().for_each(Disk::mount);
    }

    /// A command that dies at a moment, on a machine that goes on.
    #[track_caller]
    pub(super) fn killed(&self, words: &[&str], moment: Moment) -> Output {
        let Moment(call, number) = moment;
        let output = self.traced(words, &format!("inject={call}:signal=KILL:when={number}"));
        assert_eq!(output.status.signal(), Some(9), "{words:?} at {moment:?}: {output:?}");
        output
    }

    /// A command one of whose calls fails, on a machine that goes on.
    pub(super) fn failing(&self, words: &[&str], (moment, error): (Moment, &str)) -> Output {
        let Moment(call, number) = moment;
        let output = self.traced(words, &format!("inject={call}:error={error}:when={number}"));
        self.hear(&output);
        output
    }

    fn traced(&self, words: &[&str], how: &str) -> Output {
        let mut tracer = self.tracer();
        tracer.args(["-e", how, "-o", "/dev/null"]).arg(&self.template.program);
        tracer.args(words).output().unwrap()
    }

    fn tracer(&self) -> Command {
        let mut tracer = Command::new("strace");
        self.template.place(&mut tracer);
        tracer.envs(self.template.variable);
        tracer.args(["-f", "-qq", "-e", "signal=none", "-e"]);
        tracer.arg(format!("trace={}", CHANGES.join(",")));
        tracer
    }
}

#[test]
fn an_open_is_counted_and_is_a_moment_only_if_it_may_make_a_file() {
    let trace = "7 openat(AT_FDCWD, \"a\", O_RDONLY) = 3\n7  write(1, \" fsync(\", 7) = 7\n\
                 8 write(1, \"\", 0) = 0\n7 openat(3, \"b\", O_RDWR|O_CREAT, 0600 <unfinished ...>\n\
                 7 <... openat resumed>) = 4\n7 write(4, \"\", 0) = 0\n7 exit_group(0) = ?\n";
    let moments =
        [Moment("write", 1), Moment("openat", 2), Moment("write", 2), Moment("exit_group", 1)];
    assert_eq!(moments_in(trace), moments);
}
