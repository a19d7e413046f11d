//! The days on which something holds: a campaign, a season, a right.

use super::time::{CivilDate, Timestamp, Zone};

/// A first and a last day, both inclusive, with the instants that they mean in one zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    pub starts_on: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
    /// First instant of `starts_on`.
    pub starts_at: Option<Timestamp>,
    /// First instant after `ends_on`.
    pub ends_at: Option<Timestamp>,
}

/// Why two days are no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the end {ends_on} is before the beginning {starts_on}")]
pub struct EndBeforeStart {
    pub starts_on: CivilDate,
    pub ends_on: CivilDate,
}

impl Window {
    /// The window of these days in `zone`. A day that is not given leaves its side open.
    pub fn new(
        starts_on: Option<CivilDate>,
        ends_on: Option<CivilDate>,
        zone: &Zone,
    ) -> Result<Self, EndBeforeStart> {
        if let (Some(starts_on), Some(ends_on)) = (starts_on, ends_on)
            && ends_on < starts_on
        {
            return Err(EndBeforeStart { starts_on, ends_on });
        }
        Ok(Self {
            starts_on,
            ends_on,
            starts_at: starts_on.map(|day| zone.start_of(day)),
            ends_at: ends_on.map(|day| zone.cutoff(day)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_days_are_inside_and_an_end_before_the_beginning_is_refused() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let day = |text: &str| text.parse::<CivilDate>().ok();
        let window = Window::new(day("2026-03-29"), day("2026-03-29"), &zone).unwrap();
        let instant = |at: Option<Timestamp>| at.unwrap().to_string();
        assert_eq!(instant(window.starts_at), "2026-03-28T23:00:00.000Z");
        assert_eq!(instant(window.ends_at), "2026-03-29T22:00:00.000Z", "a day of 23 hours");
        let refused = Window::new(day("2026-03-30"), day("2026-03-29"), &zone);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "the end 2026-03-29 is before the beginning 2026-03-30"
        );
        assert_eq!(Window::new(None, None, &zone), Ok(Window::default()));
    }
}
