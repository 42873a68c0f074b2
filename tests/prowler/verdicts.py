"""Both tools' reports as verdicts: one word by the peer's check, the region and the resource."""
import collections
import glob
import json
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Of these there is one in an account or a region, and the tools name it in different ways.
OF_ACCOUNT = {
    "AWS::::Account",
    "AWS::Organizations::Organization",
    "AWS::Organizations::Root",
    "AWS::Organizations::Account",
    "AWS::S3::AccountPublicAccessBlock",
}
OF_REGION = {
    "AWS::::Region",
    "AWS::AccessAnalyzer::Analyzer",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::GuardDuty::Detector",
    "AWS::SecurityHub::Hub",
}

# A check of ours has a list of ports where the peer has a check for each service: these are its services' ports.
# In the ids of its checks on groups and network ACLs they are written out.
INSTANCE_PORTS = {
    "cassandra": [7000, 7001, 7199, 9042, 9160],
    "cifs": [139, 445],
    "elasticsearch_kibana": [9200, 9300, 5601],
    "ftp": [20, 21],
    "kafka": [9092],
    "kerberos": [88, 464, 749, 750],
    "ldap": [389, 636],
    "memcached": [11211],
    "mongodb": [27017, 27018],
    "mysql": [3306],
    "oracle": [1521, 2483, 2484],
    "postgresql": [5432],
    "rdp": [3389],
    "redis": [6379],
    "sqlserver": [1433, 1434],
    "ssh": [22],
    "telnet": [23],
}
HIGH_RISK_PORTS = [25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088]

# Likewise actions and services, which are lists for ours.
ASKED_WORDS = {
    "marketplace_subscribe": ("action", "aws-marketplace:Subscribe"),
    "permissive_role_assumption": ("action", "sts:AssumeRole"),
    "full_access_to_cloudtrail": ("service", "cloudtrail"),
    "full_access_to_kms": ("service", "kms"),
}

# What the peer's checks of IAM look at; ours look at all that have policies.
KINDS = {
    "iam_aws_attached_policy_": ["policy/"],
    "iam_customer_": ["policy/"],
    "iam_group_": ["group/"],
    "iam_inline_policy_": ["user/", "group/", "role/"],
    "iam_no_custom_policy_": ["policy/"],
    "iam_policy_attached_only": ["user/"],
    "iam_policy_": ["policy/"],
    "iam_role_": ["role/"],
    "iam_user_": ["user/"],
}

Key = collections.namedtuple("Key", "peer region resource")


def asked_ports(peer):
    """The TCP ports that a check of the peer's asks about, if it is about ports."""
    if found := re.fullmatch(r"ec2_instance_port_(\w+)_exposed_to_internet", peer):
        return INSTANCE_PORTS[found[1]]
    if peer.endswith("_high_risk_tcp_ports"):
        return HIGH_RISK_PORTS
    if found := re.fullmatch(r"ec2_(?:securitygroup|networkacl)_allow_ingress_.*tcp_port_\D*([\d_]+)", peer):
        return [int(port) for port in found[1].split("_")]
    return None


def asked_word(peer):
    """The fact and the value of an element that a check of the peer's asks about, if it asks about one."""
    return next((asked for end, asked in ASKED_WORDS.items() if peer.endswith(end)), None)


def looks_at(peer, resource):
    """Whether a check of the peer's is about this kind of resource, where the kind is in the name."""
    kinds = next((kinds for start, kinds in KINDS.items() if peer.startswith(start)), None)
    return kinds is None or "/" not in resource or resource.startswith(tuple(kinds))


