//! An organization that is in memory as a whole: drafts of it, and its comparison.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::arn::{AccountId, Scope};
use crate::drift::{self, Foreign, References, Side};
use crate::inventory::Inventory;
use crate::model::Model;
use crate::resource::ResourceType;

use super::record::{Said, entries, head};
use super::{Baseline, Found, compare};

/// Compares every account of an inventory.
pub fn compare_all(baselines: &[Baseline], inventory: &Inventory, now: Timestamp) -> Found {
    let mut all = Found::default();
    each(inventory, &mut |part, foreign| {
        let side = Side::new(part, drift::names_of(part, Arc::clone(foreign)));
        let model = Model::new(part, now);
        let added = |unwanted: &[(Scope, ResourceType, String)]| {
            drift::compare(&without(part, unwanted), part, [Arc::clone(foreign), Arc::clone(foreign)])
        };
        all.absorb(compare(baselines, &model, &side, &added));
    });
    all
}

/// A draft of everything of these types, in one file.
pub fn record_all(inventory: &Inventory, now: Timestamp, types: &[ResourceType]) -> String {
    let scopes: Vec<&Scope> = inventory.ledger.scopes().collect();
    let accounts: BTreeSet<String> = scopes.iter().map(|scope| scope.account.to_string()).collect();
    let regional = scopes.iter().filter(|scope| !scope.region.is_global());
    let regions: BTreeSet<String> = regional.map(|scope| scope.region.to_string()).collect();
    let said = Said { account: accounts.len() == 1, region: regions.len() <= 1 };
    let mut text = head("recorded", &accounts, &regions, types);
    each(inventory, &mut |part, foreign| {
        let side = Side::new(part, drift::names_of(part, Arc::clone(foreign)));
        text.push_str(&entries(&Model::new(part, now), &side, types, said, &|_| true));
    });
    text
}

fn each(inventory: &Inventory, look: &mut dyn FnMut(&Inventory, &Arc<Foreign>)) {
    let parts = inventory.clone().into_accounts();
    let foreign = Arc::new(foreign(parts.iter()));
    parts.values().for_each(|part| look(part, &foreign));
}

/// What accounts name of each other's resources.
fn foreign<'p>(parts: impl Iterator<Item = (&'p AccountId, &'p Inventory)> + Clone) -> Foreign {
    let mut foreign = Foreign::of(parts.clone().map(|(account, _)| account.clone()));
    let mut references = References::default();
    parts.clone().for_each(|(account, part)| references.note(account, part));
    let owners = references.owners();
    for (owner, part) in parts.filter(|(account, _)| owners.contains(*account)) {
        let mut same = foreign.clone();
        drift::note_owner([&mut foreign, &mut same], [&references, &references], owner, [part, part]);
    }
    foreign
}

/// The same account as if some of its resources had never been.
pub fn without(inventory: &Inventory, unwanted: &[(Scope, ResourceType, String)]) -> Inventory {
    let mut out = Inventory::new(inventory.provenance.clone());
    out.accounts = inventory.accounts.clone();
    out.ledger = inventory.ledger.clone();
    for (place, resource) in inventory.resources() {
        let is_it = |(scope, of, id): &(Scope, ResourceType, String)| {
            *scope == place.scope && *of == place.resource_type && *id == place.id
        };
        if !unwanted.iter().any(is_it) {
            out.insert(place.scope.clone(), resource.clone());
        }
    }
    out
}
