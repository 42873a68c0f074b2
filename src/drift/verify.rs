//! After a recovery: what in an account is dangling, and what an intruder could still use.
//!
//! *Containment*: when the intruder was shut out. *Involved*: a principal that the intruder had. What was made inside
//! the incident and is still there, and what involved principals had before containment and still have, is not
//! hardened, whether or not it is as it was before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::arn::Scope;
use crate::iam::{Document, Effect as StatementEffect, PolicyText};
use crate::inventory::{Inventory, Outcome};
use crate::resource::detective::{ConfigurationRecorder, Detector, Trail};
use crate::resource::ec2::{FlowLog, RouteTable, SecurityGroup};
use crate::resource::iam::{AccessKey, CredentialReport, InstanceProfile, ReportFlag, Role, User};
use crate::resource::{Resource, ResourceType};

use super::existence::exists;

/// What is known of the incident.
#[derive(Debug, Clone, Default)]
pub struct Incident {
    /// When it began and when it ended.
    pub window: Option<(Timestamp, Timestamp)>,
    pub contained: Option<Timestamp>,
    /// ARNs of involved principals.
    pub actors: BTreeSet<String>,
    /// Ids or ARNs of what was made inside the incident and is meant to be there.
    pub expected: BTreeSet<String>,
}

/// Something that names what is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Dangling {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub id: String,
    pub what: String,
}

/// Something that was made inside the incident and is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Made {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub id: String,
    pub at: Timestamp,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    No,
    Unknown,
    Yes,
    /// The question was not asked: nothing was said of the incident that it needs.
    #[serde(rename = "not-asked")]
    NotAsked,
}

impl Holds {
    pub fn as_str(self) -> &'static str {
        match self {
            Holds::No => "no",
            Holds::Unknown => "unknown",
            Holds::Yes => "yes",
            Holds::NotAsked => "not asked",
        }
    }
}

/// One thing that has to hold for an account to be hardened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hardening {
    pub holds: Holds,
    /// What keeps it from holding, or from being known.
    pub because: BTreeSet<String>,
}

impl Hardening {
    fn new() -> Hardening {
        Hardening { holds: Holds::Yes, because: BTreeSet::new() }
    }

    fn fails(&mut self, why: String) {
        self.holds = Holds::No;
        self.because.insert(why);
    }

    fn unknown(&mut self, why: String) {
        self.holds = self.holds.min(Holds::Unknown);
        self.because.insert(why);
    }

    /// Both have to hold.
    pub fn absorb(&mut self, other: Hardening) {
        self.holds = self.holds.min(other.holds);
        self.because.extend(other.because);
    }
}

/// What has to hold, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// No key of an involved principal that is older than containment is active.
    KeysRotated,
    /// Passwords of involved users were changed after containment.
    PasswordsChanged,
    /// Sessions of involved roles that were issued before containment are denied.
    SessionsRevoked,
    /// Nothing that was made inside the incident is there.
    NothingLeftBehind,
    /// Trails, recorders, detectors and flow logs that are there work.
    Watched,
}

impl Demand {
    pub fn in_words(self) -> &'static str {
        match self {
            Demand::KeysRotated => "no key of an involved principal from before containment is active",
            Demand::PasswordsChanged => "passwords of involved users were changed after containment",
            Demand::SessionsRevoked => "sessions of involved roles from before containment are denied",
            Demand::NothingLeftBehind => "nothing that was made inside the incident is still there",
            Demand::Watched => "trails, recorders, detectors and flow logs work",
        }
    }
}

/// What one account comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Aftermath {
    pub dangling: Vec<Dangling>,
    pub made: Vec<Made>,
    pub hardening: BTreeMap<Demand, Hardening>,
}

impl Aftermath {
    pub fn absorb(&mut self, other: Aftermath) {
        self.dangling.extend(other.dangling);
        self.made.extend(other.made);
        for (demand, one) in other.hardening {
            match self.hardening.get_mut(&demand) {
                Some(all) => all.absorb(one),
                None => drop(self.hardening.insert(demand, one)),
            }
        }
    }
}

