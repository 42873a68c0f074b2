"""The reasons that reviewed.toml names by `because`, each looked up for the one resource that it is to explain."""
import ipaddress

import verdicts


class Case:
    """One pair of different verdicts, and all that is known of its resource."""

    def __init__(self, key, pair, ours, theirs, estate):
        self.key, (self.our_word, self.their_word) = key, pair
        self.ours, self.theirs, self.estate = ours, theirs, estate
        self.it = estate.described.get(key.resource, {})

    @property
    def user(self):
        return self.estate.credentials[self.key.resource.removeprefix("user/")]

    @property
    def groups(self):
        """The group that the verdict is on, or those of the instance that it is on."""
        if "NetworkInterfaces" in self.it:
            return [self.estate.described[g["GroupId"]] for i in self.it["NetworkInterfaces"] for g in i["Groups"]]
        return [self.it]

    def blocks(self, rule):
        """The blocks that a rule of a group admits, those of prefix lists among them."""
        lists = self.estate.regions[self.key.region]["lists"]
        return (
            [block["CidrIp"] for block in rule["IpRanges"]]
            + [block["CidrIpv6"] for block in rule["Ipv6Ranges"]]
            + [entry["Cidr"] for one in rule["PrefixListIds"] for entry in lists[one["PrefixListId"]]]
        )

    @property
    def policy(self):
        return next(one for one in self.estate.iam["Policies"] if one["Arn"].endswith(f":{self.key.resource}"))

    @property
    def role(self):
        return next(one for one in self.estate.iam["RoleDetailList"] if f"role/{one['RoleName']}" == self.key.resource)

    @property
    def holders(self):
        """The users and roles that have the policy, directly or by a group."""

        def having(kind):
            return [one for one in self.estate.iam[kind] if any(p["PolicyArn"] == self.policy["Arn"] for p in one["AttachedManagedPolicies"])]

        groups = {group["GroupName"] for group in having("GroupDetailList")}
        members = [user for user in self.estate.iam["UserDetailList"] if groups & set(user["GroupList"])]
        return {f"user/{one['UserName']}" for one in having("UserDetailList") + members} | {
            f"role/{one['RoleName']}" for one in having("RoleDetailList")
        }

    def we_fail(self, rule):
        """Whether a check of ours fails for the same resource."""
        return self.ours.fails(rule, self.key.region, self.key.resource)

    def they_say(self, peer):
        return self.theirs.get(self.key._replace(peer=peer), "none")


# Security groups and network ACLs.

EVERYWHERE = {"0.0.0.0/0", "::/0"}


def all_ports_failed_there(case):
    """The peer's check of all ports fails for the group, which its other checks then pass or leave out."""
    return case.they_say("ec2_securitygroup_allow_ingress_from_internet_to_all_ports") == "fail"


def blocks_add_up(case):
    """No rule names the whole internet, and for some port all of them together admit it."""
    sums = admitted(case, verdicts.asked_ports(case.key.peer)).values()
    return any(whole(blocks) and not EVERYWHERE & set(blocks) for blocks in sums)


def one_broad_block(case):
    """Nobody is admitted from everywhere; one public block of /8 or more is."""
    sums = admitted(case, verdicts.asked_ports(case.key.peer)).values()
    return not any(whole(blocks) for blocks in sums) and any(is_broad(block) for blocks in sums for block in blocks)


def is_public(block):
    return not ipaddress.ip_network(block).is_private


def is_broad(block):
    """At least as broad as what our checks take for a broad part of IPv4."""
    return is_public(block) and ipaddress.ip_network(block).prefixlen <= 8


def whole(blocks):
    networks = [ipaddress.ip_network(block) for block in blocks]
    v4 = ipaddress.collapse_addresses(n for n in networks if n.version == 4)
    v6 = ipaddress.collapse_addresses(n for n in networks if n.version == 6)
    return any(network.prefixlen == 0 for network in [*v4, *v6])


def admitted(case, ports=None):
    """By port, or by port where rules begin if no ports are given: the blocks of all rules that hold it."""
    rules = [rule for group in case.groups for rule in group["IpPermissions"]]
    found = {}
    for port in ports or {rule.get("FromPort", 0) for rule in rules}:
        holding = [rule for rule in rules if rule["IpProtocol"] == "-1" or rule["FromPort"] <= port <= rule["ToPort"]]
        found[port] = [block for rule in holding for block in case.blocks(rule)]
    return found


def opens_icmp_alone(case):
    rules = open_rules(case)
    return bool(rules) and all(r["IpProtocol"] == "icmp" for r in rules)


def open_rules(case):
    return [rule for group in case.groups for rule in group["IpPermissions"] if EVERYWHERE & set(case.blocks(rule))]


def private_beside_everywhere(case):
    """Every block that is admitted is private or the whole internet."""
    return all(
        not is_public(block) or block in EVERYWHERE
        for group in case.groups
        for rule in group["IpPermissions"]
        for block in case.blocks(rule)
    )


