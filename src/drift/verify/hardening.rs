//! What has to hold for an account to be hardened.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::arn::Scope;
use crate::iam::{Effect as StatementEffect, PolicyText};
use crate::inventory::Inventory;
use crate::resource::detective::{ConfigurationRecorder, Detector, Trail};
use crate::resource::ec2::FlowLog;
use crate::resource::iam::{AccessKey, CredentialReport, ROOT_ROW, ReportFlag, Role, User};

use super::made::DATED;
use super::{Hardening, Incident, Made};

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

/// The time of containment and a verdict to go on with; or the verdict, where nobody of the account is involved, or
/// nobody said who is or when they were shut out.
fn asked(after: &Inventory, incident: &Incident) -> Result<(Timestamp, Hardening), Hardening> {
    let account = global(after).map(|scope| scope.account.to_string());
    let is_here = |actor: &String| actor.split(':').nth(4).map(str::to_owned) == account;
    match incident.contained {
        Some(_) if !incident.actors.is_empty() && !incident.actors.iter().any(is_here) => Err(Hardening::held()),
        Some(contained) if !incident.actors.is_empty() => Ok((contained, Hardening::held())),
        _ => Err(Hardening::not_asked("no involved principal and time of containment was given (--actor, --incident)")),
    }
}

/// The account, if its root user is involved.
fn involved_root(after: &Inventory, incident: &Incident) -> Option<Scope> {
    let is_root = |scope: &Scope| {
        let of_account = format!("::{}:root", scope.account);
        incident.actors.iter().any(|actor| actor.ends_with(&of_account))
    };
    global(after).filter(is_root)
}

fn involved_users<'i>(after: &'i Inventory, incident: &Incident) -> BTreeMap<&'i str, &'i User> {
    let users = after.of_type::<User>().map(|(_, user)| user);
    users.filter(|user| incident.involves(user.arn.as_str())).map(|user| (user.user_name.as_str(), user)).collect()
}

pub(super) fn keys(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(after, incident) {
        Ok(asked) => asked,
        Err(verdict) => return verdict,
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
    if let Some(scope) = involved_root(after, incident) {
        root_keys(after, &scope, contained, &mut hardening);
    }
    hardening
}

/// The root user's keys: the credential report alone tells of them.
fn root_keys(after: &Inventory, scope: &Scope, contained: Timestamp, hardening: &mut Hardening) {
    require(after, hardening, &["iam:GetCredentialReport"]);
    let row = after.of_type::<CredentialReport>().find_map(|(_, report)| report.rows.get(ROOT_ROW));
    for key in row.iter().flat_map(|row| &row.access_keys).filter(|key| key.active != ReportFlag::False) {
        match key.last_rotated.at() {
            Some(made) if made >= contained && key.active == ReportFlag::True => {}
            Some(made) => {
                hardening.fails(format!("{}: a key of the root user is active and was made {made}", scope.account))
            }
            None => {
                hardening.unknown(format!("{}: it is not known when a key of the root user was made", scope.account))
            }
        }
    }
    if row.is_none() {
        hardening.unknown(format!("{}: no credential report tells of the root user", scope.account));
    }
}

pub(super) fn passwords(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(after, incident) {
        Ok(asked) => asked,
        Err(verdict) => return verdict,
    };
    require(after, &mut hardening, &["iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"]);
    let users = involved_users(after, incident);
    for (scope, report) in after.of_type::<CredentialReport>() {
        if !users.is_empty() && report.as_of().is_none_or(|time| time < contained) {
            hardening.unknown(format!("{}: the credential report is older than containment", scope.account));
            continue;
        }
        for user in users.keys() {
            let Some(row) = report.rows.get(*user) else {
                hardening.unknown(format!("{}: the credential report does not tell of {user}", scope.account));
                continue;
            };
            if row.password_enabled == ReportFlag::False {
                continue;
            }
            match row.password_last_changed.at() {
                Some(at) if at >= contained => {}
                Some(at) => hardening.fails(format!("{}: the password of {user} is of {at}", scope.account)),
                None => {
                    hardening.unknown(format!("{}: it is not known when the password of {user} was set", scope.account))
                }
            }
        }
    }
    if !users.is_empty() && after.of_type::<CredentialReport>().next().is_none() {
        hardening.unknown("no credential report tells of passwords".to_owned());
    }
    if let Some(scope) = involved_root(after, incident) {
        hardening.unknown(format!("{}: AWS does not say when the root user's password was changed", scope.account));
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

pub(super) fn sessions(after: &Inventory, incident: &Incident) -> Hardening {
    let (contained, mut hardening) = match asked(after, incident) {
        Ok(asked) => asked,
        Err(verdict) => return verdict,
    };
    require(after, &mut hardening, &["iam:GetAccountAuthorizationDetails"]);
    for (scope, role) in after.of_type::<Role>().filter(|(_, role)| incident.involves(role.arn.as_str())) {
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

pub(super) fn left_behind(after: &Inventory, incident: &Incident, made: &[Made]) -> Hardening {
    if incident.window.is_none() {
        return Hardening::not_asked("no time of the incident was given (--incident)");
    }
    let mut hardening = Hardening::held();
    // Whatever was not listed to its end may have been made inside the incident.
    for (scope, of) in after.ledger.scopes().flat_map(|scope| DATED.iter().map(move |of| (scope, *of))) {
        if scope.region.is_global() == of.is_global()
            && let Some(why) = of.listing().and_then(|listing| after.why_incomplete(scope, listing))
        {
            hardening.unknown(format!("{scope}: {why}"));
        }
    }
    let counts =
        |one: &&Made| !incident.expected.iter().any(|id| *id == one.id || id.ends_with(&format!("/{}", one.id)));
    for one in made.iter().filter(counts) {
        hardening
            .fails(format!("{} {}: {} {} was made {}", one.account, one.region, one.resource_type, one.id, one.at));
    }
    hardening
}

pub(super) fn watched(after: &Inventory) -> Hardening {
    let mut hardening = Hardening::held();
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
