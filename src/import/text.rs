//! From bytes to the pieces of JSON that are under known keys, each with its place in the text.
//!
//! Nothing of a file is lost because another part of it cannot be read: what came before is kept. Nesting costs no
//! stack, because pieces are only measured here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arn::AccountId;

use super::account;
use super::shapes::{self, BESIDE, ENVELOPE, IS_TRUNCATED, TOKENS};

/// One JSON object of a file: what the AWS CLI printed.
#[derive(Debug, Default)]
pub(super) struct Answer<'a> {
    pub(super) sections: Vec<Section<'a>>,
    /// Keys that no shape has.
    pub(super) unknown: Vec<String>,
    /// Whether it says that another page follows.
    pub(super) has_more: bool,
    /// The account under whose id it stands, where a file holds answers of several by their ids.
    pub(super) account: Option<AccountId>,
    /// What stands beside the lists.
    pub(super) beside: Vec<(String, Value)>,
    /// Why it ends before its end.
    pub(super) broken: Option<Place>,
}

/// What is under a known key.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) key: String,
    pub(super) items: Vec<Item<'a>>,
    /// It holds one thing and no list.
    pub(super) is_single: bool,
}

#[derive(Debug)]
pub(super) enum Item<'a> {
    /// One of a list, as it stands in the text.
    Listed(&'a str),
    /// The one thing.
    Single(Value),
}

/// Where something is wrong, and what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// From 1; none if it is the whole file.
    pub(super) line: Option<usize>,
    pub(super) column: usize,
    pub(super) why: String,
}

impl Place {
    pub(super) fn nowhere(why: impl Into<String>) -> Place {
        Place { line: None, column: 0, why: why.into() }
    }

    /// What a parser of the whole text, or of a piece of it, says.
    pub(super) fn of(error: &serde_json::Error, text: &Text<'_>, piece: &str) -> Place {
        let said = error.to_string();
        let why = said.split(" at line ").next().unwrap_or(&said).to_owned();
        let (first_line, first_column) = text.position(piece);
        let (line, column) = match error.line() {
            0 => (1, 1),
            line => (line, error.column()),
        };
        let column = if line == 1 { first_column + column } else { column };
        Place { line: Some(first_line + line), column, why }
    }
}

/// A file's text, and where its lines begin: hostile files have a mistake in each.
#[derive(Debug)]
pub(super) struct Text<'a> {
    text: &'a str,
    breaks: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Text<'a> {
        Text { text, breaks: text.match_indices('\n').map(|(place, _)| place).collect() }
    }

    /// The lines before a piece of it, and the bytes before it in its line.
    fn position(&self, piece: &str) -> (usize, usize) {
        let start = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        // What is no piece of it has no place of its own.
        let start = if start <= self.text.len() { start } else { 0 };
        let lines = self.breaks.partition_point(|place| *place < start);
        let line = lines.checked_sub(1).and_then(|last| self.breaks.get(last)).map_or(0, |place| place + 1);
        (lines, start - line)
    }
}

/// A file's text: UTF-8, or the UTF-16 that a Windows shell writes into files.
///
/// # Errors
/// It is neither.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Place> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = bytes.get(2..).unwrap_or(&[]).chunks(2).map(|pair| match pair {
            [first, second] => of([*first, *second]),
            _ => u16::from(b'?'),
        });
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| Place::nowhere("it is not UTF-16 text"))
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => {
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let text = std::str::from_utf8(text).map_err(|_| Place::nowhere("it is not text"))?;
            Ok(text.to_owned())
        }
    }
}

/// Every object of a file, one after another or in a list; most files have one.
pub(super) fn answers<'a>(text: &Text<'a>) -> Vec<Answer<'a>> {
    let mut parser = serde_json::Deserializer::from_str(text.text);
    let mut out = Vec::new();
    loop {
        let before = out.len();
        let read = parser.deserialize_any(Top { out: &mut out, account: None });
        let failed = read.is_err();
        if let Err(error) = read {
            if out.len() == before {
                out.push(Answer::default());
            }
            if let Some(answer) = out.last_mut() {
                answer.broken = Some(Place::of(&error, text, text.text));
            }
        }
        if failed || parser.end().is_ok() {
            return out;
        }
    }
}

struct Top<'o, 'a> {
    out: &'o mut Vec<Answer<'a>>,
    /// Whose it is, if what is around it says so.
    account: Option<AccountId>,
}