/// Looks at one account after its recovery; the inventory may be over surroundings.
pub fn aftermath(after: &Inventory, incident: &Incident) -> Aftermath {
    let mut out = Aftermath { dangling: dangling(after), made: made(after, incident), ..Aftermath::default() };
    out.hardening = BTreeMap::from([
        (Demand::KeysRotated, keys(after, incident)),
        (Demand::PasswordsChanged, passwords(after, incident)),
        (Demand::SessionsRevoked, sessions(after, incident)),
        (Demand::NothingLeftBehind, left_behind(after, incident, &out.made)),
        (Demand::Watched, watched(after)),
    ]);
    out
}

/// Rules, routes, trusts and profiles that name what is not there.
fn dangling(after: &Inventory) -> Vec<Dangling> {
    let mut out = Vec::new();
    let mut push = |scope: &Scope, of: ResourceType, id: &str, what: String| {
        out.push(Dangling {
            account: scope.account.to_string(),
            region: scope.region.to_string(),
            resource_type: of.name(),
            id: id.to_owned(),
            what,
        });
    };
    let groups: BTreeSet<(&str, &str)> = after
        .of_type::<SecurityGroup>()
        .map(|(scope, group)| (scope.region.as_str(), group.group_id.as_str()))
        .collect();
    for (place, resource) in after.resources() {
        let scope = &place.scope;
        match resource {
            Resource::SecurityGroup(group) => {
                let rules = group.ip_permissions.iter().chain(&group.ip_permissions_egress);
                let own = |account: &Option<String>| account.as_deref().is_none_or(|id| id == scope.account.as_str());
                let named = rules.flat_map(|rule| &rule.user_id_group_pairs).filter(|pair| own(&pair.user_id));
                let gone: BTreeSet<&str> = named
                    .filter_map(|pair| pair.group_id.as_deref())
                    .filter(|id| !groups.contains(&(scope.region.as_str(), *id)))
                    .collect();
                // Where not all groups were read, one that was not seen may be there.
                if is_complete(after, scope, "ec2:DescribeSecurityGroups") {
                    for id in gone {
                        push(scope, place.resource_type, &group.group_id, format!("a rule names {id}, which is gone"));
                    }
                }
            }
            Resource::RouteTable(RouteTable { route_table_id, routes, .. }) => {
                for route in routes.iter().filter(|route| route.state.as_deref() == Some("blackhole")) {
                    let to = route.destination_cidr_block.as_deref().or(route.destination_ipv6_cidr_block.as_deref());
                    let by = route.target().map_or("nothing", |(_, id)| id);
                    let what = format!("the route to {} leads to {by} and is a black hole", to.unwrap_or("a list"));
                    push(scope, place.resource_type, route_table_id, what);
                }
            }
            Resource::Role(role) => {
                let Ok(trust) = role.assume_role_policy_document.document() else {
                    let what = "its trust policy cannot be read, so that whom it names is not known".to_owned();
                    push(scope, place.resource_type, &role.role_name, what);
                    continue;
                };
                for orphan in orphans(trust) {
                    let what = format!("its trust names {orphan}, a principal that is gone");
                    push(scope, place.resource_type, &role.role_name, what);
                }
            }
            Resource::InstanceProfile(InstanceProfile { instance_profile_name, roles, .. }) if roles.is_empty() => {
                push(scope, place.resource_type, instance_profile_name, "it hands out no role".to_owned());
            }
            Resource::FlowLog(log) if log.deliver_logs_status.as_deref() == Some("FAILED") => {
                let why = log.deliver_logs_error_message.as_deref().unwrap_or("AWS does not say why");
                push(scope, place.resource_type, &log.flow_log_id, format!("its records do not arrive: {why}"));
            }
            _ => {}
        }
    }
    out
}

/// The unique ids that a trust policy names principals by: AWS shows them where the principal is gone.
fn orphans(trust: &Document) -> BTreeSet<String> {
    let principals = trust.statements.iter().filter_map(|statement| statement.principals.as_ref());
    let values = principals.flat_map(|principals| &principals.of).map(|principal| &principal.value);
    values.filter(|value| value.starts_with("AROA") || value.starts_with("AIDA")).cloned().collect()
}

