"""What the random networks of tests/z3 and tests/eastwest are made of: the JSON that `aws ec2 describe-*` prints of one
object, and rules that are drawn.
"""

import random

ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
       "PrefixListIds": [], "UserIdGroupPairs": []}


class Rules:
    """Draws rules and entries. Whoever has it says by `block4` and `block6` whom they are about, and by the constants
    how often they are what."""

    PORTS = [0, 1, 21, 22, 23, 79, 80, 443, 1023, 1024, 32767, 32768, 49152, 65534, 65535]
    PROTOCOLS = ["tcp", "tcp", "6", "udp", "17", "-1", "icmp", "1", "icmpv6", "58", "47", "50"]
    # Types and codes of a group's rules; `echo` is the type that asks for an answer.
    TYPES = [(-1, -1), ("echo", -1), ("echo", 0), (3, 4), (0, 0), (255, 255), (13, -1)]
    # How many sources a rule has, and of which kinds: 4 and 6 are blocks, l is a prefix list, g a group.
    SOURCES, KINDS = [1, 1, 2, 3], "44446666lg"
    # How often a rule about ICMPv6 names no type.
    WITHOUT_TYPES = 0.3
    ENTRIES_OF_IPV6 = 0.35
    ACTIONS = ["allow", "allow", "deny"]
    ENTRY_TYPES = [(-1, -1), (8, -1), (0, 0), (128, 0), (129, -1), (129, 0), (3, 4), (14, 0)]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def ranges(self, low, high):
        return [(low, high), (low, low), (0, 65535)]

    def port_range(self):
        low, high = sorted(self.random.choices(self.PORTS, k=2))
        return self.random.choice(self.ranges(low, high))

    def permission(self, source):
        """A rule of a group; `source` gives a rule a list or group, if it can, and says whether."""
        protocol = self.random.choice(self.PROTOCOLS)
        rule = {"IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        if protocol in ("tcp", "6", "udp", "17"):
            rule["FromPort"], rule["ToPort"] = self.port_range()
        elif protocol in ("icmp", "1", "icmpv6", "58"):
            echo = 8 if protocol in ("icmp", "1") else 128
            kind, code = self.random.choice(self.TYPES)
            lacks = protocol in ("icmpv6", "58") and self.WITHOUT_TYPES and self.chance(self.WITHOUT_TYPES)
            if not lacks:
                rule["FromPort"], rule["ToPort"] = echo if kind == "echo" else kind, code
        elif self.chance(0.4):
            # Terraform writes ports beside protocols that have none.
            rule["FromPort"], rule["ToPort"] = 0, 0
        for _ in range(self.random.choice(self.SOURCES)):
            kind = self.random.choice(self.KINDS)
            if kind == "4":
                rule["IpRanges"].append({"CidrIp": self.block4()})
            elif kind == "6":
                rule["Ipv6Ranges"].append({"CidrIpv6": self.block6()})
            else:
                source(rule, kind)
        return rule

    def entry(self, number, egress):
        """An entry of a network ACL."""
        six = self.chance(self.ENTRIES_OF_IPV6)
        made = entry(number, egress, self.random.choice(self.ACTIONS), self.block6() if six else self.block4())
        protocol = made["Protocol"] = self.random.choice(["-1", "6", "6", "6", "17", "47", "58" if six else "1", "58"])
        if protocol in ("6", "17"):
            low, high = self.port_range()
            made["PortRange"] = {"From": low, "To": high}
        elif protocol in ("1", "58"):
            kind, code = self.random.choice(self.ENTRY_TYPES)
            made["IcmpTypeCode"] = {"Type": kind, "Code": code}
        return made

    def entries(self, extra, share):
        """These, mostly one that lets all of a family and direction pass, and those that AWS puts at the end."""
        ways = [(egress, number, block) for egress in (False, True) for number, block in ((0, "0.0.0.0/0"), (1, "::/0"))]
        always = [entry(900 + number, egress, "allow", block) for egress, number, block in ways if self.chance(share)]
        never = [entry(32767 + number, egress, "deny", block) for egress, number, block in ways]
        made = extra + always + never
        self.random.shuffle(made)
        return made


def entry(number, egress, action, block):
    """An entry about all protocols."""
    return {"Egress": egress, "RuleNumber": number, "Protocol": "-1", "RuleAction": action,
            "Ipv6CidrBlock" if ":" in block else "CidrBlock": block}


def network_acl(id_, vpc, owner, is_default, subnets, entries):
    return {"NetworkAclId": id_, "VpcId": vpc, "OwnerId": owner, "IsDefault": is_default, "Entries": entries,
            "Associations": [{"NetworkAclAssociationId": f"x-{subnet}", "NetworkAclId": id_, "SubnetId": subnet}
                             for subnet in subnets]}


def route(block, target, origin="CreateRoute", active=True):
    """A route to a target that is given as member and id."""
    member = ("DestinationPrefixListId" if block.startswith("pl-") else
              "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock")
    return {member: block, target[0]: target[1], "Origin": origin, "State": "active" if active else "blackhole"}


def local(block):
    return route(block, ("GatewayId", "local"), "CreateRouteTable")


def route_table(id_, vpc, owner, association, routes):
    """Whose it is says the association: a subnet's, a gateway's, or of all that have none (`Main`)."""
    return {"RouteTableId": id_, "VpcId": vpc, "OwnerId": owner, "PropagatingVgws": [], "Routes": routes,
            "Associations": [{"Main": False} | association | {
                "RouteTableId": id_, "RouteTableAssociationId": f"rtbassoc-{id_}", "AssociationState": {"State": "associated"}}]}


def security_group(id_, vpc, owner, ingress, egress):
    return {"GroupId": id_, "GroupName": id_, "Description": "", "VpcId": vpc, "OwnerId": owner,
            "IpPermissions": ingress, "IpPermissionsEgress": egress}


def prefix_list(id_, owner, region, family):
    return {"PrefixListId": id_, "PrefixListName": f"list {id_}", "OwnerId": owner, "AddressFamily": family, "MaxEntries": 10,
            "State": "create-complete", "Version": 1, "PrefixListArn": f"arn:aws:ec2:{region}:{owner}:prefix-list/{id_}"}


def private(address, public=None, primary=True, owner="amazon"):
    """An IPv4 address of an interface, and what the internet calls it."""
    association = {"Association": {"PublicIp": public, "IpOwnerId": owner}} if public else {}
    return {"Primary": primary, "PrivateIpAddress": address} | association


def attached(instance, owner, index=0):
    return {"AttachmentId": "x", "DeviceIndex": index, "InstanceId": instance, "InstanceOwnerId": owner, "Status": "attached"}


def interface(id_, subnet, owner, groups, addresses, sixes, **more):
    """In a subnet with these addresses; `more` is what it has that others have not."""
    made = {
        "NetworkInterfaceId": id_, "SubnetId": subnet["SubnetId"], "VpcId": subnet["VpcId"], "OwnerId": owner,
        "AvailabilityZone": subnet["AvailabilityZone"], "Description": "", "Status": "in-use", "InterfaceType": "interface",
        "RequesterManaged": False, "SourceDestCheck": True, "PrivateIpAddress": addresses[0]["PrivateIpAddress"],
        "Groups": [{"GroupId": group, "GroupName": group} for group in groups], "PrivateIpAddresses": addresses,
        "Ipv6Addresses": [{"Ipv6Address": address} for address in sixes]}
    if "Association" in addresses[0]:
        made["Association"] = addresses[0]["Association"]
    return made | more


def reservation(instance, owner, state, interfaces):
    """An instance with its interfaces, the primary one first; the state has its code and name."""
    first = interfaces[0]
    shown = [{key: one[key] for key in ("NetworkInterfaceId", "SubnetId", "VpcId", "PrivateIpAddress")} for one in interfaces]
    return {"ReservationId": f"r-{instance}", "OwnerId": owner, "Instances": [{
        "InstanceId": instance, "ImageId": "ami-1", "InstanceType": "t3.micro", "VpcId": first["VpcId"],
        "SubnetId": first["SubnetId"], "State": {"Code": state[0], "Name": state[1]}, "LaunchTime": "2026-01-01T00:00:00+00:00",
        "PrivateIpAddress": first["PrivateIpAddress"], "NetworkInterfaces": shown}]}
