//! Policy documents: what they say without regard to how it is written, and whether one allows more than another.
//!
//! *Grant*: one statement cut down to one action, one resource and one principal, with all its conditions. One grant
//! *covers* another if everything that the other speaks of, it speaks of too. Covering is decided from the patterns
//! alone and never guessed: what is not seen to be covered counts as not covered, so that a change of which it cannot
//! be told is mixed and not neutral.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::iam::{Condition, Document, Effect as StatementEffect, PrincipalKind, Selection, Statement};

use super::item::Effect;

/// A document in canonical form: without ids and versions, statements sorted, ids rewritten by `rewrite`.
pub(super) fn canonical(document: &Document, rewrite: &impl Fn(&str) -> String) -> Value {
    let statements: BTreeSet<String> = grouped(&grants(document, rewrite));
    let parsed = statements.iter().filter_map(|text| serde_json::from_str(text).ok());
    Value::Array(parsed.collect())
}

/// One thing that a statement allows or denies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    deny: bool,
    action: Pattern,
    resource: Pattern,
    /// None where a document is a principal's own.
    principal: Option<Pattern>,
    conditions: BTreeSet<(String, String, BTreeSet<String>)>,
}

/// One pattern, or all but some.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Pattern {
    One(String),
    AllBut(BTreeSet<String>),
}

/// What a document says, cut into grants of which none covers another.
pub(super) fn grants(document: &Document, rewrite: &impl Fn(&str) -> String) -> BTreeSet<Grant> {
    let mut all = BTreeSet::new();
    for statement in &document.statements {
        cut(statement, rewrite, &mut all);
    }
    if all.len() > MOST_REDUCED {
        return all;
    }
    // Of two that cover each other the lesser stays.
    let is_needless = |one: &Grant| {
        all.iter().any(|other| other != one && covers(other, one) && (other < one || !covers(one, other)))
    };
    all.iter().filter(|one| !is_needless(one)).cloned().collect()
}

/// Of more grants than this those that others cover are kept: to find them takes the square of their number.
const MOST_REDUCED: usize = 2000;

fn cut(statement: &Statement, rewrite: &impl Fn(&str) -> String, all: &mut BTreeSet<Grant>) {
    let lower = |text: &String| text.to_ascii_lowercase();
    let actions = patterns(&statement.actions, lower);
    // A resource element that is absent speaks of the resource that the document is on.
    let resources = match &statement.resources {
        Some(resources) => patterns(resources, |text| rewrite(text)),
        None => vec![Pattern::One("*".to_owned())],
    };
    let principals: Vec<Option<Pattern>> = match &statement.principals {
        None => vec![None],
        Some(principals) => {
            let of: BTreeSet<String> =
                principals.of.iter().map(|one| principal(one.kind, &one.value, rewrite)).collect();
            if principals.all_but {
                vec![Some(Pattern::AllBut(of))]
            } else {
                of.into_iter().map(|one| Some(Pattern::One(one))).collect()
            }
        }
    };
    let conditions: BTreeSet<_> = statement.conditions.iter().map(|one| condition(one, rewrite)).collect();
    for action in &actions {
        for resource in &resources {
            for principal in &principals {
                all.insert(Grant {
                    deny: statement.effect == StatementEffect::Deny,
                    action: action.clone(),
                    resource: resource.clone(),
                    principal: principal.clone(),
                    conditions: conditions.clone(),
                });
            }
        }
    }
}

fn patterns(selection: &Selection, of: impl Fn(&String) -> String) -> Vec<Pattern> {
    match selection {
        Selection::Only(patterns) => patterns.iter().map(|one| Pattern::One(of(one))).collect(),
        Selection::AllBut(patterns) => vec![Pattern::AllBut(patterns.iter().map(of).collect())],
    }
}

/// `AWS:arn:..`; an account's id is its root, and everybody is `*` in every spelling.
fn principal(kind: PrincipalKind, value: &str, rewrite: &impl Fn(&str) -> String) -> String {
    match kind {
        PrincipalKind::Anyone => "*".to_owned(),
        PrincipalKind::Aws if value == "*" => "*".to_owned(),
        PrincipalKind::Aws => {
            let account = value.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()).unwrap_or(value);
            let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if is_account { format!("AWS:{account}") } else { format!("AWS:{}", rewrite(value)) }
        }
        kind => format!("{}:{value}", kind.as_str()),
    }
}

fn condition(one: &Condition, rewrite: &impl Fn(&str) -> String) -> (String, String, BTreeSet<String>) {
    let operator = one.operator.to_ascii_lowercase();
    let of_flag = operator.contains("bool") || operator.ends_with("null");
    let of_address = operator.contains("ipaddress");
    let value = |text: &String| {
        if of_flag {
            text.to_ascii_lowercase()
        } else if of_address {
            super::routes::canonical_block(text)
        } else {
            rewrite(text)
        }
    };
    (operator, one.key.to_ascii_lowercase(), one.values.iter().map(value).collect())
}

