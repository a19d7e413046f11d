use crate::domain::validation::reading::AltText;
use crate::domain::validation::wording::{Words, is_word_sign, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL207",
    name: "alt-text-keyword-list",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text is a list of keywords",
    why: "Keywords for search engines are no description: read aloud they are noise, and search engines count them as spam.",
    fix: "Write one sentence that says what the picture shows.",
    source: "WCAG 1.1.1: technique G94 (the text serves the same purpose)",
    needs: &[Known::AltText],
    check,
};

/// From this many short items on, a text without a sentence is a list.
const FEWEST_ITEMS: usize = 5;
const MOST_WORDS_IN_ITEM: usize = 3;
/// The same word so often is not how people write.
const REPEATS: usize = 4;

/// Words that join the last item of a list that people write.
const JOINING: [&str; 14] =
    ["and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", "i", "oraz", "и"];

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.reading.alts.iter().filter_map(complaint).collect()
}

fn complaint(AltText { locale, text, words, .. }: &AltText<'_>) -> Option<String> {
    let tags = text.split_whitespace().filter(|word| is_hashtag(word)).count();
    if tags >= 3 {
        return Some(format!("the text for `{locale}` has {tags} hashtags"));
    }
    let items = listed_items(text);
    if items >= FEWEST_ITEMS {
        return Some(format!("the text for `{locale}` lists {items} keywords"));
    }
    let word = repeated_word(words)?;
    Some(format!("the text for `{locale}` repeats {}", quoted(word)))
}

fn is_hashtag(word: &str) -> bool {
    word.strip_prefix('#').is_some_and(|tag| tag.starts_with(char::is_alphabetic))
}

/// The number of items if the text is nothing but short items between commas.
fn listed_items(text: &str) -> usize {
    const SEPARATORS: [char; 5] = [',', ';', '|', '、', '，'];
    let count = text.split(SEPARATORS).count();
    if count < FEWEST_ITEMS {
        return 0;
    }
    let items: Vec<_> = text.split(SEPARATORS).map(Words::of).collect();
    let short = |words: &Words| {
        let signs = words.iter().flat_map(str::chars).filter(|c| is_word_sign(*c)).count();
        let words = words.iter().count();
        (1..=MOST_WORDS_IN_ITEM).contains(&words) && signs <= 2 * MOST_WORDS_IN_ITEM
    };
    let joined = items.iter().flat_map(Words::iter).any(|word| JOINING.contains(&word));
    if joined || !items.iter().all(short) { 0 } else { count }
}

fn repeated_word(words: &Words) -> Option<&str> {
    let mut words: Vec<_> = words.iter().filter(|word| word.chars().count() >= 4).collect();
    words.sort_unstable();
    let mut runs = words.chunk_by(|one, other| one == other);
    runs.find(|run| run.len() >= REPEATS).and_then(|run| run.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn lists_tags_and_repetitions_are_found() {
        finds(
            &RULE,
            |s| s.set_alt("tea, green tea, tea tin, buy tea, tea shop"),
            &["the text for `en` lists 5 keywords"],
        );
        finds(&RULE, |s| s.set_alt("#tea #tin #green"), &["the text for `en` has 3 hashtags"]);
        finds(
            &RULE,
            |s| s.set_alt("Best cheap teapot teapot shop teapot online teapot sale"),
            &["the text for `en` repeats `teapot`"],
        );
        finds_each(
            &RULE,
            &["茶、お茶、緑茶、茶缶、通販", "tea|tin|cup|spoon|sale"],
            Sample::set_alt,
        );
    }

    #[test]
    fn a_sentence_that_lists_things_is_a_description() {
        let texts = [
            "Tea tin, cup, spoon, saucer, and biscuits",
            "Red, green, blue, yellow and white balloons over a town",
            "Teedose, Tasse, Löffel, Untertasse und Kekse",
            "A tin of tea, seen from above, on a table, beside two cups, in the morning light",
            "Track #1 and track #2",
            "朝の光の中で、テーブルの上に置かれた緑色の茶缶、その横に並んだ二つの湯気の立つカップ、窓の外の庭、遠くの山々",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
