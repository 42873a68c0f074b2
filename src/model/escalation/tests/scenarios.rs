//! Every method where it is real, and where one thing blocks it.

use serde_json::{Value, json};

use super::estate::{
    Estate, ME, admin, allow, attached, bounded, deny, document, group, policy, role, trusts, user, when,
};
use crate::model::escalation::methods::{self, Way};
use crate::model::escalation::{Finding, Tier, Verdict};

fn actions(finding: &Finding) -> Vec<&str> {
    finding.hops().map(|hop| hop.action.as_str()).collect()
}

#[track_caller]
fn is_proven(finding: &Finding, expected: &[&str], ends: &str) {
    assert_eq!(finding.verdict, Verdict::Proven, "{finding:#?}");
    assert_eq!(actions(finding), expected);
    assert_eq!(finding.ends_as(), ends);
    assert!(finding.hops().all(|hop| !hop.statement.is_empty()), "{finding:#?}");
}

#[track_caller]
pub fn is_nothing(finding: &Finding) {
    assert!(matches!(finding.verdict, Verdict::None | Verdict::Capability), "{finding:#?}");
}

/// An account with an administrator's role that trusts `trust`.
fn with_admin(trust: &str) -> Estate {
    let mut estate = Estate::new();
    estate.role("admin", trusts(trust), &[allow(&["*"], "*")], json!({}));
    estate
}

