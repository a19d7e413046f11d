//! Proposals: what a file says about itself, beside what people recorded about the asset.
//!
//! A claim becomes a fact only when somebody takes it over. Never proposed are the owner, a license,
//! a review, a placement and a context: no file can know them.

use super::claims::{ANY_LANGUAGE, Claims, Generation, Licensor};
use super::describe::{Edit, Edits};
use super::metadata::{Locale, Metadata, locale};
use super::time::CivilDate;

/// A field about which a file can say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Title,
    Alt,
    SourceNote,
    RightsNote,
    ExpiresOn,
}

impl Field {
    pub const ALL: [Self; 5] =
        [Self::Title, Self::Alt, Self::SourceNote, Self::RightsNote, Self::ExpiresOn];

    /// The name of the flag that sets it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Alt => "alt",
            Self::SourceNote => "source-note",
            Self::RightsNote => "rights-note",
            Self::ExpiresOn => "expires-on",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What a file says about a field, where that is not what is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub field: Field,
    /// Of an alternative text.
    pub locale: Option<Locale>,
    pub recorded: Option<String>,
    pub claimed: String,
}

/// Everything that the file says and that is not recorded, by field, alternative texts by locale.
///
/// A text without a language is in the site's locale, `site`. A note of the source is the prompt, or
/// who made the picture; one of the rights is the notice, the terms and the address of the rights.
pub fn proposals(claims: &Claims, metadata: &Metadata, site: &Locale) -> Vec<Proposal> {
    let dates = &metadata.dates;
    let expires_on = claims.expires_on.as_deref().and_then(last_whole_day);
    let single = [
        (Field::Title, claims.title.any().map(str::to_owned), metadata.title.clone()),
        (Field::SourceNote, source_note(claims), metadata.source_note.clone()),
        (Field::RightsNote, rights_note(claims), metadata.rights_note.clone()),
        (
            Field::ExpiresOn,
            expires_on.map(|day| day.to_string()),
            dates.expires_on.map(|day| day.to_string()),
        ),
    ];
    let single = single.into_iter().filter_map(|(field, claimed, recorded)| {
        Some(Proposal { field, locale: None, recorded, claimed: claimed? })
    });
    let alts = alt_texts(claims, site).into_iter().map(|(locale, claimed)| Proposal {
        field: Field::Alt,
        recorded: metadata.alt.get(&locale).cloned(),
        locale: Some(locale),
        claimed,
    });
    let can_be_kept = |text: &str| !text.trim().is_empty() && !text.contains('\0');
    let mut found: Vec<_> = single
        .chain(alts)
        .filter(|one| can_be_kept(&one.claimed) && one.recorded.as_ref() != Some(&one.claimed))
        .collect();
    found.sort_by(|one, other| (one.field, &one.locale).cmp(&(other.field, &other.locale)));
    found
}

impl Proposal {
    /// The field as changes name it: `alt:en`, `source_note`.
    pub fn name(&self) -> String {
        match &self.locale {
            Some(locale) => format!("{}:{locale}", self.field.name()),
            None => self.field.name().replace('-', "_"),
        }
    }

    /// Takes the claim over, unless the edits say something else about the field. Tells whether it
    /// did.
    pub fn accept(&self, edits: &mut Edits) -> bool {
        let text = || Edit::Set(self.claimed.clone());
        match (self.field, &self.locale) {
            (Field::Title, _) => set(&mut edits.title, text()),
            (Field::SourceNote, _) => set(&mut edits.source_note, text()),
            (Field::RightsNote, _) => set(&mut edits.rights_note, text()),
            (Field::Alt, Some(locale)) => set(edits.alt.entry(locale.clone()).or_default(), text()),
            (Field::Alt, None) => false,
            (Field::ExpiresOn, _) => {
                let day = self.claimed.parse().map_or(Edit::Keep, Edit::Set);
                edits.no_expiry_reason == Edit::Keep && set(&mut edits.expires_on, day)
            }
        }
    }
}

