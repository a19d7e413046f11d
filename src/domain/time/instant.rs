//! Instants: what is compared, stored and logged.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::TimeError;

/// An instant in UTC, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub(super) DateTime<Utc>);

impl Timestamp {
    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z.
    ///
    /// Values outside the years 0 to 9999 become the nearest end of that span.
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_167_219_200_000;
        const LAST: i64 = 253_402_300_799_999;
        let clamped = millis.clamp(FIRST, LAST);
        Self(DateTime::from_timestamp_millis(clamped).unwrap_or_default())
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Parses RFC 3339 with an offset, such as `2026-12-31T09:00:00+01:00`. What is finer than a
    /// millisecond is cut off.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self::from_millis(at.timestamp_millis()))
            .map_err(|_| TimeError::Instant(text.to_owned()))
    }

    /// The instant `days` times 24 hours later (earlier if negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_millis(self.millis().saturating_add(days.saturating_mul(86_400_000)))
    }

    /// The instant so much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.millis().saturating_add(millis))
    }

    /// The last instant before this one: a millisecond earlier.
    #[must_use]
    pub fn before(self) -> Self {
        Self::from_millis(self.millis().saturating_sub(1))
    }

    /// The instant `hours` later (earlier if negative).
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        Self::from_millis(self.millis().saturating_add(hours.saturating_mul(3_600_000)))
    }

    /// Whole days from `self` to `later`, rounded toward zero.
    pub fn days_until(self, later: Self) -> i64 {
        (later.millis() - self.millis()) / 86_400_000
    }

    /// Whether a clock that says this has lost time since it said `seen`. Clocks are corrected all
    /// the time: five minutes are nothing.
    pub fn is_behind(self, seen: Self) -> bool {
        self.millis().saturating_add(5 * 60_000) < seen.millis()
    }

    /// How far away the instant is, in words: `in 3 days`, `2 hours ago`, `now`.
    pub fn relative_to(self, now: Self) -> String {
        let minutes = (self.millis() - now.millis()) / 60_000;
        let (amount, unit) = match minutes.abs() {
            0 => return "now".to_owned(),
            m @ 1..=119 => (m, "minute"),
            m @ 120..=2_879 => (m / 60, "hour"),
            m => (m / 1_440, "day"),
        };
        let plural = if amount == 1 { "" } else { "s" };
        if minutes > 0 {
            format!("in {amount} {unit}{plural}")
        } else {
            format!("{amount} {unit}{plural} ago")
        }
    }
}

/// RFC 3339 in UTC, always 24 characters: `2026-12-31T09:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn instants_are_read_with_an_offset_and_shown_in_utc() {
        let cases = [
            ("2026-12-31T09:00:00Z", "2026-12-31T09:00:00.000Z"),
            ("2026-12-31T09:00:00+01:00", "2026-12-31T08:00:00.000Z"),
            ("2026-12-31T23:59:59.9999-12:00", "2027-01-01T11:59:59.999Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
            ("0000-01-01T00:00:00+10:00", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999-10:00", "9999-12-31T23:59:59.999Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text).to_string(), expected, "{text}");
        }
        for text in ["", "2026-12-31", "2026-12-31T09:00:00", "2026-12-31T24:00:00Z", "now"] {
            assert_eq!(Timestamp::parse(text), Err(TimeError::Instant(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_the_calendar() {
        let (first, last) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));
        assert_eq!(first.to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(first.plus_days(i64::MIN), first);
        assert_eq!(last.plus_hours(1), last);
        assert_eq!(first.days_until(last), 3_652_424);
    }

    #[test]
    fn whole_days_and_hours_are_added_across_a_change_of_the_clock() {
        let before = instant("2026-03-08T06:59:59Z");
        assert_eq!(before.plus_days(1), instant("2026-03-09T06:59:59Z"));
        assert_eq!(before.plus_hours(-7), instant("2026-03-07T23:59:59Z"));
        assert_eq!(before.days_until(before.plus_hours(47)), 1);
        assert_eq!(before.days_until(before.plus_hours(-47)), -1);
    }

    #[test]
    fn a_clock_is_behind_once_it_lost_more_than_five_minutes() {
        let at = Timestamp::from_millis;
        assert!(!at(0).is_behind(at(0)));
        assert!(!at(0).is_behind(at(5 * 60_000)));
        assert!(at(0).is_behind(at(5 * 60_000 + 1)));
    }

    #[test]
    fn how_far_away_is_never_rounded_up() {
        let now = instant("2026-03-02T09:00:00Z");
        let cases = [
            (0, "now"),
            (59_999, "now"),
            (-59_999, "now"),
            (60_000, "in 1 minute"),
            (-60_000, "1 minute ago"),
            (119 * 60_000, "in 119 minutes"),
            (120 * 60_000, "in 2 hours"),
            (-(48 * 3_600_000 - 1), "47 hours ago"),
            (48 * 3_600_000, "in 2 days"),
        ];
        for (millis, expected) in cases {
            let at = Timestamp::from_millis(now.millis() + millis);
            assert_eq!(at.relative_to(now), expected, "{millis} ms");
        }
    }
}