/// When a resource was made, where AWS says so.
fn made_at(resource: &Resource) -> Option<Timestamp> {
    match resource {
        Resource::User(one) => one.create_date,
        Resource::Group(one) => one.create_date,
        Resource::Role(one) => one.create_date,
        Resource::InstanceProfile(one) => one.create_date,
        Resource::AccessKey(one) => one.create_date,
        Resource::SamlProvider(one) => one.create_date,
        Resource::OidcProvider(one) => one.create_date,
        Resource::ManagedPolicy(one) => {
            let versions = one.policy_version_list.iter().filter_map(|version| version.create_date);
            versions.chain(one.create_date).max()
        }
        Resource::VirtualMfaDevice(one) => one.enable_date,
        Resource::Instance(one) => one.launch_time,
        Resource::Volume(one) => one.create_time,
        Resource::Snapshot(one) => one.start_time,
        Resource::LaunchTemplate(one) => one.create_time,
        Resource::NatGateway(one) => one.create_time,
        Resource::FlowLog(one) => one.creation_time,
        Resource::VpcEndpoint(one) => one.creation_timestamp,
        Resource::TransitGatewayAttachment(one) => one.creation_time,
        Resource::LoadBalancer(one) => one.created_time,
        Resource::ClassicLoadBalancer(one) => one.created_time,
        Resource::Accelerator(one) => one.created_time,
        Resource::VpcBlockPublicAccessExclusion(one) => one.creation_timestamp,
        _ => None,
    }
}

fn made(after: &Inventory, incident: &Incident) -> Vec<Made> {
    let Some((from, to)) = incident.window else { return Vec::new() };
    let inside = after.resources().filter(|(_, resource)| exists(resource)).filter_map(|(place, resource)| {
        let at = made_at(resource).filter(|at| (from..=to).contains(at))?;
        Some(Made {
            account: place.scope.account.to_string(),
            region: place.scope.region.to_string(),
            resource_type: place.resource_type.name(),
            id: place.id.clone(),
            at,
        })
    });
    inside.collect()
}

fn is_complete(after: &Inventory, scope: &Scope, operation: &str) -> bool {
    after.outcome(scope, operation) == Some(&Outcome::Complete)
}

/// The account's global scope.
fn global(after: &Inventory) -> Option<Scope> {
    after.ledger.scopes().next().map(Scope::account_wide)
}

/// What is missing of the operations in the account.
fn require(after: &Inventory, hardening: &mut Hardening, operations: &[&str]) {
    let Some(scope) = global(after) else { return };
    for operation in operations {
        if let Some(why) = after.why_incomplete(&scope, operation) {
            hardening.unknown(format!("{}: {why}", scope.account));
        }
    }
}

/// Not asked, because nobody said who was involved or when they were shut out; or the time and a verdict to go on with.
fn asked(incident: &Incident) -> Result<(Timestamp, Hardening), Hardening> {
    match incident.contained {
        Some(contained) if !incident.actors.is_empty() => Ok((contained, Hardening::new())),
        _ => {
            let because = BTreeSet::from(["no involved principal and time of containment was given".to_owned()]);
            Err(Hardening { holds: Holds::NotAsked, because })
        }
    }
}

fn involved_users<'i>(after: &'i Inventory, incident: &Incident) -> BTreeMap<&'i str, &'i User> {
    let users = after.of_type::<User>().map(|(_, user)| user);
    users
        .filter(|user| incident.actors.contains(user.arn.as_str()))
        .map(|user| (user.user_name.as_str(), user))
        .collect()
}

fn keys(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(incident) {
        Ok(asked) => asked,
        Err(not_asked) => return not_asked,
    };
    require(after, &mut hardening, &["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys"]);
    let users = involved_users(after, incident);
    for (scope, key) in after.of_type::<AccessKey>() {
        if !key.is_active() || !users.contains_key(key.user_name.as_str()) {
            continue;
        }
        match key.create_date {
            Some(made) if made >= contained => {}
            Some(made) => hardening.fails(format!(
                "{}: {} of {} is active and was made {made}",
                scope.account, key.access_key_id, key.user_name
            )),
            None => {
                hardening.unknown(format!("{}: it is not known when {} was made", scope.account, key.access_key_id))
            }
        }
    }
    hardening
}

fn passwords(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(incident) {
        Ok(asked) => asked,
        Err(not_asked) => return not_asked,
    };
    require(after, &mut hardening, &["iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"]);
    let users = involved_users(after, incident);
    for (scope, report) in after.of_type::<CredentialReport>() {
        if !users.is_empty() && report.as_of().is_none_or(|time| time < contained) {
            hardening.unknown(format!("{}: the credential report is older than containment", scope.account));
            continue;
        }
        for user in users.keys() {
            let Some(row) = report.rows.get(*user).filter(|row| row.password_enabled != ReportFlag::False) else {
                continue;
            };
            if row.password_last_changed.at().is_none_or(|at| at < contained) {
                let at = row.password_last_changed;
                hardening.fails(format!("{}: the password of {user} is of {at}", scope.account));
            }
        }
    }
    hardening
}

