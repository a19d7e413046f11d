//! JSON values as WordPress writes them: of one type in one answer and of another in the next.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value that should be a text or a number.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Loose {
    #[default]
    Missing,
    /// `null`, or `false`, which PHP says for "none".
    Nothing,
    Text(String),
    Number(i64),
    /// What is below a number that is not whole: no id, but a length may be one.
    Fraction(i64),
    /// A list or an object, or a number that is none of these.
    Other,
}

/// A value that should be an object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Shape<T> {
    #[default]
    Missing,
    /// `null`, `false`, an empty text, or the empty list that PHP makes of an object with nothing
    /// in it.
    Nothing,
    Object(T),
    Text(String),
    /// A list with something in it, or a number.
    Other,
}

/// A text with its form for editing and its form for pages.
#[derive(Debug, Clone, PartialEq, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Forms {
    pub(super) raw: Loose,
    pub(super) rendered: Loose,
}

impl Loose {
    pub(super) fn is_missing(&self) -> bool {
        *self == Self::Missing
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn take_text(&mut self) -> Option<String> {
        match std::mem::take(self) {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl<T> Shape<T> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(LooseVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shape<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(if value { Loose::Other } else { Loose::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Number(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(i64::try_from(value).map_or(Loose::Other, Loose::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        let whole = crate::exports::php::whole(value);
        let form = if value.fract() == 0.0 { Loose::Number } else { Loose::Fraction };
        Ok(whole.and_then(|whole| i64::try_from(whole).ok()).map_or(Loose::Other, form))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Loose, E> {
        Ok(Loose::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Loose, A::Error> {
        skip_list(list).map(|_| Loose::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Loose, A::Error> {
        skip_object(object).map(|()| Loose::Other)
    }
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = Shape<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape<T>, E> {
        Ok(if value { Shape::Other } else { Shape::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Shape<T>, E> {
        Ok(Shape::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E>(self, value: &str) -> Result<Shape<T>, E> {
        Ok(if value.is_empty() { Shape::Nothing } else { Shape::Text(value.to_owned()) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Shape<T>, A::Error> {
        Ok(if skip_list(list)? == 0 { Shape::Nothing } else { Shape::Other })
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Shape<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Shape::Object)
    }
}

/// Passes over a list and tells how long it is.
fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<u64, A::Error> {
    let mut length = 0;
    while list.next_element::<IgnoredAny>()?.is_some() {
        length += 1;
    }
    Ok(length)
}

fn skip_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loose(json: &str) -> Loose {
        serde_json::from_str(json).unwrap()
    }

    fn shape(json: &str) -> Shape<Forms> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_number_is_one_in_each_form_that_php_writes() {
        assert_eq!(loose("7"), Loose::Number(7));
        assert_eq!(loose("7.0"), Loose::Number(7));
        assert_eq!(loose("7.5"), Loose::Fraction(7));
        assert_eq!(loose("-7"), Loose::Number(-7));
        assert_eq!(loose("\"7\""), Loose::Text("7".to_owned()));
        for nothing in ["null", "false"] {
            assert_eq!(loose(nothing), Loose::Nothing);
        }
        for other in ["true", "[1,{}]", "{\"a\":[]}", "1e300", "18446744073709551615", "-0.5"] {
            assert_eq!(loose(other), Loose::Other, "{other}");
        }
    }

    #[test]
    fn an_object_with_nothing_in_it_may_be_a_list() {
        for nothing in ["[]", "null", "false", "\"\""] {
            assert_eq!(shape(nothing), Shape::Nothing, "{nothing}");
        }
        for other in ["[1]", "7", "7.5", "-7", "true"] {
            assert_eq!(shape(other), Shape::Other, "{other}");
        }
        assert_eq!(shape("{}"), Shape::Object(Forms::default()));
        let forms = shape("{\"raw\":\"a\",\"rendered\":\"b\",\"protected\":false}");
        let text = |text: &str| Loose::Text(text.to_owned());
        assert_eq!(forms, Shape::Object(Forms { raw: text("a"), rendered: text("b") }));
    }
}
