//! Conditions in words.

use crate::catalog::{Comparison, Condition, ConditionKind, Operator, Order, Predicate, Quantifier, SetTest};
use crate::catalog::{show_blocks, show_list, show_text, show_texts};
use crate::text::Glob;

/// A condition as a list: each line with how deep it is.
pub fn condition(condition: &Condition, depth: usize, out: &mut Vec<(usize, String)>) {
    let members = |head: &str, members: &[Condition], out: &mut Vec<(usize, String)>| {
        out.push((depth, head.to_owned()));
        members.iter().for_each(|member| self::condition(member, depth + 1, out));
    };
    match &condition.kind {
        ConditionKind::All(all) => members("all of these hold:", all, out),
        ConditionKind::Any(any) => members("one of these holds:", any, out),
        ConditionKind::Not(inner) => members("this does not hold:", std::slice::from_ref(inner), out),
        ConditionKind::Test(predicate) => out.push((depth, self::predicate(predicate))),
        ConditionKind::Over(over) => {
            let list = format!("`{}`", over.list);
            let which = if over.condition.is_some() { " for which:" } else { "" };
            let head = match over.quantifier {
                Quantifier::Some => format!("{list} has an element{which}"),
                Quantifier::Every if over.condition.is_some() => format!("for every element of {list}:"),
                Quantifier::Every => format!("every element of {list}"),
                Quantifier::Count(order, number) => {
                    format!("the number of elements of {list}{} {} {number}", which.trim_end_matches(':'), is(order))
                }
            };
            out.push((depth, head));
            if let Some(inner) = &over.condition {
                self::condition(inner, depth + 1, out);
            }
        }
    }
}

fn predicate(predicate: &Predicate) -> String {
    let except = match &predicate.except {
        Some((blocks, _)) => format!(", leaving out {}", show_blocks(blocks)),
        None => String::new(),
    };
    format!("`{}` {}{except}", predicate.fact, operator(&predicate.operator))
}

fn is(order: Order) -> &'static str {
    match order {
        Order::Eq => "is",
        Order::Ne => "is not",
        Order::Lt => "is less than",
        Order::Le => "is at most",
        Order::Gt => "is more than",
        Order::Ge => "is at least",
    }
}

fn operator(operator: &Operator) -> String {
    match operator {
        Operator::Exists(true) => "is there".to_owned(),
        Operator::Exists(false) => "is not there".to_owned(),
        Operator::IsEmpty(true) => "is empty".to_owned(),
        Operator::IsEmpty(false) => "is not empty".to_owned(),
        Operator::Bool(comparison) => compared(comparison, bool::to_string),
        Operator::Int(comparison) => compared(comparison, i64::to_string),
        Operator::Text(comparison) => compared(comparison, |text| format!("`{}`", show_text(text))),
        Operator::Time(comparison) => compared(comparison, jiff::Timestamp::to_string),
        Operator::OlderThanDays(days) => format!("was more than {days} days before"),
        Operator::NewerThanDays(days) => format!("was less than {days} days before"),
        Operator::Matches(globs) => format!("fits {}", patterns(globs)),
        Operator::Contains(texts) => format!("has one of {}", show_texts(texts)),
        Operator::ContainsMatch(globs) => format!("has one that fits {}", patterns(globs)),
        Operator::WithinTexts(texts) => format!("has nothing but {}", show_texts(texts)),
        Operator::Ips(test) => set(test, show_blocks),
        Operator::PublicAtLeast { ipv4, ipv6 } => {
            format!("has at least as many addresses of the internet as an IPv4 /{ipv4} or an IPv6 /{ipv6}")
        }
        Operator::Ports(test) => set(test, ToString::to_string),
        Operator::CountGt(number) => format!("has more than {number} members"),
    }
}

fn compared<T>(comparison: &Comparison<T>, show: impl Fn(&T) -> String) -> String {
    match comparison {
        Comparison::Is(order, value) => format!("{} {}", is(*order), show(value)),
        Comparison::In(values) => format!("is one of {}", show_list(values.iter().map(show))),
        Comparison::NotIn(values) => format!("is none of {}", show_list(values.iter().map(show))),
    }
}

fn set<S>(test: &SetTest<S>, show: impl Fn(&S) -> String) -> String {
    match test {
        SetTest::Intersects(set) => format!("has a member in common with {}", show(set)),
        SetTest::Within(set) => format!("has no member outside of {}", show(set)),
        SetTest::Covers(set) => format!("has all of {}", show(set)),
    }
}

fn patterns(globs: &[Glob]) -> String {
    show_list(globs.iter().map(|glob| format!("`{}`", show_text(glob.as_str()))))
}
