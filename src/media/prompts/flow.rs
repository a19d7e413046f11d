//! How texts flow through a graph of ComfyUI, from where they are written to the sampler.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::comfyui::class;
use super::shown;
use crate::media::packets::text;

/// The most links that are followed from one input.
const LINKS: u32 = 64;
/// Inputs that hold a text whatever it is for, in the order in which they are preferred.
const TEXTS: &[&str] = &[
    "text",
    "Text",
    "populated_text",
    "text_g",
    "text_l",
    "t5xxl",
    "clip_l",
    "bert",
    "mt5xl",
    "user_prompt",
    "prompt",
    "string",
    "value",
    "tags",
    "wildcard_text",
    "text_a",
    "text_b",
    "string_a",
    "string_b",
];
/// Inputs that conditioning flows through on its way.
pub(super) const FLOWS: &[&str] = &[
    "conditioning",
    "conditioning_1",
    "conditioning_2",
    "conditioning_to",
    "conditioning_from",
    "cond",
    "guider",
    "pipe",
    "basic_pipe",
    "text_embeds",
];
/// Inputs that pictures and models flow through; no text comes from there.
const OTHERS: &[&str] = &[
    "clip",
    "clip_vision_output",
    "control_net",
    "image",
    "images",
    "latent",
    "latent_image",
    "mask",
    "model",
    "noise",
    "pixels",
    "sampler",
    "samples",
    "sigmas",
    "vae",
];

/// The class of nodes that take what flows into them for nothing.
pub(super) const NOTHING: &str = "ConditioningZeroOut";

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Wanted,
    Unwanted,
}

impl Role {
    /// Inputs of this role, whether they hold a text or lead to one.
    pub(super) fn inputs(self) -> &'static [&'static str] {
        match self {
            Self::Wanted => &["positive", "positive_prompt", "text_positive", "cond1", "cond2"],
            Self::Unwanted => &["negative", "negative_prompt", "text_negative"],
        }
    }

    /// Inputs that may hold a text of this role.
    pub(super) fn texts(self) -> impl Iterator<Item = &'static str> {
        self.inputs().iter().chain(TEXTS).copied()
    }
}

/// A search for the text of one role.
#[derive(Debug)]
pub(super) struct Walk<'v> {
    nodes: &'v Map<String, Value>,
    role: Role,
    seen: BTreeSet<String>,
}

impl<'v> Walk<'v> {
    pub(super) fn new(nodes: &'v Map<String, Value>, role: Role) -> Self {
        Self { nodes, role, seen: BTreeSet::new() }
    }

    /// Whether the search came by this node.
    pub(super) fn has_seen(&self, number: &str) -> bool {
        self.seen.contains(number)
    }

    /// The text that flows into a sampler or another node as of this role; else what flows into one
    /// that keeps no roles apart, or what is written as of this role.
    pub(super) fn text(&mut self) -> Option<String> {
        let starts = self.links_into(self.role.inputs());
        let known = !starts.is_empty();
        let text = starts.into_iter().find_map(|start| self.follow(start));
        text.or_else(|| match self.role {
            Role::Wanted => self.links_into(FLOWS).into_iter().find_map(|start| self.follow(start)),
            Role::Unwanted if known => None,
            Role::Unwanted => self.written(),
        })
    }

    /// The links into inputs of these names, those of samplers first.
    fn links_into(&self, names: &[&str]) -> Vec<&'v Value> {
        let (samplers, others): (Vec<_>, Vec<_>) =
            self.nodes.values().partition(|node| class(node).contains("ampler"));
        let inputs = samplers.into_iter().chain(others).filter_map(|node| node.get("inputs"));
        let links = inputs.flat_map(|inputs| names.iter().filter_map(|name| inputs.get(*name)));
        links.filter(|link| link.is_array()).collect()
    }

    fn written(&self) -> Option<String> {
        let inputs = self.nodes.values().filter_map(|node| node.get("inputs"));
        let mut values = inputs
            .flat_map(|inputs| self.role.inputs().iter().filter_map(|name| inputs.get(*name)));
        values.find_map(|value| text::tidy(value.as_str()?))
    }

    fn follow(&mut self, start: &'v Value) -> Option<String> {
        let mut ahead = vec![start];
        for _ in 0..LINKS {
            let next = ahead.pop()?;
            match next.as_str() {
                Some(written) if !written.trim().is_empty() => return text::tidy(written),
                Some(_blank) => {}
                None => ahead.extend(self.behind(next).into_iter().rev()),
            }
        }
        None
    }

    /// The texts and links of the node that a link `[node, output]` comes from: of this role if it
    /// has any, else conditioning, else texts, else whatever may be one.
    fn behind(&mut self, link: &Value) -> Vec<&'v Value> {
        let number = link.get(0).and_then(shown);
        let Some(number) = number.filter(|number| self.seen.insert(number.clone())) else {
            return Vec::new();
        };
        let node = self.nodes.get(&number).filter(|node| class(node) != NOTHING);
        let inputs = node.and_then(|node| node.get("inputs")?.as_object());
        let Some(inputs) = inputs else { return Vec::new() };
        let named = |names: &[&str]| -> Vec<&'v Value> {
            let values = names.iter().filter_map(|name| inputs.get(*name));
            values.filter(|value| value.is_array() || value.is_string()).collect()
        };
        let of_any_name = || {
            let others = inputs.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
            others.map(|(_, value)| value).filter(|value| value.is_array()).collect()
        };
        let choices = [named(self.role.inputs()), named(FLOWS), named(TEXTS)];
        choices.into_iter().find(|found| !found.is_empty()).unwrap_or_else(of_any_name)
    }
}
