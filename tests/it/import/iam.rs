//! IAM as the AWS CLI prints it: in one piece, in pages, for several accounts, and call by call.

use std::collections::BTreeMap;

use driftline::import::Imported;
use driftline::inventory::{Gap, Outcome, Reason, ResourceKey};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

use super::{Look, assert_not_imported, data, files, options, scope, texts, try_import};

const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";

fn read(files: &[(&str, &str)]) -> Imported {
    let imported = try_import(options(), &texts(files)).unwrap();
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    imported
}

fn resources(imported: &Imported) -> BTreeMap<ResourceKey, Resource> {
    imported.inventory.resources().map(|(key, resource)| (key.clone(), resource.clone())).collect()
}

fn outcome(imported: &Imported, account: &str, operation: &str) -> Outcome {
    let outcome = imported.inventory.ledger.outcome(&scope(account, "global"), operation).cloned();
    outcome.unwrap_or_else(|| panic!("{operation} of {account} is in no cell"))
}

fn gap(imported: &Imported, account: &str, operation: &str) -> Gap {
    match outcome(imported, account, operation) {
        Outcome::Gap(gap) => gap,
        Outcome::Complete => panic!("{operation} of {account} is complete"),
    }
}

fn document(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": [action], "Resource": ["*"] }] })
}

