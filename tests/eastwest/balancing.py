"""Load balancers on the way of one packet: a part of semantics.py.

Written from AWS's documentation of Elastic Load Balancing and from what docs/exposure.md states where that is silent. An
application load balancer ends a connection; a network load balancer hands it to a target, and the answer comes back by
the node.
"""

import dataclasses
import ipaddress

from gateways import HOST_PORTS, NAT_PORTS, Dropped, Undocumented, Unsure, corners
from organization import contains
from rules import TCP, UDP, Packet, groups_admit, route_for, target_of

SPOKEN = {"HTTP": [TCP], "HTTPS": [TCP], "TCP": [TCP], "TLS": [TCP], "UDP": [UDP], "TCP_UDP": [TCP, UDP]}
# A node that makes a connection of its own sends from these.
NODE_PORTS = (1024, 65535)
LEAST = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
CROSSES = "load_balancing.cross_zone.enabled"


@dataclasses.dataclass
class Handed:
    """What a node remembers of a connection that it handed on."""
    node: dict
    front: ipaddress._BaseAddress
    client: ipaddress._BaseAddress
    keeps_client: bool


class Balancing:
    """An attempt's way through load balancers. It has the methods of semantics.py and gateways.py."""

    handed = None

    def client_ports(self):
        return corners(self.of, NAT_PORTS if self.translations else HOST_PORTS)

    def at_node(self, packet, eni):
        if self.answering:
            return self.back_at_node(packet, eni)
        if eni["Groups"]:
            self.gate_of_arrival(packet, eni)
        balancer = self.of.balancer_of(eni)
        if eni["InterfaceType"] != "network_load_balancer":
            return self.ended(packet, eni, balancer)
        if balancer is None:
            raise Unsure("the balancer was not read")
        listener = self.listener(balancer, packet)
        if listener["Protocol"] == "TLS":
            # The node ends the connection, and makes another one.
            return eni, packet
        options = list(self.served(balancer, listener, eni))
        if not options:
            raise Dropped("no target")
        target, port = self.choose(options, best=True)
        if target is None:
            raise Unsure("the target was not read")
        return self.hand_on(packet, eni, target, port, self.keeps_client(listener))

    def ended(self, packet, eni, balancer):
        """At an application load balancer, which also answers pings that its groups admit."""
        if packet.protocol not in (TCP, UDP):
            if packet.selector is None:
                raise Undocumented("a protocol without ports at a balancer")
            return eni, packet
        if balancer is None:
            self.doubt = True
        else:
            self.listener(balancer, packet)
        return eni, packet

    def listener(self, balancer, packet):
        for listener in self.of.Listeners.values():
            own = listener["LoadBalancerArn"] == balancer["LoadBalancerArn"]
            if own and listener["Port"] == packet.selector and packet.protocol in SPOKEN[listener["Protocol"]]:
                return listener
        raise Dropped("nothing listens")

    # -- targets

    def served(self, balancer, listener, node):
        """The targets in the node's reach that are healthy, or all of them if too few are: interface, address and port.
        None for an interface that was not read."""
        group = listener["DefaultActions"][0]["TargetGroupArn"]
        instances = self.of.TargetGroups[group]["TargetType"] == "instance"
        reach = []
        for one in self.of.LoadBalancerTargetHealth[group]["TargetHealthDescriptions"]:
            if one["TargetHealth"]["State"] in ("draining", "unused"):
                continue
            eni, address = self.place(self.of.TargetGroups[group]["VpcId"], one["Target"]["Id"], instances)
            near = eni is None or self.zone(eni) == self.zone(node)
            if near or self.crosses(balancer, group):
                reach.append((one["TargetHealth"]["State"] == "healthy", eni, address, one["Target"]["Port"]))
        healthy = [one for one in reach if one[0]]
        few = len(healthy) < int(self.of.setting("TargetGroupAttributes", group, LEAST, "1"))
        for _, eni, address, port in reach if few else healthy:
            yield (eni and (eni, address)), port

    def place(self, vpc, target, is_instance):
        for eni in self.of.NetworkInterfaces.values():
            host = eni.get("Attachment", {})
            if is_instance and host.get("InstanceId") == target and host["DeviceIndex"] == 0:
                return eni, eni["PrivateIpAddress"]
        return (None, None) if is_instance else (self.of.holder_in(vpc, target), target)

    def zone(self, eni):
        return self.of.Subnets[eni["SubnetId"]]["AvailabilityZoneId"]

    def crosses(self, balancer, group):
        own = self.of.setting("TargetGroupAttributes", group, CROSSES, "use_load_balancer_configuration")
        if own != "use_load_balancer_configuration":
            return own == "true"
        return self.of.setting("LoadBalancerAttributes", balancer["LoadBalancerArn"], CROSSES, "false") == "true"

    def keeps_client(self, listener):
        group = listener["DefaultActions"][0]["TargetGroupArn"]
        value = self.of.TargetGroups[group]
        default = "false" if value["TargetType"] == "ip" and value["Protocol"] in ("TCP", "TLS") else "true"
        return self.of.setting("TargetGroupAttributes", group, "preserve_client_ip.enabled", default) == "true"

    # -- there and back

    def hand_on(self, packet, node, target, port, keeps_client):
        eni, address = target
        if keeps_client and self.sender and eni is self.sender:
            raise Dropped("a host cannot be its own client where its address is kept")
        if keeps_client and self.sender and eni in self.of.same_host(self.sender):
            raise Undocumented("another interface of the client's host is the target")
        self.handed = Handed(node, packet.destination, packet.source, keeps_client)
        self.way = None
        on = dataclasses.replace(packet.to(address), selector=port)
        if not keeps_client:
            on = on.by(node["PrivateIpAddress"])
        if node["Groups"]:
            self.gate(groups_admit(self.of, node, on, True, lambda group: eni in self.members(group)))
        subnet = self.of.Subnets[node["SubnetId"]]
        self.only_local(subnet, on.destination)
        return self.leave(on, subnet, node)

    def only_local(self, subnet, address):
        """AWS does not say what a route does to a node's packets that leads them elsewhere than into the VPC."""
        table = self.of.table_of(subnet)
        route = route_for(self.of, table, address) if table else None
        if route not in (None, "unknown") and target_of(route) != "local" and not contains(subnet["CidrBlock"], address):
            raise Undocumented("a route to a target that is not the local one")

    def answer_handed(self, receiver, back):
        """What a target answers to a client whose address it saw goes to the node, whatever routes say."""
        if not self.handed.keeps_client:
            self.ports = corners(self.of, NODE_PORTS)
            self.only_local(self.of.Subnets[receiver["SubnetId"]], back.destination)
            return self.leave(back, self.of.Subnets[receiver["SubnetId"]], receiver)
        there, here = self.of.Subnets[receiver["SubnetId"]], self.of.Subnets[self.handed.node["SubnetId"]]
        if there is not here:
            self.acl(there, back, True)
            self.acl(here, back, False)
        return self.from_node(back)

    def back_at_node(self, packet, eni):
        if self.handed is None or self.handed.node is not eni:
            raise Dropped("a balancer does not know the connection")
        # The node's own port was another one than the client's.
        self.ports = self.client_ports()
        return self.from_node(packet)

    def from_node(self, packet):
        done, self.handed = self.handed, None
        back = Packet(done.front, done.client, packet.protocol, packet.selector)
        return self.leave(back, self.of.Subnets[done.node["SubnetId"]], done.node)
