//! Why an asset is rejected, in words that can be counted.

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

    /// Reads what is typed.
    pub fn read(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|code| code.name() == name)
            .ok_or_else(|| format!("not a code (one of {})", Self::ALL.map(Self::name).join(", ")))
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
        assert!(RejectionCode::read("mood").unwrap_err().contains("off-brand, wrong-placement"));
    }
}
