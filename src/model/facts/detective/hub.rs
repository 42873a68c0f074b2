//! Facts of Security Hub.

use crate::model::facts::facts;
use crate::model::facts::organizations::manages;
use crate::model::{Kind, Value};
use crate::resource::detective::Hub;

facts! { Hub {
    "standards": Kind::Texts, "the standards that it checks, such as `cis-aws-foundations-benchmark/v/3.0.0`",
        needs ["securityhub:GetEnabledStandards"],
        |hub, _| enabled_standards(hub);
    "failed_standards": Kind::Texts, "the standards that were to be enabled or disabled and could not be",
        needs ["securityhub:GetEnabledStandards"],
        |hub, _| in_status(hub, &["FAILED"]);
    "manages_organization": Kind::Bool, "whether its account manages Security Hub for the organization",
        uses ["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"],
        |_, context| manages(context, "securityhub.amazonaws.com");
    "takes_in_members": Kind::Bool,
        "whether accounts that join the organization get Security Hub, by itself or by the administrator's policies; false if its account does not manage it here",
        needs ["securityhub:DescribeOrganizationConfiguration"],
        |hub, _| hub.organization.as_ref().is_some_and(|of| {
            of.auto_enable == Some(true) || of.configuration_type.as_deref() == Some("CENTRAL")
        });
    "auto_enable_controls": Kind::Bool, "whether controls that AWS adds to an enabled standard are switched on",
        |hub, _| Value::optional(hub.auto_enable_controls);
}}

/// A standard that is being enabled counts, and one that has not all its controls; one that is being deleted does not.
pub(super) fn enabled_standards(hub: &Hub) -> Vec<String> {
    in_status(hub, &["READY", "INCOMPLETE", "PENDING"])
}

fn in_status(hub: &Hub, statuses: &[&str]) -> Vec<String> {
    let of = hub.standards_subscriptions.iter();
    let mut names: Vec<String> = of
        .filter(|standard| standard.standards_status.as_deref().is_some_and(|status| statuses.contains(&status)))
        .map(|standard| name(&standard.standards_arn).to_owned())
        .collect();
    names.sort();
    names
}

/// What follows `standards/` or, in the oldest ARNs, `ruleset/`.
fn name(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').last().unwrap_or(arn);
    resource.split_once('/').map_or(resource, |(_, name)| name)
}
