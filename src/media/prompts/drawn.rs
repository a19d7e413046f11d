//! A graph of ComfyUI as it was drawn: nodes with the values of their widgets, and a list of links
//! `[link, from node, output, to node, input, type]`.

use serde_json::Value;

use super::flow::{FLOWS, NOTHING, Role};
use super::{json, nothing, shown};
use crate::domain::claims::{Generation, Generator};

/// The most links that are followed from a sampler.
const LINKS: u32 = 64;

pub(super) fn drawn(text: &str) -> Option<Generation> {
    let Some(value) = json(text) else {
        let is_graph = text.trim_start().starts_with('{') && text.contains("\"nodes\"");
        return is_graph.then(|| nothing(Generator::ComfyUi));
    };
    let inner = match value.get("workflow") {
        Some(Value::String(text)) => json(text),
        Some(drawing) => Some(drawing.clone()),
        None => None,
    };
    let value = inner.unwrap_or(value);
    let nodes = value.get("nodes")?.as_array()?;
    let drawing = Drawing { nodes, links: value.get("links").and_then(Value::as_array) };
    let negative_prompt = drawing.text_into(Role::Unwanted);
    let wanted = drawing.text_into(Role::Wanted);
    Some(Generation {
        prompt: wanted
            .or_else(|| drawing.first_text().filter(|t| Some(t) != negative_prompt.as_ref())),
        negative_prompt,
        model: drawing.widget(&["CheckpointLoaderSimple", "UNETLoader"]),
        seed: drawing.widget(&["KSampler", "RandomNoise"]),
        ..nothing(Generator::ComfyUi)
    })
}

struct Drawing<'v> {
    nodes: &'v [Value],
    links: Option<&'v Vec<Value>>,
}

impl Drawing<'_> {
    /// The text that flows into an input of this role.
    fn text_into(&self, role: Role) -> Option<String> {
        let mut links = self.nodes.iter().filter_map(|node| link_into(node, role.inputs()));
        links.find_map(|link| {
            let mut link = link;
            for _ in 0..LINKS {
                let node = self.node_before(link).filter(|node| kind(node) != NOTHING)?;
                if let Some(text) = written(node) {
                    return Some(text);
                }
                link = link_into(node, role.inputs()).or_else(|| link_into(node, FLOWS))?;
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

    /// The first value of the first node of one of these types.
    fn widget(&self, kinds: &[&str]) -> Option<String> {
        let node = self.nodes.iter().find(|node| kinds.contains(&kind(node)))?;
        shown(node.get("widgets_values")?.get(0)?)
    }
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
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
    let text = node.get("widgets_values")?.get(0)?;
    kind(node).contains("TextEncode").then(|| shown(text)).flatten()
}
