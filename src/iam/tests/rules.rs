//! The numbered must-haves of an evaluator, one by one, and errors that others make.

use crate::iam::{Document, PolicySet, RequestContext, Verdict};
use Verdict::{Allowed, Conditional, Denied};

fn policies(statements: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    PolicySet::new([("p", text.parse::<Document>().unwrap())])
}

fn verdict(statements: &str, action: &str, resource: &str, context: &RequestContext) -> Verdict {
    policies(statements).can(action, resource, context).verdict()
}

/// The verdict of an Allow of everything under a condition.
fn under(condition: &str, context: &RequestContext) -> Verdict {
    let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
    verdict(&statement, "s3:GetObject", "*", context)
}

fn nothing() -> RequestContext {
    RequestContext::new()
}

#[test]
fn statements_are_not_merged() {
    let both =
        r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#;
    for action in ["iam:CreateUser", "s3:GetObject", "ec2:RunInstances"] {
        assert_eq!(verdict(both, action, "*", &nothing()), Allowed, "{action}");
    }
}

#[test]
fn a_conditional_deny_is_conditional() {
    let statements = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Deny","NotAction":["iam:ListMFADevices"],"Resource":"*",
         "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    let mfa = |value| nothing().with("aws:MultiFactorAuthPresent", value);
    assert_eq!(verdict(statements, "iam:CreateUser", "*", &nothing()), Conditional);
    assert_eq!(verdict(statements, "iam:CreateUser", "*", &mfa("true")), Allowed);
    assert_eq!(verdict(statements, "iam:CreateUser", "*", &mfa("false")), Denied);
    // Long-term keys bring no such key.
    assert_eq!(verdict(statements, "iam:CreateUser", "*", &nothing().without("aws:MultiFactorAuthPresent")), Denied);
    assert_eq!(verdict(statements, "iam:ListMFADevices", "*", &nothing()), Allowed);
    let policies = policies(statements);
    let answer = policies.can("iam:CreateUser", "*", &nothing());
    assert_eq!(
        answer.conditions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["unless aws:MultiFactorAuthPresent BoolIfExists false (p#1)"]
    );
}

#[test]
fn a_deny_on_one_resource_leaves_the_others() {
    let statements = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/break-glass"}"#;
    let on = |name: &str| {
        verdict(statements, "iam:PutUserPolicy", &format!("arn:aws:iam::111122223333:user/{name}"), &nothing())
    };
    assert_eq!((on("break-glass"), on("ann")), (Denied, Allowed));
    assert_eq!(verdict(statements, "iam:ListUsers", "*", &nothing()), Allowed);
}

