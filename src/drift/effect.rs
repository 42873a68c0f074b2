//! The effect of a difference: what it lets in, what it takes away, and why.

use serde_json::{Value, json};

use crate::arn::Region;
use crate::net::{IpSet, PacketSet};
use crate::resource::Resource;
use crate::resource::ec2::{IpPermission, NetworkAcl};

use super::compare::Both;
use super::filters::{self, Admits};
use super::item::Effect;
use super::orders::Order;
use super::pairs::Pair;
use super::permissions::{attached, document, of_principal, reverse, targets};
use super::routes;
use super::side::Side;

/// What is known of a difference before its severity.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub effect: Effect,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub because: String,
    pub witness: Option<String>,
    pub opened: Option<PacketSet>,
    pub traits: Traits,
}

/// What severity looks at beside the effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Something is granted by which everything can be had.
    pub administrative: bool,
    /// Something is granted to everybody.
    pub of_everybody: bool,
    /// A way is lost, and nothing is opened or closed by it.
    pub availability: bool,
    /// Nothing comes of it as long as something else stays as it is.
    pub latent: bool,
}

impl Default for Judged {
    fn default() -> Judged {
        Judged {
            effect: Effect::Neutral,
            before: None,
            after: None,
            because: String::new(),
            witness: None,
            opened: None,
            traits: Traits::default(),
        }
    }
}

/// The effect of an attribute's change; none if both values come to the same after all.
pub(super) fn changed(
    both: &Both<'_, '_>,
    pair: &Pair<'_>,
    old: &Resource,
    new: &Resource,
    path: &str,
    order: Order,
    [before, after]: [Option<Value>; 2],
) -> Option<Judged> {
    let region = &pair.scope.region;
    let plain = |judged: Judged| Judged { before: before.clone(), after: after.clone(), ..judged };
    if order != Order::Special {
        let effect = order.effect(before.as_ref(), after.as_ref());
        let judged = Judged { effect, because: by_order(order, effect), ..Judged::default() };
        let is_of_principal = matches!(path, "groups" | "permissions_boundary");
        return Some(plain(if is_of_principal { of_principal(both, old, new, path, judged) } else { judged }));
    }
    match (old, new) {
        (Resource::SecurityGroup(old), Resource::SecurityGroup(new)) => {
            let (toward, was, is) = match path {
                "ingress" => ("from", &old.ip_permissions, &new.ip_permissions),
                _ => ("to", &old.ip_permissions_egress, &new.ip_permissions_egress),
            };
            group(both, region, toward, was, is).unwrap_or_else(|why| Some(plain(unknown(&why))))
        }
        (Resource::NetworkAcl(old), Resource::NetworkAcl(new)) => {
            let egress = path.ends_with("egress");
            match (filters::of_acl(old, egress), filters::of_acl(new, egress)) {
                (Ok(was), Ok(is)) if path.starts_with("offered") => offered(was, is, egress),
                (Ok((was, _)), Ok((is, _))) => packets(&was, &is, egress),
                (Err(why), _) | (_, Err(why)) => Some(plain(unknown(&why.why))),
            }
        }
        (Resource::RouteTable(old), Resource::RouteTable(new)) => {
            Some(plain(tables(both, region, Some(old), Some(new))))
        }
        (Resource::Vpc(old), Resource::Vpc(new)) => Some(plain(follow(both, region, &old.vpc_id, &new.vpc_id, None))),
        (Resource::Subnet(old), Resource::Subnet(new)) if path == "route_table" => {
            let vpcs = (old.vpc_id.as_deref().unwrap_or_default(), new.vpc_id.as_deref().unwrap_or_default());
            Some(plain(follow(both, region, &old.subnet_id, &new.subnet_id, Some(vpcs))))
        }
        (Resource::Subnet(old), Resource::Subnet(new)) => {
            Some(plain(acls(both, region, &old.subnet_id, &new.subnet_id)))
        }
        (Resource::NetworkInterface(_), _) if path != "security_groups" => Some(plain(addresses(&before, &after))),
        (Resource::InternetGateway(_) | Resource::VpnGateway(_), _) => {
            let effect = Order::MoreWeakens.effect(before.as_ref(), after.as_ref());
            let because = match effect {
                Effect::Weakening => "it is attached, and routes that lead to it carry packets".to_owned(),
                Effect::Strengthening => "it is attached to that network no longer".to_owned(),
                _ => "it is attached to another network".to_owned(),
            };
            Some(plain(Judged { effect, because, ..Judged::default() }))
        }
        (Resource::PrefixList(_), _) => Some(plain(prefix_list(both, pair, &before, &after))),
        (Resource::TransitGatewayRouteTable(_), _) => {
            let effect = Order::MoreWeakens.effect(before.as_ref(), after.as_ref());
            Some(plain(Judged { effect, because: by_order(Order::MoreWeakens, effect), ..Judged::default() }))
        }
        (Resource::OrganizationPolicy(one), Resource::OrganizationPolicy(other)) if path == "targets" => {
            let come = targets(other.content.as_deref(), after.is_some());
            let gone = targets(one.content.as_deref(), before.is_some());
            let effect = come.and(reverse(gone));
            let because = "what a policy of the organization is attached to, it limits".to_owned();
            Some(plain(Judged { effect, because, ..Judged::default() }))
        }
        _ if path == "security_groups" => Some(plain(worn(both, region, &before, &after))),
        _ if path == "attached_policies" => {
            Some(plain(of_principal(both, old, new, path, attached(both, &before, &after))))
        }
        _ => document(both, region, old, new, path, &plain),
    }
}

