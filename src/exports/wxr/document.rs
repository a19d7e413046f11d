//! Follows the elements of an export, mends what does not nest, and makes items of them.
//!
//! **Invariant:** a text that a defect may have shortened or mixed is dropped, not given, and an
//! item that the end of the file cuts off is reported, not given.

use std::collections::VecDeque;

use quick_xml::events::attributes::Attributes;

use super::draft::{Draft, Finished};
use super::gathering::{Gathering, Reach, Target};
use super::names::{Field, Name, Prefixes};
use super::site::Site;
use super::stack::Stack;
use super::syntax::{count_lines, is_name, resolve};
use crate::exports::problem::shown;
use crate::exports::{Defect, Event, Malformed, Place, Problem};

/// The deepest nesting that is followed. Exports nest five deep.
pub(super) const MAX_DEPTH: usize = 64;
/// How many elements are open between two items.
const CHANNEL_DEPTH: usize = 2;
/// The text of an element that is not closed, and one inside it.
const MAX_GATHERINGS: usize = 2;

#[derive(Debug)]
struct OpenItem {
    draft: Draft,
    /// How many elements are open, with its own.
    depth: usize,
}

impl OpenItem {
    /// Where the text of a field goes that starts with `open` elements open.
    fn reach(&self, field: Field, open: usize) -> Option<Target> {
        match Reach::at(open + 1, self.depth) {
            Reach::Nested if !field.is_only_in_items() => None,
            reach => Some(Target::Field(field, reach)),
        }
    }
}

/// The first element of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Missing,
    Rss,
    Other,
}

/// The state of one document.
#[derive(Debug)]
pub(super) struct Document {
    stack: Stack,
    prefixes: Prefixes,
    item: Option<OpenItem>,
    /// Texts whose elements are open, the outer one first: two if an element is not closed.
    gatherings: Vec<Gathering>,
    /// `None` once it was given.
    site: Option<Site>,
    root: Root,
    /// A defect was reported since the last item.
    is_gap_reported: bool,
    /// Nothing is followed until the next item.
    is_lost: bool,
    events: VecDeque<Event>,
}

impl Document {
    pub(super) fn new() -> Self {
        Self {
            stack: Stack::default(),
            prefixes: Prefixes::default(),
            item: None,
            gatherings: Vec::new(),
            site: Some(Site::default()),
            root: Root::Missing,
            is_gap_reported: false,
            is_lost: false,
            events: VecDeque::new(),
        }
    }

    pub(super) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn start(&mut self, line: u64, element: &str, attributes: Attributes<'_>) {
        if !is_name(element) {
            self.defect(line, Malformed::ElementName(shown(element)));
            self.damage();
            return;
        }
        if self.prefixes.bind_all(attributes).is_none() {
            self.defect(line, Malformed::Attributes(shown(element)));
        }
        let name = self.prefixes.name(element);
        if name == Name::Item {
            self.begin_item(line, element);
            return;
        }
        if self.is_lost {
            return;
        }
        if self.stack.len() == 0 {
            self.begin_root(line, element);
        }
        if self.stack.len() == MAX_DEPTH {
            self.lose(line);
            return;
        }
        let target = self.target(name);
        self.stack.push(element, name, line);
        self.begin_element(line, name, target);
    }

    pub(super) fn end(&mut self, line: u64, element: &str) {
        if self.is_lost {
            return;
        }
        match self.stack.innermost(element) {
            Some(depth) if depth + 1 == self.stack.len() => self.close_to(depth),
            Some(depth) => {
                if let Some((name, opened)) = self.stack.top() {
                    let name = shown(name);
                    self.defect(line, Malformed::Unclosed { name, opened });
                }
                self.damage();
                self.close_to(depth);
            }
            None => {
                self.defect(line, Malformed::UnexpectedEnd(shown(element)));
                self.damage();
            }
        }
    }

    /// Text outside of CDATA, or the ampersand of a reference that is none and what follows it.
    pub(super) fn text(&mut self, line: u64, text: &str) {
        if text.starts_with('&') {
            self.defect(line, Malformed::BareAmpersand);
        }
        if let Some((before, _)) = text.split_once("]]>") {
            self.defect(line + count_lines(before.as_bytes()), Malformed::CdataEnd);
            self.damage();
        }
        if self.stack.len() == 0 && !self.is_lost && !text.trim().is_empty() {
            let space = text.len() - text.trim_start().len();
            let before = text.get(..space).unwrap_or_default();
            self.defect(line + count_lines(before.as_bytes()), Malformed::TextOutside);
        }
        self.push_text(text);
    }

