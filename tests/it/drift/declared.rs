//! Declared baselines over the same random organizations: a draft of what is there finds nothing in it, however it is
//! written anew, and every planted change that matters.

use std::collections::BTreeSet;

use driftline::baseline::{self, Baseline, Found};
use driftline::drift::{Class, Effect};
use driftline::exceptions;
use driftline::finding::{Finding, Fingerprint, Status};
use driftline::inventory::Inventory;
use driftline::resource::ResourceType;
use driftline::text::{SourceFile, render};
use proptest::prelude::*;

use super::changes::{CHANGES, Told};
use super::rewriting::{Choices, rewrite};
use super::world::{ACCOUNTS, Chance, organization, permission};

fn now() -> jiff::Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

/// Without the account and the region as a whole, whose facts follow from the rest.
fn types() -> Vec<ResourceType> {
    let whole = [ResourceType::Account, ResourceType::Region];
    baseline::TYPES.iter().copied().filter(|of| !whole.contains(of)).collect()
}

fn read(text: &str) -> Baseline {
    let (baseline, diagnostics) = baseline::read(SourceFile::new("baseline.toml", text));
    assert!(diagnostics.is_empty(), "{}\n{text}", render(&diagnostics, false));
    baseline
}

fn compare(baseline: &Baseline, inventory: &Inventory) -> Found {
    baseline::compare_all(std::slice::from_ref(baseline), inventory, now())
}

/// Account, type, key and path.
type Place = (String, ResourceType, String, String);

fn places(found: &Found) -> BTreeSet<Place> {
    let place = |one: &baseline::Deviation| {
        let item = &one.item;
        (item.account.clone(), item.resource_type, item.key.clone(), item.path.clone())
    };
    found.deviations.iter().map(place).collect()
}

fn chance() -> impl Strategy<Value = Chance> {
    let rule = (1..9000u16, any::<u8>(), any::<u8>());
    (1..=2usize, proptest::collection::vec(rule, 0..4), proptest::collection::vec(any::<u8>(), 0..4))
        .prop_map(|(accounts, rules, actions)| Chance { accounts, rules, actions })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_draft_finds_nothing_in_what_it_was_made_of(
        chance in chance(),
        choices in proptest::collection::vec(any::<u32>(), 1..60),
    ) {
        let mut world = organization(&chance);
        let draft = read(&baseline::record_all(&world.inventory(), now(), baseline::TYPES));
        let found = compare(&draft, &world.inventory());
        prop_assert!(found.deviations.is_empty(), "{:#?}", found.deviations);
        prop_assert!(found.unchecked.is_empty(), "{:#?}", found.unchecked);
        let wrong = baseline::mistakes(std::slice::from_ref(&draft), &found);
        prop_assert!(wrong.is_empty(), "{}", render(&wrong, false));
        // Other ids, other orders, rules split and put together: the same things.
        rewrite(&mut world, &mut Choices::new(&choices));
        let found = compare(&draft, &world.inventory());
        prop_assert!(found.deviations.is_empty(), "{:#?}", found.deviations);
    }

    #[test]
    fn every_planted_change_that_matters_is_found(
        chance in chance(),
        chosen in proptest::collection::btree_set(0..CHANGES.len(), 1..6),
    ) {
        let old = organization(&chance);
        let draft = read(&baseline::record_all(&old.inventory(), now(), &types()));
        let mut new = old.clone();
        let mut told = Told::of(ACCOUNTS[0]);
        for number in &chosen {
            (CHANGES[*number].make)(&mut new, ACCOUNTS[0], &mut told);
        }
        let found = compare(&draft, &new.inventory());
        let is = places(&found);
        let known: Vec<ResourceType> = types();
        for (account, _, of, key, path, class, effect, _) in &told.items {
            let of = *known.iter().find(|one| one.name() == *of).unwrap_or(&ResourceType::Account);
            let matters = driftline::drift::matters(of, path) || path.is_empty();
            if of == ResourceType::Account || !matters || *class == Class::Recreated {
                continue;
            }
            let place = (account.clone(), of, key.clone(), path.clone());
            prop_assert!(is.contains(&place), "{place:?} is not among {is:#?}");
            let one = found.deviations.iter().find(|one| one.item.resource_type == of && one.item.key == *key && one.item.path == *path);
            let item = &one.unwrap().item;
            // Rules, routes and documents are judged by the same sets of packets and grants.
            let computed = ["ingress", "egress", "routes", "trust_policy", "document", "policy", "attached_policies"];
            if computed.contains(&path.as_str()) || path.starts_with("inline_policies.") {
                prop_assert_eq!(item.effect, *effect, "{:?}", item);
            }
        }
        // Nothing else, but for facts that follow from what was changed.
        for (account, of, key, path) in &is {
            let made = told.items.iter().any(|item| item.0 == *account && item.2 == of.name() && item.3 == *key && item.4 == *path);
            let follows = baseline::derived_facts(*of).contains(&path.as_str()) || path.starts_with("inline_policies");
            prop_assert!(made || follows, "{of} {key} {path} was not changed: {:#?}", told.items);
        }
    }

    /// Fingerprints and ids are unique within a comparison.
    #[test]
    fn no_two_deviations_look_alike(chance in chance(), chosen in proptest::collection::btree_set(0..CHANGES.len(), 1..12)) {
        let old = organization(&chance);
        let draft = read(&baseline::record_all(&old.inventory(), now(), baseline::TYPES));
        let mut new = old.clone();
        let mut told = Told::of(ACCOUNTS[0]);
        chosen.iter().for_each(|number| (CHANGES[*number].make)(&mut new, ACCOUNTS[0], &mut told));
        let found = compare(&draft, &new.inventory());
        let findings = baseline::tell(&found, &[], jiff::civil::date(2026, 11, 23)).findings;
        let prints: BTreeSet<Fingerprint> = findings.iter().map(|one| one.fingerprint).collect();
        prop_assert_eq!(prints.len(), findings.len());
        let ids: BTreeSet<&str> = found.deviations.iter().map(|one| one.item.id.as_str()).collect();
        prop_assert_eq!(ids.len(), found.deviations.len());
    }
}

