//! The flags that say what to record.

mod alt;

use std::collections::BTreeMap;

use super::values::{
    AltText, Clearing, SomeClaim, SomeLocale, alt_text, campaign, clearing, date, optional_claim,
    optional_locale, zone,
};
use crate::commands::library::Court;
use crate::commands::words::{placement, said};
use crate::domain::context::ContextKey;
use crate::domain::describe::{Description, Edit, Edits, ListEdit};
use crate::domain::lifecycle::World;
use crate::domain::metadata::Locale;
use crate::domain::proposal::{Field, Proposal};
use crate::domain::time::{CivilDate, TimeError, Zone};
use crate::error::Error;

/// What to record about each asset.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Fields")]
pub(super) struct Fields {
    /// Title for people
    #[arg(long, value_name = "TEXT", value_parser = said)]
    title: Option<String>,

    /// Alternative text, in the site's locale or as LOCALE=TEXT; may be repeated
    #[arg(long, value_name = "TEXT", value_parser = alt_text)]
    alt: Vec<AltText>,

    /// Who read the alternative text and found that it says what the picture shows, as NAME or as
    /// LOCALE=NAME; may be repeated
    #[arg(long, value_name = "NAME", value_parser = alt_text)]
    alt_reviewed_by: Vec<AltText>,

    /// The picture only decorates: an empty alternative text, in the site's locale or in =LOCALE
    #[arg(
        long,
        value_name = "LOCALE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = optional_locale
    )]
    decorative: Vec<SomeLocale>,

    /// Prompt, or where the picture came from
    #[arg(long, value_name = "TEXT", value_parser = said)]
    source_note: Option<String>,

    /// What may be done with it, and on what ground
    #[arg(long, value_name = "TEXT", value_parser = said)]
    rights_note: Option<String>,

    /// Who reviewed the rights
    #[arg(long, value_name = "NAME", value_parser = said)]
    rights_reviewed_by: Option<String>,

    /// When the rights were reviewed [default: today, if a reviewer is named]
    #[arg(long, value_name = "DATE", value_parser = date)]
    rights_reviewed_on: Option<String>,

    /// Who answers for it
    #[arg(long, value_name = "NAME", value_parser = said)]
    owner: Option<String>,

    /// Where it is to be used, such as homepage-hero, in place of all recorded so far; may be
    /// repeated
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: Vec<String>,

    /// Another placement
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    add_placement: Vec<String>,

    /// A placement that it is not for any more
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    remove_placement: Vec<String>,

    /// Context that it depends on, such as packaging/tea-tin; may be repeated
    #[arg(long, value_name = "KEY")]
    context: Vec<ContextKey>,

    /// Campaign that it belongs to: the same as --context campaign/NAME
    #[arg(long, value_name = "NAME", value_parser = campaign)]
    campaign: Vec<ContextKey>,

    /// Context that it does not depend on any more
    #[arg(long, value_name = "KEY")]
    remove_context: Vec<ContextKey>,

    /// License that covers it; may be repeated
    #[arg(long, value_name = "KEY")]
    license: Vec<String>,

    /// License that does not cover it any more
    #[arg(long, value_name = "KEY")]
    remove_license: Vec<String>,

    /// Zone that its dates count in [default: its campaign's, else the site's]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    time_zone: Option<String>,

    #[command(flatten)]
    dates: DateFlags,

    /// Take over what the file says, where nothing is recorded, or =FIELD in place of what is: title, alt,
    /// source-note, rights-note or expires-on; may be repeated
    #[arg(
        long,
        value_name = "FIELD",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = optional_claim
    )]
    accept_claims: Vec<SomeClaim>,

    /// Forget what is recorded: a field by the name of its flag, alt:LOCALE or
    /// alt-reviewed-by:LOCALE; may be repeated
    #[arg(long, value_name = "FIELD", value_parser = clearing)]
    clear: Vec<Clearing>,
}

/// The dates of use, as `describe` and `renew` set them.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub(in crate::commands) struct DateFlags {
    /// First day of use, such as 2026-12-01, today or +2w
    #[arg(long, value_name = "DATE", value_parser = date)]
    starts_on: Option<String>,

    /// Last day of use, which still counts
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with = "no_expiry")]
    expires_on: Option<String>,

    /// Day from which it is to be looked at again
    #[arg(long, value_name = "DATE", value_parser = date)]
    review_on: Option<String>,

    /// It has no last day, because of --reason; needs a review date
    #[arg(long, requires = "reason")]
    no_expiry: bool,
}

