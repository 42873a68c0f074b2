//! From JSON to a document. The language's mistakes are errors that name the place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::document::{Document, Version};
use super::statement::{Condition, Effect, Principal, PrincipalKind, Principals, Selection, Statement};
use super::tree::Tree;

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

/// A place in a document, written out only if something is wrong there.
#[derive(Clone, Copy)]
struct Place<'p> {
    within: Option<&'p Place<'p>>,
    name: &'p str,
    number: Option<usize>,
}

impl<'p> Place<'p> {
    fn new(name: &'p str) -> Place<'p> {
        Place { within: None, name, number: None }
    }

    fn at(&'p self, name: &'p str) -> Place<'p> {
        Place { within: Some(self), name, number: None }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            write!(f, "{within}.")?;
        }
        match self.number {
            Some(number) => write!(f, "{}[{number}]", self.name),
            None => f.write_str(self.name),
        }
    }
}

fn error<T>(place: &Place<'_>, what: impl Into<String>) -> Parsed<T> {
    Err(PolicyError { place: place.to_string(), what: what.into() })
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
                Err(_) => return error(&Place::new("document"), "is not UTF-8"),
            }
        };
        match serde_json::from_str(&decoded) {
            Ok(tree) => Document::from_tree(&tree),
            Err(mistake) => error(&Place::new("document"), format!("is not JSON: {mistake}")),
        }
    }
}

impl Document {
    /// # Errors
    /// The first element that the policy language does not allow.
    pub fn from_json(value: &Value) -> Parsed<Document> {
        Document::from_tree(&value.into())
    }

    /// # Errors
    /// As [`Document::from_json`].
    pub(super) fn from_tree(object: &Tree<'_>) -> Parsed<Document> {
        known(&Place::new("document"), object, &["Version", "Id", "Statement"])?;
        let version = match object.get("Version").map(|version| text(&Place::new("Version"), version)).transpose()? {
            None | Some("2008-10-17") => Version::V2008,
            Some("2012-10-17") => Version::V2012,
            Some(other) => {
                return error(&Place::new("Version"), format!("`{other}` is not a version of the policy language"));
            }
        };
        let id = object.get("Id").map(|id| text(&Place::new("Id"), id)).transpose()?.map(str::to_owned);
        let statements = match object.get("Statement") {
            Some(Tree::List(all)) => {
                let place = |number| Place { number: Some(number), ..Place::new("Statement") };
                all.iter().enumerate().map(|(number, one)| statement(&place(number), one)).collect()
            }
            Some(one) => statement(&Place::new("Statement"), one).map(|statement| vec![statement]),
            None => error(&Place::new("Statement"), "is missing"),
        }?;
        Ok(Document { version, id, statements })
    }
}

fn statement(place: &Place<'_>, object: &Tree<'_>) -> Parsed<Statement> {
    const ELEMENTS: &[&str] =
        &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    known(place, object, ELEMENTS)?;
    let effect = match object.get("Effect").map(|effect| text(&place.at("Effect"), effect)).transpose()? {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(other) => return error(&place.at("Effect"), format!("`{other}` is neither `Allow` nor `Deny`")),
        None => return error(&place.at("Effect"), "is missing"),
    };
    let Some(actions) = selection(place, object, "Action", "NotAction")? else {
        return error(&place.at("Action"), "is missing, and so is `NotAction`");
    };
    let principals = match (object.get("Principal"), object.get("NotPrincipal")) {
        (Some(_), Some(_)) => return error(place, "has both `Principal` and `NotPrincipal`"),
        (Some(value), None) => Some(Principals { all_but: false, of: principals(&place.at("Principal"), value)? }),
        (None, Some(value)) => Some(Principals { all_but: true, of: principals(&place.at("NotPrincipal"), value)? }),
        (None, None) => None,
    };
    let mut conditions = match object.get("Condition") {
        Some(value) => conditions(&place.at("Condition"), value)?,
        None => Vec::new(),
    };
    conditions.sort();
    Ok(Statement {
        sid: object.get("Sid").map(|sid| text(&place.at("Sid"), sid)).transpose()?.map(str::to_owned),
        effect,
        actions,
        resources: selection(place, object, "Resource", "NotResource")?,
        principals,
        conditions,
    })
}

