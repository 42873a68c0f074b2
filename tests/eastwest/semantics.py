"""What AWS does with one connection attempt between two ends of an organization, and with its answer.

Written from AWS's documentation, object by object; it knows nothing of driftline. Each stop on the way is a method
that hands the packet to the next one. A packet that is dropped raises Dropped; what is not known of where it goes
raises Unsure, and a gate that may or may not let it through is remembered (`doubt`), because a later gate may
certainly close. What AWS does not document is Undocumented, and such a probe is not compared.
"""

from balancing import Balancing
from gateways import Dropped, Gateways, Undocumented, Unsure
from organization import contains
from rules import ECHO_REPLY, ICMP, TCP, UDP, Packet, acl_admits, groups_admit, route_for, target_of


class Attempt(Balancing, Gateways):
    """One packet there, and its answer back."""

    def __init__(self, organization, choices=()):
        self.of = organization
        # Which of several equal ways to take; all of them are tried in turn.
        self.choices, self.chosen = list(choices), []
        self.answering = self.doubt = self.at_home = False
        self.hops = 0
        self.translations = []
        # How the packet came from VPC to VPC, None within one: by that, rules may name groups of the other side or not.
        self.way = self.way_there = None
        self.only_by_peering = False
        # The gateway by which the packet left for the internet, and the one by which it came from there.
        self.left = self.entered = None
        # The client's ports that an answer may still have; every gate strikes some out.
        self.ports = None

    # -- the two directions

    def send(self, source, packet):
        """From an interface, or from the internet if there is none. Returns the interface that gets it, or None if a
        host on the internet does, and the packet as it arrives."""
        self.sender = source
        if source is None:
            return self.from_internet(packet)
        self.runs(source, "the sender does not run")
        if any(str(packet.destination) in self.of.private_addresses(eni) for eni in self.of.same_host(source)):
            # A host's packet to itself does not leave it.
            self.at_home = True
            return self.of.holder_in(source["VpcId"], str(packet.destination)), packet
        self.gate(groups_admit(self.of, source, packet, True, lambda group: self.names_destination(group, packet)))
        return self.leave(packet, self.of.Subnets[source["SubnetId"]], source)

    def answer(self, receiver, packet, sent):
        """The answer to a packet that has arrived; dropped if it does not come to where the packet was sent from."""
        if self.at_home:
            return
        self.answering = True
        self.way_there, self.way = self.way, None
        self.ports = self.client_ports()
        is_icmp = packet.protocol == ICMP[packet.source.version]
        selector = ECHO_REPLY[packet.source.version] if is_icmp else packet.selector
        back = Packet(packet.destination, packet.source, packet.protocol, selector)
        if self.handed:
            here, back = self.answer_handed(receiver, back)
        elif receiver is None:
            here, back = self.from_internet(back)
        else:
            here, back = self.leave(back, self.of.Subnets[receiver["SubnetId"]], receiver)
        if here is not self.sender or (back.source, back.destination) != (sent.destination, sent.source):
            raise Dropped("the answer is lost on its way")
        if sent.source.version == 6 and (self.way == "internet") != (self.way_there == "internet"):
            raise Undocumented("an answer inside to what came by the internet, or the other way round")

    # -- gates

    def gate(self, admits):
        if admits is False:
            raise Dropped("a group")
        self.doubt |= admits is None

    def runs(self, eni, otherwise):
        running = self.of.is_running(eni)
        if running is False:
            raise Dropped(otherwise)
        self.doubt |= running is None

    def acl(self, subnet, packet, egress):
        """Network ACLs know no connections: an answer goes to the port that the client has chosen."""
        acl = self.of.acl_of(subnet)
        if acl is None:
            self.doubt = True
        elif self.answering and packet.protocol in (TCP, UDP):
            self.ports = {port for port in self.ports if acl_admits(acl, packet, egress, port)}
            if not self.ports:
                raise Dropped("a network ACL, for every client port")
        elif not acl_admits(acl, packet, egress):
            raise Dropped("a network ACL")

    def enter(self, packet, from_subnet, to_subnet):
        """ACLs are at the border of a subnet and not within."""
        if from_subnet is None or from_subnet["SubnetId"] != to_subnet["SubnetId"]:
            self.acl(to_subnet, packet, False)

    def choose(self, options, best=False):
        """One of several ways. Which is taken is not known, or (`best`) it is enough that one gets further."""
        index = len(self.chosen)
        pick = self.choices[index] if index < len(self.choices) else 0
        self.chosen.append((len(options), best))
        return options[pick]

    # -- subnets

    def leave(self, packet, subnet, eni):
        """An interface sends it, or a transit gateway's interface in the subnet hands it on (eni is None)."""
        self.hops += 1
        if self.hops > 16:
            raise Dropped("in circles")
        own = [subnet["CidrBlock"]] + [a["Ipv6CidrBlock"] for a in subnet["Ipv6CidrBlockAssociationSet"]]
        table = self.of.table_of(subnet)
        route = route_for(self.of, table, packet.destination) if table else "unknown"
        if any(contains(block, packet.destination) for block in own):
            # Neighbours do not need the router.
            if route != "unknown" and route["State"] == "active" and target_of(route) != "local":
                raise Undocumented("a route for the subnet that it is in")
            return self.within(packet, subnet["VpcId"], subnet)
        if route is None:
            raise Dropped("no route")
        target = None if route == "unknown" else target_of(route)
        stays = target in self.of.NetworkInterfaces and self.of.NetworkInterfaces[target]["SubnetId"] == subnet["SubnetId"]
        if not stays:
            self.acl(subnet, packet, True)
        if route == "unknown":
            raise Unsure("which route")
        if route["State"] != "active":
            raise Dropped("a black hole")
        kind = target.split("-")[0]
        if self.answering and self.entered and kind in ("vgw", "tgw", "pcx"):
            # Only the internet gateway knows the address that the client waits for an answer from.
            if packet.source.version == 6 and self.sender is not None:
                raise Undocumented("an answer inside to what came by the internet")
            raise Dropped("not by the internet gateway that it came by")
        if target == "local":
            return self.within(packet, subnet["VpcId"], subnet)
        if kind == "igw":
            return self.internet_gateway(packet, subnet, eni, target)
        if kind == "eigw":
            return self.egress_only(packet, subnet, eni, target)
        if kind == "nat":
            return self.nat(packet, subnet, target)
        if kind == "pcx":
            return self.peering(packet, subnet, eni, target)
        if kind == "tgw":
            return self.transit(packet, subnet, eni, target)
        if kind == "eni":
            return self.appliance(packet, subnet, target)
        if kind == "vgw":
            if eni is None:
                raise Undocumented("a transit gateway's packet to a VPN")
            raise Unsure("beyond a VPN gateway")
        if kind == "vpce":
            # A gateway endpoint leads to S3 or DynamoDB and to none of our ends.
            raise Undocumented("a gateway endpoint")
        raise Undocumented(kind)

    def within(self, packet, vpc, from_subnet):
        """The local route: to the interface of this VPC that has the address."""
        eni = self.of.holder_in(vpc, str(packet.destination))
        if eni is None:
            self.owner_of(vpc)
            raise Dropped("no interface has the address")
        self.enter(packet, from_subnet, self.of.Subnets[eni["SubnetId"]])
        return self.arrive(packet, eni)

    def arrive(self, packet, eni):
        if eni["InterfaceType"] in ("nat_gateway", "natGateway"):
            return self.back_through_nat(packet, eni)
        if eni["InterfaceType"] == "transit_gateway":
            raise Dropped("a transit gateway's interface answers nobody")
        if eni["Description"].startswith("ELB "):
            return self.at_node(packet, eni)
        if not self.answering:
            self.gate_of_arrival(packet, eni)
        return eni, packet

    def gate_of_arrival(self, packet, eni):
        if self.only_by_peering and self.way != "peering" and not self.handed:
            raise Undocumented("a group of a peer is named, and the packet goes another way")
        self.gate(groups_admit(self.of, eni, packet, False, lambda group: self.names_sender(group, packet, eni)))

    # -- groups that are named by rules: the private addresses of their members

    def are_peers(self, one, other):
        """Whether an active peering of one region is between two VPCs."""
        for peering in self.of.VpcPeeringConnections.values():
            ends = [peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]]
            if (peering["Status"]["Code"] == "active" and {e["VpcId"] for e in ends} == {one, other}
                    and ends[0]["Region"] == ends[1]["Region"]):
                return True
        return False

    def names_destination(self, group, packet):
        """Of a rule for what goes out. Over a transit gateway such a rule means nobody."""
        for eni in self.members(group):
            if str(packet.destination) in self.of.private_addresses(eni):
                if eni["VpcId"] == self.sender["VpcId"]:
                    return True
                if self.are_peers(eni["VpcId"], self.sender["VpcId"]):
                    # That holds for what goes over the peering, and is not documented for other ways.
                    self.only_by_peering = True
                    return True
        return False

    def names_sender(self, group, packet, eni):
        """Of a rule for what comes in at the interface."""
        if self.handed:
            # What a balancer hands on counts as its own, whoever's address it has.
            return self.handed.node in self.members(group)
        sender = self.sender
        if sender not in self.members(group) or str(packet.source) not in self.of.private_addresses(sender):
            return False
        if self.way is None:
            return True
        if self.way in ("peering", "transit with groups"):
            return True
        if self.way == "transit" and self.are_peers(sender["VpcId"], eni["VpcId"]):
            raise Undocumented("a group of a peer is named, and its packet comes by a transit gateway")
        if self.way == "internet":
            # Only with IPv6, whose addresses are the same on both sides of a gateway.
            raise Undocumented("a group is named, and its packet comes by the internet")
        return False

    def members(self, group):
        return [e for e in self.of.NetworkInterfaces.values() if group in [g["GroupId"] for g in e["Groups"]]]


