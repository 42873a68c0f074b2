"""Random small organizations, as the tree of `describe-*` answers that `driftline import describe` reads.

    networks.py FOLDER COUNT SEED

writes FOLDER/1/describe/ACCOUNT/REGION/*.json and so on, and FOLDER/1/probes.ndjson with what to ask of it. Blocks
touch, repeat and overlap; subnets are at the ends of their blocks; ports sit at the ends of ranges.
"""

import ipaddress
import itertools
import json
import pathlib
import sys

from organization import Organization
from parts import Parts
from probes import probes

ACCOUNTS = ["111111111111", "222222222222", "333333333333", "444444444444"]
REGIONS = ["us-east-1", "eu-west-1"]
BLOCKS = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/17", "10.2.128.0/17", "10.3.0.0/20", "172.16.0.0/16", "192.168.0.0/20"]
PROBES = 60
ASSOCIATED = {"State": "associated"}
EMPTY = ["Vpcs", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups", "NetworkInterfaces", "InternetGateways",
         "EgressOnlyInternetGateways", "NatGateways", "VpcPeeringConnections", "TransitGateways", "PrefixLists",
         "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "TransitGatewayPeeringAttachments",
         "TransitGatewayRouteTables", "Reservations", "VpcEndpoints", "VpnGateways", "CarrierGateways", "Addresses",
         "VpcBlockPublicAccessExclusions", "LoadBalancers", "Listeners", "Rules", "TargetGroups",
         "LoadBalancerTargetHealth", "LoadBalancerAttributes", "TargetGroupAttributes", "LoadBalancerDescriptions"]


class Vpc:
    def __init__(self, id_, account, region, blocks, six):
        self.id, self.account, self.region, self.blocks, self.six = id_, account, region, blocks, six
        self.all_blocks = blocks + ([six] if six else [])
        self.subnets, self.groups, self.enis, self.ways = [], [], [], []
        self.igw = self.eigw = self.nat = self.vgw = None
        # With whom it is shared, and whether they are told of tables and ACLs.
        self.users = {}

    def info(self):
        return {"VpcId": self.id, "OwnerId": self.account, "Region": self.region, "CidrBlock": self.blocks[0],
                "CidrBlockSet": [{"CidrBlock": b} for b in self.blocks],
                "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": self.six}] if self.six else []}

    def overlaps(self, other):
        return any(ipaddress.ip_network(a).overlaps(ipaddress.ip_network(b)) for a in self.blocks for b in other.blocks)


