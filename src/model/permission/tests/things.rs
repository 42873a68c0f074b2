//! Policies of what is acted on, beside all others: against the second evaluator, and of real things.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::layers::{Layers, build, layers, naive, naive_bounds};
use super::{HOME, MANAGEMENT, OTHER, World, allow, document as policy, find, inline, scope};
use crate::arn::Scope;
use crate::iam::tests::bounds::{context, question, request, statement};
use crate::iam::tests::naive::{Whole, weigh};
use crate::iam::{Answer, Compiled, Document, RequestContext, Verdict};
use crate::inventory::{Cell, Outcome};
use crate::model::permission::{OwnPolicy, Thing};
use crate::resource::{Resource, ResourceType};

const ANN: &str = "arn:aws:iam::111122223333:user/ann";

/// A statement of a resource's policy, with whom it names.
fn named() -> impl Strategy<Value = (Value, Names)> {
    let names = prop_oneof![
        2 => Just((json!({"AWS": ANN}), Names::Itself)),
        1 => Just((json!({"AWS": [OTHER, ANN]}), Names::Itself)),
        2 => Just((json!({"AWS": HOME}), Names::Account)),
        1 => Just((json!({"AWS": format!("arn:aws:iam::{HOME}:root")}), Names::Account)),
        2 => Just((json!("*"), Names::Anyone)),
        1 => Just((json!({"AWS": "*"}), Names::Anyone)),
        1 => Just((json!({"AWS": OTHER}), Names::Nobody)),
        1 => Just((json!({"AWS": format!("arn:aws:iam::{HOME}:user/bob")}), Names::Nobody)),
        1 => Just((json!({"Service": "a.amazonaws.com"}), Names::Nobody)),
    ];
    (statement(), names).prop_map(|(mut statement, (principal, names))| {
        statement["Principal"] = principal;
        (statement, names)
    })
}

/// How a statement names ann.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Names {
    Itself,
    Account,
    Anyone,
    Nobody,
}

fn thing(owner: &str, policy: OwnPolicy) -> Thing {
    let account = Some(owner.parse().unwrap());
    Thing { arn: "r:1".to_owned(), account, policy, lets_in: None, keeps_out: None }
}

fn of_statements(statements: &[(Value, Names)]) -> OwnPolicy {
    let all: Vec<&Value> = statements.iter().map(|(statement, _)| statement).collect();
    let document = Document::from_json(&json!({"Version": "2012-10-17", "Statement": all})).unwrap();
    OwnPolicy::Document(Compiled::new(document.into()))
}

