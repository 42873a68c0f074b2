//! The two bounds against the second evaluator: exact where everything is known,
//! and never on the wrong side of any request that fits what is known.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive::{self, Whole};
use crate::iam::{Answer, Document, PolicySet, RequestContext, Verdict};

/// Keys, each with operators that fit it, values for policies, and values for requests.
type Key = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const KEYS: &[Key] = &[
    (
        "aws:username",
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        &["ann", "Bob", "a*", "?ob", "*", "${x:tag}", "${x:tag, 'ann'}", "a${*}", "${aws:username}"],
        &["ann", "Ann", "bob", "Bob", "a*"],
    ),
    ("x:tag", &["StringLike", "StringNotEquals"], &["ann", "a*", "b"], &["ann", "b"]),
    (
        "x:number",
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        &["1", "2", "2.5"],
        &["1", "2", "3"],
    ),
    (
        "aws:CurrentTime",
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        &["2020-01-01T00:00:00Z", "2021-06-01T02:00:00+02:00", "1577836800"],
        &["2020-01-01T00:00:00Z", "2021-06-01T00:00:00Z", "1999-01-01T00:00:00Z"],
    ),
    ("aws:MultiFactorAuthPresent", &["Bool"], &["true", "false"], &["true", "false"]),
    ("x:bytes", &["BinaryEquals"], &["QQ==", "Qg=="], &["QQ==", "Qg=="]),
    (
        "aws:SourceIp",
        &["IpAddress", "NotIpAddress"],
        &["10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "0.0.0.0/0", "2001:db8::/32"],
        &["10.1.2.3", "10.2.0.1", "192.0.2.7", "2001:db8::1", "2001:db9::1"],
    ),
    (
        "aws:PrincipalArn",
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"],
        &["arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:role/a", "arn:aws:iam::111122223333:user/ann"],
        &["arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:role/a", "arn:aws:iam::111122223333:user/ann"],
    ),
];

const MANY: Key = (
    "aws:TagKeys",
    &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"],
    &["a", "b", "b*"],
    &["a", "b", "bc"],
);

fn condition() -> impl Strategy<Value = (String, String, Value)> {
    let one = (
        0..KEYS.len(),
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        0..4_u8,
    );
    let one = one.prop_map(|(key, operator, values, form)| {
        let (key, operators, all, _) = KEYS[key];
        let operator = operator.get(operators);
        let values: Vec<&str> = values.iter().map(|value| *value.get(all)).collect();
        match form {
            0 => ("Null".to_owned(), key.to_owned(), json!(if values.len() == 1 { "true" } else { "false" })),
            1 => (format!("{operator}IfExists"), key.to_owned(), json!(values)),
            _ => ((*operator).to_owned(), key.to_owned(), json!(values)),
        }
    });
    let many =
        (any::<prop::sample::Index>(), prop::collection::vec(any::<prop::sample::Index>(), 1..3), any::<[bool; 2]>());
    let many = many.prop_map(|(operator, values, [all, if_exists])| {
        let quantifier = if all { "ForAllValues" } else { "ForAnyValue" };
        let suffix = if if_exists { "IfExists" } else { "" };
        let values: Vec<&str> = values.iter().map(|value| *value.get(MANY.2)).collect();
        (format!("{quantifier}:{}{suffix}", operator.get(MANY.1)), MANY.0.to_owned(), json!(values))
    });
    prop_oneof![4 => one, 1 => many]
}

pub(crate) fn statement() -> impl Strategy<Value = Value> {
    let actions =
        prop::collection::vec(prop::sample::select(&["a:x", "a:y", "A:*", "*", "b:?", "a:?y", "B:x"][..]), 1..3);
    let resources = prop::collection::vec(
        prop::sample::select(&["*", "r:1", "r:*", "r:${aws:username}", "r:${x:tag, 'ann'}", "r:?${*}"][..]),
        1..3,
    );
    (prop::bool::weighted(0.7), any::<[bool; 2]>(), actions, resources, prop::collection::vec(condition(), 0..3))
        .prop_map(|(allow, [not_action, not_resource], actions, resources, conditions)| {
            let mut statement = json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                if not_action { "NotAction" } else { "Action" }: actions,
                if not_resource { "NotResource" } else { "Resource" }: resources,
            });
            for (operator, key, values) in conditions {
                statement["Condition"][operator][key] = values;
            }
            statement
        })
}

pub(crate) fn document() -> impl Strategy<Value = Value> {
    (prop::bool::weighted(0.8), prop::collection::vec(statement(), 1..4)).prop_map(|(new, statements)| {
        json!({ "Version": if new { "2012-10-17" } else { "2008-10-17" }, "Statement": statements })
    })
}

/// Of each key whether it is known, and its value in the request.
pub(crate) fn request() -> impl Strategy<Value = (Whole, Vec<bool>)> {
    let keys = prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8), KEYS.len());
    let many = prop::option::of(prop::collection::btree_set(prop::sample::select(MANY.3), 1..3));
    (keys, many, prop::collection::vec(any::<bool>(), KEYS.len() + 1)).prop_map(|(keys, many, known)| {
        let mut whole = Whole::new();
        for ((key, _, _, values), (value, absent)) in KEYS.iter().zip(keys) {
            if absent > 0 {
                whole.insert(key.to_lowercase(), vec![(*value.get(values)).to_owned()]);
            }
        }
        if let Some(many) = many {
            whole.insert(MANY.0.to_lowercase(), many.into_iter().map(str::to_owned).collect());
        }
        (whole, known)
    })
}

