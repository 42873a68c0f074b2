"""Compares every element that the endpoint sends with botocore's service models.

    pip install boto3
    driftline-sim --no-faults &
    python sim/tests/shapes.py http://127.0.0.1:4599 AKIA...DEMO

botocore skips what it does not know, so parsing alone proves little. This walks
each reply beside the output shape and reports what the model has no name for,
and every id that refers to nothing. Exit code 1 if there is anything new.
"""
import collections
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import boto3
import botocore.model
import botocore.parsers
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

# Spellings that AWS sends although the model has another one (README.md).
KNOWN = {"enum SUCCESS", "enum available", "enum nat_gateway"}
NO_SUCH = {
    "AccessDeniedException",
    "AccountNotManagementOrDelegatedAdministratorException",
    "BadRequestException",
    "InvalidAccessException",
    "NoSuchEntity",
    "ResourceNotFoundException",
}

# Where a service speaks several protocols, the endpoint speaks that of the SDK for Rust.
PROTOCOLS = botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
OF_RUST = {"cloudwatch": "smithy-rpc-v2-cbor"}

endpoint, key = sys.argv[1:3]
config = Config(retries={"total_max_attempts": 1})
problems, checked, resources = set(), set(), collections.defaultdict(list)


def report(path, what):
    if what not in KNOWN:
        problems.add(f"{path}: {what}")


def wire_names(shape):
    return {member.serialization.get("name", name): member for name, member in shape.members.items()}


def enum(shape, text, path):
    if getattr(shape, "enum", None) and text and text not in shape.enum:
        report(path, f"enum {text}")


def walk_xml(shape, element, path):
    children = [(child.tag.split("}")[-1], child) for child in element]
    if shape.type_name == "structure":
        names = wire_names(shape)
        for tag, child in children:
            if tag in names:
                # S3 has lists without an element around them.
                shape_of = names[tag]
                flat = shape_of.type_name == "list" and shape_of.serialization.get("flattened")
                walk_xml(shape_of.member if flat else shape_of, child, f"{path}/{tag}")
            elif tag not in ("requestId", "ResponseMetadata"):
                report(path, f"unknown {tag}")
    elif shape.type_name == "list":
        wanted = shape.member.serialization.get("name", "member")
        for tag, child in children:
            if tag == wanted:
                walk_xml(shape.member, child, path)
            else:
                report(path, f"{tag} instead of {wanted}")
    elif shape.type_name != "map":
        enum(shape, element.text, path)


JSON_TYPES = {"string": str, "integer": int, "long": int, "boolean": bool}


def walk_json(shape, value, path):
    if shape.type_name == "structure":
        names = wire_names(shape)
        for name in shape.required_members:
            if shape.members[name].serialization.get("name", name) not in value:
                report(path, f"missing {name}")
        for name, inner in value.items():
            if name in names:
                walk_json(names[name], inner, f"{path}/{name}")
            else:
                report(path, f"unknown {name}")
    elif shape.type_name == "list":
        for inner in value:
            walk_json(shape.member, inner, path)
    elif shape.type_name in JSON_TYPES:
        if not isinstance(value, JSON_TYPES[shape.type_name]):
            report(path, f"not a {shape.type_name}")
        enum(shape, value, path)


def client(session, name, region="us-east-1"):
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (OF_RUST.get(name, PROTOCOLS[0]), *PROTOCOLS)
    made = session.client(name, region_name=region, endpoint_url=endpoint, config=config)

    protocol = made.meta.service_model.resolved_protocol

    def check(http_response, model, **_):
        if http_response.status_code >= 300:
            return
        path = f"{name}:{model.name}"
        checked.add(path)
        if protocol == "rest-xml":
            shape = model.output_shape
            payload = shape.serialization.get("payload")
            # A bucket's policy is the answer itself.
            if http_response.content.startswith(b"{"):
                return json.loads(http_response.content)
            return walk_xml(shape.members[payload] if payload else shape, ElementTree.fromstring(http_response.content), path)
        if protocol == "smithy-rpc-v2-cbor":
            parser = botocore.parsers.RpcV2CBORParser()
            value = parser.parse_data_item(parser.get_peekable_stream_from_bytes(http_response.content))
            return walk_json(model.output_shape, value, path)
        if protocol not in ("ec2", "query"):
            return walk_json(model.output_shape, json.loads(http_response.content), path)
        root = ElementTree.fromstring(http_response.content)
        if name != "ec2":
            root = next(child for child in root if child.tag.endswith("Result"))
        walk_xml(model.output_shape, root, path)

    made.meta.events.register("after-call.*.*", check)
    return made


