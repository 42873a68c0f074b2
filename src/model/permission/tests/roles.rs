//! Who takes a role on: trust policies and what they leave to others.

use serde_json::{Value, json};

use super::{HOME, OTHER, World, allow, document, find, inline};
use crate::iam::Verdict::{self, Allowed, Conditional, Denied};
use crate::iam::{Caller, RequestContext};

/// The verdict of ann of HOME on a role of an account, with or without an identity policy that allows it.
fn verdict(account: &str, trust: Value, granted: bool) -> Verdict {
    let mut world = World::new();
    let policies = if granted { inline(&[allow("sts:AssumeRole")]) } else { json!([]) };
    let ann = world.user(HOME, "ann", json!({ "UserPolicyList": policies }));
    let role = world.role(account, "r", trust, json!({}));
    world.assume(&ann, &role)
}

#[test]
fn in_one_account_the_name_is_enough_and_the_account_is_not() {
    let ann = format!("arn:aws:iam::{HOME}:user/ann");
    let root = format!("arn:aws:iam::{HOME}:root");
    let cases = [
        (json!({ "AWS": ann }), false, Allowed),
        (json!({ "AWS": "AIDAann" }), false, Allowed),
        (json!({ "AWS": root }), false, Denied),
        (json!({ "AWS": HOME }), false, Denied),
        (json!({ "AWS": root }), true, Allowed),
        (json!({ "AWS": HOME }), true, Allowed),
        (json!("*"), false, Allowed),
        (json!({ "AWS": OTHER }), true, Denied),
        (json!({ "AWS": format!("arn:aws:iam::{HOME}:user/bob") }), true, Denied),
        // The id of a user who is gone.
        (json!({ "AWS": "AIDAGONE" }), true, Denied),
        (json!({ "Service": "ec2.amazonaws.com" }), true, Denied),
        (json!({ "Federated": format!("arn:aws:iam::{HOME}:saml-provider/idp") }), true, Denied),
    ];
    for (principal, granted, expected) in cases {
        assert_eq!(verdict(HOME, principal.clone(), granted), expected, "{principal} {granted}");
    }
}

#[test]
fn across_accounts_both_sides_have_to_allow() {
    let ann = format!("arn:aws:iam::{HOME}:user/ann");
    let cases = [
        (json!({ "AWS": ann }), false, Denied),
        (json!({ "AWS": ann }), true, Allowed),
        (json!({ "AWS": HOME }), true, Allowed),
        (json!({ "AWS": HOME }), false, Denied),
        (json!({ "AWS": OTHER }), true, Denied),
        (json!("*"), true, Allowed),
        (json!("*"), false, Denied),
    ];
    for (principal, granted, expected) in cases {
        assert_eq!(verdict(OTHER, principal.clone(), granted), expected, "{principal} {granted}");
    }
}

#[test]
fn conditions_of_a_trust_policy_are_asked_of_the_caller() {
    let trust = |condition: Value| {
        document(
            json!({ "Effect": "Allow", "Principal": { "AWS": HOME }, "Action": "sts:AssumeRole", "Condition": condition }),
        )
    };
    let cases = [
        (json!({ "StringEquals": { "sts:ExternalId": "secret" } }), Conditional),
        (json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }), Conditional),
        (json!({ "ArnEquals": { "aws:PrincipalArn": format!("arn:aws:iam::{HOME}:user/ann") } }), Allowed),
        (json!({ "ArnEquals": { "aws:PrincipalArn": format!("arn:aws:iam::{HOME}:user/bob") } }), Denied),
        (json!({ "StringEquals": { "aws:username": "bob" } }), Denied),
        (json!({ "StringEquals": { "aws:SourceAccount": HOME } }), Denied),
    ];
    for (condition, expected) in cases {
        assert_eq!(verdict(OTHER, trust(condition.clone()), true), expected, "{condition}");
    }
}

#[test]
fn denials_of_a_trust_policy() {
    let trust = |deny: Value| {
        let mut deny = deny;
        deny["Effect"] = json!("Deny");
        deny["Action"] = json!("sts:*");
        document(json!([{ "Effect": "Allow", "Principal": { "AWS": HOME }, "Action": "sts:AssumeRole" }, deny]))
    };
    let ann = format!("arn:aws:iam::{HOME}:user/ann");
    let cases = [
        (json!({ "Principal": "*" }), Denied),
        (json!({ "Principal": { "AWS": ann } }), Denied),
        (json!({ "Principal": { "AWS": HOME } }), Denied),
        (json!({ "Principal": { "AWS": format!("arn:aws:iam::{HOME}:user/bob") } }), Allowed),
        (json!({ "NotPrincipal": { "AWS": [ann, HOME] } }), Allowed),
        (json!({ "NotPrincipal": { "AWS": format!("arn:aws:iam::{OTHER}:root") } }), Denied),
        // AWS asks for the account beside the user; without it, what comes out is not certain.
        (json!({ "NotPrincipal": { "AWS": ann } }), Conditional),
        (json!({ "Principal": "*", "Condition": { "StringNotEquals": { "aws:PrincipalAccount": HOME } } }), Allowed),
        (json!({ "Principal": "*", "Condition": { "StringNotEquals": { "aws:PrincipalAccount": OTHER } } }), Denied),
    ];
    for (deny, expected) in cases {
        assert_eq!(verdict(OTHER, trust(deny.clone()), true), expected, "{deny}");
    }
}

