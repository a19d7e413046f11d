//! Catalogs where locks and syncs cannot be relied on.

use std::fs;

use super::site::{Site, said};
use crate::crash::say;
use crate::disks::has;
use crate::support::{skip, split_words};

/// What statfs(2) tells of each, as the bytes of its first field.
const KINDS: [(&str, &str); 5] = [
    ("NFS", "6969000000000000"),
    ("SMB2", "424d53fe00000000"),
    ("CIFS", "424d53ff00000000"),
    ("9P", "9719020100000000"),
    ("FUSE", "4655736500000000"),
];

#[test]
fn a_catalog_on_a_network_file_system_is_read_and_never_changed() {
    if !has("strace") {
        skip::<()>("there is no strace");
        return;
    }
    let site = Site::new();
    let before = (site.files(), fs::read(site.path("state/catalog.db")).unwrap());
    let mut verdicts = 0;
    for (kind, bytes) in KINDS {
        let inject = format!("inject=statfs,fstatfs:poke_exit=@arg2={bytes}");
        let strace = ["strace", "-f", "-o", "/dev/null", "-e", "trace=statfs,fstatfs"];
        let run = |line: &str| {
            let words: Vec<_> = strace.into_iter().chain(["-e", &inject]).collect();
            site.around(&words).args(split_words(line)).output().unwrap()
        };
        for line in ["scan", "clean --apply", "reject mug.png --reason x", "recover"] {
            let output = run(line);
            assert_eq!(output.status.code(), Some(5), "{kind}, {line}: {}", said(&output));
            assert!(said(&output).contains(&format!("is on {kind}")), "{}", said(&output));
        }
        let init = "--config other.toml --catalog other/catalog.db init --root uploads";
        assert_eq!(run(init).status.code(), Some(5), "{kind}");
        assert!(!site.path("other.toml").exists() && !site.path("other").exists());
        let doctor = run("doctor");
        assert_eq!(doctor.status.code(), Some(1), "{kind}: {}", said(&doctor));
        assert!(said(&doctor).contains(&format!("is on {kind}")), "{}", said(&doctor));
        assert_eq!(run("list").status.code(), Some(0), "{kind}");
        // A pause has to be possible wherever the catalog is.
        assert_eq!(run("pause --reason drill").status.code(), Some(5), "{kind}");
        assert!(site.path("state/PAUSED").exists(), "{kind}");
        fs::remove_file(site.path("state/PAUSED")).unwrap();
        assert_eq!((site.files(), fs::read(site.path("state/catalog.db")).unwrap()), before);
        verdicts += 1;
    }
    assert_eq!(site.run("scan").status.code(), Some(0));
    say(&format!("hardening: {verdicts} of {} network file systems told", KINDS.len()));
}
