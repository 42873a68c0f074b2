//! Faults do what they say.

use std::time::Duration;

use driftline_sim::{Fault, Faults, Rule, When};

use crate::client::{Client, items, organization, start};

async fn with(rules: Vec<Rule>) -> (driftline_sim::Server, Client) {
    let faults = Faults { rules, ..Faults::default() };
    let server = start(organization(), faults).await;
    let account = server.organization().account_ids()[2].clone();
    let client = Client::operator(&server).assume(&account).await;
    (server, client)
}

#[tokio::test]
async fn errors_take_the_shape_of_the_service() {
    for (fault, ec2, iam, json) in [
        (Fault::Throttle, (503, "RequestLimitExceeded"), (400, "Throttling"), (400, "ThrottlingException")),
        (Fault::ServerError, (500, "InternalError"), (500, "ServiceFailure"), (500, "ServiceException")),
        (Fault::AccessDenied, (403, "UnauthorizedOperation"), (403, "AccessDenied"), (400, "AccessDeniedException")),
        (
            Fault::RegionDisabled,
            (401, "AuthFailure"),
            (403, "InvalidClientTokenId"),
            (400, "UnrecognizedClientException"),
        ),
        (Fault::ExpiredToken, (400, "RequestExpired"), (403, "ExpiredToken"), (400, "ExpiredTokenException")),
    ] {
        let rules = ["ec2:*", "iam:*", "config:*"].map(|name| Rule::new(fault).action(name));
        let (_server, client) = with(rules.to_vec()).await;
        let reply = client.ec2("us-east-1", "DescribeVpcs").await;
        assert_eq!((reply.status, reply.text("Code")), (ec2.0, Some(ec2.1)));
        let reply = client.iam("GetAccountSummary").await;
        assert_eq!((reply.status, reply.text("Code")), (iam.0, Some(iam.1)));
        let target = "StarlingDoveService.DescribeDeliveryChannels";
        let reply = client.target("us-east-1", "config", target, "{}").await;
        assert_eq!((reply.status, reply.json()["__type"].as_str()), (json.0, Some(json.1)));
    }
}

#[tokio::test]
async fn the_demo_denies_two_things() {
    let org = organization();
    let ids = org.account_ids();
    let faults = Faults::demo(&org);
    let server = start(org, faults).await;
    let operator = Client::operator(&server);
    let data = operator.assume(&ids[3]).await;
    let denied = data.ec2("eu-west-1", "DescribeNetworkAcls").await;
    assert_eq!((denied.status, denied.text("Code")), (403, Some("UnauthorizedOperation")));
    assert!(denied.body.contains("with an explicit deny in a service control policy"));
    assert_eq!(data.ec2("us-east-1", "DescribeNetworkAcls").await.status, 200);
    let security = operator.assume(&ids[1]).await;
    let report = security.iam("GetCredentialReport").await;
    assert_eq!((report.status, report.text("Code")), (403, Some("AccessDenied")));
    assert_eq!(data.iam("GetCredentialReport").await.status, 200);
}

#[tokio::test]
async fn a_rule_may_end_after_some_requests() {
    let rule = Rule::new(Fault::Throttle).action("ec2:DescribeSubnets").region("eu-west-1").when(When::First(2));
    let (_server, client) = with(vec![rule]).await;
    for (region, status) in [("eu-west-1", 503), ("us-east-1", 200), ("eu-west-1", 503), ("eu-west-1", 200)] {
        assert_eq!(client.ec2(region, "DescribeSubnets").await.status, status);
    }
}

#[tokio::test]
async fn a_truncated_body_is_well_framed() {
    let (_server, client) = with(vec![Rule::new(Fault::TruncatedXml).action("ec2:*")]).await;
    let reply = client.ec2("us-east-1", "DescribeSubnets").await;
    assert_eq!(reply.status, 200);
    assert!(reply.headers.contains(&format!("content-length: {}", reply.body.len())));
    assert!(reply.body.ends_with("</item>"));
    let left = reply.texts("subnetArn").len();
    assert!((1..18).contains(&left), "{left} of 18");
}

