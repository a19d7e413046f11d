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
