use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::text::node::{Node, NodeValue};
use crate::text::{Diagnostic, Sink, SourceFile, Span, Table};

/// A value in a file. Its getters report a value of the wrong type and give none.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    pub(super) node: &'a Node,
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) sink: &'a Sink,
    pub(super) broken: bool,
}

impl<'a> Item<'a> {
    pub fn span(self) -> Span {
        self.node.span
    }

    pub fn file(self) -> &'a Arc<SourceFile> {
        self.file
    }

    /// What it is, in a user's words.
    pub fn word(self) -> &'static str {
        match self.node.value {
            NodeValue::String(_) => "a string",
            NodeValue::Integer(..) => "a whole number",
            NodeValue::Float(_) => "a number with a fraction",
            NodeValue::Boolean(_) => "a boolean",
            NodeValue::Datetime(_) => "a time",
            NodeValue::Array(_) => "an array",
            NodeValue::Table(_) => "a table",
        }
    }

    /// A mistake at this place, to be completed and given to [`Item::push`].
    pub fn error(self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.file, self.span(), message)
    }

    pub fn push(self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic);
    }

    /// Reports that something else is wanted here.
    pub fn wanted<T>(self, what: &str) -> Option<T> {
        self.push(self.error(format!("{what} is wanted here")).label(format!("this is {}", self.word())));
        None
    }

    /// The string, if it is one; reports nothing.
    pub fn as_str(self) -> Option<&'a str> {
        if let NodeValue::String(text) = &self.node.value { Some(text) } else { None }
    }

    /// Whether it is an array; reports nothing.
    pub fn is_array(self) -> bool {
        matches!(self.node.value, NodeValue::Array(_))
    }

    /// Whether it is a table; reports nothing.
    pub fn is_table(self) -> bool {
        matches!(self.node.value, NodeValue::Table(_))
    }

    /// Whether it is a whole number; reports nothing.
    pub fn is_integer(self) -> bool {
        matches!(self.node.value, NodeValue::Integer(..))
    }

    pub fn string(self) -> Option<&'a str> {
        self.as_str().or_else(|| self.wanted("a string"))
    }

    /// A string that is not empty.
    pub fn text(self) -> Option<&'a str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.push(self.error("this is empty").label("a text is wanted"));
            return None;
        }
        Some(text)
    }

    pub fn boolean(self) -> Option<bool> {
        if let NodeValue::Boolean(value) = self.node.value { Some(value) } else { self.wanted("`true` or `false`") }
    }

    pub fn integer(self) -> Option<i64> {
        let NodeValue::Integer(parsed, number) = &self.node.value else { return self.wanted("a whole number") };
        if parsed.is_none() {
            self.push(self.error(format!("`{number}` is too large")).label("at most 64 bits are wanted"));
        }
        *parsed
    }

    /// A whole number in a range.
    pub fn integer_in(self, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let number = self.integer()?;
        if range.contains(&number) {
            return Some(number);
        }
        let wanted = format!("{} to {} is wanted", range.start(), range.end());
        self.push(self.error(format!("`{number}` is out of range")).label(wanted));
        None
    }

    /// A number in a range, with a fraction or without.
    pub fn number_in(self, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        let number = match &self.node.value {
            NodeValue::Float(Some(number)) => *number,
            NodeValue::Integer(Some(number), _) => *number as f64,
            _ => return self.wanted("a number"),
        };
        if range.contains(&number) {
            return Some(number);
        }
        let wanted = format!("{:?} to {:?} is wanted", range.start(), range.end());
        self.push(self.error(format!("`{number}` is out of range")).label(wanted));
        None
    }

    pub fn array(self) -> Option<Vec<Item<'a>>> {
        match &self.node.value {
            NodeValue::Array(array) => Some(array.iter().map(|node| Item { node, ..self }).collect()),
            _ => self.wanted("an array"),
        }
    }

    pub fn table(self) -> Option<Table<'a>> {
        match &self.node.value {
            NodeValue::Table(table) => Some(Table::new(table, self)),
            _ => self.wanted("a table"),
        }
    }

    /// An array of strings; those that are none are reported and left out.
    pub fn strings(self) -> Option<Vec<String>> {
        Some(self.array()?.into_iter().filter_map(Item::string).map(str::to_owned).collect())
    }

    /// A string that has a form of its own; the type's error becomes the mistake's message.
    pub fn parsed<T: FromStr<Err: Display>>(self) -> Option<T> {
        match self.string()?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(self.error(error.to_string()));
                None
            }
        }
    }

    /// A time with its offset: a TOML date-time, or the same as a string.
    pub fn time(self) -> Option<Timestamp> {
        let text = match &self.node.value {
            NodeValue::Datetime(text) | NodeValue::String(text) => text,
            _ => return self.wanted("a time such as `2026-01-31T12:00:00Z`"),
        };
        let time = text.parse().ok();
        if time.is_none() {
            self.push(
                self.error(format!("`{text}` is not a time"))
                    .help("date, time and offset are wanted, such as `2026-01-31T12:00:00Z`"),
            );
        }
        time
    }

    /// A day: a TOML date, or the same as a string.
    pub fn date(self) -> Option<Date> {
        let text = match &self.node.value {
            NodeValue::Datetime(text) | NodeValue::String(text) => text,
            _ => return self.wanted("a day such as `2026-01-31`"),
        };
        // jiff would take a time for its day, and somebody's evening may be the next day elsewhere.
        let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if day.is_none() {
            self.push(
                self.error(format!("`{text}` is not a day")).help("year, month and day are wanted: `2026-01-31`"),
            );
        }
        day
    }

    /// Whatever it is, as JSON; times as their text, and numbers that no computer has as none.
    pub fn json(self) -> serde_json::Value {
        fn json(node: &Node) -> serde_json::Value {
            match &node.value {
                NodeValue::String(text) | NodeValue::Datetime(text) => text.as_str().into(),
                NodeValue::Integer(number, _) => (*number).into(),
                NodeValue::Float(number) => (*number).into(),
                NodeValue::Boolean(value) => (*value).into(),
                NodeValue::Array(nodes) => nodes.iter().map(json).collect(),
                NodeValue::Table(table) => {
                    serde_json::Value::Object(table.iter().map(|(key, (_, node))| (key.clone(), json(node))).collect())
                }
            }
        }
        json(self.node)
    }

    /// A copy that outlives the document.
    pub fn owned(self) -> OwnedItem {
        OwnedItem { node: self.node.clone(), file: Arc::clone(self.file) }
    }
}

/// A value together with the file it is in, for one reader to keep and another to interpret.
#[derive(Debug, Clone)]
pub struct OwnedItem {
    node: Node,
    file: Arc<SourceFile>,
}

impl OwnedItem {
    pub fn item<'a>(&'a self, sink: &'a Sink) -> Item<'a> {
        Item { node: &self.node, file: &self.file, sink, broken: false }
    }

    pub fn span(&self) -> Span {
        self.node.span
    }

    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// As it stands in the file.
    pub fn source(&self) -> &str {
        &self.file.text[self.span().within(&self.file.text)]
    }
}
