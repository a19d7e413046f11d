//! ComfyUI and its savers: a graph of nodes. What was asked for is the text that flows into the
//! sampler as what is wanted.

use serde_json::{Map, Value};

use super::drawn::drawn;
use super::flow::{Role, Walk};
use super::forms::Keyed;
use super::{first_of, json, nothing, shown};
use crate::domain::claims::{Generation, Generator};

/// Inputs that name a model, those of checkpoints before those that other models have too.
const MODELS: &[&str] = &["ckpt_name", "unet_name", "base_ckpt_name", "gguf_name", "model_name"];
/// Words in classes whose model is not the one that makes the picture.
const OTHER_MODELS: &[&str] = &["Upscale", "SAM", "Detector", "Control"];
/// Inputs that hold a seed, or lead to one.
const SEEDS: &[&str] = &["seed", "noise_seed", "noise", "value", "int"];
/// The most links that are followed to a seed.
const SEED_LINKS: u32 = 8;

type Nodes = Map<String, Value>;

/// `prompt` holds the graph as it ran, `workflow` as it was drawn.
pub(super) fn saved(keyed: &Keyed<'_>) -> Option<Generation> {
    let ran = keyed("prompt").and_then(graph);
    ran.or_else(|| keyed("workflow").and_then(drawn))
}

/// Savers of JPEG and WebP put the graphs into EXIF texts behind a name: `Prompt: {…}`.
pub(super) fn prefixed(text: &str, wanted: &str) -> Option<Generation> {
    let (name, rest) = text.split_once(':')?;
    let read = if wanted == "prompt" { graph } else { drawn };
    name.eq_ignore_ascii_case(wanted).then(|| read(rest)).flatten()
}

/// A comment that is a graph, or holds both as `prompt` and `workflow`.
pub(super) fn commented(text: &str) -> Option<Generation> {
    let has = |word: &str| text.contains(word);
    let ran = has("class_type").then(|| graph(text)).flatten();
    ran.or_else(|| has("nodes").then(|| drawn(text)).flatten())
}

/// A graph as it ran: nodes by number, each with its class and inputs.
pub(super) fn graph(text: &str) -> Option<Generation> {
    let text = text.trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let Some(value) = json(text) else {
        // Too long or cut off: that it is a graph can be told all the same.
        return text.contains("\"class_type\"").then(|| nothing(Generator::ComfyUi));
    };
    let inner = match value.get("prompt") {
        Some(Value::String(text)) => json(text),
        Some(Value::Object(nodes)) => Some(Value::Object(nodes.clone())),
        _ => None,
    };
    let value = inner.unwrap_or(value);
    let nodes = value.as_object()?;
    nodes.values().any(|node| node.get("class_type").is_some()).then(|| ran(nodes))
}

fn ran(nodes: &Nodes) -> Generation {
    let mut unwanted = Walk::new(nodes, Role::Unwanted);
    let negative_prompt = unwanted.text();
    let prompt = Walk::new(nodes, Role::Wanted).text();
    Generation {
        prompt: prompt.or_else(|| only_text(nodes, &unwanted)),
        negative_prompt,
        model: model(nodes),
        seed: seed(nodes),
        ..nothing(Generator::ComfyUi)
    }
}

pub(super) fn class(node: &Value) -> &str {
    node.get("class_type").and_then(Value::as_str).unwrap_or_default()
}

/// The text of the first node that encodes one or asks for a picture by one; not of one that leads
/// to what is unwanted.
fn only_text(nodes: &Nodes, unwanted: &Walk<'_>) -> Option<String> {
    let says = |(_, node): &(&String, &Value)| {
        let inputs = node.get("inputs");
        let asks = || inputs.and_then(|inputs| inputs.get("prompt")).is_some_and(Value::is_string);
        class(node).contains("Encode") || class(node).contains("Prompt") || asks()
    };
    let ours = nodes.iter().filter(|(number, _)| !unwanted.has_seen(number)).filter(says);
    ours.filter_map(|(_, node)| node.get("inputs"))
        .find_map(|inputs| Role::Wanted.texts().find_map(|name| inputs.get(name)?.as_str()))
        .and_then(super::text::tidy)
}

fn model(nodes: &Nodes) -> Option<String> {
    let ours = |node: &&Value| !OTHER_MODELS.iter().any(|other| class(node).contains(other));
    MODELS.iter().find_map(|name| {
        nodes.values().filter(ours).find_map(|node| first_of(node.get("inputs")?, &[*name]))
    })
}

/// That of a sampler, wherever it comes from, before that of any other node.
fn seed(nodes: &Nodes) -> Option<String> {
    let of = |node: &Value| {
        let inputs = node.get("inputs")?;
        ["seed", "noise_seed", "noise"].iter().find_map(|name| drawn_from(nodes, inputs.get(name)?))
    };
    let samplers = nodes.values().filter(|node| class(node).contains("ampler"));
    samplers.chain(nodes.values()).find_map(of)
}

/// A number, or that to which a link leads.
fn drawn_from(nodes: &Nodes, value: &Value) -> Option<String> {
    let mut value = value;
    for _ in 0..SEED_LINKS {
        if !value.is_array() {
            return shown(value);
        }
        let inputs = nodes.get(&shown(value.get(0)?)?)?.get("inputs")?;
        value = SEEDS.iter().find_map(|name| inputs.get(name))?;
    }
    None
}
