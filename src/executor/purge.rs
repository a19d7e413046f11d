//! Deleting an asset's files for good: the only place that does, and never without a proof.

use crate::catalog::{OpenOperation, Operation};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::Transition;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::purge::{PurgeProof, ReadFile, Unripe};
use crate::error::Error;

use super::look::existing;
use super::purging::{look_in, settle_purge};
use super::{Attempt, Ended, Obstacle, Target, load_of};

/// The deletion of an asset's files, beside the proof that they may be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// A fresh identifier, unique for ever.
    pub operation: String,
    pub transition: Transition,
    pub reason: Option<String>,
    pub causes: Vec<String>,
}

/// Deletes all files of an asset in quarantine and records that they are gone.
///
/// If one of them is not what it was proven to be, none is deleted. Once the first is deleted only
/// a pause or a failing disk keeps the others, until a later recovery. The success that is returned
/// is durable. Fails where the next asset would fail too.
#[expect(clippy::needless_pass_by_value, reason = "a proof is good for one purge")]
pub fn purge_asset(
    target: &mut Target<'_>,
    wanted: &Purge,
    proof: PurgeProof,
) -> Result<Ended, Error> {
    let operation = match announce(target, wanted, &proof) {
        Ok(operation) => operation,
        Err(obstacle) => return obstacle.end(None),
    };
    let begun = target.quarantine.begin_purge(&operation.store);
    let failed = begun.err().map(Obstacle::from);
    match settle_purge(target, &operation, (failed, None)) {
        Ok((settled, None)) if settled.end == OperationState::Done => {
            Ok(Ended::Done { load: load_of(&operation), linked: Vec::new() })
        }
        Ok((settled, because)) => {
            because.unwrap_or_else(|| unsettled(&operation)).end(Some(settled))
        }
        Err(obstacle) => obstacle.end(None),
    }
}

/// Reads every file that an asset has in quarantine to its end. Changes nothing.
pub fn read_stored(target: &Target<'_>, asset: AssetId) -> Result<Vec<ReadFile>, Obstacle> {
    let Some(taken) = target.catalog.quarantine_of(asset)? else { return Ok(Vec::new()) };
    let folder = existing(target.quarantine.op_folder(&taken.store))?;
    let looks = look_in(folder.as_ref(), &taken)?;
    let files = taken.files.iter().zip(looks);
    Ok(files.map(|(file, look)| look.in_words(file)).collect())
}

/// From here on the catalog knows what may be gone.
fn announce(target: &mut Target<'_>, wanted: &Purge, proof: &PurgeProof) -> Attempt<Operation> {
    target.may_begin()?;
    let facts = proof.facts();
    let taken = target.catalog.quarantine_of(facts.asset)?;
    let taken = taken.ok_or(Obstacle::Unripe { because: Unripe::NoFiles })?;
    let operation = target.operation_on(taken, (&wanted.operation, OperationKind::Purge));
    let open = OpenOperation {
        operation,
        version: facts.version,
        transition: Some(wanted.transition),
        reason: wanted.reason.clone(),
        causes: wanted.causes.clone(),
        heed: target.switch.heed,
    };
    target.step("open operation")?;
    target.catalog.open_purge(&open, proof)?;
    Ok(open.operation)
}

fn unsettled(operation: &Operation) -> Obstacle {
    let what = format!("the folder of operation {} is in two places", operation.store);
    Obstacle::Damaged { what }
}
