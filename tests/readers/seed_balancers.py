"""Fills a moto server with load balancers and transit gateways, and prints what boto3 reads of them.

    seed_balancers.py http://127.0.0.1:5000

One object: the CloudFormation name of each type, and its resources in the spelling of the AWS CLI. What has to be
asked for one by one stands inside its resource.
"""

import json
import sys

import boto3

endpoint = sys.argv[1]
session = boto3.Session(aws_access_key_id="AKIAEXAMPLE000000000", aws_secret_access_key="x", region_name="us-east-1")
ec2, elb, elbv2 = (session.client(name, endpoint_url=endpoint) for name in ("ec2", "elb", "elbv2"))

vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
]
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
image = ec2.describe_images()["Images"][0]["ImageId"]
instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnets[0])["Instances"][0]["InstanceId"]


def target_group(name, **more):
    arguments = {"Name": name, "Protocol": "HTTP", "Port": 8080, "VpcId": vpc, "TargetType": "instance"} | more
    return elbv2.create_target_group(**arguments)["TargetGroups"][0]["TargetGroupArn"]


def balancer(name, **more):
    made = elbv2.create_load_balancer(Name=name, Subnets=subnets, **more)
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def forward(to):
    return [{"Type": "forward", "TargetGroupArn": to}]


app, api, net = target_group("app"), target_group("api"), target_group("net", Protocol="TCP", Port=5432, TargetType="ip")
target_group("unused")
elbv2.register_targets(TargetGroupArn=app, Targets=[{"Id": instance, "Port": 8080}])
elbv2.register_targets(TargetGroupArn=net, Targets=[{"Id": "10.9.0.77", "Port": 5432}])
web = balancer("web", Type="application", Scheme="internet-facing", SecurityGroups=[group])
redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
elbv2.create_listener(LoadBalancerArn=web, Protocol="HTTP", Port=80, DefaultActions=[redirect])
secure = elbv2.create_listener(LoadBalancerArn=web, Protocol="HTTP", Port=8443, DefaultActions=forward(app))
secure = secure["Listeners"][0]["ListenerArn"]
elbv2.create_rule(
    ListenerArn=secure,
    Priority=7,
    Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
    Actions=forward(api),
)
inner = balancer("inner", Type="network", Scheme="internal")
elbv2.create_listener(LoadBalancerArn=inner, Protocol="TCP", Port=5432, DefaultActions=forward(net))
elb.create_load_balancer(
    LoadBalancerName="classic",
    Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 25, "InstanceProtocol": "tcp", "InstancePort": 2525}],
    Subnets=subnets,
    SecurityGroups=[group],
    Scheme="internal",
)
elb.register_instances_with_load_balancer(LoadBalancerName="classic", Instances=[{"InstanceId": instance}])

hub, edge = (
    ec2.create_transit_gateway(Description=name)["TransitGateway"]["TransitGatewayId"] for name in ("hub", "edge")
)
attached = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=hub, VpcId=vpc, SubnetIds=subnets)
attached = attached["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
ec2.create_transit_gateway_peering_attachment(
    TransitGatewayId=hub, PeerTransitGatewayId=edge, PeerAccountId="123456789012", PeerRegion="us-east-1"
)
table = ec2.create_transit_gateway_route_table(TransitGatewayId=hub)["TransitGatewayRouteTable"]
table = table["TransitGatewayRouteTableId"]
ec2.associate_transit_gateway_route_table(TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached)
ec2.enable_transit_gateway_route_table_propagation(
    TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached
)

balancers = elbv2.describe_load_balancers()["LoadBalancers"]
for one in balancers:
    of = {"LoadBalancerArn": one["LoadBalancerArn"]}
    one["Attributes"] = elbv2.describe_load_balancer_attributes(**of)["Attributes"]
    one["Listeners"] = elbv2.describe_listeners(**of)["Listeners"]
    for listener in one["Listeners"]:
        if one["Type"] == "application":
            listener["Rules"] = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
classic = elb.describe_load_balancers()["LoadBalancerDescriptions"]
for one in classic:
    of = {"LoadBalancerName": one["LoadBalancerName"]}
    one["LoadBalancerAttributes"] = elb.describe_load_balancer_attributes(**of)["LoadBalancerAttributes"]
    if any(listener["PolicyNames"] for listener in one["ListenerDescriptions"]):
        one["PolicyDescriptions"] = elb.describe_load_balancer_policies(**of)["PolicyDescriptions"]
groups = elbv2.describe_target_groups()["TargetGroups"]
for one in groups:
    if one.get("LoadBalancerArns"):
        of = {"TargetGroupArn": one["TargetGroupArn"]}
        one["Attributes"] = elbv2.describe_target_group_attributes(**of)["Attributes"]
        health = elbv2.describe_target_health(**of)
        one["TargetHealthDescriptions"] = health["TargetHealthDescriptions"]
tables = ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
for one in tables:
    of = {"TransitGatewayRouteTableId": one["TransitGatewayRouteTableId"]}
    one["Associations"] = ec2.get_transit_gateway_route_table_associations(**of)["Associations"]
    one["Propagations"] = ec2.get_transit_gateway_route_table_propagations(**of)[
        "TransitGatewayRouteTablePropagations"
    ]

json.dump(
    {
        "AWS::ElasticLoadBalancingV2::LoadBalancer": balancers,
        "AWS::ElasticLoadBalancingV2::TargetGroup": groups,
        "AWS::ElasticLoadBalancing::LoadBalancer": classic,
        "AWS::EC2::TransitGatewayRouteTable": tables,
    },
    sys.stdout,
    default=lambda time: time.isoformat(),
    indent=1,
)
