"""Random small networks with load balancers, as `aws ec2`, `aws elbv2` and `aws elb` print them.

    balanced_networks.py FOLDER COUNT SEED

writes COUNT networks, each of an account of its own, to FOLDER. Each has a VPC with two subnets for the nodes of load
balancers and two for targets, in two zones. Rules are about the internet, the subnets, single nodes and each other.
"""

import ipaddress
import pathlib
import sys

from networks import REGION, Maker, describe, write

from describe_balancers import Balancers, node

SUBNETS = {"fa": ("10.0.1.0/24", "a"), "fb": ("10.0.2.0/24", "b"), "ba": ("10.0.11.0/24", "a"), "bb": ("10.0.12.0/24", "b")}
# Near addresses that nodes and targets have, and what borders on them.
INSIDE4 = ["10.0.0.0", "10.0.1.0", "10.0.1.50", "10.0.1.51", "10.0.2.50", "10.0.11.10", "10.0.11.12", "10.0.12.10",
           "10.0.12.0", "10.0.16.0"]


class BalancedMaker(Maker, Balancers):
    # -- rules, which are about what is inside too

    def block4(self):
        if self.chance(0.4):
            return super().block4()
        address, length = self.random.choice(INSIDE4), self.random.choice([8, 16, 20, 23, 24, 24, 25, 31, 32])
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def block6(self):
        if self.chance(0.5) or not self.prefix:
            return super().block6()
        place = self.random.choice(["100::", "101::", "100::32", "110::a", "111::a"])
        length = self.random.choice([32, 56, 63, 64, 127, 128])
        return str(ipaddress.ip_network(f"{self.prefix}:{place}/{length}", strict=False))

    def routes(self, ids, locals_):
        """None for a part of the VPC: AWS does not say what such a route does to what a node sends."""
        def inside(route):
            block = ipaddress.ip_network(route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"])
            return any(block.version == own.version and block.subnet_of(own) for own in map(ipaddress.ip_network, locals_))
        return [route for route in super().routes(ids, locals_) if route.get("GatewayId") == "local" or not inside(route)]

    def rules(self, names, egress):
        """Of one direction, mostly with something that lets most of it pass."""
        made = [self.permission(self.source([], self.random.choice(names))) for _ in range(self.random.choice([0, 1, 2, 3]))]
        if self.chance(0.75 if egress else 0.5):
            made.append(describe.ALL)
        return made

    # -- the network

    def network(self):
        account = self.account
        self.ids = {kind: f"{kind}-{account}" for kind in ("vpc", "igw", "eigw", "vgw", "tgw", "nat")}
        self.prefix = f"2600:1f18:{int(account):x}" if self.chance(0.5) else None
        self.public = 0
        state = {"State": "associated"}
        block6 = {"AssociationId": "a-6", "Ipv6CidrBlockState": state, "Ipv6AddressAttribute": "public", "IpSource": "amazon"}
        vpc = {"VpcId": self.ids["vpc"], "OwnerId": account, "CidrBlock": "10.0.0.0/16", "IsDefault": False,
               "State": "available", "CidrBlockAssociationSet": [
                   {"AssociationId": "a-4", "CidrBlock": "10.0.0.0/16", "CidrBlockState": state}]}
        if self.prefix:
            vpc["Ipv6CidrBlockAssociationSet"] = [block6 | {
                "Ipv6CidrBlock": f"{self.prefix}:100::/56", "NetworkBorderGroup": REGION, "Ipv6Pool": "Amazon"}]
        self.subnets = {}
        for number, (name, (block, zone)) in enumerate(SUBNETS.items()):
            six = [block6 | {"Ipv6CidrBlock": f"{self.prefix}:{self.part6(number)}::/64"}] if self.prefix else []
            self.subnets[name] = {
                "SubnetId": f"subnet-{account}{name}", "VpcId": vpc["VpcId"], "OwnerId": account, "CidrBlock": block,
                "State": "available", "AvailabilityZone": f"{REGION}{zone}", "AvailabilityZoneId": f"use1-az-{zone}",
                "Ipv6CidrBlockAssociationSet": six}
        self.files = self.empty() | {"Vpcs": [vpc], "Subnets": list(self.subnets.values())}
        self.borders(vpc)
        self.groups(vpc)
        self.hosts()
        for number in range(self.random.choice([1, 1, 2])):
            self.balancer(number)
        return self.files

    def part6(self, number):
        """The part of an IPv6 address that tells the subnet."""
        return f"1{number // 2}{number % 2}"

    def empty(self):
        lists = ["PrefixLists", "VpcBlockPublicAccessExclusions", "CarrierGateways", "NatGateways", "Addresses",
                 "VpcPeeringConnections", "VpcEndpoints", "VpnGateways", "TransitGateways", "TransitGatewayAttachments",
                 "TransitGatewayRouteTables", "LoadBalancers", "Listeners", "Rules", "TargetGroups", "LoadBalancerAttributes",
                 "TargetGroupAttributes", "LoadBalancerTargetHealth", "LoadBalancerDescriptions", "NetworkInterfaces",
                 "Reservations", "RouteTables", "NetworkAcls", "SecurityGroups"]
        mode = self.random.choice(["off"] * 20 + ["block-ingress", "block-bidirectional"])
        return {key: [] for key in lists} | {"VpcBlockPublicAccessOptions": {
            "AwsAccountId": self.account, "AwsRegion": REGION, "State": "update-complete", "InternetGatewayBlockMode": mode}}

    def borders(self, vpc):
        """Gateways, route tables and network ACLs."""
        account, r = self.account, self.random
        attachments = [{"State": "available", "VpcId": vpc["VpcId"]}] if self.chance(0.95) else []
        self.files["InternetGateways"] = [{"InternetGatewayId": self.ids["igw"], "OwnerId": account, "Attachments": attachments}]
        self.files["EgressOnlyInternetGateways"] = [{"EgressOnlyInternetGatewayId": self.ids["eigw"],
                                                     "Attachments": [{"State": "attached", "VpcId": vpc["VpcId"]}]}]
        blocks = ["10.0.0.0/16"] + ([f"{self.prefix}:100::/56"] if self.prefix else [])
        self.files["RouteTables"].append(self.table(f"rtb-{account}main", self.ids, blocks, {"Main": True}))
        for name, subnet in self.subnets.items():
            if self.chance(0.6):
                own = {"SubnetId": subnet["SubnetId"]}
                self.files["RouteTables"].append(self.table(f"rtb-{account}{name}", self.ids, blocks, own))
        acls = [f"acl-{account}{number}" for number in range(r.choice([1, 2, 3]))]
        of = {name: r.choice(acls) for name in self.subnets}
        for index, acl in enumerate(acls):
            # One in three is as AWS makes it.
            entries = self.some_entries() if self.chance(0.65) else self.entries([], 1)
            subnets = [self.subnets[name]["SubnetId"] for name in of if of[name] == acl]
            self.files["NetworkAcls"].append(describe.network_acl(acl, vpc["VpcId"], account, index == 0, subnets, entries))

    def groups(self, vpc):
        names = [f"sg-{self.account}{kind}" for kind in ("l1", "l2", "t1", "t2")]
        for group in names:
            self.files["SecurityGroups"].append(describe.security_group(
                group, vpc["VpcId"], self.account, self.rules(names, False), self.rules(names, True)))
        self.of_balancers, self.of_targets = names[:2], names[2:]

    # -- interfaces

    def interface_in(self, name, number, groups, public, six, **more):
        """An interface with its address in a subnet, and whatever else it has."""
        subnet, account, called = self.subnets[name], int(self.account) % 65536, None
        if public:
            self.public += 1
            called = f"{53 + self.public}.2.{account >> 8}.{account & 255}"
        address = describe.private(str(ipaddress.ip_network(subnet["CidrBlock"])[number]), called)
        sixes = [f"{self.prefix}:{self.part6(list(SUBNETS).index(name))}::{number:x}"] if six and self.prefix else []
        eni = describe.interface(f"eni-{self.account}{name}{number}", subnet, self.account, groups, [address], sixes, **more)
        self.files["NetworkInterfaces"].append(eni)
        return eni

    def hosts(self):
        """Instances, of which some have a second interface, address, or public address."""
        self.instances = []
        for number in range(self.random.choice([1, 2, 3, 3])):
            name = self.random.choice(["ba", "bb", "ba", "bb", "fa", "fb"])
            instance = f"i-{self.account}{number}"

            def groups():
                return self.random.sample(self.of_targets, self.random.choice([1, 1, 2]))

            eni = self.interface_in(name, 10 + 2 * number, groups(), self.chance(0.2), self.chance(0.7),
                                    Attachment=describe.attached(instance, self.account))
            if self.chance(0.2):
                second = f"{eni['PrivateIpAddress'][:-2]}{30 + number}"
                eni["PrivateIpAddresses"].append(describe.private(second, primary=False))
            enis = [eni]
            if self.chance(0.2):
                enis.append(self.interface_in(name, 20 + number, groups(), False, False,
                                              Attachment=describe.attached(instance, self.account, 1)))
            state = self.random.choice([(16, "running")] * 8 + [(80, "stopped"), (0, "pending")])
            self.instances.append((instance, enis))
            self.files["Reservations"].append(describe.reservation(instance, self.account, state, enis))

    # -- load balancers

    def put_balancing(self, key, item):
        self.files[key].append(item)

    def balancer(self, number):
        kind = self.random.choice(["network", "network", "application", "classic"])
        places = self.random.choice([["fa"], ["fb"], ["fa", "fb"], ["fa", "fb"]])
        facing = self.chance(0.9)
        types = {"classic": ["ipv4"], "network": ["ipv4", "dualstack"],
                 "application": ["ipv4", "dualstack", "dualstack-without-public-ipv4"]}[kind]
        type_ = self.random.choice(types) if self.prefix else "ipv4"
        if type_ == "dualstack-without-public-ipv4" and not facing:
            type_ = "dualstack"
        least = 0 if kind == "network" else 1
        groups = self.random.sample(self.of_balancers, self.random.choice([least, 1, 1, 2]))
        name = f"lb{number}"
        # Classic balancers of two accounts may have one name.
        short = name if kind == "classic" else f"{'net' if kind == 'network' else 'app'}/{name}/{self.account}"
        more = node(short, kind) if facing else node(short, kind, DenyAllIgwTraffic=True)
        for place in places:
            has_public = facing and type_ != "dualstack-without-public-ipv4"
            self.interface_in(place, 50 + number, groups, has_public, type_ != "ipv4", **more)
        subnets = [self.subnets[place] for place in places]
        if kind == "classic":
            self.classic(name, facing, groups, subnets)
            return
        arn = f"arn:aws:elasticloadbalancing:{REGION}:{self.account}:loadbalancer/{short}"
        self.current(arn, kind, facing, self.ids["vpc"], type_, groups, subnets)
        zones = [subnet["AvailabilityZone"] for subnet in subnets]
        for port in self.random.sample(self.LISTENED, self.random.choice([1, 2, 3])):
            self.listener(arn, kind, self.ids["vpc"], port, self.possible_targets(zones), type_)

    def classic(self, name, facing, groups, subnets):
        instances = self.random.sample(self.instances, self.random.randint(0, len(self.instances)))
        listeners = [{"Listener": {"Protocol": self.random.choice(["HTTP", "TCP", "HTTPS", "SSL"]), "LoadBalancerPort": port,
                                   "InstanceProtocol": "TCP", "InstancePort": self.random.choice(self.LISTENED)},
                      "PolicyNames": []} for port in self.random.sample(self.LISTENED, self.random.choice([1, 2]))]
        self.put_balancing("LoadBalancerDescriptions", {
            "LoadBalancerName": name, "Scheme": "internet-facing" if facing else "internal", "VPCId": self.ids["vpc"],
            "DNSName": f"{name}-1.elb.{REGION}.amazonaws.com", "CreatedTime": "2026-01-01T00:00:00+00:00",
            "ListenerDescriptions": listeners, "BackendServerDescriptions": [], "SecurityGroups": groups,
            "AvailabilityZones": [subnet["AvailabilityZone"] for subnet in subnets],
            "Subnets": [subnet["SubnetId"] for subnet in subnets],
            "Instances": [{"InstanceId": instance} for instance, _ in instances]})
        self.files[f"describe-load-balancer-attributes/{name}"] = {"LoadBalancerAttributes": {
            "CrossZoneLoadBalancing": {"Enabled": self.chance(0.5)}, "AccessLog": {"Enabled": False},
            "ConnectionDraining": {"Enabled": False}, "ConnectionSettings": {"IdleTimeout": 60}}}

    def possible_targets(self, zones):
        """Instances, or addresses of their interfaces, and whether they are in one of the zones."""
        def targets(type_of, six):
            for instance, enis in self.instances:
                near = enis[0]["AvailabilityZone"] in zones
                if type_of == "instance":
                    yield instance, near
                elif six:
                    yield from ((address["Ipv6Address"], near) for eni in enis for address in eni["Ipv6Addresses"])
                else:
                    yield from ((a["PrivateIpAddress"], near) for eni in enis for a in eni["PrivateIpAddresses"])
        return targets


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for number in range(1, count + 1):
        account = f"{number:012}"
        write(folder, account, BalancedMaker(seed, account).network())


if __name__ == "__main__":
    main()