class Maker(Parts):
    def __init__(self, seed, number):
        super().__init__(f"{seed}/{number}")
        self.accounts = self.random.sample(ACCOUNTS, self.random.choice([2, 3, 3, 4]))
        self.regions = REGIONS[:self.random.choice([1, 1, 2])]
        self.numbers = itertools.count(1)
        self.public = itertools.count(1)
        self.files = {(a, r): {key: [] for key in EMPTY} for a in self.accounts for r in self.regions}
        # Files below a folder's own, which are named after whose they are.
        self.inside = {}
        self.vpcs = []
        # The same letter is another zone in another account.
        self.zones = {a: self.random.choice([{"a": 1, "b": 2}, {"a": 2, "b": 1}]) for a in self.accounts}

    def id(self, kind):
        return f"{kind}-{next(self.numbers):08x}"

    def put(self, where, key, item):
        for scope in dict.fromkeys(where):
            self.files[scope][key].append(item)

    def organization(self):
        for _ in range(self.random.choice([2, 3, 3, 4])):
            self.vpcs.append(self.vpc())
        self.peerings = [p for pair in itertools.combinations(self.vpcs, 2) for p in self.peering(*pair)]
        self.gateways = [self.transit_gateway(region) for region in self.regions if self.chance(0.85)]
        if len(self.gateways) == 2 and self.chance(0.8):
            self.peer_gateways()
        for vpc in self.vpcs:
            self.prefix_lists(vpc)
            self.interfaces(vpc)
            self.balancers(vpc)
        for gateway in self.gateways:
            self.transit_tables(gateway)
        for vpc in self.vpcs:
            self.rules(vpc)
            self.acls(vpc)
            self.tables(vpc)
        for (account, region), files in self.files.items():
            files["VpcBlockPublicAccessOptions"] = {
                "AwsAccountId": account, "AwsRegion": region, "State": "update-complete",
                "InternetGatewayBlockMode": self.random.choice(["off"] * 14 + ["block-ingress", "block-bidirectional"])}
        if self.chance(0.2) and len(self.accounts) > 2:
            self.leave_out(self.random.choice(self.accounts))

    def leave_out(self, account):
        """Nobody has read this account; what others were told of it stays, if they have anything."""
        if all(e["OwnerId"] == account for v in self.vpcs for e in v.enis):
            return
        for region in self.regions:
            del self.files[account, region]

    # -- VPCs

    def vpc(self):
        account, region = self.random.choice(self.accounts), self.random.choice(self.regions)
        taken = [v.blocks[0] for v in self.vpcs]
        free = [b for b in BLOCKS if b not in taken]
        blocks = [self.random.choice(taken) if taken and self.chance(0.12) else self.random.choice(free)]
        number = next(self.numbers)
        if self.chance(0.25):
            blocks.append(f"100.64.{number}.0/24")
        vpc = Vpc(f"vpc-{number:08x}", account, region, blocks, f"2600:1f18:{number:x}:100::/56" if self.chance(0.5) else None)
        here = [(account, region)]
        vpc.described = {
            "VpcId": vpc.id, "OwnerId": account, "CidrBlock": blocks[0], "IsDefault": False, "State": "available",
            "CidrBlockAssociationSet": [{"AssociationId": f"a-{b}", "CidrBlock": b, "CidrBlockState": ASSOCIATED} for b in blocks],
            "Ipv6CidrBlockAssociationSet": [{
                "AssociationId": "a-6", "Ipv6CidrBlock": vpc.six, "Ipv6CidrBlockState": ASSOCIATED, "IpSource": "amazon",
                "Ipv6AddressAttribute": "public", "NetworkBorderGroup": region, "Ipv6Pool": "Amazon"}] if vpc.six else []}
        self.put(here, "Vpcs", vpc.described)
        places = [(blocks[0], 0), (blocks[0], -1)] + ([(blocks[1], 0)] if len(blocks) > 1 else [])
        for index, (block, at) in enumerate(places):
            self.subnet(vpc, index, list(ipaddress.ip_network(block).subnets(new_prefix=24))[at])
        if self.chance(0.75):
            vpc.igw = self.id("igw")
            attached = [{"State": "available", "VpcId": vpc.id}] if self.chance(0.94) else []
            self.put(here, "InternetGateways", {"InternetGatewayId": vpc.igw, "OwnerId": account, "Attachments": attached})
        if vpc.six and self.chance(0.5):
            vpc.eigw = self.id("eigw")
            self.put(here, "EgressOnlyInternetGateways", {
                "EgressOnlyInternetGatewayId": vpc.eigw, "Attachments": [{"State": "attached", "VpcId": vpc.id}]})
        if self.chance(0.15):
            vpc.vgw = self.id("vgw")
            self.put(here, "VpnGateways", {"VpnGatewayId": vpc.vgw, "State": "available", "Type": "ipsec.1",
                                           "VpcAttachments": [{"State": "attached", "VpcId": vpc.id}]})
        return vpc

    def subnet(self, vpc, index, block):
        letter = self.random.choice("ab")
        zone = self.zones[vpc.account][letter]
        six = f"{vpc.six.split('::')[0][:-2]}{index:02x}::/64" if vpc.six else None
        subnet = {"SubnetId": self.id("subnet"), "VpcId": vpc.id, "OwnerId": vpc.account, "CidrBlock": str(block),
                  "State": "available", "AvailabilityZone": f"{vpc.region}{letter}", "AvailabilityZoneId": f"{vpc.region}-az{zone}",
                  "Ipv6CidrBlockAssociationSet": [{"AssociationId": "a-6", "Ipv6CidrBlock": six, "Ipv6CidrBlockState": ASSOCIATED,
                                                   "Ipv6AddressAttribute": "public", "IpSource": "amazon"}] if six else []}
        vpc.subnets.append(subnet)
        self.put([(vpc.account, vpc.region)], "Subnets", subnet)
        subnet["user"] = self.random.choice(self.accounts) if self.chance(0.25) else vpc.account
        if subnet["user"] != vpc.account:
            own = next(l for l, z in self.zones[subnet["user"]].items() if z == zone)
            told = {k: v for k, v in subnet.items() if k != "user"} | {"AvailabilityZone": f"{vpc.region}{own}"}
            self.put([(subnet["user"], vpc.region)], "Subnets", told)
            if subnet["user"] not in vpc.users:
                # Whoever shares a VPC is told of it, and may be told of its tables and ACLs.
                self.put([(subnet["user"], vpc.region)], "Vpcs", vpc.described)
                vpc.users[subnet["user"]] = self.chance(0.5)

    # -- between VPCs

    def peering(self, one, other):
        if one.overlaps(other) or not self.chance(0.5):
            return []
        state = self.random.choice(["active"] * 8 + ["pending-acceptance", "deleted", "rejected"])
        peering = {"VpcPeeringConnectionId": self.id("pcx"), "Status": {"Code": state, "Message": ""},
                   "RequesterVpcInfo": one.info(), "AccepterVpcInfo": other.info()}
        self.put([(one.account, one.region), (other.account, other.region)], "VpcPeeringConnections", peering)
        for near, far in ((one, other), (other, one)):
            near.ways.append((far, "VpcPeeringConnectionId", peering["VpcPeeringConnectionId"], state == "active"))
        return [peering]

    def transit_gateway(self, region):
        owner = self.random.choice(self.accounts)
        gateway = {"id": self.id("tgw"), "owner": owner, "region": region, "attached": {}, "tables": [], "others": []}
        users = {owner} | {v.account for v in self.vpcs if v.region == region}
        options = {"SecurityGroupReferencingSupport": "enable"} if self.chance(0.4) else {}
        self.put([(a, region) for a in sorted(users)], "TransitGateways", {
            "TransitGatewayId": gateway["id"], "OwnerId": owner, "State": "available",
            "TransitGatewayArn": f"arn:aws:ec2:{region}:{owner}:transit-gateway/{gateway['id']}",
            "Options": options | {"DefaultRouteTableAssociation": "enable", "DefaultRouteTablePropagation": "enable"}})
        for _ in range(self.random.choice([1, 1, 2])):
            gateway["tables"].append(self.id("tgw-rtb"))
        for vpc in self.vpcs:
            if vpc.region == region and self.chance(0.85):
                self.attach(gateway, vpc)
        return gateway

    def association(self, gateway):
        if not self.chance(0.94):
            return {}
        return {"Association": {"State": "associated", "TransitGatewayRouteTableId": self.random.choice(gateway["tables"])}}

    def attach(self, gateway, vpc):
        by_zone = {}
        for subnet in self.random.sample(vpc.subnets, len(vpc.subnets)):
            by_zone.setdefault(subnet["AvailabilityZoneId"], subnet["SubnetId"])
        subnets = list(by_zone.values())
        if self.chance(0.2):
            subnets = subnets[:1]
        attachment, state = self.id("tgw-attach"), self.random.choice(["available"] * 12 + ["deleted"])
        six = "enable" if vpc.six and self.chance(0.7) else "disable"
        groups = {"SecurityGroupReferencingSupport": self.random.choice(["enable", "enable", "disable"])}
        where = [(vpc.account, vpc.region), (gateway["owner"], vpc.region)]
        self.put(where, "TransitGatewayVpcAttachments", {
            "TransitGatewayAttachmentId": attachment, "TransitGatewayId": gateway["id"], "VpcId": vpc.id,
            "VpcOwnerId": vpc.account, "State": state, "SubnetIds": subnets if state == "available" else [],
            "Options": {"DnsSupport": "enable", "Ipv6Support": six} | groups})
        self.put(where, "TransitGatewayAttachments", {
            "TransitGatewayAttachmentId": attachment, "TransitGatewayId": gateway["id"], "ResourceType": "vpc",
            "ResourceId": vpc.id, "ResourceOwnerId": vpc.account, "TransitGatewayOwnerId": gateway["owner"],
            "State": state} | (self.association(gateway) if state == "available" else {}))
        if state == "available":
            gateway["attached"][attachment] = vpc, six == "enable"
        vpc.ways.append((None, "TransitGatewayId", gateway["id"], state == "available"))

    def peer_gateways(self):
        one, other = self.gateways
        attachment, state = self.id("tgw-attach"), self.random.choice(["available"] * 6 + ["pendingAcceptance"])
        ends = [{"TransitGatewayId": g["id"], "OwnerId": g["owner"], "Region": g["region"]} for g in (one, other)]
        for near, far in ((one, other), (other, one)):
            here = [(near["owner"], near["region"])]
            self.put(here, "TransitGatewayPeeringAttachments", {
                "TransitGatewayAttachmentId": attachment, "State": state, "RequesterTgwInfo": ends[0], "AccepterTgwInfo": ends[1]})
            self.put(here, "TransitGatewayAttachments", {
                "TransitGatewayAttachmentId": attachment, "TransitGatewayId": near["id"], "ResourceType": "peering",
                "ResourceId": far["id"], "ResourceOwnerId": far["owner"], "TransitGatewayOwnerId": near["owner"],
                "State": state} | (self.association(near) if state == "available" else {}))
            near["others"].append((attachment, far, state == "available"))

    def transit_tables(self, gateway):
        here = gateway["owner"], gateway["region"]
        for table in gateway["tables"]:
            self.put([here], "TransitGatewayRouteTables", {
                "TransitGatewayRouteTableId": table, "TransitGatewayId": gateway["id"], "State": "available",
                "DefaultAssociationRouteTable": True, "DefaultPropagationRouteTable": True})
            self.inside[here, f"search-transit-gateway-routes/{table}"] = {"Routes": self.transit_routes(gateway)}

    def transit_routes(self, gateway):
        routes = {}

        def add(block, kind, attachment=None, resource=None, type_="vpc"):
            to = [{"TransitGatewayAttachmentId": attachment, "ResourceId": resource, "ResourceType": type_}] if attachment else []
            routes.setdefault((block, kind), {"DestinationCidrBlock": block, "Type": kind, "TransitGatewayAttachments": to,
                                              "State": "active" if attachment else "blackhole"})

        for attachment, (vpc, six) in gateway["attached"].items():
            for block in vpc.blocks + ([vpc.six] if six else []):
                if self.chance(0.85):
                    add(block, "propagated", attachment, vpc.id)
                if self.chance(0.06):
                    add(block, "static")
                if self.chance(0.06):
                    near = list(ipaddress.ip_network(block).subnets(prefixlen_diff=4))
                    add(str(self.random.choice([near[0], near[-1]])), "static")
        for attachment, far, available in gateway["others"]:
            for vpc in self.vpcs:
                if vpc.region == far["region"] and available:
                    for block in vpc.all_blocks:
                        if self.chance(0.9):
                            add(block, "static", attachment, far["id"], "peering")
        if gateway["attached"] and self.chance(0.6):
            # Mostly to a VPC that has a way out for all.
            with_nat = [a for a, (vpc, _) in gateway["attached"].items() if vpc.nat and self.chance(0.9)]
            attachment = self.random.choice(with_nat or list(gateway["attached"]))
            add("0.0.0.0/0", "static", attachment, gateway["attached"][attachment][0].id)
        elif self.chance(0.2):
            add("0.0.0.0/0", "static", self.id("tgw-attach"), self.id("vpn"), "vpn")
        return list(routes.values())

    # -- files

    def write(self, folder):
        for (account, region), files in self.files.items():
            here = folder / account / region
            here.mkdir(parents=True)
            for key, value in files.items():
                if isinstance(value, list):
                    value = [{k: v for k, v in item.items() if k not in ("user", "taken", "nat")} for item in value]
                    self.random.shuffle(value)
                (here / f"{key}.json").write_text(json.dumps({key: value}))
        for ((account, region), name), value in self.inside.items():
            if (account, region) in self.files:
                path = folder / account / region / f"{name}.json"
                path.parent.mkdir(exist_ok=True)
                path.write_text(json.dumps(value))


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for number in range(1, count + 1):
        maker = Maker(seed, number)
        maker.organization()
        here = folder / str(number)
        maker.write(here / "describe")
        asked = probes(Organization(here / "describe"), PROBES, f"{seed}/{number}")
        (here / "probes.ndjson").write_text("".join(json.dumps(one) + "\n" for one in asked))


if __name__ == "__main__":
    main()
