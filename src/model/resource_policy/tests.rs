//! Policies as people write them, and who gets in.

use serde_json::{Value, json};

use super::*;
use crate::iam::Document;

const ARN: &str = "arn:aws:s3:::b";
const ACTIONS: &[Action] =
    &[("s3:GetObject", Place::Inside), ("s3:ListBucket", Place::Itself), ("s3:PutObject", Place::Inside)];

fn document(statements: Value) -> Document {
    Document::from_json(&json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
}

fn asked(document: &Document) -> Asked<'static> {
    Asked::new(document, Target { arn: ARN, inside: '/' }, "aws")
}

fn public(statements: Value) -> Vec<&'static str> {
    asked(&document(statements)).public(ACTIONS)
}

/// Everybody may read, where the condition holds.
fn reads_if(condition: Value) -> Vec<&'static str> {
    public(json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
        "Condition": condition}]))
}

#[test]
fn strangers_get_in_where_nothing_names_who_is_meant() {
    for principal in [json!("*"), json!({"AWS": "*"}), json!({"AWS": ["111122223333", "*"]})] {
        let allow =
            json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}]);
        assert_eq!(public(allow), ["s3:GetObject"]);
    }
    // A part of the bucket is enough, and every spelling of an action.
    for (action, resource, open) in [
        ("s3:GetObject", "arn:aws:s3:::b/public/*", &["s3:GetObject"][..]),
        ("s3:*", "arn:aws:s3:::b/a?c/${aws:username}/*", &["s3:GetObject", "s3:PutObject"]),
        ("*", "*", &["s3:GetObject", "s3:ListBucket", "s3:PutObject"]),
        ("S3:p?tobject", "arn:aws:s3:::b*", &["s3:PutObject"]),
        // Objects are not listed by their own ARNs, and another bucket is another bucket.
        ("s3:ListBucket", "arn:aws:s3:::b/*", &[]),
        ("s3:GetObject", "arn:aws:s3:::bb/*", &[]),
    ] {
        let allow = json!([{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}]);
        assert_eq!(public(allow), open, "{action} {resource}");
    }
    let all_but = json!([{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "NotAction": "s3:PutObject",
        "Resource": [ARN, "arn:aws:s3:::b/*"]}]);
    assert_eq!(public(all_but), ["s3:GetObject", "s3:ListBucket"]);
}

#[test]
fn principals_that_are_named_are_no_strangers() {
    for principal in [
        json!({"AWS": "111122223333"}),
        json!({"AWS": "arn:aws:iam::111122223333:role/reader"}),
        json!({"Service": "cloudtrail.amazonaws.com"}),
        json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
    ] {
        let allow = json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": "*"}]);
        assert_eq!(public(allow), Vec::<&str>::new());
    }
}

#[test]
fn conditions_bound_where_they_name_whose_requests_are_meant() {
    let closed = [
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}),
        json!({"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}),
        json!({"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}),
        json!({"IpAddress": {"aws:SourceIp": ["52.1.2.0/24", "10.0.0.0/16"]}}),
        json!({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::our-bucket"}}),
        json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}),
        json!({"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}),
        json!({"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:111122223333:accesspoint/*"}}),
        json!({"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}),
    ];
    for condition in closed {
        assert_eq!(reads_if(condition.clone()), Vec::<&str>::new(), "{condition}");
    }
    let open = [
        json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}),
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}),
        json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}),
        json!({"IpAddress": {"aws:SourceIp": "52.0.0.0/6"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "52.1.2.0/24"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:*:topic"}}),
        json!({"StringLike": {"aws:Referer": "https://example.com/*"}}),
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"StringEquals": {"s3:ExistingObjectTag/public": "yes"}}),
        json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
    ];
    for condition in open {
        assert_eq!(reads_if(condition.clone()), ["s3:GetObject"], "{condition}");
    }
}

#[test]
fn what_is_denied_is_not_open() {
    let allow = json!({"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"});
    let deny = |more: Value| {
        let mut deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "arn:aws:s3:::b/*"});
        deny.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        public(json!([allow, deny]))
    };
    assert_eq!(deny(json!({})), ["s3:GetObject"]);
    let outside = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}});
    assert_eq!(deny(json!({"Action": "*", "Condition": outside})), Vec::<&str>::new());
    // A part is denied, or some of the time: the rest is open.
    assert_eq!(deny(json!({"Resource": "arn:aws:s3:::b/private/*"})), ["s3:GetObject", "s3:PutObject"]);
    assert_eq!(
        deny(json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
        ["s3:GetObject", "s3:PutObject"]
    );
    assert_eq!(deny(json!({"Condition": {"StringNotLike": {"aws:Referer": "x*"}}})), ["s3:GetObject", "s3:PutObject"]);
}

#[test]
fn accounts_are_told_with_what_they_may() {
    let statements = json!([
        {"Effect": "Allow", "Principal": {"AWS": ["999988887777", "arn:aws:iam::444455556666:role/r"]}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "s3:ListBucket", "Resource": ARN},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/in/*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": "222233334444"}}},
        {"Effect": "Allow", "Principal": {"AWS": "555566667777"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Deny", "Principal": {"AWS": "555566667777"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        // Only from within an organization, which an outsider is not in.
        {"Effect": "Allow", "Principal": {"AWS": "666677778888"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}},
    ]);
    let accounts = asked(&document(statements)).accounts(ACTIONS);
    let told: Vec<(&str, &[&str])> = accounts.iter().map(|(id, actions)| (id.as_str(), actions.as_slice())).collect();
    assert_eq!(
        told,
        [
            ("222233334444", &["s3:PutObject"][..]),
            ("444455556666", &["s3:GetObject"]),
            ("999988887777", &["s3:GetObject", "s3:ListBucket"]),
        ]
    );
}

#[test]
fn everybody_is_denied_or_not() {
    let plain = RequestContext::new().with("aws:SecureTransport", "false").without("s3:TlsVersion");
    let denies = |change: Value| {
        let mut deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, "arn:aws:s3:::b/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
        deny.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        asked(&document(json!([deny]))).denies_everyone(ACTIONS, &plain, "111122223333")
    };
    assert!(denies(json!({})));
    assert!(denies(json!({"Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"})));
    assert!(denies(json!({"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}})));
    for not_all in [
        json!({"Principal": {"AWS": "111122223333"}}),
        json!({"Action": "s3:PutObject"}),
        json!({"Resource": "arn:aws:s3:::b/*"}),
        json!({"Resource": [ARN, "arn:aws:s3:::b/private/*"]}),
        json!({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalOrgID": "o-1"}}}),
        json!({"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}),
    ] {
        assert!(!denies(not_all.clone()), "{not_all}");
    }
}
