//! Hard ones, each labelled from AWS's documentation before it was asked: what opens a way that is easily missed, and
//! what closes one that is easily told.

use serde_json::{Value, json};

use super::estate::{
    Estate, ME, admin, allow, attached, bounded, deny, document, group, policy, regional, role, scope, trusts, user,
    when,
};
use crate::arn::Scope;
use crate::inventory::{Cell, Outcome};
use crate::model::escalation::{Finding, Verdict};
use crate::resource::ResourceType;

fn actions(finding: &Finding) -> Vec<&str> {
    finding.hops().map(|hop| hop.action.as_str()).collect()
}

#[track_caller]
fn is_way(estate: &Estate, expected: &[&str]) -> Finding {
    let found = estate.of_user("mallory");
    assert_eq!((found.verdict, actions(&found).as_slice()), (Verdict::Proven, expected), "{found:#?}");
    found
}

#[track_caller]
fn is_no_way(estate: &Estate) {
    let found = estate.of_user("mallory");
    assert!(matches!(found.verdict, Verdict::None | Verdict::Capability), "{found:#?}");
}

fn estate(statements: &[Value]) -> Estate {
    let mut estate = Estate::new();
    estate.user("mallory", statements, json!({}));
    estate
}

fn if_policy(operator: &str, pattern: &str) -> Value {
    json!({operator: {"iam:PolicyARN": pattern}})
}

const LAMBDA: [&str; 2] = ["lambda:CreateFunction", "lambda:InvokeFunction"];

