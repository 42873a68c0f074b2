//! One account of each side -> all differences.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::arn::Scope;
use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::resource::{Resource, ResourceType};

use super::attributes::{Attribute, AttributeKind, Attributes, attributes, beyond};
use super::comparison::{Comparison, Renamed};
use super::coverage::Coverage;
use super::effect::{Judged, changed};
use super::foreign::Foreign;
use super::item::{AWS, AWS_MANAGED_UPDATE, Class, Effect, Item};
use super::names::has_made_id;
use super::orders::Order;
use super::pairs::{Pair, Pairs, pair};
use super::presence::presence;
use super::side::Side;
use super::table::{is_compared, is_true_by_default, order_of};
use super::{causes, severity};

/// Compares one account before and after. Each inventory holds that account, perhaps over surroundings; `foreign` says
/// what each snapshot knows of the other accounts.
pub fn compare(old: &Inventory, new: &Inventory, foreign: [Arc<Foreign>; 2]) -> Comparison {
    let Pairs { all, names, ambiguities } = pair(old, new, foreign);
    let [old_names, new_names] = names;
    let (before, after) = (Side::new(old, old_names), Side::new(new, new_names));
    // What is the same to the letter may name something that has another id now.
    let rebuilt = all.iter().any(is_rebuilt);
    let both = Both { old: &before, new: &after, rebuilt };
    let coverage = Coverage::of(old, new);
    let mut out = Comparison { ambiguities, not_checked: coverage.not_checked(), ..Comparison::default() };
    let mut found = Vec::new();
    for pair in &all {
        match (pair.old, pair.new) {
            (Some(one), Some(other)) => compare_pair(&both, &coverage, pair, one, other, &mut out, &mut found),
            (Some(one), None) if coverage.knows_new(pair.scope, pair.of) => {
                found.extend(whole(&both, pair, one, Class::Removed));
            }
            (None, Some(one)) if coverage.knows_old(pair.scope, pair.of) => {
                found.extend(whole(&both, pair, one, Class::Added));
            }
            _ => {}
        }
    }
    causes::name(&both, &mut found);
    severity::judge(&both, &mut found);
    out.items = found.into_iter().map(|found| found.item).collect();
    out.finish();
    out
}

/// Both sides of a comparison.
pub(super) struct Both<'a, 'i> {
    pub old: &'a Side<'i>,
    pub new: &'a Side<'i>,
    /// Whether anything has another id than before.
    pub rebuilt: bool,
}

fn is_rebuilt(pair: &Pair<'_>) -> bool {
    has_made_id(pair.of) && pair.old.zip(pair.new).is_some_and(|(old, new)| old.id() != new.id())
}

/// An item with the resources that it is about.
pub(super) struct Found<'a, 'i> {
    pub item: Item,
    pub pair: &'a Pair<'i>,
    /// What was opened, where that is packets.
    pub opened: Option<crate::net::PacketSet>,
    pub traits: super::effect::Traits,
}

/// Whether the resource is told of here: of what several accounts and regions see, one view is.
pub(super) fn is_told(side: &Side<'_>, scope: &Scope, resource: &Resource) -> bool {
    let held = |account: &str| account != scope.account.as_str() && side.names.foreign().holds(account);
    match resource {
        other if !is_compared(other.resource_type()) => false,
        // Services make and delete their own; those that the internet can address count.
        Resource::NetworkInterface(one) if one.requester_managed == Some(true) => {
            one.public_addresses().next().is_some() && !held(one.owner_id.as_deref().unwrap_or_default())
        }
        // Another's, which is here because something was launched from it.
        Resource::Image(one) => one.owner_id.as_deref().is_none_or(|owner| owner == scope.account.as_str()),
        // Backups come and go by the day; those that anyone may restore count.
        Resource::Snapshot(one) => one.public != Some(false),
        Resource::Trail(one) => {
            let home = one.home_region.as_deref().is_none_or(|home| home == scope.region.as_str());
            home && !held(resource.arn(scope).account())
        }
        Resource::VpcPeeringConnection(one) => one.requester_vpc_info.as_ref().is_none_or(|info| {
            let here = info.region.as_deref().is_none_or(|region| region == scope.region.as_str());
            match info.owner_id.as_deref() {
                Some(owner) if owner == scope.account.as_str() => here,
                Some(owner) => !held(owner),
                None => true,
            }
        }),
        Resource::TransitGatewayAttachment(one) => !one.resource_owner_id.as_deref().is_some_and(held),
        other if other.resource_type().name().starts_with("AWS::EC2::") => !held(other.arn(scope).account()),
        _ => true,
    }
}

