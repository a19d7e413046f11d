//! Claims as fields of a report.

use crate::domain::claims::{Claims, Credentials, Generation, Texts};
use crate::report::Value;

type Fields = Vec<(&'static str, Value)>;

/// What a file says about itself, without what it does not say; an empty record if it says nothing,
/// `None` if nobody has looked.
pub(super) fn claims_field(claims: Option<&Claims>) -> Value {
    let Some(claims) = claims else { return Value::from(None::<String>) };
    let mut fields = Fields::new();
    add_texts(&mut fields, "alt", &claims.alt);
    add_texts(&mut fields, "extended_description", &claims.extended_description);
    add_texts(&mut fields, "title", &claims.title);
    add_texts(&mut fields, "description", &claims.description);
    add_list(&mut fields, "keywords", &claims.keywords);
    add_list(&mut fields, "creators", &claims.creators);
    add(&mut fields, "credit", claims.credit.as_ref());
    add_texts(&mut fields, "copyright", &claims.copyright);
    add_texts(&mut fields, "usage_terms", &claims.usage_terms);
    add(&mut fields, "rights_url", claims.rights_url.as_ref());
    let licensors = claims.licensors.iter().map(|one| {
        Value::Record(vec![("name", one.name.clone().into()), ("url", one.url.clone().into())])
    });
    let licensors: Vec<_> = licensors.collect();
    if !licensors.is_empty() {
        fields.push(("licensors", Value::List(licensors)));
    }
    add(&mut fields, "source_type", claims.source_type.as_ref());
    add(&mut fields, "released_on", claims.released_on.as_ref());
    add(&mut fields, "expires_on", claims.expires_on.as_ref());
    add(&mut fields, "tool", claims.tool.as_ref());
    fields.extend(claims.generation.as_ref().map(|found| ("generation", generation(found))));
    fields.extend(claims.credentials.as_ref().map(|found| ("credentials", credentials(found))));
    let defects: Vec<_> = claims.defects.iter().map(ToString::to_string).collect();
    add_list(&mut fields, "defects", &defects);
    Value::Record(fields)
}

fn add(fields: &mut Fields, name: &'static str, text: Option<&String>) {
    fields.extend(text.map(|text| (name, text.clone().into())));
}

fn add_list(fields: &mut Fields, name: &'static str, texts: &[String]) {
    if !texts.is_empty() {
        fields.push((name, texts.to_vec().into()));
    }
}

fn add_texts(fields: &mut Fields, name: &'static str, texts: &Texts) {
    let texts: Vec<_> = texts
        .0
        .iter()
        .map(|(language, text)| {
            Value::Record(vec![
                ("language", language.as_str().into()),
                ("text", text.as_str().into()),
            ])
        })
        .collect();
    if !texts.is_empty() {
        fields.push((name, Value::List(texts)));
    }
}

fn generation(found: &Generation) -> Value {
    let mut fields: Fields = vec![("generator", found.generator.name().into())];
    add(&mut fields, "prompt", found.prompt.as_ref());
    add(&mut fields, "negative_prompt", found.negative_prompt.as_ref());
    add(&mut fields, "model", found.model.as_ref());
    add(&mut fields, "seed", found.seed.as_ref());
    Value::Record(fields)
}

fn credentials(found: &Credentials) -> Value {
    let place = if found.embedded { "in the file" } else { "elsewhere, not fetched" };
    let mut fields: Fields = vec![("manifest", place.into())];
    add(&mut fields, "generator", found.generator.as_ref());
    add_list(&mut fields, "source_types", &found.source_types);
    add(&mut fields, "remote", found.remote.as_ref());
    let validity = found.validity.map_or("not verified", |validity| validity.name());
    fields.push(("validity", validity.into()));
    Value::Record(fields)
}
