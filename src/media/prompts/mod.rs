//! What generators write about how they made a picture, wherever they put it.
//!
//! Every form is told by what it looks like, not by who is said to have written it: a text that only
//! happens to stand in a comment is no prompt.

mod comfyui;
mod drawn;
mod flow;
mod forms;
mod parameters;

use serde_json::Value;

use super::found::Keyed;
use super::packets::text;
use crate::domain::claims::{Generation, Generator};

/// Longer descriptions are told by their form alone.
const LONGEST_JSON: usize = 1024 * 1024;

/// Tells how the picture was generated from texts under their keywords: PNG's own, and those of EXIF
/// and XMP as `UserComment`, `Make`, `Model` and `ImageDescription`.
pub(super) fn generation(texts: &[Keyed]) -> Option<Generation> {
    let keyed = |key: &str| {
        texts.iter().find(|text| text.key.eq_ignore_ascii_case(key)).map(|text| text.text.as_str())
    };
    let forms: [&dyn Fn() -> Option<Generation>; 13] = [
        &|| forms::fooocus(&keyed),
        &|| keyed("parameters").and_then(described),
        &|| keyed("UserComment").and_then(commented),
        &|| keyed("Model").filter(|text| text.contains("sui_image_params")).and_then(commented),
        &|| forms::invokeai(&keyed),
        &|| forms::novelai(&keyed),
        &|| keyed("parameters-json").or(keyed("generation_data")).and_then(forms::by_fields),
        &|| comfyui::saved(&keyed),
        &|| forms::easy_diffusion(&keyed),
        &|| texts.iter().find_map(|text| comfyui::prefixed(&text.text, "prompt")),
        &|| texts.iter().find_map(|text| comfyui::prefixed(&text.text, "workflow")),
        &|| keyed("comment").and_then(|text| forms::by_fields(text).or(parameters::read(text))),
        &|| keyed("Description").and_then(forms::midjourney),
    ];
    forms.iter().find_map(|form| form())
}

/// A text under `parameters`, where nothing but a prompt is put.
fn described(text: &str) -> Option<Generation> {
    if text.trim_start().starts_with('{') {
        return forms::by_fields(text);
    }
    parameters::read(text).or_else(|| {
        Some(Generation { prompt: Some(text::tidy(text)?), ..nothing(Generator::A1111) })
    })
}

/// A comment, where anything may stand.
fn commented(text: &str) -> Option<Generation> {
    if text.trim_start().starts_with('{') {
        return comfyui::commented(text).or_else(|| forms::by_fields(text));
    }
    parameters::read(text)
}

fn nothing(generator: Generator) -> Generation {
    Generation { generator, prompt: None, negative_prompt: None, model: None, seed: None }
}

/// The value, if the text is JSON of a length that is read, with the keys of its objects in order:
/// which node comes first must not depend on what else is built in. Python writes numbers that JSON
/// does not have.
fn json(text: &str) -> Option<Value> {
    if text.len() > LONGEST_JSON {
        return None;
    }
    let read = |text: &str| serde_json::from_str(text).ok();
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let mut value: Value =
        read(text).or_else(|| read(&text.replace("NaN", "null").replace("Infinity", "null")))?;
    value.sort_all_objects();
    Some(value)
}

/// A text, or a number in its own digits.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text::tidy(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The first of the fields that says anything.
fn first_of(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| shown(value.get(name)?))
}

#[cfg(test)]
mod tests;
