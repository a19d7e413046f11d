use serde_json::Value;

use super::generation;
use crate::domain::claims::Generation;
use crate::media::found::Keyed;

fn told(texts: &[(&str, &str)]) -> Option<Generation> {
    let keyed =
        |(key, text): &(&str, &str)| Keyed { key: (*key).to_owned(), text: (*text).to_owned() };
    generation(&texts.iter().map(keyed).collect::<Vec<_>>())
}

/// `generator: prompt | negative | model | seed`, with `-` for what is not told.
fn shown(texts: &[(&str, &str)]) -> String {
    let Some(found) = told(texts) else { return "none".to_owned() };
    let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let Generation { generator, prompt, negative_prompt, model, seed } = found;
    let (prompt, negative) = (or(prompt), or(negative_prompt));
    format!("{}: {prompt} | {negative} | {} | {}", generator.name(), or(model), or(seed))
}

#[test]
fn the_parameters_text_is_taken_apart() {
    for (text, wanted) in [
        ("tea\nNegative prompt: cup\nSteps: 20, Seed: 7, Model: xl", "a1111: tea | cup | xl | 7"),
        ("tea\r\nand oak\r\nSteps: 20, Model hash: ab, Seed: 7", "a1111: tea\nand oak | - | - | 7"),
        ("Steps: 4, Seed: 7", "a1111: - | - | - | 7"),
        (
            "tea, Steps: many\nSteps: 20, Lora: \"Seed: 1, b\", Seed: 7",
            "a1111: tea, Steps: many | - | - | 7",
        ),
        ("only a prompt", "a1111: only a prompt | - | - | -"),
    ] {
        assert_eq!(shown(&[("parameters", text)]), wanted);
    }
}

#[test]
fn a_comment_is_a_prompt_only_if_it_looks_like_one() {
    for text in ["a photo of tea", "Steps: many of them", "{\"a\": 1}", "{", "[]", "", "Seed: 7"] {
        assert_eq!(told(&[("UserComment", text)]), None, "{text}");
        assert_eq!(told(&[("Comment", text)]), None, "{text}");
    }
}

