//! The effect of a difference: what it lets in, what it takes away, and why.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::arn::Region;
use crate::iam::{Document, PolicyText};
use crate::net::{IpSet, PacketSet};
use crate::resource::ec2::IpPermission;
use crate::resource::{Resource, ResourceType};

use super::compare::Both;
use super::documents::{self, Grant, Regranted};
use super::filters::{self, Admits};
use super::item::Effect;
use super::orders::Order;
use super::pairs::Pair;
use super::side::Side;
use super::{routes, table};

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
        return Some(plain(Judged { effect, because: by_order(order, effect), ..Judged::default() }));
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
        _ if path == "attached_policies" => Some(plain(attached(both, &before, &after))),
        _ => document(both, region, old, new, path, &plain),
    }
}

fn unknown(why: &str) -> Judged {
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
fn lists<'a>(both: &'a Both<'_, '_>, region: &'a Region) -> impl Fn(&str) -> Option<IpSet> + 'a {
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

type Table<'t> = Option<&'t crate::resource::ec2::RouteTable>;

/// Two route tables, of which one may not be known.
fn tables(both: &Both<'_, '_>, region: &Region, old: Table<'_>, new: Table<'_>) -> Judged {
    let (Some(old), Some(new)) = (old, new) else { return unknown("a route table was not seen") };
    let way = routes::compare((both.old, region, old), (both.new, region, new), lists(both, region));
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
    fn of<'i>(side: &Side<'i>, region: &Region, subnet: &str) -> Option<&'i crate::resource::ec2::NetworkAcl> {
        side.acl(region, side.acl_of(region, subnet)?)
    }
    let (Some(old), Some(new)) = (of(both.old, region, old), of(both.new, region, new)) else {
        return unknown("a network ACL was not seen");
    };
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
fn addresses(before: &Option<Value>, after: &Option<Value>) -> Judged {
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
fn worn(both: &Both<'_, '_>, region: &Region, before: &Option<Value>, after: &Option<Value>) -> Judged {
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

fn reverse(effect: Effect) -> Effect {
    match effect {
        Effect::Weakening => Effect::Strengthening,
        Effect::Strengthening => Effect::Weakening,
        other => other,
    }
}

/// What an organization's policy does where it is attached: what it denies is forbidden there.
fn targets(content: Option<&str>, any: bool) -> Effect {
    if !any {
        return Effect::Neutral;
    }
    let Some(document) = content.and_then(|content| content.parse::<Document>().ok()) else { return Effect::Unknown };
    let grants = documents::grants(&document, &|text: &str| text.to_owned());
    // One that only allows limits to what it allows, together with the others.
    if grants.iter().any(Grant::is_deny) { Effect::Strengthening } else { Effect::Unknown }
}

/// The document at a path of a resource.
fn text_at<'r>(resource: &'r Resource, path: &str) -> Option<&'r PolicyText> {
    let inline = path.strip_prefix("inline_policies.");
    let of = |list: &'r [crate::resource::iam::InlinePolicy]| {
        list.iter().find(|policy| Some(policy.policy_name.as_str()) == inline).map(|policy| &policy.policy_document)
    };
    match resource {
        Resource::Role(one) if path == "trust_policy" => Some(&one.assume_role_policy_document),
        Resource::Role(one) => of(&one.role_policy_list),
        Resource::User(one) => of(&one.user_policy_list),
        Resource::Group(one) => of(&one.group_policy_list),
        Resource::ManagedPolicy(one) => one.default_version().map(|version| &version.document),
        Resource::AwsManagedPolicy(one) => one.document.as_ref(),
        Resource::VpcEndpoint(one) => one.policy_document.as_ref(),
        _ => None,
    }
}

/// A policy document before and after.
fn document(
    both: &Both<'_, '_>,
    region: &Region,
    old: &Resource,
    new: &Resource,
    path: &str,
    plain: &dyn Fn(Judged) -> Judged,
) -> Option<Judged> {
    let of = |side: &Side<'_>, resource: &Resource| -> Result<BTreeSet<Grant>, String> {
        let rewrite = |text: &str| side.names.rewrite(region, text).into_owned();
        if let Resource::OrganizationPolicy(one) = resource {
            let content = one.content.as_deref().ok_or("its content was not read")?;
            let document: Document = content.parse().map_err(|error: crate::iam::PolicyError| error.to_string())?;
            return Ok(documents::grants(&document, &rewrite));
        }
        match text_at(resource, path).map(PolicyText::document) {
            None if path.starts_with("inline_policies.") => Ok(BTreeSet::new()),
            None => Err("a document is missing".to_owned()),
            Some(Ok(document)) => Ok(documents::grants(document, &rewrite)),
            Some(Err(error)) => Err(error.to_string()),
        }
    };
    match (of(both.old, old), of(both.new, new)) {
        (Ok(was), Ok(is)) => {
            let regranted = documents::compare(&was, &is);
            if regranted.is_empty() {
                return None;
            }
            Some(plain(said(&regranted)))
        }
        (Err(why), _) | (_, Err(why)) => Some(plain(unknown(&why))),
    }
}

/// What grants come to, in a sentence and with one of them.
fn said(regranted: &Regranted) -> Judged {
    let opened: Vec<&Grant> = regranted.opened.iter().filter(|grant| !grant.is_deny()).collect();
    let traits = Traits {
        administrative: opened.iter().any(|grant| grant.is_administrative()),
        of_everybody: opened.iter().any(|grant| grant.is_of_everybody()),
        ..Traits::default()
    };
    let because = match (regranted.opened.first(), regranted.closed.first()) {
        (Some(grant), closed) => {
            let also = if closed.is_some() { ", and something else is not any more" } else { "" };
            match grant.is_deny() {
                true => format!("`{}` is gone{also}", grant.in_words()),
                false => format!("`{}` is new{also}", grant.in_words()),
            }
        }
        (None, Some(grant)) if grant.is_deny() => format!("`{}` is new", grant.in_words()),
        (None, Some(grant)) => format!("`{}` is gone", grant.in_words()),
        (None, None) => "both say the same".to_owned(),
    };
    let witness = regranted.opened.first().or(regranted.closed.first()).map(Grant::in_words);
    Judged { effect: regranted.effect(), because, witness, traits, ..Judged::default() }
}

