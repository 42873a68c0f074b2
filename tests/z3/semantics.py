"""What AWS does with a packet from the internet, as formulas over the JSON that `aws ec2 describe-*` prints.

Nothing here knows of driftline: it is written from the semantics, object by object, and it has no sets, only one
packet. A packet is a source address, a protocol number and a selector: the destination port of TCP and UDP, type and
code of the family's ICMP, 0 of everything else.
"""

import ipaddress
import json
import pathlib

from z3 import And, BitVec, BitVecVal, BoolVal, Extract, Implies, Not, Or, UGE, ULE

TCP, UDP, ICMP = 6, 17, {4: 1, 6: 58}
NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
# A request's type and the type of what answers it.
REPLIES = {4: {8: 0, 13: 14, 15: 16, 17: 18}, 6: {128: 129}}
# No host on the internet sends from these (IANA's special-purpose registries), and of IPv6 only 2000::/3 is in use.
SPECIAL = {
    4: ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4"],
    6: ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
}


class Packet:
    """The unknowns of a formula."""

    def __init__(self, family):
        self.family = family
        self.width = 32 if family == 4 else 128
        self.source = BitVec("source", self.width)
        self.protocol = BitVec("protocol", 8)
        self.selector = BitVec("selector", 16)
        # Building terms takes longer than solving them; blocks are few.
        self.blocks = {}
        self.on_the_internet = None

    def proper(self):
        """From the internet; without a selector where the protocol has none."""
        if self.on_the_internet is None:
            self.on_the_internet = self.make_proper()
        return self.on_the_internet

    def make_proper(self):
        outside = [Not(self.within(block)) for block in SPECIAL[self.family]]
        if self.family == 6:
            outside.append(self.within("2000::/3"))
        has_selector = Or(*(self.protocol == number for number in (TCP, UDP, ICMP[self.family])))
        return And(*outside, Implies(Not(has_selector), self.selector == 0))

    def within(self, block):
        """Its source is in the block; a block of the other family holds none of its addresses."""
        if block not in self.blocks:
            self.blocks[block] = self.make_within(block)
        return self.blocks[block]

    def make_within(self, block):
        network = ipaddress.ip_network(block, strict=False)
        if network.version != self.family:
            return BoolVal(False)
        if network.prefixlen == 0:
            return BoolVal(True)
        spare = self.width - network.prefixlen
        return Extract(self.width - 1, spare, self.source) == BitVecVal(int(network.network_address) >> spare,
                                                                        network.prefixlen)

    def between(self, low, high):
        return And(UGE(self.selector, low), ULE(self.selector, high))