/// Whether AWS owns it and every account sees it.
fn is_of_aws(resource: &Resource) -> bool {
    match resource {
        Resource::AwsManagedPolicy(_) => true,
        Resource::PrefixList(list) => list.owner_id.as_deref() == Some("AWS"),
        _ => false,
    }
}

fn item(pair: &Pair<'_>, path: &str, class: Class, judged: Judged) -> Item {
    let resource = pair.new.or(pair.old);
    let of_aws = resource.is_some_and(is_of_aws);
    let account = if of_aws { AWS.to_owned() } else { pair.scope.account.to_string() };
    let region = pair.scope.region.to_string();
    Item {
        id: Item::id_of(&account, &region, pair.of, &pair.key, path),
        account,
        region,
        resource_type: pair.of,
        key: pair.key.clone(),
        old_id: pair.old.map(|one| one.id().to_owned()),
        new_id: pair.new.map(|one| one.id().to_owned()),
        path: path.to_owned(),
        before: judged.before,
        after: judged.after,
        class,
        effect: judged.effect,
        severity: Severity::Informational,
        because: judged.because,
        witness: judged.witness,
        cause: of_aws.then(|| AWS_MANAGED_UPDATE.to_owned()),
    }
}

/// A resource that is on one side only.
fn whole<'a, 'i>(
    both: &Both<'_, 'i>,
    pair: &'a Pair<'i>,
    resource: &'i Resource,
    class: Class,
) -> Option<Found<'a, 'i>> {
    let side = if class == Class::Added { both.new } else { both.old };
    // AWS's own policies are read where something uses them: that is told of where it is used.
    if !is_told(side, pair.scope, resource) || is_of_aws(resource) {
        return None;
    }
    let mut judged = presence(both, pair, resource, class == Class::Added);
    let attributes = attributes(side, pair.scope, resource);
    let value: Map<String, Value> = attributes.into_iter().map(|(path, attribute)| (path, attribute.value)).collect();
    let value = Some(Value::Object(value));
    if class == Class::Added {
        judged.after = value
    } else {
        judged.before = value
    }
    let (opened, traits) = (judged.opened.take(), judged.traits);
    Some(Found { item: item(pair, "", class, judged), pair, opened, traits })
}

fn compare_pair<'a, 'i>(
    both: &Both<'_, 'i>,
    coverage: &Coverage<'_>,
    pair: &'a Pair<'i>,
    old: &'i Resource,
    new: &'i Resource,
    out: &mut Comparison,
    found: &mut Vec<Found<'a, 'i>>,
) {
    if !is_told(both.old, pair.scope, old) && !is_told(both.new, pair.scope, new) {
        return;
    }
    if is_rebuilt(pair) {
        out.id_map.push(Renamed {
            account: pair.scope.account.to_string(),
            region: pair.scope.region.to_string(),
            resource_type: pair.of.name(),
            key: pair.key.clone(),
            old_id: old.id().to_owned(),
            new_id: new.id().to_owned(),
        });
    }
    let known = found.len();
    found.extend(recreated(pair, old, new));
    // What is the same to the letter says the same; some attributes follow from other resources.
    if old != new || both.rebuilt || matches!(pair.of, ResourceType::Vpc | ResourceType::Subnet) {
        let mut before = attributes(both.old, pair.scope, old);
        let mut after = attributes(both.new, pair.scope, new);
        coverage.keep_read(pair.scope, pair.of, &mut before, &mut after);
        found.extend(differing(both, pair, old, new, &before, &after));
    }
    if found.len() == known {
        out.unchanged += 1;
    }
}

