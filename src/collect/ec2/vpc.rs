use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::VpcAttributeName;

use crate::collect::reader::Reader;
use crate::resource::ec2::{CidrBlockAssociation, Vpc};

use super::tags;

pub async fn collect(reader: &Reader, ec2: &Client) {
    let vpcs = reader
        .pages(
            "ec2:DescribeVpcs",
            |token| ec2.describe_vpcs().max_results(1000).set_next_token(token).send(),
            |page| (page.vpcs.unwrap_or_default(), page.next_token),
        )
        .await;
    let vpcs = vpcs.into_iter().filter_map(|vpc| {
        let id = vpc.vpc_id.clone();
        if id.is_none() {
            reader.malformed("ec2:DescribeVpcs", "a VPC without an id");
        }
        Some((id?, vpc))
    });
    futures::future::join_all(vpcs.map(async |(id, vpc)| {
        let (support, hostnames) = tokio::join!(
            attribute(reader, ec2, &id, VpcAttributeName::EnableDnsSupport),
            attribute(reader, ec2, &id, VpcAttributeName::EnableDnsHostnames),
        );
        reader.insert(vpc_of(id, vpc, support, hostnames));
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

fn vpc_of(id: String, vpc: aws_sdk_ec2::types::Vpc, support: Option<bool>, hostnames: Option<bool>) -> Vpc {
    let v4 = vpc.cidr_block_association_set.into_iter().flatten().filter_map(|association| {
        Some(CidrBlockAssociation {
            association_id: association.association_id,
            cidr_block: association.cidr_block?,
            state: association.cidr_block_state.and_then(|s| s.state).map(|s| s.as_str().to_owned()),
        })
    });
    let v6 = vpc.ipv6_cidr_block_association_set.into_iter().flatten().filter_map(|association| {
        Some(CidrBlockAssociation {
            association_id: association.association_id,
            cidr_block: association.ipv6_cidr_block?,
            state: association.ipv6_cidr_block_state.and_then(|s| s.state).map(|s| s.as_str().to_owned()),
        })
    });
    Vpc {
        vpc_id: id,
        owner_id: vpc.owner_id,
        state: vpc.state.map(|s| s.as_str().to_owned()),
        is_default: vpc.is_default.unwrap_or(false),
        cidr_block: vpc.cidr_block,
        cidr_block_association_set: v4.collect(),
        ipv6_cidr_block_association_set: v6.collect(),
        dhcp_options_id: vpc.dhcp_options_id,
        instance_tenancy: vpc.instance_tenancy.map(|t| t.as_str().to_owned()),
        internet_gateway_block_mode: vpc
            .block_public_access_states
            .and_then(|s| s.internet_gateway_block_mode)
            .map(|m| m.as_str().to_owned()),
        enable_dns_support: support,
        enable_dns_hostnames: hostnames,
        tags: tags(vpc.tags),
    }
}