fn trust() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": { "Service": ["ec2.amazonaws.com"] } }] })
}

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// Details of an account with one of each.
fn details(account: &str) -> Value {
    let arn = |what: &str| format!("arn:aws:iam::{account}:{what}");
    let profile = json!({ "InstanceProfileName": "web", "InstanceProfileId": "AIPA1", "Arn": arn("instance-profile/web"),
        "Path": "/", "CreateDate": "2024-01-01T00:00:00+00:00", "Roles": [{ "RoleName": "web", "Arn": arn("role/app/web") }] });
    json!({
        "UserDetailList": [{
            "UserName": "ann", "UserId": "AIDA1", "Arn": arn("user/ann"), "Path": "/", "CreateDate": "2024-01-01T00:00:00+00:00",
            "GroupList": ["ops", "dev"],
            "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": document("s3:GetObject") }],
            "AttachedManagedPolicies": [{ "PolicyName": "deploy", "PolicyArn": arn("policy/deploy") }],
            "PermissionsBoundary": { "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY },
            "Tags": [{ "Key": "team", "Value": "a" }],
        }],
        "GroupDetailList": [
            { "GroupName": "dev", "GroupId": "AGPA1", "Arn": arn("group/dev"), "Path": "/", "CreateDate": "2024-01-01T00:00:00+00:00", "GroupPolicyList": [], "AttachedManagedPolicies": [] },
            { "GroupName": "ops", "GroupId": "AGPA2", "Arn": arn("group/ops"), "Path": "/", "CreateDate": "2024-01-01T00:00:00+00:00", "GroupPolicyList": [], "AttachedManagedPolicies": [{ "PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY }] },
        ],
        "RoleDetailList": [{
            "RoleName": "web", "RoleId": "AROA1", "Arn": arn("role/app/web"), "Path": "/app/", "CreateDate": "2024-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": trust(), "InstanceProfileList": [profile], "RolePolicyList": [], "AttachedManagedPolicies": [],
            "RoleLastUsed": { "LastUsedDate": "2026-01-01T00:00:00+00:00", "Region": "eu-west-1" }, "Tags": [],
        }],
        "Policies": [
            { "PolicyName": "deploy", "PolicyId": "ANPA1", "Arn": arn("policy/deploy"), "Path": "/", "DefaultVersionId": "v10", "AttachmentCount": 1,
              "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": "2024-01-01T00:00:00+00:00", "UpdateDate": "2025-01-01T00:00:00+00:00",
              "PolicyVersionList": [
                { "VersionId": "v10", "IsDefaultVersion": true, "Document": document("ec2:RunInstances"), "CreateDate": "2025-01-01T00:00:00+00:00" },
                { "VersionId": "v9", "IsDefaultVersion": false, "Document": document("*"), "CreateDate": "2024-01-01T00:00:00+00:00" },
              ] },
            { "PolicyName": "ReadOnlyAccess", "PolicyId": "ANPA0", "Arn": READ_ONLY, "Path": "/", "DefaultVersionId": "v100", "AttachmentCount": 1,
              "PermissionsBoundaryUsageCount": 1, "IsAttachable": true, "CreateDate": "2015-02-06T18:39:48+00:00", "UpdateDate": "2025-01-01T00:00:00+00:00",
              "PolicyVersionList": [{ "VersionId": "v100", "IsDefaultVersion": true, "Document": document("s3:List*"), "CreateDate": "2025-01-01T00:00:00+00:00" }] },
        ],
    })
}

const A: &str = "111122223333";
const B: &str = "444455556666";

#[test]
fn the_details_are_kept_with_all_that_is_on_them() {
    let imported = read(&[("x.json", &details(A).to_string())]);
    let all = resources(&imported);
    let types: Vec<_> = all.keys().map(|key| key.resource_type).collect();
    use ResourceType as T;
    assert_eq!(
        types,
        [T::User, T::Group, T::Group, T::Role, T::ManagedPolicy, T::AwsManagedPolicy, T::InstanceProfile]
    );
    assert!(all.keys().all(|key| key.scope == scope(A, "global")));
    for (key, resource) in &all {
        match resource {
            Resource::User(user) => {
                assert_eq!(user.group_list, ["dev", "ops"]);
                assert_eq!(
                    user.user_policy_list[0].policy_document.document().unwrap().to_json(),
                    document("s3:GetObject")
                );
                assert_eq!(user.permissions_boundary.as_ref().unwrap().permissions_boundary_arn.as_str(), READ_ONLY);
                assert_eq!(user.tags.len(), 1);
            }
            Resource::Role(role) => {
                assert_eq!(role.instance_profile_list, ["web"]);
                assert!(role.role_last_used.as_ref().unwrap().last_used_date.is_some());
                assert_eq!(role.assume_role_policy_document.document().unwrap().to_json(), trust());
            }
            Resource::InstanceProfile(profile) => assert_eq!(profile.roles, ["web"]),
            Resource::ManagedPolicy(policy) => {
                let versions: Vec<_> =
                    policy.policy_version_list.iter().map(|version| version.version_id.as_str()).collect();
                assert_eq!((versions, policy.attachment_count), (vec!["v9", "v10"], Some(1)));
            }
            Resource::AwsManagedPolicy(policy) => {
                assert_eq!((key.id.as_str(), policy.attachment_count), (READ_ONLY, Some(1)));
                let document = policy.document.as_ref().unwrap().document().unwrap().to_json();
                assert_eq!(document, self::document("s3:List*"));
            }
            _ => {}
        }
    }
    for complete in [AUTHORIZATION, "iam:ListPolicies", "iam:GetPolicyVersion"] {
        assert_eq!(outcome(&imported, A, complete), Outcome::Complete, "{complete}");
    }
    // Profiles without a role are in no role's list.
    assert_not_imported(&gap(&imported, A, "iam:ListInstanceProfiles"), true);
    for missing in
        ["iam:GetCredentialReport", "iam:ListAccessKeys", "iam:GetAccountSummary", "organizations:DescribeOrganization"]
    {
        assert_not_imported(&gap(&imported, A, missing), false);
    }
}

/// The details in pages, each with all lists: the first has the users, the last AWS's policies.
fn pages(account: &str) -> Vec<Value> {
    let whole = details(account);
    let empty = json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [] });
    let page = |name: &str, value: Value, more: bool| {
        let mut page = empty.clone();
        page[name] = value;
        page["IsTruncated"] = json!(more);
        if more {
            page["Marker"] = json!("AAA=");
        }
        page
    };
    let policies = whole["Policies"].as_array().unwrap();
    vec![
        page("UserDetailList", whole["UserDetailList"].clone(), true),
        page("GroupDetailList", whole["GroupDetailList"].clone(), true),
        page("RoleDetailList", whole["RoleDetailList"].clone(), true),
        page("Policies", json!([policies[0]]), true),
        page("Policies", json!([policies[1]]), false),
    ]
}