fn differing<'a, 'i>(
    both: &Both<'_, 'i>,
    pair: &'a Pair<'i>,
    old: &'i Resource,
    new: &'i Resource,
    before: &Attributes,
    after: &Attributes,
) -> Vec<Found<'a, 'i>> {
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let mut found = Vec::new();
    for path in paths {
        let (one, other) = (before.get(path), after.get(path));
        if one == other || is_default(pair.of, path, one, other) {
            continue;
        }
        let order = order_of(pair.of, path);
        let Some(mut judged) = changed(both, pair, old, new, path, order, values(path, pair, one, other)) else {
            continue;
        };
        let (opened, traits) = (judged.opened.take(), judged.traits);
        let class = if order == Order::Moves { Class::Moved } else { Class::Changed };
        found.push(Found { item: item(pair, path, class, judged), pair, opened, traits });
    }
    found
}

/// What is told of both values: of sets what only one side has, and a missing flag as what it means.
fn values(path: &str, pair: &Pair<'_>, one: Option<&Attribute>, other: Option<&Attribute>) -> [Option<Value>; 2] {
    let kind = one.or(other).map_or(AttributeKind::Scalar, |attribute| attribute.kind);
    let none = Value::Array(Vec::new());
    let value = |attribute: Option<&Attribute>| attribute.map(|attribute| attribute.value.clone());
    match kind {
        AttributeKind::Set | AttributeKind::Packets => {
            let (old, new) = (one.map_or(&none, |one| &one.value), other.map_or(&none, |one| &one.value));
            let some = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
            [some(beyond(old, new)), some(beyond(new, old))]
        }
        _ => {
            let is_flag = [one, other].into_iter().flatten().any(|one| one.value.is_boolean());
            let missing = || is_flag.then(|| json!(is_true_by_default(pair.of, path)));
            [value(one).or_else(missing), value(other).or_else(missing)]
        }
    }
}

/// Whether one side says what the other leaves out because it is AWS's default.
fn is_default(of: ResourceType, path: &str, one: Option<&Attribute>, other: Option<&Attribute>) -> bool {
    match (one, other) {
        (Some(given), None) | (None, Some(given)) => given.value == Value::Bool(is_true_by_default(of, path)),
        _ => false,
    }
}

/// Principals and keys whose names are there and which are not the same any more.
fn recreated<'a, 'i>(pair: &'a Pair<'i>, old: &Resource, new: &Resource) -> Option<Found<'a, 'i>> {
    let unique = |resource: &Resource| match resource {
        Resource::User(one) => one.user_id.clone(),
        Resource::Role(one) => one.role_id.clone(),
        Resource::Group(one) => one.group_id.clone(),
        Resource::ManagedPolicy(one) => one.policy_id.clone(),
        Resource::InstanceProfile(one) => one.instance_profile_id.clone(),
        Resource::ServerCertificate(one) => one.server_certificate_id.clone(),
        Resource::AccessKey(one) => Some(one.access_key_id.clone()),
        _ => None,
    };
    let (was, is) = (unique(old)?, unique(new)?);
    if was == is {
        return None;
    }
    let (effect, because) = match old {
        Resource::AccessKey(_) => {
            (Effect::Mixed, "the old key is gone, and there is a secret that was not there before".to_owned())
        }
        Resource::User(_) | Resource::Role(_) => (
            Effect::Neutral,
            "it was deleted and made anew under its name: trust policies, resource policies and sessions of the old \
             one do not reach the new one"
                .to_owned(),
        ),
        _ => (Effect::Neutral, "it was deleted and made anew under its name".to_owned()),
    };
    let judged = Judged { effect, before: Some(json!(was)), after: Some(json!(is)), because, ..Judged::default() };
    let traits = judged.traits;
    Some(Found { item: item(pair, "unique_id", Class::Recreated, judged), pair, opened: None, traits })
}
