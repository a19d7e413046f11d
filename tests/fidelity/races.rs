//! Somebody puts things at the very paths that files are coming back to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::{Dice, check_whole, rejected};
use crate::support::moving::tree;
use crate::support::{TestLibrary, cases};

const ASSETS: i64 = 20;

/// What somebody puts at a path, each by a call that replaces nothing.
#[derive(Debug, Clone, Copy)]
enum Thing {
    File,
    EmptyFile,
    Link,
    DanglingLink,
    Folder,
}

const THINGS: [Thing; 5] =
    [Thing::File, Thing::EmptyFile, Thing::Link, Thing::DanglingLink, Thing::Folder];

impl Thing {
    fn put(self, path: &Path) -> bool {
        let create = |bytes: &[u8]| {
            use std::io::Write as _;
            fs::File::create_new(path).and_then(|mut file| file.write_all(bytes))
        };
        match self {
            Self::File => create(b"somebody's"),
            Self::EmptyFile => create(b""),
            Self::Link => symlink("../../../shelflife.toml", path),
            Self::DanglingLink => symlink("nowhere", path),
            Self::Folder => fs::create_dir(path),
        }
        .is_ok()
    }

    /// Takes the thing away again, after making sure that it is as it was put.
    fn take(self, path: &Path) {
        match self {
            Self::File => assert_eq!(fs::read(path).unwrap(), b"somebody's"),
            Self::EmptyFile => assert_eq!(fs::read(path).unwrap(), b""),
            Self::Link => {
                let target = fs::read_link(path).unwrap();
                assert_eq!(target, Path::new("../../../shelflife.toml"));
            }
            Self::DanglingLink => assert_eq!(fs::read_link(path).unwrap(), Path::new("nowhere")),
            Self::Folder => return fs::remove_dir(path).unwrap(),
        }
        fs::remove_file(path).unwrap();
    }
}

/// Puts things at the paths, in any order and at any time of about so long. Gives those that it could
/// put.
fn put_things(paths: &[PathBuf], dice: &mut Dice, lasting: Duration) -> Vec<(PathBuf, Thing)> {
    let mut times: Vec<_> = paths.iter().map(|path| (dice.part(lasting), path)).collect();
    times.sort();
    let (began, mut put) = (Instant::now(), Vec::new());
    for (at, path) in times {
        std::thread::sleep(at.saturating_sub(began.elapsed()));
        let thing = THINGS[usize::try_from(dice.below(5)).unwrap()];
        if thing.put(path) {
            put.push((path.clone(), thing));
        }
    }
    put
}

/// Restores what it can. Another test that starts a program holds every lock of this process for a
/// moment.
fn restore(library: &TestLibrary) {
    let run = library.run("restore --state quarantined --wait 10s");
    assert_ne!(run.exit, ExitCode::Busy, "{run}");
}

#[test]
fn a_restore_never_overwrites_what_somebody_put_there_in_the_same_moment() {
    let library = rejected(ASSETS);
    let before = tree(&library.path("uploads"));
    let paths: Vec<_> = before.keys().map(|path| library.path("uploads").join(path)).collect();
    let (mut races, mut lost, mut dice) = (0, 0, Dice(0xace5));
    let mut lasting = Duration::from_millis(200);
    while races < cases(100, 5_000) {
        library.run("clean --apply --wait 10s").expect(ExitCode::Success);
        let wanted: Vec<_> = paths.iter().filter(|_| dice.below(4) == 0).cloned().collect();
        let (put, took) = std::thread::scope(|scope| {
            let somebody = scope.spawn(|| put_things(&wanted, &mut dice, lasting));
            let began = Instant::now();
            restore(&library);
            let took = began.elapsed();
            (somebody.join().unwrap(), took)
        });
        lasting = took;
        races += wanted.len();
        lost += put.len();
        for (path, thing) in &put {
            thing.take(path);
        }
        restore(&library);
        check_whole((&library, ASSETS), &before, "after the race");
        assert_eq!(tree(&library.path("uploads")), before);
    }
    assert!(0 < lost && lost < races, "{lost} of {races}");
    say(&format!(
        "fidelity: {races} races for a path, of which somebody else won {lost}; nothing overwritten"
    ));
}
