"""The JSON of `describe-*` calls of several accounts and regions, joined by id.

    FOLDER/ACCOUNT/REGION/*.json, and below it files that are named after the list or table whose contents they are
"""

import ipaddress
import json
import pathlib

IDS = {
    "Vpcs": "VpcId", "Subnets": "SubnetId", "RouteTables": "RouteTableId", "NetworkAcls": "NetworkAclId",
    "SecurityGroups": "GroupId", "NetworkInterfaces": "NetworkInterfaceId", "InternetGateways": "InternetGatewayId",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId", "NatGateways": "NatGatewayId",
    "VpcPeeringConnections": "VpcPeeringConnectionId", "TransitGateways": "TransitGatewayId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId", "PrefixLists": "PrefixListId",
    "TransitGatewayPeeringAttachments": "TransitGatewayAttachmentId", "LoadBalancers": "LoadBalancerArn",
    "Listeners": "ListenerArn", "TargetGroups": "TargetGroupArn", "LoadBalancerTargetHealth": "TargetGroupArn",
    "LoadBalancerAttributes": "LoadBalancerArn", "TargetGroupAttributes": "TargetGroupArn",
}


class Organization:
    def __init__(self, folder):
        # What a resource of AWS's answer is, and in which account and region it was told. A shared one is told twice.
        for key in IDS:
            setattr(self, key, {})
        self.instances, self.tgw_routes, self.list_blocks, self.block_modes = {}, {}, {}, {}
        # A peering of transit gateways is an attachment of both, with an association at each.
        self.associations = {}
        self.region_of, self.accounts = {}, set()
        for path in sorted(pathlib.Path(folder).rglob("*.json")):
            account, region = path.relative_to(folder).parts[:2]
            self.accounts.add(account)
            for key, value in json.loads(path.read_text()).items():
                self.take(account, region, path.stem, key, value)

    def take(self, account, region, name, key, value):
        if key in IDS:
            for item in value:
                getattr(self, key)[item[IDS[key]]] = item
                self.region_of[item[IDS[key]]] = region
        elif key == "Reservations":
            self.instances |= {i["InstanceId"]: i for r in value for i in r["Instances"]}
        elif key == "TransitGatewayAttachments":
            for item in value:
                ends = item["TransitGatewayId"], item["TransitGatewayAttachmentId"]
                self.associations[ends] = item.get("Association")
        elif key == "Routes":
            self.tgw_routes[name] = value
        elif key == "Entries":
            self.list_blocks[name] = [entry["Cidr"] for entry in value]
        elif key == "VpcBlockPublicAccessOptions":
            self.block_modes[account, region] = value["InternetGatewayBlockMode"]

    # -- addresses

    def private_addresses(self, eni):
        addresses = [a["PrivateIpAddress"] for a in eni["PrivateIpAddresses"]]
        return addresses + [a["Ipv6Address"] for a in eni["Ipv6Addresses"]]

    def public_of(self, eni, private):
        """The public address that the internet gateway writes for a private one; an IPv6 address is its own."""
        if ":" in private:
            return private
        for address in eni["PrivateIpAddresses"]:
            if address["PrivateIpAddress"] == private:
                return address.get("Association", {}).get("PublicIp")
        return None

    def holder_in(self, vpc, address):
        """The interface of the VPC that has the address."""
        for eni in self.NetworkInterfaces.values():
            if eni["VpcId"] == vpc and address in self.private_addresses(eni):
                return eni
        return None

    def holder_of_public(self, address):
        """The interface that the internet finds at an address, and the private address that this means."""
        for eni in self.NetworkInterfaces.values():
            for private in self.private_addresses(eni):
                if self.public_of(eni, private) == address:
                    return eni, private
        return None, None

    def blocks_of(self, vpc):
        vpc = self.Vpcs[vpc]
        blocks = [a["CidrBlock"] for a in vpc["CidrBlockAssociationSet"]
                  if a["CidrBlockState"]["State"] == "associated"]
        return blocks + [a["Ipv6CidrBlock"] for a in vpc["Ipv6CidrBlockAssociationSet"]
                         if a["Ipv6CidrBlockState"]["State"] == "associated"]

    # -- what belongs to a subnet or VPC

    def table_of(self, subnet):
        of = [t for t in self.RouteTables.values() if t["VpcId"] == subnet["VpcId"]]
        own = [t for t in of for a in t["Associations"] if a.get("SubnetId") == subnet["SubnetId"]]
        tables = own or [t for t in of for a in t["Associations"] if a.get("Main")]
        return tables[0] if tables else None

    def edge_table_of(self, gateway):
        of = (t for t in self.RouteTables.values() if any(a.get("GatewayId") == gateway for a in t["Associations"]))
        return next(of, None)

    def acl_of(self, subnet):
        of = (acl for acl in self.NetworkAcls.values() if any(a["SubnetId"] == subnet["SubnetId"] for a in acl["Associations"]))
        return next(of, None)

    def owner_was_read(self, vpc):
        return self.Vpcs[vpc]["OwnerId"] in self.accounts

    def same_host(self, eni):
        """The interfaces of the same instance in the VPC."""
        instance = eni.get("Attachment", {}).get("InstanceId")
        return [other for other in self.NetworkInterfaces.values() if other is eni or (
            instance and other["VpcId"] == eni["VpcId"] and other.get("Attachment", {}).get("InstanceId") == instance)]

    def internet_gateway_of(self, vpc):
        for gateway in self.InternetGateways.values():
            if any(a["VpcId"] == vpc and a["State"] == "available" for a in gateway["Attachments"]):
                return gateway["InternetGatewayId"]
        return None

    def block_mode(self, vpc):
        owner = self.Vpcs[vpc]["OwnerId"]
        return self.block_modes[owner, self.region_of[vpc]]

    def balancer_of(self, eni):
        """By what AWS writes into the description of a node's interface."""
        name = eni["Description"].removeprefix("ELB ")
        return next((one for arn, one in self.LoadBalancers.items() if arn.endswith(f":loadbalancer/{name}")), None)

    def setting(self, of, arn, key, default):
        """An attribute of a balancer or target group."""
        attributes = getattr(self, of)[arn]["Attributes"]
        return next((one["Value"] for one in attributes if one["Key"] == key), default)

    def is_running(self, eni):
        """None if its instance was not read."""
        instance = eni.get("Attachment", {}).get("InstanceId")
        if instance is None:
            return True
        return self.instances[instance]["State"]["Name"] in ("running", "pending") if instance in self.instances else None


def contains(block, address):
    network = ipaddress.ip_network(block, strict=False)
    return network.version == address.version and address in network
