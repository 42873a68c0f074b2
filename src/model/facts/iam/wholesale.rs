//! What policies give wholesale: every action of a service, and single actions on whatever there is.
//!
//! The evaluator is asked, not the patterns: `kms:*`, `kms:?*` and a list of every action are the same, and what one
//! statement denies another does not give. A condition bounds what an Allow gives, so that what hangs on one is not
//! told here; a Deny with a condition leaves what it does not speak of, and takes nothing back.
//!
//! A policy that allows everything has findings of its own, and gives nothing here.

use std::collections::BTreeSet;

use crate::arn::Scope;
use crate::iam::{Compiled, Document, Effect, PolicyKind, PolicyText, Request, RequestContext, Selection, Weighed};
use crate::inventory::Missing;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::iam::{InlinePolicy, ManagedPolicy};

pub const SERVICE: &[Field] = &[
    Field { name: "service", kind: Kind::Text, doc: "the service, as actions begin" },
    Field { name: "policies", kind: Kind::Texts, doc: "the policies that allow its actions" },
];

pub const ACTION: &[Field] = &[
    Field { name: "action", kind: Kind::Text, doc: "the action" },
    Field { name: "policies", kind: Kind::Texts, doc: "the policies that allow it" },
];

/// A character that no action and no resource has: what matches a name of it alone matches every name.
const ANY: &str = "\u{1}";

/// The services that are asked for even where a policy names none, as one with `NotAction` does. Of those with a list
/// of actions, to give all of these is to give the service; of others, what a pattern for all of its actions matches.
const SERVICES: &[(&str, &[&str])] = &[
    ("apigateway", &[]),
    ("athena", &[]),
    ("autoscaling", &[]),
    ("backup", &[]),
    ("bedrock", &[]),
    ("cloudformation", &[]),
    ("cloudfront", &[]),
    ("cloudtrail", CLOUDTRAIL),
    ("cloudwatch", &[]),
    ("codebuild", &[]),
    ("codepipeline", &[]),
    ("cognito-idp", &[]),
    ("config", &[]),
    ("dynamodb", &[]),
    ("ec2", &[]),
    ("ecr", &[]),
    ("ecs", &[]),
    ("eks", &[]),
    ("elasticache", &[]),
    ("elasticfilesystem", &[]),
    ("elasticloadbalancing", &[]),
    ("es", &[]),
    ("events", &[]),
    ("glue", &[]),
    ("guardduty", &[]),
    ("iam", &[]),
    ("kinesis", &[]),
    ("kms", KMS),
    ("lambda", &[]),
    ("logs", &[]),
    ("organizations", &[]),
    ("rds", &[]),
    ("redshift", &[]),
    ("route53", &[]),
    ("s3", &[]),
    ("sagemaker", &[]),
    ("secretsmanager", &[]),
    ("securityhub", &[]),
    ("sns", &[]),
    ("sqs", &[]),
    ("ssm", &[]),
    ("states", &[]),
    ("sts", &[]),
    ("wafv2", &[]),
];

#[rustfmt::skip]
const KMS: &[&str] = &[
    "CancelKeyDeletion", "ConnectCustomKeyStore", "CreateAlias", "CreateCustomKeyStore", "CreateGrant", "CreateKey",
    "Decrypt", "DeleteAlias", "DeleteCustomKeyStore", "DeleteImportedKeyMaterial", "DeriveSharedSecret",
    "DescribeCustomKeyStores", "DescribeKey", "DisableKey", "DisableKeyRotation", "DisconnectCustomKeyStore",
    "EnableKey", "EnableKeyRotation", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GenerateRandom",
    "GetKeyPolicy", "GetKeyRotationStatus", "GetParametersForImport", "GetPublicKey", "ImportKeyMaterial",
    "ListAliases", "ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListKeys", "ListResourceTags",
    "ListRetirableGrants", "PutKeyPolicy", "ReEncryptFrom", "ReEncryptTo", "ReplicateKey", "RetireGrant",
    "RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "Sign", "TagResource", "UntagResource", "UpdateAlias",
    "UpdateCustomKeyStore", "UpdateKeyDescription", "UpdatePrimaryRegion", "Verify", "VerifyMac",
];

