//! ComfyUI and its savers: a graph of nodes. What was asked for is the text that flows into the
//! sampler as what is wanted.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::forms::Keyed;
use super::{json, nothing, shown};
use crate::domain::claims::{Generation, Generator};

/// The most links that are followed from a sampler.
const LINKS: u32 = 64;
/// Inputs that hold a text, in the order in which they are preferred.
const TEXTS: &[&str] = &[
    "text",
    "populated_text",
    "text_g",
    "text_l",
    "t5xxl",
    "clip_l",
    "prompt",
    "positive",
    "positive_prompt",
    "string",
    "value",
    "wildcard_text",
    "text_a",
    "text_b",
    "string_a",
    "string_b",
];
/// Inputs that what is wanted flows through on its way.
const FLOWS: &[&str] = &[
    "conditioning",
    "conditioning_1",
    "conditioning_2",
    "conditioning_to",
    "conditioning_from",
    "positive",
    "cond",
    "guider",
    "pipe",
    "basic_pipe",
];
const MODELS: &[&str] = &["ckpt_name", "unet_name", "model_name", "base_ckpt_name", "gguf_name"];

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
    let nodes = value.as_object()?;
    let nodes = nodes.get("prompt").and_then(Value::as_object).unwrap_or(nodes);
    if !nodes.values().any(|node| node.get("class_type").is_some()) {
        return None;
    }
    let samplers: Vec<_> = nodes
        .values()
        .filter_map(|node| node.get("inputs"))
        .filter(|inputs| inputs.get("positive").is_some_and(Value::is_array))
        .collect();
    let text_of =
        |input: &str| samplers.iter().find_map(|sampler| follow(nodes, sampler.get(input)?));
    let prompt = text_of("positive").or_else(|| guided(nodes)).or_else(|| only_text(nodes));
    let seed = |inputs: &Value| super::first_of(inputs, &["seed", "noise_seed"]);
    let seeds =
        samplers.iter().copied().chain(nodes.values().filter_map(|node| node.get("inputs")));
    Some(Generation {
        prompt,
        negative_prompt: text_of("negative"),
        model: nodes.values().find_map(|node| super::first_of(node.get("inputs")?, MODELS)),
        seed: seeds.into_iter().find_map(seed),
        ..nothing(Generator::ComfyUi)
    })
}

/// What flows into a guider, for samplers that take one.
fn guided(nodes: &Map<String, Value>) -> Option<String> {
    let inputs = nodes.values().filter_map(|node| node.get("inputs"));
    let mut flows = inputs.filter_map(|inputs| inputs.get("conditioning").filter(|v| v.is_array()));
    flows.find_map(|flow| follow(nodes, flow))
}

/// The text of the first node that encodes one.
fn only_text(nodes: &Map<String, Value>) -> Option<String> {
    let encoders = nodes.values().filter(|node| {
        let class = node.get("class_type").and_then(Value::as_str);
        class.is_some_and(|class| class.contains("Encode") || class.contains("Prompt"))
    });
    encoders.filter_map(|node| node.get("inputs")).find_map(|inputs| {
        TEXTS.iter().find_map(|name| inputs.get(name)?.as_str().and_then(super::text::tidy))
    })
}

/// The text that a link `[node, output]` leads to.
fn follow(nodes: &Map<String, Value>, link: &Value) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![link];
    for _ in 0..LINKS {
        let link = next.pop()?;
        let Some(number) = link.get(0).and_then(shown) else { continue };
        let Some(inputs) = nodes.get(&number).and_then(|node| node.get("inputs")) else { continue };
        if !seen.insert(number) {
            continue;
        }
        let mut links = Vec::new();
        for name in TEXTS.iter().chain(FLOWS) {
            match inputs.get(name) {
                Some(Value::String(text)) if TEXTS.contains(name) && !text.trim().is_empty() => {
                    return super::text::tidy(text);
                }
                Some(link @ Value::Array(_)) => links.push(link),
                _ => {}
            }
        }
        next.extend(links.into_iter().rev());
    }
    None
}

/// A graph as it was drawn: nodes with the values of their widgets, and a list of links
/// `[link, from node, output, to node, input, type]`.
fn drawn(text: &str) -> Option<Generation> {
    let Some(value) = json(text) else {
        let is_graph = text.trim_start().starts_with('{') && text.contains("\"nodes\"");
        return is_graph.then(|| nothing(Generator::ComfyUi));
    };
    let nodes = value.get("nodes")?.as_array()?;
    let drawing = Drawing { nodes, links: value.get("links").and_then(Value::as_array) };
    Some(Generation {
        prompt: drawing.text_into("positive").or_else(|| drawing.first_text()),
        negative_prompt: drawing.text_into("negative"),
        ..nothing(Generator::ComfyUi)
    })
}

struct Drawing<'v> {
    nodes: &'v [Value],
    links: Option<&'v Vec<Value>>,
}

impl Drawing<'_> {
    /// The text that flows into an input of this name.
    fn text_into(&self, input: &str) -> Option<String> {
        let mut links = self.nodes.iter().filter_map(|node| link_into(node, &[input]));
        links.find_map(|link| {
            let mut link = link.clone();
            for _ in 0..LINKS {
                let node = self.node_before(&link)?;
                if let Some(text) = written(node) {
                    return Some(text);
                }
                link = link_into(node, FLOWS)?.clone();
            }
            None
        })
    }

    fn node_before(&self, link: &Value) -> Option<&Value> {
        let link = self.links?.iter().find(|known| known.get(0) == Some(link))?;
        let from = link.get(1)?;
        self.nodes.iter().find(|node| node.get("id") == Some(from))
    }

    fn first_text(&self) -> Option<String> {
        self.nodes.iter().find_map(written)
    }
}

/// The number of the link into the first input of one of these names.
fn link_into<'v>(node: &'v Value, names: &[&str]) -> Option<&'v Value> {
    let inputs = node.get("inputs")?.as_array()?;
    let mut wanted = inputs.iter().filter(|input| {
        let name = input.get("name").and_then(Value::as_str);
        name.is_some_and(|name| names.contains(&name))
    });
    wanted.find_map(|input| input.get("link").filter(|link| link.is_number()))
}

/// The text that a node encodes.
fn written(node: &Value) -> Option<String> {
    let kind = node.get("type").and_then(Value::as_str)?;
    let text = node.get("widgets_values")?.get(0)?;
    kind.contains("TextEncode").then(|| shown(text)).flatten()
}
