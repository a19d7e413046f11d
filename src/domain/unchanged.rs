//! Why something that was asked about an asset is not recorded.

/// It is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unchanged {
    /// It is as was asked for already.
    Already(String),
    Refused(String),
}
