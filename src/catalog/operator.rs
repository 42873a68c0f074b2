//! Operators after loading, each with a value of the kind it needs.

use std::fmt;

use jiff::Timestamp;

use crate::catalog::show;
use crate::model::Kind;
use crate::net::{IpSet, PortSet};
use crate::text::Glob;

/// A test of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// Whether AWS has a value at all; the only operator that an absent value can meet.
    Exists(bool),
    IsEmpty(bool),
    Bool(Comparison<bool>),
    Int(Comparison<i64>),
    Text(Comparison<String>),
    Time(Comparison<Timestamp>),
    /// Further back than so many times 24 hours.
    OlderThanDays(i64),
    /// Less far back than so many times 24 hours.
    NewerThanDays(i64),
    /// The text fits one of the patterns.
    Matches(Vec<Glob>),
    /// The list has one of these.
    Contains(Vec<String>),
    /// The list has one that fits one of these patterns.
    ContainsMatch(Vec<Glob>),
    /// The list has none but these.
    WithinTexts(Vec<String>),
    Ips(SetTest<IpSet>),
    /// The addresses that the internet can send from are at least as many as in a block of this length.
    PublicAtLeast {
        ipv4: u8,
        ipv6: u8,
    },
    Ports(SetTest<PortSet>),
    CountGt(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Comparison<T> {
    Is(Order, T),
    In(Vec<T>),
    NotIn(Vec<T>),
}

/// How two values of one line stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SetTest<S> {
    /// They have a member in common.
    Intersects(S),
    /// The fact has no member outside.
    Within(S),
    /// The fact has all of these members.
    Covers(S),
}

impl Order {
    pub const ALL: [Order; 6] = [Order::Eq, Order::Ne, Order::Lt, Order::Le, Order::Gt, Order::Ge];

    pub fn as_str(self) -> &'static str {
        match self {
            Order::Eq => "eq",
            Order::Ne => "ne",
            Order::Lt => "lt",
            Order::Le => "le",
            Order::Gt => "gt",
            Order::Ge => "ge",
        }
    }

    pub fn from_word(word: &str) -> Option<Order> {
        Order::ALL.into_iter().find(|order| order.as_str() == word)
    }

    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Order::Eq => left == right,
            Order::Ne => left != right,
            Order::Lt => left < right,
            Order::Le => left <= right,
            Order::Gt => left > right,
            Order::Ge => left >= right,
        }
    }
}

impl<T: PartialOrd> Comparison<T> {
    pub fn holds(&self, value: &T) -> bool {
        match self {
            Comparison::Is(order, other) => order.holds(value, other),
            Comparison::In(others) => others.contains(value),
            Comparison::NotIn(others) => !others.contains(value),
        }
    }
}

/// The operators that fit facts of a kind, in the order that help lines name them.
///
/// NOTE: texts have no order. `"TLSv1.2" < "TLSv1.10"` is what a check's author would get.
pub fn operators_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Bool => &["eq", "ne", "exists"],
        Kind::Int => &["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "exists"],
        Kind::Text => &["eq", "ne", "in", "not_in", "matches", "exists"],
        Kind::Time => &["older_than_days", "newer_than_days", "eq", "ne", "lt", "le", "gt", "ge", "exists"],
        Kind::Texts => &["contains", "contains_match", "within", "is_empty", "exists"],
        Kind::Ips => &["intersects", "within", "covers", "public_at_least", "is_empty", "exists"],
        Kind::Ports => &["intersects", "within", "covers", "count_gt", "is_empty", "exists"],
        Kind::List(_) => &["is_empty", "exists"],
    }
}

/// Every operator there is, for suggestions.
pub const ALL_OPERATORS: &[&str] = &[
    "eq",
    "ne",
    "in",
    "not_in",
    "lt",
    "le",
    "gt",
    "ge",
    "matches",
    "older_than_days",
    "newer_than_days",
    "contains",
    "contains_match",
    "intersects",
    "within",
    "covers",
    "public_at_least",
    "count_gt",
    "is_empty",
    "exists",
];

impl fmt::Display for Operator {
    /// As the check's file has it, with the values of parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operator::Exists(value) => write!(f, "exists {value}"),
            Operator::IsEmpty(value) => write!(f, "is_empty {value}"),
            Operator::Bool(comparison) => comparison.write(f, bool::to_string),
            Operator::Int(comparison) => comparison.write(f, i64::to_string),
            Operator::Text(comparison) => comparison.write(f, |text| show::text(text)),
            Operator::Time(comparison) => comparison.write(f, Timestamp::to_string),
            Operator::OlderThanDays(days) => write!(f, "older_than_days {days}"),
            Operator::NewerThanDays(days) => write!(f, "newer_than_days {days}"),
            Operator::Matches(globs) => write!(f, "matches {}", patterns(globs)),
            Operator::Contains(texts) => write!(f, "contains {}", show::texts(texts)),
            Operator::ContainsMatch(globs) => write!(f, "contains_match {}", patterns(globs)),
            Operator::WithinTexts(texts) => write!(f, "within {}", show::texts(texts)),
            Operator::Ips(test) => test.write(f, show::blocks),
            Operator::PublicAtLeast { ipv4, ipv6 } => write!(f, "public_at_least ipv4 /{ipv4} or ipv6 /{ipv6}"),
            Operator::Ports(test) => test.write(f, PortSet::to_string),
            Operator::CountGt(number) => write!(f, "count_gt {number}"),
        }
    }
}

fn patterns(globs: &[Glob]) -> String {
    show::list(globs.iter().map(|glob| show::text(glob.as_str())))
}

impl<T> Comparison<T> {
    fn write(&self, f: &mut fmt::Formatter<'_>, show_one: impl Fn(&T) -> String) -> fmt::Result {
        match self {
            Comparison::Is(order, value) => write!(f, "{} {}", order.as_str(), show_one(value)),
            Comparison::In(values) => write!(f, "in {}", show::list(values.iter().map(show_one))),
            Comparison::NotIn(values) => write!(f, "not_in {}", show::list(values.iter().map(show_one))),
        }
    }
}

impl<S> SetTest<S> {
    fn write(&self, f: &mut fmt::Formatter<'_>, show_one: impl Fn(&S) -> String) -> fmt::Result {
        match self {
            SetTest::Intersects(set) => write!(f, "intersects {}", show_one(set)),
            SetTest::Within(set) => write!(f, "within {}", show_one(set)),
            SetTest::Covers(set) => write!(f, "covers {}", show_one(set)),
        }
    }
}
