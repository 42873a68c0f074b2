//! Elastic Load Balancing, in the `awsQuery` protocols of 2015-12-01 and, for
//! the first generation, of 2012-06-01.

use crate::balancers::{self, APP_PORT, Balancer, Group, LEGACY};
use crate::call::Call;
use crate::cell::{Cell, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::page::Limits;
use crate::service::Service;
use crate::xml::Xml;

type Outcome = Result<(), ApiError>;

const PAGE: Limits = Limits::sized(400, 400);

/// Writes the result of an operation.
pub fn operation(call: &Call, x: &mut Xml) -> Outcome {
    if ["LoadBalancerArns.", "Names.", "LoadBalancerNames.", "PolicyNames."].iter().any(|of| call.params.any(of)) {
        return Err(ApiError::not_simulated(call.service.protocol(), "lists of names"));
    }
    match (call.service, call.action) {
        (Service::Elb, "DescribeLoadBalancers") => classic(call, x),
        (Service::Elb, "DescribeLoadBalancerAttributes") => legacy(call).map(|()| legacy_attributes(x)),
        (Service::Elb, "DescribeLoadBalancerPolicies") => legacy(call).map(|()| legacy_policies(x)),
        (_, "DescribeLoadBalancers") => load_balancers(call, x),
        (_, "DescribeLoadBalancerAttributes") => load_balancer_attributes(call, x),
        (_, "DescribeListeners") => listeners(call, x),
        (_, "DescribeRules") => rules(call, x),
        (_, "DescribeTargetGroups") => target_groups(call, x),
        (_, "DescribeTargetGroupAttributes") => target_group_attributes(call, x),
        (_, "DescribeTargetHealth") => target_health(call, x),
        (_, name) => Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
}

/// One page of a list.
fn list<T>(call: &Call, x: &mut Xml, tag: &str, all: &[T], mut each: impl FnMut(&mut Xml, &T)) -> Outcome {
    let page = call.page(all.len() as u32, PAGE)?;
    let range = page.range.start as usize..page.range.end as usize;
    x.items(tag, "member", all.get(range).unwrap_or_default(), |x, one| each(x, one));
    if let Some(marker) = page.next {
        x.put("NextMarker", marker);
    }
    Ok(())
}

/// The load balancer that a call is about.
fn balancer(call: &Call) -> Result<Balancer, ApiError> {
    let arn = call.need("LoadBalancerArn")?;
    let found = balancers::all(&call.cell).into_iter().find(|one| one.arn(&call.cell) == arn);
    found.ok_or_else(|| ApiError::new(400, "LoadBalancerNotFound", format!("Load balancer '{arn}' not found")))
}

/// The target group that a call is about.
fn group(call: &Call) -> Result<Group, ApiError> {
    let arn = call.need("TargetGroupArn")?;
    let found = balancers::groups(&call.cell).into_iter().find(|one| one.arn(&call.cell) == arn);
    found.ok_or_else(|| ApiError::new(400, "TargetGroupNotFound", format!("Target group '{arn}' not found")))
}

fn load_balancers(call: &Call, x: &mut Xml) -> Outcome {
    let cell = &call.cell;
    list(call, x, "LoadBalancers", &balancers::all(cell), |x, one| {
        let vpc = one.vpc();
        x.put("LoadBalancerArn", one.arn(cell));
        x.put("DNSName", one.dns_name(cell));
        x.put("CanonicalHostedZoneId", "Z35SXDOTRQ7X7K");
        x.put("CreatedTime", iso_millis(cell.created("lb", vpc.number())));
        x.put("LoadBalancerName", one.name(cell));
        x.put("Scheme", if one.is_application() { "internet-facing" } else { "internal" });
        x.put("VpcId", cell.vpc_id(vpc));
        x.node("State", |x| x.put("Code", "active"));
        x.put("Type", if one.is_application() { "application" } else { "network" });
        x.items("AvailabilityZones", "member", 0..ZONES, |x, zone| {
            x.put("ZoneName", cell.zone(zone));
            x.put("SubnetId", cell.subnet_id(vpc, one.first_subnet() + zone));
            x.texts::<&str>("LoadBalancerAddresses", "member", []);
        });
        x.texts("SecurityGroups", "member", one.is_application().then(|| cell.group_id(vpc, 1)));
        x.put("IpAddressType", "ipv4");
    })
}

fn attributes(x: &mut Xml, all: &[(&str, &str)]) -> Outcome {
    x.items("Attributes", "member", all, |x, (key, value)| {
        x.put("Key", *key);
        x.put("Value", *value);
    });
    Ok(())
}

fn load_balancer_attributes(call: &Call, x: &mut Xml) -> Outcome {
    let of_both = [("deletion_protection.enabled", "true"), ("load_balancing.cross_zone.enabled", "true")];
    match balancer(call)? {
        Balancer::Web(_) => attributes(
            x,
            &[
                of_both[0],
                of_both[1],
                ("access_logs.s3.enabled", "true"),
                ("access_logs.s3.bucket", "tidewater-balancer-logs"),
                ("idle_timeout.timeout_seconds", "60"),
                ("routing.http2.enabled", "true"),
                ("routing.http.drop_invalid_header_fields.enabled", "true"),
                ("routing.http.desync_mitigation_mode", "defensive"),
            ],
        ),
        Balancer::DataApi => attributes(x, &of_both),
    }
}

fn listeners(call: &Call, x: &mut Xml) -> Outcome {
    let cell = &call.cell;
    let one = balancer(call)?;
    list(call, x, "Listeners", one.ports(), |x, port| {
        x.put("ListenerArn", one.listener_arn(cell, *port));
        x.put("LoadBalancerArn", one.arn(cell));
        x.put("Port", *port);
        x.put("Protocol", protocol(one, *port));
        if *port == 443 {
            x.items("Certificates", "member", [()], |x, ()| x.put("CertificateArn", certificate(cell)));
            x.put("SslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06");
        }
        x.items("DefaultActions", "member", [()], |x, ()| action(cell, one, *port, x));
    })
}

fn protocol(of: Balancer, port: u32) -> &'static str {
    match (of, port) {
        (Balancer::Web(_), 443) => "HTTPS",
        (Balancer::Web(_), _) => "HTTP",
        (Balancer::DataApi, _) => "TCP",
    }
}

fn certificate(cell: &Cell) -> String {
    cell.arn("acm", &format!("certificate/{}", crate::call::request_id(cell.hash("certificate", 0))))
}

/// HTTP is sent on to HTTPS; everything else goes to the targets.
fn action(cell: &Cell, of: Balancer, port: u32, x: &mut Xml) {
    if port == 80 {
        x.put("Type", "redirect");
        x.put("Order", 1);
        x.node("RedirectConfig", |x| {
            x.put("Protocol", "HTTPS");
            x.put("Port", "443");
            x.put("Host", "#{host}");
            x.put("Path", "/#{path}");
            x.put("Query", "#{query}");
            x.put("StatusCode", "HTTP_301");
        });
        return;
    }
    forward(cell, of, x);
}

fn forward(cell: &Cell, to: Balancer, x: &mut Xml) {
    let arn = Group::Of(to).arn(cell);
    x.put("Type", "forward");
    x.put("TargetGroupArn", &arn);
    x.put("Order", 1);
    x.node("ForwardConfig", |x| {
        x.items("TargetGroups", "member", [&arn], |x, arn| {
            x.put("TargetGroupArn", arn);
            x.put("Weight", 1);
        });
        x.node("TargetGroupStickinessConfig", |x| x.put("Enabled", false));
    });
}

/// HTTPS has a rule of its own beside the default.
fn rules(call: &Call, x: &mut Xml) -> Outcome {
    let cell = &call.cell;
    let arn = call.need("ListenerArn")?;
    let of_listener = |one: Balancer| one.ports().iter().map(move |port| (one, *port));
    let found = balancers::all(cell).into_iter().flat_map(of_listener);
    let found = found.into_iter().find(|(one, port)| one.listener_arn(cell, *port) == arn);
    let Some((one, port)) = found else {
        return Err(ApiError::new(400, "ListenerNotFound", format!("Listener '{arn}' not found")));
    };
    let priorities: &[&str] = if port == 443 { &["10", "default"] } else { &["default"] };
    list(call, x, "Rules", priorities, |x, priority| {
        let rule = arn.replacen(":listener/", ":listener-rule/", 1);
        x.put("RuleArn", format!("{rule}/{:016x}", one.word(cell, priority) ^ u64::from(port)));
        x.put("Priority", *priority);
        x.items("Conditions", "member", (*priority != "default").then_some(()), |x, ()| {
            x.put("Field", "path-pattern");
            x.texts("Values", "member", ["/api/*"]);
            x.node("PathPatternConfig", |x| x.texts("Values", "member", ["/api/*"]));
        });
        x.items("Actions", "member", [()], |x, ()| action(cell, one, port, x));
        x.put("IsDefault", *priority == "default");
    })
}

fn target_groups(call: &Call, x: &mut Xml) -> Outcome {
    let cell = &call.cell;
    list(call, x, "TargetGroups", &balancers::groups(cell), |x, one| {
        let (vpc, web) = match one {
            Group::Of(balancer) => (balancer.vpc(), balancer.is_application()),
            Group::Retired => (Vpc::Regular(0), true),
        };
        x.put("TargetGroupArn", one.arn(cell));
        x.put("TargetGroupName", one.name(cell));
        x.put("Protocol", if web { "HTTP" } else { "TCP" });
        x.put("Port", if web { APP_PORT } else { balancers::DATA_PORT });
        x.put("VpcId", cell.vpc_id(vpc));
        x.put("HealthCheckProtocol", if web { "HTTP" } else { "TCP" });
        x.put("HealthCheckPort", "traffic-port");
        x.put("HealthCheckEnabled", true);
        x.put("HealthCheckIntervalSeconds", 30);
        x.put("HealthCheckTimeoutSeconds", if web { 5 } else { 10 });
        x.put("HealthyThresholdCount", 5);
        x.put("UnhealthyThresholdCount", 2);
        if web {
            x.put("HealthCheckPath", "/health");
            x.node("Matcher", |x| x.put("HttpCode", "200"));
            x.put("ProtocolVersion", "HTTP1");
        }
        let arns = match one {
            Group::Of(balancer) => Some(balancer.arn(cell)),
            Group::Retired => None,
        };
        x.texts("LoadBalancerArns", "member", arns);
        x.put("TargetType", if web { "instance" } else { "ip" });
        x.put("IpAddressType", "ipv4");
    })
}

fn target_group_attributes(call: &Call, x: &mut Xml) -> Outcome {
    match group(call)? {
        Group::Of(Balancer::DataApi) => attributes(
            x,
            &[
                ("deregistration_delay.timeout_seconds", "300"),
                ("preserve_client_ip.enabled", "false"),
                ("proxy_protocol_v2.enabled", "false"),
                ("stickiness.enabled", "false"),
            ],
        ),
        _ => attributes(
            x,
            &[
                ("deregistration_delay.timeout_seconds", "300"),
                ("load_balancing.algorithm.type", "round_robin"),
                ("stickiness.enabled", "false"),
            ],
        ),
    }
}

/// AWS gives all targets at once.
fn target_health(call: &Call, x: &mut Xml) -> Outcome {
    let targets = group(call)?.targets(&call.cell);
    x.items("TargetHealthDescriptions", "member", targets, |x, (id, port, zone)| {
        x.node("Target", |x| {
            x.put("Id", &id);
            x.put("Port", port);
            // Of an instance the zone is known.
            if !id.starts_with("i-") {
                x.put("AvailabilityZone", zone);
            }
        });
        x.put("HealthCheckPort", port);
        x.node("TargetHealth", |x| x.put("State", "healthy"));
    });
    Ok(())
}

fn classic(call: &Call, x: &mut Xml) -> Outcome {
    let cell = &call.cell;
    let vpc = Vpc::Regular(0);
    let all = if balancers::has_legacy(cell) { &[()][..] } else { &[] };
    list(call, x, "LoadBalancerDescriptions", all, |x, ()| {
        x.put("LoadBalancerName", LEGACY);
        let number = cell.hash("elb-dns", 0) % 1_000_000_000;
        x.put("DNSName", format!("internal-{LEGACY}-{number}.{}.elb.amazonaws.com", cell.region_name()));
        x.put("CanonicalHostedZoneNameID", "Z35SXDOTRQ7X7K");
        x.items("ListenerDescriptions", "member", [80, 443], |x, port| {
            x.node("Listener", |x| {
                x.put("Protocol", if port == 443 { "HTTPS" } else { "HTTP" });
                x.put("LoadBalancerPort", port);
                x.put("InstanceProtocol", "HTTP");
                x.put("InstancePort", APP_PORT);
                if port == 443 {
                    x.put("SSLCertificateId", certificate(cell));
                }
            });
            x.texts("PolicyNames", "member", (port == 443).then_some(TLS_POLICY));
        });
        x.texts::<&str>("BackendServerDescriptions", "member", []);
        x.texts("AvailabilityZones", "member", (0..ZONES).map(|zone| cell.zone(zone)));
        x.texts("Subnets", "member", (0..ZONES).map(|zone| cell.subnet_id(vpc, ZONES + zone)));
        x.put("VPCId", cell.vpc_id(vpc));
        x.items("Instances", "member", 0..cell.instances(), |x, k| x.put("InstanceId", cell.instance_id(vpc, k)));
        x.node("HealthCheck", |x| {
            x.put("Target", format!("HTTP:{APP_PORT}/health"));
            x.put("Interval", 30);
            x.put("Timeout", 5);
            x.put("UnhealthyThreshold", 2);
            x.put("HealthyThreshold", 10);
        });
        x.node("SourceSecurityGroup", |x| {
            x.put("OwnerAlias", cell.owner());
            x.put("GroupName", "lb");
        });
        x.texts("SecurityGroups", "member", [cell.group_id(vpc, 1)]);
        x.put("CreatedTime", iso_millis(cell.created("elb", 0)));
        x.put("Scheme", "internal");
    })
}

/// The policy of its listener for HTTPS, which is AWS's own.
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS-1-2-2017-01";

/// Whether the load balancer that a call is about is the one that there is.
fn legacy(call: &Call) -> Outcome {
    let name = call.need("LoadBalancerName")?;
    if name == LEGACY && balancers::has_legacy(&call.cell) {
        return Ok(());
    }
    Err(ApiError::new(400, "LoadBalancerNotFound", format!("There is no ACTIVE Load Balancer named '{name}'")))
}

fn legacy_attributes(x: &mut Xml) {
    x.node("LoadBalancerAttributes", |x| {
        x.node("AccessLog", |x| {
            x.put("Enabled", true);
            x.put("EmitInterval", 60);
            x.put("S3BucketName", "tidewater-balancer-logs");
        });
        x.node("ConnectionSettings", |x| x.put("IdleTimeout", 60));
        x.node("CrossZoneLoadBalancing", |x| x.put("Enabled", true));
        x.node("ConnectionDraining", |x| {
            x.put("Enabled", true);
            x.put("Timeout", 300);
        });
        x.items("AdditionalAttributes", "member", [()], |x, ()| {
            x.put("Key", "elb.http.desyncmitigationmode");
            x.put("Value", "defensive");
        });
    });
}

/// What the policy says of each protocol, and of two ciphers among many.
fn legacy_policies(x: &mut Xml) {
    const SAYS: [(&str, &str); 6] = [
        ("Reference-Security-Policy", TLS_POLICY),
        ("Protocol-TLSv1", "false"),
        ("Protocol-TLSv1.1", "false"),
        ("Protocol-TLSv1.2", "true"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "true"),
        ("RC4-MD5", "false"),
    ];
    x.items("PolicyDescriptions", "member", [()], |x, ()| {
        x.put("PolicyName", TLS_POLICY);
        x.put("PolicyTypeName", "SSLNegotiationPolicyType");
        x.items("PolicyAttributeDescriptions", "member", SAYS, |x, (name, value)| {
            x.put("AttributeName", name);
            x.put("AttributeValue", value);
        });
    });
}
