//! One side of a comparison: an account's inventory, what its resources are called, and the relations that attributes
//! follow.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::arn::Region;
use crate::iam::PolicyText;
use crate::inventory::Inventory;
use crate::model::permission::{self, Permissions};
use crate::net::IpSet;
use crate::resource::Resource;
use crate::resource::ec2::{NetworkAcl, NetworkInterface, PrefixList, RouteTable, SecurityGroup};
use crate::resource::iam::{AwsManagedPolicy, ManagedPolicy};

use super::Names;

/// An inventory of one account, perhaps over surroundings, with its names.
pub struct Side<'i> {
    pub inventory: &'i Inventory,
    pub names: Names,
    tables: HashMap<(Region, String), &'i RouteTable>,
    acls: HashMap<(Region, String), &'i NetworkAcl>,
    /// By subnet, and by VPC for the main one.
    table_of: HashMap<(Region, String), String>,
    acl_of: HashMap<(Region, String), String>,
    /// By label.
    lists: BTreeMap<(Region, String), &'i PrefixList>,
    /// How many interfaces have each group.
    worn: HashMap<(Region, String), usize>,
    /// Groups by label.
    labelled: HashMap<(Region, String), &'i SecurityGroup>,
    /// How many groups and route tables name each prefix list.
    naming: HashMap<(Region, String), usize>,
    /// What policies say now, by ARN.
    policies: HashMap<&'i str, &'i PolicyText>,
    /// Who may do what; found out when first asked for.
    permissions: OnceLock<Permissions>,
}

impl<'i> Side<'i> {
    pub fn new(inventory: &'i Inventory, names: Names) -> Side<'i> {
        let mut side = Side {
            inventory,
            names,
            tables: HashMap::new(),
            acls: HashMap::new(),
            table_of: HashMap::new(),
            acl_of: HashMap::new(),
            lists: BTreeMap::new(),
            worn: HashMap::new(),
            labelled: HashMap::new(),
            naming: HashMap::new(),
            policies: HashMap::new(),
            permissions: OnceLock::new(),
        };
        for (scope, group) in inventory.of_type::<SecurityGroup>() {
            if let Some(label) = side.names.label(&scope.region, &group.group_id) {
                side.labelled.insert((scope.region.clone(), label.to_owned()), group);
            }
            let rules = group.ip_permissions.iter().chain(&group.ip_permissions_egress);
            let lists = rules.flat_map(|rule| &rule.prefix_list_ids).filter_map(|list| list.prefix_list_id.as_ref());
            side.name_lists(&scope.region, lists.collect());
        }
        for (scope, table) in inventory.of_type::<RouteTable>() {
            let at = |id: &str| (scope.region.clone(), id.to_owned());
            side.tables.insert(at(&table.route_table_id), table);
            let lists = table.routes.iter().filter_map(|route| route.destination_prefix_list_id.as_ref());
            side.name_lists(&scope.region, lists.collect());
            for association in table.associations.iter().filter(|one| one.is_in_force()) {
                if let Some(subnet) = association.subnet_id.as_deref() {
                    side.table_of.insert(at(subnet), table.route_table_id.clone());
                }
                if let (Some(true), Some(vpc)) = (association.main, table.vpc_id.as_deref()) {
                    side.table_of.insert(at(vpc), table.route_table_id.clone());
                }
            }
        }
        for (scope, acl) in inventory.of_type::<NetworkAcl>() {
            let at = |id: &str| (scope.region.clone(), id.to_owned());
            side.acls.insert(at(&acl.network_acl_id), acl);
            for subnet in acl.associations.iter().filter_map(|one| one.subnet_id.as_deref()) {
                side.acl_of.insert(at(subnet), acl.network_acl_id.clone());
            }
        }
        for (scope, list) in inventory.of_type::<PrefixList>() {
            if let Some(label) = side.names.label(&scope.region, &list.prefix_list_id) {
                side.lists.insert((scope.region.clone(), label.to_owned()), list);
            }
        }
        for (scope, interface) in inventory.of_type::<NetworkInterface>() {
            for group in interface.groups.iter().filter_map(|group| group.group_id.clone()) {
                *side.worn.entry((scope.region.clone(), group)).or_default() += 1;
            }
        }
        for (_, policy) in inventory.of_type::<ManagedPolicy>() {
            if let Some(version) = policy.default_version() {
                side.policies.insert(policy.arn.as_str(), &version.document);
            }
        }
        for (_, policy) in inventory.of_type::<AwsManagedPolicy>() {
            if let Some(document) = &policy.document {
                side.policies.insert(policy.arn.as_str(), document);
            }
        }
        side
    }

    /// A group or table names these lists; each counts once.
    fn name_lists(&mut self, region: &Region, lists: std::collections::BTreeSet<&String>) {
        for list in lists {
            *self.naming.entry((region.clone(), list.clone())).or_default() += 1;
        }
    }

    /// How many groups and route tables name a prefix list.
    pub(super) fn naming(&self, region: &Region, list: &str) -> usize {
        self.naming.get(&(region.clone(), list.to_owned())).copied().unwrap_or(0)
    }

    /// The security group of a label.
    pub(super) fn labelled(&self, region: &Region, label: &str) -> Option<&'i SecurityGroup> {
        self.labelled.get(&(region.clone(), label.to_owned())).copied()
    }