/// The policies that are attached to a principal: what those that came grant, without what those that went did.
fn attached(both: &Both<'_, '_>, before: &Option<Value>, after: &Option<Value>) -> Judged {
    let grants = |side: &Side<'_>, value: &Option<Value>| -> Result<BTreeSet<Grant>, String> {
        let mut all = BTreeSet::new();
        for arn in value.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let text = side.policy(arn).ok_or_else(|| format!("{arn} was not read"))?;
            let document = text.document().map_err(|error| format!("{arn}: {error}"))?;
            all.extend(documents::grants(document, &|text: &str| text.to_owned()));
        }
        Ok(all)
    };
    match (grants(both.old, before), grants(both.new, after)) {
        (Ok(was), Ok(is)) => said(&documents::compare(&was, &is)),
        (Err(why), _) | (_, Err(why)) => unknown(&why),
    }
}

/// The effect of a resource's appearing or disappearing.
pub(super) fn presence(both: &Both<'_, '_>, pair: &Pair<'_>, resource: &Resource, added: bool) -> Judged {
    let side = if added { both.new } else { both.old };
    let region = &pair.scope.region;
    let come = match table::presence(pair.of) {
        Order::PresentWeakens => (Effect::Weakening, presence_in_words(pair.of)),
        Order::PresentStrengthens => (Effect::Strengthening, "it watches or forbids something"),
        Order::Unknown => (Effect::Unknown, "what it brings with it is not known"),
        Order::Special => special_presence(side, region, resource),
        _ => (Effect::Neutral, "by itself it allows nothing"),
    };
    let (effect, why) = if added { come } else { (reverse(come.0), come.1) };
    let opened = match resource {
        Resource::SecurityGroup(group) if added => {
            filters::of_group(side, region, &group.ip_permissions).ok().map(|admits| admits.plain)
        }
        _ => None,
    };
    let witness = opened.as_ref().filter(|_| effect == Effect::Weakening).and_then(|set| filters::example(set, "from"));
    let verb = if added { "it is new" } else { "it is gone" };
    Judged { effect, because: format!("{verb}: {why}"), opened, witness, ..Judged::default() }
}

fn presence_in_words(of: ResourceType) -> &'static str {
    match of {
        ResourceType::User | ResourceType::Role => "a principal of the account",
        ResourceType::AccessKey => "a secret that works from anywhere",
        ResourceType::SamlProvider | ResourceType::OidcProvider => "others' signatures let principals in",
        ResourceType::DelegatedAdministrator => "an account that manages services for all others",
        ResourceType::VpcBlockPublicAccessExclusion => "what is blocked elsewhere passes here",
        _ => "a way into another network",
    }
}

fn special_presence(side: &Side<'_>, region: &Region, resource: &Resource) -> (Effect, &'static str) {
    let weakens = |is: bool, why: &'static str, why_not: &'static str| {
        if is { (Effect::Weakening, why) } else { (Effect::Neutral, why_not) }
    };
    match resource {
        Resource::SecurityGroup(one) => {
            let admits = !one.ip_permissions.is_empty() && side.worn(region, &one.group_id) > 0;
            weakens(
                admits,
                "interfaces have it, and it lets something in",
                "no interface has it, or it lets nothing in",
            )
        }
        Resource::NetworkInterface(one) => {
            let public = one.public_addresses().next().is_some() || !one.ipv6_addresses.is_empty();
            weakens(public, "it has an address that the internet can name", "it has no public address")
        }
        Resource::InternetGateway(one) => weakens(
            one.attached_vpcs().next().is_some(),
            "it is a VPC's door to the internet",
            "it is attached to nothing",
        ),
        Resource::EgressOnlyInternetGateway(one) => {
            weakens(!one.attachments.is_empty(), "it is a VPC's way out", "it is attached to nothing")
        }
        Resource::VpnGateway(one) => weakens(
            !one.vpc_attachments.is_empty(),
            "it is a VPC's way into another network",
            "it is attached to nothing",
        ),
        Resource::Address(one) => {
            let used = one.network_interface_id.is_some() || one.instance_id.is_some();
            weakens(used, "an interface has it", "nothing has it")
        }
        Resource::Instance(one) => {
            let has_role = one.iam_instance_profile.is_some();
            weakens(has_role, "it has a role's credentials", "it has no role's credentials")
        }
        Resource::LoadBalancer(one) => {
            let faces = one.scheme.as_deref() == Some("internet-facing");
            weakens(faces, "it faces the internet", "it does not face the internet")
        }
        Resource::ClassicLoadBalancer(one) => {
            let faces = one.scheme.as_deref() == Some("internet-facing");
            weakens(faces, "it faces the internet", "it does not face the internet")
        }
        Resource::Accelerator(one) => {
            weakens(one.enabled != Some(false), "it leads from the internet to its endpoints", "it is off")
        }
        Resource::VpcEndpointService(_) => (Effect::Weakening, "others can make endpoints to it"),
        Resource::OrganizationPolicy(one) => {
            let any = one.targets.as_ref().is_some_and(|targets| !targets.is_empty());
            (targets(one.content.as_deref(), any), "what it denies is forbidden where it is attached")
        }
        _ => (Effect::Neutral, "by itself it allows nothing"),
    }
}
