use serde_json::{Map, Value, json};

use super::statement::{Condition, Effect, PrincipalKind, Principals, Selection, Statement};

/// What a policy says, in canonical form: lists are sorted and without
/// duplicates, and a single text is a list of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    pub version: Version,
    pub id: Option<String>,
    /// In the document's own order, which means nothing but is what people refer to.
    pub statements: Vec<Statement>,
}

/// The language that a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Also where a document names none. Has no policy variables.
    V2008,
    V2012,
}

impl Version {
    pub fn as_str(self) -> &'static str {
        match self {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        }
    }
}

/// Statements that deny on every resource and without a condition.
#[derive(Debug, Clone, Default)]
pub struct Denials<'d>(Vec<&'d Statement>);

impl<'d> Denials<'d> {
    /// Those of several documents that hold for the same principal.
    pub fn of(documents: impl Iterator<Item = &'d Document>) -> Denials<'d> {
        Denials(documents.flat_map(|document| document.denials().0).collect())
    }

    pub fn everything(&self) -> bool {
        self.0.iter().any(|statement| statement.covers_every_action())
    }

    /// Whether an action, written in full, is denied.
    pub fn action(&self, action: &str) -> bool {
        self.0.iter().any(|statement| statement.covers_action(action))
    }

    /// Whether one statement denies all actions of a service. A denial of some leaves the rest.
    pub fn service(&self, service: &str) -> bool {
        // No action is called so: only a pattern for all of them matches it.
        self.action(&format!("{service}:\u{1}"))
    }
}

/// A `NotResource` leaves something, so that it does not take all back.
fn is_denial(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
        && !statement.is_conditional()
        && statement.covers_broadly()
        && statement.resources.as_ref().is_none_or(|all| all.only().is_some())
}

impl Document {
    /// What it takes back whatever it or others allow.
    pub fn denials(&self) -> Denials<'_> {
        Denials(self.statements.iter().filter(|statement| is_denial(statement)).collect())
    }

    /// Whether some condition asks for a key.
    pub fn asks_for(&self, key: &str) -> bool {
        self.statements.iter().flat_map(|statement| &statement.conditions).any(|condition| condition.is_on(key))
    }

    /// What conditions and variables ask for of keys that begin so (in lower case: `aws:principaltag/`): the rest of each
    /// key, and the condition if it is one's own key.
    pub fn asked_of(&self, prefix: &str) -> Vec<(&str, Option<&Condition>)> {
        let rest = |key: &'_ str| -> Option<usize> {
            key.get(..prefix.len()).filter(|begin| begin.eq_ignore_ascii_case(prefix)).map(|begin| begin.len())
        };
        let mut asked = Vec::new();
        for statement in &self.statements {
            let mut texts: Vec<&str> =
                statement.resources.iter().flat_map(Selection::patterns).map(String::as_str).collect();
            for condition in &statement.conditions {
                if let Some(key) = rest(&condition.key).and_then(|at| condition.key.get(at..)) {
                    asked.push((key, Some(condition)));
                }
                texts.extend(condition.values.iter().map(String::as_str));
            }
            for variable in texts.iter().flat_map(|text| text.split("${").skip(1)) {
                if let Some(key) = rest(variable).and_then(|at| variable.get(at..)?.split(['}', ',']).next()) {
                    asked.push((key.trim(), None));
                }
            }
        }
        asked
    }

    /// Whether it allows every action on every resource (or on all but some) without a condition.
    pub fn grants_everything(&self) -> bool {
        let grants = |statement: &Statement| {
            statement.effect == Effect::Allow && statement.covers_everything() && !statement.is_conditional()
        };
        !self.denials().everything() && self.statements.iter().any(grants)
    }

    /// The canonical document, in the policy language.
    pub fn to_json(&self) -> Value {
        let mut document = Map::new();
        document.insert("Version".to_owned(), json!(self.version.as_str()));
        if let Some(id) = &self.id {
            document.insert("Id".to_owned(), json!(id));
        }
        let statements = self.statements.iter().map(statement).collect();
        document.insert("Statement".to_owned(), Value::Array(statements));
        Value::Object(document)
    }
}

fn statement(of: &Statement) -> Value {
    let mut statement = Map::new();
    let mut insert = |name: &str, value: Value| {
        statement.insert(name.to_owned(), value);
    };
    if let Some(sid) = &of.sid {
        insert("Sid", json!(sid));
    }
    insert("Effect", json!(of.effect.as_str()));
    if let Some(of) = &of.principals {
        insert(if of.all_but { "NotPrincipal" } else { "Principal" }, principals(of));
    }
    match &of.actions {
        Selection::Only(patterns) => insert("Action", json!(patterns)),
        Selection::AllBut(patterns) => insert("NotAction", json!(patterns)),
    }
    match &of.resources {
        Some(Selection::Only(patterns)) => insert("Resource", json!(patterns)),
        Some(Selection::AllBut(patterns)) => insert("NotResource", json!(patterns)),
        None => {}
    }
    if !of.conditions.is_empty() {
        let mut operators = Map::new();
        for condition in &of.conditions {
            let keys = operators.entry(condition.operator.clone()).or_insert_with(|| json!({}));
            if let Value::Object(keys) = keys {
                keys.insert(condition.key.clone(), json!(condition.values));
            }
        }
        insert("Condition", Value::Object(operators));
    }
    Value::Object(statement)
}

fn principals(of: &Principals) -> Value {
    if of.of.iter().any(|principal| principal.kind == PrincipalKind::Anyone) {
        return json!("*");
    }
    let mut kinds: Map<String, Value> = Map::new();
    for principal in &of.of {
        let values = kinds.entry(principal.kind.as_str()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(json!(principal.value));
        }
    }
    Value::Object(kinds)
}
