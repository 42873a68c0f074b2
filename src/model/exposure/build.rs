//! The sets of all gates, made once each, and the endpoints that stand behind them.
//!
//! NOTE: many interfaces share their groups, network ACLs and route tables. So a gate's sets are made once, and what
//! a combination of gates lets through is made once for all interfaces behind the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::topology::{Node, Topology};
use crate::model::walk::Gate;
use crate::net::{IpSet, PacketSet, PortSet};
use crate::resource::ec2::{NetworkAcl, NetworkInterface, RouteTable, SecurityGroup, Subnet};

use super::balancers::Front;
use super::endpoint::{Passed, Sets};
use super::filters::{GroupSets, acl_set, answered, cloudfront_lists, group_sets};
use super::routes::returning;
use super::{Bounds, internet};

/// A gate that filters: its kind, the objects that decide, and what they let through.
#[derive(Clone)]
pub(super) struct Filter {
    pub gate: Gate,
    pub resource: Arc<str>,
    pub bounds: Bounds,
}

impl Filter {
    pub(super) fn new(gate: Gate, resource: impl Into<Arc<str>>, bounds: Bounds) -> Filter {
        Filter { gate, resource: resource.into(), bounds }
    }
}

/// A filter that was made once, by its number.
pub(super) type FilterId = usize;

/// What decides what comes through: the family, the gates of what comes, and the gates of what is answered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gates {
    pub family: u8,
    pub inward: Vec<FilterId>,
    pub outward: Vec<FilterId>,
}

/// Which packets that come in by rules count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Addresses,
    /// What CloudFront's prefix list admits and nothing else certainly does.
    Cloudfront,
}

/// The name of a filter, under which it is made once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Name<'i> {
    /// Region and groups; and who asks, if not all of them were seen and what is missing depends on that.
    Groups(&'i str, Vec<&'i str>, By, Option<Scope>),
    /// A region's network ACL, inward or of the answers.
    Acl(&'i str, &'i str, bool),
    /// A region's table, the gateway, and the neighbours that need no route.
    Table(&'i str, &'i str, Option<&'i str>, IpSet),
    /// Anything else, by a name of its own.
    Other(String),
}

pub(super) struct Builder<'t, 'i> {
    pub topology: &'t Topology<'i>,
    pub cloudfront: BTreeSet<(&'i str, &'i str)>,
    groups: BTreeMap<(&'i str, &'i str), Arc<GroupSets>>,
    names: BTreeMap<Name<'i>, FilterId>,
    filters: Vec<Filter>,
    made: BTreeMap<Gates, Arc<Sets>>,
    /// By the filter of its answers, what a network ACL lets out.
    pub outward: BTreeMap<FilterId, Bounds>,
    pub fronts: Vec<Front<'i>>,
    /// By region and VPC, what is missing to know what balancers hand on.
    pub unread: BTreeMap<(String, String), Missing>,
    /// The balancers whose nodes were seen.
    pub seen: BTreeSet<(Scope, String)>,
}

