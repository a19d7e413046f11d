//! Memory: what a picture shows again of content whose use was ended, though its bytes are others.
//!
//! A draft or an approved asset is held against all that was rejected, withdrawn or expired,
//! wherever the files of that are now. The same pixels are the same content; a look that is near is
//! a notice and decides nothing.

use std::collections::BTreeMap;
use std::fmt;

use super::asset::{AssetId, Look, LookHash, PixelHash};
use super::lifecycle::{Ended, State};

/// Pictures whose look hashes differ in more bits than these do not look alike: `docs/memory.md`
/// has what was measured.
pub const NEAR: u32 = 72;

/// Which of several assets with one content is told: the least. A withdrawal goes before a rejection
/// and that before an expiry, so that nobody takes the graver decision back by way of the lesser one;
/// then the first number.
pub fn rank((asset, how): (AssetId, Ended)) -> (Ended, AssetId) {
    (how, asset)
}

/// How far back a catalog can remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// No use was ended.
    Nothing,
    /// Nobody looked at what was ended.
    Bytes,
    Looks,
}

/// What of ended content a picture shows again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recalled {
    /// The one with the same pixels that comes first ([`rank`]).
    pub pixels: Option<(AssetId, Ended)>,
    /// What looks most like it, of what ended in the way that comes first.
    pub near: Option<Likeness>,
}

/// An asset whose use was ended and that looks like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    pub asset: AssetId,
    pub how: Ended,
    /// So many bits of the look hashes differ.
    pub distance: u32,
    /// So many others look like it too.
    pub more: u64,
}

/// Such as `#7, which is rejected: 12 of 256 bits differ`.
impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asset, how) = (self.asset, self.how.name());
        match self.more {
            0 => write!(f, "{asset}, which is {how}")?,
            more => write!(f, "{asset}, which is {how}, and {more} more")?,
        }
        write!(f, ": {} of 256 bits differ", self.distance)
    }
}

impl Recalled {
    /// Adds an asset with the same pixels.
    pub fn note_same(&mut self, asset: AssetId, how: Ended) {
        let same = self.pixels.into_iter().chain([(asset, how)]);
        self.pixels = same.min_by_key(|same| rank(*same));
    }

    /// Adds an asset that looks like it.
    pub fn note_near(&mut self, asset: AssetId, how: Ended, distance: u32) {
        let rank = |near: &Likeness| (near.how, near.distance, near.asset);
        let more = self.near.map_or(0, |near| near.more + 1);
        let new = Likeness { asset, how, distance, more };
        let nearer = self.near.filter(|near| rank(near) < rank(&new));
        self.near = Some(nearer.map_or(new, |near| Likeness { more, ..near }));
    }
}

/// All pictures whose use was ended, and those that may be them again.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// By pixels.
    pixels: Vec<(PixelHash, AssetId, Ended)>,
    looks: Vec<(LookHash, AssetId, Ended)>,
    open: BTreeMap<AssetId, Look>,
}

impl Memory {
    /// Of assets whose use was ended.
    pub fn of(ended: impl Iterator<Item = (AssetId, Ended, Look)>) -> Self {
        let mut memory = Self::default();
        for (asset, how, look) in ended {
            memory.pixels.extend(look.pixels.map(|pixels| (pixels, asset, how)));
            memory.looks.extend(look.look_hash.map(|hash| (hash, asset, how)));
        }
        memory.pixels.sort_unstable();
        memory
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty() && self.looks.is_empty()
    }

    /// Adds an asset whose use has not ended, to be asked about. An approved one is kept only if it
    /// has the pixels of an ended one: of what is only near its approver was told.
    pub fn note_open(&mut self, asset: AssetId, state: State, look: Look) {
        let returned = || look.pixels.is_some_and(|pixels| self.with(pixels).next().is_some());
        if state == State::Draft || returned() {
            self.open.insert(asset, look);
        }
    }

