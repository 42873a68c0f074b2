//! Relations between EC2's resources, and to what stands before them, by id: made once, when first asked for.
//!
//! Ids of one type are unique in a region, whatever the account: a shared VPC's
//! subnets, tables and groups are joined across accounts. What the own account
//! sees comes first.
//!
//! NOTE: it holds ids and no references. A lazily filled cell with references
//! would make `Model` invariant in its lifetime.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::arn::{AccountId, Scope};
use crate::inventory::{Inventory, Outcome};
use crate::resource::cloudwatch::{Alarm, Watched};
use crate::resource::direct_connect::VirtualInterface;
use crate::resource::ec2::{
    FlowLog, InternetGateway, NetworkInterface, PrefixList, RouteTable, SecurityGroup, Snapshot, Subnet, VpcEndpoint,
    VpnConnection,
};
use crate::resource::network_firewall::Firewall;
use crate::resource::organizations::OrganizationAccount;
use crate::resource::waf::WebAcl;
use crate::resource::{AwsResource, Typed};

/// Where a resource is.
#[derive(Debug, Clone)]
pub struct Place {
    pub scope: Arc<Scope>,
    pub id: String,
}

/// From a region and an id in it to what stands in a relation to it.
type Relation = BTreeMap<(String, String), Vec<Place>>;

/// In place of an id: of any.
const ANY: &str = "*";

/// The relations of an inventory's EC2 resources.
#[derive(Debug, Default)]
pub struct Network {
    /// By security group: how many network interfaces have it.
    attached: BTreeMap<(String, String), usize>,
    /// By security group: the groups whose rules name it.
    referenced_by: BTreeMap<(String, String), BTreeSet<String>>,
    /// By subnet: the route table that is associated with it explicitly.
    tables_of_subnets: Relation,
    /// By VPC: its main route table.
    main_tables: Relation,
    /// By VPC: the internet gateways that are attached to it.
    internet_gateways: Relation,
    /// By VPC.
    subnets: Relation,
    /// By subnet.
    interfaces: Relation,
    /// By VPC.
    endpoints: Relation,
    /// By VPC: the firewalls of Network Firewall that stand in it.
    firewalls: Relation,
    /// By load balancer: the web ACL that stands before it.
    web_acls: Relation,
    /// By NAT gateway, or `*` for all that a search may find: the alarms that watch it.
    alarms: Relation,
    /// By account, and gateway of Direct Connect or virtual private gateway: the connections over which interfaces that
    /// are up lead to it.
    lines: BTreeMap<(AccountId, String), BTreeSet<String>>,
    /// By volume: when the latest of its snapshots was begun, if AWS says.
    snapshots: BTreeMap<(String, String), Option<Timestamp>>,
    /// By what is recorded.
    flow_logs: Relation,
    /// By prefix list: where it can be seen with its entries.
    prefix_lists: Relation,
    /// By customer gateway: the VPN connections that use it.
    vpn_connections: Relation,
    /// Where the organization's accounts were listed.
    account_lists: Vec<Scope>,
    /// Whether one of those lists is complete.
    accounts_complete: bool,
}