pub(super) fn unknown(why: &str) -> Judged {
    Judged { effect: Effect::Unknown, because: format!("what it comes to is not known: {why}"), ..Judged::default() }
}

/// The sentence for a plain value.
fn by_order(order: Order, effect: Effect) -> String {
    let text = match (order, effect) {
        (Order::Moves, _) => "it is the same at another place",
        (Order::Neutral, _) => "it says nothing of what is allowed",
        (Order::Unknown, _) => "no order is known for this attribute",
        (Order::MoreStrengthens | Order::PresentStrengthens, Effect::Weakening) => {
            "what is gone forbade something, or watched it"
        }
        (Order::MoreStrengthens | Order::PresentStrengthens, Effect::Strengthening) => {
            "what is new forbids something, or watches it"
        }
        (Order::Words(_), Effect::Unknown) => "it is none of the values whose order is known",
        (_, Effect::Weakening) => "the new value allows more",
        (_, Effect::Strengthening) => "the new value allows less",
        (_, Effect::Mixed) => "some of it allows more and some less",
        (_, Effect::Unknown) => "another one stands in its place, and which of the two allows more is not known",
        (_, Effect::Neutral) => "both values allow the same",
    };
    text.to_owned()
}

/// The addresses of prefix lists as they are now: what has changed in a list is told of there.
pub(super) fn lists<'a>(both: &'a Both<'_, '_>, region: &'a Region) -> impl Fn(&str) -> Option<IpSet> + 'a {
    |label| both.new.list_addresses(region, label).or_else(|| both.old.list_addresses(region, label))
}

/// A security group's rules of one direction.
fn group(
    both: &Both<'_, '_>,
    region: &Region,
    toward: &str,
    was: &[IpPermission],
    is: &[IpPermission],
) -> Result<Option<Judged>, String> {
    let was = filters::of_group(both.old, region, was).map_err(|missing| missing.why)?;
    let is = filters::of_group(both.new, region, is).map_err(|missing| missing.why)?;
    let (opened, closed) = (is.beyond(&was), was.beyond(&is));
    if opened.is_empty() && closed.is_empty() {
        return Ok(None);
    }
    let addresses = lists(both, region);
    let (was, is) = (was.expanded(&addresses), is.expanded(&addresses));
    let (more, less) = (is.beyond(&was), was.beyond(&is));
    let some = |rules: Vec<String>| (!rules.is_empty()).then(|| json!(rules));
    let judged = admitted(&more, &less, toward);
    Ok(Some(Judged { before: some(closed.rules(toward)), after: some(opened.rules(toward)), ..judged }))
}

/// What is newly admitted and what not any more, in a sentence and with a packet.
fn admitted(more: &Admits, less: &Admits, toward: &str) -> Judged {
    let effect = Effect::of(!more.is_empty(), !less.is_empty());
    let (which, set) =
        if more.is_empty() { ("is not let through any more", less) } else { ("is let through now", more) };
    let first = set.rules(toward).into_iter().next();
    let because = match first {
        Some(rule) => {
            let also = if effect == Effect::Mixed { ", and something else is not any more" } else { "" };
            format!("{rule} {which}{also}")
        }
        None => "the same is let through".to_owned(),
    };
    Judged {
        effect,
        because,
        witness: filters::example(&set.plain, toward),
        opened: Some(more.plain.clone()),
        ..Judged::default()
    }
}

