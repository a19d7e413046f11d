//! The catalog: one SQLite file, and the only place with SQL.
//!
//! Methods take and return domain types. Everything that changes something is one immediate
//! transaction with its audit entries in it: either both are durable or neither happened.

mod adopted_rows;
mod adoptions;
mod assets;
mod attachments;
mod audit;
mod cells;
mod census;
mod chain;
mod claims;
mod contexts;
mod decisions;
mod descriptions;
mod dossiers;
mod epoch;
mod error;
mod facts;
mod files;
mod holds;
mod intake;
mod journal;
mod leftovers;
mod licenses;
mod looks;
mod migrations;
mod moved;
mod open;
mod operation;
mod operations;
mod pause;
mod places;
mod plans;
mod purges;
mod references;
mod replay;
mod returns;
mod risks;
mod roots;
mod runs;
mod search;
mod select;
mod sightings;
mod snapshot;
mod spans;
mod takedowns;
mod takes;
mod upgrade;
mod waivers;

pub use adoptions::{Adoption, BegunPurge};
pub use audit::{AuditEntry, Genesis};
pub use chain::AuditVerdict;
pub use contexts::NewContext;
pub use decisions::Decision;
pub use descriptions::DescriptionEdit;
pub use dossiers::Dossier;
pub use epoch::Turn;
pub use error::{CatalogError, Result, SqlError};
pub use facts::FactsRow;
pub use files::FileId;
pub use holds::{GRACE, Hold};
pub use intake::{FolderChange, IntakeCounts};
pub use journal::StoreUse;
pub use leftovers::AmbiguousFile;
pub use licenses::NewLicense;
pub use moved::MovingRun;
pub use open::Catalog;
pub use operation::{ClosedOperation, OpenOperation, Operation, OperationFile};
pub use places::{PlacedFile, StoredFile};
pub use plans::StoredStep;
pub use purges::Heartbeat;
pub use references::{FoundReference, SourceWriter};
pub use replay::{COMPARED, Contradiction, Replayed};
pub use risks::{Clearance, RiskFlag};
pub use roots::RootRecord;
pub use runs::Session;
pub use select::Filter;
pub use takedowns::ServedFile;
pub use takes::Take;
pub use upgrade::Upgrade;
pub use waivers::NewWaiver;

#[cfg(test)]
mod tests;