/// Whether the first speaks of everything that the second speaks of.
fn covers(one: &Grant, other: &Grant) -> bool {
    one.deny == other.deny
        && includes(&one.action, &other.action)
        && includes(&one.resource, &other.resource)
        && match (&one.principal, &other.principal) {
            (None, None) => true,
            (Some(one), Some(other)) => includes(one, other),
            _ => false,
        }
        && one.conditions.iter().all(|wanted| other.conditions.iter().any(|given| implies(given, wanted)))
}

fn includes(one: &Pattern, other: &Pattern) -> bool {
    match (one, other) {
        (Pattern::One(one), Pattern::One(other)) => within(other, one),
        (Pattern::One(one), Pattern::AllBut(_)) => one == "*",
        // Nothing that is left out may be met.
        (Pattern::AllBut(but), Pattern::One(other)) => but.iter().all(|but| apart(but, other)),
        (Pattern::AllBut(but), Pattern::AllBut(more)) => {
            but.iter().all(|one| more.iter().any(|other| within(one, other)))
        }
    }
}

/// Whether every text that the first pattern matches, the second matches: the second's wildcards take the first's.
fn within(narrow: &str, wide: &str) -> bool {
    // A star stands for any run of characters, and a question mark for one: both may be taken by a star.
    narrow == wide
        || (!narrow.contains('?') || wide.contains('*')) && crate::iam::matches(wide, narrow) && stars_fit(narrow, wide)
}

/// A question mark of the wider pattern cannot take a star of the narrower.
fn stars_fit(narrow: &str, wide: &str) -> bool {
    !(narrow.contains('*') && wide.contains('?'))
}

/// Whether no text matches both: they begin differently before any wildcard.
fn apart(one: &str, other: &str) -> bool {
    let fixed = |text: &str| text.find(['*', '?']).map_or((text.len(), false), |at| (at, true));
    let ((a, one_is_open), (b, other_is_open)) = (fixed(one), fixed(other));
    let both = a.min(b);
    let differs = one.as_bytes().get(..both) != other.as_bytes().get(..both);
    // Of two without wildcards the longer is another text.
    differs || (!one_is_open && !other_is_open && one != other) || (!one_is_open && a < b) || (!other_is_open && b < a)
}

/// Whether what meets the first condition meets the second.
fn implies(given: &(String, String, BTreeSet<String>), wanted: &(String, String, BTreeSet<String>)) -> bool {
    if (&given.0, &given.1) != (&wanted.0, &wanted.1) {
        return false;
    }
    // The values of a positive test are alternatives; those of a negated one must all be missed.
    let base = given.0.rsplit(':').next().unwrap_or(&given.0);
    let negated = base.contains("not");
    if given.0.starts_with("forallvalues:") && negated {
        return given.2 == wanted.2;
    }
    if negated { wanted.2.is_subset(&given.2) } else { given.2.is_subset(&wanted.2) }
}

/// What the newer grants allow that the older do not, and the other way round.
#[derive(Debug, Default)]
pub(super) struct Regranted {
    pub opened: Vec<Grant>,
    pub closed: Vec<Grant>,
}

pub(super) fn compare(old: &BTreeSet<Grant>, new: &BTreeSet<Grant>) -> Regranted {
    let missing = |from: &BTreeSet<Grant>, within: &BTreeSet<Grant>| -> Vec<Grant> {
        let is_new = |one: &&Grant| !within.contains(*one) && !within.iter().any(|other| covers(other, one));
        from.iter().filter(is_new).cloned().collect()
    };
    let mut out = Regranted::default();
    for one in missing(new, old) {
        if one.deny { out.closed.push(one) } else { out.opened.push(one) }
    }
    for one in missing(old, new) {
        if one.deny { out.opened.push(one) } else { out.closed.push(one) }
    }
    out
}

impl Regranted {
    pub fn effect(&self) -> Effect {
        Effect::of(!self.opened.is_empty(), !self.closed.is_empty())
    }

    pub fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.closed.is_empty()
    }
}

