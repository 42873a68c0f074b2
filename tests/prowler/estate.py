"""The estate that both tools look at: a moto server, what its maker puts there, and what the server says of it."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

ESTATE = pathlib.Path(__file__).resolve().parents[3] / "shared" / "estate"
REGIONS = ["us-east-1", "eu-west-1"]
PORT = 4597
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextlib.contextmanager
def served(folder, seed, scale, fill_gaps):
    """A moto server with the estate in it, as the environment that leads to it."""
    url = f"http://127.0.0.1:{PORT}"
    command = [sys.executable, ESTATE / "serve_moto.py", "--quiet", "--port", str(PORT)] + ["--fill-gaps"] * fill_gaps
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(url)
        maker = [sys.executable, ESTATE / "seed_estate.py", url, "--accounts", "1", "--regions", ",".join(REGIONS)]
        maker += ["--scale", str(scale), "--seed", str(seed), "--out", folder / "expected.json"]
        subprocess.run(maker, check=True, stdout=subprocess.DEVNULL)
        yield {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | CREDENTIALS | {"AWS_ENDPOINT_URL": url}
    finally:
        server.kill()
        server.wait()


def wait_for(url):
    for _ in range(600):
        try:
            urllib.request.urlopen(url).read()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"nothing answers at {url}")


def describe(environment, path):
    """Writes what the server says of the resources that reasons.py asks about."""
    import boto3

    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])

    def client(service, region=REGIONS[0]):
        return session.client(service, region_name=region, endpoint_url=environment["AWS_ENDPOINT_URL"])

    regions = {}
    for region in REGIONS:
        ec2 = client("ec2", region)
        regions[region] = {
            "instances": [i for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]],
            "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
            "groups": ec2.describe_security_groups()["SecurityGroups"],
            "lists": {
                one["PrefixListId"]: ec2.get_managed_prefix_list_entries(PrefixListId=one["PrefixListId"])["Entries"]
                for one in ec2.describe_managed_prefix_lists()["PrefixLists"]
            },
            "acls": ec2.describe_network_acls()["NetworkAcls"],
            "vpcs": ec2.describe_vpcs()["Vpcs"],
            "peerings": ec2.describe_vpc_peering_connections()["VpcPeeringConnections"],
            "tables": ec2.describe_route_tables()["RouteTables"],
            "volumes": ec2.describe_volumes()["Volumes"],
            "snapshots": ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"],
            "trails": client("cloudtrail", region).describe_trails(includeShadowTrails=False)["trailList"],
            "recorders": client("config", region).describe_configuration_recorders()["ConfigurationRecorders"],
        }
    iam = client("iam")
    iam.generate_credential_report()
    whole = iam.get_account_authorization_details()
    said = {
        "account": client("sts").get_caller_identity()["Account"],
        "regions": regions,
        "credentials": iam.get_credential_report()["Content"].decode(),
        "mfa": {u["UserName"]: iam.list_mfa_devices(UserName=u["UserName"])["MFADevices"] for u in whole["UserDetailList"]},
        "iam": {kind: whole[kind] for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")},
        "buckets": [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
    }
    path.write_text(json.dumps(said, default=lambda value: value.isoformat(), indent=1), encoding="utf-8")


class Estate:
    """What `describe` wrote, by id; and the names that its maker gave, which stay from run to run."""

    def __init__(self, path):
        said = json.loads(path.read_text(encoding="utf-8"))
        self.account = said["account"]
        self.iam, self.mfa, self.buckets = said["iam"], said["mfa"], said["buckets"]
        heads, *rows = (line.split(",") for line in said["credentials"].splitlines() if line)
        self.credentials = {row[0]: dict(zip(heads, row)) for row in rows}
        self.regions = said["regions"]
        self.named, self.described = {}, {}
        ids = {
            "vpcs": "VpcId", "groups": "GroupId", "acls": "NetworkAclId", "instances": "InstanceId", "volumes": "VolumeId",
            "peerings": "VpcPeeringConnectionId", "snapshots": "SnapshotId",
        }
        for region in self.regions.values():
            for kind, member in ids.items():
                for one in region[kind]:
                    self.described[one[member]] = one
                    self.named[one[member]] = self.call(kind, one)

    def call(self, kind, one):
        match kind:
            case "groups":
                return f"{self.named[one['VpcId']]}/{one['GroupName']}"
            case "vpcs" if one["IsDefault"]:
                return "default-vpc"
            case "acls" if one["IsDefault"]:
                return f"{self.named[one['VpcId']]}/default-acl"
            case "volumes" if one["Attachments"]:
                return f"{self.named[one['Attachments'][0]['InstanceId']]}/volume"
            case "peerings":
                other = one["AccepterVpcInfo"]
                return f"peering/{self.named[one['RequesterVpcInfo']['VpcId']]}-{other['OwnerId']}"
        name = next((tag["Value"] for tag in one.get("Tags", []) if tag["Key"] == "Name"), None)
        if name and kind == "acls" and not name.startswith(self.named[one["VpcId"]]):
            return f"{self.named[one['VpcId']]}/{name}"
        return name

    def name(self, key):
        """The maker's name of what a verdict is on, or how the tools write it."""
        if key.resource == "region":
            return key.region
        return "organization" if key.resource.startswith("o-") else self.named.get(key.resource) or key.resource

    def is_foreign(self, resource):
        """Whether it is a snapshot of another account's: moto lists Amazon's where the account's own are asked for."""
        owner = self.described.get(resource, {}).get("OwnerId") if resource.startswith("snap-") else None
        return owner not in (None, self.account)