impl Network {
    pub fn of(inventory: &Inventory) -> Network {
        let mut network = Network::default();
        let mut scopes: BTreeMap<&Scope, Arc<Scope>> = BTreeMap::new();
        let mut add = |relation: &mut Relation, scope, of: Option<&str>, id: &str| {
            if let Some(of) = of {
                let place = Place {
                    scope: Arc::clone(scopes.entry(scope).or_insert_with(|| Arc::new(scope.clone()))),
                    id: id.to_owned(),
                };
                relation.entry(key(scope, of)).or_default().push(place);
            }
        };
        for (scope, interface) in inventory.of_type::<NetworkInterface>() {
            for group in interface.groups.iter().filter_map(|group| group.group_id.as_deref()) {
                *network.attached.entry(key(scope, group)).or_default() += 1;
            }
            add(&mut network.interfaces, scope, interface.subnet_id.as_deref(), &interface.network_interface_id);
        }
        // Those of the surroundings are looked up there: they are as many as the organization has accounts.
        for (scope, group) in inventory.own_of_type::<SecurityGroup>() {
            for named in group.named_groups() {
                network.referenced_by.entry(key(scope, named)).or_default().insert(group.group_id.clone());
            }
        }
        for (scope, table) in inventory.of_type::<RouteTable>() {
            let id = &table.route_table_id;
            for association in table.associations.iter().filter(|association| association.is_in_force()) {
                add(&mut network.tables_of_subnets, scope, association.subnet_id.as_deref(), id);
                if association.main == Some(true) {
                    add(&mut network.main_tables, scope, table.vpc_id.as_deref(), id);
                }
            }
        }
        for (scope, gateway) in inventory.of_type::<InternetGateway>() {
            for vpc in gateway.attached_vpcs() {
                add(&mut network.internet_gateways, scope, Some(vpc), &gateway.internet_gateway_id);
            }
        }
        for (scope, subnet) in inventory.of_type::<Subnet>() {
            add(&mut network.subnets, scope, subnet.vpc_id.as_deref(), &subnet.subnet_id);
        }
        for (scope, endpoint) in inventory.of_type::<VpcEndpoint>() {
            add(&mut network.endpoints, scope, endpoint.vpc_id.as_deref(), &endpoint.vpc_endpoint_id);
        }
        for (scope, firewall) in inventory.of_type::<Firewall>() {
            let vpc = firewall.firewall.as_ref().and_then(|settings| settings.vpc_id.as_deref());
            add(&mut network.firewalls, scope, vpc, firewall.id());
        }
        for (scope, alarm) in inventory.of_type::<Alarm>() {
            match alarm.watched() {
                None => {}
                Some(Watched::Gateway(gateway)) => add(&mut network.alarms, scope, Some(gateway), alarm.id()),
                Some(Watched::Found) => add(&mut network.alarms, scope, Some(ANY), alarm.id()),
                Some(Watched::Named(mut gateways)) => {
                    gateways.sort_unstable();
                    gateways.dedup();
                    for gateway in gateways {
                        add(&mut network.alarms, scope, Some(gateway), alarm.id());
                    }
                }
            }
        }
        for (scope, one) in inventory.of_type::<VirtualInterface>().filter(|(_, one)| one.is_up()) {
            if let (Some(gateway), Some(connection)) = (one.gateway(), &one.connection_id) {
                let lines = network.lines.entry((scope.account.clone(), gateway.to_owned())).or_default();
                lines.insert(connection.clone());
            }
        }
        for (scope, acl) in inventory.of_type::<WebAcl>() {
            for balancer in acl.resource_arns.iter().flatten() {
                add(&mut network.web_acls, scope, Some(balancer), acl.id());
            }
        }
        for (scope, log) in inventory.of_type::<FlowLog>() {
            add(&mut network.flow_logs, scope, log.resource_id.as_deref(), &log.flow_log_id);
        }
        for (scope, snapshot) in
            inventory.of_type::<Snapshot>().filter(|(_, one)| one.state.as_deref() != Some("error"))
        {
            if let Some(volume) = &snapshot.volume_id {
                let latest = network.snapshots.entry(key(scope, volume)).or_default();
                *latest = (*latest).max(snapshot.start_time);
            }
        }
        for (scope, list) in inventory.of_type::<PrefixList>().filter(|(_, list)| list.entries.is_some()) {
            add(&mut network.prefix_lists, scope, Some(&list.prefix_list_id), &list.prefix_list_id);
        }
        for (scope, connection) in inventory.of_type::<VpnConnection>() {
            if !matches!(connection.state.as_deref(), Some("deleted" | "deleting")) {
                let gateway = connection.customer_gateway_id.as_deref();
                add(&mut network.vpn_connections, scope, gateway, &connection.vpn_connection_id);
            }
        }
        network.account_lists = inventory.account_lists().map(|(scope, _)| scope.clone()).collect();
        network.accounts_complete = inventory.account_lists().any(|(_, outcome)| *outcome == Outcome::Complete);
        network
    }

