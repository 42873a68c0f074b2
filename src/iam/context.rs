//! What is known of a request: the values of condition keys.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is known of one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<'f> {
    /// The request may have it or not, with any value.
    Unknown,
    /// The request does not have it.
    Absent,
    /// The request has it with exactly these values, one for most keys.
    Is(Vec<Cow<'f, str>>),
    /// The request has it with one value, of which only the beginning is known.
    Begins(Cow<'f, str>),
}

impl<'f> Fact<'f> {
    pub fn one(value: impl Into<Cow<'f, str>>) -> Fact<'f> {
        Fact::Is(vec![value.into()])
    }

    /// The value if there is one, else known to be absent.
    pub fn of(value: Option<&'f str>) -> Fact<'f> {
        value.map_or(Fact::Absent, Fact::one)
    }
}

/// Whoever can say what is known of a condition key.
pub trait Facts {
    /// The key in lower case.
    fn fact(&self, key: &str) -> Fact<'_>;
}

/// Known facts about a request. A key is known with values, known to be
/// absent, or not known, which is what it is unless something is said. Keys are
/// compared without regard to case, as AWS does, the name of a tag in them too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext {
    keys: BTreeMap<String, Stated>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stated {
    Absent,
    Is(Vec<String>),
    Begins(String),
}

impl RequestContext {
    pub fn new() -> RequestContext {
        RequestContext::default()
    }

    /// The request has the key with these values; with none of them, it has it not.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) -> &mut Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        let stated = if values.is_empty() { Stated::Absent } else { Stated::Is(values) };
        self.keys.insert(key.to_ascii_lowercase(), stated);
        self
    }

    /// The request has the key with one value.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, [value]);
        self
    }

    /// The request does not have the key.
    pub fn absent(&mut self, key: &str) -> &mut Self {
        self.keys.insert(key.to_ascii_lowercase(), Stated::Absent);
        self
    }

    /// As [`RequestContext::absent`], by value.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.absent(key);
        self
    }

    /// The request has the key with one value that begins so, and goes on as the caller likes.
    pub fn begins(&mut self, key: &str, value: &str) -> &mut Self {
        self.keys.insert(key.to_ascii_lowercase(), Stated::Begins(value.to_owned()));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What was said, in the order of keys: none for a key that is absent.
    pub fn stated(&self) -> impl Iterator<Item = (&str, Option<&[String]>)> {
        self.keys.iter().map(|(key, stated)| match stated {
            Stated::Absent => (key.as_str(), None),
            Stated::Is(values) => (key.as_str(), Some(values.as_slice())),
            Stated::Begins(value) => (key.as_str(), Some(std::slice::from_ref(value))),
        })
    }
}

impl Facts for RequestContext {
    fn fact(&self, key: &str) -> Fact<'_> {
        match self.keys.get(key) {
            None => Fact::Unknown,
            Some(Stated::Absent) => Fact::Absent,
            Some(Stated::Begins(value)) => Fact::Begins(Cow::Borrowed(value)),
            Some(Stated::Is(values)) => Fact::Is(values.iter().map(|value| Cow::Borrowed(value.as_str())).collect()),
        }
    }
}
