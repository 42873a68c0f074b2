//! Random accounts in every form that their details are printed in, damaged files, and an organization.

use std::collections::BTreeMap;

use driftline::import::{ImportError, Imported};
use driftline::inventory::{Outcome, ResourceKey};
use driftline::resource::{Resource, ResourceType};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{File, options, scope, texts, try_import};

const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";

fn resources(imported: &Imported) -> BTreeMap<ResourceKey, Resource> {
    imported.inventory.resources().map(|(key, resource)| (key.clone(), resource.clone())).collect()
}

fn outcome(imported: &Imported, account: &str, operation: &str) -> Option<Outcome> {
    imported.inventory.ledger.outcome(&scope(account, "global"), operation).cloned()
}

// -- random details

fn document() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["s3:*", "iam:PassRole", "ec2:Describe*", "*"]);
    let condition = prop::option::of(prop::sample::select(vec![
        json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01" } }),
        json!({ "StringEquals": { "aws:PrincipalOrgID": ["o-1", ""] } }),
    ]));
    (action, any::<bool>(), condition).prop_map(|(action, is_list, condition)| {
        let mut statement = json!({ "Effect": "Allow", "Action": if is_list { json!([action]) } else { json!(action) }, "Resource": "*" });
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        json!({ "Version": "2012-10-17", "Statement": [statement] })
    })
}

/// Its groups, its attached policies, its own documents.
type DrawnUser = (Vec<bool>, Vec<bool>, Vec<Value>);
/// Its trust, its attached policies, its own documents, whether it was used.
type DrawnRole = (Value, Vec<bool>, Vec<Value>, bool);