impl Grant {
    /// Such as `allow s3:getobject on arn:aws:s3:::logs/*`.
    pub fn in_words(&self) -> String {
        let word = |pattern: &Pattern| match pattern {
            Pattern::One(text) => text.clone(),
            Pattern::AllBut(texts) => {
                format!("everything but {}", texts.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
        };
        let verb = if self.deny { "deny" } else { "allow" };
        let who = self.principal.as_ref().map(|who| format!(" by {}", word(who))).unwrap_or_default();
        let unless = if self.conditions.is_empty() { "" } else { " under conditions" };
        format!("{verb} {} on {}{who}{unless}", word(&self.action), word(&self.resource))
    }

    pub fn is_deny(&self) -> bool {
        self.deny
    }

    /// Whether it speaks of every action, or of a service by which everything can be had.
    pub fn is_administrative(&self) -> bool {
        let Pattern::One(action) = &self.action else { return self.conditions.is_empty() };
        let open = ["*", "*:*", "iam:*", "sts:*", "organizations:*"];
        open.contains(&action.as_str())
    }

    /// Whether everybody is spoken of.
    pub fn is_of_everybody(&self) -> bool {
        matches!(&self.principal, Some(Pattern::One(who)) if who == "*")
            || matches!(self.principal, Some(Pattern::AllBut(_)))
    }
}

/// Grants put together again: those that differ in their actions alone are one statement, and then by resources.
fn grouped(grants: &BTreeSet<Grant>) -> BTreeSet<String> {
    type Rest = (bool, Option<Pattern>, BTreeSet<(String, String, BTreeSet<String>)>);
    let mut by_resource: std::collections::BTreeMap<(Rest, Pattern), BTreeSet<Pattern>> = Default::default();
    for one in grants {
        let rest = (one.deny, one.principal.clone(), one.conditions.clone());
        by_resource.entry((rest, one.resource.clone())).or_default().insert(one.action.clone());
    }
    let mut by_actions: std::collections::BTreeMap<(Rest, BTreeSet<Pattern>), BTreeSet<Pattern>> = Default::default();
    for ((rest, resource), actions) in by_resource {
        by_actions.entry((rest, actions)).or_default().insert(resource);
    }
    let list = |patterns: &BTreeSet<Pattern>| -> Value {
        let words = patterns.iter().map(|pattern| match pattern {
            Pattern::One(text) => json!(text),
            Pattern::AllBut(texts) => json!({ "all_but": texts }),
        });
        words.collect()
    };
    let statements = by_actions.into_iter().map(|(((deny, principal, conditions), actions), resources)| {
        let mut statement = Map::new();
        statement.insert("effect".to_owned(), json!(if deny { "deny" } else { "allow" }));
        statement.insert("actions".to_owned(), list(&actions));
        statement.insert("resources".to_owned(), list(&resources));
        if let Some(principal) = principal {
            statement.insert("principals".to_owned(), list(&BTreeSet::from([principal])));
        }
        if !conditions.is_empty() {
            let all = conditions.into_iter().map(|(operator, key, values)| json!([operator, key, values]));
            statement.insert("conditions".to_owned(), all.collect());
        }
        Value::Object(statement).to_string()
    });
    statements.collect()
}

/// The document that these statements in canonical form make, as [`canonical`] writes them one a line.
///
/// # Errors
/// One of them is no such statement.
pub(super) fn of_statements(statements: &[String]) -> Result<Document, String> {
    let all: Result<Vec<Value>, String> = statements.iter().map(|text| statement(text)).collect();
    Document::from_json(&json!({ "Version": "2012-10-17", "Statement": all? })).map_err(|error| error.to_string())
}

fn statement(text: &str) -> Result<Value, String> {
    let wrong = || format!("`{text}` is no statement in the form in which `driftline baseline record` writes them");
    let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let mut out = Map::new();
    out.insert("Effect".to_owned(), json!(if value["effect"] == "deny" { "Deny" } else { "Allow" }));
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let all_but = |patterns: &[Value]| patterns.first().and_then(|one| one["all_but"].as_array().cloned());
    for (name, plain, negated) in [("actions", "Action", "NotAction"), ("resources", "Resource", "NotResource")] {
        let patterns = list(name);
        match all_but(&patterns) {
            Some(but) => out.insert(negated.to_owned(), Value::Array(but)),
            None if patterns.is_empty() => return Err(wrong()),
            None => out.insert(plain.to_owned(), Value::Array(patterns)),
        };
    }
    let principals = list("principals");
    let (names, element) = match all_but(&principals) {
        Some(but) => (but, "NotPrincipal"),
        None => (principals, "Principal"),
    };
    if !names.is_empty() {
        let mut by_kind: Map<String, Value> = Map::new();
        for name in names.iter().filter_map(Value::as_str) {
            let (kind, name) = if name == "*" { ("AWS", name) } else { name.split_once(':').ok_or_else(wrong)? };
            let all = by_kind.entry(kind.to_owned()).or_insert_with(|| json!([]));
            all.as_array_mut().ok_or_else(wrong)?.push(json!(name));
        }
        out.insert(element.to_owned(), Value::Object(by_kind));
    }
    let mut conditions: Map<String, Value> = Map::new();
    for one in list("conditions") {
        let (Some(operator), Some(key)) = (one[0].as_str(), one[1].as_str()) else { return Err(wrong()) };
        let under = conditions.entry(operator.to_owned()).or_insert_with(|| json!({}));
        under.as_object_mut().ok_or_else(wrong)?.insert(key.to_owned(), one[2].clone());
    }
    if !conditions.is_empty() {
        out.insert("Condition".to_owned(), Value::Object(conditions));
    }
    Ok(Value::Object(out))
}