/// Links by number, looked up once for all assets.
#[derive(Debug, Clone)]
pub(super) struct Links {
    contexts: ListEdit<i64>,
    licenses: ListEdit<i64>,
}

impl Fields {
    /// Whether no flag was given.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether what files say is to be taken over.
    pub(super) fn accepts_claims(&self) -> bool {
        !self.accept_claims.is_empty()
    }

    /// Whether this is to be taken over: where something is recorded, only by the field's name.
    pub(super) fn accepts(&self, proposal: &Proposal) -> bool {
        self.accept_claims.iter().any(|SomeClaim(asked)| match asked {
            Some(field) => *field == proposal.field,
            None => proposal.recorded.is_none(),
        })
    }

    /// Refuses flags that contradict each other, whatever asset they are for.
    pub(super) fn check(&self) -> Result<(), Error> {
        let given = self.given();
        for SomeClaim(asked) in &self.accept_claims {
            let Some(name) = asked.map(Field::name) else { continue };
            let alt = name == "alt" && !(self.alt.is_empty() && self.decorative.is_empty());
            if alt || given.contains(&(name, true)) || self.clears(name) {
                let message =
                    format!("`--accept-claims={name}` and what else is said of it contradict");
                return Err(Error::usage(message));
            }
        }
        for (field, given) in given {
            if given && self.clears(field) {
                return Err(Error::usage(format!("`--{field}` and `--clear {field}` contradict")));
            }
        }
        Ok(())
    }

