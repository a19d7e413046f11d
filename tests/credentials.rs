//! Whether content credentials hold: told by programs built with the feature `c2pa`, and by no
//! others.

use std::fs::{self, File};
#[cfg(feature = "c2pa")]
use std::io::Cursor;
use std::path::{Path, PathBuf};

use shelflife::domain::claims::Validity;
use shelflife::media::{Trust, look};

use crate::support;

/// Pictures with credentials, and whether another program found more wrong than the certificate: what
/// a certificate must be for differs from release to release.
fn judged() -> Vec<(PathBuf, bool)> {
    let Some(folder) = support::shared("data/corpus/images") else { return Vec::new() };
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let Some(picture) = path.to_str().unwrap().strip_suffix(".c2pa.json") else { continue };
        let report: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let failures = report["validation_status"].as_array().unwrap().iter();
        let mut codes = failures.map(|failure| failure["code"].as_str().unwrap());
        let holds = codes.all(|code| code.contains("redential."));
        assert!(holds || report["validation_state"] == "Invalid", "{picture}");
        found.push((picture.into(), holds));
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

fn validity(path: &Path, trust: &Trust) -> Option<Validity> {
    let (_, claims) = look(&mut File::open(path).unwrap(), trust);
    claims.unwrap().credentials.unwrap().validity
}

#[test]
fn credentials_hold_where_another_program_says_so_and_are_not_judged_by_one_that_cannot() {
    for (picture, holds) in judged() {
        let verdict = if holds { Validity::Untrusted } else { Validity::Invalid };
        let expected = Trust::is_told().then_some(verdict);
        assert_eq!(validity(&picture, &Trust::default()), expected, "{}", picture.display());
    }
}

/// The certificates that a signed picture carries, leaf first, in PEM.
#[cfg(feature = "c2pa")]
fn certificates(picture: &Path) -> Vec<String> {
    let bytes = fs::read(picture).unwrap();
    let begins = |at: usize| {
        let head = bytes.get(at..at + 8)?;
        let inner = head[0] == 0x30 && head[1] == 0x82 && head[4] == 0x30 && head[5] == 0x82;
        inner.then(|| 4 + usize::from(u16::from_be_bytes([head[2], head[3]])))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some(length) = begins(at) else {
            at += 1;
            continue;
        };
        if let Some(certificate) = bytes.get(at..at + length) {
            found.push(format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                base64(certificate)
            ));
        }
        at += length;
    }
    found
}

#[cfg(feature = "c2pa")]
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let number = number << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[number >> (18 - 6 * place) & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
        if text.len() % 65 == 64 {
            text.push('\n');
        }
    }
    text
}

#[cfg(feature = "c2pa")]
#[test]
fn who_was_certified_by_a_named_authority_is_trusted() {
    for (picture, _) in judged() {
        if !picture.ends_with("contentauth_c2pa-rs/CA.jpg") {
            continue;
        }
        let anchors = certificates(&picture);
        assert!(anchors.len() > 1, "a leaf and who signed it");
        let trust = Trust::new(Some(anchors.concat()));
        assert_eq!(validity(&picture, &trust), Some(Validity::Trusted));
    }
}

/// Whatever is changed in the picture data, the credentials do not hold any more.
#[cfg(feature = "c2pa")]
#[test]
fn a_changed_picture_is_never_called_right() {
    for (picture, holds) in judged() {
        let bytes = fs::read(&picture).unwrap();
        let is_jpeg = bytes.starts_with(b"\xff\xd8");
        if !holds || !is_jpeg || bytes.len() > 300_000 {
            continue;
        }
        let scan = bytes.windows(2).rposition(|mark| mark == b"\xff\xda").unwrap();
        for at in (scan + 2..bytes.len()).step_by((bytes.len() - scan) / 12) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let (_, claims) = look(&mut Cursor::new(changed), &Trust::default());
            let validity = claims.unwrap().credentials.unwrap().validity;
            assert_eq!(validity, Some(Validity::Invalid), "{} at {at}", picture.display());
        }
    }
}
