use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::Vpc;

facts! { Vpc {
    "is_default": Kind::Bool, "whether AWS made it as the region's default VPC", |vpc, _| vpc.is_default;
    "enable_dns_support": Kind::Bool, "whether the VPC's resolver answers", uses ["ec2:DescribeVpcAttribute"],
        |vpc, context| context.field("ec2:DescribeVpcAttribute", vpc.enable_dns_support);
    "cidr_blocks": Kind::Ips, "all addresses of the VPC",
        |vpc, _| cidr_blocks(vpc);
}}

fn cidr_blocks(vpc: &Vpc) -> Value {
    let v4 = vpc.cidr_block_association_set.iter().map(|association| association.cidr_block.as_deref());
    let v6 = vpc.ipv6_cidr_block_association_set.iter().map(|association| association.ipv6_cidr_block.as_deref());
    let blocks = v4.chain(v6).chain([vpc.cidr_block.as_deref()]).flatten();
    match crate::net::IpSet::from_blocks(blocks) {
        Ok(set) => Value::Ips(set),
        Err(error) => Value::Unknown(Missing::because(error.to_string())),
    }
}
