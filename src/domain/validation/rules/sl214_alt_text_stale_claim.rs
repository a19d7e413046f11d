use crate::domain::context::{Context, ContextKind};
use crate::domain::time::CivilDate;
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

/// A price, a percentage or the words for one, which an offer or a claim would name.
static FIGURE: Pattern = Pattern::new(concat!(
    r"(?i)\d+(?:[.,]\d+)?\s?(?:%|(?:per ?cent|prozent|procent|por ciento|por cento|pour cent|per cento)(?-u:\b)|процент|[€£¥₽₹₩円元]|원|руб",
    r"|zł|(?:kr|kč|eur|euros?|usd|dollars?|gbp|chf|pln)(?-u:\b))|(?:[€£$¥₽₹₩]|(?-u:\b)rs\.?)\s?\d+",
    r"|(?-u:\b)(?:half price|halber preis|zum halben preis|moitié prix|mitad de precio|metà prezzo|buy one,? get one)|半额|半額|买一送一|買一送一",
));
/// `100 % organic` says what a product is made of, and no offer.
static WHOLE: Pattern = Pattern::new(r"(?i)^100\s?(?:%|per ?cent|prozent)$");

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
            let said = figure_within(text, context.key.kind)
                .or_else(|| name_within(&folded_text, context))
                .or_else(|| day_within(&folded_text, context.ends_on?));
            messages.extend(said.map(|said| {
                let (said, key) = (quoted(said.trim()), &context.key);
                format!("the text for `{locale}` says {said}, but {key} has ended")
            }));
        }
    }
    messages
}

fn figure_within(text: &str, kind: ContextKind) -> Option<String> {
    let figure = names_figures(kind).then(|| FIGURE.find(text)).flatten()?;
    let counts = kind == ContextKind::Claim || !WHOLE.is_match(figure.trim());
    counts.then(|| figure.to_owned())
}

fn makes_claims(kind: ContextKind) -> bool {
    use ContextKind::{Campaign, Claim, Offer, Season};
    matches!(kind, Campaign | Claim | Offer | Season)
}

fn names_figures(kind: ContextKind) -> bool {
    matches!(kind, ContextKind::Claim | ContextKind::Offer)
}

/// The title or key of a context if the text says it, with its year or without one. One word,
/// such as `spring`, says too little.
fn name_within(text: &str, context: &Context) -> Option<String> {
    let is_year =
        |word: &&str| word.len() == 4 && word.starts_with("20") && word.parse::<u16>().is_ok();
    let says = |name: &str| name.contains(' ') && text.contains(&format!(" {name} "));
    let names = [context.title.as_deref().unwrap_or_default(), &context.key.slug];
    names.into_iter().map(folded).find_map(|name| {
        if says(&name) {
            return Some(name);
        }
        let bare: Vec<_> = name.split(' ').filter(|word| !is_year(word)).collect();
        let bare = bare.join(" ");
        (says(&bare) && !text.split(' ').any(|word| is_year(&word))).then_some(bare)
    })
}

/// By language: English, German, French, Spanish, Italian, Dutch, Portuguese. Folded.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janvier", "enero", "gennaio", "januari", "janeiro"],
    &["february", "februar", "fevrier", "febrero", "febbraio", "februari", "fevereiro"],
    &["march", "marz", "mars", "marzo", "maart", "marco"],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "mei", "maio"],
    &["june", "juni", "juin", "junio", "giugno", "junho"],
    &["july", "juli", "juillet", "julio", "luglio", "julho"],
    &["august", "aout", "agosto", "augustus"],
    &["september", "septembre", "septiembre", "settembre", "setembro"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["november", "novembre", "noviembre", "novembro"],
    &["december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"],
];

/// The last day of a context if the folded text says it, such as `31 may` or `31 05 2026`.
fn day_within(text: &str, last: CivilDate) -> Option<String> {
    let written = last.to_string();
    let mut parts = written.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let names = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let (short_month, short_day) = (month.trim_start_matches('0'), day.trim_start_matches('0'));
    let worded = names.iter().flat_map(|name| {
        ["", "de ", "of "].map(|joint| format!("{short_day} {joint}{name}")).into_iter().chain([
            format!("{name} {short_day}"),
            format!("{short_day}th {name}"),
            format!("{short_day}st {name}"),
        ])
    });
    let figures = [
        format!("{year} {month} {day}"),
        format!("{day} {month} {year}"),
        format!("{month} {day} {year}"),
        format!("{short_day} {short_month} {year}"),
    ];
    worded.chain(figures).find(|said| text.contains(&format!(" {said} ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{context, finds, finds_each, passes};

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
    fn prices_days_and_names_without_their_year_are_found_in_many_languages() {
        for (key, text) in [
            ("offer/spring", "Boîte de thé, 20 pour cent moins cher"),
            ("offer/spring", "Lata de té, 20 por ciento de descuento"),
            ("offer/spring", "Скидка 20 процентов"),
            ("offer/spring", "お茶の缶、500円"),
            ("offer/spring", "Чай за 1000 ₽"),
            ("offer/spring", "Tea for ₹500"),
            ("offer/spring", "Tea for 9 dollars"),
            ("offer/spring", "Half price tea"),
            ("offer/spring", "Free shipping until 31 May"),
            ("offer/spring", "Offer ends 31.05.2026"),
            ("season/spring", "Nur bis 31. Mai"),
            ("campaign/black-friday-2025", "Black Friday deals"),
            ("claim/organic", "Tea from 100 % organic farming"),
        ] {
            finds_each(&RULE, &[text], |s, text| {
                s.contexts = vec![over(key)];
                s.set_alt(text);
            });
        }
    }

    #[test]
    fn a_running_offer_and_a_season_word_pass() {
        passes(&RULE, |s| s.set_alt("A tin of tea, now 20 % off"));
        passes(&RULE, |s| {
            s.contexts = vec![over("season/spring")];
            s.set_alt("A meadow in spring with 100 % sun");
        });
        for (key, text) in [
            ("offer/spring", "Tea from 100% organic farming"),
            ("campaign/black-friday-2025", "Black Friday 2026 deals"),
            ("offer/spring", "A calendar that shows 30 May"),
        ] {
            passes(&RULE, |s| {
                s.contexts = vec![over(key)];
                s.set_alt(text);
            });
        }
    }
}
