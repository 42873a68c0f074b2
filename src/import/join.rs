//! Resources of all files in one place, and their parts put into them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::arn::Scope;
use crate::inventory::ResourceKey;
use crate::resource::{Resource, ResourceType};

use super::read::{Found, Owner, Part};
use super::shapes::{self, By};

/// What is known so far, each with where it was found.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) resources: BTreeMap<ResourceKey, (Resource, Origin)>,
    /// Resources that are in several files, alike in all.
    pub(super) repeated: usize,
    parts: BTreeMap<ResourceKey, BTreeMap<&'static str, Field>>,
    /// By the ARN of their listener.
    rules: BTreeMap<(Scope, String), Values>,
    /// Parts of which only a name is known.
    named: Vec<(Scope, Origin, Part)>,
    pub(super) complaints: Vec<Complaint>,
}

/// The file, and the place in it: `us-east-1/Vpcs.json`, `Vpcs[3]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) file: String,
    pub(super) at: String,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at.is_empty() {
            true => f.write_str(&self.file),
            false => write!(f, "{}: {}", self.file, self.at),
        }
    }
}

/// Something that does not fit, and the cell that is not complete because of it.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) scope: Scope,
    pub(super) operation: Option<&'static str>,
    pub(super) text: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Wrong,
    /// A part is of something that the list should have; without a list that is nothing to complain of.
    Unlisted,
}

#[derive(Debug)]
struct Field {
    value: Values,
    operation: &'static str,
    origin: Origin,
}

/// One value, or a list to which other pages add.
#[derive(Debug)]
enum Values {
    One(Value),
    List { items: Vec<Value>, seen: BTreeSet<String> },
}

impl Values {
    fn new(value: Value) -> Values {
        match value {
            Value::Array(items) => {
                let mut list = Values::List { items: Vec::new(), seen: BTreeSet::new() };
                list.add(Value::Array(items));
                list
            }
            one => Values::One(one),
        }
    }

    /// Whether it fits to what is there: of a list another page, of one value the same again.
    fn add(&mut self, value: Value) -> bool {
        match (self, value) {
            (Values::List { items, seen }, Value::Array(more)) => {
                items.extend(more.into_iter().filter(|item| seen.insert(item.to_string())));
                true
            }
            (Values::One(first), value) => *first == value,
            (Values::List { .. }, _) => false,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Values::One(value) => value,
            Values::List { items, .. } => Value::Array(items),
        }
    }
}

impl Joined {
    pub(super) fn add(&mut self, scope: &Scope, found: Found, file: &str) {
        let Found { resource, at } = found;
        let origin = Origin { file: file.to_owned(), at };
        let of = resource.resource_type();
        let key = ResourceKey { scope: scope.clone(), resource_type: of, id: resource.id().to_owned() };
        let Some((first, first_origin)) = self.resources.get_mut(&key) else {
            self.resources.insert(key, (resource, origin));
            return;
        };
        if let Some(both) = both_lists(first, &resource) {
            *first = both;
        } else if *first == resource {
            self.repeated += 1;
        } else {
            // Which of them is true nobody can say.
            let text = format!("{} in {origin} is not as in {first_origin}; the latter is kept", key.id);
            self.complaints.push(Complaint { scope: scope.clone(), operation: of.listing(), text, kind: Kind::Wrong });
        }
    }

    pub(super) fn part(&mut self, scope: &Scope, part: Part, file: &str) {
        let origin = Origin { file: file.to_owned(), at: part.at.clone() };
        match (&part.of, part.parts.by) {
            (Owner::Id(listener), By::RuleArn) => {
                match self.rules.entry((scope.clone(), listener.clone())) {
                    std::collections::btree_map::Entry::Occupied(mut rules) => drop(rules.get_mut().add(part.value)),
                    std::collections::btree_map::Entry::Vacant(rules) => drop(rules.insert(Values::new(part.value))),
                };
            }
            (Owner::Id(id), _) => {
                let id = id.clone();
                self.part_of(scope, id, origin, part);
            }
            (Owner::OneOf(_), _) => self.named.push((scope.clone(), origin, part)),
        }
    }

    fn part_of(&mut self, scope: &Scope, id: String, origin: Origin, part: Part) {
        let operation = part.shape.operation;
        let key = ResourceKey { scope: scope.clone(), resource_type: part.parts.of, id };
        let fields = self.parts.entry(key.clone()).or_default();
        for (name, value) in std::iter::once((part.parts.field, part.value)).chain(part.more) {
            let Some(field) = fields.get_mut(name) else {
                fields.insert(name, Field { value: Values::new(value), operation, origin: origin.clone() });
                continue;
            };
            if !field.value.add(value) {
                let text = format!("{name} of {} in {origin} is not as in {}", key.id, field.origin);
                self.complaints.push(Complaint {
                    scope: scope.clone(),
                    operation: Some(operation),
                    text,
                    kind: Kind::Wrong,
                });
            }
        }
    }

    /// Puts every part into its resource.
    pub(super) fn finish(&mut self) {
        for (scope, origin, part) in std::mem::take(&mut self.named) {
            let Owner::OneOf(names) = &part.of else { continue };
            match self.find(&scope, part.parts.of, names) {
                Some(id) => self.part_of(&scope, id, origin, part),
                // Each item of the list comes by itself; one word is enough.
                None if part.value.as_array().is_none_or(Vec::is_empty) => self.orphan(scope, &origin, &part),
                None => {}
            }
        }
        for (key, fields) in std::mem::take(&mut self.parts) {
            for (name, field) in fields {
                self.set(&key, name, field);
            }
        }
        self.set_rules();
    }

