//! Ground truth and the pages agree, in both directions: what is planted is on
//! the pages, and what a naive reader finds on the pages is planted.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use driftline_sim::{Faults, Organization, Server};

use crate::client::{Client, items, organization, start, texts};

/// (account, region, resource).
type Place = (String, String, String);

fn planted(org: &Organization, code: &str) -> BTreeSet<Place> {
    org.truth()
        .into_iter()
        .filter(|planted| planted.code == code)
        .map(|planted| (planted.account, planted.region, planted.resource))
        .collect()
}

/// Every item of a list in every cell.
async fn everywhere(server: &Server, action: &str, set: &str) -> Vec<(String, String, String)> {
    let operator = Client::operator(server);
    let mut found = Vec::new();
    for account in server.organization().account_ids() {
        let client = operator.assume(&account).await;
        for region in &server.organization().regions {
            let reply = client.ec2(region, action).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            for item in items(&reply.body, set) {
                found.push((account.clone(), region.clone(), item.to_owned()));
            }
        }
    }
    found
}

/// Places of the items that a naive check complains about.
fn complaints(all: &[(String, String, String)], tag: &str, bad: impl Fn(&str) -> bool) -> BTreeSet<Place> {
    all.iter()
        .filter(|(_, _, item)| bad(item))
        .map(|(account, region, item)| {
            let id = texts(item, tag).first().copied().unwrap_or_default();
            (account.clone(), region.clone(), id.to_owned())
        })
        .collect()
}

