//! The little of CBOR (RFC 8949) that C2PA claims need: texts, lists and maps by text.
//!
//! Depth and number of items are bounded, and a length that is longer than the bytes left is an
//! end, so that memory stays proportional to what was read.

use std::collections::BTreeMap;

const DEPTH: u32 = 16;
const ITEMS: u32 = 20_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    /// Numbers, bytes and all else that no claim is made of.
    Other,
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        if let Self::Map(map) = self { map.get(name) } else { None }
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Gives every text that stands anywhere in it under `name`.
    pub(super) fn visit_texts(&self, name: &str, visit: &mut impl FnMut(&str)) {
        match self {
            Self::Map(map) => {
                for (key, value) in map {
                    if let (true, Self::Text(text)) = (key == name, value) {
                        visit(text);
                    }
                    value.visit_texts(name, visit);
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.visit_texts(name, visit)),
            Self::Text(_) | Self::Other => {}
        }
    }
}

/// The first item; `None` if it is not whole, too deep or too long.
pub(super) fn decode(bytes: &[u8]) -> Option<Value> {
    Decoder { rest: bytes, items: ITEMS }.value(DEPTH)
}

struct Decoder<'b> {
    rest: &'b [u8],
    items: u32,
}

/// What the first byte of an item says: its major type, and a number unless the length is open.
type Head = (u8, Option<u64>);

impl<'b> Decoder<'b> {
    fn head(&mut self) -> Option<Head> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        let number = match first & 0x1f {
            short @ 0..=23 => Some(short.into()),
            24 => Some(self.take(1)?.first().copied()?.into()),
            25 => Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?).into()),
            26 => Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?).into()),
            27 => Some(u64::from_be_bytes(*self.take(8)?.first_chunk()?)),
            31 => None,
            _ => return None,
        };
        Some((first >> 5, number))
    }

    fn take(&mut self, count: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        self.items = self.items.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let (major, number) = self.head()?;
        match (major, number) {
            (0 | 1 | 7, Some(_)) => Some(Value::Other),
            (2, _) => self.string(major, number).map(|_| Value::Other),
            (3, _) => {
                let bytes = self.string(major, number)?;
                Some(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            (4, _) => self.list(number, depth).map(Value::List),
            (5, _) => self.map(number, depth).map(Value::Map),
            (6, Some(_tag)) => self.value(depth),
            _ => None,
        }
    }

    /// Bytes or text; one of open length is the whole of its parts.
    fn string(&mut self, major: u8, length: Option<u64>) -> Option<Vec<u8>> {
        if let Some(length) = length {
            return self.take(length).map(<[u8]>::to_vec);
        }
        let mut whole = Vec::new();
        while !self.at_break() {
            self.items = self.items.checked_sub(1)?;
            match self.head()? {
                (part, Some(length)) if part == major => whole.extend(self.take(length)?),
                _ => return None,
            }
        }
        Some(whole)
    }

    fn list(&mut self, count: Option<u64>, depth: u32) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        let mut left = count;
        while self.goes_on(&mut left) {
            items.push(self.value(depth)?);
        }
        Some(items)
    }

    /// Entries whose key is no text are left out.
    fn map(&mut self, count: Option<u64>, depth: u32) -> Option<BTreeMap<String, Value>> {
        let mut map = BTreeMap::new();
        let mut left = count;
        while self.goes_on(&mut left) {
            let (key, value) = (self.value(depth)?, self.value(depth)?);
            if let Value::Text(key) = key {
                map.insert(key, value);
            }
        }
        Some(map)
    }

    /// Whether another item follows: by count, or until the break.
    fn goes_on(&mut self, left: &mut Option<u64>) -> bool {
        match left {
            Some(0) => false,
            Some(count) => {
                *count -= 1;
                true
            }
            None => !self.at_break(),
        }
    }

    fn at_break(&mut self) -> bool {
        match self.rest.split_first() {
            Some((0xff, rest)) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_open_and_of_known_length_are_read() {
        let value =
            decode(b"\xbf\x61a\x82\x01\x63two\x61b\xa1\x61n\x7f\x62xy\x61z\xff\xff").unwrap();
        assert_eq!(
            value.field("a").unwrap().items(),
            [Value::Other, Value::Text("two".to_owned())]
        );
        assert_eq!(value.field("b").and_then(|b| b.field("n")?.text()), Some("xyz"));
    }

    #[test]
    fn lying_lengths_and_depths_end_without_a_value() {
        assert_eq!(decode(b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(decode(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01"), None);
        assert_eq!(decode(&vec![0x81; 100_000]), None);
        assert_eq!(decode(&[0x9f; 3]), None);
        assert_eq!(decode(b""), None);
    }
}
