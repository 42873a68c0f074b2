//! Tags: conditions on them hold for whoever may set them, and for nobody else.

use serde_json::{Value, json};

use super::estate::{Estate, ME, allow, deny, role, trusts, user, when};
use crate::model::escalation::{Finding, Tier, Verdict};

fn if_tagged(statement: Value) -> Value {
    when(statement, json!({"StringEquals": {"aws:PrincipalTag/team": "iam"}}))
}

fn tag(of: &str) -> Value {
    allow(&["iam:TagUser", "iam:TagRole"], of)
}

/// Somebody with these statements and the tag of another team.
fn mallory(estate: &mut Estate, statements: &[Value]) -> Finding {
    estate.user("mallory", statements, json!({"Tags": [{"Key": "team", "Value": "web"}]}));
    estate.of_user("mallory")
}

fn alone(statements: &[Value]) -> Finding {
    mallory(&mut Estate::new(), statements)
}

#[test]
fn whoever_sets_its_own_tags_meets_its_own_conditions() {
    let everything = || if_tagged(allow(&["*"], "*"));
    assert_eq!(alone(&[everything()]).verdict, Verdict::None);
    assert_eq!(alone(&[everything(), tag(&user("other"))]).verdict, Verdict::None);
    assert_eq!(alone(&[everything(), tag(&user("mallory")), deny(&["iam:Tag*"], "*")]).verdict, Verdict::None);
    // Tags of roles are another call.
    assert_eq!(alone(&[everything(), allow(&["iam:TagRole"], "*")]).verdict, Verdict::None);
    let found = alone(&[everything(), tag(&user("mallory"))]);
    assert_eq!((found.verdict, found.tier), (Verdict::Proven, Some(Tier::A1)), "{found:#?}");
    assert!(found.conditions.iter().any(|one| one.contains("iam:TagUser")), "{found:#?}");
    // A call that it may make then is enough.
    let found = alone(&[if_tagged(allow(&["iam:PutUserPolicy"], "*")), tag(&user("mallory"))]);
    assert_eq!(found.verdict, Verdict::Proven, "{found:#?}");
    assert!(found.conditions.iter().any(|one| one.contains("iam:TagUser")), "{found:#?}");
    // Without such a call it is what it has already.
    let but =
        deny(&["iam:Put*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Add*", "iam:Set*"], &user("mallory"));
    let found = alone(&[everything(), tag(&user("mallory")), but]);
    assert_eq!(found.moves[0].hops[0].action, "iam:TagUser", "{found:#?}");
    // Setting tags may hang on the tags that are there.
    let found = alone(&[everything(), if_tagged(tag(&user("mallory")))]);
    assert_eq!(found.verdict, Verdict::None, "{found:#?}");
}

#[test]
fn a_variable_is_a_condition_too() {
    let own = allow(&["sts:AssumeRole"], &role("${aws:PrincipalTag/team}"));
    let with = |more: &[Value]| {
        let mut estate = Estate::new();
        estate.role("iam", trusts(ME), &[allow(&["*"], "*")], json!({}));
        let all: Vec<Value> = [own.clone()].iter().chain(more).cloned().collect();
        mallory(&mut estate, &all).verdict
    };
    assert_eq!(with(&[]), Verdict::None);
    assert_eq!(with(&[tag(&user("mallory"))]), Verdict::Proven);
    // That one value may not be set, which a condition elsewhere asks for, keeps no other from being set.
    let elsewhere = when(allow(&["s3:*"], "*"), json!({"StringEquals": {"aws:PrincipalTag/team": "prod"}}));
    let no_prod = when(deny(&["iam:TagUser"], "*"), json!({"StringEquals": {"aws:RequestTag/team": "prod"}}));
    assert_eq!(with(&[tag(&user("mallory")), elsewhere, no_prod]), Verdict::Proven);
}

#[test]
fn a_trust_policy_that_asks_for_the_callers_tags() {
    let with = |more: &[Value]| {
        let mut estate = Estate::new();
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ME},
            "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "iam"}}}]});
        estate.role("admin", trust, &[allow(&["*"], "*")], json!({}));
        let all: Vec<Value> = [allow(&["sts:AssumeRole"], "*")].iter().chain(more).cloned().collect();
        mallory(&mut estate, &all).verdict
    };
    assert_eq!(with(&[]), Verdict::None);
    assert_eq!(with(&[tag(&user("other"))]), Verdict::None);
    assert_eq!(with(&[tag(&user("mallory"))]), Verdict::Proven);
    // Its own policies ask for another value of that tag, which may not be set.
    let own = when(allow(&["s3:*"], "*"), json!({"StringEquals": {"aws:PrincipalTag/team": "dev"}}));
    let no_dev = when(deny(&["iam:TagUser"], "*"), json!({"StringEquals": {"aws:RequestTag/team": "dev"}}));
    assert_eq!(with(&[tag(&user("mallory")), own, no_dev]), Verdict::Proven);
}

#[test]
fn the_tags_of_whom_it_acts_on() {
    let if_dev = |key: &str| when(allow(&["sts:AssumeRole"], "*"), json!({"StringEquals": {key: "dev"}}));
    let with = |key: &str, more: &[Value]| {
        let mut estate = Estate::new();
        let tags = json!({"Tags": [{"Key": "env", "Value": "prod"}]});
        estate.role("admin", trusts(ME), &[allow(&["*"], "*")], tags);
        let all: Vec<Value> = [if_dev(key)].iter().chain(more).cloned().collect();
        mallory(&mut estate, &all).verdict
    };
    for key in ["aws:ResourceTag/env", "iam:ResourceTag/env"] {
        assert_eq!(with(key, &[]), Verdict::None);
        assert_eq!(with(key, &[tag(&role("other"))]), Verdict::None);
        assert_eq!(with(key, &[tag(&role("admin"))]), Verdict::Proven);
    }
}

#[test]
fn another_is_given_the_tags_that_its_policies_ask_for() {
    let with = |more: &[Value]| {
        let mut estate = Estate::new();
        estate.user("trent", &[if_tagged(allow(&["*"], "*"))], json!({}));
        mallory(&mut estate, more).verdict
    };
    let key = allow(&["iam:CreateAccessKey"], &user("trent"));
    assert_eq!(with(std::slice::from_ref(&key)), Verdict::None);
    assert_eq!(with(&[tag(&user("trent"))]), Verdict::None);
    assert_eq!(with(&[key, tag(&user("trent"))]), Verdict::Proven);
}

#[test]
fn conditions_say_which_tags_may_be_set() {
    let with = |denied: Value| {
        let statements = [if_tagged(allow(&["*"], "*")), tag(&user("mallory")), denied];
        alone(&statements).verdict
    };
    // One that keeps these tags for whom has them already, as AWS's guides have it.
    let guarded = when(
        deny(&["iam:TagUser"], "*"),
        json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "team"},
        "StringNotEquals": {"aws:PrincipalTag/team": "iam"}}),
    );
    assert_eq!(with(guarded), Verdict::None);
    let other = when(deny(&["iam:TagUser"], "*"), json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "cost"}}));
    assert_eq!(with(other), Verdict::Proven);
    let value =
        |value: &str| when(deny(&["iam:TagUser"], "*"), json!({"StringEquals": {"aws:RequestTag/team": value}}));
    assert_eq!((with(value("iam")), with(value("web"))), (Verdict::None, Verdict::Proven));
    assert_eq!(
        with(when(deny(&["iam:Tag*"], "*"), json!({"StringNotEquals": {"aws:PrincipalTag/team": "iam"}}))),
        Verdict::None
    );
}
