//! Values in PHP's serialization format, read within fixed bounds.
//!
//! Lengths and counts are believed only as far as the bytes bear them out; objects are read as
//! lists of their properties, and nothing is ever instantiated.

use phpserz::{PhpParser, PhpToken};

/// The deepest nesting of arrays.
pub const MAX_DEPTH: usize = 32;
/// The most tokens in one value.
pub const MAX_TOKENS: usize = 100_000;

/// A value. Texts are bytes: PHP does not say in which encoding.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a [u8]),
    /// Key and value in the order written; a later key stands for an earlier one of its name.
    List(Vec<(Key<'a>, Value<'a>)>),
    /// Something that no reader here looks into, such as a reference.
    Opaque,
}

/// The key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    Int(i64),
    Text(&'a [u8]),
}

/// Why bytes are not a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhpError {
    #[error("it is longer than {} bytes", super::MAX_TEXT)]
    TooLong,
    #[error("it is nested more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("it has more than {MAX_TOKENS} parts")]
    TooManyTokens,
    #[error("its lengths do not fit its contents, or it is not PHP-serialized")]
    Malformed,
    #[error("it is not a list")]
    NotAList,
}

/// Reads one value, which must be all there is.
pub fn read(bytes: &[u8]) -> Result<Value<'_>, PhpError> {
    if bytes.len() > super::MAX_TEXT {
        return Err(PhpError::TooLong);
    }
    let mut tokens = Tokens { parser: PhpParser::new(bytes), read: 0 };
    let first = tokens.next()?;
    let value = tokens.value(&first, 0)?;
    if tokens.parser.position() == bytes.len() { Ok(value) } else { Err(PhpError::Malformed) }
}

/// Like [`read`]; a text that is itself a serialized list is read once more.
///
/// WordPress stores such a value when it is handed one that is serialized already.
pub fn read_nested(bytes: &[u8]) -> Result<Value<'_>, PhpError> {
    match read(bytes)? {
        Value::Text(inner) if inner.starts_with(b"a:") => read(inner),
        value => Ok(value),
    }
}

struct Tokens<'a> {
    parser: PhpParser<'a>,
    read: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Result<PhpToken<'a>, PhpError> {
        if self.read == MAX_TOKENS {
            return Err(PhpError::TooManyTokens);
        }
        self.read += 1;
        self.parser.read_token().map_err(|_| PhpError::Malformed)
    }

    fn value(&mut self, token: &PhpToken<'a>, depth: usize) -> Result<Value<'a>, PhpError> {
        Ok(match token {
            PhpToken::Null => Value::Null,
            PhpToken::Boolean(bool) => Value::Bool(*bool),
            PhpToken::Integer(int) => Value::Int(*int),
            PhpToken::Float(float) => Value::Float(*float),
            PhpToken::String(text) => Value::Text(text.as_bytes()),
            PhpToken::Array { elements } => self.list(*elements, depth + 1)?,
            PhpToken::Object { properties, .. } => self.list(*properties, depth + 1)?,
            PhpToken::CustomObject { .. } | PhpToken::Reference { .. } => Value::Opaque,
            PhpToken::End => return Err(PhpError::Malformed),
        })
    }

    fn list(&mut self, declared: u32, depth: usize) -> Result<Value<'a>, PhpError> {
        if depth > MAX_DEPTH {
            return Err(PhpError::TooDeep);
        }
        let mut entries = Vec::new();
        for _ in 0..declared {
            let key = match self.next()? {
                PhpToken::Integer(int) => Key::Int(int),
                PhpToken::String(text) => Key::Text(text.as_bytes()),
                _ => return Err(PhpError::Malformed),
            };
            let token = self.next()?;
            entries.push((key, self.value(&token, depth)?));
        }
        match self.next()? {
            PhpToken::End => Ok(Value::List(entries)),
            _ => Err(PhpError::Malformed),
        }
    }
}

impl<'a> Value<'a> {
    /// The entry of a list; the last one, as in PHP, if the key is repeated.
    pub fn entry(&self, key: &str) -> Option<&Value<'a>> {
        self.entries()
            .iter()
            .rev()
            .find(|(found, _)| *found == Key::Text(key.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The entries of a list, none for anything else.
    pub fn entries(&self) -> &[(Key<'a>, Value<'a>)] {
        match self {
            Self::List(entries) => entries,
            _ => &[],
        }
    }

    /// A count that is not negative, in whichever type PHP had it: `640`, `"640"` or `640.0`.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::Int(int) => u64::try_from(*int).ok(),
            Self::Text(text) => str::from_utf8(text).ok()?.trim().parse().ok(),
            Self::Float(float) => whole(*float),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether PHP takes it for "nothing", as WordPress stores for a file without metadata.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Null | Self::Bool(false) | Self::Text(b""))
    }
}

/// The whole number nearest below, for floats that hold every whole number up to there.
pub(super) fn whole(float: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !(0.0..=EXACT).contains(&float) {
        return None;
    }
    format!("{:.0}", float.floor()).parse().ok()
}

