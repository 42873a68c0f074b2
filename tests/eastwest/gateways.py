"""The doors between networks, one packet at a time: a part of semantics.py."""

import dataclasses
import ipaddress

from organization import contains
from rules import ICMP, TCP, UDP, groups_admit, route_for, target_of

# NAT gateways send from these ports; a host from any.
NAT_PORTS, HOST_PORTS = (1024, 65535), (0, 65535)
# Nobody on the internet has one of these.
NOT_INTERNET = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
                "224.0.0.0/4", "240.0.0.0/4", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8"]


class Dropped(Exception):
    pass


class Unsure(Exception):
    pass


class Undocumented(Exception):
    pass


@dataclasses.dataclass
class Translation:
    """What a NAT gateway remembers of a connection."""
    gateway: dict
    inside: ipaddress._BaseAddress
    # How the packet came, for its answer's client ports.
    outside: ipaddress._BaseAddress


def corners(organization, bounds):
    """The ports at which some network ACL's answer changes."""
    low, high = bounds
    found = {low, high}
    for acl in organization.NetworkAcls.values():
        for entry in acl["Entries"]:
            if entry.get("PortRange"):
                found |= {entry["PortRange"]["From"], entry["PortRange"]["To"] + 1}
    return {port for port in found if low <= port <= high}


