//! What each command may touch, and whether it plans first.

/// Every command by its full name, in alphabetical order.
#[rustfmt::skip]
pub const COMMANDS: &[CommandRow] = {
    use {Class::{Act, Decide, Read}, Start::{AtOnce, WithApply}};
    &[
        row("approve",        Decide, AtOnce),
        row("audit checkpoint", Act,  AtOnce),
        row("audit log",      Read,   AtOnce),
        row("audit verify",   Read,   AtOnce),
        row("backup",         Act,    AtOnce),
        row("check",          Read,   AtOnce),
        row("clean",          Act,    WithApply),
        row("completions",    Read,   AtOnce),
        row("context add",    Decide, AtOnce),
        row("context change", Decide, WithApply),
        row("context end",    Decide, WithApply),
        row("context list",   Read,   AtOnce),
        row("context show",   Read,   AtOnce),
        row("demo",           Act,    AtOnce),
        row("describe",       Decide, AtOnce),
        row("doctor",         Read,   AtOnce),
        row("expire",         Decide, AtOnce),
        row("flag",           Decide, AtOnce),
        row("history",        Read,   AtOnce),
        row("hold",           Decide, AtOnce),
        row("import csv",     Decide, AtOnce),
        row("import rest",    Decide, AtOnce),
        row("import wxr",     Decide, AtOnce),
        row("init",           Act,    AtOnce),
        row("leftovers",      Read,   AtOnce),
        row("license add",    Decide, AtOnce),
        row("license change", Decide, WithApply),
        row("license list",   Read,   AtOnce),
        row("license show",   Read,   AtOnce),
        row("list",           Read,   AtOnce),
        row("man",            Act,    AtOnce),
        row("pause",          Decide, AtOnce),
        row("plan approve",   Decide, AtOnce),
        row("plan list",      Read,   AtOnce),
        row("plan show",      Read,   AtOnce),
        row("policy check",   Read,   AtOnce),
        row("policy replay",  Read,   AtOnce),
        row("publish",        Act,    AtOnce),
        row("purge",          Act,    WithApply),
        row("reconsider",     Decide, AtOnce),
        row("recover",        Act,    AtOnce),
        row("references forget", Decide, AtOnce),
        row("references list", Read,  AtOnce),
        row("references read", Decide, AtOnce),
        row("reject",         Decide, AtOnce),
        row("release",        Decide, AtOnce),
        row("renew",          Decide, AtOnce),
        row("replace",        Decide, AtOnce),
        row("restore",        Act,    AtOnce),
        row("resume",         Decide, AtOnce),
        row("reuse check",    Read,   AtOnce),
        row("reuse decide",   Decide, AtOnce),
        row("reuse find",     Read,   AtOnce),
        row("reuse take",     Act,    AtOnce),
        row("rules",          Read,   AtOnce),
        row("rules revoke",   Decide, AtOnce),
        row("rules waive",    Decide, AtOnce),
        row("rules waivers",  Read,   AtOnce),
        row("scan",           Act,    AtOnce),
        row("show",           Read,   AtOnce),
        row("sweep",          Decide, WithApply),
        row("validate",       Read,   AtOnce),
        row("why",            Read,   AtOnce),
        row("withdraw",       Act,    AtOnce),
    ]
};

/// The commands whose answer is findings, which the formats for findings can hold.
const ANSWERED_BY_FINDINGS: [&str; 2] = ["check", "validate"];

/// What a command may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Writes nothing at all.
    Read,
    /// Writes to the catalog only.
    Decide,
    /// Writes files too.
    Act,
}

/// Whether a command does what it was told, or plans first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// It was told what to do it to. `--dry-run` only looks.
    AtOnce,
    /// It works out by itself what to do it to, and needs `--apply` to do it.
    WithApply,
}

/// A row of [`COMMANDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRow {
    /// As typed: `context add`.
    pub name: &'static str,
    pub class: Class,
    pub start: Start,
}

impl CommandRow {
    /// Whether findings are what the command has to say.
    pub fn is_answered_by_findings(self) -> bool {
        ANSWERED_BY_FINDINGS.contains(&self.name)
    }
}

const fn row(name: &'static str, class: Class, start: Start) -> CommandRow {
    CommandRow { name, class, start }
}
