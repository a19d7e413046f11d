//! Descriptions in JSON, told by their fields: SwarmUI, Fooocus, InvokeAI, NovelAI and their like.

use serde_json::Value;

use super::{first_of, json, nothing, shown};
use crate::domain::claims::{Generation, Generator};
use crate::media::packets::text::tidy;

const PROMPTS: &[&str] =
    &["prompt", "Prompt", "positive_prompt", "PositivePrompt", "positivePrompt"];
const NEGATIVES: &[&str] = &[
    "negative_prompt",
    "negativeprompt",
    "Negative",
    "NegativePrompt",
    "negativePrompt",
    "Negative Prompt",
    "uc",
];
const MODELS: &[&str] = &[
    "model",
    "base_model",
    "base_model_name",
    "Model",
    "ModelName",
    "model_name",
    "modelName",
    "Base Model",
    "use_stable_diffusion_model",
];
const SEEDS: &[&str] = &["seed", "Seed"];

/// Looks a text up by its keyword.
pub(super) type Keyed<'k> = dyn Fn(&str) -> Option<&'k str> + 'k;

/// A description whose fields say what they are.
pub(super) fn by_fields(text: &str) -> Option<Generation> {
    let value = json(text).filter(Value::is_object)?;
    // NovelAI's WebP files hold a description of a description.
    if let Some(inner) = value.get("Comment").and_then(Value::as_str) {
        return by_fields(inner).map(|found| Generation {
            model: shown(value.get("Source").unwrap_or(&Value::Null)),
            generator: Generator::NovelAi,
            ..found
        });
    }
    let (fields, generator) = match value.get("sui_image_params") {
        Some(fields) => (fields, Generator::SwarmUi),
        None => (&value, told_by(&value)),
    };
    let found = said(fields, generator);
    (found.prompt.is_some() || generator != Generator::Other).then_some(found)
}

fn said(fields: &Value, generator: Generator) -> Generation {
    // Draw Things names the prompt by a letter.
    let lettered = fields.get("c").filter(|_| fields.get("uc").is_some());
    Generation {
        prompt: first_of(fields, PROMPTS).or_else(|| shown(lettered?)),
        negative_prompt: first_of(fields, NEGATIVES),
        model: first_of(fields, MODELS).or_else(|| shown(fields.get("model")?.get("name")?)),
        seed: first_of(fields, SEEDS),
        generator,
    }
}

/// The generator by the fields that only it writes.
fn told_by(value: &Value) -> Generator {
    let says = |field: &str, word: &str| {
        value.get(field).and_then(Value::as_str).is_some_and(|text| text.contains(word))
    };
    let has = |field: &str| value.get(field).is_some();
    if says("software", "Fooocus")
        || says("version", "Fooocus")
        || says("metadata_scheme", "fooocus")
        || has("Fooocus V2 Expansion")
        || (has("base_model") && has("base_model_hash"))
        || (has("Base Model") && says("Version", "v2."))
    {
        Generator::Fooocus
    } else if has("uc") && has("n_samples") {
        Generator::NovelAi
    } else if says("app_id", "InvokeAI") || has("positive_prompt") {
        Generator::InvokeAi
    } else {
        Generator::Other
    }
}

/// Fooocus names its form beside it, or itself as the software; in its own form the parameters are
/// JSON.
pub(super) fn fooocus(keyed: &Keyed<'_>) -> Option<Generation> {
    let software = keyed("Software").filter(|name| name.starts_with("Fooocus"));
    keyed("fooocus_scheme").or(software)?;
    let text = keyed("parameters").or(keyed("UserComment"))?;
    match json(text).filter(Value::is_object) {
        Some(fields) => Some(said(&fields, Generator::Fooocus)),
        None => super::parameters::read(text)
            .map(|found| Generation { generator: Generator::Fooocus, ..found }),
    }
}

