//! Whatever could not be read of somebody's policies makes up no fact: what is told with it missing is what is told with
//! it there, or unknown.

use proptest::prelude::*;
use serde_json::json;

use super::estate::{Estate, ME, OTHER, allow, attached, deny, document, policy, role, scope, trusts, user};
use super::whole::{ACCOUNTS, Choice, Drawn, ROLES, USERS, choice, drawn, estate, grant, unlist, unlisted};
use crate::inventory::Inventory;
use crate::model::escalation::Verdict;
use crate::model::{Model, Value, facts};
use crate::resource::ResourceType;

/// Of each user and role that could not be read in full, what the policy says that was not read.
fn read(drawn: &Drawn, lost: &[Vec<Choice>]) -> Inventory {
    let mut estate = Estate { inventory: estate(drawn) };
    let each = USERS + ROLES;
    let unread = drawn.unread.iter().enumerate().filter(|(_, unread)| **unread);
    for (place, _) in unread {
        let (account, number) = (place / each, place % each);
        let name = if number < USERS { format!("u{number}") } else { format!("r{}", number - USERS) };
        let choices = lost.get(place).into_iter().flatten();
        // That one which was not read could deny is not supposed: no administrator is hidden behind it.
        let statements = choices.flat_map(|choice| grant(account, *choice));
        let statements: Vec<_> = statements.filter(|one| one["Effect"] == "Allow").collect();
        if statements.is_empty() {
            continue;
        }
        let id = ACCOUNTS[account];
        let versions = json!([{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(&statements)}]);
        estate.put(
            scope(id),
            ResourceType::ManagedPolicy,
            json!({
                "PolicyName": "lost", "Arn": format!("arn:aws:iam::{id}:policy/lost-{name}"),
                "PolicyVersionList": versions,
            }),
        );
    }
    estate.inventory
}

const FACTS: [&str; 3] = ["escalation_verdict", "admin_tier", "is_effective_admin"];

