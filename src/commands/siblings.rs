//! Variations of one picture: which there are, and settling them by choosing one.

use crate::catalog::{Catalog, Decision, FactsRow};
use crate::domain::asset::{Asset, Look};
use crate::domain::lifecycle::{Action, State};
use crate::domain::rejection::RejectionCode;
use crate::domain::variation::{Bond, Settlement, Variations, tells_prompt_and_seed};
use crate::error::Error;
use crate::report::{Item, Value};

use super::Context;
use super::decide::{AssetChange as _, Bench, Decided, Step, facts};
use super::eyes::Eyes;
use super::library::{Court, Mode, subject};
use super::selection::Selection;

/// The variations of the folder that was read last: what is selected is mostly in one.
#[derive(Default)]
pub(super) struct Folder {
    place: Option<(i64, Vec<u8>)>,
    variations: Variations,
}

impl Folder {
    /// The other variations of an asset's picture, each with why.
    pub(super) fn siblings_of(
        &mut self,
        catalog: &Catalog,
        asset: &Asset,
    ) -> Result<Vec<(FactsRow, Bond)>, Error> {
        let generation = catalog.claims_of(asset.id)?.and_then(|claims| claims.generation);
        let siblings = if generation.is_some_and(|told| tells_prompt_and_seed(&told)) {
            self.read(catalog, asset)?.siblings_of(asset.id)
        } else {
            // A folder can hold tens of thousands.
            Variations::among(&catalog.neighbors_named_like(asset)?).siblings_of(asset.id)
        };
        let siblings = siblings.into_iter();
        siblings.map(|(sibling, bond)| Ok((facts(catalog, sibling)?, bond))).collect()
    }

    /// All variations in the folder of an asset.
    fn read(&mut self, catalog: &Catalog, asset: &Asset) -> Result<&Variations, Error> {
        let place = (asset.root, asset.path.folder().to_vec());
        if self.place.as_ref() != Some(&place) {
            self.variations = Variations::among(&catalog.neighbors_of(asset)?);
            self.place = Some(place);
        }
        Ok(&self.variations)
    }
}

/// The siblings as `show` tells them.
pub(super) fn siblings_field(siblings: &[(FactsRow, Bond)]) -> Value {
    let record = |(row, bond): &(FactsRow, Bond)| {
        Value::Record(vec![
            ("id", row.asset.id.0.into()),
            ("path", row.asset.path.to_string().into()),
            ("state", row.asset.state.to_string().into()),
            ("because", bond.in_words().into()),
        ])
    };
    Value::List(siblings.iter().map(record).collect())
}

/// Approves the one asset that was chosen, and rejects the drafts that are variations of the same
/// picture: all of it in one transaction, or nothing.
pub(super) fn choose(
    ctx: &mut Context<'_>,
    (mode, selection): (Mode, &Selection),
    decide: impl FnOnce(&Context<'_>, Bench<'_>, FactsRow) -> Result<Decided<Decision>, Error>,
) -> Result<(), Error> {
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let numbers = selection.numbers(ctx, (catalog, &court))?;
        let [number] = numbers.as_slice() else {
            return Err(Error::usage("--reject-siblings takes one asset: the one that is chosen"));
        };
        let chosen = facts(catalog, *number)?;
        let bench = Bench { catalog, court: &court };
        let winner = match decide(ctx, bench, chosen.clone())? {
            Decided::Change(decision) => decision,
            Decided::Nothing(items) => {
                say_all(ctx, &items);
                return Ok(());
            }
        };
        let siblings = Folder::default().siblings_of(catalog, &chosen.asset)?;
        let losers = match rejections(ctx, bench, (&chosen.asset, &winner), &siblings)? {
            Ok(losers) => losers,
            Err(refusal) => {
                ctx.report.say(&refusal);
                return Ok(());
            }
        };
        settle(ctx, (mode, catalog), (&chosen, winner), (&siblings, losers))
    })
}

/// The rejection of each sibling that is a draft, or the refusal of one. What shows the same as the
/// chosen one is rejected for being there twice: nothing speaks against what it shows.
fn rejections(
    ctx: &Context<'_>,
    bench: Bench<'_>,
    (chosen, winner): (&Asset, &Decision),
    siblings: &[(FactsRow, Bond)],
) -> Result<Result<Vec<Decision>, Item>, Error> {
    let reason = format!("{} {} was chosen", chosen.id, chosen.path);
    let step = Step { action: Action::Reject, reason: Some(&reason) };
    let library = (bench.catalog, &*bench.court.config);
    let (mut eyes, mut losers) = (Eyes::default(), Vec::new());
    for (row, _) in siblings.iter().filter(|(row, _)| row.asset.state == State::Draft) {
        let transition = match step.transition(ctx, bench.catalog, row)? {
            Ok(transition) => transition,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let look = eyes.sight(library, &row.asset)?;
        let is_same = row.asset.digest == chosen.digest || show_the_same(look, winner.look);
        let code = if is_same { RejectionCode::Duplicate } else { RejectionCode::NotChosen };
        let decision = Decision {
            code: Some(code),
            settlement: Some(Settlement::Lost(chosen.id)),
            look,
            ..step.decision(row, transition, Vec::new())
        };
        losers.push(decision);
    }
    Ok(Ok(losers))
}

fn show_the_same(one: Option<Look>, other: Option<Look>) -> bool {
    let pixels = |look: Option<Look>| look.and_then(|look| look.pixels);
    pixels(one).is_some() && pixels(one) == pixels(other)
}

/// Records the choice and reports it.
fn settle(
    ctx: &mut Context<'_>,
    (mode, catalog): (Mode, &mut Catalog),
    (chosen, winner): (&FactsRow, Decision),
    (siblings, losers): (&[(FactsRow, Bond)], Vec<Decision>),
) -> Result<(), Error> {
    let over = losers.iter().map(|loser| loser.asset).collect();
    let winner = Decision { settlement: Some(Settlement::Won(over)), ..winner };
    if mode == Mode::Real {
        catalog.record_together(std::iter::once(&winner).chain(&losers))?;
    }
    let mut items = winner.items(&subject(&chosen.asset));
    let mut losers = losers.iter().peekable();
    if losers.peek().is_none() {
        items.push(Item::Text("no other variation of it is a draft".to_owned()));
    }
    for (row, _) in siblings {
        let subject = subject(&row.asset);
        if let Some(loser) = losers.next_if(|loser| loser.asset == row.asset.id) {
            items.extend(loser.items(&subject));
        } else if row.asset.state == State::Approved {
            let because = "it is approved already, and stays so".to_owned();
            items.push(Item::Kept { subject, because });
        }
    }
    say_all(ctx, &items);
    Ok(())
}

fn say_all(ctx: &mut Context<'_>, items: &[Item]) {
    for item in items {
        ctx.report.say(item);
    }
}
