//! An asset and its files: what every decision is about.

use std::fmt;
use std::str::FromStr;

use super::lifecycle::State;
use super::path::RelPath;
use super::time::Timestamp;

/// An asset's number in the catalog. Never used again, not even after a purge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(pub i64);

/// Shown as `#12`.
impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The SHA-256 of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// 64 lower-case hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The SHA-256 of what a picture shows, whatever bytes it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PixelHash(pub [u8; 32]);

/// 64 lower-case hexadecimal digits.
impl fmt::Display for PixelHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Digest(self.0).fmt(f)
    }
}

/// What a picture looks like: those of two pictures that look alike differ in few bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookHash(pub [u8; 32]);

impl LookHash {
    /// In how many of the 256 bits the two differ.
    pub fn distance(&self, other: &Self) -> u32 {
        let words = |hash: &Self| {
            let (words, _) = hash.0.as_chunks::<8>();
            [0, 1, 2, 3].map(|at| words.get(at).map_or(0, |word| u64::from_be_bytes(*word)))
        };
        let pairs = words(self).into_iter().zip(words(other));
        pairs.map(|(one, other)| (one ^ other).count_ones()).sum()
    }
}

/// 64 lower-case hexadecimal digits.
impl fmt::Display for LookHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Digest(self.0).fmt(f)
    }
}

/// What was seen of a picture's bytes; without pixels they could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub pixels: Option<PixelHash>,
    /// None of a picture that is flat or tiny.
    pub look_hash: Option<LookHash>,
}

/// Accepts 64 hexadecimal digits of either case.
impl FromStr for Digest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        for (index, byte) in digest.iter_mut().enumerate() {
            let pair = text.get(index * 2..index * 2 + 2).ok_or(())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ())?;
        }
        Ok(Self(digest))
    }
}

/// Whether the files of a root are served to the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootKind {
    Production,
    Draft,
}

impl RootKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Draft => "draft",
        }
    }
}

/// What a file is within its asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What was uploaded.
    Original,
    /// `-scaled`: WordPress made it of an original above its size threshold.
    Scaled,
    /// `-rotated`: WordPress turned it as EXIF asked.
    Rotated,
    /// `-e1700000000000`: an edit made in the media library.
    Edited,
    /// `-300x200` or `@2x`: a size made for pages.
    Size,
    /// The same picture in another format beside it: `x.jpg.webp` or `x.webp`.
    Twin,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Original, Self::Scaled, Self::Rotated, Self::Edited, Self::Size, Self::Twin];

    /// The word used in the catalog and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Scaled => "scaled",
            Self::Rotated => "rotated",
            Self::Edited => "edited",
            Self::Size => "size",
            Self::Twin => "twin",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Width and height in pixels, as the header says (before any EXIF rotation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// What a file's own bytes say it is: the type by content, never by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// A MIME type such as `image/jpeg`, or `application/octet-stream` if nothing is known.
    pub media_type: String,
    /// Only for pictures whose header could be read.
    pub dimensions: Option<Dimensions>,
}

/// The identity of a file version on disk: if none of it changed, the bytes are taken as unchanged
/// until the next full re-hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    pub bytes: u64,
    /// Nanoseconds since 1970, UTC.
    pub modified_ns: i64,
    /// Nanoseconds since 1970, UTC: inode change time.
    pub changed_ns: i64,
    pub inode: u64,
    pub device: u64,
}

/// Where the bytes of a catalogued file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In its root, under its path.
    Library,
    /// In quarantine, under its operation.
    Quarantine,
    /// Not where it was at the last scan.
    Missing,
    /// Purged: only the record is left.
    Gone,
}

impl Place {
    pub const ALL: [Self; 4] = [Self::Library, Self::Quarantine, Self::Missing, Self::Gone];

    pub fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Quarantine => "quarantine",
            Self::Missing => "missing",
            Self::Gone => "gone",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }
}

/// One file of an asset, as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFile {
    pub root: i64,
    pub path: RelPath,
    pub role: Role,
    pub digest: Digest,
    pub content: Content,
    pub stamp: FileStamp,
    pub place: Place,
}

/// What rules look at of one file of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    pub path: RelPath,
    pub role: Role,
    /// As [`Content`] has it.
    pub media_type: String,
    pub bytes: u64,
    pub place: Place,
}

/// What keeps a draft an asset of its own: what was decided about it, or done with its files, is told
/// by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// It is a draft again after its files were moved: the log tells of it by its number.
    Moved,
    /// Somebody saw a risk in it that nobody has cleared.
    Flagged,
    /// Somebody rejected it for a placement and did not take that back.
    RejectedSomewhere,
    /// Somebody holds its files where they are.
    Held,
}

impl Tie {
    /// By the word that a query has for it.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "moved" => Some(Self::Moved),
            "flagged" => Some(Self::Flagged),
            "rejected" => Some(Self::RejectedSomewhere),
            "held" => Some(Self::Held),
            _ => None,
        }
    }

    /// Completes "the asset ".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Moved => "was in quarantine",
            Self::Flagged => "is flagged as a risk",
            Self::RejectedSomewhere => "is rejected for a placement",
            Self::Held => "is held",
        }
    }
}

/// The part of an asset that most commands need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    pub state: State,
    /// Grows with every change; an update names the one it read.
    pub version: i64,
    pub root: i64,
    /// The original's path.
    pub path: RelPath,
    /// The original's bytes.
    pub digest: Digest,
    pub content: Content,
    /// WordPress's post id of the attachment, once an import told it.
    pub attachment: Option<i64>,
    pub added: Timestamp,
}
