//! What became of a principal's permissions.

use serde_json::{Value, json};

use super::{HOME, World, allow, document, find, inline};
use crate::iam::Change::{self, Equal, Mixed, Narrowed, Unknown, Widened};
use crate::model::permission::{Side, compare_permissions, compare_trust};

fn user(more: &Value) -> World {
    let mut world = World::new();
    world.policy(HOME, "readers", &allow("s3:Get*"), &[]);
    world.user(HOME, "ann", more.clone());
    world.role(HOME, "other", json!({ "AWS": HOME }), json!({}));
    world
}

fn compared(old: &Value, new: &Value) -> crate::iam::Comparison {
    let (old, new) = (user(old).permissions(), user(new).permissions());
    let ann = format!("arn:aws:iam::{HOME}:user/ann");
    let side = |permissions| Side { permissions, who: find(permissions, &ann) };
    compare_permissions(side(&old), side(&new))
}

fn own(documents: &[Value]) -> Value {
    json!({ "UserPolicyList": inline(documents) })
}

#[test]
fn by_effect_and_not_by_text() {
    let boundary = format!("arn:aws:iam::{HOME}:policy/readers");
    let bounded = |documents: &[Value]| json!({ "UserPolicyList": inline(documents), "PermissionsBoundary": { "PermissionsBoundaryArn": boundary } });
    let only_ann = document(
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": { "StringEquals": { "aws:username": "ann" } } }),
    );
    let only_bob = document(
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": { "StringEquals": { "aws:username": "bob" } } }),
    );
    let attached = json!({ "AttachedManagedPolicies": [{ "PolicyArn": boundary }] });
    let cases: &[(Value, Value, Change)] = &[
        (own(&[allow("s3:*")]), own(&[allow("s3:*"), allow("s3:Get*")]), Equal),
        (own(&[allow("s3:*")]), own(&[allow("s3:*"), allow("iam:PassRole")]), Widened),
        (own(&[allow("s3:*"), allow("iam:PassRole")]), own(&[allow("s3:*")]), Narrowed),
        (own(&[allow("s3:*")]), own(&[allow("iam:PassRole")]), Mixed),
        // The boundary lets none of it through.
        (bounded(&[allow("s3:*")]), bounded(&[allow("s3:*"), allow("iam:PassRole")]), Equal),
        (bounded(&[allow("*")]), own(&[allow("*")]), Widened),
        (bounded(&[allow("*")]), own(&[allow("s3:Get*")]), Equal),
        // The same by another way.
        (own(&[allow("s3:Get*")]), attached.clone(), Equal),
        (own(&[allow("s3:*")]), own(&[only_ann]), Equal),
        (own(&[allow("s3:*")]), own(&[only_bob]), Narrowed),
        // What was not read may say anything.
        (own(&[allow("s3:*")]), json!({ "UserPolicyList": inline(&[allow("s3:*")]), "GroupList": ["lost"] }), Unknown),
        (own(&[allow("s3:*")]), json!({ "GroupList": ["lost"] }), Mixed),
    ];
    for (old, new, expected) in cases {
        let found = compared(old, new);
        assert_eq!(found.change, *expected, "{old} {new} {found:?}");
    }
}

#[test]
fn a_witness_speaks_of_what_there_is() {
    let found = compared(
        &own(&[]),
        &own(&[document(
            json!({ "Effect": "Allow", "Action": "iam:*", "Resource": format!("arn:aws:iam::{HOME}:role/o*") }),
        )]),
    );
    let gained = found.gained.unwrap();
    assert_eq!((gained.action.as_str(), gained.resource), ("iam:PassRole", format!("arn:aws:iam::{HOME}:role/other")));
}

#[test]
fn a_trust_policy_that_gains_a_principal_is_widened() {
    let of = |principal: Value| {
        let mut world = World::new();
        world.role(HOME, "r", principal, json!({}));
        world.permissions()
    };
    let compared = |old: Value, new: Value| {
        let (old, new) = (of(old), of(new));
        let role = format!("arn:aws:iam::{HOME}:role/r");
        let side = |permissions| Side { permissions, who: find(permissions, &role) };
        compare_trust(side(&old), side(&new)).unwrap()
    };
    let ann = format!("arn:aws:iam::{HOME}:user/ann");
    let bob = format!("arn:aws:iam::{HOME}:user/bob");
    let found = compared(json!({ "AWS": ann }), json!({ "AWS": [ann, bob] }));
    assert_eq!((found.change, found.gained.unwrap().caller), (Widened, Some(bob.clone())));
    assert_eq!(compared(json!({ "AWS": HOME }), json!("*")).change, Widened);
    assert_eq!(compared(json!({ "AWS": HOME }), json!({ "AWS": format!("arn:aws:iam::{HOME}:root") })).change, Equal);
    assert_eq!(compared(json!({ "AWS": ann }), json!({ "AWS": bob })).change, Mixed);
    assert_eq!(compared(json!({ "AWS": ann, "Service": "ec2.amazonaws.com" }), json!({ "AWS": ann })).change, Narrowed);
}
