use crate::domain::validation::reading::AltText;
use crate::domain::validation::wording::{Pattern, Patterns, folded, length_in_words, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL205",
    name: "alt-text-prompt",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the alternative text is the prompt or the source note",
    why: "A prompt says what was asked for, with words for the machine; the alternative text says what came out and matters here.",
    fix: "Describe the picture as it is, without styles, weights and settings.",
    source: "WCAG 1.1.1: failure F30 (text that is no alternative)",
    needs: &[Known::AltText],
    check,
};

/// Settings and orders that only generators read.
static SETTINGS: Pattern = Pattern::new(concat!(
    r"(?i)--(?:ar|aspect|v|version|niji|stylize|s|chaos|seed|no|style|q|quality|iw|sref|cref|oref)\s+\S|[—–](?:ar|aspect) \d",
    r"|<(?:lora|lyco|hypernet):|(?-u:\b)negative prompt:|(?-u:\b)steps: \d+, sampler|(?-u:\b)cfg scale:",
    r"|\([^()]{0,79}[^()\d\s]:[01]\.\d+\)|(?-u:\b)masterpiece, best quality|^/imagine(?-u:\b)|^[\s[:punct:]“”„«»]*prompt\s*:",
));
/// By language: English, German, French, Spanish and Italian, Portuguese, Dutch, Polish, Russian,
/// Chinese, Japanese, Korean.
static ORDER: Pattern = Pattern::new(concat!(
    r"(?i)^[\s[:punct:]“”„«»]*(?:",
    r"(?:please )?(?:create|generate|make(?: me)?|draw(?: me)?|i want) an? (?:[^\s[:punct:]]+(?:-\S+)? ){0,3}(?:image|picture|photo|photograph|illustration)s? (?:of|showing|with|in|where)",
    r"|(?:bitte )?(?:erstelle?n?|generiere?n?|zeichne)(?: sie)?(?: mir)? (?:ein|eine) (?:\S+ )?(?:bild|foto|illustration|grafik)",
    r"|(?:crée[rz]?|génère|générez|générer)(?:-moi)? une (?:\S+ )?(?:image|photo|illustration)",
    r"|(?:crear?|generar?|genera|generare) (?:una |un['’])(?:imagen|foto|fotografía|ilustración|immagine|illustrazione)",
    r"|(?:crie|cria|gere|gera) uma (?:imagem|foto|ilustração)|(?:maak|genereer) een (?:afbeelding|foto|illustratie)",
    r"|(?:stwórz|wygeneruj) (?:obraz|zdjęcie|grafikę)|(?:создай|сгенерируй|нарисуй)(?:те)? (?:изображение|картинку|фото)",
    r"|请?帮?我?(?:生成|绘制|画)一?[张幅]|.*(?:画像|イラスト|写真)を(?:生成|作成|作って|描いて)|.*(?:이미지|그림|사진)[를을] (?:생성|만들|그려)",
    r")",
));
/// Words for the quality of what a generator makes. One alone may describe; several never do.
static QUALITY: Pattern = Pattern::new(concat!(
    r"(?i)(?-u:\b)(?:masterpiece|best quality|absurdres|(?:highly|ultra|hyper|extremely)[- ]?detailed|intricate details?|\dgirl",
    r"|(?:hyper|photo|ultra)[- ]?realistic|octane render|unreal engine(?: 5)?|sharp focus|(?:cinematic|volumetric) lighting",
    r"|trending on artstation|award[- ]winning photo(?:graph)?)(?-u:\b)|\(\([^()]{2,60}\)\)",
));
/// What prompts say beside these, and product pages too.
static FINISH: Pattern = Pattern::new(concat!(
    r"(?i)(?-u:\b)(?:high(?:est)? quality|(?:4|8|16)k(?: uhd| hdr| resolution)?|u(?:ltra )?hd|(?:dramatic|studio|soft) lighting|depth of field",
    r"|bokeh|dslr|\d\dmm|f/\d\.\d|ray tracing|aspect ratio|seed: \d+|no text)(?-u:\b)",
));
/// What makes a text worth a closer look.
static SIGNS: Patterns<3> = Patterns::new([&SETTINGS, &ORDER, &QUALITY]);
/// So many of them between commas make a prompt.
const FEWEST_QUALITIES: usize = 2;
/// A shorter text may be within a note by chance.
const FEWEST_WORDS: usize = 6;