def peer_checks():
    """The peer's checks in our scope, and its services that have them."""
    lines = (ROOT / "docs" / "coverage" / "ids.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[1]: line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


class Scope:
    """Which checks of ours answer which of the peer's, and how wide the verdicts are that can be compared."""

    def __init__(self):
        self.peers = collections.defaultdict(set)
        types = collections.defaultdict(set)
        for path in glob.glob(str(ROOT / "checks" / "*" / "*.toml")):
            check = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8")).get("check", {})
            for peer in check.get("controls", {}).get("prowler", []):
                self.peers[check["id"]].add(peer)
                kinds = check["resource_type"]
                types[peer].update([kinds] if isinstance(kinds, str) else kinds)
        self.answered = set(types)
        self.width = {}
        for peer, kinds in types.items():
            if kinds & OF_ACCOUNT:
                self.width[peer] = "account"
            elif kinds & OF_REGION:
                self.width[peer] = "region"

    def key(self, peer, region, resource):
        """What two verdicts have to share to be of the same thing."""
        match self.width.get(peer):
            case "account":
                return Key(peer, "global", "account")
            case "region":
                return Key(peer, region, "region")
        # What is global has a region of the peer's choosing.
        if peer.startswith("iam_"):
            region = "global"
        return Key(peer, region, short(resource.split("/access-key/")[0]))


def short(uid):
    """What is left of an ARN or id that both write in the same way."""
    if not uid:
        return ""
    if re.fullmatch(r"arn:[^:]*:iam::\d+:root", uid):
        return "root"
    if uid.startswith("arn:"):
        uid = uid.split(":", 5)[5]
        # Names may have paths, ids have not.
        for kind in ("user/", "role/", "group/", "policy/", "instance-profile/"):
            if uid.startswith(kind):
                return kind + uid.rsplit("/", 1)[1]
        uid = uid.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return uid


def worst(verdicts):
    return next((word for word in ("fail", "unknown", "suppressed", "manual", "pass") if word in verdicts), "none")


class Ours:
    """driftline's report: verdicts by the peer's checks, and the failures by our own."""

    def __init__(self, path, scope):
        found = collections.defaultdict(set)
        self.failures = set()
        report = json.loads(path.read_text(encoding="utf-8"))
        slow = [gap["operation"] for gap in report["coverage"]["gaps"] if gap["reason"] == "TimedOut"]
        if slow:
            sys.exit(f"the machine was too busy: no answer to {', '.join(slow)}")
        for finding in report["findings"]:
            resource = finding["resource"] or {}
            name = resource.get("arn") or resource.get("id") or "scope"
            if finding["status"] == "fail":
                self.failures.add((finding["rule"], finding["region"], short(name)))
            for peer in scope.peers.get(finding["rule"], ()):
                key = scope.key(peer, finding["region"], name)
                if looks_at(peer, key.resource):
                    found[key].add(verdict(finding, peer))
        self.verdicts = {key: worst(verdicts) for key, verdicts in found.items()}

    def fails(self, rule, region, resource):
        return (rule, region, resource) in self.failures


def verdict(finding, peer):
    """What a finding comes to for what the peer's check asks about: a failure of something else is none of it."""
    if finding["status"] != "fail":
        return finding["status"]
    if ports := asked_ports(peer):
        concerns = any(holds(ranges, port) for ranges in element(finding, "ports") for port in ports)
    elif word := asked_word(peer):
        concerns = word[1] in element(finding, word[0])
    else:
        concerns = True
    return "fail" if concerns else "pass"


def element(finding, fact):
    """The values of a fact of the element that fails."""
    return {told["value"] for told in finding["evidence"] if re.fullmatch(r"\w+\[\d+\]\." + fact, told["fact"])}


def holds(ranges, port):
    """Whether `0-21,23` holds a port."""
    bounds = (part.split("-") for part in ranges.replace(" ", "").split(","))
    return any(int(bound[0]) <= port <= int(bound[-1]) for bound in bounds)


def theirs(folder, known, scope):
    """The peer's report."""
    found = collections.defaultdict(set)
    (path,) = glob.glob(str(folder / "prowler" / "*.ocsf.json"))
    for finding in json.loads(pathlib.Path(path).read_text(encoding="utf-8")):
        peer = finding["metadata"]["event_code"]
        for resource in finding["resources"] if peer in known else ():
            found[scope.key(peer, resource["region"], resource["uid"])].add(finding["status_code"].lower())
    return {key: worst(verdicts) for key, verdicts in found.items()}
