//! What looks like a way and is none, and what does not look like one and is.

use serde_json::{Value, json};

use super::estate::{
    Estate, ME, OTHER, admin, allow, attached, bounded, deny, document, policy, role, trusts, user, when,
};
use crate::model::escalation::{Tier, Verdict};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn of(statements: &[Value]) -> super::super::Finding {
    let mut estate = Estate::new();
    estate.user("mallory", statements, json!({}));
    estate.of_user("mallory")
}

#[test]
fn an_administrator_by_whatever_name() {
    let admins = [
        vec![allow(&["*"], "*")],
        vec![allow(&["*:*"], "*")],
        // Neither statement allows everything.
        vec![
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
        ],
        vec![allow(&["*"], "*"), deny(&["iam:*"], &user("break-glass"))],
        vec![allow(&["*"], "*"), deny(&["organizations:LeaveOrganization", "cloudtrail:StopLogging"], "*")],
        vec![allow(&["*"], "*"), deny(&["iam:CreateUser", "iam:CreateAccessKey"], "*")],
        vec![allow(&["iam:*", "s3:*"], "*"), allow(&["ec2:*", "kms:*", "lambda:*"], "*")],
    ];
    for statements in admins {
        let found = of(&statements);
        assert_eq!((found.verdict, found.tier), (Verdict::Admin, Some(Tier::A0)), "{statements:?}");
        assert!(found.moves.is_empty() && !found.granted_by.is_empty() && found.conditions.is_empty(), "{found:#?}");
    }
    let none = [
        vec![allow(&["*"], "*"), deny(&["iam:*"], "*")],
        vec![allow(&["*"], "*"), deny(&["*"], "*")],
        vec![allow(&["*"], "arn:aws:s3:::*")],
        vec![json!({"Effect": "Allow", "NotAction": ["iam:*", "sts:*", "organizations:*"], "Resource": "*"})],
        vec![allow(&["*"], "*"), json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})],
        vec![allow(&["*"], "*"), json!({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::mine/*"})],
    ];
    for statements in none {
        let found = of(&statements);
        assert!(matches!(found.verdict, Verdict::None | Verdict::Capability), "{statements:?} {found:#?}");
    }
}

#[test]
fn conditions_that_are_open_are_told_and_those_that_fail_are_none() {
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let found = of(&[when(allow(&["*"], "*"), mfa.clone())]);
    assert_eq!(found.verdict, Verdict::Admin);
    assert!(found.conditions.iter().any(|one| one.contains("aws:MultiFactorAuthPresent")), "{found:#?}");
    // The statement that asks for MFA in all but a few actions takes nothing away for good.
    let force = json!({"Effect": "Deny", "NotAction": ["iam:ListMFADevices"], "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}});
    assert_eq!(of(&[allow(&["iam:*"], "*"), force]).verdict, Verdict::Proven);
    let over = json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}});
    assert_eq!(of(&[when(allow(&["*"], "*"), over.clone())]).verdict, Verdict::None);
    let not_yet_over = json!({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}});
    assert_eq!(of(&[when(allow(&["*"], "*"), not_yet_over)]).verdict, Verdict::Admin);
    assert_eq!(of(&[when(allow(&["iam:PutUserPolicy"], "*"), over)]).verdict, Verdict::None);
    let tag = |value: &str| {
        let mut estate = Estate::new();
        let own = when(allow(&["iam:PutUserPolicy"], "*"), json!({"StringEquals": {"aws:PrincipalTag/team": "iam"}}));
        estate.user("mallory", &[own], json!({"Tags": [{"Key": "team", "Value": value}]}));
        estate.of_user("mallory").verdict
    };
    assert_eq!((tag("iam"), tag("web")), (Verdict::Proven, Verdict::None));
}

#[test]
fn a_boundary_on_an_administrator() {
    let limit = |statements: &[Value]| {
        let mut estate = Estate::new();
        estate.policy("limit", &[document(statements)]);
        estate.role(
            "admin",
            trusts(&user("mallory")),
            &[allow(&["*"], "*")],
            json!({"PermissionsBoundary": bounded(&policy("limit"))}),
        );
        estate.user("mallory", &[], json!({}));
        (estate.of_role("admin").verdict, estate.of_user("mallory").verdict)
    };
    // It can use instances, and no role of any is worth it.
    assert_eq!(limit(&[allow(&["s3:*", "ec2:*"], "*")]), (Verdict::Capability, Verdict::None));
    assert_eq!(limit(&[allow(&["s3:*", "rds:*"], "*")]), (Verdict::None, Verdict::None));
    assert_eq!(limit(&[allow(&["*"], "*"), deny(&["iam:*"], "*")]), (Verdict::Capability, Verdict::None));
    assert_eq!(limit(&[allow(&["*"], "*")]), (Verdict::Admin, Verdict::Proven));
}

#[test]
fn service_control_policies() {
    let of = |guard: &[Value], accounts: &[&str]| {
        let mut estate = Estate::new();
        estate.account(OTHER).organization(accounts, guard);
        estate.role("admin", trusts("ec2.amazonaws.com"), &[allow(&["*"], "*")], json!({}));
        estate.profile("admin");
        estate.user("mallory", &[allow(&["iam:PutUserPolicy"], "*")], json!({}));
        estate.user("passer", &[allow(&["iam:PassRole", "ec2:RunInstances"], "*")], json!({}));
        let verdicts = [estate.of_role("admin"), estate.of_user("mallory"), estate.of_user("passer")];
        verdicts.map(|found| found.verdict)
    };
    let (admin, proven, none) = (Verdict::Admin, Verdict::Proven, Verdict::None);
    let no_iam = [deny(&["iam:*"], "*")];
    assert_eq!(of(&[], &[ME, OTHER]), [admin, proven, proven]);
    // The role can use what runs with a role, of which none is an administrator any more.
    assert_eq!(of(&no_iam, &[ME, OTHER]), [Verdict::Capability, none, none]);
    // What is denied to members is not to the account that rules.
    assert_eq!(of(&no_iam, &[OTHER, ME]), [admin, proven, proven]);
    assert_eq!(of(&[deny(&["organizations:LeaveOrganization"], "*")], &[ME, OTHER]), [admin, proven, proven]);
    let but_one = json!({"ArnNotLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ME}:role/admin")}});
    // The guard's exception is a name, which a user who is given more does not have.
    assert_eq!(of(&[when(deny(&["iam:*"], "*"), but_one)], &[ME, OTHER]), [admin, none, none]);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let of = |statements: &[Value], trust: Value| {
        let mut estate = Estate::new();
        estate.account(OTHER);
        estate.role_in(OTHER, "admin", trust, &[allow(&["*"], "*")], json!({}));
        estate.user("mallory", statements, json!({}));
        estate.of_user("mallory")
    };
    let there = format!("arn:aws:iam::{OTHER}:role/admin");
    let assume = allow(&["sts:AssumeRole"], &there);
    let found = of(std::slice::from_ref(&assume), trusts(&format!("arn:aws:iam::{ME}:root")));
    assert_eq!((found.verdict, found.ends_as()), (Verdict::Proven, there.as_str()));
    assert_eq!(of(std::slice::from_ref(&assume), trusts(ME)).verdict, Verdict::Proven);
    assert_eq!(of(std::slice::from_ref(&assume), trusts(&user("mallory"))).verdict, Verdict::Proven);
    assert_eq!(of(&[], trusts(&user("mallory"))).verdict, Verdict::None, "no permission of its own");
    assert_eq!(of(std::slice::from_ref(&assume), trusts(OTHER)).verdict, Verdict::None, "no trust");
    // IAM's calls reach no other account.
    let edits = allow(&["iam:*"], "arn:aws:iam::222222222222:*");
    assert_eq!(of(&[edits], trusts(OTHER)).verdict, Verdict::None);
    let with_id = |id: &str| {
        let mut trust = trusts(ME);
        trust["Statement"][0]["Condition"] = json!({"StringEquals": {"sts:ExternalId": id}});
        trust
    };
    let found = of(&[assume], with_id("1234"));
    assert_eq!(found.verdict, Verdict::Proven);
    assert!(found.conditions.iter().any(|one| one.contains("sts:ExternalId")), "{found:#?}");
}

#[test]
fn a_role_that_nobody_can_act_as() {
    let mut estate = Estate::new();
    estate.role("idle", trusts("config.amazonaws.com"), &[], json!({}));
    estate.user("mallory", &[allow(&["iam:PutRolePolicy"], &role("idle"))], json!({}));
    assert_eq!(estate.of_user("mallory").verdict, Verdict::Capability);
    let mut estate = Estate::new();
    estate.role("gone", trusts(&user("nobody")), &[allow(&["*"], "*")], json!({}));
    estate.user("mallory", &[allow(&["sts:AssumeRole"], "*")], json!({}));
    assert_eq!(estate.of_user("mallory").verdict, Verdict::None);
}

#[test]
fn roles_of_services_are_not_changed() {
    for (path, service) in [
        ("/aws-service-role/x.amazonaws.com/", "x.amazonaws.com"),
        ("/aws-reserved/sso.amazonaws.com/", "sso.amazonaws.com"),
    ] {
        let mut estate = Estate::new();
        let arn = format!("arn:aws:iam::{ME}:role{path}R");
        estate.role("R", trusts(service), &[allow(&["*"], "*")], json!({"Path": path, "Arn": arn}));
        let all = ["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"];
        estate.user("mallory", &[allow(&all, &arn)], json!({}));
        assert_eq!(estate.of_user("mallory").verdict, Verdict::None);
    }
}

#[test]
fn a_chain_ends_where_an_administrator_is() {
    let mut estate = Estate::new();
    estate.role("a", trusts(&user("mallory")), &[allow(&["sts:AssumeRole"], &role("b"))], json!({}));
    estate.role("b", trusts(ME), &[allow(&["iam:CreateAccessKey"], &user("boss"))], json!({}));
    estate.user("boss", &[], json!({"AttachedManagedPolicies": attached(&[ADMINISTRATOR.to_owned()])}));
    estate.user("mallory", &[], json!({}));
    let found = estate.of_user("mallory");
    let hops: Vec<(&str, &str)> = found.hops().map(|hop| (hop.caller.as_str(), hop.target.as_str())).collect();
    assert_eq!(found.verdict, Verdict::Proven);
    let (m, a, b, boss) = (user("mallory"), role("a"), role("b"), user("boss"));
    assert_eq!(hops, [(m.as_str(), a.as_str()), (&a, &b), (&b, &boss)]);
    assert_eq!((found.tier, found.ends_as()), (Some(Tier::A2), boss.as_str()));
    assert_eq!(estate.of_role("b").moves.len(), 1);
}

#[test]
fn what_was_not_read_is_unknown_also_at_the_end_of_a_way() {
    let mut estate = Estate::new();
    let odd = "arn:aws:iam::aws:policy/SomethingElse".to_owned();
    estate.role("odd", trusts(&user("mallory")), &[], json!({"AttachedManagedPolicies": attached(&[odd])}));
    estate.user("mallory", &[], json!({})).user("alice", &[], json!({}));
    let found = estate.findings();
    assert_eq!(found[&role("odd")].verdict, Verdict::Unknown);
    assert_eq!(found[&user("mallory")].verdict, Verdict::Unknown);
    assert!(found[&user("mallory")].missing.iter().any(|one| one.contains("SomethingElse")));
    assert_eq!(found[&user("alice")].verdict, Verdict::None);
}

#[test]
fn organization_policies_that_were_not_read_are_told_and_lower_nothing() {
    let mut estate = Estate::new();
    estate.inventory.ledger = crate::inventory::Ledger::default();
    for operation in ["iam:GetAccountAuthorizationDetails", "iam:ListPolicies", "iam:GetPolicyVersion"] {
        let cell = crate::inventory::Cell { scope: super::estate::scope(ME), operation: operation.to_owned() };
        estate.inventory.ledger.record(cell, crate::inventory::Outcome::Complete);
    }
    estate.user("mallory", &[allow(&["iam:PutUserPolicy"], "*")], json!({}));
    let found = estate.of_user("mallory");
    assert_eq!(found.verdict, Verdict::Proven);
    assert!(found.conditions.iter().any(|one| one.contains("organization policies of 111111111111")), "{found:#?}");
}

#[test]
fn the_boundary_policy_of_a_policy_with_its_own_version_is_nothing_to_others() {
    // Set to an older version that only widens somebody else.
    let mut estate = Estate::new();
    estate.policy("other", &[document(&[allow(&["s3:*"], "*")]), admin()]);
    estate.user("bob", &[], json!({"AttachedManagedPolicies": attached(&[policy("other")])}));
    estate.user("mallory", &[allow(&["iam:SetDefaultPolicyVersion"], &policy("other"))], json!({}));
    assert_eq!(estate.of_user("mallory").verdict, Verdict::None);
}
