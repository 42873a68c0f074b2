//! The organization's policies: those that bound what its accounts may do, and what it sets for tags and AI services.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::{PolicySummary, PolicyType};

use crate::collect::reader::Reader;
use crate::resource::organizations::{OrganizationPolicy, PolicyTarget};

use super::{IN_NONE, PAGE, parse};

const OPERATION: &str = "organizations:ListPolicies";

pub async fn collect(reader: &Reader, client: &Client) {
    tokio::join!(
        of_type(reader, client, PolicyType::ServiceControlPolicy),
        of_type(reader, client, PolicyType::ResourceControlPolicy),
        of_type(reader, client, PolicyType::TagPolicy),
        of_type(reader, client, PolicyType::AiservicesOptOutPolicy),
    );
}

async fn of_type(reader: &Reader, client: &Client, of: PolicyType) {
    // Partitions that lack a type refuse to list it; service control policies are everywhere.
    const NO_SUCH_TYPE: &[&str] = &["AWSOrganizationsNotInUseException", "UnsupportedAPIEndpointException"];
    let nothing = if of == PolicyType::ServiceControlPolicy { IN_NONE } else { NO_SUCH_TYPE };
    let policies = reader
        .pages_or(
            OPERATION,
            nothing,
            |token| client.list_policies().filter(of.clone()).max_results(PAGE).set_next_token(token).send(),
            |page| (page.policies.unwrap_or_default(), page.next_token),
        )
        .await;
    futures::future::join_all(policies.into_iter().map(|policy| one(reader, client, &of, policy))).await;
}

async fn one(reader: &Reader, client: &Client, of: &PolicyType, policy: PolicySummary) {
    let (Some(id), Some(arn)) = (policy.id, policy.arn.as_deref().and_then(parse)) else {
        return reader.malformed(OPERATION, "a policy without an id or an ARN");
    };
    let (described, targets) = tokio::join!(
        reader.one("organizations:DescribePolicy", || client.describe_policy().policy_id(&id).send()),
        targets(reader, client, &id),
    );
    let content = described.and_then(|output| {
        let content = output.policy.and_then(|policy| policy.content);
        if content.is_none() {
            reader.malformed("organizations:DescribePolicy", format!("{id} has no content"));
        }
        content
    });
    reader.insert(OrganizationPolicy {
        id,
        arn,
        name: policy.name,
        description: policy.description,
        policy_type: of.as_str().to_owned(),
        aws_managed: policy.aws_managed,
        content,
        targets,
    });
}

/// NOTE: by policy and not by target: there are fewer policies than accounts.
async fn targets(reader: &Reader, client: &Client, policy: &str) -> Option<Vec<PolicyTarget>> {
    let targets = reader
        .all_pages(
            "organizations:ListTargetsForPolicy",
            |token| {
                let call = client.list_targets_for_policy().policy_id(policy);
                call.max_results(PAGE).set_next_token(token).send()
            },
            |page| (page.targets.unwrap_or_default(), page.next_token),
        )
        .await?;
    let mut targets: Vec<_> = targets
        .into_iter()
        .filter_map(|target| {
            Some(PolicyTarget {
                target_id: target.target_id?,
                target_type: target.r#type.map(|of| of.as_str().to_owned()),
                name: target.name,
            })
        })
        .collect();
    targets.sort();
    Some(targets)
}
