use crate::domain::lifecycle::State;
use crate::domain::validation::exported::{Lookup, Trait};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL710",
    name: "returned-content",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "content that had ended comes back under another name",
    why: "It was rejected, withdrawn or has expired. A copy under a new name would pass every check that looks at names.",
    fix: "Leave it out. If it is to be used after all, `reconsider` the asset that it is a copy of.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let lookup = subject.exported.map(|item| item.lookup);
    let renamed = matches!(lookup, Some(Lookup::Found { by: Trait::Bytes, .. }));
    let ended = !matches!(subject.asset.state, State::Draft | State::Approved);
    let message =
        || format!("it has the bytes of {}, which is {}", subject.asset.id, subject.asset.state);
    (renamed && ended).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::Ended;
    use crate::domain::validation::exported::Comparison;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn renamed(sample: &mut Sample, state: State) {
        sample.asset.state = state;
        let bytes = Comparison::Same;
        sample.export().lookup = Lookup::Found { by: Trait::Bytes, bytes };
    }

    #[test]
    fn a_new_name_does_not_hide_old_content() {
        finds(
            &RULE,
            |s| renamed(s, State::Rejected),
            &["it has the bytes of #12, which is rejected"],
        );
        let purged = State::Purged(Ended::Withdrawn);
        assert_eq!(Sample::with(|s| renamed(s, purged)).messages(&RULE).len(), 1);
        passes(&RULE, |s| renamed(s, State::Approved));
        passes(&RULE, |s| {
            s.asset.state = State::Rejected;
            s.export();
        });
    }
}
