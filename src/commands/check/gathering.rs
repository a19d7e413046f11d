//! Takes what an export says, one thing at a time, and looks it up.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::path::RelPath;
use crate::domain::text::printable;
use crate::domain::validation::Earlier;
use crate::domain::validation::exported::{Flaw, FlawWeight};
use crate::error::Error;
use crate::exports::{self, Event, Item as Entry, Place, Problem};
use crate::report::Location;

use super::super::Context;
use super::judge::Case;
use super::law::Law;
use super::lookup::{Match, Shelf};
use super::seen::{Said, Seen, flaw};

/// An export while it is read.
pub(super) struct Gathering<'g> {
    law: &'g Law,
    catalog: Option<&'g Shelf>,
    /// How many entries there were.
    pub(super) items: u64,
    /// One bit for each asset about whose files something was said already.
    told: Vec<u64>,
    earlier: Earlier,
    /// The last file that describes its site, and so tells of every entry whether it has an
    /// alternative text.
    whole: Option<Arc<str>>,
}

impl<'g> Gathering<'g> {
    pub(super) fn new(law: &'g Law, catalog: Option<&'g Shelf>) -> Self {
        Self { law, catalog, items: 0, told: Vec::new(), earlier: Earlier::default(), whole: None }
    }

    /// What is to be judged, if there is anything.
    pub(super) fn take(
        &mut self,
        ctx: &mut Context<'_>,
        event: Event,
    ) -> Result<Option<Case<'g>>, Error> {
        match event {
            Event::Site(site) => {
                self.whole = Some(site.file);
                Ok(None)
            }
            Event::Problem(problem) => Ok(Some(about_export(ctx, &problem))),
            Event::Item(entry) => self.take_entry(ctx, &entry),
        }
    }

    fn take_entry(
        &mut self,
        ctx: &mut Context<'_>,
        entry: &Entry,
    ) -> Result<Option<Case<'g>>, Error> {
        self.items += 1;
        ctx.report.figure("items checked", 1);
        let tells_alt = self.tells_alt(entry);
        let found = match self.catalog {
            Some(catalog) => catalog.find(self.law, entry, ctx.now)?,
            None => Match::NotAsked,
        };
        if self.is_told(entry, &found) {
            return Ok(None);
        }
        let said = Said { entry, path: path(entry), tells_alt };
        let location = located(ctx, &entry.place, called(&said, &found));
        let dossier = self.catalog.map(|catalog| catalog.dossier(&found)).transpose()?.flatten();
        let mut seen = Seen::new(self.law, &said, (&found, dossier), ctx.now);
        seen.meet(self.law, &said, &mut self.earlier);
        Ok(Some(Case { subject: seen.recorded(), location, seen }))
    }

    /// Whether the export says of the entry that it has an alternative text, or that it has none.
    fn tells_alt(&self, entry: &Entry) -> bool {
        entry.alt.is_some() || self.whole.as_ref() == Some(&entry.place.file)
    }

    /// Whether another file of the same asset came before, about which the same is to be said.
    fn is_told(&mut self, entry: &Entry, found: &Match) -> bool {
        let Match::Found { row, .. } = found else { return false };
        if entry.bytes.is_none() {
            return false;
        }
        let first = self.is_told_first(row.asset.id.0);
        !first && !found.is_worth_telling_again()
    }

    /// Whether nothing was said yet about the asset of this number.
    fn is_told_first(&mut self, number: i64) -> bool {
        let number = usize::try_from(number).unwrap_or_default();
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.told.len() <= word {
            self.told.resize(word + 1, 0);
        }
        let Some(told) = self.told.get_mut(word) else { return true };
        let first = *told & bit == 0;
        *told |= bit;
        first
    }
}

/// Something that is wrong with the export and not with one entry.
fn about_export<'g>(ctx: &Context<'_>, problem: &Problem) -> Case<'g> {
    let about = problem.subject.map(|number| format!("wp:{number}"));
    let location = located(ctx, &problem.place, about);
    Case { subject: None, location, seen: Seen::nothing(vec![flaw(problem)]) }
}

/// Nobody said which catalog to ask, or that none was meant.
pub(super) fn catalog_not_asked<'g>(exports: &[PathBuf]) -> Case<'g> {
    let first = exports.first().map(|path| printable(path.as_os_str().as_encoded_bytes()));
    let location = Location { file: first.unwrap_or_default(), line: None, item: None };
    let what = "no configuration and no `--catalog` says which catalog to ask".to_owned();
    let flaw = Flaw { weight: FlawWeight::Unasked, what };
    Case { subject: None, location, seen: Seen::nothing(vec![flaw]) }
}

/// The path beneath the uploads folder: as it is told, else as the address has it, with the site of
/// a network in front.
pub(super) fn path(entry: &Entry) -> Option<RelPath> {
    let told = entry.main_file().cloned();
    told.or_else(|| exports::served_path(entry.url.as_deref()?))
}

/// What an entry is called: the asset that it is a file of, else its path, else its number, else its
/// address. Whichever of its files comes first, an asset is called the same.
fn called(said: &Said<'_>, found: &Match) -> Option<String> {
    let asset = match found {
        // In a folder any of its files may come first.
        Match::Found { row, .. }
            if said.entry.bytes.is_some() && !found.is_worth_telling_again() =>
        {
            Some(row.asset.path.to_string())
        }
        _ => None,
    };
    let path = || said.path.as_ref().map(ToString::to_string);
    let number = || said.entry.attachment.map(|number| format!("wp:{number}"));
    asset.or_else(path).or_else(number).or_else(|| said.entry.url.clone())
}

/// The place as annotations want it: a path from the current folder where it lies beneath it.
fn located(ctx: &Context<'_>, place: &Place, item: Option<String>) -> Location {
    let here = ctx.current_dir.to_string_lossy();
    let beneath = place.file.strip_prefix(&*here).and_then(|rest| rest.strip_prefix('/'));
    let file = beneath.unwrap_or(&place.file);
    let file = file.strip_prefix("./").unwrap_or(file).to_owned();
    Location { file, line: Some(place.line).filter(|line| *line > 0), item }
}
