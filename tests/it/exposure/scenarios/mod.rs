//! The truth tables of exposure and of its drift, row by row: what AWS would do, whatever our code prints.

mod acls;
mod bounds;
pub mod drift;
mod fronts;
mod groups;
mod peers;
mod policy;
mod routes;

use std::collections::BTreeSet;

use super::ask::{Endpoint, Snapshot, probe};
use super::network::Network;
use super::packets::{Kind, Packets, Plane, address};

/// A row of the truth table of exposure, and the networks that show it.
struct Row {
    number: usize,
    says: &'static str,
    cases: Vec<Case>,
}

/// A network, and the right answer for some of its addresses.
struct Case {
    network: Network,
    answers: Vec<(&'static str, Answer)>,
}

/// What can reach one address from the internet.
struct Answer {
    verdict: &'static str,
    class: &'static str,
    delivered: Packets,
    conversational: Packets,
    live: Packets,
    /// What is asked packet by packet too.
    probes: Probes,
    /// Members of the endpoint's JSON that have to be as they are here.
    more: Vec<(&'static str, serde_json::Value)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Probes {
    All,
    /// Whether the nodes of a load balancer answer an echo, AWS does not say.
    ButEcho,
    /// `reach` goes on to what stands behind the address, which is another question.
    None,
}

fn row<const N: usize>(number: usize, says: &'static str, cases: [Case; N]) -> Row {
    Row { number, says, cases: cases.into() }
}

fn case<const N: usize>(network: Network, answers: [(&'static str, Answer); N]) -> Case {
    Case { network, answers: answers.into() }
}

fn answer(verdict: &'static str, delivered: Packets, conversational: Packets, live: Packets) -> Answer {
    Answer { verdict, class: "internet", delivered, conversational, live, probes: Probes::All, more: Vec::new() }
}

/// All of it is reachable, and nothing else is delivered.
fn open(set: &[&str]) -> Answer {
    open_set(Packets::all_of(set))
}

fn open_set(set: Packets) -> Answer {
    answer("reachable", set.clone(), set.clone(), set)
}

/// The same over IPv6 of `eni-1`: what claims to come from the VPC's own block is answered locally, not outside.
fn open6(set: &[&str]) -> Answer {
    let own = Packets::parse("all from 2600:1f18:1:100::/56");
    let (all, answered) = (Packets::all_of(set), Packets::all_of(set).minus(&own));
    answer("reachable", all, answered.clone(), answered)
}

/// It is delivered, and no answer gets back.
fn one_way(set: &[&str]) -> Answer {
    answer("one-way", Packets::all_of(set), Packets::default(), Packets::default())
}

/// It would be reachable, if something ran there.
fn dormant(set: &[&str]) -> Answer {
    let set = Packets::all_of(set);
    answer("dormant", set.clone(), set, Packets::default())
}

/// Nothing is delivered; that the address is not listed says so too.
fn closed() -> Answer {
    answer("closed", Packets::default(), Packets::default(), Packets::default())
}

impl Answer {
    fn class(self, class: &'static str) -> Answer {
        Answer { class, ..self }
    }

    fn probed(self, probes: Probes) -> Answer {
        Answer { probes, ..self }
    }

    fn with(mut self, member: &'static str, value: serde_json::Value) -> Answer {
        self.more.push((member, value));
        self
    }
}

#[test]
fn what_groups_admit_is_a_set() {
    hold(&groups::rows());
}

#[test]
fn acls_are_read_in_order_and_in_both_directions() {
    hold(&acls::rows());
}

#[test]
fn exposure_is_a_path() {
    hold(&routes::rows());
}

#[test]
fn what_stands_behind_an_address_counts() {
    hold(&fronts::rows());
}

#[test]
fn every_row_of_the_tables_is_here_once() {
    let rows: Vec<usize> =
        [groups::rows(), acls::rows(), routes::rows(), fronts::rows()].iter().flatten().map(|row| row.number).collect();
    assert_eq!(rows, (1..=46).collect::<Vec<_>>());
    let drift: Vec<usize> = drift::rows().iter().map(|row| row.number).collect();
    assert_eq!(drift, (1..=12).collect::<Vec<_>>());
}

/// Every case is asked as sets (`exposure`) and packet by packet (`reach`), at each edge of the right answer.
#[track_caller]
fn hold(rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        for (index, case) in row.cases.iter().enumerate() {
            let snapshot = Snapshot::of(&case.network);
            let endpoints = snapshot.exposure();
            for (of, answer) in &case.answers {
                let mistakes =
                    [mistakes(&endpoints, of, answer), mistakes_of_packets(&snapshot, &endpoints, of, answer)].concat();
                wrong.extend(
                    mistakes
                        .into_iter()
                        .map(|m| format!("{} ({}), case {}, {of}: {m}", row.number, row.says, index + 1)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn mistakes(endpoints: &[Endpoint], of: &str, answer: &Answer) -> Vec<String> {
    let here = |endpoint: &&Endpoint| {
        [&endpoint.address, &endpoint.resource].iter().any(|name| name.as_str() == of) && endpoint.class == answer.class
    };
    let found: Vec<&Endpoint> = endpoints.iter().filter(here).collect();
    let endpoint = match found[..] {
        [] if answer.verdict == "closed" => return Vec::new(),
        [endpoint] => endpoint,
        _ => {
            let classes: Vec<_> = endpoints.iter().map(|e| (&e.resource, &e.address, &e.class, &e.verdict)).collect();
            return vec![format!("{} endpoints of class {} among {classes:?}", found.len(), answer.class)];
        }
    };
    let mut wrong = Vec::new();
    if endpoint.verdict != answer.verdict {
        wrong.push(format!("is `{}` and not `{}`: {}", endpoint.verdict, answer.verdict, endpoint.json));
    }
    for (name, set, right) in [
        ("delivered", &endpoint.delivered, &answer.delivered),
        ("conversational", &endpoint.conversational, &answer.conversational),
        ("live", &endpoint.live, &answer.live),
    ] {
        if set != right {
            wrong.push(format!("{name}: too much: {:?}\n    missing: {:?}", set.minus(right), right.minus(set)));
        }
    }
    for (member, value) in &answer.more {
        if endpoint.json[member] != *value {
            wrong.push(format!("`{member}` is {} and not {value}", endpoint.json[member]));
        }
    }
    if !endpoint.json["may"].is_null() {
        wrong.push(format!("there are bounds although everything was imported: {}", endpoint.json));
    }
    wrong.extend(witness_mistakes(endpoint, answer));
    wrong
}

/// The witness is a packet of the largest set that is not empty.
fn witness_mistakes(endpoint: &Endpoint, answer: &Answer) -> Option<String> {
    let set = [&answer.live, &answer.conversational, &answer.delivered].into_iter().find(|set| !set.is_empty());
    let witness = &endpoint.json["witness"];
    let Some(set) = set else {
        return (!witness.is_null()).then(|| format!("a witness of nothing: {witness}"));
    };
    if witness.is_null() {
        // `reach` does not follow what an accelerator passes on, so that nothing could be shown.
        return (answer.class != "via-global-accelerator").then(|| "there is no witness".to_owned());
    }
    let (from, protocol) = (witness["from"].as_str()?, witness["protocol"].as_str()?);
    let port = witness["port"].as_u64().map_or(String::new(), |port| format!(" {port}"));
    let packet = match protocol {
        // An echo, or another type and code.
        "icmp" | "icmpv6" => Packets::parse(&format!("{protocol} from {from}")).intersection(set),
        _ => Packets::parse(&format!("{protocol}{port} from {from}")),
    };
    (packet.is_empty() || !packet.is_subset(set)).then(|| format!("the witness {witness} is not in the set"))
}

/// `reach` says of single packets what the sets say, on both sides of every edge.
fn mistakes_of_packets(snapshot: &Snapshot, endpoints: &[Endpoint], to: &str, answer: &Answer) -> Vec<String> {
    // Of an address that no interface has nothing can be told.
    let is_there = endpoints.iter().any(|endpoint| endpoint.address == to);
    if answer.class != "internet" || answer.verdict == "dormant" || answer.probes == Probes::None || !is_there {
        return Vec::new();
    }
    let family = if to.contains(':') { 6 } else { 4 };
    let internet = Packets::parse(if family == 4 { "all from internet" } else { "all from internet6" });
    let mut points: BTreeSet<(Plane, u128, u32)> =
        answer.delivered.edges(200).into_iter().chain(answer.conversational.edges(200)).collect();
    let (_, from) = super::packets::bits(if family == 4 { "8.8.8.8" } else { "2a00:1450:4001::8" });
    for port in [0, 21, 22, 23, 65_535] {
        points.insert((Plane(family, Kind::Tcp), from, port));
        points.insert((Plane(family, Kind::Udp), from, port));
    }
    if answer.probes == Probes::All {
        points.insert((Plane(family, Kind::Icmp), from, if family == 4 { 8 << 8 } else { 128 << 8 }));
    }
    let mut probes = Vec::new();
    let mut right = Vec::new();
    for (plane, from, selector) in points {
        if plane.0 != family || !internet.contains(plane, from, selector) {
            continue;
        }
        let (protocol, port) = match plane.1 {
            Kind::Tcp => ("tcp", Some(selector)),
            Kind::Udp => ("udp", Some(selector)),
            // Only an echo can be asked for.
            Kind::Icmp if [8 << 8, 128 << 8].contains(&selector) => (if family == 4 { "icmp" } else { "icmpv6" }, None),
            _ => continue,
        };
        probes.push(probe(&address(family, from), to, protocol, port));
        right.push(
            match (
                answer.conversational.contains(plane, from, selector),
                answer.delivered.contains(plane, from, selector),
            ) {
                (true, _) => "reachable",
                (false, true) => "one-way",
                (false, false) => "blocked",
            },
        );
    }
    let answers = snapshot.reach(&probes);
    let said = probes.iter().zip(&answers).zip(right);
    said.filter(|((_, said), right)| said["verdict"] != *right)
        .map(|((probe, said), right)| {
            format!("reach: {probe} is {} ({}) and not {right}", said["verdict"], said["reason"])
        })
        .take(5)
        .collect()
}
