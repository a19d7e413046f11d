use proptest::prelude::*;

use super::*;

const HOUR: i64 = HOUR_MILLIS;
const DAY: i64 = 24 * HOUR;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + millis)
}

fn observed(instants: &[i64]) -> i64 {
    observed_millis(instants.iter().map(|millis| at(*millis)))
}

#[test]
fn what_nobody_saw_does_not_count() {
    let years = 3_652 * DAY;
    let cases: &[(&[i64], i64, &str)] = &[
        (&[], 0, "no run"),
        (&[0], 0, "one run"),
        (&[0, DAY, 2 * DAY, 3 * DAY], 3 * DAY, "a run every night"),
        (&[0, 36 * HOUR], 36 * HOUR, "the longest pause that counts"),
        (&[0, 36 * HOUR + 1], 36 * HOUR, "a longer one"),
        (&[0, 90 * DAY], 36 * HOUR, "a machine that was off"),
        (&[0, years], 36 * HOUR, "a jump forward"),
        (&[0, years, years + HOUR], 37 * HOUR, "a run after it"),
        (&[0, years, HOUR, 2 * HOUR], 36 * HOUR, "and back"),
        (&[0, -years, -years + DAY, HOUR], HOUR, "a jump backward"),
        (&[0, years, HOUR, years, HOUR, years, HOUR], 36 * HOUR, "back and forth"),
        (&[0, -HOUR, 0, -HOUR, 0, HOUR], HOUR, "an hour back and forth"),
    ];
    for (instants, expected, what) in cases {
        assert_eq!(observed(instants), *expected, "{what}");
    }
}

/// Instants as a clock gives them that runs, stands still and jumps.
fn instants() -> impl Strategy<Value = Vec<i64>> {
    let step = prop_oneof![
        4 => 0..2 * DAY,
        1 => -4_000 * DAY..4_000 * DAY,
    ];
    proptest::collection::vec(step, 1..60).prop_map(|steps| {
        let next = |now: &mut i64, step: i64| {
            *now += step;
            Some(*now)
        };
        steps.into_iter().scan(0, next).collect()
    })
}

proptest! {
    #[test]
    fn never_more_is_seen_than_the_clock_went_on_nor_than_the_runs_can_have_seen(
        instants in instants(),
    ) {
        let highest = instants.iter().max().unwrap();
        let seen = observed(&instants);
        prop_assert!(seen <= highest - instants[0]);
        prop_assert!(seen <= i64::try_from(instants.len()).unwrap() * GAP_MILLIS);
    }

    /// However often the clock jumps ahead and back between true instants, it ages nothing by more
    /// than one step for each new height, and never by what it repeats.
    #[test]
    fn a_clock_that_jumps_to_and_fro_adds_one_step_and_no_more(
        truly in proptest::collection::vec(0..2 * DAY, 1..30),
        ahead in 1..4_000_i64,
        times in 1..40_usize,
    ) {
        let far = 10_000 * DAY;
        let next = |now: &mut i64, step: i64| {
            *now += step;
            Some(*now)
        };
        let truly: Vec<_> = truly.into_iter().scan(0, next).collect();
        let mut jumping = truly.clone();
        for _ in 0..times {
            jumping.extend([far + ahead * DAY, *truly.last().unwrap()]);
        }
        prop_assert_eq!(observed(&jumping), observed(&truly) + GAP_MILLIS);
    }

    #[test]
    fn instants_before_the_latest_change_nothing(
        instants in instants(),
        place in any::<prop::sample::Index>(),
        back in 0..4_000 * DAY,
    ) {
        let before = observed(&instants);
        let place = place.index(instants.len());
        let latest = *instants[..=place].iter().max().unwrap();
        let mut with = instants.clone();
        with.insert(place + 1, latest - back);
        prop_assert_eq!(observed(&with), before);
    }

    #[test]
    fn what_was_seen_stays_seen(instants in instants()) {
        let seen = (1..=instants.len()).map(|count| observed(&instants[..count]));
        let seen: Vec<_> = seen.collect();
        prop_assert!(seen.is_sorted());
    }

    /// The clock says what it likes: nothing is ripe that was not seen to age, marked, and let be.
    #[test]
    fn a_proof_needs_everything(
        age in 0..60 * DAY,
        seen in 0..60 * DAY,
        marked in proptest::option::of(0..60 * DAY),
        held in any::<bool>(),
        open in any::<bool>(),
        after in 0..40_u32,
        found in proptest::sample::select(Stored::ALL.to_vec()),
    ) {
        let facts = PurgeFacts {
            asset: AssetId(1),
            version: 3,
            store: "store".to_owned(),
            entry: 7,
            since: at(-age),
            observed_millis: seen,
            mark: marked.map(|ago| Mark { entry: 9, at: at(-ago) }),
            held: held.then(|| "dispute".to_owned()),
            open: open.then(|| "other".to_owned()),
        };
        let days = i64::from(after.max(LEAST_DAYS)) * DAY;
        let file = ReadFile { number: 1, path: "a".to_owned(), digest: Digest([1; 32]), found };
        let ripe = age >= days && seen >= days && !held && !open;
        let marked = marked.is_some_and(|ago| ago >= MARK_HOURS * HOUR);
        let checked = check_purge(facts.clone(), after, at(0), std::slice::from_ref(&file));
        prop_assert_eq!(checked.is_ok(), ripe && marked && found == Stored::Same, "{:?}", checked);
        let bare = PurgeFacts { mark: None, ..facts };
        let unripe = check_purge(bare, after, at(0), &[file]).unwrap_err();
        prop_assert_eq!(may_be_marked(&unripe), ripe && found == Stored::Same);
    }
}

