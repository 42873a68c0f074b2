//! Facts of the organization and of an account's contacts.

use std::collections::BTreeSet;

use crate::iam::{PolicyText, RequestContext};
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::policies::{STATEMENT, of_document};
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::organizations::{
    AlternateContact, ContactInformation, DelegatedAdministrator, Organization, OrganizationAccount,
    OrganizationPolicy, OrganizationRoot, OrganizationalUnit,
};

const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";
const RESOURCE_CONTROL: &str = "RESOURCE_CONTROL_POLICY";
const TAG: &str = "TAG_POLICY";
const AI_OPT_OUT: &str = "AISERVICES_OPT_OUT_POLICY";

/// Services that can be managed for a whole organization from a member account, and that should be.
const WATCHING: [&str; 7] = [
    "access-analyzer.amazonaws.com",
    "config.amazonaws.com",
    "detective.amazonaws.com",
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "macie.amazonaws.com",
    "securityhub.amazonaws.com",
];

const SERVICE: &[Field] =
    &[Field { name: "service", kind: Kind::Text, doc: "its principal, such as `guardduty.amazonaws.com`" }];

pub const REGION: &[Field] = &[Field { name: "region", kind: Kind::Text, doc: "the region" }];

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
    "undelegated_services": Kind::List(SERVICE),
        "of the services that watch accounts, those that no member account manages for the organization",
        uses ["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"],
        |_, context| undelegated_services(context);
    "own_tag_policies": Kind::Texts, "the tag policies that something in the organization has; none while the type is off",
        uses ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"],
        |root, context| management_policies(context, root, TAG, |_| Ok(true));
    "ai_opt_out_policies": Kind::Texts,
        "the policies on the root itself that opt out of letting AI services keep content, for every service that no policy names, and that no policy below may change; none while the type is off",
        uses ["organizations:DescribePolicy", "organizations:ListPolicies", "organizations:ListTargetsForPolicy"],
        |root, context| management_policies(context, root, AI_OPT_OUT, |policy| {
            Ok(is_on(policy, &root.id) && opts_out_for_good(policy, context)?)
        });
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
    "type": Kind::Text, "`SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, `TAG_POLICY` or `AISERVICES_OPT_OUT_POLICY`",
        |policy, _| &policy.policy_type;
    "is_aws_managed": Kind::Bool, "whether it is AWS's own", |policy, _| policy.aws_managed;
    "targets": Kind::Texts, "the roots, units and accounts that have it, by id", uses ["organizations:ListTargetsForPolicy"],
        |policy, context| {
            let targets = policy.targets.as_ref();
            let ids = targets.map(|targets| targets.iter().map(|target| target.target_id.clone()).collect::<Vec<_>>());
            context.field("organizations:ListTargetsForPolicy", ids)
        };
    "statements": Kind::List(STATEMENT), "its statements; absent of policies that have none", uses ["organizations:DescribePolicy"],
        |policy, context| match &policy.content {
            _ if !policy.has_statements() => Value::Absent,
            Some(content) => {
                of_document(policy.name.as_deref().unwrap_or(&policy.id), &PolicyText::new(content)).into()
            }
            None => context.field("organizations:DescribePolicy", None::<bool>),
        };
}}

