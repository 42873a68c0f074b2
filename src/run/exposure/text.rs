//! What the internet reaches, for somebody who was just woken up: the worst first, in words, with the reason.

use std::collections::BTreeSet;
use std::io::Write;

use crate::model::exposure::{Class, Endpoint, Verdict, sensitive};
use crate::model::topology::Host;
use crate::model::walk::{Answer, Decision};
use crate::net::{PacketSet, PortSet};
use crate::report::sanitize;

use super::{Report, Told};

/// What a port is usually for.
const SERVICES: [(u16, &str); 24] = [
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (53, "DNS"),
    (80, "HTTP"),
    (135, "RPC"),
    (443, "HTTPS"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "Docker"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5900, "VNC"),
    (5985, "WinRM"),
    (5986, "WinRM"),
    (6379, "Redis"),
    (8080, "HTTP"),
    (9200, "OpenSearch"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

pub(super) fn write(out: &mut Vec<u8>, report: &Report<'_>) -> std::io::Result<()> {
    let mut told: Vec<&Told> = report.endpoints.iter().collect();
    told.sort_by_key(|one| (std::cmp::Reverse(weight(&one.endpoint)), key(&one.endpoint)));
    for one in &told {
        endpoint(out, one)?;
    }
    let assumed: BTreeSet<&str> = told.iter().flat_map(|one| &one.endpoint.assumptions).map(String::as_str).collect();
    if !assumed.is_empty() {
        writeln!(out, "Taken for granted:")?;
    }
    for line in &assumed {
        writeln!(out, "- {}", sanitize::visible(line))?;
    }
    if !assumed.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(report))?;
    if told.iter().any(|one| one.endpoint.verdict() != Verdict::Closed) {
        writeln!(
            out,
            "\nThis is what AWS lets through. Whether something listens, and what a firewall on a host or an appliance \
             does, is not in it (see docs/exposure.md)."
        )?;
    }
    Ok(())
}

/// How bad it is: what is answered before what is not, ports of administration and data before others, and everybody
/// before a few.
fn weight(endpoint: &Endpoint) -> (u8, u8, u8, u8) {
    let verdict = match endpoint.verdict() {
        Verdict::Reachable => 4,
        Verdict::Unknown => 3,
        Verdict::Dormant => 2,
        Verdict::OneWay => 1,
        Verdict::Closed => 0,
    };
    let open = open(endpoint);
    let direct = matches!(endpoint.class, Class::Internet | Class::ViaGlobalAccelerator);
    (verdict, u8::from(!delicate(open).is_empty()), u8::from(open.addresses().public_at_least(8, 24)), u8::from(direct))
}

fn key(endpoint: &Endpoint) -> (String, String, String, Option<String>) {
    let scope = &endpoint.scope;
    (scope.account.to_string(), scope.region.to_string(), endpoint.resource.clone(), endpoint.address.clone())
}

/// The set that the verdict is about.
fn open(endpoint: &Endpoint) -> &PacketSet {
    match endpoint.verdict() {
        Verdict::Reachable | Verdict::Dormant => endpoint.conversational().must(),
        Verdict::Unknown if !endpoint.conversational().is_empty() => endpoint.conversational().may(),
        Verdict::Unknown => endpoint.delivered().may(),
        Verdict::OneWay | Verdict::Closed => endpoint.delivered().must(),
    }
}

/// The ports of administration and data in a set.
fn delicate(set: &PacketSet) -> PortSet {
    set.ports(6).intersection(&sensitive())
}

fn endpoint(out: &mut Vec<u8>, told: &Told) -> std::io::Result<()> {
    let endpoint = &told.endpoint;
    let visible = |text: &str| sanitize::visible(text).into_owned();
    let address = endpoint.address.as_deref().or(endpoint.private_address.as_deref()).unwrap_or("no address");
    let name = endpoint.name.as_deref().map(|name| format!(" \"{}\"", visible(name))).unwrap_or_default();
    let what = match &endpoint.instance {
        _ if endpoint.is_balancer() => {
            format!("load balancer {}", visible(endpoint.name.as_deref().unwrap_or(&endpoint.resource)))
        }
        Some(instance) => format!("{}{name} ({})", visible(instance), visible(&endpoint.resource)),
        None => format!("{}{name}", visible(&endpoint.resource)),
    };
    writeln!(out, "{}  {what}", visible(address))?;
    let by = match (endpoint.class, &endpoint.via) {
        (Class::Internet, _) => String::new(),
        (class, Some(via)) => format!(", {} {}", class.as_str(), visible(via)),
        (class, None) => format!(", {}", class.as_str()),
    };
    writeln!(out, "  {} {}: {}{by}", endpoint.scope.account, endpoint.scope.region, in_words(endpoint))?;
    for region in open(endpoint).regions() {
        let ports = region.traffic();
        let services =
            if matches!(region.protocol.as_str(), "tcp" | "udp") { services(&region.ports) } else { String::new() };
        writeln!(out, "    {ports}{services}  from {}", shortened(&region.addresses.describe()))?;
    }
    if let Some((gate, resource)) = endpoint.closed_by()
        && matches!(endpoint.verdict(), Verdict::Closed | Verdict::OneWay)
    {
        let why = endpoint.door.closed.as_deref().map(|why| format!(" ({})", visible(why))).unwrap_or_default();
        writeln!(out, "    kept out by {gate} {}{why}", visible(resource))?;
    }
    let ports = &endpoint.sets.client_ports;
    if endpoint.verdict() == Verdict::Reachable && ports.count() < 65_536 {
        writeln!(out, "    only clients with the ports {ports} get answers")?;
    }
    // The way to a target is told at its balancer.
    if let Some((witness, Some(answer))) = &told.witness
        && endpoint.class != Class::ViaLoadBalancer
    {
        let port = witness.port().map(|port| format!(" {port}")).unwrap_or_default();
        writeln!(out, "    for example {} to {}{port}: {}", witness.from, witness.protocol(), visible(&way(answer)))?;
    }
    if let Some(missing) = endpoint.missing() {
        writeln!(out, "    not known for certain: {}", visible(&missing.why))?;
    }
    writeln!(out)
}

fn in_words(endpoint: &Endpoint) -> String {
    let worst = delicate(open(endpoint));
    match (endpoint.verdict(), &endpoint.host) {
        (Verdict::Reachable, _) if !worst.is_empty() => {
            format!("REACHABLE on ports of administration or data{}", services(&worst))
        }
        (Verdict::Reachable, _) => "reachable".to_owned(),
        (Verdict::Unknown, _) => "perhaps reachable, at most so".to_owned(),
        (Verdict::Dormant, Host::Asleep(why)) => format!("would be reachable, but {why}"),
        (Verdict::Dormant, _) => "would be reachable if it ran".to_owned(),
        (Verdict::OneWay, _) => "packets may get there, answers do not get back".to_owned(),
        (Verdict::Closed, _) => "not reachable".to_owned(),
    }
}

/// The gates that let a packet in, in the order that it meets them.
fn way(answer: &Answer) -> String {
    let telling = answer.path.iter().filter(|step| step.decision != Decision::Unknown);
    let steps = telling.map(|step| match (&step.rule, &step.detail) {
        (Some(rule), _) => format!("{} {rule}", step.resource),
        (None, Some(detail)) => format!("{} ({detail})", step.resource),
        (None, None) => step.resource.clone(),
    });
    steps.collect::<Vec<_>>().join(" > ")
}

/// ` (SSH, RDP)`, of the ports that people know.
fn services(ports: &PortSet) -> String {
    if ports.count() > 1024 {
        return String::new();
    }
    let mut known: Vec<&str> =
        SERVICES.iter().filter(|(port, _)| ports.contains(*port)).map(|(_, name)| *name).collect();
    known.dedup();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

/// A list of blocks is cut after some.
fn shortened(blocks: &str) -> String {
    const MOST: usize = 6;
    let all: Vec<&str> = blocks.split(", ").collect();
    if all.len() <= MOST + 1 {
        return blocks.to_owned();
    }
    format!("{} and {} more blocks", all[..MOST].join(", "), all.len() - MOST)
}

fn summary(report: &Report<'_>) -> String {
    let count = |verdict: Verdict| report.endpoints.iter().filter(|one| one.endpoint.verdict() == verdict).count();
    let reachable = count(Verdict::Reachable);
    let worst = report
        .endpoints
        .iter()
        .filter(|one| one.endpoint.verdict() == Verdict::Reachable && !delicate(open(&one.endpoint)).is_empty());
    let mut parts = vec![match reachable {
        0 => "nothing is certainly reachable from the internet".to_owned(),
        1 => "1 address is reachable from the internet".to_owned(),
        many => format!("{many} addresses are reachable from the internet"),
    }];
    match worst.count() {
        0 => {}
        some => parts.push(format!("{some} of them on ports of administration or data")),
    }
    for (verdict, what) in [(Verdict::Unknown, "unknown"), (Verdict::Dormant, "dormant"), (Verdict::OneWay, "one-way")]
    {
        match count(verdict) {
            0 => {}
            some => parts.push(format!("{some} {what}")),
        }
    }
    parts.push(format!("{} closed", report.closed));
    parts.join(", ")
}
