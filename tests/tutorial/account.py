"""The account of docs/tutorial.md, before anything happens in it: a network with flow logs, a trail, two people."""

import json
import sys

import boto3

REGION = "eu-west-1"


def tag(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def network():
    ec2 = boto3.client("ec2", region_name=REGION)
    # What AWS makes by itself is not of this story.
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        for attachment in gateway["Attachments"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=attachment["VpcId"])
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for one in ec2.describe_vpcs()["Vpcs"]:
        ec2.delete_vpc(VpcId=one["VpcId"])
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tag("vpc", "prod"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", TagSpecifications=tag("subnet", "public"))
    subnet = subnet["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway(TagSpecifications=tag("internet-gateway", "prod"))
    gateway = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tag("route-table", "public"))
    table = table["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    web = ec2.create_security_group(GroupName="web", Description="web servers", VpcId=vpc)["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[https])
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [web]}
    instance = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[interface],
        TagSpecifications=tag("instance", "web-1"),
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"},
    )["Instances"][0]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tag("elastic-ip", "web-1"))["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-logs-123456789012",
    )


def watching():
    s3 = boto3.client("s3", region_name=REGION)
    for name in ("flow-logs-123456789012", "trail-123456789012"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    trail = boto3.client("cloudtrail", region_name=REGION)
    trail.create_trail(
        Name="audit", S3BucketName="trail-123456789012", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    trail.start_logging(Name="audit")


def people():
    iam = boto3.client("iam", region_name=REGION)
    for name in ("alice", "bob"):
        iam.create_user(UserName=name)
    iam.create_access_key(UserName="bob")
    allow = {"Effect": "Allow", "Action": ["ec2:*", "iam:*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="bob", PolicyName="deploy", PolicyDocument=document)


if __name__ == "__main__":
    watching()
    network()
    people()
    print(sys.argv[0], "made the account")
