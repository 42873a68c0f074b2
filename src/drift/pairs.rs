//! Which resource of the one side is which of the other: by id where it is still there, by key where it was rebuilt,
//! by what it says where several have one key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::arn::{Region, Scope};
use crate::inventory::Inventory;
use crate::resource::{Resource, ResourceType};

use super::comparison::Ambiguity;
use super::existence::exists;
use super::foreign::Foreign;
use super::key::{ORDER, natural_key};
use super::names::Names;
use super::table::order_of;

/// A resource on one side or both.
pub(super) struct Pair<'i> {
    pub scope: &'i Scope,
    pub of: ResourceType,
    /// Unique among the pairs of its scope and type.
    pub key: String,
    pub old: Option<&'i Resource>,
    pub new: Option<&'i Resource>,
}

pub(super) struct Pairs<'i> {
    pub all: Vec<Pair<'i>>,
    /// The names of each side: what is the same has the same on both.
    pub names: [Names; 2],
    pub ambiguities: Vec<Ambiguity>,
}

type Listed<'i> = BTreeMap<&'i Scope, Vec<&'i Resource>>;

/// Pairs the resources of one account.
pub(super) fn pair<'i>(old: &'i Inventory, new: &'i Inventory, foreign: [Arc<Foreign>; 2]) -> Pairs<'i> {
    let (mut before, mut after) = (by_type(old), by_type(new));
    let mut pairs = Pairs { all: Vec::new(), names: foreign.map(Names::new), ambiguities: Vec::new() };
    for of in ORDER {
        let (mut olds, mut news) = (before.remove(of).unwrap_or_default(), after.remove(of).unwrap_or_default());
        let scopes: BTreeSet<&Scope> = olds.keys().chain(news.keys()).copied().collect();
        for scope in scopes {
            let (olds, news) = (olds.remove(scope).unwrap_or_default(), news.remove(scope).unwrap_or_default());
            pairs.pair_type(scope, *of, olds, news);
        }
    }
    pairs
}

fn by_type(inventory: &Inventory) -> BTreeMap<ResourceType, Listed<'_>> {
    let mut out: BTreeMap<ResourceType, Listed<'_>> = BTreeMap::new();
    for (place, resource) in inventory.resources().filter(|(_, resource)| exists(resource)) {
        out.entry(place.resource_type).or_default().entry(&place.scope).or_default().push(resource);
    }
    for (of, listed) in &mut out {
        if *of == ResourceType::OrganizationalUnit {
            // The upper ones first: their keys stand in those of the lower.
            listed.values_mut().for_each(|all| all.sort_by_key(|one| depth(one)));
        }
    }
    out
}

fn depth(resource: &Resource) -> usize {
    match resource {
        Resource::OrganizationalUnit(unit) => unit.path.as_deref().map_or(usize::MAX, |path| path.matches('/').count()),
        _ => 0,
    }
}

impl<'i> Pairs<'i> {
    fn pair_type(&mut self, scope: &'i Scope, of: ResourceType, olds: Vec<&'i Resource>, news: Vec<&'i Resource>) {
        let mut by_id: BTreeMap<&str, &'i Resource> = news.iter().map(|one| (one.id(), *one)).collect();
        let mut taken = Taken::new();
        let mut left: Vec<&'i Resource> = Vec::new();
        for old in olds {
            match by_id.remove(old.id()) {
                Some(new) => {
                    let key = free(&mut taken, natural_key(scope, old, &self.names[0]));
                    self.push(scope, of, key, Some(old), Some(new));
                }
                None => left.push(old),
            }
        }
        // What has lost its id on one side is told apart by its key.
        let mut groups: BTreeMap<String, (Vec<&'i Resource>, Vec<&'i Resource>)> = BTreeMap::new();
        for old in left {
            groups.entry(natural_key(scope, old, &self.names[0])).or_default().0.push(old);
        }
        for new in news.into_iter().filter(|new| by_id.contains_key(new.id())) {
            groups.entry(natural_key(scope, new, &self.names[1])).or_default().1.push(new);
        }
        for (key, (olds, news)) in groups {
            self.pair_group(scope, of, &key, olds, news, &mut taken);
        }
    }

