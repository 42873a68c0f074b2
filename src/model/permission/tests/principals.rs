//! Which policies a principal has, and what is known of its requests.

use serde_json::json;

use super::{HOME, OTHER, World, allow, document, find, inline};
use crate::iam::RequestContext;
use crate::iam::Verdict::{Allowed, Conditional, Denied};

#[test]
fn own_attached_and_group_policies_count_and_of_managed_ones_the_default_version() {
    let mut world = World::new();
    let managed = world.policy(HOME, "shared", &allow("s3:*"), &[allow("iam:*")]);
    let aws = world.aws_policy(HOME, "Reader", Some(&allow("ec2:Describe*")));
    world.group(
        HOME,
        "staff",
        json!({ "GroupPolicyList": inline(&[allow("sqs:*")]), "AttachedManagedPolicies": [{ "PolicyArn": aws }] }),
    );
    let ann = world.user(
        HOME,
        "ann",
        json!({ "UserPolicyList": inline(&[allow("sns:Publish")]), "GroupList": ["staff"], "AttachedManagedPolicies": [{ "PolicyArn": managed }] }),
    );
    for (action, expected) in [
        ("sns:Publish", Allowed),
        ("s3:GetObject", Allowed),
        ("sqs:SendMessage", Allowed),
        ("ec2:DescribeVpcs", Allowed),
        ("iam:CreateUser", Denied),
        ("sns:Subscribe", Denied),
    ] {
        assert_eq!(world.can(&ann, action, "*"), expected, "{action}");
    }
    let permissions = world.permissions();
    let answer = permissions.can(find(&permissions, &ann), "s3:GetObject", "*", &RequestContext::new());
    assert_eq!(answer.deciding.iter().map(ToString::to_string).collect::<Vec<_>>(), ["shared#0"]);
}

#[test]
fn equal_documents_are_one() {
    let mut world = World::new();
    for number in 0..10 {
        world.user(HOME, &format!("u{number}"), json!({ "UserPolicyList": inline(&[allow("s3:*")]) }));
        world.user(OTHER, &format!("u{number}"), json!({ "UserPolicyList": inline(&[allow("s3:*")]) }));
    }
    assert_eq!(world.permissions().count_documents(), 1);
}

#[test]
fn what_was_not_read_is_named() {
    let mut world = World::new();
    let gone = format!("arn:aws:iam::{HOME}:policy/gone");
    let unread = world.aws_policy(HOME, "Unread", None);
    let ann = world.user(
        HOME,
        "ann",
        json!({ "GroupList": ["lost"], "AttachedManagedPolicies": [{ "PolicyArn": gone }, { "PolicyArn": unread }] }),
    );
    let bob = world.user(HOME, "bob", json!({ "UserPolicyList": [{ "PolicyName": "bad", "PolicyDocument": "{}" }] }));
    let permissions = world.permissions();
    let why = |arn: &str| -> Vec<String> {
        permissions.missing_grants(find(&permissions, arn)).iter().map(|missing| missing.why.clone()).collect()
    };
    assert_eq!(
        why(&ann),
        [format!("{gone} was not read"), format!("{unread} was not read"), "the group `lost` was not read".to_owned()]
    );
    assert_eq!(
        why(&bob),
        [format!("the policy `bad` of arn:aws:iam::{HOME}:user/bob cannot be read: Statement: is missing")]
    );
}

#[test]
fn the_administrator_policy_is_known_by_its_name() {
    let mut world = World::new();
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let ann = world.user(HOME, "ann", json!({ "AttachedManagedPolicies": [{ "PolicyArn": arn }] }));
    assert_eq!(world.can(&ann, "iam:CreateUser", "*"), Allowed);
    let permissions = world.permissions();
    assert!(permissions.missing_grants(find(&permissions, &ann)).is_empty());
}

