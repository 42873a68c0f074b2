//! Facts of groups and instance profiles.

use crate::model::facts::facts;
use crate::model::facts::iam::policies::{ATTACHED, STATEMENT, attached, inline};
use crate::model::facts::iam::wholesale::{ACTION, SERVICE, inline_actions, inline_services};
use crate::model::{Kind, Value};
use crate::resource::iam::{Group, InlinePolicy, InstanceProfile};

facts! { Group {
    "path": Kind::Text, "the group's path", |group, _| Value::optional(group.path.as_deref());
    "members": Kind::Texts, "the users in it",
        |group, context| context.model.identity().members(context.scope, &group.group_name).to_vec();
    "member_count": Kind::Int, "how many users are in it",
        |group, context| context.model.identity().members(context.scope, &group.group_name).len();
    "attached_policies": Kind::List(ATTACHED), "the managed policies on it", uses ["iam:ListPolicies", "iam:GetPolicyVersion"],
        |group, context| attached(&group.attached_managed_policies, context);
    "inline_policies": Kind::Texts, "the names of its own policies", |group, _| names(&group.group_policy_list);
    "statements": Kind::List(STATEMENT), "the statements of its own policies", |group, _| inline(&group.group_policy_list);
    "whole_services": Kind::List(SERVICE), "the services of which its own policies give every action, on every resource and without a condition; none where everything is given",
        |group, context| inline_services(&group.group_policy_list, context);
    "broad_actions": Kind::List(ACTION), "of `aws-marketplace:Subscribe`, `iam:PassRole`, `kms:Decrypt`, `kms:ReEncryptFrom`, `secretsmanager:GetSecretValue` and `sts:AssumeRole` those that its own policies give on everything and without a condition; none where everything is given",
        |group, context| inline_actions(&group.group_policy_list, context);
}}

facts! { InstanceProfile {
    "role": Kind::Text, "the role that it hands out", |profile, _| Value::optional(profile.roles.first());
}}

pub fn names(policies: &[InlinePolicy]) -> Vec<String> {
    policies.iter().map(|policy| policy.policy_name.clone()).collect()
}
