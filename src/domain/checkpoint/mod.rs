//! Checkpoints: the length and the head of the audit log as a text to be kept elsewhere.
//!
//! The text is a signed note as C2SP describes it: three lines, an empty one, and a line for each
//! signature. It has the shape of a transparency log's checkpoint; the hash is not the root of a
//! tree but the hash of the last entry.

mod key;

pub use key::{KeyError, SigningKey, VerifierKey, is_secret_key};

use base64ct::{Base64, Encoding as _};

/// What the first line begins with, before the catalog's identity.
const ORIGIN: &str = "shelflife/";
/// What a signature's line begins with: an em dash and a space.
const SIGNED_BY: &str = "\u{2014} ";

/// The log had `size` entries, and the hash of the last of them was `head`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The catalog's identity as text.
    pub catalog: String,
    pub size: u64,
    pub head: [u8; 32],
}

/// A checkpoint as it was read, with whatever signatures it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    key: [u8; 4],
    bytes: Vec<u8>,
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("it is not three lines, an empty one and signatures")]
    Shape,
    #[error("its first line does not name a catalog of shelflife")]
    Origin,
    #[error("its second line is not the length of a log")]
    Size,
    #[error("its third line is not a hash")]
    Head,
    #[error("a line of its signatures is none")]
    Signature,
}

/// What a key says of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouched {
    Yes,
    /// There is no signature of that key.
    NotSigned,
    /// There is one, of another text.
    Forged,
}

impl Checkpoint {
    /// The three lines, each with its end: what is signed.
    pub fn text(&self) -> String {
        let head = Base64::encode_string(&self.head);
        format!("{ORIGIN}{}\n{}\n{head}\n", self.catalog, self.size)
    }

    /// The note with the signature of `key`.
    pub fn signed(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut bytes = key.id().to_vec();
        bytes.extend_from_slice(&key.sign(text.as_bytes()));
        format!("{text}\n{SIGNED_BY}{} {}\n", key.name(), Base64::encode_string(&bytes))
    }

    fn read(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(head), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Shape);
        };
        let catalog = origin.strip_prefix(ORIGIN).and_then(|uuid| uuid.parse().ok());
        let catalog: uuid::Uuid = catalog.ok_or(CheckpointError::Origin)?;
        let checkpoint = Self {
            catalog: catalog.to_string(),
            size: size.parse().map_err(|_| CheckpointError::Size)?,
            head: hash(head).ok_or(CheckpointError::Head)?,
        };
        // A text that says the same in other words is not what was signed.
        if checkpoint.size == 0 || checkpoint.text() != text {
            return Err(CheckpointError::Size);
        }
        Ok(checkpoint)
    }
}

fn hash(text: &str) -> Option<[u8; 32]> {
    Base64::decode_vec(text).ok()?.try_into().ok()
}

impl SignedCheckpoint {
    /// Reads a note. One without signatures may end after its third line.
    pub fn read(note: &str) -> Result<Self, CheckpointError> {
        let end = note.match_indices('\n').nth(2).map(|(at, _)| at + 1);
        let (text, rest) = note.split_at_checked(end.unwrap_or(0)).unwrap_or_default();
        let checkpoint = Checkpoint::read(text)?;
        let rest = match rest.strip_prefix('\n') {
            Some(signatures) => signatures,
            None if rest.is_empty() => "",
            None => return Err(CheckpointError::Shape),
        };
        if !rest.is_empty() && !rest.ends_with('\n') {
            return Err(CheckpointError::Signature);
        }
        let signatures = rest.lines().map(|line| signature(line).ok_or(CheckpointError::Signature));
        Ok(Self { checkpoint, signatures: signatures.collect::<Result<_, _>>()? })
    }

    pub fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// Whether the holder of the key signed exactly this.
    pub fn vouched_by(&self, key: &VerifierKey) -> Vouched {
        let text = self.checkpoint.text();
        let mut vouched = Vouched::NotSigned;
        for signature in &self.signatures {
            if signature.name != key.name() || signature.key != key.id() {
                continue;
            }
            if !key.verifies(text.as_bytes(), &signature.bytes) {
                return Vouched::Forged;
            }
            vouched = Vouched::Yes;
        }
        vouched
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix(SIGNED_BY)?.split_once(' ')?;
    let bytes = Base64::decode_vec(bytes).ok()?;
    let (key, bytes) = bytes.split_first_chunk::<4>()?;
    key::is_key_name(name).then(|| Signature {
        name: name.to_owned(),
        key: *key,
        bytes: bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests;