#[test]
fn pages_lists_and_lines_are_the_same_as_the_whole() {
    let (a, b) = (details(A).to_string(), details(B).to_string());
    let whole = read(&[("a.json", &a), ("b.json", &b)]);
    let of = |imported: &Imported| (resources(imported), imported.inventory.ledger.clone());
    assert_eq!(resources(&whole).len(), 14);
    let lines = |accounts: &[&str]| -> String {
        let all = accounts.iter().flat_map(|account| pages(account));
        all.map(|page| page.to_string() + "\n").collect()
    };
    let numbered: Vec<(String, String)> = [A, B]
        .iter()
        .flat_map(|account| {
            pages(account)
                .into_iter()
                .enumerate()
                .map(move |(i, page)| (format!("{account}/{i}.json"), page.to_string()))
        })
        .collect();
    let numbered: Vec<(&str, &str)> = numbered.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    // In one folder whose files nothing tells apart but their order.
    let flat: Vec<(String, String)> = [A, B]
        .iter()
        .enumerate()
        .flat_map(|(n, account)| {
            pages(account)
                .into_iter()
                .enumerate()
                .map(move |(i, page)| (format!("page-{n}-{i}.json"), page.to_string()))
        })
        .collect();
    let flat: Vec<(&str, &str)> = flat.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let by_account = json!({ A: details(A), B: details(B) }).to_string();
    let list = json!([details(A), details(B)]).to_string();
    for (name, other) in [
        ("ndjson of pages", read(&[("x.ndjson", &lines(&[A, B]))])),
        ("one file of pages each", read(&[("a", &lines(&[A])), ("b", &lines(&[B]))])),
        ("a list of accounts", read(&[("x.json", &list)])),
        ("by their ids", read(&[("x.json", &by_account)])),
        ("pages in folders", read(&numbered)),
        ("pages side by side", read(&flat)),
    ] {
        let (ours, theirs) = (of(&other), of(&whole));
        assert_eq!(ours.0, theirs.0, "{name}");
        assert_eq!(ours.1, theirs.1, "{name}");
    }
    // In one object, as a tool that merges lists writes them. AWS's policies are then of both.
    let mut merged = details(A);
    for (key, list) in merged.as_object_mut().unwrap() {
        list.as_array_mut()
            .unwrap()
            .extend(details(B)[key].as_array().unwrap().iter().filter(|item| item["Arn"] != READ_ONLY).cloned());
    }
    assert_eq!(of(&read(&[("x.json", &merged.to_string())])), of(&whole));
}

#[test]
fn documents_may_be_texts_as_the_api_gives_them() {
    fn encode(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(encode),
            Value::Object(members) => members.iter_mut().for_each(|(key, value)| {
                if key.ends_with("Document") {
                    let text = value.to_string();
                    let escaped = |byte: u8| {
                        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
                    };
                    *value = Value::String(text.bytes().map(escaped).collect());
                } else {
                    encode(value);
                }
            }),
            _ => {}
        }
    }
    let mut encoded = details(A);
    encode(&mut encoded);
    assert!(encoded.to_string().contains("%22Statement%22"));
    let plain = read(&[("x", &details(A).to_string())]);
    assert_eq!(resources(&read(&[("x", &encoded.to_string())])), resources(&plain));
}

#[test]
fn the_last_page_that_is_missing_is_a_gap() {
    let mut pages = pages(A);
    pages.pop();
    let text: String = pages.iter().map(Value::to_string).collect();
    let imported = read(&[("x", &text)]);
    let missing = gap(&imported, A, AUTHORIZATION);
    assert_eq!((missing.reason, missing.partial), (Reason::Malformed, true));
    assert_eq!(missing.message, "the last page in the files names another one");
    assert_eq!(imported.ids(ResourceType::User), ["ann"]);
}

