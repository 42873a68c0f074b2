//! Whole accounts: which policies bear on whom, and what comes out.

mod changes;
mod layers;
mod organization;
mod organization_facts;
mod principals;
mod roles;
mod things;
mod trust_facts;

use serde_json::{Value, json};

use crate::arn::{Partition, Region, Scope};
use crate::iam::{RequestContext, Verdict};
use crate::inventory::{Cell, Inventory, Outcome, Provenance};
use crate::model::permission::{Permissions, PrincipalId};
use crate::resource::iam::{AwsManagedPolicy, Group, ManagedPolicy, Role, User};
use crate::resource::organizations::{Organization, OrganizationAccount, OrganizationPolicy, OrganizationRoot};

pub(super) const HOME: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";
pub(super) const MANAGEMENT: &str = "999999999999";

/// An inventory in the making; what is not said was read and is not there.
pub(super) struct World {
    pub inventory: Inventory,
}

pub(super) fn scope(account: &str) -> Scope {
    Scope { partition: Partition::Aws, account: account.parse().unwrap(), region: Region::global() }
}

pub(super) fn document(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

pub(super) fn allow(action: &str) -> Value {
    document(json!({ "Effect": "Allow", "Action": action, "Resource": "*" }))
}

pub(super) fn inline(documents: &[Value]) -> Value {
    let one =
        |(number, document): (usize, &Value)| json!({ "PolicyName": format!("p{number}"), "PolicyDocument": document });
    documents.iter().enumerate().map(one).collect()
}

/// Members of the second go before those of the first.
fn merged(mut first: Value, second: Value) -> Value {
    first.as_object_mut().unwrap().extend(second.as_object().unwrap().clone());
    first
}

impl World {
    pub fn new() -> World {
        let inventory = Inventory::new(Provenance {
            tool_version: String::new(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: String::new(),
            is_import: false,
        });
        let mut world = World { inventory };
        for account in [HOME, OTHER] {
            world.read(
                account,
                &[
                    "iam:GetAccountAuthorizationDetails",
                    "iam:ListPolicies",
                    "iam:GetPolicyVersion",
                    "organizations:DescribeOrganization",
                ],
            );
        }
        world
    }

    pub fn read(&mut self, account: &str, operations: &[&str]) {
        for operation in operations {
            let cell = Cell { scope: scope(account), operation: (*operation).to_owned() };
            self.inventory.ledger.record(cell, Outcome::Complete);
        }
    }

    pub fn user(&mut self, account: &str, name: &str, more: Value) -> String {
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let user = json!({ "UserName": name, "Arn": arn, "UserId": format!("AIDA{name}"), "Path": "/" });
        let user: User = serde_json::from_value(merged(user, more)).unwrap();
        self.inventory.insert(scope(account), user.into());
        arn
    }

    pub fn group(&mut self, account: &str, name: &str, more: Value) {
        let group = json!({ "GroupName": name, "Arn": format!("arn:aws:iam::{account}:group/{name}") });
        let group: Group = serde_json::from_value(merged(group, more)).unwrap();
        self.inventory.insert(scope(account), group.into());
    }

    /// A role; its trust policy by its principal, or whole.
    pub fn role(&mut self, account: &str, name: &str, trust: Value, more: Value) -> String {
        let arn = format!("arn:aws:iam::{account}:role/{name}");
        let trust = if trust.get("Statement").is_some() {
            trust
        } else {
            document(json!({ "Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole" }))
        };
        let role = json!({ "RoleName": name, "Arn": arn, "RoleId": format!("AROA{name}"), "Path": "/", "AssumeRolePolicyDocument": trust });
        let role: Role = serde_json::from_value(merged(role, more)).unwrap();
        self.inventory.insert(scope(account), role.into());
        arn
    }

    /// A customer policy; its default version, and others.
    pub fn policy(&mut self, account: &str, name: &str, default: &Value, others: &[Value]) -> String {
        let arn = format!("arn:aws:iam::{account}:policy/{name}");
        let mut versions = vec![json!({ "VersionId": "v1", "IsDefaultVersion": true, "Document": default })];
        for (number, other) in others.iter().enumerate() {
            let id = format!("v{}", number + 2);
            versions.push(json!({ "VersionId": id, "IsDefaultVersion": false, "Document": other }));
        }
        let policy = json!({ "PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": versions });
        let policy: ManagedPolicy = serde_json::from_value(policy).unwrap();
        self.inventory.insert(scope(account), policy.into());
        arn
    }

    pub fn aws_policy(&mut self, account: &str, name: &str, content: Option<&Value>) -> String {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let policy = json!({ "PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "Document": content });
        let policy: AwsManagedPolicy = serde_json::from_value(policy).unwrap();
        self.inventory.insert(scope(account), policy.into());
        arn
    }

    /// An organization with HOME in one unit and OTHER at the root; each policy with the targets that it is on.
    pub fn organization(&mut self, policies: &[(&str, &str, Value, &[&str])]) {
        let id = "o-abcdefghij";
        for account in [HOME, OTHER, MANAGEMENT] {
            let organization = json!({
                "Id": id, "Arn": format!("arn:aws:organizations::{MANAGEMENT}:organization/{id}"),
                "FeatureSet": "ALL", "MasterAccountId": MANAGEMENT,
            });
            let organization: Organization = serde_json::from_value(organization).unwrap();
            self.inventory.insert(scope(account), organization.into());
            let path = if account == HOME { format!("{id}/r-ab12/ou-ab12-work/") } else { format!("{id}/r-ab12/") };
            let member = json!({
                "Id": account, "Arn": format!("arn:aws:organizations::{MANAGEMENT}:account/{id}/{account}"), "Path": path,
            });
            let member: OrganizationAccount = serde_json::from_value(member).unwrap();
            self.inventory.insert(scope(MANAGEMENT), member.into());
        }
        let root = json!({
            "Id": "r-ab12", "Arn": format!("arn:aws:organizations::{MANAGEMENT}:root/{id}/r-ab12"),
            "PolicyTypes": [
                { "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" },
                { "Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED" },
            ],
        });
        let root: OrganizationRoot = serde_json::from_value(root).unwrap();
        self.inventory.insert(scope(MANAGEMENT), root.into());
        for (kind, name, content, targets) in policies {
            let targets: Vec<Value> = targets.iter().map(|target| json!({ "TargetId": target })).collect();
            let policy = json!({
                "Id": format!("p-{name}"), "Name": name, "Type": kind, "AwsManaged": false,
                "Arn": format!("arn:aws:organizations::{MANAGEMENT}:policy/{id}/{}/p-{name}", kind.to_lowercase()),
                "Content": content.to_string(), "Targets": targets,
            });
            let policy: OrganizationPolicy = serde_json::from_value(policy).unwrap();
            self.inventory.insert(scope(MANAGEMENT), policy.into());
        }
        self.read(
            MANAGEMENT,
            &[
                "organizations:ListAccounts",
                "organizations:ListPolicies",
                "organizations:DescribePolicy",
                "organizations:ListTargetsForPolicy",
                "organizations:DescribeOrganization",
                "iam:GetAccountAuthorizationDetails",
            ],
        );
    }

    pub fn permissions(&self) -> Permissions {
        Permissions::of(&self.inventory, self.inventory.provenance.taken_at)
    }

    pub fn can(&self, who: &str, action: &str, resource: &str) -> Verdict {
        let permissions = self.permissions();
        permissions.can(find(&permissions, who), action, resource, &RequestContext::new()).verdict()
    }

    pub fn assume(&self, who: &str, role: &str) -> Verdict {
        let permissions = self.permissions();
        permissions.can_assume(find(&permissions, who), find(&permissions, role)).verdict()
    }
}

pub(super) fn find(permissions: &Permissions, arn: &str) -> PrincipalId {
    permissions.find(arn).unwrap_or_else(|| panic!("no principal {arn}"))
}