#[tokio::test]
async fn tokens_repeat_and_pages_are_empty() {
    let (_server, client) = with(vec![
        Rule::new(Fault::RepeatedToken).action("DescribeSubnets"),
        Rule::new(Fault::EmptyPageWithToken).action("DescribeSecurityGroups"),
    ])
    .await;
    let first = client.ec2("us-east-1", "DescribeSubnets&MaxResults=5").await;
    let token = first.text("nextToken").expect("a token").to_owned();
    let asked = format!("DescribeSubnets&MaxResults=5&NextToken={token}");
    let second = client.ec2("us-east-1", &asked).await;
    assert_eq!(second.text("nextToken"), Some(token.as_str()));

    let first = client.ec2("us-east-1", "DescribeSecurityGroups").await;
    assert!(items(&first.body, "securityGroupInfo").is_empty());
    let token = first.text("nextToken").expect("a token");
    let asked = format!("DescribeSecurityGroups&NextToken={token}");
    let rest = client.ec2("us-east-1", &asked).await;
    assert_eq!(items(&rest.body, "securityGroupInfo").len(), 16);
    assert_eq!(rest.text("nextToken"), None);
}

#[tokio::test]
async fn connections_break_stall_and_crawl() {
    let (server, client) = with(vec![
        Rule::new(Fault::Reset).action("DescribeVpcs"),
        Rule::new(Fault::Stall).action("DescribeSubnets"),
        Rule::new(Fault::SlowBody).action("DescribeAddresses"),
    ])
    .await;
    let send = |action: &'static str| {
        let client = client.clone();
        async move {
            let body = format!("Action={action}");
            client.send("POST", "/", "us-east-1", "ec2", "", &body).await
        }
    };
    assert!(send("DescribeVpcs").await.is_err());
    let patience = Duration::from_millis(300);
    assert!(tokio::time::timeout(patience, send("DescribeSubnets")).await.is_err());
    let started = std::time::Instant::now();
    let slow = send("DescribeAddresses").await.expect("a reply");
    assert!(slow.body.ends_with("</DescribeAddressesResponse>"));
    assert!(started.elapsed() > Duration::from_secs(3));
    let dropped = server.stats().calls.into_iter().find(|count| count.status == 0);
    assert_eq!(dropped.map(|count| count.action), Some("DescribeVpcs".to_owned()));
}

#[tokio::test]
async fn pages_may_be_garbage_or_huge() {
    let (_server, client) = with(vec![
        Rule::new(Fault::Garbage).action("DescribeVpcs"),
        Rule::new(Fault::HugePage).action("DescribeSubnets"),
    ])
    .await;
    let garbage = client.ec2("us-east-1", "DescribeVpcs").await;
    assert_eq!(garbage.status, 200);
    assert!(garbage.headers.contains("text/html") && garbage.body.starts_with("<html>"));
    let huge = client.ec2("us-east-1", "DescribeSubnets&MaxResults=5").await;
    assert_eq!(items(&huge.body, "subnetSet").len(), 18);
    assert_eq!(huge.body.len(), 32 << 20);
}

#[tokio::test]
async fn a_credential_report_takes_its_time() {
    let rule = Rule::new(Fault::ReportInProgress).when(When::First(1));
    let (_server, client) = with(vec![rule]).await;
    let state = |reply: &crate::client::Reply| reply.text("State").map(str::to_owned);
    let first = client.iam("GenerateCredentialReport").await;
    assert_eq!(state(&first).as_deref(), Some("STARTED"));
    let early = client.iam("GetCredentialReport").await;
    assert_eq!((early.status, early.text("Code")), (404, Some("ReportInProgress")));
    let second = client.iam("GenerateCredentialReport").await;
    assert_eq!(state(&second).as_deref(), Some("COMPLETE"));
    assert_eq!(client.iam("GetCredentialReport").await.status, 200);
}

#[tokio::test]
async fn limits_throttle_after_the_burst() {
    let faults = Faults { limits: true, ..Faults::default() };
    let server = start(organization(), faults).await;
    let operator = Client::operator(&server);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let target = "AWSOrganizationsV20161128.ListRoots";
        let reply = operator.target("us-east-1", "organizations", target, "{}").await;
        statuses.push(reply.status);
    }
    assert_eq!(statuses, [200, 200, 400, 400]);
}

#[tokio::test]
async fn a_service_control_policy_is_in_the_message_alone() {
    let (_server, client) =
        with(["ec2:*", "iam:*"].map(|name| Rule::new(Fault::ScpDenied).action(name)).to_vec()).await;
    for (reply, status, code) in [
        (client.ec2("us-east-1", "DescribeVpcs").await, 403, "UnauthorizedOperation"),
        (client.iam("ListPolicies").await, 403, "AccessDenied"),
    ] {
        assert_eq!((reply.status, reply.text("Code")), (status, Some(code)));
        assert!(reply.body.contains("with an explicit deny in a service control policy"), "{}", reply.body);
    }
}

