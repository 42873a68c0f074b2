//! From JSON to a document. The language's mistakes are errors that name the place.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::document::{Document, Version};
use super::statement::{Condition, Effect, Principal, PrincipalKind, Principals, Selection, Statement};

/// What is wrong with a policy document. AWS accepts no such document, so it
/// is cut short, altered, or in a language newer than this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct PolicyError {
    /// Such as `Statement[1].Effect`.
    pub place: String,
    pub what: String,
}

type Parsed<T> = Result<T, PolicyError>;

fn error<T>(place: &str, what: impl Into<String>) -> Parsed<T> {
    Err(PolicyError { place: place.to_owned(), what: what.into() })
}

impl FromStr for Document {
    type Err = PolicyError;

    /// Reads a document, plain or percent-encoded (RFC 3986) as IAM's API gives it.
    fn from_str(text: &str) -> Parsed<Document> {
        let decoded = if text.trim_start().starts_with(['{', '[']) {
            text.into()
        } else {
            match percent_encoding::percent_decode_str(text).decode_utf8() {
                Ok(decoded) => decoded,
                Err(_) => return error("document", "is not UTF-8"),
            }
        };
        match serde_json::from_str(&decoded) {
            Ok(value) => Document::from_json(&value),
            Err(mistake) => error("document", format!("is not JSON: {mistake}")),
        }
    }
}

impl Document {
    /// # Errors
    /// The first element that the policy language does not allow.
    pub fn from_json(value: &Value) -> Parsed<Document> {
        let object = object("document", value)?;
        known("document", object, &["Version", "Id", "Statement"])?;
        let version = match object.get("Version").map(|version| text("Version", version)).transpose()? {
            None | Some("2008-10-17") => Version::V2008,
            Some("2012-10-17") => Version::V2012,
            Some(other) => return error("Version", format!("`{other}` is not a version of the policy language")),
        };
        let id = object.get("Id").map(|id| text("Id", id)).transpose()?.map(str::to_owned);
        let statements = match object.get("Statement") {
            Some(Value::Array(all)) => {
                all.iter().enumerate().map(|(i, one)| statement(&format!("Statement[{i}]"), one)).collect()
            }
            Some(one) => statement("Statement", one).map(|statement| vec![statement]),
            None => error("Statement", "is missing"),
        }?;
        Ok(Document { version, id, statements })
    }
}

fn statement(place: &str, value: &Value) -> Parsed<Statement> {
    const ELEMENTS: &[&str] =
        &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let object = object(place, value)?;
    known(place, object, ELEMENTS)?;
    let at = |name: &str| format!("{place}.{name}");
    let effect = match object.get("Effect").map(|effect| text(&at("Effect"), effect)).transpose()? {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(other) => return error(&at("Effect"), format!("`{other}` is neither `Allow` nor `Deny`")),
        None => return error(&at("Effect"), "is missing"),
    };
    let Some(actions) = selection(place, object, "Action", "NotAction")? else {
        return error(&at("Action"), "is missing, and so is `NotAction`");
    };
    let principals = match (object.get("Principal"), object.get("NotPrincipal")) {
        (Some(_), Some(_)) => return error(place, "has both `Principal` and `NotPrincipal`"),
        (Some(value), None) => Some(Principals { all_but: false, of: principals(&at("Principal"), value)? }),
        (None, Some(value)) => Some(Principals { all_but: true, of: principals(&at("NotPrincipal"), value)? }),
        (None, None) => None,
    };
    let mut conditions = match object.get("Condition") {
        Some(value) => conditions(&at("Condition"), value)?,
        None => Vec::new(),
    };
    conditions.sort();
    Ok(Statement {
        sid: object.get("Sid").map(|sid| text(&at("Sid"), sid)).transpose()?.map(str::to_owned),
        effect,
        actions,
        resources: selection(place, object, "Resource", "NotResource")?,
        principals,
        conditions,
    })
}

fn selection(place: &str, object: &Map<String, Value>, only: &str, all_but: &str) -> Parsed<Option<Selection>> {
    let patterns = |name: &str, value: &Value| texts(&format!("{place}.{name}"), value);
    match (object.get(only), object.get(all_but)) {
        (Some(_), Some(_)) => error(place, format!("has both `{only}` and `{all_but}`")),
        (Some(value), None) => Ok(Some(Selection::Only(patterns(only, value)?))),
        (None, Some(value)) => Ok(Some(Selection::AllBut(patterns(all_but, value)?))),
        (None, None) => Ok(None),
    }
}

fn principals(place: &str, value: &Value) -> Parsed<BTreeSet<Principal>> {
    if value.as_str() == Some("*") {
        return Ok(BTreeSet::from([Principal { kind: PrincipalKind::Anyone, value: "*".to_owned() }]));
    }
    let mut all = BTreeSet::new();
    for (name, values) in object(place, value)? {
        let place = format!("{place}.{name}");
        let Some(kind) = PrincipalKind::NAMED.into_iter().find(|kind| kind.as_str() == name) else {
            return error(&place, "is no kind of principal");
        };
        all.extend(texts(&place, values)?.into_iter().map(|value| Principal { kind, value }));
    }
    Ok(all)
}

fn conditions(place: &str, value: &Value) -> Parsed<Vec<Condition>> {
    let mut all = Vec::new();
    for (operator, keys) in object(place, value)? {
        let place = format!("{place}.{operator}");
        for (key, values) in object(&place, keys)? {
            let place = format!("{place}.{key}");
            let values: &[Value] = match values {
                Value::Array(values) => values,
                one => std::slice::from_ref(one),
            };
            let values = values.iter().map(|value| scalar(&place, value)).collect::<Parsed<_>>()?;
            all.push(Condition { operator: operator.clone(), key: key.clone(), values });
        }
    }
    Ok(all)
}

/// A condition's value: AWS takes numbers and booleans for their texts.
fn scalar(place: &str, value: &Value) -> Parsed<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => error(place, "is neither a text nor a list of texts"),
    }
}

fn texts(place: &str, value: &Value) -> Parsed<BTreeSet<String>> {
    match value {
        Value::Array(values) => values.iter().map(|value| text(place, value).map(str::to_owned)).collect(),
        Value::String(one) => Ok(BTreeSet::from([one.clone()])),
        _ => error(place, "is neither a text nor a list of texts"),
    }
}

fn text<'v>(place: &str, value: &'v Value) -> Parsed<&'v str> {
    value.as_str().map_or_else(|| error(place, "is not a text"), Ok)
}

fn object<'v>(place: &str, value: &'v Value) -> Parsed<&'v Map<String, Value>> {
    value.as_object().map_or_else(|| error(place, "is not an object"), Ok)
}

fn known(place: &str, object: &Map<String, Value>, names: &[&str]) -> Parsed<()> {
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => error(place, format!("`{key}` is no element of the policy language")),
        None => Ok(()),
    }
}