    /// Pairs what has one key and another id on each side.
    fn pair_group(
        &mut self,
        scope: &'i Scope,
        of: ResourceType,
        key: &str,
        mut olds: Vec<&'i Resource>,
        mut news: Vec<&'i Resource>,
        taken: &mut Taken,
    ) {
        let mut pairs = Vec::new();
        if olds.len() > 1 || news.len() > 1 {
            // Of several that say the same it does not matter which is which.
            let mut contents: BTreeMap<String, Vec<&'i Resource>> = BTreeMap::new();
            for new in &news {
                contents.entry(content(scope, new, &self.names[1])).or_default().push(new);
            }
            olds.retain(|old| {
                let same = contents.get_mut(&content(scope, old, &self.names[0])).and_then(Vec::pop);
                same.inspect(|new| pairs.push((*old, *new))).is_none()
            });
            let found: BTreeSet<&str> = pairs.iter().map(|(_, new)| new.id()).collect();
            news.retain(|new| !found.contains(new.id()));
        }
        if let ([old], [new]) = (olds.as_slice(), news.as_slice()) {
            pairs.push((old, new));
            olds.clear();
            news.clear();
        }
        if !olds.is_empty() && !news.is_empty() {
            let ids = |all: &[&Resource]| all.iter().map(|one| one.id().to_owned()).collect();
            self.ambiguities.push(Ambiguity {
                account: scope.account.to_string(),
                region: scope.region.to_string(),
                resource_type: of.name(),
                key: key.to_owned(),
                old_ids: ids(&olds),
                new_ids: ids(&news),
            });
        }
        for (old, new) in pairs {
            self.push(scope, of, free(taken, key.to_owned()), Some(old), Some(new));
        }
        for old in olds {
            self.push(scope, of, free(taken, key.to_owned()), Some(old), None);
        }
        for new in news {
            self.push(scope, of, free(taken, key.to_owned()), None, Some(new));
        }
    }

    fn push(
        &mut self,
        scope: &'i Scope,
        of: ResourceType,
        key: String,
        old: Option<&'i Resource>,
        new: Option<&'i Resource>,
    ) {
        let [before, after] = &mut self.names;
        if let Some(old) = old {
            before.give(scope, old, &key);
            // What still names a thing that is gone names it as before.
            if new.is_none() {
                after.give(scope, old, &key);
            }
        }
        if let Some(new) = new {
            after.give(scope, new, &key);
            if old.is_none() {
                before.give(scope, new, &key);
            }
        }
        self.all.push(Pair { scope, of, key, old, new });
    }
}

/// Keys that resources have, each with the number that the next of the same key gets.
type Taken = BTreeMap<String, usize>;

/// The key, with a number after it if another resource has it already.
fn free(taken: &mut Taken, key: String) -> String {
    let Some(next) = taken.get(&key).copied() else {
        taken.insert(key.clone(), 2);
        return key;
    };
    let mut number = next;
    let mut free = format!("{key}#{number}");
    // Something may be called so by itself.
    while taken.contains_key(&free) {
        number += 1;
        free = format!("{key}#{number}");
    }
    taken.insert(key, number + 1);
    taken.insert(free.clone(), 2);
    free
}

/// What a resource says, without its own id and what AWS made up for it, to tell equals among equals.
fn content(scope: &Scope, resource: &Resource, names: &Names) -> String {
    let of = resource.resource_type();
    let Ok(Value::Object(fields)) = serde_json::to_value(resource) else { return String::new() };
    let told = fields.into_iter().filter(|(name, _)| {
        let path = super::attributes::path_of(of, name);
        order_of(of, &path).is_compared() || matches!(name.as_str(), "Associations" | "SubnetId")
    });
    let told: Map<String, Value> =
        told.filter_map(|(name, value)| Some((name, plain(&scope.region, value, names, resource.id())?))).collect();
    Value::Object(told).to_string()
}

fn plain(region: &Region, value: Value, names: &Names, own: &str) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text == own => None,
        Value::String(text) => Some(names.rewrite(region, &text).into_owned().into()),
        Value::Array(all) => {
            let all: BTreeMap<String, Value> = all
                .into_iter()
                .filter_map(|one| plain(region, one, names, own))
                .map(|one| (one.to_string(), one))
                .collect();
            (!all.is_empty()).then(|| all.into_values().collect())
        }
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .into_iter()
                .filter(|(name, _)| !super::attributes::is_made_up(name))
                .filter_map(|(name, value)| Some((name, plain(region, value, names, own)?)))
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        other => Some(other),
    }
}