def ask(made, operation, **arguments):
    """The complete result, in small pages; empty where a defect is planted."""
    method = xform_name(operation)
    try:
        if made.can_paginate(method):
            paged = made.meta.service_model.service_name == "ec2" or operation == "GetAccountAuthorizationDetails"
            size = {"PageSize": 7} if paged else {}
            return made.get_paginator(method).paginate(PaginationConfig=size, **arguments).build_full_result()
        return getattr(made, method)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_SUCH:
            report(operation, str(error))
        return {}


EC2 = """Regions Vpcs Subnets RouteTables NetworkAcls SecurityGroups NetworkInterfaces InternetGateways
EgressOnlyInternetGateways CarrierGateways NatGateways Addresses VpcPeeringConnections VpcEndpoints
VpcEndpointServiceConfigurations CustomerGateways VpnGateways VpnConnections TransitGateways
TransitGatewayAttachments TransitGatewayVpcAttachments TransitGatewayPeeringAttachments TransitGatewayRouteTables
ManagedPrefixLists FlowLogs DhcpOptions Instances Images Volumes Snapshots LaunchTemplates LaunchTemplateVersions
ClientVpnEndpoints VpcBlockPublicAccessOptions
VpcBlockPublicAccessExclusions""".split()
EC2_SETTINGS = """EbsEncryptionByDefault SnapshotBlockPublicAccessState ImageBlockPublicAccessState
InstanceMetadataDefaults SerialConsoleAccessStatus""".split()
IAM = """GenerateCredentialReport GetCredentialReport GetAccountPasswordPolicy GetAccountSummary
ListVirtualMFADevices ListSAMLProviders ListServerCertificates ListAccountAliases ListInstanceProfiles
ListOrganizationsFeatures""".split()
CONFIG = """DescribeConfigurationRecorders DescribeConfigurationRecorderStatus DescribeDeliveryChannels
DescribeDeliveryChannelStatus GetComplianceSummaryByConfigRule DescribeConfigurationAggregators""".split()