#[test]
fn json_is_told_by_its_fields() {
    for (key, text, wanted) in [
        (
            "parameters",
            r#"{"sui_image_params": {"prompt": "tea", "negativeprompt": "cup", "model": "xl", "seed": 7}}"#,
            "swarmui: tea | cup | xl | 7",
        ),
        (
            "parameters",
            r#"{"prompt": "tea", "negative_prompt": "", "base_model": "xl", "seed": "7", "version": "Fooocus v2.5.5"}"#,
            "fooocus: tea | - | xl | 7",
        ),
        (
            "invokeai_metadata",
            r#"{"positive_prompt": "tea [oak]", "negative_prompt": "cup", "model": {"name": "xl"}, "seed": 7}"#,
            "invokeai: tea [oak] | cup | xl | 7",
        ),
        (
            "sd-metadata",
            r#"{"model_weights": "xl", "image": {"prompt": [{"prompt": "tea [cup]"}], "seed": 7}}"#,
            "invokeai: tea | cup | xl | 7",
        ),
        ("Dream", r#""tea [cup] oak" -s50 -S7 -W512"#, "invokeai: tea  oak | cup | - | 7"),
        (
            "UserComment",
            r#"{"Source": "NovelAI 4", "Comment": "{\"prompt\": \"tea\", \"uc\": \"cup\", \"seed\": 7}"}"#,
            "novelai: tea | cup | NovelAI 4 | 7",
        ),
    ] {
        assert_eq!(shown(&[(key, text)]), wanted);
    }
    let novel = [
        ("Software", "NovelAI"),
        ("Description", "tea"),
        ("Comment", r#"{"uc": "cup", "seed": 7}"#),
    ];
    assert_eq!(shown(&novel), "novelai: tea | cup | - | 7");
    let scheme = [("fooocus_scheme", "a1111"), ("parameters", "tea\nSteps: 20, Seed: 7")];
    assert_eq!(shown(&scheme), "fooocus: tea | - | - | 7");
}

#[test]
fn older_and_rarer_forms_are_known_too() {
    for (key, text, wanted) in [
        (
            "parameters",
            r#"{"Prompt": "tea", "Negative Prompt": "cup", "Base Model": "xl", "Seed": 7, "Version": "v2.1.824"}"#,
            "fooocus: tea | cup | xl | 7",
        ),
        (
            "parameters",
            r#"{"prompt": "tea", "base_model": "xl", "base_model_hash": "ab", "seed": 7}"#,
            "fooocus: tea | - | xl | 7",
        ),
        (
            "parameters",
            r#"{"prompt": "", "negative_prompt": "cup", "version": "Fooocus v2.5.5"}"#,
            "fooocus: - | cup | - | -",
        ),
        (
            "parameters",
            r#"{"sui_image_params": {"prompt": "", "model": "xl", "seed": 7}}"#,
            "swarmui: - | - | xl | 7",
        ),
        (
            "Model",
            r#"{"sui_image_params": {"prompt": "tea", "seed": 7}}"#,
            "swarmui: tea | - | - | 7",
        ),
        (
            "parameters",
            "tea\nSteps: 20, Seed: 7, Version: Fooocus v2.5.5",
            "fooocus: tea | - | - | 7",
        ),
        (
            "parameters",
            "tea\nSteps: 20, Seed: 7, Model: \"xl, \\\"b\\\"\"",
            "a1111: tea | - | xl, \"b\" | 7",
        ),
        ("Dream", "tea [cup] oak -s50 -S7", "invokeai: tea  oak | cup | - | 7"),
        (
            "UserComment",
            r#"{"c": "tea", "uc": "cup", "seed": 7, "model": "xl"}"#,
            "other: tea | cup | xl | 7",
        ),
        (
            "Description",
            "tea --v 6 Job ID: 0a1b2c3d-0000-4000-8000-000000000000",
            "other: tea --v 6 | - | - | -",
        ),
        ("Description", "tea Job ID: none", "none"),
    ] {
        assert_eq!(shown(&[(key, text)]), wanted);
    }
}

#[test]
fn a_form_is_told_by_the_keywords_beside_it() {
    let easy = [
        ("prompt", "tea"),
        ("negative_prompt", "cup"),
        ("seed", "7"),
        ("use_stable_diffusion_model", "xl"),
    ];
    assert_eq!(shown(&easy), "other: tea | cup | xl | 7");
    for text in ["tea\nSteps: 20, Seed: 7", r#"{"prompt": "tea", "seed": 7}"#] {
        let fooocus = [("Software", "Fooocus v2.5.5"), ("UserComment", text)];
        assert_eq!(shown(&fooocus), "fooocus: tea | - | - | 7");
    }
}

#[test]
fn the_prompt_of_a_graph_is_what_flows_into_the_sampler() {
    let graph = r#"{
        "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "cup", "clip": ["9", 0]}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": ["3", 0]}},
        "3": {"class_type": "Text", "inputs": {"string": "tea"}},
        "4": {"class_type": "Combine", "inputs": {"conditioning_1": ["2", 0]}},
        "5": {"class_type": "KSampler", "inputs": {"positive": ["4", 0], "negative": ["1", 0], "seed": 7}},
        "9": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "xl"}, "is_changed": [NaN]}
    }"#;
    assert_eq!(shown(&[("prompt", graph)]), "comfyui: tea | cup | xl | 7");
    assert_eq!(shown(&[("Make", &format!("Prompt: {graph}"))]), "comfyui: tea | cup | xl | 7");

    let circle = r#"{"1": {"class_type": "A", "inputs": {"positive": ["2", 0]}},
                     "2": {"class_type": "B", "inputs": {"text": ["1", 0]}}}"#;
    assert_eq!(shown(&[("prompt", circle)]), "comfyui: - | - | - | -");

    let drawn = r#"{"nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["cup"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["tea"]},
        {"id": 3, "type": "KSampler", "inputs": [{"name": "positive", "link": 8}, {"name": "negative", "link": 9}]}
    ], "links": [[8, 2, 0, 3, 1, "CONDITIONING"], [9, 1, 0, 3, 2, "CONDITIONING"]]}"#;
    assert_eq!(shown(&[("workflow", drawn)]), "comfyui: tea | cup | - | -");
    assert_eq!(
        shown(&[("ImageDescription", &format!("Workflow:{drawn}"))]),
        "comfyui: tea | cup | - | -"
    );
}