pub(crate) fn question() -> impl Strategy<Value = (&'static str, &'static str)> {
    let actions = prop::sample::select(&["a:x", "a:y", "b:x", "A:zy"][..]);
    (actions, prop::sample::select(&["r:1", "r:ann", "r:Bob", "r:a*", "*", "r:1*"][..]))
}

/// What is known of a request if only some of its keys are.
pub(crate) fn context(whole: &Whole, known: &[bool]) -> RequestContext {
    let mut context = RequestContext::new();
    for (key, known) in KEYS.iter().map(|key| key.0).chain([MANY.0]).zip(known) {
        if *known {
            context.set(key, whole.get(&key.to_lowercase()).cloned().unwrap_or_default());
        }
    }
    context
}

fn set(documents: &[Value]) -> PolicySet {
    PolicySet::new(documents.iter().map(|document| ("p", Document::from_json(document).unwrap())))
}

fn well_formed(answer: &Answer<'_>) -> bool {
    (!answer.must || answer.may)
        && (answer.verdict() == Verdict::Conditional) != answer.conditions.is_empty()
        && (answer.may || answer.lacking.is_some() != answer.is_explicit_denial())
        && (!answer.may || !answer.deciding.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, ..ProptestConfig::default() })]

    #[test]
    fn where_everything_is_known_the_bounds_meet_at_the_truth(
        documents in prop::collection::vec(document(), 1..3), (whole, _) in request(), (action, resource) in question(),
    ) {
        let truth = naive::allowed(&documents, action, resource, &whole);
        let set = set(&documents);
        let answer = set.can(action, resource, &context(&whole, &[true; 16]));
        prop_assert_eq!((answer.may, answer.must), (truth, truth));
        prop_assert!(well_formed(&answer), "{:?}", answer);
    }

    #[test]
    fn no_request_that_fits_what_is_known_is_outside_the_bounds(
        documents in prop::collection::vec(document(), 1..3), (whole, known) in request(), (action, resource) in question(),
    ) {
        let truth = naive::allowed(&documents, action, resource, &whole);
        let set = set(&documents);
        let answer = set.can(action, resource, &context(&whole, &known));
        prop_assert!(!truth || answer.may, "allowed, and not even `may`: {:?}", answer);
        prop_assert!(truth || !answer.must, "not allowed, and `must`: {:?}", answer);
        prop_assert!(well_formed(&answer), "{:?}", answer);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_never_widens_and_an_allow_never_narrows(
        documents in prop::collection::vec(document(), 1..3), mut more in statement(), (whole, known) in request(),
        (action, resource) in question(),
    ) {
        let context = context(&whole, &known);
        let rank = |documents: &[Value]| set(documents).can(action, resource, &context).verdict();
        let before = rank(&documents);
        let mut with = |effect: &str| {
            more["Effect"] = json!(effect);
            let mut documents = documents.clone();
            documents.push(json!({ "Version": "2012-10-17", "Statement": [more.clone()] }));
            rank(&documents)
        };
        prop_assert!(with("Deny") <= before);
        prop_assert!(with("Allow") >= before);
    }

    #[test]
    fn order_and_grouping_are_nothing(
        documents in prop::collection::vec(document(), 1..3), (whole, known) in request(), (action, resource) in question(),
    ) {
        let context = context(&whole, &known);
        let before = set(&documents).can(action, resource, &context).verdict();
        let turned = |value: &Value| match value {
            Value::Array(all) => Value::Array(all.iter().rev().chain(all.first()).cloned().collect()),
            other => other.clone(),
        };
        let mut other: Vec<Value> = documents.iter().rev().cloned().collect();
        for document in &mut other {
            let statements = document["Statement"].as_array_mut().unwrap();
            statements.reverse();
            for statement in statements {
                for name in ["Action", "NotAction", "Resource", "NotResource"] {
                    if let Some(list) = statement.get_mut(name) {
                        *list = turned(list);
                    }
                }
            }
        }
        prop_assert_eq!(set(&other).can(action, resource, &context).verdict(), before);
        // Each statement in a document of its own.
        let split: Vec<Value> = documents.iter().flat_map(|document| {
            let version = document["Version"].clone();
            let statements = document["Statement"].as_array().unwrap().clone();
            statements.into_iter().map(move |one| json!({ "Version": version, "Statement": [one] }))
        }).collect();
        prop_assert_eq!(set(&split).can(action, resource, &context).verdict(), before);
    }

    /// What is learned of a request never makes an answer less certain.
    #[test]
    fn knowing_more_settles_more(
        documents in prop::collection::vec(document(), 1..3), (whole, known) in request(), (action, resource) in question(),
    ) {
        let set = set(&documents);
        let less = set.can(action, resource, &context(&whole, &known));
        let all = set.can(action, resource, &context(&whole, &[true; 16]));
        prop_assert!(all.may || !less.must);
        prop_assert!(less.may || !all.may);
    }
}
