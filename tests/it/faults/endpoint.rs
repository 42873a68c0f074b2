//! The simulated endpoint serves what driftline asks for.

use std::collections::BTreeSet;

use crate::support::{World, small};

#[test]
fn every_operation_that_driftline_may_call_is_simulated() {
    let served: BTreeSet<String> = driftline_sim::operations().into_iter().collect();
    let missing: Vec<_> =
        driftline::collect::allowed_operations().into_iter().filter(|operation| !served.contains(*operation)).collect();
    assert!(missing.is_empty(), "the simulated endpoint (sim/src/service.rs) does not serve {missing:?}");
}

/// What AWS refuses where a service is off, or to accounts that are not its administrator.
const NOT_FOR_ALL: [&str; 2] = ["DescribeHub", "DescribeOrganizationConfiguration"];

#[test]
fn an_endpoint_without_faults_is_read_to_the_end() {
    let world = World::new(small(), []);
    let run = world.scan(&[]);
    run.assert_complete();
    // The planted defects of the shop's production account fail.
    assert_eq!(run.code, 3, "{}", run.err);
    assert_eq!(run.code_of_report(), 3);
    let json = run.json();
    assert_eq!(json["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(json["regions"], serde_json::json!(["eu-west-1", "us-east-1"]));
    let statuses = world.server.stats().calls;
    let failed: Vec<_> =
        statuses.iter().filter(|count| count.status >= 400 && !NOT_FOR_ALL.contains(&count.action.as_str())).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
