"""What load balancers hand to their targets of what comes from the internet, as formulas.

Written from AWS's documentation of Elastic Load Balancing and of network ACLs, and from what docs/exposure.md states
where AWS is silent. A node is the interface of a balancer in a subnet; a leg is the way from a node to a target.
"""

import dataclasses
import ipaddress
import json

from z3 import And, BitVecVal, BoolVal, Or, UGE, ULE

from semantics import NAMES, TCP, UDP, Network

SPOKEN = {"HTTP": [TCP], "HTTPS": [TCP], "TCP": [TCP], "TLS": [TCP], "UDP": [UDP], "TCP_UDP": [TCP, UDP]}
# AWS: requests that a load balancer makes itself come from these.
NODE_PORTS = (1024, 65535)


class Seen:
    """A packet of the clients as a gate sees it: with another port, or also with a single source that is known."""

    def __init__(self, packet, protocol, port, source=None):
        self.packet, self.source = packet, source and ipaddress.ip_address(source)
        self.family = self.source.version if source else packet.family
        self.protocol, self.selector = BitVecVal(protocol, 8), BitVecVal(port, 16)

    def proper(self):
        return self.packet.proper()

    def within(self, block):
        return BoolVal(self.source in ipaddress.ip_network(block)) if self.source else self.packet.within(block)

    def between(self, low, high):
        return And(UGE(self.selector, low), ULE(self.selector, high))


@dataclasses.dataclass
class Handed:
    """What a node does with what comes to a port."""
    protocol: int
    port: int
    eni: dict
    address: str
    target_port: int
    keeps_client: bool