fn selection(place: &Place<'_>, object: &Tree<'_>, only: &str, all_but: &str) -> Parsed<Option<Selection>> {
    let patterns = |name: &str, value: &Tree<'_>| texts(&place.at(name), value);
    match (object.get(only), object.get(all_but)) {
        (Some(_), Some(_)) => error(place, format!("has both `{only}` and `{all_but}`")),
        (Some(value), None) => Ok(Some(Selection::Only(patterns(only, value)?))),
        (None, Some(value)) => Ok(Some(Selection::AllBut(patterns(all_but, value)?))),
        (None, None) => Ok(None),
    }
}

fn principals(place: &Place<'_>, value: &Tree<'_>) -> Parsed<BTreeSet<Principal>> {
    if value.as_str() == Some("*") {
        return Ok(BTreeSet::from([Principal { kind: PrincipalKind::Anyone, value: "*".to_owned() }]));
    }
    let mut all = BTreeSet::new();
    for (name, values) in object(place, value)? {
        let place = place.at(name);
        let Some(kind) = PrincipalKind::NAMED.into_iter().find(|kind| kind.as_str() == name) else {
            return error(&place, "is no kind of principal");
        };
        all.extend(texts(&place, values)?.into_iter().map(|value| Principal { kind, value }));
    }
    Ok(all)
}

fn conditions(place: &Place<'_>, value: &Tree<'_>) -> Parsed<Vec<Condition>> {
    let mut all = Vec::new();
    for (operator, keys) in object(place, value)? {
        let place = place.at(operator);
        for (key, values) in object(&place, keys)? {
            let place = place.at(key);
            let values: &[Tree<'_>] = match values {
                Tree::List(values) => values,
                one => std::slice::from_ref(one),
            };
            let values = values.iter().map(|value| scalar(&place, value)).collect::<Parsed<_>>()?;
            all.push(Condition { operator: operator.to_string(), key: key.to_string(), values });
        }
    }
    Ok(all)
}

/// A condition's value: AWS takes numbers and booleans for their texts.
fn scalar(place: &Place<'_>, value: &Tree<'_>) -> Parsed<String> {
    match value {
        Tree::Text(text) => Ok(text.to_string()),
        Tree::Bool(flag) => Ok(flag.to_string()),
        Tree::Number(number) => Ok(number.to_string()),
        _ => error(place, "is neither a text nor a list of texts"),
    }
}

fn texts(place: &Place<'_>, value: &Tree<'_>) -> Parsed<BTreeSet<String>> {
    match value {
        Tree::List(values) => values.iter().map(|value| text(place, value).map(str::to_owned)).collect(),
        Tree::Text(one) => Ok(BTreeSet::from([one.to_string()])),
        _ => error(place, "is neither a text nor a list of texts"),
    }
}

fn text<'v>(place: &Place<'_>, value: &'v Tree<'_>) -> Parsed<&'v str> {
    value.as_str().map_or_else(|| error(place, "is not a text"), Ok)
}

/// The members of an object.
fn object<'v, 't>(place: &Place<'_>, value: &'v Tree<'t>) -> Parsed<&'v [(Cow<'t, str>, Tree<'t>)]> {
    match value {
        Tree::Object(fields) => Ok(fields),
        _ => error(place, "is not an object"),
    }
}

fn known(place: &Place<'_>, value: &Tree<'_>, names: &[&str]) -> Parsed<()> {
    match object(place, value)?.iter().find(|(key, _)| !names.contains(&&**key)) {
        Some((key, _)) => error(place, format!("`{key}` is no element of the policy language")),
        None => Ok(()),
    }
}
