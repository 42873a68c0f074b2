//! Load balancers, accelerators and transit gateways: everything behind them is read, and asked for only where
//! there is any.

use std::collections::BTreeSet;

use driftline::arn::Scope;
use driftline::collect::{Environment, Limits, Progress, Shared, collect};
use driftline::config::targets::{AccountSelection, RegionSelection, RoleName, RoleSettings, Targets};
use driftline::inventory::{Inventory, Outcome, Reason};
use driftline::resource::Typed;
use driftline::resource::balancing::{Accelerator, ClassicLoadBalancer, LoadBalancer, TargetGroup};
use driftline::resource::ec2::{
    Instance, NetworkInterface, TransitGateway, TransitGatewayAttachment, TransitGatewayRouteTable,
};
use driftline_sim::{Fault, Faults, Organization, Rule, Size, serve};
use tokio::sync::watch;

/// Everything of a type, with where it is.
pub(super) fn all<R: Typed>(inventory: &Inventory) -> Vec<(&Scope, &R)> {
    inventory.resources().filter_map(|(key, resource)| Some((&key.scope, R::of(resource)?))).collect()
}

/// Five accounts that hold little; each kind of balancer is in one of them.
fn organization() -> Organization {
    Organization {
        accounts: 5,
        regions: vec!["us-east-1".to_owned()],
        size: Size { vpcs: 1, groups: 0, instances: 1, users: 1, roles: 1, policies: 1 },
        ..Organization::default()
    }
}

pub(super) fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Runtime::new().unwrap().block_on(test);
}

/// No fault of these tests hangs, so that nothing has to end soon.
pub(super) async fn scan(organization: Organization, rules: Vec<Rule>) -> Inventory {
    let (access_key_id, secret_access_key) = organization.operator_credentials();
    let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
    let faults = Faults { rules, ..Faults::default() };
    let server = serve(([127, 0, 0, 1], 0).into(), organization, faults).await.unwrap();
    let targets = Targets {
        accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
        role: Some(role),
        regions: RegionSelection::new(&["us-east-*".to_owned()], &[]).unwrap(),
        ..Targets::default()
    };
    let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
    let (_open, stop) = watch::channel(false);
    let shared = std::sync::Arc::new(Shared::new(Limits::default(), std::sync::Arc::new(Progress::default()), stop));
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    let inventory = collect(&targets, &environment, shared, now).await.unwrap();
    server.shutdown().await;
    inventory
}

/// The sandbox, which is the sixth account, has a target group that no load balancer uses.
pub(super) fn six() -> Organization {
    Organization { accounts: 6, ..organization() }
}

