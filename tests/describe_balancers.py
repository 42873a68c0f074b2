"""Load balancers of random networks, as `aws elbv2` prints them: listeners, rules, target groups, health, settings.

Shared by tests/z3 and tests/eastwest. Whoever has it gives `put_balancing`, which keeps an item under its file's key.
"""

LISTENED = [1, 21, 22, 80, 443, 1023, 1024, 8080, 32768, 65535]
LEAST = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"


def node(short, kind, **more):
    """What tells an interface to be a balancer's node."""
    return {"Description": f"ELB {short}", "RequesterManaged": True, "RequesterId": "amazon-elb",
            "InterfaceType": "network_load_balancer" if kind == "network" else "interface",
            "Attachment": {"AttachmentId": "ela-attach-x", "DeviceIndex": 1, "InstanceOwnerId": "amazon-elb",
                           "Status": "attached", "DeleteOnTermination": False}} | more


class Balancers:
    LISTENED = LISTENED

    def current(self, arn, kind, facing, vpc, type_, groups, subnets):
        """A balancer of the second generation and its settings; the rest of it are its listeners."""
        name = arn.split("/")[-2]
        value = {
            "LoadBalancerArn": arn, "LoadBalancerName": name, "CanonicalHostedZoneId": "Z1", "VpcId": vpc, "Type": kind,
            "Scheme": "internet-facing" if facing else "internal", "CreatedTime": "2026-01-01T00:00:00+00:00",
            "DNSName": f"{name}-1.elb.us-east-1.amazonaws.com", "State": {"Code": "active"}, "IpAddressType": type_,
            "AvailabilityZones": [{"ZoneName": subnet["AvailabilityZone"], "SubnetId": subnet["SubnetId"],
                                   "LoadBalancerAddresses": []} for subnet in subnets]}
        if groups:
            value["SecurityGroups"] = groups
        self.put_balancing("LoadBalancers", value)
        cross = "true" if kind == "application" else self.random.choice(["true", "false", "false"])
        self.put_balancing("LoadBalancerAttributes", {"LoadBalancerArn": arn, "Attributes": [
            {"Key": "load_balancing.cross_zone.enabled", "Value": cross}]})

    def listener(self, balancer, kind, vpc, port, targets, type_):
        """`targets` tells of a target group's type and family what it may hold: each id, and whether its zone is the
        balancer's too."""
        protocols = ["HTTP", "HTTPS"] if kind == "application" else ["TCP", "TCP", "TLS", "UDP", "TCP_UDP"]
        protocol = self.random.choice(protocols)
        arn = f"{balancer.replace(':loadbalancer/', ':listener/')}/{port}"
        made = [self.target_group(balancer, kind, vpc, protocol, f"{port}-{index}", targets, type_)
                for index in range(2 if kind == "application" and self.chance(0.4) else 1)]
        forward = [{"Type": "forward", "Order": 1, "TargetGroupArn": group, "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": group, "Weight": self.random.choice([1, 2])}]}} for group in made]
        other = [{"Type": "fixed-response", "Order": 1, "FixedResponseConfig": {"StatusCode": "404"}}]
        default = forward[:1] if kind == "network" or self.chance(0.7) else other
        self.put_balancing("Listeners", {"ListenerArn": arn, "LoadBalancerArn": balancer, "Port": port,
                                         "Protocol": protocol, "DefaultActions": default})
        if kind == "application":
            # The default rule, and one for some path.
            rule = arn.replace(":listener/", ":listener-rule/")
            self.put_balancing("Rules", {"RuleArn": f"{rule}/0", "Priority": "default", "Conditions": [],
                                         "Actions": default, "IsDefault": True})
            if len(made) > 1 or self.chance(0.3):
                self.put_balancing("Rules", {
                    "RuleArn": f"{rule}/1", "Priority": "1", "IsDefault": False, "Actions": forward[-1:],
                    "Conditions": [{"Field": "path-pattern", "Values": ["/x"]}]})

    def target_group(self, balancer, kind, vpc, listens, suffix, targets, type_):
        """What a listener forwards to, with the health of its targets and what is set."""
        protocol = self.random.choice(["TCP", "TLS"]) if listens == "TLS" else listens
        if kind == "application":
            protocol = self.random.choice(["HTTP", "HTTPS"])
        type_of = self.random.choice(["instance", "ip"])
        six = type_of == "ip" and type_ != "ipv4" and self.chance(0.4)
        name = f"{balancer.split('/')[-2]}-{suffix}"
        arn = f"{balancer.split(':loadbalancer/')[0]}:targetgroup/{name}/1"
        own = self.random.choice(self.LISTENED)
        self.put_balancing("TargetGroups", {
            "TargetGroupArn": arn, "TargetGroupName": name, "Protocol": protocol, "Port": own, "VpcId": vpc,
            "TargetType": type_of, "IpAddressType": "ipv6" if six else "ipv4", "LoadBalancerArns": [balancer],
            "HealthCheckPort": "traffic-port", "HealthCheckProtocol": "TCP", "HealthCheckEnabled": True})
        self.put_balancing("TargetGroupAttributes", {"TargetGroupArn": arn, "Attributes": self.settings(kind, protocol)})
        health = []
        for target, is_enabled in targets(type_of, six):
            state = self.random.choice(["healthy"] * 4 + ["unhealthy"] * 3 + ["draining"]) if is_enabled else "unused"
            if self.chance(0.75):
                health.append({"Target": {"Id": target, "Port": self.random.choice([own, own, 8080])},
                               "HealthCheckPort": "80", "TargetHealth": {"State": state}})
        self.put_balancing("LoadBalancerTargetHealth", {"TargetGroupArn": arn, "TargetHealthDescriptions": health})
        return arn

    def settings(self, kind, protocol):
        """What AWS says of a target group; what it leaves out has its default."""
        chosen = {"load_balancing.cross_zone.enabled": self.random.choice(
            ["use_load_balancer_configuration"] * 2 + ["true", "false"])}
        if kind == "network" and protocol in ("TCP", "TLS"):
            chosen["preserve_client_ip.enabled"] = self.random.choice(["true", "false"])
        chosen[LEAST] = self.random.choice(["1", "1", "2"])
        return [{"Key": key, "Value": value} for key, value in chosen.items() if self.chance(0.7)]
