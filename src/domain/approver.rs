//! Who may approve: the role, the person behind an account, and four eyes.

use super::actor::Signer;
use super::policy::ApprovalTerms;

/// What somebody did to an asset before it is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Added,
    /// The newest description counts.
    Described,
}

impl Deed {
    fn in_words(self) -> &'static str {
        match self {
            Self::Added => "added it",
            Self::Described => "described it last",
        }
    }
}

/// Why `asker` may not approve or renew an asset; nothing if they may.
///
/// `authors` are looked at only where the terms ask for four eyes.
pub fn check_approver(
    terms: &ApprovalTerms,
    asker: &Signer,
    authors: &[(Deed, Signer)],
) -> Vec<String> {
    let known = terms.person_of(asker);
    if known.name.to_lowercase() != asker.name.to_lowercase() && asker.name != asker.account {
        let (account, name, stated) = (&asker.account, &known.name, &asker.name);
        return vec![format!("the account {account} is {name}'s, not {stated}'s")];
    }
    let role = refused_role(terms, &known);
    let authors = authors.iter().filter(|_| terms.four_eyes);
    let mut same: Vec<_> = authors
        .filter_map(|(deed, author)| same_eyes(*deed, &terms.person_of(author), &known))
        .collect();
    same.dedup();
    role.into_iter().chain(same).collect()
}

fn refused_role(terms: &ApprovalTerms, asker: &Signer) -> Option<String> {
    let approvers = terms.approvers.as_ref()?;
    let name = asker.name.to_lowercase();
    if approvers.iter().any(|approver| approver.to_lowercase() == name) {
        return None;
    }
    let names: Vec<_> = approvers.iter().map(String::as_str).collect();
    Some(format!("{} is no approver (those are {})", asker.name, names.join(", ")))
}

fn same_eyes(deed: Deed, author: &Signer, asker: &Signer) -> Option<String> {
    let did = deed.in_words();
    if author.name.to_lowercase() == asker.name.to_lowercase() {
        return Some(format!("{} {did}: four eyes take somebody else", author.name));
    }
    let (name, account) = (&author.name, &author.account);
    (author.account == asker.account).then(|| {
        format!(
            "{name} {did} from the account {account}, which {} uses too: four eyes take two accounts",
            asker.name
        )
    })
}

impl ApprovalTerms {
    /// The same with the name of the person that the account is known to belong to.
    fn person_of(&self, signer: &Signer) -> Signer {
        let name = self.accounts.get(&signer.account).unwrap_or(&signer.name);
        Signer { name: name.clone(), account: signer.account.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(name: &str, account: &str) -> Signer {
        Signer { name: name.to_owned(), account: account.to_owned() }
    }

    fn terms() -> ApprovalTerms {
        ApprovalTerms {
            approvers: Some(["Anna", "li"].map(str::to_owned).into()),
            accounts: [("a1".to_owned(), "anna".to_owned())].into(),
            four_eyes: true,
            ..ApprovalTerms::default()
        }
    }

    /// How many objections there are.
    fn against(asker: &Signer, author: &Signer) -> usize {
        check_approver(&terms(), asker, &[(Deed::Described, author.clone())]).len()
    }

    #[test]
    fn an_approver_is_known_by_name_or_by_account() {
        let other = signer("mia", "m1");
        for (asker, expected) in [
            (signer("li", "l1"), 0),
            (signer("LI", "l1"), 0),
            (signer("a1", "a1"), 0),
            (signer("anna", "a1"), 0),
            (signer("anna", "x1"), 0),
            (signer("li", "a1"), 1),
            (signer("zoe", "z1"), 1),
        ] {
            assert_eq!(against(&asker, &other), expected, "{asker:?}");
        }
    }

    #[test]
    fn four_eyes_take_two_names_and_two_accounts() {
        for (asker, author, expected) in [
            (signer("li", "l1"), signer("mia", "m1"), 0),
            (signer("li", "l1"), signer("Li", "m1"), 1),
            (signer("li", "l1"), signer("mia", "l1"), 1),
            (signer("anna", "x1"), signer("mia", "a1"), 1),
            (signer("a1", "a1"), signer("anna", "x1"), 1),
        ] {
            assert_eq!(against(&asker, &author), expected, "{asker:?} {author:?}");
        }
        let two_eyes = ApprovalTerms { four_eyes: false, ..terms() };
        let li = signer("li", "l1");
        assert_eq!(check_approver(&two_eyes, &li, &[(Deed::Added, li.clone())]), [""; 0]);
        let nobody_said = ApprovalTerms::default();
        assert_eq!(check_approver(&nobody_said, &signer("zoe", "z1"), &[]), [""; 0]);
    }
}
