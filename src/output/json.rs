//! One JSON document, written as the items come.
//!
//! Its shape is frozen as schema 1 in types of its own: renaming a domain type cannot change it.
//! Control and bidirectional characters are written as `\uXXXX`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::ser::Formatter;

use super::Heading;
use crate::domain::lifecycle::{Ended, State};
use crate::domain::text::is_unsafe_to_show;
use crate::report::{Effect, ErrorLine, Found, Item, Location, Sink, Subject, Summary, Value};

const SCHEMA: u32 = 1;

/// The renderer for scripts.
pub(super) struct Json<'w> {
    out: &'w mut dyn Write,
    heading: Heading,
    items: u64,
}

impl<'w> Json<'w> {
    pub(super) fn new(out: &'w mut dyn Write, heading: Heading) -> Self {
        Self { out, heading, items: 0 }
    }

    fn begin(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"schema\":{SCHEMA},\"command\":")?;
        let Heading { command, now, .. } = self.heading;
        self.value(&command)?;
        self.out.write_all(b",\"now\":")?;
        self.value(&now.to_string())?;
        self.out.write_all(b",\"items\":[")
    }

    fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        write_escaped(self.out, value)
    }
}

/// Writes a value as compact JSON in which no character can steer a terminal.
pub(super) fn write_escaped(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

impl Sink for Json<'_> {
    fn item(&mut self, item: &Item, dry_run: bool) -> io::Result<()> {
        if self.items == 0 {
            self.begin()?;
        }
        self.out.write_all(if self.items == 0 { b"\n" } else { b",\n" })?;
        self.items += 1;
        self.value(&ItemV1::of(item, dry_run))
    }

    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        if self.items == 0 {
            self.begin()?;
        }
        self.out.write_all(if self.items == 0 { b"]," } else { b"\n]," })?;
        if let Some(error) = error {
            self.out.write_all(b"\"error\":")?;
            self.value(&ErrorV1::of(error))?;
            self.out.write_all(b",")?;
        }
        self.out.write_all(b"\"summary\":")?;
        self.value(&SummaryV1::of(summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut plain = 0;
        for (at, character) in fragment.char_indices().filter(|(_, c)| is_unsafe_to_show(*c)) {
            writer.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum ItemV1<'a> {
    Row {
        kind: &'a str,
        fields: FieldsV1<'a>,
    },
    Change {
        #[serde(flatten)]
        subject: SubjectV1<'a>,
        action: &'a str,
        from: StateV1,
        to: StateV1,
        why: &'a [String],
        dry_run: bool,
    },
    Edit {
        #[serde(flatten)]
        subject: Option<SubjectV1<'a>>,
        what: &'a str,
        dry_run: bool,
    },
    Refusal {
        #[serde(flatten)]
        subject: SubjectV1<'a>,
        action: &'a str,
        why: &'a str,
    },
    Finding {
        #[serde(flatten)]
        subject: Option<SubjectV1<'a>>,
        code: &'a str,
        name: &'a str,
        severity: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        location: Option<LocationV1<'a>>,
        decides: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        accepted: Option<&'a str>,
        fingerprint: String,
    },
    Kept {
        #[serde(flatten)]
        subject: SubjectV1<'a>,
        because: &'a str,
    },
    Failure {
        what: &'a str,
        why: &'a str,
        hint: Option<&'a str>,
    },
    Text {
        text: &'a str,
    },
    Document {
        text: &'a str,
    },
}

impl<'a> ItemV1<'a> {
    fn of(item: &'a Item, dry_run: bool) -> Self {
        match item {
            Item::Row { kind, fields } | Item::Sheet { kind, fields } => {
                Self::Row { kind, fields: FieldsV1(fields) }
            }
            Item::Change { subject, action, from, to, why } => Self::Change {
                subject: SubjectV1::of(subject),
                action,
                from: StateV1::of(*from),
                to: StateV1::of(*to),
                why,
                dry_run,
            },
            Item::Edit { subject, what } => {
                Self::Edit { subject: subject.as_ref().map(SubjectV1::of), what, dry_run }
            }
            Item::Refusal { subject, action, why } => {
                Self::Refusal { subject: SubjectV1::of(subject), action, why }
            }
            Item::Finding(found) => Self::finding(found),
            Item::Kept { subject, because } => {
                Self::Kept { subject: SubjectV1::of(subject), because }
            }
            Item::Failure { what, why, hint } => Self::Failure { what, why, hint: hint.as_deref() },
            Item::Text(text) => Self::Text { text },
            Item::Document(text) => Self::Document { text },
        }
    }

    fn finding(found: &'a Found) -> Self {
        let Found { subject, location, finding, effect } = found;
        let accepted = match effect {
            Effect::Accepted(why) => Some(why.as_str()),
            Effect::Decides | Effect::Told => None,
        };
        Self::Finding {
            subject: subject.as_ref().map(SubjectV1::of),
            code: finding.code,
            name: finding.name,
            severity: finding.severity.name(),
            message: &finding.message,
            location: location.as_ref().map(LocationV1::of),
            decides: *effect == Effect::Decides,
            accepted,
            fingerprint: found.fingerprint(),
        }
    }
}

#[derive(Serialize)]
struct LocationV1<'a> {
    file: &'a str,
    line: Option<u64>,
    item: Option<&'a str>,
}

impl<'a> LocationV1<'a> {
    fn of(location: &'a Location) -> Self {
        let Location { file, line, item } = location;
        Self { file, line: *line, item: item.as_deref() }
    }
}

#[derive(Serialize)]
struct SubjectV1<'a> {
    id: i64,
    path: &'a str,
}

impl<'a> SubjectV1<'a> {
    fn of(subject: &'a Subject) -> Self {
        Self { id: subject.id.0, path: &subject.path }
    }
}

#[derive(Serialize)]
struct StateV1 {
    state: &'static str,
    /// How use had ended, for `quarantined` and `purged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'static str>,
}

impl StateV1 {
    fn of(state: State) -> Self {
        Self { state: state.name(), was: state.was().map(Ended::name) }
    }
}

struct FieldsV1<'a>(&'a [(&'static str, Value)]);

impl Serialize for FieldsV1<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &ValueV1(value))?;
        }
        map.end()
    }
}

