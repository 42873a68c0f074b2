//! Who is asked at all: nobody is passed over who could act as another, and no line that others have to know.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::estate::{Estate, ME, OTHER, allow, deny, document, group, role, trusts, user, when};
use crate::inventory::snapshot::Snapshot;
use crate::model::Model;
use crate::model::escalation::Sieve;
use crate::model::escalation::abroad::is_trusting_others;
use crate::model::escalation::scout::Scout;
use crate::model::escalation::search::Search;
use crate::model::escalation::world::{Body, Reach, World};
use crate::resource::iam::Role;

const NAMES: [&str; 3] = ["a", "team-b", "c"];

type Choice = (usize, usize, usize);

/// Grants by name and by pattern, with variables, and on what only some principals are.
fn statement((action, on, condition): Choice) -> Value {
    const ACTIONS: [&[&str]; 10] = [
        &["iam:CreateAccessKey"],
        &["iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
        &["IAM:Create*"],
        &["iam:UpdateAssumeRolePolicy"],
        &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
        &["iam:PassRole", "ec2:RunInstances", "iam:*InstanceProfile"],
        &["ssm:StartSession"],
        &["*"],
        &["sts:AssumeRole"],
        &["ec2:*", "iam:Update*"],
    ];
    let resource = match on % 9 {
        0 => user(NAMES[on % 3]),
        1 => role(NAMES[on % 3]),
        2 => format!("arn:aws:iam::{ME}:*/team-*"),
        3 => format!("arn:aws:iam::{ME}:*/${{aws:username}}"),
        4 => format!("arn:aws:iam::{ME}:*/${{aws:PrincipalTag/team}}-?"),
        5 => format!("arn:aws:iam::{ME}:role/?"),
        _ => "*".to_owned(),
    };
    let of = if condition == 9 { deny } else { allow };
    let one = of(ACTIONS[action % ACTIONS.len()], &resource);
    match condition {
        0 => when(one, json!({"StringEquals": {"aws:PrincipalTag/team": "team"}})),
        1 => when(one, json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})),
        2 => when(one, json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ME}:user/*")}})),
        3 => when(one, json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})),
        4 => when(one, json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        _ => one,
    }
}

fn estate(grants: &[Vec<Choice>], machine: usize) -> Estate {
    let mut estate = Estate::new();
    let mut grants = grants.iter();
    let mut next = || grants.next().into_iter().flatten().copied().map(statement).collect::<Vec<_>>();
    let tagged = |team: &str| json!({"Tags": [{"Key": "team", "Value": team}]});
    estate.group("team", &next());
    for name in NAMES {
        let mut more = tagged(if name == "c" { "c" } else { "team" });
        more["GroupList"] = if name == "a" { json!(["team"]) } else { json!([]) };
        estate.user(name, &next(), more);
    }
    let services = [ME, "lambda.amazonaws.com", "ec2.amazonaws.com"];
    for (name, trusted) in NAMES.iter().zip(services) {
        estate.role(name, trusts(trusted), &next(), tagged("team"));
    }
    estate.instance("i-1", NAMES[machine % NAMES.len()], json!([{"Key": "team", "Value": "team"}]));
    estate
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_passed_over(
        grants in prop::collection::vec(prop::collection::vec((0..10usize, 0..9usize, 0..10usize), 0..3), 7),
        machine in 0..3usize,
    ) {
        let estate = estate(&grants, machine);
        let model = Model::new(&estate.inventory, estate.inventory.provenance.taken_at);
        let scout = Scout::new(World::of(model.permissions(), &estate.inventory, Reach::All));
        let search = Search::new(&scout);
        for target in 0..scout.world.actors.len() {
            let mut found: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
            search.each_source(target, |_| true, |index, fewest, ask| {
                if let Some(access) = ask() {
                    let known = found.entry(index).or_insert((fewest, access.hops.len()));
                    known.1 = known.1.min(access.hops.len());
                }
            });
            let is_role = matches!(scout.actor(target).body, Body::Role(_));
            let mut expected: BTreeSet<usize> = BTreeSet::new();
            for by in (0..scout.world.actors.len()).filter(|by| *by != target) {
                let assuming = if is_role { scout.by_assuming(by, target) } else { None };
                if assuming.or_else(|| scout.access_otherwise(by, target)).is_some() {
                    expected.insert(by);
                }
            }
            prop_assert_eq!(&found.keys().copied().collect::<BTreeSet<_>>(), &expected, "{}", scout.actor(target).arn);
            prop_assert!(found.values().all(|(fewest, calls)| fewest <= calls), "{:?}", found);
        }
    }

    /// What is sorted out by a piece of a line is what would be by the whole of it.
    #[test]
    fn no_role_that_others_have_to_know_is_passed_over(kinds in prop::collection::vec((0..10usize, 0..4usize), 1..24)) {
        let mut estate = Estate::new();
        let name = |number: usize| format!("r{number}");
        for (number, (kind, noise)) in kinds.iter().enumerate() {
            let trust = match kind {
                0 => trusts("lambda.amazonaws.com"),
                1 => trusts(ME),
                2 => trusts(OTHER),
                3 => trusts(&role(&name(number))),
                4 => trusts(&format!("arn:aws:iam::{OTHER}:user/\u{e9}\\\"")),
                5 => trusts("*"),
                6 => trusts("AROAUNIQUE"),
                7 => json!("no policy at all"),
                8 => document(&[deny(&["sts:AssumeRole"], "*")]),
                _ => document(&[json!({"Effect": "Allow", "NotPrincipal": {"AWS": ME}, "Action": "sts:AssumeRole"})]),
            };
            // Texts that look like what is looked for.
            let noise = match noise {
                0 => json!({"Tags": [{"Key": "\"AssumeRolePolicyDocument\":", "Value": trusts(OTHER).to_string()}]}),
                1 => json!({"Path": "/\"AssumeRolePolicyDocument\":{}/"}),
                _ => json!({}),
            };
            estate.role(&name(number), trust, &[allow(&["*"], "*")], noise);
        }
        estate.user("a", &[allow(&["iam:AddUserToGroup"], &group("team"))], json!({}));
        let snapshot = Snapshot::of(&estate.inventory).unwrap();
        let own = ME.parse().unwrap();
        let sieve = Sieve::new(&own);
        let names = |part: &crate::inventory::Inventory, holds: &dyn Fn(&Role) -> bool| -> Vec<String> {
            let roles = part.of_type::<Role>().filter(|(_, role)| holds(role));
            roles.map(|(_, role)| role.role_name.clone()).collect()
        };
        let found = names(&snapshot.load_lines(&own, |line| sieve.takes(line)).unwrap(), &|_| true);
        let expected = names(&estate.inventory, &|role| {
            role.assume_role_policy_document.document().is_ok_and(|document| is_trusting_others(document, ME))
        });
        prop_assert_eq!(found, expected);
    }
}
