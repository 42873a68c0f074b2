//! The drift that is found is the list of changes that were made: nothing more and nothing less.

use std::collections::BTreeSet;

use driftline::drift::compare_all;
use proptest::prelude::*;

use super::changes::{CHANGES, Expected, Told, doom, found};
use super::rewriting::{Choices, rewrite};
use super::world::{ACCOUNTS, Chance, World, organization};

fn chance() -> impl Strategy<Value = Chance> {
    let rule = (1..9000u16, any::<u8>(), any::<u8>());
    (1..=3usize, proptest::collection::vec(rule, 0..4), proptest::collection::vec(any::<u8>(), 0..4))
        .prop_map(|(accounts, rules, actions)| Chance { accounts, rules, actions })
}

/// Which changes are made in each account, by number; the one past the end is the VPC that goes.
fn chosen() -> impl Strategy<Value = [BTreeSet<usize>; 3]> {
    let of_one = || proptest::collection::btree_set(0..=CHANGES.len(), 0..8);
    [of_one(), of_one(), of_one()]
}

/// Makes the changes; gives what has to be found.
fn change(world: &mut World, chosen: &[BTreeSet<usize>; 3]) -> BTreeSet<Expected> {
    let mut all = BTreeSet::new();
    for (account, chosen) in ACCOUNTS.iter().zip(chosen).take(world.accounts.len()) {
        let mut told = Told::of(account);
        let doomed = chosen.contains(&CHANGES.len());
        for number in chosen {
            match CHANGES.get(*number) {
                // A gateway is attached to the VPC that goes, or it goes; not both.
                Some(change) if doomed && change.name == "a gateway is attached" => {}
                Some(change) => (change.make)(world, account, &mut told),
                None => doom(world, account, &mut told),
            }
        }
        settle(&mut told, chosen);
        all.extend(told.items);
    }
    all
}

/// Where two changes meet, what has to be said of them together.
fn settle(told: &mut Told, chosen: &BTreeSet<usize>) {
    let made = |name: &str| chosen.iter().any(|number| CHANGES.get(*number).is_some_and(|change| change.name == name));
    if made("another table is the main one") && made("a way to another network") {
        // The spare table has a way that the main one has not.
        let neutral: Vec<Expected> = told.items.iter().filter(|item| item.4 == "main_route_table").cloned().collect();
        for item in neutral {
            told.items.remove(&item);
            told.items.insert((
                item.0,
                item.1,
                item.2,
                item.3,
                item.4,
                item.5,
                driftline::drift::Effect::Weakening,
                item.7,
            ));
        }
    }
    if made("a subnet gets another ACL, which lets more through") && made("a deny before an allow") {
        // The default ACL lets out what the strict one keeps in now as it did not before: the subnet is told the same.
    }
}

fn check(chance: &Chance, chosen: &[BTreeSet<usize>; 3], choices: &[u32]) -> Result<(), TestCaseError> {
    let old = organization(chance);
    let mut new = old.clone();
    let expected = change(&mut new, chosen);
    let mut choices = Choices::new(choices);
    rewrite(&mut new, &mut choices);
    let comparison = compare_all(&old.inventory(), &new.inventory());
    let found = found(&comparison);
    let shown = |set: Vec<&Expected>| set.iter().map(|item| format!("  {item:?}\n")).collect::<String>();
    prop_assert!(
        found == expected,
        "not made, but found:\n{}made, but not found:\n{}",
        shown(found.difference(&expected).collect()),
        shown(expected.difference(&found).collect())
    );
    prop_assert!(
        comparison.not_checked.is_empty() && comparison.ambiguities.is_empty(),
        "{:?}",
        comparison.ambiguities
    );
    // Ids are unique, and the way back has the classes the other way round.
    let ids: BTreeSet<&String> = comparison.items.iter().map(|item| &item.id).collect();
    prop_assert_eq!(ids.len(), comparison.items.len());
    let known: BTreeSet<&String> = comparison.items.iter().filter_map(|item| item.cause.as_ref()).collect();
    prop_assert!(known.is_subset(&ids), "a cause is no item");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_was_changed(chance in chance(), chosen in chosen(), choices in proptest::collection::vec(any::<u32>(), 1..40)) {
        check(&chance, &chosen, &choices)?;
    }

    #[test]
    fn what_is_only_written_anew_is_no_drift(chance in chance(), choices in proptest::collection::vec(any::<u32>(), 1..60)) {
        check(&chance, &Default::default(), &choices)?;
    }

    #[test]
    fn the_way_back_turns_every_effect_round(chance in chance(), chosen in chosen()) {
        let old = organization(&chance);
        let mut new = old.clone();
        change(&mut new, &chosen);
        let (there, back) = (compare_all(&old.inventory(), &new.inventory()), compare_all(&new.inventory(), &old.inventory()));
        use driftline::drift::Effect::{Mixed, Neutral, Strengthening, Unknown, Weakening};
        let turned = |item: &Expected| (item.0.clone(), item.2, item.4.clone(), match item.6 {
            Weakening => Strengthening,
            Strengthening => Weakening,
            other => other,
        });
        // A default route that is gone opens nothing; that it comes back opens something. Keys that hold what changed differ.
        let counted = |item: &&Expected| item.4 != "routes" && !matches!(item.6, Mixed | Unknown | Neutral);
        let there: BTreeSet<_> = found(&there).iter().filter(counted).map(turned).collect();
        let back: BTreeSet<_> = found(&back).iter().filter(counted).map(|item| (item.0.clone(), item.2, item.4.clone(), item.6)).collect();
        prop_assert_eq!(there, back);
    }
}

/// Thousands of runs, for when the engine has changed: `cargo test -- --ignored thousands_of_runs`.
#[test]
#[ignore = "takes minutes: ./test --ignored drift::truth"]
fn thousands_of_runs() {
    let config = ProptestConfig { cases: 10_000, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let input = (chance(), chosen(), proptest::collection::vec(any::<u32>(), 1..40));
    runner.run(&input, |(chance, chosen, choices)| check(&chance, &chosen, &choices)).unwrap();
}

/// Each change alone, so that a mistake has a name.
#[test]
fn each_change_alone_is_found() {
    let chance = Chance { accounts: 1, rules: vec![(80, 0, 1)], actions: vec![0, 1] };
    let mut wrong = Vec::new();
    for number in 0..=CHANGES.len() {
        let chosen = [BTreeSet::from([number]), BTreeSet::new(), BTreeSet::new()];
        if let Err(error) = check(&chance, &chosen, &[0]) {
            wrong.push(format!("{}: {error}", CHANGES.get(number).map_or("a VPC goes", |change| change.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
