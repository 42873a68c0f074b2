//! What involved principals can still do: whether anybody can act as them, whether they come to be administrators, and
//! which of the calls that intruders make they may make.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::arn::AccountId;
use crate::drift::verify::{Incident, is_session_of};
use crate::iam::Effect;
use crate::inventory::Inventory;
use crate::model::Model;
use crate::model::escalation::{Finding, Verdict};
use crate::model::permission::PrincipalId;
use crate::resource::iam::{AccessKey, CredentialReport, ReportFlag, Role, User};

/// The calls that intruders make, by what they make them for.
const CALLS: &[(&str, &[&str])] = &[
    (
        "make credentials",
        &[
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:CreateUser",
            "iam:UpdateAccessKey",
            "iam:UpdateLoginProfile",
            "sts:GetFederationToken",
        ],
    ),
    (
        "give rights",
        &[
            "iam:AddUserToGroup",
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreatePolicyVersion",
            "iam:PutRolePolicy",
            "iam:PutUserPolicy",
        ],
    ),
    ("become another", &["iam:PassRole", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"]),
    (
        "open the network",
        &[
            "ec2:AttachInternetGateway",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateNetworkAclEntry",
            "ec2:CreateRoute",
            "ec2:ReplaceNetworkAclEntry",
        ],
    ),
    (
        "stop the watching",
        &[
            "cloudtrail:DeleteTrail",
            "cloudtrail:StopLogging",
            "config:StopConfigurationRecorder",
            "ec2:DeleteFlowLogs",
            "guardduty:DeleteDetector",
        ],
    ),
    ("run code", &["ec2:RunInstances", "lambda:UpdateFunctionCode", "ssm:SendCommand", "ssm:StartSession"]),
    (
        "take data",
        &[
            "ec2:ModifySnapshotAttribute",
            "kms:Decrypt",
            "rds:ModifyDBSnapshotAttribute",
            "s3:GetObject",
            "secretsmanager:GetSecretValue",
            "ssm:GetParameter",
        ],
    ),
];

/// Whether an involved principal is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    There,
    /// It was there before, and is not now.
    Gone,
    /// It is in neither snapshot: made and deleted inside the incident, or no such ARN.
    NeverSeen,
    /// Its account's principals were not read to their end.
    Unknown,
}

/// An involved principal.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Involved {
    pub arn: String,
    pub account: String,
    pub state: State,
    /// By what somebody can act as it, in words.
    pub access: Vec<String>,
    /// As `driftline iam paths` has it, within its account.
    pub verdict: Option<&'static str>,
    /// The same in words.
    pub becomes: Option<String>,
    /// What it may still call, on some resource and if conditions allow.
    pub may: BTreeMap<&'static str, Vec<&'static str>>,
    /// What was not read and could say more.
    pub not_read: Vec<String>,
}

/// The involved principals of one account.
pub(super) fn of(before: &Inventory, after: &Inventory, incident: &Incident) -> Vec<Involved> {
    let Some(account) = after.ledger.scopes().next().map(|scope| scope.account.clone()) else { return Vec::new() };
    let here = incident.actors.iter().filter(|arn| account_of(arn) == Some(account.as_str()));
    let named: Vec<(String, bool)> = here.map(|arn| (resolve(before, after, arn), arn.ends_with(":root"))).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let model = Model::new(after, after.provenance.taken_at);
    named.into_iter().map(|(arn, is_root)| one(before, after, &model, &account, arn, is_root)).collect()
}

/// Adds those whose account was not read, and notes those that nobody has seen.
pub(super) fn add_unseen(
    all: &mut Vec<Involved>,
    notes: &mut Vec<String>,
    incident: &Incident,
    read: &BTreeSet<AccountId>,
) {
    for arn in &incident.actors {
        let account = account_of(arn).unwrap_or_default();
        if !read.iter().any(|id| id.as_str() == account) {
            let not_read = vec![format!("account {account} was not read after the recovery")];
            all.push(Involved { not_read, ..Involved::new(arn, account, State::Unknown) });
        }
    }
    all.sort_by(|a, b| a.arn.cmp(&b.arn));
    all.dedup_by(|a, b| a.arn == b.arn);
    for one in all.iter().filter(|one| one.state == State::NeverSeen) {
        notes.push(format!("--actor {} is in neither snapshot: look whether it is written as AWS writes it", one.arn));
    }
}