/// A set of packets before and after.
fn packets(was: &PacketSet, is: &PacketSet, egress: bool) -> Option<Judged> {
    let toward = if egress { "to" } else { "from" };
    let (more, less) = (is.difference(was), was.difference(is));
    if more.is_empty() && less.is_empty() {
        return None;
    }
    let some = |set: &PacketSet| (!set.is_empty()).then(|| json!(filters::rules(set, toward)));
    let (before, after) = (some(&less), some(&more));
    let of = |plain| Admits { plain, ..Admits::default() };
    Some(Judged { before, after, ..admitted(&of(more), &of(less), toward) })
}

/// An entry that allows what an earlier one denies: nothing comes of it until that one goes.
fn offered(was: (PacketSet, PacketSet), is: (PacketSet, PacketSet), egress: bool) -> Option<Judged> {
    // Where what is let through has changed, that is told.
    if was.0 != is.0 {
        return None;
    }
    let toward = if egress { "to" } else { "from" };
    let hidden = |(allowed, all): &(PacketSet, PacketSet)| all.difference(allowed);
    let (was, is) = (hidden(&was), hidden(&is));
    let (more, less) = (is.difference(&was), was.difference(&is));
    let some = |set: &PacketSet| (!set.is_empty()).then(|| json!(filters::rules(set, toward)));
    let because = if more.is_empty() {
        "an entry that allowed what an earlier one denies is gone"
    } else {
        "an entry allows what an earlier one denies: nothing is let through until that one goes"
    };
    let traits = Traits { latent: !more.is_empty(), ..Traits::default() };
    Some(Judged { before: some(&less), after: some(&more), because: because.to_owned(), traits, ..Judged::default() })
}

pub(super) type Table<'t> = Option<&'t crate::resource::ec2::RouteTable>;

/// Two route tables, of which one may not be known.
pub(super) fn tables(both: &Both<'_, '_>, region: &Region, old: Table<'_>, new: Table<'_>) -> Judged {
    let (Some(old), Some(new)) = (old, new) else { return unknown("a route table was not seen") };
    rerouted(&routes::compare((both.old, region, old), (both.new, region, new), lists(both, region)))
}

/// What became of routes, in a sentence and with a packet.
pub(super) fn rerouted(way: &routes::Rerouted) -> Judged {
    let because = match (&way.opened, way.effect, way.lost_default) {
        (Some((addresses, target)), ..) => {
            let first = addresses.blocks().into_iter().next().unwrap_or_default();
            format!("packets to {first} go by {target} now")
        }
        (None, Effect::Strengthening, _) => "a way out is gone".to_owned(),
        (None, _, true) => "the default route is gone: nothing is opened, and what relied on it is cut off".to_owned(),
        _ => "packets go the same ways".to_owned(),
    };
    let witness = way.opened.as_ref().and_then(|(addresses, target)| {
        let packets = PacketSet::of(addresses, crate::net::Protocols::All, &crate::net::PortSet::all());
        let public = packets.within(&IpSet::internet());
        let packet = if public.is_empty() { packets } else { public }.witness(&crate::net::PortSet::all())?;
        Some(format!("a packet to {} by {target}", packet.address))
    });
    let availability = way.lost_default && way.effect == Effect::Neutral;
    Judged {
        effect: way.effect,
        because,
        witness,
        traits: Traits { availability, ..Traits::default() },
        ..Judged::default()
    }
}

/// The table that a VPC or subnet follows, before and after; a subnet without its own follows its VPC's.
fn follow(both: &Both<'_, '_>, region: &Region, old: &str, new: &str, vpcs: Option<(&str, &str)>) -> Judged {
    fn of<'i>(side: &Side<'i>, region: &Region, id: &str, vpc: Option<&str>) -> Table<'i> {
        let id = side.table_of(region, id).or_else(|| side.table_of(region, vpc?))?;
        side.table(region, id)
    }
    let old = of(both.old, region, old, vpcs.map(|vpcs| vpcs.0));
    let new = of(both.new, region, new, vpcs.map(|vpcs| vpcs.1));
    tables(both, region, old, new)
}