    pub(super) fn cdata(&mut self, line: u64, text: &str) {
        if self.stack.len() == 0 && !self.is_lost {
            self.defect(line, Malformed::TextOutside);
        }
        self.push_text(text);
    }

    /// One of the five entities of XML or a number; anything else stays as it is written.
    pub(super) fn reference(&mut self, line: u64, entity: &str) {
        match resolve(entity) {
            Some(character) => {
                if let Some(gathering) = self.gathering_here() {
                    gathering.push_verbatim(character.encode_utf8(&mut [0; 4]));
                }
            }
            None if is_name(entity) || entity.starts_with('#') => {
                self.defect(line, Malformed::UnknownEntity(shown(entity)));
                self.push_text(&format!("&{entity};"));
            }
            None => {
                self.defect(line, Malformed::BareAmpersand);
                self.push_text(&format!("&{entity};"));
            }
        }
    }

    pub(super) fn comment(&mut self, line: u64, text: &str) {
        if let Some(at) = text.find("--").or(text.ends_with('-').then_some(text.len())) {
            let before = text.get(..at).unwrap_or_default();
            self.defect(line + count_lines(before.as_bytes()), Malformed::CommentHyphens);
        }
        if let Some(site) = &mut self.site {
            site.read_comment(text);
        }
    }

    /// Reports what is not well-formed: once for each item, and once between two items.
    pub(super) fn defect(&mut self, line: u64, why: Malformed) {
        match &mut self.item {
            Some(item) => item.draft.report_malformed(line, why),
            None if self.is_gap_reported => {}
            None => {
                self.is_gap_reported = true;
                self.problem(line, Defect::NotWellFormed(why));
            }
        }
    }

    /// Gives up the text that is open: it may lack a part, or hold what belongs elsewhere.
    pub(super) fn damage(&mut self) {
        if let Some(item) = &mut self.item {
            item.draft.is_damaged = true;
        }
        for gathering in &mut self.gatherings {
            gathering.is_damaged = true;
        }
    }

    pub(super) fn cut(&mut self) {
        if let Some(gathering) = self.gathering_here() {
            gathering.text.is_cut = true;
        }
    }

    pub(super) fn problem(&mut self, line: u64, what: Defect) {
        self.events.push_back(Event::Problem(Problem {
            place: Place::line(line),
            subject: None,
            what,
        }));
    }

    /// Ends the document at the end of its file.
    pub(super) fn finish(&mut self, line: u64) {
        if let Some(OpenItem { draft, .. }) = self.item.take() {
            let subject = draft.id();
            self.problems(draft.into_problems());
            let (place, what) = (Place::line(line), Defect::CutOff);
            self.events.push_back(Event::Problem(Problem { place, subject, what }));
        }
        match (self.stack.top(), self.root) {
            (Some((name, _)), _) if !self.is_lost => {
                let name = shown(name);
                self.is_gap_reported = false;
                self.defect(line, Malformed::EndsEarly(name));
            }
            (None, Root::Missing) => self.defect(line, Malformed::NoElement),
            _ => {}
        }
        self.give_site();
        if self.root == Root::Other {
            self.problem(1, Defect::NotAnExport);
        }
    }

    fn begin_root(&mut self, line: u64, element: &str) {
        if self.root == Root::Missing {
            self.root = if element == "rss" { Root::Rss } else { Root::Other };
        } else {
            self.defect(line, Malformed::SecondRoot(shown(element)));
        }
    }

    /// An item begins wherever it is written, so that one that is not closed does not hide the
    /// next. What is open stays open: only its end can tell that it is not well-formed.
    fn begin_item(&mut self, line: u64, element: &str) {
        self.give_site();
        if self.stack.len() == 0 && !self.is_lost {
            self.begin_root(line, element);
        }
        if self.stack.len() == MAX_DEPTH {
            self.lose(line);
        }
        self.is_lost = false;
        if let Some(OpenItem { mut draft, .. }) = self.item.take() {
            draft.is_damaged = true;
            self.gatherings.clear();
            self.give(draft);
        }
        self.stack.push(element, Name::Item, line);
        self.is_gap_reported = false;
        self.item = Some(OpenItem { draft: Draft::at(line), depth: self.stack.len() });
    }