    fn find(&self, scope: &Scope, of: ResourceType, names: &[String]) -> Option<String> {
        let mut found = names.iter().filter_map(|name| {
            // An ARN is found in a longer name; a short name may be a part of any.
            let has_arn = |resource: &Resource| resource.id().starts_with("arn:") && name.contains(resource.id());
            let is_it = |resource: &Resource| has_arn(resource) || resource.name() == Some(name.as_str());
            let mut all = self.of_type(scope, of);
            all.find(|(resource, _)| is_it(resource)).map(|(resource, _)| resource.id().to_owned())
        });
        found.next()
    }

    pub(super) fn of_type(&self, scope: &Scope, of: ResourceType) -> impl Iterator<Item = &(Resource, Origin)> {
        let first = ResourceKey { scope: scope.clone(), resource_type: of, id: String::new() };
        let is_of = move |key: &&ResourceKey| key.scope == first.scope && key.resource_type == of;
        let from = ResourceKey { scope: scope.clone(), resource_type: of, id: String::new() };
        self.resources.range(from..).take_while(move |(key, _)| is_of(key)).map(|(_, found)| found)
    }

    fn orphan(&mut self, scope: Scope, origin: &Origin, part: &Part) {
        let text = format!("{origin}: no file has the {} that it is of", part.parts.of);
        self.complaints.push(Complaint { scope, operation: None, text, kind: Kind::Wrong });
    }

    fn set(&mut self, key: &ResourceKey, name: &'static str, field: Field) {
        let Field { value, operation, origin } = field;
        if !self.resources.contains_key(key) {
            let text = format!("{origin}: no list has {}", key.id);
            let stub = stub(key);
            let kind = if stub.is_some() { Kind::Unlisted } else { Kind::Wrong };
            let listing = key.resource_type.listing();
            self.complaints.push(Complaint { scope: key.scope.clone(), operation: listing, text, kind });
            let Some(resource) = stub else { return };
            self.resources.insert(key.clone(), (resource, origin.clone()));
        }
        let Some((resource, _)) = self.resources.get_mut(key) else { return };
        if let Err(error) = with(resource, name, value.into_value()) {
            let text = format!("{origin}: {name} of {}: {error}", key.id);
            self.complaints.push(Complaint {
                scope: key.scope.clone(),
                operation: Some(operation),
                text,
                kind: Kind::Wrong,
            });
        }
    }

    fn set_rules(&mut self) {
        let mut rules = std::mem::take(&mut self.rules);
        if rules.is_empty() {
            return;
        }
        for (key, (resource, origin)) in &mut self.resources {
            let Resource::LoadBalancer(balancer) = &*resource else { continue };
            let Some(listeners) = &balancer.listeners else { continue };
            let Ok(mut listeners) = serde_json::to_value(listeners) else { continue };
            let mut operations = Vec::new();
            for listener in listeners.as_array_mut().into_iter().flatten() {
                let arn = listener.get("ListenerArn").and_then(Value::as_str).unwrap_or_default().to_owned();
                if let (Some(found), Value::Object(members)) = (rules.remove(&(key.scope.clone(), arn)), listener) {
                    members.insert("Rules".to_owned(), found.into_value());
                    operations.push(shapes::RULES);
                }
            }
            if !operations.is_empty()
                && let Err(error) = with(resource, "Listeners", listeners)
            {
                let text = format!("{origin}: rules of {}: {error}", key.id);
                self.complaints.push(Complaint {
                    scope: key.scope.clone(),
                    operation: Some(shapes::RULES),
                    text,
                    kind: Kind::Wrong,
                });
            }
        }
        for ((scope, listener), _) in rules {
            let text = format!("rules: no file has {listener}");
            self.complaints.push(Complaint { scope, operation: None, text, kind: Kind::Wrong });
        }
    }
}

/// Sets a field of a resource; it stays as it was where the value is not one of the field.
fn with(resource: &mut Resource, name: &str, value: Value) -> Result<(), serde_json::Error> {
    let mut whole = serde_json::to_value(&*resource)?;
    if let Value::Object(members) = &mut whole {
        members.insert(name.to_owned(), value);
    }
    *resource = Resource::deserialize_as(resource.resource_type(), whole)?;
    Ok(())
}

/// A resource of which only the id is known, where its type has nothing else that must be known: what is asked of
/// lists and tables by their id is worth keeping without the rest, whose listing is a gap anyway.
fn stub(key: &ResourceKey) -> Option<Resource> {
    let value = match key.resource_type {
        ResourceType::PrefixList => json!({ "PrefixListId": key.id }),
        ResourceType::TransitGatewayRouteTable => json!({ "TransitGatewayRouteTableId": key.id }),
        _ => return None,
    };
    Resource::deserialize_as(key.resource_type, value).ok()
}

/// A list as both ways to ask for it tell of it: one has its entries, the other all the rest.
fn both_lists(first: &Resource, second: &Resource) -> Option<Resource> {
    let (Resource::PrefixList(first), Resource::PrefixList(second)) = (first, second) else { return None };
    let (rest, entries) = match (&first.entries, &second.entries) {
        (None, Some(entries)) => (first, entries),
        (Some(entries), None) => (second, entries),
        _ => return None,
    };
    let mut both = rest.clone();
    both.entries = Some(entries.clone());
    Some(Resource::PrefixList(both))
}
