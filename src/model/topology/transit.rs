//! Transit gateways: which attachment a packet enters by, which table it meets
//! there, and where it lands.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::net::IpSet;
use crate::resource::ec2::{Subnet, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRouteTable, Vpc};

use super::{Node, Topology};

/// Where a transit gateway sends a packet.
pub enum Transit<'i> {
    To { attachment: Node<'i, TransitGatewayAttachment>, table: &'i str, destination: String },
    Blocked { table: Option<&'i str>, why: String },
    Unknown(Missing),
}

impl<'i> Topology<'i> {
    /// The attachment of a VPC to a transit gateway, if it is in force.
    ///
    /// # Errors
    /// Not all attachments were seen.
    pub fn attachment_of(
        &self,
        vpc: Node<'i, Vpc>,
        gateway: &str,
    ) -> Result<Option<Node<'i, TransitGatewayAttachment>>, Missing> {
        let mine = |one: &Node<'i, TransitGatewayAttachment>| {
            one.region() == vpc.region()
                && one.value.transit_gateway_id.as_deref() == Some(gateway)
                && one.value.resource_id.as_deref() == Some(vpc.value.vpc_id.as_str())
                && is_in_force(one.value)
        };
        match self.attachments.values().copied().find(mine) {
            Some(attachment) => Ok(Some(attachment)),
            None => self.require_of_owner(vpc, "ec2:DescribeTransitGatewayAttachments").map(|()| None),
        }
    }

    /// The subnets that an attachment to a VPC has its interfaces in, and what is missing to see all of them.
    ///
    /// # Errors
    /// Nobody who may see them was asked.
    pub fn landings(
        &self,
        attachment: Node<'i, TransitGatewayAttachment>,
    ) -> Result<(Vec<Node<'i, Subnet>>, Option<Missing>), Missing> {
        let id = attachment.value.transit_gateway_attachment_id.as_str();
        let Some(detailed) = self.vpc_attachments.get(&(attachment.region(), id)) else {
            self.require(attachment.scope, "ec2:DescribeTransitGatewayVpcAttachments")?;
            return Err(Missing::because(format!("the subnets of {id} could not be seen")));
        };
        let (mut seen, mut unseen) = (Vec::new(), None);
        for subnet in detailed.value.vpc_attachment.iter().flat_map(|one| &one.subnet_ids) {
            match self.subnet(attachment.region(), subnet) {
                Some(found) => seen.push(found),
                None => unseen = Some(Missing::because(format!("{subnet}, a subnet of {id}, could not be seen"))),
            }
        }
        Ok((seen, unseen))
    }

    /// Whether an attachment to a VPC takes packets of an address's family: those of IPv6 if that is enabled.
    ///
    /// # Errors
    /// Nobody who may see its options was asked.
    pub fn takes_family(
        &self,
        attachment: Node<'i, TransitGatewayAttachment>,
        address: IpAddr,
    ) -> Result<bool, Missing> {
        if address.is_ipv4() {
            return Ok(true);
        }
        let id = attachment.value.transit_gateway_attachment_id.as_str();
        let options = self
            .vpc_attachments
            .get(&(attachment.region(), id))
            .and_then(|one| one.value.vpc_attachment.as_ref()?.options.as_ref()?.ipv6_support.as_deref());
        options
            .map(|support| support == "enable")
            .ok_or_else(|| Missing::because(format!("whether {id} supports IPv6 could not be seen")))
    }

    /// Whether rules that name a security group hold for packets that come in by an attachment.
    pub fn references_cross(&self, attachment: Node<'i, TransitGatewayAttachment>) -> bool {
        let id = attachment.value.transit_gateway_attachment_id.as_str();
        let detailed = self.vpc_attachments.get(&(attachment.region(), id));
        let of_attachment = detailed
            .and_then(|one| one.value.vpc_attachment.as_ref()?.options.as_ref())
            .and_then(|options| options.security_group_referencing_support.as_deref());
        let gateway = attachment.value.transit_gateway_id.as_deref();
        let of_gateway = gateway
            .and_then(|gateway| super::get(&self.transit_gateways, attachment.region(), gateway))
            .and_then(|gateway| gateway.value.options.as_ref())
            .and_then(|options| options.security_group_referencing_support.as_deref());
        of_attachment == Some("enable") && of_gateway == Some("enable")
    }

    /// Where the transit gateway sends what came in by an attachment.
    pub fn transit_route(&self, from: Node<'i, TransitGatewayAttachment>, address: IpAddr) -> Transit<'i> {
        let table = match self.transit_table_of(from) {
            Ok(Some(table)) => table,
            Ok(None) => {
                let id = &from.value.transit_gateway_attachment_id;
                return Transit::Blocked { table: None, why: format!("{id} is associated with no route table") };
            }
            Err(missing) => return Transit::Unknown(missing),
        };
        let id = table.value.transit_gateway_route_table_id.as_str();
        let Some(routes) = table.value.routes.as_deref() else {
            let missing = self.require(table.scope, "ec2:SearchTransitGatewayRoutes").err();
            return Transit::Unknown(missing.unwrap_or_else(|| Missing::because(format!("the routes of {id}"))));
        };
        let mut best: Option<(Key, Found<'i>)> = None;
        let mut take = |key: Key, found: Found<'i>| {
            if best.as_ref().is_none_or(|(before, _)| *before < key) {
                best = Some((key, found));
            }
        };
        for route in routes {
            match self.transit_match(table, route, address) {
                Ok(Some((length, destination))) => {
                    let is_static = route.r#type.as_deref() != Some("propagated");
                    let attachment = route.transit_gateway_attachments.first();
                    let kind = attachment.and_then(|one| one.resource_type.as_deref());
                    let found = Found {
                        attachment: attachment.and_then(|one| one.transit_gateway_attachment_id.as_deref()),
                        is_blackhole: route.state.as_deref() == Some("blackhole"),
                        destination,
                    };
                    take((length, is_static, preference(kind)), found);
                }
                Ok(None) => {}
                Err(missing) => return Transit::Unknown(missing),
            }
        }
        let mut untold = None;
        for propagation in table.value.propagations.iter().flatten() {
            if propagation.state.as_deref() != Some("enabled") {
                continue;
            }
            let Some(attachment) = propagation.transit_gateway_attachment_id.as_deref() else { continue };
            match propagation.resource_type.as_deref() {
                Some("vpc") => match propagation.resource_id.as_deref().and_then(|vpc| self.vpc(from.region(), vpc)) {
                    Some(vpc) => {
                        for block in vpc.value.blocks() {
                            if IpSet::from_blocks([block]).is_ok_and(|set| set.contains(address)) {
                                let destination = format!("{block} (propagated)");
                                let found = Found { attachment: Some(attachment), is_blackhole: false, destination };
                                take((length(block), false, preference(Some("vpc"))), found);
                            }
                        }
                    }
                    None => {
                        untold = Some(format!("the VPC behind {attachment}, which propagates into {id}, was not seen"))
                    }
                },
                // What a VPN or Direct Connect announces is told by the search alone.
                _ if routes.iter().any(|route| route.r#type.as_deref() == Some("propagated")) => {}
                _ => untold = Some(format!("the routes that {attachment} propagates into {id} were not read")),
            }
        }
        if table.value.additional_routes_available == Some(true) {
            untold = Some(format!("{id} has more routes than AWS lists"));
        }
        match (best, untold) {
            (Some((_, found)), None) if found.is_blackhole => {
                Transit::Blocked { table: Some(id), why: format!("the route to {} is a blackhole", found.destination) }
            }
            (Some((_, found)), None) => match found.attachment.and_then(|to| self.attachment(from.region(), to)) {
                Some(attachment) => Transit::To { attachment, table: id, destination: found.destination },
                None => Transit::Unknown(Missing::because(format!(
                    "the attachment behind the route of {id} to {} was not seen",
                    found.destination
                ))),
            },
            (None, None) => Transit::Blocked { table: Some(id), why: format!("{id} has no route to {address}") },
            (_, Some(untold)) => Transit::Unknown(Missing::because(untold)),
        }
    }

    pub fn attachment(&self, region: &str, id: &str) -> Option<Node<'i, TransitGatewayAttachment>> {
        super::get(&self.attachments, region, id)
    }

    /// The same peering attachment as the transit gateway at its other end sees it.
    pub fn other_end(
        &self,
        attachment: Node<'i, TransitGatewayAttachment>,
    ) -> Option<Node<'i, TransitGatewayAttachment>> {
        let (near, far) = (attachment.value.transit_gateway_id.as_deref(), attachment.value.resource_id.as_deref());
        let is_other = |one: &Node<'i, TransitGatewayAttachment>| {
            let same = one.value.transit_gateway_attachment_id == attachment.value.transit_gateway_attachment_id;
            // Each side names the other's transit gateway as its resource.
            let turned = far.is_some()
                && one.value.transit_gateway_id.as_deref() == far
                && one.value.resource_id.as_deref() == near;
            one.value.transit_gateway_id.as_deref() != near && (same || turned) && is_in_force(one.value)
        };
        self.attachments.values().copied().find(is_other)
    }

    fn transit_table_of(
        &self,
        attachment: Node<'i, TransitGatewayAttachment>,
    ) -> Result<Option<Node<'i, TransitGatewayRouteTable>>, Missing> {
        let id = attachment.value.transit_gateway_attachment_id.as_str();
        let given =
            attachment.value.association.as_ref().filter(|one| {
                !matches!(one.state.as_deref(), Some("disassociated" | "disassociating" | "associating"))
            });
        let given = given.and_then(|one| one.transit_gateway_route_table_id.as_deref());
        let listed = || {
            let names = |table: &&Node<'i, TransitGatewayRouteTable>| {
                let associations = table.value.associations.iter().flatten();
                let mut mine = associations.filter(|one| one.state.as_deref() == Some("associated"));
                mine.any(|one| one.transit_gateway_attachment_id.as_deref() == Some(id))
            };
            self.transit_tables.values().find(names).copied()
        };
        let found = match given {
            Some(table) => super::get(&self.transit_tables, attachment.region(), table),
            None => listed(),
        };
        if found.is_some() {
            return Ok(found);
        }
        self.require(attachment.scope, "ec2:DescribeTransitGatewayRouteTables")?;
        let owner = attachment.value.transit_gateway_owner_id.as_deref();
        if given.is_some() || owner != Some(attachment.scope.account.as_str()) {
            return Err(Missing::because(format!(
                "the route table that {id} meets belongs to an account that was not read"
            )));
        }
        Ok(None)
    }

    fn transit_match(
        &self,
        table: Node<'i, TransitGatewayRouteTable>,
        route: &'i TransitGatewayRoute,
        address: IpAddr,
    ) -> Result<Option<(u32, String)>, Missing> {
        if let Some(list) = &route.prefix_list_id {
            let entries = self.prefix_list(table.scope, list)?.value.entries.iter().flatten();
            let longest = entries.filter_map(|entry| {
                let block = entry.cidr.as_deref()?;
                IpSet::from_blocks([block]).ok()?.contains(address).then(|| (length(block), format!("{list} {block}")))
            });
            return Ok(longest.max());
        }
        let Some(block) = &route.destination_cidr_block else { return Ok(None) };
        let set = IpSet::from_blocks([block]).map_err(|error| Missing::because(error.to_string()))?;
        Ok(set.contains(address).then(|| (length(block), String::clone(block))))
    }
}

