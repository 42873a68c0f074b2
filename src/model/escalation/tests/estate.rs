//! Organizations that tests draw: a few lines for each principal.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::arn::{Partition, Region, Scope};
use crate::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use crate::model::Model;
use crate::model::escalation::{Escalation, Finding};
use crate::resource::{Resource, ResourceType};

pub const ME: &str = "111111111111";
pub const OTHER: &str = "222222222222";

/// An inventory in the making, of which everything was read.
pub struct Estate {
    pub inventory: Inventory,
}

pub fn scope(account: &str) -> Scope {
    Scope { partition: Partition::Aws, account: account.parse().unwrap(), region: Region::global() }
}

pub fn regional(account: &str) -> Scope {
    Scope { region: "eu-west-1".parse().unwrap(), ..scope(account) }
}

/// One statement that allows actions, on a resource.
pub fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

pub fn deny(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": actions, "Resource": resource})
}

pub fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

pub fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub fn admin() -> Value {
    document(&[allow(&["*"], "*")])
}

/// A trust policy for one principal.
pub fn trusts(principal: &str) -> Value {
    let element =
        if principal.ends_with(".amazonaws.com") { json!({"Service": principal}) } else { json!({"AWS": principal}) };
    document(&[json!({"Effect": "Allow", "Principal": element, "Action": "sts:AssumeRole"})])
}

pub fn user(name: &str) -> String {
    format!("arn:aws:iam::{ME}:user/{name}")
}

pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ME}:role/{name}")
}

pub fn group(name: &str) -> String {
    format!("arn:aws:iam::{ME}:group/{name}")
}

pub fn policy(name: &str) -> String {
    format!("arn:aws:iam::{ME}:policy/{name}")
}

impl Estate {
    pub fn new() -> Estate {
        let provenance = Provenance {
            tool_version: "0".to_owned(),
            taken_at: "2026-11-23T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "a test".to_owned(),
            is_import: false,
        };
        let mut estate = Estate { inventory: Inventory::new(provenance) };
        estate.account(ME);
        estate
    }

    pub fn account(&mut self, id: &str) -> &mut Estate {
        let account =
            Account { partition: Partition::Aws, id: id.parse().unwrap(), name: None, organizational_unit: None };
        self.inventory.accounts.insert(account.id.clone(), account);
        for of in ResourceType::ALL {
            for operation in of.operations() {
                let place = if of.is_global() { scope(id) } else { regional(id) };
                self.inventory
                    .ledger
                    .record(Cell { scope: place, operation: (*operation).to_owned() }, Outcome::Complete);
            }
        }
        self
    }

    pub fn put(&mut self, place: Scope, of: ResourceType, fields: Value) -> &mut Estate {
        self.inventory.insert(place, Resource::deserialize_as(of, fields).unwrap());
        self
    }

    /// A user with inline statements, and more members beside.
    pub fn user(&mut self, name: &str, statements: &[Value], more: Value) -> &mut Estate {
        let policies = if statements.is_empty() {
            json!([])
        } else {
            json!([{"PolicyName": "own", "PolicyDocument": document(statements)}])
        };
        let mut fields = json!({"UserName": name, "Arn": user(name), "Path": "/", "UserPolicyList": policies});
        merge(&mut fields, more);
        self.put(scope(ME), ResourceType::User, fields)
    }

    pub fn role(&mut self, name: &str, trust: Value, statements: &[Value], more: Value) -> &mut Estate {
        self.role_in(ME, name, trust, statements, more)
    }

    pub fn role_in(
        &mut self,
        account: &str,
        name: &str,
        trust: Value,
        statements: &[Value],
        more: Value,
    ) -> &mut Estate {
        let policies = if statements.is_empty() {
            json!([])
        } else {
            json!([{"PolicyName": "own", "PolicyDocument": document(statements)}])
        };
        let mut fields = json!({
            "RoleName": name, "Arn": format!("arn:aws:iam::{account}:role/{name}"), "Path": "/",
            "AssumeRolePolicyDocument": trust, "RolePolicyList": policies,
        });
        merge(&mut fields, more);
        self.put(scope(account), ResourceType::Role, fields)
    }

    pub fn group(&mut self, name: &str, statements: &[Value]) -> &mut Estate {
        let policies = if statements.is_empty() {
            json!([])
        } else {
            json!([{"PolicyName": "own", "PolicyDocument": document(statements)}])
        };
        self.put(
            scope(ME),
            ResourceType::Group,
            json!({"GroupName": name, "Arn": group(name), "Path": "/", "GroupPolicyList": policies}),
        )
    }