/// The network ACL of a subnet, before and after, in both directions.
fn acls(both: &Both<'_, '_>, region: &Region, old: &str, new: &str) -> Judged {
    fn of<'i>(side: &Side<'i>, region: &Region, subnet: &str) -> Option<&'i NetworkAcl> {
        side.acl(region, side.acl_of(region, subnet)?)
    }
    let (Some(old), Some(new)) = (of(both.old, region, old), of(both.new, region, new)) else {
        return unknown("a network ACL was not seen");
    };
    two_acls(old, new)
}

/// One network ACL in the place of another.
pub(super) fn two_acls(old: &NetworkAcl, new: &NetworkAcl) -> Judged {
    let mut all = Judged { because: "both network ACLs let the same through".to_owned(), ..Judged::default() };
    for egress in [true, false] {
        match (filters::of_acl(old, egress), filters::of_acl(new, egress)) {
            (Ok((was, _)), Ok((is, _))) => {
                if let Some(judged) = packets(&was, &is, egress) {
                    all = Judged { effect: judged.effect.and(all.effect), ..judged };
                }
            }
            (Err(why), _) | (_, Err(why)) => return unknown(&why.why),
        }
    }
    all
}

/// Public addresses of an interface: to have one or none is what counts, not which.
pub(super) fn addresses(before: &Option<Value>, after: &Option<Value>) -> Judged {
    let count = |value: &Option<Value>| value.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
    let (gone, come) = (count(before), count(after));
    let effect = Effect::of(come > gone, come < gone);
    let because = match effect {
        Effect::Weakening => "it has an address that the internet can name",
        Effect::Strengthening => "an address that the internet could name is gone",
        _ => "it has another address",
    };
    Judged { effect, because: because.to_owned(), ..Judged::default() }
}

/// The groups of an interface, balancer or endpoint: all of them together, each with its rules of now.
pub(super) fn worn(both: &Both<'_, '_>, region: &Region, before: &Option<Value>, after: &Option<Value>) -> Judged {
    let labels = |value: &Option<Value>| -> Vec<String> {
        let all = value.as_ref().and_then(Value::as_array);
        all.into_iter().flatten().filter_map(|label| label.as_str().map(str::to_owned)).collect()
    };
    let mut out = Judged { because: "its groups let the same through".to_owned(), ..Judged::default() };
    for (toward, egress) in [("to", true), ("from", false)] {
        let admits = |labels: &[String]| -> Option<Admits> {
            let mut all = Admits::default();
            for label in labels {
                let (side, group) = both
                    .new
                    .labelled(region, label)
                    .map(|group| (both.new, group))
                    .or_else(|| both.old.labelled(region, label).map(|group| (both.old, group)))?;
                let rules = if egress { &group.ip_permissions_egress } else { &group.ip_permissions };
                all = all.union(&filters::of_group(side, region, rules).ok()?.expanded(lists(both, region)));
            }
            Some(all)
        };
        let (Some(was), Some(is)) = (admits(&labels(before)), admits(&labels(after))) else {
            return unknown("a security group was not seen");
        };
        let (more, less) = (is.beyond(&was), was.beyond(&is));
        if !more.is_empty() || !less.is_empty() {
            let judged = admitted(&more, &less, toward);
            out = Judged { effect: judged.effect.and(out.effect), ..judged };
        }
    }
    out
}

/// What a prefix list holds more or less, for all that name it.
fn prefix_list(both: &Both<'_, '_>, pair: &Pair<'_>, before: &Option<Value>, after: &Option<Value>) -> Judged {
    let users = pair.new.map_or(0, |list| both.new.naming(&pair.scope.region, list.id()));
    let effect = Order::MoreWeakens.effect(before.as_ref(), after.as_ref());
    let because = match (users, effect) {
        (0, _) => "nothing in this account names the list; accounts that it is shared with may".to_owned(),
        (number, Effect::Strengthening) => {
            format!("{number} groups and route tables that name the list lose addresses")
        }
        (number, _) => format!("{number} groups and route tables name the list and take its addresses"),
    };
    Judged { effect, because, traits: Traits { latent: users == 0, ..Traits::default() }, ..Judged::default() }
}
