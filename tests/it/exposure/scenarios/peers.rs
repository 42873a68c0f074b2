//! What other tools answer wrongly, row by row, for docs/verification.md.
//!
//! Prowler 5.40 and AWS Config's rules in the awslabs collection were run on each row; what is marked `*` was read in
//! a tool's source and not run. An empty text: nobody was seen to err.

use super::{Row, acls, drift, fronts, groups, routes};
use crate::document::hold_current;

/// A row's number, what is right and what we answer, and what others answer.
const EXPOSURE: [(usize, &str, &str); 46] = [
    (
        1,
        "the whole internet, port 22",
        "Prowler: SSH, all-ports and any-port checks pass. Config `restricted-ssh` and awslabs: compliant. Silent: ScoutSuite, Steampipe, CloudMapper, Cloud Custodian",
    ),
    (
        2,
        "half of the internet, as that half",
        "Prowler: passes, and one check's answer depends on the Python it runs on. Nobody else sees it",
    ),
    (3, "all of IPv6, port 22", "Prowler passes; others are silent"),
    (4, "all of IPv6, port 22", "Prowler passes; others are silent"),
    (5, "the whole internet, port 22", "Prowler: SSH and any-port checks pass"),
    (
        6,
        "the whole internet, port 22",
        "Prowler: all four checks pass. ScoutSuite drops prefix lists, Batfish those that it does not know",
    ),
    (
        7,
        "every TCP port",
        "Prowler: the all-ports check passes. awslabs for port 22: compliant. ScoutSuite: not all ports",
    ),
    (8, "every TCP port", "awslabs for port 22: compliant. ScoutSuite: the ports of load balancers are missed"),
    (9, "22 to 25", "awslabs for port 22: compliant. ScoutSuite: known ports are missed"),
    (10, "GRE", "Prowler: the any-port check passes. awslabs: compliant. CloudMapper: no ports"),
    (11, "65,456 ports", "Steampipe*: the check of authorized ports passes"),
    (12, "that port", "Steampipe's common ports*: passes 1433 and 9200, alarms on 2000"),
    (13, "UDP 22, which is not SSH", "Steampipe*: its SSH check alarms"),
    (14, "nothing", "Prowler, awslabs and Config `restricted-ssh`: open"),
    (15, "443", "Prowler: one check fails it for a wrong reason"),
    (16, "443 and 444, within the policy", "awslabs: not compliant, because the texts `443-444` and `443,444` differ"),
    (17, "ping, and no port", "Prowler: at least one port is open. CloudMapper warns"),
    (18, "exactly those blocks", "Prowler: wide open"),
    (
        19,
        "nothing",
        "Prowler: SSH open, and its ACL check says every port. Config `restricted-ssh`: not compliant. Steampipe*: alarms",
    ),
    (20, "nothing", "Prowler: the ACL admits SSH. Mondoo: partially"),
    (21, "the whole internet, port 22", "Prowler: the ACL check passes. Steampipe*: missed"),
    (22, "TCP, UDP and ICMP; no other protocol", "Prowler: the ACL check passes. ScoutSuite*: missed"),
    (23, "exactly that block", "Prowler and Config: the whole internet; Prowler's ACL check passes"),
    (24, "delivered one way", "Prowler and Config: open. Of those looked at only Batfish evaluates what goes out"),
    (25, "reachable, from client ports 49152 to 65535", "nobody names the client's port"),
    (26, "everything but that packet", "ScoutSuite*: the deny that does not matter silences its check"),
    (
        27,
        "delivered one way, as measured on AWS",
        "Prowler: exposed. Config: public. CloudMapper: public. AWS Reachability Analyzer: unreachable",
    ),
    (28, "nothing", "Prowler: exposed, at a lower severity. Config: not compliant"),
    (29, "reachable", "Prowler: a private subnet. Config's route rule: compliant"),
    (30, "nothing", "Prowler*: a public subnet, by another VPC's main table. Cloud Custodian's filter*: likewise"),
    (31, "nothing", "Prowler*: public and critical. Config: not compliant. Steampipe*: alarms"),
    (
        32,
        "reachable over IPv6",
        "Prowler: without a public address. Steampipe*: the route is missed. Batfish and CloudMapper know no IPv6",
    ),
    (33, "nothing", ""),
    (34, "reachable", "Prowler*: passes. awslabs*: compliant, it reads the primary interface"),
    (
        35,
        "delivered from everywhere, answered to that block",
        "Prowler: a private subnet. Config's route rule: compliant. Nobody is exact",
    ),
    (36, "nothing", "Prowler: critical. Config: not compliant"),
    (37, "nothing", "Prowler and Config as before"),
    (38, "dormant", "Prowler: critical. Config: not compliant. Batfish leaves the instance out"),
    (39, "nothing, as measured on AWS", "tools that look for a public address without a group report it"),
    (40, "the listeners' ports, the whole internet", "Prowler: no group, no finding. CloudMapper: no edge"),
    (41, "the target, by way of the load balancer", "Prowler passes; Config: compliant"),
    (42, "the instance, by way of the accelerator", "Prowler: without a public address. All others miss it"),
    (43, "443", "Prowler: passes, because the interface is a load balancer's. ScoutSuite*: missed"),
    (44, "nothing now", "Config: not compliant. Prowler*: fails it when asked to look at unused groups"),
    (45, "nothing", "awslabs*: a public subnet"),
    (46, "everything", "awslabs*: its rule ends with an error"),
];

/// The same of changes; others compare texts, so that every row is a change to them.
const DRIFT: [(usize, &str, &str); 12] = [
    (1, "equal", "three changes"),
    (2, "equal", "changed"),
    (3, "equal at the interface, mixed at each group", "changed"),
    (4, "equal", "changed"),
    (5, "equal", "changed"),
    (6, "widened, with a packet", "two fields changed"),
    (7, "latent: an earlier entry masks it", "changed"),
    (8, "latent, with the gate that holds", "changed"),
    (9, "widened, in every group that names the list", "the groups have not changed"),
    (10, "widened, at each interface", "groups and ACLs have not changed"),
    (11, "mixed", "changed"),
    (12, "widened if a group and a route say so, else not", "the VPC has changed"),
];

#[test]
fn the_document_has_every_row() {
    let rows: Vec<Row> = [groups::rows(), acls::rows(), routes::rows(), fronts::rows()].into_iter().flatten().collect();
    let changes = drift::rows();
    let mut table = String::from("| | scenario | right, and ours | wrong answers of others |\n|---|---|---|---|\n");
    for (row, (number, ours, others)) in rows.iter().zip(EXPOSURE) {
        assert_eq!(row.number, number);
        table += &format!("| {number} | {} | {ours} | {others} |\n", row.says);
    }
    table += "\n| | change | right, and ours | as texts |\n|---|---|---|---|\n";
    for (row, (number, ours, others)) in changes.iter().zip(DRIFT) {
        assert_eq!(row.number, number);
        table += &format!("| {number} | {} | {ours} | {others} |\n", row.says);
    }
    hold_current("truth tables: tests/it/exposure/scenarios", "end of truth tables", &table);
}
