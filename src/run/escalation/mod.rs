//! `driftline iam admins` and `driftline iam paths`: who may do everything, and who can come to.

mod graph;
mod json;
mod text;

use crate::cli::{AdminsArgs, AdminsFormat, GraphFormat, PathsArgs, PathsFormat, WriteTo};
use crate::model::Model;
use crate::model::escalation::{Escalation, Finding, Verdict};

use super::reach::write;
use super::{Stop, exit, files};

pub(super) fn admins(args: &AdminsArgs) -> Result<u8, Stop> {
    let inventory = files::load_snapshot(&args.snapshot)?;
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let findings = Escalation::of(&model).findings();
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            AdminsFormat::Text => text::admins(&mut out, &findings)?,
            AdminsFormat::Json => {
                let admins: Vec<Finding> =
                    findings.iter().filter(|finding| finding.is_effective_admin()).cloned().collect();
                json::write(&mut out, &admins)?;
            }
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(code(&findings))
}

pub(super) fn paths(args: &PathsArgs) -> Result<u8, Stop> {
    let inventory = files::load_snapshot(&args.snapshot)?;
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let escalation = Escalation::of(&model);
    let findings = match &args.from {
        None => escalation.findings(),
        Some(from) => {
            let from = escalation.find(from).map_err(Stop::usage)?;
            match args.to.as_str() {
                "admin" => vec![escalation.finding(from)],
                to => vec![escalation.between(from, escalation.find(to).map_err(Stop::usage)?)],
            }
        }
    };
    let format = match args.graph {
        Some(GraphFormat::Dot) => PathsFormat::Dot,
        Some(GraphFormat::Mermaid) => PathsFormat::Mermaid,
        None => args.format,
    };
    let first = WriteTo { format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            PathsFormat::Text => text::paths(&mut out, &findings, !args.all)?,
            PathsFormat::Json => json::write(&mut out, &findings)?,
            PathsFormat::Dot => graph::dot(&mut out, &findings)?,
            PathsFormat::Mermaid => graph::mermaid(&mut out, &findings)?,
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(code(&findings))
}

fn code(findings: &[Finding]) -> u8 {
    let unknown = findings.iter().any(|finding| finding.verdict == Verdict::Unknown);
    if unknown { exit::INCOMPLETE } else { exit::CLEAN }
}
