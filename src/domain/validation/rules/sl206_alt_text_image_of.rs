use crate::domain::validation::reading::AltText;
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
/// languages and Finnish, Czech and Hungarian, Russian and Ukrainian, Greek, Hebrew, Arabic, Thai,
/// Vietnamese and Indonesian, Chinese and Japanese and Korean; then those that say it at the end.
static OPENING: Pattern = Pattern::new(concat!(
    r"(?i)^(?:(?:",
    r"(?:(?:an?|the|this|here\s+is\s+an?|this\s+is\s+an?)\s+)?(?:(?:stock|colou?r|black[- ]and[- ]white|close-?up|high[- ]quality|photorealistic|beautiful|product)\s+){0,2}",
    r"(?:image|picture|photo(?:graph)?|pic|graphic)s?\s+(?:of|shows?|showing|depicts?|depicting|features?|featuring|that\s+shows)",
    r"|(?:an?|this)\s+(?:image|picture|photo)\s+with|in\s+(?:this|the)\s+(?:image|picture|photo)(?:,|\s+(?:there|we|you|is|an?))",
    r"|(?:photo|foto)\s*:\s*(?:an?|the|ein|eine|une?|una?|un|een|uma?)\s",
    r"|(?:(?:ein|eine|das|die|dieses|diese)\s+)?(?:bild|foto|fotografie|grafik|abbildung|produktbild|produktfoto)\s+(?:von|vom|mit|zeigt|des|der|einer|eines)",
    r"|auf\s+(?:dem|diesem)\s+(?:bild|foto)",
    r"|(?:(?:une?|l['’]|la|cette)\s*)?(?:image|photo|photographie)\s+(?:de|du|des|d['’]|montrant|montre|qui\s+montre|représentant|représente|illustrant)",
    r"|sur\s+(?:cette|l['’]|la)\s*(?:image|photo)",
    r"|(?:(?:una?|la|esta)\s+)?(?:imagen|foto|fotografía)\s+(?:de|del|que\s+muestra|muestra|mostrando)|en\s+(?:la|esta)\s+(?:imagen|foto)",
    r"|(?:(?:una?|un['’]|l['’]|la|questa)\s*)?(?:immagine|foto|fotografia)\s+(?:di|del|della|dello|dei|delle|degli|dell['’]|che\s+mostra|mostra|raffigurante)",
    r"|(?:(?:een|de|het|deze)\s+)?(?:afbeelding|foto|plaatje)\s+(?:van|met|toont)|op\s+(?:de|deze)\s+(?:afbeelding|foto)",
    r"|(?:(?:uma?|a|esta)\s+)?(?:imagem|foto|fotografia)\s+(?:de|do|da|dos|das|que\s+mostra|mostra|mostrando)",
    r"|(?:to\s+)?(?:zdjęcie|fotografia|obrazek|obraz|grafika)\s+(?:przedstawiając[^\s[:punct:]–—«»„“”]*|przedstawia|pokazując[^\s[:punct:]–—«»„“”]*|pokazuje|ukazując[^\s[:punct:]–—«»„“”]*|z|ze)",
    r"|na\s+(?:zdjęciu|obrazku)",
    r"|(?:(?:en|et|ett)\s+)?(?:bild|billede|bilde|foto)\s+(?:på|av|af)|(?:bilden|billedet|bildet)\s+(?:visar|viser)",
    r"|(?:kuva|valokuva)\s+[^\s[:punct:]–—«»„“”]+st[aä]|kuvassa\s+(?:on|näkyy)",
    r"|(?:obrázek|fotka)\s+[^\s[:punct:]–—«»„“”]+|fotografie\s+(?:psa|na)|kép\s+egy",
    r"|(?:изображение|картинка|фотография|фото|зображення|світлина)\s+[^\s[:punct:]–—«»„“”]+|на\s+(?:фото|фотографии|картинке|изображении|зображенні)",
    r"|(?:εικόνα|φωτογραφία)\s+(?:μιας|ενός|του|της|των|από|με|που)|(?:תמונה|תמונת|צילום)\s+של|صورة\s+[^\s[:punct:]–—«»„“”]+",
    r"|hình\s+ảnh\s+[^\s[:punct:]–—«»„“”]+|gambar\s+[^\s[:punct:]–—«»„“”]+",
    r")(?:\s|$|(?-u:\b))",
    r"|(?:image|picture|bild|afbeelding|imagen|imagem|immagine|画像|写真|图片|照片|이미지|사진)\s*[:：]",
    r"|zdjęcie\s+[^\s[:punct:]–—«»„“”]*[aiuy](?:\s|$)|รูปภาพ|ภาพของ|รูปของ|ภาพถ่ายของ|(?:这张|此)?(?:图片|照片)(?:显示|展示|中|上))",
));
static CLOSING: Pattern = Pattern::new(
    r"(?i)(?:の画像|の写真|のイメージ|を写した写真|的图片|的照片|的图像|的圖片|的相片|\s(?:사진|이미지)|의 그림|\s(?:की|का|के)\s(?:तस्वीर|चित्र|फोटो|छवि)|\s(?:resmi|fotoğrafı|görseli))(?:です|입니다)?[。.।]?$",
);
/// What begins like it and is a name: an award, a magazine, a book.
static NAMED: Pattern = Pattern::new(
    r"(?i)^(?:(?:photo|picture|image)s?\s+of\s+(?:the\s+(?:year|month|week|day)|dorian)|(?:foto|bild)\s+(?:des\s+(?:jahres|monats|tages)|der\s+(?:woche|frau))|(?:foto|photo|imagen|image|immagine)\s+(?:del?|du|d[ie]|de\s+la|della?)\s+(?:año|mes|día|semana|settimana|giorno|mese|mois|jour|semaine|marque)|фото\s+(?:дня|года|недели|месяца)|zdjęcie\s+(?:roku|dnia))(?:[\s[:punct:]–—]|$)",
);