#[test]
fn a_role_for_one_service_is_none_for_another() {
    let of = |condition: Value| {
        let mut estate = estate(&[when(allow(&["iam:PassRole"], "*"), condition), allow(&LAMBDA, "*")]);
        estate.role("admin", trusts("lambda.amazonaws.com"), &[allow(&["*"], "*")], json!({}));
        estate
    };
    let passed = |value: &str| json!({"StringLike": {"iam:PassedToService": value}});
    is_no_way(&of(passed("ec2.amazonaws.com")));
    is_no_way(&of(json!({"StringNotEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})));
    is_way(&of(passed("lambda.*")), &["iam:PassRole", LAMBDA[0], LAMBDA[1]]);
    is_way(
        &of(json!({"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}})),
        &["iam:PassRole", LAMBDA[0], LAMBDA[1]],
    );
}

/// Landing zones close all regions but a few; the regions that were looked at begin with a closed one.
#[test]
fn an_organization_that_closes_regions_keeps_its_administrators() {
    let of = |open: &[&str]| {
        let mut estate = estate(&[allow(&["iam:PassRole"], "*"), allow(&LAMBDA, "*")]);
        estate.role("admin", trusts("lambda.amazonaws.com"), &[allow(&["*"], "*")], json!({}));
        let closed = Scope { region: "ap-northeast-1".parse().unwrap(), ..regional(ME) };
        let cell = Cell { scope: closed, operation: "ec2:DescribeInstances".to_owned() };
        estate.inventory.ledger.record(cell, Outcome::Complete);
        let guard = json!({
            "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*"], "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": open}},
        });
        estate.account("999999999999").organization(&[ME, "999999999999"], &[guard]);
        estate
    };
    let open = of(&["eu-west-1"]);
    assert_eq!(open.of_role("admin").verdict, Verdict::Admin);
    let found = is_way(&open, &["iam:PassRole", LAMBDA[0], LAMBDA[1]]);
    assert!(found.moves[0].hops[1].target.contains(":eu-west-1:"), "{found:#?}");
    // One that closes all of them leaves nobody anything to run.
    let shut = of(&["xx-nowhere-1"]);
    assert_ne!(shut.of_role("admin").verdict, Verdict::Admin);
    is_no_way(&shut);
}

#[test]
fn a_group_that_is_empty_can_be_joined_or_not() {
    let put = allow(&["iam:PutGroupPolicy"], &group("devs"));
    let attach = allow(&["iam:AttachGroupPolicy"], &group("devs"));
    let of = |statements: &[Value]| {
        let mut estate = estate(statements);
        estate.group("devs", &[]);
        estate
    };
    is_no_way(&of(std::slice::from_ref(&put)));
    let join = allow(&["iam:AddUserToGroup"], &group("devs"));
    is_no_way(&of(std::slice::from_ref(&join)));
    is_way(&of(&[put.clone(), join.clone()]), &["iam:PutGroupPolicy", "iam:AddUserToGroup"]);
    is_way(&of(&[attach, join.clone()]), &["iam:AttachGroupPolicy", "iam:AddUserToGroup"]);
    is_no_way(&of(&[put.clone(), allow(&["iam:AddUserToGroup"], &group("other"))]));
    // A Deny of the principal's own outlives every group.
    is_no_way(&of(&[put, join, deny(&["s3:*"], "*")]));
}

/// Only policies of one path may be attached; what they say is up to whoever may make them.
#[test]
fn attaching_only_some_policies_bounds_nobody_who_may_write_these() {
    let self_attach = |condition: Value| when(allow(&["iam:AttachUserPolicy"], &user("mallory")), condition);
    let only_dev = || self_attach(if_policy("ArnLike", &policy("dev/*")));
    let make = |on: &str| allow(&["iam:CreatePolicy"], on);
    is_no_way(&estate(&[only_dev()]));
    is_no_way(&estate(&[only_dev(), make(&policy("ops/*"))]));
    is_way(&estate(&[only_dev(), make(&policy("dev/*"))]), &["iam:CreatePolicy", "iam:AttachUserPolicy"]);
    is_way(&estate(&[only_dev(), make("*")]), &["iam:CreatePolicy", "iam:AttachUserPolicy"]);
    // The same by a Deny of all others, beside a Deny of AWS's own.
    let guarded = [
        allow(&["iam:AttachUserPolicy"], &user("mallory")),
        when(deny(&["iam:Attach*"], "*"), if_policy("ArnNotLike", &policy("dev/*"))),
        when(deny(&["iam:Attach*"], "*"), if_policy("ArnEquals", "arn:aws:iam::aws:policy/AdministratorAccess")),
        make("*"),
    ];
    is_way(&estate(&guarded), &["iam:CreatePolicy", "iam:AttachUserPolicy"]);
    // One that exists is rewritten first.
    let rewritten = |statements: &[Value]| {
        let mut estate = estate(statements);
        estate.policy("dev/app", &[document(&[allow(&["s3:GetObject"], "*")])]);
        estate
    };
    let rewrite = allow(&["iam:CreatePolicyVersion"], &policy("dev/*"));
    is_way(&rewritten(&[only_dev(), rewrite.clone()]), &["iam:CreatePolicyVersion", "iam:AttachUserPolicy"]);
    is_no_way(&rewritten(&[self_attach(if_policy("ArnLike", &policy("ops/*"))), rewrite]));
    is_no_way(&rewritten(&[only_dev()]));
    // To make one of a name that is taken is refused.
    let taken = self_attach(if_policy("ArnEquals", &policy("dev/app")));
    is_no_way(&rewritten(&[taken, make("*")]));
    // A list of AWS's own that make nobody an administrator.
    let listed = if_policy("ArnEquals", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    is_no_way(&estate(&[self_attach(listed), make("*")]));
    let mut limited = Estate::new();
    limited.policy("limit", &[document(&[allow(&["iam:AttachUserPolicy", "iam:CreatePolicy"], "*")])]);
    let more = json!({"PermissionsBoundary": bounded(&policy("limit"))});
    limited.user("mallory", &[only_dev(), make("*")], more);
    is_no_way(&limited);
}

/// The same for roles that are made: a path of one's own for roles and for policies.
#[test]
fn developers_who_make_roles_with_policies_of_their_own() {
    let statements = |attachable: &str| {
        [
            allow(&["iam:CreateRole"], &role("dev/*")),
            when(allow(&["iam:AttachRolePolicy"], &role("dev/*")), if_policy("ArnLike", attachable)),
            allow(&["iam:CreatePolicy"], &policy("dev/*")),
        ]
    };
    is_way(
        &estate(&statements(&policy("dev/*"))),
        &["iam:CreateRole", "iam:CreatePolicy", "iam:AttachRolePolicy", "sts:AssumeRole"],
    );
    is_no_way(&estate(&statements(&policy("ops/*"))));
}

#[test]
fn a_role_that_is_made_for_a_service_where_taking_roles_on_is_denied() {
    let make = allow(&["iam:CreateRole", "iam:AttachRolePolicy"], "*");
    let no_assume = deny(&["sts:AssumeRole"], "*");
    is_no_way(&estate(&[make.clone(), no_assume.clone()]));
    is_no_way(&estate(&[make.clone(), no_assume.clone(), allow(&LAMBDA, "*")]));
    let pass = allow(&["iam:PassRole"], "*");
    let expected = ["iam:CreateRole", "iam:AttachRolePolicy", "iam:PassRole", LAMBDA[0], LAMBDA[1]];
    is_way(&estate(&[make.clone(), no_assume.clone(), allow(&LAMBDA, "*"), pass.clone()]), &expected);
    let elsewhere = allow(&["iam:PassRole"], &role("app-*"));
    let named = allow(&["iam:CreateRole", "iam:AttachRolePolicy"], &role("dev-*"));
    is_no_way(&estate(&[named, no_assume, allow(&LAMBDA, "*"), elsewhere]));
}

#[test]
fn an_instance_has_a_role_by_a_profile_alone() {
    let of = |statements: &[Value], with_profile: bool| {
        let mut estate = estate(statements);
        estate.role("admin", trusts("ec2.amazonaws.com"), &[allow(&["*"], "*")], json!({}));
        if with_profile {
            estate.profile("admin");
        }
        estate
    };
    let run = allow(&["iam:PassRole", "ec2:RunInstances"], "*");
    is_way(&of(std::slice::from_ref(&run), true), &["iam:PassRole", "ec2:RunInstances"]);
    is_no_way(&of(std::slice::from_ref(&run), false));
    let profile = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];
    is_no_way(&of(&[run.clone(), allow(&profile[1..], "*")], false));
    is_way(&of(&[run, allow(&profile, "*")], false), &[profile[0], profile[1], "iam:PassRole", "ec2:RunInstances"]);
}

#[test]
fn variables_name_whoever_asks() {
    let on = |rest: &str| allow(&["iam:PutUserPolicy"], &format!("arn:aws:iam::{ME}:user/{rest}"));
    is_way(&estate(&[on("${aws:username}")]), &["iam:PutUserPolicy"]);
    is_no_way(&estate(&[on("${aws:username}-robot")]));
    let old = json!({"Version": "2008-10-17", "Statement": [on("${aws:username}")]});
    let mut estate = Estate::new();
    estate.user("mallory", &[], json!({"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": old}]}));
    is_no_way(&estate);
}

#[test]
fn paths_are_a_part_of_names() {
    let of = |path: &str| {
        let mut estate = Estate::new();
        let arn = format!("arn:aws:iam::{ME}:user{path}mallory");
        let own = document(&[allow(&["iam:PutUserPolicy"], "arn:aws:iam::*:user/team/*")]);
        estate.put(
            scope(ME),
            ResourceType::User,
            json!({"UserName": "mallory", "Arn": arn, "Path": path,
                "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": own}]}),
        );
        estate.findings().remove(&arn).unwrap().verdict
    };
    assert_eq!((of("/team/"), of("/")), (Verdict::Proven, Verdict::Capability));
}