class Balanced(Network):
    def __init__(self, folder):
        super().__init__(folder)
        self.classic_crosses = {path.stem: json.loads(path.read_text())["LoadBalancerAttributes"]["CrossZoneLoadBalancing"]["Enabled"]
                                for path in folder.glob("describe-load-balancer-attributes/*.json")}
        self.listeners, self.rules = {}, {}
        for listener in self.files.get("Listeners", []):
            self.listeners.setdefault(listener["LoadBalancerArn"], []).append(listener)
        for rule in self.files.get("Rules", []):
            listener = rule["RuleArn"].replace(":listener-rule/", ":listener/").rsplit("/", 1)[0]
            self.rules.setdefault(listener, []).append(rule)
        self.health = {one["TargetGroupArn"]: one["TargetHealthDescriptions"] for one in self.files["LoadBalancerTargetHealth"]}

    # -- who is who

    def balancer_of(self, eni):
        """By the description that AWS gives the interfaces of nodes."""
        if not eni["Description"].startswith("ELB "):
            return None
        name = eni["Description"][4:]
        for balancer in self.files["LoadBalancers"]:
            if balancer["LoadBalancerArn"].endswith(f":loadbalancer/{name}"):
                return balancer
        return self.one("LoadBalancerDescriptions", "LoadBalancerName", name)

    def kind(self, balancer):
        return balancer.get("Type", "classic")

    def nodes(self, balancer):
        return [eni for eni in self.files["NetworkInterfaces"] if self.balancer_of(eni) is balancer]

    def balancers(self):
        return self.files["LoadBalancers"] + self.files["LoadBalancerDescriptions"]

    def zone(self, eni):
        return self.one("Subnets", "SubnetId", eni["SubnetId"])["AvailabilityZone"]

    def setting(self, key, arn_member, arn, name, default):
        """An attribute of a balancer or target group."""
        for one in self.files[key]:
            if one[arn_member] == arn:
                return next((a["Value"] for a in one["Attributes"] if a["Key"] == name), default)
        return default

    def of_group(self, arn, name, default):
        return self.setting("TargetGroupAttributes", "TargetGroupArn", arn, name, default)

    # -- fronts

    def listened(self, balancer):
        """Protocol and port of each listener, with what says where it leads."""
        if self.kind(balancer) == "classic":
            return [(TCP, one["Listener"]["LoadBalancerPort"], one["Listener"]) for one in balancer["ListenerDescriptions"]]
        return [(protocol, listener["Port"], listener) for listener in self.listeners.get(balancer["LoadBalancerArn"], [])
                for protocol in SPOKEN[listener["Protocol"]]]

    def delivered(self, eni, packet):
        """To a node comes only what it listens to."""
        balancer, came = self.balancer_of(eni), super().delivered(eni, packet)
        if balancer is None:
            return came
        listens = [And(packet.protocol == protocol, packet.selector == port) for protocol, port, _ in self.listened(balancer)]
        return And(came, Or(*listens))

    def door(self, eni):
        return super().door(eni) and not eni.get("DenyAllIgwTraffic")

    def groups_admit(self, eni, packet, named=()):
        """Also by rules that name a group which the sender counts as a member of."""
        if not eni["Groups"]:
            # A network load balancer that was made without groups: all clients reach its listeners.
            return BoolVal(True)
        return Or(super().groups_admit(eni, packet), self.rules_name(eni["Groups"], "IpPermissions", packet, named))

    def rules_name(self, groups, direction, packet, named):
        rules = [rule for group in groups for rule in self.one("SecurityGroups", "GroupId", group["GroupId"])[direction]]
        naming = [rule for rule in rules if any(pair["GroupId"] in named for pair in rule["UserIdGroupPairs"])]
        return Or(*(self.rule_covers(rule, packet) for rule in naming))

    # -- from a node to targets

    def handed(self, balancer, node):
        """All that a node may do with what comes to its listeners."""
        for protocol, port, listener in self.listened(balancer):
            if self.kind(balancer) == "classic":
                targets = self.of_classic(balancer, node, listener)
            else:
                targets = self.of_current(balancer, node, listener)
            for eni, address, target_port, keeps in targets:
                yield Handed(protocol, port, eni, address, target_port, keeps)

    def of_classic(self, balancer, node, listener):
        crosses = self.classic_crosses[balancer["LoadBalancerName"]]
        for one in balancer["Instances"]:
            eni = self.primary(one["InstanceId"])
            zone = self.zone(eni)
            if zone in balancer["AvailabilityZones"] and (crosses or zone == self.zone(node)):
                yield eni, eni["PrivateIpAddress"], listener["InstancePort"], False

    def of_current(self, balancer, node, listener):
        actions = listener["DefaultActions"] + [a for rule in self.rules.get(listener["ListenerArn"], []) for a in rule["Actions"]]
        forwards = [a["ForwardConfig"]["TargetGroups"] for a in actions if a["Type"] == "forward"]
        for arn in {group["TargetGroupArn"] for groups in forwards for group in groups}:
            group = self.one("TargetGroups", "TargetGroupArn", arn)
            for target in self.serving(balancer, node, group):
                eni, address = self.place(group, target["Id"])
                yield eni, address, target["Port"], self.kind(balancer) == "network" and self.keeps_client(group)

    def primary(self, instance):
        return next(eni for eni in self.files["NetworkInterfaces"]
                    if (eni.get("Attachment", {}).get("InstanceId"), eni.get("Attachment", {}).get("DeviceIndex")) == (instance, 0))

    def place(self, group, target):
        """An instance is spoken to at the first address of its first interface; an address is whoever has it."""
        if group["TargetType"] == "instance":
            eni = self.primary(target)
            return eni, eni["PrivateIpAddress"]
        for eni in self.files["NetworkInterfaces"]:
            own = [a["PrivateIpAddress"] for a in eni["PrivateIpAddresses"]] + [a["Ipv6Address"] for a in eni["Ipv6Addresses"]]
            if target in own:
                return eni, target
        raise LookupError(target)

    def serving(self, balancer, node, group):
        """The healthy targets within a node's reach; all of them, if too few are healthy."""
        arn, reach = group["TargetGroupArn"], []
        for one in self.health[arn]:
            near = self.zone(self.place(group, one["Target"]["Id"])[0]) == self.zone(node)
            if (near or self.crosses(balancer, arn)) and one["TargetHealth"]["State"] in ("healthy", "unhealthy"):
                reach.append(one)
        healthy = [one for one in reach if one["TargetHealth"]["State"] == "healthy"]
        least = self.of_group(arn, "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1")
        return [one["Target"] for one in (reach if len(healthy) < int(least) else healthy)]

    def crosses(self, balancer, group):
        own = self.of_group(group, "load_balancing.cross_zone.enabled", "use_load_balancer_configuration")
        if own != "use_load_balancer_configuration":
            return own == "true"
        default = "true" if self.kind(balancer) == "application" else "false"
        return self.setting("LoadBalancerAttributes", "LoadBalancerArn", balancer["LoadBalancerArn"],
                            "load_balancing.cross_zone.enabled", default) == "true"

    def keeps_client(self, group):
        default = "false" if group["TargetType"] == "ip" and group["Protocol"] in ("TCP", "TLS") else "true"
        return self.of_group(group["TargetGroupArn"], "preserve_client_ip.enabled", default) == "true"

    # -- targets

    def targets(self):
        """Every target that a node may speak to: the balancer, the family of the clients, interface and address."""
        found = {}
        for balancer in self.balancers():
            for node in self.nodes(balancer):
                families = {family for eni, _, family in self.endpoints() if eni is node}
                for one in self.handed(balancer, node):
                    for family in families:
                        key = id(balancer), family, one.eni["NetworkInterfaceId"], one.address
                        found.setdefault(key, (balancer, family, one.eni, one.address, []))[4].append((node, one))
        return found.values()

    def opened(self, ways, packet):
        """What comes to a target by these nodes, and what of it is answered; the packet's port is the target's."""
        came, answered = [], []
        for node, one in ways:
            at_front = Seen(packet, one.protocol, one.port)
            there = And(packet.protocol == one.protocol, packet.selector == one.target_port, self.delivered(node, at_front),
                        *self.leg(node, one, packet))
            came.append(there)
            answered.append(And(there, self.goes_back(node, packet), self.some_port_passes(node, one, packet)))
        return Or(*came), Or(*answered)

    def keeps(self, one, packet):
        """Between families there is no address to keep."""
        return one.keeps_client and ipaddress.ip_address(one.address).version == packet.family

    def own_address(self, node, address):
        """The node's, of the family of the target's."""
        if ipaddress.ip_address(address).version == 4:
            return node["PrivateIpAddress"]
        return node["Ipv6Addresses"][0]["Ipv6Address"]

    def leg(self, node, one, packet):
        """The gates from a node to a target."""
        own = self.own_address(node, one.address)
        to = Seen(packet, one.protocol, one.target_port, one.address)
        from_ = Seen(packet, one.protocol, one.target_port, None if self.keeps(one, packet) else own)
        gates = [self.groups_admit(one.eni, from_, {group["GroupId"] for group in node["Groups"]})]
        if node["Groups"]:
            gates.append(self.groups_let_out(node, to, {group["GroupId"] for group in one.eni["Groups"]}))
        if node["SubnetId"] != one.eni["SubnetId"]:
            gates += [self.first_match(self.acl(node, True), to, to.protocol, to.selector),
                      self.first_match(self.acl(one.eni, False), from_, from_.protocol, from_.selector)]
        return gates

    def groups_let_out(self, eni, packet, named):
        """To the packet's one address, which stands where a source stands in rules of what comes in."""
        admits = [self.rules_name(eni["Groups"], "IpPermissionsEgress", packet, named)]
        for group in eni["Groups"]:
            for rule in self.one("SecurityGroups", "GroupId", group["GroupId"])["IpPermissionsEgress"]:
                blocks = [r["CidrIp"] for r in rule["IpRanges"]] + [r["CidrIpv6"] for r in rule["Ipv6Ranges"]]
                admits.append(And(self.rule_covers(rule, packet), Or(*(packet.within(block) for block in blocks))))
        return Or(*admits)

    def some_port_passes(self, node, one, packet):
        """The answer of the target gets to the node, and the node's to the client, each to some port of whoever asked;
        to the same one if the client's address was kept."""
        crosses, keeps = node["SubnetId"] != one.eni["SubnetId"], self.keeps(one, packet)
        own = self.own_address(node, one.address)

        def passes(eni, egress, port, address=None):
            seen = Seen(packet, one.protocol, port, address)
            return self.first_match(self.acl(eni, egress), seen, seen.protocol, seen.selector)

        def inside(port):
            if not crosses:
                return BoolVal(True)
            return And(passes(one.eni, True, port, None if keeps else own), passes(node, False, port, one.address))

        ports = self.corners([self.acl(node, True), self.acl(node, False), self.acl(one.eni, True)])
        if keeps:
            return Or(*(And(passes(node, True, port), inside(port)) for port in ports))
        own_ports = {port for port in ports if NODE_PORTS[0] <= port} | {NODE_PORTS[0]}
        return And(Or(*(passes(node, True, port) for port in ports)), Or(*(inside(port) for port in own_ports)))

    def corners(self, lists):
        """The ports at which entries change their mind."""
        found = {0}
        for entry in (entry for entries in lists for entry in entries if entry.get("PortRange")):
            found |= {entry["PortRange"]["From"], min(entry["PortRange"]["To"] + 1, 65535)}
        return sorted(found)
