//! What the internet reaches, as facts of interfaces, instances, balancers and groups.

use crate::inventory::Missing;
use crate::model::exposure::{Bounds, Endpoint};
use crate::model::topology::Host;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::net::{IpSet, PacketSet, PortSet, Region};

/// The operations that exposure may rest on.
pub(super) const READS: &[&str] = &[
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcBlockPublicAccessExclusions",
    "ec2:DescribeVpcBlockPublicAccessOptions",
    "ec2:DescribeVpcs",
    "ec2:GetManagedPrefixListEntries",
    "elb:DescribeLoadBalancers",
    "elbv2:DescribeListeners",
    "elbv2:DescribeLoadBalancers",
    "elbv2:DescribeTargetGroups",
    "elbv2:DescribeTargetHealth",
    "globalaccelerator:ListAccelerators",
    "globalaccelerator:ListEndpointGroups",
    "globalaccelerator:ListListeners",
];

pub(super) const EXPOSURE: &[Field] = &[
    Field { name: "protocol", kind: Kind::Text, doc: "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `other`" },
    Field { name: "ports", kind: Kind::Ports, doc: "the ports; for icmp and icmpv6 type * 256 + code" },
    Field { name: "sources", kind: Kind::Ips, doc: "the addresses on the internet that get answers from these ports" },
    Field { name: "from", kind: Kind::Text, doc: "the sources in words" },
    Field { name: "address", kind: Kind::Text, doc: "the public address that they use" },
    Field {
        name: "class",
        kind: Kind::Text,
        doc: "`internet`, `via-cloudfront`, `via-load-balancer`, `via-global-accelerator` or `mediated`",
    },
    Field { name: "via", kind: Kind::Text, doc: "the load balancer, accelerator or appliance that hands it on" },
    Field { name: "live", kind: Kind::Bool, doc: "whether something runs there; if not, it is open once it does" },
    Field {
        name: "complete",
        kind: Kind::Bool,
        doc: "whether this is all that the address answers; where something that decides was not read it is unknown, and another element stands for what more there may be",
    },
];

pub(super) const LATENT: &[Field] = &[
    Field { name: "protocol", kind: Kind::Text, doc: "as in `internet_exposure`" },
    Field { name: "ports", kind: Kind::Ports, doc: "as in `internet_exposure`" },
    Field { name: "sources", kind: Kind::Ips, doc: "the addresses on the internet that its security groups admit" },
    Field { name: "from", kind: Kind::Text, doc: "the sources in words" },
    Field { name: "address", kind: Kind::Text, doc: "the public address that they would use" },
    Field {
        name: "gate",
        kind: Kind::Text,
        doc: "the kind of gate that still keeps them out, such as `network-acl-ingress` or `route`",
    },
    Field { name: "gate_id", kind: Kind::Text, doc: "the object that is the gate" },
];

/// What is answered at endpoints. What more there may be is an element of which nothing is known.
pub(super) fn exposure(endpoints: &[&Endpoint], unread: Option<&Missing>) -> Value {
    let mut all = Vec::new();
    for endpoint in endpoints {
        let live = match &endpoint.host {
            Host::Awake => Value::Bool(true),
            Host::Asleep(_) => Value::Bool(false),
            Host::Unknown(missing) => Value::Unknown(missing.clone()),
        };
        let answered = endpoint.conversational();
        let complete = answered.missing().map_or(Value::Bool(true), |missing| Value::Unknown(missing.clone()));
        for region in by_protocol(answered.must()) {
            let (sources, from) = (shown(&region), region.addresses.describe());
            let values = [
                region.protocol.into(),
                region.ports.into(),
                sources.into(),
                from.into(),
                Value::optional(endpoint.address.as_deref()),
                endpoint.class.as_str().into(),
                Value::optional(endpoint.via.as_deref()),
                live.clone(),
                complete.clone(),
            ];
            all.push(Record::new(EXPOSURE, values));
        }
        all.extend(answered.missing().map(|missing| unknown(EXPOSURE, missing)));
    }
    all.extend(unread.map(|missing| unknown(EXPOSURE, missing)));
    all.dedup();
    all.into()
}

/// An element of which nothing is known.
fn unknown(fields: &'static [Field], missing: &Missing) -> Record {
    Record::new(fields, vec![Value::Unknown(missing.clone()); fields.len()])
}

