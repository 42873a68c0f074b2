"""The reasons that reviewed.toml names by `because`, each looked up for the one resource that it is to explain."""
import datetime
import functools
import ipaddress


class Case:
    """One pair of different verdicts, and all that is known of its resource."""

    def __init__(self, key, pair, ours, theirs, estate):
        self.key, (self.our_word, self.their_word) = key, pair
        self.ours, self.theirs, self.estate = ours, theirs, estate
        self.it = estate.described.get(key.resource, {})

    @property
    def user(self):
        return self.estate.credentials[self.key.resource.removeprefix("user/")]

    def we_fail(self, rule):
        """Whether a check of ours fails for the same resource."""
        return self.ours.fails(rule, self.key.region, self.key.resource)

    def they_say(self, peer):
        return self.theirs.get(self.key._replace(peer=peer), "none")

    def days_since(self, time):
        return (self.estate.at - datetime.datetime.fromisoformat(time)).total_seconds() / 86400


# Security groups and network ACLs.

EVERYWHERE = {"0.0.0.0/0", "::/0"}


def all_ports_failed_there(case):
    """The peer's check of all ports fails for the group, which its other checks then pass or leave out."""
    return case.they_say("ec2_securitygroup_allow_ingress_from_internet_to_all_ports") == "fail"


def blocks_add_up(case):
    """No rule names the whole internet, and for some port all of them together admit it."""
    return any(whole(blocks) and not EVERYWHERE & set(blocks) for blocks in admitted(case).values())


def one_broad_block(case):
    """Nobody is admitted from everywhere; one public block of /8 or more is."""
    return not any(whole(blocks) for blocks in admitted(case).values()) and any(
        network.prefixlen <= 8 and network.is_global for blocks in admitted(case).values() for network in map(ipaddress.ip_network, blocks)
    )


def whole(blocks):
    networks = [ipaddress.ip_network(block) for block in blocks]
    v4 = ipaddress.collapse_addresses(n for n in networks if n.version == 4)
    v6 = ipaddress.collapse_addresses(n for n in networks if n.version == 6)
    return any(network.prefixlen == 0 for network in [*v4, *v6])


def admitted(case):
    """By port where rules begin: the blocks of all rules that hold it."""
    rules = [rule for group in case.groups for rule in group["IpPermissions"]]
    found = {}
    for port in {rule.get("FromPort", 0) for rule in rules}:
        holding = [rule for rule in rules if rule["IpProtocol"] == "-1" or rule["FromPort"] <= port <= rule["ToPort"]]
        found[port] = [block for rule in holding for block in case.blocks(rule)]
    return found


def opens_the_web_alone(case):
    """What everybody is admitted to is TCP 80 and 443."""
    rules = open_rules(case)
    return bool(rules) and all(r["IpProtocol"] == "tcp" and r["FromPort"] == r["ToPort"] in (80, 443) for r in rules)


def opens_icmp_alone(case):
    rules = open_rules(case)
    return bool(rules) and all(r["IpProtocol"] == "icmp" for r in rules)


def open_rules(case):
    return [rule for group in case.groups for rule in group["IpPermissions"] if EVERYWHERE & set(case.blocks(rule))]


def private_beside_everywhere(case):
    """Every rule that admits a block and not everybody admits a private one, or everybody as well."""
    return all(
        ipaddress.ip_network(block).is_private or block in EVERYWHERE or EVERYWHERE & set(case.blocks(rule))
        for group in case.groups
        for rule in group["IpPermissions"]
        for block in case.blocks(rule)
    )


def told_as_broad(case):
    return case.we_fail("security-group-admin-port-open") or case.we_fail("security-group-unlisted-port-open")


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


def made_just_now(case):
    return case.days_since(case.it["CreateTime"]) < 2


def is_default_vpc(case):
    return case.it["IsDefault"]


def no_route_to_peering(case):
    tables = case.estate.regions[case.key.region]["tables"]
    return not any(route.get("VpcPeeringConnectionId") == case.key.resource for table in tables for route in table["Routes"])


# Users and policies.


def no_key(case):
    return case.user["access_key_1_last_rotated"] == case.user["access_key_2_last_rotated"] == "N/A"


def no_active_key(case):
    return case.user["access_key_1_active"] == case.user["access_key_2_active"] == "false"


def keys_used_in_90_days(case):
    """Each active key was used, and within 90 days."""
    active = [n for n in (1, 2) if case.user[f"access_key_{n}_active"] == "true"]
    used = [case.user[f"access_key_{n}_last_used_date"] for n in active]
    return all(time != "N/A" and case.days_since(time) <= 90 for time in used)


def password_used_in_90_days(case):
    return case.days_since(case.user["password_last_used"]) <= 90


def no_device(case):
    return not case.estate.mfa[case.key.resource.removeprefix("user/")]


def everything_is_allowed(case):
    """The policy allows everything on everything, which a check of ours tells of the same resource."""
    return case.we_fail("wildcard-admin-policy")


def no_password_policy(case):
    return any(rule == "password-policy-missing" for rule, _, _ in case.ours.failures)