/// The guide's words: in one account either side, across accounts both; a Deny anywhere; nothing goes beyond the
/// organization's policies; a boundary bounds all but what names a user by its ARN.
fn truth(
    layers: &Layers,
    statements: &[(Value, Names)],
    crosses: bool,
    action: &str,
    resource: &str,
    whole: &Whole,
) -> bool {
    let says = |names: Names| {
        let those = statements.iter().filter(|(_, one)| *one == names).map(|(statement, _)| statement);
        let document = json!({"Version": "2012-10-17", "Statement": those.collect::<Vec<_>>()});
        weigh(&[document], action, resource, whole)
    };
    let (identity, boundary, organization) = naive_bounds(layers, action, resource, whole);
    let each = [says(Names::Itself), says(Names::Account), says(Names::Anyone)];
    if each.iter().any(|(_, deny)| *deny) || identity.1 || boundary.1 || organization.1 || !organization.0 {
        return false;
    }
    let [(itself, _), (account, _), (anyone, _)] = each;
    let own = identity.0 && boundary.0;
    if crosses { own && (itself || account || anyone) } else { own || itself || (anyone && boundary.0) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn policies_of_things_combine_as_documented(
        layers in layers(), statements in prop::collection::vec(named(), 1..5), (whole, known) in request(),
        (action, resource) in question(), crosses in any::<bool>(),
    ) {
        let (world, ann) = build(&layers);
        let permissions = world.permissions();
        let who = find(&permissions, &ann);
        let owner = if crosses { OTHER } else { HOME };
        let one = thing(owner, of_statements(&statements));
        let expected = truth(&layers, &statements, crosses, action, resource, &whole);
        let all = permissions.can_on(who, action, resource, Some(&one), &context(&whole, &[true; 16]));
        prop_assert_eq!((all.may, all.must), (expected, expected));
        // Where less is known, what would be so lies between the bounds.
        let mut real = whole.clone();
        for (key, value) in
            [("aws:username", "ann"), ("aws:currenttime", "2026-01-01T00:00:00Z"), ("aws:principalarn", ANN)]
        {
            real.insert(key.to_owned(), vec![value.to_owned()]);
        }
        let mut part = context(&real, &known);
        for key in ["aws:username", "aws:CurrentTime", "aws:PrincipalArn"] {
            part.set(key, real[&key.to_lowercase()].clone());
        }
        let expected = truth(&layers, &statements, crosses, action, resource, &real);
        let answer = permissions.can_on(who, action, resource, Some(&one), &part);
        prop_assert!(answer.may || !expected);
        prop_assert!(expected || !answer.must);
        // One that was not read could say what this one does.
        let unread = thing(owner, OwnPolicy::Unread("it was not read".to_owned()));
        let answer = permissions.can_on(who, action, resource, Some(&unread), &part);
        prop_assert!(!answer.must);
        prop_assert!(answer.may || !expected || (!crosses && !answer.is_explicit_denial()));
        // One that says nothing leaves it to the others, and across accounts to nobody.
        let none = thing(owner, OwnPolicy::None);
        let answer = permissions.can_on(who, action, resource, Some(&none), &context(&whole, &[true; 16]));
        prop_assert_eq!(answer.may, !crosses && naive(&layers, action, resource, &whole));
    }
}

/// A bucket, in one account or the other, and how it is told.
struct Case {
    world: World,
}

impl Case {
    fn new() -> Case {
        let mut world = World::new();
        world.user(HOME, "ann", json!({ "UserPolicyList": inline(&[allow("s3:*")]) }));
        world.user(HOME, "bob", json!({}));
        world.role(HOME, "app", json!({ "AWS": HOME }), json!({}));
        Case { world }
    }

    fn put(&mut self, account: &str, of: ResourceType, fields: Value) -> &mut Case {
        let place = Scope { region: "eu-west-1".parse().unwrap(), ..scope(account) };
        let place = if of.is_global() { scope(account) } else { place };
        self.world.inventory.insert(place, Resource::deserialize_as(of, fields).unwrap());
        self
    }

    /// A bucket without ACLs, with statements for its objects, or none at all.
    fn bucket(&mut self, account: &str, statements: Option<Value>, more: Value) -> &mut Case {
        let document = statements.map(|all| policy(all).to_string());
        let mut fields = json!({
            "Name": "b", "BucketPolicy": { "Policy": document },
            "OwnershipControls": { "ObjectOwnership": "BucketOwnerEnforced" },
            "PublicAccessBlockConfiguration": { "RestrictPublicBuckets": false },
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.put(account, ResourceType::Bucket, fields);
        let open =
            json!({ "AccountId": account, "PublicAccessBlockConfiguration": { "RestrictPublicBuckets": false } });
        self.put(account, ResourceType::AccountPublicAccessBlock, open)
    }

    fn ask(&self, who: &str, action: &str, resource: &str, is: impl Fn(&Answer<'_>)) -> Verdict {
        let permissions = self.world.permissions();
        let thing = Thing::of(&self.world.inventory, resource);
        let who = find(&permissions, &format!("arn:aws:iam::{HOME}:{who}"));
        let answer = permissions.can_on(who, action, resource, thing.as_ref(), &RequestContext::new());
        is(&answer);
        answer.verdict()
    }

    fn reads(&self, who: &str) -> Verdict {
        self.ask(who, "s3:GetObject", "arn:aws:s3:::b/k", |_| {})
    }
}

fn lets(principal: Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" })
}

#[test]
fn a_bucket_of_ones_own_account() {
    let (yes, no) = (Verdict::Allowed, Verdict::Denied);
    let mut case = Case::new();
    let case = case.bucket(HOME, None, json!({}));
    assert_eq!((case.reads("user/ann"), case.reads("user/bob")), (yes, no));
    let case = case.bucket(HOME, Some(lets(json!({ "AWS": format!("arn:aws:iam::{HOME}:user/bob") }))), json!({}));
    assert_eq!((case.reads("user/ann"), case.reads("user/bob"), case.reads("role/app")), (yes, yes, no));
    let case = case.bucket(HOME, Some(lets(json!({ "AWS": HOME }))), json!({}));
    assert_eq!((case.reads("user/ann"), case.reads("user/bob")), (yes, no), "it leaves it to identity policies");
    let case = case.bucket(HOME, Some(lets(json!("*"))), json!({}));
    assert_eq!((case.reads("user/bob"), case.reads("role/app")), (yes, yes));
    let mut deny = lets(json!("*"));
    deny["Effect"] = json!("Deny");
    let case = case.bucket(HOME, Some(deny.clone()), json!({}));
    assert_eq!(case.reads("user/ann"), no);
    assert_eq!(case.ask("user/ann", "s3:ListBucket", "arn:aws:s3:::b", |_| {}), yes);
    deny["Condition"] = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let case = case.bucket(HOME, Some(deny), json!({}));
    assert_eq!(case.reads("user/ann"), Verdict::Conditional);
    let case = case.bucket(HOME, None, json!({ "BucketPolicy": null }));
    let told = |answer: &Answer<'_>| {
        assert_eq!(
            answer.conditions[0].to_string(),
            "the policy of arn:aws:s3:::b was not read (s3:GetBucketPolicy was not read)"
        )
    };
    assert_eq!(case.ask("user/ann", "s3:GetObject", "arn:aws:s3:::b/k", told), Verdict::Conditional);
    assert_eq!(case.reads("user/bob"), no, "what it could allow is for the one who asks to tell");
}

#[test]
fn a_bucket_of_another_account() {
    let (yes, maybe, no) = (Verdict::Allowed, Verdict::Conditional, Verdict::Denied);
    let mut case = Case::new();
    let case = case.bucket(OTHER, None, json!({}));
    assert_eq!(case.reads("user/ann"), no);
    let case = case.bucket(OTHER, None, json!({ "OwnershipControls": { "ObjectOwnership": "ObjectWriter" } }));
    assert_eq!(case.reads("user/ann"), maybe, "ACLs may let it in");
    let case = case.bucket(OTHER, Some(lets(json!({ "AWS": HOME }))), json!({}));
    assert_eq!((case.reads("user/ann"), case.reads("user/bob")), (yes, no));
    let itself = lets(json!({ "AWS": format!("arn:aws:iam::{HOME}:user/bob") }));
    let case = case.bucket(OTHER, Some(itself), json!({}));
    assert_eq!((case.reads("user/ann"), case.reads("user/bob")), (no, no), "both sides have to");
    let case = case.bucket(OTHER, Some(lets(json!("*"))), json!({}));
    assert_eq!(case.reads("user/ann"), yes);
    let restricted = json!({ "PublicAccessBlockConfiguration": { "RestrictPublicBuckets": true } });
    let case = case.bucket(OTHER, Some(lets(json!("*"))), restricted.clone());
    assert_eq!(case.reads("user/ann"), maybe);
    let case = case.bucket(OTHER, Some(lets(json!({ "AWS": HOME }))), restricted);
    assert_eq!(case.reads("user/ann"), yes, "nobody but those it names");
    // The account of a bucket is a fact of the request.
    case.world.user(
        HOME,
        "ann",
        json!({ "UserPolicyList": inline(&[policy(json!({
        "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:ResourceAccount": HOME } },
    }))]) }),
    );
    assert_eq!(case.reads("user/ann"), no);
    assert_eq!(case.ask("user/ann", "s3:GetObject", "arn:aws:s3:::nobodys/k", |_| {}), maybe);
}

#[test]
fn a_resource_control_policy_of_the_owner_bounds_it() {
    let mut case = Case::new();
    let mut deny = allow("s3:*");
    deny["Statement"]["Effect"] = json!("Deny");
    deny["Statement"]["Principal"] = json!("*");
    case.world.organization(&[
        ("SERVICE_CONTROL_POLICY", "all", allow("*"), &["r-ab12"]),
        ("RESOURCE_CONTROL_POLICY", "closed", deny, &[OTHER]),
    ]);
    let case = case.bucket(OTHER, Some(lets(json!({ "AWS": HOME }))), json!({}));
    assert_eq!(case.reads("user/ann"), Verdict::Denied);
    case.world.inventory.retain(|key, _| key.resource_type != ResourceType::Bucket);
    let case = case.bucket(MANAGEMENT, Some(lets(json!({ "AWS": HOME }))), json!({}));
    assert_eq!(case.reads("user/ann"), Verdict::Allowed, "it does not bind the management account");
}

#[test]
fn functions_and_what_nobody_reads() {
    let mut case = Case::new();
    let function = format!("arn:aws:lambda:eu-west-1:{HOME}:function:f");
    let statement = json!({
        "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{HOME}:role/app") },
        "Action": "lambda:InvokeFunction", "Resource": function,
    });
    let fields = json!({ "FunctionName": "f", "FunctionPolicy": { "Policy": policy(statement).to_string() } });
    let case = case.put(HOME, ResourceType::Function, fields);
    let ask = |who: &str, resource: &str| case.ask(who, "lambda:InvokeFunction", resource, |_| {});
    assert_eq!((ask("role/app", &function), ask("user/bob", &function)), (Verdict::Allowed, Verdict::Denied));
    // A version has a policy of its own.
    assert!(Thing::of(&case.world.inventory, &format!("{function}:live")).unwrap().unread().is_some());
    let queue = format!("arn:aws:sqs:eu-west-1:{HOME}:q");
    case.world.user(HOME, "ann", json!({ "UserPolicyList": inline(&[allow("*")]) }));
    assert_eq!(case.ask("user/ann", "sqs:SendMessage", &queue, |_| {}), Verdict::Conditional);
    for (action, resource) in [
        ("ec2:StopInstances", format!("arn:aws:ec2:eu-west-1:{HOME}:instance/i-1")),
        ("iam:GetUser", ANN.to_owned()),
        ("sqs:ListQueues", "*".to_owned()),
    ] {
        assert_eq!(case.ask("user/ann", action, &resource, |_| {}), Verdict::Allowed, "{resource}");
    }
    // A gap says why.
    let place = Scope { region: "eu-west-1".parse().unwrap(), ..scope(HOME) };
    case.world
        .inventory
        .ledger
        .record(Cell { scope: place, operation: "lambda:GetPolicy".to_owned() }, Outcome::Complete);
    case.put(HOME, ResourceType::Function, json!({ "FunctionName": "f" }));
    let thing = Thing::of(&case.world.inventory, &function).unwrap();
    assert_eq!(thing.unread(), Some(format!("the policy of {function} was not read").as_str()));
}