/// What groups admit and another gate keeps out, at endpoints that have a public address.
pub(super) fn latent(endpoints: &[&Endpoint]) -> Value {
    let mut all = Vec::new();
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.address.is_some()) {
        // What is kept out for certain may be less than what is.
        if let Some(missing) = endpoint.missing_of_gates() {
            all.push(unknown(LATENT, &missing));
            continue;
        }
        for (gate, id, set) in endpoint.latent() {
            for region in by_protocol(&set) {
                let (sources, from) = (shown(&region), region.addresses.describe());
                let values = [
                    region.protocol.into(),
                    region.ports.into(),
                    sources.into(),
                    from.into(),
                    Value::optional(endpoint.address.as_deref()),
                    gate.as_str().into(),
                    id.as_str().into(),
                ];
                all.push(Record::new(LATENT, values));
            }
        }
    }
    all.dedup();
    all.into()
}

/// The ports of TCP and UDP that anybody on the internet gets answers from, whichever the protocol.
pub(super) fn ports(endpoints: &[&Endpoint], unread: Option<&Missing>) -> Value {
    let of = |set: &PacketSet| set.ports(6).union(&set.ports(17));
    let (mut must, mut may, mut missing) = (PortSet::default(), PortSet::default(), unread.cloned());
    for endpoint in endpoints {
        let live = endpoint.live();
        must = must.union(&of(live.must()));
        may = may.union(&of(live.may()));
        missing = both(missing, live.missing());
    }
    match missing {
        Some(missing) if unread.is_some() || must != may => Value::Unknown(missing),
        _ => must.into(),
    }
}

/// Whether anything on the internet gets an answer.
pub(super) fn is_reachable(endpoints: &[&Endpoint], unread: Option<&Missing>) -> Value {
    let mut missing = unread.cloned();
    for endpoint in endpoints {
        let live: Bounds = endpoint.live();
        if !live.must().is_empty() {
            return true.into();
        }
        missing = both(missing, live.missing());
    }
    missing.map_or_else(|| false.into(), Value::Unknown)
}

/// What of a group's own rules is answered somewhere.
pub(super) fn of_group(group: &Bounds, endpoints: &[&Endpoint], unread: Option<&Missing>) -> Value {
    let narrowed: Vec<Endpoint> = endpoints
        .iter()
        .map(|endpoint| {
            let sets = crate::model::exposure::Sets {
                conversational: endpoint.conversational().and(group),
                ..(*endpoint.sets).clone()
            };
            Endpoint { sets: std::sync::Arc::new(sets), ..(*endpoint).clone() }
        })
        .collect();
    exposure(&narrowed.iter().collect::<Vec<_>>(), unread)
}

impl Context<'_> {
    /// What a balancer's endpoints come to, if the interfaces of its nodes were read.
    pub(super) fn of_balancer(&self, id: &str, of: impl Fn(&[&Endpoint]) -> Value) -> Value {
        match self.require("ec2:DescribeNetworkInterfaces") {
            Err(missing) => Value::Unknown(missing),
            Ok(()) => of(&self.model.exposure().of_balancer(self.scope.region.as_str(), id)),
        }
    }

    pub(super) fn interface_endpoints(&self, id: &str) -> Vec<&Endpoint> {
        self.model.exposure().of_interface(self.scope.region.as_str(), id)
    }

    /// What is missing to know what balancers in a VPC open.
    pub(super) fn unread_balancing(&self, vpc: Option<&str>) -> Option<&Missing> {
        self.model.exposure().unread_balancing(self.scope.region.as_str(), vpc?)
    }
}

fn both(one: Option<Missing>, other: Option<&Missing>) -> Option<Missing> {
    match (one, other) {
        (Some(one), Some(other)) if one != *other => Some(one.and(other)),
        (one, other) => one.or_else(|| other.cloned()),
    }
}

/// A set in regions of one protocol each: what every protocol has in common counts for each.
fn by_protocol(set: &PacketSet) -> Vec<Region> {
    let mut all = Vec::new();
    for family in [IpSet::all_v4(), IpSet::all_v6()] {
        let own = set.within(&family);
        if own.is_empty() {
            continue;
        }
        let icmp = if family.v6().is_empty() { 1 } else { 58 };
        let mut rest = own.clone();
        for protocol in [6, 17, icmp] {
            let one = own.of_protocol(protocol);
            rest = rest.difference(&one);
            all.extend(one.regions());
        }
        all.extend(rest.regions());
    }
    all
}

/// Everybody as one block.
fn shown(region: &Region) -> IpSet {
    let line = if region.family == 4 { IpSet::all_v4() } else { IpSet::all_v6() };
    if IpSet::internet().intersection(&line).is_subset(&region.addresses) { line } else { region.addresses.clone() }
}
