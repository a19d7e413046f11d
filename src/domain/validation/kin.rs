//! Kin: what an asset shares with others, so that rules can speak of more than one.
//!
//! A census passes over the whole catalog once and keeps only what is shared: a number of 24 bytes
//! for each name and text while it counts, and one entry for each that occurs twice.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_normalization::UnicodeNormalization;

use super::reading::Reading;
use crate::domain::asset::{Asset, AssetId, Digest};
use crate::domain::lifecycle::{Ended, State};
use crate::domain::memory::{Memory, Recalled, rank};
use crate::domain::path::RelPath;

/// What an asset shares with others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kin {
    /// Assets of the same bytes.
    pub bytes: Twins,
    /// What it shows again of ended content, in the same bytes or others.
    pub recalled: Recalled,
    /// Assets of the same folder whose names differ in case or Unicode form only.
    pub names: Option<Others>,
    /// Assets with other pictures and the same alternative text, by locale.
    pub alts: Vec<(String, Others)>,
}

/// Other assets or items: one of them, and how many more there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others {
    pub first: Peer,
    pub more: u64,
}

/// Who shares something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Asset(AssetId),
    /// An item that came before in an export, by the number of its attachment.
    Attachment(u32),
    /// One without a number.
    Item,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asset(asset) => write!(f, "{asset}"),
            Self::Attachment(number) => write!(f, "attachment {number}"),
            Self::Item => f.write_str("an earlier item"),
        }
    }
}

impl Others {
    /// `#7 has`, `#7 and 2 more have`.
    pub(super) fn words_with(self, one: &str, several: &str) -> String {
        match self.more {
            0 => format!("{} {one}", self.first),
            // Of these there are many.
            more => {
                let (first, more) = (self.first.to_string(), more.to_string());
                [&first, " and ", &more, " more ", several].concat()
            }
        }
    }
}

/// Assets of the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Twins {
    /// Those whose use has not ended.
    pub open: Option<Others>,
    /// The one whose use was ended that comes first ([`rank`]), and how.
    pub ended: Option<(AssetId, Ended)>,
}

impl Twins {
    /// What the assets of the same bytes, ascending, are to one of them.
    pub fn of(asset: AssetId, group: &[(AssetId, State)]) -> Self {
        let others = || group.iter().filter(|(id, _)| *id != asset);
        let mut open = others().filter(|(_, state)| state.ended().is_none());
        let first = open.next().map(|(id, _)| *id);
        let more = u64::try_from(open.count()).unwrap_or(u64::MAX);
        let ended = others().filter_map(|(id, state)| Some((*id, state.ended()?)));
        Self {
            open: first.map(|first| Others { first: Peer::Asset(first), more }),
            ended: ended.min_by_key(|ended| rank(*ended)),
        }
    }
}

/// What assets of a catalog share.
#[derive(Debug, Clone, Default)]
pub struct Census {
    /// By digest, which ascends; each with its assets.
    bytes: Vec<(Digest, Vec<(AssetId, State)>)>,
    memory: Memory,
    names: Shared,
    alts: Shared,
}

impl Census {
    pub fn new((bytes, memory): (SameBytes, Memory), names: Shared, alts: Shared) -> Self {
        Self { bytes: bytes.groups, memory, names, alts }
    }

    /// What the asset shares with others.
    pub fn kin_of(&self, asset: &Asset, reading: &Reading<'_>) -> Kin {
        let group = self.bytes.binary_search_by_key(&asset.digest, |(digest, _)| *digest);
        let group = group.ok().and_then(|at| self.bytes.get(at));
        let in_library = asset.state.was().is_none();
        let is_asked = in_library && !self.names.0.is_empty();
        let name = is_asked.then(|| key_of_name(asset.root, &asset.path));
        let alts = reading.alts.iter().filter_map(|alt| {
            let others = self.alts.others(key_of_alt(alt.locale, &alt.folded), asset)?;
            Some((alt.locale.to_owned(), others))
        });
        Kin {
            bytes: group.map_or_else(Twins::default, |(_, group)| Twins::of(asset.id, group)),
            recalled: self.memory.recall(asset.id),
            names: name.and_then(|key| self.names.others(key, asset)),
            alts: alts.collect(),
        }
    }
}

/// Finds assets of the same bytes among all, given by ascending digest.
#[derive(Debug, Default)]
pub struct SameBytes {
    groups: Vec<(Digest, Vec<(AssetId, State)>)>,
    last: Option<(Digest, AssetId)>,
}

impl SameBytes {
    /// Whether the asset has the bytes of the one before; then both are to be [`Self::join`]ed.
    pub fn next(&mut self, digest: Digest, asset: AssetId) -> Option<AssetId> {
        let before = self.last.replace((digest, asset));
        before.filter(|(before, _)| *before == digest).map(|(_, asset)| asset)
    }

    /// Adds an asset to those of its bytes, once.
    pub fn join(&mut self, digest: Digest, asset: AssetId, state: State) {
        match self.groups.last_mut().filter(|(group, _)| *group == digest) {
            Some((_, group)) if group.iter().rev().any(|(id, _)| *id == asset) => {}
            Some((_, group)) => group.push((asset, state)),
            None => self.groups.push((digest, vec![(asset, state)])),
        }
    }
}

/// Counts how often keys occur, and with how many different pictures.
#[derive(Debug, Default)]
pub struct Tally(Vec<Mark>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    key: u64,
    /// The beginning of the digest: pictures of the same bytes are one.
    picture: u64,
    asset: i64,
}

impl Tally {
    pub fn add_name(&mut self, root: i64, path: &RelPath, asset: AssetId) {
        // Names do not care for pictures.
        self.0.push(Mark { key: key_of_name(root, path), picture: 0, asset: asset.0 });
    }

