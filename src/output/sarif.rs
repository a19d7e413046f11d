//! SARIF 2.1.0 for code scanning: one run, every rule, results as they come.
//!
//! Keeps to what GitHub takes: at most [`MOST_RESULTS`] results, a line for each, relative and
//! percent-encoded addresses, `primaryLocationLineHash` as the fingerprint. What is left out is
//! said in the notifications at the end.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::Heading;
use super::json::write_escaped;
use crate::domain::validation::{Rule, Severity, rules};
use crate::report::{Effect, ErrorLine, Found, Item, Location, Sink, Summary};

/// What GitHub takes of one run.
pub const MOST_RESULTS: u64 = 25_000;
/// So many of them are kept for errors, whatever came before.
const FOR_ERRORS: u64 = 10_000;
/// More failures than this are counted, not told one by one: they are held until the end.
const MOST_NOTIFICATIONS: usize = 100;

/// The renderer for code scanning.
pub(super) struct Sarif<'w> {
    out: &'w mut dyn Write,
    heading: Heading,
    begun: bool,
    results: u64,
    /// Of these, warnings and notes.
    milder: u64,
    left_out: u64,
    notifications: Vec<Json>,
    unlisted: u64,
}

impl<'w> Sarif<'w> {
    pub(super) fn new(out: &'w mut dyn Write, heading: Heading) -> Self {
        let (notifications, begun) = (Vec::new(), false);
        let (results, milder, left_out, unlisted) = (0, 0, 0, 0);
        Self { out, heading, begun, results, milder, left_out, notifications, unlisted }
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let driver = json!({
            "name": "shelflife",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules::ALL.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
        });
        let id = format!("shelflife-{}/", self.heading.command.replace(' ', "-"));
        self.out.write_all(b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",")?;
        self.out.write_all(b"\"version\":\"2.1.0\",\"runs\":[{\"tool\":")?;
        write_escaped(self.out, &json!({ "driver": driver }))?;
        self.out.write_all(b",\"automationDetails\":")?;
        write_escaped(self.out, &json!({ "id": id }))?;
        self.out.write_all(b",\"columnKind\":\"unicodeCodePoints\",\"results\":[")
    }

    fn result(&mut self, found: &Found) -> io::Result<()> {
        let is_error = found.finding.severity == Severity::Error;
        if self.results == MOST_RESULTS || (!is_error && self.milder == MOST_RESULTS - FOR_ERRORS) {
            self.left_out += 1;
            return Ok(());
        }
        self.begin()?;
        self.out.write_all(if self.results == 0 { b"\n" } else { b",\n" })?;
        self.results += 1;
        self.milder += u64::from(!is_error);
        write_escaped(self.out, &result(found))
    }

    fn notify(&mut self, level: &str, text: &str) {
        if self.notifications.len() < MOST_NOTIFICATIONS {
            self.notifications.push(notification(level, text));
        } else {
            self.unlisted += 1;
        }
    }

