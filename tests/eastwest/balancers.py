"""Load balancers in the VPCs of networks.py: a part of parts.py. Their nodes have addresses of IPv4 only."""

import describe
from describe_balancers import Balancers, node


class BalancerParts(Balancers):
    LISTENED = [22, 80, 443, 1024]

    def balancers(self, vpc):
        for _ in range(self.random.choice([0, 1, 1, 2])):
            self.balancer(vpc, self.random.choice(sorted({subnet["user"] for subnet in vpc.subnets})))

    def put_balancing(self, key, item):
        self.put([self.owner_of_balancer], key, item)

    def balancer(self, vpc, owner):
        """In one or all zones in which its owner has subnets."""
        self.owner_of_balancer = owner, vpc.region
        by_zone = {}
        for subnet in self.random.sample(vpc.subnets, len(vpc.subnets)):
            if subnet["user"] == owner:
                by_zone.setdefault(subnet["AvailabilityZoneId"], subnet)
        subnets = list(by_zone.values())[:self.random.choice([1, 2, 2])]
        kind = self.random.choice(["network", "network", "network", "application"])
        facing = bool(vpc.igw) and self.chance(0.4)
        short = f"{'net' if kind == 'network' else 'app'}/{self.id('lb')}/1"
        arn = f"arn:aws:elasticloadbalancing:{vpc.region}:{owner}:loadbalancer/{short}"
        groups = [] if kind == "network" and self.chance(0.4) else self.groups_for(vpc, owner)
        for subnet in subnets:
            private, _ = self.address(subnet)
            address = describe.private(private, self.public_address() if facing else None)
            self.put([(owner, vpc.region), (vpc.account, vpc.region)], "NetworkInterfaces", describe.interface(
                self.id("eni"), subnet, owner, groups, [address], [], **node(short, kind)))
        self.current(arn, kind, facing, vpc.id, "ipv4", groups, subnets)
        targets = self.possible_targets(vpc, owner, {subnet["AvailabilityZoneId"] for subnet in subnets})
        for port in self.random.sample(self.LISTENED, self.random.choice([1, 2, 3])):
            self.listener(arn, kind, vpc.id, port, targets, "ipv4")

    def possible_targets(self, vpc, owner, zones):
        """Some of the owner's instances, or of all addresses in the VPC, and whether they are in one of the zones."""
        zone_of = {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in vpc.subnets}

        def targets(type_of, six):
            enis = [eni for eni in vpc.enis if eni["Attachment"].get("InstanceId")]
            for eni in self.random.sample(enis, min(len(enis), 4)):
                near, host = zone_of[eni["SubnetId"]] in zones, eni["Attachment"]
                if type_of == "ip":
                    yield from ((address["PrivateIpAddress"], near) for address in eni["PrivateIpAddresses"])
                elif host["DeviceIndex"] == 0 and eni["OwnerId"] == owner:
                    yield host["InstanceId"], near
        return targets
