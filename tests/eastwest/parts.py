"""What is in the VPCs of networks.py: interfaces, groups, ACLs, routes."""

import ipaddress
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import describe
from balancers import BalancerParts

# Hosts on the internet that probes use, and blocks that end beside them.
HOSTS4, HOSTS6 = ["8.8.8.8", "198.41.0.4", "52.0.1.0"], ["2001:4860:4860::8888", "2a00:1450::1"]
OUTSIDE4 = ["8.8.8.0/24", "8.8.8.8/32", "8.8.8.0/29", "8.0.0.0/7", "198.41.0.4/31", "52.0.0.0/16", "52.0.1.0/32", "0.0.0.0/1"]
OUTSIDE6 = ["2001:4860::/32", "2a00::/11", "2a00:1450::1/128", "2000::/3", "8000::/1"]


class Parts(BalancerParts, describe.Rules):
    PORTS = sorted(describe.Rules.PORTS + [1025])
    PROTOCOLS = ["tcp", "tcp", "tcp", "6", "udp", "17", "-1", "icmp", "1", "icmpv6", "58", "47"]
    TYPES = [(-1, -1), (-1, -1), ("echo", -1), ("echo", 0), ("echo", 1), (0, 0), (3, -1)]
    SOURCES, KINDS = [1, 1, 2], "44446lgggg"
    WITHOUT_TYPES = 0
    ENTRIES_OF_IPV6 = 0.25
    ACTIONS = ["allow", "deny", "deny"]
    ENTRY_TYPES = [(-1, -1), (8, -1), (0, 0), (128, 0), (129, -1), (3, 4)]

    def ranges(self, low, high):
        return [(low, high), (low, 65535), (0, high), (0, 65535)]

    # -- prefix lists and interfaces

    def prefix_lists(self, vpc):
        """One of the customer's, whose entries may not have been read, and S3's."""
        here = vpc.account, vpc.region
        blocks = self.random.sample([b for v in self.vpcs for b in v.blocks] + OUTSIDE4[:4], 2)
        vpc.list = self.id("pl")
        self.put([here], "PrefixLists", describe.prefix_list(vpc.list, vpc.account, vpc.region, "IPv4"))
        vpc.list_blocks = blocks
        if self.chance(0.88):
            self.inside[here, f"get-managed-prefix-list-entries/{vpc.list}"] = {"Entries": [{"Cidr": b} for b in blocks]}

    def interfaces(self, vpc):
        for subnet in vpc.subnets:
            for _ in range(self.random.choice([1, 2, 2])):
                others = [e for e in vpc.enis if e["OwnerId"] == subnet["user"]]
                self.interface(vpc, subnet, self.random.choice(others) if others and self.chance(0.08) else None)
        if self.chance(0.5):
            self.nat(vpc)

    def address(self, subnet):
        """Near either end of the subnet; AWS keeps four addresses at its beginning and one at its end."""
        block, taken = ipaddress.ip_network(subnet["CidrBlock"]), subnet.setdefault("taken", set())
        free = [n for n in (4, 5, 6, 63, 127, 128, 192, 252, 253, 254) if n not in taken]
        number = self.random.choice(free)
        taken.add(number)
        return str(block[number]), number

    def public_address(self):
        number = next(self.public)
        return f"54.1.{number >> 8}.{number & 255}"

    def interface(self, vpc, subnet, primary_of_host=None):
        """Of an instance of its own, or a further one of another interface's."""
        owner, six = subnet["user"], subnet["Ipv6CidrBlockAssociationSet"]
        addresses = []
        for primary in [True] + [False] * self.chance(0.2):
            address, number = self.address(subnet)
            public = self.public_address() if self.chance(0.5) else None
            addresses.append(describe.private(address, public, primary, owner))
        eni, instance = self.id("eni"), self.id("i")
        if primary_of_host:
            instance = primary_of_host["Attachment"]["InstanceId"]
        sixes = [f"{block['Ipv6CidrBlock'].split('/')[0]}{number:x}" for block in six]
        groups = self.groups_for(vpc, owner)
        item = describe.interface(
            eni, subnet, owner, groups, addresses, sixes, SourceDestCheck=self.chance(0.75),
            Attachment=describe.attached(instance, owner, int(bool(primary_of_host))))
        vpc.enis.append(item)
        # The owner of a shared VPC is told of interfaces that others have in it.
        where = [(owner, vpc.region), (vpc.account, vpc.region)]
        self.put(where, "NetworkInterfaces", item)
        if primary_of_host:
            return
        state = self.random.choice([(16, "running")] * 14 + [(80, "stopped"), (0, "pending")])
        self.put([(owner, vpc.region)], "Reservations", describe.reservation(instance, owner, state, [item]))

    def nat(self, vpc):
        subnet, eni = self.random.choice(vpc.subnets), self.id("eni")
        subnet["nat"] = True
        private, _ = self.address(subnet)
        vpc.nat, public = self.id("nat"), self.public_address() if self.chance(0.75) else None
        here = [(vpc.account, vpc.region)]
        self.put(here, "NetworkInterfaces", describe.interface(
            eni, subnet, vpc.account, [], [describe.private(private, public, owner=vpc.account)], [],
            Description=f"Interface for NAT Gateway {vpc.nat}", InterfaceType="nat_gateway", RequesterManaged=True,
            SourceDestCheck=False, Attachment={
                "AttachmentId": "x", "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"}))
        self.put(here, "NatGateways", {
            "NatGatewayId": vpc.nat, "VpcId": vpc.id, "SubnetId": subnet["SubnetId"],
            "State": self.random.choice(["available"] * 9 + ["failed"]), "ConnectivityType": "public" if public else "private",
            "NatGatewayAddresses": [{"NetworkInterfaceId": eni, "PrivateIp": private} | ({"PublicIp": public} if public else {})]})

    # -- groups

    def groups_for(self, vpc, owner):
        own = [g for g, who in vpc.groups if who == owner]
        while len(own) < 2:
            own.append(self.id("sg"))
            vpc.groups.append((own[-1], owner))
        return self.random.sample(own, self.random.choice([1, 1, 2]))

    def rules(self, vpc):
        named = [(g, who) for g, who in vpc.groups]
        for way, _, _, _ in vpc.ways:
            if way is not None and way.region == vpc.region:
                named += way.groups
        for other in self.vpcs:
            if other is not vpc and other.region == vpc.region and self.chance(0.5):
                named += other.groups
        rule = self.rule(vpc, named)
        for group, owner in vpc.groups:
            ingress = [rule() for _ in range(self.random.choice([1, 2, 3, 4]))]
            egress = [describe.ALL] if self.chance(0.8) else [rule() for _ in range(self.random.choice([0, 2, 4]))]
            if self.chance(0.55):
                ingress.append(describe.ALL)
            made = describe.security_group(group, vpc.id, owner, ingress, egress)
            self.put([(owner, vpc.region)], "SecurityGroups", made)

    def rule(self, vpc, named):
        """What draws a rule that may name the VPC's list or one of these groups."""
        def source(rule, kind):
            if kind == "l":
                rule["PrefixListIds"].append({"PrefixListId": vpc.list})
            else:
                group, owner = self.random.choice(named)
                rule["UserIdGroupPairs"].append({"GroupId": group, "UserId": owner})
        return lambda: self.permission(source)

    def block4(self):
        """Around a subnet, or around a host on the internet."""
        if self.chance(0.2):
            return self.random.choice(OUTSIDE4 + ["0.0.0.0/0"])
        subnet = self.random.choice([s for v in self.vpcs for s in v.subnets])
        block = ipaddress.ip_network(subnet["CidrBlock"])
        length = self.random.choice([8, 15, 16, 17, 23, 24, 24, 25, 30, 32])
        address = block[self.random.choice([0, 4, 5, 127, 128, 253, 254, 255])]
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def block6(self):
        blocks = [v.six for v in self.vpcs if v.six]
        if not blocks or self.chance(0.3):
            return self.random.choice(OUTSIDE6 + ["::/0"])
        length = self.random.choice([32, 56, 63, 64, 128])
        address = self.random.choice(blocks).split("/")[0] + self.random.choice(["", "4", "fe"])
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    # -- ACLs

    def acls(self, vpc):
        ids = [self.id("acl") for _ in range(self.random.choice([1, 2, 2]))]
        of = {id_: [] for id_ in ids}
        for subnet in vpc.subnets:
            of[self.random.choice(ids)].append(subnet)
        for index, (id_, subnets) in enumerate(of.items()):
            # One in three is as AWS makes it.
            extra = [] if self.chance(0.35) else [self.entry(number, egress) for egress in (False, True)
                     for number in self.random.sample(range(1, 400), self.random.choice([0, 1, 1, 2]))]
            entries = self.entries(extra, 0.91)
            users = {vpc.account} | {s["user"] for s in subnets if vpc.users.get(s["user"])}
            made = describe.network_acl(id_, vpc.id, vpc.account, index == 0, [s["SubnetId"] for s in subnets], entries)
            self.put([(u, vpc.region) for u in sorted(users)], "NetworkAcls", made)

    # -- routes

    def tables(self, vpc):
        main = self.id("rtb")
        tables = [(main, {"Main": True}, set())]
        for subnet in vpc.subnets:
            if self.chance(0.9 if subnet.get("nat") else 0.6):
                tables.append((self.id("rtb"), {"SubnetId": subnet["SubnetId"]}, {subnet["user"]}))
        for id_, association, users in tables:
            where = [(vpc.account, vpc.region)] + [(u, vpc.region) for u in users if vpc.users.get(u)]
            has_nat = any(s.get("nat") and s["SubnetId"] == association.get("SubnetId", s["SubnetId"]) for s in vpc.subnets)
            routes = self.routes(vpc, has_nat)
            self.put(where, "RouteTables", describe.route_table(id_, vpc.id, vpc.account, association, routes))
        if vpc.igw and self.chance(0.12):
            self.edge_table(vpc)

    def edge_table(self, vpc):
        """What comes in by the internet gateway: a subnet's to an appliance, to itself, or nowhere."""
        id_, subnet = self.id("rtb"), self.random.choice(vpc.subnets)
        routes = [describe.local(b) for b in vpc.blocks if b != subnet["CidrBlock"]]
        target = ("NetworkInterfaceId", self.random.choice(vpc.enis)["NetworkInterfaceId"])
        active = self.random.choice([True] * 5 + [False])
        routes.append(describe.route(subnet["CidrBlock"], target, active=active))
        made = describe.route_table(id_, vpc.id, vpc.account, {"GatewayId": vpc.igw}, routes)
        self.put([(vpc.account, vpc.region)], "RouteTables", made)

    def routes(self, vpc, has_nat):
        routes = {}

        def add(block, member, target, origin="CreateRoute", active=True):
            made = describe.route(block, (member, target), origin, active)
            routes.setdefault((block, origin == "EnableVgwRoutePropagation"), made)

        for block in vpc.all_blocks:
            add(block, "GatewayId", "local", "CreateRouteTable")
        transit = [way for way in vpc.ways if way[1] == "TransitGatewayId"]
        # Other VPCs, by a peering or by a transit gateway, whichever of them there is.
        for other in self.vpcs:
            ways = [way for way in vpc.ways if way[0] in (other, None)]
            for block in other.all_blocks if other is not vpc else []:
                if ways and self.chance(0.9):
                    _, member, target, active = self.random.choice(ways)
                    add(block, member, target, active=active and not self.chance(0.04))
        self.defaults(vpc, transit, has_nat, add)
        self.oddities(vpc, transit, add)
        routes = list(routes.values())
        self.random.shuffle(routes)
        return routes

    def defaults(self, vpc, transit, has_nat, add):
        """A subnet with a NAT gateway is seldom sent back to it."""
        targets = [("GatewayId", vpc.igw)] * (12 if has_nat else 3) if vpc.igw else []
        targets += [("NatGatewayId", vpc.nat)] * (1 if has_nat else 4) if vpc.nat else []
        targets += [("TransitGatewayId", transit[0][2])] if transit else []
        targets += [("GatewayId", vpc.vgw)] if vpc.vgw else []
        if targets and self.chance(0.92):
            member, target = self.random.choice(targets)
            for block in self.random.choice([["0.0.0.0/0"], ["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"]]):
                add(block, member, target)
        targets = [("GatewayId", vpc.igw)] * 2 if vpc.igw else []
        targets += [("EgressOnlyInternetGatewayId", vpc.eigw)] * 2 if vpc.eigw else []
        targets += [("TransitGatewayId", transit[0][2])] if transit else []
        if vpc.six and targets and self.chance(0.9):
            add(self.random.choice(["::/0", "2000::/3"]), *self.random.choice(targets))

    def oddities(self, vpc, transit, add):
        other = self.random.choice(self.vpcs)
        ways = [way for way in vpc.ways if way[0] in (other, None)]
        if ways and other is not vpc and self.chance(0.2):
            # A part of another VPC, by another way or into a black hole.
            block = self.random.choice(other.subnets)["CidrBlock"]
            _, member, target, active = self.random.choice(ways)
            if not any(ipaddress.ip_network(block).subnet_of(ipaddress.ip_network(b)) for b in vpc.blocks):
                add(block, member, target, active=active and self.chance(0.6))
        if ways and self.chance(0.25):
            _, member, target, active = self.random.choice(ways)
            # AWS takes no list that overlaps with the VPC for other targets than these.
            inside = any(ipaddress.ip_network(b).overlaps(ipaddress.ip_network(o)) for b in vpc.list_blocks for o in vpc.blocks)
            if not inside:
                add(vpc.list, member, target, active=active)
        if vpc.vgw and self.chance(0.5):
            add(self.random.choice(["0.0.0.0/0", "10.0.0.0/8", "8.8.8.0/24"]), "GatewayId", vpc.vgw, "EnableVgwRoutePropagation")
        if self.chance(0.06):
            # More specific than the local route: AWS takes the whole block of a subnet and an interface or NAT gateway.
            block = self.random.choice(vpc.subnets)["CidrBlock"]
            add(block, "NetworkInterfaceId", self.random.choice(vpc.enis)["NetworkInterfaceId"])
        elif vpc.nat and self.chance(0.05):
            add(self.random.choice(vpc.subnets)["CidrBlock"], "NatGatewayId", vpc.nat)
        if self.chance(0.05):
            add("52.0.0.0/16", "NetworkInterfaceId", self.random.choice(vpc.enis)["NetworkInterfaceId"])
