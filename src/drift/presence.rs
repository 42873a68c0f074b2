//! The effect of a resource's being there or not.

use crate::arn::Region;
use crate::resource::{Resource, ResourceType};

use super::compare::Both;
use super::documents;
use super::effect::{Judged, Traits};
use super::filters;
use super::item::Effect;
use super::orders::Order;
use super::pairs::Pair;
use super::permissions::{reverse, targets};
use super::side::Side;
use super::table;

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
    let traits = Traits { administrative: added && has_everything(side, resource), ..Traits::default() };
    Judged { effect, because: format!("{verb}: {why}"), opened, witness, traits, ..Judged::default() }
}

/// Whether what is attached to a principal, or in it, grants something by which everything can be had.
fn has_everything(side: &Side<'_>, resource: &Resource) -> bool {
    let (inline, attached) = match resource {
        Resource::User(one) => (&one.user_policy_list, &one.attached_managed_policies),
        Resource::Role(one) => (&one.role_policy_list, &one.attached_managed_policies),
        _ => return false,
    };
    let inline = inline.iter().map(|policy| &policy.policy_document);
    let attached = attached.iter().filter_map(|policy| side.policy(policy.policy_arn.as_str()));
    let mut documents = inline.chain(attached).filter_map(|text| text.document().ok());
    documents.any(|document| {
        documents::grants(document, &str::to_owned).iter().any(|grant| !grant.is_deny() && grant.is_administrative())
    })
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
        Resource::Image(one) => {
            weakens(one.public == Some(true), "anyone may launch from it", "nobody else may use it")
        }
        Resource::Snapshot(one) => {
            weakens(one.public == Some(true), "anyone may make volumes of it", "not everybody may use it")
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
