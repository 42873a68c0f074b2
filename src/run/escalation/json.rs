//! One JSON object a line and principal; the members are those of docs/iam-paths.md.

use std::io::Write;

use serde::Serialize;

use crate::model::escalation::{Finding, Move, Verdict};

#[derive(Serialize)]
struct Line<'a> {
    principal: &'a str,
    account: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'static str>,
    hops: Vec<HopLine<'a>>,
    conditions: &'a [String],
    /// Who is an administrator at the end of the hops.
    #[serde(skip_serializing_if = "Option::is_none")]
    reaches: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    granted_by: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'a str>,
}

#[derive(Serialize)]
struct HopLine<'a> {
    action: &'a str,
    target: &'a str,
    statement: &'a str,
    /// Who calls.
    principal: &'a str,
    /// `allowed`, or `conditional` on what `conditions` says.
    verdict: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    conditions: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    /// Hops of one number belong to one move.
    step: usize,
}

pub(super) fn write(out: &mut dyn Write, finding: &Finding) -> std::io::Result<()> {
    let hops = finding.moves.iter().enumerate().flat_map(|(index, one)| hops(index + 1, one));
    let line = Line {
        principal: &finding.principal,
        account: &finding.account,
        verdict: finding.verdict.as_str(),
        tier: finding.tier.map(|tier| tier.as_str()),
        hops: hops.collect(),
        conditions: &finding.conditions,
        reaches: matches!(finding.verdict, Verdict::Admin | Verdict::Proven | Verdict::Possible)
            .then(|| finding.ends_as()),
        needs: finding.moves.iter().flat_map(|one| &one.needs).map(String::as_str).collect(),
        granted_by: &finding.granted_by,
        missing: finding.not_read().collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

fn hops(step: usize, one: &Move) -> impl Iterator<Item = HopLine<'_>> {
    one.hops.iter().map(move |hop| HopLine {
        action: &hop.action,
        target: &hop.target,
        statement: &hop.statement,
        principal: &hop.caller,
        verdict: if hop.certain { "allowed" } else { "conditional" },
        conditions: &hop.conditions,
        method: one.method.map(|method| method.id),
        step,
    })
}
