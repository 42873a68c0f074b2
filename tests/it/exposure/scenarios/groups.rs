//! Rows 1 to 18: what the rules of security groups admit together.

use super::{Row, case, closed, open, open6, row};
use crate::exposure::network::{PUBLIC, PUBLIC6, public};

const CLOUDFLARE: &str = "173.245.48.0/20, 103.21.244.0/22, 103.22.200.0/22, 103.31.4.0/22, 141.101.64.0/18, \
    108.162.192.0/18, 190.93.240.0/20, 188.114.96.0/20, 197.234.240.0/22, 198.41.128.0/17, 162.158.0.0/15, \
    104.16.0.0/13, 104.24.0.0/14, 172.64.0.0/13, 131.0.72.0/22";

pub fn rows() -> Vec<Row> {
    let eighths: Vec<String> = (0..256).map(|first| format!("tcp 22 from {first}.0.0.0/8")).collect();
    let eighths: Vec<&str> = eighths.iter().map(String::as_str).collect();
    let cloudflare = format!("tcp 443 from {CLOUDFLARE}");
    vec![
        row(
            1,
            "tcp/22 from 0.0.0.0/1 and 128.0.0.0/1",
            [
                case(
                    public().admits(&["tcp 22 from 0.0.0.0/1, 128.0.0.0/1"]),
                    [(PUBLIC, open(&["tcp 22 from internet"]))],
                ),
                case(
                    public().admits(&["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1"]),
                    [(PUBLIC, open(&["tcp 22 from internet"]))],
                ),
            ],
        ),
        row(
            2,
            "tcp/22 from 0.0.0.0/1 alone",
            [case(public().admits(&["tcp 22 from 0.0.0.0/1"]), [(PUBLIC, open(&["tcp 22 from 0.0.0.0/1"]))])],
        ),
        row(
            3,
            "tcp/22 from ::/1 and 8000::/1",
            [case(
                public().with_ipv6().admits(&["tcp 22 from ::/1, 8000::/1"]),
                [(PUBLIC6, open6(&["tcp 22 from internet6"])), (PUBLIC, closed())],
            )],
        ),
        row(
            4,
            "tcp/22 from 2000::/3",
            [case(
                public().with_ipv6().admits(&["tcp 22 from 2000::/3"]),
                [(PUBLIC6, open6(&["tcp 22 from internet6"])), (PUBLIC, closed())],
            )],
        ),
        row(
            5,
            "tcp/22 from 256 blocks of /8",
            [case(public().admits(&eighths), [(PUBLIC, open(&["tcp 22 from internet"]))])],
        ),
        row(
            6,
            "tcp/22 from a customer's prefix list of two halves",
            [case(
                public().prefix_list("pl-1", "halves", &["0.0.0.0/1", "128.0.0.0/1"]).admits(&["tcp 22 from pl-1"]),
                [(PUBLIC, open(&["tcp 22 from internet"]))],
            )],
        ),
        row(
            7,
            "tcp 0-32767 and 32768-65535 from everywhere",
            [case(
                public().admits(&["tcp 0-32767 from 0.0.0.0/0", "tcp 32768-65535 from 0.0.0.0/0"]),
                [(PUBLIC, open(&["tcp 0-65535 from internet"]))],
            )],
        ),
        row(
            8,
            "tcp 0-65535 from everywhere",
            [case(public().admits(&["tcp 0-65535 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 0-65535 from internet"]))])],
        ),
        row(
            9,
            "tcp 22-25 from everywhere",
            [case(public().admits(&["tcp 22-25 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 22-25 from internet"]))])],
        ),
        row(
            10,
            "protocol 47 (GRE) from everywhere",
            [
                case(public().admits(&["47 from 0.0.0.0/0"]), [(PUBLIC, open(&["47 from internet"]))]),
                // Of a protocol without ports the port members mean nothing.
                case(public().admits(&["47 0-0 from 0.0.0.0/0"]), [(PUBLIC, open(&["47 from internet"]))]),
            ],
        ),
        row(
            11,
            "tcp 80-65535 from everywhere",
            [case(
                public().admits(&["tcp 80-65535 from 0.0.0.0/0"]),
                [(PUBLIC, open(&["tcp 80-65535 from internet"]))],
            )],
        ),
        row(
            12,
            "one port: tcp/1433, tcp/9200, tcp/2000",
            [
                case(public().admits(&["tcp 1433 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 1433 from internet"]))]),
                case(public().admits(&["tcp 9200 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 9200 from internet"]))]),
                case(public().admits(&["6 2000 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 2000 from internet"]))]),
            ],
        ),
        row(
            13,
            "udp/22 from everywhere",
            [case(public().admits(&["udp 22 from 0.0.0.0/0"]), [(PUBLIC, open(&["udp 22 from internet"]))])],
        ),
        row(
            14,
            "tcp/22 from ::/0 in a VPC without IPv6",
            [case(public().admits(&["tcp 22 from ::/0"]), [(PUBLIC, closed())])],
        ),
        row(
            15,
            "443 from 10.0.0.0/8 and 0.0.0.0/0 in one rule",
            [case(
                public().admits(&["tcp 443 from 10.0.0.0/8, 0.0.0.0/0"]),
                [(PUBLIC, open(&["tcp 443 from internet"]))],
            )],
        ),
        // That it is within a policy that allows 443 and 444 is `authorised_ports_are_a_set`.
        row(
            16,
            "one rule 443-444, where 443 and 444 are authorised",
            [case(public().admits(&["tcp 443-444 from 0.0.0.0/0"]), [(PUBLIC, open(&["tcp 443,444 from internet"]))])],
        ),
        row(
            17,
            "ICMP echo alone from everywhere",
            [
                case(public().admits(&["icmp 8/-1 from 0.0.0.0/0"]), [(PUBLIC, open(&["icmp echo from internet"]))]),
                case(public().admits(&["icmp 8/0 from 0.0.0.0/0"]), [(PUBLIC, open(&["icmp 2048 from internet"]))]),
            ],
        ),
        row(
            18,
            "443 from Cloudflare's blocks alone",
            [case(public().admits(&[&cloudflare]), [(PUBLIC, open(&[&cloudflare]))])],
        ),
    ]
}