#[tokio::test]
async fn headers_may_be_late() {
    let (_server, client) = with(vec![Rule::new(Fault::SlowHeaders).action("DescribeVpcs")]).await;
    let started = std::time::Instant::now();
    let patience = Duration::from_secs(1);
    assert!(tokio::time::timeout(patience, client.ec2("us-east-1", "DescribeVpcs")).await.is_err());
    let late = client.ec2("us-east-1", "DescribeVpcs").await;
    assert!(late.body.ends_with("</DescribeVpcsResponse>"));
    assert!(started.elapsed() > Duration::from_secs(4));
}

/// What arrives until the connection ends, however it ends: with an error or not.
async fn raw(server: &driftline_sim::Server, account: &str, action: &str) -> (String, bool) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let body = format!("Action={action}");
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=AKIA{account}DEMO/20260101/us-east-1/ec2/aws4_request\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(server.addr()).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut bytes = Vec::new();
    let broken = stream.read_to_end(&mut bytes).await.is_err();
    (String::from_utf8_lossy(&bytes).into_owned(), broken)
}

#[tokio::test]
async fn bodies_end_in_the_middle() {
    let rules = vec![
        Rule::new(Fault::ResetAfterHeaders).action("DescribeVpcs"),
        Rule::new(Fault::TruncatedChunked).action("DescribeSubnets"),
    ];
    let (server, _client) = with(rules).await;
    let account = server.organization().account_ids()[2].clone();
    let (reset, broken) = raw(&server, &account, "DescribeVpcs").await;
    assert!(broken && reset.starts_with("HTTP/1.1 200"), "{reset}");
    assert!(reset.contains("content-length: ") && !reset.contains("</DescribeVpcsResponse>"));
    let (unfinished, _) = raw(&server, &account, "DescribeSubnets").await;
    assert!(unfinished.contains("transfer-encoding: chunked") && unfinished.contains("<subnetId>"), "{unfinished}");
    assert!(!unfinished.contains("</DescribeSubnetsResponse>") && !unfinished.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn bodies_may_be_no_text_or_another_document_or_nothing() {
    let rules = vec![
        Rule::new(Fault::NotUtf8).action("DescribeVpcs"),
        Rule::new(Fault::WrongRoot).action("ec2:DescribeSubnets"),
        Rule::new(Fault::WrongRoot).action("config:*"),
        Rule::new(Fault::MissingResult).action("ec2:DescribeAddresses"),
        Rule::new(Fault::MissingResult).action("iam:*"),
        Rule::new(Fault::MissingResult).action("cloudtrail:*"),
    ];
    let (server, client) = with(rules).await;
    let account = server.organization().account_ids()[2].clone();
    let (text, broken) = raw(&server, &account, "DescribeVpcs").await;
    assert!(!broken && text.contains('\u{fffd}') && text.trim_end().ends_with("</DescribeVpcsResponse>"));

    let other = client.ec2("us-east-1", "DescribeSubnets").await;
    assert_eq!(other.status, 200);
    assert!(!other.body.contains("<DescribeSubnetsResponse"), "{}", other.body);
    let target = "StarlingDoveService.DescribeDeliveryChannels";
    assert!(client.target("us-east-1", "config", target, "{}").await.json().is_array());

    let nothing = client.ec2("us-east-1", "DescribeAddresses").await;
    assert_eq!(nothing.status, 200);
    assert!(nothing.body.contains("<DescribeAddressesResponse") && !nothing.body.contains("addressesSet"));
    let nothing = client.iam("ListPolicies").await;
    assert!(nothing.body.contains("<ListPoliciesResult></ListPoliciesResult>"), "{}", nothing.body);
    let target = "CloudTrail_20131101.DescribeTrails";
    assert_eq!(client.target("us-east-1", "cloudtrail", target, "{}").await.body, "{}");
}

#[tokio::test]
async fn tokens_never_end_and_never_repeat() {
    let (_server, client) = with(vec![Rule::new(Fault::EndlessToken).action("DescribeSubnets")]).await;
    let (mut tokens, mut sizes) = (std::collections::BTreeSet::new(), Vec::new());
    let mut asked = "DescribeSubnets&MaxResults=10".to_owned();
    for _ in 0..12 {
        let page = client.ec2("us-east-1", &asked).await;
        sizes.push(items(&page.body, "subnetSet").len());
        let token = page.text("nextToken").expect("a token").to_owned();
        asked = format!("DescribeSubnets&MaxResults=10&NextToken={token}");
        assert!(tokens.insert(token), "a token came twice");
    }
    assert_eq!(sizes, [10, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
