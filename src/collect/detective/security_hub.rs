//! Security Hub: whether the region has it, and the standards that it checks.

use aws_sdk_securityhub::Client;

use crate::collect::classify::Failure;
use crate::collect::reader::Reader;
use crate::inventory::Outcome;
use crate::resource::detective::{Hub, HubOrganization, StandardsStatusReason, StandardsSubscription};

pub async fn collect(reader: &Reader) {
    const DESCRIBE: &str = "securityhub:DescribeHub";
    let hub = reader.securityhub();
    let output = match reader.call(DESCRIBE, || hub.describe_hub().send()).await {
        Ok(output) => output,
        Err(failure) if is_not_subscribed(&failure) => return reader.record(DESCRIBE, Outcome::Complete),
        Err(failure) => return reader.gap(DESCRIBE, failure.reason, failure.message, false),
    };
    reader.record(DESCRIBE, Outcome::Complete);
    let Some(hub_arn) = output.hub_arn else {
        reader.malformed(DESCRIBE, "a hub without an ARN");
        return;
    };
    let standards = reader.pages(
        "securityhub:GetEnabledStandards",
        |token| hub.get_enabled_standards().max_results(100).set_next_token(token).send(),
        |page| (page.standards_subscriptions.unwrap_or_default(), page.next_token),
    );
    let (standards, organization) = tokio::join!(standards, organization(reader, &hub));
    let mut standards: Vec<_> = standards
        .into_iter()
        .filter_map(|standard| {
            if standard.standards_arn.is_none() {
                reader.malformed("securityhub:GetEnabledStandards", "a standard without an ARN");
            }
            Some(StandardsSubscription {
                standards_arn: standard.standards_arn?,
                standards_subscription_arn: standard.standards_subscription_arn,
                standards_status: standard.standards_status.map(|s| s.as_str().to_owned()),
                standards_status_reason: standard.standards_status_reason.map(|reason| StandardsStatusReason {
                    status_reason_code: reason.status_reason_code.map(|c| c.as_str().to_owned()),
                }),
            })
        })
        .collect();
    standards.sort_by(|a, b| a.standards_arn.cmp(&b.standards_arn));
    reader.insert(Hub {
        hub_arn,
        subscribed_at: output.subscribed_at,
        auto_enable_controls: output.auto_enable_controls,
        control_finding_generator: output.control_finding_generator.map(|g| g.as_str().to_owned()),
        standards_subscriptions: standards,
        organization,
    });
}

/// Only who manages Security Hub for the organization is answered.
async fn organization(reader: &Reader, hub: &Client) -> Option<HubOrganization> {
    const OPERATION: &str = "securityhub:DescribeOrganizationConfiguration";
    let output = match reader.call(OPERATION, || hub.describe_organization_configuration().send()).await {
        Ok(output) => output,
        Err(failure) if is_no_administrator(&failure) => {
            reader.record(OPERATION, Outcome::Complete);
            return None;
        }
        Err(failure) => {
            reader.gap(OPERATION, failure.reason, failure.message, false);
            return None;
        }
    };
    reader.record(OPERATION, Outcome::Complete);
    let central = output.organization_configuration.and_then(|of| of.configuration_type);
    Some(HubOrganization {
        auto_enable: output.auto_enable,
        configuration_type: central.map(|of| of.as_str().to_owned()),
    })
}

/// As with [`is_not_subscribed`], the code alone does not say it: "Account .. is not an administrator for this
/// organization".
fn is_no_administrator(failure: &Failure) -> bool {
    failure.code.as_deref() == Some("InvalidAccessException") && failure.message.contains("not an administrator")
}

/// Whether AWS says that the account has no Security Hub here. The code alone
/// does not: `InvalidAccessException` also refuses credentials.
fn is_not_subscribed(failure: &Failure) -> bool {
    match failure.code.as_deref() {
        Some("ResourceNotFoundException") => true,
        Some("InvalidAccessException") => failure.message.contains("not subscribed"),
        _ => false,
    }
}
