//! What came before in an export: names and texts that a later item shares.
//!
//! **Invariant:** memory does not grow with the export. Of more than about 100,000 items the
//! oldest are forgotten first, so that what is found is true and the rest is missed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Known;
use super::kin::{Kin, Others, Peer, key_of_name, tag};
use crate::domain::path::RelPath;

/// Traces are kept in buckets of four: 131,072 of a kind, in 1.5 MiB.
const BUCKETS: usize = 1 << 15;
const WAYS: usize = 4;

/// An item of an export, as far as it can share something with another.
#[derive(Debug, Clone, Copy)]
pub struct Met<'a> {
    pub path: Option<&'a RelPath>,
    /// The number of its attachment.
    pub number: Option<i64>,
    /// The alternative text that the export gives it, and the locale of that.
    pub alt: Option<(&'a str, &'a str)>,
}

/// What the items so far were called, and their texts.
#[derive(Debug)]
pub struct Earlier {
    names: Traces,
    alts: Traces,
}

impl Earlier {
    /// What has to be known to ask the rules that look at [`Earlier::meet`]'s answer.
    pub const KNOWN: Known = Known::Others;

    /// What the item shares with one that came before; it is remembered for those that follow.
    ///
    /// Items at the same path are one picture, and share nothing.
    pub fn meet(&mut self, item: &Met<'_>) -> Kin {
        let own = match (item.path, item.number) {
            (Some(path), _) => tag(path.as_bytes()),
            (None, Some(number)) => tag(&number.to_be_bytes()),
            (None, None) => return Kin::default(),
        };
        let peer = item.number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let trace = |key: u64| Trace { key: tag(&key.to_be_bytes()), own, peer };
        let names = item.path.and_then(|path| {
            let key = key_of_name(0, path);
            self.names.meet(key, trace(key))
        });
        let alt = item.alt.and_then(|(locale, text)| {
            let key = key_of_text(locale, text)?;
            Some((locale.to_owned(), self.alts.meet(key, trace(key))?))
        });
        Kin { names, alts: alt.into_iter().collect(), ..Kin::default() }
    }
}

impl Default for Earlier {
    fn default() -> Self {
        Self { names: Traces::new(), alts: Traces::new() }
    }
}

/// The same for texts of the same letters and digits in the same order, whatever their case; `None`
/// for a text without any.
fn key_of_text(locale: &str, text: &str) -> Option<u64> {
    let signs = text.chars().filter(|c| c.is_alphanumeric());
    let signs: String = if text.is_ascii() {
        signs.map(|c| c.to_ascii_lowercase()).collect()
    } else {
        signs.flat_map(char::to_lowercase).collect()
    };
    let mut hasher = DefaultHasher::new();
    (locale, &signs).hash(&mut hasher);
    (!signs.is_empty()).then(|| hasher.finish())
}

/// The first item that had a key. All zero where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Trace {
    key: u32,
    /// What tells the item from others.
    own: u32,
    /// The number of its attachment, zero without one.
    peer: u32,
}

#[derive(Debug)]
struct Traces(Vec<[Trace; WAYS]>);

impl Traces {
    fn new() -> Self {
        Self(vec![[Trace::default(); WAYS]; BUCKETS])
    }

    /// The other item that had the key; the first that has it leaves its trace.
    fn meet(&mut self, key: u64, trace: Trace) -> Option<Others> {
        let bucket = usize::try_from(key).unwrap_or(usize::MAX) % BUCKETS;
        let bucket = self.0.get_mut(bucket)?;
        if let Some(known) = bucket.iter().find(|known| known.key == trace.key) {
            let first = match known.peer {
                0 => Peer::Item,
                number => Peer::Attachment(number),
            };
            return (known.own != trace.own).then_some(Others { first, more: 0 });
        }
        bucket.rotate_right(1);
        *bucket.first_mut()? = trace;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    fn told(earlier: &mut Earlier, at: &str, number: i64, alt: &str) -> (Option<Peer>, Vec<Peer>) {
        let path = path(at);
        let kin =
            earlier.meet(&Met { path: Some(&path), number: Some(number), alt: Some(("en", alt)) });
        let alts = kin.alts.into_iter().map(|(_, others)| others.first).collect();
        (kin.names.map(|others| others.first), alts)
    }

    #[test]
    fn a_later_item_is_told_of_the_first_with_its_name_or_text() {
        let mut earlier = Earlier::default();
        assert_eq!(told(&mut earlier, "2026/Tea.jpg", 7, "A tin of tea"), (None, vec![]));
        let (seven, nine) = (Peer::Attachment(7), Peer::Attachment(9));
        assert_eq!(told(&mut earlier, "2026/tea.jpg", 8, "Another tin"), (Some(seven), vec![]));
        assert_eq!(told(&mut earlier, "2025/tea.jpg", 9, "a tin of TEA"), (None, vec![seven]));
        assert_eq!(told(&mut earlier, "2025/tea.jpg", 9, "A cup"), (None, vec![]), "itself");
        assert_eq!(told(&mut earlier, "2025/cup.jpg", 10, "A cup."), (None, vec![nine]));
    }

    #[test]
    fn of_an_export_of_any_length_the_newest_are_remembered() {
        let mut earlier = Earlier::default();
        for number in 1..400_000 {
            let name = format!("{number}.jpg");
            assert_eq!(told(&mut earlier, &name, number, &name), (None, vec![]), "{name}");
        }
        assert_eq!(earlier.names.0.len(), BUCKETS);
        let found = (399_000..400_000)
            .filter(|number| told(&mut earlier, &format!("{number}.JPG"), 500_000, "").0.is_some())
            .count();
        assert_eq!(found, 1_000);
    }
}