#[test]
fn aws_policies_whose_documents_the_dump_lacks_are_named() {
    let mut without = details(A);
    without["Policies"].as_array_mut().unwrap().pop();
    let imported = read(&[("x", &without.to_string())]);
    assert_eq!(outcome(&imported, A, AUTHORIZATION), Outcome::Complete);
    for operation in ["iam:ListPolicies", "iam:GetPolicyVersion"] {
        let missing = gap(&imported, A, operation);
        assert_not_imported(&missing, true);
        assert!(missing.message.ends_with(READ_ONLY), "{}", missing.message);
    }
    assert_eq!(imported.ids(ResourceType::AwsManagedPolicy), Vec::<String>::new());
    // Another account of the dump has it, and AWS gives all accounts the same.
    let both = read(&[("a", &without.to_string()), ("b", &details(B).to_string())]);
    assert_eq!(outcome(&both, A, "iam:GetPolicyVersion"), Outcome::Complete);
    let all = resources(&both);
    let policy = all.iter().find(|(key, _)| key.scope == scope(A, "global") && key.id == READ_ONLY).unwrap().1;
    let Resource::AwsManagedPolicy(policy) = policy else { panic!("{policy:?}") };
    // On one group; a boundary is no attachment.
    assert_eq!((policy.attachment_count, policy.default_version_id.as_deref()), (Some(1), Some("v100")));
    assert!(policy.document.is_some());
    // Of `list-policies --only-attached`, the version is known and its document is not.
    let listed = json!({ "Policies": [{ "PolicyName": "ReadOnlyAccess", "PolicyId": "ANPA0", "Arn": READ_ONLY, "DefaultVersionId": "v100", "AttachmentCount": 1 }] });
    let imported = read(&[("x", &without.to_string()), ("list", &listed.to_string())]);
    assert_eq!(outcome(&imported, A, "iam:ListPolicies"), Outcome::Complete);
    assert_not_imported(&gap(&imported, A, "iam:GetPolicyVersion"), true);
    let version =
        json!({ "PolicyVersion": { "VersionId": "v100", "IsDefaultVersion": true, "Document": document("s3:List*") } });
    let name = "get-policy-version/arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess";
    let imported = read(&[("x", &without.to_string()), ("list", &listed.to_string()), (name, &version.to_string())]);
    assert_eq!(outcome(&imported, A, "iam:GetPolicyVersion"), Outcome::Complete);
}

#[test]
fn lists_that_lack_what_is_used_are_not_whole() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut value = details(A);
        change(&mut value);
        gap(&read(&[("x", &value.to_string())]), A, AUTHORIZATION)
    };
    // As `--filter` prints them.
    let missing = with(&|value| value["GroupDetailList"] = json!([]));
    assert_eq!(missing.message, "the imported lists lack what is used: group dev, group ops");
    let missing = with(&|value| value["Policies"] = json!([]));
    assert_eq!(missing.message, format!("the imported lists lack what is used: arn:aws:iam::{A}:policy/deploy"));
    let missing = with(&|value| _ = value.as_object_mut().unwrap().remove("RoleDetailList"));
    assert_eq!(missing.message, "the imported files have no RoleDetailList");
    assert_not_imported(&missing, true);
}

#[test]
fn whose_it_is_is_said_by_the_arns_whatever_the_folder_is_called() {
    let text = details(A).to_string();
    let imported = try_import(options(), &texts(&[("444455556666/x.json", &text)])).unwrap();
    assert_eq!(
        imported.account.complaints,
        ["444455556666/x.json: its ARNs are of 111122223333, and not of 444455556666"]
    );
    assert_eq!(imported.inventory.accounts.keys().map(|id| id.as_str()).collect::<Vec<_>>(), [A]);
    // What has no ARN is of the account around it.
    let summary = r#"{"SummaryMap": {"Users": 1, "AccountMFAEnabled": 1}}"#;
    let imported = read(&[("d/x.json", &text), ("d/summary.json", summary)]);
    assert_eq!(outcome(&imported, A, "iam:GetAccountSummary"), Outcome::Complete);
    let error = try_import(options(), &texts(&[("summary.json", summary)])).unwrap_err().to_string();
    assert!(error.starts_with("summary.json: nothing says which account it is from"), "{error}");
    // IAM is of no region, and of the partition that ARNs say.
    let gov = text.replace("arn:aws:", "arn:aws-us-gov:");
    let imported = read(&[("x", &gov)]);
    assert!(imported.inventory.resources().all(|(key, _)| key.scope.partition.as_str() == "aws-us-gov"));
}

