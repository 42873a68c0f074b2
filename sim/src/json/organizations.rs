//! Organizations: the tree of accounts and the policies on it.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::error::ApiError;
use crate::hash::{LOWER, hash, letters, word};
use crate::org::{Class, Organization};
use crate::page::Limits;

const PAGE: Limits = Limits::sized(20, 20);

/// Organizational units: name and the index of the parent unit, if that is not
/// the root.
const UNITS: [(&str, Option<usize>); 5] =
    [("Security", None), ("Workloads", None), ("Sandbox", None), ("Prod", Some(1)), ("Dev", Some(1))];

/// The unit that accounts of a class are in; none is the root.
fn unit_of(class: Class) -> Option<usize> {
    match class {
        Class::Management => None,
        Class::Security => Some(0),
        Class::ShopProd | Class::DataProd => Some(3),
        Class::ShopDev => Some(4),
        Class::Sandbox => Some(2),
    }
}

pub fn operation(call: &Call) -> Outcome {
    // Only the management account and the delegated administrator may look
    // around; a member may ask which organization it is in.
    if call.caller.account > 1 && call.action != "DescribeOrganization" {
        return Err(ApiError::new(400, "AccessDeniedException", "You don't have permissions to access this resource."));
    }
    let tree = Tree(call.org);
    match call.action {
        "DescribeOrganization" => Ok(tree.organization()),
        "ListRoots" => list(call, "Roots", 1, PAGE, |_| Some(tree.root())),
        "ListAccounts" => list(call, "Accounts", call.org.accounts, PAGE, |n| Some(tree.account(n))),
        "ListOrganizationalUnitsForParent" => {
            let parent = tree.parent(call)?;
            let units: Vec<usize> = (0..UNITS.len()).filter(|unit| UNITS[*unit].1 == parent).collect();
            let total = units.len() as u32;
            list(call, "OrganizationalUnits", total, PAGE, |n| units.get(n as usize).map(|unit| tree.unit(*unit)))
        }
        "ListAccountsForParent" => {
            let parent = tree.parent(call)?;
            let accounts: Vec<u32> =
                (0..call.org.accounts).filter(|account| unit_of(call.org.class(*account)) == parent).collect();
            list(call, "Accounts", accounts.len() as u32, PAGE, |n| {
                accounts.get(n as usize).map(|account| tree.account(*account))
            })
        }
        "ListPolicies" => {
            let kind = call.need("Filter")?;
            let policies: Vec<Policy> = tree.policies().into_iter().filter(|p| p.kind == kind).collect();
            list(call, "Policies", policies.len() as u32, PAGE, |n| {
                policies.get(n as usize).map(|policy| tree.summary(policy))
            })
        }
        "DescribePolicy" => {
            let policy = tree.policy(call)?;
            Ok(json!({"Policy": {
                "PolicySummary": tree.summary(&policy),
                "Content": policy.content.to_string(),
            }}))
        }
        "ListTargetsForPolicy" => {
            let policy = tree.policy(call)?;
            let targets = tree.targets(&policy);
            list(call, "Targets", targets.len() as u32, PAGE, |n| {
                targets.get(n as usize).map(|target| tree.target(*target))
            })
        }
        "ListDelegatedAdministrators" => {
            let service = call.params.text("ServicePrincipal");
            let here = call.org.accounts > 1 && service.is_none_or(|name| DELEGATED.contains(&name));
            list(call, "DelegatedAdministrators", u32::from(here), PAGE, |_| {
                let mut account = tree.account(1);
                account["DelegationEnabledDate"] = json!(call.org.created(&[word("delegation")]));
                if let Some(fields) = account.as_object_mut() {
                    fields.remove("Paths");
                }
                Some(account)
            })
        }
        "ListDelegatedServicesForAccount" => {
            if call.org.account_index(call.need("AccountId")?) != Some(1) {
                let text = "The provided account is not a registered delegated administrator for your organization.";
                return Err(ApiError::new(400, "AccountNotRegisteredException", text));
            }
            list(call, "DelegatedServices", DELEGATED.len() as u32, PAGE, |n| {
                Some(json!({
                    "ServicePrincipal": DELEGATED.get(n as usize)?,
                    "DelegationEnabledDate": call.org.created(&[word("delegation")]),
                }))
            })
        }
        "ListTagsForResource" => {
            let id = call.need("ResourceId")?;
            let tags = call.org.account_index(id).map_or_else(Vec::new, |account| {
                let (env, team) = match call.org.class(account) {
                    Class::Management => ("management", "platform"),
                    Class::Security => ("security", "security"),
                    Class::ShopProd => ("prod", "shop"),
                    Class::DataProd => ("prod", "data"),
                    Class::ShopDev => ("dev", "shop"),
                    Class::Sandbox => ("sandbox", "everyone"),
                };
                vec![json!({"Key": "env", "Value": env}), json!({"Key": "team", "Value": team})]
            });
            Ok(json!({"Tags": tags}))
        }
        _ => Err(unknown(call)),
    }
}

