#![expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[test]
fn what_was_there_stays_and_nothing_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    fs::write(temporary.path().join("theirs"), b"theirs").unwrap();
    fs::create_dir(temporary.path().join("folder")).unwrap();
    let trials = try_abilities(temporary.path()).unwrap();
    assert_eq!(trials.len(), 12);
    let mut names: Vec<_> =
        fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["folder", "theirs"]);
    assert_eq!(fs::read(temporary.path().join("theirs")).unwrap(), b"theirs");
}

#[test]
fn the_folder_goes_also_when_something_fails_in_it() {
    let temporary = tempfile::tempdir().unwrap();
    let above = Root::open(temporary.path()).unwrap();
    let top = above.folder(b"").unwrap();
    let own = temporary.path().join("own");
    fs::create_dir(&own).unwrap();
    // A name that a trial wants for itself is taken: it fails half-way.
    fs::write(own.join("hollow"), b"").unwrap();
    assert!(trials::all(&above.folder(b"own").unwrap()).is_err());
    assert!(fs::read_dir(&own).unwrap().count() > 5);
    remove(&above, &top, "own").unwrap();
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_nothing_can_be_made_in_is_an_error() {
    let temporary = tempfile::tempdir().unwrap();
    assert!(try_abilities(&temporary.path().join("none")).unwrap_err().is_missing());
    fs::write(temporary.path().join("file"), b"").unwrap();
    assert!(try_abilities(&temporary.path().join("file")).is_err());
    if rustix::process::geteuid().is_root() {
        return;
    }
    fs::set_permissions(temporary.path(), fs::Permissions::from_mode(0o500)).unwrap();
    assert!(try_abilities(temporary.path()).is_err());
    fs::set_permissions(temporary.path(), fs::Permissions::from_mode(0o700)).unwrap();
}
