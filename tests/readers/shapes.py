"""Calls two endpoints in the same way and says which members each one's answers have.

    shapes.py URL KEY KEY_OF_MANAGEMENT_ACCOUNT URL KEY

Prints a line for each member that only one of them gives, and exits with 1 if
an answer cannot be parsed or a member is not of the same kind in both.
"""

import sys

import botocore.config
import botocore.session

# Service, operation, and its arguments: lists that need to know nothing else.
CALLS = [
    ("ec2", "DescribeVpcs", {}),
    ("ec2", "DescribeSubnets", {}),
    ("ec2", "DescribeRouteTables", {}),
    ("ec2", "DescribeNetworkAcls", {}),
    ("ec2", "DescribeSecurityGroups", {}),
    ("ec2", "DescribeNetworkInterfaces", {}),
    ("ec2", "DescribeInternetGateways", {}),
    ("ec2", "DescribeNatGateways", {}),
    ("ec2", "DescribeAddresses", {}),
    ("ec2", "DescribeVpcPeeringConnections", {}),
    ("ec2", "DescribeVpcEndpoints", {}),
    ("ec2", "DescribeManagedPrefixLists", {}),
    ("ec2", "DescribeFlowLogs", {}),
    ("ec2", "DescribeInstances", {}),
    ("ec2", "DescribeDhcpOptions", {}),
    ("iam", "GetAccountAuthorizationDetails", {}),
    ("iam", "GetAccountSummary", {}),
    ("iam", "ListPolicies", {"Scope": "AWS", "OnlyAttached": True}),
    ("iam", "ListVirtualMFADevices", {}),
    ("iam", "ListInstanceProfiles", {}),
    ("sts", "GetCallerIdentity", {}),
    ("organizations", "DescribeOrganization", {}),
    ("organizations", "ListAccounts", {}),
    ("organizations", "ListRoots", {}),
    ("organizations", "ListPolicies", {"Filter": "SERVICE_CONTROL_POLICY"}),
    ("cloudtrail", "DescribeTrails", {}),
    ("config", "DescribeConfigurationRecorders", {}),
    ("guardduty", "ListDetectors", {}),
    ("s3", "ListBuckets", {}),
    ("lambda", "ListFunctions", {}),
    ("lambda", "ListLayers", {}),
    ("rds", "DescribeDBInstances", {}),
    ("network-firewall", "ListFirewalls", {}),
    ("wafv2", "ListWebACLs", {"Scope": "REGIONAL"}),
    ("directconnect", "DescribeConnections", {}),
    ("route53", "ListHostedZones", {}),
    ("ssm", "ListDocuments", {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}),
]


def members(value, path=""):
    """Paths with what is there: a list's items are all one."""
    if isinstance(value, dict):
        found = {}
        for name, inner in value.items():
            if name != "ResponseMetadata":
                found[f"{path}.{name}"] = kind(inner)
                # What a policy says is its own matter.
                if not name.endswith("Document"):
                    found.update(members(inner, f"{path}.{name}"))
        return found
    if isinstance(value, list):
        found = {}
        for inner in value:
            found.update(members(inner, path + "[]"))
        return found
    return {}


def kind(value):
    return {dict: "structure", list: "list", bool: "flag", int: "number", float: "number", str: "text"}.get(
        type(value), type(value).__name__
    )


SESSION = botocore.session.Session()


def client(url, key, service):
    return SESSION.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key="x",
        config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=60),
    )


def main():
    url, key, management, other, other_key = sys.argv[1:]
    failed, clients = False, {}
    for service, operation, arguments in CALLS:
        if service not in clients:
            own = management if service == "organizations" else key
            clients[service] = client(url, own, service), client(other, other_key, service)
        try:
            ours, theirs = (members(side._make_api_call(operation, arguments)) for side in clients[service])
        except Exception as error:
            print(f"{service}:{operation} cannot be read: {error}", file=sys.stderr)
            failed = True
            continue
        if not ours.keys() & theirs.keys():
            print(f"{service}:{operation} have nothing in common", file=sys.stderr)
            failed = True
        for path in sorted(ours.keys() & theirs.keys()):
            if ours[path] != theirs[path]:
                print(f"{service}:{operation} {path}: {ours[path]} and {theirs[path]}", file=sys.stderr)
                failed = True
        for path in sorted(ours.keys() ^ theirs.keys()):
            print(f"{'-' if path in ours else '+'} {service}:{operation}{path}")
    sys.exit(failed)


main()
