//! One attribute: what is wanted against what is there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::net::{IpSet, PortSet};

use super::{Admitted, Sets, Toward, Wanted};

/// How what is wanted and what is there differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Of a set what is wanted and not there; of anything else what is wanted. None if nothing is.
    pub before: Option<Value>,
    /// Of a set what is there and not wanted; of anything else what is there.
    pub after: Option<Value>,
    /// What was opened and what was closed, where it is rules.
    pub rules: Option<Rules>,
    pub is_set: bool,
    /// Of a list what is wanted and is there: what is not may mean nothing beside it.
    pub kept: Vec<String>,
}

/// Rules as sets of packets.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    pub toward: Toward,
    pub opened: Admitted,
    pub closed: Admitted,
}

/// None if there is what is wanted.
pub fn difference(wanted: &Wanted, live: &Value) -> Option<Difference> {
    match wanted {
        Wanted::Rules(wanted, toward) => {
            let texts = elements(live);
            let live = Admitted::of(texts.iter().map(String::as_str), *toward, &Sets::new());
            let (opened, closed) = (live.beyond(wanted), wanted.beyond(&live));
            if opened.is_empty() && closed.is_empty() {
                return None;
            }
            let json = |admitted: &Admitted| list(admitted.texts(*toward));
            Some(Difference {
                before: json(&closed),
                after: json(&opened),
                rules: Some(Rules { toward: *toward, opened, closed }),
                is_set: true,
                kept: Vec::new(),
            })
        }
        Wanted::Ips(wanted) => {
            // What is no block is nothing that could be wanted; it is told as it stands.
            let (blocks, others): (Vec<String>, Vec<String>) =
                elements(live).into_iter().partition(|text| IpSet::from_blocks([text]).is_ok());
            let live = IpSet::from_blocks(&blocks).unwrap_or_default();
            let more: Vec<String> = live.difference(wanted).blocks().into_iter().chain(others).collect();
            set(wanted.difference(&live).blocks(), more)
        }
        Wanted::Ports(wanted) => {
            let is: PortSet = live.as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
            let ports = |set: PortSet| if set.is_empty() { Vec::new() } else { vec![set.to_string()] };
            set(ports(wanted.difference(&is)), ports(is.difference(wanted)))
        }
        Wanted::Elements(wanted) => {
            let wanted: BTreeSet<String> = wanted.iter().map(|text| canonical(text)).collect();
            let is: BTreeSet<String> = elements(live).iter().map(|text| canonical(text)).collect();
            let kept = wanted.intersection(&is).cloned().collect();
            let found = set(wanted.difference(&is).cloned().collect(), is.difference(&wanted).cloned().collect());
            found.map(|found| Difference { kept, ..found })
        }
        Wanted::Value(wanted) if same(wanted, live) => None,
        Wanted::Value(wanted) => Some(Difference {
            before: Some(wanted.clone()),
            after: Some(live.clone()).filter(|live| !live.is_null()),
            rules: None,
            is_set: false,
            kept: Vec::new(),
        }),
        Wanted::Absent if is_empty(live) => None,
        Wanted::Absent => Some(Difference {
            before: None,
            after: Some(live.clone()),
            rules: None,
            is_set: live.is_array(),
            kept: Vec::new(),
        }),
    }
}

fn set(before: Vec<String>, after: Vec<String>) -> Option<Difference> {
    if before.is_empty() && after.is_empty() {
        return None;
    }
    Some(Difference { before: list(before), after: list(after), rules: None, is_set: true, kept: Vec::new() })
}

fn list(texts: Vec<String>) -> Option<Value> {
    (!texts.is_empty()).then(|| texts.into_iter().collect())
}

/// The elements of a list as texts; of one value itself.
pub fn elements(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// A value in one line.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A statement of a policy is JSON, and its author may set it apart as they like.
fn canonical(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Object(_)) => value.to_string(),
        _ => text.to_owned(),
    }
}

/// AWS leaves out what has its default, and writes some flags as texts.
fn same(wanted: &Value, live: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::Null => String::new(),
        other => text(other),
    };
    wanted == live || plain(wanted) == plain(live) || (live.is_null() && matches!(wanted, Value::Bool(false)))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A difference in the lines of an exception: `+` is there and not wanted, `-` is wanted and not there, `=` is the
/// value of what is no set.
pub fn lines(difference: &Difference) -> Vec<String> {
    if !difference.is_set {
        let is = difference.after.as_ref().map_or_else(|| "nothing".to_owned(), text);
        return vec![format!("= {is}")];
    }
    let of = |sign: &'static str, value: &Option<Value>| -> Vec<String> {
        value.as_ref().map(elements).unwrap_or_default().into_iter().map(|line| format!("{sign} {line}")).collect()
    };
    [of("+", &difference.after), of("-", &difference.before)].concat()
}

/// What is left of a difference when these lines are accepted; none if nothing is.
pub fn beyond(difference: &Difference, accepted: &[String]) -> Option<Difference> {
    let under = |sign: char| -> Vec<String> {
        let lines = accepted.iter().filter_map(|line| line.strip_prefix(sign));
        lines.map(|line| line.trim().to_owned()).collect()
    };
    if !difference.is_set {
        return if lines(difference).iter().all(|line| accepted.contains(line)) {
            None
        } else {
            Some(difference.clone())
        };
    }
    let (more, less) = (under('+'), under('-'));
    if let Some(rules) = &difference.rules {
        let read = |texts: &[String]| Admitted::of(texts.iter().map(String::as_str), rules.toward, &Sets::new());
        let (opened, closed) = (rules.opened.beyond(&read(&more)), rules.closed.beyond(&read(&less)));
        if opened.is_empty() && closed.is_empty() {
            return None;
        }
        let json = |admitted: &Admitted| list(admitted.texts(rules.toward));
        return Some(Difference {
            before: json(&closed),
            after: json(&opened),
            rules: Some(Rules { toward: rules.toward, opened, closed }),
            is_set: true,
            kept: Vec::new(),
        });
    }
    let left = |value: &Option<Value>, accepted: &[String]| -> Vec<String> {
        let all = value.as_ref().map(elements).unwrap_or_default();
        let blocks = IpSet::from_blocks(&all).ok().filter(|set| !set.is_empty());
        match (blocks, IpSet::from_blocks(accepted)) {
            // Addresses are accepted as sets.
            (Some(all), Ok(accepted)) => all.difference(&accepted).blocks(),
            _ => all.into_iter().filter(|one| !accepted.contains(one)).collect(),
        }
    };
    let rest = set(left(&difference.before, &less), left(&difference.after, &more));
    rest.map(|rest| Difference { kept: difference.kept.clone(), ..rest })
}
