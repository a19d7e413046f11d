//! Where a license allows a use and where it forbids one, as it is said on the command line.

use std::collections::BTreeSet;

use crate::domain::license::{License, Scope};
use crate::domain::territory;
use crate::error::Error;

use super::super::words::placement;

/// Countries of one code: its own, or all of a group.
type Countries = &'static [&'static str];

/// Where a license allows a use, and where not.
#[derive(Debug, clap::Args)]
pub(super) struct ScopeArgs {
    /// A country where it allows use, by its ISO 3166-1 code such as DE, or EU for the 27 members
    /// since 2020-02-01; may be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = territory::codes_of)]
    territory: Vec<Countries>,

    /// It allows use everywhere
    #[arg(long, conflicts_with = "territory")]
    worldwide: bool,

    /// A country where it forbids use, whatever else it says, by the same codes; may be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = territory::codes_of)]
    exclude_territory: Vec<Countries>,

    /// A placement that it allows, such as homepage-hero; may be repeated
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: Vec<String>,

    /// It allows every placement
    #[arg(long, conflicts_with = "placement")]
    any_placement: bool,

    /// A placement that it forbids, whatever else it says; may be repeated
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    exclude_placement: Vec<String>,
}

impl ScopeArgs {
    /// Puts what is said in the place of what was there. The rest stays.
    pub(super) fn put_into(&self, license: &mut License) {
        for (field, said) in [
            (&mut license.territories, self.territories()),
            (&mut license.placements, self.placements()),
        ] {
            if said != Scope::Unknown {
                *field = said;
            }
        }
        for (field, said) in [
            (&mut license.excluded.territories, codes(&self.exclude_territory)),
            (&mut license.excluded.placements, self.exclude_placement.iter().cloned().collect()),
        ] {
            if !said.is_empty() {
                *field = said;
            }
        }
    }

    /// Unknown if none was given.
    fn territories(&self) -> Scope {
        if self.worldwide { Scope::Unrestricted } else { only(codes(&self.territory)) }
    }

    /// Unknown if none was given.
    fn placements(&self) -> Scope {
        if self.any_placement {
            return Scope::Unrestricted;
        }
        only(self.placement.iter().cloned().collect())
    }
}

fn codes(territories: &[Countries]) -> BTreeSet<String> {
    territories.iter().copied().flatten().map(ToString::to_string).collect()
}

/// Just these codes; unknown if there are none.
fn only(codes: BTreeSet<String>) -> Scope {
    if codes.is_empty() { Scope::Unknown } else { Scope::Only(codes.into_iter().collect()) }
}

/// Refuses terms that can't be meant, with what to do about it.
pub(super) fn refuse_contradiction(license: &License, hint: &str) -> Result<(), Error> {
    license
        .refuse_contradiction()
        .map_err(|why| Error::Usage { message: why.to_string(), hint: Some(hint.to_owned()) })
}