fn plain() -> Chance {
    Chance { accounts: 1, rules: Vec::new(), actions: Vec::new() }
}

/// A draft, and what is found in an organization in which `web` lets one more in.
fn opened(block: &str) -> (Baseline, Found) {
    let old = organization(&plain());
    let draft = read(&baseline::record_all(&old.inventory(), now(), &[ResourceType::SecurityGroup]));
    let mut new = old;
    let group = new.find(ACCOUNTS[0], ResourceType::SecurityGroup, "web");
    group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 8443, 8443, block));
    let found = compare(&draft, &new.inventory());
    assert_eq!(found.deviations.len(), 1, "{:#?}", found.deviations);
    (draft, found)
}

fn accepted(found: &Found, item: &str, value: &str, expires: &str) -> (Vec<Finding>, usize, String) {
    let text = format!(
        "drift = [\n    {{ item = \"{item}\", on = \"web\", value = {value}, reason = \"a load test\", expires = {expires} }},\n]\n"
    );
    let (exceptions, told) =
        exceptions::read(SourceFile::new("exceptions.toml", text), jiff::civil::date(2026, 11, 23));
    assert!(told.is_empty(), "{}", render(&told, false));
    let told = baseline::tell(found, &exceptions, jiff::civil::date(2026, 11, 23));
    (told.findings, told.suppressed.len(), told.uses[0].state.as_str().to_owned())
}