#[test]
fn versions_by_a_wildcard_in_the_action() {
    let version = allow(&["iam:*Version"], "*");
    let of = |attached_to: &str| {
        let mut estate = Estate::new();
        estate.policy("app", &[document(&[allow(&["s3:GetObject"], "*")])]);
        let policies = json!({"AttachedManagedPolicies": attached(&[attached_to.to_owned()])});
        estate.user("mallory", std::slice::from_ref(&version), policies);
        estate
    };
    is_way(&of(&policy("app")), &["iam:CreatePolicyVersion"]);
    // AWS's own are nobody's to rewrite.
    let aws = of("arn:aws:iam::aws:policy/ReadOnlyAccess").of_user("mallory");
    assert!(!aws.is_effective_admin() && aws.verdict != Verdict::Possible, "{aws:#?}");
}

#[test]
fn an_older_version_that_cannot_be_read_is_unknown() {
    let broken = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]});
    let of = |statements: &[Value]| {
        let mut estate = Estate::new();
        estate.policy("app", &[document(&[allow(&["s3:GetObject"], "*")]), broken.clone()]);
        estate.user("mallory", statements, json!({"AttachedManagedPolicies": attached(&[policy("app")])}));
        estate.of_user("mallory")
    };
    let found = of(&[allow(&["iam:SetDefaultPolicyVersion"], "*")]);
    assert_eq!(found.verdict, Verdict::Unknown, "{found:#?}");
    assert!(found.missing.iter().any(|one| one.contains(&policy("app"))), "{found:#?}");
    assert!(found.unread.is_some());
    assert_eq!(of(&[allow(&["iam:ListPolicyVersions"], "*")]).verdict, Verdict::None);
    let elsewhere = of(&[allow(&["iam:SetDefaultPolicyVersion"], &policy("other"))]);
    assert_eq!(elsewhere.verdict, Verdict::None, "{elsewhere:#?}");
}

