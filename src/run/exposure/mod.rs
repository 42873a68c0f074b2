//! `driftline exposure`: what the internet reaches, and by which way.

mod csv;
mod diff;
mod json;
mod text;

use crate::cli::{ExposureArgs, ExposureCommand, ExposureFormat, WriteTo};
use crate::inventory::{Inventory, Missing};
use crate::model::exposure::{Disagreement, Endpoint, Exposure, Verdict, Witness};
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
    let endpoints: Vec<Told> = shown
        .map(|endpoint| {
            let witness = endpoint.witness(&topology);
            told(endpoint, witness)
        })
        .collect();
    let code = code(&endpoints);
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
    Ok(code)
}

/// An endpoint with its witness. Where the walk contradicts the sets one of them is wrong, a mistake of this program and
/// of this endpoint alone: neither is believed, and the others are told as ever.
fn told(endpoint: Endpoint, witness: Result<Option<(Witness, Option<Answer>)>, Box<Disagreement>>) -> Told {
    match witness {
        Ok(witness) => Told { endpoint, witness },
        Err(error) => Told { endpoint: endpoint.doubted(&Missing::because(error.to_string())), witness: None },
    }
}

fn code(endpoints: &[Told]) -> u8 {
    let unknown = endpoints.iter().any(|told| told.endpoint.missing().is_some());
    if unknown { exit::INCOMPLETE } else { exit::CLEAN }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::arn::{Partition, Scope};
    use crate::model::exposure::{Bounds, Class, Door, Sets, internet};
    use crate::model::topology::Host;

    /// Everything from the internet comes here and is answered.
    fn open() -> Endpoint {
        let scope = Scope {
            partition: Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: "eu-west-1".parse().unwrap(),
        };
        let all = Bounds::exactly(internet(4));
        let sets = Arc::new(Sets { delivered: all.clone(), conversational: all, ..Sets::default() });
        Endpoint {
            scope,
            resource_type: "AWS::EC2::NetworkInterface",
            resource: "eni-1".to_owned(),
            name: None,
            interface: Some("eni-1".to_owned()),
            instance: None,
            vpc: None,
            subnet: None,
            groups: Vec::new(),
            address: Some("52.0.0.5".to_owned()),
            private_address: None,
            family: 4,
            class: Class::Internet,
            via: None,
            door: Door::default(),
            behind_door: Arc::clone(&sets),
            sets,
            host: Host::Awake,
            assumptions: Vec::new(),
            dialed: Vec::new(),
        }
    }

    #[test]
    fn an_endpoint_that_the_walk_contradicts_is_unknown_with_the_reason_and_the_others_are_told() {
        let disagreement = || {
            Box::new(Disagreement {
                from: "198.41.0.4".to_owned(),
                to: "52.0.0.5".to_owned(),
                protocol: "tcp 22".to_owned(),
                expected: "reachable",
                found: "blocked",
                reason: "no rule".to_owned(),
            })
        };
        let all = [told(open(), Err(disagreement())), told(open(), Ok(None))];
        let verdicts = all.each_ref().map(|one| one.endpoint.verdict());
        assert_eq!(verdicts, [Verdict::Unknown, Verdict::Reachable]);
        assert!(all[0].endpoint.missing().unwrap().why.contains("is reachable by the sets and blocked by the walk"));
        assert!(all[0].witness.is_none());
        assert_eq!((code(&all), code(&all[1..])), (exit::INCOMPLETE, exit::CLEAN));
    }
}
