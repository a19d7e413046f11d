//! Who asks.

/// Whether a person or a defined automation is behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    Human,
    /// A job. It never approves, renews, restores or reconsiders.
    Automation,
}

/// Who asked for a change, as the audit log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account that logged in, or that the process ran under where nobody did.
    pub os_user: String,
    /// The person stated, if another name than the account's was given.
    pub person: Option<String>,
    /// The job on whose behalf the command ran.
    pub job: Option<String>,
    pub host: String,
}

impl Actor {
    pub fn authority(&self) -> Authority {
        if self.job.is_some() { Authority::Automation } else { Authority::Human }
    }

    /// The name that rules such as "not the one who withdrew" compare.
    pub fn name(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.os_user)
    }
}
