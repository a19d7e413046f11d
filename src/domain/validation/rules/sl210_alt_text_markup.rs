use crate::domain::text::has_byte;
use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL210",
    name: "alt-text-markup",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text contains markup",
    why: "An attribute holds plain text: `<b>` and `&amp;` are read aloud as they stand, and WordPress removes tags when it stores the text.",
    fix: "Write the characters themselves, without tags and entities.",
    source: "WordPress behavior: alternative text is stored raw and stripped of tags",
    needs: &[Known::AltText],
    check,
};

static MARKUP: Pattern = Pattern::new(concat!(
    r"(?i)</?(?:[a-z][a-z0-9]*)(?:\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});",
    r"|<!--|<\?(?:php|=)|\{\{|\{%|\[/?(?:caption|gallery|embed|img|vc_\w+|et_pb_\w+)(?-u:\b)[^\]]*\]|!\[[^\]]*\]\(",
    r"|\[[^\[\]]+\]\((?:https?:|mailto:|/|#)[^)\s]*\)|\*\*[^*\s][^*]*\*\*",
));

fn check(subject: &Subject<'_>) -> Vec<String> {
    let is_sign = |byte: u8| matches!(byte, b'<' | b'&' | b'[' | b'{' | b'*');
    let suspicious = subject.alts().filter(|(_, text)| has_byte(text.as_bytes(), is_sign));
    let marked = suspicious.filter_map(|(locale, text)| {
        let markup = MARKUP.find(text)?;
        Some(format!("the text for `{locale}` contains {}", quoted(markup)))
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn tags_entities_and_shortcodes_are_found() {
        finds(&RULE, |s| s.set_alt("A <b>tin</b> of tea"), &["the text for `en` contains `<b>`"]);
        let texts = [
            "Tin &amp; cups",
            "it&#8217;s tea",
            "tea<br/>",
            "[caption id=1]Tea",
            "![tea](tea.jpg)",
            "<!-- wp:image -->Tea",
            "<?php echo $alt; ?>",
            "{{ tea }}",
            "[vc_row]Tea[/vc_row]",
            "[et_pb_image]",
            "[tea](https://example.org/tea)",
            "A **green** tin",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
    }

    #[test]
    fn signs_that_people_write_are_no_markup() {
        let texts = [
            "Tin & cups",
            "1 < 2 and 3 > 2",
            "Tea [green]",
            "I <3 tea",
            "R&D; sales",
            "Hotel ****",
            "Tea [green] (2)",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
