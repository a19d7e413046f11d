//! Tables of attachments: `wp post list --format=csv`, our own descriptions, and the like.
//!
//! The header says what a column is, whatever their order; columns that are not known are passed
//! over.

use std::io::{self, Read};

use super::records::Records;
use super::{Cell, TableDefect, TableProblem, cell};
use crate::exports::details::{self, ALT, ATTACHED_FILE, METADATA};
use crate::exports::draft::Draft;
use crate::exports::{Defect, Event, ExportError, MediaDetails, Place, Problem, json};

/// What a column says about an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    /// An asset as `describe` names it: an id of ours, `wp:7`, or a path.
    Asset,
    File,
    Url,
    Guid,
    Title,
    Alt,
    Caption,
    Description,
    Slug,
    Status,
    Mime,
    Posted,
    PostedUtc,
    Parent,
    Type,
    Metadata,
    Width,
    Height,
    Filesize,
}

/// The names of columns, in lower case: those of WP-CLI, of the REST API, and our own.
#[rustfmt::skip]
const COLUMNS: [(&str, Field); 36] = [
    ("id", Field::Id), ("attachment_id", Field::Id), ("post_id", Field::Id),
    ("asset", Field::Asset),
    (ATTACHED_FILE, Field::File), ("file", Field::File), ("path", Field::File),
    ("url", Field::Url), ("source_url", Field::Url), ("guid", Field::Guid),
    ("post_title", Field::Title), ("title", Field::Title),
    (ALT, Field::Alt), ("alt_text", Field::Alt), ("alt", Field::Alt),
    ("post_excerpt", Field::Caption), ("caption", Field::Caption),
    ("post_content", Field::Description), ("description", Field::Description),
    ("post_name", Field::Slug), ("slug", Field::Slug),
    ("post_status", Field::Status), ("status", Field::Status),
    ("post_mime_type", Field::Mime), ("mime_type", Field::Mime), ("mime", Field::Mime),
    ("post_date", Field::Posted), ("date", Field::Posted),
    ("post_date_gmt", Field::PostedUtc), ("date_gmt", Field::PostedUtc),
    ("post_parent", Field::Parent),
    ("post_type", Field::Type),
    (METADATA, Field::Metadata),
    ("width", Field::Width), ("height", Field::Height), ("filesize", Field::Filesize),
];

impl Field {
    fn named(name: &str) -> Option<(&'static str, Self)> {
        let name = name.trim().to_ascii_lowercase();
        COLUMNS.into_iter().find(|(known, _)| *known == name)
    }

    /// Whether it tells which attachment or file a row is about.
    fn names_the_row(self) -> bool {
        matches!(self, Self::Id | Self::Asset | Self::File | Self::Url | Self::Guid)
    }
}

/// Whether the bytes begin with the header of a table of attachments.
pub(in crate::exports) fn is_evident(head: &[u8]) -> bool {
    let Ok((_, records)) = Records::open(head) else { return false };
    let fields =
        records.record().iter().filter_map(|name| Field::named(str::from_utf8(name).ok()?));
    let fields: Vec<_> = fields.map(|(_, field)| field).collect();
    fields.len() > 1 && fields.iter().any(|field| field.names_the_row())
}

/// Reads a table of attachments.
#[derive(Debug)]
pub struct AttachmentTable<R> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    New(R),
    Open(Box<Rows<R>>),
    Done,
}

#[derive(Debug)]
struct Rows<R> {
    records: Records<R>,
    columns: Vec<Option<(&'static str, Field)>>,
    /// The number of the row, counted from 1 behind the header.
    entry: u64,
}

impl<R: Read> AttachmentTable<R> {
    pub fn new(source: R) -> Self {
        Self { state: State::New(source) }
    }
}

impl<R: Read> Iterator for AttachmentTable<R> {
    type Item = Result<Event, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut rows = match std::mem::replace(&mut self.state, State::Done) {
                State::New(source) => match Rows::open(source) {
                    Ok(rows) => Box::new(rows),
                    Err(problem) => return Some(told(problem)),
                },
                State::Open(rows) => rows,
                State::Done => return None,
            };
            let row = rows.next_row()?;
            if row.as_ref().is_err_and(|problem| problem.what.ends_the_table()) {
                return row.err().map(told);
            }
            self.state = State::Open(rows);
            match row {
                Ok(None) => {}
                Ok(Some(draft)) => return Some(Ok(Event::Item(Box::new(draft.finish())))),
                Err(problem) => return Some(told(problem)),
            }
        }
    }
}

/// The problem as the readers of exports tell it.
fn told(problem: TableProblem) -> Result<Event, ExportError> {
    let TableProblem { line, column: _, what } = problem;
    let place = Place::line(line);
    match what {
        TableDefect::Unreadable(why) => {
            Err(ExportError::Read { place, source: io::Error::other(why) })
        }
        what => Ok(Event::Problem(Problem { place, subject: None, what: Defect::Table(what) })),
    }
}

