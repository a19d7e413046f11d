//! Why an asset is rejected, in words that can be counted, and for which placement if not for all.

use std::fmt;

use super::actor::Authority;
use super::lifecycle::State;
use super::time::Timestamp;
use super::unchanged::Unchanged;

/// What speaks against an asset: the questions of the review, and what is beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectionCode {
    Quality,
    Rights,
    ProductInaccurate,
    OffBrand,
    WrongPlacement,
    ThirdPartyBrand,
    ProtectedDesign,
    Likeness,
    Prohibited,
    Duplicate,
    /// Another variation was taken.
    NotChosen,
}

impl RejectionCode {
    pub const ALL: [Self; 11] = [
        Self::Quality,
        Self::Rights,
        Self::ProductInaccurate,
        Self::OffBrand,
        Self::WrongPlacement,
        Self::ThirdPartyBrand,
        Self::ProtectedDesign,
        Self::Likeness,
        Self::Prohibited,
        Self::Duplicate,
        Self::NotChosen,
    ];

    /// The word used in commands, in the audit log and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Rights => "rights",
            Self::ProductInaccurate => "product-inaccurate",
            Self::OffBrand => "off-brand",
            Self::WrongPlacement => "wrong-placement",
            Self::ThirdPartyBrand => "third-party-brand",
            Self::ProtectedDesign => "protected-design",
            Self::Likeness => "likeness",
            Self::Prohibited => "prohibited",
            Self::Duplicate => "duplicate",
            Self::NotChosen => "not-chosen",
        }
    }

    /// Whether it speaks against the content, wherever that turns up. A duplicate has nothing wrong
    /// with it but that it is there twice: the other one stays, and so may a copy of it.
    pub fn is_about_content(self) -> bool {
        self != Self::Duplicate
    }

    /// Reads what is typed.
    pub fn read(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|code| code.name() == name)
            .ok_or_else(|| format!("not a code (one of {})", Self::ALL.map(Self::name).join(", ")))
    }
}

/// A rejection for one placement that nobody has taken back. The asset's state does not know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementRejection {
    pub placement: String,
    /// There is a code, a reason, or both.
    pub code: Option<RejectionCode>,
    pub reason: Option<String>,
    pub by: String,
    pub at: Timestamp,
}

/// Such as `rejected for blog as quality by nina at 2026-03-02T09:00:00.000Z: too dark there`.
impl fmt::Display for PlacementRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected for {}", self.placement)?;
        self.code.iter().try_for_each(|code| write!(f, " as {}", code.name()))?;
        write!(f, " by {} at {}", self.by, self.at)?;
        self.reason.iter().try_for_each(|reason| write!(f, ": {reason}"))
    }
}

/// What is asked about an asset and one placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementRuling {
    Reject,
    Reconsider,
}

/// Checks whether an asset with these open rejections may be rejected for a placement, or that be
/// taken back. Both are for a person, as a rejection is.
pub fn check_placement_ruling(
    (asked, placement): (PlacementRuling, &str),
    (state, open): (State, &[PlacementRejection]),
    authority: Authority,
) -> Result<(), Unchanged> {
    use PlacementRuling::{Reconsider, Reject};
    let found = open.iter().find(|rejection| rejection.placement == placement);
    match (asked, found) {
        _ if matches!(state, State::Purged(_)) => {
            Err(Unchanged::Refused("it is purged: nobody can use it any more".to_owned()))
        }
        _ if authority == Authority::Automation => {
            Err(Unchanged::Refused("only a person may decide that".to_owned()))
        }
        (Reject, Some(rejection)) => Err(Unchanged::Already(format!("it is {rejection}"))),
        (Reconsider, None) => {
            Err(Unchanged::Already(format!("it is not rejected for {placement} alone")))
        }
        (Reject, None) | (Reconsider, Some(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_by_its_name() {
        for code in RejectionCode::ALL {
            assert_eq!(RejectionCode::read(code.name()), Ok(code));
        }
        let others = RejectionCode::ALL.iter().filter(|code| !code.is_about_content());
        assert_eq!(others.collect::<Vec<_>>(), [&RejectionCode::Duplicate]);
        assert!(RejectionCode::read("mood").unwrap_err().contains("off-brand, wrong-placement"));
    }

    #[test]
    fn a_person_rejects_for_a_placement_once_and_takes_back_what_is_there() {
        use Authority::{Automation, Human};
        use PlacementRuling::{Reconsider, Reject};
        let open = [PlacementRejection {
            placement: "blog".to_owned(),
            code: Some(RejectionCode::Quality),
            reason: Some("too dark there".to_owned()),
            by: "nina".to_owned(),
            at: Timestamp::parse("2026-03-02T09:00:00Z").unwrap(),
        }];
        for state in State::ALL {
            let check = |asked, placement, by| {
                check_placement_ruling((asked, placement), (state, &open), by)
            };
            if matches!(state, State::Purged(_)) {
                assert!(matches!(check(Reject, "shop", Human), Err(Unchanged::Refused(_))));
                continue;
            }
            let words = "it is rejected for blog as quality by nina at 2026-03-02T09:00:00.000Z: \
                         too dark there";
            assert_eq!(check(Reject, "blog", Human), Err(Unchanged::Already(words.to_owned())));
            assert_eq!(check(Reject, "shop", Human), Ok(()));
            assert_eq!(check(Reconsider, "blog", Human), Ok(()));
            assert!(matches!(check(Reconsider, "shop", Human), Err(Unchanged::Already(_))));
            for (asked, placement) in [(Reject, "shop"), (Reconsider, "blog")] {
                let refused = check(asked, placement, Automation);
                assert!(matches!(refused, Err(Unchanged::Refused(_))), "{state}");
            }
        }
    }
}
