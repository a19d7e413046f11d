//! Gathers what an `<item>` says until it ends, and judges it then.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::gathering::{Reach, Text};
use super::names::Field;
use super::syntax::unix_lines;
use crate::domain::path::RelPath;
use crate::exports::details::{self, ALT, ATTACHED_FILE, BACKUP_SIZES, METADATA};
use crate::exports::php::PhpError;
use crate::exports::problem::{listed, shown};
use crate::exports::url::{claim_url, upload_path};
use crate::exports::{Defect, Item, Malformed, MediaDetails, Place, Problem};

/// The texts of an item.
#[derive(Debug, Default)]
struct Texts {
    fields: BTreeMap<Field, Text>,
    meta: BTreeMap<&'static str, Text>,
}

/// An item that is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Draft {
    line: u64,
    /// Something in it is not well-formed, so that it may have lost its beginning or end.
    pub(super) is_damaged: bool,
    texts: Texts,
    /// Texts inside another element. They stand in for missing ones of a damaged item.
    nested: Texts,
    open_meta: Option<OpenMeta>,
    problems: Vec<(u64, Defect)>,
}

#[derive(Debug)]
struct OpenMeta {
    reach: Reach,
    key: Option<&'static str>,
    value: Option<Text>,
}

/// What an item turned out to be.
#[derive(Debug)]
pub(super) enum Finished {
    Attachment(Box<Item>),
    /// What is wrong in another item, for nothing else of it is wanted.
    Other(Vec<Problem>),
}

/// The metadata of an attachment that is read.
const KEYS: [&str; 4] = [ATTACHED_FILE, ALT, METADATA, BACKUP_SIZES];

impl Draft {
    pub(super) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Keeps the first text of a field, as the importer of WordPress does.
    pub(super) fn set(&mut self, field: Field, reach: Reach, text: Text) {
        self.texts_at(reach).fields.entry(field).or_insert(text);
    }

    /// Whether one more text of the field is one too many: where the item is damaged, the start
    /// of another was lost before it.
    pub(super) fn is_merged_at(&self, field: Field) -> bool {
        let has_field = |texts: &Texts| texts.fields.contains_key(&field);
        self.is_damaged && (has_field(&self.texts) || has_field(&self.nested))
    }

    pub(super) fn begin_meta(&mut self, reach: Reach) {
        self.end_meta();
        self.open_meta = Some(OpenMeta { reach, key: None, value: None });
    }

    pub(super) fn set_key(&mut self, key: &str) {
        let key = key.trim();
        if let Some(meta) = &mut self.open_meta {
            meta.key = KEYS.into_iter().find(|known| *known == key);
        }
    }

    pub(super) fn set_value(&mut self, value: Text) {
        if let Some(meta) = &mut self.open_meta {
            meta.value = Some(value);
        }
    }

    /// Keeps the first value of a key, which is what WordPress gives for a single value.
    pub(super) fn end_meta(&mut self) {
        if let Some(OpenMeta { reach, key: Some(key), value: Some(value) }) = self.open_meta.take()
        {
            let line = value.line;
            let is_other = match self.texts_at(reach).meta.entry(key) {
                Entry::Occupied(known) => known.get().value != value.value,
                Entry::Vacant(place) => {
                    place.insert(value);
                    false
                }
            };
            if is_other && key == ATTACHED_FILE {
                self.report(line, Defect::GivenTwice { field: ATTACHED_FILE });
            }
        }
    }

    fn texts_at(&mut self, reach: Reach) -> &mut Texts {
        match reach {
            Reach::Item => &mut self.texts,
            Reach::Nested => &mut self.nested,
        }
    }

    fn report(&mut self, line: u64, defect: Defect) {
        self.problems.push((line, defect));
    }

    /// Reports the first of what is not well-formed; the rest often follows from it.
    pub(super) fn report_malformed(&mut self, line: u64, why: Malformed) {
        if !self.problems.iter().any(|(_, what)| matches!(what, Defect::NotWellFormed(_))) {
            self.report(line, Defect::NotWellFormed(why));
        }
    }

    /// The id, for problems that are about the item.
    pub(super) fn id(&self) -> Option<i64> {
        self.texts.fields.get(&Field::PostId)?.value.trim().parse().ok()
    }

