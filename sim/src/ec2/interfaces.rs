//! Network interfaces: of NAT gateways, load balancers, endpoints, databases
//! and instances.

use super::groups::{group_name, planted_name};
use super::{Outcome, list, tags};
use crate::balancers::{self, Balancer, ExtraInterface};
use crate::call::Call;
use crate::cell::{Cell, FIXED_INTERFACES, GROUPS, INTERFACE_ROLES, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::page::Limits;
use crate::xml::Xml;

pub fn interfaces(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let per_vpc = cell.interfaces();
    let regular = cell.regular_vpcs() * per_vpc;
    let extra = balancers::extra_interfaces(&cell);
    let machines = regular + u32::from(cell.has_bastion());
    let total = machines + extra.len() as u32;
    let limits = Limits::ec2(1000);
    list(call, x, "networkInterfaceSet", total, limits, |x, n| {
        if let Some(one) = n.checked_sub(machines).and_then(|k| extra.get(k as usize)) {
            balancer_interface(&cell, one, x);
        } else if n >= regular {
            instance_interface(&cell, &Machine::bastion(&cell), x);
        } else {
            let vpc = Vpc::Regular(n / per_vpc);
            match (n % per_vpc).checked_sub(FIXED_INTERFACES) {
                None => service_interface(&cell, vpc, n % per_vpc, x),
                Some(k) => instance_interface(&cell, &Machine::regular(&cell, vpc, k), x),
            }
        }
    })
}

/// What an instance and its interface have in common.
pub struct Machine {
    pub vpc: Vpc,
    /// `None` for the instance in the public subnet.
    pub index: Option<u32>,
    pub id: String,
    pub interface: String,
    pub subnet: u32,
    pub address: String,
    pub public: Option<String>,
    pub groups: Vec<(String, String)>,
}

impl Machine {
    /// The k-th instance of a regular VPC.
    pub fn regular(cell: &Cell, vpc: Vpc, k: u32) -> Machine {
        let mut groups = vec![(cell.group_id(vpc, 2), group_name(2))];
        groups.push((cell.group_id(vpc, 5), group_name(5)));
        let instances = cell.instances().max(1);
        groups.extend(
            (0..cell.org.size_of(cell.account).groups)
                .filter(|group| group % instances == k)
                .map(|group| (cell.group_id(vpc, GROUPS + group), group_name(GROUPS + group))),
        );
        // The first instance of a cell carries what is planted and not unused;
        // in a cell with a bastion, that carries the one open to SSH.
        if vpc == Vpc::Regular(0) && k == 0 {
            groups.extend(
                cell.planted_groups()
                    .into_iter()
                    .filter(|code| *code != Code::SgUnused)
                    .filter(|code| !(cell.has_bastion() && *code == Code::SgSshV4))
                    .map(|code| (cell.planted_group_id(code), planted_name(code).to_owned())),
            );
        }
        let subnet = ZONES + k % ZONES;
        Machine {
            vpc,
            index: Some(k),
            id: cell.instance_id(vpc, k),
            interface: cell.interface_id(vpc, FIXED_INTERFACES + k),
            subnet,
            address: cell.host(vpc, subnet, 10 + k / ZONES),
            public: None,
            groups,
        }
    }

    /// The instance in the public subnet that the internet reaches.
    pub fn bastion(cell: &Cell) -> Machine {
        let vpc = Vpc::Regular(0);
        let code = Code::SgSshV4;
        Machine {
            vpc,
            index: None,
            id: cell.bastion_id(),
            interface: cell.bastion_interface_id(),
            subnet: 0,
            address: cell.host(vpc, 0, 50),
            public: Some(cell.public_address("bastion", 0)),
            groups: vec![(cell.planted_group_id(code), planted_name(code).to_owned())],
        }
    }

    pub fn name(&self) -> String {
        self.index.map_or_else(|| "bastion".to_owned(), |k| format!("app-{k}"))
    }

    pub fn launched(&self, cell: &Cell) -> u64 {
        cell.created("i", self.index.map_or(1 << 40, u64::from))
    }
}

/// The number under which the addresses of NAT gateways and load balancers are
/// drawn.
pub fn address_key(vpc: Vpc, interface: u32) -> u64 {
    (vpc.number() << 20) + u64::from(interface)
}

fn service_interface(cell: &Cell, vpc: Vpc, n: u32, x: &mut Xml) {
    let zone = n % ZONES;
    let role = INTERFACE_ROLES[(n / ZONES % 4) as usize];
    // (subnet, host number, group, requester, type, description)
    let (subnet, host, group, requester, kind, about) = match role {
        "nat" => (
            zone,
            0,
            None,
            cell.owner(),
            "nat_gateway",
            format!("Interface for NAT Gateway {}", cell.nat_id(vpc, zone)),
        ),
        "lb" => {
            (zone, 1, Some(1), "amazon-elb".to_owned(), "interface", format!("ELB {}", Balancer::Web(vpc).path(cell)))
        }
        "endpoint" => (
            ZONES + zone,
            0,
            Some(4),
            cell.owner(),
            "vpc_endpoint",
            format!("VPC Endpoint Interface {}", cell.endpoint_id(vpc, 1)),
        ),
        _ => (2 * ZONES + zone, 0, Some(3), "amazon-rds".to_owned(), "interface", "RDSNetworkInterface".to_owned()),
    };
    let public = matches!(role, "nat" | "lb").then(|| cell.public_address("public", address_key(vpc, n)));
    let address = cell.host(vpc, subnet, host);
    x.put("networkInterfaceId", cell.interface_id(vpc, n));
    x.put("interfaceType", kind);
    x.put("description", about);
    x.put("requesterId", requester);
    x.put("requesterManaged", true);
    place(cell, vpc, subnet, &address, x);
    x.put("status", "in-use");
    x.put("sourceDestCheck", role != "nat");
    x.node("attachment", |x| {
        x.put("attachmentId", cell.vpc_part("ela-attach", vpc, n));
        x.put("instanceOwnerId", "amazon-aws");
        x.put("deviceIndex", 1_u32);
        x.put("status", "attached");
        x.put("deleteOnTermination", false);
    });
    let groups = group.map(|index| (cell.group_id(vpc, index), group_name(index)));
    group_set(groups.as_slice(), x);
    let association = |x: &mut Xml| {
        if let Some(public) = &public {
            x.node("association", |x| {
                if role == "nat" {
                    x.put("allocationId", cell.allocation_id(vpc, zone));
                    x.put("associationId", cell.vpc_part("eipassoc", vpc, zone));
                    x.put("ipOwnerId", cell.owner());
                } else {
                    x.put("ipOwnerId", "amazon-elb");
                }
                x.put("publicIp", public);
            });
        }
    };
    association(x);
    addresses(&address, association, x);
    x.tag_set(&[]);
}

/// An interface of an internal load balancer, or of an accelerator before one.
fn balancer_interface(cell: &Cell, one: &ExtraInterface, x: &mut Xml) {
    let vpc = Vpc::Regular(0);
    x.put("networkInterfaceId", &one.id);
    x.put("interfaceType", one.kind);
    x.put("description", &one.about);
    x.put("requesterId", one.requester);
    x.put("requesterManaged", true);
    place(cell, vpc, one.subnet, &one.address, x);
    x.put("status", "in-use");
    x.put("sourceDestCheck", true);
    x.node("attachment", |x| {
        x.put("attachmentId", cell.vpc_part("ela-attach", vpc, one.number));
        x.put("instanceOwnerId", one.requester);
        x.put("deviceIndex", 1_u32);
        x.put("status", "attached");
        x.put("deleteOnTermination", false);
    });
    let groups = one.group.map(|index| (cell.group_id(vpc, index), group_name(index)));
    group_set(groups.as_slice(), x);
    addresses(&one.address, |_| {}, x);
    x.tag_set(&[]);
}

fn instance_interface(cell: &Cell, machine: &Machine, x: &mut Xml) {
    x.put("networkInterfaceId", &machine.interface);
    x.put("interfaceType", "interface");
    x.put("description", "");
    x.put("requesterManaged", false);
    place(cell, machine.vpc, machine.subnet, &machine.address, x);
    x.put("status", "in-use");
    x.put("sourceDestCheck", true);
    attachment(cell, machine, true, x);
    group_set(&machine.groups, x);
    let association = |x: &mut Xml| {
        if let Some(public) = &machine.public {
            x.node("association", |x| {
                x.put("ipOwnerId", "amazon");
                x.put("publicIp", public);
            });
        }
    };
    association(x);
    addresses(&machine.address, association, x);
    x.tag_set(&tags(cell, machine.vpc, "eni", &machine.name()));
}

/// The attachment of an instance's interface; inside `DescribeInstances` it
/// does not repeat the instance.
pub fn attachment(cell: &Cell, machine: &Machine, with_instance: bool, x: &mut Xml) {
    x.node("attachment", |x| {
        let number = machine.index.map_or(1 << 41, u64::from) + (machine.vpc.number() << 20);
        x.put("attachmentId", cell.id("eni-attach", number));
        if with_instance {
            x.put("instanceId", &machine.id);
            x.put("instanceOwnerId", cell.owner());
        }
        x.put("deviceIndex", 0_u32);
        x.put("status", "attached");
        x.put("attachTime", iso_millis(machine.launched(cell)));
        x.put("deleteOnTermination", true);
    });
}

fn place(cell: &Cell, vpc: Vpc, subnet: u32, address: &str, x: &mut Xml) {
    x.put("ownerId", cell.owner());
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("subnetId", cell.subnet_id(vpc, subnet));
    x.put("availabilityZone", cell.zone(subnet));
    x.put("privateIpAddress", address);
}

/// `<groupSet>` of an interface or an instance.
pub fn group_set(groups: &[(String, String)], x: &mut Xml) {
    x.items("groupSet", "item", groups, |x, (id, name)| {
        x.put("groupId", id);
        x.put("groupName", name);
    });
}

/// `<privateIpAddressesSet>` with the one address of the interface.
pub fn addresses(address: &str, association: impl Fn(&mut Xml), x: &mut Xml) {
    x.items("privateIpAddressesSet", "item", [()], |x, ()| {
        x.put("privateIpAddress", address);
        x.put("primary", true);
        association(x);
    });
    // Nobody has an IPv6 address here; AWS says so with an empty list.
    x.node("ipv6AddressesSet", |_| {});
}