#[test]
fn a_role_is_handed_to_every_service() {
    for method in methods::passing() {
        let Way::Pass(services) = method.way else { panic!() };
        for service in services {
            let trust = if service.starts_with("cognito") {
                document(&[
                    json!({"Effect": "Allow", "Principal": {"Federated": service}, "Action": "sts:AssumeRoleWithWebIdentity"}),
                ])
            } else {
                trusts(service)
            };
            let estate = |trust: Value, more: Value, statements: &[Value]| {
                let mut estate = Estate::new();
                estate.role("admin", trust, &[allow(&["*"], "*")], more);
                estate.profile("admin");
                estate.user("mallory", statements, json!({}));
                estate.policy("nothing", &[document(&[allow(&["sts:GetCallerIdentity"], "*")])]);
                estate.of_user("mallory")
            };
            let all = [allow(method.actions, "*")];
            let found = estate(trust.clone(), json!({}), &all);
            assert_eq!(found.verdict, Verdict::Proven, "{} {found:#?}", method.id);
            assert_eq!(found.ends_as(), role("admin"));
            assert!(actions(&found).iter().all(|action| method.actions.contains(action)), "{}", method.id);

            let rest: Vec<&str> = method.actions.iter().copied().filter(|one| *one != "iam:PassRole").collect();
            let blocked = [
                (
                    "another service",
                    trust.clone(),
                    json!({}),
                    vec![
                        when(
                            allow(&["iam:PassRole"], "*"),
                            json!({"StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}}),
                        ),
                        allow(&rest, "*"),
                    ],
                ),
                (
                    "another role",
                    trust.clone(),
                    json!({}),
                    vec![allow(&["iam:PassRole"], &role("app")), allow(&rest, "*")],
                ),
                (
                    "the role is denied",
                    trust.clone(),
                    json!({}),
                    vec![all[0].clone(), deny(&["iam:PassRole"], &role("admin"))],
                ),
                (
                    "a boundary on the role",
                    trust.clone(),
                    json!({"PermissionsBoundary": bounded(&policy("nothing"))}),
                    all.to_vec(),
                ),
                ("trust", trusts("config.amazonaws.com"), json!({}), all.to_vec()),
            ];
            for (guard, trust, more, statements) in blocked {
                let found = estate(trust, more, &statements);
                // Something that already has the role is another matter.
                let is_running = found.verdict == Verdict::Possible && !actions(&found).contains(&"iam:PassRole");
                assert!(
                    is_running || matches!(found.verdict, Verdict::None | Verdict::Capability),
                    "{} {guard} {found:#?}",
                    method.id
                );
            }
            for missing in method.actions {
                let fewer: Vec<&str> = method.actions.iter().copied().filter(|one| one != missing).collect();
                let is_other_method =
                    methods::passing().any(|other| other.actions.iter().all(|one| fewer.contains(one)));
                if !is_other_method {
                    let found = estate(trust.clone(), json!({}), &[allow(&fewer, "*")]);
                    let is_running =
                        matches!(found.verdict, Verdict::Possible) && !actions(&found).contains(&"iam:PassRole");
                    assert!(
                        is_running || matches!(found.verdict, Verdict::None | Verdict::Capability),
                        "{} {found:#?}",
                        method.id
                    );
                }
            }
        }
    }
}

#[test]
fn what_runs_with_a_role_is_possible_only_if_such_a_role_is_an_administrator() {
    for method in methods::running().filter(|method| method.needs.is_some()) {
        let Way::Running(services) = method.way else { panic!() };
        for service in services {
            let mut estate = with_admin(service);
            estate.user("mallory", &[allow(method.actions, "*")], json!({}));
            let found = estate.of_user("mallory");
            assert_eq!(found.verdict, Verdict::Possible, "{} {found:#?}", method.id);
            assert_eq!(found.ends_as(), role("admin"));
            let mut estate = with_admin("config.amazonaws.com");
            estate.user("mallory", &[allow(method.actions, "*")], json!({}));
            assert_eq!(estate.of_user("mallory").verdict, Verdict::Capability, "{}", method.id);
            for missing in method.actions {
                let fewer: Vec<&str> = method.actions.iter().copied().filter(|one| one != missing).collect();
                if methods::running().any(|other| other.actions.iter().all(|one| fewer.contains(one))) {
                    continue;
                }
                let mut estate = with_admin(service);
                estate.user("mallory", &[allow(&fewer, "*")], json!({}));
                assert_eq!(estate.of_user("mallory").verdict, Verdict::None, "{} without {missing}", method.id);
            }
        }
    }
}

#[test]
fn instances_that_exist_are_proven() {
    for id in ["ssm-001", "ssm-002", "ec2instanceconnect-003", "ec2-002"] {
        let method = methods::with_id(id).unwrap();
        let asked = |statements: &[Value], tags: Value, profile: &str| {
            let mut estate = with_admin("ec2.amazonaws.com");
            estate.role("app", trusts("ec2.amazonaws.com"), &[], json!({}));
            estate.instance("i-1", profile, tags);
            estate.user("mallory", statements, json!({}));
            estate.of_user("mallory")
        };
        let found = asked(&[allow(method.actions, "*")], json!([]), "admin");
        assert_eq!(found.verdict, Verdict::Proven, "{id} {found:#?}");
        assert_eq!(found.ends_as(), role("admin"));
        assert_eq!(found.moves[0].method.unwrap().id, id);
        is_nothing(&asked(&[allow(method.actions, "*")], json!([]), "app"));
        is_nothing(&asked(
            &[allow(method.actions, "arn:aws:ec2:eu-west-1:111111111111:instance/i-2")],
            json!([]),
            "admin",
        ));
        let tagged = || {
            let open = when(allow(method.actions, "*"), json!({"StringEquals": {"aws:ResourceTag/team": "dev"}}));
            let rest = allow(&["ec2:DescribeInstances"], "*");
            // The document that a command runs has no such tag.
            let documents = allow(&["ssm:SendCommand"], "arn:aws:ssm:*:*:document/*");
            vec![open, rest, documents]
        };
        let dev = json!([{"Key": "team", "Value": "dev"}]);
        assert_eq!(asked(&tagged(), dev, "admin").verdict, Verdict::Proven, "{id}");
        is_nothing(&asked(&tagged(), json!([{"Key": "team", "Value": "ops"}]), "admin"));
        is_nothing(&asked(&tagged(), json!([]), "admin"));
    }
}

/// A user and a role that change themselves.
#[test]
fn who_may_change_itself_is_an_administrator_in_one_step() {
    let on_user = |statement: Value| {
        let mut estate = Estate::new();
        estate.user("mallory", &[statement], json!({}));
        estate.of_user("mallory")
    };
    for action in ["iam:PutUserPolicy", "iam:AttachUserPolicy"] {
        is_proven(&on_user(allow(&[action], "*")), &[action], &user("mallory"));
        is_proven(
            &on_user(allow(&[action], "arn:aws:iam::111111111111:user/${aws:username}")),
            &[action],
            &user("mallory"),
        );
        assert_eq!(on_user(allow(&[action], "*")).tier, Some(Tier::A1));
        is_nothing(&on_user(allow(&[action], &user("somebody"))));
        is_nothing(&on_user(allow(&[action], &role("*"))));
    }
    let attach =
        |policy: &str| when(allow(&["iam:AttachUserPolicy"], "*"), json!({"ArnEquals": {"iam:PolicyARN": policy}}));
    is_proven(
        &on_user(attach("arn:aws:iam::aws:policy/AdministratorAccess")),
        &["iam:AttachUserPolicy"],
        &user("mallory"),
    );
    is_proven(&on_user(attach("arn:aws:iam::aws:policy/IAMFullAccess")), &["iam:AttachUserPolicy"], &user("mallory"));
    assert_eq!(on_user(attach("arn:aws:iam::aws:policy/ReadOnlyAccess")).verdict, Verdict::None);
    for action in ["iam:PutRolePolicy", "iam:AttachRolePolicy"] {
        let of = |statement: Value| {
            let mut estate = Estate::new();
            estate.role("app", trusts("lambda.amazonaws.com"), &[statement], json!({}));
            estate.of_role("app")
        };
        is_proven(&of(allow(&[action], "*")), &[action], &role("app"));
        is_nothing(&of(allow(&[action], &role("other"))));
    }
}

#[test]
fn groups_of_ones_own() {
    for action in ["iam:PutGroupPolicy", "iam:AttachGroupPolicy"] {
        let of = |groups: Value, resource: &str| {
            let mut estate = Estate::new();
            estate.group("dev", &[]).group("other", &[]);
            estate.user("mallory", &[allow(&[action], resource)], json!({"GroupList": groups}));
            estate.of_user("mallory")
        };
        is_proven(&of(json!(["dev"]), "*"), &[action], &user("mallory"));
        is_nothing(&of(json!([]), "*"));
        assert_eq!(of(json!(["dev"]), &group("other")).verdict, Verdict::None);
    }
    let of = |statements: &[Value], own: &[Value]| {
        let mut estate = Estate::new();
        estate.group("team", statements);
        let own: Vec<Value> = own.iter().cloned().chain([allow(&["iam:AddUserToGroup"], &group("team"))]).collect();
        estate.user("mallory", &own, json!({}));
        estate.of_user("mallory")
    };
    is_proven(&of(&[allow(&["*"], "*")], &[]), &["iam:AddUserToGroup"], &user("mallory"));
    is_proven(&of(&[allow(&["iam:*"], "*")], &[]), &["iam:AddUserToGroup"], &user("mallory"));
    assert_eq!(of(&[allow(&["s3:*"], "*")], &[]).verdict, Verdict::None);
    assert_eq!(of(&[allow(&["*"], "*")], &[deny(&["iam:*"], "*")]).verdict, Verdict::None);
}

#[test]
fn versions_of_policies() {
    let small = || document(&[allow(&["s3:ListAllMyBuckets"], "*")]);
    let of = |versions: &[Value], action: &[&str], has: bool| {
        let mut estate = Estate::new();
        estate.policy("work", versions);
        let more = if has { json!({"AttachedManagedPolicies": attached(&[policy("work")])}) } else { json!({}) };
        estate.user("mallory", &[allow(action, &policy("*"))], more);
        estate.of_user("mallory")
    };
    is_proven(&of(&[small()], &["iam:CreatePolicyVersion"], true), &["iam:CreatePolicyVersion"], &user("mallory"));
    is_nothing(&of(&[small()], &["iam:CreatePolicyVersion"], false));
    // Five are the most that IAM keeps.
    let five = vec![small(); 5];
    is_nothing(&of(&five, &["iam:CreatePolicyVersion"], true));
    is_proven(
        &of(&five, &["iam:CreatePolicyVersion", "iam:DeletePolicyVersion"], true),
        &["iam:DeletePolicyVersion", "iam:CreatePolicyVersion"],
        &user("mallory"),
    );
    let set = &["iam:SetDefaultPolicyVersion"];
    is_proven(&of(&[small(), admin()], set, true), set, &user("mallory"));
    is_proven(&of(&[small(), document(&[allow(&["iam:*"], "*")])], set, true), set, &user("mallory"));
    assert_eq!(of(&[small()], set, true).verdict, Verdict::Capability);
    is_nothing(&of(&[small(), small()], set, true));
    is_nothing(&of(&[small(), admin()], set, false));
    // AWS's own policies have no versions for others to make.
    let mut estate = Estate::new();
    let more = json!({"AttachedManagedPolicies": attached(&["arn:aws:iam::aws:policy/AdministratorAccess".to_owned()]),
        "PermissionsBoundary": bounded(&policy("limit"))});
    estate.policy("limit", &[document(&[allow(&["iam:CreatePolicyVersion"], "arn:aws:iam::aws:policy/*")])]);
    estate.user("mallory", &[], more);
    assert_eq!(estate.of_user("mallory").verdict, Verdict::None);
}

#[test]
fn boundaries_that_hide_an_administrator() {
    let of = |limit: &[Value], own: &[Value]| {
        let mut estate = Estate::new();
        estate.policy("limit", &[document(limit)]);
        estate.user("mallory", own, json!({"PermissionsBoundary": bounded(&policy("limit"))}));
        estate.of_user("mallory")
    };
    for action in ["iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:CreatePolicyVersion"] {
        is_proven(&of(&[allow(&[action, "s3:*"], "*")], &[allow(&["*"], "*")]), &[action], &user("mallory"));
        is_nothing(&of(&[allow(&[action, "s3:*"], "*")], &[allow(&["s3:*", action], "*")]));
        is_nothing(&of(&[allow(&["s3:*"], "*")], &[allow(&["*"], "*")]));
    }
    // Of another: taken off, then taken on.
    let of = |actions: &[&str]| {
        let mut estate = Estate::new();
        estate.policy("limit", &[document(&[allow(&["s3:*"], "*")])]);
        let bounded = json!({"PermissionsBoundary": bounded(&policy("limit"))});
        estate.role("hidden", trusts(&user("mallory")), &[allow(&["*"], "*")], bounded);
        estate.user("mallory", &[allow(actions, "*")], json!({}));
        estate.of_user("mallory")
    };
    is_proven(
        &of(&["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"]),
        &["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"],
        &role("hidden"),
    );
    is_nothing(&of(&["sts:AssumeRole"]));
}

#[test]
fn keys_and_passwords_of_others() {
    let of = |actions: &[&str], resource: &str, keys: usize, password: Option<bool>| {
        let mut estate = Estate::new();
        estate.user("root-like", &[allow(&["*"], "*")], json!({}));
        for key in 0..keys {
            estate.put(
                super::estate::scope(ME),
                crate::resource::ResourceType::AccessKey,
                json!({
                    "AccessKeyId": format!("AKIA{key}"), "UserName": "root-like", "Status": "Active",
                }),
            );
        }
        if let Some(password) = password {
            let csv = format!(
                "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
                 password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                 access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
                 access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
                 access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,\
                 cert_2_active,cert_2_last_rotated\nroot-like,{},2026-01-01T00:00:00Z,{password},N/A,N/A,N/A,false,\
                 false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n",
                user("root-like")
            );
            let time: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
            let (report, _) = crate::resource::iam::CredentialReport::parse(csv.as_bytes(), time).unwrap();
            estate.inventory.insert(super::estate::scope(ME), report.into());
        }
        estate.user("mallory", &[allow(actions, resource)], json!({}));
        estate.of_user("mallory")
    };
    let end = user("root-like");
    is_proven(&of(&["iam:CreateAccessKey"], "*", 1, None), &["iam:CreateAccessKey"], &end);
    is_nothing(&of(&["iam:CreateAccessKey"], "*", 2, None));
    is_proven(
        &of(&["iam:CreateAccessKey", "iam:DeleteAccessKey"], "*", 2, None),
        &["iam:DeleteAccessKey", "iam:CreateAccessKey"],
        &end,
    );
    assert_eq!(of(&["iam:CreateAccessKey"], &user("mallory"), 0, None).verdict, Verdict::None);
    is_proven(&of(&["iam:CreateLoginProfile"], "*", 0, Some(false)), &["iam:CreateLoginProfile"], &end);
    is_nothing(&of(&["iam:CreateLoginProfile"], "*", 0, Some(true)));
    is_proven(&of(&["iam:UpdateLoginProfile"], "*", 0, Some(true)), &["iam:UpdateLoginProfile"], &end);
    is_nothing(&of(&["iam:UpdateLoginProfile"], "*", 0, Some(false)));
}

#[test]
fn roles_that_are_taken_on() {
    let of = |trust: &str, statements: &[Value]| {
        let mut estate = with_admin(trust);
        estate.user("mallory", statements, json!({}));
        estate.of_user("mallory")
    };
    let (assume, root) = (allow(&["sts:AssumeRole"], &role("admin")), format!("arn:aws:iam::{ME}:root"));
    is_proven(&of(&user("mallory"), &[]), &["sts:AssumeRole"], &role("admin"));
    is_proven(&of(&root, std::slice::from_ref(&assume)), &["sts:AssumeRole"], &role("admin"));
    assert_eq!(of(&root, &[]).verdict, Verdict::None);
    assert_eq!(of(&user("alice"), std::slice::from_ref(&assume)).verdict, Verdict::None);
    assert_eq!(of(&root, &[assume, deny(&["sts:*"], "*")]).verdict, Verdict::None);
    // Its trust is rewritten; then no permission is needed to take it on, and only a denial is in the way.
    let update = allow(&["iam:UpdateAssumeRolePolicy"], "*");
    let service = "lambda.amazonaws.com";
    is_proven(
        &of(service, std::slice::from_ref(&update)),
        &["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
        &role("admin"),
    );
    is_nothing(&of(service, &[update, deny(&["sts:AssumeRole"], "*")]));
}

/// Rows that change a role or a user and then act as it.
#[test]
fn others_are_changed_and_then_used() {
    let of = |trust: &str, actions: &[&str], more: Value| {
        let mut estate = Estate::new();
        estate.policy("work", &[document(&[allow(&["s3:ListAllMyBuckets"], "*")])]);
        estate.role("app", trusts(trust), &[], more.clone());
        estate.user("bob", &[], more);
        estate.user("mallory", &[allow(actions, "*"), deny(&["*"], &user("mallory"))], json!({}));
        estate.of_user("mallory")
    };
    let has = || json!({"AttachedManagedPolicies": attached(&[policy("work")])});
    let root = format!("arn:aws:iam::{ME}:root");
    for (id, ends) in [
        ("iam-014", role("app")),
        ("iam-015", user("bob")),
        ("iam-016", role("app")),
        ("iam-017", role("app")),
        ("iam-018", user("bob")),
        ("iam-019", role("app")),
        ("iam-020", role("app")),
        ("iam-021", role("app")),
    ] {
        let method = methods::with_id(id).unwrap();
        let found = of(&root, method.actions, has());
        assert_eq!(found.verdict, Verdict::Proven, "{id} {found:#?}");
        assert_eq!(found.ends_as(), ends, "{id}");
        assert_eq!(found.moves[0].method.map(|method| method.id), Some(id));
        for missing in method.actions {
            let fewer: Vec<&str> = method.actions.iter().copied().filter(|one| one != missing).collect();
            is_nothing(&of(&root, &fewer, has()));
        }
        // A boundary of the target that leaves it little.
        let bounded = json!({"AttachedManagedPolicies": attached(&[policy("work")]), "PermissionsBoundary": bounded(&policy("limit"))});
        let mut estate = Estate::new();
        estate.policy("work", &[document(&[allow(&["s3:ListAllMyBuckets"], "*")])]);
        estate.policy("limit", &[document(&[allow(&["s3:*"], "*")])]);
        estate.role("app", trusts(&root), &[], bounded.clone()).user("bob", &[], bounded);
        estate.user(
            "mallory",
            &[
                allow(method.actions, "*"),
                deny(&["iam:CreatePolicyVersion"], &policy("limit")),
                deny(&["*"], &user("mallory")),
            ],
            json!({}),
        );
        is_nothing(&estate.of_user("mallory"));
    }
}