    pub fn add_alt(&mut self, (locale, folded): (&str, &str), digest: &Digest, asset: AssetId) {
        let (key, picture) = (key_of_alt(locale, folded), picture(digest));
        self.0.push(Mark { key, picture, asset: asset.0 });
    }

    /// What occurs more than once, with at least so many different pictures.
    pub fn shared(mut self, pictures: usize) -> Shared {
        self.0.sort_unstable();
        let groups = self.0.chunk_by(|one, next| one.key == next.key).filter(|g| g.len() > 1);
        let groups = groups.filter_map(|group| {
            let mut different = group.chunk_by(|one, next| one.picture == next.picture);
            let first = *different.next()?.first()?;
            let second = different.next().and_then(|other| other.first()).copied();
            let another = second
                .or_else(|| group.get(1).copied())
                .filter(|_| pictures < 2 || second.is_some())?;
            let told = group.chunk_by(|one, next| one.picture == next.picture).count();
            let count = if pictures < 2 { group.len() } else { told };
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            Some(Group { key: first.key, members: [first, another], count })
        });
        Shared(groups.collect())
    }
}

/// Keys that occur more than once, ascending.
#[derive(Debug, Clone, Default)]
pub struct Shared(Vec<Group>);

#[derive(Debug, Clone, Copy)]
struct Group {
    key: u64,
    /// Two of them, with different pictures where that counts.
    members: [Mark; 2],
    /// Of different pictures where that counts.
    count: u64,
}

impl Shared {
    /// The others of the asset's group.
    fn others(&self, key: u64, asset: &Asset) -> Option<Others> {
        let at = self.0.binary_search_by_key(&key, |group| group.key).ok()?;
        let Group { members: [one, two], count, .. } = *self.0.get(at)?;
        let own = |mark: &Mark| {
            mark.asset == asset.id.0
                || (mark.picture != 0 && mark.picture == picture(&asset.digest))
        };
        let other = if own(&one) { two } else { one };
        (other.asset != asset.id.0).then(|| Others {
            first: Peer::Asset(AssetId(other.asset)),
            more: count.saturating_sub(2),
        })
    }
}

fn picture(digest: &Digest) -> u64 {
    u64::from_be_bytes(digest.0.first_chunk().copied().unwrap_or_default()).max(1)
}

/// The same for paths of one folder that differ in case or Unicode form only.
pub(super) fn key_of_name(root: i64, path: &RelPath) -> u64 {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    path.folder().hash(&mut hasher);
    match std::str::from_utf8(path.name()) {
        Ok(name) if name.is_ascii() => name.to_ascii_lowercase().hash(&mut hasher),
        Ok(name) => {
            let folded: String = name.nfd().flat_map(char::to_lowercase).nfc().collect();
            folded.hash(&mut hasher);
        }
        Err(_) => path.name().hash(&mut hasher),
    }
    hasher.finish()
}

fn key_of_alt(locale: &str, folded: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    locale.hash(&mut hasher);
    folded.hash(&mut hasher);
    hasher.finish()
}

/// A few bits of a hash that tell apart what a key has brought together; never zero.
pub(super) fn tag(bytes: &[u8]) -> u32 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    u32::try_from(hasher.finish() >> 32).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> RelPath {
        RelPath::new(name).unwrap()
    }

    #[test]
    fn names_are_the_same_but_for_case_and_form_within_a_folder() {
        let key = |name: &str| key_of_name(1, &path(name));
        assert_eq!(key("a/Tea.jpg"), key("a/tea.JPG"));
        assert_eq!(key("a/caf\u{e9}.jpg"), key("a/CAFE\u{301}.jpg"));
        assert_ne!(key("a/tea.jpg"), key("b/tea.jpg"));
        assert_ne!(key("a/cafe.jpg"), key("a/caf\u{e9}.jpg"), "an accent is a letter");
        assert_ne!(key("a/tea.jpg"), key_of_name(2, &path("a/tea.jpg")));
    }

    #[test]
    fn of_ended_twins_a_withdrawal_is_told_before_a_rejection_and_that_before_an_expiry() {
        let group = [
            (AssetId(1), State::Expired),
            (AssetId(2), State::Draft),
            (AssetId(3), State::Purged(Ended::Rejected)),
            (AssetId(4), State::Approved),
        ];
        let twins = Twins::of(AssetId(4), &group);
        assert_eq!(twins.open, Some(Others { first: Peer::Asset(AssetId(2)), more: 0 }));
        assert_eq!(twins.ended, Some((AssetId(3), Ended::Rejected)));
        let withdrawn = (AssetId(5), State::Quarantined(Ended::Withdrawn));
        let all = [&group[..], &[withdrawn]].concat();
        assert_eq!(Twins::of(AssetId(4), &all).ended, Some((AssetId(5), Ended::Withdrawn)));
        assert_eq!(Twins::of(AssetId(2), &group[..2]).ended, Some((AssetId(1), Ended::Expired)));
        assert_eq!(Twins::of(AssetId(2), &group[1..2]), Twins::default());
    }

    #[test]
    fn a_text_is_shared_only_by_different_pictures() {
        let digest = |byte| Digest([byte; 32]);
        let mut tally = Tally::default();
        for (asset, byte, text) in
            [(1, 7, "a tin"), (2, 7, "a tin"), (3, 8, "a cup"), (4, 9, "a cup")]
        {
            tally.add_alt(("en", text), &digest(byte), AssetId(asset));
        }
        let shared = tally.shared(2);
        assert_eq!(shared.0.len(), 1, "assets 1 and 2 are one picture");
        assert_eq!(shared.0[0].count, 2);
    }
}
