"""One packet against rules: entries of network ACLs, permissions of security groups, destinations of routes.

True and False are known; None is not, because a prefix list's entries are not there.
"""

import dataclasses
import ipaddress

from organization import contains

NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
TCP, UDP, ICMP = 6, 17, {4: 1, 6: 58}
ECHO = {4: (8, 0), 6: (128, 0)}
ECHO_REPLY = {4: (0, 0), 6: (129, 0)}


@dataclasses.dataclass(frozen=True)
class Packet:
    source: ipaddress._BaseAddress
    destination: ipaddress._BaseAddress
    protocol: int
    # A destination port; type and code of ICMP; nothing where the protocol has neither.
    selector: object = None

    def to(self, destination):
        return dataclasses.replace(self, destination=ipaddress.ip_address(destination))

    def by(self, source):
        return dataclasses.replace(self, source=ipaddress.ip_address(source))


def any_of(answers):
    """True if one is; else unknown if one is."""
    answers = list(answers)
    return True if True in answers else None if None in answers else False


def entry_matches(entry, packet, other_end, port):
    """Whether an ACL's entry is of the packet; other_end is its source on the way in and its destination on the way
    out, and port stands in for its selector if it has one of its own (an answer to a client's port)."""
    if not contains(entry.get("CidrBlock") or entry["Ipv6CidrBlock"], other_end):
        return False
    number = int(entry["Protocol"])
    if number == -1:
        return True
    if number != packet.protocol:
        return False
    if number in (TCP, UDP):
        ports = entry.get("PortRange")
        return not ports or ports["From"] <= port <= ports["To"]
    if number == ICMP[other_end.version]:
        of = entry.get("IcmpTypeCode") or {"Type": -1, "Code": -1}
        return all(want in (-1, is_) for want, is_ in zip((of["Type"], of["Code"]), packet.selector))
    return True


def acl_admits(acl, packet, egress, port=None):
    """The first entry by number that matches decides; without one it is denied."""
    other_end = packet.destination if egress else packet.source
    entries = [entry for entry in acl["Entries"] if entry["Egress"] == egress]
    for entry in sorted(entries, key=lambda entry: entry["RuleNumber"]):
        if entry_matches(entry, packet, other_end, packet.selector if port is None else port):
            return entry["RuleAction"] == "allow"
    return False


def permission_is_of(permission, packet, other_end):
    """Whether a group's permission is of the packet's protocol and port, whoever sends it."""
    name = permission["IpProtocol"]
    if name == "-1":
        return True
    number = NAMES.get(name) or int(name)
    if number != packet.protocol:
        return False
    low, high = permission.get("FromPort", -1), permission.get("ToPort", -1)
    if number in (TCP, UDP):
        return low == -1 or low <= packet.selector <= high
    if number == ICMP[other_end.version]:
        kind, code = packet.selector
        return low == -1 or (low == kind and high in (-1, code))
    return True


def list_contains(organization, list_, address):
    blocks = organization.list_blocks.get(list_, organization.PrefixLists.get(list_, {}).get("Cidrs"))
    return None if blocks is None else any(contains(block, address) for block in blocks)


def groups_admit(organization, eni, packet, egress, names_other_end):
    """The union of all groups of the interface; names_other_end says of a group id whether the other end is in it."""
    other_end = packet.destination if egress else packet.source
    answers = []
    for group in (organization.SecurityGroups.get(group["GroupId"]) for group in eni["Groups"]):
        if group is None:
            # The owner of a shared VPC sees interfaces of others, and here not their groups.
            answers.append(None)
            continue
        for permission in group["IpPermissionsEgress" if egress else "IpPermissions"]:
            if permission_is_of(permission, packet, other_end):
                answers += [contains(r["CidrIp"], other_end) for r in permission["IpRanges"]]
                answers += [contains(r["CidrIpv6"], other_end) for r in permission["Ipv6Ranges"]]
                answers += [list_contains(organization, r["PrefixListId"], other_end) for r in permission["PrefixListIds"]]
                answers += [names_other_end(pair["GroupId"]) for pair in permission["UserIdGroupPairs"]]
    return any_of(answers)


def route_for(organization, table, address):
    """The route of a VPC's table that decides over an address, or none; or "unknown".

    The longest prefix; of equal ones a route of its own before one by prefix list before a propagated one. A route
    that is a black hole takes part.
    """
    found, unknown = [], []
    for route in table["Routes"]:
        blocks = [route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")]
        rank = 0 if route["Origin"] == "EnableVgwRoutePropagation" else 2
        if "DestinationPrefixListId" in route:
            list_, rank = route["DestinationPrefixListId"], 1
            blocks = organization.list_blocks.get(list_, organization.PrefixLists.get(list_, {}).get("Cidrs"))
            if blocks is None:
                unknown.append(route)
                continue
        for block in blocks:
            if contains(block, address):
                found.append((ipaddress.ip_network(block).prefixlen, rank, route))
    if not found:
        return "unknown" if unknown else None
    best = max((length, rank) for length, rank, _ in found)
    decides = [route for length, rank, route in found if (length, rank) == best]
    if best >= (address.max_prefixlen, 2):
        unknown = []
    # AWS picks one of two lists that hold the same block, and does not say which.
    ways = {(target_of(route), route["State"]) for route in decides + unknown}
    return decides[0] if len(ways) == 1 else "unknown"


def target_of(route):
    for member in ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId",
                   "EgressOnlyInternetGatewayId"):
        if route.get(member):
            return route[member]
    return None
