//! The network as packets meet it: every object found by its id or by an
//! address, with what was not read named where it would decide.
//!
//! *Node*: a resource with the scope that it was seen in. A shared VPC is seen
//! from several accounts; its owner's view counts before the others'.
//!
//! NOTE: it borrows from the inventory and so cannot live inside `Model`, whose
//! lazily made parts own what they hold.

mod addresses;
mod balancers;
mod gates;
mod hosts;
mod routing;
mod targets;
mod transit;

use std::collections::BTreeMap;
use std::ops::Deref;

use crate::arn::Scope;
use crate::inventory::{Inventory, Missing, Reason};
use crate::resource::Typed;
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer, TargetGroup};
use crate::resource::ec2::{
    EgressOnlyInternetGateway, Instance, InternetGateway, NatGateway, NetworkAcl, NetworkInterface, PrefixList,
    RouteTable, SecurityGroup, Subnet, TransitGateway, TransitGatewayAttachment, TransitGatewayRouteTable, Vpc,
    VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions, VpcPeeringConnection,
};

pub use addresses::Placed;
pub use balancers::Balancer;
pub use gates::{AclEntries, BlockMode, Sources};
pub use hosts::Host;
pub use routing::{Choice, Hop, Rank, Written};
pub use targets::{Handed, Serving};
pub use transit::Transit;

/// A resource, and where it was seen.
pub struct Node<'i, T> {
    pub scope: &'i Scope,
    pub value: &'i T,
}

impl<T> Clone for Node<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<'_, T> {}

impl<T> Deref for Node<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.value
    }
}

impl<'i, T> Node<'i, T> {
    pub fn region(&self) -> &'i str {
        self.scope.region.as_str()
    }
}

/// A region and an id in it: ids of one type are unique there, whatever the account.
type Key<'i> = (&'i str, &'i str);
type Index<'i, T> = BTreeMap<Key<'i>, Node<'i, T>>;

/// An inventory's networks, ready to be walked.
pub struct Topology<'i> {
    inventory: &'i Inventory,
    vpcs: Index<'i, Vpc>,
    subnets: Index<'i, Subnet>,
    interfaces: Index<'i, NetworkInterface>,
    groups: Index<'i, SecurityGroup>,
    instances: Index<'i, Instance>,
    nat_gateways: Index<'i, NatGateway>,
    peerings: Index<'i, VpcPeeringConnection>,
    transit_gateways: Index<'i, TransitGateway>,
    attachments: Index<'i, TransitGatewayAttachment>,
    /// The attachments with what their VPC's owner sees of them.
    vpc_attachments: Index<'i, TransitGatewayAttachment>,
    transit_tables: Index<'i, TransitGatewayRouteTable>,
    prefix_lists: Index<'i, PrefixList>,
    internet_gateways: Index<'i, InternetGateway>,
    egress_only_gateways: Index<'i, EgressOnlyInternetGateway>,
    /// By VPC.
    gateway_of: BTreeMap<Key<'i>, Node<'i, InternetGateway>>,
    tables: Index<'i, RouteTable>,
    acls: Index<'i, NetworkAcl>,
    /// By subnet: its own table.
    table_of_subnet: BTreeMap<Key<'i>, Node<'i, RouteTable>>,
    /// By VPC: its main table.
    main_table: BTreeMap<Key<'i>, Node<'i, RouteTable>>,
    /// By gateway: the table of what comes in there.
    edge_table: BTreeMap<Key<'i>, Node<'i, RouteTable>>,
    /// By subnet.
    acl_of_subnet: BTreeMap<Key<'i>, Node<'i, NetworkAcl>>,
    /// By VPC: the network ACL of subnets that no other names.
    default_acl: BTreeMap<Key<'i>, Node<'i, NetworkAcl>>,
    /// By region and account.
    block_options: BTreeMap<(&'i str, &'i str), Node<'i, VpcBlockPublicAccessOptions>>,
    exclusions: Vec<Node<'i, VpcBlockPublicAccessExclusion>>,
    /// By region and the name in their nodes' descriptions.
    balancers: Index<'i, LoadBalancer>,
    /// By region, account and name: names are an account's own.
    classic_balancers: BTreeMap<(&'i str, &'i str, &'i str), Node<'i, ClassicLoadBalancer>>,
    target_groups: Index<'i, TargetGroup>,
    primary_of_instance: Index<'i, NetworkInterface>,
    addresses: addresses::Addresses<'i>,
}

