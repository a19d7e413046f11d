use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL319",
    name: "source-type-contradicted",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file says that a camera took the picture, and shows that it was generated",
    why: "A picture that passes for a photograph misleads everybody who relies on it. One of the two is wrong.",
    fix: "Find out how the picture came to be, and correct the Digital Source Type in the file.",
    source: "IPTC Digital Source Type",
    needs: &[Known::Claims],
    check,
};

/// Last parts of digital source types (IPTC `NewsCodes`) that mean a camera or a scanner.
const CAPTURED: [&str; 5] =
    ["computationalCapture", "digitalCapture", "negativeFilm", "positiveFilm", "print"];

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(claims) = subject.claims.filter(|claims| claims.shows_generation()) else {
        return Vec::new();
    };
    let captured = claims.source_types().find_map(|source_type| {
        let code = source_type.trim_end_matches('/').rsplit(['/', ':']).next()?;
        CAPTURED.iter().find(|known| known.eq_ignore_ascii_case(code))
    });
    captured
        .map(|code| format!("the file says {}, and shows that it was generated", quoted(code)))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Generation, Generator};
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn says(sample: &mut Sample, code: &str, generation: Option<Generation>) {
        let source_type = Some(format!("http://cv.iptc.org/newscodes/digitalsourcetype/{code}"));
        sample.claims = Some(Claims { source_type, generation, ..Claims::default() });
    }

    fn generation() -> Generation {
        let generator = Generator::ComfyUi;
        let (prompt, negative_prompt, model, seed) = (None, None, None, None);
        Generation { generator, prompt, negative_prompt, model, seed }
    }

    #[test]
    fn a_capture_with_the_settings_of_a_generator_is_found() {
        finds(
            &RULE,
            |s| says(s, "digitalCapture", Some(generation())),
            &["the file says `digitalCapture`, and shows that it was generated"],
        );
    }

    #[test]
    fn one_of_the_two_alone_passes() {
        passes(&RULE, |s| says(s, "digitalCapture", None));
        passes(&RULE, |s| says(s, "trainedAlgorithmicMedia", Some(generation())));
        passes(&RULE, |s| s.claims = None);
    }
}