/// Easy Diffusion gives every setting a keyword of its own.
pub(super) fn easy_diffusion(keyed: &Keyed<'_>) -> Option<Generation> {
    let model = keyed("use_stable_diffusion_model").or(keyed("Stable Diffusion model"))?;
    let negative = keyed("negative_prompt").or(keyed("Negative Prompt"));
    Some(Generation {
        prompt: Some(tidy(keyed("prompt")?)?),
        negative_prompt: negative.and_then(tidy),
        model: tidy(model),
        seed: keyed("seed").and_then(tidy),
        ..nothing(Generator::Other)
    })
}

/// Midjourney describes a picture by what was asked for and the number of the job.
pub(super) fn midjourney(description: &str) -> Option<Generation> {
    let (prompt, job) = description.rsplit_once(" Job ID: ")?;
    let is_number = |c: char| c.is_ascii_hexdigit() || c == '-';
    (job.trim().len() == 36 && job.trim().chars().all(is_number))
        .then(|| Generation { prompt: tidy(prompt), ..nothing(Generator::Other) })
}

/// `invokeai_metadata` since version 3, `sd-metadata` before, `Dream` before that.
pub(super) fn invokeai(keyed: &Keyed<'_>) -> Option<Generation> {
    let described = |text: &str| {
        let value = json(text)?;
        let image = value.get("image").unwrap_or(&value);
        let prompt = match image.get("prompt") {
            Some(Value::Array(parts)) => shown(parts.first()?.get("prompt")?),
            _ => first_of(image, PROMPTS),
        };
        let (prompt, unwanted) = match (image.get("positive_prompt"), prompt) {
            (None, Some(prompt)) => without_brackets(&prompt),
            (_, prompt) => (prompt, None),
        };
        Some(Generation {
            prompt,
            negative_prompt: first_of(image, NEGATIVES).or(unwanted),
            model: first_of(&value, &["model_weights", "model_name"])
                .or_else(|| first_of(value.get("model")?, &["name", "model_name"])),
            seed: first_of(image, SEEDS),
            ..nothing(Generator::InvokeAi)
        })
    };
    let newest = keyed("invokeai_metadata").and_then(described);
    let older = || keyed("sd-metadata").and_then(described);
    newest.or_else(older).or_else(|| dream(keyed("Dream")?))
}

/// A command line: the prompt, mostly in quotes, with `[negative]` parts, then options.
fn dream(text: &str) -> Option<Generation> {
    let quoted = text.strip_prefix('"').and_then(|text| text.rsplit_once('"'));
    let (prompt, options) = quoted.or_else(|| text.split_at_checked(text.find(" -")?))?;
    let (prompt, negative_prompt) = without_brackets(prompt);
    let mut words = options.split_whitespace();
    let seed = words.find_map(|word| word.strip_prefix("-S").map(str::to_owned));
    let seed =
        seed.and_then(
            |rest| if rest.is_empty() { words.next().map(str::to_owned) } else { Some(rest) },
        );
    Some(Generation { prompt, negative_prompt, seed, ..nothing(Generator::InvokeAi) })
}

/// What is wanted, and what stands in brackets because it is not.
fn without_brackets(prompt: &str) -> (Option<String>, Option<String>) {
    let (mut positive, mut negative, mut depth) = (String::new(), String::new(), 0_u32);
    for character in prompt.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => negative.push(character),
            _ => positive.push(character),
        }
    }
    (tidy(&positive), tidy(&negative))
}

/// NovelAI's PNG files: the prompt as description, the rest in a comment.
pub(super) fn novelai(keyed: &Keyed<'_>) -> Option<Generation> {
    if !keyed("Software")?.starts_with("NovelAI") {
        return None;
    }
    let comment = keyed("Comment").and_then(json).unwrap_or(Value::Null);
    let prompt = first_of(&comment, PROMPTS).or_else(|| tidy(keyed("Description")?));
    Some(Generation {
        prompt,
        negative_prompt: first_of(&comment, NEGATIVES),
        model: keyed("Source").and_then(tidy),
        seed: first_of(&comment, SEEDS),
        ..nothing(Generator::NovelAi)
    })
}