def one_try(organization, source, packet, target, choices):
    """The verdict if the choices are these, why, and the attempt."""
    attempt = Attempt(organization, choices)
    try:
        receiver, arrived = attempt.send(source, packet)
        if receiver is not None:
            attempt.runs(receiver, "nothing runs there")
    except Dropped as why:
        return "blocked", f"there: {why}", attempt
    except Unsure as why:
        return "unknown", f"there: {why}", attempt
    if target not in (None, receiver):
        return "blocked", "another interface gets it", attempt
    try:
        attempt.answer(receiver, arrived, packet)
    except Dropped as why:
        return "unknown" if attempt.doubt else "one-way", f"back: {why}", attempt
    except Unsure as why:
        return "unknown", f"back: {why}", attempt
    return ("unknown", "a group may admit it", attempt) if attempt.doubt else ("reachable", "", attempt)


RANKS = ["blocked", "one-way", "unknown", "reachable"]


def verdict(organization, source, packet, target=None, choices=()):
    """What becomes of a packet from an interface (or, without one, from the internet), whichever equal ways AWS picks:
    if they end differently, that is not known. With a target, only that interface is the right one to get it."""
    said, why, attempt = one_try(organization, source, packet, target, choices)
    if len(attempt.chosen) <= len(choices):
        return said, why
    count, best = attempt.chosen[len(choices)]
    found = [verdict(organization, source, packet, target, [*choices, pick]) for pick in range(count)]
    if best:
        return max(found, key=lambda one: RANKS.index(one[0]))
    return found[0] if len({said for said, _ in found}) == 1 else ("unknown", f"ways differ: {found}")