#[test]
fn a_proof_does_not_outlive_a_clock_that_goes_back() {
    let facts = PurgeFacts {
        asset: AssetId(1),
        version: 3,
        store: "store".to_owned(),
        entry: 7,
        since: at(-30 * DAY),
        observed_millis: 30 * DAY,
        mark: Some(Mark { entry: 9, at: at(-23 * HOUR) }),
        held: None,
        open: None,
    };
    let found = Stored::Same;
    let file = ReadFile { number: 1, path: "a".to_owned(), digest: Digest([1; 32]), found };
    let proof = check_purge(facts.clone(), 30, at(0), &[file]).unwrap();
    assert!(proof.holds_at(at(0)));
    assert!(!proof.holds_at(at(-1)));
    assert_eq!(check_purge(facts, 30, at(0), &[]).unwrap_err(), [Unripe::NoFiles]);
}

/// What the folder and its files come to; the second when nothing may be deleted.
fn settled(place: Whereabouts, files: &[Stored]) -> (Settling, Settling) {
    let decide = |permission| decide_purge(place, files, permission);
    (decide(Permission::Granted), decide(Permission::Denied))
}

#[test]
fn a_purge_is_finished_taken_back_or_left_by_what_is_found() {
    use Settling::{Lose, TakeBack, Wait};
    use Stored::{Gone, Other, Same, Shared};
    use Whereabouts::{Both, Kept, Nowhere, Purging};
    let delete = || Settling::Delete(settling::leave());
    let both = |settling: fn() -> Settling| (settling(), settling());
    for files in [&[Same, Same][..], &[Same, Other], &[Other, Other], &[Shared, Same]] {
        assert_eq!(settled(Kept, files), both(|| TakeBack), "{files:?}");
    }
    for files in [&[Same, Gone][..], &[Gone, Gone], &[Gone, Other]] {
        assert_eq!(settled(Kept, files), both(|| Lose), "{files:?}");
    }
    for files in [[Same, Same], [Gone, Gone], [Other, Gone]] {
        assert_eq!(settled(Both, &files), both(|| Wait), "{files:?}");
        assert_eq!(settled(Nowhere, &files), both(|| Lose), "{files:?}");
    }
    for (files, granted, denied) in [
        ([Same, Same], delete(), TakeBack),
        ([Same, Gone], delete(), Wait),
        ([Shared, Gone], delete(), Wait),
        ([Gone, Gone], delete(), delete()),
        ([Shared, Same], TakeBack, TakeBack),
        ([Other, Same], TakeBack, TakeBack),
        ([Other, Shared], TakeBack, TakeBack),
        ([Other, Gone], Lose, Lose),
    ] {
        let [a, b] = files;
        assert_eq!(settled(Purging, &files), (granted, denied), "{files:?}");
        assert_eq!(settled(Purging, &[b, a]), settled(Purging, &files), "{files:?}");
    }
}

#[test]
fn nothing_is_deleted_beside_other_bytes_or_outside_of_the_place_for_it() {
    for place in Whereabouts::ALL {
        for a in Stored::ALL {
            for b in Stored::ALL {
                let (granted, denied) = settled(place, &[a, b]);
                let deletes = |settling: &Settling| matches!(settling, Settling::Delete(_));
                let in_place = place == Whereabouts::Purging;
                let known = a != Stored::Other && b != Stored::Other;
                assert!(!deletes(&granted) || in_place && known, "{place:?} {a:?} {b:?}");
                let gone = a == Stored::Gone && b == Stored::Gone;
                assert!(!deletes(&denied) || in_place && gone, "{place:?} {a:?} {b:?}");
            }
        }
    }
}