    /// Whether a group's rules name a prefix list.
    pub(super) fn names_list(&self, region: &Region, group: &str, list: &PrefixList) -> bool {
        let label = self.names.label(region, group);
        let Some(group) = label.and_then(|label| self.labelled(region, label)) else { return false };
        let rules = group.ip_permissions.iter().chain(&group.ip_permissions_egress);
        let mut named = rules.flat_map(|rule| &rule.prefix_list_ids);
        named.any(|named| named.prefix_list_id.as_deref() == Some(list.prefix_list_id.as_str()))
    }

    /// What a managed policy says, by its ARN.
    pub(super) fn policy(&self, arn: &str) -> Option<&'i PolicyText> {
        self.policies.get(arn).copied()
    }

    /// A user or role with all that bears on it, by its ARN.
    pub(super) fn principal(&self, arn: &str) -> Option<permission::Side<'_>> {
        let find = || Permissions::of(self.inventory, self.inventory.provenance.taken_at);
        let permissions = self.permissions.get_or_init(find);
        Some(permission::Side { permissions, who: permissions.find(arn)? })
    }

    pub(super) fn table(&self, region: &Region, id: &str) -> Option<&'i RouteTable> {
        self.tables.get(&(region.clone(), id.to_owned())).copied()
    }

    pub(super) fn acl(&self, region: &Region, id: &str) -> Option<&'i NetworkAcl> {
        self.acls.get(&(region.clone(), id.to_owned())).copied()
    }

    /// The id of the route table that a subnet has by itself, or that is a VPC's main one.
    pub(super) fn table_of(&self, region: &Region, id: &str) -> Option<&str> {
        self.table_of.get(&(region.clone(), id.to_owned())).map(String::as_str)
    }

    pub(super) fn acl_of(&self, region: &Region, subnet: &str) -> Option<&str> {
        self.acl_of.get(&(region.clone(), subnet.to_owned())).map(String::as_str)
    }

    /// The route table that an attribute of a VPC or subnet names: by its label, or as the VPC's main one.
    pub(super) fn labelled_table(&self, region: &Region, of: &Resource, label: &str) -> Option<&'i RouteTable> {
        if label == "main"
            && let Resource::Subnet(subnet) = of
        {
            return self.table(region, self.table_of(region, subnet.vpc_id.as_deref()?)?);
        }
        let mut here = self.tables.iter().filter(|((place, _), _)| place == region);
        here.find(|((_, id), _)| self.names.label(region, id) == Some(label)).map(|(_, table)| *table)
    }

    /// The network ACL of a label.
    pub(super) fn labelled_acl(&self, region: &Region, label: &str) -> Option<&'i NetworkAcl> {
        let mut here = self.acls.iter().filter(|((place, _), _)| place == region);
        here.find(|((_, id), _)| self.names.label(region, id) == Some(label)).map(|(_, acl)| *acl)
    }

    /// How many interfaces have a security group.
    pub(super) fn worn(&self, region: &Region, group: &str) -> usize {
        self.worn.get(&(region.clone(), group.to_owned())).copied().unwrap_or(0)
    }

    /// The addresses of the prefix list of this label; none if they are not known.
    pub(super) fn list_addresses(&self, region: &Region, label: &str) -> Option<IpSet> {
        let entries = self.lists.get(&(region.clone(), label.to_owned()))?.entries.as_ref()?;
        IpSet::from_blocks(entries.iter().map(|entry| entry.cidr.as_deref().unwrap_or("-"))).ok()
    }
}
