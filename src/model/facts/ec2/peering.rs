use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::net::IpSet;
use crate::resource::ec2::{VpcPeeringConnection, VpcPeeringConnectionVpcInfo};

use super::{name, tag_keys, tags};

facts! { VpcPeeringConnection {
    "name": Kind::Text, "its `Name` tag", |peering, _| name(peering);
    "tag_keys": Kind::Texts, "the keys of its tags", |peering, _| tag_keys(peering);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |peering, _| tags(peering);
    "status": Kind::Text, "`active`, `pending-acceptance`, `provisioning`, `rejected`, `expired`, `failed`, `deleting` or `deleted`",
        |peering, _| Value::optional(peering.status.as_ref().and_then(|status| status.code.as_deref()));
    "is_active": Kind::Bool, "whether packets can pass",
        |peering, _| peering.status.as_ref().and_then(|status| status.code.as_deref()) == Some("active");
    "is_alive": Kind::Bool, "whether packets can pass, or could once someone accepts it",
        |peering, _| matches!(peering.status.as_ref().and_then(|status| status.code.as_deref()),
            Some("active" | "pending-acceptance" | "provisioning" | "initiating-request"));
    "requester_account": Kind::Text, "the account that asked for it",
        |peering, _| Value::optional(peering.requester_vpc_info.as_ref().and_then(|vpc| vpc.owner_id.as_deref()));
    "requester_vpc": Kind::Text, "that account's VPC",
        |peering, _| Value::optional(peering.requester_vpc_info.as_ref().and_then(|vpc| vpc.vpc_id.as_deref()));
    "accepter_account": Kind::Text, "the account that was asked",
        |peering, _| Value::optional(peering.accepter_vpc_info.as_ref().and_then(|vpc| vpc.owner_id.as_deref()));
    "accepter_vpc": Kind::Text, "that account's VPC",
        |peering, _| Value::optional(peering.accepter_vpc_info.as_ref().and_then(|vpc| vpc.vpc_id.as_deref()));
    "peer_account": Kind::Text, "the account at the other end; this account if it has both ends",
        |peering, context| Value::optional(peer_account(peering, context));
    "peer_in_organization": Kind::Bool,
        "whether the account at the other end was scanned too or is in the list of the organization's accounts; unknown if it was not and that list is not complete",
        uses ["organizations:ListAccounts"], |peering, context| peer_in_organization(peering, context);
}}

fn peer_account<'p>(peering: &'p VpcPeeringConnection, context: &Context<'_>) -> Option<&'p str> {
    let ends = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
    let owners: Vec<&str> = ends.into_iter().flatten().filter_map(|vpc| vpc.owner_id.as_deref()).collect();
    let own = context.scope.account.as_str();
    let other = owners.iter().copied().find(|owner| *owner != own);
    // With one end unseen, nobody can say that both are the account's own.
    other.or_else(|| owners.first().copied().filter(|_| owners.len() == 2))
}

fn peer_in_organization(peering: &VpcPeeringConnection, context: &Context<'_>) -> Value {
    let Some(peer) = peer_account(peering, context) else {
        return Value::Unknown(Missing::because("the account at the other end could not be seen"));
    };
    match context.model.network().is_own_account(context.model.inventory, peer) {
        Some(known) => Value::Bool(known),
        None => Value::Unknown(Missing::because(format!("whether account {peer} is in the organization was not read"))),
    }
}

fn vpc_addresses(vpc: &VpcPeeringConnectionVpcInfo) -> Result<IpSet, Missing> {
    let v4 = vpc.cidr_block_set.iter().map(|block| block.cidr_block.as_deref());
    let v6 = vpc.ipv6_cidr_block_set.iter().map(|block| block.ipv6_cidr_block.as_deref());
    let set = IpSet::from_blocks(v4.chain(v6).chain([vpc.cidr_block.as_deref()]).flatten());
    match set.map_err(|error| Missing::because(error.to_string()))? {
        set if set.is_empty() => Err(Missing::because("AWS does not say what addresses the peer VPC has")),
        set => Ok(set),
    }
}

impl Context<'_> {
    /// The addresses of the VPC at the other end of a peering connection.
    ///
    /// # Errors
    /// What is missing to know them.
    pub fn peer_addresses(&self, peering: &str, own_vpc: Option<&str>) -> Result<IpSet, Missing> {
        let Some(connection) = self.model.inventory.get::<VpcPeeringConnection>(self.scope, peering) else {
            self.require("ec2:DescribeVpcPeeringConnections")?;
            return Err(Missing::because(format!("{peering} could not be seen")));
        };
        let ends = [&connection.requester_vpc_info, &connection.accepter_vpc_info];
        let peer = ends.into_iter().flatten().find(|vpc| vpc.vpc_id.is_some() && vpc.vpc_id.as_deref() != own_vpc);
        vpc_addresses(peer.ok_or_else(|| Missing::because(format!("the other end of {peering} could not be seen")))?)
    }
}
