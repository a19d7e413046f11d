//! Validation: rules, findings and severities. One rule is one file in `rules/`.

pub mod rules;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rule is switched off.
    Off,
    Note,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Off, Self::Note, Self::Warning, Self::Error];

    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// One defect of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code, such as `SL201`.
    pub code: &'static str,
    /// The rule's name, such as `alt-text-missing`.
    pub name: &'static str,
    pub severity: Severity,
    /// What is wrong with this asset.
    pub message: String,
}
