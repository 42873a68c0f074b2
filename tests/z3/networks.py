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
import random
import sys

REGION = "us-east-1"
PLACES4 = ["0.0.0.0", "128.0.0.0", "52.0.0.0", "52.0.0.128", "52.0.1.0", "53.0.0.0", "198.41.0.4", "10.0.0.0",
           "203.0.113.0", "255.255.255.255", "9.255.255.255", "11.0.0.0", "52.20.0.0"]
LENGTHS4 = [0, 1, 1, 7, 8, 24, 25, 31, 32]
PLACES6 = ["::", "8000::", "2000::", "2600::", "2600:1f18::", "2600:1f18::8000:0:0:0", "2a00:1450::", "2001:db8::",
           "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
LENGTHS6 = [0, 1, 3, 16, 32, 64, 65, 127, 128]
PORTS = [0, 1, 21, 22, 23, 79, 80, 443, 1023, 1024, 32767, 32768, 49152, 65534, 65535]


class Maker:
    def __init__(self, seed, account):
        self.random = random.Random(f"{seed}/{account}")
        self.account = account

    def chance(self, share):
        return self.random.random() < share

    def block4(self):
        address, length = self.random.choice(PLACES4), self.random.choice(LENGTHS4)
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def block6(self):
        address, length = self.random.choice(PLACES6), self.random.choice(LENGTHS6)
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def port_range(self):
        low, high = sorted(self.random.choices(PORTS, k=2))
        return self.random.choice([(low, high), (low, low), (0, 65535)])

    # -- the parts

    def permission(self, lists, group):
        protocol = self.random.choice(["tcp", "tcp", "6", "udp", "17", "-1", "icmp", "1", "icmpv6", "58", "47", "50"])
        rule = {"IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        if protocol in ("tcp", "6", "udp", "17"):
            rule["FromPort"], rule["ToPort"] = self.port_range()
        elif protocol in ("icmp", "1", "icmpv6", "58"):
            echo = 8 if protocol in ("icmp", "1") else 128
            rule["FromPort"], rule["ToPort"] = self.random.choice(
                [(-1, -1), (echo, -1), (echo, 0), (3, 4), (0, 0), (255, 255), (13, -1)])
            if protocol in ("icmpv6", "58") and self.chance(0.3):
                del rule["FromPort"], rule["ToPort"]
        elif self.chance(0.4):
            # Terraform writes ports beside protocols that have none.
            rule["FromPort"], rule["ToPort"] = 0, 0
        for _ in range(self.random.choice([1, 1, 2, 3])):
            kind = self.random.choice("44446666lg")
            if kind == "4":
                rule["IpRanges"].append({"CidrIp": self.block4()})
            elif kind == "6":
                rule["Ipv6Ranges"].append({"CidrIpv6": self.block6()})
            elif kind == "l" and lists:
                rule["PrefixListIds"].append({"PrefixListId": self.random.choice(lists)["PrefixListId"]})
            else:
                rule["UserIdGroupPairs"].append({"GroupId": group, "UserId": self.account})
        return rule

    def entry(self, number, egress):
        six = self.chance(0.35)
        protocol = self.random.choice(["-1", "-1", "6", "6", "6", "17", "47", "58" if six else "1", "58"])
        entry = {"Egress": egress, "RuleNumber": number, "Protocol": protocol,
                 "RuleAction": self.random.choice(["allow", "allow", "deny"])}
        entry["Ipv6CidrBlock" if six else "CidrBlock"] = self.block6() if six else self.block4()
        if protocol in ("6", "17"):
            low, high = self.port_range()
            entry["PortRange"] = {"From": low, "To": high}
        elif protocol in ("1", "58"):
            kind, code = self.random.choice([(-1, -1), (8, -1), (0, 0), (128, 0), (129, -1), (129, 0), (3, 4), (14, 0)])
            entry["IcmpTypeCode"] = {"Type": kind, "Code": code}
        return entry

    def entries(self):
        entries = []
        for egress in (False, True):
            numbers = self.random.sample(range(1, 400), self.random.randint(0, 7))
            entries += [self.entry(number, egress) for number in numbers]
            if self.chance(0.8):
                entries.append({"Egress": egress, "RuleNumber": 900, "Protocol": "-1", "RuleAction": "allow",
                                "CidrBlock": "0.0.0.0/0"})
            if self.chance(0.8):
                entries.append({"Egress": egress, "RuleNumber": 901, "Protocol": "-1", "RuleAction": "allow",
                                "Ipv6CidrBlock": "::/0"})
            entries.append({"Egress": egress, "RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny",
                            "CidrBlock": "0.0.0.0/0"})
            entries.append({"Egress": egress, "RuleNumber": 32768, "Protocol": "-1", "RuleAction": "deny",
                            "Ipv6CidrBlock": "::/0"})
        self.random.shuffle(entries)
        return entries

    def routes(self, ids, locals_):
        routes = {}
        for block in locals_:
            member = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
            routes[block] = {member: block, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}

        def add(block, target=None):
            six = ":" in block
            target = target or self.random.choice(
                [("GatewayId", ids["igw"])] * 4 + [("GatewayId", ids["vgw"]), ("TransitGatewayId", ids["tgw"])]
                + ([("EgressOnlyInternetGatewayId", ids["eigw"])] if six else [("NatGatewayId", ids["nat"])]))
            member = "DestinationIpv6CidrBlock" if six else "DestinationCidrBlock"
            route = {member: block, target[0]: target[1], "Origin": "CreateRoute",
                     "State": "blackhole" if self.chance(0.12) else "active"}
            routes.setdefault(block, route)

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
            lists.append({"PrefixListId": f"pl-{account}{i}", "PrefixListName": f"list {i}", "OwnerId": account,
                          "AddressFamily": "IPv4" if i == 0 else "IPv6", "State": "create-complete", "MaxEntries": 10,
                          "Version": 1, "PrefixListArn": f"arn:aws:ec2:{REGION}:{account}:prefix-list/pl-{account}{i}",
                          "blocks": sorted(set(blocks))})
        groups = [ids["sg"], ids["sgb"]][: r.choice([1, 2])]
        # Explicit association or the VPC's main table, with another table that has nothing to do with the subnet.
        main, own = {"Main": True}, {"Main": False, "SubnetId": ids["subnet"]}
        associated = r.choice([main, own])
        tables = [self.table(ids["rtb"], ids, cidrs, associated)]
        if associated is own:
            tables.append(self.table(ids["rtbm"], ids, cidrs, main))
        interfaces = [self.interface(ids, groups, f"{prefix}:100::a" if six else None)]
        if self.chance(0.25):
            interfaces.append(self.appliance(ids))
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
            "NetworkAcls": [{"NetworkAclId": ids["acl"], "VpcId": ids["vpc"], "OwnerId": account, "IsDefault": True,
                             "Associations": [{"NetworkAclAssociationId": "x", "NetworkAclId": ids["acl"],
                                               "SubnetId": ids["subnet"]}], "Entries": self.entries()}],
            "SecurityGroups": [
                {"GroupId": group, "GroupName": f"name-{group}", "Description": "", "VpcId": ids["vpc"],
                 "OwnerId": account, "IpPermissionsEgress": [],
                 "IpPermissions": [self.permission(lists, r.choice(groups)) for _ in range(r.randint(1, 6))]}
                for group in (ids["sg"], ids["sgb"])],
            "NetworkInterfaces": interfaces,
            "Reservations": [self.reservation(ids)],
            "VpcBlockPublicAccessOptions": {"AwsAccountId": account, "AwsRegion": REGION, "State": "update-complete",
                                            "InternetGatewayBlockMode": mode},
            "VpcBlockPublicAccessExclusions": exclusions,
            "CarrierGateways": [], "NatGateways": [], "Addresses": [], "VpcPeeringConnections": [], "VpcEndpoints": [],
            "VpnGateways": [], "TransitGateways": [], "TransitGatewayAttachments": [], "TransitGatewayRouteTables": [],
            "LoadBalancers": [], "LoadBalancerListeners": [], "TargetGroups": [], "LoadBalancerTargetHealth": [],
            "LoadBalancerDescriptions": [],
        }

    def table(self, id_, ids, cidrs, association):
        return {"RouteTableId": id_, "VpcId": ids["vpc"], "OwnerId": self.account, "PropagatingVgws": [],
                "Associations": [association | {"RouteTableId": id_, "RouteTableAssociationId": f"rtbassoc-{id_}",
                                                "AssociationState": {"State": "associated"}}],
                "Routes": self.routes(ids, cidrs)}

    def appliance(self, ids):
        """An interface that the gateway's edge may send to first."""
        address = "10.0.1.20"
        return {"NetworkInterfaceId": f"{ids['eni']}b", "SubnetId": ids["subnet"], "VpcId": ids["vpc"],
                "OwnerId": self.account, "AvailabilityZone": f"{REGION}a", "Description": "", "Status": "in-use",
                "InterfaceType": "interface", "RequesterManaged": False, "SourceDestCheck": self.chance(0.2),
                "Groups": [{"GroupId": ids["sgb"], "GroupName": f"name-{ids['sgb']}"}], "PrivateIpAddress": address,
                "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}], "Ipv6Addresses": []}

    def edge_table(self, ids, locals_, subnets):
        """What comes in by the internet gateway: as AWS takes it, to whole blocks of the VPC or of a subnet."""
        id_ = f"{ids['rtb']}e"
        routes = []
        for block in locals_ + subnets:
            member = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
            local = block in locals_ or self.chance(0.2)
            target = ("GatewayId", "local") if local else (
                "NetworkInterfaceId", self.random.choice([f"{ids['eni']}b"] * 3 + [ids["eni"]]))
            state = "blackhole" if not local and self.chance(0.15) else "active"
            routes.append({member: block, target[0]: target[1], "Origin": "CreateRoute", "State": state})
        self.random.shuffle(routes)
        return {"RouteTableId": id_, "VpcId": ids["vpc"], "OwnerId": self.account, "PropagatingVgws": [], "Routes": routes,
                "Associations": [{"Main": False, "GatewayId": ids["igw"], "RouteTableId": id_,
                                  "RouteTableAssociationId": f"rtbassoc-{id_}", "AssociationState": {"State": "associated"}}]}

    def interface(self, ids, groups, six):
        number = int(self.account) % 65536
        addresses = []
        for index, public in enumerate([True, self.chance(0.2)]):
            if index and not public:
                continue
            address = {"Primary": index == 0, "PrivateIpAddress": f"10.0.1.{10 + index}"}
            if self.chance(0.92):
                address["Association"] = {"PublicIp": f"{54 + index}.1.{number >> 8}.{number & 255}",
                                          "IpOwnerId": self.account}
            addresses.append(address)
        eni = {"NetworkInterfaceId": ids["eni"], "SubnetId": ids["subnet"], "VpcId": ids["vpc"],
               "OwnerId": self.account, "AvailabilityZone": f"{REGION}a", "Description": "", "Status": "in-use",
               "InterfaceType": "interface", "RequesterManaged": False, "SourceDestCheck": True,
               "Groups": [{"GroupId": group, "GroupName": f"name-{group}"} for group in groups],
               "PrivateIpAddress": addresses[0]["PrivateIpAddress"], "PrivateIpAddresses": addresses,
               "Ipv6Addresses": [{"Ipv6Address": six}] if six else [],
               "Attachment": {"AttachmentId": "x", "DeviceIndex": 0, "InstanceId": ids["i"], "Status": "attached",
                              "InstanceOwnerId": self.account}}
        if "Association" in addresses[0]:
            eni["Association"] = addresses[0]["Association"]
            if self.chance(0.1):
                # Some endpoints name it in one place alone.
                del addresses[0]["Association"]
        return eni

    def reservation(self, ids):
        state = self.random.choice([(16, "running")] * 6 + [(80, "stopped"), (0, "pending")])
        return {"ReservationId": f"r-{self.account}", "OwnerId": self.account, "Instances": [
            {"InstanceId": ids["i"], "ImageId": "ami-1", "InstanceType": "t3.micro", "VpcId": ids["vpc"],
             "SubnetId": ids["subnet"], "State": {"Code": state[0], "Name": state[1]}, "PrivateIpAddress": "10.0.1.10",
             "LaunchTime": "2026-01-01T00:00:00+00:00",
             "NetworkInterfaces": [{"NetworkInterfaceId": ids["eni"], "SubnetId": ids["subnet"], "VpcId": ids["vpc"],
                                    "PrivateIpAddress": "10.0.1.10"}]}]}

    def change(self, network):
        """The network after one edit; now and then after one that means nothing."""
        after = copy.deepcopy(network)
        acl, group, table = after["NetworkAcls"][0], after["SecurityGroups"][0], after["RouteTables"][0]
        kind = self.random.choice(["rule", "rule", "unrule", "entry", "unentry", "route", "gateway", "list", "nothing"])
        if kind == "rule":
            group["IpPermissions"].append(self.permission(after["PrefixLists"], group["GroupId"]))
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
        if key == "PrefixLists":
            (here / "get-managed-prefix-list-entries").mkdir()
            for one in value:
                entries = [{"Cidr": block} for block in one["blocks"]]
                path = here / "get-managed-prefix-list-entries" / f"{one['PrefixListId']}.json"
                path.write_text(json.dumps({"Entries": entries}))
            value = [{k: v for k, v in one.items() if k != "blocks"} for one in value]
        (here / f"{key}.json").write_text(json.dumps({key: value}))


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for number in range(1, count + 1):
        account = f"{number:012}"
        maker = Maker(seed, account)
        network = maker.network()
        write(folder / "before", account, network)
        write(folder / "after", account, maker.change(network))


main()