impl<'t, 'i> Builder<'t, 'i> {
    pub(super) fn new(topology: &'t Topology<'i>) -> Self {
        Builder {
            topology,
            cloudfront: cloudfront_lists(topology),
            groups: BTreeMap::new(),
            names: BTreeMap::new(),
            filters: Vec::new(),
            made: BTreeMap::new(),
            outward: BTreeMap::new(),
            fronts: Vec::new(),
            unread: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// What each group that was asked about admits, and what was not read of balancers.
    #[expect(clippy::type_complexity, reason = "two parts of an exposure, of which this is the only maker")]
    pub(super) fn finish(self) -> (BTreeMap<(String, String), Bounds>, BTreeMap<(String, String), Missing>) {
        let groups = self
            .groups
            .into_iter()
            .map(|((region, id), sets)| ((region.to_owned(), id.to_owned()), sets.plain.or(&sets.cloudfront)));
        (groups.collect(), self.unread)
    }

    /// Notes what is missing to know what balancers in a VPC hand on.
    pub(super) fn note_unread(&mut self, region: &str, vpc: Option<&str>, missing: Missing) {
        let Some(vpc) = vpc else { return };
        let place = self.unread.entry((region.to_owned(), vpc.to_owned()));
        place.and_modify(|all| *all = std::mem::take(all).and(&missing)).or_insert(missing);
    }

    pub(super) fn filter(&self, id: FilterId) -> &Filter {
        &self.filters[id]
    }

    fn make(&mut self, name: Name<'i>, make: impl FnOnce(&mut Self) -> Filter) -> FilterId {
        if let Some(id) = self.names.get(&name) {
            return *id;
        }
        let filter = make(self);
        self.filters.push(filter);
        let id = self.filters.len() - 1;
        self.names.insert(name, id);
        id
    }

    /// A filter of the caller's making, under a name that means the same filter everywhere.
    pub(super) fn other(&mut self, name: String, make: impl FnOnce() -> Filter) -> FilterId {
        self.make(Name::Other(name), |_| make())
    }

    pub(super) fn group(&mut self, group: Node<'i, SecurityGroup>) -> Arc<GroupSets> {
        let key = (group.region(), group.value.group_id.as_str());
        if let Some(made) = self.groups.get(&key) {
            return Arc::clone(made);
        }
        let made = Arc::new(group_sets(self.topology, &self.cloudfront, group, false));
        self.groups.insert(key, Arc::clone(&made));
        made
    }

    /// What the groups of an interface admit.
    pub(super) fn groups(&mut self, interface: Node<'i, NetworkInterface>, by: By) -> FilterId {
        let id = interface.value.network_interface_id.as_str();
        if interface.value.groups.is_empty() {
            let unfiltered = interface.value.requester_managed == Some(true) || !interface.value.is_plain();
            return self.make(Name::Other(format!("no groups of {id}, {by:?}")), |_| {
                let bounds = match by {
                    By::Cloudfront => Bounds::default(),
                    By::Addresses if unfiltered => Bounds::exactly(PacketSet::all()),
                    By::Addresses => Bounds::at_most(
                        PacketSet::all(),
                        Missing::because(format!("the security groups of {id} are not given")),
                    ),
                };
                Filter::new(Gate::SecurityGroupIngress, id, bounds)
            });
        }
        let named = interface.value.groups.iter().map(|group| group.group_id.as_deref().unwrap_or_default());
        let mut ids: Vec<&'i str> = named.collect();
        ids.sort_unstable();
        ids.dedup();
        let shown = ids.join(", ");
        let asking = self.asking(interface.region(), &ids, interface.scope);
        self.make(Name::Groups(interface.region(), ids, by, asking), |builder| {
            let found: Vec<_> = builder.topology.groups_of(interface).collect();
            let (mut plain, mut cloudfront) = (Bounds::default(), Bounds::default());
            for group in found {
                match group {
                    Ok(group) => {
                        let sets = builder.group(group);
                        plain = plain.or(&sets.plain);
                        cloudfront = cloudfront.or(&sets.cloudfront);
                    }
                    Err(missing) => plain = plain.or(&Bounds::at_most(PacketSet::all(), missing)),
                }
            }
            let bounds = match by {
                By::Addresses => plain,
                By::Cloudfront => cloudfront.beyond(&plain),
            };
            Filter::new(Gate::SecurityGroupIngress, shown, bounds)
        })
    }

    /// Who asks for groups, if not all of them were seen.
    fn asking(&self, region: &str, ids: &[&str], scope: &Scope) -> Option<Scope> {
        let all_seen = ids.iter().all(|id| self.topology.group(region, id).is_some());
        (!all_seen).then(|| scope.clone())
    }

    /// What groups that are named elsewhere than at an interface admit. A network balancer without any admits all.
    pub(super) fn named_groups(
        &mut self,
        region: &'i str,
        ids: &'i [String],
        scope: &Scope,
        may_lack: bool,
    ) -> FilterId {
        if ids.is_empty() && may_lack {
            return self.other("no group".to_owned(), || {
                Filter::new(Gate::SecurityGroupIngress, "no security group", Bounds::exactly(PacketSet::all()))
            });
        }
        let mut wanted: Vec<&'i str> = ids.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        let shown = wanted.join(", ");
        let asking = self.asking(region, &wanted, scope);
        self.make(Name::Groups(region, wanted.clone(), By::Addresses, asking), |builder| {
            let mut all = Bounds::default();
            for id in wanted {
                all = all.or(&match builder.topology.group(region, id) {
                    Some(group) => builder.group(group).plain.clone(),
                    None => {
                        let missing = builder.topology.require(scope, "ec2:DescribeSecurityGroups").err();
                        let unseen = || Missing::because(format!("security group {id} could not be seen"));
                        Bounds::at_most(PacketSet::all(), missing.unwrap_or_else(unseen))
                    }
                });
            }
            Filter::new(Gate::SecurityGroupIngress, shown, all)
        })
    }

    /// Whether CloudFront's prefix list admits anything through the groups of an interface.
    pub(super) fn admits_cloudfront(&mut self, interface: Node<'i, NetworkInterface>) -> bool {
        if self.cloudfront.is_empty() {
            return false;
        }
        let id = self.groups(interface, By::Cloudfront);
        !self.filter(id).bounds.is_empty()
    }

    /// What a group's rules that name another group admit.
    pub(super) fn naming(&mut self, interface: Node<'i, NetworkInterface>, named: &[String]) -> Bounds {
        let found: Vec<_> = self.topology.groups_of(interface).collect();
        let mut all = Bounds::default();
        for group in found.into_iter().flatten() {
            let sets = self.group(group);
            let wanted = sets.named.iter().filter(|(id, _)| named.contains(id));
            let set = wanted.fold(PacketSet::default(), |all, (_, set)| all.union(set));
            all = all.or(&Bounds::exactly(set));
        }
        all
    }

    /// The network ACL of a subnet, for what comes in or for the answers to it.
    pub(super) fn acl(&mut self, subnet: Node<'i, Subnet>, of_answers: bool) -> FilterId {
        let gate = if of_answers { Gate::NetworkAclEgress } else { Gate::NetworkAclIngress };
        let id = subnet.value.subnet_id.as_str();
        match self.topology.acl_of(subnet) {
            Ok(acl) => self.acl_filter(acl, of_answers),
            Err(missing) => self.other(format!("no network acl of {} {id} {of_answers}", subnet.region()), || {
                Filter::new(gate, id, Bounds::at_most(PacketSet::all(), missing))
            }),
        }
    }

    fn acl_filter(&mut self, acl: Node<'i, NetworkAcl>, of_answers: bool) -> FilterId {
        let id = acl.value.network_acl_id.as_str();
        let gate = if of_answers { Gate::NetworkAclEgress } else { Gate::NetworkAclIngress };
        let mut outward = None;
        let made = self.make(Name::Acl(acl.region(), id, of_answers), |builder| {
            let set = acl_set(builder.topology, acl, of_answers);
            let bounds = if of_answers { set.map(answered) } else { set.clone() };
            outward = of_answers.then_some(set);
            Filter::new(gate, id, bounds)
        });
        if let Some(set) = outward {
            self.outward.insert(made, set);
        }
        made
    }

    /// Whom the routes of a subnet answer through an internet gateway.
    pub(super) fn returning(&mut self, subnet: Node<'i, Subnet>, gateway: Option<&'i str>) -> FilterId {
        let id = subnet.value.subnet_id.as_str();
        match self.topology.table_of(subnet) {
            Ok(table) => self.table_filter(table, gateway, neighbours(subnet)),
            Err(missing) => self.other(format!("no route table of {} {id}", subnet.region()), || {
                Filter::new(Gate::Route, id, Bounds::at_most(PacketSet::all(), missing))
            }),
        }
    }

    fn table_filter(&mut self, table: Node<'i, RouteTable>, gateway: Option<&'i str>, near: IpSet) -> FilterId {
        let id = table.value.route_table_id.as_str();
        self.make(Name::Table(table.region(), id, gateway, near.clone()), |builder| {
            Filter::new(Gate::Route, id, returning(builder.topology, table, gateway, &near))
        })
    }

    /// What comes through these gates, and what of it is answered.
    pub(super) fn sets(&mut self, gates: Gates) -> Arc<Sets> {
        if let Some(made) = self.made.get(&gates) {
            return Arc::clone(made);
        }
        let mut sets = Sets { delivered: Bounds::exactly(internet(gates.family)), ..Sets::default() };
        for id in &gates.inward {
            let filter = &self.filters[*id];
            sets.delivered = sets.delivered.and(&filter.bounds);
            sets.gates.push(passed(filter, &sets.delivered, false));
        }
        sets.conversational = sets.delivered.clone();
        let mut ports = PortSet::all();
        for id in &gates.outward {
            let filter = &self.filters[*id];
            sets.conversational = sets.conversational.and(&filter.bounds);
            sets.gates.push(passed(filter, &sets.conversational, true));
        }
        for out in gates.outward.iter().filter_map(|id| self.outward.get(id)) {
            ports = ports.intersection(&client_ports(out, &sets.conversational));
        }
        sets.client_ports = ports;
        let sets = Arc::new(sets);
        self.made.insert(gates, Arc::clone(&sets));
        sets
    }
}

fn passed(filter: &Filter, left: &Bounds, on_return: bool) -> Passed {
    Passed {
        gate: filter.gate,
        resource: Arc::clone(&filter.resource),
        left: left.shared_may(),
        admits: filter.bounds.clone(),
        on_return,
    }
}

/// The ports to which answers get out to somebody who is answered.
fn client_ports(out: &Bounds, conversational: &Bounds) -> PortSet {
    let of = |protocol: u8| {
        let clients = conversational.may().of_protocol(protocol).addresses();
        out.may().within(&clients).ports(protocol)
    };
    of(6).union(&of(17))
}

/// The addresses of the internet that are a subnet's own, and so reached without a route.
fn neighbours(subnet: Node<'_, Subnet>) -> IpSet {
    let v6 = subnet.value.ipv6_cidr_block_association_set.iter().filter_map(|one| one.ipv6_cidr_block.as_deref());
    let blocks = v6.chain(subnet.value.cidr_block.as_deref());
    let parsed = blocks.filter_map(|block| IpSet::from_blocks([block]).ok());
    parsed.fold(IpSet::default(), |all, one| all.union(&one)).intersection(&IpSet::internet())
}
