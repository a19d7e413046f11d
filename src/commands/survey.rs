//! A survey: every asset of the catalog judged on all cores, and told in order.
//!
//! Blocks of neighboring assets are dealt out to the cores in turn, and each core reads its own
//! from a reader of its own; all readers see the same moment of the catalog. The results are taken
//! in the same turns, so their order is that of the catalog, and no core gets far ahead of what is
//! told, so memory is flat however large the catalog is.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::catalog::{Catalog, CatalogError, Dossier, Filter};
use crate::domain::asset::AssetId;
use crate::domain::validation::{Census, Known, Rule};
use crate::error::Error;

use super::Context;

/// How many numbers make a block.
const BLOCK: u64 = 128;
/// How many blocks a core may be ahead of what is told.
const BLOCKS_AHEAD: usize = 16;

/// What became of a block, in order.
type Judged<T> = Result<Vec<T>, CatalogError>;

/// What all cores share.
struct Survey<'a, J> {
    filter: &'a Filter,
    judge: J,
    census: Option<Census>,
    /// How many there are.
    blocks: u64,
    /// How many share them.
    cores: usize,
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
    pub(super) fn census(self, readers: &mut [Catalog]) -> Result<Option<Census>, CatalogError> {
        if self == Self::Nothing {
            return Ok(None);
        }
        let files = |of: &Catalog| (of.same_bytes(), of.memory(), of.shared_names());
        let ((bytes, memory, names), texts) = match readers {
            [] => return Ok(None),
            [one] => (files(one), one.shared_alts()),
            [one, other, ..] => rayon::join(move || files(one), move || other.shared_alts()),
        };
        Ok(Some(Census::new((bytes?, memory?), names?, texts?)))
    }
}

/// Judges every asset that the filter lets through, and gives what `judge` makes of neighbors to
/// `tell`, by ascending id. Stops between two assets when asked to.
///
/// With [`Beside::Others`] the assets are judged among all others of the catalog, whatever the
/// filter lets through.
pub(super) fn survey<T: Send>(
    ctx: &mut Context<'_>,
    (catalog, filter, beside): (&Path, &Filter, Beside),
    judge: impl Fn(Vec<Dossier>, Option<&Census>) -> Vec<T> + Sync,
    mut tell: impl FnMut(&mut Context<'_>, T) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut readers = ctx.settings.open_readers(catalog, rayon::current_num_threads())?;
    let highest = readers.first().map_or(Ok(0), Catalog::highest_number)?;
    let census = beside.census(&mut readers)?;
    let (blocks, cores) = (highest.div_ceil(BLOCK), readers.len().max(1));
    let survey = Survey { filter, judge, census, blocks, cores };
    thread::scope(|scope| {
        let lanes: Vec<Receiver<_>> = (0..)
            .zip(readers)
            .map(|(first, reader)| {
                let (give, take) = sync_channel(BLOCKS_AHEAD);
                let survey = &survey;
                scope.spawn(move || survey.lane(&reader, first, &give));
                take
            })
            .collect();
        let turns = (0..blocks).zip(lanes.iter().cycle());
        // A lane that ends early has panicked, and the scope tells.
        for judged in turns.map_while(|(_, lane)| lane.recv().ok()) {
            ctx.stop_if_interrupted()?;
            judged?.into_iter().try_for_each(|judged| {
                ctx.stop_if_interrupted()?;
                tell(ctx, judged)
            })?;
        }
        Ok(())
    })
}

impl<J> Survey<'_, J> {
    /// Judges the blocks of one core, the first of which has this number, until nobody wants more.
    fn lane<T>(&self, reader: &Catalog, first: u64, give: &SyncSender<Judged<T>>)
    where
        J: Fn(Vec<Dossier>, Option<&Census>) -> Vec<T>,
    {
        for block in (first..self.blocks).step_by(self.cores) {
            if give.send(self.block(reader, block * BLOCK)).is_err() {
                return;
            }
        }
    }

    fn block<T>(&self, reader: &Catalog, after: u64) -> Judged<T>
    where
        J: Fn(Vec<Dossier>, Option<&Census>) -> Vec<T>,
    {
        let number = |number| AssetId(i64::try_from(number).unwrap_or(i64::MAX));
        let between = (number(after), number(after.saturating_add(BLOCK)));
        let dossiers = reader.dossiers_between(between, self.filter)?;
        Ok((self.judge)(dossiers, self.census.as_ref()))
    }
}