impl Key<'_> {
    /// The key as text; bytes that are not UTF-8 are replaced.
    pub fn name(&self) -> String {
        match self {
            Self::Int(int) => int.to_string(),
            Self::Text(text) => String::from_utf8_lossy(text).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_of_value_is_read() {
        let serialized = b"a:8:{i:0;N;i:1;b:1;i:-2;i:-7;s:1:\"f\";d:0.5;s:1:\"t\";s:2:\"\xff\"\";\
            s:1:\"l\";a:0:{}s:1:\"o\";O:3:\"Foo\":1:{s:1:\"p\";i:1;}s:1:\"r\";R:2;}";
        let value = read(serialized).unwrap();
        assert_eq!(value.entries()[0], (Key::Int(0), Value::Null));
        assert_eq!(value.entries()[1], (Key::Int(1), Value::Bool(true)));
        assert_eq!(value.entries()[2], (Key::Int(-2), Value::Int(-7)));
        assert_eq!(value.entry("f"), Some(&Value::Float(0.5)));
        assert_eq!(value.entry("t").unwrap().text(), Some(b"\xff\"".as_slice()));
        assert_eq!(value.entry("l"), Some(&Value::List(vec![])));
        assert_eq!(value.entry("o").unwrap().entry("p"), Some(&Value::Int(1)));
        assert_eq!(value.entry("r"), Some(&Value::Opaque));
        assert_eq!(value.entry("x"), None);
    }

    #[test]
    fn counts_are_taken_in_whichever_type_php_had_them() {
        let cases: [(&[u8], Option<u64>); 12] = [
            (b"i:640;", Some(640)),
            (b"s:3:\"640\";", Some(640)),
            (b"s:5:\" 640 \";", Some(640)),
            (b"d:640.9;", Some(640)),
            (b"d:1.0E+25;", None),
            (b"d:NAN;", None),
            (b"d:-1;", None),
            (b"i:-1;", None),
            (b"s:0:\"\";", None),
            (b"s:4:\"wide\";", None),
            (b"b:1;", None),
            (b"N;", None),
        ];
        for (serialized, count) in cases {
            assert_eq!(read(serialized).unwrap().count(), count, "{}", serialized.escape_ascii());
        }
    }

    #[test]
    fn what_does_not_add_up_is_malformed() {
        let cases: [&[u8]; 22] = [
            b"",
            b"x",
            b"a:1:{",
            b"a:1:{}",
            b"a:0:{i:0;i:0;}",
            b"a:2:{i:0;i:0;}",
            b"a:1:{i:0;i:0;i:1;i:1;}",
            b"a:1:{i:0;}",
            b"a:1:{N;i:0;}",
            b"a:4294967295:{}",
            b"a:99999999999999999999:{}",
            b"a:-1:{}",
            b"s:5:\"four\";",
            b"s:3:\"four\";",
            b"s:4294967295:\"\";",
            b"s:99999999999999:\"x\";",
            b"O:8:\"stdClass\":4294967295:{",
            b"C:3:\"Foo\":4294967295:{}",
            b"E:7:\"Foo:Bar\";",
            b"i:99999999999999999999;",
            b"i:1;i:2;",
            b"}",
        ];
        for serialized in cases {
            assert_eq!(read(serialized), Err(PhpError::Malformed), "{}", serialized.escape_ascii());
        }
    }

    #[test]
    fn nesting_is_followed_to_the_limit_and_no_deeper() {
        let nested = |depth: usize| "a:1:{i:0;".repeat(depth) + "N;" + &"}".repeat(depth);
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(read(nested(MAX_DEPTH + 1).as_bytes()), Err(PhpError::TooDeep));
        let endless = "a:1:{i:0;".repeat(100_000);
        assert_eq!(read(endless.as_bytes()), Err(PhpError::TooDeep));
    }

    #[test]
    fn tokens_and_bytes_are_bounded() {
        let wide = |entries: usize| format!("a:{entries}:{{{}}}", "i:0;N;".repeat(entries));
        assert!(read(wide(40_000).as_bytes()).is_ok());
        assert_eq!(read(wide(50_000).as_bytes()), Err(PhpError::TooManyTokens));
        let long = vec![b'a'; crate::exports::MAX_TEXT + 1];
        assert_eq!(read(&long), Err(PhpError::TooLong));
    }

    #[test]
    fn a_list_that_was_serialized_twice_is_unwrapped_once() {
        let list = "a:1:{s:5:\"width\";i:9;}";
        let twice = format!("s:{}:\"{list}\";", list.len());
        let thrice = format!("s:{}:\"{twice}\";", twice.len());
        let width = |value: &Value<'_>| value.entry("width").and_then(Value::count);
        assert_eq!(width(&read_nested(list.as_bytes()).unwrap()), Some(9));
        assert_eq!(width(&read_nested(twice.as_bytes()).unwrap()), Some(9));
        assert_eq!(width(&read_nested(thrice.as_bytes()).unwrap()), None);
        assert_eq!(read_nested(b"s:4:\"a:1:\";"), Err(PhpError::Malformed));
    }

    #[test]
    fn a_later_key_stands_for_an_earlier_one() {
        let value = read(b"a:2:{s:1:\"a\";i:1;s:1:\"a\";i:2;}").unwrap();
        assert_eq!(value.entry("a"), Some(&Value::Int(2)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_value_or_an_error(
            bytes in proptest::collection::vec(
                prop_oneof![4 => proptest::sample::select(b"aisdbNORC:;{}\"0123456789".to_vec()),
                            1 => any::<u8>()],
                0..200,
            )
        ) {
            if let Ok(value) = read_nested(&bytes) {
                prop_assert!(value.count().is_none() || value.entries().is_empty());
            }
        }
    }
}
