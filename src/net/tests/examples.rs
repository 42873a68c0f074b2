//! Sets that can be read, and the words for them.

use crate::net::{Block, IpSet, Packet, PacketSet, PortSet, Protocols, Verdict};

fn ip(text: &str) -> IpSet {
    text.parse().unwrap()
}

fn port(text: &str) -> PortSet {
    text.parse().unwrap()
}

fn told(set: &PacketSet) -> String {
    set.regions().iter().map(|region| format!("{region}\n")).collect()
}

/// `protocol ports addresses` in lines, `-1` for all protocols and `*` for all ports.
fn set(rules: &str) -> PacketSet {
    let blocks: Vec<(IpSet, Protocols, PortSet)> =
        rules.lines().map(str::trim).filter(|line| !line.is_empty()).map(block).collect();
    PacketSet::union_of(blocks.iter().map(|(addresses, protocols, ports)| Block {
        addresses,
        protocols: *protocols,
        ports,
    }))
}

fn block(line: &str) -> (IpSet, Protocols, PortSet) {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    let protocols = if words[0] == "-1" { Protocols::All } else { Protocols::One(words[0].parse().unwrap()) };
    (ip(words[2]), protocols, if words[1] == "*" { PortSet::all() } else { port(words[1]) })
}

#[test]
fn a_set_is_told_in_few_words() {
    for (rules, expected) in [
        ("", ""),
        ("6 22 0.0.0.0/0", "tcp 22 from all internet (v4)\n"),
        ("6 22 0.0.0.0/1\n6 22 128.0.0.0/1", "tcp 22 from all internet (v4)\n"),
        ("-1 * 0.0.0.0/0\n-1 * ::/0", "all traffic from all internet (v4)\nall traffic from all internet (v6)\n"),
        // Who reaches a port stays one line where that is shorter than what each source reaches.
        ("6 22 192.0.2.1/32\n6 443 0.0.0.0/0", "tcp 22 from 192.0.2.1/32\ntcp 443 from all internet (v4)\n"),
        ("6 22,24 10.0.0.0/8\n6 23,24 11.0.0.0/8", "tcp 22,24 from 10.0.0.0/8\ntcp 23-24 from 11.0.0.0/8\n"),
        ("-1 * 10.0.0.0/8\n6 443 10.1.0.0/16,11.0.0.0/8", "all traffic from 10.0.0.0/8\ntcp 443 from 11.0.0.0/8\n"),
        (
            "1 2048-2303,768-1023 1.1.1.1/32\n58 32768-33023,1 2600::/16",
            "icmp destination-unreachable, echo-request from 1.1.1.1/32\nicmpv6 type 0 code 1, echo-request from 2600::/16\n",
        ),
        // Each family has its own ICMP; the other's is one more protocol.
        ("58 * 1.1.1.1/32\n1 * 2600::/16", "protocol 58 from 1.1.1.1/32\nprotocol 1 from 2600::/16\n"),
        ("47 * 1.1.1.1/32\n50 * 1.1.1.1/32\n51 * 1.1.1.1/32", "protocols 47,50-51 from 1.1.1.1/32\n"),
        ("17 * 1.1.1.1/32\n1 * 1.1.1.1/32", "udp all ports from 1.1.1.1/32\nicmp all types from 1.1.1.1/32\n"),
    ] {
        assert_eq!(told(&set(rules)), expected, "{rules}");
    }
}

#[test]
fn the_first_match_decides() {
    let rules = [
        (Verdict::Deny, block("6 22 0.0.0.0/1")),
        (Verdict::Deny, block("6 22 128.0.0.0/1")),
        (Verdict::Allow, block("-1 * 0.0.0.0/0")),
    ];
    let acl =
        PacketSet::first_match(rules.iter().map(|(verdict, (addresses, protocols, ports))| {
            (*verdict, Block { addresses, protocols: *protocols, ports })
        }));
    let expected = PacketSet::all().difference(&set("6 22 0.0.0.0/0\n-1 * ::/0"));
    assert_eq!(acl, expected);
    assert!(!acl.contains(&Packet { address: "9.9.9.9".parse().unwrap(), protocol: 6, l4: 22 }));
    assert!(acl.contains(&Packet { address: "9.9.9.9".parse().unwrap(), protocol: 6, l4: 23 }));
    assert!(acl.contains(&Packet { address: "9.9.9.9".parse().unwrap(), protocol: 200, l4: 0 }));
}
