//! All layers at once against a second implementation of how they combine.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{HOME, World, find, inline};
use crate::iam::RequestContext;
use crate::iam::tests::bounds::{context, document, question, request};
use crate::iam::tests::naive::{Whole, weigh};
use crate::model::permission::Supposing;

/// Documents of each layer.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    identity: Vec<Value>,
    boundary: Option<Value>,
    /// On the root, the unit and the account.
    service_control: [Vec<Value>; 3],
}

pub(super) fn layers() -> impl Strategy<Value = Layers> {
    let level = || prop::collection::vec(document(), 1..3);
    (prop::collection::vec(document(), 0..3), prop::option::of(document()), [level(), level(), level()])
        .prop_map(|(identity, boundary, service_control)| Layers { identity, boundary, service_control })
}

/// The user `ann`, as the generated requests call themselves or not.
pub(super) fn build(layers: &Layers) -> (World, String) {
    let mut world = World::new();
    let names: Vec<Vec<String>> =
        (0..3).map(|level| (0..2).map(|number| format!("l{level}{number}")).collect()).collect();
    let mut policies: Vec<(&str, &str, Value, &[&str])> = Vec::new();
    const TARGETS: [&[&str]; 3] = [&["r-ab12"], &["ou-ab12-work"], &[HOME]];
    for (level, documents) in layers.service_control.iter().enumerate() {
        for (number, document) in documents.iter().enumerate() {
            policies.push(("SERVICE_CONTROL_POLICY", &names[level][number], document.clone(), TARGETS[level]));
        }
    }
    world.organization(&policies);
    let mut more = json!({ "UserPolicyList": inline(&layers.identity) });
    if let Some(boundary) = &layers.boundary {
        let arn = world.policy(HOME, "boundary", boundary, &[]);
        more["PermissionsBoundary"] = json!({ "PermissionsBoundaryArn": arn });
    }
    let ann = world.user(HOME, "ann", more);
    (world, ann)
}

pub(super) fn naive(layers: &Layers, action: &str, resource: &str, whole: &Whole) -> bool {
    let (identity, boundary, organization) = naive_bounds(layers, action, resource, whole);
    [identity, boundary, organization].iter().all(|(allow, deny)| *allow && !*deny)
}

/// Whether an Allow applies and whether a Deny does, of identity policies, the boundary, and the organization's.
pub(super) fn naive_bounds(
    layers: &Layers,
    action: &str,
    resource: &str,
    whole: &Whole,
) -> ((bool, bool), (bool, bool), (bool, bool)) {
    let of = |documents: &[Value]| weigh(documents, action, resource, whole);
    let boundary = layers.boundary.as_ref().map_or((true, false), |boundary| of(std::slice::from_ref(boundary)));
    let levels = layers.service_control.iter().map(|level| of(level));
    let organization = levels.fold((true, false), |(all, any), (allow, deny)| (all && allow, any || deny));
    (of(&layers.identity), boundary, organization)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn layers_combine_as_documented(
        layers in layers(), (whole, known) in request(), (action, resource) in question(),
    ) {
        let (world, ann) = build(&layers);
        let permissions = world.permissions();
        let who = find(&permissions, &ann);
        let truth = naive(&layers, action, resource, &whole);
        let all = permissions.can(who, action, resource, &context(&whole, &[true; 16]));
        prop_assert_eq!((all.may, all.must), (truth, truth));
        // What the question leaves open, the inventory fills in: with that, too, the truth is within the bounds.
        let mut real = whole.clone();
        for (key, value) in [
            ("aws:username", "ann"), ("aws:currenttime", "2026-01-01T00:00:00Z"),
            ("aws:principalarn", "arn:aws:iam::111122223333:user/ann"),
        ] {
            real.insert(key.to_owned(), vec![value.to_owned()]);
        }
        let truth = naive(&layers, action, resource, &real);
        let mut part = context(&real, &known);
        for key in ["aws:username", "aws:CurrentTime", "aws:PrincipalArn"] {
            part.set(key, real[&key.to_lowercase()].clone());
        }
        let answer = permissions.can(who, action, resource, &part);
        let may = permissions.may_supposing(who, Supposing::default(), action, resource, &part);
        prop_assert_eq!(may, answer.may.then(|| answer.clone()));
        prop_assert!(answer.may || !truth);
        prop_assert!(truth || !answer.must);
        let mask = permissions.masks(&[action]).of(who);
        prop_assert!(mask.contains(0) || !permissions.can(who, action, resource, &RequestContext::new()).may);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// A boundary and a service control policy only take away.
    #[test]
    fn bounds_are_intersections(
        layers in layers(), (whole, known) in request(), (action, resource) in question(), more in document(),
    ) {
        let context = context(&whole, &known);
        let verdict = |layers: &Layers| {
            let (world, ann) = build(layers);
            let permissions = world.permissions();
            permissions.can(find(&permissions, &ann), action, resource, &context).verdict()
        };
        let before = verdict(&layers);
        let free = Layers { boundary: None, ..layers.clone() };
        prop_assert!(before <= verdict(&free));
        let bound = Layers { boundary: Some(more.clone()), ..free.clone() };
        prop_assert!(verdict(&bound) <= verdict(&free));
        let mut more_bound = layers.clone();
        more_bound.service_control[1] = vec![more.clone()];
        let mut less_bound = layers.clone();
        less_bound.service_control[1] = vec![serde_json::json!({
            "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
        })];
        prop_assert!(verdict(&more_bound) <= verdict(&less_bound));
        let as_identity = Layers { identity: vec![more], boundary: layers.boundary.clone(), ..layers };
        let as_identity = Layers { boundary: None, ..as_identity };
        prop_assert!(verdict(&bound) <= verdict(&as_identity));
    }
}
