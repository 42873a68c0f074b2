//! An organization that is looked at account by account comes out as one that is searched as a whole: every verdict, every
//! way, call by call, on organizations drawn at random.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::estate::{Estate, admin, allow, deny, document, scope, when};
use crate::arn::AccountId;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Reason, Surroundings};
use crate::model::Model;
use crate::model::escalation::{Abroad, Escalation, Finding, Goal, Look, Verdict, Wanted, Whole, account_of};
use crate::resource::ResourceType;
use crate::resource::iam::AUTHORIZATION;

/// The last one rules.
pub const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];
pub const USERS: usize = 2;
pub const ROLES: usize = 4;

fn user_of(account: usize, number: usize) -> String {
    format!("arn:aws:iam::{}:user/u{}", ACCOUNTS[account % ACCOUNTS.len()], number % USERS)
}

fn role_of(account: usize, number: usize) -> String {
    format!("arn:aws:iam::{}:role/r{}", ACCOUNTS[account % ACCOUNTS.len()], number % ROLES)
}

/// A kind, and an account and a number that it is about.
pub type Choice = (usize, usize, usize);

/// What somebody of an account may do.
pub fn grant(own: usize, (kind, account, number): Choice) -> Vec<Value> {
    let one = match kind % 16 {
        0 | 1 => allow(&["sts:AssumeRole"], &role_of(account, number)),
        2 => allow(&["sts:AssumeRole"], "arn:aws:iam::*:role/r*"),
        3 if number.is_multiple_of(3) => allow(&["*"], "*"),
        4 => allow(&["iam:PutRolePolicy"], &role_of(own, number)),
        5 => allow(&["iam:CreateAccessKey"], &user_of(own, number)),
        6 => allow(&["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
        7 | 8 => allow(&["lambda:UpdateFunctionCode"], "*"),
        9 => allow(&["iam:UpdateAssumeRolePolicy"], &role_of(own, number)),
        10 => deny(&["sts:AssumeRole"], &role_of(account, number)),
        11 => allow(&["lambda:UpdateFunctionCode", "iam:PutRolePolicy"], "*"),
        12 => when(allow(&["sts:AssumeRole"], "*"), json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        13 => allow(&["sso:PutInlinePolicyToPermissionSet", "codebuild:StartBuild"], "*"),
        _ => allow(&["s3:GetObject"], "*"),
    };
    vec![one]
}

fn trust((kind, account, number): Choice) -> Value {
    let principal = match kind % 10 {
        0 | 1 => json!({"AWS": format!("arn:aws:iam::{}:root", ACCOUNTS[account % ACCOUNTS.len()])}),
        2 => json!({"AWS": role_of(account, number)}),
        3 => json!({"AWS": user_of(account, number)}),
        4 => json!({"AWS": format!("AROA{}R{}", ACCOUNTS[account % ACCOUNTS.len()], number % ROLES)}),
        5 => json!({"AWS": "*"}),
        6 => json!({"Service": "codebuild.amazonaws.com"}),
        7 => json!({"AWS": [ACCOUNTS[account % ACCOUNTS.len()], role_of(account + 1, number)]}),
        _ => json!({"Service": "lambda.amazonaws.com"}),
    };
    let mut one = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
    match number % 5 {
        0 => one["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        1 => one["Condition"] = json!({"StringEquals": {"sts:ExternalId": "secret"}}),
        _ => {}
    }
    document(&[one])
}

#[derive(Debug, Clone)]
pub struct Drawn {
    /// Of each user of each account, then of each role.
    grants: Vec<Vec<Choice>>,
    trusts: Vec<Choice>,
    /// Who has a policy that was not read.
    pub unread: Vec<bool>,
    /// Whether there is an organization, and what it forbids its first account.
    organized: Option<bool>,
}

pub fn estate(drawn: &Drawn) -> Inventory {
    let mut estate = Estate::new();
    let mut grants = drawn.grants.iter();
    let mut unread = drawn.unread.iter();
    let mut trusts = drawn.trusts.iter();
    for (number, id) in ACCOUNTS.iter().enumerate() {
        estate.account(id);
        let mut common = |arn: String, name: String, list: &str| {
            let statements: Vec<Value> =
                grants.next().into_iter().flatten().flat_map(|choice| grant(number, *choice)).collect();
            let mut fields = json!({"Arn": arn, "Path": "/"});
            if !statements.is_empty() {
                fields[list] = json!([{"PolicyName": "own", "PolicyDocument": document(&statements)}]);
            }
            if unread.next().is_some_and(|unread| *unread) {
                let lost = format!("arn:aws:iam::{id}:policy/lost-{name}");
                fields["AttachedManagedPolicies"] = json!([{"PolicyArn": lost, "PolicyName": "lost"}]);
            }
            fields
        };
        for user in 0..USERS {
            let mut fields = common(user_of(number, user), format!("u{user}"), "UserPolicyList");
            fields["UserName"] = json!(format!("u{user}"));
            fields["UserId"] = json!(format!("AIDA{id}U{user}"));
            estate.put(scope(id), ResourceType::User, fields);
        }
        for role in 0..ROLES {
            let mut fields = common(role_of(number, role), format!("r{role}"), "RolePolicyList");
            fields["RoleName"] = json!(format!("r{role}"));
            fields["RoleId"] = json!(format!("AROA{id}R{role}"));
            fields["AssumeRolePolicyDocument"] = trust(*trusts.next().unwrap());
            estate.put(scope(id), ResourceType::Role, fields);
        }
    }
    if let Some(forbids) = drawn.organized {
        let forbidden = [deny(&["sts:AssumeRole"], &role_of(1, 0)), deny(&["iam:*"], "*")];
        estate.organization(&ACCOUNTS, if forbids { &forbidden[..1] } else { &[] });
    } else {
        // Nobody could say whether there is one.
        let mut ledger = crate::inventory::Ledger::default();
        for (cell, outcome) in estate.inventory.ledger.cells() {
            if !cell.operation.starts_with("organizations:") {
                ledger.record(cell, outcome.clone());
            }
        }
        estate.inventory.ledger = ledger;
    }
    estate.inventory
}

/// The findings of an organization of which no account is in memory beside another.
fn by_account(inventory: &Inventory, goal: Goal<'_>, wanted: Wanted<'_>) -> Vec<Finding> {
    looked_at(inventory, goal, wanted).findings()
}

fn looked_at(inventory: &Inventory, goal: Goal<'_>, wanted: Wanted<'_>) -> Whole {
    let parts = inventory.clone().into_accounts();
    let (mut surroundings, mut abroad) = (Surroundings::default(), Abroad::default());
    // In no order that matters.
    for part in parts.values().rev() {
        surroundings.note(part);
        abroad.note(part);
    }
    let surroundings = Arc::new(surroundings);
    let part = |account: &AccountId| {
        let mut part = parts[account].clone();
        abroad.put_beside(account, &mut part);
        part.over(account.clone(), Arc::clone(&surroundings))
    };
    let now = inventory.provenance.taken_at;
    let looks = parts.keys().rev().map(|account| {
        let inventory = part(account);
        Look::at(&Model::new(&inventory, now), account, goal, wanted)
    });
    Whole::of(looks)
}

fn assert_the_same(inventory: &Inventory) {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    let escalation = Escalation::of(&model);
    let expected = escalation.findings();
    let found = by_account(inventory, Goal::Administrators, Wanted::Everybody);
    assert_eq!(expected.len(), found.len());
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(format!("{expected:#?}"), format!("{found:#?}"));
    }
    let remarkable: Vec<&Finding> = expected.iter().filter(|one| one.verdict != Verdict::None).collect();
    let found = by_account(inventory, Goal::Administrators, Wanted::Remarkable);
    // One that has policies that were not read, and of whom nothing is told, is none all the same.
    let found: Vec<&Finding> = found.iter().filter(|one| one.verdict != Verdict::None).collect();
    assert_eq!(format!("{remarkable:#?}"), format!("{found:#?}"));
    // Between two, one of each account.
    for (from, to) in [(user_of(0, 0), role_of(1, 2)), (role_of(1, 0), user_of(2, 0)), (role_of(2, 3), role_of(0, 1))] {
        let Some(expected) = escalation.between(&from, &to) else { continue };
        let found = by_account(inventory, Goal::Principal(&to), Wanted::One(&from));
        assert_eq!(format!("{:#?}", [expected]), format!("{found:#?}"));
    }
}

/// An account, and which of its users and roles are left.
pub fn unlisted() -> impl Strategy<Value = (usize, u16)> {
    (0..ACCOUNTS.len(), prop_oneof![Just(0), any::<u16>()])
}

/// Takes users and roles out of an account of which not everything could be listed.
pub fn unlist(inventory: &mut Inventory, account: &str, kept: u16) {
    let number = std::cell::Cell::new(0);
    inventory.retain(|key, _| {
        if key.scope.account.as_str() != account
            || !matches!(key.resource_type, ResourceType::User | ResourceType::Role)
        {
            return true;
        }
        kept & (1 << number.replace(number.get() + 1)) != 0
    });
    let gap = Gap { reason: Reason::AccessDenied, message: "denied".to_owned(), partial: kept != 0 };
    let cell = Cell { scope: scope(account), operation: AUTHORIZATION.to_owned() };
    inventory.ledger.record(cell, Outcome::Gap(gap));
}

pub fn choice() -> impl Strategy<Value = Choice> {
    (0..160usize, 0..3usize, 0..20usize)
}

pub fn drawn() -> impl Strategy<Value = Drawn> {
    let principals = ACCOUNTS.len() * (USERS + ROLES);
    (
        prop::collection::vec(prop::collection::vec(choice(), 0..3), principals),
        prop::collection::vec(choice(), ACCOUNTS.len() * ROLES),
        prop::collection::vec(prop::bool::weighted(0.1), principals),
        prop::option::weighted(0.8, any::<bool>()),
    )
        .prop_map(|(grants, trusts, unread, organized)| Drawn { grants, trusts, unread, organized })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn account_by_account_is_as_the_whole(drawn in drawn(), unlisted in prop::option::weighted(0.3, unlisted())) {
        let mut inventory = estate(&drawn);
        if let Some((account, kept)) = unlisted {
            unlist(&mut inventory, ACCOUNTS[account], kept);
        }
        assert_the_same(&inventory);
    }
}

/// A way through three accounts, with everything that a way may bring: conditions, and organization policies.
#[test]
fn a_way_through_three_accounts_is_put_together() {
    let mut estate = Estate::new();
    estate.account(ACCOUNTS[1]).account(ACCOUNTS[2]);
    let to = |account, number| vec![allow(&["sts:AssumeRole"], &role_of(account, number))];
    estate.user("u0", &to(1, 0), json!({}));
    let trusts =
        |arn: String| document(&[json!({"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"})]);
    let with_mfa = |statements: Vec<Value>| -> Vec<Value> {
        let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
        statements.into_iter().map(|one| when(one, mfa.clone())).collect()
    };
    estate.role_in(ACCOUNTS[1], "r0", trusts(user_of(0, 0)), &to(2, 0), json!({}));
    estate.role_in(ACCOUNTS[2], "r0", trusts(role_of(1, 0)), &with_mfa(to(0, 1)), json!({}));
    estate.role_in(ACCOUNTS[0], "r1", trusts(role_of(2, 0)), &[allow(&["*"], "*")], json!({}));
    assert_the_same(&estate.inventory);
    let found = by_account(&estate.inventory, Goal::Administrators, Wanted::Everybody);
    let found: BTreeMap<&str, &Finding> = found.iter().map(|one| (one.principal.as_str(), one)).collect();
    let ann = found[user_of(0, 0).as_str()];
    assert_eq!((ann.verdict, ann.moves.len()), (Verdict::Proven, 3));
    assert!(ann.conditions.iter().any(|one| one.contains("MultiFactorAuthPresent")), "{ann:#?}");
    assert_eq!(ann.ends_as(), role_of(0, 1));
}

/// Of accounts that nobody leaves, everything is told at once, whoever comes in.
#[test]
fn only_whoever_may_come_nearer_abroad_is_kept_open() {
    let mut estate = Estate::new();
    estate.account(ACCOUNTS[1]).account(ACCOUNTS[2]);
    let root = format!("arn:aws:iam::{}:root", ACCOUNTS[0]);
    let trusts = document(&[json!({"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"})]);
    for account in [ACCOUNTS[1], ACCOUNTS[2]] {
        estate.role_in(account, "access", trusts.clone(), &[allow(&["*"], "*")], json!({}));
        estate.role_in(account, "other", trusts_nobody(), &[allow(&["s3:*"], "*")], json!({}));
    }
    estate.user("ops", &[allow(&["sts:AssumeRole"], "arn:aws:iam::*:role/access")], json!({}));
    estate.user("app", &[allow(&["s3:*"], "*")], json!({}));
    estate.policy("unused", &[admin()]);
    assert_the_same(&estate.inventory);
    // The one who leaves, and the two roles that are taken on.
    assert_eq!(looked_at(&estate.inventory, Goal::Administrators, Wanted::Everybody).count_open(), 3);
    assert_eq!(account_of(&role_of(0, 1)), ACCOUNTS[0].parse().ok());
}

fn trusts_nobody() -> Value {
    document(&[json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})])
}