fn set<T: PartialEq>(edit: &mut Edit<T>, to: Edit<T>) -> bool {
    let is_free = *edit == Edit::Keep;
    if is_free {
        *edit = to;
    }
    is_free
}

/// The texts whose language can be told, the one without a language where there is none for the
/// site's.
fn alt_texts(claims: &Claims, site: &Locale) -> Vec<(Locale, String)> {
    let texts = claims.alt.0.iter();
    let mut found: Vec<_> =
        texts.filter_map(|(language, text)| Some((locale(language)?, text.clone()))).collect();
    let any = claims.alt.0.get(ANY_LANGUAGE);
    if let Some(text) = any.filter(|_| found.iter().all(|(locale, _)| locale != site)) {
        found.push((site.clone(), text.clone()));
    }
    found
}

fn source_note(claims: &Claims) -> Option<String> {
    let prompt = claims.generation.as_ref().and_then(prompt_in_words);
    prompt.or_else(|| {
        let credit = claims.credit.as_ref().map(|credit| format!("credit: {credit}"));
        let by =
            (!claims.creators.is_empty()).then(|| format!("by {}", claims.creators.join(", ")));
        joined([by, credit])
    })
}

/// The prompt, and what it takes to make the picture again.
fn prompt_in_words(found: &Generation) -> Option<String> {
    let prompt = found.prompt.as_ref()?;
    let model = found.model.as_ref().map(|model| format!("model {model}"));
    let seed = found.seed.as_ref().map(|seed| format!("seed {seed}"));
    let settings: Vec<_> = [model, seed].into_iter().flatten().collect();
    if settings.is_empty() {
        return Some(prompt.clone());
    }
    Some(format!("{prompt} ({})", settings.join(", ")))
}

fn rights_note(claims: &Claims) -> Option<String> {
    let notice = claims.copyright.any().map(str::to_owned);
    let terms = claims.usage_terms.any().map(str::to_owned);
    let licensor = claims.licensors.iter().find_map(licensor_in_words);
    joined([notice, terms, licensor, claims.rights_url.clone()])
}