#[test]
fn a_boundary_bounds_and_denies_and_one_that_was_not_read_leaves_it_open() {
    let mut world = World::new();
    let bounds = document(json!([
        { "Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:Delete*", "Resource": "*" },
    ]));
    let boundary = world.policy(HOME, "boundary", &bounds, &[]);
    let more = json!({ "UserPolicyList": inline(&[allow("*")]), "PermissionsBoundary": { "PermissionsBoundaryArn": boundary } });
    let ann = world.user(HOME, "ann", more);
    let role = world.role(HOME, "r", json!({ "Service": "ec2.amazonaws.com" }), json!({ "RolePolicyList": inline(&[allow("s3:Get*")]), "PermissionsBoundary": { "PermissionsBoundaryArn": boundary } }));
    let lost = json!({ "UserPolicyList": inline(&[allow("*")]), "PermissionsBoundary": { "PermissionsBoundaryArn": format!("arn:aws:iam::{HOME}:policy/lost") } });
    let eve = world.user(HOME, "eve", lost);
    for (who, action, expected) in [
        (&ann, "s3:GetObject", Allowed),
        (&ann, "iam:CreateUser", Allowed),
        (&ann, "iam:DeleteUser", Denied),
        (&ann, "ec2:RunInstances", Denied),
        (&role, "s3:GetObject", Allowed),
        (&role, "s3:PutObject", Denied),
        (&eve, "s3:GetObject", Conditional),
    ] {
        assert_eq!(world.can(who, action, "*"), expected, "{who} {action}");
    }
}

#[test]
fn iam_reaches_no_other_account_and_none_of_awss_own_policies() {
    let mut world = World::new();
    let ann = world.user(HOME, "ann", json!({ "UserPolicyList": inline(&[allow("*")]) }));
    let user = |account: &str| format!("arn:aws:iam::{account}:user/bob");
    assert_eq!(world.can(&ann, "iam:CreateAccessKey", &user(HOME)), Allowed);
    assert_eq!(world.can(&ann, "iam:CreateAccessKey", &user(OTHER)), Denied);
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert_eq!(world.can(&ann, "iam:CreatePolicyVersion", aws), Denied);
    assert_eq!(world.can(&ann, "iam:GetPolicy", aws), Allowed);
    // What other accounts' resources allow is not read.
    assert_eq!(world.can(&ann, "sqs:SendMessage", &format!("arn:aws:sqs:eu-west-1:{OTHER}:q")), Conditional);
    assert_eq!(world.can(&ann, "sqs:SendMessage", &format!("arn:aws:sqs:eu-west-1:{HOME}:q")), Allowed);
    assert_eq!(world.can(&ann, "kms:Decrypt", &format!("arn:aws:kms:eu-west-1:{HOME}:key/1")), Conditional);
}

