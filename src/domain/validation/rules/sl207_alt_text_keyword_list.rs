use crate::domain::text::count_bytes;
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

/// From this many short items on, a text without a sentence may be a list.
const FEWEST_ITEMS: usize = 5;
/// From this many on, it is one whatever it lists.
const SURE_ITEMS: usize = 13;
const MOST_WORDS_IN_ITEM: usize = 3;
/// The same word so often is not how people write, if there are few others.
const REPEATS: usize = 4;

/// Words that join the last item of a list that people write.
const JOINING: [&str; 14] =
    ["and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", "i", "oraz", "и"];
/// Words of people who search to buy. Sorted.
#[rustfmt::skip]
const SEARCHED: &[&str] = &[
    "acheter", "barato", "billig", "buy", "cheap", "comprar", "comprare", "discount",
    "goedkoop", "günstig", "kaufen", "kopen", "levně", "near", "saldi", "sale", "satın", "tani",
    "αγορά", "дешево", "дёшево", "купить", "недорого", "לקנות", "خرید", "شراء", "खरीदें", "구매",
    "쇼핑", "할인",
];
/// The same, within words that no space ends.
const SEARCHED_SIGNS: [&str; 6] = ["买", "購入", "通販", "激安", "便宜", "ซื้อ"];

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.reading.alts.iter().filter_map(complaint).collect()
}

fn complaint(alt: &AltText<'_>) -> Option<String> {
    let AltText { locale, text, .. } = alt;
    let tags = || text.split_whitespace().filter(|word| is_hashtag(word)).count();
    let tags = if text.contains('#') { tags() } else { 0 };
    if tags >= 3 {
        return Some(format!("the text for `{locale}` has {tags} hashtags"));
    }
    let items = listed_items(text);
    if items >= FEWEST_ITEMS {
        return Some(format!("the text for `{locale}` lists {items} keywords"));
    }
    let words = alt.words();
    let word = repeated_word(&words)?;
    Some(format!("the text for `{locale}` repeats {}", quoted(word)))
}

fn is_hashtag(word: &str) -> bool {
    word.strip_prefix('#').is_some_and(|tag| tag.starts_with(char::is_alphabetic))
}

/// The number of items if the text is nothing but short items between commas, and they are what
/// people search for and not what a picture shows: ingredients, colors and names are listed too.
fn listed_items(text: &str) -> usize {
    const SEPARATORS: [char; 9] = [',', ';', '|', '·', '、', '，', '،', '؛', '\n'];
    let count = if text.is_ascii() {
        1 + count_bytes(text.as_bytes(), |byte| matches!(byte, b',' | b';' | b'|' | b'\n'))
    } else {
        text.split(SEPARATORS).count()
    };
    if count < FEWEST_ITEMS {
        return 0;
    }
    let short = |item| Some(Words::of(item)).filter(is_short);
    let Some(items) = text.split(SEPARATORS).map(short).collect::<Option<Vec<_>>>() else {
        return 0;
    };
    let joined = items.last().is_some_and(|last| last.iter().any(|word| JOINING.contains(&word)));
    let bars = text.contains('|');
    let meant = bars
        || count >= SURE_ITEMS
        || are_typed_as_keywords(text)
        || are_searched(text, &items)
        || share_a_word(&items);
    if (joined && !bars) || !meant { 0 } else { count }
}

fn is_short(item: &Words<'_>) -> bool {
    let signs = item.iter().flat_map(str::chars).filter(|c| is_word_sign(*c)).count();
    (1..=MOST_WORDS_IN_ITEM).contains(&item.iter().count()) && signs <= 2 * MOST_WORDS_IN_ITEM
}

/// Whether no space follows the separators, or nothing begins with a capital: who lists what a
/// picture shows writes as people do.
fn are_typed_as_keywords(text: &str) -> bool {
    let packed = text.split([',', ';']).skip(1).all(|item| !item.starts_with(char::is_whitespace));
    let small = text.split([',', ';']).all(|item| {
        item.trim_start().chars().next().is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
    });
    text.contains([',', ';']) && (packed || small)
}

fn are_searched(text: &str, items: &[Words<'_>]) -> bool {
    let known = |word: &str| SEARCHED.binary_search(&word).is_ok();
    items.iter().flat_map(Words::iter).any(known)
        || SEARCHED_SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether three of the items have a word in common.
fn share_a_word(items: &[Words<'_>]) -> bool {
    let mut words: Vec<_> = items.iter().flat_map(Words::iter).filter(|w| w.len() > 2).collect();
    words.sort_unstable();
    words.chunk_by(|one, other| one == other).any(|run| run.len() >= 3)
}

/// Whether so many words have a length and a beginning in common that one may be there often: for
/// most texts that is the answer, and a fast one.
fn may_repeat<'w>(mut words: impl Iterator<Item = &'w str>) -> bool {
    const SLOTS: usize = 64;
    let mut tally = [0_usize; SLOTS];
    words.any(|word| {
        let first = word.bytes().next().map_or(0, usize::from);
        let Some(count) = tally.get_mut((31 * word.len() + first) % SLOTS) else { return true };
        *count += 1;
        *count >= REPEATS
    })
}

/// The first word that comes again and again, if such words are two in five at least.
fn repeated_word<'w>(words: &'w Words<'_>) -> Option<&'w str> {
    let long = || words.iter().filter(|word| word.chars().nth(3).is_some());
    if !may_repeat(long()) {
        return None;
    }
    let count = words.iter().count();
    let mut words: Vec<_> = long().collect();
    words.sort_unstable();
    let runs = || words.chunk_by(|one, other| one == other).filter(|run| run.len() >= REPEATS);
    let repeated: usize = runs().map(<[&str]>::len).sum();
    runs().next().filter(|_| repeated * 5 >= count * 2)?.first().copied()
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
            &[
                "running shoes, best running shoes, cheap running shoes, running shoes sale",
                "茶、お茶、緑茶、茶缶、通販",
                "tea|tin|cup|spoon|saucer",
                "tea,tin,cup,spoon,table",
                "tea, tin, cup, spoon, table, shop",
                "شاي، شاي أخضر، علبة، شراء، متجر",
                "чай, зелёный чай, банка, купить, дёшево",
                "plumber Berlin, plumbing Berlin, emergency plumber Berlin, drains, pipes",
            ],
            Sample::set_alt,
        );
    }

    #[test]
    fn words_of_search_are_sorted_for_the_search() {
        assert!(SEARCHED.is_sorted());
    }

    #[test]
    fn a_sentence_that_lists_things_is_a_description() {
        let texts = [
            "Tea tin, cup, spoon, saucer, and biscuits",
            "Red, green, blue, yellow and white balloons over a town",
            "Teedose, Tasse, Löffel, Untertasse und Kekse",
            "A tin of tea, seen from above, on a table, beside two cups, in the morning light",
            "Track #1 and track #2",
            "Oats, almonds, honey, cinnamon, sea salt",
            "Anna Li, Ben Ito, Carla Ruiz, Dan Novak, Eva Berg",
            "Size S, M, L, XL, XXL",
            "Tea shop, bakery, florist, bookstore, cinema",
            "Rot, Grün, Blau, Gelb, Weiß",
            "苹果、香蕉、橙子、葡萄、草莓",
            "Coffee for everyone: from coffee farm to coffee cup at the Coffee House",
            "朝の光の中で、テーブルの上に置かれた緑色の茶缶、その横に並んだ二つの湯気の立つカップ、窓の外の庭、遠くの山々",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