#[test]
fn everything_but_a_service_and_a_deny_of_what_matters() {
    let all_but = json!({"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"});
    let guard = deny(
        &[
            "iam:Put*",
            "iam:Attach*",
            "iam:Create*",
            "iam:Add*",
            "iam:Update*",
            "iam:Set*",
            "iam:Delete*",
            "iam:PassRole",
            "sts:*",
        ],
        "*",
    );
    is_no_way(&estate(&[all_but.clone(), guard]));
    // Without the Deny it gives itself what it lacks.
    is_way(&estate(&[all_but]), &["iam:PutUserPolicy"]);
}

#[test]
fn conditions_of_trust_that_hold_fail_or_stay_open() {
    let of = |condition: Value| {
        let mut estate = estate(&[allow(&["sts:AssumeRole"], "*")]);
        let trust = document(&[json!({
            "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ME}:root")}, "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": condition,
        })]);
        estate.role("admin", trust, &[allow(&["*"], "*")], json!({}));
        estate
    };
    for (condition, is_told) in [
        (json!({"ArnEquals": {"aws:PrincipalArn": user("mallory")}}), false),
        (json!({"StringEquals": {"sts:ExternalId": "secret"}}), true),
        (json!({"StringEquals": {"aws:RequestTag/team": "x"}}), true),
        (json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), true),
    ] {
        let found = is_way(&of(condition.clone()), &["sts:AssumeRole"]);
        assert_eq!(!found.conditions.is_empty(), is_told, "{condition} {found:#?}");
    }
    is_no_way(&of(json!({"ArnEquals": {"aws:PrincipalArn": user("ann")}})));
    is_no_way(&of(json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})));
    is_no_way(&of(json!({"StringEquals": {"aws:PrincipalAccount": "999999999999"}})));
}

/// Whoever is changed has to be somebody that one can act as.
#[test]
fn another_user_who_is_made_an_administrator_and_stays_out_of_reach() {
    let put = allow(&["iam:PutUserPolicy"], &user("bob"));
    let with_bob = |statements: &[Value]| {
        let mut estate = estate(statements);
        estate.user("bob", &[], json!({}));
        estate.policy("unused", &[admin()]);
        estate
    };
    is_no_way(&with_bob(std::slice::from_ref(&put)));
    is_way(
        &with_bob(&[put, allow(&["iam:CreateAccessKey"], &user("bob"))]),
        &["iam:PutUserPolicy", "iam:CreateAccessKey"],
    );
}
