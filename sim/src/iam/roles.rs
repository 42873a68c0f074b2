//! Roles and policies.

use serde_json::{Value, json};

use crate::cell::FOREIGN_ACCOUNT;
use crate::clock::DAY;
use crate::defects::Code;
use crate::hash::{hash, word};
use crate::org::{Class, Organization};

/// A role with everything that any operation tells about it.
pub struct Role {
    pub name: String,
    pub path: String,
    pub trust: Value,
    pub used: Option<u64>,
    /// ARNs of managed policies.
    pub attached: Vec<String>,
    pub inline: Option<(&'static str, Value)>,
    pub has_profile: bool,
}

/// A managed policy.
pub struct Policy {
    pub name: String,
    pub aws: bool,
    pub attachments: u32,
    /// Documents of all versions, the oldest first; the last is the default.
    pub versions: Vec<Value>,
}

/// Names of planted roles and policies.
pub const PUBLIC_ROLE: &str = "public-upload";
pub const VENDOR_ROLE: &str = "vendor-monitoring";
pub const STALE_ROLE: &str = "old-pipeline";
pub const ADMIN_ROLE: &str = "deployer";
pub const ADMIN_POLICY: &str = "deploy-everything";
pub const LOOSE_POLICY: &str = "forgotten-access";
/// The role that Organizations makes in new member accounts.
pub const ORG_ROLE: &str = "OrganizationAccountAccessRole";

/// Wraps statements into a policy document.
pub fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: Value, resource: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn trust_service(service: &str) -> Value {
    document(&[json!({
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole"
    })])
}

/// The roles and policies of one account.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    pub org: &'a Organization,
    pub account: u32,
}

