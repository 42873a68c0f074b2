use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::VpcAttributeName;

use crate::collect::reader::Reader;
use crate::resource::ec2::Vpc;

use super::mirror::{listed, mirror};

pub const LIST: &str = "ec2:DescribeVpcs";

/// The VPCs that could be read, and whether they are all: an empty list is one that AWS gave to its end.
pub struct Listed {
    pub vpcs: Vec<Vpc>,
    pub all: bool,
}

pub async fn list(reader: &Reader, ec2: &Client) -> Listed {
    let (vpcs, all) = reader
        .list(
            LIST,
            &[],
            |token| ec2.describe_vpcs().max_results(1000).set_next_token(token).send(),
            |page| (page.vpcs.unwrap_or_default(), page.next_token),
        )
        .await;
    let listed = vpcs.len();
    let vpcs = super::mirror::resources::<Vpc, _>(reader, vpcs);
    Listed { all: all && vpcs.len() == listed, vpcs }
}

pub async fn attributes(reader: &Reader, ec2: &Client, vpcs: Vec<Vpc>) {
    futures::future::join_all(vpcs.into_iter().map(async |mut vpc| {
        (vpc.enable_dns_support, vpc.enable_dns_hostnames) = tokio::join!(
            attribute(reader, ec2, &vpc.vpc_id, VpcAttributeName::EnableDnsSupport),
            attribute(reader, ec2, &vpc.vpc_id, VpcAttributeName::EnableDnsHostnames),
        );
        reader.insert(vpc);
    }))
    .await;
}

/// There is no list call for attributes: one call each.
async fn attribute(reader: &Reader, ec2: &Client, vpc: &str, name: VpcAttributeName) -> Option<bool> {
    let output = reader
        .one("ec2:DescribeVpcAttribute", || ec2.describe_vpc_attribute().vpc_id(vpc).attribute(name.clone()).send())
        .await?;
    let value = match name {
        VpcAttributeName::EnableDnsSupport => output.enable_dns_support,
        _ => output.enable_dns_hostnames,
    };
    value.and_then(|value| value.value)
}

listed! { Vpc => Vpc by [vpc_id] { owner_id, instance_tenancy, ipv6_cidr_block_association_set, cidr_block_association_set, is_default, encryption_control, block_public_access_states, state, cidr_block, dhcp_options_id, tags } later { enable_dns_support, enable_dns_hostnames } }
mirror! {
    VpcIpv6CidrBlockAssociation => VpcIpv6CidrBlockAssociation { association_id, ipv6_cidr_block, ipv6_cidr_block_state, network_border_group, ipv6_pool, ipv6_address_attribute, ip_source }
    VpcCidrBlockState => VpcCidrBlockState { state, status_message }
    VpcCidrBlockAssociation => VpcCidrBlockAssociation { association_id, cidr_block, cidr_block_state }
    VpcEncryptionControl => VpcEncryptionControl { vpc_encryption_control_id, mode, state, state_message }
    BlockPublicAccessStates => BlockPublicAccessStates { internet_gateway_block_mode }
}
