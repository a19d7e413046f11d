//! What a dry run cannot see on disk: paths that are on record for others, and those that the run
//! itself would have given away by then.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Operation};
use crate::domain::path::RelPath;
use crate::executor::Obstacle;

/// The paths that a run would have given to assets, by their roots.
#[derive(Default)]
pub(super) struct Given(BTreeSet<(i64, RelPath)>);

impl Given {
    /// The operation, if each of its files would get its path, as its announcement would ask.
    pub(super) fn give(
        &mut self,
        catalog: &Catalog,
        operation: Operation,
    ) -> Result<Operation, Obstacle> {
        let paths = catalog.free_paths_of(&operation)?;
        if let Some((_, path)) = paths.iter().find(|path| self.0.contains(path)) {
            return Err(Obstacle::Taken { path: path.to_string() });
        }
        self.0.extend(paths);
        Ok(operation)
    }
}