    fn given(&self) -> [(&'static str, bool); 14] {
        let Self { dates, .. } = self;
        [
            ("title", self.title.is_some()),
            ("source-note", self.source_note.is_some()),
            ("rights-note", self.rights_note.is_some()),
            ("rights-reviewed-by", self.rights_reviewed_by.is_some()),
            ("rights-reviewed-on", self.rights_reviewed_on.is_some()),
            ("owner", self.owner.is_some()),
            ("placement", !self.placement.is_empty()),
            ("context", false),
            ("license", false),
            ("time-zone", self.time_zone.is_some()),
            ("starts-on", dates.starts_on.is_some()),
            ("expires-on", dates.expires_on.is_some()),
            ("review-on", dates.review_on.is_some()),
            ("no-expiry", dates.no_expiry),
        ]
    }

    fn clears(&self, field: &str) -> bool {
        self.clear
            .iter()
            .any(|clearing| matches!(clearing, Clearing::Field(name) if *name == field))
    }

    fn edit<T: Clone>(&self, given: Option<&T>, field: &str) -> Edit<T> {
        match given {
            Some(value) => Edit::Set(value.clone()),
            None if self.clears(field) => Edit::Clear,
            None => Edit::Keep,
        }
    }

    /// The links by number. A key that is not in the catalog is a usage error that names all such.
    pub(super) fn links(&self, world: &World) -> Result<Links, Error> {
        let contexts = Keys::of("context", &world.contexts, |context| context.key.to_string());
        let licenses = Keys::of("license", &world.licenses, |license| license.key.clone());
        let added: Vec<_> =
            self.context.iter().chain(&self.campaign).map(ToString::to_string).collect();
        let removed: Vec<_> = self.remove_context.iter().map(ToString::to_string).collect();
        Ok(Links {
            contexts: ListEdit {
                replaced: self.clears("context").then(Vec::new),
                removed: contexts.numbers(&removed)?,
                added: contexts.numbers(&added)?,
            },
            licenses: ListEdit {
                replaced: self.clears("license").then(Vec::new),
                removed: licenses.numbers(&self.remove_license)?,
                added: licenses.numbers(&self.license)?,
            },
        })
    }

    /// The zone that the asset's dates count in once it is described like this.
    pub(super) fn zone(
        &self,
        current: &Description,
        links: &Links,
        court: &Court,
    ) -> Result<Zone, Error> {
        let contexts = links.contexts.of(&current.contexts);
        let shared = court.zone_among(contexts.as_ref().unwrap_or(&current.contexts))?;
        let recorded = current.metadata.dates.zone.clone();
        let own = self.edit(self.time_zone.as_ref(), "time-zone").of(recorded);
        own.map_or(Ok(shared), |name| Ok(Zone::named(&name)?))
    }

    /// What the flags come to for an asset described like this.
    ///
    /// `locale` is the site's, and relative dates count from `today`.
    pub(super) fn edits(
        &self,
        current: &Description,
        links: &Links,
        (locale, today): (&Locale, CivilDate),
        reason: Option<&str>,
    ) -> Result<Edits, TimeError> {
        let placements = ListEdit {
            replaced: (!self.placement.is_empty() || self.clears("placement"))
                .then(|| self.placement.clone()),
            removed: self.remove_placement.clone(),
            added: self.add_placement.clone(),
        };
        let reviewed_on = self.rights_reviewed_on.as_ref();
        let reviewed_on = reviewed_on.map(|day| CivilDate::parse(day, today)).transpose()?;
        let reviewed_on = reviewed_on.or_else(|| self.rights_reviewed_by.as_ref().map(|_| today));
        let mut edits = Edits {
            title: self.edit(self.title.as_ref(), "title"),
            alt: self.alt_edits(locale).into_iter().collect(),
            alt_reviews: self.alt_reviews(locale, today),
            source_note: self.edit(self.source_note.as_ref(), "source-note"),
            rights_note: self.edit(self.rights_note.as_ref(), "rights-note"),
            rights_reviewed_by: self.edit(self.rights_reviewed_by.as_ref(), "rights-reviewed-by"),
            rights_reviewed_on: self.edit(reviewed_on.as_ref(), "rights-reviewed-on"),
            owner: self.edit(self.owner.as_ref(), "owner"),
            placements: placements.of(&current.metadata.placements),
            contexts: links.contexts.of(&current.contexts),
            licenses: links.licenses.of(&current.licenses),
            zone: self.edit(self.time_zone.as_ref(), "time-zone"),
            starts_on: self.edit(None, "starts-on"),
            expires_on: self.edit(None, "expires-on"),
            review_on: self.edit(None, "review-on"),
            no_expiry_reason: self.edit(None, "no-expiry"),
        };
        self.dates.set(&mut edits, reason, today)?;
        Ok(edits)
    }
}

impl DateFlags {
    /// Adds the dates that were given. An end replaces a recorded absence of one, and the other
    /// way around.
    pub(in crate::commands) fn set(
        &self,
        edits: &mut Edits,
        reason: Option<&str>,
        today: CivilDate,
    ) -> Result<(), TimeError> {
        for (text, edit) in [
            (&self.starts_on, &mut edits.starts_on),
            (&self.expires_on, &mut edits.expires_on),
            (&self.review_on, &mut edits.review_on),
        ] {
            if let Some(text) = text {
                *edit = Edit::Set(CivilDate::parse(text, today)?);
            }
        }
        if self.expires_on.is_some() {
            edits.no_expiry_reason = Edit::Clear;
        }
        if let Some(reason) = reason.filter(|_| self.no_expiry) {
            edits.expires_on = Edit::Clear;
            edits.no_expiry_reason = Edit::Set(reason.to_owned());
        }
        Ok(())
    }
}

/// Keys of one kind of record and their numbers.
struct Keys {
    what: &'static str,
    numbers: BTreeMap<String, i64>,
}

impl Keys {
    fn of<T>(what: &'static str, records: &BTreeMap<i64, T>, key: impl Fn(&T) -> String) -> Self {
        Self { what, numbers: records.iter().map(|(id, record)| (key(record), *id)).collect() }
    }

    fn numbers(&self, keys: &[String]) -> Result<Vec<i64>, Error> {
        let unknown = keys.iter().filter(|key| !self.numbers.contains_key(*key));
        let unknown: Vec<_> = unknown.map(|key| format!("`{key}`")).collect();
        if unknown.is_empty() {
            return Ok(keys.iter().filter_map(|key| self.numbers.get(key).copied()).collect());
        }
        let what = self.what;
        Err(Error::Usage {
            message: format!("there is no {what} {}", unknown.join(", ")),
            hint: Some(format!(
                "see `shelflife {what} list`, or add it with `shelflife {what} add`"
            )),
        })
    }
}