impl Top<'_, '_> {
    fn scalar<E: Error>(self, found: Unexpected<'_>) -> Result<(), E> {
        match self.account {
            Some(_) => Ok(()),
            None => Err(E::invalid_type(found, &self)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Top<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, as the AWS CLI prints it")
    }

    // An account's id may also be a key to its name.
    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.scalar(Unexpected::Str(value))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Unexpected::Float(value))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(Unexpected::Unit)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Top { out: &mut *self.out, account: self.account.clone() })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let at = self.out.len();
        self.out.push(Answer { account: self.account, ..Answer::default() });
        while let Some(key) = map.next_key::<String>()? {
            if let Ok(account) = key.parse::<AccountId>() {
                // Some tools put the answers of an account under its id.
                map.next_value_seed(Top { out: &mut *self.out, account: Some(account) })?;
                continue;
            }
            let Some(answer) = self.out.get_mut(at) else { return Ok(()) };
            if TOKENS.contains(&key.as_str()) {
                let token: Value = map.next_value()?;
                answer.has_more |= token.as_str().is_some_and(|token| !token.is_empty());
            } else if key == IS_TRUNCATED {
                answer.has_more |= map.next_value::<Value>()?.as_bool().unwrap_or(false);
            } else if BESIDE.contains(&key.as_str()) {
                answer.beside.push((key, map.next_value()?));
            } else if ENVELOPE.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else if shapes::of_key(&key).next().is_some() || account::knows(&key) {
                answer.sections.push(Section { key, items: Vec::new(), is_single: false });
                if let Some(section) = answer.sections.last_mut() {
                    map.next_value_seed(Items(section))?;
                }
            } else {
                answer.unknown.push(key);
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Items<'o, 'a>(&'o mut Section<'a>);

impl<'de> DeserializeSeed<'de> for Items<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Items<'_, '_> {
    /// Neither list nor object: whoever wants either says what is wrong with it, and the rest of the file is read.
    fn single<E>(self, value: impl Into<Value>) -> Result<(), E> {
        self.0.is_single = true;
        self.0.items.push(Item::Single(value.into()));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Items<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element::<&'de RawValue>()? {
            self.0.items.push(Item::Listed(item.get()));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut object = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            object.insert(key, map.next_value()?);
        }
        self.single(object)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.single(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.single(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.single(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.single(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.single(value)
    }

    /// `null` is how some tools write an empty list.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<(String, usize)> {
        answers(&Text::new(text)).iter().flat_map(|a| &a.sections).map(|s| (s.key.clone(), s.items.len())).collect()
    }

    #[test]
    fn what_came_before_the_break_is_kept() {
        let text = r#"{"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-"#;
        assert_eq!(listed(text), [("Vpcs".to_owned(), 1)]);
        let broken = answers(&Text::new(text))[0].broken.clone().unwrap();
        assert_eq!((broken.line, broken.why.as_str()), (Some(1), "EOF while parsing a string"));
    }

    #[test]
    fn objects_may_follow_one_another_and_lists_may_be_null() {
        assert_eq!(listed("{\"Vpcs\": null}\n{\"Subnets\": [1, 2]}"), [("Vpcs".into(), 0), ("Subnets".into(), 2)]);
        assert_eq!(listed("{\"Vpcs\": 3, \"Subnets\": [1]}"), [("Vpcs".into(), 1), ("Subnets".into(), 1)]);
        assert!(answers(&Text::new("[]")).is_empty() && answers(&Text::new(""))[0].broken.is_some());
        assert_eq!(listed("[{\"Vpcs\": [1]}, {\"Subnets\": [1, 2]}]"), [("Vpcs".into(), 1), ("Subnets".into(), 2)]);
        let cut = Text::new("[{\"Vpcs\": [1]}, {\"Subnets\": [{}, {");
        let cut = answers(&cut);
        assert!(cut[0].broken.is_none() && cut[1].broken.is_some() && cut[1].sections[0].items.len() == 1);
    }

    #[test]
    fn answers_may_stand_under_the_accounts_that_they_are_of() {
        let text =
            Text::new(r#"{"111122223333": {"Vpcs": []}, "444455556666": [{"Subnets": []}], "12": {"Vpcs": []}}"#);
        let answers = answers(&text);
        let accounts: Vec<_> = answers.iter().map(|answer| answer.account.as_ref().map(|id| id.as_str())).collect();
        assert_eq!(accounts, [None, Some("111122223333"), Some("444455556666")]);
        assert_eq!(answers[0].unknown, ["12"]);
    }

    #[test]
    fn nesting_costs_no_stack() {
        let deep = format!("{{\"Vpcs\": [{}], \"Other\": {}", "[".repeat(200_000), "[".repeat(200_000));
        assert!(answers(&Text::new(&deep))[0].broken.is_some());
        let deep = format!("{{\"Vpcs\": [{}{}]}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(listed(&deep), [("Vpcs".to_owned(), 1)]);
    }

    #[test]
    fn places_are_those_of_the_whole_text() {
        let text = "{\n \"Vpcs\": [\n  {\"VpcId\":\n   3}\n ]\n}";
        let answer = &answers(&Text::new(text))[0];
        let Item::Listed(piece) = &answer.sections[0].items[0] else { panic!("it is listed") };
        #[derive(Debug, serde::Deserialize)]
        struct Named {
            #[serde(rename = "VpcId")]
            _id: String,
        }
        let error = serde_json::from_str::<Named>(piece).unwrap_err();
        let place = Place::of(&error, &Text::new(text), piece);
        assert_eq!((place.line, place.column), (Some(4), 4));
        assert_eq!(place.why, "invalid type: integer `3`, expected a string");
    }

    #[test]
    fn texts_of_windows_shells_are_read() {
        let plain = "{\"Vpcs\": []}";
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&little).unwrap(), plain);
        assert_eq!(decode(format!("\u{feff}{plain}").as_bytes()).unwrap(), plain);
        assert!(decode(&[0xff, 0xfe, 0x00, 0xd8]).is_err() && decode(&[0x80]).is_err());
    }
}