impl Access<'_> {
    fn has(&self, code: Code) -> bool {
        self.org.has(self.account, None, code)
    }

    fn id(&self) -> String {
        self.org.account_id(self.account)
    }

    fn own_policy(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:policy/{name}", self.id())
    }

    /// How many roles there are: the standard ones first.
    pub fn role_count(&self) -> u32 {
        self.special_roles().len() as u32 + self.org.size_of(self.account).roles
    }

    /// The n-th role, given the special ones (which a page computes once).
    pub fn role(&self, special: &[Special], n: u32) -> Role {
        match special.get(n as usize) {
            Some(kind) => self.special(*kind),
            None => self.service_role(n - special.len() as u32),
        }
    }

    pub fn special_roles(&self) -> Vec<Special> {
        let class = self.org.class(self.account);
        let workload = !matches!(class, Class::Management | Class::Security);
        [
            (true, Special::Audit),
            (class != Class::Management, Special::OrgAccess),
            (true, Special::ForOrganizations),
            (true, Special::ForConfig),
            (workload || class == Class::Security, Special::Instance),
            (self.has(Code::TrustWildcard), Special::Public),
            (self.has(Code::TrustExternal), Special::Vendor),
            (self.has(Code::RoleStale), Special::Stale),
            (self.has(Code::AdminStar), Special::Admin),
        ]
        .into_iter()
        .filter_map(|(here, role)| here.then_some(role))
        .collect()
    }

    fn recently(&self, name: &str) -> u64 {
        let days = 1 + hash(self.org.seed, &[u64::from(self.account), word(name)]) % 20;
        self.org.now.saturating_sub(days * DAY)
    }

    fn special(&self, kind: Special) -> Role {
        let management = format!("arn:aws:iam::{}:root", self.org.account_id(0));
        let assume = |principal: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        let plain = |name: &str, trust: Value| Role {
            name: name.to_owned(),
            path: "/".to_owned(),
            trust,
            used: Some(self.recently(name)),
            attached: Vec::new(),
            inline: None,
            has_profile: false,
        };
        let linked = |name: &str, service: &str| Role {
            path: format!("/aws-service-role/{service}/"),
            ..plain(name, trust_service(service))
        };
        let reads = |bucket: &str| {
            let resource = json!(format!("arn:aws:s3:::{bucket}/*"));
            Some(("read", document(&[allow(json!("s3:GetObject"), resource)])))
        };
        match kind {
            Special::Audit => {
                let mut statement = assume(json!({"AWS": management}));
                if let Some(id) = &self.org.external_id {
                    statement["Condition"] = json!({"StringEquals": {"sts:ExternalId": id}});
                }
                Role {
                    attached: vec![aws_policy("SecurityAudit")],
                    used: Some(self.org.now),
                    ..plain(&self.org.audit_role, document(&[statement]))
                }
            }
            Special::OrgAccess => Role {
                attached: vec![aws_policy("AdministratorAccess")],
                ..plain(ORG_ROLE, document(&[assume(json!({"AWS": management}))]))
            },
            Special::ForOrganizations => linked("AWSServiceRoleForOrganizations", "organizations.amazonaws.com"),
            Special::ForConfig => linked("AWSServiceRoleForConfig", "config.amazonaws.com"),
            Special::Instance => Role {
                has_profile: true,
                inline: reads("tidewater-artifacts"),
                ..plain("app-instance", trust_service("ec2.amazonaws.com"))
            },
            Special::Public => Role {
                inline: reads("tidewater-uploads"),
                ..plain(PUBLIC_ROLE, document(&[assume(json!({"AWS": "*"}))]))
            },
            Special::Vendor => {
                let vendor = format!("arn:aws:iam::{FOREIGN_ACCOUNT}:root");
                Role {
                    inline: reads("tidewater-metrics"),
                    ..plain(VENDOR_ROLE, document(&[assume(json!({"AWS": vendor}))]))
                }
            }
            Special::Stale => Role {
                used: Some(self.org.now.saturating_sub(390 * DAY)),
                inline: reads("tidewater-archive"),
                ..plain(STALE_ROLE, trust_service("codebuild.amazonaws.com"))
            },
            Special::Admin => Role {
                attached: vec![self.own_policy(ADMIN_POLICY)],
                ..plain(ADMIN_ROLE, trust_service("codebuild.amazonaws.com"))
            },
        }
    }

    /// A role of a function or a container, for what it needs and no more.
    fn service_role(&self, n: u32) -> Role {
        let name = format!("svc-{n}");
        let service = if n.is_multiple_of(2) { "lambda.amazonaws.com" } else { "ecs-tasks.amazonaws.com" };
        let roles = self.org.size_of(self.account).roles.max(1);
        let attached: Vec<String> = (n..self.org.size_of(self.account).policies)
            .step_by(roles as usize)
            .map(|policy| self.own_policy(&format!("app-{policy}")))
            .collect();
        let inline = attached.is_empty().then(|| {
            let table = format!("arn:aws:dynamodb:*:{}:table/state-{n}", self.id());
            let actions = json!(["dynamodb:GetItem", "dynamodb:PutItem"]);
            ("state", document(&[allow(actions, json!(table))]))
        });
        Role {
            path: "/".to_owned(),
            trust: trust_service(service),
            used: Some(self.recently(&name)),
            name,
            attached,
            inline,
            has_profile: false,
        }
    }

    /// Customer managed policies: regular ones, then planted ones.
    pub fn local_policy_count(&self) -> u32 {
        self.org.size_of(self.account).policies
            + u32::from(self.has(Code::AdminStar))
            + u32::from(self.has(Code::PolicyUnattached))
    }

    pub fn local_policy(&self, n: u32) -> Policy {
        if n < self.org.size_of(self.account).policies {
            return self.regular_policy(n);
        }
        if n == self.org.size_of(self.account).policies && self.has(Code::AdminStar) {
            return Policy {
                name: ADMIN_POLICY.to_owned(),
                aws: false,
                attachments: 1,
                versions: vec![document(&[allow(json!("*"), json!("*"))])],
            };
        }
        let queue = format!("arn:aws:sqs:*:{}:old-*", self.id());
        Policy {
            name: LOOSE_POLICY.to_owned(),
            aws: false,
            attachments: 0,
            versions: vec![document(&[allow(json!("sqs:*"), json!(queue))])],
        }
    }

    /// Up to three versions, each a little wider; a change of the epoch adds
    /// one more.
    fn regular_policy(&self, n: u32) -> Policy {
        let name = format!("app-{n}");
        let key = hash(word(&name), &[u64::from(self.account)]);
        let versions = 1 + u64::from(n % 3) + self.org.changes(key);
        let bucket = format!("arn:aws:s3:::tidewater-{}-{n}", self.id());
        let actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"];
        let versions = (1..=versions.min(5))
            .map(|version| {
                let granted: Vec<&str> = actions.iter().copied().take(version as usize).collect();
                document(&[allow(json!(granted), json!([bucket.clone(), format!("{bucket}/*")]))])
            })
            .collect();
        Policy { name, aws: false, attachments: u32::from(self.org.size_of(self.account).roles > 0), versions }
    }

    /// AWS managed policies that are attached to something.
    pub fn aws_policies(&self, groups: u32) -> Vec<Policy> {
        let policy = |name: &str, attachments, statement| Policy {
            name: name.to_owned(),
            aws: true,
            attachments,
            versions: vec![document(&[statement])],
        };
        let reading = json!(["ec2:Describe*", "iam:Get*", "iam:List*", "s3:Get*", "s3:List*"]);
        let auditing = json!(["ec2:Describe*", "iam:Get*", "iam:List*", "config:Describe*"]);
        let readers = groups + u32::from(self.has(Code::UserAttached));
        let member = u32::from(self.account > 0);
        [
            policy("SecurityAudit", 1, allow(auditing, json!("*"))),
            policy("ReadOnlyAccess", readers, allow(reading, json!("*"))),
            policy("AdministratorAccess", member, allow(json!("*"), json!("*"))),
        ]
        .into_iter()
        .filter(|policy| policy.attachments > 0)
        .collect()
    }
}

/// The ARN of an AWS managed policy.
pub fn aws_policy(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

/// Roles that are not regular.
#[derive(Clone, Copy)]
pub enum Special {
    Audit,
    OrgAccess,
    ForOrganizations,
    ForConfig,
    Instance,
    Public,
    Vendor,
    Stale,
    Admin,
}