    /// What one of the assets shows again.
    pub fn recall(&self, asset: AssetId) -> Recalled {
        let mut recalled = Recalled::default();
        let Some(look) = self.open.get(&asset) else { return recalled };
        for (_, other, how) in look.pixels.into_iter().flat_map(|pixels| self.with(pixels)) {
            recalled.note_same(*other, *how);
        }
        let Some(hash) = &look.look_hash else { return recalled };
        for (ended, other, how) in &self.looks {
            let distance = hash.distance(ended);
            if distance <= NEAR {
                recalled.note_near(*other, *how, distance);
            }
        }
        recalled
    }

    fn with(&self, pixels: PixelHash) -> impl Iterator<Item = &(PixelHash, AssetId, Ended)> {
        let first = self.pixels.partition_point(|(known, ..)| *known < pixels);
        let rest = self.pixels.iter().skip(first);
        rest.take_while(move |(known, ..)| *known == pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(pixels: u8, bits: usize) -> Look {
        let mut hash = [0; 32];
        (0..bits).for_each(|bit| hash[bit / 8] |= 1 << (bit % 8));
        Look { pixels: Some(PixelHash([pixels; 32])), look_hash: Some(LookHash(hash)) }
    }

    fn memory(asked: Look) -> Recalled {
        let ended = [
            (AssetId(1), Ended::Expired, look(1, 0)),
            (AssetId(2), Ended::Rejected, look(2, 10)),
            (AssetId(3), Ended::Withdrawn, look(3, 72)),
            (AssetId(4), Ended::Rejected, look(4, 200)),
        ];
        let mut memory = Memory::of(ended.into_iter());
        memory.note_open(AssetId(9), State::Draft, asked);
        memory.recall(AssetId(9))
    }

    #[test]
    fn a_withdrawal_that_is_near_is_told_before_a_nearer_rejection_and_that_before_an_expiry() {
        let recalled = memory(look(9, 0));
        let worst = Likeness { asset: AssetId(3), how: Ended::Withdrawn, distance: 72, more: 2 };
        assert_eq!(recalled, Recalled { pixels: None, near: Some(worst) });
        assert_eq!(worst.to_string(), "#3, which is withdrawn, and 2 more: 72 of 256 bits differ");
        let mut apart = [0; 32];
        apart[31] = u8::MAX;
        let rejected = memory(Look { look_hash: Some(LookHash(apart)), ..look(9, 0) }).near;
        let expected = Likeness { asset: AssetId(2), how: Ended::Rejected, distance: 18, more: 1 };
        assert_eq!(rejected, Some(expected));
        let withdrawn = memory(look(9, 90)).near.unwrap();
        assert_eq!((withdrawn.asset, withdrawn.distance, withdrawn.more), (AssetId(3), 18, 0));
        assert_eq!(memory(look(9, 127)).near.map(|near| near.distance), Some(55));
        assert_eq!(memory(look(9, 110)).near.unwrap().asset, AssetId(3));
    }

    #[test]
    fn the_distance_is_a_limit_that_belongs_to_it() {
        let alone = |bits| {
            let ended = [(AssetId(1), Ended::Rejected, look(1, 0))];
            let mut memory = Memory::of(ended.into_iter());
            memory.note_open(AssetId(9), State::Draft, look(9, bits));
            memory.recall(AssetId(9)).near
        };
        assert_eq!(alone(72).map(|near| near.distance), Some(72));
        assert_eq!(alone(73), None);
    }

    #[test]
    fn the_same_pixels_are_found_in_any_open_asset() {
        let ended =
            [(AssetId(1), Ended::Expired, look(1, 0)), (AssetId(2), Ended::Rejected, look(1, 0))];
        let open = [
            (AssetId(5), State::Approved, look(1, 0)),
            (AssetId(6), State::Approved, look(7, 0)),
            (AssetId(7), State::Draft, Look::default()),
        ];
        let mut memory = Memory::of(ended.into_iter());
        for (asset, state, look) in open {
            memory.note_open(asset, state, look);
        }
        assert_eq!(memory.recall(AssetId(5)).pixels, Some((AssetId(2), Ended::Rejected)));
        assert_eq!(memory.recall(AssetId(6)), Recalled::default(), "approved and only near");
        assert_eq!(memory.recall(AssetId(7)), Recalled::default(), "nothing to be seen");
        assert_eq!(memory.recall(AssetId(8)), Recalled::default());
    }
}