/// Conditions on keys that an inventory answers.
#[test]
fn what_the_inventory_knows_settles_conditions() {
    let mut world = World::new();
    world.organization(&[]);
    let boundary = world.policy(HOME, "boundary", &allow("*"), &[]);
    let condition = |condition: serde_json::Value| {
        inline(&[document(json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }))])
    };
    world.user(HOME, "bound", json!({ "PermissionsBoundary": { "PermissionsBoundaryArn": boundary }, "Tags": [{ "Key": "team", "Value": "red" }] }));
    let bound = format!("arn:aws:iam::{HOME}:user/bound");
    let free = world.user(HOME, "free", json!({}));
    let cases = [
        (json!({ "StringEquals": { "aws:username": "ann" } }), "*", Allowed),
        (json!({ "StringEquals": { "aws:userid": "AIDAann" } }), "*", Allowed),
        (json!({ "ArnLike": { "aws:PrincipalArn": format!("arn:aws:iam::{HOME}:user/a*") } }), "*", Allowed),
        (json!({ "ArnNotLike": { "aws:PrincipalArn": format!("arn:aws:iam::{HOME}:user/a*") } }), "*", Denied),
        (json!({ "StringEquals": { "aws:PrincipalAccount": HOME } }), "*", Allowed),
        (json!({ "StringEquals": { "aws:PrincipalType": "User" } }), "*", Allowed),
        (json!({ "StringEquals": { "aws:PrincipalTag/Team": "red" } }), "*", Allowed),
        (json!({ "StringEquals": { "aws:PrincipalTag/other": "red" } }), "*", Denied),
        (json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abcdefghij" } }), "*", Allowed),
        (json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-abcdefghij" } }), "*", Denied),
        (
            json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-abcdefghij/r-ab12/ou-ab12-work/*" } }),
            "*",
            Allowed,
        ),
        (
            json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-abcdefghij/r-ab12/ou-ab12-rest/*" } }),
            "*",
            Denied,
        ),
        (json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }), "*", Denied),
        (json!({ "StringEquals": { "aws:ResourceAccount": "${aws:PrincipalAccount}" } }), &*free, Allowed),
        (json!({ "StringEquals": { "aws:ResourceOrgID": "${aws:PrincipalOrgID}" } }), &*free, Allowed),
        (json!({ "DateLessThan": { "aws:CurrentTime": "2025-12-31T00:00:00Z" } }), "*", Denied),
        (json!({ "DateGreaterThan": { "aws:CurrentTime": "2025-12-31T00:00:00Z" } }), "*", Allowed),
        (json!({ "NumericGreaterThan": { "aws:EpochTime": "1700000000" } }), "*", Allowed),
        (json!({ "StringEquals": { "iam:ResourceTag/team": "red" } }), &*bound, Allowed),
        (json!({ "StringEquals": { "aws:ResourceTag/team": "red" } }), &*free, Denied),
        (json!({ "StringEquals": { "iam:PermissionsBoundary": boundary } }), &*bound, Allowed),
        (json!({ "StringEquals": { "iam:PermissionsBoundary": boundary } }), &*free, Denied),
        (json!({ "StringEquals": { "aws:RequestedRegion": "us-east-1" } }), "*", Allowed),
        (json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }), "*", Conditional),
        (json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }), "*", Conditional),
        (json!({ "Bool": { "aws:ViaAWSService": "true" } }), "*", Conditional),
        (json!({ "ArnEquals": { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } }), &*free, Conditional),
        (json!({ "Bool": { "aws:SecureTransport": "true" } }), "*", Allowed),
    ];
    for (what, resource, expected) in cases {
        let ann = world.user(
            HOME,
            "ann",
            json!({ "UserPolicyList": condition(what.clone()), "Tags": [{ "Key": "team", "Value": "red" }] }),
        );
        assert_eq!(world.can(&ann, "iam:AttachUserPolicy", resource), expected, "{what} {resource}");
    }
    // A boundary that the request brings is only known by who asks.
    let ann = world.user(
        HOME,
        "ann",
        json!({ "UserPolicyList": condition(json!({ "StringEquals": { "iam:PermissionsBoundary": boundary } })) }),
    );
    assert_eq!(world.can(&ann, "iam:CreateUser", &free), Conditional);
    let permissions = world.permissions();
    let with = |context: RequestContext| {
        permissions.can(find(&permissions, &ann), "iam:CreateUser", &free, &context).verdict()
    };
    assert_eq!(with(RequestContext::new().with("iam:PermissionsBoundary", &boundary)), Allowed);
    assert_eq!(with(RequestContext::new().without("iam:PermissionsBoundary")), Denied);
}

/// A session may bring tags of its own if the trust policy lets it.
#[test]
fn tags_of_sessions() {
    let mut world = World::new();
    let policy = inline(&[document(
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "StringEquals": { "aws:PrincipalTag/team": "red" } } }),
    )]);
    let more = |tag: &str| json!({ "RolePolicyList": policy, "Tags": [{ "Key": "team", "Value": tag }] });
    let plain = world.role(HOME, "plain", json!({ "Service": "ec2.amazonaws.com" }), more("red"));
    let blue = world.role(HOME, "blue", json!({ "Service": "ec2.amazonaws.com" }), more("blue"));
    let trust = document(
        json!({ "Effect": "Allow", "Principal": { "AWS": OTHER }, "Action": ["sts:AssumeRole", "sts:TagSession"] }),
    );
    let tagged = world.role(HOME, "tagged", trust, more("blue"));
    assert_eq!(
        [&plain, &blue, &tagged].map(|role| world.can(role, "s3:GetObject", "*")),
        [Allowed, Denied, Conditional]
    );
}

#[test]
fn a_root_user_may_do_all_but_take_a_role_on() {
    let mut world = World::new();
    let role = world.role(HOME, "r", json!({ "AWS": HOME }), json!({}));
    let root = format!("arn:aws:iam::{HOME}:root");
    assert_eq!((world.can(&root, "iam:CreateUser", "*"), world.assume(&root, &role)), (Allowed, Denied));
}
