//! Pages cover every item exactly once, and the same request gets the same
//! bytes.

use std::collections::BTreeSet;

use driftline_sim::{Faults, Organization, Size};

use crate::client::{Client, items, organization, start};

/// Walks an EC2 list in pages of a size and gives the ids under `tag`.
async fn walk(client: &Client, action: &str, set: &str, tag: &str, size: u32) -> Vec<String> {
    let mut ids = Vec::new();
    let mut token = String::new();
    loop {
        let asked = format!("{action}&MaxResults={size}{token}");
        let reply = client.ec2("us-east-1", &asked).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page = items(&reply.body, set);
        assert!(page.len() <= size as usize);
        let id = |item: &&str| crate::client::texts(item, tag).first().map(|id| (*id).to_owned());
        ids.extend(page.iter().filter_map(id));
        match reply.text("nextToken") {
            Some(next) => token = format!("&NextToken={next}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn every_item_is_on_exactly_one_page() {
    let server = start(organization(), Faults::default()).await;
    let account = server.organization().account_ids()[4].clone();
    let client = Client::operator(&server).assume(&account).await;
    for (action, set, tag) in [
        ("DescribeSubnets", "subnetSet", "subnetId"),
        ("DescribeRouteTables", "routeTableSet", "routeTableId"),
        ("DescribeNetworkAcls", "networkAclSet", "networkAclId"),
        ("DescribeSecurityGroups", "securityGroupInfo", "groupId"),
        ("DescribeNetworkInterfaces", "networkInterfaceSet", "networkInterfaceId"),
        ("DescribeInstances", "reservationSet", "instanceId"),
        ("DescribeVpcEndpoints", "vpcEndpointSet", "vpcEndpointId"),
        ("DescribeManagedPrefixLists", "prefixListSet", "prefixListId"),
    ] {
        let whole = client.ec2("us-east-1", action).await;
        let whole = items(&whole.body, set).len();
        for size in [5, 7, 100] {
            let ids = walk(&client, action, set, tag, size).await;
            let distinct: BTreeSet<_> = ids.iter().collect();
            assert_eq!((ids.len(), distinct.len()), (whole, whole), "{action} by {size}");
        }
        assert!(whole > 0, "{action}");
    }
}

#[tokio::test]
async fn page_sizes_are_checked_as_documented() {
    let server = start(organization(), Faults::default()).await;
    let operator = Client::operator(&server);
    for (action, status) in [
        ("DescribeVpcs&MaxResults=1000", 200),
        ("DescribeVpcs&MaxResults=1001", 400),
        ("DescribeVpcs&MaxResults=4", 400),
        ("DescribeRouteTables&MaxResults=101", 400),
        ("DescribeVpcs&NextToken=invented", 400),
    ] {
        assert_eq!(operator.ec2("us-east-1", action).await.status, status, "{action}");
    }
}

#[tokio::test]
async fn accounts_come_twenty_a_page() {
    let org = Organization { accounts: 45, ..organization() };
    let server = start(org, Faults::default()).await;
    let operator = Client::operator(&server);
    let mut ids = Vec::new();
    let mut body = "{}".to_owned();
    let mut pages = 0;
    loop {
        let target = "AWSOrganizationsV20161128.ListAccounts";
        let page = operator.target("us-east-1", "organizations", target, &body).await.json();
        pages += 1;
        for account in page["Accounts"].as_array().expect("a list") {
            ids.push(account["Id"].as_str().expect("an id").to_owned());
        }
        match page["NextToken"].as_str() {
            Some(token) => body = format!("{{\"NextToken\":\"{token}\"}}"),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(ids, server.organization().account_ids());
}

/// Both generations sign for one service, and both have this operation.
#[tokio::test]
async fn load_balancers_come_by_generation_and_in_pages() {
    let server = start(organization(), Faults::default()).await;
    let ids = server.organization().account_ids();
    let operator = Client::operator(&server);
    let (second, first) = ("2015-12-01", "2012-06-01");
    let ask = async |account: usize, version: &str, more: &str| {
        let client = operator.assume(&ids[account]).await;
        let body = format!("Action=DescribeLoadBalancers&Version={version}{more}");
        client.query("us-east-1", "elasticloadbalancing", &body).await
    };
    let whole = ask(2, second, "").await;
    let whole: Vec<&str> = whole.texts("LoadBalancerArn");
    assert!(whole.len() > 1 && whole[0].contains(":loadbalancer/app/"), "{whole:?}");
    let (mut arns, mut marker) = (Vec::new(), String::new());
    loop {
        let page = ask(2, second, &format!("&PageSize=1{marker}")).await;
        arns.extend(page.texts("LoadBalancerArn").into_iter().map(str::to_owned));
        match page.text("NextMarker") {
            Some(next) => marker = format!("&Marker={next}"),
            None => break,
        }
    }
    assert_eq!(arns, whole);
    assert_eq!(ask(2, second, "&PageSize=401").await.status, 400);
    // The shop's development has one of the first generation, and none of its own name in the second.
    let legacy = ask(4, first, "").await;
    assert_eq!(legacy.texts("LoadBalancerName"), ["legacy"]);
    assert!(legacy.texts("LoadBalancerArn").is_empty());
    assert!(!ask(4, second, "").await.texts("LoadBalancerName").contains(&"legacy"));
}

#[tokio::test]
async fn authorization_details_page_through_all_sections() {
    let server = start(organization(), Faults::default()).await;
    let account = server.organization().account_ids()[5].clone();
    let client = Client::operator(&server).assume(&account).await;
    let whole = client.iam("GetAccountAuthorizationDetails&MaxItems=1000").await;
    assert_eq!(whole.text("IsTruncated"), Some("false"));
    let names = |body: &str| -> Vec<String> {
        ["UserId", "GroupId", "RoleId", "PolicyId"]
            .iter()
            .flat_map(|tag| crate::client::texts(body, tag))
            .map(str::to_owned)
            .collect()
    };
    let mut expected = names(&whole.body);
    let mut found = Vec::new();
    let mut marker = String::new();
    loop {
        let asked = format!("GetAccountAuthorizationDetails&MaxItems=3{marker}");
        let page = client.iam(&asked).await;
        found.extend(names(&page.body));
        match page.text("Marker") {
            Some(next) => marker = format!("&Marker={next}"),
            None => break,
        }
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let roles = client.iam("GetAccountAuthorizationDetails&Filter.member.1=Role").await;
    assert!(roles.texts("UserId").is_empty() && !roles.texts("RoleId").is_empty());
    // Documents are percent-encoded: no brace and no quote is left bare.
    let trust = roles.text("AssumeRolePolicyDocument").expect("a document");
    assert!(trust.starts_with("%7B%22"));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let first = start(organization(), Faults::default()).await;
    let second = start(organization(), Faults::default()).await;
    let other = Organization { seed: 8, ..organization() };
    let other = start(other, Faults::default()).await;
    let mut replies = Vec::new();
    for server in [&first, &second, &other] {
        let operator = Client::operator(server);
        let account = server.organization().account_ids()[3].clone();
        let client = operator.assume(&account).await;
        replies.push([
            client.ec2("us-east-1", "DescribeSecurityGroups").await.body,
            client.ec2("us-east-1", "DescribeInstances").await.body,
            client.iam("GetAccountAuthorizationDetails").await.body,
            client.iam("GetCredentialReport").await.body,
        ]);
    }
    assert_eq!(replies[0], replies[1]);
    assert_ne!(replies[0], replies[2]);
}

#[tokio::test]
async fn a_later_epoch_differs_in_a_few_things() {
    let later = Organization { epoch: 1, ..organization() };
    let (before, after) = (organization().truth(), later.truth());
    let gone: Vec<_> = before.iter().filter(|p| !after.contains(p)).map(|p| p.code).collect();
    let new: Vec<_> = after.iter().filter(|p| !before.contains(p)).map(|p| p.code).collect();
    assert_eq!((gone, new), (vec!["EIP_UNASSOCIATED"], vec!["SG_SSH_V4"]));
}

#[tokio::test]
async fn sizes_are_parameters() {
    let org = Organization { size: Size { vpcs: 3, groups: 40, instances: 100, ..Size::default() }, ..organization() };
    let server = start(org, Faults::default()).await;
    let account = server.organization().account_ids()[2].clone();
    let client = Client::operator(&server).assume(&account).await;
    let instances = client.ec2("eu-west-1", "DescribeInstances").await;
    assert_eq!(items(&instances.body, "reservationSet").len(), 3 * 3 * 100);
}