#[test]
fn a_graph_too_long_to_read_is_still_known_for_one() {
    let long = format!("{{\"1\": {{\"class_type\": \"A\", \"x\": \"{}\"}}}}", "a".repeat(2 << 20));
    assert_eq!(shown(&[("prompt", &long)]), "comfyui: - | - | - | -");
    assert_eq!(shown(&[("prompt", &"[".repeat(100_000))]), "none");
}

/// A graph with these nodes beside a sampler, its model and two encoders, which they may replace.
fn graph(nodes: &str) -> String {
    let base = r#"{
        "3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "negative": ["7", 0], "seed": 7}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "xl"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "tea", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "cup", "clip": ["4", 1]}}
    }"#;
    let mut graph: Value = serde_json::from_str(base).unwrap();
    let nodes: Value = serde_json::from_str(&format!("{{{nodes}}}")).unwrap();
    for (number, node) in nodes.as_object().unwrap() {
        let (class, inputs) = (&node[0], &node[1]);
        graph[number] = serde_json::json!({"class_type": class, "inputs": inputs});
    }
    graph.to_string()
}

#[test]
fn texts_reach_the_sampler_as_what_they_are_for_whatever_they_pass() {
    let through =
        r#""3": ["KSampler", {"positive": ["20", 0], "negative": ["20", 1], "seed": 7}], "20": "#;
    for class in ["ControlNetApplyAdvanced", "InpaintModelConditioning", "WanImageToVideo"] {
        let node =
            format!(r#"{through}["{class}", {{"positive": ["6", 0], "negative": ["7", 0]}}]"#);
        assert_eq!(shown(&[("prompt", &graph(&node))]), "comfyui: tea | cup | xl | 7", "{class}");
    }
    for (nodes, wanted) in [
        (
            r#"["Context (rgthree)", {"base_ctx": ["21", 0]}], "21": ["Context (rgthree)", {"positive": ["6", 0], "negative": ["7", 0]}]"#,
            "tea | cup | xl",
        ),
        (
            r#"["Efficient Loader", {"positive": "oak", "negative": "tin", "ckpt_name": "e"}]"#,
            "oak | tin | e",
        ),
        (
            r#"["ControlNetApplyAdvanced", {"positive": ["6", 0], "negative": ["7", 0]}], "7": ["CLIPTextEncode", {"text": "", "clip": ["4", 1]}]"#,
            "tea | - | xl",
        ),
        (
            r#"["ControlNetApplyAdvanced", {"positive": ["6", 0], "negative": ["21", 0]}], "21": ["ConditioningZeroOut", {"conditioning": ["6", 0]}]"#,
            "tea | - | xl",
        ),
    ] {
        let nodes = format!("{through}{nodes}");
        assert_eq!(
            shown(&[("prompt", &graph(&nodes))]),
            format!("comfyui: {wanted} | 7"),
            "{nodes}"
        );
    }
}

#[test]
fn a_text_is_found_under_every_name_that_nodes_give_it() {
    for inputs in [
        r#""Text": "oak""#,
        r#""tags": "oak", "seed": 1"#,
        r#""text_positive": "oak", "text_negative": "tin""#,
        r#""any_01": ["31", 0]"#,
        r#""": ["31", 0]"#,
        r#""whatever": ["31", 0]"#,
    ] {
        let nodes = format!(
            r#""6": ["CLIPTextEncode", {{"text": ["30", 0]}}], "30": ["Any", {{{inputs}}}], "31": ["Text", {{"string": "oak"}}]"#
        );
        assert_eq!(shown(&[("prompt", &graph(&nodes))]), "comfyui: oak | cup | xl | 7", "{inputs}");
    }
    for inputs in
        [r#""bert": "oak", "mt5xl": "oak""#, r#""user_prompt": "oak", "system_prompt": "x""#]
    {
        let nodes = format!(r#""6": ["CLIPTextEncodeOther", {{{inputs}}}]"#);
        assert_eq!(shown(&[("prompt", &graph(&nodes))]), "comfyui: oak | cup | xl | 7", "{inputs}");
    }
    let guided = r#""3": ["SamplerCustomAdvanced", {"guider": ["22", 0], "noise": ["25", 0]}],
        "22": ["DualCFGGuider", {"cond1": ["6", 0], "cond2": ["6", 0], "negative": ["7", 0]}],
        "25": ["RandomNoise", {"noise_seed": 9}]"#;
    assert_eq!(shown(&[("prompt", &graph(guided))]), "comfyui: tea | cup | xl | 9");
}

#[test]
fn what_leads_to_the_unwanted_is_never_what_is_wanted() {
    let lost = r#""6": ["PreviewAny", {}], "5": ["CLIPTextEncode", {"text": ["30", 0]}]"#;
    assert_eq!(shown(&[("prompt", &graph(lost))]), "comfyui: - | cup | xl | 7");
    let piped = r#"{
        "1": {"class_type": "easy fullLoader", "inputs": {"ckpt_name": "e", "positive": "tea", "negative": "cup"}},
        "2": {"class_type": "easy fullkSampler", "inputs": {"pipe": ["1", 0], "seed": 7}}
    }"#;
    assert_eq!(shown(&[("prompt", piped)]), "comfyui: tea | cup | e | 7");
    let asked =
        r#"{"1": {"class_type": "FluxProUltraImageNode", "inputs": {"prompt": "tea", "seed": 7}}}"#;
    assert_eq!(shown(&[("prompt", asked)]), "comfyui: tea | - | - | 7");
}

#[test]
fn models_and_seeds_are_those_that_made_the_picture() {
    for (nodes, wanted) in [
        (r#""1": ["UpscaleModelLoader", {"model_name": "4x"}]"#, "xl | 7"),
        (
            r#""1": ["UltralyticsDetectorProvider", {"model_name": "face"}], "4": ["UNETLoader", {"unet_name": "flux"}]"#,
            "flux | 7",
        ),
        (r#""1": ["Any", {"model_name": "other"}]"#, "xl | 7"),
        (
            r#""1": ["Wildcards", {"seed": 1}], "3": ["KSampler", {"positive": ["6", 0], "negative": ["7", 0], "seed": ["31", 0]}], "31": ["PrimitiveInt", {"value": 9}]"#,
            "xl | 9",
        ),
    ] {
        let wanted = format!("comfyui: tea | cup | {wanted}");
        assert_eq!(shown(&[("prompt", &graph(nodes))]), wanted, "{nodes}");
    }
}

#[test]
fn a_comment_that_holds_graphs_is_read_as_they_are() {
    let ran = graph("");
    let drawn = r#"{"nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["cup"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["tea"]},
        {"id": 3, "type": "KSampler", "widgets_values": [7], "inputs": [{"name": "positive", "link": 6}, {"name": "negative", "link": 7}]},
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["xl"]},
        {"id": 5, "type": "ControlNetApplyAdvanced", "inputs": [{"name": "positive", "link": 8}, {"name": "negative", "link": 9}]}
    ], "links": [[6, 5, 0, 3, 1, "C"], [7, 5, 1, 3, 2, "C"], [8, 2, 0, 5, 0, "C"], [9, 1, 0, 5, 1, "C"]]}"#;
    let quoted = |text: &str| Value::from(text).to_string();
    for comment in [
        ran.clone(),
        format!(r#"{{"prompt": {ran}, "workflow": {drawn}}}"#),
        format!(r#"{{"prompt": {}, "workflow": {}}}"#, quoted(&ran), quoted(drawn)),
        drawn.to_owned(),
        format!(r#"{{"workflow": {}}}"#, quoted(drawn)),
    ] {
        let found = shown(&[("UserComment", &comment)]);
        assert_eq!(found, "comfyui: tea | cup | xl | 7", "{comment}");
    }
}
