//! The keys of checkpoints, as texts of one line.
//!
//! A secret key is `PRIVATE+KEY+name+id+base64`, the key to verify with `name+id+base64`. The bytes
//! are those of Ed25519 after a byte that says so; the id is the beginning of a hash of name and
//! key, and shows a mistyped one.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};

const SECRET: &str = "PRIVATE+KEY+";
/// Ed25519, among the kinds of keys that notes know.
const ED25519: u8 = 1;

/// Whether the text is a secret key, or was one: it is not to be shown then.
pub fn is_secret_key(text: &str) -> bool {
    text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).starts_with(SECRET)
}

/// Why a text is no key. The text itself is never told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("it is not a key of checkpoints")]
    Shape,
    #[error("it is the secret key, which must not be given where a public one is asked for")]
    Secret,
    #[error("a key's name has no spaces and no `+`, and is at most 200 bytes")]
    Name,
}

/// The key that signs. It is shown nowhere, not even by `Debug`.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

/// The key that verifies, which everybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: ed25519_dalek::VerifyingKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The key that grows from these bytes, which must come from a source of true randomness.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        Ok(Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(seed) })
    }

    /// Reads the line of a file that holds a secret key.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let line = text.trim_end().strip_prefix(SECRET).ok_or(KeyError::Shape)?;
        let (name, id, seed) = parts(line)?;
        let key = Self::from_seed(name, &seed)?;
        if id == key.id() { Ok(key) } else { Err(KeyError::Shape) }
    }

    /// The line for the file of this user alone.
    pub fn secret_line(&self) -> String {
        format!("{SECRET}{}\n", line(&self.name, self.id(), &self.key.to_bytes()))
    }

    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        self.verifier().id()
    }

    pub(super) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.key.sign(text).to_bytes()
    }
}

impl VerifierKey {
    /// Reads a key as it was printed.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_end();
        if text.starts_with(SECRET) {
            return Err(KeyError::Secret);
        }
        let (name, id, bytes) = parts(text)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Shape)?;
        let read = Self { name: name.to_owned(), key };
        if id == read.id() && !key.is_weak() { Ok(read) } else { Err(KeyError::Shape) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', ED25519]);
        hash.update(self.key.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
        self.key.verify_strict(text, &signature).is_ok()
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&line(&self.name, self.id(), self.key.as_bytes()))
    }
}

fn line(name: &str, id: [u8; 4], key: &[u8; 32]) -> String {
    let mut bytes = vec![ED25519];
    bytes.extend_from_slice(key);
    format!("{name}+{:08x}+{}", u32::from_be_bytes(id), Base64::encode_string(&bytes))
}

/// Name, id and key of a line; the name is checked, the id only for its shape.
fn parts(line: &str) -> Result<(&str, [u8; 4], [u8; 32]), KeyError> {
    let mut parts = line.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Shape);
    };
    let is_id = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(id, 16).map_err(|_| KeyError::Shape)?;
    let bytes = Base64::decode_vec(key).map_err(|_| KeyError::Shape)?;
    let Some((&ED25519, key)) = bytes.split_first() else { return Err(KeyError::Shape) };
    let key = key.try_into().map_err(|_| KeyError::Shape)?;
    let fits = is_id && is_key_name(name);
    if fits { Ok((name, number.to_be_bytes(), key)) } else { Err(KeyError::Shape) }
}

pub(super) fn is_key_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.len() <= 200 && name.chars().all(fits)
}
