//! Comparing documents: against all requests of a small world, and by example.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::bounds::document;
use super::naive::{self, Whole};
use crate::iam::Change::{self, Equal, Mixed, Narrowed, Unknown, Widened};
use crate::iam::{Comparison, Document, compare_documents};

fn compared(old: &Value, new: &Value) -> Comparison {
    compare_documents(&Document::from_json(old).unwrap(), &Document::from_json(new).unwrap())
}

fn policy(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[test]
fn by_effect_and_not_by_text() {
    let allow = |action: Value, resource: Value| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let under =
        |condition: Value| json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition });
    let deny = |action: &str| json!({ "Effect": "Deny", "Action": action, "Resource": "*" });
    let b = "arn:aws:s3:::b/*";
    let cases: Vec<(Value, Value, Change)> = vec![
        (allow(json!("s3:*"), json!("*")), allow(json!(["S3:*", "s3:GetObject"]), json!(["*", b])), Equal),
        (allow(json!("s3:Get*"), json!("*")), allow(json!("s3:*"), json!("*")), Widened),
        (allow(json!("s3:*"), json!("*")), allow(json!("s3:*"), json!(b)), Narrowed),
        (allow(json!("s3:Get*"), json!("*")), allow(json!("s3:*"), json!(b)), Mixed),
        // Split into two.
        (
            json!([allow(json!(["s3:GetObject", "s3:PutObject"]), json!(b))]),
            json!([allow(json!("s3:GetObject"), json!(b)), allow(json!("s3:PutObject"), json!(b))]),
            Equal,
        ),
        // Two halves of everything.
        (
            json!([{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }, allow(json!("iam:*"), json!("*"))]),
            allow(json!("*"), json!("*")),
            Equal,
        ),
        // A Deny for an Allow that is not given.
        (
            json!([allow(json!("*"), json!("*")), deny("iam:*")]),
            json!([{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }]),
            Equal,
        ),
        (json!([allow(json!("*"), json!("*")), deny("iam:*")]), allow(json!("*"), json!("*")), Widened),
        (under(json!({ "StringEquals": { "aws:x": "a" } })), under(json!({})), Widened),
        (
            under(json!({ "StringEquals": { "aws:x": "a" } })),
            under(json!({ "StringEquals": { "aws:x": ["a", "b"] } })),
            Widened,
        ),
        (
            under(json!({ "StringEquals": { "aws:x": "a" } })),
            under(json!({ "StringEqualsIfExists": { "aws:x": "a" } })),
            Widened,
        ),
        (
            under(json!({ "StringLike": { "aws:x": ["a*", "ab"] } })),
            under(json!({ "StringLike": { "AWS:X": "a*" } })),
            Equal,
        ),
        (
            under(json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } })),
            under(json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"] } })),
            Equal,
        ),
        (
            under(json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } })),
            under(json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/7" } })),
            Widened,
        ),
        (
            under(json!({ "NumericLessThan": { "aws:x": "5" } })),
            under(json!({ "NumericLessThanEquals": { "aws:x": "5" } })),
            Widened,
        ),
        (
            under(json!({ "DateLessThan": { "aws:CurrentTime": "2025-01-01T00:00:00Z" } })),
            under(json!({ "DateLessThan": { "aws:CurrentTime": "2026-01-01T00:00:00Z" } })),
            Widened,
        ),
        (
            under(json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } })),
            under(json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } })),
            Widened,
        ),
        (
            under(json!({ "StringSounds": { "aws:x": "a" } })),
            under(json!({ "StringSounds": { "aws:x": "b" } })),
            Unknown,
        ),
        (under(json!({ "StringSounds": { "aws:x": "a" } })), under(json!({ "stringsounds": { "aws:x": "a" } })), Equal),
        (
            allow(json!("iam:*"), json!("arn:aws:iam::*:user/${aws:username}")),
            allow(json!("iam:*"), json!("arn:aws:iam::*:user/*")),
            Widened,
        ),
        (
            allow(json!("iam:*"), json!("arn:aws:iam::*:user/${aws:username}")),
            allow(json!("iam:*"), json!("arn:aws:iam::*:user/${aws:PrincipalTag/x}")),
            Mixed,
        ),
    ];
    for (old, new, expected) in cases {
        let found = compared(&policy(&old), &policy(&new));
        assert_eq!(found.change, expected, "{old} -> {new}: {found:?}");
        let back = match expected {
            Widened => Narrowed,
            Narrowed => Widened,
            other => other,
        };
        assert_eq!(compared(&policy(&new), &policy(&old)).change, back, "{new} -> {old}");
    }
}