    /// Where the text of an element goes that is about to start.
    fn target(&self, name: Name) -> Option<Target> {
        let Some(item) = &self.item else {
            return match name {
                Name::Site(field) => Some(Target::Site(field)),
                _ => None,
            };
        };
        match name {
            Name::Field(field) => item.reach(field, self.stack.len()),
            Name::MetaKey if self.is_in_meta() => Some(Target::MetaKey),
            Name::MetaValue if self.is_in_meta() => Some(Target::MetaValue),
            _ => None,
        }
    }

    fn is_in_meta(&self) -> bool {
        self.stack.len().checked_sub(1).is_some_and(|top| self.stack.has_from(top, Name::Postmeta))
    }

    fn begin_element(&mut self, line: u64, name: Name, target: Option<Target>) {
        let depth = self.stack.len();
        if let Some(item) = &mut self.item {
            if name == Name::Postmeta {
                item.draft.begin_meta(Reach::at(depth, item.depth));
            }
            if let Some(Target::Field(field, _)) = target
                && field.is_only_in_items()
                && item.draft.is_merged_at(field)
            {
                self.split_item(line, depth - 1);
            }
        }
        if let Some(target) = target.filter(|_| self.gatherings.len() < MAX_GATHERINGS) {
            self.gatherings.push(Gathering::at(line, target, depth));
        }
    }

    /// Makes two of an item that has swallowed the start of the next one.
    fn split_item(&mut self, line: u64, depth: usize) {
        let Some(OpenItem { draft, .. }) = self.item.take() else { return };
        self.give(draft);
        let mut draft = Draft::at(line);
        draft.is_damaged = true;
        self.item = Some(OpenItem { draft, depth });
    }

    fn push_text(&mut self, text: &str) {
        if let Some(gathering) = self.gathering_here() {
            gathering.push(text);
        }
    }

    /// The text of the innermost element, if it is wanted.
    fn gathering_here(&mut self) -> Option<&mut Gathering> {
        let depth = self.stack.len();
        self.gatherings.iter_mut().find(|gathering| gathering.depth == depth)
    }

    /// Closes the innermost elements until only `depth` are open.
    fn close_to(&mut self, depth: usize) {
        while let Some(gathering) = self.gatherings.pop_if(|open| open.depth > depth) {
            self.end_text(gathering);
        }
        let closes_meta = self.stack.has_from(depth, Name::Postmeta);
        if let Some(item) = self.item.as_mut().filter(|_| closes_meta) {
            item.draft.end_meta();
        }
        self.stack.truncate(depth);
        if let Some(OpenItem { draft, .. }) = self.item.take_if(|item| item.depth > depth) {
            self.is_gap_reported = false;
            self.give(draft);
        }
    }

    fn end_text(&mut self, gathering: Gathering) {
        let Gathering { target, text, is_damaged, .. } = gathering;
        if is_damaged {
            return;
        }
        match (target, &mut self.item) {
            (Target::Field(field, reach), Some(item)) => item.draft.set(field, reach, text),
            (Target::MetaKey, Some(item)) => item.draft.set_key(&text.value),
            (Target::MetaValue, Some(item)) => item.draft.set_value(text),
            (Target::Site(field), _) => {
                if let Some(site) = &mut self.site {
                    site.set(field, &text.value);
                }
            }
            _ => {}
        }
    }

    fn give_site(&mut self) {
        self.events.extend(self.site.take().map(Event::Site));
    }

    fn give(&mut self, draft: Draft) {
        match draft.finish() {
            Finished::Attachment(item) => self.events.push_back(Event::Item(item)),
            Finished::Other(problems) => self.problems(problems),
        }
    }

    fn problems(&mut self, problems: Vec<Problem>) {
        self.events.extend(problems.into_iter().map(Event::Problem));
    }

    /// Stops following a nesting that no export has.
    fn lose(&mut self, line: u64) {
        self.damage();
        self.close_to(CHANNEL_DEPTH);
        self.problem(line, Defect::TooDeep { limit: MAX_DEPTH });
        self.is_lost = true;
    }
}
