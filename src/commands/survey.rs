//! A survey: every asset of the catalog judged on all cores, and told in order.
//!
//! Blocks of neighboring assets are read and judged by one core each, from readers that all see
//! the same moment of the catalog. While a round of blocks is told, the next one is judged, so
//! memory is flat however large the catalog is.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::catalog::{Catalog, CatalogError, Dossier, Filter};
use crate::domain::asset::AssetId;
use crate::domain::validation::{Census, Known, Rule};
use crate::error::Error;

use super::Context;

/// How many numbers make a block: few, for a core that is done waits for the others' last ones.
const BLOCK: u64 = 128;
/// How many blocks a core has in one round.
const BLOCKS_PER_CORE: u64 = 16;

/// Blocks that are judged before the first of them is told, each with its results in order.
type Round<T> = Vec<Result<Vec<T>, CatalogError>>;

/// Readers of one moment of the catalog, and what they read.
struct Survey<'a, J> {
    readers: Vec<Mutex<Catalog>>,
    filter: &'a Filter,
    judge: J,
    highest: u64,
    census: Option<Census>,
}

/// What assets are judged beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Each by itself.
    Nothing,
    /// All other assets of the catalog.
    Others,
}

impl Beside {
    /// What has to be known for these rules.
    pub(super) fn wanted_by<'r>(mut rules: impl Iterator<Item = &'r Rule>) -> Self {
        let wide = |rule: &Rule| {
            rule.needs.iter().any(|need| matches!(need, Known::Twins | Known::Others))
        };
        if rules.any(wide) { Self::Others } else { Self::Nothing }
    }

    /// What the assets of the catalog share, if anybody asks.
    pub(super) fn census(self, readers: &[Mutex<Catalog>]) -> Result<Option<Census>, CatalogError> {
        if self == Self::Nothing {
            return Ok(None);
        }
        let reader = |core: usize| {
            let reader = readers.get(core % readers.len().max(1))?;
            Some(reader.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let files = || reader(0).map(|of| (of.same_bytes(), of.tally_names()));
        let texts = || reader(1).map(|of| of.tally_alts());
        let (Some((bytes, names)), Some(texts)) = rayon::join(files, texts) else {
            return Ok(None);
        };
        Ok(Some(Census::new(bytes?, names?, texts?)))
    }
}

/// Judges every asset that the filter lets through, and gives what `judge` makes of it to `tell`,
/// by ascending id. Stops between two assets when asked to.
///
/// With [`Beside::Others`] the assets are judged among all others of the catalog, whatever the
/// filter lets through.
pub(super) fn survey<T: Send>(
    ctx: &mut Context<'_>,
    (catalog, filter, beside): (&Path, &Filter, Beside),
    judge: impl Fn(Dossier, Option<&Census>) -> Option<T> + Sync,
    mut tell: impl FnMut(&mut Context<'_>, T) -> Result<(), Error>,
) -> Result<(), Error> {
    let readers = ctx.settings.open_readers(catalog, rayon::current_num_threads())?;
    let highest = readers.first().map_or(Ok(0), Catalog::highest_number)?;
    let readers: Vec<_> = readers.into_iter().map(Mutex::new).collect();
    let census = beside.census(&readers)?;
    let survey = Survey { readers, filter, judge, highest, census };
    let mut next = survey.round(0);
    let mut number = 0;
    while !next.is_empty() {
        ctx.stop_if_interrupted()?;
        number += 1;
        let round = std::mem::take(&mut next);
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| next = survey.round(number));
            round.into_iter().try_for_each(|block| {
                block?.into_iter().try_for_each(|judged| {
                    ctx.stop_if_interrupted()?;
                    tell(ctx, judged)
                })
            })
        })?;
    }
    Ok(())
}

impl<J> Survey<'_, J> {
    /// The blocks of a round, counted from 0; none after the last asset.
    fn round<T: Send>(&self, number: u64) -> Round<T>
    where
        J: Fn(Dossier, Option<&Census>) -> Option<T> + Sync,
    {
        let blocks = BLOCKS_PER_CORE * u64::try_from(self.readers.len()).unwrap_or(1);
        let last = self.highest.div_ceil(BLOCK);
        let first = number.saturating_mul(blocks).min(last);
        let round = first..first.saturating_add(blocks).min(last);
        round.into_par_iter().map(|block| self.block(block * BLOCK)).collect()
    }

    fn block<T>(&self, after: u64) -> Result<Vec<T>, CatalogError>
    where
        J: Fn(Dossier, Option<&Census>) -> Option<T>,
    {
        let number = |number| AssetId(i64::try_from(number).unwrap_or(i64::MAX));
        let between = (number(after), number(after.saturating_add(BLOCK)));
        let core = rayon::current_thread_index().unwrap_or_default() % self.readers.len().max(1);
        let Some(reader) = self.readers.get(core) else { return Ok(Vec::new()) };
        let dossiers = {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.dossiers_between(between, self.filter)?
        };
        let judged = dossiers.into_iter().filter_map(|one| (self.judge)(one, self.census.as_ref()));
        Ok(judged.collect())
    }
}
