//! What the internet reaches, for programs: schemas/exposure-1.schema.json describes it.

use serde::Serialize;

use crate::inventory::Missing;
use crate::model::exposure::{Bounds, Endpoint, NOT_MODELLED, Witness, internet};
use crate::model::walk::{Answer, Step};
use crate::net::{IpSet, PacketSet, Region};
use crate::run::Stop;

use super::Report;

const SCHEMA: &str = "https://driftline.dev/schemas/exposure-1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    driftline: &'static str,
    internet: Internet,
    taken_at: String,
    endpoints: Vec<Row<'a>>,
    not_modelled: &'static [&'static str],
}

/// The constant that sources are counted against.
#[derive(Serialize)]
struct Internet {
    version: u32,
}

#[derive(Serialize)]
struct Row<'a> {
    account: &'a str,
    region: &'a str,
    resource_type: &'a str,
    resource: &'a str,
    name: Option<&'a str>,
    interface: Option<&'a str>,
    instance: Option<&'a str>,
    vpc: Option<&'a str>,
    subnet: Option<&'a str>,
    address: Option<&'a str>,
    private_address: Option<&'a str>,
    family: u8,
    class: &'static str,
    via: Option<&'a str>,
    verdict: &'static str,
    delivered: Vec<Rectangle>,
    conversational: Vec<Rectangle>,
    live: Vec<Rectangle>,
    may: Option<May>,
    client_ports: Vec<[u16; 2]>,
    missing: Vec<String>,
    assumptions: &'a [String],
    closed_by: Option<String>,
    gates: Vec<Gate>,
    witness: Option<ToldWitness<'a>>,
    path: &'a [Step],
    return_path: &'a [Step],
}

#[derive(Serialize)]
struct May {
    delivered: Vec<Rectangle>,
    conversational: Vec<Rectangle>,
    live: Vec<Rectangle>,
}

#[derive(Serialize)]
struct Gate {
    gate: &'static str,
    resource: String,
    left: String,
}

/// These sources with these ports; the list that it stands in has no packet twice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Rectangle {
    protocol: String,
    ports: Vec<[u16; 2]>,
    sources: Vec<String>,
    all_internet: bool,
    /// In comparisons of security groups: the group whose members the sources are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_of: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ToldWitness<'a> {
    from: String,
    to: &'a str,
    protocol: String,
    port: Option<u16>,
}