facts! { DelegatedAdministrator {
    "account": Kind::Text, "the account's id", |administrator, _| &administrator.id;
    "name": Kind::Text, "the account's name", |administrator, _| Value::optional(administrator.name.as_deref());
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

fn is_on(policy: &OrganizationPolicy, target: &str) -> bool {
    policy.targets.iter().flatten().any(|on| on.target_id == target)
}

/// The names of the organization's policies of a type that only counts while it is switched on; those that are
/// attached and fit. Unknown if one that would be enough was not read.
fn management_policies(
    context: &Context<'_>,
    root: &OrganizationRoot,
    of: &str,
    fits: impl Fn(&OrganizationPolicy) -> Result<bool, Missing>,
) -> Value {
    let is_enabled =
        root.policy_types.iter().any(|one| one.policy_type == of && one.status.as_deref() == Some("ENABLED"));
    if !is_enabled {
        return Vec::<String>::new().into();
    }
    for operation in ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"] {
        if let Err(missing) = context.require(operation) {
            return Value::Unknown(missing);
        }
    }
    let policies =
        || context.model.inventory.in_scope::<OrganizationPolicy>(context.scope).filter(|one| one.policy_type == of);
    // Files that hold policies of other types do not say that there are none of this one.
    if context.model.inventory.provenance.is_import && policies().next().is_none() {
        return Value::Unknown(Missing::because(format!("the imported files hold no policy of the type {of}")));
    }
    let attached = policies().filter(|policy| policy.targets.iter().flatten().next().is_some());
    let (mut names, mut unknown) = (Vec::new(), None::<Missing>);
    for policy in attached {
        match fits(policy) {
            Ok(true) => names.push(policy.name.clone().unwrap_or_else(|| policy.id.clone())),
            Ok(false) => {}
            Err(missing) => unknown = Some(unknown.map_or(missing.clone(), |all| all.and(&missing))),
        }
    }
    match unknown {
        Some(missing) if names.is_empty() => Value::Unknown(missing),
        _ => names.into(),
    }
}

/// Whether a policy opts out of all AI services that it does not name, and forbids policies below to change that.
fn opts_out_for_good(policy: &OrganizationPolicy, context: &Context<'_>) -> Result<bool, Missing> {
    let Some(content) = &policy.content else {
        context.require("organizations:DescribePolicy")?;
        return Err(Missing::because(format!("the content of {} was not read", policy.id)));
    };
    let read: Result<serde_json::Value, _> = serde_json::from_str(content);
    let document = read.map_err(|error| Missing::because(format!("{} cannot be read: {error}", policy.id)))?;
    let default = document.pointer("/services/default/opt_out_policy");
    let member = |name: &str| default.and_then(|default| default.get(name));
    let is_fixed = member("@@operators_allowed_for_child_policies")
        .and_then(serde_json::Value::as_array)
        .is_some_and(|allowed| allowed.iter().all(|operator| operator == "@@none") && !allowed.is_empty());
    Ok(member("@@assign").is_some_and(|value| value == "optOut") && is_fixed)
}

/// The services that member accounts manage for the organization: all of them, or one account's.
///
/// # Errors
/// The administrators, or the services of one, were not all read.
pub fn delegated_services(context: &Context<'_>, account: Option<&str>) -> Result<Vec<String>, Missing> {
    const LIST: &str = "organizations:ListDelegatedAdministrators";
    const SERVICES: &str = "organizations:ListDelegatedServicesForAccount";
    // It is asked in one account for all members.
    let asked = context.model.network().account_list();
    let scope = asked.map_or_else(|| context.scope.account_wide(), Clone::clone);
    context.require_in(&scope, LIST)?;
    let all = context.model.inventory.of_type::<DelegatedAdministrator>().map(|(_, one)| one);
    let mut services = BTreeSet::new();
    for administrator in all.filter(|one| account.is_none_or(|account| one.id == account)) {
        let Some(of) = &administrator.delegated_services else {
            context.require_in(&scope, SERVICES)?;
            return Err(Missing::because(format!("the services of {} were not read", administrator.id)));
        };
        services.extend(of.iter().map(|one| one.service_principal.clone()));
    }
    Ok(services.into_iter().collect())
}

/// Whether the account manages a service for its organization.
pub fn manages(context: &Context<'_>, service: &str) -> Value {
    let services = delegated_services(context, Some(context.scope.account.as_str()));
    Value::known(services.map(|all| all.iter().any(|one| one == service)))
}

fn undelegated_services(context: &Context<'_>) -> Value {
    match delegated_services(context, None) {
        Ok(known) => {
            let without = WATCHING.into_iter().filter(|service| !known.iter().any(|one| one == service));
            Value::List(without.map(|service| Record::new(SERVICE, [service.into()])).collect())
        }
        Err(missing) => Value::Unknown(missing),
    }
}

/// Which regions of an account its organization's policies leave open.
struct Regions {
    open: Vec<String>,
    closed: Vec<String>,
}

/// A region is closed if the account's own root user, whom no other policy binds, may start no instance there.
fn regions(context: &Context<'_>) -> Result<Regions, Missing> {
    let (permissions, account) = (context.model.permissions(), &context.scope.account);
    let partition = context.scope.partition.as_str();
    let root = permissions.find(&format!("arn:{partition}:iam::{account}:root"));
    let root = root.ok_or_else(|| Missing::because(format!("{account} was not read")))?;
    let mut regions = Regions { open: Vec::new(), closed: Vec::new() };
    let seen = context.model.regions_of(context.scope).map(|scope| scope.region.as_str());
    let all: BTreeSet<&str> = seen.chain(context.scope.partition.default_regions().iter().copied()).collect();
    for region in all {
        let instance = format!("arn:{partition}:ec2:{region}:{account}:instance/\u{1}");
        let request = RequestContext::new().with("aws:RequestedRegion", region);
        let may = permissions.can(root, "ec2:RunInstances", &instance, &request).may;
        let of = if may { &mut regions.open } else { &mut regions.closed };
        of.push(region.to_owned());
    }
    // A policy that was not read could close more.
    match permissions.missing_denials(account).iter().cloned().reduce(|all, one| all.and(&one)) {
        Some(missing) if !regions.open.is_empty() => Err(missing),
        _ => Ok(regions),
    }
}

pub fn open_regions(context: &Context<'_>) -> Value {
    let record = |region: String| Record::new(REGION, [Value::Text(region)]);
    regions(context).map_or_else(Value::Unknown, |regions| Value::List(regions.open.into_iter().map(record).collect()))
}

pub fn closed_regions(context: &Context<'_>) -> Value {
    Value::known(regions(context).map(|regions| regions.closed))
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