impl Involved {
    fn new(arn: &str, account: &str, state: State) -> Involved {
        Involved {
            arn: arn.to_owned(),
            account: account.to_owned(),
            state,
            access: Vec::new(),
            verdict: None,
            becomes: None,
            may: BTreeMap::new(),
            not_read: Vec::new(),
        }
    }
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// The role of a session, wherever it is known; everybody else as they are.
fn resolve(before: &Inventory, after: &Inventory, arn: &str) -> String {
    let roles = [after, before].into_iter().flat_map(|side| side.of_type::<Role>());
    let mut of_session = roles.map(|(_, role)| role.arn.to_string()).filter(|role| is_session_of(arn, role));
    of_session.next().unwrap_or_else(|| arn.to_owned())
}

fn one(
    before: &Inventory,
    after: &Inventory,
    model: &Model<'_>,
    account: &AccountId,
    arn: String,
    is_root: bool,
) -> Involved {
    let known = |side: &Inventory| {
        let mut users = side.of_type::<User>().map(|(_, user)| user.arn.as_str());
        let mut roles = side.of_type::<Role>().map(|(_, role)| role.arn.as_str());
        users.any(|one| one == arn) || roles.any(|one| one == arn)
    };
    let why = {
        let scope = after.ledger.scopes().next().map(|scope| scope.account_wide());
        scope.and_then(|scope| after.why_incomplete(&scope, "iam:GetAccountAuthorizationDetails"))
    };
    let state = match (is_root || known(after), why.is_some(), known(before)) {
        (true, ..) => State::There,
        (false, true, _) => State::Unknown,
        (false, false, true) => State::Gone,
        (false, false, false) => State::NeverSeen,
    };
    let mut involved = Involved::new(&arn, account.as_str(), state);
    involved.not_read.extend(why);
    if state != State::There {
        return involved;
    }
    involved.access = access(after, &arn, &mut involved.not_read);
    if is_root {
        involved.verdict = Some(Verdict::Admin.as_str());
        involved.becomes = Some("may do everything, but for what the organization forbids".to_owned());
    } else if let Some(finding) = model.escalation().get(&arn) {
        involved.verdict = Some(finding.verdict.as_str());
        involved.becomes = becomes(finding);
        involved.not_read.extend(finding.not_read().map(str::to_owned));
    }
    let permissions = model.permissions();
    if let Some(who) = permissions.find(&arn) {
        involved.may = may(model, who);
        involved.not_read.extend(permissions.missing_grants(who).iter().map(|missing| missing.why.clone()));
    }
    involved.not_read.sort();
    involved.not_read.dedup();
    involved
}

/// By what somebody can act as a user or role.
fn access(after: &Inventory, arn: &str, not_read: &mut Vec<String>) -> Vec<String> {
    let mut out = Vec::new();
    let global = after.ledger.scopes().next().map(|scope| scope.account_wide());
    let mut needs = |operation: &str| {
        not_read.extend(global.as_ref().and_then(|scope| after.why_incomplete(scope, operation)));
    };
    if let Some((_, role)) = after.of_type::<Role>().find(|(_, role)| role.arn.as_str() == arn) {
        match role.assume_role_policy_document.document() {
            Ok(trust) => {
                let allows = trust.statements.iter().filter(|statement| statement.effect == Effect::Allow);
                for principals in allows.filter_map(|statement| statement.principals.as_ref()) {
                    let but = if principals.all_but { "everybody but " } else { "" };
                    out.extend(principals.of.iter().map(|one| format!("it trusts {but}{}", one.value)));
                }
            }
            Err(_) => not_read.push("its trust policy cannot be read".to_owned()),
        }
        out.extend(role.instance_profile_list.iter().map(|name| format!("instance profile {name} hands it out")));
        out.sort();
        out.dedup();
        return out;
    }
    let user = after.of_type::<User>().find(|(_, user)| user.arn.as_str() == arn).map(|(_, user)| &user.user_name);
    let row = user.map_or(crate::resource::iam::ROOT_ROW, |name| name.as_str());
    needs("iam:GetCredentialReport");
    if let Some(name) = user {
        needs("iam:ListAccessKeys");
        let keys = after.of_type::<AccessKey>().map(|(_, key)| key);
        for key in keys.filter(|key| key.is_active() && key.user_name == *name) {
            let made = key.create_date.map(|time| format!(" of {time}")).unwrap_or_default();
            out.push(format!("access key {}{made}", key.access_key_id));
        }
    }
    for (_, report) in after.of_type::<CredentialReport>() {
        let Some(row) = report.rows.get(row) else { continue };
        match row.password_enabled {
            ReportFlag::False => {}
            ReportFlag::True => out.push(format!("password of {}", row.password_last_changed)),
            ReportFlag::NotSupported | ReportFlag::Unreadable => {
                out.push("a password, set when is not told".to_owned())
            }
        }
        if user.is_none() {
            let active = row.access_keys.iter().filter(|key| key.active != ReportFlag::False);
            out.extend(active.map(|key| format!("access key of {}", key.last_rotated)));
        }
    }
    out
}

fn becomes(finding: &Finding) -> Option<String> {
    let steps = match finding.moves.len() {
        1 => "in one step".to_owned(),
        number => format!("in {number} steps"),
    };
    match finding.verdict {
        Verdict::Admin => Some("may do everything as it is".to_owned()),
        Verdict::Proven => Some(format!("makes itself an administrator {steps}")),
        Verdict::Possible => Some(format!("may make itself an administrator {steps}, through what no snapshot holds")),
        Verdict::Capability => Some("has a permission that makes administrators".to_owned()),
        Verdict::Unknown => Some("not every policy was read, so that more is not known".to_owned()),
        Verdict::None => None,
    }
}

fn may(model: &Model<'_>, who: PrincipalId) -> BTreeMap<&'static str, Vec<&'static str>> {
    let actions: Vec<&'static str> = CALLS.iter().flat_map(|(_, actions)| *actions).copied().collect();
    let mask = model.permissions().masks(&actions).of(who);
    let allowed: BTreeSet<&str> =
        actions.iter().enumerate().filter(|(at, _)| mask.contains(*at)).map(|(_, action)| *action).collect();
    let each = CALLS.iter().map(|(what, actions)| {
        (*what, actions.iter().copied().filter(|action| allowed.contains(action)).collect::<Vec<_>>())
    });
    each.filter(|(_, actions)| !actions.is_empty()).collect()
}