fn check(subject: &Subject<'_>) -> Vec<String> {
    let redundant =
        subject.reading.alts.iter().filter_map(|AltText { locale, text, folded, .. }| {
            let text = text.trim();
            let begun = text.trim_start_matches(|c: char| !c.is_alphanumeric());
            let opening = || OPENING.find(begun).filter(|_| !NAMED.is_match(begun));
            let closing = || may_close(text, folded).then(|| CLOSING.find(text)).flatten();
            let words = opening().or_else(closing)?.trim();
            Some(format!("the text for `{locale}` says {}", quoted(words)))
        });
    redundant.collect()
}

/// A quick look before the pattern: in ASCII there is only one word that closes.
fn may_close(text: &str, folded: &str) -> bool {
    !text.is_ascii() || folded.ends_with("resmi")
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
            "This image shows a teapot",
            "The picture shows a teapot",
            "Image: a teapot",
            "Photo: a teapot",
            "In this image, a woman drinks tea",
            "Stock photo of a teapot",
            "A color photo of a teapot",
            "Auf dem Bild ist eine Dose zu sehen",
            "L’image montre une théière",
            "La imagen muestra una tetera",
            "Questa immagine mostra una teiera",
            "Deze afbeelding toont een theepot",
            "A imagem mostra um bule",
            "Zdjęcie psa",
            "На фото чайник",
            "Зображення чайника",
            "Kuva kissasta",
            "Εικόνα μιας γάτας",
            "תמונה של קומקום",
            "صورة إبريق شاي",
            "รูปภาพกาน้ำชา",
            "찻주전자 사진",
            "चाय की तस्वीर",
            "Bir kedinin resmi",
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
            "Photo of the Year award",
            "Foto des Monats: Nebel im Allgäu",
            "Bild der Woche: ein Eisvogel",
            "Photo: Anna Li",
            "Zdjęcie ślubne na kominku",
            "Fotografie se zlatým rámem",
            "Фото дня",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