struct ValueV1<'a>(&'a Value);

impl Serialize for ValueV1<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Nothing => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Truth(truth) => serializer.serialize_bool(*truth),
            Value::List(values) => serializer.collect_seq(values.iter().map(ValueV1)),
            Value::Record(fields) => FieldsV1(fields).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct ErrorV1<'a> {
    message: &'a str,
    excerpt: &'a [String],
    causes: &'a [String],
    hint: Option<&'a str>,
    exit_code: u8,
}

impl<'a> ErrorV1<'a> {
    fn of(error: &'a ErrorLine) -> Self {
        let ErrorLine { message, excerpt, causes, hint, code } = error;
        Self { message, excerpt, causes, hint: hint.as_deref(), exit_code: code.number() }
    }
}

#[derive(Serialize)]
struct SummaryV1<'a> {
    dry_run: bool,
    changed: u64,
    edited: u64,
    refused: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    accepted: u64,
    kept: u64,
    failed: u64,
    rows: u64,
    figures: &'a BTreeMap<&'static str, u64>,
    audit: Option<AuditV1<'a>>,
    exit_code: u8,
}

#[derive(Serialize)]
struct AuditV1<'a> {
    length: u64,
    head: &'a str,
}

impl<'a> SummaryV1<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            dry_run: summary.dry_run,
            changed: summary.changed,
            edited: summary.edited,
            refused: summary.refused,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            accepted: summary.accepted,
            kept: summary.kept,
            failed: summary.failed,
            rows: summary.rows,
            figures: &summary.figures,
            audit: summary.audit.as_ref().map(|(length, head)| AuditV1 { length: *length, head }),
            exit_code: summary.code,
        }
    }
}
