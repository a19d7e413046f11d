//! The announcement of a purge asks the catalog itself for everything that its proof says.

use std::fs;

use shelflife::catalog::{Catalog, CatalogError};
use shelflife::domain::asset::{AssetId, Digest};
use shelflife::domain::purge::{Mark, PurgeFacts, ReadFile, check_purge};
use shelflife::error::Error;
use shelflife::executor::{Ended, Obstacle, purge_asset, read_stored};
use shelflife::exit::ExitCode;

use super::check::regular_files;
use super::dying::{Fate, Meddled};
use super::purging::{DAYS, facts, order, ripe};
use super::scene::{ASSET, Layout, Scene, Template, now, session};

/// Purges by a proof of these facts and files, changed as `forge` says.
fn purge_forged(
    scene: &Scene<'_>,
    forge: impl Fn(&mut PurgeFacts, &mut Vec<ReadFile>),
) -> Result<Ended, Error> {
    let (done, _) = scene.process("forges", Fate::Nothing, |target| {
        let mut files = read_stored(target, ASSET).map_err(Error::from)?;
        let mut facts = facts(target.catalog, scene);
        forge(&mut facts, &mut files);
        let proof = check_purge(facts, DAYS, target.now, &files).unwrap();
        purge_asset(target, &order(target.catalog, 2), proof)
    });
    done
}

type Forgery = (&'static str, fn(&mut PurgeFacts, &mut Vec<ReadFile>));

#[test]
fn a_proof_of_other_facts_than_the_catalogs_deletes_nothing() {
    let template = Template::new(3, Layout::OneDevice);
    let forgeries: [Forgery; 9] = [
        ("another version", |facts, _| facts.version -= 1),
        ("another asset", |facts, _| facts.asset = AssetId(7)),
        ("another folder", |facts, _| facts.store.push('x')),
        ("an earlier time", |facts, _| facts.since = facts.since.plus_days(-1)),
        ("another entry", |facts, _| facts.entry -= 1),
        ("an earlier mark", |facts, _| {
            facts.mark.as_mut().unwrap().at = now();
        }),
        ("a mark that is none", |facts, _| {
            facts.mark = Some(Mark { entry: facts.entry, at: facts.since });
        }),
        ("other bytes", |_, files| files[1].digest = Digest([7; 32])),
        ("fewer files", |_, files| {
            files.pop();
        }),
    ];
    for (what, forge) in forgeries {
        let scene = ripe(&template);
        let done = purge_forged(&scene, forge);
        let refused = match &done {
            Ok(Ended::NotDone { because, settled: None }) => matches!(
                because,
                Obstacle::Catalog(CatalogError::Changed { .. }) | Obstacle::Unripe { .. }
            ),
            _ => false,
        };
        assert!(refused, "{what}: {done:?}");
        assert_eq!(regular_files(&scene.quarantine().join("v1")).len(), 3, "{what}");
        assert!(scene.open_catalog("looks").open_operations().unwrap().is_empty(), "{what}");
    }
    let scene = ripe(&template);
    assert!(matches!(purge_forged(&scene, |_, _| {}), Ok(Ended::Done { .. })));
}

#[test]
fn a_mark_of_the_run_itself_does_not_count() {
    let template = Template::new(1, Layout::OneDevice);
    let scene = ripe(&template);
    let steps = std::sync::Arc::new(shelflife::files::steps::Unwatched);
    let steps: std::sync::Arc<dyn shelflife::files::Steps> = steps;
    let done = scene.process_watched("marks and purges", &steps, |target| {
        let known = facts(target.catalog, &scene);
        target.catalog.place_hold(ASSET, known.version, "dispute", None).unwrap();
        let version = known.version + 1;
        target.catalog.release_holds(ASSET, version, "settled").unwrap();
        let unmarked = facts(target.catalog, &scene);
        assert_eq!(unmarked.mark, None, "a hold takes the mark back");
        target.catalog.mark_for_purge(&unmarked, None).unwrap();
        let mut marked = facts(target.catalog, &scene);
        let mark = marked.mark.as_mut().unwrap();
        // As if the clock had stood a day before when it was made.
        mark.at = mark.at.plus_days(-1);
        let files = read_stored(target, ASSET).unwrap();
        let proof = check_purge(marked, DAYS, target.now, &files).unwrap();
        purge_asset(target, &order(target.catalog, 2), proof)
    });
    let changed = matches!(
        &done,
        Ok(Ended::NotDone { because: Obstacle::Catalog(CatalogError::Changed { .. }), .. })
    );
    assert!(changed, "{done:?}");
    assert_eq!(regular_files(&scene.quarantine()).len(), 1);
}

/// What comes between the plan and the announcement is seen by the announcement.
#[test]
fn a_hold_or_a_pause_at_the_last_moment_keeps_the_files() {
    let template = Template::new(3, Layout::OneDevice);
    let hold: fn(&mut Catalog) = |catalog| {
        let version = catalog.asset(ASSET).unwrap().unwrap().version;
        catalog.place_hold(ASSET, version, "dispute", None).unwrap();
    };
    let flag: fn(&mut Catalog) = |catalog| super::paused::set_flag_in(catalog);
    for (what, meddle) in [("a hold", hold), ("a flag", flag)] {
        let scene = ripe(&template);
        let (path, at) = (scene.catalog(), scene.now.get());
        let steps = Meddled::before(0, move || {
            let session = shelflife::catalog::Session { now: at, ..session("meddles") };
            meddle(&mut Catalog::open_to_write(&path, session).unwrap());
        });
        let done = scene.process_watched("purges", &steps, |target| {
            let files = read_stored(target, ASSET).unwrap();
            let proof = check_purge(facts(target.catalog, &scene), DAYS, target.now, &files);
            purge_asset(target, &order(target.catalog, 2), proof.unwrap())
        });
        match &done {
            Ok(Ended::NotDone { because: Obstacle::Catalog(_), settled: None }) => {}
            Err(error) => assert_eq!(error.exit_code(), ExitCode::Paused, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
        assert_eq!(regular_files(&scene.quarantine().join("v1")).len(), 3, "{what}");
        assert!(!fs::exists(scene.quarantine().join("purging")).unwrap(), "{what}");
    }
}
