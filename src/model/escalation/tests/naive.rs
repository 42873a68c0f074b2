//! The search against a naive one: every principal tried against every other until nothing is new, on small organizations
//! drawn at random.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::estate::{Estate, ME, OTHER, allow, deny, group, role, scope, trusts, user};
use crate::iam::RequestContext;
use crate::model::Model;
use crate::model::escalation::{Escalation, Verdict};
use crate::model::permission::{Permissions, PrincipalId};
use crate::resource::ResourceType;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// One grant: an action and what it is on; and whether it is a Deny.
type Grant = (usize, usize, bool);

/// The actions of this test: few, so that they meet.
const ACTIONS: [&str; 7] = [
    "sts:AssumeRole",
    "iam:CreateAccessKey",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "*",
    "iam:AddUserToGroup",
];

fn statement((action, on, is_deny): Grant) -> Value {
    let resource = match on % 10 {
        0..=3 => user(NAMES[on % 10]),
        4..=7 => role(NAMES[on % 10 - 4]),
        8 => group("team"),
        _ => "*".to_owned(),
    };
    let of = if is_deny { deny } else { allow };
    of(&[ACTIONS[action % ACTIONS.len()]], &resource)
}

fn estate(users: &[Vec<Grant>], roles: &[(usize, Vec<Grant>)], team: &[Grant], far: usize) -> Estate {
    let mut estate = Estate::new();
    estate.account(OTHER);
    let statements = |grants: &[Grant]| grants.iter().copied().map(statement).collect::<Vec<_>>();
    estate.group("team", &statements(team));
    for (name, grants) in NAMES.iter().zip(users) {
        estate.user(name, &statements(grants), json!({}));
    }
    for (name, (trust, grants)) in NAMES.iter().zip(roles) {
        let trust = match trust % 10 {
            0..=3 => trusts(&user(NAMES[trust % 10])),
            4..=6 => trusts(&role(NAMES[trust % 10 - 4])),
            7 => trusts(ME),
            _ => trusts("config.amazonaws.com"),
        };
        estate.role(name, trust, &statements(grants), json!({}));
    }
    let trust = if far.is_multiple_of(3) { trusts(ME) } else { trusts(&role(NAMES[far % 4])) };
    estate.put(scope(OTHER), ResourceType::Role, json!({
        "RoleName": "far", "Arn": format!("arn:aws:iam::{OTHER}:role/far"), "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": allow(&["*"], "*")}}],
    }));
    estate
}