impl<'i> Topology<'i> {
    pub fn new(inventory: &'i Inventory) -> Topology<'i> {
        let mut topology = Topology {
            inventory,
            vpcs: index(inventory, |vpc: &Vpc| (&vpc.vpc_id, vpc.owner_id.as_deref())),
            subnets: index(inventory, |subnet: &Subnet| (&subnet.subnet_id, subnet.owner_id.as_deref())),
            interfaces: index(inventory, |one: &NetworkInterface| (&one.network_interface_id, one.owner_id.as_deref())),
            groups: index(inventory, |group: &SecurityGroup| (&group.group_id, group.owner_id.as_deref())),
            instances: index(inventory, |one: &Instance| (&one.instance_id, one.reservation_owner_id.as_deref())),
            nat_gateways: index(inventory, |one: &NatGateway| (&one.nat_gateway_id, None)),
            peerings: index(inventory, |one: &VpcPeeringConnection| (&one.vpc_peering_connection_id, None)),
            transit_gateways: index(inventory, |one: &TransitGateway| {
                (&one.transit_gateway_id, one.owner_id.as_deref())
            }),
            attachments: index(inventory, |one: &TransitGatewayAttachment| {
                (&one.transit_gateway_attachment_id, one.transit_gateway_owner_id.as_deref())
            }),
            vpc_attachments: index_where(
                inventory,
                |one: &TransitGatewayAttachment| one.vpc_attachment.is_some(),
                |one| (&one.transit_gateway_attachment_id, one.resource_owner_id.as_deref()),
            ),
            transit_tables: index(inventory, |one: &TransitGatewayRouteTable| {
                (&one.transit_gateway_route_table_id, None)
            }),
            // A list without its entries says nothing; an account that may read them does.
            prefix_lists: index_where(
                inventory,
                |list: &PrefixList| list.entries.is_some(),
                |list| (&list.prefix_list_id, list.owner_id.as_deref()),
            ),
            internet_gateways: index(inventory, |one: &InternetGateway| {
                (&one.internet_gateway_id, one.owner_id.as_deref())
            }),
            egress_only_gateways: index(inventory, |one: &EgressOnlyInternetGateway| {
                (&one.egress_only_internet_gateway_id, None)
            }),
            gateway_of: BTreeMap::new(),
            tables: BTreeMap::new(),
            acls: BTreeMap::new(),
            table_of_subnet: BTreeMap::new(),
            main_table: BTreeMap::new(),
            edge_table: BTreeMap::new(),
            acl_of_subnet: BTreeMap::new(),
            default_acl: BTreeMap::new(),
            block_options: BTreeMap::new(),
            exclusions: Vec::new(),
            balancers: BTreeMap::new(),
            classic_balancers: BTreeMap::new(),
            target_groups: index(inventory, |one: &TargetGroup| (&one.target_group_arn, None)),
            primary_of_instance: BTreeMap::new(),
            addresses: addresses::Addresses::default(),
        };
        topology.relate();
        topology.addresses = addresses::Addresses::of(topology.interfaces.values().copied());
        topology
    }

    fn relate(&mut self) {
        let internet_gateways: Vec<_> = self.internet_gateways.values().copied().collect();
        for gateway in internet_gateways {
            for vpc in gateway.value.attached_vpcs() {
                self.gateway_of.insert((gateway.region(), vpc), gateway);
            }
        }
        self.tables = index(self.inventory, |one: &RouteTable| (&one.route_table_id, one.owner_id.as_deref()));
        for table in self.tables.values().copied() {
            for association in table.value.associations.iter().filter(|one| one.is_in_force()) {
                if let Some(subnet) = association.subnet_id.as_deref() {
                    self.table_of_subnet.insert((table.region(), subnet), table);
                }
                if let Some(gateway) = association.gateway_id.as_deref() {
                    self.edge_table.insert((table.region(), gateway), table);
                }
                if association.main == Some(true)
                    && let Some(vpc) = table.value.vpc_id.as_deref()
                {
                    self.main_table.insert((table.region(), vpc), table);
                }
            }
        }
        self.acls = index(self.inventory, |one: &NetworkAcl| (&one.network_acl_id, one.owner_id.as_deref()));
        for acl in self.acls.values().copied() {
            for subnet in acl.value.associations.iter().filter_map(|one| one.subnet_id.as_deref()) {
                self.acl_of_subnet.insert((acl.region(), subnet), acl);
            }
            if acl.value.is_default == Some(true)
                && let Some(vpc) = acl.value.vpc_id.as_deref()
            {
                self.default_acl.insert((acl.region(), vpc), acl);
            }
        }
        for (scope, value) in self.inventory.of_type::<VpcBlockPublicAccessOptions>() {
            self.block_options.insert((scope.region.as_str(), scope.account.as_str()), Node { scope, value });
        }
        for (scope, value) in self.inventory.of_type::<LoadBalancer>() {
            let name = balancers::name_in_arn(&value.load_balancer_arn);
            self.balancers.insert((scope.region.as_str(), name), Node { scope, value });
        }
        for (scope, value) in self.inventory.of_type::<ClassicLoadBalancer>() {
            let key = (scope.region.as_str(), scope.account.as_str(), value.load_balancer_name.as_str());
            self.classic_balancers.insert(key, Node { scope, value });
        }
        let interfaces: Vec<_> = self.interfaces.values().copied().collect();
        for interface in interfaces {
            let attachment = interface.value.attachment.as_ref().filter(|one| one.device_index == Some(0));
            if let Some(instance) = attachment.and_then(|one| one.instance_id.as_deref()) {
                self.primary_of_instance.insert((interface.region(), instance), interface);
            }
        }
        self.exclusions = self.inventory.of_type().map(|(scope, value)| Node { scope, value }).collect();
    }

    pub fn inventory(&self) -> &'i Inventory {
        self.inventory
    }

