//! Days, instants and zones as people type them.

use crate::domain::time::{CivilDate, Timestamp, Zone};
use crate::domain::window::Window;
use crate::error::Error;

use super::Context;

/// The days of something that holds for a time.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Days {
    /// First day, such as 2026-12-01 or +2w
    #[arg(long, value_name = "DATE")]
    pub(super) starts_on: Option<String>,

    /// Last day, which still belongs to it
    #[arg(long, value_name = "DATE")]
    pub(super) ends_on: Option<String>,
}

impl Days {
    /// Whether neither day was given.
    pub(super) fn is_empty(&self) -> bool {
        self.starts_on.is_none() && self.ends_on.is_none()
    }

    /// The window of the days; one that was not given is as it was `before`.
    pub(super) fn window(
        &self,
        ctx: &Context<'_>,
        before: Window,
        zone: &Zone,
    ) -> Result<Window, Error> {
        let day = |text: &Option<String>| text.as_deref().map(|text| ctx.day(text, zone));
        let starts_on = day(&self.starts_on).transpose()?.or(before.starts_on);
        let ends_on = day(&self.ends_on).transpose()?.or(before.ends_on);
        Window::new(starts_on, ends_on, zone).map_err(|error| Error::usage(error.to_string()))
    }
}

impl Context<'_> {
    /// The zone with this name, or the site's.
    pub(super) fn zone(&mut self, name: Option<&str>) -> Result<Zone, Error> {
        match name {
            Some(name) => Ok(Zone::named(name)?),
            None => Ok(self.config()?.policy.zone.clone()),
        }
    }

    /// The day that a person means; relative forms count from today in `zone`.
    pub(super) fn day(&self, text: &str, zone: &Zone) -> Result<CivilDate, Error> {
        Ok(CivilDate::parse(text, zone.date_at(self.now))?)
    }

    /// The instant that a person means: written out, or the first of a day in `zone`.
    pub(super) fn instant(&self, text: &str, zone: &Zone) -> Result<Timestamp, Error> {
        match Timestamp::parse(text) {
            Ok(at) => Ok(at),
            Err(_) if text.contains(':') => Ok(Timestamp::parse(text)?),
            Err(_) => Ok(zone.start_of(self.day(text, zone)?)),
        }
    }
}