#[test]
fn load_balancers_lead_to_interfaces_and_targets_that_are_there() {
    run(async {
        let inventory = scan(six(), Vec::new()).await;
        let (mut kinds, mut targets) = (BTreeSet::new(), 0);
        for (scope, balancer) in all::<LoadBalancer>(&inventory) {
            kinds.insert((balancer.r#type.clone().unwrap(), balancer.scheme.clone().unwrap()));
            let (_, path) = balancer.load_balancer_arn.split_once("loadbalancer/").unwrap();
            // Its interfaces are found by what AWS writes on them.
            let interfaces: Vec<&NetworkInterface> = all::<NetworkInterface>(&inventory)
                .into_iter()
                .filter(|(place, one)| *place == scope && one.description.as_deref() == Some(&format!("ELB {path}")))
                .map(|(_, one)| one)
                .collect();
            let subnets = |of: Vec<Option<&str>>| of.into_iter().flatten().map(str::to_owned).collect::<BTreeSet<_>>();
            let of_balancer = subnets(balancer.availability_zones.iter().map(|z| z.subnet_id.as_deref()).collect());
            assert_eq!(of_balancer, subnets(interfaces.iter().map(|one| one.subnet_id.as_deref()).collect()), "{path}");
            let is_public = balancer.scheme.as_deref() == Some("internet-facing");
            for interface in interfaces {
                let groups: Vec<_> = interface.groups.iter().filter_map(|group| group.group_id.clone()).collect();
                assert_eq!(groups, balancer.security_groups, "{path}");
                assert_eq!(interface.association.is_some(), is_public, "{path}");
            }
            for listener in balancer.listeners.as_ref().expect("listeners were read") {
                let secure = listener.port == Some(443);
                let rules = listener.rules.as_ref().map(Vec::len);
                let is_application = balancer.r#type.as_deref() == Some("application");
                assert_eq!(rules, is_application.then_some(if secure { 2 } else { 1 }), "{path}");
                let action = &listener.default_actions[0];
                if listener.port == Some(80) {
                    assert_eq!(action.redirect_config.as_ref().and_then(|to| to.port.as_deref()), Some("443"));
                    continue;
                }
                let groups: Vec<&str> = action.target_groups().collect();
                assert_eq!(groups.len(), 1, "{action:?}");
                let (_, group) = all::<TargetGroup>(&inventory)
                    .into_iter()
                    .find(|(place, group)| *place == scope && group.target_group_arn == groups[0])
                    .expect("the listener's group is there");
                assert_eq!(group.load_balancer_arns, [balancer.load_balancer_arn.as_str()]);
                for health in group.target_health_descriptions.as_ref().expect("targets were read") {
                    let id = health.target.as_ref().and_then(|target| target.id.as_deref()).unwrap();
                    let is_instance = all::<Instance>(&inventory)
                        .iter()
                        .any(|(_, one)| one.instance_id == id && one.vpc_id == balancer.vpc_id);
                    let is_address = all::<NetworkInterface>(&inventory).iter().any(|(place, one)| {
                        *place == scope && one.private_ip_address.as_deref() == Some(id) && one.vpc_id == group.vpc_id
                    });
                    assert!(is_instance || is_address, "{id}");
                    targets += 1;
                }
            }
        }
        assert!(targets > 0);
        let kind = |of: &str, scheme: &str| (of.to_owned(), scheme.to_owned());
        assert_eq!(kinds, BTreeSet::from([kind("application", "internet-facing"), kind("network", "internal")]));
        let attribute = |key: &str| {
            all::<TargetGroup>(&inventory).iter().filter(|(_, group)| group.attribute(key) == Some("false")).count()
        };
        assert_eq!(attribute("preserve_client_ip.enabled"), 1);

        let unused: Vec<_> = all::<TargetGroup>(&inventory)
            .into_iter()
            .filter(|(_, group)| group.load_balancer_arns.is_empty())
            .collect();
        assert_eq!(unused.len(), 1);
        assert_eq!((&unused[0].1.attributes, &unused[0].1.target_health_descriptions), (&None, &None));

        let classic = all::<ClassicLoadBalancer>(&inventory);
        assert_eq!(classic.len(), 1);
        let (_, legacy) = classic[0];
        let listener = legacy.listener_descriptions[0].listener.as_ref().unwrap();
        assert_eq!((listener.load_balancer_port, listener.instance_port), (Some(80), Some(8080)));
        let attributes = legacy.load_balancer_attributes.as_ref().unwrap();
        assert_eq!(attributes.access_log.as_ref().map(|log| log.enabled), Some(true));
        assert_eq!(attributes.additional_attributes[0].value.as_deref(), Some("defensive"));
        let policy = &legacy.policy_descriptions.as_ref().unwrap()[0];
        assert_eq!(policy.policy_name.as_deref(), Some(legacy.listener_descriptions[1].policy_names[0].as_str()));
        assert_eq!(policy.policy_attribute_descriptions.len(), 6);
        let instances: Vec<_> = legacy.instances.iter().filter_map(|one| one.instance_id.clone()).collect();
        assert!(!instances.is_empty());
        for id in instances {
            assert!(all::<Instance>(&inventory).iter().any(|(_, one)| one.instance_id == id), "{id}");
        }

        let accelerators = all::<Accelerator>(&inventory);
        assert_eq!(accelerators.len(), 1);
        let (scope, accelerator) = accelerators[0];
        assert!(scope.region.is_global());
        let listener = &accelerator.listeners.as_ref().unwrap()[0];
        assert_eq!((listener.port_ranges[0].from_port, listener.port_ranges[0].to_port), (Some(443), Some(443)));
        let endpoint = &listener.endpoint_groups.as_ref().unwrap()[0].endpoint_descriptions[0];
        let balancers = all::<LoadBalancer>(&inventory);
        assert!(balancers.iter().any(|(place, one)| {
            place.account == scope.account && Some(one.load_balancer_arn.as_str()) == endpoint.endpoint_id.as_deref()
        }));
        assert_eq!(endpoint.client_ip_preservation_enabled, Some(true));
    });
}

#[test]
fn transit_gateways_have_their_tables_and_both_ends_of_peerings() {
    run(async {
        let inventory = scan(organization(), Vec::new()).await;
        let gateways: BTreeSet<&str> =
            all::<TransitGateway>(&inventory).iter().map(|(_, one)| one.transit_gateway_id.as_str()).collect();
        let attachments = all::<TransitGatewayAttachment>(&inventory);
        let peerings: Vec<_> =
            attachments.iter().filter(|(_, one)| one.resource_type.as_deref() == Some("peering")).collect();
        assert_eq!((gateways.len(), attachments.len(), peerings.len()), (2, 3, 2));
        for (_, peering) in peerings {
            let ends = peering.peering_attachment.as_ref().expect("both ends were read");
            let ends = [&ends.requester_tgw_info, &ends.accepter_tgw_info].map(|end| end.as_ref().unwrap());
            let ends: BTreeSet<&str> = ends.iter().filter_map(|end| end.transit_gateway_id.as_deref()).collect();
            assert_eq!(ends, gateways);
        }
        let ids: BTreeSet<_> =
            attachments.iter().map(|(_, one)| Some(one.transit_gateway_attachment_id.clone())).collect();
        let tables = all::<TransitGatewayRouteTable>(&inventory);
        let mut routes = Vec::new();
        for (_, table) in &tables {
            let associations = table.associations.as_ref().unwrap();
            assert!(!associations.is_empty());
            assert!(associations.iter().all(|one| ids.contains(&one.transit_gateway_attachment_id)));
            assert_eq!(table.additional_routes_available, Some(false));
            for route in table.routes.as_ref().unwrap() {
                let to = route.transit_gateway_attachments.iter().map(|one| &one.transit_gateway_attachment_id);
                assert!(to.clone().all(|id| ids.contains(id)));
                routes.push((route.r#type.as_deref(), route.state.as_deref(), to.count()));
            }
        }
        routes.sort();
        let fixed = (Some("static"), Some("active"), 1);
        let expected =
            [(Some("propagated"), Some("active"), 1), fixed, fixed, fixed, (Some("static"), Some("blackhole"), 0)];
        assert_eq!(routes, expected);
        assert_eq!(tables.iter().map(|(_, table)| table.propagations.as_ref().unwrap().len()).sum::<usize>(), 1);
    });
}

#[test]
fn what_hangs_on_a_list_that_failed_is_a_gap_too() {
    run(async {
        let rules = ["elbv2:DescribeListeners", "globalaccelerator:ListListeners", "ec2:GetTransitGatewayRouteTable*"]
            .map(|action| Rule::new(Fault::AccessDenied).action(action));
        let inventory = scan(six(), rules.to_vec()).await;
        let denied: BTreeSet<String> = inventory
            .ledger
            .gaps()
            .filter(|(_, gap)| gap.reason == Reason::AccessDenied)
            .map(|(cell, _)| cell.operation)
            .collect();
        let expected = [
            "ec2:GetTransitGatewayRouteTableAssociations",
            "ec2:GetTransitGatewayRouteTablePropagations",
            "elbv2:DescribeListeners",
            "elbv2:DescribeRules",
            "globalaccelerator:ListEndpointGroups",
            "globalaccelerator:ListListeners",
        ];
        assert_eq!(denied, expected.map(String::from).into());
        assert_eq!(inventory.ledger.gaps().filter(|(_, gap)| gap.reason != Reason::AccessDenied).count(), 0);
        assert!(all::<LoadBalancer>(&inventory).iter().all(|(_, one)| one.listeners.is_none()));
        assert!(all::<LoadBalancer>(&inventory).iter().all(|(_, one)| one.attributes.is_some()));
        assert!(all::<Accelerator>(&inventory).iter().all(|(_, one)| one.listeners.is_none()));
        let tables = all::<TransitGatewayRouteTable>(&inventory);
        assert!(tables.iter().all(|(_, one)| one.associations.is_none() && one.propagations.is_none()));
        assert!(tables.iter().all(|(_, one)| one.routes.is_some()));
        // An account without any load balancer has none to read.
        let management = six().account_ids()[0].clone();
        let of_management = |scope: &&Scope| scope.account.as_str() == management && !scope.region.is_global();
        let scopes = inventory.ledger.scopes().filter(of_management);
        for scope in scopes {
            assert_eq!(inventory.ledger.outcome(scope, "elbv2:DescribeListeners"), Some(&Outcome::Complete));
        }
    });
}