class Gateways:
    """An attempt's way through gateways. It has `leave`, `enter`, `arrive`, `acl` and `gate` of semantics.py."""

    # -- gateways of a VPC

    def sees_gateways(self, vpc):
        """Those with whom a VPC is shared see none of its gateways, and of its interfaces only their own."""
        return vpc in self.of.Vpcs and self.of.owner_was_read(vpc)

    def owner_of(self, vpc):
        if not self.sees_gateways(vpc):
            raise Unsure("the VPC's owner was not read")

    def blocked(self, vpc, out):
        mode = self.of.block_mode(vpc)
        return mode == "block-bidirectional" or (mode == "block-ingress" and not out)

    def internet_gateway(self, packet, subnet, eni, target):
        if eni is None:
            raise Dropped("a gateway is no transit: no interface of the VPC has the source")
        if not self.sees_gateways(subnet["VpcId"]):
            self.doubt = True
        elif self.of.internet_gateway_of(subnet["VpcId"]) != target:
            raise Dropped("the gateway is not attached")
        elif self.blocked(subnet["VpcId"], out=eni["InterfaceType"] in ("nat_gateway", "natGateway")):
            raise Dropped("public access is blocked")
        public = self.of.public_of(eni, str(packet.source))
        if public is None:
            raise Dropped("no public address")
        if self.answering and packet.source.version == 4 and self.entered not in (target, "not seen"):
            raise Dropped("another gateway than it came by")
        return self.into_internet(packet.by(public), target)

    def egress_only(self, packet, subnet, eni, target):
        if self.answering:
            raise Dropped("an egress-only gateway has not seen what this answers")
        if packet.source.version != 6:
            raise Dropped("IPv6 only")
        if eni is None:
            raise Dropped("a gateway is no transit")
        if not self.sees_gateways(subnet["VpcId"]):
            self.doubt = True
            return self.into_internet(packet, target)
        attached = self.of.EgressOnlyInternetGateways[target]["Attachments"]
        if not any(a["VpcId"] == subnet["VpcId"] and a["State"] == "attached" for a in attached):
            raise Dropped("the gateway is not attached")
        if self.blocked(subnet["VpcId"], out=True):
            raise Dropped("public access is blocked")
        return self.into_internet(packet, target)

    def into_internet(self, packet, gateway):
        if any(contains(block, packet.destination) for block in NOT_INTERNET):
            raise Dropped("no address of the internet")
        if not self.answering:
            self.left = gateway
        self.way = "internet"
        return self.from_internet(packet)

    def from_internet(self, packet):
        """Through the internet: to the interface that has the public address, or to a host somewhere."""
        eni, private = self.of.holder_of_public(str(packet.destination))
        if eni is None:
            return None, packet
        vpc = eni["VpcId"]
        gateway = self.of.internet_gateway_of(vpc) if self.sees_gateways(vpc) else "not seen"
        by_egress_only = self.answering and (self.left or "").startswith("eigw")
        is_nat = eni["InterfaceType"] in ("nat_gateway", "natGateway")
        if gateway == "not seen":
            self.doubt = True
        elif gateway is None and not by_egress_only:
            raise Dropped("no internet gateway")
        elif self.blocked(vpc, out=self.answering and (is_nat or by_egress_only)):
            raise Dropped("public access is blocked")
        self.way = "internet"
        if not self.answering:
            self.entered = gateway
        packet = packet.to(private)
        edge = None if by_egress_only else self.of.edge_table_of(gateway)
        route = route_for(self.of, edge, packet.destination) if edge else None
        if route and route["State"] != "active":
            raise Dropped("the gateway's edge route is a black hole")
        if route and target_of(route) not in ("local", eni["NetworkInterfaceId"]):
            return self.appliance(packet, None, target_of(route))
        self.acl(self.of.Subnets[eni["SubnetId"]], packet, False)
        return self.arrive(packet, eni)

    def nat(self, packet, subnet, target):
        if self.answering:
            raise Dropped("a NAT gateway does not know the connection")
        if packet.source.version == 6 or packet.protocol not in (TCP, UDP, ICMP[4]):
            raise Dropped("a NAT gateway translates TCP, UDP and ICMP of IPv4")
        self.owner_of(subnet["VpcId"])
        gateway = self.of.NatGateways[target]
        if gateway["State"] != "available":
            raise Dropped("the NAT gateway is gone")
        own = self.of.Subnets[gateway["SubnetId"]]
        self.enter(packet, subnet, own)
        address = gateway["NatGatewayAddresses"][0]
        self.translations.append(Translation(gateway, packet.source, ipaddress.ip_address(address["PrivateIp"])))
        eni = self.of.NetworkInterfaces[address["NetworkInterfaceId"]]
        return self.leave(packet.by(address["PrivateIp"]), own, eni)

    def back_through_nat(self, packet, eni):
        """Only answers to what went out by it; they go on to whom they are for."""
        last = self.translations[-1] if self.answering and self.translations else None
        if last is None or last.gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"] != eni["NetworkInterfaceId"]:
            raise Dropped("a NAT gateway lets nobody in")
        self.translations.pop()
        self.ports = corners(self.of, NAT_PORTS if self.translations else HOST_PORTS)
        return self.leave(packet.to(last.inside), self.of.Subnets[eni["SubnetId"]], eni)

    def appliance(self, packet, subnet, target):
        """By a route of a subnet, or of an internet gateway's own table."""
        eni = self.of.NetworkInterfaces.get(target)
        if eni is None:
            raise Unsure("the appliance was not read")
        self.enter(packet, subnet, self.of.Subnets[eni["SubnetId"]])
        if str(packet.destination) in self.of.private_addresses(eni):
            return self.arrive(packet, eni)
        if eni["SourceDestCheck"]:
            raise Dropped("the interface takes nothing that is not for it")
        if not self.answering:
            self.gate(groups_admit(self.of, eni, packet, False, lambda group: self.names_sender(group, packet, eni)))
        raise Unsure("what the appliance does")

    # -- between VPCs

    def peering(self, packet, subnet, eni, target):
        if target not in self.of.VpcPeeringConnections:
            raise Unsure("the peering was not read")
        peering = self.of.VpcPeeringConnections[target]
        if peering["Status"]["Code"] != "active":
            raise Dropped("the peering is not active")
        if eni is None:
            raise Dropped("a peering is no transit")
        if eni["InterfaceType"] in ("nat_gateway", "natGateway"):
            raise Undocumented("a NAT gateway's packet to a peering")
        ends = [peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]]
        near, far = ends if ends[0]["VpcId"] == subnet["VpcId"] else ends[::-1]
        blocks = [b["CidrBlock"] for b in far["CidrBlockSet"]] + [b["Ipv6CidrBlock"] for b in far["Ipv6CidrBlockSet"]]
        if not any(contains(block, packet.destination) for block in blocks):
            raise Dropped("the peer has no such address")
        if far["VpcId"] not in self.of.Vpcs:
            raise Unsure("the peer was not read")
        self.way = "peering" if near["Region"] == far["Region"] else "peering abroad"
        holder = self.of.holder_in(far["VpcId"], str(packet.destination))
        if holder is None:
            self.owner_of(far["VpcId"])
            raise Dropped("no interface has the address")
        self.acl(self.of.Subnets[holder["SubnetId"]], packet, False)
        return self.arrive(packet, holder)

    def transit(self, packet, subnet, eni, target):
        """Into a transit gateway by the attachment's subnet of the sender's zone."""
        if eni is None:
            raise Undocumented("from one transit gateway to another through a VPC")
        gateway = self.of.TransitGateways.get(target)
        if gateway is None:
            raise Unsure("the transit gateway was not read")
        if gateway["State"] != "available":
            raise Dropped("the transit gateway is gone")
        attachment = next((a for a in self.of.TransitGatewayVpcAttachments.values()
                           if a["TransitGatewayId"] == target and a["VpcId"] == subnet["VpcId"] and a["State"] == "available"), None)
        if attachment is None:
            self.owner_of(subnet["VpcId"])
            raise Dropped("not attached")
        self.ipv6_by(attachment, packet)
        zone = subnet["AvailabilityZoneId"]
        known = [s for s in map(self.of.Subnets.get, attachment["SubnetIds"]) if s]
        own = [s for s in known if s["AvailabilityZoneId"] == zone]
        if not own and len(known) < len(attachment["SubnetIds"]):
            raise Unsure("a subnet of the attachment was not read")
        if not own:
            raise Dropped("no attachment in the sender's zone")
        # AWS, "Network ACLs for transit gateways": outbound rules of the sender's subnet by the destination (that was
        # asked), inbound rules of the attachment's subnet by the source, also where both are one.
        self.acl(own[0], packet, False)
        self.way = "transit with groups" if self.allows_groups(gateway, attachment) else "transit"
        return self.through(packet, target, attachment["TransitGatewayAttachmentId"], zone)

    def ipv6_by(self, attachment, packet):
        if packet.source.version == 6 and attachment["Options"]["Ipv6Support"] != "enable":
            raise Dropped("the attachment has no IPv6")

    def allows_groups(self, gateway, attachment):
        return (gateway["Options"].get("SecurityGroupReferencingSupport") == "enable"
                and attachment["Options"].get("SecurityGroupReferencingSupport", "enable") == "enable")

    def through(self, packet, gateway, attachment, zone):
        """By the route table that the attachment by which it came is associated with: the longest prefix, of equal
        ones the static one."""
        association = self.of.associations.get((gateway, attachment))
        if association is None and self.of.TransitGateways[gateway]["OwnerId"] not in self.of.accounts:
            # Whom a gateway is shared with does not see its tables.
            raise Unsure("the transit gateway's owner was not read")
        if association is None or association["State"] != "associated":
            raise Dropped("the attachment has no route table")
        routes = self.of.tgw_routes.get(association["TransitGatewayRouteTableId"])
        if routes is None:
            raise Unsure("the route table was not read")
        found = [r for r in routes if contains(r["DestinationCidrBlock"], packet.destination)]
        if not found:
            raise Dropped("no route in the transit gateway")
        best = max(found, key=lambda r: (ipaddress.ip_network(r["DestinationCidrBlock"]).prefixlen, r["Type"] == "static"))
        if best["State"] == "blackhole":
            raise Dropped("a black hole in the transit gateway")
        far = best["TransitGatewayAttachments"][0]
        if far["TransitGatewayAttachmentId"] == attachment:
            raise Undocumented("back into the attachment by which it came")
        if far["ResourceType"] == "peering":
            return self.to_other_gateway(packet, gateway, far["TransitGatewayAttachmentId"])
        if far["ResourceType"] != "vpc":
            raise Unsure("beyond the transit gateway")
        return self.out_of(packet, far["TransitGatewayAttachmentId"], zone)

    def to_other_gateway(self, packet, gateway, attachment):
        peering = self.of.TransitGatewayPeeringAttachments[attachment]
        if peering["State"] != "available":
            raise Dropped("the peering of transit gateways is not there")
        ends = [peering["RequesterTgwInfo"]["TransitGatewayId"], peering["AccepterTgwInfo"]["TransitGatewayId"]]
        other = ends[1] if ends[0] == gateway else ends[0]
        if other not in self.of.TransitGateways:
            raise Unsure("the other transit gateway was not read")
        self.way = "transit"
        self.hops += 1
        if self.hops > 16:
            raise Dropped("in circles")
        # The other gateway does not know the sender's zone.
        return self.through(packet, other, attachment, None)

    def out_of(self, packet, attachment, zone):
        """Into the VPC by its subnet in the sender's zone; if there is none, by any. Its table says where to."""
        attachment = self.of.TransitGatewayVpcAttachments.get(attachment)
        if attachment is None:
            raise Unsure("the attachment was not read")
        if attachment["State"] != "available":
            raise Dropped("not attached")
        self.ipv6_by(attachment, packet)
        subnets = [self.of.Subnets.get(s) for s in attachment["SubnetIds"]]
        near = [s for s in subnets if s and s["AvailabilityZoneId"] == zone]
        if None in subnets and not near:
            raise Unsure("the VPC was not read")
        if self.way == "transit with groups":
            gateway = self.of.TransitGateways[attachment["TransitGatewayId"]]
            self.way = "transit with groups" if self.allows_groups(gateway, attachment) else "transit"
        return self.leave(packet, self.choose(near or subnets), None)
