use crate::domain::context::{Context, ContextKind};
use crate::domain::validation::reading::AltText;
use crate::domain::validation::wording::{Pattern, folded, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL214",
    name: "alt-text-stale-claim",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text still says what has ended",
    why: "The text is what people without the picture rely on: an offer, price or claim that has ended misleads them.",
    fix: "Take the ended offer, price or claim out of the text, or end the asset.",
    source: "product policy: no outdated claim or offer",
    needs: &[Known::AltText],
    check,
};

/// A price or a percentage, which an offer or a claim would name.
static FIGURE: Pattern = Pattern::new(
    r"(?i)\d+(?:[.,]\d+)?\s?(?:%|percent(?-u:\b)|prozent(?-u:\b)|€|£|¥|zł|kr(?-u:\b)|eur(?-u:\b)|usd(?-u:\b)|gbp(?-u:\b)|chf(?-u:\b)|pln(?-u:\b))|[€£$¥]\s?\d+",
);

fn check(subject: &Subject<'_>) -> Vec<String> {
    let ended: Vec<_> = subject
        .contexts
        .iter()
        .filter(|context| makes_claims(context.key.kind))
        .filter(|context| context.ends_at.is_some_and(|at| at <= subject.now))
        .collect();
    let mut messages = Vec::new();
    if ended.is_empty() {
        return messages;
    }
    for AltText { locale, text, folded, .. } in &subject.reading.alts {
        let folded_text = format!(" {folded} ");
        for context in &ended {
            let figure = FIGURE.find(text).filter(|_| names_figures(context.key.kind));
            let named = name_within(&folded_text, context);
            let said = figure.map(str::to_owned).or(named);
            messages.extend(said.map(|said| {
                let (said, key) = (quoted(said.trim()), &context.key);
                format!("the text for `{locale}` says {said}, but {key} has ended")
            }));
        }
    }
    messages
}

fn makes_claims(kind: ContextKind) -> bool {
    use ContextKind::{Campaign, Claim, Offer, Season};
    matches!(kind, Campaign | Claim | Offer | Season)
}

fn names_figures(kind: ContextKind) -> bool {
    matches!(kind, ContextKind::Claim | ContextKind::Offer)
}

/// The title or key of a context if the text says it. One word, such as `spring`, says too little.
fn name_within(text: &str, context: &Context) -> Option<String> {
    let names = [context.title.as_deref().unwrap_or_default(), &context.key.slug];
    let mut names = names.into_iter().map(folded);
    names.find(|name| name.contains(' ') && text.contains(&format!(" {name} ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{context, finds, passes};

    fn over(key: &str) -> Context {
        context(key, "2026-01-01", "2026-05-31")
    }

    #[test]
    fn an_ended_offer_in_the_text_is_found() {
        finds(
            &RULE,
            |s| {
                s.contexts = vec![over("offer/spring-tea-week")];
                s.set_alt("A tin of tea in the Spring Tea Week");
            },
            &["the text for `en` says `spring tea week`, but offer/spring-tea-week has ended"],
        );
        finds(
            &RULE,
            |s| {
                s.contexts = vec![over("offer/spring")];
                s.set_alt("A tin of tea, now 20 % off");
            },
            &["the text for `en` says `20 %`, but offer/spring has ended"],
        );
    }

    #[test]
    fn a_running_offer_and_a_season_word_pass() {
        passes(&RULE, |s| s.set_alt("A tin of tea, now 20 % off"));
        passes(&RULE, |s| {
            s.contexts = vec![over("season/spring")];
            s.set_alt("A meadow in spring with 100 % sun");
        });
    }
}