/// Errors of another tool: the operator's own flag for an absent key, and the first of several dates alone.
#[test]
fn absent_keys_and_several_dates() {
    assert_eq!(under(r#"{"StringNotLike":{"aws:x":"a*"}}"#, &nothing().without("aws:x")), Allowed);
    let dates = r#"{"DateLessThan":{"aws:CurrentTime":["2020-01-01T00:00:00Z","2030-01-01T00:00:00Z"]}}"#;
    assert_eq!(under(dates, &nothing().with("aws:CurrentTime", "2025-01-01T00:00:00Z")), Allowed);
    assert_eq!(under(dates, &nothing().with("aws:CurrentTime", "2031-01-01T00:00:00Z")), Denied);
}

#[test]
fn what_operators_make_of_an_absent_key() {
    let absent = nothing().without("aws:x");
    let cases = [
        (r#"{"StringEquals":{"aws:x":"a"}}"#, Denied),
        (r#"{"StringLike":{"aws:x":"*"}}"#, Denied),
        (r#"{"StringNotEquals":{"aws:x":"a"}}"#, Allowed),
        (r#"{"ArnNotLike":{"aws:x":"arn:aws:iam::*:role/a"}}"#, Allowed),
        (r#"{"NotIpAddress":{"aws:x":"10.0.0.0/8"}}"#, Allowed),
        (r#"{"NumericNotEquals":{"aws:x":"1"}}"#, Allowed),
        (r#"{"NumericLessThan":{"aws:x":"1"}}"#, Denied),
        (r#"{"StringEqualsIfExists":{"aws:x":"a"}}"#, Allowed),
        (r#"{"Null":{"aws:x":"true"}}"#, Allowed),
        (r#"{"Null":{"aws:x":"false"}}"#, Denied),
        (r#"{"ForAllValues:StringEquals":{"aws:x":"a"}}"#, Allowed),
        (r#"{"ForAnyValue:StringEquals":{"aws:x":"a"}}"#, Denied),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:x":"a"}}"#, Denied),
        (r#"{"ForAnyValue:StringEqualsIfExists":{"aws:x":"a"}}"#, Allowed),
    ];
    for (condition, expected) in cases {
        assert_eq!(under(condition, &absent), expected, "{condition}");
    }
}

#[test]
fn several_values_are_alternatives_and_several_keys_are_not() {
    let x = |value| nothing().with("aws:x", value);
    assert_eq!(under(r#"{"StringEquals":{"aws:x":["a","b"]}}"#, &x("b")), Allowed);
    assert_eq!(under(r#"{"StringNotEquals":{"aws:x":["a","b"]}}"#, &x("b")), Denied);
    assert_eq!(under(r#"{"StringNotEquals":{"aws:x":["a","b"]}}"#, &x("c")), Allowed);
    let both = r#"{"StringEquals":{"aws:x":"a","aws:y":"b"}}"#;
    assert_eq!(under(both, &x("a").with("aws:y", "b")), Allowed);
    assert_eq!(under(both, &x("a").without("aws:y")), Denied);
    let operators = r#"{"StringLike":{"aws:x":"a*"},"StringNotEquals":{"aws:x":"ab"}}"#;
    assert_eq!((under(operators, &x("ac")), under(operators, &x("ab"))), (Allowed, Denied));
}

#[test]
fn quantifiers_over_several_values_of_a_request() {
    let mut tags = nothing();
    tags.set("aws:TagKeys", ["a", "b"]);
    let cases = [
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}}"#, Allowed),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#, Denied),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}"#, Allowed),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}"#, Allowed),
        (r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":"a"}}"#, Denied),
        // AWS does not say what several values are without a quantifier.
        (r#"{"StringEquals":{"aws:TagKeys":"a"}}"#, Conditional),
    ];
    for (condition, expected) in cases {
        assert_eq!(under(condition, &tags), expected, "{condition}");
    }
}

#[test]
fn times_are_decided_when_the_time_is_known() {
    let now = nothing().with("aws:CurrentTime", "2025-06-01T12:00:00Z").with("aws:EpochTime", "1748779200");
    let cases = [
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2025-06-01"}}"#, Allowed),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2025-06-01"}}"#, Denied),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2025-06-01T12:30Z"}}"#, Allowed),
        (r#"{"DateEquals":{"aws:CurrentTime":"1748779200"}}"#, Allowed),
        (r#"{"NumericLessThan":{"aws:EpochTime":"1748779201"}}"#, Allowed),
        (r#"{"DateLessThan":{"aws:EpochTime":"2025-06-01T12:00:00Z"}}"#, Denied),
    ];
    for (condition, expected) in cases {
        assert_eq!(under(condition, &now), expected, "{condition}");
    }
}

#[test]
fn variables_are_filled_in_where_they_are_known() {
    let own = r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}"#;
    let ann = "arn:aws:iam::111122223333:user/ann";
    let name = |name| nothing().with("aws:username", name);
    assert_eq!(verdict(own, "iam:PutUserPolicy", ann, &name("ann")), Allowed);
    assert_eq!(verdict(own, "iam:PutUserPolicy", ann, &name("bob")), Denied);
    assert_eq!(verdict(own, "iam:PutUserPolicy", ann, &nothing()), Conditional);
    assert_eq!(verdict(own, "iam:PutUserPolicy", "arn:aws:iam::111122223333:role/ann", &nothing()), Denied);
    // Nobody is called nothing.
    assert_eq!(verdict(own, "iam:PutUserPolicy", ann, &nothing().without("aws:username")), Denied);
    // What it stands for is no pattern.
    assert_eq!(verdict(own, "iam:PutUserPolicy", ann, &name("*")), Denied);
    let x = |value| nothing().with("aws:x", value);
    assert_eq!(under(r#"{"StringLike":{"aws:x":"${*}-?"}}"#, &x("*-a")), Allowed);
    assert_eq!(under(r#"{"StringLike":{"aws:x":"${*}-?"}}"#, &x("b-a")), Denied);
    assert_eq!(under(r#"{"StringEquals":{"aws:x":"${$}{a}"}}"#, &x("${a}")), Allowed);
    let default = r#"{"StringEquals":{"aws:x":"${aws:PrincipalTag/Team, 'none'}"}}"#;
    assert_eq!(under(default, &x("none").without("aws:PrincipalTag/team")), Allowed);
    assert_eq!(under(default, &x("red").with("AWS:principaltag/team", "red")), Allowed);
    let differs = r#"{"StringNotEquals":{"aws:x":"${aws:PrincipalTag/team}"}}"#;
    assert_eq!(under(differs, &x("red").without("aws:PrincipalTag/team")), Allowed);
}

#[test]
fn the_old_language_has_no_variables() {
    let text =
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"user/${aws:username}"}}"#;
    let set = PolicySet::new([("p", text.parse::<Document>().unwrap())]);
    let context = nothing().with("aws:username", "ann");
    assert_eq!(set.can("a:b", "user/ann", &context).verdict(), Denied);
    assert_eq!(set.can("a:b", "user/${aws:username}", &context).verdict(), Allowed);
}

#[test]
fn a_value_that_begins_as_known_is_compared_as_far_as_it_goes() {
    use crate::iam::{Compiled, Fact, Facts, PolicyKind, Request, Weighed};
    struct Session;
    impl Facts for Session {
        fn fact(&self, key: &str) -> Fact<'_> {
            if key == "aws:userid" { Fact::Begins("AROA1:".into()) } else { Fact::Unknown }
        }
    }
    let cases = [
        (r#"{"StringLike":{"aws:userid":"AROA1:*"}}"#, Allowed),
        (r#"{"StringLike":{"aws:userid":"AROA1:ann"}}"#, Conditional),
        (r#"{"StringLike":{"aws:userid":"AROA2:*"}}"#, Denied),
        (r#"{"StringNotLike":{"aws:userid":["AROA2:*","AIDA3"]}}"#, Allowed),
        (r#"{"StringNotLike":{"aws:userid":["AROA1:*","AIDA3"]}}"#, Denied),
        (r#"{"StringEquals":{"aws:userid":"AROA1"}}"#, Denied),
    ];
    for (condition, expected) in cases {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
        );
        let document = Compiled::new(std::sync::Arc::new(text.parse().unwrap()));
        let mut weighed = Weighed::default();
        let request = Request { action: "a:b", resource: "*", facts: &Session, caller: None };
        weighed.add(PolicyKind::Identity, "p", &document, &request);
        assert_eq!(weighed.answer(&Session).verdict(), expected, "{condition}");
    }
}

/// Where any value and none come out the same, nothing is left open.
#[test]
fn a_condition_that_always_holds_is_no_condition() {
    assert_eq!(under(r#"{"StringLikeIfExists":{"aws:x":"*"}}"#, &nothing()), Allowed);
    assert_eq!(under(r#"{"BoolIfExists":{"aws:x":["true","false"]}}"#, &nothing()), Allowed);
    assert_eq!(under(r#"{"StringLike":{"aws:x":"*"}}"#, &nothing()), Conditional);
    assert_eq!(under(r#"{"Null":{"aws:x":["true","false"]}}"#, &nothing()), Allowed);
    assert_eq!(under(r#"{"StringSounds":{"aws:x":"a"}}"#, &nothing()), Conditional);
    assert_eq!(under(r#"{"NumericEquals":{"aws:x":"many"}}"#, &nothing().with("aws:x", "1")), Conditional);
}

#[test]
fn arns_are_compared_part_by_part() {
    let x = |value| nothing().with("aws:x", value);
    let role = "arn:aws:iam::111122223333:role/a";
    let cases = [
        ("arn:aws:iam::111122223333:role/*", Allowed),
        ("arn:*:iam::1111222?3333:*", Allowed),
        // In a text the star would take the colons in.
        ("arn:aws:i*3333:*:*:role/a", Denied),
        ("*", Allowed),
        ("arn:aws:iam::444455556666:role/a", Denied),
    ];
    for (pattern, expected) in cases {
        assert_eq!(under(&format!(r#"{{"ArnEquals":{{"aws:x":"{pattern}"}}}}"#), &x(role)), expected, "{pattern}");
    }
    assert_eq!(under(r#"{"ArnLike":{"aws:x":"arn:aws:iam::*"}}"#, &x(role)), Conditional);
}