    pub fn vpc(&self, region: &str, id: &str) -> Option<Node<'i, Vpc>> {
        get(&self.vpcs, region, id)
    }

    pub fn subnet(&self, region: &str, id: &str) -> Option<Node<'i, Subnet>> {
        get(&self.subnets, region, id)
    }

    pub fn interface(&self, region: &str, id: &str) -> Option<Node<'i, NetworkInterface>> {
        get(&self.interfaces, region, id)
    }

    /// Every network interface, by region and id.
    pub fn interfaces(&self) -> impl Iterator<Item = Node<'i, NetworkInterface>> {
        self.interfaces.values().copied()
    }

    pub fn group(&self, region: &str, id: &str) -> Option<Node<'i, SecurityGroup>> {
        get(&self.groups, region, id)
    }

    /// Every security group, by region and id.
    pub fn groups(&self) -> impl Iterator<Item = Node<'i, SecurityGroup>> {
        self.groups.values().copied()
    }

    /// Every network ACL, by region and id.
    pub fn acls(&self) -> impl Iterator<Item = Node<'i, NetworkAcl>> {
        self.acls.values().copied()
    }

    /// Every route table, by region and id.
    pub fn tables(&self) -> impl Iterator<Item = Node<'i, RouteTable>> {
        self.tables.values().copied()
    }

    pub fn instance(&self, region: &str, id: &str) -> Option<Node<'i, Instance>> {
        get(&self.instances, region, id)
    }

    /// The instance that an interface is attached to, if it is to one that was seen.
    pub fn instance_of(&self, interface: Node<'i, NetworkInterface>) -> Option<Node<'i, Instance>> {
        self.instance(interface.region(), interface.attachment.as_ref()?.instance_id.as_deref()?)
    }

    pub fn nat_gateway(&self, region: &str, id: &str) -> Option<Node<'i, NatGateway>> {
        get(&self.nat_gateways, region, id)
    }

    pub fn peering(&self, region: &str, id: &str) -> Option<Node<'i, VpcPeeringConnection>> {
        // Each side lists the connection in its own region.
        get(&self.peerings, region, id)
            .or_else(|| self.peerings.values().copied().find(|one| one.vpc_peering_connection_id == id))
    }

    /// Whether a VPC has an active peering, within the region, with the one that an interface is in.
    pub fn are_peered(&self, region: &str, vpc: &str, other: Node<'i, NetworkInterface>) -> bool {
        let there = other.value.vpc_id.as_deref();
        other.region() == region
            && self.peerings.values().any(|one| {
                let sides = [&one.value.requester_vpc_info, &one.value.accepter_vpc_info];
                let ids = sides.map(|side| side.as_ref().and_then(|side| side.vpc_id.as_deref()));
                let active = one.value.status.as_ref().and_then(|status| status.code.as_deref()) == Some("active");
                active && ids.contains(&Some(vpc)) && ids.contains(&there) && there != Some(vpc)
            })
    }

    /// Fails with what is missing if an operation was not read to its end in a scope.
    ///
    /// # Errors
    /// The cell, and what went wrong with it.
    pub fn require(&self, scope: &Scope, operation: &str) -> Result<(), Missing> {
        match self.inventory.why_incomplete(scope, operation) {
            Some(why) => Err(Missing {
                why,
                cells: [crate::inventory::Cell { scope: scope.clone(), operation: operation.to_owned() }].into(),
            }),
            None => Ok(()),
        }
    }

    /// Fails with what is missing if an operation was not read to its end by a VPC's owner. Others that the VPC is
    /// shared with see it, and not what belongs to it.
    ///
    /// # Errors
    /// The cell and what went wrong with it, or that the owner was not read.
    pub fn require_of_owner(&self, vpc: Node<'i, Vpc>, operation: &str) -> Result<(), Missing> {
        match vpc.value.owner_id.as_deref() {
            Some(owner) if owner != vpc.scope.account.as_str() => {
                let id = &vpc.value.vpc_id;
                Err(Missing::because(format!("{id} belongs to account {owner}, which was not read")))
            }
            _ => self.require(vpc.scope, operation),
        }
    }

    /// Whether an operation was not read because there was nobody to ask: the endpoint does not know it, or the
    /// imported files do not hold it. What it would have told counts as AWS's default then, and is said to.
    pub fn nobody_asked(&self, scope: &Scope, operation: &str) -> bool {
        use crate::inventory::Outcome;
        match self.inventory.outcome(scope, operation) {
            Some(Outcome::Gap(gap)) => matches!(gap.reason, Reason::Unsupported | Reason::NotImported),
            _ => false,
        }
    }
}

fn get<'i, T>(index: &Index<'i, T>, region: &str, id: &str) -> Option<Node<'i, T>> {
    index.get(&(region, id)).copied()
}

fn index<'i, T: Typed>(inventory: &'i Inventory, key: impl Fn(&'i T) -> (&'i String, Option<&'i str>)) -> Index<'i, T> {
    index_where(inventory, |_| true, key)
}

/// By id; of several views the one of the resource's owner, or else the first.
fn index_where<'i, T: Typed>(
    inventory: &'i Inventory,
    wanted: impl Fn(&T) -> bool,
    key: impl Fn(&'i T) -> (&'i String, Option<&'i str>),
) -> Index<'i, T> {
    let mut out: Index<'i, T> = BTreeMap::new();
    for (scope, value) in inventory.of_type::<T>().filter(|(_, value)| wanted(value)) {
        let (id, owner) = key(value);
        let is_owners = owner == Some(scope.account.as_str());
        let node = Node { scope, value };
        let place = out.entry((scope.region.as_str(), id.as_str())).or_insert(node);
        if is_owners {
            *place = node;
        }
    }
    out
}
