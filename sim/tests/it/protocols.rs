//! One operation per protocol, credentials, and errors.

use driftline_sim::{Faults, Organization, serve};

use crate::client::{Client, assume_body, organization, start};

#[tokio::test]
async fn every_protocol_answers_in_its_own_shape() {
    let server = start(organization(), Faults::default()).await;
    let operator = Client::operator(&server);

    let ec2 = operator.ec2("eu-west-1", "DescribeRegions&AllRegions=true").await;
    assert_eq!(ec2.status, 200);
    assert!(ec2.headers.contains("content-type: text/xml;charset=utf-8"));
    assert!(ec2.body.contains("<DescribeRegionsResponse xmlns="));
    assert_eq!(ec2.texts("regionName").len(), 6);
    let statuses = ec2.texts("optInStatus");
    assert_eq!(statuses.iter().filter(|s| **s == "not-opted-in").count(), 3);

    let iam = operator.iam("ListAccountAliases").await;
    assert!(iam.headers.contains("content-type: text/xml\r\n"));
    assert_eq!(iam.text("member"), Some("tidewater-management"));
    assert!(iam.body.contains("<ListAccountAliasesResult>"));

    let accounts = operator.target("us-east-1", "organizations", "AWSOrganizationsV20161128.ListAccounts", "{}").await;
    assert!(accounts.headers.contains("application/x-amz-json-1.1"));
    assert_eq!(accounts.json()["Accounts"].as_array().map(Vec::len), Some(6));

    let detectors = operator.rest("eu-west-1", "guardduty", "GET", "/detector").await;
    assert!(detectors.headers.contains("content-type: application/json"));
    let id = detectors.json()["detectorIds"][0].as_str().expect("an id").to_owned();
    let path = format!("/detector/{id}");
    let detector = operator.rest("eu-west-1", "guardduty", "GET", &path).await;
    assert_eq!(detector.json()["status"], "ENABLED");
}

#[tokio::test]
async fn roles_are_assumed_by_name_and_only_from_the_management_account() {
    let server = start(organization(), Faults::default()).await;
    let operator = Client::operator(&server);
    let accounts = server.organization().account_ids();

    let member = operator.assume(&accounts[2]).await;
    assert!(member.key.starts_with("ASIA") && member.key.len() == 20);
    let who = member.query("eu-west-1", "sts", "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert_eq!(who.text("Account"), Some(accounts[2].as_str()));
    assert!(who.text("Arn").is_some_and(|arn| arn.ends_with("assumed-role/DriftlineAudit/test")));

    let other_role = assume_body(&accounts[2]).replace("DriftlineAudit", "Other");
    let refused = operator.query("us-east-1", "sts", &other_role).await;
    assert_eq!((refused.status, refused.text("Code")), (403, Some("AccessDenied")));
    let sideways = member.query("us-east-1", "sts", &assume_body(&accounts[3])).await;
    assert_eq!(sideways.status, 403);
    let stranger = operator.query("us-east-1", "sts", &assume_body("999988887777")).await;
    assert_eq!(stranger.status, 403);
    operator.assume(&accounts[0]).await;
}

#[tokio::test]
async fn sessions_expire_and_external_ids_are_checked() {
    let org = Organization { credential_seconds: 0, external_id: Some("posture".to_owned()), ..organization() };
    let server = start(org, Faults::default()).await;
    let operator = Client::operator(&server);
    let account = server.organization().account_ids()[2].clone();
    let body = assume_body(&account);
    assert_eq!(operator.query("us-east-1", "sts", &body).await.status, 403);
    let reply = operator.query("us-east-1", "sts", &format!("{body}&ExternalId=posture")).await;
    let expired = Client {
        addr: server.addr(),
        key: reply.text("AccessKeyId").expect("a key").to_owned(),
        token: reply.text("SessionToken").map(str::to_owned),
    };
    let reply = expired.iam("GetAccountSummary").await;
    assert_eq!((reply.status, reply.text("Code")), (403, Some("ExpiredToken")));
    let reply = expired.ec2("us-east-1", "DescribeVpcs").await;
    assert_eq!(reply.text("Code"), Some("RequestExpired"));
}

#[tokio::test]
async fn unknown_things_are_errors_in_the_shape_of_the_service() {
    let server = start(organization(), Faults::default()).await;
    let operator = Client::operator(&server);
    let ec2 = operator.ec2("us-east-1", "DescribeMoon").await;
    assert_eq!((ec2.status, ec2.text("Code")), (400, Some("InvalidAction")));
    assert!(ec2.body.contains("<Response><Errors><Error>"));
    let iam = operator.iam("ListMoons").await;
    assert_eq!((iam.status, iam.text("Code")), (400, Some("InvalidAction")));
    assert!(iam.body.contains("<ErrorResponse "));
    let config = operator.target("us-east-1", "config", "StarlingDoveService.Moon", "{}").await;
    assert_eq!(config.json()["__type"], "UnknownOperationException");
    let rest = operator.rest("us-east-1", "guardduty", "GET", "/moon").await;
    assert!(rest.headers.contains("x-amzn-errortype: unknownoperationexception"));
    let sqs = operator.rest("us-east-1", "sqs", "GET", "/").await;
    assert_eq!(sqs.status, 404);
    assert!(!sqs.body.contains("<html"));

    let disabled = operator.ec2("me-south-1", "DescribeVpcs").await;
    assert_eq!((disabled.status, disabled.text("Code")), (401, Some("AuthFailure")));
    let filtered = operator.ec2("us-east-1", "DescribeVpcs&Filter.1.Name=vpc-id").await;
    assert_eq!(filtered.text("Code"), Some("InvalidParameterValue"));
    let picked = operator.ec2("us-east-1", "DescribeVpcs&VpcId.1=vpc-1").await;
    assert_eq!(picked.text("Code"), Some("InvalidParameterValue"));
    let nobody = Client { key: "AKIA000000000000ABCD".to_owned(), ..operator.clone() };
    assert_eq!(nobody.iam("GetAccountSummary").await.text("Code"), Some("InvalidClientTokenId"));
}

#[tokio::test]
async fn only_loopback_is_served() {
    let refused = serve(([0, 0, 0, 0], 0).into(), organization(), Faults::default()).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("loopback")));
}

#[tokio::test]
async fn calls_are_counted() {
    let server = start(organization(), Faults::default()).await;
    let operator = Client::operator(&server);
    for _ in 0..3 {
        operator.ec2("eu-west-1", "DescribeVpcs").await;
    }
    operator.ec2("me-south-1", "DescribeVpcs").await;
    let stats = server.stats();
    assert_eq!((stats.total, stats.of("DescribeVpcs")), (4, 4));
    let page = operator.rest("-", "-", "GET", "/_sim/stats").await.json();
    assert_eq!(page["total"], 4);
    let good = page["calls"].as_array().expect("a list").iter().find(|c| c["status"] == 200);
    let good = good.expect("successful calls");
    assert_eq!((&good["calls"], &good["region"]), (&3.into(), &"eu-west-1".into()));
    server.shutdown().await;
}