impl<R: Read> Rows<R> {
    fn open(source: R) -> Result<Self, TableProblem> {
        let (line, records) = Records::open(source)?;
        let mut columns: Vec<Option<(&'static str, Field)>> = Vec::new();
        for name in records.record() {
            let name = String::from_utf8_lossy(name);
            let column = Field::named(&name);
            if column.is_some() && columns.contains(&column) {
                let column = Some(crate::exports::problem::shown(&name));
                return Err(TableProblem { line, column, what: TableDefect::RepeatedColumn });
            }
            columns.push(column);
        }
        if !columns.iter().flatten().any(|(_, field)| field.names_the_row()) {
            return Err(TableProblem { line, column: None, what: TableDefect::NoNamingColumn });
        }
        Ok(Self { records, columns, entry: 0 })
    }

    /// The next row; `None` in it if it is about a post that is no attachment.
    fn next_row(&mut self) -> Option<Result<Option<Draft>, TableProblem>> {
        let line = self.records.next_row()?;
        self.entry += 1;
        Some(line.and_then(|line| {
            self.records.check_count(line, self.columns.len())?;
            self.row(line)
        }))
    }

    fn has(&self, field: Field) -> bool {
        self.columns.iter().flatten().any(|(_, known)| *known == field)
    }

    fn row(&self, line: u64) -> Result<Option<Draft>, TableProblem> {
        let place = Place { entry: Some(self.entry), ..Place::line(line) };
        let mut row = Row { draft: Draft { place, ..Draft::default() }, ..Row::default() };
        let is_ours = self.has(Field::Asset);
        for (column, bytes) in self.columns.iter().zip(self.records.record()) {
            let Some((name, field)) = column else { continue };
            let text = row.text(bytes);
            let text = match cell::read(&text) {
                None | Some(Cell::Clear) if is_ours => continue,
                None => String::new(),
                Some(Cell::Clear) => text,
                Some(Cell::Set(text)) => text,
            };
            row.set((*name, *field), text);
        }
        if row.is_other_post {
            return Ok(None);
        }
        let mut draft = row.finish();
        if draft.id.is_none() && self.has(Field::Id) {
            draft.defects.push(Defect::IdMissing);
        }
        if draft.id.is_none() && [&draft.file, &draft.url, &draft.guid].iter().all(|c| c.is_none())
        {
            return Err(TableProblem { line, column: None, what: TableDefect::NamesNothing });
        }
        Ok(Some(draft))
    }
}

/// One row while its cells are read.
#[derive(Debug, Default)]
struct Row {
    draft: Draft,
    details: MediaDetails,
    is_other_post: bool,
}

impl Row {
    fn text(&mut self, bytes: &[u8]) -> String {
        let count = bytes.utf8_chunks().map(|chunk| chunk.invalid().len() as u64).sum();
        if count > 0 {
            self.draft.defects.push(Defect::NotText { count });
        }
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn set(&mut self, (name, field): (&'static str, Field), text: String) {
        let draft = &mut self.draft;
        let names = |text: String| (!text.trim().is_empty()).then_some((name, text));
        match field {
            Field::Id => draft.id = names(text),
            Field::Asset => self.set_asset(name, &text),
            Field::File => draft.file = names(text).or(draft.file.take()),
            Field::Url => draft.url = names(text),
            Field::Guid => draft.guid = names(text),
            Field::Title => draft.title = Some((name, text)),
            Field::Alt => draft.alt = Some((name, text)),
            Field::Caption => draft.caption = Some((name, text)),
            Field::Description => draft.description = Some((name, text)),
            Field::Slug => draft.slug = Some(text),
            Field::Status => draft.status = Some(text),
            Field::Mime => draft.mime = Some(text),
            Field::Posted => draft.posted = Some(text),
            Field::PostedUtc => draft.posted_utc = Some(text),
            Field::Parent => draft.parent = Some((name, text)),
            Field::Type => self.is_other_post = !matches!(text.trim(), "" | "attachment"),
            Field::Metadata => self.set_metadata(&text),
            Field::Width => self.details.width = text.trim().parse().ok(),
            Field::Height => self.details.height = text.trim().parse().ok(),
            Field::Filesize => self.details.filesize = text.trim().parse().ok(),
        }
    }

    /// Our own ids and digests say nothing to others.
    fn set_asset(&mut self, name: &'static str, text: &str) {
        let text = text.trim();
        let claim = |text: &str| Some((name, text.to_owned()));
        match text.strip_prefix("wp:") {
            Some(id) => self.draft.id = claim(id),
            None if text.starts_with("sha256:")
                || text.trim_start_matches('#').parse::<u64>().is_ok() => {}
            None if self.draft.file.is_none() => self.draft.file = claim(text),
            None => {}
        }
    }

    /// WP-CLI writes a list into a cell as JSON; the database has it serialized.
    fn set_metadata(&mut self, text: &str) {
        let read = match text.trim() {
            "" => Ok(None),
            json if json.starts_with(['{', '[']) => {
                json::read_metadata(json, &mut self.draft.defects)
            }
            serialized => details::read_metadata(serialized, &mut self.draft.defects)
                .map_err(|why| Defect::NotReadable { field: METADATA, why }),
        };
        match read {
            Ok(details) => self.draft.details = details,
            Err(what) => self.draft.defects.push(what),
        }
    }

    fn finish(self) -> Draft {
        let Self { mut draft, details, .. } = self;
        // WP-CLI calls the address of a post `url`.
        if draft.guid.is_some() {
            draft.url.take_if(|(name, _)| *name == "url");
        }
        let given = draft.details.get_or_insert_default();
        given.width = given.width.or(details.width);
        given.height = given.height.or(details.height);
        given.filesize = given.filesize.or(details.filesize);
        draft
    }
}
