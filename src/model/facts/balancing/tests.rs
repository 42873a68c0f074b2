//! Answers by hand, in the spelling of the AWS CLI, and the facts that follow.

use serde_json::{Value as Json, json};

use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::facts::{table, value};
use crate::model::{Model, Value};
use crate::net::PortSet;
use crate::resource::{Resource, ResourceType};

fn scope(region: &str) -> Scope {
    Scope {
        partition: crate::arn::Partition::Aws,
        account: "111122223333".parse().unwrap(),
        region: region.parse().unwrap(),
    }
}

/// A resource whose operations were read, but for those that are denied.
struct World(Inventory, ResourceType, Scope);

impl World {
    fn of(of: ResourceType, fields: Json, denied: &[&str]) -> World {
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".to_owned(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "test".to_owned(),
            is_import: false,
        });
        let scope = scope(if of.is_global() { "global" } else { "eu-west-1" });
        for operation in of.operations() {
            let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
            let outcome = if denied.contains(operation) { Outcome::Gap(gap) } else { Outcome::Complete };
            inventory.ledger.record(Cell { scope: scope.clone(), operation: (*operation).to_owned() }, outcome);
        }
        inventory.insert(scope.clone(), Resource::deserialize_as(of, fields).unwrap());
        World(inventory, of, scope)
    }

    fn fact(&self, name: &str) -> Value {
        let model = Model::new(&self.0, "2026-01-01T00:00:00Z".parse().unwrap());
        let index = table(self.1).iter().position(|field| field.name == name).unwrap();
        let (_, subject) = model.subjects(self.1).next().unwrap();
        value(&model, &self.2, subject, index)
    }

    /// A field of each record of a list.
    fn fields(&self, list: &str, field: &str) -> Vec<Value> {
        let of = table(self.1).into_iter().find(|fact| fact.name == list).unwrap();
        let crate::model::Kind::List(fields) = of.kind else { panic!("{list} is no list") };
        let index = fields.iter().position(|one| one.name == field).unwrap();
        match self.fact(list) {
            Value::List(records) => records.iter().map(|record| record.get(index).clone()).collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn ports(text: &str) -> Value {
    Value::Ports(text.parse::<PortSet>().unwrap())
}

fn texts(of: &[&str]) -> Value {
    Value::Texts(of.iter().map(|text| (*text).to_owned()).collect())
}

const BALANCER: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/my-load-balancer/50dc6c495c0c9188";

/// An application load balancer; what is read with calls of their own is `more`.
fn balancer(more: Json) -> Json {
    let mut fields = json!({
        "LoadBalancerArn": BALANCER,
        "DNSName": "my-load-balancer-1.eu-west-1.elb.amazonaws.com",
        "CanonicalHostedZoneId": "Z32O12XQLNTSW2",
        "CreatedTime": "2025-03-01T12:00:00.123000+00:00",
        "LoadBalancerName": "my-load-balancer",
        "Scheme": "internet-facing",
        "VpcId": "vpc-1",
        "State": {"Code": "active"},
        "Type": "application",
        "AvailabilityZones": [
            {"ZoneName": "eu-west-1b", "SubnetId": "subnet-2", "LoadBalancerAddresses": []},
            {"ZoneName": "eu-west-1a", "SubnetId": "subnet-1"},
        ],
        "SecurityGroups": ["sg-1"],
        "IpAddressType": "ipv4",
    });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

fn forward(group: &str) -> Json {
    json!({"Type": "forward", "TargetGroupArn": group, "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}})
}

#[test]
fn a_load_balancer_is_what_its_listeners_and_rules_are() {
    let listeners = json!({"Listeners": [
        {"ListenerArn": "l-80", "Port": 80, "Protocol": "HTTP", "Rules": [],
         "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]},
        {"ListenerArn": "l-443", "Port": 443, "Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-2016-08",
         "Certificates": [{"CertificateArn": "c-1"}], "DefaultActions": [forward("tg-1")],
         "Rules": [{"Priority": "5", "Actions": [forward("tg-2")], "IsDefault": false}]},
    ], "Attributes": [{"Key": "access_logs.s3.enabled", "Value": "false"}]});
    let world = World::of(ResourceType::LoadBalancer, balancer(listeners), &[]);
    assert_eq!(world.fact("is_internet_facing"), Value::Bool(true));
    assert_eq!(world.fact("subnets"), texts(&["subnet-1", "subnet-2"]));
    assert_eq!(world.fact("listener_ports"), Value::Ports(PortSet::from_ranges([(80, 80), (443, 443)])));
    assert_eq!(world.fields("listeners", "redirects_to"), ["HTTPS".into(), Value::Absent]);
    assert_eq!(world.fields("listeners", "target_groups"), [texts(&[]), texts(&["tg-1", "tg-2"])]);
    assert_eq!(world.fact("access_logs"), Value::Bool(false));
    // A setting that AWS does not give for this kind of load balancer.
    assert_eq!(world.fact("denies_internet_gateway"), Value::Absent);
}

#[test]
fn what_was_not_read_of_a_load_balancer_is_unknown() {
    let denied = ["elbv2:DescribeListeners", "elbv2:DescribeLoadBalancerAttributes"];
    let world = World::of(ResourceType::LoadBalancer, balancer(json!({})), &denied);
    for fact in ["listener_ports", "listeners", "access_logs", "deletion_protection"] {
        assert!(matches!(world.fact(fact), Value::Unknown(_)), "{fact}");
    }
    assert_eq!(world.fact("scheme"), "internet-facing".into());
    // Rules alone: the ports are known, where requests go is not.
    let listeners = json!({"Listeners": [
        {"ListenerArn": "l-443", "Port": 443, "Protocol": "HTTPS", "DefaultActions": [forward("tg-1")], "Rules": null},
    ]});
    let world = World::of(ResourceType::LoadBalancer, balancer(listeners), &["elbv2:DescribeRules"]);
    assert_eq!(world.fact("listener_ports"), ports("443"));
    assert!(matches!(world.fields("listeners", "target_groups")[0], Value::Unknown(_)));
}

#[test]
fn what_a_listener_says_of_tls_and_of_plain_http() {
    let redirect = |to: &str| json!({"Type": "redirect", "RedirectConfig": {"Protocol": to, "StatusCode": "HTTP_301"}});
    let fixed = json!({"Type": "fixed-response"});
    let listener = |protocol: &str, policy: Json, default: Json, rules: Json| json!({"ListenerArn": "l", "Port": 1, "Protocol": protocol, "SslPolicy": policy, "DefaultActions": [default], "Rules": rules});
    let rule = |action: Json| json!([{"Priority": "1", "Actions": [action], "IsDefault": false}]);
    let cases = [
        (
            listener("HTTPS", json!("ELBSecurityPolicy-2016-08"), forward("t"), json!([])),
            "1.0".into(),
            Value::Bool(false),
            Value::Bool(false),
        ),
        (
            listener("TLS", json!("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"), forward("t"), json!([])),
            "1.2".into(),
            true.into(),
            false.into(),
        ),
        (listener("HTTP", Json::Null, forward("t"), json!([])), Value::Absent, Value::Absent, true.into()),
        (listener("HTTP", Json::Null, redirect("HTTPS"), json!([])), Value::Absent, Value::Absent, false.into()),
        (listener("HTTP", Json::Null, redirect("#{protocol}"), json!([])), Value::Absent, Value::Absent, true.into()),
        (listener("HTTP", Json::Null, fixed, rule(redirect("HTTPS"))), Value::Absent, Value::Absent, false.into()),
        // One rule among others is enough to get in.
        (
            listener("HTTP", Json::Null, redirect("HTTPS"), rule(forward("t"))),
            Value::Absent,
            Value::Absent,
            true.into(),
        ),
    ];
    for (listener, least, post_quantum, plain) in cases {
        let fields = balancer(json!({"Listeners": [listener], "Attributes": []}));
        let world = World::of(ResourceType::LoadBalancer, fields, &[]);
        assert_eq!(world.fields("listeners", "least_tls"), [least], "{listener}");
        assert_eq!(world.fields("listeners", "is_post_quantum"), [post_quantum], "{listener}");
        assert_eq!(world.fields("listeners", "serves_plain_http"), [plain], "{listener}");
    }
    for (listener, field) in [
        (listener("HTTPS", json!("ELBSecurityPolicy-2031-01"), forward("t"), json!([])), "least_tls"),
        (listener("HTTPS", Json::Null, forward("t"), json!([])), "is_post_quantum"),
        (listener("HTTP", Json::Null, redirect("HTTPS"), Json::Null), "serves_plain_http"),
    ] {
        let fields = balancer(json!({"Listeners": [listener], "Attributes": []}));
        let world = World::of(ResourceType::LoadBalancer, fields, &["elbv2:DescribeRules"]);
        assert!(matches!(world.fields("listeners", field)[0], Value::Unknown(_)), "{field}");
    }
}

#[test]
fn a_setting_that_every_load_balancer_of_its_kind_has_is_never_taken_for_off() {
    let of = |kind: &str, listeners: Json| {
        World::of(
            ResourceType::LoadBalancer,
            balancer(json!({"Type": kind, "Attributes": [], "Listeners": listeners})),
            &[],
        )
    };
    let application = of("application", json!([]));
    for fact in
        ["deletion_protection", "access_logs", "cross_zone", "drop_invalid_header_fields", "desync_mitigation_mode"]
    {
        assert!(matches!(application.fact(fact), Value::Unknown(_)), "{fact}");
    }
    let network = of("network", json!([{"Port": 5432, "Protocol": "TCP"}]));
    assert_eq!((network.fact("desync_mitigation_mode"), network.fact("can_log_access")), (Value::Absent, false.into()));
    assert_eq!(of("network", json!([{"Port": 443, "Protocol": "TLS"}])).fact("can_log_access"), true.into());
    let gateway = of("gateway", json!([]));
    assert_eq!((gateway.fact("access_logs"), gateway.fact("can_log_access")), (Value::Absent, false.into()));
    assert_eq!(gateway.fact("zone_count"), Value::Int(2));
}

#[test]
fn targets_of_a_group_count_by_their_health() {
    let group = |more: Json| {
        let mut fields = json!({
            "TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/73e2d6bc24d8a067",
            "TargetGroupName": "t", "Protocol": "TCP", "Port": 80, "VpcId": "vpc-1", "TargetType": "instance",
            "LoadBalancerArns": [BALANCER],
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let world = World::of(
        ResourceType::TargetGroup,
        group(json!({
            "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "true"}],
            "TargetHealthDescriptions": [
                {"Target": {"Id": "i-2", "Port": 80}, "HealthCheckPort": "80",
                 "TargetHealth": {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Connection to target timed out"}},
                {"Target": {"Id": "i-1", "Port": 81}, "HealthCheckPort": "81", "TargetHealth": {"State": "healthy"}},
            ],
        })),
        &[],
    );
    assert_eq!(world.fact("preserves_client_address"), Value::Bool(true));
    assert_eq!(world.fact("target_ids"), texts(&["i-1", "i-2"]));
    assert_eq!(world.fact("healthy_targets"), Value::Int(1));
    assert_eq!(world.fields("targets", "reason"), ["Target.Timeout".into(), Value::Absent]);
    let unread = World::of(ResourceType::TargetGroup, group(json!({})), &["elbv2:DescribeTargetHealth"]);
    assert!(matches!(unread.fact("healthy_targets"), Value::Unknown(_)));
}

#[test]
fn a_load_balancer_of_the_first_generation_says_all_at_once() {
    let fields = json!({
        "LoadBalancerName": "my-load-balancer", "DNSName": "my-load-balancer-1.eu-west-1.elb.amazonaws.com",
        "CanonicalHostedZoneNameID": "Z3DZXE0Q79N41H",
        "ListenerDescriptions": [
            {"Listener": {"Protocol": "tcp", "LoadBalancerPort": 25, "InstanceProtocol": "TCP", "InstancePort": 2525}, "PolicyNames": []},
        ],
        "Policies": {"AppCookieStickinessPolicies": [], "LBCookieStickinessPolicies": [], "OtherPolicies": []},
        "Subnets": ["subnet-1"], "VPCId": "vpc-1", "Instances": [{"InstanceId": "i-1"}],
        "HealthCheck": {"Target": "TCP:2525", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10},
        "SecurityGroups": ["sg-1"], "CreatedTime": "2025-03-01T12:00:00.123000+00:00", "Scheme": "internal",
    });
    let world = World::of(ResourceType::ClassicLoadBalancer, fields, &[]);
    assert_eq!(world.fact("is_internet_facing"), Value::Bool(false));
    assert_eq!((world.fact("vpc_id"), world.fact("listener_ports")), ("vpc-1".into(), ports("25")));
    assert_eq!(world.fields("listeners", "protocol"), ["TCP".into()]);
    assert_eq!(world.fact("instances"), texts(&["i-1"]));
}

#[test]
fn a_load_balancer_of_the_first_generation_is_what_its_attributes_and_policies_are() {
    let fields = |more: Json| {
        let mut fields = json!({
            "LoadBalancerName": "old", "AvailabilityZones": ["eu-west-1a"],
            "ListenerDescriptions": [
                {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80}, "PolicyNames": ["sticky"]},
                {"Listener": {"Protocol": "https", "LoadBalancerPort": 443}, "PolicyNames": ["own", "sticky"]},
                {"Listener": {"Protocol": "SSL", "LoadBalancerPort": 995}, "PolicyNames": ["gone"]},
            ],
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let says = |name: &str, value: &str| json!({"AttributeName": name, "AttributeValue": value});
    let policies = json!([
        {"PolicyName": "sticky", "PolicyTypeName": "LBCookieStickinessPolicyType", "PolicyAttributeDescriptions": [says("CookieExpirationPeriod", "60")]},
        {"PolicyName": "left-over", "PolicyTypeName": "SSLNegotiationPolicyType", "PolicyAttributeDescriptions": [says("Protocol-SSLv3", "true")]},
        {"PolicyName": "own", "PolicyTypeName": "SSLNegotiationPolicyType", "PolicyAttributeDescriptions": [
            says("Reference-Security-Policy", "ELBSecurityPolicy-2016-08"), says("Protocol-SSLv3", "false"), says("Protocol-TLSv1.2", "true"),
            says("Protocol-TLSv1", "true"), says("RC4-MD5", "true"), says("Server-Defined-Cipher-Order", "true")]},
    ]);
    let attributes = json!({"AccessLog": {"Enabled": false}, "ConnectionDraining": {"Enabled": true, "Timeout": 300},
        "CrossZoneLoadBalancing": {"Enabled": true}, "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "monitor"}]});
    let more = json!({"PolicyDescriptions": policies, "LoadBalancerAttributes": attributes});
    let world = World::of(ResourceType::ClassicLoadBalancer, fields(more), &[]);
    let protocols = world.fields("listeners", "tls_protocols");
    assert_eq!(protocols[..2], [Value::Absent, texts(&["TLSv1", "TLSv1.2"])]);
    assert!(matches!(&protocols[2], Value::Unknown(missing) if missing.why.ends_with("has none for TLS among gone")));
    assert_eq!(world.fields("listeners", "tls_policy")[1], "ELBSecurityPolicy-2016-08".into());
    for (fact, is) in [
        ("access_logs", Value::Bool(false)),
        ("connection_draining", true.into()),
        ("cross_zone", true.into()),
        ("desync_mitigation_mode", "monitor".into()),
        ("zone_count", Value::Int(1)),
    ] {
        assert_eq!(world.fact(fact), is, "{fact}");
    }

    let denied = ["elb:DescribeLoadBalancerAttributes", "elb:DescribeLoadBalancerPolicies"];
    let unread = World::of(ResourceType::ClassicLoadBalancer, fields(json!({})), &denied);
    for fact in ["access_logs", "connection_draining", "cross_zone", "desync_mitigation_mode"] {
        assert!(matches!(unread.fact(fact), Value::Unknown(_)), "{fact}");
    }
    assert!(matches!(
        unread.fields("listeners", "tls_protocols")[..],
        [Value::Absent, Value::Unknown(_), Value::Unknown(_)]
    ));
    // What an answer leaves out, AWS did not say.
    let empty = World::of(ResourceType::ClassicLoadBalancer, fields(json!({"LoadBalancerAttributes": {}})), &[]);
    assert!(matches!(empty.fact("access_logs"), Value::Unknown(_)));
}

#[test]
fn an_accelerator_leads_where_its_endpoint_groups_say() {
    let accelerator = |listeners: Json| {
        json!({
            "AcceleratorArn": "arn:aws:globalaccelerator::111122223333:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh",
            "Name": "edge", "IpAddressType": "IPV4", "Enabled": true, "Status": "DEPLOYED",
            "IpSets": [{"IpFamily": "IPv4", "IpAddresses": ["192.0.2.250", "198.51.100.52"]}],
            "Listeners": listeners,
        })
    };
    let groups = json!([{"EndpointGroupRegion": "eu-west-1", "EndpointDescriptions": [
        {"EndpointId": BALANCER, "Weight": 128, "HealthState": "HEALTHY", "ClientIPPreservationEnabled": true},
    ]}]);
    let listener = |groups: Json| {
        json!([{"ListenerArn": "l", "PortRanges": [{"FromPort": 80, "ToPort": 81}, {"FromPort": 443, "ToPort": 443}],
            "Protocol": "TCP", "ClientAffinity": "NONE", "EndpointGroups": groups}])
    };
    let world = World::of(ResourceType::Accelerator, accelerator(listener(groups)), &[]);
    assert_eq!(world.fact("listener_ports"), Value::Ports(PortSet::from_ranges([(80, 81), (443, 443)])));
    assert_eq!(world.fields("listeners", "endpoints"), [texts(&[BALANCER])]);
    let denied = ["globalaccelerator:ListEndpointGroups"];
    let world = World::of(ResourceType::Accelerator, accelerator(listener(Json::Null)), &denied);
    assert!(matches!(world.fields("listeners", "endpoints")[0], Value::Unknown(_)));
}
