//! What was not imported is a bound with a name, and never "closed".

use crate::exposure::ask::{Endpoint, Snapshot, probe};
use crate::exposure::network::{Network, PUBLIC, public};
use crate::exposure::packets::Packets;

fn endpoint(network: &Network) -> Endpoint {
    let mut endpoints = Snapshot::of(network).exposure();
    endpoints.retain(|endpoint| endpoint.address == PUBLIC);
    endpoints.pop().expect("an endpoint for the public address")
}

fn ssh() -> Network {
    public().prefix_list("pl-1", "everybody", &["0.0.0.0/0"]).admits(&["tcp 22 from pl-1"])
}

/// What must hold of delivered and conversational with one file missing: nothing, or all that the rest says.
#[test]
fn a_file_that_is_missing_leaves_a_bound() {
    let all = Packets::parse("tcp 22 from internet");
    for (file, delivers, names) in [
        ("NetworkAcls", false, "DescribeNetworkAcls"),
        ("SecurityGroups", false, "DescribeSecurityGroups"),
        ("InternetGateways", false, "DescribeInternetGateways"),
        ("Entries", false, "PrefixList"),
        // What comes in needs no route; what goes back does.
        ("RouteTables", false, "DescribeRouteTables"),
    ] {
        let told = endpoint(&ssh().without_file(file));
        assert_eq!(told.verdict, "unknown", "{file}: {:#}", told.json);
        assert_eq!(told.delivered, if delivers { all.clone() } else { Packets::default() }, "{file}");
        assert_eq!(told.conversational, Packets::default(), "{file}");
        let may = Packets::from_json(&told.json["may"]["conversational"]);
        assert!(all.is_subset(&may), "{file}: it may be reachable: {may:?}");
        // Without the groups every protocol may come in; all other gates are known.
        assert!(file == "SecurityGroups" || may == all, "{file}: {may:?}");
        let missing = told.json["missing"].to_string();
        assert!(missing.contains(names), "{file}: {missing}");
        let asked = Snapshot::of(&ssh().without_file(file)).reach(&[probe("8.8.8.8", PUBLIC, "tcp", Some(22))]);
        assert_eq!(asked[0]["verdict"], "unknown", "{file}: {:#}", asked[0]);
    }
}

/// A gate that is known to be shut decides, whatever else is not known.
#[test]
fn a_closed_gate_needs_no_other() {
    for file in ["NetworkAcls", "RouteTables", "SecurityGroups", "Entries"] {
        let told = endpoint(&ssh().detached().without_file(file));
        assert_eq!(told.verdict, "closed", "{file}: {:#}", told.json);
        assert!(told.json["may"].is_null(), "{file}: {}", told.json["may"]);
    }
}

/// Block Public Access is off unless somebody turns it on: where nobody was asked, that is said and assumed.
#[test]
fn what_is_off_by_default_is_assumed_to_be_off() {
    let told =
        endpoint(&ssh().without_file("VpcBlockPublicAccessOptions").without_file("VpcBlockPublicAccessExclusions"));
    assert_eq!(told.verdict, "reachable", "{:#}", told.json);
    assert_eq!(told.conversational, Packets::parse("tcp 22 from internet"));
    let said = told.json["assumptions"].to_string();
    assert!(said.contains("Block Public Access"), "{said}");
}
