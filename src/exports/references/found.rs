//! What readers of references give, whatever the kind of source.

use std::collections::{BTreeSet, VecDeque};

use super::addresses::find_addresses;
use super::mention::Mentions;
use super::site::Site;
use crate::domain::reference::{Area, Holder, Reference, SourceKind, Status, Target};
use crate::domain::text::printable_text;
use crate::domain::time::Timestamp;

/// One thing that a source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Reference(Box<Reference>),
    /// An attachment was uploaded to this post.
    Child {
        attachment: i64,
        parent: i64,
    },
    /// What a post is whose references were told before it, as in a database's tables.
    Holder(Holder),
    /// A part that could not be looked into, with its place.
    Gap(String),
}

/// What a source turned out to be, once it was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub kind: SourceKind,
    /// When it says that it was made.
    pub made: Option<Timestamp>,
    /// The host of the site that it says it is of.
    pub site: Option<String>,
    /// What it held as a whole.
    pub areas: BTreeSet<Area>,
    pub gaps: u64,
}

/// Things found that nobody took yet, and what is known of the source so far.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) queue: VecDeque<Found>,
    pub(super) reading: Reading,
    /// The file that is being read, for places.
    pub(super) file: String,
    attachments: Addresses,
}

/// Whether attachments are where addresses are looked for.
#[derive(Debug, Default)]
struct Addresses {
    found: u64,
    elsewhere: u64,
    example: Option<String>,
}

impl Outbox {
    pub(super) fn new(kind: SourceKind) -> Self {
        let reading = Reading { kind, made: None, site: None, areas: BTreeSet::new(), gaps: 0 };
        let attachments = Addresses::default();
        Self { queue: VecDeque::new(), reading, file: String::new(), attachments }
    }

    /// Says that something could not be looked into.
    pub(super) fn gap(&mut self, line: u64, why: &str) {
        self.reading.gaps += 1;
        let line = if line > 0 { format!(", line {line}") } else { String::new() };
        self.queue.push_back(Found::Gap(format!("{}{line}: {why}", self.file)));
    }

    /// Gives all that a holder mentions.
    pub(super) fn give(&mut self, holder: &Holder, mentions: Mentions) {
        if mentions.is_cut {
            self.gap(0, &format!("{} {} mentions too many files", holder.kind, holder.id));
        }
        if let Some(label) = &mentions.broken {
            let label = printable_text(label);
            self.gap(0, &format!("{} {}: `{label}` is broken", holder.kind, holder.id));
        }
        let post = holder.id.parse().ok().filter(|_| mentions.shows_children);
        let children = post.map(|post| {
            let means = crate::domain::reference::Means::Shortcode;
            (Target::ChildrenOf(post), (means, "gallery".to_owned()))
        });
        for (target, (means, detail)) in mentions.targets.into_iter().chain(children) {
            let holder = holder.clone();
            let reference = Reference { target, means, detail, holder };
            self.queue.push_back(Found::Reference(Box::new(reference)));
        }
    }

    /// Compares the address of an attachment with where its file is looked for.
    pub(super) fn attachment(&mut self, address: &str, file: &str, site: &Site) {
        let mut is_found = false;
        find_addresses(address, site, &mut |path| is_found |= path.as_bytes() == file.as_bytes());
        if is_found {
            self.attachments.found += 1;
        } else if !address.is_empty() && !file.is_empty() {
            self.attachments.elsewhere += 1;
            self.attachments.example.get_or_insert_with(|| address.to_owned());
        }
    }

    /// Ends the source. Where most attachments are elsewhere, so are the addresses in its texts.
    pub(super) fn finish(&mut self) {
        let Addresses { found, elsewhere, example } = std::mem::take(&mut self.attachments);
        if let Some(example) = example.filter(|_| elsewhere > found) {
            self.file.clear();
            self.reading.gaps += 1;
            self.queue.push_back(Found::Gap(format!(
                "attachments are at other addresses than are looked for, such as {}: \
                 name the folder of uploads as an address",
                printable_text(&example),
            )));
        }
    }

    pub(super) fn child(&mut self, attachment: Option<i64>, parent: Option<i64>) {
        if let (Some(attachment), Some(parent @ 1..)) = (attachment, parent) {
            self.queue.push_back(Found::Child { attachment, parent });
        }
    }
}

/// The status of a post from its own words: a password keeps it from most people.
pub(super) fn post_status(kind: &str, status: &str, has_password: bool) -> Status {
    match (kind, Status::of_wordpress(status)) {
        ("revision", _) => Status::Revision,
        ("attachment", Status::Unknown) => Status::Published,
        (_, Status::Published) if has_password => Status::Private,
        (_, status) => status,
    }
}