fn check(subject: &Subject<'_>) -> Vec<String> {
    if subject.reading.alts.is_empty() {
        return Vec::new();
    }
    let note = subject.metadata.source_note.as_deref().map(folded).unwrap_or_default();
    subject.reading.alts.iter().filter_map(|alt| complaint(alt, &note)).collect()
}

fn complaint(alt: &AltText<'_>, note: &str) -> Option<String> {
    let locale = alt.locale;
    if let Some(setting) = setting(alt.text) {
        let setting = quoted(setting.trim());
        return Some(format!("the text for `{locale}` has settings of a generator: {setting}"));
    }
    repeats(&alt.folded, note).then(|| format!("the text for `{locale}` repeats the source note"))
}

/// What only a generator reads.
fn setting(text: &str) -> Option<&str> {
    if !SIGNS.any_matches(text) {
        return None;
    }
    SETTINGS.find(text).or_else(|| ORDER.find(text)).or_else(|| qualities(text))
}

/// The first word for a quality in a list that has more such words in parts of their own.
fn qualities(text: &str) -> Option<&str> {
    let mut parts = text.split([',', '.', ';']);
    let first = parts.clone().find_map(|part| QUALITY.find(part))?;
    let counts = |part: &&str| QUALITY.is_match(part) || FINISH.is_match(part);
    parts.by_ref().filter(counts).nth(FEWEST_QUALITIES - 1).map(|_| first)
}

fn repeats(text: &str, note: &str) -> bool {
    /// In bytes.
    const SHORT: usize = 24;
    let long = |text: &str| length_in_words(text) >= FEWEST_WORDS;
    // Most texts do not even begin within the other, and a short search is the fastest.
    let begins = |outer: &str, inner: &str| {
        let beginning = inner.get(..inner.floor_char_boundary(SHORT)).unwrap_or_default();
        outer.len() >= inner.len() && outer.contains(beginning)
    };
    let within =
        |outer: &str, inner: &str| begins(outer, inner) && outer.contains(inner) && long(inner);
    !text.is_empty() && (text == note || within(note, text) || within(text, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    #[test]
    fn the_note_pasted_whole_or_in_part_is_found() {
        finds(
            &RULE,
            |s| {
                s.metadata.source_note = Some("red teapot".to_owned());
                s.set_alt("Red teapot.");
            },
            &["the text for `en` repeats the source note"],
        );
        finds(
            &RULE,
            |s| s.set_alt("Green tin, two cups, soft morning light"),
            &["the text for `en` repeats the source note"],
        );
        finds(
            &RULE,
            |s| {
                s.metadata.source_note =
                    Some("即梦：木架上的绿色茶罐和两个杯子，柔和的光线".to_owned());
                s.set_alt("木架上的绿色茶罐和两个杯子");
            },
            &["the text for `en` repeats the source note"],
        );
    }

    #[test]
    fn settings_of_generators_are_found() {
        finds(
            &RULE,
            |s| s.set_alt("A tin of tea --ar 16:9"),
            &["the text for `en` has settings of a generator: `--ar 1`"],
        );
        let texts = [
            "tin of tea, <lora:tea:0.8>",
            "a (green:1.2) tin of tea",
            "Negative prompt: hands",
            "tin of tea, masterpiece, best quality",
            "/imagine a tin of tea",
            "tea tin, 8k uhd, sharp focus",
            "tea tin, octane render, unreal engine 5",
            "((tea tin)), best quality",
            "A tin of tea --aspect 3:2",
            "A tin of tea —ar 16:9",
            "Prompt: a tin of tea",
            "Create an image of a tin of tea",
            "Generate a photorealistic image of a tin of tea",
            "Erstelle ein Bild von einer Teedose",
            "Crée une image d’une boîte de thé",
            "Genera un'immagine di una scatola di tè",
            "生成一张绿色茶叶罐的图片",
            "お茶の缶の画像を生成してください",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
    }

    #[test]
    fn sharing_words_with_the_note_is_no_copy() {
        let texts = [
            "Green tin",
            "A tin -- and two cups",
            "A 4K television (65 inch) at 9:30",
            "A clock at 1:05",
            "Samsung 65-inch 4K UHD TV",
            "Camera with 8K resolution video",
            "Model car (scale 1:1.5)",
            "Smart TV, 55 inch, 4K HDR, Ultra HD",
            "Camera lens, 85mm, f/1.4, soft bokeh",
            "Create an account",
            "Actor with hyper-realistic, hand-painted mask",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
        passes(&RULE, |s| s.metadata.source_note = None);
    }
}
