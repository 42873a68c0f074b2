//! A second evaluator, from the IAM User Guide's words and sharing nothing with
//! the first: on JSON, for a request of which everything is known.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

/// What a request has: keys in lower case; a key that is not here is absent.
pub type Whole = BTreeMap<String, Vec<String>>;

fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(all)) => all.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// Whether the documents allow it: an Allow applies, and no Deny does.
pub fn allowed(documents: &[Value], action: &str, resource: &str, request: &Whole) -> bool {
    let (allow, deny) = weigh(documents, action, resource, request);
    allow && !deny
}

/// Whether an Allow of the documents applies, and whether a Deny does.
pub fn weigh(documents: &[Value], action: &str, resource: &str, request: &Whole) -> (bool, bool) {
    let (mut allow, mut deny) = (false, false);
    for document in documents {
        let variables = document["Version"] == "2012-10-17";
        for statement in document["Statement"].as_array().unwrap() {
            if applies(statement, variables, action, resource, request) {
                if statement["Effect"] == "Deny" {
                    deny = true;
                } else {
                    allow = true;
                }
            }
        }
    }
    (allow, deny)
}

fn applies(statement: &Value, variables: bool, action: &str, resource: &str, request: &Whole) -> bool {
    let actions = |name: &str| {
        list(statement.get(name)).iter().any(|pattern| like(&literal(&pattern.to_lowercase()), &action.to_lowercase()))
    };
    let resources = |name: &str| {
        list(statement.get(name)).iter().any(|pattern| match substitute(pattern, variables, request) {
            Some(pattern) => like(&pattern, resource),
            None => false,
        })
    };
    let by_action = if statement.get("Action").is_some() { actions("Action") } else { !actions("NotAction") };
    let by_resource =
        if statement.get("Resource").is_some() { resources("Resource") } else { !resources("NotResource") };
    by_action && by_resource && conditions(statement.get("Condition"), variables, request)
}

/// All operators and all keys must hold.
fn conditions(of: Option<&Value>, variables: bool, request: &Whole) -> bool {
    let Some(of) = of else { return true };
    of.as_object().unwrap().iter().all(|(operator, keys)| {
        keys.as_object().unwrap().iter().all(|(key, values)| {
            let given = request.get(&key.to_lowercase());
            holds(operator, &list(Some(values)), given.map(Vec::as_slice), variables, request)
        })
    })
}

fn holds(operator: &str, wanted: &[String], given: Option<&[String]>, variables: bool, request: &Whole) -> bool {
    if operator == "Null" {
        return wanted.iter().any(|value| (value == "true") == given.is_none());
    }
    let (quantifier, operator) = operator.split_once(':').unwrap_or(("", operator));
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let negated = operator.contains("Not");
    let Some(given) = given else {
        return if_exists || quantifier == "ForAllValues" || (negated && quantifier.is_empty());
    };
    let one = |value: &String| {
        let mut equal = false;
        for wanted in wanted {
            equal |= compare(&operator.replace("Not", ""), wanted, value, variables, request);
        }
        equal != negated
    };
    match quantifier {
        "ForAnyValue" => given.iter().any(one),
        _ => given.iter().all(one),
    }
}

