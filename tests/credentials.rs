//! Whether content credentials hold: told by programs built with the feature `c2pa`, and by no
//! others.

use std::fs::{self, File};
#[cfg(feature = "c2pa")]
use std::io::Cursor;
use std::path::{Path, PathBuf};

use shelflife::domain::claims::Validity;
use shelflife::media::{Trust, look};

use crate::support;

/// Pictures with credentials, and what another program says of them.
fn judged() -> Vec<(PathBuf, String)> {
    let Some(folder) = support::shared("data/corpus/images") else { return Vec::new() };
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let Some(picture) = path.to_str().unwrap().strip_suffix(".c2pa.json") else { continue };
        let report: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        found.push((picture.into(), report["validation_state"].as_str().unwrap().to_owned()));
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
    for (picture, state) in judged() {
        let expected = match state.as_str() {
            _ if !Trust::is_told() => None,
            "Valid" => Some(Validity::Untrusted),
            "Invalid" => Some(Validity::Invalid),
            other => panic!("{other}"),
        };
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
    for (picture, state) in judged() {
        if !picture.ends_with("contentauth_c2pa-rs/CA.jpg") {
            continue;
        }
        assert_eq!(state, "Valid");
        let anchors = certificates(&picture);
        assert!(anchors.len() > 1, "a leaf and who signed it");
        let trust = Trust::new(Some(anchors.concat()));
        assert_eq!(validity(&picture, &trust), Some(Validity::Trusted));
    }
}

/// Whatever is changed in a signed picture, its credentials do not hold any more, or are not there.
#[cfg(feature = "c2pa")]
#[test]
fn a_changed_byte_is_never_called_right() {
    for (picture, state) in judged() {
        let bytes = fs::read(&picture).unwrap();
        if state != "Valid" || bytes.len() > 300_000 {
            continue;
        }
        for at in (0..bytes.len()).step_by(bytes.len() / 12) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let (_, claims) = look(&mut Cursor::new(changed), &Trust::default());
            let credentials = claims.and_then(|claims| claims.credentials);
            let validity = credentials.and_then(|found| found.validity);
            let told = matches!(validity, None | Some(Validity::Invalid));
            assert!(told, "{} at {at}: {validity:?}", picture.display());
        }
    }
}
