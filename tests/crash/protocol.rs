//! How files are moved and recovered: the real way, which the tests prove, and wrong ways, which
//! prove the tests.

use shelflife::catalog::{ClosedOperation, OpenOperation, Operation, OperationFile};
use shelflife::domain::lifecycle::Transition;
use shelflife::domain::operation::{FileState, OperationKind, OperationState};
use shelflife::domain::pause::Heed;
use shelflife::error::Error;
use shelflife::executor::{
    Ended, Removal, Return, Target, quarantine_asset, recover, restore_asset,
};
use shelflife::files::Quarantine;
use shelflife::files::moves::rename_into_private;

/// A way to move an asset's files. Errors are what a dying run meets.
pub(super) trait Protocol {
    fn quarantine(&self, target: &mut Target<'_>, removal: &Removal) -> Result<bool, Error>;
    fn restore(&self, target: &mut Target<'_>, wanted: &Return) -> Result<bool, Error>;
    fn recover(&self, target: &mut Target<'_>) -> Result<(), Error>;
}

/// The one of the program.
pub(super) struct Real;

impl Protocol for Real {
    fn quarantine(&self, target: &mut Target<'_>, removal: &Removal) -> Result<bool, Error> {
        Ok(matches!(quarantine_asset(target, removal)?, Ended::Done { .. }))
    }

    fn restore(&self, target: &mut Target<'_>, wanted: &Return) -> Result<bool, Error> {
        Ok(matches!(restore_asset(target, wanted)?, Ended::Done { .. }))
    }

    fn recover(&self, target: &mut Target<'_>) -> Result<(), Error> {
        recover(target).map(|_| ())
    }
}

/// What is wrong with a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The catalog says that the files were moved, and then they are.
    ClosesFirst,
    /// The files are moved, and then the catalog is told.
    OpensLast,
    /// Nothing is ever recovered.
    NeverRecovers,
    /// What was begun is taken for done.
    TakesAllForDone,
    /// What was begun is taken for not done.
    TakesAllForUndone,
}

/// A protocol with one flaw. It moves within one file system only, or as the real one does.
pub(super) struct Flawed(pub(super) Flaw);

impl Protocol for Flawed {
    fn quarantine(&self, target: &mut Target<'_>, removal: &Removal) -> Result<bool, Error> {
        match self.0 {
            Flaw::ClosesFirst => {
                let open = announcement(target, removal)?;
                write(target, &open)?;
                carry(target, &open.operation)?;
            }
            Flaw::OpensLast => {
                let open = announcement(target, removal)?;
                carry(target, &open.operation)?;
                write(target, &open)?;
            }
            _ => return Real.quarantine(target, removal),
        }
        Ok(true)
    }

    fn restore(&self, target: &mut Target<'_>, wanted: &Return) -> Result<bool, Error> {
        Real.restore(target, wanted)
    }

    fn recover(&self, target: &mut Target<'_>) -> Result<(), Error> {
        let (end, went) = match self.0 {
            Flaw::NeverRecovers => return Ok(()),
            Flaw::TakesAllForDone => (OperationState::Done, FileState::Moved),
            Flaw::TakesAllForUndone => (OperationState::Aborted, FileState::Returned),
            _ => return Real.recover(target),
        };
        for operation in target.catalog.open_operations()? {
            let state = target.catalog.asset(operation.asset)?.unwrap().state;
            let step = operation.kind.action().and_then(|action| Transition::of(state, action));
            close(target, &operation, (end, went), step.filter(|_| end == OperationState::Done))?;
        }
        Ok(())
    }
}

fn announcement(target: &Target<'_>, removal: &Removal) -> Result<OpenOperation, Error> {
    let files = target.catalog.files_of(removal.asset)?.into_iter().zip(1..);
    let files = files.map(|((id, file), number)| OperationFile {
        number,
        file: id,
        root: file.root,
        path: file.path,
        stored_name: Quarantine::file_name(number),
        digest: file.digest,
        bytes: file.stamp.bytes,
        mode: 0o644,
        modified_ns: 0,
        state: FileState::Pending,
    });
    let operation = Operation {
        id: removal.operation.clone(),
        kind: OperationKind::Quarantine,
        asset: removal.asset,
        state: OperationState::Intent,
        opened_at: target.now,
        store: removal.operation.clone(),
        to: None,
        files: files.collect(),
    };
    let (version, transition) = (removal.version, Some(removal.transition));
    Ok(OpenOperation {
        operation,
        version,
        transition,
        reason: None,
        causes: Vec::new(),
        heed: Heed::Stop,
    })
}

/// Both changes to the catalog, one after the other.
fn write(target: &mut Target<'_>, open: &OpenOperation) -> Result<(), Error> {
    dies_at(target, "open operation")?;
    target.catalog.open_operation(open)?;
    let how = (OperationState::Done, FileState::Moved);
    close(target, &open.operation, how, open.transition)
}

fn close(
    target: &mut Target<'_>,
    operation: &Operation,
    (state, went): (OperationState, FileState),
    transition: Option<Transition>,
) -> Result<(), Error> {
    let files = operation.files.iter().map(|file| (file.number, went, None)).collect();
    let closed = ClosedOperation { state, files, transition, hold: None, note: None };
    dies_at(target, "close operation")?;
    Ok(target.catalog.close_operation(operation, &closed)?)
}

fn carry(target: &Target<'_>, operation: &Operation) -> Result<(), Error> {
    let store = target.quarantine.create_op_folder(&operation.store)?;
    target.quarantine.write_manifest(&operation.store, b"{}")?;
    for file in &operation.files {
        let folder = target.roots[&file.root].folder(file.path.folder())?;
        let (from, to) = (folder.at(file.path.name()), store.at(file.stored_name.as_bytes()));
        rename_into_private(from, to).map_err(dead)?;
    }
    Ok(())
}

fn dies_at(target: &Target<'_>, what: &'static str) -> Result<(), Error> {
    target.steps.before(what).map_err(dead)
}

fn dead(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(error.into())
}
