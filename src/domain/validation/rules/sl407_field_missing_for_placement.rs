use crate::domain::context::{Context, ContextKind};
use crate::domain::requirement::RequiredField;
use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL407",
    name: "field-missing-for-placement",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "something is not recorded that one of the asset's placements requires",
    why: "A placement can need more than other places do: a title that is shown, a license beside the note, a last day. Nobody notices there until it is missing in public.",
    fix: "Record it with `describe`, take the placement off the asset with `describe --remove-placement`, or change `required` of the placement in shelflife.toml.",
    source: "product policy",
    needs: &[Known::Description],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let lacking = subject.requirements().flat_map(|(placement, required)| {
        let fields = required.fields.iter();
        fields.filter_map(move |field| complaint(subject, placement, *field))
    });
    lacking.collect()
}

fn complaint(subject: &Subject<'_>, placement: &str, field: RequiredField) -> Option<String> {
    let (name, placement) = (field.name(), quoted(placement));
    match recorded(subject, field) {
        Recorded::There => None,
        Recorded::Missing => Some(format!("no `{name}` is recorded, which {placement} requires")),
        Recorded::OnlyPlaceholder(text) => {
            Some(format!("the `{name}` that {placement} requires is only {}", quoted(text)))
        }
    }
}

/// What there is of a field.
enum Recorded<'a> {
    There,
    Missing,
    OnlyPlaceholder(&'a str),
}

impl<'a> Recorded<'a> {
    fn text(text: Option<&'a String>) -> Self {
        match said(text.map(String::as_str)) {
            None => Self::Missing,
            Some(text) if is_placeholder(text) => Self::OnlyPlaceholder(text),
            Some(_) => Self::There,
        }
    }

    fn fact<T>(fact: Option<T>) -> Self {
        fact.map_or(Self::Missing, |_| Self::There)
    }
}

fn recorded<'s>(subject: &'s Subject<'_>, field: RequiredField) -> Recorded<'s> {
    use RequiredField as F;
    let (metadata, dates) = (subject.metadata, &subject.metadata.dates);
    let is_campaign = |context: &&Context| context.key.kind == ContextKind::Campaign;
    match field {
        F::Title => Recorded::text(metadata.title.as_ref()),
        F::AltReview => Recorded::fact(are_texts_read(subject).then_some(())),
        F::SourceNote => Recorded::text(metadata.source_note.as_ref()),
        F::RightsNote => Recorded::text(metadata.rights_note.as_ref()),
        F::RightsReviewedBy => Recorded::text(metadata.rights_reviewed_by.as_ref()),
        F::RightsReviewedOn => Recorded::fact(metadata.rights_reviewed_on),
        F::Owner => Recorded::text(metadata.owner.as_ref()),
        F::Campaign => Recorded::fact(contexts(subject).find(is_campaign)),
        F::Context => Recorded::fact(contexts(subject).next()),
        F::License => Recorded::fact(subject.licenses.first()),
        F::TimeZone => Recorded::fact(dates.zone.as_ref()),
        F::StartsOn => Recorded::fact(dates.starts_on),
        F::ExpiresOn => Recorded::fact(dates.expires_on),
        F::ReviewOn => Recorded::fact(dates.review_on),
        F::End if subject.ends_by_event() => Recorded::There,
        F::End => Recorded::fact(subject.ends().next()),
    }
}

/// Whether somebody has read each alternative text that says something.
fn are_texts_read(subject: &Subject<'_>) -> bool {
    subject.alts().all(|(locale, _)| subject.metadata.alt_reviews.contains_key(locale))
}