#[rustfmt::skip]
const CLOUDTRAIL: &[&str] = &[
    "AddTags", "CancelQuery", "CreateChannel", "CreateDashboard", "CreateEventDataStore", "CreateTrail",
    "DeleteChannel", "DeleteDashboard", "DeleteEventDataStore", "DeleteResourcePolicy", "DeleteTrail",
    "DeregisterOrganizationDelegatedAdmin", "DescribeQuery", "DescribeTrails", "DisableFederation",
    "EnableFederation", "GenerateQuery", "GetChannel", "GetDashboard", "GetEventConfiguration", "GetEventDataStore",
    "GetEventSelectors", "GetImport", "GetInsightSelectors", "GetQueryResults", "GetResourcePolicy", "GetTrail",
    "GetTrailStatus", "ListChannels", "ListDashboards", "ListEventDataStores", "ListImportFailures", "ListImports",
    "ListPublicKeys", "ListQueries", "ListTags", "ListTrails", "LookupEvents", "PutEventConfiguration",
    "PutEventSelectors", "PutInsightSelectors", "PutResourcePolicy", "RegisterOrganizationDelegatedAdmin",
    "RemoveTags", "RestoreEventDataStore", "SearchSampleQueries", "StartDashboardRefresh",
    "StartEventDataStoreIngestion", "StartImport", "StartLogging", "StartQuery", "StopEventDataStoreIngestion",
    "StopImport", "StopLogging", "UpdateChannel", "UpdateDashboard", "UpdateEventDataStore", "UpdateTrail",
];

/// What an action is done to.
#[derive(Debug, Clone, Copy)]
enum On {
    /// It has no resource.
    Nothing,
    /// What begins so in an ARN of the account, after the service.
    Own(&'static str, &'static str),
    /// Roles, of whichever account.
    Roles,
}

/// Single actions of which one on everything is much.
const ACTIONS: &[(&str, On)] = &[
    ("aws-marketplace:Subscribe", On::Nothing),
    ("iam:PassRole", On::Own("iam", "role/")),
    ("kms:Decrypt", On::Own("kms", "key/")),
    ("kms:ReEncryptFrom", On::Own("kms", "key/")),
    ("secretsmanager:GetSecretValue", On::Own("secretsmanager", "secret:")),
    ("sts:AssumeRole", On::Roles),
];

/// Policies that are weighed together, by name.
struct Policies<'p> {
    named: Vec<(&'p str, Compiled)>,
    partition: &'static str,
    account: &'p str,
    /// Whether one of them allows everything.
    is_everything: bool,
}

/// The services of which a principal's own policies give every action.
pub fn inline_services(policies: &[InlinePolicy], context: &Context<'_>) -> Value {
    inline(policies, context, services)
}

/// The actions that a principal's own policies give on everything.
pub fn inline_actions(policies: &[InlinePolicy], context: &Context<'_>) -> Value {
    inline(policies, context, actions)
}

/// As [`inline_services`], of a managed policy's default version.
pub fn managed_services(policy: &ManagedPolicy, context: &Context<'_>) -> Value {
    managed(policy, context, services)
}

/// As [`inline_actions`], of a managed policy's default version.
pub fn managed_actions(policy: &ManagedPolicy, context: &Context<'_>) -> Value {
    managed(policy, context, actions)
}

fn inline(policies: &[InlinePolicy], context: &Context<'_>, given: fn(&Policies<'_>) -> Value) -> Value {
    let texts = policies.iter().map(|policy| (policy.policy_name.as_str(), &policy.policy_document));
    Policies::of(texts, context.scope).map_or_else(Value::Unknown, |policies| given(&policies))
}

fn managed(policy: &ManagedPolicy, context: &Context<'_>, given: fn(&Policies<'_>) -> Value) -> Value {
    let Some(version) = policy.default_version() else {
        return Value::Unknown(Missing::because("no version of the policy is the default one"));
    };
    let text = [(policy.policy_name.as_str(), &version.document)];
    Policies::of(text.into_iter(), context.scope).map_or_else(Value::Unknown, |policies| given(&policies))
}

fn services(policies: &Policies<'_>) -> Value {
    let given = |service: &str| {
        let by = policies.give_all_of(service)?;
        Some(Record::new(SERVICE, [service.into(), by.into()]))
    };
    policies.services_to_ask().iter().filter_map(|service| given(service)).collect::<Vec<_>>().into()
}

fn actions(policies: &Policies<'_>) -> Value {
    let given = |(action, on): &(&str, On)| {
        let by = policies.resources(*on).iter().find_map(|resource| policies.allow(action, resource))?;
        Some(Record::new(ACTION, [(*action).into(), by.into_iter().collect::<Vec<_>>().into()]))
    };
    ACTIONS.iter().filter(|_| !policies.is_everything).filter_map(given).collect::<Vec<_>>().into()
}

