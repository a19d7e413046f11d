//! The kill switch: what stops every run that would move files, and what is known about it.
//!
//! Whatever is not clearly "no" pauses. Nothing here can turn a pause that cannot be read into none.

use super::text::printable_text;
use super::time::Timestamp;

/// The name of the file beside the catalog whose being there pauses.
pub const FILE_NAME: &str = "PAUSED";

/// Of what somebody wrote by hand, this much is shown.
const SHOWN_CHARS: usize = 200;

/// How much of what is under way is still done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The asset in hand is finished.
    AfterAsset,
    /// No further file moves; the operation in hand stays open.
    BeforeNextFile,
}

/// Whether a run stops for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heed {
    Stop,
    /// A person asked for this run in spite of it.
    GoOn,
}

/// A pause as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    pub by: String,
    pub since: Timestamp,
    pub reason: String,
    pub stop: Stop,
}

/// What a source that pauses says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Told(Pause),
    /// It pauses and does not say who and why; the words say what was found instead.
    Untold(String),
}

/// What can pause. Any one of them is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    File,
    Catalog,
    Environment,
}

/// A source that pauses now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    pub source: Source,
    pub note: Note,
}

impl Stop {
    /// Its name in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::AfterAsset => "after-asset",
            Self::BeforeNextFile => "before-next-file",
        }
    }

    /// When it stops what is under way.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AfterAsset => "after the asset in hand",
            Self::BeforeNextFile => "before the next file",
        }
    }
}

impl Pause {
    /// The pause as lines that a person can read and [`Note::parse`] can too.
    pub fn text(&self) -> String {
        format!(
            "shelflife is paused. To go on: shelflife resume --reason TEXT\n\n\
             since: {}\nby: {}\nstop: {}\nreason: {}\n",
            self.since,
            printable_text(&self.by),
            self.stop.in_words(),
            printable_text(&self.reason),
        )
    }

    /// The first pause once somebody paused again: the same, but it stops as soon as either says.
    #[must_use]
    pub fn and(&self, again: &Self) -> Self {
        Self { stop: self.stop.max(again.stop), ..self.clone() }
    }
}

impl Note {
    /// What the text of a file or a flag says. Every text is a pause.
    pub fn parse(text: &str) -> Self {
        let field = |name| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines.next().map(str::trim).filter(|value| !value.is_empty())
        };
        let since = field("since: ").and_then(|since| Timestamp::parse(since).ok());
        let (Some(since), Some(by), Some(reason)) = (since, field("by: "), field("reason: "))
        else {
            return Self::Untold(quoted(text));
        };
        let at_once = field("stop: ") == Some(Stop::BeforeNextFile.in_words());
        Self::Told(Pause {
            by: printable_text(by),
            since,
            reason: printable_text(reason),
            stop: if at_once { Stop::BeforeNextFile } else { Stop::AfterAsset },
        })
    }

    pub fn told(&self) -> Option<&Pause> {
        match self {
            Self::Told(pause) => Some(pause),
            Self::Untold(_) => None,
        }
    }

    /// How much of what is under way it lets be done.
    pub fn stop(&self) -> Stop {
        self.told().map_or(Stop::AfterAsset, |pause| pause.stop)
    }
}

fn quoted(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return "it is empty".to_owned();
    }
    let shown: String =
        printable_text(&text.replace('\n', " ")).chars().take(SHOWN_CHARS).collect();
    format!("it says `{shown}`")
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Catalog => "catalog",
            Self::Environment => "environment",
        }
    }

    /// What it is, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::File => "the file PAUSED beside the catalog",
            Self::Catalog => "the flag in the catalog",
            Self::Environment => "SHELFLIFE_PAUSED",
        }
    }
}

/// Who paused, when, why, and by what; sources that say the same are told once.
pub fn in_words(paused: &[Paused]) -> String {
    let mut told: Vec<(&Note, Vec<&'static str>)> = Vec::new();
    for Paused { source, note } in paused {
        match told.iter_mut().find(|(known, _)| *known == note) {
            Some((_, sources)) => sources.push(source.in_words()),
            None => told.push((note, vec![source.in_words()])),
        }
    }
    let words = told.iter().map(|(note, sources)| {
        let sources = sources.join(" and ");
        match note {
            Note::Told(Pause { by, since, reason, .. }) => {
                format!("by {by} since {since}: {reason} ({sources})")
            }
            Note::Untold(what) => format!("by {sources}: {what}"),
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(by: &str, reason: &str, stop: Stop) -> Pause {
        let since = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        Pause { by: by.to_owned(), since, reason: reason.to_owned(), stop }
    }

    #[test]
    fn what_was_written_is_read_back() {
        for stop in [Stop::AfterAsset, Stop::BeforeNextFile] {
            let pause = pause("olga", "the wrong folder: reason: none", stop);
            assert_eq!(Note::parse(&pause.text()), Note::Told(pause));
        }
    }

    #[test]
    fn a_name_or_reason_cannot_forge_a_line() {
        let forged = pause("olga\nreason: x", "a\nstop: before the next file", Stop::AfterAsset);
        let note = Note::parse(&forged.text());
        assert_eq!(note.stop(), Stop::AfterAsset);
        let read = note.told().unwrap();
        assert_eq!(read.by, "olga\\u{a}reason: x");
        assert_eq!(read.reason, "a\\u{a}stop: before the next file");
    }

    #[test]
    fn every_text_is_a_pause_and_what_it_lacks_is_told() {
        let cases = [
            ("", "it is empty"),
            (" \n\n", "it is empty"),
            ("no", "it says `no`"),
            ("0", "it says `0`"),
            (
                "since: yesterday\nby: olga\nreason: x",
                "it says `since: yesterday by: olga reason: x`",
            ),
            ("stop it\u{1b}[2J", "it says `stop it\\u{1b}[2J`"),
        ];
        for (text, words) in cases {
            assert_eq!(Note::parse(text), Note::Untold(words.to_owned()), "{text:?}");
        }
        assert!(matches!(Note::parse(&"x".repeat(1000)), Note::Untold(words) if words.len() < 300));
    }

    #[test]
    fn a_second_pause_keeps_the_first_reason_and_the_sooner_stop() {
        let first = pause("olga", "wrong folder", Stop::AfterAsset);
        let second = pause("li", "me too", Stop::BeforeNextFile);
        let both = Pause { stop: Stop::BeforeNextFile, ..first.clone() };
        assert_eq!(first.and(&second), both);
        assert_eq!(both.and(&first), both);
    }

    #[test]
    fn sources_that_say_the_same_are_told_once() {
        let note = Note::Told(pause("olga", "wrong folder", Stop::AfterAsset));
        let paused = [
            Paused { source: Source::File, note: note.clone() },
            Paused { source: Source::Catalog, note },
            Paused { source: Source::Environment, note: Note::parse("1") },
        ];
        assert_eq!(
            in_words(&paused),
            "by olga since 2026-03-02T09:00:00.000Z: wrong folder (the file PAUSED beside the \
             catalog and the flag in the catalog); by SHELFLIFE_PAUSED: it says `1`"
        );
    }
}
