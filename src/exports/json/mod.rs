//! JSON: saved answers of `/wp/v2/media`, and the lists of `wp post list --format=json`.
//!
//! Streams: one entry is held at a time. Items are found as elements of an array, as single
//! objects, in answers with an envelope, and where `_embed` put them into posts.

mod attachment;
pub(in crate::exports) mod entries;
mod entry;
mod loose;
mod rendered;

use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;

use serde_json::value::RawValue;

pub(super) use self::attachment::read_metadata;
use self::entries::{Entries, Found, MAX_ENTRY};
use self::entry::{Entry, Kind};
use super::problem::shown;
use super::{Defect, Event, ExportError, Place, Problem};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Within {
    /// So many other entries are around it.
    depth: usize,
    is_in_post: bool,
}

/// How deep entries may be in others: an envelope, what it holds, a post, its picture.
const MAX_DEPTH: usize = 6;
const NOTHING: Within = Within { depth: 0, is_in_post: false };

/// Reads the attachments of a JSON document.
#[derive(Debug)]
pub struct JsonReader<R> {
    entries: Entries<R>,
    taking: Taking,
    is_done: bool,
}

/// What is being made of the entries.
#[derive(Debug, Default)]
struct Taking {
    /// The number of the entry, counted from 1.
    entry: u64,
    /// The first entry that is no item of a site, and how many there were.
    strangers: Option<(Place, u64)>,
    events: VecDeque<Event>,
}

impl<R: BufRead> JsonReader<R> {
    pub fn new(source: R) -> Self {
        Self { entries: Entries::new(source), taking: Taking::default(), is_done: false }
    }

    fn advance(&mut self) -> Result<(), ExportError> {
        let found = self.entries.find_next().map_err(|source| {
            self.is_done = true;
            ExportError::Read { place: Place::line(self.entries.line()), source }
        })?;
        let line = self.entries.begun();
        match found {
            None => {
                self.is_done = true;
                self.taking.finish();
            }
            Some(Found::Entry) => {
                self.taking.entry += 1;
                self.taking.take(line, self.entries.text(), NOTHING);
            }
            Some(Found::TooLong) => {
                self.taking.entry += 1;
                self.taking.problem(line, Defect::EntryTooLong { limit: MAX_ENTRY });
            }
            Some(Found::CutOff) => {
                self.taking.entry += 1;
                self.taking.problem(line, Defect::CutOff);
            }
            Some(Found::OpenArray) => {
                self.taking
                    .problem_of_file(line, Defect::NotJson("the list is not closed".to_owned()));
            }
            Some(Found::Preface) => {
                let what = "a warning or a header stands before it and was passed over";
                self.taking.problem_of_file(line, Defect::NotJson(what.to_owned()));
            }
            Some(Found::Stray) => {
                let what = "something stands between two entries that is no part of a list";
                self.taking.problem_of_file(line, Defect::NotJson(what.to_owned()));
            }
        }
        Ok(())
    }
}

impl Taking {
    fn place(&self, line: u64) -> Place {
        Place { entry: Some(self.entry), ..Place::line(line) }
    }

    fn problem(&mut self, line: u64, what: Defect) {
        let place = self.place(line);
        self.events.push_back(Event::Problem(Problem { place, subject: None, what }));
    }

    fn problem_of_file(&mut self, line: u64, what: Defect) {
        let place = Place::line(line);
        self.events.push_back(Event::Problem(Problem { place, subject: None, what }));
    }

    /// Takes one entry, or the one that it wraps.
    fn take(&mut self, line: u64, bytes: &[u8], within: Within) {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            let count = bytes.utf8_chunks().map(|chunk| chunk.invalid().len() as u64).sum();
            self.problem(line, Defect::NotText { count });
        }
        if text.starts_with('[') {
            self.take_within(line, (&text, &text), within);
            return;
        }
        if !text.starts_with('{') {
            self.stranger(line, within);
            return;
        }
        match serde_json::from_str::<Entry<'_>>(&text) {
            Ok(entry) => self.take_entry(line, (&text, entry), within),
            Err(error) => {
                let line = line + (error.line() as u64).saturating_sub(1);
                self.problem(line, not_json(&error));
            }
        }
    }

    fn take_entry(&mut self, line: u64, (text, mut entry): (&str, Entry<'_>), within: Within) {
        let featured = entry.featured();
        match entry.kind() {
            Kind::Attachment => {
                let item = attachment::draft(entry, self.place(line)).finish();
                self.events.push_back(Event::Item(Box::new(item)));
            }
            // A picture that the reader of a post may not see is no concern of an export.
            Kind::Refusal if within.is_in_post => {}
            Kind::Refusal => {
                let part = |text: Option<String>| shown(&text.unwrap_or_default());
                let (code, message) =
                    (part(entry.code.take_text()), part(entry.message.take_text()));
                self.problem(line, Defect::SiteRefused { code, message });
            }
            Kind::Envelope(inner) => self.take_within(line, (text, inner.get()), within),
            Kind::OtherPost => {}
            Kind::Stranger => match numbered(text) {
                Some(values) => values
                    .into_iter()
                    .for_each(|inner| self.take_within(line, (text, inner.get()), within)),
                None => self.stranger(line, within),
            },
        }
        if let Some(featured) = featured {
            let within = Within { is_in_post: true, ..within };
            self.take_within(line, (text, featured.get()), within);
        }
    }

    /// Takes what is in an entry: one entry or a list of them.
    fn take_within(&mut self, line: u64, (text, inner): (&str, &str), within: Within) {
        let within = Within { depth: within.depth + 1, ..within };
        if within.depth == MAX_DEPTH {
            self.stranger(line, within);
            return;
        }
        let before = (inner.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = line + line_feeds(text.get(..before).unwrap_or_default());
        let mut entries = Entries::new(inner.as_bytes());
        while let Ok(Some(found)) = entries.find_next() {
            if found == Found::Entry {
                self.take(line + entries.begun() - 1, entries.text(), within);
            }
        }
    }

    fn stranger(&mut self, line: u64, within: Within) {
        if within.is_in_post {
            return;
        }
        let place = self.place(line);
        self.strangers.get_or_insert((place, 0)).1 += 1;
    }

    /// Tells of the entries that are no items of a site.
    fn finish(&mut self) {
        let Some((place, count)) = self.strangers.take() else { return };
        let what = Defect::NotAttachments { count };
        self.events.push_back(Event::Problem(Problem { place, subject: None, what }));
    }
}

/// The values of `{"0":{…},"1":{…}}`, which PHP makes of a list with holes.
fn numbered(text: &str) -> Option<Vec<&RawValue>> {
    let values: BTreeMap<&str, &RawValue> = serde_json::from_str(text).ok()?;
    let is_number = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let is_list =
        values.iter().all(|(name, value)| is_number(name) && value.get().starts_with('{'));
    let mut values: Vec<_> = values.into_values().collect();
    values.sort_by_key(|value| value.get().as_ptr() as usize);
    Some(values).filter(|values| is_list && !values.is_empty())
}

fn line_feeds(text: &str) -> u64 {
    text.bytes().map(|byte| u64::from(byte == b'\n')).sum()
}

/// What the parser says, without the place that it counts within the entry.
fn not_json(error: &serde_json::Error) -> Defect {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    Defect::NotJson(shown(message.get(..end).unwrap_or_default()))
}

impl<R: BufRead> Iterator for JsonReader<R> {
    type Item = Result<Event, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.taking.events.pop_front() {
                return Some(Ok(event));
            }
            if self.is_done {
                return None;
            }
            if let Err(error) = self.advance() {
                return Some(Err(error));
            }
        }
    }
}
