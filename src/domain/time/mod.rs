//! Instants, civil dates and zones.
//!
//! `chrono` carries the values, `jiff` knows the zones: its rules are bundled, so no result
//! depends on `TZ` or on the machine's own zone files. Neither type leaves this module.

mod date;
mod instant;
mod zone;

pub use self::date::CivilDate;
pub use self::instant::Timestamp;
pub use self::zone::{Zone, zone_rules_version};

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