fn licensor_in_words(licensor: &Licensor) -> Option<String> {
    match (&licensor.name, &licensor.url) {
        (Some(name), Some(url)) => Some(format!("licensed by {name} ({url})")),
        (Some(who), None) | (None, Some(who)) => Some(format!("licensed by {who}")),
        (None, None) => None,
    }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The last day that is wholly before the end: with a time of day, the day before.
fn last_whole_day(expiration: &str) -> Option<CivilDate> {
    match expiration.split_once('T') {
        None => expiration.parse().ok(),
        Some((day, _)) => day.parse::<CivilDate>().ok()?.day_before(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::claims::{Generator, Texts};

    fn texts(of: &[(&str, &str)]) -> Texts {
        Texts(of.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect())
    }

    fn told(claims: &Claims, metadata: &Metadata) -> Vec<(String, Option<String>, String)> {
        let found = proposals(claims, metadata, &"en".to_owned());
        found.into_iter().map(|one| (one.name(), one.recorded, one.claimed)).collect()
    }

    #[test]
    fn a_text_without_a_language_is_for_the_site_unless_its_own_has_one() {
        let mut claims = Claims { alt: texts(&[(ANY_LANGUAGE, "A tin")]), ..Claims::default() };
        let bare = Metadata::default();
        assert_eq!(told(&claims, &bare), [("alt:en".to_owned(), None, "A tin".to_owned())]);
        claims.alt = texts(&[(ANY_LANGUAGE, "Tin"), ("EN", "A tin"), ("de-AT", "Dose"), ("?", "")]);
        let names = told(&claims, &bare).into_iter().map(|(name, _, text)| (name, text));
        let expected = [("alt:de-AT", "Dose"), ("alt:en", "A tin")];
        assert!(names.eq(expected.map(|(name, text)| (name.to_owned(), text.to_owned()))));
    }

    #[test]
    fn prompts_and_rights_are_put_into_words() {
        let generation = Generation {
            generator: Generator::ComfyUi,
            prompt: Some("a tin of tea".to_owned()),
            negative_prompt: Some("hands".to_owned()),
            model: Some("sdxl".to_owned()),
            seed: Some("7".to_owned()),
        };
        let licensor = Licensor { name: Some("Studio".to_owned()), url: None };
        let claims = Claims {
            generation: Some(generation),
            creators: vec!["Mia".to_owned()],
            copyright: Texts::plain("(c) Studio"),
            licensors: vec![Licensor::default(), licensor],
            rights_url: Some("https://studio.example/rights".to_owned()),
            ..Claims::default()
        };
        let note = "(c) Studio; licensed by Studio; https://studio.example/rights";
        let expected =
            [("source_note", "a tin of tea (model sdxl, seed 7)"), ("rights_note", note)];
        let found = told(&claims, &Metadata::default());
        assert!(
            found
                .into_iter()
                .map(|(name, _, text)| (name, text))
                .eq(expected.map(|(name, text)| (name.to_owned(), text.to_owned())))
        );
        let photograph = Claims { generation: None, credit: Some("Acme".to_owned()), ..claims };
        assert_eq!(told(&photograph, &Metadata::default())[0].2, "by Mia; credit: Acme");
    }

    #[test]
    fn an_end_within_a_day_leaves_the_day_before() {
        for (said, day) in [
            ("2026-06-30", Some("2026-06-30")),
            ("2026-07-01T00:00:00+02:00", Some("2026-06-30")),
            ("2026-06-30T18:00:00", Some("2026-06-29")),
            ("soon", None),
        ] {
            let claims = Claims { expires_on: Some(said.to_owned()), ..Claims::default() };
            let found = told(&claims, &Metadata::default());
            assert_eq!(found.first().map(|(_, _, text)| text.as_str()), day, "{said}");
        }
    }

    #[test]
    fn what_is_recorded_already_is_not_proposed_and_what_differs_stands_beside_it() {
        let claims = Claims { title: Texts::plain("Tea"), ..Claims::default() };
        let same = Metadata { title: Some("Tea".to_owned()), ..Metadata::default() };
        assert_eq!(told(&claims, &same), []);
        let other = Metadata { title: Some("Tin".to_owned()), ..Metadata::default() };
        let expected = ("title".to_owned(), Some("Tin".to_owned()), "Tea".to_owned());
        assert_eq!(told(&claims, &other), [expected]);
    }

    #[test]
    fn what_the_edits_say_already_is_not_taken_over() {
        let claims = Claims { title: Texts::plain("Tea"), ..Claims::default() };
        let title = &proposals(&claims, &Metadata::default(), &"en".to_owned())[0];
        for said in [Edit::Clear, Edit::Set("Tin".to_owned())] {
            let mut edits = Edits { title: said.clone(), ..Edits::default() };
            assert!(!title.accept(&mut edits));
            assert_eq!(edits.title, said);
        }
    }

    proptest! {
        /// Whatever a file says, what was taken over is not proposed again.
        #[test]
        fn a_proposal_that_was_taken_over_is_not_made_again(
            title in "\\PC{0,20}",
            alt in prop::collection::btree_map("[a-zA-Z]{1,3}(?:-[A-Z]{2})?|x-default", "\\PC{0,20}", 0..4),
            day in "20[0-9]{2}-[01][0-9]-[0-3][0-9](?:T12:00:00)?",
        ) {
            let claims = Claims {
                title: Texts::plain(title),
                alt: Texts(alt),
                expires_on: Some(day),
                ..Claims::default()
            };
            let (mut edits, site) = (Edits::default(), "en".to_owned());
            for one in proposals(&claims, &Metadata::default(), &site) {
                prop_assert!(one.accept(&mut edits));
            }
            let described = crate::domain::describe::plan_description(
                &crate::domain::describe::Description::default(),
                &edits,
                &crate::domain::time::Zone::utc(),
            );
            prop_assert_eq!(proposals(&claims, &described.unwrap().metadata, &site), []);
        }
    }
}
