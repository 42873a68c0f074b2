"""What is in the VPCs of networks.py: interfaces, groups, ACLs, routes."""

import ipaddress

PORTS = [0, 1, 21, 22, 23, 79, 80, 443, 1023, 1024, 1025, 32767, 32768, 49152, 65534, 65535]
ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
       "PrefixListIds": [], "UserIdGroupPairs": []}
# Hosts on the internet that probes use, and blocks that end beside them.
HOSTS4, HOSTS6 = ["8.8.8.8", "198.41.0.4", "52.0.1.0"], ["2001:4860:4860::8888", "2a00:1450::1"]
OUTSIDE4 = ["8.8.8.0/24", "8.8.8.8/32", "8.8.8.0/29", "8.0.0.0/7", "198.41.0.4/31", "52.0.0.0/16", "52.0.1.0/32", "0.0.0.0/1"]
OUTSIDE6 = ["2001:4860::/32", "2a00::/11", "2a00:1450::1/128", "2000::/3", "8000::/1"]


class Parts:
    # -- prefix lists and interfaces

    def prefix_lists(self, vpc):
        """One of the customer's, whose entries may not have been read, and S3's."""
        here = vpc.account, vpc.region
        blocks = self.random.sample([b for v in self.vpcs for b in v.blocks] + OUTSIDE4[:4], 2)
        vpc.list = self.id("pl")
        self.put([here], "PrefixLists", {
            "PrefixListId": vpc.list, "PrefixListName": "some", "OwnerId": vpc.account, "AddressFamily": "IPv4",
            "State": "create-complete", "MaxEntries": 10, "Version": 1,
            "PrefixListArn": f"arn:aws:ec2:{vpc.region}:{vpc.account}:prefix-list/{vpc.list}"})
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
        free = [n for n in (4, 5, 127, 128, 253, 254) if n not in taken]
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
            private, number = self.address(subnet)
            addresses.append({"Primary": primary, "PrivateIpAddress": private})
            if self.chance(0.5):
                addresses[-1]["Association"] = {"PublicIp": self.public_address(), "IpOwnerId": owner}
        eni, instance = self.id("eni"), self.id("i")
        if primary_of_host:
            instance = primary_of_host["Attachment"]["InstanceId"]
        groups = self.groups_for(vpc, owner)
        item = {
            "NetworkInterfaceId": eni, "SubnetId": subnet["SubnetId"], "VpcId": vpc.id, "OwnerId": owner,
            "AvailabilityZone": subnet["AvailabilityZone"], "Description": "", "Status": "in-use", "InterfaceType": "interface",
            "RequesterManaged": False, "SourceDestCheck": self.chance(0.75), "PrivateIpAddress": addresses[0]["PrivateIpAddress"],
            "Groups": [{"GroupId": g, "GroupName": g} for g in groups], "PrivateIpAddresses": addresses,
            "Ipv6Addresses": [{"Ipv6Address": f"{six[0]['Ipv6CidrBlock'].split('/')[0]}{number:x}"}] if six else [],
            "Attachment": {"AttachmentId": "x", "DeviceIndex": int(bool(primary_of_host)), "InstanceId": instance,
                           "InstanceOwnerId": owner, "Status": "attached"}}
        if "Association" in addresses[0]:
            item["Association"] = addresses[0]["Association"]
        vpc.enis.append(item)
        # The owner of a shared VPC is told of interfaces that others have in it.
        where = [(owner, vpc.region), (vpc.account, vpc.region)]
        self.put(where, "NetworkInterfaces", item)
        if primary_of_host:
            return
        state = self.random.choice([(16, "running")] * 14 + [(80, "stopped"), (0, "pending")])
        self.put([(owner, vpc.region)], "Reservations", {"ReservationId": f"r-{instance}", "OwnerId": owner, "Instances": [
            {"InstanceId": instance, "ImageId": "ami-1", "InstanceType": "t3.micro", "VpcId": vpc.id, "SubnetId": subnet["SubnetId"],
             "State": {"Code": state[0], "Name": state[1]}, "PrivateIpAddress": addresses[0]["PrivateIpAddress"],
             "LaunchTime": "2026-01-01T00:00:00+00:00",
             "NetworkInterfaces": [{"NetworkInterfaceId": eni, "SubnetId": subnet["SubnetId"], "VpcId": vpc.id,
                                    "PrivateIpAddress": addresses[0]["PrivateIpAddress"]}]}]})

    def nat(self, vpc):
        subnet, eni = self.random.choice(vpc.subnets), self.id("eni")
        subnet["nat"] = True
        private, _ = self.address(subnet)
        vpc.nat, public = self.id("nat"), self.public_address() if self.chance(0.75) else None
        association = {"Association": {"PublicIp": public, "IpOwnerId": vpc.account}} if public else {}
        here = [(vpc.account, vpc.region)]
        self.put(here, "NetworkInterfaces", {
            "NetworkInterfaceId": eni, "SubnetId": subnet["SubnetId"], "VpcId": vpc.id, "OwnerId": vpc.account,
            "AvailabilityZone": subnet["AvailabilityZone"], "Description": f"Interface for NAT Gateway {vpc.nat}",
            "Status": "in-use", "InterfaceType": "nat_gateway", "RequesterManaged": True, "SourceDestCheck": False,
            "Groups": [], "PrivateIpAddress": private, "Ipv6Addresses": [],
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": private} | association],
            "Attachment": {"AttachmentId": "x", "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"}} | association)
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
        for group, owner in vpc.groups:
            ingress = [self.permission(vpc, named) for _ in range(self.random.choice([1, 2, 3, 4]))]
            egress = [ALL] if self.chance(0.8) else [self.permission(vpc, named) for _ in range(self.random.choice([0, 2, 4]))]
            if self.chance(0.55):
                ingress.append(ALL)
            self.put([(owner, vpc.region)], "SecurityGroups", {
                "GroupId": group, "GroupName": group, "Description": "", "VpcId": vpc.id, "OwnerId": owner,
                "IpPermissions": ingress, "IpPermissionsEgress": egress})

    def port_range(self):
        low, high = sorted(self.random.choices(PORTS, k=2))
        return self.random.choice([(low, high), (low, 65535), (0, high), (0, 65535)])

    def permission(self, vpc, named):
        protocol = self.random.choice(["tcp", "tcp", "tcp", "6", "udp", "17", "-1", "icmp", "1", "icmpv6", "58", "47"])
        rule = {"IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        if protocol in ("tcp", "6", "udp", "17"):
            rule["FromPort"], rule["ToPort"] = self.port_range()
        elif protocol in ("icmp", "1", "icmpv6", "58"):
            echo = 8 if protocol in ("icmp", "1") else 128
            rule["FromPort"], rule["ToPort"] = self.random.choice(
                [(-1, -1), (-1, -1), (echo, -1), (echo, 0), (echo, 1), (0, 0), (3, -1)])
        elif self.chance(0.4):
            rule["FromPort"], rule["ToPort"] = 0, 0
        for _ in range(self.random.choice([1, 1, 2])):
            kind = self.random.choice("44446lgggg")
            if kind == "4":
                rule["IpRanges"].append({"CidrIp": self.block4()})
            elif kind == "6":
                rule["Ipv6Ranges"].append({"CidrIpv6": self.block6()})
            elif kind == "l":
                rule["PrefixListIds"].append({"PrefixListId": vpc.list})
            else:
                group, owner = self.random.choice(named)
                rule["UserIdGroupPairs"].append({"GroupId": group, "UserId": owner})
        return rule

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
            always = [self.total(number, egress, "allow", block) for egress in (False, True)
                      for number, block in ((900, "0.0.0.0/0"), (901, "::/0")) if self.chance(0.91)]
            never = [self.total(number, egress, "deny", block) for egress in (False, True)
                     for number, block in ((32767, "0.0.0.0/0"), (32768, "::/0"))]
            entries = extra + always + never
            self.random.shuffle(entries)
            users = {vpc.account} | {s["user"] for s in subnets if vpc.users.get(s["user"])}
            self.put([(u, vpc.region) for u in sorted(users)], "NetworkAcls", {
                "NetworkAclId": id_, "VpcId": vpc.id, "OwnerId": vpc.account, "IsDefault": index == 0, "Entries": entries,
                "Associations": [{"NetworkAclAssociationId": f"x-{s['SubnetId']}", "NetworkAclId": id_, "SubnetId": s["SubnetId"]}
                                 for s in subnets]})

    def total(self, number, egress, action, block):
        return {"Egress": egress, "RuleNumber": number, "Protocol": "-1", "RuleAction": action,
                "Ipv6CidrBlock" if ":" in block else "CidrBlock": block}

    def entry(self, number, egress):
        six = self.chance(0.25)
        entry = self.total(number, egress, self.random.choice(["allow", "deny", "deny"]), self.block6() if six else self.block4())
        protocol = entry["Protocol"] = self.random.choice(["-1", "6", "6", "6", "17", "47", "58" if six else "1", "58"])
        if protocol in ("6", "17"):
            low, high = self.port_range()
            entry["PortRange"] = {"From": low, "To": high}
        elif protocol in ("1", "58"):
            kind, code = self.random.choice([(-1, -1), (8, -1), (0, 0), (128, 0), (129, -1), (3, 4)])
            entry["IcmpTypeCode"] = {"Type": kind, "Code": code}
        return entry

    # -- routes

    def tables(self, vpc):
        main = self.id("rtb")
        tables = [(main, [{"Main": True}], set())]
        for subnet in vpc.subnets:
            if self.chance(0.9 if subnet.get("nat") else 0.6):
                tables.append((self.id("rtb"), [{"Main": False, "SubnetId": subnet["SubnetId"]}], {subnet["user"]}))
        for id_, associations, users in tables:
            where = [(vpc.account, vpc.region)] + [(u, vpc.region) for u in users if vpc.users.get(u)]
            has_nat = any(s.get("nat") and s["SubnetId"] == associations[0].get("SubnetId", s["SubnetId"]) for s in vpc.subnets)
            routes = self.routes(vpc, has_nat)
            self.put(where, "RouteTables", {
                "RouteTableId": id_, "VpcId": vpc.id, "OwnerId": vpc.account, "PropagatingVgws": [], "Routes": routes,
                "Associations": [a | {"RouteTableId": id_, "RouteTableAssociationId": f"rtbassoc-{id_}",
                                      "AssociationState": {"State": "associated"}} for a in associations]})

        if vpc.igw and self.chance(0.12):
            self.edge_table(vpc)

    def edge_table(self, vpc):
        """What comes in by the internet gateway: a subnet's to an appliance, to itself, or nowhere."""
        id_, subnet = self.id("rtb"), self.random.choice(vpc.subnets)
        routes = [{"DestinationCidrBlock": b, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
                  for b in vpc.blocks if b != subnet["CidrBlock"]]
        routes.append({"DestinationCidrBlock": subnet["CidrBlock"], "Origin": "CreateRoute",
                       "NetworkInterfaceId": self.random.choice(vpc.enis)["NetworkInterfaceId"],
                       "State": self.random.choice(["active"] * 5 + ["blackhole"])})
        self.put([(vpc.account, vpc.region)], "RouteTables", {
            "RouteTableId": id_, "VpcId": vpc.id, "OwnerId": vpc.account, "PropagatingVgws": [], "Routes": routes,
            "Associations": [{"Main": False, "GatewayId": vpc.igw, "RouteTableId": id_, "RouteTableAssociationId": f"rtbassoc-{id_}",
                              "AssociationState": {"State": "associated"}}]})

    def routes(self, vpc, has_nat):
        routes = {}

        def add(block, member, target, origin="CreateRoute", active=True):
            destination = ("DestinationPrefixListId" if block.startswith("pl-") else
                           "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock")
            route = {destination: block, member: target, "Origin": origin, "State": "active" if active else "blackhole"}
            routes.setdefault((block, origin == "EnableVgwRoutePropagation"), route)

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