    /// A customer managed policy; the first version is the default one.
    pub fn policy(&mut self, name: &str, versions: &[Value]) -> &mut Estate {
        let versions: Vec<Value> = versions
            .iter()
            .enumerate()
            .map(|(index, one)| json!({"VersionId": format!("v{}", 9 - index), "IsDefaultVersion": index == 0, "Document": one}))
            .collect();
        self.put(
            scope(ME),
            ResourceType::ManagedPolicy,
            json!({"PolicyName": name, "Arn": policy(name), "PolicyVersionList": versions}),
        )
    }

    /// An organization of these accounts, the last of which rules it, with a service control policy on the first.
    pub fn organization(&mut self, accounts: &[&str], service_control: &[Value]) -> &mut Estate {
        let rules = accounts.last().unwrap();
        for id in accounts {
            self.put(
                scope(id),
                ResourceType::Organization,
                json!({
                    "Id": "o-1", "Arn": format!("arn:aws:organizations::{rules}:organization/o-1"), "FeatureSet": "ALL",
                    "MasterAccountId": rules,
                }),
            );
            self.put(
                scope(rules),
                ResourceType::OrganizationAccount,
                json!({
                    "Id": id, "Arn": format!("arn:aws:organizations::{rules}:account/o-1/{id}"), "State": "ACTIVE",
                    "ParentId": "r-1", "Path": "o-1/r-1/",
                }),
            );
        }
        self.put(
            scope(rules),
            ResourceType::OrganizationRoot,
            json!({
                "Id": "r-1", "Arn": format!("arn:aws:organizations::{rules}:root/o-1/r-1"),
                "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
            }),
        );
        let targets: Vec<Value> = accounts.iter().copied().chain(["r-1"]).map(|id| json!({"TargetId": id})).collect();
        self.put(scope(rules), ResourceType::OrganizationPolicy, json!({
            "Id": "p-FullAWSAccess", "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
            "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": true,
            "Content": admin().to_string(), "Targets": targets,
        }));
        if !service_control.is_empty() {
            self.put(scope(rules), ResourceType::OrganizationPolicy, json!({
                "Id": "p-guard", "Arn": format!("arn:aws:organizations::{rules}:policy/o-1/service_control_policy/p-guard"),
                "Name": "guard", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false,
                "Content": document(service_control).to_string(), "Targets": [{"TargetId": accounts[0]}],
            }));
        }
        self
    }

    /// An instance profile that hands out a role.
    pub fn profile(&mut self, role: &str) -> &mut Estate {
        let profile = format!("arn:aws:iam::{ME}:instance-profile/{role}");
        self.put(
            scope(ME),
            ResourceType::InstanceProfile,
            json!({"InstanceProfileName": role, "Arn": profile, "Roles": [role]}),
        )
    }

    /// An instance profile and a running instance with a role.
    pub fn instance(&mut self, id: &str, role: &str, tags: Value) -> &mut Estate {
        let profile = format!("arn:aws:iam::{ME}:instance-profile/{role}");
        self.profile(role);
        self.put(
            regional(ME),
            ResourceType::Instance,
            json!({
                "InstanceId": id, "IamInstanceProfile": {"Arn": profile}, "State": {"Name": "running"}, "Tags": tags,
            }),
        )
    }

    pub fn findings(&self) -> BTreeMap<String, Finding> {
        let model = Model::new(&self.inventory, self.inventory.provenance.taken_at);
        let all = Escalation::of(&model).findings();
        all.into_iter().map(|finding| (finding.principal.clone(), finding)).collect()
    }

    /// What is told of one of the account's users.
    pub fn of_user(&self, name: &str) -> Finding {
        self.findings().remove(&user(name)).unwrap()
    }

    pub fn of_role(&self, name: &str) -> Finding {
        self.findings().remove(&role(name)).unwrap()
    }
}

fn merge(fields: &mut Value, more: Value) {
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
}

/// Attached managed policies, as IAM lists them.
pub fn attached(arns: &[String]) -> Value {
    let of = |arn: &String| json!({"PolicyArn": arn, "PolicyName": arn.rsplit('/').next().unwrap()});
    Value::Array(arns.iter().map(of).collect())
}

pub fn bounded(arn: &str) -> Value {
    json!({"PermissionsBoundaryArn": arn, "PermissionsBoundaryType": "Policy"})
}