/// Those of which one only says that there is none are left out.
fn contexts<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Context> {
    subject.contexts.iter().copied().filter(|context| !context.key.says_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::metadata::AltReview;
    use crate::domain::requirement::Requirements;
    use crate::domain::reuse::Answer;
    use crate::domain::validation::sample::{Sample, date, finds, passes, undated};

    fn require(sample: &mut Sample, placement: &str, fields: &[RequiredField]) {
        let fields = fields.iter().copied().collect();
        let required = Requirements { fields, ..Requirements::default() };
        sample.policy.placement_requirements.insert(placement.to_owned(), required);
    }

    /// Everything that can be required is there.
    fn complete(sample: &mut Sample) {
        sample.metadata.dates.zone = Some("Europe/Berlin".to_owned());
        sample.metadata.dates.starts_on = Some(date("2026-06-01"));
        let review = |locale: &str| {
            let review = AltReview { by: "mo".to_owned(), on: date("2026-05-25") };
            (locale.to_owned(), review)
        };
        sample.metadata.alt_reviews = ["de", "en"].map(review).into();
    }

    fn strip(sample: &mut Sample, field: RequiredField) {
        use RequiredField as F;
        let Sample { metadata, contexts, licenses, .. } = sample;
        let dates = &mut metadata.dates;
        match field {
            F::Title => metadata.title = None,
            F::AltReview => drop(metadata.alt_reviews.remove("de")),
            F::SourceNote => metadata.source_note = None,
            F::RightsNote => metadata.rights_note = None,
            F::RightsReviewedBy => metadata.rights_reviewed_by = None,
            F::RightsReviewedOn => metadata.rights_reviewed_on = None,
            F::Owner => metadata.owner = None,
            F::Campaign => contexts.retain(|one| one.key.kind != ContextKind::Campaign),
            F::Context => contexts.clear(),
            F::License => licenses.clear(),
            F::TimeZone => dates.zone = None,
            F::StartsOn => dates.starts_on = None,
            F::ExpiresOn => (dates.expires_on, dates.expires_at) = (None, None),
            F::ReviewOn => dates.review_on = None,
            F::End => {
                (dates.expires_on, dates.expires_at) = (None, None);
                dates.no_expiry_reason = Some("the founder's portrait".to_owned());
                licenses.clear();
                contexts.clear();
            }
        }
    }

    #[test]
    fn each_field_is_missed_where_it_is_missing_and_only_there() {
        for field in RequiredField::ALL {
            passes(&RULE, |s| {
                complete(s);
                require(s, "homepage-hero", &RequiredField::ALL);
            });
            let name = field.name();
            let missed = format!("no `{name}` is recorded, which `homepage-hero` requires");
            let lacking = |s: &mut Sample| {
                complete(s);
                strip(s, field);
            };
            finds(
                &RULE,
                |s| {
                    lacking(s);
                    require(s, "homepage-hero", &[field]);
                },
                &[&missed],
            );
            passes(&RULE, |s| {
                lacking(s);
                require(s, "newsletter", &RequiredField::ALL);
            });
        }
    }

    #[test]
    fn each_of_several_placements_counts() {
        finds(
            &RULE,
            |s| {
                s.metadata.placements = vec!["homepage-hero".to_owned(), "shop".to_owned()];
                s.metadata.title = Some("tbd".to_owned());
                require(s, "homepage-hero", &[RequiredField::Owner, RequiredField::Title]);
                require(s, "shop", &[RequiredField::StartsOn]);
            },
            &[
                "the `title` that `homepage-hero` requires is only `tbd`",
                "no `starts_on` is recorded, which `shop` requires",
            ],
        );
    }

    #[test]
    fn a_context_that_says_none_is_none() {
        let none = |s: &mut Sample| s.contexts = vec![undated("campaign/none")];
        let missed = |field| format!("no `{field}` is recorded, which `homepage-hero` requires");
        finds(
            &RULE,
            |s| {
                none(s);
                require(s, "homepage-hero", &[RequiredField::Campaign, RequiredField::Context]);
            },
            &[&missed("campaign"), &missed("context")],
        );
    }

    #[test]
    fn an_end_may_be_that_of_anything_it_depends_on() {
        let end = |s: &mut Sample| {
            strip(s, RequiredField::End);
            require(s, "homepage-hero", &[RequiredField::End]);
        };
        let missed = "no `end` is recorded, which `homepage-hero` requires";
        finds(&RULE, end, &[missed]);
        passes(&RULE, |s| {
            let licenses = s.licenses.clone();
            end(s);
            s.licenses = licenses;
        });
        passes(&RULE, |s| {
            end(s);
            s.contexts = vec![undated("packaging/tea-tin")];
        });
    }

    #[test]
    fn an_export_is_asked_for_its_own_placement() {
        let untitled = |s: &mut Sample| {
            s.metadata.title = None;
            require(s, "homepage-hero", &[RequiredField::Title]);
        };
        finds(
            &RULE,
            |s| {
                untitled(s);
                s.export_to("homepage-hero", Answer::Yes);
            },
            &["no `title` is recorded, which `homepage-hero` requires"],
        );
        passes(&RULE, |s| {
            untitled(s);
            s.export_to("shop", Answer::Yes);
        });
        passes(&RULE, |s| {
            untitled(s);
            s.export();
        });
    }
}