/// What a trust policy allows to a user or a session by its own ARN, no boundary takes back by
/// its silence; what it allows to a role, it does. A Deny always counts.
#[test]
fn boundaries_and_trust() {
    let mut world = World::new();
    let silent = world.policy(HOME, "silent", &allow("s3:*"), &[]);
    let denying = document(
        json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }, { "Effect": "Deny", "Action": "sts:*", "Resource": "*" }]),
    );
    let denying = world.policy(HOME, "denying", &denying, &[]);
    let bounded = |arn: &str| json!({ "PermissionsBoundary": { "PermissionsBoundaryArn": arn } });
    let ann = world.user(HOME, "ann", bounded(&silent));
    let eve = world.user(HOME, "eve", bounded(&denying));
    let work = world.role(HOME, "batch", json!({ "Service": "ec2.amazonaws.com" }), bounded(&silent));
    let session = format!("arn:aws:sts::{HOME}:assumed-role/batch/monday");
    let to = |world: &mut World, name: &str, arn: &str| world.role(HOME, name, json!({ "AWS": arn }), json!({}));
    let for_ann = to(&mut world, "for-ann", &ann);
    let for_eve = to(&mut world, "for-eve", &eve);
    let for_work = to(&mut world, "for-work", &work);
    let for_session = to(&mut world, "for-session", &session);
    assert_eq!(world.assume(&ann, &for_ann), Allowed);
    assert_eq!(world.assume(&eve, &for_eve), Denied);
    assert_eq!(world.assume(&work, &for_work), Denied);
    // Whether the session is called so is up to who takes the role on.
    assert_eq!(world.assume(&work, &for_session), Conditional);
    let anyone = world.role(HOME, "anyone", json!("*"), json!({}));
    assert_eq!(world.assume(&work, &anyone), Denied);
}

#[test]
fn a_role_that_is_not_there_or_was_not_read() {
    let mut world = World::new();
    let ann = world.user(HOME, "ann", json!({ "UserPolicyList": inline(&[allow("*")]) }));
    assert_eq!(world.can(&ann, "sts:AssumeRole", &format!("arn:aws:iam::{HOME}:role/gone")), Denied);
    assert_eq!(world.can(&ann, "sts:AssumeRole", "arn:aws:iam::123456789012:role/elsewhere"), Conditional);
    assert_eq!(world.can(&ann, "sts:AssumeRole", "*"), Conditional);
    let unreadable = world.role(HOME, "bad", json!({ "Service": "x" }), json!({ "AssumeRolePolicyDocument": "{}" }));
    assert_eq!(world.assume(&ann, &unreadable), Conditional);
}

#[test]
fn services_and_providers() {
    let mut world = World::new();
    let lambda =
        world.role(HOME, "lambda", json!({ "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"] }), json!({}));
    let trust = |condition: Value| {
        document(
            json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole", "Condition": condition }),
        )
    };
    let own = world.role(HOME, "own", trust(json!({ "StringEquals": { "aws:SourceAccount": HOME } })), json!({}));
    let other = world.role(HOME, "other", trust(json!({ "StringEquals": { "aws:SourceAccount": OTHER } })), json!({}));
    let function = world.role(
        HOME,
        "function",
        trust(json!({ "ArnLike": { "aws:SourceArn": "arn:aws:lambda:*:*:function:f" } })),
        json!({}),
    );
    let permissions = world.permissions();
    let by = |service: &str, role: &str| permissions.can_service_assume(service, find(&permissions, role)).verdict();
    assert_eq!(by("lambda.amazonaws.com", &lambda), Allowed);
    assert_eq!(by("ecs-tasks.amazonaws.com", &lambda), Denied);
    assert_eq!(by("lambda.amazonaws.com", &own), Allowed);
    assert_eq!(by("lambda.amazonaws.com", &other), Denied);
    assert_eq!(by("lambda.amazonaws.com", &function), Conditional);
    let provider = format!("arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com");
    let trust = document(json!({
        "Effect": "Allow", "Principal": { "Federated": provider }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme/app:*" } },
    }));
    let deploy = world.role(HOME, "deploy", trust, json!({}));
    let permissions = world.permissions();
    let by = |context: RequestContext| {
        let caller = Caller::Federated(&provider);
        permissions
            .can_be_assumed_by(caller, find(&permissions, &deploy), "sts:AssumeRoleWithWebIdentity", &context)
            .verdict()
    };
    let subject = |subject| RequestContext::new().with("token.actions.githubusercontent.com:sub", subject);
    assert_eq!(by(RequestContext::new()), Conditional);
    assert_eq!((by(subject("repo:acme/app:ref:refs/heads/main")), by(subject("repo:evil/app:x"))), (Allowed, Denied));
}
