//! `driftline exposure`: what the internet reaches, and by which way.

mod csv;
mod diff;
mod json;
mod text;

use crate::cli::{ExposureArgs, ExposureCommand, ExposureFormat, WriteTo};
use crate::inventory::{Inventory, Missing};
use crate::model::exposure::{Endpoint, Exposure, Verdict, Witness};
use crate::model::topology::Topology;
use crate::model::walk::Answer;

use super::reach::write;
use super::{Stop, exit, files};

/// An endpoint with a packet that stands for what reaches it, as the walk tells of it.
struct Told {
    endpoint: Endpoint,
    witness: Option<(Witness, Option<Answer>)>,
}

/// All that is told, in the order of endpoints.
struct Report<'i> {
    inventory: &'i Inventory,
    endpoints: Vec<Told>,
    /// How many endpoints nothing reaches, told of or not.
    closed: usize,
}

pub(super) fn run(args: &ExposureArgs) -> Result<u8, Stop> {
    match (&args.command, &args.snapshot) {
        (Some(ExposureCommand::Diff(args)), _) => diff::run(args),
        (None, Some(path)) => {
            let inventory = files::load_snapshot(path)?;
            show(args, &inventory)
        }
        (None, None) => Err(Stop::usage("--snapshot is missing")),
    }
}

fn show(args: &ExposureArgs, inventory: &Inventory) -> Result<u8, Stop> {
    let topology = Topology::new(inventory);
    let all = Exposure::of(&topology).endpoints;
    let closed = all.iter().filter(|endpoint| endpoint.verdict() == Verdict::Closed).count();
    let shown = all.into_iter().filter(|endpoint| args.all || endpoint.verdict() != Verdict::Closed);
    let mut endpoints = Vec::new();
    for endpoint in shown {
        endpoints.push(match endpoint.witness(&topology) {
            Ok(witness) => Told { endpoint, witness },
            // A mistake of this program, and of this endpoint alone: one of the two is wrong, so neither is believed.
            Err(error) => Told { endpoint: endpoint.doubted(&Missing::because(error.to_string())), witness: None },
        });
    }
    let unknown = endpoints.iter().any(|told| told.endpoint.missing().is_some());
    let report = Report { inventory, endpoints, closed };
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            ExposureFormat::Json => json::write(&mut out, &report)?,
            ExposureFormat::Text => text::write(&mut out, &report)?,
            ExposureFormat::Csv => csv::write(&mut out, &report)?,
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(if unknown { exit::INCOMPLETE } else { exit::CLEAN })
}
