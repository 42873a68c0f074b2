//! Condition operators, taken apart: what they compare, and what they make of
//! several values and of none.

/// An operator such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub quantifier: Quantifier,
    pub comparison: Comparison,
    /// `Not...`: every value of the policy must differ.
    pub negated: bool,
    pub if_exists: bool,
}

/// How the request's values of a key are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// No prefix: the key has one value.
    One,
    /// `ForAllValues:` holds also where there is none.
    All,
    /// `ForAnyValue:`
    Any,
}

/// What is compared, without its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike` are the same for AWS.
    Arn,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equals,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub fn holds(self, of: std::cmp::Ordering) -> bool {
        match self {
            Order::Equals => of.is_eq(),
            Order::Less => of.is_lt(),
            Order::LessOrEqual => of.is_le(),
            Order::Greater => of.is_gt(),
            Order::GreaterOrEqual => of.is_ge(),
        }
    }
}

impl Operator {
    /// Reads an operator, without regard to case; none if the language has no such one.
    pub fn parse(text: &str) -> Option<Operator> {
        let lower = text.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            None => (Quantifier::One, lower.as_str()),
            Some(("forallvalues", rest)) => (Quantifier::All, rest),
            Some(("foranyvalue", rest)) => (Quantifier::Any, rest),
            Some(_) => return None,
        };
        let (base, if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (comparison, negated) = comparison(base)?;
        // There is nothing that `Null` could leave out.
        let possible = comparison != Comparison::Null || (!if_exists && quantifier == Quantifier::One);
        possible.then_some(Operator { quantifier, comparison, negated, if_exists })
    }
}

fn comparison(base: &str) -> Option<(Comparison, bool)> {
    let order = |name: &str| {
        Some(match name {
            "equals" => (Order::Equals, false),
            "notequals" => (Order::Equals, true),
            "lessthan" => (Order::Less, false),
            "lessthanequals" => (Order::LessOrEqual, false),
            "greaterthan" => (Order::Greater, false),
            "greaterthanequals" => (Order::GreaterOrEqual, false),
            _ => return None,
        })
    };
    if let Some(name) = base.strip_prefix("numeric") {
        return order(name).map(|(order, negated)| (Comparison::Numeric(order), negated));
    }
    if let Some(name) = base.strip_prefix("date") {
        return order(name).map(|(order, negated)| (Comparison::Date(order), negated));
    }
    Some(match base {
        "stringequals" => (Comparison::StringEquals, false),
        "stringnotequals" => (Comparison::StringEquals, true),
        "stringequalsignorecase" => (Comparison::StringEqualsIgnoreCase, false),
        "stringnotequalsignorecase" => (Comparison::StringEqualsIgnoreCase, true),
        "stringlike" => (Comparison::StringLike, false),
        "stringnotlike" => (Comparison::StringLike, true),
        "bool" => (Comparison::Bool, false),
        "binaryequals" => (Comparison::Binary, false),
        "ipaddress" => (Comparison::IpAddress, false),
        "notipaddress" => (Comparison::IpAddress, true),
        "arnequals" | "arnlike" => (Comparison::Arn, false),
        "arnnotequals" | "arnnotlike" => (Comparison::Arn, true),
        "null" => (Comparison::Null, false),
        _ => return None,
    })
}
