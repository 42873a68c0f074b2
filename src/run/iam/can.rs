//! `driftline iam can`: one question, and the statement that decides it.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::cli::{CanArgs, IamFormat, WriteTo};
use crate::iam::{Answer, RequestContext};
use crate::inventory::Missing;
use crate::inventory::snapshot::SnapshotError;
use crate::model::Model;
use crate::model::escalation::account_of;
use crate::model::permission::{Permissions, PrincipalId, Thing};
use crate::report::sanitize::visible;
use crate::run::reach::write;

use super::organization::Organization;
use super::{Stop, exit, files, named};

const SCHEMA: &str = "https://driftline.dev/schemas/iam-can-1";

/// schemas/iam-can-1.schema.json describes it.
#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    verdict: &'static str,
    may: bool,
    must: bool,
    /// Why it is denied or unknown, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    deciding: Vec<Statement<'a>>,
    conditions: Vec<String>,
    missing_grants: Vec<&'a str>,
    missing_denials: Vec<&'a str>,
}

#[derive(Serialize)]
struct Statement<'a> {
    effect: &'static str,
    kind: &'static str,
    policy: &'a str,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

pub(super) fn run(args: &CanArgs) -> Result<u8, Stop> {
    check(args)?;
    let snapshot = files::open_snapshot(&args.snapshot)?;
    let unusable = |error: SnapshotError| files::unusable(&args.snapshot, &error);
    let arn = named::principal(&snapshot, &args.snapshot, &args.principal, named::Who::All)?;
    let organization = Organization::survey(&snapshot).map_err(unusable)?;
    let account = account_of(&arn).ok_or_else(|| Stop::usage(format!("`{arn}` names no account")))?;
    let inventory = organization.with_target(&account, &args.resource).map_err(unusable)?;
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let permissions = model.permissions();
    let who = permissions.find(&arn).ok_or_else(|| Stop::usage(format!("the snapshot has no user or role `{arn}`")))?;
    let thing = Thing::of(&inventory, &args.resource);
    let answer = permissions.can_on(who, &args.action, &args.resource, thing.as_ref(), &context(args));
    let told = told(permissions, who, args, thing.as_ref(), &answer);
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            IamFormat::Text => text(&mut out, &told)?,
            IamFormat::Json => {
                serde_json::to_writer(&mut out, &told).map_err(|error| Stop::runtime(error.to_string()))?;
                out.push(b'\n');
            }
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(if told.verdict == "unknown" { exit::INCOMPLETE } else { exit::CLEAN })
}

fn check(args: &CanArgs) -> Result<(), Stop> {
    let action = &args.action;
    let is_action = action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if !is_action || action.contains(['*', '?', ' ']) {
        return Err(Stop::usage(format!("`{action}` is no action: one in full such as `iam:PutUserPolicy` is wanted")));
    }
    let resource = &args.resource;
    if resource != "*" && resource.parse::<crate::arn::Arn>().is_err() {
        return Err(Stop::usage(format!("`{resource}` is no ARN, and not `*`")));
    }
    Ok(())
}

fn context(args: &CanArgs) -> RequestContext {
    let mut keys: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for given in &args.context {
        keys.entry(given.key.to_ascii_lowercase()).or_default().extend(given.value.as_deref());
    }
    let mut context = RequestContext::new();
    for (key, values) in keys {
        context.set(&key, values);
    }
    context
}

fn told<'a>(
    permissions: &'a Permissions,
    who: PrincipalId,
    args: &'a CanArgs,
    thing: Option<&'a Thing>,
    answer: &'a Answer<'_>,
) -> Told<'a> {
    let own = permissions.account(who);
    let why = |all: &'a [Missing]| -> Vec<&'a str> { all.iter().map(|missing| missing.why.as_str()).collect() };
    let mut missing_grants = why(permissions.missing_grants(who));
    // In its own account a resource's policy is enough; from another one it never is.
    let at_home = thing.filter(|thing| thing.account.as_ref().is_none_or(|account| account == own));
    missing_grants.extend(at_home.and_then(Thing::unread));
    let mut missing_denials = why(permissions.missing_denials(own));
    let owner = thing.and_then(|thing| thing.account.as_ref()).filter(|owner| *owner != own);
    missing_denials.extend(owner.map(|owner| why(permissions.missing_denials(owner))).into_iter().flatten());
    // What was not read cannot undo a Deny.
    let unknown = !answer.may && !answer.is_explicit_denial() && !missing_grants.is_empty();
    Told {
        schema: SCHEMA,
        principal: permissions.arn(who),
        action: &args.action,
        resource: &args.resource,
        verdict: if unknown { "unknown" } else { answer.verdict().as_str() },
        may: answer.may,
        must: answer.must,
        reason: answer.lacking.clone(),
        deciding: answer
            .deciding
            .iter()
            .map(|deciding| Statement {
                effect: deciding.effect.as_str(),
                kind: deciding.kind.as_str(),
                policy: deciding.policy,
                statement: deciding.statement,
                sid: deciding.sid,
            })
            .collect(),
        conditions: answer.conditions.iter().map(ToString::to_string).collect(),
        missing_grants,
        missing_denials,
    }
}

fn text(out: &mut Vec<u8>, told: &Told<'_>) -> std::io::Result<()> {
    writeln!(out, "{} {} {}", visible(told.principal), visible(told.action), visible(told.resource))?;
    let reason = match (told.verdict, &told.reason) {
        ("unknown", Some(reason)) => format!("{reason}, but not all policies were read"),
        (_, Some(reason)) => reason.clone(),
        ("allowed", None) => "whatever else the request brings".to_owned(),
        ("conditional", None) => "it depends on what is not settled".to_owned(),
        (_, None) => "a statement denies it".to_owned(),
    };
    writeln!(out, "{}: {}", told.verdict, visible(&reason))?;
    if !told.deciding.is_empty() {
        writeln!(out, "\n  decided by")?;
    }
    for one in &told.deciding {
        let which = match one.sid {
            Some(sid) => format!("statement {} ({sid})", one.statement),
            None => format!("statement {}", one.statement),
        };
        writeln!(out, "  - {} by {} `{}`, {}", one.effect, one.kind, visible(one.policy), visible(&which))?;
    }
    let notes: [(&str, Vec<&str>); 3] = [
        ("not settled", told.conditions.iter().map(String::as_str).collect()),
        ("not read, could allow more", told.missing_grants.clone()),
        ("not read, could deny it", if told.may { told.missing_denials.clone() } else { Vec::new() }),
    ];
    for (title, lines) in notes {
        if !lines.is_empty() {
            writeln!(out, "\n  {title}")?;
        }
        for line in lines {
            writeln!(out, "  - {}", visible(line))?;
        }
    }
    Ok(())
}
