use std::collections::BTreeSet;
use std::path::Path;

use super::{Way, all, with_actions, with_id};

/// Every set of actions that the two public lists have is a row.
#[test]
fn every_set_of_the_public_lists_is_covered() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/iam-escalation-methods.tsv");
    let table = std::fs::read_to_string(&path).unwrap_or_else(|_| {
        panic!("this test needs {}: the folder `shared` belongs beside this repository", path.display())
    });
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 102);
    let missing: Vec<&str> = rows
        .iter()
        .filter(|row| {
            let actions: Vec<&str> = row[2].split(" + ").collect();
            let found = with_actions(&actions);
            // Those that pathfinding.cloud names have its name.
            found.is_none_or(|found| row[3] == "pathfinding.cloud" && found.id != row[0])
        })
        .map(|row| row[0])
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn rows_are_well_formed() {
    let (mut ids, mut sets) = (BTreeSet::new(), BTreeSet::new());
    for method in all() {
        assert!(ids.insert(method.id), "{} twice", method.id);
        let set: BTreeSet<String> = method.actions.iter().map(|action| action.to_lowercase()).collect();
        assert_eq!(set.len(), method.actions.len(), "{}", method.id);
        assert!(sets.insert(set), "the actions of {} twice", method.id);
        assert!(!method.title.ends_with('.') && !method.target.ends_with('.'), "{}", method.id);
        for action in method.actions {
            assert!(crate::model::escalation::actions::template(action).is_some(), "{action} has no resource");
        }
        match method.way {
            Way::Pass(services) => {
                assert_eq!(method.actions.first(), Some(&"iam:PassRole"), "{}", method.id);
                assert!(!services.is_empty());
            }
            Way::Running(services) => assert!(!services.is_empty()),
            _ => {}
        }
        assert!(with_id(method.id).is_some_and(|found| std::ptr::eq(found, method)));
    }
}
