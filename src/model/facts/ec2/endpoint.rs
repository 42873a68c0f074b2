use crate::iam::{Effect, Principals, Selection};
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{Subnet, VpcEndpoint, VpcEndpointService};

use super::{given, is_owned, name, tag_keys, tags, texts};

facts! { VpcEndpoint {
    "name": Kind::Text, "its `Name` tag", |endpoint, _| name(endpoint);
    "tag_keys": Kind::Texts, "the keys of its tags", |endpoint, _| tag_keys(endpoint);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |endpoint, _| tags(endpoint);
    "is_owned": Kind::Bool, "whether the account owns it", |endpoint, context| is_owned(context, endpoint.owner_id.as_deref());
    "endpoint_type": Kind::Text, "`Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource` or `ServiceNetwork`", |endpoint, _| Value::optional(endpoint.vpc_endpoint_type.as_deref());
    "service_name": Kind::Text, "the service that it leads to", |endpoint, _| Value::optional(endpoint.service_name.as_deref());
    "state": Kind::Text, "`available`, `pendingAcceptance`, `pending`, `rejected`, `failed` and others", |endpoint, _| Value::optional(endpoint.state.as_deref());
    "vpc_id": Kind::Text, "its VPC", |endpoint, _| Value::optional(endpoint.vpc_id.as_deref());
    "subnets": Kind::Texts, "the subnets that it has interfaces in",
        |endpoint, _| texts(endpoint.subnet_ids.iter().map(|id| Some(id.as_str())));
    "availability_zones": Kind::Texts, "the availability zones that it has interfaces in", uses ["ec2:DescribeSubnets"],
        |endpoint, context| Value::known(zones(endpoint, context));
    "zone_count": Kind::Int, "how many availability zones it has interfaces in", uses ["ec2:DescribeSubnets"],
        |endpoint, context| Value::known(zones(endpoint, context).map(|zones| zones.len()));
    "route_tables": Kind::Texts, "the route tables of a gateway endpoint",
        |endpoint, _| texts(endpoint.route_table_ids.iter().map(|id| Some(id.as_str())));
    "security_groups": Kind::Texts, "the ids of its security groups",
        |endpoint, _| texts(endpoint.groups.iter().map(|group| group.group_id.as_deref()));
    "private_dns_enabled": Kind::Bool, "whether the service's own name leads to it inside the VPC",
        |endpoint, _| Value::optional(endpoint.private_dns_enabled);
    "policy_is_open": Kind::Bool,
        "whether its policy lets anyone use every action, or every one of a service, on any resource and under no condition; absent where it has no policy",
        |endpoint, _| policy_is_open(endpoint);
}}

facts! { VpcEndpointService {
    "name": Kind::Text, "its `Name` tag", |service, _| name(service);
    "tag_keys": Kind::Texts, "the keys of its tags", |service, _| tag_keys(service);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |service, _| tags(service);
    "service_name": Kind::Text, "the service's name", |service, _| Value::optional(service.service_name.as_deref());
    "state": Kind::Text, "`Available`, `Pending`, `Deleting`, `Deleted` or `Failed`", |service, _| Value::optional(service.service_state.as_deref());
    "acceptance_required": Kind::Bool, "whether somebody must accept each endpoint",
        |service, _| given(service.acceptance_required, "AcceptanceRequired");
    "allowed_principals": Kind::Texts, "who may make endpoints to it: ARNs, or `*` for anyone",
        uses ["ec2:DescribeVpcEndpointServicePermissions"],
        |service, context| context.field("ec2:DescribeVpcEndpointServicePermissions",
            service.allowed_principals.as_ref().map(|all| texts(all.iter().map(|one| one.principal.as_deref()))));
    "allows_everyone": Kind::Bool, "whether anyone may make endpoints to it",
        uses ["ec2:DescribeVpcEndpointServicePermissions"],
        |service, context| context.field("ec2:DescribeVpcEndpointServicePermissions",
            service.allowed_principals.as_ref().map(|all| all.iter().any(|one| one.principal.as_deref() == Some("*"))));
}}

fn zones(endpoint: &VpcEndpoint, context: &Context<'_>) -> Result<Vec<String>, Missing> {
    let zone = |id: &String| match context.model.inventory.get::<Subnet>(context.scope, id) {
        Some(subnet) => Ok(subnet.availability_zone.as_deref()),
        None => {
            context.require("ec2:DescribeSubnets")?;
            Err(Missing::because(format!("{id} could not be seen")))
        }
    };
    Ok(texts(endpoint.subnet_ids.iter().map(zone).collect::<Result<Vec<_>, _>>()?))
}

fn policy_is_open(endpoint: &VpcEndpoint) -> Value {
    let Some(policy) = &endpoint.policy_document else { return Value::Absent };
    let document = match policy.document() {
        Ok(document) => document,
        Err(error) => return Value::Unknown(Missing::because(format!("the endpoint's policy: {error}"))),
    };
    let open = document.statements.iter().any(|statement| {
        statement.effect == Effect::Allow
            && statement.conditions.is_empty()
            && statement.covers_broadly()
            && statement.principals.as_ref().is_some_and(is_anyone)
            && match &statement.actions {
                Selection::Only(patterns) => patterns.iter().any(|pattern| pattern == "*" || pattern.ends_with(":*")),
                Selection::AllBut(_) => true,
            }
    });
    // A perimeter allows all and denies what is not of the organization.
    let denies = document.statements.iter().any(|statement| statement.effect == Effect::Deny);
    match open && denies {
        true => Value::Unknown(Missing::because("the policy's deny statements are not weighed against its allow")),
        false => Value::Bool(open),
    }
}

fn is_anyone(principals: &Principals) -> bool {
    principals.all_but || principals.of.iter().any(|principal| principal.value == "*")
}