/// Services that the security account administers.
const DELEGATED: [&str; 4] =
    ["guardduty.amazonaws.com", "securityhub.amazonaws.com", "access-analyzer.amazonaws.com", "config.amazonaws.com"];

/// Something a policy can be attached to.
#[derive(Clone, Copy)]
enum Node {
    Root,
    Unit(usize),
    Account(u32),
}

struct Policy {
    id: String,
    name: &'static str,
    about: &'static str,
    kind: &'static str,
    aws: bool,
    content: Value,
    place: Place,
}

/// Where a policy is attached.
enum Place {
    Everywhere,
    At(Node),
}

struct Tree<'a>(&'a Organization);

impl Tree<'_> {
    fn arn(&self, kind: &str, rest: &str) -> String {
        let management = self.0.account_id(0);
        format!("arn:aws:organizations::{management}:{kind}/{}/{rest}", self.0.org_id())
    }

    fn root_id(&self) -> String {
        let state = hash(self.0.seed, &[word("root")]);
        format!("r-{}", letters(state, LOWER, 4))
    }

    fn unit_id(&self, unit: usize) -> String {
        let root = self.root_id();
        let state = hash(self.0.seed, &[word("unit"), unit as u64]);
        format!("ou-{}-{}", root.trim_start_matches("r-"), letters(state, LOWER, 8))
    }

    fn unit_path(&self, unit: usize) -> String {
        let parent = match UNITS[unit].1 {
            Some(parent) => self.unit_path(parent),
            None => format!("{}/{}/", self.0.org_id(), self.root_id()),
        };
        format!("{parent}{}/", self.unit_id(unit))
    }

    /// The unit named by `ParentId`; `None` is the root.
    fn parent(&self, call: &Call) -> Result<Option<usize>, ApiError> {
        let id = call.need("ParentId")?;
        if id == self.root_id() {
            return Ok(None);
        }
        (0..UNITS.len())
            .find(|unit| self.unit_id(*unit) == id)
            .map(Some)
            .ok_or_else(|| ApiError::new(400, "ParentNotFoundException", "You specified parent that doesn't exist."))
    }

    fn organization(&self) -> Value {
        let management = self.0.account_id(0);
        json!({"Organization": {
            "Id": self.0.org_id(),
            "Arn": format!("arn:aws:organizations::{management}:organization/{}", self.0.org_id()),
            "FeatureSet": "ALL",
            "MasterAccountArn": self.arn("account", &management),
            "MasterAccountId": management,
            "MasterAccountEmail": self.0.account_email(0),
            "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
        }})
    }

    fn root(&self) -> Value {
        json!({
            "Id": self.root_id(),
            "Arn": self.arn("root", &self.root_id()),
            "Name": "Root",
            "PolicyTypes": [
                {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"},
                {"Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED"},
                {"Type": "TAG_POLICY", "Status": "ENABLED"},
                {"Type": "AISERVICES_OPT_OUT_POLICY", "Status": "ENABLED"},
            ],
        })
    }

    fn unit(&self, unit: usize) -> Value {
        json!({
            "Id": self.unit_id(unit),
            "Arn": self.arn("ou", &self.unit_id(unit)),
            "Name": UNITS[unit].0,
            "Path": self.unit_path(unit),
        })
    }

    fn account(&self, account: u32) -> Value {
        let id = self.0.account_id(account);
        // An endpoint that does not tell places has an empty list.
        let places = self.0.places.then_some(());
        let above = match unit_of(self.0.class(account)) {
            Some(unit) => self.unit_path(unit),
            None => format!("{}/{}/", self.0.org_id(), self.root_id()),
        };
        json!({
            "Id": id,
            "Arn": self.arn("account", &id),
            "Email": self.0.account_email(account),
            "Name": self.0.account_name(account),
            "Status": "ACTIVE",
            "State": "ACTIVE",
            "Paths": places.map(|()| format!("{above}{id}/")).into_iter().collect::<Vec<_>>(),
            "JoinedMethod": if account == 0 { "INVITED" } else { "CREATED" },
            "JoinedTimestamp": self.0.created(&[word("joined"), u64::from(account)]),
        })
    }

    fn policies(&self) -> Vec<Policy> {
        let mut policies = vec![
            full_access("p-FullAWSAccess", "FullAWSAccess", SCP),
            full_access("p-RCPFullAWSAccess", "RCPFullAWSAccess", RCP),
            self.own(
                "deny-leaving",
                "No account leaves the organization",
                Node::Root,
                json!({"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}),
            ),
            self.own(
                "deny-other-regions",
                "Workloads stay in the regions in use",
                Node::Unit(1),
                json!({
                    "Effect": "Deny",
                    "NotAction": ["iam:*", "organizations:*", "sts:*", "account:*", "support:*"],
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": self.0.regions}},
                }),
            ),
        ];
        policies.push(self.setting(
            "owners",
            "Owners are written the same everywhere",
            TAG,
            json!({"tags": {"Owner": {"tag_key": {"@@assign": "Owner"}}}}),
        ));
        policies.push(self.setting(
            "no-training",
            "AI services keep nothing",
            AI,
            json!({"services": {"default": {"opt_out_policy": {
                "@@assign": "optOut",
                "@@operators_allowed_for_child_policies": ["@@none"],
            }}}}),
        ));
        if self.0.accounts > 3 {
            policies.push(self.own(
                "data-lockdown",
                "Network settings of the data platform are not read",
                Node::Account(3),
                json!({
                    "Effect": "Deny",
                    "Action": "ec2:DescribeNetworkAcls",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:RequestedRegion": self.0.regions.get(1)}},
                }),
            ));
        }
        policies
    }

    fn own(&self, name: &'static str, about: &'static str, node: Node, statement: Value) -> Policy {
        let state = hash(self.0.seed, &[word("policy"), word(name)]);
        Policy {
            id: format!("p-{}", letters(state, LOWER, 8)),
            name,
            about,
            kind: SCP,
            aws: false,
            content: json!({"Version": "2012-10-17", "Statement": [statement]}),
            place: Place::At(node),
        }
    }

    /// A policy on the root that is no bound.
    fn setting(&self, name: &'static str, about: &'static str, kind: &'static str, content: Value) -> Policy {
        let own = self.own(name, about, Node::Root, Value::Null);
        Policy { kind, content, ..own }
    }

    fn policy(&self, call: &Call) -> Result<Policy, ApiError> {
        let id = call.need("PolicyId")?;
        let found = self.policies().into_iter().find(|policy| policy.id == id);
        found.ok_or_else(|| ApiError::new(400, "PolicyNotFoundException", "You specified a policy that doesn't exist."))
    }

    fn summary(&self, policy: &Policy) -> Value {
        let kind = policy.kind.to_lowercase();
        let arn = if policy.aws {
            format!("arn:aws:organizations::aws:policy/{kind}/{}", policy.id)
        } else {
            self.arn("policy", &format!("{kind}/{}", policy.id))
        };
        json!({
            "Id": policy.id,
            "Arn": arn,
            "Name": policy.name,
            "Description": policy.about,
            "Type": policy.kind,
            "AwsManaged": policy.aws,
        })
    }

    fn targets(&self, policy: &Policy) -> Vec<Node> {
        match policy.place {
            Place::At(node) => vec![node],
            Place::Everywhere => [Node::Root]
                .into_iter()
                .chain((0..UNITS.len()).map(Node::Unit))
                .chain((0..self.0.accounts).map(Node::Account))
                .collect(),
        }
    }

    fn target(&self, node: Node) -> Value {
        let (whole, kind) = match node {
            Node::Root => (self.root(), "ROOT"),
            Node::Unit(unit) => (self.unit(unit), "ORGANIZATIONAL_UNIT"),
            Node::Account(account) => (self.account(account), "ACCOUNT"),
        };
        json!({
            "TargetId": whole["Id"],
            "Arn": whole["Arn"],
            "Name": whole["Name"],
            "Type": kind,
        })
    }
}

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";
const TAG: &str = "TAG_POLICY";
const AI: &str = "AISERVICES_OPT_OUT_POLICY";

fn full_access(id: &str, name: &'static str, kind: &'static str) -> Policy {
    let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    if kind == RCP {
        statement["Principal"] = json!("*");
    }
    Policy {
        id: id.to_owned(),
        name,
        about: "Allows access to every operation",
        kind,
        aws: true,
        content: json!({"Version": "2012-10-17", "Statement": [statement]}),
        place: Place::Everywhere,
    }
}
