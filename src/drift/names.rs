//! From ids to labels: what stands in attributes instead of an id.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::arn::{Region, Scope};
use crate::inventory::Inventory;
use crate::resource::{Resource, ResourceType};

use super::existence::exists;
use super::foreign::Foreign;
use super::key::{ORDER, kind, natural_key};

/// The labels of one account's resources, and those of other accounts' that it names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// By region and id.
    labels: HashMap<Region, HashMap<String, Arc<str>>>,
    foreign: Arc<Foreign>,
}

impl Names {
    pub fn new(foreign: Arc<Foreign>) -> Names {
        Names { labels: HashMap::new(), foreign }
    }

    /// The accounts that the same snapshot holds, and labels of what is theirs.
    pub(super) fn foreign(&self) -> &Foreign {
        &self.foreign
    }

    /// From now on the resource is called by this key.
    pub(super) fn give(&mut self, scope: &Scope, resource: &Resource, key: &str) {
        let of = resource.resource_type();
        if has_made_id(of) && !resource.id().is_empty() {
            self.insert(&scope.region, resource.id(), of, key);
        }
        // What documents and older policies name principals by.
        let unique = match resource {
            Resource::Role(role) => role.role_id.as_deref(),
            Resource::User(user) => user.user_id.as_deref(),
            _ => None,
        };
        if let Some(unique) = unique {
            self.insert(&scope.region, unique, of, key);
        }
    }

    fn insert(&mut self, region: &Region, id: &str, of: ResourceType, key: &str) {
        let label = format!("{}:{key}", kind(of)).into();
        self.labels.entry(region.clone()).or_default().insert(id.to_owned(), label);
    }

    /// What an id is called in a region, if it is known.
    pub fn label(&self, region: &Region, id: &str) -> Option<&str> {
        let here = self.labels.get(region).and_then(|labels| labels.get(id));
        let wide = || self.labels.get(&Region::global()).and_then(|labels| labels.get(id));
        here.or_else(wide).map(|label| &**label).or_else(|| self.foreign.label(region, id))
    }

    /// The key behind an id; the id itself if nobody knows one.
    pub fn key<'n>(&'n self, region: &Region, id: &'n str) -> &'n str {
        self.label(region, id).and_then(|label| label.split_once(':')).map_or(id, |(_, key)| key)
    }

    /// A text in which every id that is known is its label.
    pub fn rewrite<'t>(&self, region: &Region, text: &'t str) -> Cow<'t, str> {
        if let Some(label) = self.label(region, text) {
            return Cow::Owned(label.to_owned());
        }
        // Every id has a dash in it but for those of principals.
        if !text.contains('-') && !text.contains("AROA") && !text.contains("AIDA") {
            return Cow::Borrowed(text);
        }
        let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut out = String::new();
        let (mut done, mut rest) = (0, 0);
        while let Some(start) = text.get(rest..).and_then(|tail| tail.find(is_of_id)).map(|at| rest + at) {
            let tail = text.get(start..).unwrap_or_default();
            let end = start + tail.find(|c| !is_of_id(c)).unwrap_or(tail.len());
            if let Some(label) = text.get(start..end).and_then(|id| self.label(region, id)) {
                out.push_str(text.get(done..start).unwrap_or_default());
                out.push_str(label);
                done = end;
            }
            rest = end;
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }
}

/// Whether AWS makes the type's ids up, so that a rebuilt one has another.
pub(super) fn has_made_id(of: ResourceType) -> bool {
    use ResourceType as T;
    match of {
        T::VpcBlockPublicAccessOptions | T::AccountSettings => false,
        T::LoadBalancer
        | T::TargetGroup
        | T::Accelerator
        | T::WebAcl
        | T::Connection
        | T::VirtualInterface
        | T::HostedZone
        | T::AccessKey
        | T::Detector => true,
        T::OrganizationalUnit | T::OrganizationPolicy | T::OrganizationRoot | T::Organization => true,
        other => other.name().starts_with("AWS::EC2::"),
    }
}

/// The labels of all that an inventory of one account holds.
///
/// Resources of one key are told apart by `#2`, `#3` and so on, in the order of their ids.
pub fn names_of(inventory: &Inventory, foreign: Arc<Foreign>) -> Names {
    let mut names = Names::new(foreign);
    let mut of_type: BTreeMap<ResourceType, Vec<(&Scope, &Resource)>> = BTreeMap::new();
    for (place, resource) in inventory.resources().filter(|(_, resource)| exists(resource)) {
        of_type.entry(place.resource_type).or_default().push((&place.scope, resource));
    }
    for of in ORDER {
        let mut taken: BTreeMap<(&Scope, String), usize> = BTreeMap::new();
        for (scope, resource) in of_type.get(of).into_iter().flatten() {
            let key = natural_key(scope, resource, &names);
            let number = taken.entry((scope, key.clone())).or_default();
            *number += 1;
            let key = if *number == 1 { key } else { format!("{key}#{number}") };
            names.give(scope, resource, &key);
        }
    }
    names
}