    /// The run as a whole: how it ended, and what could not be told as a result.
    fn invocation(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> Json {
        let mut told = std::mem::take(&mut self.notifications);
        if self.unlisted > 0 {
            told.push(notification("warning", &format!("{} more are not listed", self.unlisted)));
        }
        if self.left_out > 0 {
            let text = format!(
                "{} results are left out: code scanning takes {MOST_RESULTS} of one run",
                self.left_out
            );
            told.push(notification("error", &text));
        }
        if let Some(error) = error {
            let causes = error.causes.iter().map(|cause| format!(": {cause}"));
            told.push(notification(
                "error",
                &(error.message.clone() + &causes.collect::<String>()),
            ));
        }
        json!({
            "executionSuccessful": error.is_none() && summary.failed == 0,
            "exitCode": summary.code,
            "startTimeUtc": self.heading.now.to_string(),
            "toolExecutionNotifications": told,
        })
    }
}

impl Sink for Sarif<'_> {
    fn item(&mut self, item: &Item, _dry_run: bool) -> io::Result<()> {
        match item {
            Item::Finding(found) => self.result(found)?,
            Item::Failure { what, why, .. } => self.notify("error", &format!("{what}: {why}")),
            Item::Text(text) => self.notify("note", text),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        self.begin()?;
        self.out.write_all(if self.results == 0 { b"]" } else { b"\n]" })?;
        self.out.write_all(b",\"invocations\":[")?;
        let invocation = self.invocation(summary, error);
        write_escaped(self.out, &invocation)?;
        self.out.write_all(b"]}]}\n")?;
        self.out.flush()
    }
}

/// A rule as viewers explain it.
fn described(rule: &Rule) -> Json {
    let Rule { code, name, summary, why, fix, source, severity, .. } = rule;
    let sentence = capitalized(summary) + ".";
    json!({
        "id": code,
        "name": name,
        "shortDescription": { "text": sentence },
        "fullDescription": { "text": format!("{sentence} {why}") },
        "help": {
            "text": format!("{why}\n\nWhat to do: {fix}\n\nSource: {source}."),
            "markdown": format!("{why}\n\n**What to do:** {fix}\n\n*Source: {source}.*"),
        },
        "defaultConfiguration": { "level": level(*severity) },
        "properties": { "problem.severity": problem(*severity), "precision": "high" },
    })
}

fn result(found: &Found) -> Json {
    let Found { subject, location, finding, effect } = found;
    let fingerprint = found.fingerprint();
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": message(found) },
        "locations": [physical(found.file(), location.as_ref(), found.about())],
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{fingerprint}:1"),
            "shelflife/v1": fingerprint,
        },
    });
    let mut add = |key: &str, value: Json| {
        if let Some(fields) = result.as_object_mut() {
            fields.insert(key.to_owned(), value);
        }
    };
    if let Some(index) = rules::ALL.iter().position(|rule| rule.code == finding.code) {
        add("ruleIndex", json!(index));
    }
    if let Effect::Accepted(why) = effect {
        add("suppressions", json!([{ "kind": "external", "justification": why }]));
    }
    if let Some(subject) = subject {
        add("properties", json!({ "asset": subject.id.0, "path": subject.path }));
    }
    result
}

/// Where it stands. A file without lines counts as its first one: GitHub wants a line.
fn physical(file: &str, location: Option<&Location>, about: &str) -> Json {
    let line = location.and_then(|location| location.line).unwrap_or(1).max(1);
    let mut place = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": address(file) },
            "region": { "startLine": line },
        },
    });
    if let Some(fields) = place.as_object_mut().filter(|_| about != file && !about.is_empty()) {
        let inner = json!([{ "fullyQualifiedName": about, "kind": "resource" }]);
        fields.insert("logicalLocations".to_owned(), inner);
    }
    place
}

/// The message, with what it is about where its file does not tell.
fn message(found: &Found) -> String {
    let text = &found.finding.message;
    match found.about() {
        about if about == found.file() || about.is_empty() => literal(text),
        about => literal(&format!("{about}: {text}")),
    }
}

fn notification(level: &str, text: &str) -> Json {
    json!({ "level": level, "message": { "text": literal(text) } })
}

/// Takes from a text what SARIF would read as a link (`[text](target)`) or a placeholder (`{0}`).
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '{', '}']) {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        literal.push_str(match from.as_bytes().first() {
            Some(b'[') => "\\[",
            Some(b'{') => "{{",
            _ => "}}",
        });
        rest = from.get(1..).unwrap_or_default();
    }
    literal.push_str(rest);
    literal
}

/// The path as a URI reference (RFC 3986): what is not unreserved is percent-encoded.
fn address(path: &str) -> String {
    let mut address = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _infallible = write!(address, "%{byte:02X}");
        }
    }
    address
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Off => "none",
        Severity::Note | Severity::Warning | Severity::Error => severity.name(),
    }
}

/// GitHub's word for it, by which it sorts.
fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Off | Severity::Note => "recommendation",
        Severity::Warning | Severity::Error => severity.name(),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
