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
fn addresses_are_told_as_seen_from_the_internet() {
    for (blocks, expected) in [
        ("", "no address"),
        ("0.0.0.0/0", "all internet (v4)"),
        ("0.0.0.0/1,128.0.0.0/1,::/0", "all internet (v4), all internet (v6)"),
        ("2000::/3", "all internet (v6)"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        // Half the internet is shorter as what it is than as what it is not.
        ("0.0.0.0/1", "0.0.0.0/1"),
        ("192.0.2.0/25,192.0.2.128/25,2600::1/128", "192.0.2.0/24, 2600::1/128"),
    ] {
        assert_eq!(ip(blocks).describe(), expected, "{blocks}");
    }
    let without = |blocks| IpSet::all().difference(&ip(blocks)).describe();
    assert_eq!(without("203.0.113.0/24"), "all internet (v4), all internet (v6)", "nobody sends from there");
    assert_eq!(without("8.8.8.0/24,9.9.9.9"), "all internet (v4) except 8.8.8.0/24, 9.9.9.9/32, all internet (v6)");
    assert_eq!(without("10.0.0.0/8,2600::/48"), "all internet (v4), all internet (v6) except 2600::/48");
    assert_eq!(IpSet::internet().describe(), "all internet (v4), all internet (v6)");
}

#[test]
fn a_witness_can_be_tried() {
    for (rules, expected) in [
        ("", "-"),
        ("6 443,22 0.0.0.0/0", "6/22 from 11.0.0.1"),
        ("6 22 192.0.2.7/32\n6 443 0.0.0.0/0", "6/443 from 11.0.0.1"),
        ("6 8000-9000 10.0.0.0/8\n17 53 0.0.0.0/0", "6/8000 from 10.0.0.1"),
        // The largest run of those with the port, and in it no network's own address.
        ("6 3389 1.0.0.0/32,1.2.3.0/28,1.2.4.255/32", "6/3389 from 1.2.3.1"),
        ("6 3389 1.2.3.255/32,1.2.4.0/31", "6/3389 from 1.2.4.1"),
        ("6 3389 1.2.3.0/32", "6/3389 from 1.2.3.0"),
        ("17 53 2600::/16\n1 * 1.1.1.1", "17/53 from 2600::1"),
        ("58 32768 2600::9\n47 * 1.1.1.1", "58/32768 from 2600::9"),
        ("47 * 1.1.1.1\n58 * 1.1.1.2", "47/0 from 1.1.1.1"),
    ] {
        let witness = set(rules).witness(&port("22,3389"));
        let told = witness.map_or("-".to_owned(), |it| format!("{}/{} from {}", it.protocol, it.l4, it.address));
        assert_eq!(told, expected, "{rules}");
    }
}

/// Computed from the description of the form with another program.
#[test]
fn fingerprints_are_for_ever() {
    assert_eq!(PacketSet::default().fingerprint(), "cc16e045309c547c8313860601c256be");
    assert_eq!(set("6 22 10.0.0.0/8").fingerprint(), "3889e1981a4ba782a9cbe0514420392e");
    assert_eq!(set("17 53,123 2600::/16").fingerprint(), "a4f14f4251153c397ed44a58738a29d2");
}

#[test]
fn all_is_all() {
    let all = PacketSet::all();
    assert_eq!(all, set("-1 * 0.0.0.0/0,::/0"));
    assert_eq!(all.addresses(), IpSet::all());
    assert_eq!((all.ports(6), all.ports(47), all.ports(58)), (PortSet::all(), PortSet::all(), PortSet::all()));
    let halves = "-1 * 0.0.0.0/1,128.0.0.0/1,::/1,8000::/1";
    assert_eq!(all.fingerprint(), set(halves).fingerprint());
    let counts: Vec<_> = all.counts().iter().map(|it| (it.family, it.protocol, it.addresses, it.packets)).collect();
    let (v4, ports, most) = (1u128 << 32, 1u128 << 16, u128::MAX);
    assert_eq!(
        counts,
        [
            (4, "tcp", v4, v4 * ports),
            (4, "udp", v4, v4 * ports),
            (4, "icmp", v4, v4 * ports),
            (4, "other", v4, v4 * 253),
            (6, "tcp", most, most),
            (6, "udp", most, most),
            (6, "icmpv6", most, most),
            (6, "other", most, most),
        ]
    );
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
