//! Risks that people see in an asset. While one is flagged, nothing approves it and nothing uses it.

use std::fmt;

use super::actor::Authority;
use super::lifecycle::State;
use super::time::Timestamp;
use super::unchanged::Unchanged;

/// What can be wrong with a picture beyond its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// A mark, a logo or a name of somebody else.
    ThirdPartyBrand,
    /// A shape, a work of art or a building that is protected.
    ProtectedDesign,
    /// A real person can be recognized.
    Likeness,
    /// The product is not like that.
    InaccurateProduct,
    /// Something that the house never shows.
    ProhibitedMotif,
}

impl Risk {
    pub const ALL: [Self; 5] = [
        Self::ThirdPartyBrand,
        Self::ProtectedDesign,
        Self::Likeness,
        Self::InaccurateProduct,
        Self::ProhibitedMotif,
    ];

    /// The word used in commands, in the catalog and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::ThirdPartyBrand => "third-party-brand",
            Self::ProtectedDesign => "protected-design",
            Self::Likeness => "likeness",
            Self::InaccurateProduct => "inaccurate-product",
            Self::ProhibitedMotif => "prohibited-motif",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.name() == name)
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A flag that nobody has cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRisk {
    pub risk: Risk,
    pub note: Option<String>,
    /// Who raised it.
    pub by: String,
    pub at: Timestamp,
}

/// Such as `flagged as likeness by nina at 2026-03-02T09:00:00.000Z: the man at the left`.
impl fmt::Display for OpenRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "flagged as {} by {} at {}", self.risk, self.by, self.at)?;
        self.note.iter().try_for_each(|note| write!(f, ": {note}"))
    }
}

/// What is asked about a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flagging {
    Raise,
    Clear,
}

/// Checks whether a flag may be raised or cleared about an asset with these open ones.
///
/// Anybody may say that there is a risk, automation too. That there is none is for a person to say.
pub fn check_flagging(
    (asked, risk): (Flagging, Risk),
    (state, open): (State, &[OpenRisk]),
    authority: Authority,
) -> Result<(), Unchanged> {
    let found = open.iter().find(|open| open.risk == risk);
    match (asked, found) {
        _ if matches!(state, State::Purged(_)) => {
            Err(Unchanged::Refused("it is purged: nobody can use it any more".to_owned()))
        }
        (Flagging::Raise, Some(open)) => Err(Unchanged::Already(format!("it is {open}"))),
        (Flagging::Clear, None) => Err(Unchanged::Already(format!("it is not flagged as {risk}"))),
        (Flagging::Clear, Some(_)) if authority == Authority::Automation => {
            Err(Unchanged::Refused("only a person may clear it".to_owned()))
        }
        (Flagging::Raise, None) | (Flagging::Clear, Some(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(risk: Risk) -> OpenRisk {
        let at = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        OpenRisk { risk, note: Some("the man at the left".to_owned()), by: "nina".to_owned(), at }
    }

    #[test]
    fn a_risk_is_found_by_its_name() {
        for risk in Risk::ALL {
            assert_eq!(Risk::named(risk.name()), Some(risk));
        }
        assert_eq!(Risk::named("mood"), None);
    }

    #[test]
    fn only_a_person_clears_and_anybody_raises() {
        use Authority::{Automation, Human};
        use Flagging::{Clear, Raise};
        let flagged = [open(Risk::Likeness)];
        for state in State::ALL.into_iter().filter(|state| state.name() != "purged") {
            let check = |asked, risk, by| check_flagging((asked, risk), (state, &flagged), by);
            for risk in Risk::ALL.into_iter().filter(|risk| *risk != Risk::Likeness) {
                assert_eq!(check(Raise, risk, Human), Ok(()));
                assert_eq!(check(Raise, risk, Automation), Ok(()));
                assert!(matches!(check(Clear, risk, Human), Err(Unchanged::Already(_))));
            }
            let again = check(Raise, Risk::Likeness, Human);
            let words = "it is flagged as likeness by nina at 2026-03-02T09:00:00.000Z: \
                         the man at the left";
            assert_eq!(again, Err(Unchanged::Already(words.to_owned())));
            assert_eq!(check(Clear, Risk::Likeness, Human), Ok(()));
            let refused = check(Clear, Risk::Likeness, Automation);
            assert!(matches!(refused, Err(Unchanged::Refused(_))));
        }
    }

    #[test]
    fn what_is_purged_is_not_flagged_any_more() {
        for state in State::ALL.into_iter().filter(|state| state.name() == "purged") {
            let asked = (Flagging::Raise, Risk::Likeness);
            let answer = check_flagging(asked, (state, &[]), Authority::Human);
            assert!(matches!(answer, Err(Unchanged::Refused(_))), "{state}");
        }
    }
}
