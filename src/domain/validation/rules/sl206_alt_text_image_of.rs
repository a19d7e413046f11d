use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL206",
    name: "alt-text-image-of",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text begins with `image of`",
    why: "The reader has already said that it is an image. The words only delay what it shows.",
    fix: "Begin with what the picture shows. The kind of picture belongs there only if it matters, as with a painting or a chart.",
    source: "WAI Images Tutorial, tips and tricks (WCAG 1.1.1)",
    needs: &[Known::AltText],
    check,
};

/// By language: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, the Nordic
/// languages, Czech, Russian; then Chinese and Japanese, which say it at the end.
static OPENING: Pattern = Pattern::new(concat!(
    r"(?i)^\W*(?:",
    r"(?:(?:an?|the|this)\s+)?(?:(?:is\s+)?an?\s+)?(?:image|picture|photo(?:graph)?|pic|graphic)s?\s+(?:of|showing|depicting|that\s+shows)",
    r"|(?:(?:ein|eine|das|die|dieses)\s+)?(?:bild|foto|fotografie|grafik|abbildung)\s+(?:von|vom|mit|zeigt|des|der|einer|eines)",
    r"|(?:(?:une?|l['’]|la|cette)\s*)?(?:image|photo|photographie)\s+(?:de|du|des|d['’]|montrant|qui\s+montre|représentant)",
    r"|(?:(?:una?|la|esta)\s+)?(?:imagen|foto|fotografía)\s+(?:de|del|que\s+muestra|mostrando)",
    r"|(?:(?:una?|un['’]|l['’]|la)\s*)?(?:immagine|foto|fotografia)\s+(?:di|del|della|dello|dei|delle|degli|che\s+mostra|raffigurante)",
    r"|(?:(?:een|de|het)\s+)?(?:afbeelding|foto|plaatje)\s+(?:van|met)",
    r"|(?:(?:uma?|a)\s+)?(?:imagem|foto|fotografia)\s+(?:de|do|da|dos|das|que\s+mostra|mostrando)",
    r"|(?:to\s+)?(?:zdjęcie|fotografia|obrazek|obraz|grafika)\s+(?:przedstawiając\w*|przedstawia|pokazując\w*|pokazuje|ukazując\w*|z|ze)",
    r"|(?:(?:en|et|ett)\s+)?(?:bild|billede|bilde|foto)\s+(?:på|av|af)",
    r"|(?:obrázek|fotka|fotografie)\s+(?:s|se|na)",
    r"|(?:изображение|картинка|фотография|фото)\s+\w+",
    r")(?:\s|$|(?-u:\b))",
    r"|(?:の画像|の写真|のイメージ|的图片|的照片|的图像|的圖片|的相片)[。.]?$",
));

fn check(subject: &Subject<'_>) -> Vec<String> {
    let redundant = subject.alts().filter_map(|(locale, text)| {
        let words = OPENING.find(text.trim())?.trim();
        Some(format!("the text for `{locale}` says {}", quoted(words)))
    });
    redundant.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn the_announcement_is_found_in_many_languages() {
        finds(
            &RULE,
            |s| s.set_alt("Image of a tin of tea"),
            &["the text for `en` says `Image of`"],
        );
        let texts = [
            "A photo of a teapot",
            "This is a picture of tea",
            "Picture showing a teapot",
            "Bild von einer Teedose",
            "Das Foto zeigt eine Dose",
            "Foto einer Teedose",
            "Une photo d’une théière",
            "Image de thé",
            "Imagen de una tetera",
            "La foto del té",
            "Un'immagine di una teiera",
            "Foto della teiera",
            "Afbeelding van een theepot",
            "Uma foto de um bule",
            "Imagem do bule",
            "Zdjęcie przedstawiające czajnik",
            "Obrazek z czajnikiem",
            "Bild på en tekanna",
            "Фото чайника",
            "お茶の写真",
            "茶壶的图片",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
    }

    #[test]
    fn other_beginnings_are_descriptions() {
        let texts = [
            "A teapot",
            "Photo finish at the derby",
            "Picture frames on a wall",
            "Image editor window",
            "Bilderbuch auf einem Tisch",
            "Fotograf mit Kamera",
            "Photographe au travail",
            "Photomontage of a teapot",
            "Painting of a teapot",
            "Chart of tea sales by month",
            "写真家が茶を撮る",
            "Obraz olejny",
            "Woman taking a photo of tea",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
