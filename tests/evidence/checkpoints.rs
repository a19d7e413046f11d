//! Checkpoints and their keys, as people use them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use shelflife::exit::ExitCode;

use super::play::{copy, library};
use crate::support::TestLibrary;

fn with_key() -> (TestLibrary, String) {
    let library = library();
    let public = library.run("audit checkpoint --new-key key").expect(ExitCode::Success);
    assert_eq!(public.stderr, "");
    (library, public.stdout.trim().to_owned())
}

#[test]
fn a_checkpoint_is_a_note_of_three_lines_with_a_signature() {
    let (library, public) = with_key();
    let uuid = library.scanned_catalog().uuid().unwrap();
    let (length, _) = library.scanned_catalog().audit_head().unwrap();
    assert!(public.starts_with(&format!("shelflife/{uuid}+")), "{public}");
    let unsigned = library.run("audit checkpoint").expect(ExitCode::Success).stdout;
    let lines: Vec<_> = unsigned.split('\n').collect();
    assert_eq!(lines[0], format!("shelflife/{uuid}"));
    assert_eq!(lines[1], length.to_string());
    assert_eq!((lines[2].len(), lines[3], lines.len()), (44, "", 4));
    let signed = library.run("audit checkpoint --key key").expect(ExitCode::Success).stdout;
    let (text, signature) = signed.split_once("\n\n").unwrap();
    assert_eq!(format!("{text}\n"), unsigned);
    assert!(signature.starts_with(&format!("\u{2014} shelflife/{uuid} ")), "{signature}");
    assert_eq!(library.run("audit checkpoint --key key").stdout, signed, "it is repeatable");
}

#[test]
fn what_a_checkpoint_says_for_the_log_is_told() {
    let (library, public) = with_key();
    let other = library.run("audit checkpoint --new-key other --name desk").stdout;
    library.write("public", &public);
    library.write("other-public", &other);
    let signed = library.run("audit checkpoint --key key").stdout;
    library.write("signed", &signed);
    library.write("unsigned", library.run("audit checkpoint").stdout);
    let early = copy(&library, "early.db");
    library.run("hold 1 --reason later").expect(ExitCode::Success);
    library.write("late", library.run("audit checkpoint --key key").stdout);
    let size = signed.lines().nth(1).unwrap();
    let more: u64 = size.parse::<u64>().unwrap() - 1;
    library.write("forged", signed.replace(&format!("\n{size}\n"), &format!("\n{more}\n")));
    let stranger = library.scanned_catalog().uuid().unwrap();
    let stranger = signed.replace(&stranger, "0190b1c2-0000-7000-8000-00000000002a");
    library.write("stranger", stranger.split_once("\n\n").unwrap().0.to_owned() + "\n");
    assert!(early.exists());
    let by_key = format!("--key {public}");
    let cases = [
        ("signed", "", ExitCode::Success, "signature was not checked"),
        ("signed", &by_key, ExitCode::Success, "signed with the key"),
        ("signed", "--key public", ExitCode::Success, "signed with the key"),
        ("unsigned", "", ExitCode::Success, "it is unsigned"),
        ("unsigned", "--key public", ExitCode::Integrity, "not signed with the key"),
        ("signed", "--key other-public", ExitCode::Integrity, "not signed with the key"),
        ("forged", "--key public", ExitCode::Integrity, "its signature is not of this text"),
        ("forged", "", ExitCode::Integrity, "rewritten"),
        ("stranger", "", ExitCode::Integrity, "of another catalog"),
        ("late", "--catalog early.db --key public", ExitCode::Integrity, "rolled back"),
    ];
    for (note, more, exit, says) in cases {
        let run = library.run(&format!("audit verify --checkpoint {note} {more}"));
        assert_eq!(run.exit, exit, "{note} {more}\n{run}");
        let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(says), "{note} {more}: {says}\n{run}");
    }
    let two = "audit verify --checkpoint signed --checkpoint late --key public";
    library.run(two).expect(ExitCode::Success);
    let one_bad = "audit verify --checkpoint signed --checkpoint stranger";
    library.run(one_bad).expect(ExitCode::Integrity);
}

#[test]
fn a_secret_key_is_private_is_never_shown_and_never_replaced() {
    let (library, public) = with_key();
    let secret = fs::read_to_string(library.path("key")).unwrap();
    assert!(secret.starts_with("PRIVATE+KEY+"));
    assert_eq!(fs::metadata(library.path("key")).unwrap().mode() & 0o7777, 0o600);
    // Base64 has `+` among its signs too.
    let seed = secret.trim().splitn(5, '+').nth(4).unwrap();
    let mut said = Vec::new();
    library.write("public", &public);
    library.write("note", library.run("audit checkpoint --key key").stdout);
    for command in [
        "audit checkpoint --key key",
        "audit checkpoint --key key -v",
        "audit checkpoint --new-key key",
        "audit verify --checkpoint note --key key",
        "audit checkpoint --key public",
        "audit log",
    ] {
        let run = library.run(command);
        said.push(run.stdout + &run.stderr);
    }
    assert!(said.iter().all(|text| !text.contains(seed)));
    assert!(!said[3].contains("PRIVATE"), "{}", said[3]);
    library.run("audit checkpoint --new-key key").expect(ExitCode::Usage);
    assert_eq!(fs::read_to_string(library.path("key")).unwrap(), secret);
    library.run("audit verify --checkpoint note --key key").expect(ExitCode::Usage);
    library.run("audit checkpoint --key public").expect(ExitCode::Permission);
}

#[test]
fn a_key_that_others_may_read_or_that_is_served_is_refused() {
    let (library, _) = with_key();
    let key = library.path("key");
    for mode in [0o640, 0o604, 0o660, 0o620, 0o602, 0o611] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        library.run("audit checkpoint --key key").expect(ExitCode::Permission);
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).unwrap();
    library.run("audit checkpoint --key key").expect(ExitCode::Success);
    symlink("key", library.path("link")).unwrap();
    library.run("audit checkpoint --key link").expect(ExitCode::Permission);
    library.run("audit checkpoint --key state").expect(ExitCode::Guard);
    library.run("audit checkpoint --key none").expect(ExitCode::Io);
    library.run("audit checkpoint --new-key uploads/key").expect(ExitCode::Usage);
    library.run("audit checkpoint --new-key uploads/2026/key").expect(ExitCode::Usage);
    assert!(!library.path("uploads/key").exists());
    fs::copy(&key, library.path("uploads/key")).unwrap();
    library.run("audit checkpoint --key uploads/key").expect(ExitCode::Usage);
    library.run("audit checkpoint --new-key k --name 'two words'").expect(ExitCode::Usage);
    assert!(!library.path("k").exists());
}

#[test]
fn no_checkpoint_is_made_of_a_broken_log_and_none_is_read_of_another_text() {
    let (library, _) = with_key();
    library.write("text", "hello\n");
    library.write("bytes", [0xff, 0xfe]);
    for note in ["text", "bytes"] {
        library.run(&format!("audit verify --checkpoint {note}")).expect(ExitCode::Usage);
    }
    library.run("audit verify --checkpoint none").expect(ExitCode::Io);
    library.run("audit verify --key abc").expect(ExitCode::Usage);
    let struck = copy(&library, "struck.db");
    rusqlite::Connection::open(struck)
        .unwrap()
        .execute("UPDATE audit SET actor = 'nobody' WHERE seq = 3", [])
        .unwrap();
    let run = library.run("--catalog struck.db audit checkpoint --key key");
    assert!(!run.stdout.contains('\u{2014}'), "{run}");
    run.expect(ExitCode::Integrity);
}