/// Whether a policy denies everything to sessions that were issued before some time, and which.
fn revokes(policy: &PolicyText) -> Option<Timestamp> {
    let document = policy.document().ok()?;
    let denials = document
        .statements
        .iter()
        .filter(|statement| statement.effect == StatementEffect::Deny && statement.covers_everything());
    let times = denials.filter_map(|statement| match statement.conditions.as_slice() {
        [one] if one.is_on("aws:TokenIssueTime") && one.base_operator() == "datelessthan" => {
            one.values.iter().filter_map(|value| value.parse::<Timestamp>().ok()).max()
        }
        _ => None,
    });
    times.max()
}

fn sessions(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(incident) {
        Ok(asked) => asked,
        Err(not_asked) => return not_asked,
    };
    require(after, &mut hardening, &["iam:GetAccountAuthorizationDetails"]);
    for (scope, role) in after.of_type::<Role>().filter(|(_, role)| incident.actors.contains(role.arn.as_str())) {
        let revoked = role.role_policy_list.iter().filter_map(|policy| revokes(&policy.policy_document)).max();
        match revoked {
            Some(time) if time >= contained => {}
            Some(time) => {
                hardening
                    .fails(format!("{}: {} denies sessions from before {time} only", scope.account, role.role_name));
            }
            // One that was made anew after containment has no old sessions.
            None if role.create_date.is_some_and(|made| made >= contained) => {}
            None => hardening.fails(format!("{}: {} denies no old session", scope.account, role.role_name)),
        }
    }
    hardening
}

fn left_behind(after: &Inventory, incident: &Incident, made: &[Made]) -> Hardening {
    let mut hardening = Hardening::new();
    if incident.window.is_none() {
        hardening.holds = Holds::NotAsked;
        hardening.because.insert("no time of the incident was given".to_owned());
        return hardening;
    }
    let operations = [
        "iam:GetAccountAuthorizationDetails",
        "iam:ListAccessKeys",
        "iam:ListSAMLProviders",
        "iam:ListOpenIDConnectProviders",
    ];
    require(after, &mut hardening, &operations);
    let counts =
        |one: &&Made| !incident.expected.iter().any(|id| *id == one.id || id.ends_with(&format!("/{}", one.id)));
    for one in made.iter().filter(counts) {
        hardening
            .fails(format!("{} {}: {} {} was made {}", one.account, one.region, one.resource_type, one.id, one.at));
    }
    hardening
}

fn watched(after: &Inventory) -> Hardening {
    let mut hardening = Hardening::new();
    let mut off = |scope: &Scope, what: String| hardening.fails(format!("{scope}: {what}"));
    for (scope, trail) in after.of_type::<Trail>() {
        let stopped = trail.trail_status.as_ref().is_some_and(|status| status.is_logging == Some(false));
        if stopped {
            off(scope, format!("trail {} does not log", trail.name.as_deref().unwrap_or(&trail.trail_arn)));
        }
    }
    for (scope, detector) in after.of_type::<Detector>().filter(|(_, one)| one.status.as_deref() == Some("DISABLED")) {
        off(scope, format!("detector {} is suspended", detector.detector_id));
    }
    for (scope, recorder) in after.of_type::<ConfigurationRecorder>() {
        let status = recorder.configuration_recorder_status.as_ref();
        if status.is_some_and(|status| !status.recording) {
            off(scope, format!("recorder {} does not record", recorder.name));
        }
    }
    for (scope, log) in after.of_type::<FlowLog>().filter(|(_, log)| !log.is_running()) {
        off(scope, format!("flow log {} does not run", log.flow_log_id));
    }
    for scope in after.ledger.scopes().filter(|scope| !scope.region.is_global()) {
        for operation in [
            "cloudtrail:GetTrailStatus",
            "guardduty:GetDetector",
            "config:DescribeConfigurationRecorderStatus",
            "ec2:DescribeFlowLogs",
        ] {
            if let (Some(_), Some(why)) = (after.outcome(scope, operation), after.why_incomplete(scope, operation)) {
                hardening.unknown(format!("{scope}: {why}"));
            }
        }
    }
    hardening
}