def region(session, account, name):
    ec2 = client(session, "ec2", name)
    for what in EC2:
        for field, values in ask(ec2, f"Describe{what}").items():
            if isinstance(values, list):
                resources[field] += values
                if field == "Vpcs":
                    for vpc in values:
                        ask(ec2, "DescribeVpcAttribute", VpcId=vpc["VpcId"], Attribute="enableDnsSupport")
                if field == "ServiceConfigurations":
                    for service in values:
                        ask(ec2, "DescribeVpcEndpointServicePermissions", ServiceId=service["ServiceId"])
                if field == "TransitGatewayRouteTables":
                    for table in values:
                        of = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
                        ask(ec2, "GetTransitGatewayRouteTableAssociations", **of)
                        ask(ec2, "GetTransitGatewayRouteTablePropagations", **of)
                        states = [{"Name": "state", "Values": ["active", "blackhole"]}]
                        ask(ec2, "SearchTransitGatewayRoutes", Filters=states, **of)
                if field == "PrefixLists":
                    for found in values:
                        ask(ec2, "GetManagedPrefixListEntries", PrefixListId=found["PrefixListId"])
    for what in EC2_SETTINGS:
        ask(ec2, f"Get{what}")
    balancers(session, name)
    for operation in CONFIG:
        ask(client(session, "config", name), operation)
    trails = client(session, "cloudtrail", name)
    ask(trails, "ListTrails")
    for trail in ask(trails, "DescribeTrails")["trailList"]:
        ask(trails, "GetTrailStatus", Name=trail["TrailARN"])
        ask(trails, "GetEventSelectors", TrailName=trail["TrailARN"])
    guard = client(session, "guardduty", name)
    for detector in ask(guard, "ListDetectors")["DetectorIds"]:
        ask(guard, "GetDetector", DetectorId=detector)
        ask(guard, "DescribeOrganizationConfiguration", DetectorId=detector)
        ask(guard, "GetFindingsStatistics", DetectorId=detector, GroupBy="SEVERITY")
    hub = client(session, "securityhub", name)
    ask(hub, "DescribeHub")
    ask(hub, "GetEnabledStandards")
    ask(hub, "DescribeOrganizationConfiguration")
    analyzers = client(session, "accessanalyzer", name)
    for analyzer in ask(analyzers, "ListAnalyzers")["analyzers"]:
        ask(analyzers, "GetFindingsStatistics", analyzerArn=analyzer["arn"])
    storage(session, account, name)
    ask(client(session, "cloudwatch", name), "DescribeAlarms", AlarmTypes=["MetricAlarm"])
    lines = client(session, "directconnect", name)
    ask(lines, "DescribeConnections")
    ask(lines, "DescribeVirtualInterfaces")
    systems(session, name)
    functions = client(session, "lambda", name)
    for function in ask(functions, "ListFunctions")["Functions"]:
        of = {"FunctionName": function["FunctionName"]}
        ask(functions, "GetPolicy", **of)
        ask(functions, "ListFunctionUrlConfigs", **of)
    firewalls = client(session, "network-firewall", name)
    for firewall in ask(firewalls, "ListFirewalls")["Firewalls"]:
        of = {"FirewallArn": firewall["FirewallArn"]}
        policy = ask(firewalls, "DescribeFirewall", **of)["Firewall"]["FirewallPolicyArn"]
        ask(firewalls, "DescribeFirewallPolicy", FirewallPolicyArn=policy)
        ask(firewalls, "DescribeLoggingConfiguration", **of)
    waf = client(session, "wafv2", name)
    for acl in ask(waf, "ListWebACLs", Scope="REGIONAL")["WebACLs"]:
        ask(waf, "ListResourcesForWebACL", WebACLArn=acl["ARN"], ResourceType="APPLICATION_LOAD_BALANCER")
    ask(functions, "ListLayers")
    scanner = client(session, "inspector2", name)
    ask(scanner, "BatchGetAccountStatus", accountIds=[account])
    ask(scanner, "ListFindingAggregations", aggregationType="ACCOUNT")
    macie = client(session, "macie2", name)
    ask(macie, "GetMacieSession")
    ask(macie, "GetAutomatedDiscoveryConfiguration")
    ask(client(session, "detective", name), "ListGraphs")
    rds = client(session, "rds", name)
    ask(rds, "DescribeDBInstances")
    for snapshot in ask(rds, "DescribeDBSnapshots")["DBSnapshots"]:
        ask(rds, "DescribeDBSnapshotAttributes", DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    for snapshot in ask(rds, "DescribeDBClusterSnapshots")["DBClusterSnapshots"]:
        of = {"DBClusterSnapshotIdentifier": snapshot["DBClusterSnapshotIdentifier"]}
        ask(rds, "DescribeDBClusterSnapshotAttributes", **of)


def systems(session, name):
    ssm = client(session, "ssm", name)
    for document in ask(ssm, "ListDocuments", Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]:
        ask(ssm, "DescribeDocumentPermission", Name=document["Name"], PermissionType="Share")
    ask(ssm, "DescribeInstanceInformation")


def storage(session, account, name):
    s3 = client(session, "s3", name)
    for bucket in ask(s3, "ListBuckets", BucketRegion=name)["Buckets"]:
        for what in ("Acl", "Logging", "OwnershipControls", "Policy", "Versioning"):
            ask(s3, f"GetBucket{what}", Bucket=bucket["Name"])
        ask(s3, "GetPublicAccessBlock", Bucket=bucket["Name"])


def balancers(session, name):
    def keep(made, operation, field, **arguments):
        found = ask(made, operation, **arguments)[field]
        resources[field] += found
        return found

    elb = client(session, "elb", name)
    for balancer in keep(elb, "DescribeLoadBalancers", "LoadBalancerDescriptions"):
        of = {"LoadBalancerName": balancer["LoadBalancerName"]}
        ask(elb, "DescribeLoadBalancerAttributes", **of)
        ask(elb, "DescribeLoadBalancerPolicies", **of)
    elbv2 = client(session, "elbv2", name)
    for balancer in keep(elbv2, "DescribeLoadBalancers", "LoadBalancers"):
        of = {"LoadBalancerArn": balancer["LoadBalancerArn"]}
        ask(elbv2, "DescribeLoadBalancerAttributes", **of)
        for listener in keep(elbv2, "DescribeListeners", "Listeners", **of):
            ask(elbv2, "DescribeRules", ListenerArn=listener["ListenerArn"])
    for group in keep(elbv2, "DescribeTargetGroups", "TargetGroups"):
        of = {"TargetGroupArn": group["TargetGroupArn"]}
        ask(elbv2, "DescribeTargetGroupAttributes", **of)
        ask(elbv2, "DescribeTargetHealth", **of)


def accelerators(session):
    service = client(session, "globalaccelerator", "us-west-2")
    for accelerator in ask(service, "ListAccelerators")["Accelerators"]:
        for listener in ask(service, "ListListeners", AcceleratorArn=accelerator["AcceleratorArn"])["Listeners"]:
            ask(service, "ListEndpointGroups", ListenerArn=listener["ListenerArn"])


def zones(session):
    service = client(session, "route53")
    for zone in ask(service, "ListHostedZones")["HostedZones"]:
        if not zone["Config"]["PrivateZone"]:
            ask(service, "ListResourceRecordSets", HostedZoneId=zone["Id"])


def access(session):
    iam = client(session, "iam")
    for user in ask(iam, "GetAccountAuthorizationDetails")["UserDetailList"]:
        ask(iam, "ListAccessKeys", UserName=user["UserName"])
    for operation in IAM:
        ask(iam, operation)
    for policy in ask(iam, "ListPolicies", Scope="AWS", OnlyAttached=True)["Policies"]:
        ask(iam, "GetPolicyVersion", PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
    for provider in ask(iam, "ListOpenIDConnectProviders")["OpenIDConnectProviderList"]:
        ask(iam, "GetOpenIDConnectProvider", OpenIDConnectProviderArn=provider["Arn"])
    contacts = client(session, "account")
    ask(contacts, "GetContactInformation")
    for kind in ("BILLING", "OPERATIONS", "SECURITY"):
        ask(contacts, "GetAlternateContact", AlternateContactType=kind)


def tree(org, parent):
    found = [account["Id"] for account in ask(org, "ListAccountsForParent", ParentId=parent)["Accounts"]]
    for unit in ask(org, "ListOrganizationalUnitsForParent", ParentId=parent)["OrganizationalUnits"]:
        found += tree(org, unit["Id"])
    return found


# Lists of resources, and the field that is the id of each.
OWN_ID = {
    "Vpcs": "VpcId",
    "Subnets": "SubnetId",
    "RouteTables": "RouteTableId",
    "NetworkAcls": "NetworkAclId",
    "SecurityGroups": "GroupId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "InternetGateways": "InternetGatewayId",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
    "NatGateways": "NatGatewayId",
    "Addresses": "AllocationId",
    "Volumes": "VolumeId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "VpcEndpoints": "VpcEndpointId",
    "CustomerGateways": "CustomerGatewayId",
    "VpnGateways": "VpnGatewayId",
    "PrefixLists": "PrefixListId",
    "DhcpOptions": "DhcpOptionsId",
}


def dangling():
    """Ids that no listed resource has."""
    own = re.compile(r"(vpc|subnet|rtb|acl|sg|eni|igw|nat|eipalloc|vpce|pcx|pl|dopt|eigw|cgw|vgw|vol)-[0-9a-f]+")
    listed = {value[field] for name, field in OWN_ID.items() for value in resources[name]}
    named = {}

    def visit(value, path):
        if isinstance(value, dict):
            for name, inner in value.items():
                visit(inner, f"{path}/{name}")
        elif isinstance(value, list):
            for inner in value:
                visit(inner, path)
        elif isinstance(value, str) and own.fullmatch(value):
            named[value] = path

    for field, values in list(resources.items()):
        visit(values, field)
    return {f"{path}: {name} is not listed" for name, path in named.items() if name not in listed}


base = boto3.Session(aws_access_key_id=key, aws_secret_access_key="x")
sts, org = client(base, "sts"), client(base, "organizations")
ask(sts, "GetCallerIdentity")
ask(org, "DescribeOrganization")
accounts = [account["Id"] for account in ask(org, "ListAccounts")["Accounts"]]
root = org.list_roots()["Roots"][0]["Id"]
assert sorted(tree(org, root)) == sorted(accounts)
for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY", "AISERVICES_OPT_OUT_POLICY"):
    for policy in ask(org, "ListPolicies", Filter=kind)["Policies"]:
        json.loads(ask(org, "DescribePolicy", PolicyId=policy["Id"])["Policy"]["Content"])
        ask(org, "ListTargetsForPolicy", PolicyId=policy["Id"])
for administrator in ask(org, "ListDelegatedAdministrators")["DelegatedAdministrators"]:
    ask(org, "ListDelegatedServicesForAccount", AccountId=administrator["Id"])
ask(org, "ListTagsForResource", ResourceId=accounts[-1])
for account in accounts:
    role = f"arn:aws:iam::{account}:role/DriftlineAudit"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="shapes")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    access(session)
    accelerators(session)
    zones(session)
    for found in client(session, "ec2").describe_regions()["Regions"]:
        region(session, account, found["RegionName"])

# The other end of the foreign peering is nobody's.
lost = {text for text in dangling() if "RequesterVpcInfo" not in text}
print(f"{len(checked)} operations, {sum(map(len, resources.values()))} regional resources")
for text in sorted(problems | lost):
    print(text)
sys.exit(bool(problems | lost))