impl<'p> Policies<'p> {
    fn of(texts: impl Iterator<Item = (&'p str, &'p PolicyText)>, scope: &'p Scope) -> Result<Policies<'p>, Missing> {
        let mut named = Vec::new();
        for (name, text) in texts {
            match text.shared() {
                Ok(document) => named.push((name, Compiled::new(document.clone()))),
                Err(error) => return Err(Missing::because(format!("the policy `{name}` cannot be read: {error}"))),
            }
        }
        let is_everything = named.iter().any(|(_, compiled)| compiled.document().grants_everything());
        Ok(Policies { named, partition: scope.partition.as_str(), account: scope.account.as_str(), is_everything })
    }

    fn documents(&self) -> impl Iterator<Item = &Document> {
        self.named.iter().map(|(_, compiled)| compiled.document())
    }

    /// The policies that allow an action, unless one denies it; none if they do not, or only on a condition.
    fn allow(&self, action: &str, resource: &str) -> Option<BTreeSet<String>> {
        let request = Request { action, resource, facts: &RequestContext::new(), caller: None };
        let mut by = BTreeSet::new();
        let mut all = Weighed::default();
        for (name, document) in &self.named {
            let mut own = Weighed::default();
            own.add(PolicyKind::Identity, name, document, &request);
            if own.allow.is_some_and(|found| found.applied.truth.must()) {
                by.insert((*name).to_owned());
            }
            own.deny.into_iter().for_each(|found| all.take(Effect::Deny, found));
        }
        (!by.is_empty() && !all.is_denied()).then_some(by)
    }

    /// The policies that together allow every action of a service on every resource of the account.
    fn give_all_of(&self, service: &str) -> Option<Vec<String>> {
        if self.is_everything {
            return None;
        }
        let resource = self.resource(service, self.account, ANY);
        let mut by = BTreeSet::new();
        for action in self.actions_to_ask(service) {
            by.extend(self.allow(&format!("{service}:{action}"), &resource)?);
        }
        Some(by.into_iter().collect())
    }

    /// What stands for all actions of a service: those that AWS has or, where these are not listed, one of no name at
    /// all and one of each kind that some statement sets apart.
    fn actions_to_ask(&self, service: &str) -> BTreeSet<String> {
        let known = SERVICES.iter().find(|(name, _)| *name == service).map_or(&[][..], |(_, actions)| *actions);
        if !known.is_empty() {
            return known.iter().map(|action| (*action).to_owned()).collect();
        }
        let apart = self.documents().flat_map(|document| &document.statements).filter_map(|statement| {
            let is_apart = statement.effect == Effect::Deny || matches!(statement.actions, Selection::AllBut(_));
            is_apart.then(|| statement.actions.patterns())
        });
        let of_service = |pattern: &String| {
            let (named, name) = pattern.split_once(':')?;
            named.eq_ignore_ascii_case(service).then(|| name.replace('*', "").replace('?', "x"))
        };
        let one_each = apart.flatten().filter_map(of_service).filter(|name| !name.is_empty());
        one_each.chain([ANY.to_owned()]).collect()
    }

    /// Those that a policy names, and those that are asked for anyway.
    fn services_to_ask(&self) -> BTreeSet<String> {
        let statements = self.documents().flat_map(|document| &document.statements);
        let patterns = statements.filter_map(|statement| statement.actions.only()).flatten();
        let named = patterns.filter_map(|pattern| {
            let (service, _) = pattern.split_once(':')?;
            (!service.contains(['*', '?'])).then(|| service.to_ascii_lowercase())
        });
        named.chain(SERVICES.iter().map(|(service, _)| (*service).to_owned())).collect()
    }

    /// A resource of a service by this name. Of some services ARNs name no region, or no account either.
    fn resource(&self, service: &str, account: &str, name: &str) -> String {
        let (region, account) = match service {
            "s3" => ("", ""),
            "cloudfront" | "iam" | "organizations" | "route53" | "sts" => ("", account),
            _ => (ANY, account),
        };
        format!("arn:{}:{service}:{region}:{account}:{name}", self.partition)
    }

    /// What stands for everything that an action can be done to: one of no name in the account itself and, of roles to
    /// take on, in every other account that a policy names, and in one that none names.
    fn resources(&self, on: On) -> Vec<String> {
        match on {
            On::Nothing => vec!["*".to_owned()],
            On::Own(service, kind) => vec![self.resource(service, self.account, &format!("{kind}{ANY}"))],
            On::Roles => {
                let statements = self.documents().flat_map(|document| &document.statements);
                let patterns = statements.filter_map(|statement| statement.resources.as_ref()?.only()).flatten();
                let named = patterns.filter_map(|pattern| pattern.split(':').nth(4));
                let accounts: BTreeSet<&str> =
                    named.filter(|account| !account.contains(['*', '?'])).chain([self.account, ANY]).collect();
                accounts.into_iter().map(|account| self.resource("iam", account, &format!("role/{ANY}"))).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