#[test]
fn trust_policies_by_their_callers() {
    let trust = |principal: Value, condition: Value| {
        policy(
            &json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition }),
        )
    };
    let plain = |principal: Value| trust(principal, json!({}));
    let cases = [
        (plain(json!({ "AWS": "111122223333" })), plain(json!({ "AWS": "arn:aws:iam::111122223333:root" })), Equal),
        (plain(json!({ "AWS": "111122223333" })), plain(json!({ "AWS": ["111122223333", "444455556666"] })), Widened),
        (
            plain(json!({ "AWS": "111122223333" })),
            plain(json!({ "AWS": "arn:aws:iam::111122223333:role/r" })),
            Narrowed,
        ),
        (plain(json!({ "AWS": "111122223333" })), plain(json!("*")), Widened),
        (plain(json!("*")), plain(json!({ "AWS": "*" })), Equal),
        (plain(json!({ "Service": "ec2.amazonaws.com" })), plain(json!({ "Service": "lambda.amazonaws.com" })), Mixed),
        (trust(json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a" } })), plain(json!("*")), Widened),
        (
            trust(json!({ "AWS": "444455556666" }), json!({ "StringEquals": { "sts:ExternalId": "x" } })),
            plain(json!({ "AWS": "444455556666" })),
            Widened,
        ),
    ];
    for (old, new, expected) in cases {
        let found = compared(&old, &new);
        assert_eq!(found.change, expected, "{old} -> {new}: {found:?}");
    }
}

/// The resources of the small world as ARNs, as those of requests are (but the star alone).
fn in_arns(text: &str) -> String {
    if text.starts_with("r:") { text.replacen("r:", "arn:aws:r:::", 1) } else { text.replace("\"r:", "\"arn:aws:r:::") }
}

/// What a witness says, as the second evaluator takes requests.
fn whole(context: &crate::iam::RequestContext) -> Whole {
    let stated = context.stated().filter_map(|(key, values)| Some((key.to_owned(), values?.to_vec())));
    stated.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A verdict never contradicts what single requests say, and every witness bears it out.
    #[test]
    fn no_request_contradicts_a_verdict(
        old in document(), new in document(),
        requests in prop::collection::vec((super::bounds::request(), super::bounds::question()), 40),
    ) {
        let [old, new] = [old, new].map(|one| serde_json::from_str::<Value>(&in_arns(&one.to_string())).unwrap());
        let found = compared(&old, &new);
        let answers = |action: &str, resource: &str, whole: &Whole| {
            let one = |document: &Value| naive::allowed(std::slice::from_ref(document), action, resource, whole);
            (one(&old), one(&new))
        };
        if let Some(gained) = &found.gained {
            prop_assert_eq!(answers(&gained.action, &gained.resource, &whole(&gained.context)), (false, true));
        }
        if let Some(lost) = &found.lost {
            prop_assert_eq!(answers(&lost.action, &lost.resource, &whole(&lost.context)), (true, false));
        }
        for ((whole, _), (action, resource)) in &requests {
            match answers(action, &in_arns(resource), whole) {
                (false, true) => prop_assert!(matches!(found.change, Widened | Mixed | Unknown), "{:?}", found),
                (true, false) => prop_assert!(matches!(found.change, Narrowed | Mixed | Unknown), "{:?}", found),
                _ => {}
            }
        }
    }

    #[test]
    fn a_document_is_as_wide_as_itself_in_any_order(old in document()) {
        let mut new = old.clone();
        let statements = new["Statement"].as_array_mut().unwrap();
        statements.reverse();
        for (number, statement) in statements.iter_mut().enumerate() {
            statement["Sid"] = json!(format!("s{number}"));
        }
        statements.extend(statements.first().cloned());
        prop_assert_eq!(compared(&old, &new).change, Equal);
    }
}
