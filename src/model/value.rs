//! The values that facts have and conditions compare.

use std::fmt;

use jiff::Timestamp;

use crate::inventory::Missing;
use crate::net::{IpSet, PortSet};

/// What a fact is, as a check's author sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Bool,
    Int,
    Text,
    /// A list of texts, sorted where AWS gives it no order.
    Texts,
    Time,
    /// A set of addresses, IPv4 and IPv6 together.
    Ips,
    Ports,
    /// A list of records; these are a record's fields.
    List(&'static [Field]),
}

impl Kind {
    /// The word for it in messages and in the fact reference.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Int => "a whole number",
            Kind::Text => "a text",
            Kind::Texts => "a list of texts",
            Kind::Time => "a time",
            Kind::Ips => "a set of addresses",
            Kind::Ports => "a set of ports",
            Kind::List(_) => "a list of records",
        }
    }

    /// Whether a value may stand for a fact of this kind.
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Absent | Value::Unknown(_))
            | (Kind::Bool, Value::Bool(_))
            | (Kind::Int, Value::Int(_))
            | (Kind::Text, Value::Text(_))
            | (Kind::Texts, Value::Texts(_))
            | (Kind::Time, Value::Time(_))
            | (Kind::Ips, Value::Ips(_))
            | (Kind::Ports, Value::Ports(_)) => true,
            (Kind::List(fields), Value::List(records)) => records.iter().all(|record| record.fits(fields)),
            _ => false,
        }
    }
}

/// One field of the records in a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// What it means, in a sentence without a full stop.
    pub doc: &'static str,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// AWS says that there is none: a group without a VPC, a key never used.
    Absent,
    /// It could not be read.
    Unknown(Missing),
    Bool(bool),
    Int(i64),
    Text(String),
    Texts(Vec<String>),
    Time(Timestamp),
    Ips(IpSet),
    Ports(PortSet),
    List(Vec<Record>),
}

/// The values of one element of a list, in the order of its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Record(Vec<Value>);

impl Record {
    /// A record whose values stand in the order of `fields`.
    ///
    /// # Panics
    /// In debug builds, if the values do not fit the fields: the table and its getter disagree.
    pub fn new(fields: &'static [Field], values: impl Into<Vec<Value>>) -> Record {
        let record = Record(values.into());
        debug_assert!(record.fits(fields), "{record:?} does not fit {fields:?}");
        record
    }

    fn fits(&self, fields: &[Field]) -> bool {
        self.0.len() == fields.len() && fields.iter().zip(&self.0).all(|(field, value)| field.kind.admits(value))
    }

    /// The value of the field at this index of the list's fields.
    pub fn get(&self, index: usize) -> &Value {
        static ABSENT: Value = Value::Absent;
        self.0.get(index).unwrap_or(&ABSENT)
    }

    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

impl Value {
    /// `Absent` for none.
    pub fn optional<T: Into<Value>>(value: Option<T>) -> Value {
        value.map_or(Value::Absent, Into::into)
    }

    /// The value, or `Unknown` with the reason.
    pub fn known<T: Into<Value>>(value: Result<T, Missing>) -> Value {
        match value {
            Ok(value) => value.into(),
            Err(missing) => Value::Unknown(missing),
        }
    }
}

macro_rules! into_value {
    ($($from:ty => |$v:ident| $to:expr),* $(,)?) => {
        $(impl From<$from> for Value { fn from($v: $from) -> Value { $to } })*
    };
}
into_value! {
    bool => |v| Value::Bool(v),
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(v.into()),
    usize => |v| Value::Int(i64::try_from(v).unwrap_or(i64::MAX)),
    String => |v| Value::Text(v),
    &str => |v| Value::Text(v.to_owned()),
    Vec<String> => |v| Value::Texts(v),
    Timestamp => |v| Value::Time(v),
    IpSet => |v| Value::Ips(v),
    PortSet => |v| Value::Ports(v),
    Vec<Record> => |v| Value::List(v),
}

impl From<&String> for Value {
    fn from(v: &String) -> Value {
        Value::Text(v.clone())
    }
}

/// As evidence shows it, in one line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Absent => f.write_str("none"),
            Value::Unknown(missing) => write!(f, "unknown ({missing})"),
            Value::Bool(v) => write!(f, "{v}"),
            Value::Int(v) => write!(f, "{v}"),
            Value::Text(v) => f.write_str(v),
            Value::Texts(v) => f.write_str(&v.join(", ")),
            Value::Time(v) => write!(f, "{v}"),
            Value::Ips(v) => f.write_str(&v.blocks().join(", ")),
            Value::Ports(v) => write!(f, "{v}"),
            Value::List(v) => write!(f, "{} of them", v.len()),
        }
    }
}