#[test]
fn the_lists_of_iam_are_kept() {
    let arn = |what: &str| format!("arn:aws:iam::{A}:{what}");
    let oidc = arn("oidc-provider/token.example.com");
    let all = [
        (
            "summary",
            json!({ "SummaryMap": { "Users": 1, "AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1 } }),
        ),
        (
            "policy",
            json!({ "PasswordPolicy": { "MinimumPasswordLength": 14, "RequireSymbols": true, "RequireNumbers": true, "RequireUppercaseCharacters": true,
            "RequireLowercaseCharacters": true, "AllowUsersToChangePassword": true, "ExpirePasswords": false } }),
        ),
        ("aliases", json!({ "AccountAliases": ["example"] })),
        (
            "mfa",
            json!({ "VirtualMFADevices": [{ "SerialNumber": arn("mfa/ann"), "EnableDate": "2025-01-01T00:00:00+00:00", "User": { "UserName": "ann", "Arn": arn("user/ann") } }, { "SerialNumber": arn("mfa/spare") }] }),
        ),
        (
            "certificates",
            json!({ "ServerCertificateMetadataList": [{ "ServerCertificateName": "www", "ServerCertificateId": "ASCA1", "Arn": arn("server-certificate/www"), "Path": "/", "Expiration": "2027-01-01T00:00:00+00:00" }] }),
        ),
        (
            "saml",
            json!({ "SAMLProviderList": [{ "Arn": arn("saml-provider/idp"), "ValidUntil": "2030-01-01T00:00:00+00:00", "CreateDate": "2025-01-01T00:00:00+00:00" }] }),
        ),
        ("oidc", json!({ "OpenIDConnectProviderList": [{ "Arn": oidc }] })),
        (
            "oidc-1",
            json!({ "Url": "token.example.com", "ClientIDList": ["sts.amazonaws.com", "b"], "ThumbprintList": ["00"], "CreateDate": "2025-01-01T00:00:00+00:00" }),
        ),
        (
            "profiles",
            json!({ "InstanceProfiles": [{ "InstanceProfileName": "empty", "Arn": arn("instance-profile/empty"), "Path": "/", "Roles": [] }] }),
        ),
        (
            "list-access-keys/ann",
            json!({ "AccessKeyMetadata": [{ "UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active", "CreateDate": "2025-01-01T00:00:00+00:00" }] }),
        ),
        ("details", details(A)),
    ];
    let files: Vec<(String, String)> =
        all.iter().map(|(name, value)| (format!("{A}/{name}.json"), value.to_string())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let imported = read(&files);
    for of in [
        ResourceType::AccountSummary,
        ResourceType::AccountPasswordPolicy,
        ResourceType::AccountAlias,
        ResourceType::ServerCertificate,
        ResourceType::SamlProvider,
        ResourceType::OidcProvider,
        ResourceType::AccessKey,
    ] {
        assert_eq!(imported.ids(of).len(), 1, "{of}");
    }
    assert_eq!(imported.ids(ResourceType::InstanceProfile), ["empty", "web"]);
    for (_, resource) in imported.inventory.resources() {
        match resource {
            Resource::OidcProvider(provider) => {
                assert_eq!(
                    provider.client_id_list.as_deref(),
                    Some(&["b".to_owned(), "sts.amazonaws.com".to_owned()][..])
                );
                assert_eq!(provider.url.as_deref(), Some("token.example.com"));
            }
            Resource::VirtualMfaDevice(device) => {
                assert_eq!(device.user_arn.is_some(), device.serial_number.as_str().ends_with("ann"))
            }
            _ => {}
        }
    }
    let gaps: Vec<String> = imported.inventory.ledger.gaps().map(|(cell, _)| cell.operation).collect();
    let wanted: Vec<&String> = gaps.iter().filter(|operation| operation.starts_with("iam:")).collect();
    assert_eq!(wanted, ["iam:GenerateCredentialReport", "iam:GetCredentialReport"]);
    // Without the provider's own answer, its audiences are a gap that names it.
    let fewer: Vec<_> = files.iter().filter(|(name, _)| !name.ends_with("oidc-1.json")).copied().collect();
    let missing = gap(&read(&fewer), A, "iam:GetOpenIDConnectProvider");
    assert!(missing.message.ends_with(&oidc), "{}", missing.message);
}

// -- call by call

fn single() -> Vec<(String, Value)> {
    let whole = details(A);
    let (user, role, group) = (&whole["UserDetailList"][0], &whole["RoleDetailList"][0], &whole["GroupDetailList"]);
    let brief = |value: &Value, names: &[&str]| {
        let mut value = value.clone();
        names.iter().for_each(|name| _ = value.as_object_mut().unwrap().remove(*name));
        value
    };
    let lists = [
        "GroupList",
        "UserPolicyList",
        "AttachedManagedPolicies",
        "RolePolicyList",
        "InstanceProfileList",
        "GroupPolicyList",
        "PolicyVersionList",
    ];
    let listed = [&lists[..], &["PermissionsBoundary", "Tags", "RoleLastUsed"]].concat();
    let groups: Vec<Value> = group.as_array().unwrap().iter().map(|group| brief(group, &lists)).collect();
    let policies: Vec<Value> =
        whole["Policies"].as_array().unwrap().iter().map(|policy| brief(policy, &lists)).collect();
    let mut files = vec![
        ("iam-list-users.json", json!({ "Users": [brief(user, &listed)] })),
        ("iam-get-user/ann", json!({ "User": brief(user, &lists) })),
        ("iam-list-groups-for-user/ann", json!({ "Groups": groups })),
        ("iam-list-user-policies/ann", json!({ "PolicyNames": ["own"] })),
        (
            "iam-get-user-policy/ann-own",
            json!({ "UserName": "ann", "PolicyName": "own", "PolicyDocument": document("s3:GetObject") }),
        ),
        ("iam-list-attached-user-policies/ann", json!({ "AttachedPolicies": user["AttachedManagedPolicies"] })),
        ("iam-list-roles.json", json!({ "Roles": [brief(role, &listed)] })),
        ("iam-get-role/web", json!({ "Role": brief(role, &lists) })),
        ("iam-list-role-policies/web", json!({ "PolicyNames": [] })),
        ("iam-list-attached-role-policies/web", json!({ "AttachedPolicies": [] })),
        ("iam-list-instance-profiles.json", json!({ "InstanceProfiles": role["InstanceProfileList"] })),
        ("iam-list-groups.json", json!({ "Groups": groups })),
        ("iam-list-policies.json", json!({ "Policies": policies })),
        ("iam-get-policy-version/deploy", json!({ "PolicyVersion": whole["Policies"][0]["PolicyVersionList"][0] })),
        ("iam-get-policy-version-1/deploy", json!({ "PolicyVersion": whole["Policies"][0]["PolicyVersionList"][1] })),
        (
            "iam-get-policy-version/arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess",
            json!({ "PolicyVersion": whole["Policies"][1]["PolicyVersionList"][0] }),
        ),
    ];
    for group in group.as_array().unwrap() {
        let name = group["GroupName"].as_str().unwrap();
        let (inline, attached) = if name == "dev" {
            ("iam-list-group-policies/dev", "iam-list-attached-group-policies/dev")
        } else {
            ("iam-list-group-policies/ops", "iam-list-attached-group-policies/ops")
        };
        files.push((inline, json!({ "PolicyNames": [] })));
        files.push((attached, json!({ "AttachedPolicies": group["AttachedManagedPolicies"] })));
    }
    files.into_iter().map(|(name, value)| (format!("{A}/{name}"), value)).collect()
}

fn read_all(files: &[(String, Value)]) -> Imported {
    let files: Vec<(String, String)> = files.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    read(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

#[test]
fn single_calls_that_are_all_there_say_what_the_details_say() {
    let imported = read_all(&single());
    let whole = read(&[("x", &details(A).to_string())]);
    assert_eq!(resources(&imported), resources(&whole));
    assert_eq!(outcome(&imported, A, AUTHORIZATION), Outcome::Complete);
    assert_eq!(outcome(&imported, A, "iam:GetPolicyVersion"), Outcome::Complete);
}

#[test]
fn a_single_call_that_is_missing_leaves_out_what_it_belongs_to_and_names_it() {
    for (gone, id, named) in [
        ("iam-get-user/ann", "ann", "get-user of user ann"),
        ("iam-list-groups-for-user/ann", "ann", "the groups of user ann"),
        ("iam-list-user-policies/ann", "ann", "the names of the inline policies of user ann"),
        ("iam-get-user-policy/ann-own", "ann", "the documents of the inline policies of user ann"),
        ("iam-list-attached-user-policies/ann", "ann", "the attached policies of user ann"),
        ("iam-get-role/web", "web", "get-role of role web"),
        ("iam-list-instance-profiles.json", "web", "the instance profiles of role web"),
        ("iam-list-attached-group-policies/ops", "ops", "the attached policies of group ops"),
        (
            "iam-get-policy-version/deploy",
            "arn:aws:iam::111122223333:policy/deploy",
            "the default version of policy deploy",
        ),
        ("iam-list-roles.json", "", "list-roles"),
    ] {
        let mut files = single();
        files.retain(|(name, _)| !name.ends_with(gone));
        let imported = read_all(&files);
        let missing = gap(&imported, A, AUTHORIZATION);
        assert_not_imported(&missing, true);
        assert!(missing.message.ends_with(named), "{gone}: {}", missing.message);
        let principals =
            imported.inventory.resources().filter(|(key, _)| key.resource_type != ResourceType::InstanceProfile);
        assert!(principals.into_iter().all(|(key, _)| key.id != id), "{gone}");
    }
}

// -- the archive of another tool

#[test]
fn the_demo_account_is_imported_as_it_is() {
    let imported = try_import(options(), &files(&data("cloudmapper-demo"))).unwrap();
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    let account = "123456789012";
    assert_eq!(imported.ids(ResourceType::Role), ["bad_role", "exfiller", "level1", "level3"]);
    assert_eq!(imported.ids(ResourceType::User), ["USER", "USER_WITH_BAD_INLINE_POLICY"]);
    assert_eq!(imported.ids(ResourceType::Group), ["GROUP_WITH_BAD_INLINE_POLICY"]);
    assert_eq!(imported.ids(ResourceType::ManagedPolicy), ["arn:aws:iam::123456789012:policy/BAD_MFA_POLICY"]);
    assert_eq!(
        imported.ids(ResourceType::AwsManagedPolicy),
        ["arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM"]
    );
    for complete in [
        AUTHORIZATION,
        "iam:ListPolicies",
        "iam:GetPolicyVersion",
        "iam:GetCredentialReport",
        "iam:GetAccountSummary",
        "iam:ListSAMLProviders",
    ] {
        assert_eq!(outcome(&imported, account, complete), Outcome::Complete, "{complete}");
    }
    for missing in ["iam:ListAccessKeys", "iam:GetAccountPasswordPolicy", "organizations:ListAccounts"] {
        assert_not_imported(&gap(&imported, account, missing), false);
    }
    let used: Vec<&str> = imported.account.unknown.iter().map(|(file, _)| file.as_str()).collect();
    assert!(
        !used.iter().any(|file| file.contains("iam-get-credential") || file.contains("iam-get-account")),
        "{used:?}"
    );
}
