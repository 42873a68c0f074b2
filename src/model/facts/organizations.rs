//! Facts of the organization and of an account's contacts.

use crate::iam::PolicyText;
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::policies::{STATEMENT, of_document};
use crate::model::{Context, Kind, Value};
use crate::resource::organizations::{
    AlternateContact, ContactInformation, DelegatedAdministrator, Organization, OrganizationAccount,
    OrganizationPolicy, OrganizationRoot, OrganizationalUnit,
};

const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";
const RESOURCE_CONTROL: &str = "RESOURCE_CONTROL_POLICY";

facts! { Organization {
    "feature_set": Kind::Text, "`ALL`, or `CONSOLIDATED_BILLING`, which has no policies",
        |organization, _| Value::optional(organization.feature_set.as_deref());
    "management_account": Kind::Text, "the account that rules it",
        |organization, _| Value::optional(organization.master_account_id.as_deref());
}}

facts! { OrganizationRoot {
    "policy_types": Kind::Texts, "the kinds of policy that are switched on", |root, _| {
        let enabled = root.policy_types.iter().filter(|of| of.status.as_deref() == Some("ENABLED"));
        enabled.map(|of| of.policy_type.clone()).collect::<Vec<_>>()
    };
    "own_service_control_policies": Kind::Texts,
        "the service control policies, other than AWS's own, that something in the organization has",
        uses ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"],
        |_, context| own_policies(context, SERVICE_CONTROL, |_| true);
    "own_resource_control_policies": Kind::Texts,
        "the resource control policies, other than AWS's own, that something in the organization has",
        uses ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"],
        |_, context| own_policies(context, RESOURCE_CONTROL, |_| true);
}}

facts! { OrganizationalUnit {
    "path": Kind::Text, "its place, from the organization down", |unit, _| Value::optional(unit.path.as_deref());
}}

facts! { OrganizationAccount {
    "is_active": Kind::Bool, "whether it is in use, and not suspended or closed", |account, _| account.is_active();
    "is_management_account": Kind::Bool, "whether it rules the organization; service control policies do not bind it",
        uses ["organizations:DescribeOrganization"],
        |account, context| match context.organization() {
            Ok(Some(organization)) => Value::optional(organization.master_account_id.as_ref().map(|id| *id == account.id)),
            Ok(None) => Value::Absent,
            Err(missing) => Value::Unknown(missing),
        };
    "joined_method": Kind::Text, "`INVITED` or `CREATED`", |account, _| Value::optional(account.joined_method.as_deref());
    "path": Kind::Text, "its place, from the organization down", uses ["organizations:ListAccountsForParent"],
        |account, context| context.field("organizations:ListAccountsForParent", account.path.as_deref());
    "own_service_control_policies": Kind::Texts,
        "the service control policies, other than AWS's own, on it or on what it lies in",
        uses ["organizations:ListPolicies", "organizations:ListTargetsForPolicy", "organizations:ListAccountsForParent"],
        |account, context| match &account.path {
            Some(path) => own_policies(context, SERVICE_CONTROL, |target| {
                target == account.id || path.split('/').any(|place| place == target)
            }),
            None => match context.require("organizations:ListAccountsForParent") {
                Err(missing) => Value::Unknown(missing),
                Ok(()) => Value::Unknown(Missing::because("where the account lies is not known")),
            },
        };
}}

facts! { OrganizationPolicy {
    "type": Kind::Text, "`SERVICE_CONTROL_POLICY` or `RESOURCE_CONTROL_POLICY`", |policy, _| &policy.policy_type;
    "is_aws_managed": Kind::Bool, "whether it is AWS's own", |policy, _| policy.aws_managed;
    "targets": Kind::Texts, "the roots, units and accounts that have it, by id", uses ["organizations:ListTargetsForPolicy"],
        |policy, context| {
            let targets = policy.targets.as_ref();
            let ids = targets.map(|targets| targets.iter().map(|target| target.target_id.clone()).collect::<Vec<_>>());
            context.field("organizations:ListTargetsForPolicy", ids)
        };
    "statements": Kind::List(STATEMENT), "its statements", uses ["organizations:DescribePolicy"],
        |policy, context| match &policy.content {
            Some(content) => {
                of_document(policy.name.as_deref().unwrap_or(&policy.id), &PolicyText::new(content)).into()
            }
            None => context.field("organizations:DescribePolicy", None::<bool>),
        };
}}

facts! { DelegatedAdministrator {
    "services": Kind::Texts, "the services that it manages for the organization",
        uses ["organizations:ListDelegatedServicesForAccount"],
        |administrator, context| {
            let services = administrator.delegated_services.as_ref();
            let names = services.map(|all| all.iter().map(|one| one.service_principal.clone()).collect::<Vec<_>>());
            context.field("organizations:ListDelegatedServicesForAccount", names)
        };
}}

facts! { ContactInformation {
    "company_name": Kind::Text, "the company that the account is registered for",
        |contact, _| Value::optional(contact.company_name.as_deref());
}}

facts! { AlternateContact {
    "type": Kind::Text, "`BILLING`, `OPERATIONS` or `SECURITY`", |contact, _| &contact.alternate_contact_type;
    "email_address": Kind::Text, "where AWS writes to", |contact, _| Value::optional(contact.email_address.as_deref());
}}

/// The names of the organization's own policies of a type on a fitting target;
/// unknown if the policies or the targets of one of them were not all read.
fn own_policies(context: &Context<'_>, of: &str, fits: impl Fn(&str) -> bool) -> Value {
    for operation in ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"] {
        if let Err(missing) = context.require(operation) {
            return Value::Unknown(missing);
        }
    }
    let policies = context.model.inventory.in_scope::<OrganizationPolicy>(context.scope);
    let own = policies.filter(|policy| policy.policy_type == of && !policy.aws_managed);
    let here = own.filter(|policy| policy.targets.iter().flatten().any(|target| fits(&target.target_id)));
    here.map(|policy| policy.name.clone().unwrap_or_else(|| policy.id.clone())).collect::<Vec<_>>().into()
}

/// Whether AWS has somebody to write to about a matter.
pub fn has_contact(context: &Context<'_>, matter: &str) -> bool {
    context.model.inventory.get::<AlternateContact>(context.scope, matter).is_some()
}

pub fn in_organization(context: &Context<'_>) -> Value {
    Value::known(context.organization().map(|organization| organization.is_some()))
}

pub fn is_management_account(context: &Context<'_>) -> Value {
    match context.organization() {
        Ok(Some(organization)) => {
            Value::optional(organization.master_account_id.as_ref().map(|id| id == context.scope.account.as_str()))
        }
        Ok(None) => Value::Bool(false),
        Err(missing) => Value::Unknown(missing),
    }
}
