//! Civil dates: what people write in a contract.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::TimeError;

/// A day on the civil calendar, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(pub(super) NaiveDate);

impl CivilDate {
    /// The day with this year (0–9999), month (1–12) and day of the month, if there is one.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::within_calendar)
    }

    fn within_calendar(day: NaiveDate) -> Option<Self> {
        (0..=9999).contains(&day.year()).then_some(Self(day))
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
        let span = text.strip_prefix('+').unwrap_or(text);
        let unit = span.chars().last().ok_or_else(unreadable)?;
        let amount = span.strip_suffix(unit).ok_or_else(unreadable)?;
        if !amount.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unreadable());
        }
        let amount: u32 = amount.parse().map_err(|_| unreadable())?;
        match unit {
            'd' => today.plus_days(u64::from(amount)),
            'w' => today.plus_days(u64::from(amount) * 7),
            'm' => today.plus_months(amount),
            'y' => amount.checked_mul(12).and_then(|months| today.plus_months(months)),
            _ => None,
        }
        .ok_or_else(unreadable)
    }

    /// The day `days` later, or `None` past the end of the calendar.
    pub fn plus_days(self, days: u64) -> Option<Self> {
        self.0.checked_add_days(Days::new(days)).and_then(Self::within_calendar)
    }

    /// The day before, or `None` before the beginning of the calendar.
    pub fn day_before(self) -> Option<Self> {
        self.0.pred_opt().and_then(Self::within_calendar)
    }

    /// The same day of the month `months` later, or that month's last day if it is too short.
    fn plus_months(self, months: u32) -> Option<Self> {
        self.0.checked_add_months(Months::new(months)).and_then(Self::within_calendar)
    }
}

/// ISO 8601: `2026-12-31`.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
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
        let number = |part: std::ops::Range<usize>| text.get(part)?.parse().ok();
        let date = shape
            .then(|| Self::new(text.get(..4)?.parse().ok()?, number(5..7)?, number(8..10)?))
            .flatten();
        date.ok_or_else(|| TimeError::Date(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        let cases = [
            ("2026-12-31", "2026-12-31"),
            ("2028-02-29", "2028-02-29"),
            ("0000-01-01", "0000-01-01"),
            ("today", "2026-01-31"),
            ("tomorrow", "2026-02-01"),
            ("+90d", "2026-05-01"),
            ("90d", "2026-05-01"),
            ("0d", "2026-01-31"),
            ("+2w", "2026-02-14"),
            ("1m", "2026-02-28"),
            ("+25m", "2028-02-29"),
            ("+1y", "2027-01-31"),
            ("7973y", "9999-01-31"),
        ];
        for (text, expected) in cases {
            let parsed = CivilDate::parse(text, date("2026-01-31"));
            assert_eq!(parsed.map(|day| day.to_string()), Ok(expected.to_owned()), "{text}");
        }
        let leap_day = CivilDate::parse("1y", date("2028-02-29"));
        assert_eq!(leap_day, Ok(date("2029-02-28")));
    }

    #[test]
    fn what_is_no_date_is_refused_in_the_words_given() {
        let cases = [
            "",
            "+",
            "d",
            "+d",
            "90",
            "+90",
            "-1d",
            "++1d",
            "+-1d",
            "1 d",
            " 1d",
            "1d ",
            "1D",
            "1h",
            "Today",
            "yesterday",
            "2026-1-1",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "26-12-31",
            "+2026-12-31",
            "-2026-12-31",
            "12026-12-31",
            "2026-12-31T00:00:00Z",
            "2026/12/31",
            "31.12.2026",
            "\u{0661}d",
            "1\u{e9}",
            "2026-12-3\u{0661}",
            "7974y",
            "4294967295d",
            "4294967296d",
            "4294967295y",
            "99999999999999999999d",
        ];
        for text in cases {
            let parsed = CivilDate::parse(text, date("2026-01-31"));
            assert_eq!(parsed, Err(TimeError::Date(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn the_calendar_has_the_years_0_to_9999() {
        assert_eq!(date("9999-12-31").plus_days(1), None);
        assert_eq!(date("2026-01-01").plus_days(u64::MAX), None);
        assert_eq!(CivilDate::new(10_000, 1, 1), None);
        assert_eq!(CivilDate::new(-1, 12, 31), None);
        assert_eq!(CivilDate::new(2026, 2, 29), None);
    }
}