def told_as_broad(case):
    """A check of ours fails for a broad part of the internet, and no port admits a smaller public one."""
    told = case.we_fail("security-group-admin-port-open") or case.we_fail("security-group-unlisted-port-open")
    return told and all(
        whole(blocks) or any(is_broad(block) for block in blocks) or not any(is_public(block) for block in blocks)
        for blocks in admitted(case).values()
    )


def no_entry_for_every_protocol(case):
    """The ACL has no inbound entry that allows all protocols from everywhere."""
    return not any(is_open(entry) and entry["Protocol"] == "-1" for entry in inbound(case))


def admin_ports_denied_first(case):
    """Before whatever allows all protocols from everywhere, 22 and 3389 are denied to everybody."""
    denied = set()
    for entry in inbound(case):
        if is_open(entry):
            return {22, 3389} <= denied
        if entry.get("CidrBlock") == "0.0.0.0/0" and entry["Protocol"] == "6":
            denied |= set(range(entry["PortRange"]["From"], entry["PortRange"]["To"] + 1))
    return False


def inbound(case):
    return sorted((e for e in case.it["Entries"] if not e["Egress"]), key=lambda e: e["RuleNumber"])


def is_open(entry):
    return entry["RuleAction"] == "allow" and bool(EVERYWHERE & {entry.get("CidrBlock"), entry.get("Ipv6CidrBlock")})


# Instances, volumes and VPCs.


def no_public_address(case):
    return not any("Association" in address for i in case.it["NetworkInterfaces"] for address in i["PrivateIpAddresses"])


def runs(case):
    return case.it["State"]["Name"] == "running"


def holds_no_enclaves(case):
    return not case.it.get("EnclaveOptions", {}).get("Enabled")


def is_unused_vpc(case):
    """No interface is in the VPC."""
    interfaces = case.estate.regions[case.key.region]["interfaces"]
    return all(one["VpcId"] != case.key.resource for one in interfaces)


def no_route_to_peering(case):
    tables = case.estate.regions[case.key.region]["tables"]
    return not any(route.get("VpcPeeringConnectionId") == case.key.resource for table in tables for route in table["Routes"])


# Users and policies.


def no_key(case):
    return case.user["access_key_1_last_rotated"] == case.user["access_key_2_last_rotated"] == "N/A"


def no_active_key(case):
    return case.user["access_key_1_active"] == case.user["access_key_2_active"] == "false"


def no_device(case):
    return not case.estate.mfa[case.key.resource.removeprefix("user/")]


def everything_is_allowed(case):
    """The policy allows everything on everything, which a check of ours tells of the same resource."""
    return case.we_fail("wildcard-admin-policy")


def failed_as_attached(case):
    return case.they_say("iam_customer_attached_policy_no_administrative_privileges") == "fail"


def trusted_by_ec2_alone(case):
    """EC2 is the one principal that the role trusts."""
    return all(one["Principal"] == {"Service": "ec2.amazonaws.com"} for one in case.role["AssumeRolePolicyDocument"]["Statement"])


def reads_not_everything(case):
    return all(one["PolicyName"] != "ReadOnlyAccess" for one in case.role["AttachedManagedPolicies"])


def no_inline_policy(case):
    kind, name = case.key.resource.split("/")
    one = next(one for one in case.estate.iam[f"{kind.title()}DetailList"] if one[f"{kind.title()}Name"] == name)
    return not one[f"{kind.title()}PolicyList"]


def no_holder_escalates(case):
    """Of the users and roles that have the policy, directly or by a group, ours tells none as escalating."""
    return not any(escalates(case, holder) for holder in case.holders)


def holder_escalates(case):
    """A user or role that has the policy is told by ours as escalating."""
    return any(escalates(case, holder) for holder in case.holders)


def holder_is_administrator(case):
    """A user or role that has the policy is told by ours as an administrator."""
    return any(case.ours.fails("effective-administrator-not-listed", "global", holder) for holder in case.holders)


def escalates(case, holder):
    rules = ("principal-escalates-to-administrator", "principal-holds-escalation-permission")
    return any(case.ours.fails(rule, "global", holder) for rule in rules)


# The account and the services that watch.


def no_password_policy(case):
    return any(rule == "password-policy-missing" for rule, _, _ in case.ours.failures)


def trail_is_stopped(case):
    return case.we_fail("cloudtrail-trail-stopped")


def kept_of_another_region(case):
    """Prowler keeps recorders by name: it has a verdict on one of the same name in another region."""
    named = {region: {r["name"] for r in it["recorders"]} for region, it in case.estate.regions.items()}
    others = [region for region in named if region != case.key.region and named[region] & named[case.key.region]]
    return any(case.theirs.get(case.key._replace(region=region)) for region in others)


def no_trail_logs(case):
    """In no region that was looked at; ours tells it of each."""
    failed = {region for rule, region, _ in case.ours.failures if rule == "cloudtrail-not-logging-in-region"}
    return failed == set(case.estate.regions)
