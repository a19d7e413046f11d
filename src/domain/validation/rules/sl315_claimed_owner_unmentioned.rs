use crate::domain::validation::wording::{folded, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL315",
    name: "claimed-owner-unmentioned",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file names an owner of its rights whom the record does not mention",
    why: "The copyright notice in the file says that somebody owns the picture. A record that knows nothing of them was made about another picture, or without looking.",
    fix: "Clear the rights with who is named, and name them in the rights note or in a license.",
    source: "IPTC Copyright Notice",
    needs: &[Known::Claims, Known::Record],
    check,
};

/// Words of notices that name nobody. Folded.
const FORMULAS: [&str; 24] = [
    "alle",
    "all",
    "and",
    "by",
    "c",
    "co",
    "company",
    "copr",
    "copyright",
    "der",
    "derechos",
    "droits",
    "gmbh",
    "inc",
    "llc",
    "ltd",
    "of",
    "rechte",
    "reserved",
    "reservados",
    "rights",
    "the",
    "vorbehalten",
    "von",
];

fn check(subject: &Subject<'_>) -> Vec<String> {
    let notice = subject.claims.and_then(|claims| claims.copyright.any()).unwrap_or_default();
    let notice_folded = folded(notice);
    let naming = |word: &&str| {
        let number = word.bytes().all(|byte| byte.is_ascii_digit());
        word.chars().count() > 1 && !number && !FORMULAS.contains(word)
    };
    let mut names = notice_folded.split(' ').filter(naming).peekable();
    if names.peek().is_none() {
        return Vec::new();
    }
    let record = folded(&what_is_recorded(subject));
    if record.is_empty() {
        return Vec::new();
    }
    let mentioned = names.any(|name| record.split(' ').any(|word| word == name));
    let message = || format!("the file says {}, and the record does not", quoted(notice));
    (!mentioned).then(message).into_iter().collect()
}

/// All that people recorded about whose the picture is.
fn what_is_recorded(subject: &Subject<'_>) -> String {
    let note = subject.metadata.rights_note.as_deref();
    let licenses = subject.licenses.iter().flat_map(|license| {
        [&license.holder, &license.credit, &license.note].map(Option::as_deref)
    });
    let all: Vec<_> = licenses.chain([note]).flatten().collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Texts};
    use crate::domain::validation::sample::{Sample, finds, passes, passes_each};

    fn says(sample: &mut Sample, notice: &str) {
        let copyright = Texts::plain(notice);
        sample.claims = Some(Claims { copyright, ..Claims::default() });
    }

    #[test]
    fn an_owner_of_whom_the_record_knows_nothing_is_found() {
        finds(
            &RULE,
            |s| says(s, "© 2019 Oak Studio. All rights reserved."),
            &["the file says `© 2019 Oak Studio. All rights reserved.`, and the record does not"],
        );
    }

    #[test]
    fn a_mentioned_owner_and_a_notice_without_a_name_pass() {
        let notices =
            ["(c) Tea House Ltd", "Copyright 2026", "© 2026, all rights reserved", "ADOBE", ""];
        passes_each(&RULE, &notices, says);
        passes(&RULE, |s| s.claims = None);
        passes(&RULE, |s| {
            says(s, "© Oak Studio");
            s.licenses.clear();
            s.metadata.rights_note = None;
        });
    }
}