class Network:
    """The files of one account and region."""

    def __init__(self, folder):
        self.files = {}
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            self.files.update(json.loads(path.read_text()))
        self.lists = {}
        for path in pathlib.Path(folder).glob("get-managed-prefix-list-entries/*.json"):
            self.lists[path.stem] = [entry["Cidr"] for entry in json.loads(path.read_text())["Entries"]]

    def one(self, key, member, value):
        return next(item for item in self.files[key] if item[member] == value)

    def endpoints(self):
        """Every interface with each of its public addresses and that one's family."""
        for eni in self.files["NetworkInterfaces"]:
            public = {address["PrivateIpAddress"]: address.get("Association", {}).get("PublicIp")
                      for address in eni["PrivateIpAddresses"]}
            if eni.get("Association"):
                public[eni["PrivateIpAddress"]] = eni["Association"]["PublicIp"]
            yield from ((eni, address, 4) for address in public.values() if address)
            yield from ((eni, address["Ipv6Address"], 6) for address in eni["Ipv6Addresses"])

    # -- the sets of one endpoint

    def delivered(self, eni, packet):
        """It comes to the interface, through an appliance if the gateway's edge sends it there first: then this is the
        most that comes, and nothing is certain to."""
        edge = self.edge(eni, packet.family)
        gates = [packet.proper(), BoolVal(self.door(eni) and edge != "closed"), self.acl_admits(eni, packet),
                 self.groups_admit(eni, packet)]
        if edge not in ("open", "closed"):
            gates += [self.acl_admits(edge, packet), self.groups_admit(edge, packet)]
        return And(*gates)

    def is_mediated(self, eni, family):
        return self.door(eni) and self.edge(eni, family) not in ("open", "closed")

    def conversational(self, eni, packet):
        """And an answer finds its way back, to some port of the client."""
        return And(self.delivered(eni, packet), self.goes_back(eni, packet), self.answer_passes(eni, packet))

    def is_live(self, eni):
        instance = eni.get("Attachment", {}).get("InstanceId")
        states = {i["InstanceId"]: i["State"]["Name"] for r in self.files["Reservations"] for i in r["Instances"]}
        return eni["Status"] == "in-use" and states.get(instance, "running") in ("running", "pending")

    # -- gates

    def gateway(self, eni):
        """The internet gateway that is attached to the interface's VPC."""
        for gateway in self.files["InternetGateways"]:
            for attachment in gateway["Attachments"]:
                if attachment["VpcId"] == eni["VpcId"] and attachment["State"] in ("available", "attached"):
                    return gateway["InternetGatewayId"]
        return None

    def door(self, eni):
        if self.gateway(eni) is None or eni["InterfaceType"] in ("nat_gateway", "natGateway"):
            return False
        if self.files["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] == "off":
            return True
        for exclusion in self.files["VpcBlockPublicAccessExclusions"]:
            of = exclusion["ResourceArn"].rsplit("/", 1)[1]
            in_force = exclusion["State"] in ("create-complete", "update-complete")
            if in_force and of in (eni["VpcId"], eni["SubnetId"]):
                if exclusion["InternetGatewayExclusionMode"] == "allow-bidirectional":
                    return True
        return False

    def edge(self, eni, family):
        """What the gateway's own route table does with what is for the interface: `open`, `closed`, or the interface
        of the appliance that gets it first."""
        own = eni["PrivateIpAddress"] if family == 4 else eni["Ipv6Addresses"][0]["Ipv6Address"]
        address, best = ipaddress.ip_address(own), (-1, None)
        for table in self.files["RouteTables"]:
            if any(a.get("GatewayId") == self.gateway(eni) for a in table["Associations"] if a.get("GatewayId")):
                for route in table["Routes"]:
                    block = ipaddress.ip_network(route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"])
                    if block.version == family and address in block:
                        best = max(best, (block.prefixlen, route), key=lambda item: item[0])
        route = best[1]
        if route is None or route.get("GatewayId") == "local":
            return "open"
        if route["State"] != "active":
            return "closed"
        if route["NetworkInterfaceId"] == eni["NetworkInterfaceId"]:
            return "open"
        appliance = self.one("NetworkInterfaces", "NetworkInterfaceId", route["NetworkInterfaceId"])
        return "closed" if appliance["SourceDestCheck"] else appliance

    def groups_admit(self, eni, packet):
        """Some rule of some group of the interface."""
        admits = []
        for identifier in eni["Groups"]:
            for rule in self.one("SecurityGroups", "GroupId", identifier["GroupId"])["IpPermissions"]:
                blocks = [r["CidrIp"] for r in rule.get("IpRanges", [])]
                blocks += [r["CidrIpv6"] for r in rule.get("Ipv6Ranges", [])]
                for reference in rule.get("PrefixListIds", []):
                    blocks += self.lists[reference["PrefixListId"]]
                # Groups are of interfaces with private addresses: nobody on the internet is in one.
                sources = Or(*(packet.within(block) for block in blocks))
                admits.append(And(self.rule_covers(rule, packet), sources))
        return Or(*admits)

    def rule_covers(self, rule, packet):
        name = rule["IpProtocol"]
        if name == "-1":
            return BoolVal(True)
        number = NAMES.get(name) or int(name)
        same = packet.protocol == number
        low, high = rule.get("FromPort", -1), rule.get("ToPort", -1)
        if number in (TCP, UDP):
            return same if low == -1 else And(same, packet.between(low, high))
        if number == ICMP[packet.family]:
            return And(same, self.kind_and_code(packet, low, high))
        return same

    def kind_and_code(self, packet, kind, code):
        if kind == -1:
            return BoolVal(True)
        of_kind = Extract(15, 8, packet.selector) == kind
        return of_kind if code == -1 else And(of_kind, Extract(7, 0, packet.selector) == code)

    def acl(self, eni, egress):
        """The entries of the subnet's ACL in one direction, in the order in which they are tried."""
        of = [acl for acl in self.files["NetworkAcls"]
              if any(a["SubnetId"] == eni["SubnetId"] for a in acl["Associations"])]
        entries = [entry for entry in of[0]["Entries"] if entry["Egress"] == egress]
        return sorted(entries, key=lambda entry: entry["RuleNumber"])

    def acl_admits(self, eni, packet):
        return self.first_match(self.acl(eni, False), packet, packet.protocol, packet.selector)

    def first_match(self, entries, packet, protocol, selector):
        """Whether the first entry that matches allows; the packet's source is the other end in both directions."""
        result = BoolVal(False)
        for entry in reversed(entries):
            matches = self.entry_matches(entry, packet, protocol, selector)
            result = Or(matches, result) if entry["RuleAction"] == "allow" else And(Not(matches), result)
        return result

    def entry_matches(self, entry, packet, protocol, selector):
        block = packet.within(entry.get("CidrBlock") or entry.get("Ipv6CidrBlock"))
        number = int(entry["Protocol"])
        if number == -1:
            return block
        matches = [block, protocol == number]
        if number in (TCP, UDP) and entry.get("PortRange"):
            ports = entry["PortRange"]
            matches += [UGE(selector, ports["From"]), ULE(selector, ports["To"])]
        elif number == ICMP[packet.family] and entry.get("IcmpTypeCode"):
            kind, code = entry["IcmpTypeCode"]["Type"], entry["IcmpTypeCode"]["Code"]
            if kind != -1:
                matches.append(Extract(15, 8, selector) == kind)
            if code != -1:
                matches.append(Extract(7, 0, selector) == code)
        return And(*matches)

    def answer_passes(self, eni, packet):
        """The outbound ACL lets an answer of the same protocol go to the packet's source."""
        entries = self.acl(eni, True)
        icmp = ICMP[packet.family]

        def passes(selector):
            return self.first_match(entries, packet, packet.protocol, BitVecVal(selector, 16))

        # What entries say of a client's port changes at the ends of their ranges and nowhere else.
        ports = {0}
        for entry in entries:
            if entry.get("PortRange"):
                ports |= {entry["PortRange"]["From"], min(entry["PortRange"]["To"] + 1, 65535)}
        some_port = Or(*(passes(port) for port in sorted(ports)))
        kind = Extract(15, 8, packet.selector)
        replies = Or(*(And(kind == request, passes(reply << 8)) for request, reply in REPLIES[packet.family].items()))
        has_ports = Or(packet.protocol == TCP, packet.protocol == UDP)
        return And(Implies(has_ports, some_port), Implies(packet.protocol == icmp, replies),
                   Implies(And(Not(has_ports), packet.protocol != icmp), passes(0)))

    def goes_back(self, eni, packet):
        """The subnet's longest route to the source is an active one to the VPC's own internet gateway."""
        tables = [table for table in self.files["RouteTables"] if table["VpcId"] == eni["VpcId"]]
        own = [t for t in tables if any(a.get("SubnetId") == eni["SubnetId"] for a in t["Associations"])]
        main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
        routes = []
        for route in (own or main)[0]["Routes"]:
            block = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            routes.append((ipaddress.ip_network(block).prefixlen, block, route))
        result = BoolVal(False)
        for _, block, route in sorted(routes, key=lambda item: item[0]):
            there = route.get("GatewayId") == self.gateway(eni) and route["State"] == "active"
            within = packet.within(block)
            result = Or(within, result) if there else And(Not(within), result)
        return result
