//! Conditions after loading: typed, with facts as indices.

use std::fmt;

use crate::catalog::operator::{Operator, Order};
use crate::net::IpSet;
use crate::text::Span;

/// Something that holds of a resource or an element, or does not, or cannot be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Its place in the check's file.
    pub span: Span,
    pub kind: ConditionKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ConditionKind {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Predicate),
    Over(Quantified),
}

/// One fact and one operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    pub fact: Path,
    pub operator: Operator,
    /// Addresses that are taken out of the fact first, and the exception's own place.
    pub except: Option<(IpSet, Span)>,
}

/// A condition on the elements of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantified {
    pub quantifier: Quantifier,
    pub list: Path,
    /// None counts every element.
    pub condition: Option<Box<Condition>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Some,
    Every,
    Count(Order, i64),
}

/// A fact of the resource, or a field of an element around the condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// How many levels further out it is: the number of `^` in its name.
    pub up: usize,
    /// In the table of that level.
    pub index: usize,
    /// As the table has it, without `^`.
    pub name: &'static str,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..self.up {
            f.write_str("^")?;
        }
        f.write_str(self.name)
    }
}

impl fmt::Display for Condition {
    /// In the check's words, in one line, with the values of parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, word: &str, members: &[Condition]| {
            write!(f, "{word} (")?;
            for (i, member) in members.iter().enumerate() {
                write!(f, "{}{member}", if i == 0 { "" } else { "; " })?;
            }
            f.write_str(")")
        };
        match &self.kind {
            ConditionKind::All(members) => joined(f, "all", members),
            ConditionKind::Any(members) => joined(f, "any", members),
            ConditionKind::Not(inner) => write!(f, "not ({inner})"),
            ConditionKind::Test(predicate) => write!(f, "{} {}", predicate.fact, predicate.words()),
            ConditionKind::Over(quantified) => write!(f, "{quantified}"),
        }
    }
}

impl Predicate {
    /// The operator and its value, without the fact.
    pub fn words(&self) -> String {
        match &self.except {
            Some((except, _)) => format!("{}, except {}", self.operator, crate::catalog::show::blocks(except)),
            None => self.operator.to_string(),
        }
    }
}

impl fmt::Display for Quantified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.quantifier {
            Quantifier::Some => "some",
            Quantifier::Every => "every",
            Quantifier::Count(..) => "count",
        };
        write!(f, "{word} {}", self.list)?;
        if let Some(condition) = &self.condition {
            write!(f, " where {condition}")?;
        }
        match self.quantifier {
            Quantifier::Count(order, number) => write!(f, " {} {number}", order.as_str()),
            _ => Ok(()),
        }
    }
}