    /// How many network interfaces have the group.
    pub fn attached(&self, scope: &Scope, group: &str) -> usize {
        self.attached.get(&key(scope, group)).copied().unwrap_or(0)
    }

    /// The groups whose rules name the group, itself too if they do.
    pub fn referenced_by<'i>(&'i self, inventory: &'i Inventory, scope: &Scope, group: &str) -> BTreeSet<&'i str> {
        let own = self.referenced_by.get(&key(scope, group)).into_iter().flatten().map(String::as_str);
        own.chain(inventory.references_around(&scope.region, group)).collect()
    }

    /// The route table that a subnet's packets meet: its own, or its VPC's main one.
    pub fn table_of_subnet<'i>(
        &self,
        inventory: &'i Inventory,
        scope: &Scope,
        subnet: &str,
        vpc: Option<&str>,
    ) -> Option<&'i RouteTable> {
        let own = seen_from(&self.tables_of_subnets, scope, subnet).next();
        let main = || seen_from(&self.main_tables, scope, vpc?).next();
        resolve(inventory, own.or_else(main)?)
    }

    /// Whether a subnet names a route table of its own.
    pub fn has_own_table(&self, scope: &Scope, subnet: &str) -> bool {
        seen_from(&self.tables_of_subnets, scope, subnet).next().is_some()
    }

    /// Ids of the internet gateways that are attached to a VPC; AWS allows one.
    pub fn internet_gateways(&self, scope: &Scope, vpc: &str) -> impl Iterator<Item = &str> {
        seen_from(&self.internet_gateways, scope, vpc).map(|place| place.id.as_str())
    }

    pub fn subnets(&self, scope: &Scope, vpc: &str) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = seen_from(&self.subnets, scope, vpc).map(|place| place.id.as_str()).collect();
        all.into_iter()
    }

    /// The interfaces in a subnet that the scope's own account sees.
    pub fn interfaces<'i>(
        &self,
        inventory: &'i Inventory,
        scope: &Scope,
        subnet: &str,
    ) -> impl Iterator<Item = &'i NetworkInterface> {
        own(&self.interfaces, scope, subnet).filter_map(|place| resolve(inventory, place))
    }

    /// The endpoints in a VPC that the scope's own account has.
    pub fn endpoints<'i>(
        &self,
        inventory: &'i Inventory,
        scope: &Scope,
        vpc: &str,
    ) -> impl Iterator<Item = &'i VpcEndpoint> {
        own(&self.endpoints, scope, vpc).filter_map(|place| resolve(inventory, place))
    }

    /// The names of the firewalls in a VPC that the scope's own account has.
    pub fn firewalls(&self, scope: &Scope, vpc: &str) -> impl Iterator<Item = &str> {
        own(&self.firewalls, scope, vpc).map(|place| place.id.as_str())
    }

    /// The web ACL of the scope's own account that stands before a load balancer; there is one at the most.
    pub fn web_acl(&self, scope: &Scope, balancer: &str) -> Option<&str> {
        own(&self.web_acls, scope, balancer).map(|place| place.id.as_str()).next()
    }

    /// The alarms of the scope's own account that watch a NAT gateway, or may.
    pub fn alarms<'i>(
        &self,
        inventory: &'i Inventory,
        scope: &Scope,
        nat_gateway: &str,
    ) -> impl Iterator<Item = &'i Alarm> {
        let all = own(&self.alarms, scope, nat_gateway).chain(own(&self.alarms, scope, ANY));
        all.filter_map(|place| resolve(inventory, place))
    }

    /// The connections of Direct Connect over which the account's interfaces that are up lead to a gateway.
    pub fn connections_to(&self, scope: &Scope, gateway: &str) -> impl Iterator<Item = &str> {
        let lines = self.lines.get(&(scope.account.clone(), gateway.to_owned()));
        lines.into_iter().flatten().map(String::as_str)
    }

    /// When the latest snapshot of a volume was begun; none if there is none.
    pub fn latest_snapshot(&self, scope: &Scope, volume: &str) -> Option<Option<Timestamp>> {
        self.snapshots.get(&key(scope, volume)).copied()
    }

    /// The flow logs of a VPC, a subnet or an interface.
    pub fn flow_logs<'i>(
        &self,
        inventory: &'i Inventory,
        scope: &Scope,
        resource: &str,
    ) -> impl Iterator<Item = &'i FlowLog> {
        seen_from(&self.flow_logs, scope, resource).filter_map(|place| resolve(inventory, place))
    }

    /// A prefix list with its entries, as the account or another one sees it.
    pub fn prefix_list<'i>(&self, inventory: &'i Inventory, scope: &Scope, id: &str) -> Option<&'i PrefixList> {
        resolve(inventory, seen_from(&self.prefix_lists, scope, id).next()?)
    }

    pub fn vpn_connections(&self, scope: &Scope, customer_gateway: &str) -> impl Iterator<Item = &str> {
        seen_from(&self.vpn_connections, scope, customer_gateway).map(|place| place.id.as_str())
    }

    /// Whether an account belongs to those that the inventory knows as the user's; none if it may without being known.
    pub fn is_own_account(&self, inventory: &Inventory, account: &str) -> Option<bool> {
        let was_read = account.parse().is_ok_and(|id| inventory.account(&id).is_some());
        let is_listed = |list: &Scope| inventory.get::<OrganizationAccount>(list, account).is_some();
        if was_read || self.account_lists.iter().any(is_listed) {
            Some(true)
        } else {
            self.accounts_complete.then_some(false)
        }
    }

    /// Why it is not sure that all of the organization was read; none if every active account was looked at.
    pub fn why_unread(&self, inventory: &Inventory) -> Option<String> {
        if !self.accounts_complete {
            return Some("the accounts of the organization were not listed".to_owned());
        }
        let unread = |id: &str| id.parse().is_ok_and(|id| inventory.account(&id).is_none());
        let accounts = inventory.of_type::<OrganizationAccount>().map(|(_, account)| account);
        let mut unread =
            accounts.filter(|account| account.is_active() && unread(&account.id)).map(|account| &account.id);
        let first = unread.next()?;
        Some(match unread.count() {
            0 => format!("account {first} of the organization was not read"),
            more => format!("account {first} of the organization and {more} more were not read"),
        })
    }

    /// Where the organization's accounts were listed; none if nobody was asked for them.
    pub fn account_list(&self) -> Option<&Scope> {
        self.account_lists.first()
    }
}

fn key(scope: &Scope, id: &str) -> (String, String) {
    (scope.region.as_str().to_owned(), id.to_owned())
}

/// What the scope's own account sees; if that is nothing, what others in the region see.
fn seen_from<'n>(relation: &'n Relation, scope: &Scope, of: &str) -> impl Iterator<Item = &'n Place> {
    let all = relation.get(&key(scope, of)).map(Vec::as_slice).unwrap_or_default();
    let mine: Vec<&Place> = all.iter().filter(|place| *place.scope == *scope).collect();
    if mine.is_empty() { all.iter().collect::<Vec<_>>().into_iter() } else { mine.into_iter() }
}

/// What the scope's own account sees, and nobody else.
fn own<'n>(relation: &'n Relation, scope: &Scope, of: &str) -> impl Iterator<Item = &'n Place> {
    let all = relation.get(&key(scope, of)).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|place| *place.scope == *scope).collect::<Vec<_>>().into_iter()
}

fn resolve<'i, R: Typed>(inventory: &'i Inventory, place: &Place) -> Option<&'i R> {
    inventory.get::<R>(&place.scope, &place.id)
}