fn told(inventory: &Inventory) -> Vec<(String, &'static str, Value)> {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    let mut all = Vec::new();
    for of in [ResourceType::User, ResourceType::Role] {
        for (index, field) in facts::table(of).iter().enumerate().filter(|(_, field)| FACTS.contains(&field.name)) {
            for (scope, subject) in model.subjects(of) {
                let who = format!("{scope} {of:?} {}", subject.id());
                all.push((who, field.name, facts::value(&model, scope, subject, index)));
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn what_was_not_read_makes_up_no_fact(
        drawn in drawn(),
        lost in prop::collection::vec(prop::collection::vec(choice(), 1..3), ACCOUNTS.len() * (USERS + ROLES)),
    ) {
        let (with, without) = (told(&read(&drawn, &lost)), told(&estate(&drawn)));
        prop_assert_eq!(with.len(), without.len());
        for ((who, fact, with), (_, _, without)) in with.iter().zip(&without) {
            let is_unknown = matches!(without, Value::Unknown(_));
            prop_assert!(is_unknown || with == without, "{} {}: {:?} and {:?}", who, fact, with, without);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn who_was_not_listed_makes_up_no_fact(drawn in drawn(), (account, kept) in unlisted()) {
        let whole = estate(&drawn);
        let mut left = whole.clone();
        unlist(&mut left, ACCOUNTS[account], kept);
        let with = told(&whole);
        for (who, fact, value) in told(&left) {
            let read = with.iter().find(|(one, of, _)| *one == who && *of == fact).unwrap();
            prop_assert!(matches!(value, Value::Unknown(_)) || value == read.2, "{} {}: {:?} and {:?}", who, fact, value, read.2);
        }
    }
}

/// Who may assume roles of an account whose roles nobody listed is not told to be harmless; who may not is.
#[test]
fn roles_that_were_not_listed_can_be_assumed() {
    let mut estate = Estate::new();
    estate.account(OTHER);
    let there = |name: &str| format!("arn:aws:iam::{OTHER}:role/{name}");
    let assume = |of: &str| allow(&["sts:AssumeRole"], of);
    estate.user("any", &[assume("*")], json!({}));
    estate.user("named", &[assume(&there("deploy"))], json!({}));
    estate.user("pattern", &[assume("arn:aws:iam::2*:role/ops/*")], json!({}));
    estate.user("elsewhere", &[assume("arn:aws:iam::333333333333:role/*")], json!({}));
    estate.user("here", &[assume(&role("*"))], json!({}));
    estate.user("denied", &[assume("*"), deny(&["sts:*"], "*")], json!({}));
    estate.user("but", &[assume("*"), deny(&["sts:AssumeRole"], &there("*"))], json!({}));
    estate.user("reader", &[allow(&["s3:*"], "*")], json!({}));
    estate.user("near", &[allow(&["iam:CreateAccessKey"], &user("named"))], json!({}));
    estate.user("root", &[allow(&["*"], "*")], json!({}));
    unlist(&mut estate.inventory, OTHER, 0);
    for (name, verdict) in [
        ("any", Verdict::Unknown),
        ("named", Verdict::Unknown),
        ("pattern", Verdict::Unknown),
        ("elsewhere", Verdict::None),
        ("here", Verdict::None),
        ("denied", Verdict::None),
        ("but", Verdict::None),
        ("reader", Verdict::None),
        ("near", Verdict::Unknown),
        ("root", Verdict::Admin),
    ] {
        let found = estate.of_user(name);
        assert_eq!(found.verdict, verdict, "{name}");
        let is_said = found.not_read().any(|why| why.contains(OTHER) && why.contains("denied"));
        assert_eq!(is_said, verdict == Verdict::Unknown, "{name}");
    }
}

/// In its own account nobody needs a permission to be trusted by name.
#[test]
fn whoever_is_in_an_account_that_was_not_listed_in_full_is_in_doubt() {
    let mut estate = Estate::new();
    estate.user("plain", &[], json!({}));
    estate.user("root", &[allow(&["*"], "*")], json!({}));
    unlist(&mut estate.inventory, ME, u16::MAX);
    assert_eq!(estate.of_user("plain").verdict, Verdict::Unknown);
    assert_eq!(estate.of_user("root").verdict, Verdict::Admin);
}

/// Not everything is unknown because something is.
#[test]
fn who_does_not_come_to_what_was_not_read_is_told() {
    let mut estate = Estate::new();
    estate.user("lost", &[], json!({"AttachedManagedPolicies": attached(&[policy("lost")])}));
    estate.user("plain", &[allow(&["s3:GetObject"], "*")], json!({}));
    estate.user("root", &[allow(&["*"], "*")], json!({"AttachedManagedPolicies": attached(&[policy("lost")])}));
    estate.user("near", &[allow(&["iam:CreateAccessKey"], &user("lost"))], json!({}));
    estate.role(
        "service",
        trusts("lambda.amazonaws.com"),
        &[],
        json!({"AttachedManagedPolicies": attached(&[policy("lost")])}),
    );
    estate.user("runs", &[allow(&["lambda:UpdateFunctionCode"], "*")], json!({}));
    let told = told(&estate.inventory);
    let verdict = |name: &str| {
        let one = told.iter().find(|(who, fact, _)| who.ends_with(&format!(" {name}")) && *fact == FACTS[0]);
        one.unwrap().2.clone()
    };
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(verdict("plain"), text("none"));
    assert_eq!(verdict("root"), text("admin"));
    for name in ["lost", "near", "service", "runs"] {
        assert!(matches!(verdict(name), Value::Unknown(_)), "{name}: {:?}", verdict(name));
    }
}

/// Somebody who may do something by itself and could be nearer by somebody else is told with what was not read of that one.
#[test]
fn what_was_not_read_of_others_stands_beside_the_verdict() {
    let mut estate = Estate::new();
    estate.user("lost", &[], json!({"AttachedManagedPolicies": attached(&[policy("lost")])}));
    let may = [allow(&["iam:CreateAccessKey"], &user("lost")), allow(&["lambda:UpdateFunctionCode"], "*")];
    estate.user("mallory", &may, json!({}));
    let found = estate.of_user("mallory");
    assert_eq!((found.verdict, found.missing.len()), (Verdict::Capability, 0), "{found:#?}");
    assert!(found.not_read().any(|why| why.contains(&policy("lost"))), "{found:#?}");
}
