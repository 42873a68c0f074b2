//! The gates that a packet meets: what each needs to be asked, with what is missing.

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::packet_filter::{FilterRule, Peer, acl_rules, peer_rules};
use crate::net::IpSet;
use crate::resource::ec2::{InternetGateway, NetworkAcl, NetworkInterface, SecurityGroup, Subnet, Vpc};

use super::{Node, Topology};

/// A network ACL's entries of one direction, in the order that they are applied.
pub type AclEntries = Vec<FilterRule>;

/// What VPC Block Public Access comes to in a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockMode {
    Off,
    /// Nothing comes in or goes out by an internet gateway but through NAT gateways.
    Ingress,
    /// Nothing passes an internet gateway.
    Bidirectional,
}

/// Who a rule is about.
pub enum Sources<'r> {
    Addresses(IpSet),
    /// The members of a group.
    Group {
        id: &'r str,
        account: Option<&'r str>,
    },
    Unknown(Missing),
}

impl<'i> Topology<'i> {
    /// The security groups of an interface, each found or missing.
    pub fn groups_of(
        &self,
        interface: Node<'i, NetworkInterface>,
    ) -> impl Iterator<Item = Result<Node<'i, SecurityGroup>, Missing>> {
        let ids = interface.value.groups.iter().map(|group| group.group_id.as_deref().unwrap_or("a group without id"));
        ids.map(move |id| {
            self.group(interface.region(), id).ok_or_else(|| {
                self.require(interface.scope, "ec2:DescribeSecurityGroups")
                    .err()
                    .unwrap_or_else(|| Missing::because(format!("security group {id} could not be seen")))
            })
        })
    }

    /// Whom a rule of a group seen in this scope is about.
    pub fn sources<'r>(&self, seen_in: &Scope, peer: &Peer<'r>) -> Sources<'r> {
        match *peer {
            Peer::Block(block) => match IpSet::from_blocks([block]) {
                Ok(set) => Sources::Addresses(set),
                Err(error) => Sources::Unknown(Missing::because(error.to_string())),
            },
            Peer::PrefixList(id) => match self.prefix_list_addresses(seen_in, id) {
                Ok(set) => Sources::Addresses(set),
                Err(missing) => Sources::Unknown(missing),
            },
            Peer::Group { id, account } => Sources::Group { id, account },
        }
    }

    /// The addresses of a prefix list.
    ///
    /// # Errors
    /// What is missing to know them.
    pub fn prefix_list_addresses(&self, seen_in: &Scope, id: &str) -> Result<IpSet, Missing> {
        let list = self.prefix_list(seen_in, id)?;
        let entries = list.value.entries.iter().flatten();
        let blocks = entries.map(|entry| entry.cidr.as_deref().unwrap_or("no address block"));
        IpSet::from_blocks(blocks).map_err(|error| Missing::because(format!("prefix list {id}: {error}")))
    }

    /// A network ACL's entries of one direction, in order.
    ///
    /// # Errors
    /// An entry cannot be understood.
    pub fn entries(&self, acl: Node<'i, NetworkAcl>, egress: bool) -> Result<AclEntries, Missing> {
        acl_rules(acl.value, egress)
    }

    /// A group's rules of one direction.
    ///
    /// # Errors
    /// A rule cannot be understood.
    pub fn rules(
        &self,
        group: Node<'i, SecurityGroup>,
        egress: bool,
    ) -> Result<Vec<crate::model::packet_filter::PeerRule<'i>>, Missing> {
        peer_rules(if egress { &group.value.ip_permissions_egress } else { &group.value.ip_permissions })
    }

    /// The internet gateway that is attached to a VPC, if one is.
    ///
    /// # Errors
    /// Not all gateways were seen.
    pub fn internet_gateway(&self, vpc: Node<'i, Vpc>) -> Result<Option<Node<'i, InternetGateway>>, Missing> {
        match self.gateway_of.get(&(vpc.region(), vpc.value.vpc_id.as_str())) {
            Some(gateway) => Ok(Some(*gateway)),
            None => self.require_of_owner(vpc, "ec2:DescribeInternetGateways").map(|()| None),
        }
    }

    /// Whether an egress-only internet gateway is attached to a VPC.
    ///
    /// # Errors
    /// Not all gateways were seen.
    pub fn is_egress_only_attached(&self, vpc: Node<'i, Vpc>, id: &str) -> Result<bool, Missing> {
        match super::get(&self.egress_only_gateways, vpc.region(), id) {
            Some(gateway) => Ok(gateway.value.attached_vpcs().any(|attached| attached == vpc.value.vpc_id)),
            None => self.require_of_owner(vpc, "ec2:DescribeEgressOnlyInternetGateways").map(|()| false),
        }
    }

    /// What VPC Block Public Access comes to in a subnet, and what had to be assumed to say so.
    ///
    /// # Errors
    /// It was asked for and not answered.
    pub fn block_mode(&self, subnet: Node<'i, Subnet>) -> Result<(BlockMode, Option<String>), Missing> {
        let of_vpc = subnet.value.vpc_id.as_deref().and_then(|vpc| self.vpc(subnet.region(), vpc));
        // AWS says what it comes to, exclusions counted, where it says it at all.
        let given = [
            subnet.value.block_public_access_states.as_ref(),
            of_vpc.and_then(|vpc| vpc.value.block_public_access_states.as_ref()),
        ];
        let given = given.into_iter().flatten().find_map(|states| states.internet_gateway_block_mode.as_deref());
        if let Some(mode) = given.and_then(block_mode) {
            return Ok((mode, None));
        }
        let owner = of_vpc.map_or(subnet.scope, |vpc| vpc.scope);
        let account = of_vpc.and_then(|vpc| vpc.value.owner_id.as_deref()).unwrap_or(owner.account.as_str());
        let options = self.block_options.get(&(subnet.region(), account));
        let Some(options) = options else {
            const OPTIONS: &str = "ec2:DescribeVpcBlockPublicAccessOptions";
            if self.nobody_asked(owner, OPTIONS) {
                let said = format!("VPC Block Public Access of {owner} was not read and counts as off");
                return Ok((BlockMode::Off, Some(said)));
            }
            self.require(owner, OPTIONS)?;
            return Err(Missing::because(format!("VPC Block Public Access of account {account} could not be seen")));
        };
        let mode = options.value.internet_gateway_block_mode.as_deref().and_then(block_mode).ok_or_else(|| {
            Missing::because(format!("VPC Block Public Access of {owner} has a mode that this version does not know"))
        })?;
        if options.value.state.as_deref() == Some("update-in-progress") {
            return Err(Missing::because(format!("VPC Block Public Access of {owner} is being changed")));
        }
        if mode == BlockMode::Off {
            return Ok((mode, None));
        }
        self.require(owner, "ec2:DescribeVpcBlockPublicAccessExclusions")?;
        let excluded = self.exclusions.iter().filter(|one| one.region() == subnet.region()).find_map(|one| {
            let in_force = matches!(one.value.state.as_deref(), Some("create-complete" | "update-complete"));
            let resource = one.value.resource_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
            let meant = resource == Some(subnet.value.subnet_id.as_str())
                || (resource.is_some() && resource == subnet.value.vpc_id.as_deref());
            (in_force && meant).then_some(one.value.internet_gateway_exclusion_mode.as_deref())
        });
        Ok((
            match excluded {
                Some(Some("allow-bidirectional")) => BlockMode::Off,
                Some(Some("allow-egress")) => BlockMode::Ingress,
                _ => mode,
            },
            None,
        ))
    }
}

fn block_mode(text: &str) -> Option<BlockMode> {
    match text {
        "off" => Some(BlockMode::Off),
        "block-ingress" => Some(BlockMode::Ingress),
        "block-bidirectional" => Some(BlockMode::Bidirectional),
        _ => None,
    }
}
