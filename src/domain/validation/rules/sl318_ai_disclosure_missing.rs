use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL318",
    name: "ai-disclosure-missing",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "the picture was generated, and the file does not disclose it",
    why: "Platforms and laws ask that generated pictures say so in a form that machines read. A prompt in a note, or left in the file, is no disclosure.",
    fix: "Write the IPTC Digital Source Type `trainedAlgorithmicMedia` into the file, or keep the content credentials of the tool.",
    source: "IPTC Digital Source Type; C2PA digitalSourceType; Regulation (EU) 2024/1689, Article 50(2)",
    needs: &[Known::Claims],
    check,
};

/// How a source note says that a model made the picture. A tool of many uses is not enough.
static GENERATED: Pattern = Pattern::new(concat!(
    r"(?i)(?-u:\b)(?:midjourney|dall[·.\- ]?e ?[23]?(?-u:\b)|stable[ -]?diffusion|sdxl(?-u:\b)|adobe firefly|firefly(?:,? seed| image|:)",
    r"|imagen [234]|image ?fx(?-u:\b)|google whisk|ideogram(?:\.ai| ai|:| v?\d)|bing image creator|leonardo[. ]?ai(?-u:\b)|comfyui|invokeai",
    r"|fooocus|novelai|gpt-image|nano banana|seedream|recraft(?:\.ai|(?-u:\b))|krea(?:\.ai| ai(?-u:\b)|:)|freepik ai|magic media",
    r"|flux(?:\.1| ?1)? (?:dev|pro|schnell|kontext)(?-u:\b)|flux\.1)",
    r"|(?-u:\b)(?:ai|ki)[- ](?:generated|generiert\w*|erstellt\w*|created)|(?-u:\b)(?:mit|von|durch) (?:einer )?ki (?:erstellt|generiert|erzeugt)",
    r"|(?:generated|created) (?:by|with|using) (?:an? )?(?:ai(?-u:\b)|artificial intelligence|model|chatgpt|gemini|grok|copilot)",
    r"|(?:généré|créé)e?s? (?:par|avec) (?:l['’]|une )?ia(?-u:\b)|(?:generad|generat|gerad|cread)[ao]s? (?:por|con|da|com) (?:la |una |l['’])?ia(?-u:\b)",
    r"|^(?:firefly(?: image)? \d|(?:chatgpt|gemini|grok|krea|flux|ideogram)\s*:)|^prompt:|(?:chatgpt|gemini|grok|copilot|gpt-4o)[^.;]{0,30}prompt\s*:",
));
/// What stands before such words where they deny it, or speak about the tool.
static DENIED: Pattern = Pattern::new(
    r"(?i)(?-u:\b)(?:(?:not?|non|never|nicht|keine?|kein|ohne|without|pas|sin|senza|sem|nie)(?: (?:an?|any|mit|von))?|(?:screenshot|logo|photo|picture|website) of (?:the |a )?)[ -]?$",
);

/// Where the note says that a model made the picture, and does not deny it.
fn generated(note: &str) -> Option<&str> {
    let words = GENERATED.find(note)?;
    let before = note.split(words).next().unwrap_or_default();
    (!DENIED.is_match(before)).then_some(words)
}

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(claims) = subject.claims.filter(|_| subject.is_picture()) else { return Vec::new() };
    let noted = || subject.metadata.source_note.as_deref().and_then(generated);
    let shown = if claims.generation.is_some() {
        "the file holds the settings of a generator".to_owned()
    } else if let Some(words) = noted() {
        format!("the source note says {}", quoted(words))
    } else {
        return Vec::new();
    };
    let message = || format!("{shown}, and the file does not disclose it");
    (!claims.discloses_generation()).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Credentials, Generation, Generator};
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    fn noted(sample: &mut Sample, note: &str) {
        sample.metadata.source_note = Some(note.to_owned());
        sample.claims = Some(Claims::default());
    }

    fn generated(sample: &mut Sample) -> &mut Claims {
        let generation = Generation {
            generator: Generator::A1111,
            prompt: Some("a tin of tea".to_owned()),
            negative_prompt: None,
            model: None,
            seed: None,
        };
        noted(sample, "from the studio");
        let claims = sample.claims.get_or_insert_default();
        claims.generation = Some(generation);
        claims
    }

    #[test]
    fn a_generated_picture_that_keeps_silent_is_found() {
        finds(
            &RULE,
            |s| {
                generated(s);
            },
            &["the file holds the settings of a generator, and the file does not disclose it"],
        );
        finds(
            &RULE,
            |s| noted(s, "green tin; Midjourney v7"),
            &["the source note says `Midjourney`, and the file does not disclose it"],
        );
        let notes = [
            "Adobe Firefly, seed 4815",
            "AI-generated",
            "DALL-E 3",
            "DALLE3",
            "prompt: a tin of tea",
            "Firefly: a tin of tea",
            "Bing Image Creator",
            "Stable-Diffusion XL",
            "Leonardo AI",
            "ImageFX",
            "Krea: tin",
            "Flux.1 dev",
            "KI erstellt",
            "mit KI erstellt",
            "généré par IA",
            "ChatGPT, prompt: a tin of tea",
        ];
        finds_each(&RULE, &notes, noted);
    }

    #[test]
    fn a_disclosure_of_either_kind_and_a_photograph_pass() {
        let source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
        passes(&RULE, |s| generated(s).source_type = Some(source_type.to_owned()));
        passes(&RULE, |s| {
            let source_types = vec![source_type.to_owned()];
            generated(s).credentials = Some(Credentials { source_types, ..Credentials::default() });
        });
        let notes = [
            "Photograph by the studio",
            "A firefly at night, photo: Li",
            "a model in a coat",
            "Own photo, not AI-generated",
            "No AI generated content. Photo: Li",
            "recrafted oak table",
            "scan of a Chinese ideogram",
            "Screenshot of the Midjourney website",
            "Photo of the Firefly 3 lamp",
        ];
        passes_each(&RULE, &notes, noted);
    }

    #[test]
    fn nobody_looked_into_the_file_and_nothing_is_said() {
        passes(&RULE, |s| {
            noted(s, "Midjourney v7");
            s.claims = None;
        });
    }
}
