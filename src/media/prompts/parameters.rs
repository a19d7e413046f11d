//! The parameters text of AUTOMATIC1111's web UI and of those who write the same: the prompt, then
//! `Negative prompt: …`, then a line of settings that begins with `Steps: `.

use super::nothing;
use crate::domain::claims::{Generation, Generator};
use crate::media::packets::text::tidy;

const NEGATIVE: &str = "Negative prompt:";

/// `None` if the text has no line of settings.
pub(super) fn read(text: &str) -> Option<Generation> {
    let text = tidy(text)?;
    let at = settings_at(&text)?;
    let (prompts, settings) = text.split_at_checked(at)?;
    let negative_at = line_starting(prompts, NEGATIVE);
    let (prompt, negative) = match negative_at {
        Some(at) => prompts.split_at_checked(at)?,
        None => (prompts, ""),
    };
    let by_fooocus = setting(settings, "Version").is_some_and(|name| name.starts_with("Fooocus"));
    let generator = if by_fooocus { Generator::Fooocus } else { Generator::A1111 };
    Some(Generation {
        prompt: tidy(prompt),
        negative_prompt: tidy(negative.strip_prefix(NEGATIVE).unwrap_or_default()),
        model: setting(settings, "Model"),
        seed: setting(settings, "Seed"),
        ..nothing(generator)
    })
}

/// The last line that begins with `Steps: ` and a digit.
fn settings_at(text: &str) -> Option<usize> {
    let is_settings = |at: &usize| {
        let rest = text.get(*at..).and_then(|rest| rest.strip_prefix("Steps:"));
        rest.is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    };
    let lines = text.rmatch_indices('\n').map(|(at, _)| at + 1);
    lines.chain(std::iter::once(0)).find(is_settings)
}

fn line_starting(text: &str, mark: &str) -> Option<usize> {
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(lines)
        .find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(mark)))
}

/// The value of `Name: value, …`; one in quotes may hold commas.
fn setting(settings: &str, name: &str) -> Option<String> {
    let mark = format!("{name}:");
    let starts = settings.match_indices(&mark).map(|(at, _)| at);
    let mut ours = starts.filter(|at| {
        let before = settings.get(..*at).unwrap_or_default().trim_end_matches(' ');
        before.is_empty() || before.ends_with([',', '\n'])
    });
    let value = settings.get(ours.next()? + mark.len()..)?.trim_start();
    match value.strip_prefix('"') {
        Some(quoted) => {
            let whole = serde_json::Deserializer::from_str(value).into_iter::<String>().next();
            let whole = whole.and_then(Result::ok).and_then(|text| tidy(&text));
            whole.or_else(|| tidy(quoted.split('"').next()?))
        }
        None => tidy(value.split([',', '\n']).next()?),
    }
}
