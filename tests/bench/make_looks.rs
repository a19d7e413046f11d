//! Fills a catalog with look hashes of made-up pictures, as if that many had been decided about.
//!
//! `make_looks CATALOG COUNT`: the same arguments make the same hashes. No two of them look alike.

use std::path::Path;

use anyhow::Context as _;
use shelflife::catalog::{Catalog, Session};
use shelflife::domain::actor::Actor;
use shelflife::domain::asset::{Digest, Look, LookHash, PixelHash};
use shelflife::domain::time::Timestamp;

/// Looks in one transaction.
const BATCH: u64 = 10_000;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(count)) = (args.next(), args.next()) else {
        anyhow::bail!("usage: make_looks CATALOG COUNT");
    };
    let count: u64 = count.parse().context("COUNT is no number")?;
    let session = Session {
        actor: Actor { os_user: "ada".into(), person: None, job: None, host: "studio".into() },
        command: "make_looks".to_owned(),
        now: Timestamp::from_millis(1_790_000_000_000),
        run: "looks".to_owned(),
        policy_hash: String::new(),
        begun: false,
        plan: None,
    };
    let mut catalog = Catalog::open_to_write(Path::new(&path), session)?;
    for first in (0..count).step_by(usize::try_from(BATCH)?) {
        let looks: Vec<_> = (first..count.min(first + BATCH)).map(made_up).collect();
        catalog.record_looks(&looks)?;
    }
    Ok(())
}

fn made_up(number: u64) -> (Digest, Look) {
    let look_hash = Some(LookHash(random(number, 0)));
    (Digest(random(number, 4)), Look { pixels: Some(PixelHash(random(number, 8))), look_hash })
}

/// Numbers that look random and depend on nothing but the arguments (`SplitMix64`).
fn random(number: u64, part: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, word) in (part..).zip(bytes.as_chunks_mut::<8>().0) {
        let seed = number.wrapping_mul(64).wrapping_add(at);
        let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        *word = (z ^ (z >> 31)).to_be_bytes();
    }
    bytes
}