fn compare(operator: &str, wanted: &str, given: &str, variables: bool, request: &Whole) -> bool {
    // What is none of its kind equals nothing, and is neither less nor more.
    let fits = match operator.chars().next().unwrap() {
        'N' => given.parse::<f64>().is_ok(),
        'D' => given.parse::<i64>().is_ok() || given.parse::<jiff::Timestamp>().is_ok(),
        'I' => given.parse::<IpAddr>().is_ok(),
        _ => true,
    };
    if !fits {
        return false;
    }
    let number = |text: &str| text.parse::<f64>().unwrap();
    let seconds = |text: &str| match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => text.parse::<jiff::Timestamp>().unwrap().as_second(),
    };
    match operator {
        "StringEquals" => same(wanted, given, variables, request, false),
        "StringEqualsIgnoreCase" => substitute(wanted, variables, request).is_some_and(|pattern| {
            let wanted: String = pattern.iter().map(|(c, _)| *c).collect();
            wanted.to_lowercase() == given.to_lowercase()
        }),
        "StringLike" => same(wanted, given, variables, request, true),
        "ArnEquals" | "ArnLike" => {
            let (wanted, given): (Vec<_>, Vec<_>) = (wanted.splitn(6, ':').collect(), given.splitn(6, ':').collect());
            wanted.len() == 6
                && given.len() == 6
                && wanted.iter().zip(&given).all(|(wanted, given)| same(wanted, given, variables, request, true))
        }
        "NumericEquals" => number(given) == number(wanted),
        "NumericLessThan" => number(given) < number(wanted),
        "NumericLessThanEquals" => number(given) <= number(wanted),
        "NumericGreaterThan" => number(given) > number(wanted),
        "NumericGreaterThanEquals" => number(given) >= number(wanted),
        "DateEquals" => seconds(given) == seconds(wanted),
        "DateLessThan" => seconds(given) < seconds(wanted),
        "DateLessThanEquals" => seconds(given) <= seconds(wanted),
        "DateGreaterThan" => seconds(given) > seconds(wanted),
        "DateGreaterThanEquals" => seconds(given) >= seconds(wanted),
        "Bool" => wanted == given,
        "BinaryEquals" => wanted == given,
        // `NotIpAddress` without its `Not`.
        "IpAddress" => in_block(wanted, given),
        other => panic!("no operator {other}"),
    }
}

/// Bit by bit.
fn in_block(block: &str, address: &str) -> bool {
    let bits = |text: &str| -> Vec<bool> {
        let bytes = match text.parse::<IpAddr>().unwrap() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect()
    };
    let (network, length) = block.split_once('/').unwrap_or((block, "999"));
    let (network, address) = (bits(network), bits(address));
    let length = length.parse::<usize>().unwrap().min(network.len());
    network.len() == address.len() && network[..length] == address[..length]
}

fn same(wanted: &str, given: &str, variables: bool, request: &Whole, wildcards: bool) -> bool {
    match substitute(wanted, variables, request) {
        Some(pattern) if wildcards => like(&pattern, given),
        Some(pattern) => pattern.iter().map(|(c, _)| *c).eq(given.chars()),
        None => false,
    }
}

/// A character, and whether it may be a wildcard.
type Pattern = Vec<(char, bool)>;

fn literal(text: &str) -> Pattern {
    text.chars().map(|c| (c, true)).collect()
}

fn substitute(text: &str, variables: bool, request: &Whole) -> Option<Pattern> {
    if !variables {
        return Some(literal(text));
    }
    let Some(at) = text.find("${") else { return Some(literal(text)) };
    let end = at + text[at..].find('}').unwrap();
    let inside = &text[at + 2..end];
    let value = match inside {
        "*" | "?" | "$" => inside.to_owned(),
        _ => {
            let (key, default) = match inside.split_once(", ") {
                Some((key, default)) => (key, Some(default.trim_matches('\'').to_owned())),
                None => (inside, None),
            };
            match request.get(&key.to_lowercase()) {
                Some(values) => values[0].clone(),
                None => default?,
            }
        }
    };
    let mut pattern = literal(&text[..at]);
    pattern.extend(value.chars().map(|c| (c, false)));
    pattern.extend(substitute(&text[end + 1..], variables, request)?);
    Some(pattern)
}

fn like(pattern: &[(char, bool)], text: &str) -> bool {
    match pattern {
        [] => text.is_empty(),
        [('*', true), rest @ ..] => {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| like(rest, &text[at..]))
        }
        [(c, wild), rest @ ..] => match text.chars().next() {
            Some(next) => ((*c == '?' && *wild) || *c == next) && like(rest, &text[next.len_utf8()..]),
            None => false,
        },
    }
}