/// An account's details: groups and policies are those that somebody may have.
fn details(account: &'static str) -> impl Strategy<Value = Value> {
    let arn = move |what: &str| format!("arn:aws:iam::{account}:{what}");
    let picks = || prop::collection::vec(any::<bool>(), 3);
    let user = (picks(), picks(), prop::collection::vec(document(), 0..3));
    let role = (document(), picks(), prop::collection::vec(document(), 0..2), any::<bool>());
    (prop::collection::vec(user, 0..3), prop::collection::vec(role, 0..3), prop::collection::vec(document(), 3)).prop_map(
        move |(users, roles, policies)| {
            let attached = |picks: &[bool]| -> Vec<Value> {
                let policy = |i| json!({ "PolicyName": format!("p{i}"), "PolicyArn": arn(&format!("policy/p{i}")) });
                (0..3).filter(|i| picks[*i]).map(policy).collect()
            };
            let inline = |documents: &[Value]| -> Vec<Value> {
                let policy = |(i, document): (usize, &Value)| json!({ "PolicyName": format!("i{i}"), "PolicyDocument": document });
                documents.iter().enumerate().map(policy).collect()
            };
            let user = |(i, (groups, picks, documents)): (usize, &DrawnUser)| {
                let groups: Vec<String> = (0..3).filter(|g| groups[*g]).map(|g| format!("g{g}")).collect();
                json!({ "UserName": format!("u{i}"), "Arn": arn(&format!("user/u{i}")), "Path": "/", "CreateDate": "2024-01-01T00:00:00+00:00",
                    "GroupList": groups, "UserPolicyList": inline(documents), "AttachedManagedPolicies": attached(picks) })
            };
            let role = |(i, (trust, picks, documents, used)): (usize, &DrawnRole)| {
                let used = if *used { json!({ "LastUsedDate": "2025-01-01T00:00:00+00:00" }) } else { json!({}) };
                json!({ "RoleName": format!("r{i}"), "Arn": arn(&format!("role/r{i}")), "CreateDate": "2024-01-01T00:00:00+00:00",
                    "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "RolePolicyList": inline(documents),
                    "AttachedManagedPolicies": attached(picks), "RoleLastUsed": used })
            };
            let group = |i| json!({ "GroupName": format!("g{i}"), "Arn": arn(&format!("group/g{i}")), "GroupPolicyList": [], "AttachedManagedPolicies": [] });
            let policy = |(i, document): (usize, &Value)| {
                json!({ "PolicyName": format!("p{i}"), "Arn": arn(&format!("policy/p{i}")), "DefaultVersionId": "v1", "AttachmentCount": 0,
                    "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document }] })
            };
            json!({
                "UserDetailList": users.iter().enumerate().map(user).collect::<Vec<_>>(),
                "GroupDetailList": (0..3).map(group).collect::<Vec<_>>(),
                "RoleDetailList": roles.iter().enumerate().map(role).collect::<Vec<_>>(),
                "Policies": policies.iter().enumerate().map(policy).collect::<Vec<_>>(),
            })
        },
    )
}

const A: &str = "111122223333";
const B: &str = "444455556666";

fn two() -> impl Strategy<Value = [Value; 2]> {
    (details(A), details(B)).prop_map(|(a, b)| [a, b])
}

/// The details in pages of so many items.
fn pages(whole: &Value, size: usize) -> Vec<Value> {
    let lists = whole.as_object().unwrap();
    let all: Vec<(&String, &Value)> =
        lists.iter().flat_map(|(key, list)| list.as_array().unwrap().iter().map(move |item| (key, item))).collect();
    let chunks: Vec<_> = all.chunks(size).collect();
    let page = |(i, chunk): (usize, &&[(&String, &Value)])| {
        let mut page: Value =
            lists.keys().map(|key| (key.clone(), json!([]))).collect::<serde_json::Map<_, _>>().into();
        for (key, item) in *chunk {
            page[key.as_str()].as_array_mut().unwrap().push((*item).clone());
        }
        page["IsTruncated"] = json!(i + 1 < chunks.len());
        if i + 1 < chunks.len() {
            page["Marker"] = json!("x");
        }
        page
    };
    chunks.iter().enumerate().map(page).collect()
}

/// Documents as texts, and lists the other way round: neither means anything.
fn respelled(value: &mut Value, encode: bool) {
    match value {
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(|item| respelled(item, encode));
        }
        Value::Object(members) => {
            for (key, value) in members {
                if !key.ends_with("Document") {
                    respelled(value, encode);
                } else if encode {
                    let text = value.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
                    *value = Value::String(text);
                }
            }
        }
        _ => {}
    }
}

fn plain(both: &[Value; 2]) -> Vec<(String, String)> {
    vec![("a.json".to_owned(), both[0].to_string()), ("b.json".to_owned(), both[1].to_string())]
}

fn bytes(files: &[(String, String)]) -> Vec<File> {
    texts(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_form_is_the_same_account(both in two(), form in 0..4, size in 1..6usize, encode in any::<bool>()) {
        let wanted = try_import(options(), &bytes(&plain(&both))).unwrap();
        for account in [A, B] {
            prop_assert_eq!(outcome(&wanted, account, AUTHORIZATION), Some(Outcome::Complete));
        }
        let items = both.iter().flat_map(|one| one.as_object().unwrap().values()).map(|list| list.as_array().unwrap().len());
        prop_assert_eq!(resources(&wanted).len(), items.sum::<usize>());
        let mut other = both.clone();
        other.iter_mut().for_each(|one| respelled(one, encode));
        let files = match form {
            0 => vec![("x".to_owned(), json!(other).to_string())],
            1 => vec![("x".to_owned(), json!({ A: other[0], B: other[1] }).to_string())],
            2 => {
                let lines = other.iter().flat_map(|one| pages(one, size)).map(|page| page.to_string() + "\n");
                vec![("x".to_owned(), lines.collect::<String>())]
            }
            _ => {
                let numbered = |(n, one): (usize, &Value)| {
                    let page = move |(i, page): (usize, Value)| (format!("{n}-{i:03}.json"), page.to_string());
                    pages(one, size).into_iter().enumerate().map(page).collect::<Vec<_>>()
                };
                other.iter().enumerate().flat_map(numbered).collect()
            }
        };
        let imported = try_import(options(), &bytes(&files)).unwrap();
        prop_assert_eq!(imported.account.complaints, Vec::<String>::new());
        prop_assert_eq!(resources(&wanted), imported.inventory.resources().map(|(k, r)| (k.clone(), r.clone())).collect());
        prop_assert_eq!(&wanted.inventory.ledger, &imported.inventory.ledger);
    }

    #[test]
    fn a_cut_file_loses_nothing_in_silence(both in two(), form in 0..3, at in any::<prop::sample::Index>()) {
        let wanted = resources(&try_import(options(), &bytes(&plain(&both))).unwrap());
        let mut files = match form {
            0 => plain(&both),
            1 => vec![("x".to_owned(), json!(both).to_string())],
            _ => vec![("x".to_owned(), both.iter().flat_map(|one| pages(one, 3)).map(|page| page.to_string() + "\n").collect())],
        };
        let last = files.len() - 1;
        let length = files[last].1.len();
        files[last].1.truncate(at.index(length));
        let imported = match try_import(options(), &bytes(&files)) {
            Ok(imported) => imported,
            Err(ImportError::Nothing(_) | ImportError::NoPlace { .. }) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let found = resources(&imported);
        for (key, resource) in &found {
            prop_assert_eq!(Some(resource), wanted.get(key));
        }
        let lost = wanted.keys().any(|key| !found.contains_key(key));
        let told = !imported.account.complaints.is_empty()
            || imported.inventory.ledger.gaps().any(|(cell, _)| cell.operation == AUTHORIZATION);
        prop_assert!(!lost || told);
        for key in wanted.keys().filter(|key| !found.contains_key(key)) {
            prop_assert!(outcome(&imported, key.scope.account.as_str(), AUTHORIZATION) != Some(Outcome::Complete), "{:?}", key);
        }
    }

    #[test]
    fn no_change_of_a_byte_makes_it_panic(both in two(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut files = bytes(&[("x".to_owned(), json!(both).to_string())]);
        let at = at.index(files[0].1.len());
        files[0].1[at] = byte;
        drop(try_import(options(), &files));
    }
}

// -- Organizations

const M: &str = "999988887777";

/// An organization as its management account is told of it, call by call.
fn organization() -> Vec<(String, Value)> {
    let arn = |what: &str| format!("arn:aws:organizations::{M}:{what}");
    let account = |id: &str, name: &str| {
        json!({ "Id": id, "Arn": arn(&format!("account/o-1/{id}")), "Name": name, "Email": "x@example.com", "Status": "ACTIVE",
            "JoinedMethod": "CREATED", "JoinedTimestamp": 1704067200.5 })
    };
    let summary = |id: &str, of: &str| json!({ "Id": id, "Arn": arn(&format!("policy/o-1/service_control_policy/{id}")), "Name": id, "Type": of, "AwsManaged": false });
    let full = json!({ "Id": "p-FullAWSAccess", "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": true });
    let (scp, rcp) = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY");
    let content = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let target = |id: &str, of: &str| json!({ "TargetId": id, "Arn": arn("x/o-1/x"), "Name": id, "Type": of });
    let files = vec![
        (
            "describe-organization",
            json!({ "Organization": { "Id": "o-1", "Arn": arn("organization/o-1"), "FeatureSet": "ALL", "MasterAccountId": M, "MasterAccountArn": arn(&format!("account/o-1/{M}")) } }),
        ),
        ("list-accounts", json!({ "Accounts": [account(M, "management"), account(A, "app")] })),
        (
            "list-roots",
            json!({ "Roots": [{ "Id": "r-ab12", "Arn": arn("root/o-1/r-ab12"), "Name": "Root", "PolicyTypes": [{ "Type": scp, "Status": "ENABLED" }, { "Type": rcp, "Status": "ENABLED" }] }] }),
        ),
        (
            "list-organizational-units-for-parent-r-ab12",
            json!({ "OrganizationalUnits": [{ "Id": "ou-ab12-cd34", "Arn": arn("ou/o-1/ou-ab12-cd34"), "Name": "prod" }] }),
        ),
        ("list-organizational-units-for-parent-ou-ab12-cd34", json!({ "OrganizationalUnits": [] })),
        ("list-accounts-for-parent-r-ab12", json!({ "Accounts": [account(M, "management")] })),
        ("list-accounts-for-parent-ou-ab12-cd34", json!({ "Accounts": [account(A, "app")] })),
        ("list-policies-scp", json!({ "Policies": [full, summary("p-deny1234", scp)] })),
        ("list-policies-rcp", json!({ "Policies": [summary("p-rcp12345", rcp)] })),
        ("describe-policy-1", json!({ "Policy": { "PolicySummary": summary("p-deny1234", scp), "Content": content } })),
        ("describe-policy-2", json!({ "Policy": { "PolicySummary": summary("p-rcp12345", rcp), "Content": content } })),
        ("describe-policy-3", json!({ "Policy": { "PolicySummary": full, "Content": content } })),
        ("list-targets-for-policy-p-deny1234", json!({ "Targets": [target("ou-ab12-cd34", "ORGANIZATIONAL_UNIT")] })),
        ("list-targets-for-policy-p-rcp12345", json!({ "Targets": [] })),
        (
            "list-targets-for-policy-p-FullAWSAccess",
            json!({ "Targets": [target("r-ab12", "ROOT"), target(A, "ACCOUNT")] }),
        ),
        (
            "list-delegated-administrators",
            json!({ "DelegatedAdministrators": [{ "Id": A, "Arn": arn(&format!("account/o-1/{A}")), "Name": "app", "DelegationEnabledDate": 1704067200 }] }),
        ),
        (
            "list-delegated-services-for-account-111122223333",
            json!({ "DelegatedServices": [{ "ServicePrincipal": "config.amazonaws.com", "DelegationEnabledDate": 1704067200 }] }),
        ),
        ("summary/444455556666/summary", json!({ "SummaryMap": { "Users": 0 } })),
        ("summary/111122223333/summary", json!({ "SummaryMap": { "Users": 0 } })),
    ];
    files.into_iter().map(|(name, value)| (format!("{name}.json"), value)).collect()
}

fn read(files: &[(String, Value)]) -> Imported {
    let files: Vec<(String, String)> = files.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    let imported = try_import(options(), &bytes(&files)).unwrap();
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    imported
}

fn gaps(imported: &Imported, account: &str) -> Vec<String> {
    let gaps = imported.inventory.ledger.gaps().filter(|(cell, _)| cell.scope == scope(account, "global"));
    gaps.map(|(cell, _)| cell.operation).filter(|operation| operation.starts_with("organizations:")).collect()
}

#[test]
fn an_organization_is_put_together_from_what_is_asked_of_each() {
    let imported = read(&organization());
    assert_eq!(gaps(&imported, M), Vec::<String>::new());
    // Nobody asks members for the organization; of themselves they are told, if they are listed.
    assert_eq!(gaps(&imported, A), Vec::<String>::new());
    assert_eq!(gaps(&imported, B), ["organizations:DescribeOrganization"]);
    let mut seen = 0;
    for (key, resource) in imported.inventory.resources() {
        seen += 1;
        match resource {
            Resource::OrganizationAccount(account) if account.id == A => {
                assert_eq!(account.parent_id.as_deref(), Some("ou-ab12-cd34"));
                assert_eq!(account.path.as_deref(), Some("o-1/r-ab12/ou-ab12-cd34/"));
                assert_eq!(account.joined_timestamp.unwrap().as_second(), 1_704_067_200);
            }
            Resource::OrganizationAccount(account) => assert_eq!(account.path.as_deref(), Some("o-1/r-ab12/")),
            Resource::OrganizationalUnit(unit) => {
                assert_eq!(
                    (unit.parent_id.as_str(), unit.path.as_deref()),
                    ("r-ab12", Some("o-1/r-ab12/ou-ab12-cd34/"))
                );
            }
            Resource::OrganizationPolicy(policy) => {
                let targets: Vec<&str> =
                    policy.targets.as_ref().unwrap().iter().map(|target| target.target_id.as_str()).collect();
                let wanted: &[&str] = match policy.id.as_str() {
                    "p-deny1234" => &["ou-ab12-cd34"],
                    "p-FullAWSAccess" => &[A, "r-ab12"],
                    _ => &[],
                };
                assert_eq!(targets, wanted, "{}", policy.id);
                assert!(policy.content.is_some());
            }
            Resource::DelegatedAdministrator(one) => assert_eq!(one.delegated_services.as_ref().map(Vec::len), Some(1)),
            Resource::Organization(_) => assert!([A, M].contains(&key.scope.account.as_str())),
            _ => {}
        }
    }
    assert_eq!(seen, 2 + 1 + 1 + 2 + 3 + 1 + 2);
    let names: Vec<_> = imported.inventory.accounts.values().map(|account| account.name.clone()).collect();
    assert_eq!(names, [Some("app".to_owned()), None, Some("management".to_owned())]);
}

#[test]
fn targets_may_be_told_by_the_policies_of_each() {
    let mut files = organization();
    files.retain(|(name, _)| !name.starts_with("list-targets"));
    let policy = |id: &str| {
        let lists = files
            .iter()
            .filter(|(name, _)| name.starts_with("list-policies"))
            .flat_map(|(_, value)| value["Policies"].as_array().unwrap().clone());
        lists.into_iter().find(|policy| policy["Id"] == id).unwrap()
    };
    let (full, deny) = (policy("p-FullAWSAccess"), policy("p-deny1234"));
    for (target, policies) in
        [("r-ab12", json!([full])), ("ou-ab12-cd34", json!([deny])), (A, json!([full])), (M, json!([]))]
    {
        files.push((format!("list-policies-for-target-{target}.json"), json!({ "Policies": policies })));
    }
    let imported = read(&files);
    assert_eq!(gaps(&imported, M), Vec::<String>::new());
    files.pop();
    assert_eq!(gaps(&read(&files), M), ["organizations:ListTargetsForPolicy"]);
}

#[test]
fn without_one_answer_what_it_told_is_a_gap() {
    let all = organization();
    for (gone, _) in all.iter().filter(|(name, _)| !name.starts_with("summary")) {
        let mut files = all.clone();
        files.retain(|(name, _)| name != gone);
        let gaps = gaps(&read(&files), M);
        assert!(!gaps.is_empty(), "without {gone}");
    }
    // Which types there are is the resource type's list.
    assert!(ResourceType::OrganizationPolicy.operations().len() == 3);
}