#[test]
fn an_accepted_deviation_is_silent_and_only_what_goes_beyond_is_told() {
    let (_, found) = opened("203.0.113.7/32");
    let one = &found.deviations[0];
    let id = one.item.id.clone();
    assert_eq!(baseline::accepted_value(one), ["+ tcp 8443 from 203.0.113.7/32"]);
    let exact = r#"["+ tcp 8443 from 203.0.113.7/32"]"#;
    let (findings, suppressed, state) = accepted(&found, &id, exact, "2026-12-31");
    assert_eq!((findings.len(), suppressed, state.as_str()), (0, 1, "applied"));
    // Its day is over.
    let (findings, suppressed, state) = accepted(&found, &id, exact, "2026-11-22");
    assert_eq!((findings.len(), suppressed, state.as_str()), (1, 0, "expired"));
    // Another one's.
    let (findings, suppressed, state) = accepted(&found, "0123456789ab", exact, "2026-12-31");
    assert_eq!((findings.len(), suppressed, state.as_str()), (1, 0, "unused"));

    // Wider than what is accepted: the same id, and only the difference is told.
    let (_, wider) = opened("203.0.113.6/31");
    assert_eq!(wider.deviations[0].item.id, id);
    let (findings, suppressed, state) = accepted(&wider, &id, exact, "2026-12-31");
    assert_eq!((findings.len(), suppressed, state.as_str()), (1, 0, "applied"));
    let told: Vec<&str> =
        findings[0].evidence.iter().filter(|one| !one.condition.is_empty()).map(|one| one.value.as_str()).collect();
    assert_eq!(told, ["+ tcp 8443 from 203.0.113.6/32"]);
    // Narrower lies within.
    let (findings, suppressed, _) = accepted(&found, &id, r#"["+ tcp 8443 from 203.0.113.0/24"]"#, "2026-12-31");
    assert_eq!((findings.len(), suppressed), (0, 1));
    // Nothing of it.
    let (findings, suppressed, state) = accepted(&found, &id, r#"["+ tcp 22 from 203.0.113.0/24"]"#, "2026-12-31");
    assert_eq!((findings.len(), suppressed, state.as_str()), (1, 0, "differs"));
}

#[test]
fn what_was_not_read_is_unknown_and_no_deviation() {
    use driftline::inventory::{Cell, Gap, Outcome, Reason};
    let world = organization(&plain());
    let draft = read(&baseline::record_all(&world.inventory(), now(), &[ResourceType::SecurityGroup]));
    let mut empty = world.clone();
    empty.things.retain(|thing| thing.of != ResourceType::SecurityGroup);
    let mut inventory = empty.inventory();
    assert!(compare(&draft, &inventory).deviations.iter().all(|one| one.item.class == Class::Removed));
    let scope = super::world::scope(ACCOUNTS[0], super::world::REGION);
    let cell = Cell { scope, operation: "ec2:DescribeSecurityGroups".to_owned() };
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
    inventory.ledger.record(cell, Outcome::Gap(gap));
    let found = compare(&draft, &inventory);
    assert!(found.deviations.is_empty(), "{:#?}", found.deviations);
    let told = baseline::tell(&found, &[], jiff::civil::date(2026, 11, 23)).findings;
    assert_eq!(told.len(), 1, "the listing is told once");
    assert!(matches!(told[0].status, Status::Unknown(_)));
}

const SCOPE: &str = "schema = 1\n[scope]\naccounts = [\"111111111111\"]\n";

#[test]
fn a_selector_that_matches_nothing_or_too_much_is_a_mistake() {
    let world = organization(&plain());
    let wrong = |entry: &str| {
        let baseline = read(&format!("{SCOPE}[[resource]]\ntype = \"AWS::EC2::VPC\"\n{entry}\n"));
        let found = compare(&baseline, &world.inventory());
        render(&baseline::mistakes(std::slice::from_ref(&baseline), &found), false)
    };
    assert!(wrong("where = { name = \"nowhere\" }\nenable_dns_support = true").contains("this is about nothing"));
    assert!(wrong("where = {}\ncount = 1").contains("this is about 2 resources"));
    assert_eq!(wrong("where = { name = \"nowhere\" }\ncount = 0"), "");
    assert_eq!(wrong("where = {}\ncount = 2"), "");
    // A key that is not there is a deviation, for it names one thing.
    assert_eq!(wrong("key = \"nowhere\""), "");
    let twice = "where = {}\nenable_dns_support = true\n[[resource]]\ntype = \"AWS::EC2::VPC\"\nkey = \"prod\"\nenable_dns_support = false";
    assert!(wrong(twice).contains("two entries want different values of one `enable_dns_support`"));
}

#[test]
fn presence_is_judged_by_what_it_does() {
    let world = organization(&plain());
    let found = |text: &str| {
        let all = compare(&read(&format!("{SCOPE}{text}")), &world.inventory());
        let one = |one: &baseline::Deviation| (one.item.key.clone(), one.item.class, one.item.effect);
        all.deviations.iter().map(one).collect::<Vec<_>>()
    };
    let user = "[[resource]]\ntype = \"AWS::IAM::User\"\nwhere = {}\ncount = 0\n";
    let all = found(user);
    assert!(
        !all.is_empty() && all.iter().all(|(_, class, effect)| *class == Class::Added && *effect == Effect::Weakening),
        "{all:?}"
    );
    let log = "[[resource]]\ntype = \"AWS::EC2::FlowLog\"\nkey = \"nowhere\"\n";
    assert_eq!(found(log), [("nowhere".to_owned(), Class::Removed, Effect::Weakening)]);
    let unlisted = "regions = [\"eu-*\"]\ntypes = [\"AWS::EC2::InternetGateway\"]\nunlisted = \"drift\"\n[[resource]]\ntype = \"AWS::EC2::InternetGateway\"\nkey = \"prod\"\n";
    assert_eq!(found(unlisted).iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["loose"]);
}

#[test]
fn ignores_hide_one_attribute_and_are_counted() {
    let (_, found) = opened("203.0.113.7/32");
    assert_eq!(found.hidden.len(), 0);
    let old = organization(&plain());
    let draft = baseline::record_all(&old.inventory(), now(), &[ResourceType::SecurityGroup]);
    let ignore = "\n[[ignore]]\ntype = \"AWS::EC2::SecurityGroup\"\npath = \"ingress\"\nkey = \"prod/web\"\nreason = \"theirs\"\n";
    let baseline = read(&format!("{draft}{ignore}"));
    let mut new = old;
    for name in ["web", "narrow"] {
        let group = new.find(ACCOUNTS[0], ResourceType::SecurityGroup, name);
        group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 8443, 8443, "203.0.113.7/32"));
    }
    let found = compare(&baseline, &new.inventory());
    assert_eq!(places(&found).iter().map(|one| one.2.as_str()).collect::<Vec<_>>(), ["prod/narrow"]);
    assert_eq!(found.hidden.values().sum::<usize>(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_makes_the_reader_panic(
        edits in proptest::collection::vec((0usize..3000, 0usize..40, "[\\PC\n\"'\\[\\]{}=.,#@:/0-9]{0,6}"), 1..6),
    ) {
        let mut text = include_str!("../../../baselines/data-vpc.toml").to_owned();
        for (at, length, piece) in edits {
            let floor = |mut at: usize, text: &str| {
                at = at.min(text.len());
                while !text.is_char_boundary(at) { at -= 1; }
                at
            };
            let start = floor(at, &text);
            let end = floor(start + length, &text).max(start);
            text.replace_range(start..end, &piece);
        }
        let (baseline, diagnostics) = baseline::read(SourceFile::new("baseline.toml", text.as_str()));
        let _ = render(&diagnostics, true);
        let _ = format!("{baseline:?}");
    }
}
