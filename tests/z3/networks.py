"""Random small networks, as `aws ec2 describe-*` prints them.

    networks.py FOLDER COUNT SEED

writes COUNT networks, each of an account of its own, to FOLDER/before, and the same networks with one thing changed
to FOLDER/after. Addresses come from few places, and prefixes are of few lengths, so that blocks touch, overlap and
repeat; ports and types sit at the ends of their ranges.
"""

import copy
import ipaddress
import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import describe

REGION = "us-east-1"
STATES = [(16, "running")] * 6 + [(80, "stopped"), (0, "pending")]
PLACES4 = ["0.0.0.0", "128.0.0.0", "52.0.0.0", "52.0.0.128", "52.0.1.0", "53.0.0.0", "198.41.0.4", "10.0.0.0",
           "203.0.113.0", "255.255.255.255", "9.255.255.255", "11.0.0.0", "52.20.0.0"]
LENGTHS4 = [0, 1, 1, 7, 8, 24, 25, 31, 32]
PLACES6 = ["::", "8000::", "2000::", "2600::", "2600:1f18::", "2600:1f18::8000:0:0:0", "2a00:1450::", "2001:db8::",
           "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
LENGTHS6 = [0, 1, 3, 16, 32, 64, 65, 127, 128]


class Maker(describe.Rules):
    def __init__(self, seed, account):
        super().__init__(f"{seed}/{account}")
        self.account = account

    def block4(self):
        address, length = self.random.choice(PLACES4), self.random.choice(LENGTHS4)
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def block6(self):
        address, length = self.random.choice(PLACES6), self.random.choice(LENGTHS6)
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    # -- the parts

    def source(self, lists, group):
        """What a rule may have beside blocks: one of these lists, or else the group."""
        def add(rule, kind):
            if kind == "l" and lists:
                rule["PrefixListIds"].append({"PrefixListId": self.random.choice(lists)["PrefixListId"]})
            else:
                rule["UserIdGroupPairs"].append({"GroupId": group, "UserId": self.account})
        return add

    def some_entries(self):
        drawn = [self.entry(number, egress) for egress in (False, True)
                 for number in self.random.sample(range(1, 400), self.random.randint(0, 7))]
        return self.entries(drawn, 0.8)

    def routes(self, ids, locals_):
        routes = {block: describe.local(block) for block in locals_}

        def add(block, target=None):
            six = ":" in block
            target = target or self.random.choice(
                [("GatewayId", ids["igw"])] * 4 + [("GatewayId", ids["vgw"]), ("TransitGatewayId", ids["tgw"])]
                + ([("EgressOnlyInternetGatewayId", ids["eigw"])] if six else [("NatGatewayId", ids["nat"])]))
            routes.setdefault(block, describe.route(block, target, active=not self.chance(0.12)))

        gateway = ("GatewayId", ids["igw"])
        for block in self.random.choice([["0.0.0.0/0"], ["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], []]):
            add(block, gateway if self.chance(0.9) else None)
        for block in self.random.choice([["::/0"], ["2000::/3"], ["::/1", "8000::/1"], []]):
            add(block, gateway if self.chance(0.9) else None)
        for _ in range(self.random.choice([0, 0, 1, 2, 3])):
            block = self.block4() if self.chance(0.6) else self.block6()
            if ipaddress.ip_network(block).prefixlen > 0:
                add(block)
        routes = list(routes.values())
        self.random.shuffle(routes)
        return routes

    # -- the whole

    def network(self):
        account, r = self.account, self.random
        kinds = ["vpc", "subnet", "igw", "eigw", "vgw", "tgw", "nat", "acl", "sg", "sgb", "rtb", "rtbm", "eni", "i"]
        ids = {kind: f"{kind.replace('sgb', 'sg').replace('rtbm', 'rtb')}-{account}{'b' if kind in ('sgb', 'rtbm') else ''}"
               for kind in kinds}
        six = self.chance(0.6)
        # IPv6 addresses are nobody else's.
        prefix = f"2600:1f18:{int(account):x}"
        cidrs = ["10.0.0.0/16"] + (["52.20.0.0/16"] if self.chance(0.15) else [])
        state = {"State": "associated"}
        vpc = {"VpcId": ids["vpc"], "OwnerId": account, "CidrBlock": cidrs[0], "IsDefault": False, "State": "available",
               "CidrBlockAssociationSet": [{"AssociationId": f"a-{i}", "CidrBlock": c, "CidrBlockState": state}
                                           for i, c in enumerate(cidrs)]}
        subnet = {"SubnetId": ids["subnet"], "VpcId": ids["vpc"], "OwnerId": account, "CidrBlock": "10.0.1.0/24",
                  "State": "available", "AvailabilityZone": f"{REGION}a", "Ipv6CidrBlockAssociationSet": []}
        if six:
            block = {"AssociationId": "a-6", "Ipv6CidrBlockState": state, "Ipv6AddressAttribute": "public",
                     "IpSource": "amazon"}
            vpc["Ipv6CidrBlockAssociationSet"] = [
                block | {"Ipv6CidrBlock": f"{prefix}:100::/56", "NetworkBorderGroup": REGION, "Ipv6Pool": "Amazon"}]
            subnet["Ipv6CidrBlockAssociationSet"] = [block | {"Ipv6CidrBlock": f"{prefix}:100::/64"}]
            cidrs.append(f"{prefix}:100::/56")
        lists = []
        for i in range(r.choice([0, 1, 2])):
            blocks = [self.block4() if i == 0 else self.block6() for _ in range(r.randint(0, 4))]
            family = "IPv4" if i == 0 else "IPv6"
            lists.append(describe.prefix_list(f"pl-{account}{i}", account, REGION, family) | {"blocks": sorted(set(blocks))})
        groups = [ids["sg"], ids["sgb"]][: r.choice([1, 2])]
        # Explicit association or the VPC's main table, with another table that has nothing to do with the subnet.
        main, own = {"Main": True}, {"SubnetId": ids["subnet"]}
        associated = r.choice([main, own])
        tables = [self.table(ids["rtb"], ids, cidrs, associated)]
        if associated is own:
            tables.append(self.table(ids["rtbm"], ids, cidrs, main))
        interfaces = [self.interface(ids, subnet, groups, [f"{prefix}:100::a"] * six)]
        if self.chance(0.25):
            interfaces.append(self.appliance(ids, subnet))
            tables.append(self.edge_table(ids, cidrs, [subnet["CidrBlock"]] + [f"{prefix}:100::/64"] * six))
        attachments = [{"State": "available", "VpcId": ids["vpc"]}] if self.chance(0.93) else []
        mode = r.choice(["off"] * 12 + ["block-ingress", "block-bidirectional"])
        exclusions = []
        if mode != "off" and self.chance(0.5):
            kind = r.choice(["vpc", "subnet"])
            exclusions.append({
                "ExclusionId": f"vpcbpa-exclude-{account}", "State": r.choice(["create-complete", "delete-complete"]),
                "ResourceArn": f"arn:aws:ec2:{REGION}:{account}:{kind}/{ids[kind]}",
                "InternetGatewayExclusionMode": r.choice(["allow-bidirectional", "allow-egress"])})
        return {
            "Vpcs": [vpc], "Subnets": [subnet], "RouteTables": tables, "PrefixLists": lists,
            "InternetGateways": [{"InternetGatewayId": ids["igw"], "OwnerId": account, "Attachments": attachments}],
            "EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": ids["eigw"],
                                            "Attachments": [{"State": "attached", "VpcId": ids["vpc"]}]}],
            "NetworkAcls": [describe.network_acl(ids["acl"], ids["vpc"], account, True, [ids["subnet"]], self.some_entries())],
            "SecurityGroups": [
                describe.security_group(group, ids["vpc"], account, [
                    self.permission(self.source(lists, r.choice(groups))) for _ in range(r.randint(1, 6))], [])
                for group in (ids["sg"], ids["sgb"])],
            "NetworkInterfaces": interfaces,
            "Reservations": [describe.reservation(ids["i"], account, self.random.choice(STATES), interfaces[:1])],
            "VpcBlockPublicAccessOptions": {"AwsAccountId": account, "AwsRegion": REGION, "State": "update-complete",
                                            "InternetGatewayBlockMode": mode},
            "VpcBlockPublicAccessExclusions": exclusions,
            "CarrierGateways": [], "NatGateways": [], "Addresses": [], "VpcPeeringConnections": [], "VpcEndpoints": [],
            "VpnGateways": [], "TransitGateways": [], "TransitGatewayAttachments": [], "TransitGatewayRouteTables": [],
            "LoadBalancers": [], "LoadBalancerListeners": [], "TargetGroups": [], "LoadBalancerTargetHealth": [],
            "LoadBalancerDescriptions": [],
        }

    def table(self, id_, ids, cidrs, association):
        return describe.route_table(id_, ids["vpc"], self.account, association, self.routes(ids, cidrs))

    def appliance(self, ids, subnet):
        """An interface that the gateway's edge may send to first."""
        return describe.interface(f"{ids['eni']}b", subnet, self.account, [ids["sgb"]], [describe.private("10.0.1.20")], [],
                                  SourceDestCheck=self.chance(0.2))

    def edge_table(self, ids, locals_, subnets):
        """What comes in by the internet gateway: as AWS takes it, to whole blocks of the VPC or of a subnet."""
        id_ = f"{ids['rtb']}e"
        routes = []
        for block in locals_ + subnets:
            local = block in locals_ or self.chance(0.2)
            target = ("GatewayId", "local") if local else (
                "NetworkInterfaceId", self.random.choice([f"{ids['eni']}b"] * 3 + [ids["eni"]]))
            routes.append(describe.route(block, target, active=local or not self.chance(0.15)))
        self.random.shuffle(routes)
        return describe.route_table(id_, ids["vpc"], self.account, {"GatewayId": ids["igw"]}, routes)

    def interface(self, ids, subnet, groups, sixes):
        number = int(self.account) % 65536
        addresses = []
        for index, there in enumerate([True, self.chance(0.2)]):
            if there:
                public = f"{54 + index}.1.{number >> 8}.{number & 255}" if self.chance(0.92) else None
                addresses.append(describe.private(f"10.0.1.{10 + index}", public, index == 0, self.account))
        eni = describe.interface(ids["eni"], subnet, self.account, groups, addresses, sixes,
                                 Attachment=describe.attached(ids["i"], self.account))
        if "Association" in addresses[0] and self.chance(0.1):
            # Some endpoints name it in one place alone.
            del addresses[0]["Association"]
        return eni

    def change(self, network):
        """The network after one edit; now and then after one that means nothing."""
        after = copy.deepcopy(network)
        acl, group, table = after["NetworkAcls"][0], after["SecurityGroups"][0], after["RouteTables"][0]
        kind = self.random.choice(["rule", "rule", "unrule", "entry", "unentry", "route", "gateway", "list", "nothing"])
        if kind == "rule":
            group["IpPermissions"].append(self.permission(self.source(after["PrefixLists"], group["GroupId"])))
        elif kind == "unrule" and group["IpPermissions"]:
            group["IpPermissions"].pop()
        elif kind == "entry":
            egress = self.chance(0.4)
            acl["Entries"].append(self.entry(self.random.randint(400, 899), egress))
        elif kind == "unentry":
            own = [entry for entry in acl["Entries"] if entry["RuleNumber"] < 32767]
            if own:
                acl["Entries"].remove(self.random.choice(own))
        elif kind == "route":
            own = [route for route in table["Routes"] if route.get("GatewayId") != "local"]
            if own:
                table["Routes"].remove(self.random.choice(own))
        elif kind == "gateway":
            gateway = after["InternetGateways"][0]
            vpc = after["Vpcs"][0]["VpcId"]
            gateway["Attachments"] = [] if gateway["Attachments"] else [{"State": "available", "VpcId": vpc}]
        elif kind == "list" and after["PrefixLists"]:
            chosen = self.random.choice(after["PrefixLists"])
            block = self.block4() if chosen["AddressFamily"] == "IPv4" else self.block6()
            chosen["blocks"] = sorted(set(chosen["blocks"]) | {block})
            chosen["Version"] = 2
        else:
            for permissions in (g["IpPermissions"] for g in after["SecurityGroups"]):
                self.random.shuffle(permissions)
            self.random.shuffle(acl["Entries"])
        return after


def write(folder, account, network):
    here = folder / account / REGION
    here.mkdir(parents=True)
    for key, value in network.items():
        if key in ("Listeners", "Rules") and not value:
            # AWS prints them of one balancer or listener, and there is none.
            continue
        if key == "PrefixLists":
            (here / "get-managed-prefix-list-entries").mkdir()
            for one in value:
                entries = [{"Cidr": block} for block in one["blocks"]]
                path = here / "get-managed-prefix-list-entries" / f"{one['PrefixListId']}.json"
                path.write_text(json.dumps({"Entries": entries}))
            value = [{k: v for k, v in one.items() if k != "blocks"} for one in value]
        # A file that is named after what it is of says itself what is in it.
        path = here / f"{key}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value if "/" in key else {key: value}))


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for number in range(1, count + 1):
        account = f"{number:012}"
        maker = Maker(seed, account)
        network = maker.network()
        write(folder / "before", account, network)
        write(folder / "after", account, maker.change(network))


if __name__ == "__main__":
    main()
