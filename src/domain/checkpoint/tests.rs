use super::*;

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        catalog: "0190b1c2-0000-7000-8000-00000000002a".to_owned(),
        size: 42,
        head: [7; 32],
    }
}

/// The key and signature that the reference implementation of notes has in its own tests.
#[test]
fn keys_are_those_that_other_programs_of_notes_read() {
    let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let key = SigningKey::read(secret).unwrap();
    assert_eq!(key.verifier().to_string(), verifier);
    assert_eq!(key.secret_line(), format!("{secret}\n"));
    assert_eq!(VerifierKey::read(verifier).unwrap(), key.verifier());
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let mut bytes = key.id().to_vec();
    bytes.extend_from_slice(&key.sign(text.as_bytes()));
    assert_eq!(Base64::encode_string(&bytes), signature);
}

#[test]
fn a_note_that_was_written_is_read_and_vouched_for_by_its_key_alone() {
    let (ours, other) = (key("desk", 1), key("desk", 2));
    let note = checkpoint().signed(&ours);
    let read = SignedCheckpoint::read(&note).unwrap();
    assert_eq!(read.checkpoint, checkpoint());
    assert_eq!(read.vouched_by(&ours.verifier()), Vouched::Yes);
    assert_eq!(read.vouched_by(&other.verifier()), Vouched::NotSigned);
    assert_eq!(read.vouched_by(&key("shed", 1).verifier()), Vouched::NotSigned);
    let both = note.clone() + note_line(&checkpoint().signed(&other));
    let both = SignedCheckpoint::read(&both).unwrap();
    assert_eq!(both.vouched_by(&ours.verifier()), Vouched::Yes);
    assert_eq!(both.vouched_by(&other.verifier()), Vouched::Yes);
}

fn note_line(note: &str) -> &str {
    note.split_once("\n\n").unwrap().1
}

#[test]
fn a_signature_is_of_one_text_only() {
    let ours = key("desk", 1);
    let note = checkpoint().signed(&ours);
    for (from, to) in [("\n42\n", "\n43\n"), ("0190b1c2", "0190b1c3"), ("\nBwcH", "\nBwcI")] {
        let forged = note.replace(from, to);
        assert_ne!(forged, note);
        let read = SignedCheckpoint::read(&forged).unwrap();
        assert_eq!(read.vouched_by(&ours.verifier()), Vouched::Forged, "{from:?}");
    }
}

#[test]
fn an_unsigned_checkpoint_is_read_with_and_without_its_empty_line() {
    let text = checkpoint().text();
    for note in [text.clone(), format!("{text}\n")] {
        let read = SignedCheckpoint::read(&note).unwrap();
        assert!(!read.is_signed());
        assert_eq!(read.vouched_by(&key("desk", 1).verifier()), Vouched::NotSigned);
    }
}

#[test]
fn what_is_no_checkpoint_is_told_by_what_is_wrong_with_it() {
    use CheckpointError as E;
    let good = checkpoint().signed(&key("desk", 1));
    let cases = [
        ("", E::Shape),
        ("\n\n\n", E::Origin),
        (&good.replace("shelflife/", "other/"), E::Origin),
        (&good.replace("0190b1c2-", "0190B1C2-"), E::Size),
        (&good.replace("\n42\n", "\n042\n"), E::Size),
        (&good.replace("\n42\n", "\n0\n"), E::Size),
        (&good.replace("\n42\n", "\n+42\n"), E::Size),
        (&good.replace("\n42\n", "\n-1\n"), E::Size),
        (&good.replace("\n42\n", "\n18446744073709551616\n"), E::Size),
        (&good.replace("\nBwcH", "\nBwc"), E::Head),
        (&good.replace("\n42\n", "\n42\r\n"), E::Size),
        (&good.replace("\n\n", "\nmore\n\n"), E::Shape),
        (&good.replace("\u{2014} ", "- "), E::Signature),
        (good.trim_end(), E::Signature),
        (&good.replace("desk ", "de+sk "), E::Signature),
        (&format!("{good}\n"), E::Signature),
    ];
    for (note, expected) in cases {
        assert_eq!(SignedCheckpoint::read(note), Err(expected), "{note:?}");
    }
}

#[test]
fn a_key_that_is_none_is_refused_and_a_secret_one_is_never_taken_for_public() {
    let ours = key("desk", 1);
    let public = ours.verifier().to_string();
    assert_eq!(VerifierKey::read(&ours.secret_line()), Err(KeyError::Secret));
    assert!(SigningKey::read(&public).is_err());
    for broken in [
        String::new(),
        public.replace("desk", "des"),
        public.replace("desk", "de sk"),
        public.replacen('+', " ", 1),
        format!("{public}A"),
        public.chars().take(50).collect(),
    ] {
        assert_eq!(VerifierKey::read(&broken), Err(KeyError::Shape), "{broken}");
    }
    assert!(!format!("{ours:?}").contains("key:"), "{ours:?}");
    for name in ["", "two words", "a+b", &"x".repeat(201)] {
        assert_eq!(SigningKey::from_seed(name, &[1; 32]).unwrap_err(), KeyError::Name);
    }
}
