"""Connection attempts to ask about, and what each means: from which interface, to which address."""

import ipaddress
import random

from parts import HOSTS4, HOSTS6, Parts
from rules import ECHO, ICMP, NAMES, Packet


def probes(organization, count, seed):
    """What to ask, as `driftline reach --batch` reads it."""
    draw = random.Random(seed)
    cards = [e for e in organization.NetworkInterfaces.values() if e["InterfaceType"] != "nat_gateway"]
    nodes = [e for e in cards if e["Description"].startswith("ELB ")]
    hosts = [e for e in cards if e not in nodes]
    return [to_node(organization, draw, hosts, nodes) if nodes and draw.random() < 0.25 else probe(organization, draw, hosts)
            for _ in range(count)]


def to_node(organization, draw, hosts, nodes):
    """To an address of a load balancer's node, mostly at a port to which it listens."""
    node, source = draw.choice(nodes), draw.choice(hosts)
    address = public(organization, draw, node, False) if draw.random() < 0.5 else None
    outside = address and draw.random() < 0.6
    balancer = organization.balancer_of(node)
    ports = [one["Port"] for one in organization.Listeners.values() if balancer and one["LoadBalancerArn"] == balancer["LoadBalancerArn"]]
    asked = {"from": draw.choice(HOSTS4) if outside else sender(organization, draw, source, False),
             "to": address or node["PrivateIpAddress"], "protocol": draw.choice(["tcp"] * 12 + ["udp"] * 3 + ["icmp", "47"])}
    if asked["protocol"] in ("icmp", "47"):
        return asked
    return asked | {"port": draw.choice(ports) if ports and draw.random() < 0.9 else draw.choice(Parts.PORTS)}


def probe(organization, draw, hosts):
    source, target = draw.choice(hosts), draw.choice(hosts)
    six = source["Ipv6Addresses"] and target["Ipv6Addresses"] and draw.random() < 0.25
    protocol = draw.choice(["tcp"] * 12 + ["udp"] * 4 + ["icmp"] * 4 + ["47"])
    kind = draw.choice(["inside"] * 6 + ["out", "in", "across"])
    host = draw.choice(HOSTS6 if six else HOSTS4)
    if kind == "out":
        ends = sender(organization, draw, source, six), host
    elif kind == "in":
        ends = host, public(organization, draw, target, six)
    elif kind == "across":
        ends = sender(organization, draw, source, six), public(organization, draw, target, six)
    else:
        ends = sender(organization, draw, source, six), receiver(draw, target, six)
    if None in ends:
        return probe(organization, draw, hosts)
    asked = {"from": ends[0], "to": ends[1], "protocol": protocol}
    return asked if protocol in ("icmp", "47") else asked | {"port": draw.choice(Parts.PORTS)}


def sender(organization, draw, eni, six):
    """An id, or an address if no other interface has it: overlapping VPCs have some twice."""
    if six:
        return eni["Ipv6Addresses"][0]["Ipv6Address"]
    address = draw.choice(eni["PrivateIpAddresses"])["PrivateIpAddress"]
    alone = len(holders(organization, address)) == 1
    ids = [eni["NetworkInterfaceId"]] + [eni["Attachment"]["InstanceId"]] * (eni["Attachment"]["DeviceIndex"] == 0)
    return draw.choice(ids + [address] * 3 if alone else ids)


def receiver(draw, eni, six):
    if six:
        return eni["Ipv6Addresses"][0]["Ipv6Address"]
    address = draw.choice(eni["PrivateIpAddresses"])["PrivateIpAddress"]
    host = [eni["Attachment"]["InstanceId"]] * (eni["Attachment"]["DeviceIndex"] == 0)
    return draw.choice([eni["NetworkInterfaceId"], address, address, address] + host)


def public(organization, draw, eni, six):
    if six:
        return eni["Ipv6Addresses"][0]["Ipv6Address"]
    addresses = [organization.public_of(eni, a["PrivateIpAddress"]) for a in eni["PrivateIpAddresses"]]
    found = [address for address in addresses if address]
    return draw.choice(found) if found else None


def holders(organization, address):
    return [e for e in organization.NetworkInterfaces.values() if address in organization.private_addresses(e)]


def meaning(organization, asked):
    """The sending interface or None, the packet, and the interface that is meant if an id says so."""
    source, target = (by_id(organization, asked[end]) for end in ("from", "to"))
    to = target["PrivateIpAddress"] if target else asked["to"]
    from_ = source["PrivateIpAddress"] if source else asked["from"]
    if source is None:
        source = next(iter(holders(organization, from_)), None)
    to, from_ = ipaddress.ip_address(to), ipaddress.ip_address(from_)
    icmp = asked["protocol"] == "icmp"
    protocol = ICMP[to.version] if icmp else NAMES.get(asked["protocol"]) or int(asked["protocol"])
    return source, Packet(from_, to, protocol, ECHO[to.version] if icmp else asked.get("port")), target


def by_id(organization, end):
    """An instance's primary interface answers for it."""
    for eni in organization.NetworkInterfaces.values():
        host = eni["Attachment"]
        if end == eni["NetworkInterfaceId"] or (end == host.get("InstanceId") and host["DeviceIndex"] == 0):
            return eni
    return None
