//! How bad a difference is: what kind of thing it is, and whether the internet or everybody gets anything of it.

use crate::finding::Severity;
use crate::model::exposure::sensitive;
use crate::net::{IpSet, PacketSet, PortSet};
use crate::resource::{Resource, ResourceType};

use super::compare::{Both, Found};
use super::exposed::{Reached, gains};
use super::filters::example;
use super::item::{Class, Effect};

/// Gives every item its severity, and says what it rests on.
pub(super) fn judge(both: &Both<'_, '_>, found: &mut [Found<'_, '_>]) {
    // To know what the internet reaches takes the whole network: only where something may be opened.
    let asks = found.iter().any(|one| one.item.effect.may_weaken() && is_of_network(one.item.resource_type));
    let reached = if asks { gains(both) } else { Vec::new() };
    for one in found {
        let (severity, said) = severity(both, one, &reached);
        one.item.severity = severity;
        if let Some(said) = said {
            one.item.because = format!("{}; {said}", one.item.because);
        }
    }
}

fn is_of_network(of: ResourceType) -> bool {
    of.name().starts_with("AWS::EC2::") || of.name().starts_with("AWS::ElasticLoadBalancing")
}

fn severity(both: &Both<'_, '_>, one: &Found<'_, '_>, reached: &[Reached]) -> (Severity, Option<String>) {
    let item = &one.item;
    if one.traits.availability || one.traits.latent {
        return (Severity::Low, None);
    }
    match item.effect {
        Effect::Neutral if item.class == Class::Recreated => return (Severity::Low, None),
        Effect::Neutral | Effect::Strengthening => return (Severity::Informational, None),
        Effect::Weakening | Effect::Mixed | Effect::Unknown => {}
    }
    if is_of_packets(item.resource_type) {
        return of_packets(both, one, reached);
    }
    if one.traits.administrative {
        return (Severity::Critical, Some("with it everything can be had".to_owned()));
    }
    if one.traits.of_everybody {
        return (Severity::Critical, Some("everybody is meant".to_owned()));
    }
    use ResourceType as T;
    let severity = match (item.resource_type, item.effect) {
        // Who may become whom, and what the whole organization rests on.
        (T::Role, _) if item.path == "trust_policy" => Severity::High,
        (T::User | T::AccessKey | T::SamlProvider | T::OidcProvider, Effect::Weakening | Effect::Mixed) => {
            Severity::High
        }
        (T::OrganizationPolicy | T::DelegatedAdministrator, _) => Severity::High,
        (T::CredentialReport | T::AccountSummary | T::VirtualMfaDevice, Effect::Weakening) => Severity::High,
        // What would have seen it.
        (T::Trail | T::Detector | T::ConfigurationRecorder, Effect::Weakening) => Severity::High,
        (_, Effect::Weakening | Effect::Mixed) => Severity::Medium,
        _ => Severity::Low,
    };
    (severity, None)
}

/// What decides which packets pass.
fn is_of_packets(of: ResourceType) -> bool {
    use ResourceType as T;
    matches!(
        of,
        T::SecurityGroup
            | T::NetworkAcl
            | T::RouteTable
            | T::Vpc
            | T::Subnet
            | T::InternetGateway
            | T::NetworkInterface
            | T::Address
            | T::PrefixList
            | T::LoadBalancer
            | T::ClassicLoadBalancer
            | T::VpcPeeringConnection
            | T::TransitGateway
            | T::TransitGatewayAttachment
            | T::TransitGatewayRouteTable
            | T::VpnGateway
            | T::VpnConnection
            | T::CarrierGateway
            | T::EgressOnlyInternetGateway
            | T::NatGateway
    )
}

/// By what more the internet gets an answer from than before, at what the changed thing is in front of.
fn of_packets(both: &Both<'_, '_>, one: &Found<'_, '_>, reached: &[Reached]) -> (Severity, Option<String>) {
    let behind: Vec<(&Reached, PacketSet)> = reached
        .iter()
        .filter(|place| place.region == one.pair.scope.region && is_behind(both, one, place))
        .map(|place| {
            let gained = one.opened.as_ref().map_or_else(|| place.gained.clone(), |set| place.gained.intersection(set));
            (place, gained)
        })
        .filter(|(_, gained)| !gained.is_empty())
        .collect();
    if let Some((place, gained)) = behind.first() {
        let others = behind.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let packet = example(gained, "from").unwrap_or_else(|| "something".to_owned());
        let said = format!("the internet reaches {}{more}: {packet}", place.place);
        let broad = behind.iter().any(|(_, gained)| is_sensitive(gained));
        return (if broad { Severity::Critical } else { Severity::High }, Some(said));
    }
    let public = one.opened.as_ref().map(|set| set.within(&IpSet::internet()));
    match public {
        Some(set) if set.is_empty() => (Severity::Low, Some("no address of the internet is meant".to_owned())),
        Some(_) => (Severity::Medium, Some("nothing answers the internet because of it".to_owned())),
        None if one.item.effect == Effect::Unknown => (Severity::Low, None),
        None => (Severity::Medium, Some("nothing answers the internet because of it".to_owned())),
    }
}

/// Whether a port of administration or data is open to a broad part of the internet.
fn is_sensitive(set: &PacketSet) -> bool {
    let ports: PortSet = sensitive();
    let first = ports.ranges().iter().flat_map(|(low, high)| *low..=*high);
    first.take(64).any(|port| set.sources(6, port).public_at_least(8, 32))
}

/// Whether a changed thing stands before a place.
fn is_behind(both: &Both<'_, '_>, one: &Found<'_, '_>, place: &Reached) -> bool {
    let in_vpc = |vpc: Option<&str>| vpc.is_some() && place.vpc.as_deref() == vpc;
    let Some(resource) = one.pair.new.or(one.pair.old) else { return false };
    match resource {
        Resource::SecurityGroup(group) => place.groups.contains(&group.group_id),
        Resource::NetworkAcl(acl) => {
            let own = place.subnet.as_deref().and_then(|subnet| both.new.acl_of(&place.region, subnet));
            own == Some(acl.network_acl_id.as_str())
        }
        Resource::RouteTable(table) => in_vpc(table.vpc_id.as_deref()),
        Resource::Subnet(subnet) => place.subnet.as_deref() == Some(subnet.subnet_id.as_str()),
        Resource::Vpc(vpc) => in_vpc(Some(&vpc.vpc_id)),
        Resource::InternetGateway(gateway) => gateway.attached_vpcs().any(|vpc| in_vpc(Some(vpc))),
        Resource::NetworkInterface(_) => place.place == format!("eni:{}", one.pair.key),
        Resource::Address(address) => address
            .network_interface_id
            .as_deref()
            .is_some_and(|id| both.new.names.label(&place.region, id) == Some(place.place.as_str())),
        Resource::PrefixList(list) => place.groups.iter().any(|group| both.new.names_list(&place.region, group, list)),
        Resource::LoadBalancer(balancer) => {
            place.place == format!("balancer:{}", one.pair.key) || {
                let name = balancer.load_balancer_arn.as_str();
                place.place == name
            }
        }
        Resource::ClassicLoadBalancer(balancer) => place.place == balancer.load_balancer_name,
        _ => false,
    }
}
