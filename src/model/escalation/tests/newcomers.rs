//! Newcomers, and permission sets: methods that do not need anybody who is there.

use serde_json::{Value, json};

use super::estate::{Estate, ME, OTHER, allow, document, group, policy, user, when};
use super::scenarios::is_nothing;
use crate::model::escalation::Verdict;
use crate::model::escalation::methods::{self, Way};

#[test]
fn newcomers() {
    let of = |statements: &[Value], more: Value| {
        let mut estate = Estate::new();
        estate.group("admins", &[allow(&["*"], "*")]).group("dev", &[]);
        estate.policy("limit", &[document(&[allow(&["s3:*"], "*")])]);
        estate.user("mallory", statements, more);
        estate.of_user("mallory")
    };
    for method in methods::all().filter(|method| method.way == Way::NewPrincipal) {
        let user_on = |name: &str| {
            let on: Vec<Value> = method
                .actions
                .iter()
                .map(|action| match *action {
                    "iam:AddUserToGroup" => allow(&[action], &group("admins")),
                    _ => allow(&[action], &format!("arn:aws:iam::{ME}:{name}")),
                })
                .collect();
            on
        };
        let kind = if method.actions[0] == "iam:CreateUser" { "user" } else { "role" };
        for name in [format!("{kind}/*"), format!("{kind}/dev/*"), format!("{kind}/dev-*")] {
            let found = of(&user_on(&name), json!({}));
            assert_eq!(found.verdict, Verdict::Proven, "{} {found:#?}", method.id);
            // Where it may put itself into the group, it need not make anybody.
            if !name.ends_with("user/*") && !method.actions.contains(&"iam:AddUserToGroup") {
                assert_eq!(found.moves[0].method.unwrap().id, method.id);
            }
        }
        for missing in method.actions {
            let fewer: Vec<Value> =
                user_on(&format!("{kind}/dev/*")).into_iter().filter(|one| one["Action"][0] != **missing).collect();
            let found = of(&fewer, json!({}));
            assert!(
                found.moves.iter().all(|one| one.method.unwrap().id == "iam-013") || !found.is_effective_admin(),
                "{found:#?}"
            );
        }
        // Every new name but those of one's own grant.
        let fenced = [
            allow(method.actions, "*"),
            json!({"Effect": "Deny", "Action": "iam:*", "NotResource": format!("arn:aws:iam::{ME}:{kind}/x-*")}),
        ];
        if !method.actions.contains(&"iam:AddUserToGroup") {
            assert_eq!(of(&fenced, json!({})).verdict, Verdict::Proven, "{}", method.id);
        }
        // A boundary that newcomers must have.
        let bounded: Vec<Value> = method
            .actions
            .iter()
            .map(|action| {
                when(allow(&[action], "*"), json!({"StringEquals": {"iam:PermissionsBoundary": policy("limit")}}))
            })
            .collect();
        is_nothing(&of(&bounded, json!({})));
    }
    // The boundary may be taken off again, or bounds nothing.
    let chain = ["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey", "iam:DeleteUserPermissionsBoundary"];
    let with_limit = |actions: &[&str], limit: &str| {
        let elsewhere = format!("arn:aws:iam::{ME}:user/new/*");
        when(allow(actions, &elsewhere), json!({"StringEquals": {"iam:PermissionsBoundary": policy(limit)}}))
    };
    let keys = || allow(&["iam:CreateAccessKey"], "arn:aws:iam::111111111111:user/new/*");
    assert_eq!(of(&[with_limit(&chain, "limit"), keys()], json!({})).verdict, Verdict::Proven);
    is_nothing(&of(&[with_limit(&chain[..3], "limit"), keys()], json!({})));
    // Names that exist are not new.
    let taken: Vec<Value> = chain[..3].iter().map(|action| allow(&[action], &user("mallory-2"))).collect();
    assert_eq!(of(&taken, json!({})).verdict, Verdict::Proven);
    let own: Vec<Value> =
        ["iam:CreateUser", "iam:CreateAccessKey"].iter().map(|action| allow(&[action], &user("mallory"))).collect();
    assert_eq!(of(&own, json!({})).verdict, Verdict::None);
}

#[test]
fn permission_sets_are_the_management_accounts() {
    for method in methods::all().filter(|method| method.way == Way::IdentityCenter) {
        let of = |accounts: &[&str]| {
            let mut estate = Estate::new();
            estate.account(OTHER).organization(accounts, &[]);
            estate.user("mallory", &[allow(method.actions, "*")], json!({}));
            estate.of_user("mallory").verdict
        };
        assert_eq!(of(&[OTHER, ME]), Verdict::Possible, "{}", method.id);
        assert_eq!(of(&[ME, OTHER]), Verdict::None, "{}", method.id);
    }
}
