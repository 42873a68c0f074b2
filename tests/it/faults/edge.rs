//! What stands at the edge of networks: firewalls, web ACLs, alarms, lines and names are read as they are.

use driftline::inventory::Reason;
use driftline::model::Model;
use driftline::model::facts::{table, value};
use driftline::resource::ResourceType;
use driftline::resource::balancing::LoadBalancer;
use driftline::resource::cloudwatch::Alarm;
use driftline::resource::direct_connect::{Connection, VirtualInterface};
use driftline::resource::ec2::NatGateway;
use driftline::resource::network_firewall::Firewall;
use driftline::resource::route53::HostedZone;
use driftline::resource::waf::WebAcl;
use driftline_sim::{Fault, Rule};

use super::balancing::{all, run, scan, six};

#[test]
fn everything_at_the_edge_is_read() {
    run(async {
        let inventory = scan(six(), Vec::new()).await;
        assert_eq!(inventory.ledger.gaps().count(), 0, "{:?}", inventory.ledger.gaps().next());

        let firewalls = all::<Firewall>(&inventory);
        assert!(firewalls.len() > 1);
        for (_, firewall) in &firewalls {
            let settings = firewall.firewall.as_ref().unwrap();
            assert_eq!((settings.subnet_mappings.len(), settings.delete_protection), (3, true));
            let policy = firewall.firewall_policy.as_ref().unwrap();
            assert_eq!(policy.stateless_default_actions, ["aws:forward_to_sfe"]);
            assert_eq!(policy.stateful_rule_group_references.len(), 1);
            let logs = &firewall.logging_configuration.as_ref().unwrap().log_destination_configs;
            assert_eq!(logs[0].log_destination["bucketName"], "tidewater-firewall");
        }

        let acls = all::<WebAcl>(&inventory);
        let before: Vec<&String> = acls.iter().flat_map(|(_, acl)| acl.resource_arns.as_ref().unwrap()).collect();
        let balancers = all::<LoadBalancer>(&inventory);
        let application = balancers.iter().filter(|(_, one)| one.r#type.as_deref() == Some("application"));
        let application: Vec<&String> = application.map(|(_, one)| &one.load_balancer_arn).collect();
        assert!(!application.is_empty() && application.iter().all(|arn| before.contains(arn)));

        // Two for each NAT gateway; the one that watches a disk is not kept.
        let alarms = all::<Alarm>(&inventory);
        assert_eq!(alarms.len(), 2 * all::<NatGateway>(&inventory).len());
        let out = alarms.iter().find(|(_, one)| one.metric_name.as_deref() == Some("BytesOutToDestination")).unwrap().1;
        assert_eq!((out.threshold, out.period, out.evaluation_periods), (Some(5_000_000.0), Some(900), Some(1)));
        assert_eq!((out.actions_enabled, out.alarm_actions.len(), out.dimensions.len()), (Some(true), 1, 1));

        assert_eq!(all::<Connection>(&inventory).len(), 2);
        let interfaces = all::<VirtualInterface>(&inventory);
        assert_eq!(interfaces.len(), 2);
        // What both ends keep secret is nowhere.
        assert!(interfaces.iter().all(|(_, one)| !serde_json::to_string(one).unwrap().contains("simulated-key")));

        let zones = all::<HostedZone>(&inventory);
        assert_eq!(zones.len(), 2);
        for (scope, zone) in zones {
            assert_eq!(scope.region.as_str(), "global");
            let records = zone.resource_record_sets.as_ref();
            assert_eq!(records.is_some(), zone.is_private() == Some(false));
            // Neither name servers nor aliases have addresses of their own.
            assert!(records.is_none_or(|all| !all.is_empty() && all.iter().all(|one| one.r#type == "A")));
        }
    });
}

#[test]
fn the_simulated_edge_is_in_order() {
    run(async {
        let inventory = scan(six(), Vec::new()).await;
        let model = Model::new(&inventory, inventory.provenance.taken_at);
        let facts = |of: ResourceType, name: &str| -> Vec<String> {
            let index = table(of).iter().position(|field| field.name == name).unwrap();
            model.subjects(of).map(|(scope, subject)| value(&model, scope, subject, index).to_string()).collect()
        };
        assert!(facts(ResourceType::Firewall, "zone_count").iter().all(|zones| zones == "3"));
        assert!(facts(ResourceType::NatGateway, "alarms").iter().all(|alarms| alarms == "2 of them"));
        assert!(facts(ResourceType::VirtualInterface, "gateway_connection_count").iter().all(|count| count == "2"));
        let records = facts(ResourceType::HostedZone, "address_records");
        assert!(records.iter().any(|records| records == "none") && records.iter().any(|of| of.ends_with("of them")));
        let index = table(ResourceType::HostedZone).iter().position(|field| field.name == "address_records").unwrap();
        for (scope, subject) in model.subjects(ResourceType::HostedZone) {
            if let driftline::model::Value::List(records) = value(&model, scope, subject, index) {
                assert!(records.iter().all(|record| record.values()[4].to_string().is_empty()), "{records:?}");
            }
        }
    });
}

#[test]
fn what_is_denied_at_the_edge_is_a_gap_and_what_follows_is_unknown() {
    run(async {
        let denied = [
            "cloudwatch:DescribeAlarms",
            "directconnect:DescribeVirtualInterfaces",
            "network-firewall:DescribeFirewallPolicy",
            "network-firewall:DescribeLoggingConfiguration",
            "route53:ListResourceRecordSets",
            "wafv2:ListResourcesForWebACL",
        ];
        let rules = denied.map(|action| Rule::new(Fault::AccessDenied).action(action));
        let inventory = scan(six(), rules.to_vec()).await;
        for (cell, gap) in inventory.ledger.gaps() {
            assert!(denied.contains(&cell.operation.as_str()), "{cell:?}");
            assert_eq!(gap.reason, Reason::AccessDenied);
        }
        let model = Model::new(&inventory, inventory.provenance.taken_at);
        for (of, name) in [
            (ResourceType::NatGateway, "alarms"),
            (ResourceType::Firewall, "rule_groups"),
            (ResourceType::Firewall, "log_types"),
        ] {
            let index = table(of).iter().position(|field| field.name == name).unwrap();
            let mut some = false;
            for (scope, subject) in model.subjects(of) {
                let value = value(&model, scope, subject, index).to_string();
                assert!(value.starts_with("unknown"), "{name}: {value}");
                some = true;
            }
            assert!(some, "{name}");
        }
        assert!(all::<WebAcl>(&inventory).iter().all(|(_, acl)| acl.resource_arns.is_none()));
        assert!(all::<Firewall>(&inventory).iter().all(|(_, one)| one.firewall.is_some()));
        assert!(all::<VirtualInterface>(&inventory).is_empty());
    });
}
