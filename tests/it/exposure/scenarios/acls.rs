//! Rows 19 to 26: network ACLs, first match, both directions.

use serde_json::json;

use super::{Row, answer, case, closed, one_way, open, open_set, row};
use crate::exposure::network::{Network, PUBLIC, public};
use crate::exposure::packets::Packets;

/// A block that is on the internet, for what the specification shows with a documentation block.
const OFFICE: &str = "198.41.0.0/24";

fn ssh() -> Network {
    public().admits(&["tcp 22 from 0.0.0.0/0"])
}

fn everything() -> Network {
    public().admits(&["all from 0.0.0.0/0"])
}

pub fn rows() -> Vec<Row> {
    let by_acl = closed;
    vec![
        row(
            19,
            "entry 90 denies tcp/22, entry 100 allows all",
            [
                case(
                    ssh().entries(&["in 90 deny tcp 22 0.0.0.0/0", "in 100 allow all 0.0.0.0/0"]),
                    [(PUBLIC, by_acl())],
                ),
                // Entries count by their number and not by their place.
                case(
                    ssh().entries(&["in 100 allow all 0.0.0.0/0", "in 90 deny tcp 22 0.0.0.0/0"]),
                    [(PUBLIC, by_acl())],
                ),
            ],
        ),
        row(
            20,
            "entries deny tcp/22 in two halves, then all is allowed",
            [case(
                ssh().entries(&[
                    "in 90 deny tcp 22 0.0.0.0/1",
                    "in 91 deny tcp 22 128.0.0.0/1",
                    "in 100 allow all 0.0.0.0/0",
                ]),
                [(PUBLIC, by_acl())],
            )],
        ),
        row(
            21,
            "entries allow tcp/22 in two halves and nothing else",
            [case(
                everything().entries(&["in 90 allow tcp 22 0.0.0.0/1", "in 91 allow tcp 22 128.0.0.0/1"]),
                [(PUBLIC, open(&["tcp 22 from internet"]))],
            )],
        ),
        row(
            22,
            "entries allow all of tcp, udp and icmp, but not -1",
            [case(
                everything().entries(&[
                    "in 90 allow tcp 0-65535 0.0.0.0/0",
                    "in 91 allow udp 0-65535 0.0.0.0/0",
                    "in 92 allow icmp -1/-1 0.0.0.0/0",
                ]),
                [(
                    PUBLIC,
                    answer(
                        "reachable",
                        Packets::all_of(&["tcp from internet", "udp from internet", "icmp from internet"]),
                        conversational_of_all().intersection(&Packets::all_of(&[
                            "tcp from internet",
                            "udp from internet",
                            "icmp from internet",
                        ])),
                        conversational_of_all().intersection(&Packets::all_of(&[
                            "tcp from internet",
                            "udp from internet",
                            "icmp from internet",
                        ])),
                    ),
                )],
            )],
        ),
        row(
            23,
            "entry 50 allows tcp/22 from one /24, entry 100 denies all",
            [case(
                ssh().entries(&[&format!("in 50 allow tcp 22 {OFFICE}"), "in 100 deny all 0.0.0.0/0"]),
                [(PUBLIC, open(&[&format!("tcp 22 from {OFFICE}")]))],
            )],
        ),
        row(
            24,
            "everything may come in, nothing may go out",
            [case(ssh().entries(&["out 100 deny all 0.0.0.0/0"]), [(PUBLIC, one_way(&["tcp 22 from internet"]))])],
        ),
        row(
            25,
            "only the ports 49152-65535 may go out",
            [case(
                ssh().entries(&["out 100 allow tcp 49152-65535 0.0.0.0/0"]),
                [(PUBLIC, open(&["tcp 22 from internet"]).with("client_ports", json!([[49_152, 65_535]])))],
            )],
        ),
        row(
            26,
            "entry 90 denies udp/1 from one address, entry 100 allows all",
            [case(
                public()
                    .admits(&["tcp 0-65535 from 0.0.0.0/0", "udp 0-65535 from 0.0.0.0/0"])
                    .entries(&["in 90 deny udp 1 1.1.1.1/32", "in 100 allow all 0.0.0.0/0"]),
                [(
                    PUBLIC,
                    open_set(
                        Packets::all_of(&["tcp from internet", "udp from internet"])
                            .minus(&Packets::parse("udp 1 from 1.1.1.1/32")),
                    ),
                )],
            )],
        ),
    ]
}

/// What there is an answer to: of ICMP only requests have one.
pub fn conversational_of_all() -> Packets {
    let requests: Vec<String> =
        [8, 13, 15, 17].map(|kind: u32| format!("icmp {}-{} from internet", kind << 8, (kind << 8) + 255)).into();
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    Packets::parse("all from internet").minus(&Packets::parse("icmp from internet")).union(&Packets::all_of(&requests))
}