/// Length, whether it was written, and AWS's order among propagated ones.
type Key = (u32, bool, u8);

struct Found<'i> {
    attachment: Option<&'i str>,
    is_blackhole: bool,
    destination: String,
}

/// AWS's order among propagated routes of one length: VPC, Direct Connect, Connect, VPN.
fn preference(resource_type: Option<&str>) -> u8 {
    match resource_type {
        Some("vpc") => 4,
        Some("direct-connect-gateway") => 3,
        Some("connect") => 2,
        Some("vpn") => 1,
        _ => 0,
    }
}

fn is_in_force(attachment: &TransitGatewayAttachment) -> bool {
    matches!(attachment.state.as_deref(), Some("available" | "modifying"))
}

fn length(block: &str) -> u32 {
    block.split_once('/').and_then(|(_, length)| length.parse().ok()).unwrap_or(32)
}

impl Vpc {
    /// Its address blocks that are in force.
    pub fn blocks(&self) -> impl Iterator<Item = &str> {
        let in_force = |state: &Option<crate::resource::ec2::VpcCidrBlockState>| {
            state.as_ref().and_then(|state| state.state.as_deref()).is_none_or(|state| state == "associated")
        };
        let v4 = self.cidr_block_association_set.iter().filter(move |one| in_force(&one.cidr_block_state));
        let v6 = self.ipv6_cidr_block_association_set.iter().filter(move |one| in_force(&one.ipv6_cidr_block_state));
        let listed = v4.filter_map(|one| one.cidr_block.as_deref());
        // A described VPC has its primary block in both places; older answers only at the top.
        let primary = self.cidr_block.as_deref().filter(|_| self.cidr_block_association_set.is_empty());
        listed.chain(primary).chain(v6.filter_map(|one| one.ipv6_cidr_block.as_deref()))
    }
}
