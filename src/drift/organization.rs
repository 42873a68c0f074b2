//! Two organizations that are in memory as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::arn::AccountId;
use crate::inventory::{Inventory, Surroundings};

use super::compare;
use super::comparison::{Comparison, NotChecked};
use super::foreign::{Foreign, References, note_owner};

/// Compares two inventories of any number of accounts, account by account.
pub fn compare_all(old: &Inventory, new: &Inventory) -> Comparison {
    let parts = [old.clone().into_accounts(), new.clone().into_accounts()];
    let mut references = [References::default(), References::default()];
    let mut foreign = [&parts[0], &parts[1]].map(|parts| Foreign::of(parts.keys().cloned()));
    let surroundings = [&parts[0], &parts[1]].map(surroundings);
    for (references, parts) in references.iter_mut().zip(&parts) {
        parts.iter().for_each(|(account, part)| references.note(account, part));
    }
    let both: Vec<&AccountId> = parts[0].keys().filter(|account| parts[1].contains_key(*account)).collect();
    let owners: BTreeSet<AccountId> = references.iter().flat_map(References::owners).collect();
    for account in both.iter().filter(|account| owners.contains(**account)) {
        let [one, other] = &mut foreign;
        if let (Some(old), Some(new)) = (parts[0].get(*account), parts[1].get(*account)) {
            note_owner([one, other], [&references[0], &references[1]], account, [old, new]);
        }
    }
    let foreign = foreign.map(Arc::new);
    let mut out = Comparison::default();
    for (account, side) in parts[0].keys().map(|one| (one, 0)).chain(parts[1].keys().map(|one| (one, 1))) {
        if !parts[1 - side].contains_key(account) {
            out.not_checked.push(one_sided(account, side == 0));
        }
    }
    for account in both {
        let over = |side: usize| {
            let part = parts.get(side)?.get(account)?.clone();
            Some(part.over(account.clone(), Arc::clone(surroundings.get(side)?)))
        };
        if let (Some(old), Some(new)) = (over(0), over(1)) {
            out.absorb(compare(&old, &new, [Arc::clone(&foreign[0]), Arc::clone(&foreign[1])]));
        }
    }
    out.finish();
    out
}

fn surroundings(parts: &BTreeMap<AccountId, Inventory>) -> Arc<Surroundings> {
    let mut all = Surroundings::default();
    parts.values().for_each(|part| all.note(part));
    let owners: Vec<AccountId> = all.owners().cloned().collect();
    owners.iter().filter_map(|owner| parts.get(owner)).for_each(|part| all.note_owner(part));
    Arc::new(all)
}

/// An account that only one of the snapshots holds: it may have joined or left, or not have been asked.
pub fn one_sided(account: &AccountId, is_old: bool) -> NotChecked {
    let (has, lacks) = if is_old { ("older", "newer") } else { ("newer", "older") };
    NotChecked {
        account: account.to_string(),
        region: String::new(),
        operation: String::new(),
        resource_types: Vec::new(),
        why: format!("the account is in the {has} snapshot and not in the {lacks}"),
    }
}