/// The fewest moves to an administrator of each principal that has a way, by definition.
fn naive(estate: &Estate, permissions: &Permissions) -> BTreeMap<String, usize> {
    let may = |who: PrincipalId, action: &str, resource: &str| {
        // What the calls of IAM do not carry.
        let mut context = RequestContext::new();
        context.absent("iam:PolicyARN").absent("iam:PassedToService");
        permissions.can(who, action, resource, &context).may
    };
    let all: Vec<PrincipalId> =
        permissions.principals().filter(|who| !permissions.arn(*who).ends_with(":root")).collect();
    let account = |who: PrincipalId| permissions.account(who).as_str().to_owned();
    // Allowed everything: no Deny of what an administrator needs.
    let denied = |who: PrincipalId, more: &[Value]| {
        let statements = statements_of(estate, permissions.arn(who)).into_iter().chain(more.iter().cloned());
        let denials: Vec<Value> = statements.filter(|one| one["Effect"] == "Deny").collect();
        let on = |resource: &Value, wanted: &str| resource == "*" || resource == wanted;
        // Only a Deny on everything touches things that nobody has named.
        let hits = |action: &str| {
            denials.iter().any(|one| {
                let denied = one["Action"][0].as_str().unwrap();
                (denied == "*" || denied == action) && on(&one["Resource"], "")
            })
        };
        hits("s3:GetObject")
            || ["iam:PutUserPolicy", "iam:PutRolePolicy"].iter().all(|action| hits(action))
                && hits("iam:AttachUserPolicy")
    };
    let allows_all = |statements: &[Value]| {
        statements.iter().any(|one| one["Effect"] == "Allow" && one["Action"][0] == "*" && one["Resource"] == "*")
    };
    let is_admin = |who: PrincipalId, more: &[Value]| {
        let mut statements = statements_of(estate, permissions.arn(who));
        statements.extend(more.iter().cloned());
        allows_all(&statements) && !denied(who, more)
    };
    let team = || statements_of(estate, &group("team"));
    let edits = |by: PrincipalId, of: PrincipalId| {
        if account(by) != account(of) {
            return false;
        }
        let arn = permissions.arn(of).to_owned();
        let (put, attach) = match arn.contains(":user/") {
            true => ("iam:PutUserPolicy", "iam:AttachUserPolicy"),
            false => ("iam:PutRolePolicy", "iam:AttachRolePolicy"),
        };
        if !denied(of, &[]) && (may(by, put, &arn) || may(by, attach, &arn)) {
            return true;
        }
        let writes_team =
            ["iam:PutGroupPolicy", "iam:AttachGroupPolicy"].iter().any(|action| may(by, action, &group("team")));
        arn.contains(":user/") && may(by, "iam:AddUserToGroup", &group("team")) && {
            let more = team();
            // As a member it may be one, or change itself into one.
            let statements: Vec<Value> = statements_of(estate, &arn).into_iter().chain(more.clone()).collect();
            let allows = |wanted: &str| {
                let fits = |one: &Value, effect: &str| {
                    one["Effect"] == effect
                        && (one["Action"][0] == "*" || one["Action"][0] == wanted)
                        && (one["Resource"] == "*" || one["Resource"] == arn.as_str())
                };
                statements.iter().any(|one| fits(one, "Allow")) && !statements.iter().any(|one| fits(one, "Deny"))
            };
            is_admin(of, &more)
                || !denied(of, &more) && (writes_team || allows("iam:PutUserPolicy") || allows("iam:AttachUserPolicy"))
        }
    };
    let reaches = |by: PrincipalId, of: PrincipalId| {
        let arn = permissions.arn(of).to_owned();
        if arn.contains(":user/") {
            return account(by) == account(of) && may(by, "iam:CreateAccessKey", &arn)
                || account(by) == account(of)
                    && (may(by, "iam:CreateLoginProfile", &arn) || may(by, "iam:UpdateLoginProfile", &arn));
        }
        if permissions.can_assume(by, of).may {
            return true;
        }
        let statements = statements_of(estate, permissions.arn(by));
        let refused = statements.iter().any(|one| {
            one["Effect"] == "Deny"
                && (one["Action"][0] == "*" || one["Action"][0] == "sts:AssumeRole")
                && (one["Resource"] == "*" || one["Resource"] == arn.as_str())
        });
        account(by) == account(of) && may(by, "iam:UpdateAssumeRolePolicy", &arn) && !refused
    };
    let mut found: BTreeMap<PrincipalId, usize> =
        all.iter().filter(|who| is_admin(**who, &[])).map(|who| (*who, 0)).collect();
    let known = found.clone();
    for who in all.iter().filter(|who| !known.contains_key(who)) {
        if edits(*who, *who) || all.iter().any(|of| of != who && edits(*who, *of) && reaches(*who, *of)) {
            found.insert(*who, 1);
        }
    }
    // Until nothing is new.
    loop {
        let mut better = Vec::new();
        for who in &all {
            for of in all.iter().filter(|of| *of != who) {
                let Some(there) = found.get(of) else { continue };
                if found.get(who).is_none_or(|here| *here > there + 1) && reaches(*who, *of) {
                    better.push((*who, there + 1));
                }
            }
        }
        if better.is_empty() {
            break;
        }
        for (who, distance) in better {
            let here = found.entry(who).or_insert(distance);
            *here = (*here).min(distance);
        }
    }
    found.into_iter().map(|(who, distance)| (permissions.arn(who).to_owned(), distance)).collect()
}

fn statements_of(estate: &Estate, arn: &str) -> Vec<Value> {
    use crate::resource::iam::{Group, Role, User};
    let inventory = &estate.inventory;
    let users = inventory
        .of_type::<User>()
        .filter(|(_, one)| one.arn.as_str() == arn)
        .flat_map(|(_, one)| &one.user_policy_list);
    let roles = inventory
        .of_type::<Role>()
        .filter(|(_, one)| one.arn.as_str() == arn)
        .flat_map(|(_, one)| &one.role_policy_list);
    let groups = inventory
        .of_type::<Group>()
        .filter(|(_, one)| one.arn.as_str() == arn)
        .flat_map(|(_, one)| &one.group_policy_list);
    let policies = users.chain(roles).chain(groups);
    policies
        .flat_map(|policy| {
            policy.policy_document.document().unwrap().to_json()["Statement"].as_array().unwrap().clone()
        })
        .map(|mut one| {
            // The canonical form has lists; this test's statements have one each.
            let resource = one["Resource"][0].clone();
            one["Resource"] = resource;
            one
        })
        .collect()
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let one = (0..7usize, 0..10usize, prop::bool::weighted(0.2));
    prop::collection::vec(one, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_what_trying_everything_finds(
        users in prop::collection::vec(grants(), 4),
        roles in prop::collection::vec((0..10usize, grants()), 4),
        team in grants(),
        far in 0..12usize,
    ) {
        let estate = estate(&users, &roles, &team, far);
        let model = Model::new(&estate.inventory, estate.inventory.provenance.taken_at);
        let expected = naive(&estate, model.permissions());
        let findings = Escalation::of(&model).findings();
        for finding in &findings {
            let distance = match finding.verdict {
                Verdict::Admin => Some(0),
                Verdict::Proven => Some(finding.moves.len()),
                _ => None,
            };
            prop_assert_eq!(distance, expected.get(&finding.principal).copied(), "{:#?}", finding);
        }
        // The same again is the same.
        let again = Escalation::of(&model).findings();
        prop_assert_eq!(format!("{findings:?}"), format!("{again:?}"));
    }
}
