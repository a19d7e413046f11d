//! Who asks.

use std::collections::BTreeMap;

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

/// Who is behind something: the name that was stated, and the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    pub name: String,
    pub account: String,
}

impl Signer {
    pub fn of(actor: &Actor) -> Self {
        Self { name: actor.name().to_owned(), account: actor.os_user.clone() }
    }

    /// Whether neither name nor account says that both are the same person.
    pub fn is_somebody_else_than(&self, other: &Self) -> bool {
        self.name.to_lowercase() != other.name.to_lowercase() && self.account != other.account
    }

    /// Who an entry of the audit log names: `anna (a1) at desk`, `job nightly of a1 at desk`.
    ///
    /// The account is exact, because none has spaces. Of a job it is the one that the job ran under.
    pub fn in_entry(text: &str) -> Self {
        let (who, _) = text.rsplit_once(" at ").unwrap_or((text, ""));
        let stated = who.strip_suffix(')').and_then(|stated| stated.rsplit_once(" ("));
        let (name, account) = stated.unwrap_or((who, who.rsplit(' ').next().unwrap_or(who)));
        let name = if name.starts_with("job ") {
            name.rsplit_once(" of ").map_or(name, |(_, name)| name)
        } else {
            name
        };
        Self { name: name.to_owned(), account: account.to_owned() }
    }
}

/// The accounts that more than one person was behind, by the names that were stated: each with
/// those names. Case does not count. An account that nobody stated a name from has its own.
pub fn shared_accounts(signers: &[Signer]) -> BTreeMap<&str, Vec<&str>> {
    let mut accounts: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for Signer { name, account } in signers {
        accounts.entry(account).or_default().entry(name.to_lowercase()).or_insert(name);
    }
    let accounts = accounts.into_iter().filter(|(_, names)| names.len() > 1);
    accounts.map(|(account, names)| (account, names.into_values().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_a_person_and_an_account() {
        for (text, name, account) in [
            ("a1 at desk", "a1", "a1"),
            ("anna (a1) at desk", "anna", "a1"),
            ("Anna of (the) Shop (a1) at desk", "Anna of (the) Shop", "a1"),
            ("job nightly of a1 at desk", "a1", "a1"),
            ("job nightly of anna (a1) at desk", "anna", "a1"),
            ("meet at noon (a1) at desk", "meet at noon", "a1"),
        ] {
            let signer = Signer { name: name.to_owned(), account: account.to_owned() };
            assert_eq!(Signer::in_entry(text), signer, "{text}");
        }
    }

    #[test]
    fn an_account_with_two_names_is_told_with_both() {
        let entries = [
            "anna (a1) at desk",
            "Anna (a1) at home",
            "li (a1) at desk",
            "mia (m1) at desk",
            "job nightly of b1 at desk",
            "b1 at desk",
            "b1 at desk",
            "c1 at desk",
            "zoe (c1) at desk",
        ];
        let signers = entries.map(Signer::in_entry);
        let shared: Vec<_> = shared_accounts(&signers).into_iter().collect();
        assert_eq!(shared, [("a1", vec!["anna", "li"]), ("c1", vec!["c1", "zoe"])]);
    }
}
