//! Follows the elements of an export, mends what does not nest, and makes items of them.
//!
//! **Invariant:** a text that a defect may have shortened or mixed is dropped, not given, and an
//! item that the end of the file cuts off is reported, not given.

use std::collections::VecDeque;

use quick_xml::events::attributes::Attributes;

use super::Event;
use super::draft::Draft;
use super::gathering::{Gathering, Target};
use super::names::{Field, Name, Prefixes};
use super::site::Site;
use super::stack::Stack;
use super::syntax::{count_lines, is_name, resolve};
use crate::exports::problem::shown;
use crate::exports::{Defect, Malformed, Problem};

/// The deepest nesting that is followed. Exports nest five deep.
pub(super) const MAX_DEPTH: usize = 64;

#[derive(Debug)]
struct OpenItem {
    draft: Draft,
    /// How many elements are open, with its own.
    depth: usize,
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
    gathering: Option<Gathering>,
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
            gathering: None,
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
        if self.prefixes.bind_all(attributes).is_err() {
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
        self.close_unclosed(line, name);
        if self.stack.len() == 0 {
            self.begin_root(line, element);
        }
        if self.stack.len() == MAX_DEPTH {
            self.lose(line);
            return;
        }
        let target = self.target(name);
        self.stack.push(element);
        self.begin_element(line, name, target);
    }

    pub(super) fn end(&mut self, line: u64, element: &str) {
        if self.is_lost {
            return;
        }
        match self.stack.innermost(element) {
            Some(depth) if depth + 1 == self.stack.len() => self.close_to(depth),
            Some(depth) => {
                let open = self.stack.top().map(shown).unwrap_or_default();
                self.defect(line, Malformed::Unclosed(open));
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

    pub(super) fn comment(&mut self, text: &str) {
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
        if let Some(gathering) = &mut self.gathering {
            gathering.is_damaged = true;
        }
    }

    pub(super) fn cut(&mut self) {
        if let Some(gathering) = &mut self.gathering {
            gathering.text.is_cut = true;
        }
    }

    pub(super) fn problem(&mut self, line: u64, what: Defect) {
        self.events.push_back(Event::Problem(Problem { line, subject: None, what }));
    }

    /// Ends the document at the end of its file.
    pub(super) fn finish(&mut self, line: u64) {
        if let Some(item) = self.item.take() {
            let subject = item.draft.id();
            self.problems(item.draft.into_problems());
            let what = Defect::CutOff;
            self.events.push_back(Event::Problem(Problem { line, subject, what }));
        }
        self.is_gap_reported = false;
        if let Some(open) = self.stack.top().map(shown).filter(|_| !self.is_lost) {
            self.defect(line, Malformed::EndsEarly(open));
        } else if self.root == Root::Missing {
            self.defect(line, Malformed::NoElement);
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

    /// An item begins wherever it is written, so that one broken item does not hide the next.
    fn begin_item(&mut self, line: u64, element: &str) {
        self.give_site();
        if let Some(depth) = self.item.as_ref().map(|item| item.depth) {
            self.defect(line, Malformed::Unclosed(element.to_owned()));
            self.damage();
            self.close_to(depth - 1);
        }
        if self.is_lost {
            self.is_lost = false;
        } else if self.stack.len() == 0 {
            self.begin_root(line, element);
        }
        self.stack.push(element);
        self.is_gap_reported = false;
        self.item = Some(OpenItem { draft: Draft::at(line), depth: self.stack.len() });
    }

    /// Closes what must have been left open when an element starts that only an item holds.
    fn close_unclosed(&mut self, line: u64, name: Name) {
        let Some(depth) = self.item.as_ref().map(|item| item.depth) else { return };
        let is_of_item = match name {
            Name::Field(field) => !matches!(field, Field::Title | Field::Guid),
            name => name == Name::Postmeta,
        };
        if !is_of_item || self.stack.len() == depth {
            return;
        }
        let Some(parent) = self.stack.name_at(depth) else { return };
        if self.prefixes.name(parent) == Name::Other {
            return;
        }
        let parent = shown(parent);
        self.defect(line, Malformed::Unclosed(parent));
        self.damage();
        self.close_to(depth);
    }

    fn target(&self, name: Name) -> Option<Target> {
        let Some(item) = &self.item else {
            return match name {
                Name::Site(field) => Some(Target::Site(field)),
                _ => None,
            };
        };
        let is_in_meta = self.stack.len() == item.depth + 1
            && self.stack.top().is_some_and(|top| self.prefixes.name(top) == Name::Postmeta);
        match name {
            Name::Field(field) if self.stack.len() == item.depth => Some(Target::Field(field)),
            Name::MetaKey if is_in_meta => Some(Target::MetaKey),
            Name::MetaValue if is_in_meta => Some(Target::MetaValue),
            _ => None,
        }
    }

    fn begin_element(&mut self, line: u64, name: Name, target: Option<Target>) {
        if let Some(item) = &mut self.item {
            if name == Name::Postmeta && self.stack.len() == item.depth + 1 {
                item.draft.begin_meta();
            }
            let is_second_id = target == Some(Target::Field(Field::PostId))
                && item.draft.is_damaged
                && item.draft.has(Field::PostId);
            if is_second_id {
                self.split_item(line);
            }
        }
        if let (Some(target), None) = (target, &self.gathering) {
            self.gathering = Some(Gathering::at(line, target, self.stack.len()));
        }
    }

    /// A damaged item that names a second id has swallowed the start of the next one.
    fn split_item(&mut self, line: u64) {
        let Some(OpenItem { draft, depth }) = self.item.take() else { return };
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
        self.gathering.as_mut().filter(|gathering| gathering.depth == depth)
    }

    /// Closes the innermost elements until only `depth` are open.
    fn close_to(&mut self, depth: usize) {
        if let Some(gathering) = self.gathering.take_if(|open| open.depth > depth) {
            self.end_text(gathering);
        }
        if let Some(item) = &mut self.item
            && self.stack.len() > item.depth
            && depth <= item.depth
            && self
                .stack
                .name_at(item.depth)
                .is_some_and(|name| self.prefixes.name(name) == Name::Postmeta)
        {
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
            (Target::Field(field), Some(item)) => item.draft.set(field, text),
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
        if draft.is_attachment() {
            self.events.push_back(Event::Attachment(Box::new(draft.into_item())));
        } else {
            self.problems(draft.into_problems());
        }
    }

    fn problems(&mut self, problems: Vec<Problem>) {
        self.events.extend(problems.into_iter().map(Event::Problem));
    }

    /// Stops following a nesting that no export has.
    fn lose(&mut self, line: u64) {
        self.damage();
        let channel = self.item.as_ref().map_or(2, |item| item.depth - 1);
        self.close_to(channel);
        self.problem(line, Defect::TooDeep { limit: MAX_DEPTH });
        self.is_lost = true;
    }
}