    /// What is wrong in an item of which nothing else is wanted.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let subject = self.id();
        listed(placed(self.problems), subject)
    }

    pub(super) fn finish(mut self) -> Finished {
        self.end_meta();
        if self.is_damaged {
            let Texts { fields, meta } = std::mem::take(&mut self.nested);
            for (field, text) in fields {
                self.texts.fields.entry(field).or_insert(text);
            }
            for (key, text) in meta {
                self.texts.meta.entry(key).or_insert(text);
            }
        }
        if self.is_attachment() {
            Finished::Attachment(Box::new(self.into_item()))
        } else {
            Finished::Other(self.into_problems())
        }
    }

    /// The type says so; where a defect took it, the URL of a file does.
    fn is_attachment(&self) -> bool {
        match self.texts.fields.get(&Field::PostType) {
            Some(kind) => kind.value.trim() == "attachment",
            None => self.is_damaged && self.texts.fields.contains_key(&Field::AttachmentUrl),
        }
    }

    fn into_item(mut self) -> Item {
        let attachment = self.take_id();
        self.report_cuts();
        let served = self.take_url(Field::AttachmentUrl);
        let file = self.take_file();
        self.compare(served.as_deref(), file.as_ref());
        let url = served.or_else(|| self.take_url(Field::Guid));
        let mut item = Item {
            attachment,
            title: self.take(Field::Title),
            alt: self.texts.meta.remove(ALT).map(|alt| unix_lines(&alt.value)),
            caption: self.take(Field::Excerpt),
            description: self.take(Field::Content),
            slug: self.take_trimmed(Field::PostName),
            status: self.take_trimmed(Field::Status),
            url,
            file,
            mime: None,
            posted: self.take_date(Field::PostDate),
            posted_utc: self.take_date(Field::PostDateGmt),
            parent: self.take_parent(),
            details: self.take_details(),
            bytes: None,
            place: Place::line(self.line),
            problems: Vec::new(),
        };
        if item.url.is_none() && item.main_file().is_none() && self.problems.is_empty() {
            self.report(self.line, Defect::FileMissing);
        }
        item.problems = listed(placed(self.problems), attachment);
        item
    }

    fn take(&mut self, field: Field) -> Option<String> {
        self.texts.fields.remove(&field).map(|text| text.value)
    }

    fn take_trimmed(&mut self, field: Field) -> Option<String> {
        self.take(field).map(|text| text.trim().to_owned())
    }

    /// The importer of WordPress and every version that wrote one agree on this "no date".
    fn take_date(&mut self, field: Field) -> Option<String> {
        self.take_trimmed(field).filter(|date| !date.is_empty() && date != "0000-00-00 00:00:00")
    }

    fn take_id(&mut self) -> Option<i64> {
        let Some(id) = self.texts.fields.remove(&Field::PostId) else {
            self.report(self.line, Defect::IdMissing);
            return None;
        };
        self.number(Field::PostId, &id).filter(|id| *id > 0)
    }

    /// `0` and an empty text mean "uploaded to no post".
    fn take_parent(&mut self) -> Option<i64> {
        let parent = self.texts.fields.remove(&Field::PostParent)?;
        if parent.value.trim().is_empty() {
            return None;
        }
        self.number(Field::PostParent, &parent).filter(|parent| *parent > 0)
    }

    fn number(&mut self, field: Field, text: &Text) -> Option<i64> {
        let number = text.value.trim().parse().ok().filter(|number| *number >= 0);
        if number.is_none() {
            let field = field.element();
            let defect = Defect::NotANumber { field, text: shown(&text.value) };
            self.report(text.line, defect);
        }
        number
    }

    fn take_url(&mut self, field: Field) -> Option<String> {
        let url = self.texts.fields.remove(&field)?;
        let mut defects = Vec::new();
        let claimed = claim_url(field.element(), &url.value, &mut defects);
        self.problems.extend(defects.into_iter().map(|defect| (url.line, defect)));
        claimed
    }

    fn take_file(&mut self) -> Option<RelPath> {
        let file = self.texts.meta.remove(ATTACHED_FILE)?;
        match details::claim(ATTACHED_FILE, file.value.trim()) {
            Ok(path) => Some(path),
            Err(defect) => {
                self.report(file.line, defect);
                None
            }
        }
    }

    /// The URL that WordPress gives is made of the name of the file.
    fn compare(&mut self, url: Option<&str>, file: Option<&RelPath>) {
        let (Some(url), Some(file)) = (url, file) else { return };
        if !url.as_bytes().ends_with(file.name())
            && upload_path(url).is_some_and(|path| path.name() != file.name())
        {
            self.report(self.line, Defect::OtherUrl { url: shown(url) });
        }
    }

    fn take_details(&mut self) -> Option<MediaDetails> {
        let metadata = self.take_list(METADATA, details::read_metadata);
        let backup_sizes = self.take_list(BACKUP_SIZES, details::read_backup_sizes);
        match (metadata, backup_sizes) {
            (metadata, None) => metadata,
            (metadata, Some(backup_sizes)) => {
                Some(MediaDetails { backup_sizes, ..metadata.unwrap_or_default() })
            }
        }
    }

    fn take_list<T>(
        &mut self,
        key: &'static str,
        read: fn(&str, &mut Vec<Defect>) -> Result<Option<T>, PhpError>,
    ) -> Option<T> {
        let value = self.texts.meta.remove(key)?;
        if value.is_cut {
            let why = PhpError::TooLong;
            self.report(value.line, Defect::NotReadable { field: key, why });
            return None;
        }
        let mut defects = Vec::new();
        let list = read(&value.value, &mut defects).unwrap_or_else(|why| {
            defects.push(Defect::NotReadable { field: key, why });
            None
        });
        self.problems.extend(defects.into_iter().map(|defect| (value.line, defect)));
        list
    }

    fn report_cuts(&mut self) {
        let limit = crate::exports::MAX_TEXT;
        let fields = self.texts.fields.iter().map(|(field, text)| (field.element(), text));
        let alt = self.texts.meta.get_key_value(ALT).map(|(key, text)| (*key, text));
        let cuts: Vec<_> = fields
            .chain(alt)
            .filter(|(_, text)| text.is_cut)
            .map(|(field, text)| (text.line, Defect::TooLong { field, limit }))
            .collect();
        self.problems.extend(cuts);
    }
}

/// The defects in the order of their lines.
fn placed(mut found: Vec<(u64, Defect)>) -> Vec<(Place, Defect)> {
    found.sort_by_key(|(line, _)| *line);
    found.into_iter().map(|(line, defect)| (Place::line(line), defect)).collect()
}