/// Sources in the ingress rules whose ports hold `port`.
fn sources(group: &str, port: u32) -> Vec<String> {
    items(group, "ipPermissions")
        .into_iter()
        .filter(|rule| {
            let number = |tag| texts(rule, tag).first().and_then(|text| text.parse::<u32>().ok());
            match (number("fromPort"), number("toPort")) {
                (Some(from), Some(to)) => (from..=to).contains(&port),
                _ => true,
            }
        })
        .flat_map(|rule| {
            let v4 = texts(rule, "cidrIp").into_iter().map(str::to_owned);
            let v6 = texts(rule, "cidrIpv6").into_iter().map(str::to_owned);
            v4.chain(v6).collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn groups_are_as_told() {
    for epoch in [0, 1] {
        let org = Organization { epoch, ..organization() };
        let server = start(org, Faults::default()).await;
        let org = server.organization();
        let groups = everywhere(&server, "DescribeSecurityGroups", "securityGroupInfo").await;
        let open = |port: u32, source: &str| {
            complaints(&groups, "groupId", |group| sources(group, port).iter().any(|found| found == source))
        };
        let mut ssh = planted(org, "SG_SSH_V4");
        let all_open = planted(org, "SG_ALL_OPEN");
        assert_eq!(all_open.len(), 1);
        ssh.extend(all_open.clone());
        assert_eq!(open(22, "0.0.0.0/0"), ssh);
        assert_eq!(open(22, "::/0"), planted(org, "SG_SSH_V6"));
        let mut halves = planted(org, "SG_SSH_SPLIT");
        halves.extend(planted(org, "SG_SSH_SPLIT_RULES"));
        assert_eq!(halves.len(), 2);
        assert_eq!(open(22, "0.0.0.0/1"), halves);
        assert_eq!(open(22, "128.0.0.0/1"), halves);
        let mut rdp = planted(org, "SG_RDP_RANGE");
        rdp.extend(all_open.clone());
        assert_eq!(open(3389, "0.0.0.0/0"), rdp);
        let mut database = planted(org, "SG_DB_OPEN");
        database.extend(all_open);
        assert_eq!(open(5432, "0.0.0.0/0"), database);
        let is_default = |group: &str| texts(group, "groupName").first() == Some(&"default");
        let loose =
            complaints(&groups, "groupId", |group| is_default(group) && !items(group, "ipPermissions").is_empty());
        assert_eq!(loose, planted(org, "SG_DEFAULT_RULES"));

        // Unused: on no interface, and in no rule of another group.
        let interfaces = everywhere(&server, "DescribeNetworkInterfaces", "networkInterfaceSet").await;
        let mut used = BTreeSet::new();
        for (_, _, item) in &interfaces {
            used.extend(texts(item, "groupId").into_iter().map(str::to_owned));
        }
        for (_, _, item) in &groups {
            used.extend(texts(item, "groupId").into_iter().skip(1).map(str::to_owned));
        }
        let unused = complaints(&groups, "groupId", |group| {
            let id = texts(group, "groupId").first().copied().unwrap_or_default();
            !is_default(group) && !used.contains(id)
        });
        assert_eq!(unused, planted(org, "SG_UNUSED"));
    }
}

#[tokio::test]
async fn networks_are_as_told() {
    let server = start(organization(), Faults::default()).await;
    let org = server.organization();

    let vpcs = everywhere(&server, "DescribeVpcs", "vpcSet").await;
    let logs = everywhere(&server, "DescribeFlowLogs", "flowLogSet").await;
    let logged: BTreeSet<&str> = logs.iter().flat_map(|(_, _, log)| texts(log, "resourceId")).collect();
    let bare = complaints(&vpcs, "vpcId", |vpc| !texts(vpc, "vpcId").iter().any(|id| logged.contains(id)));
    assert_eq!(bare, planted(org, "VPC_NO_FLOW_LOG"));
    let default = complaints(&vpcs, "vpcId", |vpc| vpc.contains("<isDefault>true"));
    assert_eq!(default, planted(org, "VPC_DEFAULT_PRESENT"));

    let subnets = everywhere(&server, "DescribeSubnets", "subnetSet").await;
    let public = complaints(&subnets, "subnetId", |s| s.contains("<mapPublicIpOnLaunch>true"));
    assert_eq!(public, planted(org, "SUBNET_AUTO_PUBLIC_IP"));

    let tables = everywhere(&server, "DescribeRouteTables", "routeTableSet").await;
    let wide = complaints(&tables, "routeTableId", |table| {
        items(table, "routeSet").iter().any(|route| route.contains("pcx-") && route.contains("/8<"))
    });
    assert_eq!(wide, planted(org, "RT_PEERING_WIDE"));

    // The first entry that holds tcp/22 from everywhere decides.
    let nacls = everywhere(&server, "DescribeNetworkAcls", "networkAclSet").await;
    let open = complaints(&nacls, "networkAclId", |nacl| {
        let mut entries: Vec<(u32, bool)> = items(nacl, "entrySet")
            .into_iter()
            .filter(|entry| entry.contains("<egress>false") && entry.contains(">0.0.0.0/0<"))
            .filter(|entry| {
                let number = |tag| texts(entry, tag).first().and_then(|t| t.parse::<u32>().ok());
                match (number("from"), number("to")) {
                    (Some(from), Some(to)) => (from..=to).contains(&22),
                    _ => true,
                }
            })
            .filter_map(|entry| {
                let number = texts(entry, "ruleNumber").first()?.parse().ok()?;
                Some((number, entry.contains("<ruleAction>allow")))
            })
            .collect();
        entries.sort_unstable();
        entries.first().is_some_and(|(_, allow)| *allow)
    });
    let mut told = planted(org, "NACL_SSH_OPEN");
    told.extend(planted(org, "NACL_DENY_SHADOWED"));
    assert_eq!(open, told);

    let gateways = everywhere(&server, "DescribeInternetGateways", "internetGatewaySet").await;
    let id = "internetGatewayId";
    let detached = complaints(&gateways, id, |gateway| !gateway.contains("<vpcId>"));
    assert_eq!(detached, planted(org, "IGW_DETACHED"));
    let attached = complaints(&gateways, id, |gateway| gateway.contains("<vpcId>"));
    assert_eq!(attached, planted(org, "IGW_ATTACHED"));

    let addresses = everywhere(&server, "DescribeAddresses", "addressesSet").await;
    let spare = complaints(&addresses, "allocationId", |a| !a.contains("<associationId>"));
    assert_eq!(spare, planted(org, "EIP_UNASSOCIATED"));

    let instances = everywhere(&server, "DescribeInstances", "reservationSet").await;
    let v1 = complaints(&instances, "instanceId", |i| i.contains("<httpTokens>optional"));
    assert_eq!(v1, planted(org, "EC2_IMDSV1"));
    let exposed = complaints(&instances, "instanceId", |i| i.contains("<ipAddress>"));
    assert_eq!(exposed, planted(org, "EC2_SSH_EXPOSED"));

    let gateways = everywhere(&server, "DescribeCustomerGateways", "customerGatewaySet").await;
    let vpns = everywhere(&server, "DescribeVpnConnections", "vpnConnectionSet").await;
    let idle = complaints(&gateways, "customerGatewayId", |gateway| {
        let id = texts(gateway, "customerGatewayId")[0];
        !vpns.iter().any(|(_, _, vpn)| vpn.contains(id))
    });
    assert_eq!(idle, planted(org, "CGW_UNUSED"));
}

#[tokio::test]
async fn both_sides_of_a_peering_agree() {
    let server = start(organization(), Faults::default()).await;
    let all = everywhere(&server, "DescribeVpcPeeringConnections", "vpcPeeringConnectionSet").await;
    let accounts = server.organization().account_ids();
    let foreign = complaints(&all, "vpcPeeringConnectionId", |peering| {
        texts(peering, "ownerId").iter().any(|id| !accounts.iter().any(|own| own == id))
    });
    assert_eq!(foreign, planted(server.organization(), "PEERING_FOREIGN"));
    for (account, region, peering) in &all {
        let id = texts(peering, "vpcPeeringConnectionId")[0];
        if foreign.iter().any(|(_, _, foreign)| foreign == id) {
            continue;
        }
        let other = all.iter().find(|(a, r, p)| a != account && r == region && p.contains(id));
        assert_eq!(other.map(|(_, _, p)| p), Some(peering), "{id}");
    }
    assert_eq!(all.len(), 13);
}

#[tokio::test]
async fn credentials_are_as_told() {
    let server = start(organization(), Faults::default()).await;
    let org = server.organization();
    let operator = Client::operator(&server);
    let mut found: BTreeSet<(String, String, &str)> = BTreeSet::new();
    let date = |days: u64| {
        // Days before `now`, as the report writes dates: 2026-05-28.
        let seconds = org.now - days * 86_400;
        seconds / 86_400
    };
    let day = |text: &str| -> Option<u64> {
        let mut parts = text.get(..10)?.split('-').map(|part| part.parse::<i64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        // Days from the civil calendar, counted the slow way.
        let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        let years: i64 = (1970..year).map(|y| if leap(y) { 366 } else { 365 }).sum();
        let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let months: i64 = lengths.iter().take(month as usize - 1).sum();
        u64::try_from(years + months + day - 1).ok()
    };
    for account in org.account_ids() {
        let client = operator.assume(&account).await;
        let report = client.iam("GetCredentialReport").await;
        let csv = STANDARD.decode(report.text("Content").expect("content")).expect("base64");
        let csv = String::from_utf8(csv).expect("text");
        for line in csv.lines().skip(1) {
            let field: Vec<&str> = line.split(',').collect();
            assert_eq!(field.len(), 22, "{line}");
            let mut add = |code| found.insert((account.clone(), field[0].to_owned(), code));
            if field[0] == "<root_account>" {
                if field[7] == "false" {
                    add("IAM_ROOT_NO_MFA");
                }
                if field[8] == "true" {
                    add("IAM_ROOT_ACCESS_KEY");
                }
                continue;
            }
            if field[3] == "true" && field[7] == "false" {
                add("IAM_USER_NO_MFA");
            }
            if field[3] == "true" && day(field[4]).is_some_and(|used| used < date(90)) {
                add("IAM_PASSWORD_STALE");
            }
            for key in [8, 13] {
                let rotated = day(field[key + 1]);
                let active = field[key] == "true";
                if !active && rotated.is_some() {
                    add("IAM_KEY_INACTIVE");
                }
                let old = rotated.is_some_and(|rotated| rotated < date(90));
                if active && old {
                    add("IAM_KEY_OLD");
                }
                if active && old && day(field[key + 2]).is_none() {
                    add("IAM_KEY_NEVER_USED");
                }
                if active && old && day(field[key + 2]).is_none_or(|used| used < date(90)) {
                    add("IAM_KEY_STALE");
                }
            }
            if field[8] == "true" && field[13] == "true" {
                add("IAM_TWO_ACTIVE_KEYS");
            }
        }
    }
    let codes = [
        "IAM_ROOT_NO_MFA",
        "IAM_ROOT_ACCESS_KEY",
        "IAM_USER_NO_MFA",
        "IAM_PASSWORD_STALE",
        "IAM_KEY_INACTIVE",
        "IAM_KEY_OLD",
        "IAM_KEY_NEVER_USED",
        "IAM_KEY_STALE",
        "IAM_TWO_ACTIVE_KEYS",
    ];
    let told: BTreeSet<(String, String, &str)> = org
        .truth()
        .into_iter()
        .filter(|planted| codes.contains(&planted.code))
        .map(|planted| (planted.account, planted.resource, planted.code))
        .collect();
    assert_eq!(found, told);
}

#[tokio::test]
async fn access_and_settings_are_as_told() {
    let server = start(organization(), Faults::default()).await;
    let org = server.organization();
    let operator = Client::operator(&server);
    let by_account =
        |code: &str| -> Vec<String> { planted(org, code).into_iter().map(|(account, _, _)| account).collect() };
    for account in org.account_ids() {
        let client = operator.assume(&account).await;
        let has = |code: &str| by_account(code).contains(&account);
        let policy = client.iam("GetAccountPasswordPolicy").await;
        assert_eq!(policy.status == 404, has("IAM_NO_PASSWORD_POLICY"));
        assert_eq!(policy.text("MinimumPasswordLength") == Some("8"), has("IAM_WEAK_PASSWORD_POLICY"));
        let details = client.iam("GetAccountAuthorizationDetails").await.body;
        // Star on star outside of AWS's own policies.
        let star = "%7B%22Action%22%3A%22%2A%22%2C%22Effect%22%3A%22Allow%22%2C%22Resource%22%3A%22%2A%22%7D";
        let policies = details.split("<Policies>").nth(1).unwrap_or_default();
        let own_star =
            policies.split("<PolicyName>").any(|policy| policy.contains(star) && !policy.contains("arn:aws:iam::aws:"));
        let told = planted(org, "IAM_ADMIN_STAR").into_iter().any(|(a, _, r)| a == account && r == "deploy-everything");
        assert_eq!(own_star, told);
        assert_eq!(details.contains("%22AWS%22%3A%22%2A%22"), has("IAM_TRUST_WILDCARD"));
        assert_eq!(details.contains("999988887777"), has("IAM_TRUST_EXTERNAL"));
        for region in &org.regions {
            let here = |code: &str| planted(org, code).iter().any(|(a, r, _)| *a == account && r == region);
            let detectors = client.rest(region, "guardduty", "GET", "/detector").await;
            assert_eq!(detectors.json()["detectorIds"] == serde_json::json!([]), here("GD_OFF"));
            let hub = client.rest(region, "securityhub", "GET", "/accounts").await;
            assert_eq!(hub.status == 401, here("SH_OFF"));
            let analyzers = client.rest(region, "access-analyzer", "GET", "/analyzer").await;
            assert_eq!(analyzers.json()["analyzers"] == serde_json::json!([]), here("AA_OFF"));
            let target = "StarlingDoveService.DescribeConfigurationRecorderStatus";
            let recorder = client.target(region, "config", target, "{}").await.json();
            let off = recorder["ConfigurationRecordersStatus"][0]["recording"] == false;
            assert_eq!(off, here("CONFIG_OFF"));
            let body = "{\"Name\":\"tidewater-trail\"}";
            if region == "us-east-1" {
                let target = "CloudTrail_20131101.GetTrailStatus";
                let status = client.target(region, "cloudtrail", target, body).await.json();
                assert_eq!(status["IsLogging"] == false, has("CT_NOT_LOGGING"));
            }
        }
    }
}

#[test]
fn an_organization_without_defects_has_no_truth() {
    let org = Organization { defects: false, ..organization() };
    assert!(org.truth().is_empty());
    let codes: BTreeSet<&str> = organization().truth().iter().map(|p| p.code).collect();
    assert!(codes.len() >= 45, "{}", codes.len());
}

#[tokio::test]
async fn an_epoch_says_what_it_changed() {
    let org = |epoch| Organization { epoch, ..organization() };
    assert_eq!(org(0).changed(None), []);
    let changed = org(3).changed(None);
    // Some two percent an epoch of all that changes.
    assert!((20..2_000).contains(&changed.len()), "{}", changed.len());
    let (old, new) = (start(org(0), Faults::default()).await, start(org(3), Faults::default()).await);
    for (index, account) in org(0).account_ids().iter().enumerate().skip(1) {
        let (before, after) =
            (Client::operator(&old).assume(account).await, Client::operator(&new).assume(account).await);
        for region in &org(0).regions {
            let page = |client: Client| async move { client.ec2(region, "DescribeSecurityGroups").await.body };
            let (before, after) = (page(before.clone()).await, page(after.clone()).await);
            let by_id = |page| -> BTreeMap<String, String> {
                let items: Vec<&str> = items(page, "securityGroupInfo");
                items.into_iter().map(|item| (texts(item, "groupId")[0].to_owned(), item.to_owned())).collect()
            };
            let (before, after) = (by_id(&before), by_id(&after));
            let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            let differ: Vec<&str> =
                ids.into_iter().filter(|id| before.get(*id) != after.get(*id)).map(String::as_str).collect();
            let of_list = |change: &&driftline_sim::Change| {
                change.account == *account && change.region == *region && change.operation == "DescribeSecurityGroups"
            };
            let mut told: Vec<&str> = changed.iter().filter(of_list).map(|change| change.resource.as_str()).collect();
            told.sort_unstable();
            assert_eq!(differ, told, "account {index} in {region}");
        }
    }
    let one = org(3).account_ids()[2].clone();
    let of_one: Vec<_> = changed.iter().filter(|change| change.account == one).cloned().collect();
    assert_eq!(org(3).changed(Some(&one)), of_one);
}

#[tokio::test]
async fn accounts_of_different_sizes() {
    let org = Organization { mixed: true, accounts: 80, ..organization() };
    let server = start(org.clone(), Faults::default()).await;
    let mut users = Vec::new();
    for account in org.account_ids().iter().skip(2) {
        let client = Client::operator(&server).assume(account).await;
        let (mut count, mut pages, mut marker) = (0, 0, String::new());
        loop {
            let asked = format!("GetAccountAuthorizationDetails&Filter.member.1=User&MaxItems=1000{marker}");
            let page = client.iam(&asked).await;
            count += page.texts("UserName").len();
            pages += 1;
            match page.text("Marker") {
                Some(next) => marker = format!("&Marker={next}"),
                None => break,
            }
            assert_eq!(page.text("IsTruncated"), Some("true"));
        }
        users.push((count, pages));
    }
    let (tiny, huge) = (users.iter().filter(|(n, _)| *n < 4), users.iter().filter(|(n, _)| *n >= 200));
    assert!(tiny.count() > 10, "{users:?}");
    // Fewer than the 1,000 that were asked for, and more to come.
    let huge: Vec<_> = huge.collect();
    assert!(!huge.is_empty() && huge.iter().any(|(_, pages)| *pages > 1), "{users:?}");
}