pub(super) fn write(out: &mut Vec<u8>, report: &Report<'_>) -> Result<(), Stop> {
    let document = Document {
        schema: SCHEMA,
        driftline: env!("CARGO_PKG_VERSION"),
        internet: Internet { version: 1 },
        taken_at: report.inventory.provenance.taken_at.to_string(),
        endpoints: report.endpoints.iter().map(|told| row(&told.endpoint, told.witness.as_ref())).collect(),
        not_modelled: &NOT_MODELLED,
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(|error| Stop::runtime(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}

fn row<'a>(endpoint: &'a Endpoint, witness: Option<&'a (Witness, Option<Answer>)>) -> Row<'a> {
    let answer = witness.and_then(|(_, answer)| answer.as_ref());
    let live = endpoint.live();
    let bounds = [endpoint.delivered(), endpoint.conversational(), &live];
    let may = bounds.iter().any(|one| !one.is_exact()).then(|| {
        let [delivered, conversational, live] = bounds.map(|one| rectangles(one.may()));
        May { delivered, conversational, live }
    });
    let [delivered, conversational, live] = bounds.map(|one: &Bounds| rectangles(one.must()));
    Row {
        account: endpoint.scope.account.as_str(),
        region: endpoint.scope.region.as_str(),
        resource_type: endpoint.resource_type,
        resource: &endpoint.resource,
        name: endpoint.name.as_deref(),
        interface: endpoint.interface.as_deref(),
        instance: endpoint.instance.as_deref(),
        vpc: endpoint.vpc.as_deref(),
        subnet: endpoint.subnet.as_deref(),
        address: endpoint.address.as_deref(),
        private_address: endpoint.private_address.as_deref(),
        family: endpoint.family,
        class: endpoint.class.as_str(),
        via: endpoint.via.as_deref(),
        verdict: endpoint.verdict().as_str(),
        delivered,
        conversational,
        live,
        may,
        client_ports: endpoint.sets.client_ports.ranges().iter().map(|(low, high)| [*low, *high]).collect(),
        missing: endpoint.missing().iter().map(missing).collect(),
        assumptions: &endpoint.assumptions,
        closed_by: endpoint.closed_by().map(|(gate, resource)| format!("{gate} {resource}")),
        gates: endpoint.waterfall().iter().map(|passed| gate(passed, endpoint.family)).collect(),
        witness: witness.map(|(witness, _)| told(witness)),
        path: answer.map_or(&[], |answer| &answer.path),
        return_path: answer.map_or(&[], |answer| &answer.return_path),
    }
}

fn gate(passed: &crate::model::exposure::Passed, family: u8) -> Gate {
    Gate { gate: passed.gate.as_str(), resource: passed.resource.to_string(), left: left(&passed.left, family) }
}

/// A set in a few words.
pub(super) fn left(set: &PacketSet, family: u8) -> String {
    const MOST: usize = 3;
    if set.is_empty() {
        return "nothing".to_owned();
    }
    if *set == internet(family) {
        return format!("all internet (v{family}) x all");
    }
    let regions = set.regions();
    let mut words: Vec<String> = regions.iter().take(MOST).map(in_words).collect();
    if regions.len() > MOST {
        words.push(format!("and {} more", regions.len() - MOST));
    }
    words.join("; ")
}

fn in_words(region: &Region) -> String {
    let blocks = region.addresses.count_blocks();
    if whole_family(region) {
        return format!("all internet (v{}) x {}", region.family, region.traffic());
    }
    if blocks > 8 {
        return format!("{blocks} blocks of addresses x {}", region.traffic());
    }
    format!("{} x {}", region.addresses, region.traffic())
}

fn whole_family(region: &Region) -> bool {
    of_internet(region.family).is_subset(&region.addresses)
}

fn line(family: u8) -> IpSet {
    if family == 4 { IpSet::all_v4() } else { IpSet::all_v6() }
}

fn of_internet(family: u8) -> IpSet {
    IpSet::internet().intersection(&line(family))
}

pub(super) fn rectangles(set: &PacketSet) -> Vec<Rectangle> {
    let each = set.regions().into_iter().map(|region| {
        let all_internet = whole_family(&region);
        let everybody = if region.family == 4 { "0.0.0.0/0" } else { "::/0" };
        // What is not of the internet is told only where it is not all or nothing.
        let short =
            all_internet && (region.addresses == line(region.family) || region.addresses == of_internet(region.family));
        Rectangle {
            ports: region.ports.ranges().iter().map(|(low, high)| [*low, *high]).collect(),
            sources: if short { vec![everybody.to_owned()] } else { region.addresses.blocks() },
            protocol: region.protocol,
            all_internet,
            members_of: None,
        }
    });
    each.collect()
}

impl Rectangle {
    pub(super) fn protocol(&self) -> &str {
        &self.protocol
    }

    /// `22,80-443`.
    pub(super) fn ports_in_words(&self) -> String {
        let each =
            self.ports.iter().map(|[low, high]| if low == high { low.to_string() } else { format!("{low}-{high}") });
        each.collect::<Vec<_>>().join(",")
    }

    pub(super) fn sources_in_words(&self) -> String {
        self.sources.join(" ")
    }

    pub(super) fn is_everybody(&self) -> bool {
        self.all_internet
    }

    /// The same of the members of a group, whatever their addresses.
    pub(super) fn of_members(&mut self, group: &str) {
        self.sources.clear();
        self.all_internet = false;
        self.members_of = Some(group.to_owned());
    }
}

pub(super) fn told(witness: &Witness) -> ToldWitness<'_> {
    ToldWitness { from: witness.from.to_string(), to: &witness.to, protocol: witness.protocol(), port: witness.port() }
}

/// What is missing, with the calls that would have told.
pub(super) fn missing(missing: &Missing) -> String {
    let cells: Vec<String> = missing.cells.iter().map(|cell| format!("{} in {}", cell.operation, cell.scope)).collect();
    if cells.is_empty() { missing.why.clone() } else { format!("{} ({})", missing.why, cells.join(", ")) }
}
